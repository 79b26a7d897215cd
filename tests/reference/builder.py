"""Write a policy in a few lines of Python: expressions are texts, durations are numbers of hours."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from itertools import pairwise

from sizao.facts.dictionary import FACTS
from sizao.facts.readings import READINGS
from sizao.policy.expressions.parse import Known, Scope, checked, column_known
from sizao.policy.expressions.tree import ColumnOf, Node, Position, Type
from sizao.policy.model import (
    After,
    Calendar,
    Days,
    Deadline,
    Ending,
    Escalation,
    Every,
    LegalBasis,
    OfficeOf,
    Plan,
    Policy,
    Proof,
    Rolling,
    RuleVersion,
    Running,
    Source,
    Span,
    StepText,
    Timing,
    Verb,
)
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words

GRADES = ("low", "medium", "high")
STRICTNESS = ("monitoring", "home", "central", "hospital")
GROUNDS = ("pregnant", "seafarer")
_COMMON = {
    "happened_at": Type.INSTANT,
    "known_at": Type.INSTANT,
    "area": Type.AREA,
    "stage_start": Type.INSTANT,
}
_CODES = {one.name: tuple(code.code for code in one.codes) for one in CODE_LISTS.values()}


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def scope(reading: str, constants: Mapping[str, str | int | float] | None = None) -> Scope:
    """What an expression about a row of that fact or reading may name."""
    declared = READINGS[reading] if reading in READINGS else FACTS[reading]
    columns = {column.name: column_known(column) for column in declared.columns}
    for name, kind in _COMMON.items():
        columns[name] = Known(ColumnOf(name, kind, Position(1, 1)), kind)
    return Scope(columns, {**_CODES, "grades": GRADES, "waiver_grounds": GROUNDS}, constants or {})


def condition(reading: str, text: str | None, **constants: str | int | float) -> Node | None:
    return None if text is None else checked(text, scope(reading, constants))


@dataclass(frozen=True)
class VerbText:
    """A verb and what proves it; `where` may name the constants of a step and is put in for each."""

    verb: Verb
    proof: Proof
    where: str | None

    def proved(self, **constants: str | int | float) -> Proof:
        return replace(self.proof, where=condition(self.proof.reading, self.where, **constants))


def verb(
    name: str,
    reading: str,
    at: str,
    *,
    until: str | None = None,
    where: str | None = None,
    subject: str = "person",
    about_kind: str = "person",
    restricts: bool = False,
    gap_tolerance: float = 0,
    exclusive: bool = False,
    look_back: float = 0,
    count: int = 1,
    min_gap: float = 0,
    match: tuple[str, str] | None = None,
) -> VerbText:
    """A verb; a span when it says `until`. Durations in hours."""
    text = Verb(name, Words(name, name), until is not None, about_kind, restricts, hours(gap_tolerance))
    proof = Proof(
        reading, subject, at, until, None, exclusive, hours(look_back), count, hours(min_gap), match
    )
    return VerbText(text, proof, where)


def office(text: str) -> OfficeOf:
    """`community(residence)` or `itself`."""
    task, _, selector = text.rstrip(")").partition("(")
    return OfficeOf(task, selector) if selector else OfficeOf(None, task)


class Rule:
    """The texts of one rule: r = Rule(...); r.version(...); r.version(...)."""

    def __init__(self, rule: str, for_each: str, **common: object) -> None:
        self.rule, self.for_each, self.common = rule, for_each, common
        self.versions: list[RuleVersion] = []

    # -- expressions ----------------------------------------------------------------------------------

    def date(self, text: str | None) -> Node | None:
        wanted = (Type.DATE, Type.INSTANT)
        return None if text is None else checked(text, scope(self.for_each), wanted)

    def numbering(self, day_zero: str | None, first_day: int, counted_from: str | None) -> Days | None:
        if counted_from is not None:
            return Days(_certain(self.date(counted_from)), 1, -1)
        return None if day_zero is None else Days(_certain(self.date(day_zero)), first_day)

    # -- timings --------------------------------------------------------------------------------------

    def span(
        self,
        start: str,
        *,
        days: int | None = None,
        months: int | None = None,
        day_zero: str | None = None,
        first_day: int = 0,
        counted_from: str | None = None,
        until: str | None = None,
        within: float = 0,
    ) -> Span:
        numbering = self.numbering(day_zero, first_day, counted_from)
        return Span(_certain(self.date(start)), hours(within), days, months, numbering, self.date(until))

    def plan(
        self,
        on_days: Sequence[int],
        *,
        day_zero: str | None = None,
        first_day: int = 0,
        counted_from: str | None = None,
        grace_days: int = 0,
    ) -> Plan:
        numbering = self.numbering(day_zero, first_day, counted_from)
        assert numbering is not None
        return Plan(numbering, tuple(on_days), grace_days)

    def deadline(
        self, start: str | None = None, *, within: float | None = None, by: str | None = None
    ) -> Deadline:
        return Deadline(self.date(start), None if within is None else hours(within), self.date(by))

    def calendar(
        self, every: str, start: str, *, until: str | None = None, at: time | None = None
    ) -> Calendar:
        return Calendar(Every(every), at, _certain(self.date(start)), self.date(until))

    def rolling(
        self, every_days: int, start: str, *, until: str | None = None, min_gap: float = 24
    ) -> Rolling:
        return Rolling(every_days, hours(min_gap), _certain(self.date(start)), self.date(until))

    # -- steps and endings ------------------------------------------------------------------------------

    def step(
        self,
        name: str,
        what: VerbText,
        timing: Timing,
        *,
        about: str = "person",
        done_by: str = "community(residence)",
        answers_to: Sequence[str] = (),
        place: str | None = None,
        after: tuple[str, str] | None = None,
        late_start: bool = False,
        closes_after: float | None = None,
        related: str | None = None,
        escalate: tuple[float, VerbText, str, float] | None = None,
        max_pool: int = 5,
    ) -> StepText:
        """One step. escalate: hours after due, verb, done_by, hours within."""
        constants: dict[str, str | int | float] = {"max_pool": max_pool}
        if place is not None:
            constants["place"] = place
        escalation = None
        if escalate is not None:
            late, other, by, within = escalate
            proof = other.proved(**constants)
            escalation = Escalation(other.verb, proof, hours(late), hours(within), office(by))
        return StepText(
            name=name,
            verb=what.verb,
            about=about,
            proof=what.proved(**constants),
            done_by=office(done_by),
            answers_to=tuple(office(text) for text in answers_to),
            timing=timing,
            place=place,
            after=None if after is None else After(*after),
            at_once_when_late=late_start,
            closes_after=None if closes_after is None else hours(closes_after),
            related=related,
            escalation=escalation,
        )

    def version(
        self,
        in_force: date,
        steps: Sequence[StepText],
        *,
        until: date | None = None,
        catches_from: date | None = None,
        running: str | None = None,
        when: str | None = None,
        ends_when: Sequence[Ending] = (),
        subject_ends: Sequence[Ending] = (),
        waivable: bool = True,
        grade_reach_back: bool = False,
    ) -> Rule:
        """Adds the next text; windows are capped when the policy is put together."""
        number = len(self.versions) + 1
        digest = hashlib.sha256(f"{self.rule} {number} {steps} {when}".encode()).hexdigest()[:12]
        self.versions.append(
            RuleVersion(
                rule=self.rule,
                number=number,
                digest=digest,
                label=Words(self.rule, self.rule),
                basis=("D1-17",),
                source=Source("invented", "1", "M"),
                legal_basis=LegalBasis(Words("虚构", "invented"), "M"),
                authority="city-command",
                sector="health",
                in_force_from=in_force,
                in_force_until=until,
                stated_until=until,
                catches_from=catches_from or in_force,
                running=None if running is None else Running(running),
                for_each=self.for_each,
                when=condition(self.for_each, when),
                steps=tuple(steps),
                ends_when=tuple(ends_when),
                subject_ends=tuple(subject_ends),
                waivable=waivable,
                grade_reach_back=grade_reach_back,
            )
        )
        return self

    def capped(self) -> tuple[RuleVersion, ...]:
        """The versions; each window ends at the latest where the next begins."""
        found = list(self.versions)
        for place, (earlier, later) in enumerate(pairwise(self.versions)):
            own = earlier.in_force_until
            end = later.in_force_from if own is None else min(own, later.in_force_from)
            found[place] = replace(earlier, in_force_until=end)
        return tuple(found)


def ending(
    reading: str,
    at: str,
    match: tuple[str, str] = ("person", "person"),
    *,
    where: str | None = None,
    count: int = 1,
    from_event: bool = False,
    steps: Sequence[str] = (),
) -> Ending:
    return Ending(reading, match, at, condition(reading, where), count, from_event, tuple(steps))


def policy(
    name: str,
    rules: Sequence[Rule],
    *,
    zone: str = "Asia/Shanghai",
    horizon_days: int = 400,
    look_ahead_days: int = 14,
) -> Policy:
    versions = {rule.rule: rule.capped() for rule in rules}
    verbs = {
        step.verb.name: step.verb for texts in versions.values() for text in texts for step in text.steps
    }
    return Policy(
        pack=name,
        digest=hashlib.sha256(repr(versions).encode()).hexdigest()[:12],
        label=Words(name, name),
        zone=zone,
        horizon_days=horizon_days,
        look_ahead_days=look_ahead_days,
        rules=versions,
        verbs=verbs,
        grounds={ground: Words(ground, ground) for ground in GROUNDS},
        sources={"invented": Words("虚构", "invented")},
        strictness=STRICTNESS,
        grades=GRADES,
    )


def _certain(node: Node | None) -> Node:
    assert node is not None
    return node
