"""How a fact is declared: its columns with type, meaning, unit and code list.

Everything else about a fact (Arrow and SQL schemas, templates, intake checks, the public data dictionary)
is generated from these declarations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from unicodedata import normalize

from sizao.terms.words import Words as Words

_ASIDE = re.compile(r"\(.*?\)|[;:,].*")


def heading_key(text: str) -> str:
    """What headings are compared by: without asides, full-width and half-width signs alike."""
    return _ASIDE.sub("", normalize("NFKC", text)).strip()


class ColumnType(Enum):
    """The types a column of a fact may have."""

    ID = "id"  # identifier of a person, place, office, sample ...; compared, never computed with
    CODE = "code"  # one of a code list
    AREA = "area"  # path of an area, parts joined by "/"
    DATE = "date"  # a civil date as stated
    IMPRECISE_DATE = "imprecise_date"  # stored as <name>_earliest and <name>_latest, half-open
    INSTANT = "instant"  # UTC
    NUMBER = "number"  # 64-bit float
    COUNT = "count"  # integer
    FLAG = "flag"  # true / false
    TEXT = "text"  # a label or note without personal content


@dataclass(frozen=True)
class Column:
    """One column of a fact."""

    name: str
    type: ColumnType
    meaning: Words
    codes: str | None = None  # name of the code list of a CODE column
    of: str | None = (
        None  # what an ID names: person, place, office, household, sample, case, order, obligation, rule ...
    )
    unit: str | None = None
    required: bool = True
    later: bool = False  # joined when rows were stored: left empty, the row is the same as it was without

    @property
    def heading(self) -> str:
        """The Chinese heading of the column: its meaning without what stands in brackets or after a stop."""
        return heading_key(self.meaning.zh)


@dataclass(frozen=True)
class Ordered:
    """Of two columns the later one lies after the earlier one, where both are given."""

    earlier: str
    later: str
    may_be_equal: bool = False


@dataclass(frozen=True)
class Different:
    """Two columns differ, where both are given."""

    first: str
    second: str


@dataclass(frozen=True)
class OneGiven:
    """At least one of the columns is given, unless the row retracts."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Formed:
    """The whole text of a column has this form (a regular expression), where it is given."""

    column: str
    pattern: str
    form: Words


RowCheck = Ordered | Different | OneGiven | Formed


@dataclass(frozen=True)
class Fact:
    """One fact of the dictionary. The common columns (key, versions, instants, area) are not repeated."""

    name: str  # plural, snake case; also the table's name
    meaning: Words
    columns: tuple[Column, ...]
    event: str  # column whose local day is the event day: an own column, or "happened_at"
    subjects: tuple[str, ...]  # columns that name whom or what the row is about, the main one first
    orders: tuple[str, ...] = ()  # ids of the directives' orders it serves, "D1-17"
    given_by: tuple[str, ...] = ()  # roles that may give it
    retention_days: int = 3650
    retention_between: tuple[int, int] | None = None  # an installation may set the days within these
    checks: tuple[RowCheck, ...] = ()  # of columns together; the order of periods need not be declared
    stream: bool = False  # its rows go to the staging table and the lake, not into a table of facts

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
