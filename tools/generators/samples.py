"""A sample sheet for every fact: docs/reference/samples. Every value in them is made up.

The first row fills every column, the second only what is demanded. A test takes each of them in.
"""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from io import StringIO

from sizao.facts.declaration import Column, ColumnType, Fact, Formed, OneGiven, Ordered
from sizao.facts.dictionary import DECLARED
from sizao.facts.row_checks import checks_of
from sizao.terms.codes import CODE_LISTS

FOLDER = "docs/reference/samples"
DAY = date(2020, 6, 18)
AREA = "drill/harbour/quay"
STEP = timedelta(days=1)
MEASURED = {"°C": 36.5, "year": 1980, "yuan": 10000}
FORMED = {"obligation": "0123456789abcdef0123456789abcdef"}


def files() -> dict[str, str]:
    """Path -> text of the sample of every fact."""
    return {f"{FOLDER}/{name}.csv": sample(fact) for name, fact in DECLARED.items()}


def sample(fact: Fact) -> str:
    """Header and two made-up rows."""
    written = StringIO()
    sheet = csv.writer(written, lineterminator="\n")
    sheet.writerow([*(column.name for column in fact.columns), "source_record"])
    for number, least in ((1, False), (2, True)):
        cells = [_cell(_value(fact, column, number, least)) for column in fact.columns]
        sheet.writerow([*cells, f"sample-{number}"])
    return written.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _value(fact: Fact, column: Column, number: int, least: bool) -> object:
    if least and not column.required and not _is_demanded(fact, column):
        return None
    later = _lateness(fact, column.name)
    match column.type:
        case ColumnType.CODE:
            codes = CODE_LISTS[str(column.codes)].codes
            return codes[(number - 1) % len(codes)].code if codes else f"{column.name}-{number}"
        case ColumnType.ID:
            return FORMED.get(column.name) if _is_formed(fact, column) else _identifier(fact, column, number)
        case ColumnType.AREA:
            return AREA if column.name != "path" else f"{AREA}/{number}"
        case ColumnType.DATE:
            return DAY + later * STEP
        case ColumnType.IMPRECISE_DATE:
            return f"{DAY + later * STEP}/{DAY + (later + 1) * STEP}"
        case ColumnType.INSTANT:
            return datetime(DAY.year, DAY.month, DAY.day, 9) + later * STEP
        case ColumnType.NUMBER | ColumnType.COUNT:
            return MEASURED.get(str(column.unit), 1 + later)
        case ColumnType.FLAG:
            return "no" if number == 2 else "yes"
    return column.meaning.en.split(";")[0]


def _identifier(fact: Fact, column: Column, number: int) -> str:
    """person-1, office-2: another one for every column that names one of a kind."""
    alike = [one.name for one in fact.columns if one.type is ColumnType.ID and one.of == column.of]
    return f"{column.of}-{number + alike.index(column.name) * 10}"


def _lateness(fact: Fact, name: str) -> int:
    """How many steps a column lies after those it must follow."""
    before = [one.earlier for one in checks_of(fact) if isinstance(one, Ordered) and one.later == name]
    return 1 + max((_lateness(fact, one) for one in before), default=-1)


def _is_demanded(fact: Fact, column: Column) -> bool:
    return any(isinstance(one, OneGiven) and column.name == one.columns[-1] for one in checks_of(fact))


def _is_formed(fact: Fact, column: Column) -> bool:
    return any(isinstance(one, Formed) and one.column == column.name for one in checks_of(fact))
