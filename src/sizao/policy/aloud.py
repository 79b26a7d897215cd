"""Conditions, steps and rules read aloud as a plain notice, in Chinese ("zh") and English ("en").

The words of columns and codes are those of the dictionary, so that a notice and a form say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from sizao.facts.declaration import Column, ColumnType, Fact, Words
from sizao.facts.dictionary import FACTS
from sizao.facts.readings import READINGS
from sizao.policy.expressions.functions import FUNCTIONS
from sizao.policy.expressions.tree import (
    All,
    Any,
    Call,
    ColumnOf,
    Compare,
    IsMissing,
    Literal,
    Node,
    Not,
    OneOf,
    Type,
)
from sizao.policy.model import (
    Calendar,
    Days,
    Deadline,
    Ending,
    Every,
    Named,
    OfficeOf,
    ParameterValue,
    Plan,
    Rolling,
    RuleVersion,
    Running,
    Source,
    Span,
    StepText,
)
from sizao.terms.codes import CODE_LISTS
from sizao.terms.wording import say_date, say_days, say_duration, say_instant, say_months

_READABLE: Mapping[str, Fact] = {**FACTS, **READINGS}
_EVERYWHERE = {
    "happened_at": Words("发生时间", "the moment it happened"),
    "known_at": Words("主管机构知悉之时", "the moment it became known"),
    "area": Words("记录所在地区", "the area where it was recorded"),
    "stage_start": Words("前一阶段完结之时", "the moment the stage before is over"),
}
# Areas and places of a table: their words stand with the numbers and their sources.
_LISTED = Words("下列地区或场所", "the areas or places listed below")
_TIME_WORDS = {
    "=": Words("为", "is"),
    "<>": Words("不是", "is other than"),
    "<": Words("早于", "is before"),
    "<=": Words("不晚于", "is not after"),
    ">": Words("晚于", "is after"),
    ">=": Words("不早于", "is not before"),
}
_NUMBER_WORDS = {
    "=": Words("为", "is"),
    "<>": Words("不是", "is other than"),
    "<": Words("少于", "is less than"),
    "<=": Words("不超过", "is at most"),
    ">": Words("超过", "is more than"),
    ">=": Words("不少于", "is at least"),
}
# English says "the number of people ... is 5", so that counted things need no unit there.
_UNITS = {
    "people": Words("人", ""),
    "tests": Words("次", ""),
    "°C": Words("℃", "°C"),
    "rooms": Words("间", ""),
}
_SELECTORS = {
    "residence": Words("其常住地的", " of the place of residence"),
    "place_of_stay": Words("其停留地的", " of the place of stay"),
    "recorded_area": Words("记录所在地的", " of the area where it was recorded"),
    "place": Words("该场所所在地的", " of the area of the place"),
}
# Units of parameters that are elapsed time, and the others with what follows the number.
_DURATIONS = ("hours", "minutes")
_NUMBERED = {
    "people": Words("人", " people"),
    "persons": Words("人", " people"),
    "times": Words("次", " times"),
    "celsius": Words("℃", " °C"),
}
_ONE = {"people": " person", "persons": " person", "times": " time"}
_RELATED = {"dependants": Words("其照护的每一人", "everyone in the care of that person")}
_RUNNING = {
    Running.KEEP: Words("已在执行的按原规定执行完毕", "what is under way is finished under the earlier text"),
    Running.LIGHTEN: Words(
        "已在执行的，新规定结束更早的按新规定结束",
        "what is under way ends under this text where that is earlier",
    ),
    Running.REPLACE: Words(
        "已在执行的，尚未到来的部分改按本规定",
        "what is under way goes on under this text from that day",
    ),
}
_BURDENS = {
    "person_days": Words("人日", "person-days"),
    "tests": Words("检测次数", "tests"),
    "forms": Words("填表次数", "forms"),
    "visits": Words("上门次数", "visits"),
}


def say(node: Node, language: str, reading: str | None = None, zone: str = "UTC") -> str:
    """An expression as a clause. reading: the fact or reading whose row it is about; it gives the words.

    zone: where written instants are said; expressions of a pack hold none, filled-in values may.
    """
    return _Speaker(language, reading, zone=zone).truth(node)


def say_step(
    step: StepText, language: str, trigger: str | None = None, labels: Mapping[str, Words] | None = None
) -> str:
    """One step as sentences: who must do what for whom, when, answering to whom, and what proves it.

    trigger: the fact that the rule is about. labels: the rule's other steps in words, for `after`.
    """
    speaker = _Speaker(language, trigger, _stage(step, labels or {}))
    zh = language == "zh"
    parts = [_duty(step, speaker), _when(step, speaker)]
    if step.place is not None and step.verb.restricts:
        place = _code("restriction_places", step.place, language)
        if place.lower() != step.verb.label.get(language).lower():
            parts.append(f"管控方式：{place}" if zh else f"the person stays under {place}")
    if step.at_once_when_late:
        parts.append(
            "知悉过晚的，知悉次日前补做" if zh else "what was learned of too late is done by the next day"
        )
    if step.answers_to:
        offices = _joined([say_office(office, language) for office in step.answers_to], language)
        parts.append(f"向{offices}负责" if zh else f"it answers to {offices}")
    parts.append(say_proof(step, language))
    if step.escalation is not None:
        parts.append(say_escalation(step, language))
    return _sentence(parts, language)


def say_rule(version: RuleVersion, language: str, sources: Mapping[str, Words] | None = None) -> str:
    """One text of a rule as a notice, one line for each thing that it lays down.

    sources: the pack's documents in words (`Policy.sources`); without them a document is named by its id.
    """
    zh = language == "zh"
    labels = {step.name: step.verb.label for step in version.steps}
    lines = [version.label.get(language), say_dates(version, language), say_trigger(version, language)]
    for number, step in enumerate(version.steps, start=1):
        lines.append(f"{number}. {say_step(step, language, version.for_each, labels)}")
    for ending in version.ends_when:
        lines.append(say_ending(ending, version, language))
    if version.appeal is not None:
        lines.append(say_appeal(version.appeal, language))
    if not version.waivable:
        lines.append("不得豁免。" if zh else "It cannot be waived.")
    lines.append(say_burden(version, language))
    lines.append(say_grounds(version, language, sources or {}))
    lines.append(say_numbers(version, language, sources))
    return "\n".join(line for line in lines if line)


def say_appeal(office: str, language: str) -> str:
    """Who hears an appeal."""
    heard_by = _code("office_tasks", office, language)
    return f"不服的，可向{heard_by}申诉。" if language == "zh" else f"An appeal goes to: {heard_by}."


def say_duty(
    step: StepText, language: str, trigger: str | None = None, labels: Mapping[str, Words] | None = None
) -> str:
    """Who must do what for whom, and when: the first sentence of `say_step`."""
    speaker = _Speaker(language, trigger, _stage(step, labels or {}))
    return _sentence([_duty(step, speaker), _when(step, speaker)], language).strip()


def say_numbers(version: RuleVersion, language: str, sources: Mapping[str, Words] | None = None) -> str:
    """Whence a text has the numbers that it takes from parameters, with their marks; "" without any."""
    zh = language == "zh"
    by_source: dict[str, list[str]] = {}
    for number in version.numbers:
        values = by_source.setdefault(say_source(number.source, language, sources or {}), [])
        value = say_value(number.value, number.unit, language)
        if value not in values:
            values.append(value)
    said = [
        f"{_joined(values, language)}{'据' if zh else ' from '}{cited}" for cited, values in by_source.items()
    ]
    if not said:
        return ""
    return f"数值：{'；'.join(said)}。" if zh else f"Numbers: {'; '.join(said)}."


def say_value(value: ParameterValue, unit: str, language: str) -> str:
    """A value of a parameter with its unit: 14天 · 14 days; 第1天、第4天 · days 1 and 4; areas by name."""
    if isinstance(value, timedelta):
        return say_duration(value, language)
    if isinstance(value, tuple):
        names = [one.label.get(language) for one in value if isinstance(one, Named)]
        if names:
            return _joined(names, language)
        days = [f"第{day}天" if language == "zh" else str(day) for day in value]
        return _joined(days, language) if language == "zh" else f"days {_joined(days, language)}"
    if unit in _DURATIONS:
        return say_duration(timedelta(**{unit: value}), language)
    if unit in ("days", "months"):
        return (say_days if unit == "days" else say_months)(int(value), language)
    words = _NUMBERED.get(unit)
    if words is None:
        return f"{value:g}"
    counted = words.get(language)
    return f"{value:g}{_ONE.get(unit, counted) if value == 1 and language == 'en' else counted}"


def say_source(source: Source, language: str, sources: Mapping[str, Words]) -> str:
    """A source as cited: the document in words, the article and the mark in brackets."""
    named = sources.get(source.document)
    document = source.document if named is None else named.get(language)
    comma, brackets = ("，", "（{}）") if language == "zh" else (", ", " ({})")
    return f"{document}{comma}{source.article_in(language)}{brackets.format(source.mark)}"


class _Speaker:
    """Says the nodes of one expression; keeps the language and what the columns mean."""

    def __init__(
        self, language: str, reading: str | None, stage: Words | None = None, zone: str = "UTC"
    ) -> None:
        self.language = language
        self.zone = zone
        self.stage = stage
        self.zh = language == "zh"
        self.reading = reading

    def say(self, node: Node, codes: str | None = None, unit: str | None = None) -> str:
        if isinstance(node, Literal):
            return self.value(node, codes, unit)
        if isinstance(node, ColumnOf):
            return self.column(node.name)
        if isinstance(node, Call):
            return self.call(node)
        if isinstance(node, Compare):
            return self.compare(node)
        if isinstance(node, OneOf):
            return self.one_of(node, False)
        if isinstance(node, All):
            return self.chain(node.items, "，且", ", and ")
        if isinstance(node, Any):
            # Parts that hold "and" themselves are set apart by a stronger mark, not by brackets.
            strong = any(isinstance(item, All) for item in node.items)
            return self.chain(node.items, "；或者" if strong else "，或者", "; or " if strong else ", or ")
        if isinstance(node, Not):
            return self.negated(node.item)
        return self.missing(node, True)

    def value(self, node: Literal, codes: str | None, unit: str | None) -> str:
        value = node.value
        if isinstance(value, bool):
            return ("是" if value else "否") if self.zh else ("yes" if value else "no")
        if isinstance(value, datetime):
            return say_instant(value, self.zone, self.language)
        if isinstance(value, date):
            return say_date(value, self.language)
        if isinstance(value, timedelta):
            return say_duration(value, self.language)
        if isinstance(value, str):
            return _code(codes, value, self.language) if node.type is Type.CODE else value
        if node.type is Type.DAYS and isinstance(value, int):
            return say_days(value, self.language)
        word = _UNITS.get(unit or "")
        number = f"{value:g}" if isinstance(value, int | float) else str(value)
        if word is None:
            return number
        return f"{number}{word.zh}" if self.zh else f"{number} {word.en}".strip()

    def column(self, name: str) -> str:
        column = self.declared(name)
        if column is None:
            words = self.stage if name == "stage_start" and self.stage else _EVERYWHERE.get(name)
            return name if words is None else words.get(self.language)
        if not self.zh and column.type is ColumnType.COUNT and column.unit in _UNITS:
            return f"the number of {_thing(column.meaning, self.language).removeprefix('the ')}"
        return _thing(column.meaning, self.language)

    def declared(self, name: str) -> Column | None:
        """The column of the reading, or of the first fact that has one of this name."""
        own = _READABLE.get(self.reading or "")
        facts = list(_READABLE.values()) if own is None else [own]
        for fact in facts:
            for column in fact.columns:
                if column.name == name:
                    return column
        return None

    def call(self, node: Call) -> str:
        function = FUNCTIONS[node.function]
        if node.function == "add_days":
            return self.days_away(node)
        own = self.codes_of(node) if node.function == "if_missing" else None
        said = [
            _LISTED.get(self.language)
            if function.arguments[number].written
            else self.say(argument, function.arguments[number].codes or own)
            for number, argument in enumerate(node.arguments)
        ]
        if node.function == "day_of":
            # 出院时间 → 出院当日; "the moment of discharge" -> "the day of discharge"
            if not self.zh and said[0].startswith("the moment "):
                return f"the day {said[0].removeprefix('the moment ')}"
            said[0] = said[0].removesuffix("时间")
        return function.said.get(self.language).format(*said)

    def days_away(self, node: Call) -> str:
        start, number = node.arguments
        if not isinstance(number, Literal) or not isinstance(number.value, int):
            day, added = self.say(start), self.say(number)
            return f"{day}后{added}" if self.zh else f"{added} after {day}"
        away = number.value
        # One day after 14 days after a day: 15 days after it.
        while isinstance(start, Call) and start.function == "add_days":
            further = start.arguments[1]
            if not isinstance(further, Literal) or not isinstance(further.value, int):
                break
            start, away = start.arguments[0], away + further.value
        day, days = self.say(start), say_days(abs(away), self.language)
        if self.zh:
            return f"{day}{'前' if away < 0 else '后'}{days}"
        return f"{days} {'before' if away < 0 else 'after'} {day}"

    def compare(self, node: Compare) -> str:
        left, right = node.left, node.right
        codes = self.codes_of(left) or self.codes_of(right)
        unit = self.unit_of(left) or self.unit_of(right)
        table = _TIME_WORDS if left.type in (Type.DATE, Type.INSTANT) else _NUMBER_WORDS
        word = table[node.operator].get(self.language)
        space = "" if self.zh else " "
        return f"{self.say(left, codes, unit)}{space}{word}{space}{self.say(right, codes, unit)}"

    def one_of(self, node: OneOf, negated: bool) -> str:
        codes, unit = self.codes_of(node.value), self.unit_of(node.value)
        options = [self.say(option, codes, unit) for option in node.options]
        if self.zh:
            listed = "、".join(options[:-1]) + ("或" if len(options) > 1 else "") + options[-1]
            return f"{self.say(node.value)}{'不是' if negated else '为'}{listed}"
        listed = ", ".join(options[:-1]) + (" or " if len(options) > 1 else "") + options[-1]
        return f"{self.say(node.value)} {'is other than' if negated else 'is'} {listed}"

    def chain(self, items: tuple[Node, ...], zh: str, en: str) -> str:
        said = []
        for item in items:
            words = self.truth(item)
            if isinstance(item, Any):
                words = f"（{words}）" if self.zh else f"({words})"
            said.append(words)
        return (zh if self.zh else en).join(said)

    def truth(self, node: Node) -> str:
        """A condition; a flag alone is said as answered with yes."""
        if isinstance(node, ColumnOf) and node.type is Type.BOOL:
            return f"{self.column(node.name)}：是" if self.zh else f"{self.column(node.name)}: yes"
        return self.say(node)

    def negated(self, node: Node) -> str:
        if isinstance(node, IsMissing):
            return self.missing(node, False)
        if isinstance(node, OneOf):
            return self.one_of(node, True)
        if isinstance(node, ColumnOf):
            return f"{self.column(node.name)}：否" if self.zh else f"{self.column(node.name)}: no"
        return f"并非（{self.truth(node)}）" if self.zh else f"it is not so that ({self.truth(node)})"

    def missing(self, node: IsMissing, is_missing: bool) -> str:
        what = self.say(node.value)
        if self.zh:
            return f"没有{what}" if is_missing else f"有{what}"
        return f"{what} is not recorded" if is_missing else f"{what} is recorded"

    def codes_of(self, node: Node) -> str | None:
        if isinstance(node, ColumnOf):
            column = self.declared(node.name)
            return None if column is None else column.codes
        if isinstance(node, Call):
            if node.function == "if_missing":
                return self.codes_of(node.arguments[0]) or self.codes_of(node.arguments[1])
            return FUNCTIONS[node.function].codes
        return None

    def unit_of(self, node: Node) -> str | None:
        if isinstance(node, ColumnOf):
            column = self.declared(node.name)
            return None if column is None else column.unit
        if isinstance(node, Call):
            return {"members_of": "people", "negative_tests": "tests"}.get(node.function)
        return None


# Parts of a step


def _duty(step: StepText, speaker: _Speaker) -> str:
    doer, verb = say_office(step.done_by, speaker.language), step.verb.label.get(speaker.language)
    about = (
        speaker.column(step.about) if step.related is None else _RELATED[step.related].get(speaker.language)
    )
    if speaker.zh:
        return f"由{doer}对{about}落实“{verb}”"
    return f'{_upper(doer)} must see to "{verb}" for {about}'


def _when(step: StepText, speaker: _Speaker) -> str:
    sayers: dict[type, Callable[..., str]] = {
        Span: _span,
        Plan: _plan,
        Deadline: _deadline,
        Calendar: _calendar,
        Rolling: _rolling,
    }
    said = sayers[type(step.timing)](step.timing, speaker)
    return said + _late(step, speaker)


# What the end of a period is, to which `closes_after` of a calendar is added.
_PERIOD_ENDS = {
    Every.DAY: Words("当日结束", "the end of the day"),
    Every.WEEK: Words("当周结束", "the end of the week"),
    Every.MONTH: Words("当月结束", "the end of the month"),
}


def _late(step: StepText, speaker: _Speaker) -> str:
    """Until when what is late still counts: so long after the limit, or after the end of the period."""
    if step.closes_after is None:
        return ""
    zh, more = speaker.zh, say_duration(step.closes_after, speaker.language)
    if isinstance(step.timing, Calendar):
        end = _PERIOD_ENDS[step.timing.every].get(speaker.language)
        if not step.closes_after:
            return f"，迟做的{end}前仍算" if zh else f" (late ones count until {end})"
        return f"，迟做的{end}后{more}内仍算" if zh else f" (late ones count until {more} after {end})"
    if not step.closes_after:
        return "，逾期不再受理" if zh else ", and not later"
    return f"，逾期{more}后不再受理" if zh else f", or up to {more} late"


def _stage(step: StepText, labels: Mapping[str, Words]) -> Words | None:
    """What `stage_start` is for a step: the end of another step, or its being done."""
    if step.after is None or step.after.step not in labels:
        return None
    label = labels[step.after.step]
    if step.after.event == "end":
        return Words(f"“{label.zh}”结束之时", f'the end of "{label.en}"')
    return Words(f"“{label.zh}”完成之时", f'the moment "{label.en}" is done')


def _numbered(days: Days, speaker: _Speaker) -> str:
    day = speaker.say(days.day_zero)
    if days.shift == -1:
        return f"{day}为第1天" if speaker.zh else f"{day} being day 1"
    return f"{day}为第0天" if speaker.zh else f"{day} being day 0"


def _span(span: Span, speaker: _Speaker) -> str:
    start, zh = speaker.say(span.start), speaker.zh
    parts = [f"自{start}起" if zh else f"from {start}"]
    if span.within:
        limit = say_duration(span.within, speaker.language)
        parts.append(f"{limit}内到位" if zh else f"in place within {limit}")
    parts.append(_length(span, speaker))
    return ("，" if zh else ", ").join(parts)


def _length(span: Span, speaker: _Speaker) -> str:
    zh, language = speaker.zh, speaker.language
    if span.until is not None or span.numbering is None:
        until = "" if span.until is None else speaker.say(span.until)
        return f"至{until}止" if zh else f"until {until}"
    numbered = _numbered(span.numbering, speaker)
    if span.days is None:
        months = say_months(span.months or 0, language)
        return f"为期{months}（{numbered}）" if zh else f"for {months} ({numbered})"
    length = say_days(span.days, language)
    last = span.numbering.first_day + span.days - 1
    first = span.numbering.first_day
    if zh:
        return f"为期{length}，即第{first}天至第{last}天（{numbered}）"
    return f"for {length}, days {first} to {last} ({numbered})"


def _plan(plan: Plan, speaker: _Speaker) -> str:
    numbered = _numbered(plan.numbering, speaker)
    if speaker.zh:
        days = "、".join(f"第{day}天" for day in plan.on_days)
        grace = f"，可宽限{say_days(plan.grace_days, 'zh')}" if plan.grace_days else ""
        return f"在{days}各一次（{numbered}）{grace}"
    days = _joined([str(day) for day in plan.on_days], "en")
    grace = f", with {say_days(plan.grace_days, 'en')} of grace" if plan.grace_days else ""
    return f"on {'day' if len(plan.on_days) == 1 else 'each of days'} {days} ({numbered}){grace}"


def _deadline(deadline: Deadline, speaker: _Speaker) -> str:
    if deadline.by is not None:
        day = speaker.say(deadline.by)
        return f"在{day}之前（不含当日）" if speaker.zh else f"before {day}, that day not included"
    start = deadline.start
    known = _EVERYWHERE["known_at"].get(speaker.language)
    since = known if start is None else speaker.say(start)
    limit = say_duration(deadline.within or timedelta(0), speaker.language)
    return f"自{since}起{limit}内" if speaker.zh else f"within {limit} from {since}"


def _calendar(calendar: Calendar, speaker: _Speaker) -> str:
    zh = speaker.zh
    every = {
        Every.DAY: Words("每个运行日", "on every operating day"),
        Every.WEEK: Words(
            "每周，最迟在当周最后一个运行日", "every week, on its last operating day at the latest"
        ),
        Every.MONTH: Words(
            "每月，最迟在当月最后一个运行日", "every month, on its last operating day at the latest"
        ),
    }[calendar.every].get(speaker.language)
    clock = "24:00" if calendar.at is None else f"{calendar.at:%H:%M}"
    since = speaker.say(calendar.start)
    until = "" if calendar.until is None else speaker.say(calendar.until)
    if zh:
        return f"自{since}起{f'至{until}前' if until else ''}，{every}{clock}前一次"
    return f"once {every}, before {clock}, from {since}{f' until {until}' if until else ''}"


def _rolling(rolling: Rolling, speaker: _Speaker) -> str:
    days = say_days(rolling.every_days, speaker.language)
    since = speaker.say(rolling.start)
    until = "" if rolling.until is None else speaker.say(rolling.until)
    gap = say_duration(rolling.min_gap, speaker.language) if rolling.min_gap else ""
    if speaker.zh:
        apart = f"，两次至少间隔{gap}" if gap else ""
        return f"自{since}起{f'至{until}前' if until else ''}，每{days}至少一次{apart}"
    apart = f", at least {gap} apart" if gap else ""
    return f"at least once in every {days}{apart}, from {since}{f' until {until}' if until else ''}"


def say_proof(step: StepText, language: str) -> str:
    """What proves a step, as a clause: 以“检测（…）”记录为证 · it is proved by a record of tests (…)."""
    proof, zh = step.proof, language == "zh"
    said = _name(_READABLE[proof.reading], language)
    if proof.where is not None:
        condition = _Speaker(language, proof.reading).truth(proof.where)
        said += f"（{condition}）" if zh else f" ({condition})"
    if proof.match is not None:
        same = _thing(FACTS[proof.reading].column(proof.match[0]).meaning, language)
        said = f"{said}（同一{same}）" if zh else f"{said}, of {same} that it is about"
    count = "" if zh else "a record"
    if proof.count > 1:
        gap = say_duration(proof.min_gap, language) if proof.min_gap else ""
        count = f"{proof.count}次" if zh else f"{proof.count} records"
        if gap:
            count += f"、间隔至少{gap}的" if zh else f", at least {gap} apart,"
    back = ""
    if proof.look_back:
        earlier = say_duration(proof.look_back, language)
        back = f"，此前{earlier}内的也算" if zh else f"; up to {earlier} earlier counts too"
    return f"以{count}“{said}”记录为证{back}" if zh else f"it is proved by {count} of {said}{back}"


def say_escalation(step: StepText, language: str) -> str:
    """Who must act when a step is late, as a clause; the step must have an escalation."""
    escalation = step.escalation
    assert escalation is not None
    wait = say_duration(escalation.after, language)
    doer, verb = say_office(escalation.done_by, language), escalation.verb.label.get(language)
    if language == "zh":
        limit = f"{say_duration(escalation.within, language)}内" if escalation.within else "立即"
        return f"逾期{wait}仍未完成的，由{doer}{limit}落实“{verb}”"
    limit = f"within {say_duration(escalation.within, language)}" if escalation.within else "at once"
    return f'if it is overdue by {wait}, {doer} must see to "{verb}" {limit}'


# Parts of a rule


def say_dates(version: RuleVersion, language: str) -> str:
    """From when until when a text is in force, whom it catches, and what becomes of what is under way."""
    zh = language == "zh"
    since = say_date(version.in_force_from, language)
    until = version.in_force_until
    said = f"自{since}起" if zh else f"In force from {since}"
    if until is not None:
        last = say_date(until - timedelta(days=1), language)
        said += f"至{last}" if zh else f" to {last}"
    said += "施行" if zh else ""
    if version.catches_from != version.in_force_from:
        day = say_date(version.catches_from, language)
        said += f"，适用于{day}及以后发生的情形" if zh else f", for what happened on or after {day}"
    if version.running is not None and version.number != 1:
        said += ("；" if zh else "; ") + _RUNNING[version.running].get(language)
    return said + ("。" if zh else ".")


def say_trigger(version: RuleVersion, language: str) -> str:
    """For which records of which fact a rule holds."""
    speaker = _Speaker(language, version.for_each)
    name = _name(FACTS[version.for_each], speaker.language)
    if version.when is None:
        return f"适用于每一条“{name}”记录。" if speaker.zh else f"It applies to every record of {name}."
    condition = speaker.truth(version.when)
    if speaker.zh:
        return f"适用于符合以下条件的每一条“{name}”记录：{condition}。"
    return f"It applies to every record of {name} for which this holds: {condition}."


def say_ending(ending: Ending, version: RuleVersion, language: str) -> str:
    """What ends the steps of a rule early."""
    zh = language == "zh"
    said = _name(_READABLE[ending.reading], language)
    if ending.where is not None:
        condition = _Speaker(language, ending.reading).truth(ending.where)
        said += f"（{condition}）" if zh else f" ({condition})"
    times = "" if ending.count == 1 else (f"第{ending.count}次" if zh else f"{ending.count} times ")
    labels = [step.verb.label.get(language) for step in version.steps if step.name in ending.steps]
    which = _joined([f"“{label}”" if zh else f'"{label}"' for label in labels], language)
    whom = _whose(ending, version, language)
    if zh:
        return f"{times}出现{whom}的“{said}”记录的，{which}即行结束。"
    return f"{_upper(which) if which else 'It'} ends with {times}a record of {said}, of {whom}."


def _whose(ending: Ending, version: RuleVersion, language: str) -> str:
    """Whose record ends it: of the contact, of the person who is the case."""
    column = ending.match[1]
    if column == "about":
        return Words("该步骤对象", "the one whom the step is about").get(language)
    return _thing(FACTS[version.for_each].column(column).meaning, language)


def say_burden(version: RuleVersion, language: str) -> str:
    """What a rule costs those whom it binds, as counted; "" where it counts nothing."""
    if not version.burden:
        return ""
    zh = language == "zh"
    per = {
        "per_standing": Words("按同时受限只计一次", "once for overlapping restrictions"),
        "per_step": Words("按步骤计", "for each step"),
    }
    kinds = [
        f"{_BURDENS[kind].get(language)}{'（' if zh else ' ('}{per[how].get(language)}{'）' if zh else ')'}"
        for kind, how in version.burden.items()
    ]
    return f"负担计量：{'、'.join(kinds)}。" if zh else f"Burden counted: {', '.join(kinds)}."


def say_grounds(version: RuleVersion, language: str, sources: Mapping[str, Words]) -> str:
    """Source, orders and legal basis of a text, with their marks."""
    cited, basis = say_source(version.source, language, sources), ", ".join(version.basis)
    law = version.legal_basis.words.get(language)
    if language == "zh":
        return f"出处：{cited}；指令条目：{basis or '无'}；法律依据：{law}（{version.legal_basis.mark}）。"
    return f"Source: {cited}. Orders: {basis or 'none'}. Legal basis: {law} ({version.legal_basis.mark})."


# Words


def say_office(office: OfficeOf, language: str) -> str:
    """An office by its task and where it is looked for: 其常住地的社区 · the community of the place …"""
    zh = language == "zh"
    if office.task is None:
        return "该单位自身" if zh else "the place or office itself"
    task = CODE_LISTS["office_tasks"].label_of(office.task).get(language)
    where = _SELECTORS[office.selector].get(language)
    return f"{where}{task}" if zh else f"the {task}{where}"


def _code(codes: str | None, value: str, language: str) -> str:
    try:
        return CODE_LISTS[codes or ""].label_of(value).get(language)
    except KeyError:
        return value


def _name(fact: Fact, language: str) -> str:
    """The name of a fact: its meaning up to the colon."""
    words = fact.meaning.get(language)
    for colon in (":", "：", ";", "；"):
        words = words.split(colon)[0]
    return words.strip() if language == "zh" else words.strip().lower()


def _thing(meaning: Words, language: str) -> str:
    """A column as a thing one can speak of: without remarks, in English with an article."""
    words = meaning.get(language)
    for mark in (";", "；", "(", "（", ", included", ", another"):
        words = words.split(mark)[0]
    words = words.strip()
    if language == "zh" or words.startswith(("the ", "who ", "whether ", "where ", "how ", "what ")):
        return words
    return f"the {words}"


def _joined(words: list[str], language: str) -> str:
    if language == "zh":
        return "、".join(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def _sentence(parts: list[str], language: str) -> str:
    said = [part for part in parts if part]
    if language == "zh":
        return "；".join([f"{said[0]}，{said[1]}", *said[2:]]) + "。"
    return f"{said[0]} {said[1]}. " + " ".join(f"{_upper(part)}." for part in said[2:])


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]
