"""Section 3: what a step of one text plans for a trigger, what was known too late, what ends it early."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from reference.expressions import Asked, add_months, is_valid_on, names_imprecise
from reference.facts import Key, Row, World, days_from, hex_key, mixed, swapped, text_key
from sizao.facts.dictionary import FACTS
from sizao.policy.expressions.tree import Node
from sizao.policy.model import (
    Calendar,
    Days,
    Deadline,
    Every,
    Plan,
    Rolling,
    RuleVersion,
    Span,
    StepText,
)

RECURRING = (Calendar, Rolling)
OPERATING_DAYS = {"every_day": range(1, 8), "weekdays": range(1, 6), "monday_to_saturday": range(1, 7)}


@dataclass
class Obligation:
    """One row on its way: planned, late or not, ended or not, proved or not, with a status in the end."""

    version: RuleVersion
    step: StepText
    trigger: Row
    event_on: date
    about: str
    text: str | None  # the occurrence as a text; None for a row that is named by the proof it counts from
    opens: datetime
    due: datetime
    closes: datetime | None
    related: Row | None = None
    anchor: Row | None = None
    next_anchor: Row | None = None  # of a rolling row: the proof that would prove it
    witnesses: list[Row] = field(default_factory=list)
    ends_at: datetime | None = None  # when something ends it early
    parent: Obligation | None = None  # of an escalation
    met_at: datetime | None = None
    met_by: Row | None = None
    status: str = ""

    @property
    def name(self) -> str:
        """The step's name; of an escalation `<step>!<verb>`."""
        if self.parent is not None and self.step.escalation is not None:
            return f"{self.step.name}!{self.step.escalation.verb.name}"
        return self.step.name

    @property
    def key(self) -> Key:
        """trigger ⊕ item ⊕ occurrence."""
        keys = [self.trigger.key, text_key(f"{self.version.rule}\x1f{self.name}")]
        if self.text is not None:
            keys.append(text_key(self.text))
        keys += [swapped(row.key) for row in (self.related, self.anchor) if row is not None]
        return mixed(*keys)

    @property
    def occurrence(self) -> str:
        named_by = [hex_key(row.key) for row in (self.related, self.anchor) if row is not None]
        return "/".join(([] if self.text is None else [self.text]) + named_by)

    def is_span(self) -> bool:
        return isinstance(self.step.timing, Span) and self.parent is None


@dataclass(frozen=True)
class Window:
    """The instants of one occurrence as a text plans it."""

    text: str | None
    opens: datetime
    due: datetime
    closes: datetime | None
    anchor: Row | None = None
    next_anchor: Row | None = None


@dataclass(frozen=True)
class Trigger:
    """A row that a rule is asked about, with what the rule's texts need again and again."""

    world: World
    row: Row
    event_on: date

    def asked(self, version: RuleVersion, stage_start: datetime | None = None) -> Asked:
        return Asked(self.world, self.row, version.grade_reach_back, stage_start)

    def when(self, version: RuleVersion) -> tuple[bool | None, list[Row]]:
        """Whether the version's `when` is true, and its witnesses."""
        asked = self.asked(version)
        answer = True if version.when is None else asked.answer(version.when)
        return answer, asked.witnesses

    def catches(self, version: RuleVersion) -> bool:
        return self.event_on >= version.catches_from and self.when(version)[0] is True


def event_day(world: World, fact: str, row: Row) -> date | None:
    column = "taken_at" if fact in ("tests", "samplings") else FACTS[fact].event
    return world.as_day(row[column])


def main_subject(fact: str) -> str:
    return "person" if fact in ("tests", "samplings") else FACTS[fact].subjects[0]


# -- one step of one text --------------------------------------------------------------------------


