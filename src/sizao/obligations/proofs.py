"""What proves a row and what was found; waivers, escalation and early ends with the facts that decide "
"them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sizao.facts.readings import fact_or_reading
from sizao.obligations.asked import Asked
from sizao.obligations.recorded import Row
from sizao.obligations.story import Sentence
from sizao.obligations.values import Decided, Evaluator
from sizao.policy.expressions.functions import FUNCTIONS
from sizao.policy.expressions.tree import Call, ColumnOf, IsMissing, Node
from sizao.policy.model import Ending, Proof
from sizao.terms.time import midnight
from sizao.terms.wording import say_duration

# How many facts that prove nothing are shown, and how far before the opening one is still worth showing.
SHOWN = 4
NEARBY = timedelta(days=7)


def proof(asked: Asked) -> list[Sentence]:
    """What counts as done, then what was found: the proof, or what comes near it and why it does not "
    "count."""
    wanted = asked.step.proof if asked.escalation is None else asked.escalation.proof
    sentences = [Sentence(_demand(asked, wanted))]
    met_by = asked.row["met_by"]
    if met_by is not None:
        return [*sentences, _found(asked, met_by)]
    near = _near(asked, wanted)
    if not near:
        nothing = asked.say("没有找到相关记录。", "Nothing of the kind is recorded.")
        return [*sentences, Sentence(nothing)]
    sentences.append(Sentence(asked.say("找到的记录不能证明：", "What is recorded does not prove it:")))
    for row, why in near[-SHOWN:]:
        said = f"{asked.teller.fact(row)}{asked.say('：', ': ')}{why}{asked.say('。', '.')}"
        sentences.append(Sentence(said, (row.cite,), level=1))
    return sentences


def _demand(asked: Asked, wanted: Proof) -> str:
    meaning = fact_or_reading(wanted.reading).meaning.get(asked.teller.language)
    said = meaning.split(asked.say(":", ":"))[0].split("：")[0]
    demand = asked.say(f"由“{said}”的记录证明", f"Proved by a record of “{said}”")
    if wanted.count > 1:
        gap = say_duration(wanted.min_gap, asked.teller.language)
        demand += asked.say(
            f"，共{wanted.count}次，间隔至少{gap}", f", {wanted.count} of them at least {gap} apart"
        )
    if wanted.where is not None:
        condition = asked.aloud(wanted.where, wanted.reading)
        demand += asked.say(f"，条件是{condition}", f", on condition that {condition}")
    return demand + asked.say("。", ".")


def _found(asked: Asked, met_by: str) -> Sentence:
    row = reading_row(asked, met_by)
    said = met_by if row is None else asked.teller.fact(row)
    known = ""
    if row is not None:
        known = asked.say(
            f"（{asked.at(row.first_known_at)}知悉）", f" (known {asked.at(row.first_known_at)})"
        )
    return Sentence(asked.say(f"找到：{said}{known}。", f"Found: {said}{known}."), (met_by,))


def reading_row(asked: Asked, cite: str) -> Row | None:
    """A proof as a row of the reading that the step is proved by, else of the fact that the citation
    names."""
    wanted = asked.step.proof if asked.escalation is None else asked.escalation.proof
    for row in _candidates(asked, wanted):
        if cite.endswith(row.key):
            return row
    return asked.recorded.row(cite)


def _candidates(asked: Asked, wanted: Proof) -> list[Row]:
    about = asked.row["about"]
    names = asked.recorded.aliases(about) if asked.row["about_kind"] == "person" else (about,)
    return asked.recorded.of_reading(wanted.reading, wanted.subject, names)


def _near(asked: Asked, wanted: Proof) -> list[tuple[Row, str]]:
    """Facts about the same one that do not prove the row, with the reason, in order of time."""
    found = []
    for row in _candidates(asked, wanted):
        at = _instant(row.values.get(wanted.at), asked.policy.zone)
        if at is not None and at >= asked.row["opens_at"] - wanted.look_back - NEARBY:
            found.append((at, row))
    return [
        (row, _why_not(asked, wanted, row, at))
        for at, row in sorted(found, key=lambda pair: (pair[0], pair[1].key))
    ]


