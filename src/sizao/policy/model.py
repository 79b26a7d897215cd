"""A policy after loading: rule versions with every parameter put in and every expression checked.

This is what derive, explain, compare and the slow reference read. Nothing here knows YAML.
Day numbers, windows and statuses are defined in docs/explanation/semantics.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from sizao.facts.declaration import Words
from sizao.policy.expressions.tree import Node
from sizao.policy.problems import Warned

if TYPE_CHECKING:
    from sizao.policy.codes import CodeSet
    from sizao.policy.grading import GradeSet
    from sizao.policy.levels import LevelPlan


class Running(Enum):
    """What a new text does to plans that run when it takes effect."""

    KEEP = "keep"
    LIGHTEN = "lighten"
    REPLACE = "replace"


class Every(Enum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Source:
    """Where a text or number comes from. mark: D directive, A original read, B secondary, M from memory."""

    document: str
    article: str | Words  # as written; Words when the pack says it in both languages
    mark: str

    def article_in(self, language: str) -> str:
        """The article in "zh" or "en", or as written."""
        return self.article if isinstance(self.article, str) else self.article.get(language)


@dataclass(frozen=True)
class Named:
    """An area (its path) or a place that a parameter names, and how people call it."""

    id: str
    label: Words


# A duration written as such is a timedelta; day numbers are a tuple, and so are areas or places by name.
ParameterValue = int | float | timedelta | tuple[int, ...] | tuple[Named, ...]


@dataclass(frozen=True)
class Number:
    """A value that a text takes from a parameter, as in force when the text begins, and its unit."""

    parameter: str
    value: ParameterValue
    unit: str
    source: Source


@dataclass(frozen=True)
class Stated:
    """One value of a parameter as the pack writes it, in force from a day until the next one.

    A duration written as such is a timedelta; a number of hours or minutes stays a number with its unit.
    """

    since: date
    value: ParameterValue
    unit: str
    source: Source
    running: Running | None


@dataclass(frozen=True)
class LegalBasis:
    words: Words
    mark: str


@dataclass(frozen=True)
class OfficeOf:
    """An office named by task and by where to look: community(residence), itself."""

    task: str | None  # None only with selector "itself"
    selector: str  # residence | place_of_stay | recorded_area | place | itself


@dataclass(frozen=True)
class Proof:
    """What proves a step, with the step's constants already put into the condition.

    reading: a fact of the dictionary or a reading (tests, samplings).
    subject: its column that equals the row's about. match: another of its columns, and the column of the
    trigger that it must equal: which finding, which incident, where one place may have several.
    """

    reading: str
    subject: str
    at: str
    until: str | None  # only for spans
    where: Node | None
    exclusive: bool = False
    look_back: timedelta = timedelta(0)
    count: int = 1
    min_gap: timedelta = timedelta(0)
    match: tuple[str, str] | None = None


@dataclass(frozen=True)
class Verb:
    name: str
    label: Words
    span: bool
    about_kind: str  # person | place | office
    restricts: bool = False
    gap_tolerance: timedelta = timedelta(0)


@dataclass(frozen=True)
class Days:
    """A length or day numbering. Day k is the date day_zero + shift + k.

    counted_from D is day_zero D, shift -1 and first_day 1.
    """

    day_zero: Node  # DATE, or an INSTANT taken at its local day; for counted_from that date
    first_day: int
    shift: int = 0  # days added to day_zero; -1 for counted_from


@dataclass(frozen=True)
class Span:
    start: Node  # DATE (its 00:00) or INSTANT
    within: timedelta
    days: int | None = None
    months: int | None = None
    numbering: Days | None = None  # with days or months
    until: Node | None = None  # instead of a length


@dataclass(frozen=True)
class Plan:
    numbering: Days
    on_days: tuple[int, ...]
    grace_days: int = 0


@dataclass(frozen=True)
class Deadline:
    start: Node | None  # None: first_known_at
    within: timedelta | None
    by: Node | None = None  # DATE, exclusive; then start and within are None


@dataclass(frozen=True)
class Calendar:
    every: Every
    at: time | None  # None: end of the day
    start: Node  # DATE
    until: Node | None  # DATE, exclusive


@dataclass(frozen=True)
class Rolling:
    every_days: int
    min_gap: timedelta
    start: Node  # DATE
    until: Node | None  # DATE, exclusive


Timing = Span | Plan | Deadline | Calendar | Rolling


@dataclass(frozen=True)
class After:
    step: str
    event: str  # end | met


@dataclass(frozen=True)
class Escalation:
    verb: Verb
    proof: Proof
    after: timedelta
    within: timedelta
    done_by: OfficeOf


@dataclass(frozen=True)
class StepText:
    """One thing that must be done, by whom, when, and what proves it."""

    name: str
    verb: Verb
    about: str  # column of the trigger, or of the related row when `related` is set
    proof: Proof
    done_by: OfficeOf
    answers_to: tuple[OfficeOf, ...]
    timing: Timing
    place: str | None = None  # strictness code of a restriction: monitoring | home | central | hospital
    after: After | None = None
    at_once_when_late: bool = False
    closes_after: timedelta | None = None
    related: str | None = None  # None | "dependants"
    escalation: Escalation | None = None


@dataclass(frozen=True)
class Ending:
    """A fact that ends rows early. match: column of the ending fact = column of the trigger (or "about").

    steps empty: all steps. count: the count-th such fact. Node `where` is about the ending fact's row.
    """

    reading: str
    match: tuple[str, str]
    at: str
    where: Node | None = None
    count: int = 1
    from_event: bool = False
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleVersion:
    """One text of one rule, in force on [in_force_from, in_force_until)."""

    rule: str
    number: int  # 1, 2 ... in order of in_force_from, after splitting at parameter dates
    digest: str  # first 12 hex digits of SHA-256 of the resolved text
    label: Words
    basis: tuple[str, ...]
    source: Source
    legal_basis: LegalBasis
    authority: str
    sector: str
    in_force_from: date
    in_force_until: date | None  # exclusive; already capped by the next version
    catches_from: date
    running: Running | None
    for_each: str
    when: Node | None  # None: every row
    steps: tuple[StepText, ...]
    ends_when: tuple[Ending, ...] = ()
    subject_ends: tuple[Ending, ...] = ()  # the pack's, as far as they apply to this rule
    appeal: str | None = None
    # person_days | tests | forms | visits -> per_standing | per_step
    burden: Mapping[str, str] = field(default_factory=dict)
    waivable: bool = True
    grade_reach_back: bool = False
    numbers: tuple[Number, ...] = ()  # no part of the digest: their values stand in the steps
    file: str = ""
    line: int = 0
    stated_until: date | None = None  # in_force.until as written, before the next version caps it

    @property
    def bears(self) -> bool:
        """True when a step restricts a person."""
        return any(step.verb.restricts for step in self.steps)


@dataclass(frozen=True)
class Policy:
    """All rule versions of a pack and what they share."""

    pack: str
    digest: str
    label: Words
    zone: str
    horizon_days: int
    look_ahead_days: int
    rules: Mapping[str, tuple[RuleVersion, ...]]  # by rule id, in order of in_force_from
    verbs: Mapping[str, Verb]
    grounds: Mapping[str, Words]
    sources: Mapping[str, Words]
    strictness: tuple[str, ...]  # from the least to the strictest place
    grades: tuple[str, ...]  # from the lowest to the highest
    gaps: tuple[Words, ...] = ()  # why the pack may be read but not adopted
    warnings: tuple[Warned, ...] = ()  # marks M, and texts that do more than they seem to
    exercise: bool = False  # made for training: never to be adopted
    parameters: Mapping[str, tuple[Stated, ...]] = field(default_factory=dict)  # by name, in order of dates
    grade_sets: Mapping[str, GradeSet] = field(default_factory=dict)
    level_plans: Mapping[str, LevelPlan] = field(default_factory=dict)
    code_sets: Mapping[str, CodeSet] = field(default_factory=dict)

    def versions(self) -> tuple[RuleVersion, ...]:
        """Every version of every rule, in order of rule id and number."""
        return tuple(v for rule in sorted(self.rules) for v in self.rules[rule])
