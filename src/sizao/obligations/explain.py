"""Why? The story of one obligation for a person who has to act on it, in Chinese ("zh") or English ("en").

A story is told from the row, the policy and the facts as known by the same instant; nothing in it is
stored. What is not known is told as something to find out. No name, phone or address is read: persons
appear by their id.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from sizao.facts.readings import fact_or_reading
from sizao.obligations.asked import Asked, NoSuchText, asked, evaluator, occurrence_of, teller
from sizao.obligations.proofs import comparison, early_end, proof, waiver
from sizao.obligations.recorded import Recorded, Row
from sizao.obligations.story import Section, Sentence, Story, told
from sizao.obligations.telling import MARKS, Teller, capital
from sizao.obligations.timing import counted, if_nothing_is_done, period, standing_now
from sizao.obligations.values import Decided
from sizao.obligations.who import offices
from sizao.policy.aloud import say as say_node
from sizao.policy.aloud import say_numbers, say_step
from sizao.policy.authorities import authority
from sizao.policy.model import Policy, RuleVersion, Running
from sizao.terms.time import midnight
from sizao.terms.words import Words

__all__ = ["NoSuchText", "explain", "explain_unknown"]

LANGUAGES = ("zh", "en")
SOURCE_MARKS = {
    "D": Words("指令原文", "the directive itself"),
    "A": Words("已查阅原文", "the original was read"),
    "B": Words("据转引", "from a secondary source"),
    "M": Words("凭记忆或演练自拟，待核实", "from memory or made for the exercise, to be checked"),
}
RUNNING = {
    Running.KEEP: Words("已在执行的照旧", "what runs already goes on as it is"),
    Running.LIGHTEN: Words("已在执行的只可缩短", "what runs already may only become shorter"),
    Running.REPLACE: Words("尚未开始的改按新文本", "what lies ahead follows the new text"),
}


def explain(
    row: Mapping[str, Any],
    policy: Policy,
    facts: Mapping[str, pa.Table],
    *,
    as_of: datetime,
    known_by: datetime,
    language: str,
) -> Story:
    """The story of one row of `obligations`, derived by the same policy from the same facts for the same
    moment.

    facts: name -> table; tables not given count as empty. NoSuchText when the policy has no such rule,
    text or step; ValueError for another language than zh and en.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no stories are told in {language!r}; choose zh or en")
    one = asked(row, policy, facts, as_of=as_of, known_by=known_by, language=language)
    sections = (
        _section(one, "what", "要做什么", "What must be done", _what(one)),
        _section(one, "now", "现状", "Where it stands", standing_now(one)),
        _section(one, "next", "如果不做", "If nothing is done", if_nothing_is_done(one)),
        _section(one, "why", "依据的规则", "The rule it follows from", _why(one)),
        _section(one, "decided", "决定性的比较", "What decided it", _decided(one)),
        _section(one, "facts", "依据的事实", "The facts it rests on", _facts(one)),
        _section(one, "text", "适用的文本", "Which text applies", _texts(one)),
        _section(one, "proof", "证明", "Proof", proof(one)),
        _section(one, "waiver", "豁免", "Waiver", waiver(one)),
        _section(one, "end", "提前结束", "Early end", early_end(one)),
        _section(one, "appeal", "申诉", "Appeal", _appeal(one)),
        _section(one, "marks", "注意", "Take note", _marks(one)),
    )
    return Story(row["obligation_id"], language, _title(one), told(sections))


