"""What a step of one text plans for a trigger, as SQL: when it opens, is due and closes.

Statement: docs/explanation/semantics.md, section 3 (spans, plans and deadlines; recurring steps:
`recurring.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from sizao.obligations.hits import Hits, uses_stage
from sizao.policy.expressions.emit import as_day, as_instant, interval
from sizao.policy.expressions.tree import Node
from sizao.policy.model import Calendar, Days, Deadline, Plan, Rolling, RuleVersion, Span, StepText
from sizao.terms.queries import literal
from sizao.terms.time import sql_midnight

ONCE = "once"
RECURRING = (Calendar, Rolling)

Constant = Callable[[str, str], str]
"""(name, SQL literal) -> what stands for it: the literal, or a column of a table of constants."""


@dataclass(frozen=True)
class Window:
    """One occurrence as planned: SQL over h and constants; the due of a span follows its opening."""

    occurrence: str
    opens: str
    due: str | None
    closes: str | None
    within: str | None = None


@dataclass(frozen=True)
class Moments:
    """The instants that expressions of one version give, knowing when an awaited stage starts."""

    hits: Hits
    version: RuleVersion
    started: str | None = None  # SQL of stage_start

    @property
    def zone(self) -> str:
        """The zone that decides days."""
        return self.hits.policy.zone

    def day(self, node: Node) -> str:
        """SQL: the expression as a day."""
        if self.started is not None and uses_stage(node):
            return as_day(node, self.hits.after_stage(self.version, self.started))
        return self.hits.day(self.version, node)

    def instant(self, node: Node) -> str:
        """SQL: the expression as an instant."""
        if self.started is not None and uses_stage(node):
            return as_instant(node, self.hits.after_stage(self.version, self.started))
        return self.hits.instant(self.version, node)

    def midnight(self, day: str) -> str:
        """SQL: 00:00 of a day."""
        return sql_midnight(day, self.zone)


def literally(_: str, text: str) -> str:
    """Constants as they are."""
    return text


def windows(moments: Moments, step: StepText, constant: Constant) -> list[Window]:
    """The occurrences of a span, plan or deadline as planned; none for a recurring step."""
    timing = step.timing
    if isinstance(timing, Span):
        return [_span(moments, timing, constant)]
    if isinstance(timing, Plan):
        return [_planned_day(moments, timing, number, constant) for number in timing.on_days]
    if isinstance(timing, Deadline):
        return [_deadline(moments, step, timing, constant)]
    return []


def single_occurrences(step: StepText) -> list[StepText]:
    """The step once for each of its occurrences, with that one alone."""
    timing = step.timing
    if isinstance(timing, Plan):
        return [replace(step, timing=replace(timing, on_days=(day,))) for day in timing.on_days]
    return [step]


def _span(moments: Moments, span: Span, constant: Constant) -> Window:
    closes = _end_of_length(moments, span, constant)
    within = constant("within", interval(span.within))
    return Window(ONCE, moments.instant(span.start), None, closes, within)


def _end_of_length(moments: Moments, span: Span, constant: Constant) -> str:
    if span.until is not None:
        return moments.instant(span.until)
    if span.numbering is None:
        raise ValueError("A span needs an end: a length with its numbering, or until.")
    first = span.numbering.shift + span.numbering.first_day
    if span.months is not None:
        day = _numbered(moments, span.numbering, constant("first_day", str(first)))
        return moments.midnight(
            f"CAST({day} + {constant('months', f'INTERVAL {span.months} MONTH')} AS DATE)"
        )
    return moments.midnight(
        _numbered(moments, span.numbering, constant("end_day", str(first + (span.days or 0))))
    )


def _numbered(moments: Moments, numbering: Days, number: str) -> str:
    return f"CAST({moments.day(numbering.day_zero)} + {number} AS DATE)"


def _planned_day(moments: Moments, plan: Plan, number: int, constant: Constant) -> Window:
    day = plan.numbering.shift + number

    def at(name: str, place: int) -> str:
        return moments.midnight(_numbered(moments, plan.numbering, constant(name, str(place))))

    return Window(
        f"d{number}", at("open_day", day), at("due_day", day + 1), at("close_day", day + 1 + plan.grace_days)
    )


def _deadline(moments: Moments, step: StepText, deadline: Deadline, constant: Constant) -> Window:
    if deadline.by is not None:
        opens = f"greatest({moments.midnight('h.event_on')}, h.known_at)"
        due = moments.instant(deadline.by)
    else:
        opens = "h.known_at" if deadline.start is None else moments.instant(deadline.start)
        due = f"({opens} + {constant('within', interval(deadline.within or timedelta(0)))})"
    closes = None
    if step.closes_after is not None:
        closes = f"({due} + {constant('closes_after', interval(step.closes_after))})"
    return Window(ONCE, opens, due, closes)


def is_late_sql(step: StepText, due: str, closes: str) -> str:
    """SQL: 0 in time, 1 a point skipped, 2 a span over before its trigger was known (known_at)."""
    timing = step.timing
    if isinstance(timing, Span):
        return f"CASE WHEN {closes} <= known_at THEN 2 ELSE 0 END"
    if isinstance(timing, Rolling) or (isinstance(timing, Deadline) and timing.by is None):
        return "0"
    return f"CASE WHEN {due} <= known_at THEN 1 ELSE 0 END"


def expressions_of(version: RuleVersion, step: StepText) -> list[Node]:
    """`when` and every expression in the timing of a step."""
    timing = step.timing
    found: list[Node | None] = [version.when]
    match timing:
        case Span():
            numbering = timing.numbering
            zero = None if numbering is None else numbering.day_zero
            found += [timing.start, timing.until, zero]
        case Plan():
            found.append(timing.numbering.day_zero)
        case Deadline():
            found += [timing.start, timing.by]
        case Calendar() | Rolling():
            found += [timing.start, timing.until]
    return [node for node in found if node is not None]


def planned_closes(moments: Moments, step: StepText) -> tuple[str, str] | None:
    """(opens, closes) of the first occurrence when nothing but the step's own text is asked.

    None when there is none that closes: after `met`, after a step that recurs, or a deadline that never
    closes.
    """
    if step.after is not None:
        if step.after.event == "met":
            return None
        other = step_of(moments.version, step.after.step)
        before = None if other is None else planned_closes(moments, other)
        if before is None:
            return None
        moments = Moments(moments.hits, moments.version, before[1])
    found = windows(moments, step, literally)
    if not found or found[0].closes is None:
        return None
    return found[0].opens, found[0].closes


def step_of(version: RuleVersion, name: str) -> StepText | None:
    """The step of that name."""
    return next((step for step in version.steps if step.name == name), None)


def instant(text: str | None) -> str:
    """SQL of an instant that may be missing."""
    return "CAST(NULL AS TIMESTAMP)" if text is None else text


def number(value: int) -> str:
    """A 64-bit number as SQL."""
    return f"CAST({literal(value)} AS BIGINT)"