def windows(
    trigger: Trigger, version: RuleVersion, step: StepText, stage_start: datetime | None
) -> list[Window]:
    """The occurrences of a span, plan or deadline as planned: before transitions, lateness and endings."""
    if step.after is not None and stage_start is None:
        return []
    asked = trigger.asked(version, stage_start)
    match step.timing:
        case Span():
            found = _span(asked, step.timing)
        case Plan():
            found = _plan(asked, step.timing)
        case Deadline():
            found = _deadline(asked, step, step.timing, trigger.event_on)
        case _:
            raise TypeError("recurring steps are planned by their occurrences")
    return found


def _span(asked: Asked, span: Span) -> list[Window]:
    world = asked.world
    opens = world.as_instant(asked.answer(span.start))
    closes = _end_of_length(asked, span)
    if opens is None or closes is None:
        return []
    return [Window("once", opens, opens, closes)]  # the due instant depends on the opening: see `opened`


def _end_of_length(asked: Asked, span: Span) -> datetime | None:
    world = asked.world
    if span.until is not None:
        return world.as_instant(asked.answer(span.until))
    assert span.numbering is not None
    first = numbered_day(asked, span.numbering, span.numbering.first_day)
    if first is None:
        return None
    if span.months is not None:
        return world.instant(add_months(first, span.months))
    assert span.days is not None
    return world.instant(first + timedelta(span.days))


def numbered_day(asked: Asked, numbering: Days, number: int) -> date | None:
    """Day k is the date day_zero + k."""
    zero = asked.world.as_day(asked.answer(numbering.day_zero))
    return None if zero is None else zero + timedelta(numbering.shift + number)


def _plan(asked: Asked, plan: Plan) -> list[Window]:
    world, found = asked.world, []
    for number in plan.on_days:
        day = numbered_day(asked, plan.numbering, number)
        if day is not None:
            due_on = day + timedelta(1)
            closes = world.instant(due_on + timedelta(plan.grace_days))
            found.append(Window(f"d{number}", world.instant(day), world.instant(due_on), closes))
    return found


def _deadline(asked: Asked, step: StepText, deadline: Deadline, event_on: date) -> list[Window]:
    world, known_at = asked.world, asked.row.known_at
    if deadline.by is not None:
        due = world.as_instant(asked.answer(deadline.by))
        opens = max(world.instant(event_on), known_at)
    else:
        assert deadline.within is not None
        opens = known_at if deadline.start is None else world.as_instant(asked.answer(deadline.start))
        due = None if opens is None else opens + deadline.within
    if opens is None or due is None:
        return []
    return [Window("once", opens, due, None if step.closes_after is None else due + step.closes_after)]


def calendar_windows(
    trigger: Trigger, version: RuleVersion, step: StepText, stage_start: datetime | None, limit: datetime
) -> list[Window]:
    """Every period that opens by `limit` and holds an operating day of [from, until)."""
    world, timing = trigger.world, step.timing
    assert isinstance(timing, Calendar)
    asked = trigger.asked(version, stage_start)
    first = world.as_day(asked.answer(timing.start))
    until = None if timing.until is None else world.as_day(asked.answer(timing.until))
    if first is None:
        return []
    found = []
    day = _start_of_period(timing.every, first)
    while world.instant(day) <= limit and (until is None or day < until):
        end = _next_period(timing.every, day)
        operating = [
            d
            for d in days_from(day, end)
            if first <= d and (until is None or d < until) and operates(world, trigger.row, d)
        ]
        if operating:
            last = operating[-1]
            due = world.instant(last + timedelta(1)) if timing.at is None else world.instant(last, timing.at)
            closes = None if step.closes_after is None else world.instant(end) + step.closes_after
            found.append(Window(_period_name(timing.every, day), world.instant(day), due, closes))
        day = end
    return found


def operates(world: World, trigger: Row, day: date) -> bool:
    """Only places enrolled have operating days and closures."""
    if trigger.fact != "enrolments":
        return True
    if day.isoweekday() not in OPERATING_DAYS[trigger["operating"]]:
        return False
    closed = [row for row in world.rows("closures") if row["place"] == trigger["place"]]
    return not any(row["from_on"] <= day < row["until_on"] for row in closed)