def explain_unknown(
    row: Mapping[str, Any],
    policy: Policy,
    facts: Mapping[str, pa.Table],
    *,
    known_by: datetime,
    language: str,
) -> Story:
    """What must be found out before one row of `unknown` can be decided: which values are missing, of "
    "whom, for when."""
    recorded = Recorded(facts, known_by=known_by)
    words = teller(recorded, policy, language)
    version = next(one for one in policy.rules[row["rule"]] if one.number == row["version"])
    trigger = recorded.row(f"{row['trigger_fact']}:{row['trigger_key']}")
    missing: list[Sentence] = []
    if trigger is not None and version.when is not None:
        values = evaluator(trigger, recorded, policy, version)
        open_ones = [one for one in values.decisions(version.when) if one.outcome is None]
        missing = [Sentence(_to_find_out(words, one, version.for_each)) for one in open_ones]
        missing += [Sentence(said, level=1) for said in dict.fromkeys(_lacking(words, open_ones))]
    label = version.label.get(language)
    about = words.called(row["about"]) if row["about"] else words.say("（未指明）", "(nobody named)")
    sections = (
        Section("missing", words.say("需要查明", "What must be found out"), tuple(missing)),
        Section(
            "facts",
            words.say("已知的事实", "What is known"),
            () if trigger is None else (Sentence(_fact(words, trigger), (trigger.cite,)),),
        ),
        Section(
            "why",
            words.say("为了什么", "What it is needed for"),
            (
                Sentence(
                    words.say(
                        f"查明后才能决定“{label}”是否适用。",
                        f"Only then can be decided whether “{label}” applies.",
                    )
                ),
            ),
        ),
    )
    title = words.say(f"不明：“{label}”是否适用于{about}", f"Not known: whether “{label}” applies to {about}")
    return Story(f"{row['trigger_fact']}:{row['trigger_key']}", language, title, told(sections))


def _section(one: Asked, name: str, zh: str, en: str, sentences: list[Sentence]) -> Section:
    return Section(name, one.say(zh, en), tuple(sentences))


def _title(one: Asked) -> str:
    what = one.words(one.verb.label) + _occurrence(one)
    title = one.say(f"{_about(one)}：{what}", f"{what}: {_about(one)}")
    return f"{title} [{_status(one)}]"


def _occurrence(one: Asked) -> str:
    """Which of several the row is: a day of the plan, a period; nothing for an only one."""
    occurrence = occurrence_of(one.row)
    if occurrence[:1] == "d" and occurrence[1:].isdigit():
        return one.say(f"（第{occurrence[1:]}天）", f", day {occurrence[1:]}")
    return (
        one.say(f"（{occurrence}）", f", {occurrence}")
        if occurrence[:2] == "20" and len(occurrence) <= 10
        else ""
    )


def _status(one: Asked) -> str:
    return one.words(STATUSES[one.row["status"]])


STATUSES = {
    "upcoming": Words("未到期", "upcoming"),
    "open": Words("待办", "open"),
    "overdue": Words("逾期", "overdue"),
    "missed": Words("漏做", "missed"),
    "met": Words("已完成", "done"),
    "met_late": Words("迟完成", "done late"),
    "waived": Words("已豁免", "waived"),
}


def _about(one: Asked) -> str:
    return one.teller.named(one.row["about_kind"], one.row["about"])


def _what(one: Asked) -> list[Sentence]:
    label, about = one.words(one.verb.label), _about(one)
    place = one.row["place"]
    said = "" if place is None else one.teller.code("restriction_places", place)
    where = "" if said in ("", label) or said.lower() == label.lower() else one.say("，", ", ") + said
    sentences = [
        Sentence(one.say(f"{about}：{label}{where}。", f"{label}, for {about}{where}.")),
        *period(one),
        *counted(one),
    ]
    return [*sentences, *offices(one)]


