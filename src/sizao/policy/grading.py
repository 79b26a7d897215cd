"""What a set of grade rules says after loading: measures over the counts of an area, steps up, steps down.

How a set is applied day by day is stated in `sizao.risk.machine`; how it is written, in
docs/reference/pack-format.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sizao.policy.expressions.tree import Node
from sizao.policy.model import LegalBasis, Source
from sizao.terms.words import Words

# Names that a condition may use beside the measures of its set.
DAYS_IN_GRADE = "days_in_grade"
CAME_FROM = "came_from"


@dataclass(frozen=True)
class Measure:
    """A number about one area, through the end of a day.

    columns: of the fact area_counts, added together. One kind: the sum (over the last `days` days, that day
    included: 1 is the day alone; or since the area has its grade; or from day `from_day` after the last day
    with any of `since_last`, which is day 0; else over all days), or, with `days_since`, the full days
    after the last day with any of the columns.
    """

    name: str
    label: Words
    columns: tuple[str, ...]
    days_since: bool = False
    days: int | None = None
    in_grade: bool = False
    since_last: tuple[str, ...] = ()
    from_day: int = 0


@dataclass(frozen=True)
class Move:
    """A step from one grade to another. start None: from every lower one. line: where it stands."""

    start: str | None
    to: str
    when: Node
    source: Source
    line: int = 0


@dataclass(frozen=True)
class Rest:
    """The grade of what is left of a wider area while any area in it is graded higher, and what it is
    afterwards."""

    of: str  # level of the wider area
    grade: str


@dataclass(frozen=True)
class ClusterRule:
    """How clusters are counted where nobody reports them: so many linked cases within so many days."""

    cases: int
    days: int
    source: Source


@dataclass(frozen=True)
class GradeSet:
    """One set of grade rules. grades: from the lowest to the highest."""

    name: str
    label: Words
    basis: tuple[str, ...]
    source: Source
    legal_basis: LegalBasis
    authority: str
    unit: str
    in_force_from: date
    in_force_until: date | None
    grades: tuple[str, ...]
    measures: Mapping[str, Measure]
    up: tuple[Move, ...]
    down: tuple[Move, ...]
    rest: Rest | None = None
    cluster: ClusterRule | None = None
    strategy: Mapping[str, Words] | None = None
    file: str = ""
    line: int = 0