def _why_not(asked: Asked, wanted: Proof, row: Row, at: datetime) -> str:
    opens, closes = asked.row["opens_at"], asked.row["closes_at"]
    if at > asked.as_of:
        return asked.say("发生在所问时刻之后", "it happened after the moment asked about")
    until = _instant(row.values.get(wanted.until), asked.policy.zone) if wanted.until else None
    if (wanted.until is None and at < opens - wanted.look_back) or (until is not None and until <= opens):
        return asked.say(
            f"早于{asked.at(opens - wanted.look_back)}",
            f"it is earlier than {asked.at(opens - wanted.look_back)}",
        )
    if closes is not None and at >= closes:
        return asked.say(
            f"晚于截止（{asked.limit(closes)}）", f"it is later than the closing ({asked.limit(closes)})"
        )
    if wanted.where is not None:
        values = _about(asked, row)
        if not values.truth(wanted.where):
            nearest = values.decisions(values.alternative(wanted.where))
            failing = [one for one in nearest if not one.outcome]
            return asked.say("；", "; ").join(
                _lowered(comparison(asked, one, values, wanted.reading)) for one in failing
            )
    if wanted.exclusive:
        return asked.say("已用于证明另一项任务", "it already proves another row")
    return asked.say("单独不足以证明", "by itself it is not enough")


def comparison(asked: Asked, decided: Decided, values: Evaluator, reading: str | None = None) -> str:
    """A comparison in words, whether it holds, and what the values were. reading: the fact it is about."""
    outcome = {
        True: asked.say("成立", "Holds"),
        False: asked.say("不成立", "Does not hold"),
        None: asked.say("无法判断", "Cannot be said"),
    }[decided.outcome]
    said = asked.aloud(values.filled(decided.node), reading)
    found = asked.say("和", " and ").join(
        said_value(asked, side.value, _codes(node, reading or asked.version.for_each))
        for node, side in decided.sides
    )
    if isinstance(decided.node, IsMissing):
        return f"{outcome}{asked.say('：', ': ')}{said}"
    return asked.say(f"{outcome}：{said}（实际为{found}）", f"{outcome}: {said} (it is {found})")


def _codes(node: Node, reading: str) -> str | None:
    """The code list of a look-up's result or of a column."""
    if isinstance(node, Call):
        if node.function == "if_missing":
            return _codes(node.arguments[0], reading)
        return FUNCTIONS[node.function].codes
    columns = fact_or_reading(reading).columns
    return next((one.codes for one in columns if isinstance(node, ColumnOf) and one.name == node.name), None)