def _why(one: Asked) -> list[Sentence]:
    version, source = one.version, one.version.source
    document = one.policy.sources.get(source.document)
    named = source.document if document is None else one.words(document)
    mark, legal = one.words(SOURCE_MARKS[source.mark]), one.words(SOURCE_MARKS[version.legal_basis.mark])
    basis = one.words(version.legal_basis.words)
    orders = one.say("、", ", ").join(version.basis)
    decided_by = one.words(authority(version.authority))
    orders = orders and one.say(f"；对应要求{orders}", f"; orders {orders}")
    sentences = [
        Sentence(
            one.say(
                f"{version.label.zh}（规则{version.rule}，第{version.number}版，{version.digest}）。",
                f"{version.label.en} (rule {version.rule}, text {version.number}, {version.digest}).",
            )
        ),
        *(Sentence(line, level=1) for line in _aloud(one)),
        Sentence(
            one.say(
                f"来源：{named}，{source.article_in('zh')}（{mark}）{orders}。",
                f"Source: {named}, {source.article_in('en')} ({mark}){orders}.",
            )
        ),
        *(Sentence(line) for line in [say_numbers(version, one.teller.language, one.policy.sources)] if line),
        Sentence(one.say(f"法律依据：{basis}（{legal}）。", f"Legal basis: {basis} ({legal}).")),
        Sentence(one.say(f"决定机关：{decided_by}。", f"Decided by: {decided_by}.")),
    ]
    if one.policy.exercise:
        sentences.append(
            Sentence(
                one.say(
                    "这是演练规则包，不是现行规定。", "This is an exercise pack, not anybody's rule in force."
                )
            )
        )
    return sentences


def _aloud(one: Asked) -> list[str]:
    """Whom the rule is about and what this step of it demands, in the words of the policy."""
    version, language = one.version, one.teller.language
    meaning = fact_or_reading(version.for_each).meaning.get(language).split(":")[0].split("：")[0]
    when = "" if version.when is None else one.say("，且", ", when ") + one.aloud(version.when)
    whom = one.say(f"凡有“{meaning}”记录{when}：", f"For every record of “{meaning}”{when}:")
    labels = {step.name: step.verb.label for step in version.steps}
    return [whom, say_step(one.step, language, version.for_each, labels)]


def _decided(one: Asked) -> list[Sentence]:
    if one.values is None or one.version.when is None:
        return []
    sentences = []
    for decided in one.values.decisions(one.version.when):
        cites = tuple(row.cite for row in decided.cites)
        sentences.append(Sentence(comparison(one, decided, one.values) + one.say("。", "."), cites))
        sentences += [Sentence(_fact(one.teller, row), (row.cite,), level=1) for row in decided.cites]
    return sentences


def _facts(one: Asked) -> list[Sentence]:
    """The trigger and the other facts named in `because`, without those already told with a comparison."""
    sentences = []
    if one.trigger is None:
        sentences.append(_retracted(one))
    shown = {cite for sentence in _decided(one) for cite in sentence.cites if sentence.level}
    for cite in one.row["because"].split(","):
        row = None if cite.startswith("obligations:") or cite in shown else one.recorded.row(cite)
        if row is not None:
            sentences.append(Sentence(_fact(one.teller, row), (cite,)))
    return sentences


def _retracted(one: Asked) -> Sentence:
    fact, key = one.row["trigger_fact"], one.row["trigger_key"]
    links = one.recorded.links(fact, key)
    if links and links[-1]["action"] == "retract":
        at, reason = one.at(links[-1]["known_at"]), links[-1]["reason"]
        said = one.say(
            f"起因已于{at}撤回：{reason}。本项不再成立。",
            f"Its reason was retracted {at}: {reason}. The row no longer holds.",
        )
    else:
        said = one.say("此刻尚不知悉其起因。", "Its reason was not known at that moment.")
    return Sentence(said, (f"{fact}:{key}",))


def _fact(words: Teller, row: Row) -> str:
    return words.say(
        f"{words.fact(row)}（{words.source(row)}）。", f"{words.fact(row)} ({words.source(row)})."
    )


def _texts(one: Asked) -> list[Sentence]:
    version = one.version
    sentences = [Sentence(_window(one, version, applies=True))]
    sentences += [
        Sentence(_window(one, other, applies=False), level=1)
        for other in one.policy.rules[version.rule]
        if other.number != version.number
    ]
    return sentences