def _start_of_period(every: Every, day: date) -> date:
    match every:
        case Every.DAY:
            return day
        case Every.WEEK:
            return day - timedelta(day.weekday())
        case Every.MONTH:
            return day.replace(day=1)


def _next_period(every: Every, day: date) -> date:
    match every:
        case Every.DAY:
            return day + timedelta(1)
        case Every.WEEK:
            return day + timedelta(7)
        case Every.MONTH:
            return add_months(day, 1)


def _period_name(every: Every, day: date) -> str:
    match every:
        case Every.DAY:
            return day.isoformat()
        case Every.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02d}"
        case Every.MONTH:
            return f"{day.year}-{day.month:02d}"


def rolling_windows(
    trigger: Trigger,
    version: RuleVersion,
    step: StepText,
    stage_start: datetime | None,
    not_before: datetime,
    proofs: list[Row],
) -> list[Window]:
    """The first row, and one for each anchor; the row of an anchor is proved by the next."""
    world, timing = trigger.world, step.timing
    assert isinstance(timing, Rolling)
    asked = trigger.asked(version, stage_start)
    start = world.as_instant(asked.answer(timing.start))
    until = None if timing.until is None else world.as_instant(asked.answer(timing.until))
    if start is None:
        return []
    counted_from = max(start, world.instant(world.local_day(trigger.row.known_at)), not_before)
    gap = max(timing.min_gap, timedelta(microseconds=1))
    anchors: list[Row] = []
    for proof in proofs:  # by (at, key)
        earliest = world.as_instant(anchors[-1][step.proof.at]) + gap if anchors else counted_from
        if world.as_instant(proof[step.proof.at]) >= earliest:
            anchors.append(proof)
    found = []
    for anchor, following in zip([None, *anchors], [*anchors, None], strict=True):
        instant = counted_from if anchor is None else world.as_instant(anchor[step.proof.at])
        opens = instant if anchor is None else instant + gap
        due = world.instant(world.local_day(instant) + timedelta(timing.every_days + 1))
        if until is None or opens < until:
            found.append(Window("first" if anchor is None else None, opens, due, until, anchor, following))
    return found


# -- from windows to rows --------------------------------------------------------------------------


def opened(window: Window, step: StepText, known_at: datetime, not_before: datetime | None) -> Window | None:
    """The window under a text in force from `not_before`; None when it was due before that."""
    opens = window.opens if not_before is None else max(window.opens, not_before)
    if isinstance(step.timing, Span):
        due = max(opens, known_at) + step.timing.within
        assert window.closes is not None
        return replace(window, opens=opens, due=due) if opens < window.closes else None
    if not_before is not None and window.opens < not_before and window.due <= not_before:
        return None
    return replace(window, opens=opens)


def as_rows(trigger: Trigger, version: RuleVersion, step: StepText, window: Window) -> Iterator[Obligation]:
    """One row for the trigger, or one for each related row that is valid on the opening day."""
    world = trigger.world
    for related in related_rows(trigger, step, world.local_day(window.opens)):
        about = (trigger.row if related is None else related)[step.about]
        if about is not None:
            yield Obligation(
                version,
                step,
                trigger.row,
                trigger.event_on,
                about,
                window.text,
                window.opens,
                window.due,
                window.closes,
                related,
                window.anchor,
                window.next_anchor,
                trigger.when(version)[1],
            )


def related_rows(trigger: Trigger, step: StepText, day: date) -> list[Row | None]:
    if step.related is None:
        return [None]
    world = trigger.world
    return [
        row
        for row in world.rows(step.related)
        if world.same(row["person"], trigger.row["person"])
        and row["kind"] != "none"
        and is_valid_on(row, day)
    ]


# -- late knowledge --------------------------------------------------------------------------------


