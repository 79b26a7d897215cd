"""Columns by which a sheet says who somebody is, where it has no column of the person's number."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sizao.facts.declaration import heading_key
from sizao.intake.persons.likeness import Said

NUMBER = "person"
"""The column of the number, which these stand for."""

HEADINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "name": ("person_name", "姓名"),
        "document": ("person_document", "证件号码", "身份证号", "身份证号码"),
        "telephone": ("person_telephone", "联系电话", "手机号码"),
        "birth_on": ("person_birth_on", "出生日期"),
        "address": ("person_address", "住址", "现住址"),
    }
)
"""What is said of somebody -> the headings under which a sheet may say it."""
DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%Y.%m.%d")


@dataclass(frozen=True)
class NotADay:
    """A birth date that is none."""

    text: str


def who_columns(columns: Sequence[str], taken: Collection[str] = ()) -> dict[str, str]:
    """What is said of somebody -> the sheet's heading. Empty where there is a column of the number, or no
    name. taken: headings that mean something else already."""
    if NUMBER in columns:
        return {}
    by_key = {heading_key(heading): heading for heading in reversed(columns) if heading not in taken}
    found = {}
    for field, names in HEADINGS.items():
        given = next((by_key[name] for name in names if name in by_key), None)
        if given is not None:
            found[field] = given
    return found if "name" in found else {}


def said_in(cells: Mapping[str, str | None], who: Mapping[str, str]) -> Said | NotADay:
    """What a row says of somebody."""
    texts = {field: (cells.get(heading) or "").strip() or None for field, heading in who.items()}
    born = texts.get("birth_on")
    day = birth_day(born) if born else None
    if born and day is None:
        return NotADay(born)
    return Said(texts["name"], texts.get("document"), texts.get("telephone"), day, texts.get("address"))


def birth_day(text: str) -> date | None:
    """A birth date as sheets write it; of a cell with a clock time the day."""
    plain = text.strip().partition(" ")[0].partition("T")[0]
    for form in DAYS:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007 - a civil date
        except ValueError:
            continue
    return None