def _window(one: Asked, version: RuleVersion, *, applies: bool) -> str:
    until = version.in_force_until
    window = one.say(
        f"{one.on(version.in_force_from)}起施行" + ("" if until is None else f"，至{one.on(until)}前"),
        f"in force from {one.on(version.in_force_from)}"
        + ("" if until is None else f" until {one.on(until)}"),
    )
    said = one.say(f"第{version.number}版，{window}", f"Text {version.number}, {window}")
    if applies:
        event = one.on(one.row["event_on"])
        said += one.say(f"；事由日期{event}", f"; the event is of {event}")
        if version.catches_from != version.in_force_from:
            reach = one.on(version.catches_from)
            said += one.say(f"，适用于{reach}起的事由", f", and it reaches events since {reach}")
    elif version.number > one.version.number and version.running is not None:
        said += _changed(one, version)
    else:
        said += one.say("；不适用于本项", "; it does not govern this row")
    return said + one.say("。", ".")


def _changed(one: Asked, version: RuleVersion) -> str:
    """What a later text means for this row: it may have changed the end of a span that was running."""
    begins = midnight(version.in_force_from, one.policy.zone)
    opens, closes = one.row["opens_at"], one.row["closes_at"]
    if closes is not None and closes <= begins:
        return one.say("；本项结束后才施行", "; it begins after the end of this row")
    change = one.words(RUNNING[version.running]) if version.running is not None else ""
    said = one.say(f"；{change}", f"; {change}")
    if one.verb.span and version.running is not Running.KEEP and opens < begins:
        said += one.say("，所示结束时间已按此核定", "; the end shown takes it into account")
    return said


def _appeal(one: Asked) -> list[Sentence]:
    if one.version.appeal is None:
        return []
    office = one.teller.code("office_tasks", one.version.appeal)
    return [Sentence(one.say(f"不服可向{office}申诉。", f"Who disagrees can appeal to: {office}."))]


def _marks(one: Asked) -> list[Sentence]:
    marks = [mark for mark in one.row["marks"].split(",") if mark]
    return [Sentence(capital(one.words(MARKS[mark])) + one.say("。", ".")) for mark in marks]


def _to_find_out(words: Teller, decided: Decided, reading: str) -> str:
    said = say_node(decided.node, words.language, reading)
    return words.say(f"无法判断“{said}”。", f"It cannot be said whether “{said}”.")


def _lacking(words: Teller, decisions: list[Decided]) -> list[str]:
    found = []
    for decided in decisions:
        for _, side in decided.sides:
            found += [_ask(words, *one) for one in side.lacking]
            if side.value is None and not side.lacking:
                found.append(
                    words.say(
                        "触发的记录本身缺这一项，请补录。", "The record itself lacks it; have it completed."
                    )
                )
    return found


def _ask(words: Teller, what: str, whom: str, first: date | None, last: date | None) -> str:
    when = ""
    if first is not None and last is not None:
        span = (
            words.on(first)
            if first == last
            else words.say(f"{words.on(first)}至{words.on(last)}", f"{words.on(first)} to {words.on(last)}")
        )
        when = words.say(f"（{span}）", f" ({span})")
    match what:
        case "grade":
            area = words.area(whom)
            return words.say(f"查明{area}的风险等级{when}。", f"Find out the risk grade of {area}{when}.")
        case "stays":
            return words.say(f"询问人员{whom}到过哪里{when}。", f"Ask person {whom} where they were{when}.")
        case "result":
            return words.say(f"催要样本{whom}的结果。", f"Ask for the result of sample {whom}.")
        case "classification":
            return words.say(
                f"查明人员{whom}是否被判定为病例。",
                f"Find out whether person {whom} was classified as a case.",
            )
        case "discharge":
            return words.say(
                f"查明人员{whom}是否已出院、结局如何。",
                f"Find out whether person {whom} was discharged, and how.",
            )
        case "occupation":
            return words.say(
                f"询问人员{whom}的职业{when}。", f"Ask person {whom} about their occupation{when}."
            )
    place = words.named("place", whom)
    return words.say(f"登记{place}的类别和等级。", f"Record kind and level of {place}.")