def said_value(asked: Asked, value: object, codes: str | None = None) -> str:
    """A value of an expression in words."""
    match value:
        case None:
            return asked.say("不明", "not known")
        case bool():
            return asked.say("是", "yes") if value else asked.say("否", "no")
        case datetime():
            return asked.at(value)
        case date():
            return asked.on(value)
        case timedelta():
            return say_duration(value, asked.teller.language)
        case str():
            return asked.teller.code(codes, value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def waiver(asked: Asked) -> list[Sentence]:
    """The waiver that holds, or those that were decided and do not, with the reason."""
    if asked.row["waived_by"] is not None:
        row = asked.recorded.row(asked.row["waived_by"])
        if row is not None:
            until = asked.at(row.values["until_at"])
            then = asked.say(f"{until}起重新计算。", f" From {until} on it counts again.")
            said = asked.teller.fact(row) + asked.say("。", ".") + then
            return [Sentence(said, (row.cite,))]
    if not asked.version.waivable:
        return [Sentence(asked.say("本规则不得豁免。", "This rule cannot be waived."))]
    return [
        Sentence(
            asked.teller.fact(row)
            + asked.say("；不生效：", "; it has no effect: ")
            + why
            + asked.say("。", "."),
            (row.cite,),
        )
        for row, why in _waivers_without_effect(asked)
    ]


def _waivers_without_effect(asked: Asked) -> list[tuple[Row, str]]:
    rows = [
        *asked.recorded.where("waivers", "obligation", [asked.row["obligation_id"]]),
        *(
            row
            for row in asked.recorded.where("waivers", "rule", [asked.row["rule"]])
            if row.values["obligation"] is None and row.values["about"] in (None, asked.row["about"])
        ),
    ]
    return [(row, why) for row in rows if (why := _why_without_effect(asked, row))]


def _why_without_effect(asked: Asked, row: Row) -> str:
    values = row.values
    if values["approved_by"] is None or values["approved_office"] is None:
        return asked.say("没有第二人复核", "nobody from another office has approved it")
    if values["approved_by"] == values["decided_by"] or values["approved_office"] == values["decided_office"]:
        return asked.say(
            "复核须由另一机构的另一人作出", "the second person must be another one of another office"
        )
    if values["ground"] not in asked.policy.grounds:
        return asked.say(
            f"理由{values['ground']}不在规则包之列", f"the pack does not know the ground {values['ground']}"
        )
    if not values["from_at"] <= asked.as_of < values["until_at"]:
        return asked.say("此刻不在其期限内", "it does not run at the moment asked about")
    if asked.row["status"] in ("met", "met_late"):
        return asked.say("已经完成", "the row is done")
    return ""


def early_end(asked: Asked) -> list[Sentence]:
    """What ended the row early, or what would; nothing for a point that is done, and for what closed as
    planned."""
    row, closes = asked.row, asked.row["closes_at"]
    if row["met_at"] is not None and not asked.verb.span:
        return []
    for at, fact in _ended(asked):
        if at == closes:
            when, said = asked.at(at), asked.teller.fact(fact)
            ends = "Ended" if at <= asked.as_of else "Ends"
            return [
                Sentence(
                    asked.say(f"因此提前于{when}结束：{said}。", f"{ends} early, {when}: {said}."),
                    (fact.cite,),
                )
            ]
    if closes is not None and closes <= asked.as_of:
        return []
    return [Sentence(_would_end(asked, ending)) for ending, _ in _endings(asked)]


def end_at(asked: Asked) -> datetime | None:
    """The earliest of what ends a row that is no escalation; None when nothing does."""
    return next((at for at, _ in _ended(asked)), None)


def _ended(asked: Asked) -> list[tuple[datetime, Row]]:
    """Every fact that ends the row, in order of time."""
    found = [one for ending, from_event in _endings(asked) for one in _ends(asked, ending, from_event)]
    return sorted(found, key=lambda one: (one[0], one[1].key))


def _endings(asked: Asked) -> list[tuple[Ending, bool]]:
    """What may end the step, with whether it counts from the event: the pack's always do."""
    own = [(one, one.from_event) for one in asked.version.ends_when]
    every = [*own, *((one, True) for one in asked.version.subject_ends)]
    return [(one, event) for one, event in every if not one.steps or asked.step.name in one.steps]


def _ends(asked: Asked, ending: Ending, from_event: bool) -> list[tuple[datetime, Row]]:
    """The count-th fact that ends the row, if there is one."""
    subject = _subject(asked, ending)
    if subject is None:
        return []
    names = asked.recorded.aliases(subject)
    event = midnight(asked.row["event_on"], asked.policy.zone)
    # Of an escalation's parent the opening is not at hand.
    begins = event if from_event or asked.escalation is not None else asked.row["opens_at"]
    rows = []
    for row in asked.recorded.of_reading(ending.reading, ending.match[0], names):
        at = _instant(row.values.get(ending.at), asked.policy.zone)
        if at is None or at < begins:
            continue
        if ending.where is None or _about(asked, row).truth(ending.where):
            rows.append((at, row))
    rows.sort(key=lambda one: (one[0], one[1].key))
    return rows[ending.count - 1 : ending.count]


def _subject(asked: Asked, ending: Ending) -> str | None:
    """Whose record ends the row; None when the reason of the row is gone or names nobody there."""
    if asked.trigger is None:
        return None
    ours = ending.match[1]
    subject: str | None = asked.row["about"] if ours == "about" else asked.trigger.values.get(ours)
    return subject


def _would_end(asked: Asked, ending: Ending) -> str:
    language = asked.teller.language
    meaning = fact_or_reading(ending.reading).meaning.get(language)
    said = meaning.split(":")[0].split("：")[0]
    times = "" if ending.count == 1 else asked.say(f"第{ending.count}次", f" ({ending.count} of them)")
    condition = (
        ""
        if ending.where is None
        else asked.say("，且", " where ") + asked.aloud(ending.where, ending.reading)
    )
    subject = _subject(asked, ending)
    kind = fact_or_reading(ending.reading).column(ending.match[0]).of
    name = "" if subject is None else asked.teller.named(kind, subject)
    whose = name and asked.say(f"{name}的", f" of {name}")
    return asked.say(
        f"如记录{times}{whose}“{said}”{condition}，则提前结束。",
        f"It would end early with a record of “{said}”{whose}{times}{condition}.",
    )


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _about(asked: Asked, row: Row) -> Evaluator:
    return Evaluator(asked.recorded, row, zone=asked.policy.zone, grades=asked.policy.grades)


def _instant(value: object, zone: str) -> datetime | None:
    if isinstance(value, datetime) or value is None:
        return value
    if not isinstance(value, date):
        raise TypeError(f"A date or an instant is needed here, not {value!r}.")
    return midnight(value, zone)