def apart_from_too_late(world: World, rows: list[Obligation]) -> tuple[list[Obligation], list[Obligation]]:
    """Rows of one trigger and step: those created, and those that were over before the trigger was known."""
    created, too_late = [], []
    groups: dict[Key | None, list[Obligation]] = {}
    for row in rows:
        row.due = row.due if row.closes is None else min(row.due, row.closes)
        if not _known_too_late(row):
            created.append(row)
        elif row.is_span():
            too_late.append(row)
        else:
            groups.setdefault(None if row.related is None else row.related.key, []).append(row)
    for group in groups.values():
        group.sort(key=lambda row: (row.due, row.text))
        if group[-1].step.at_once_when_late:
            created.append(_at_once(world, group.pop()))
        too_late += group
    return [row for row in created if row.opens <= row.due], too_late


def _known_too_late(row: Obligation) -> bool:
    match row.step.timing:
        case Span():
            return row.closes is not None and row.closes <= row.trigger.known_at
        case Deadline(by=None) | Rolling():
            return False
        case _:
            return row.due <= row.trigger.known_at


def _at_once(world: World, row: Obligation) -> Obligation:
    known_at, timing = row.trigger.known_at, row.step.timing
    due_on = world.local_day(known_at) + timedelta(2)
    due = world.instant(due_on)
    if isinstance(timing, Plan):
        closes = world.instant(due_on + timedelta(timing.grace_days))
    else:
        closes = None if row.step.closes_after is None else due + row.step.closes_after
    return replace(row, text="late", opens=known_at, due=due, closes=closes)


# -- endings ---------------------------------------------------------------------------------------


def after_endings(world: World, rows: list[Obligation]) -> list[Obligation]:
    """What opens at or after its end is gone; spans, and points that were due by then, close at their end."""
    left = []
    for row in rows:
        row.ends_at = end_of(world, row)
        if row.ends_at is None or row.opens < row.ends_at:
            left.append(row)
        if row.ends_at is not None and (row.is_span() or row.due <= row.ends_at):
            row.closes = row.ends_at if row.closes is None else min(row.closes, row.ends_at)
            row.due = min(row.due, row.closes)
    return left


def end_of(world: World, row: Obligation) -> datetime | None:
    """The earliest of the rule's endings and the pack's."""
    event = world.instant(row.event_on)
    instants = []
    for ending in (*row.version.ends_when, *row.version.subject_ends):
        if ending.steps and row.step.name not in ending.steps:
            continue
        of_the_pack = ending in row.version.subject_ends
        earliest = event if ending.from_event or of_the_pack else row.opens
        column, named = ending.match
        wanted = row.about if named == "about" else row.trigger[named]
        found = []
        for fact in world.rows(ending.reading):
            at = world.as_instant(fact[ending.at])
            if at is None or at < earliest or not world.same(fact[column], wanted):
                continue
            if ending.where is None or Asked(world, fact).answer(ending.where) is True:
                found.append((at, fact.key))
        found.sort()
        if len(found) >= ending.count:
            instants.append(found[ending.count - 1][0])
    return min(instants, default=None)


# -- marks -----------------------------------------------------------------------------------------


def expressions_of(step: StepText) -> list[Node]:
    """Every expression in the timing of a step."""
    timing = step.timing
    match timing:
        case Span():
            found = [timing.start, timing.until, timing.numbering and timing.numbering.day_zero]
        case Plan():
            found = [timing.numbering.day_zero]
        case Deadline():
            found = [timing.start, timing.by]
        case Calendar() | Rolling():
            found = [timing.start, timing.until]
    return [node for node in found if node is not None]


def marks_of(row: Obligation) -> str:
    marks = set()
    used = [row.version.when, *expressions_of(row.step)]
    if any(names_imprecise(node, row.trigger) for node in used):
        marks.add("imprecise")
    for source in (row.trigger, *row.witnesses):
        marks |= {"derived"} if source.derived else set()
        marks |= {"history"} if source.history else set()
    return ",".join(sorted(marks))
