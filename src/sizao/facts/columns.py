"""Short ways to write a column of a declaration: one function per type, meaning in Chinese and English."""

from __future__ import annotations

from sizao.facts.declaration import Column, ColumnType
from sizao.terms.codes import OFFICE_TASK_LEVEL
from sizao.terms.words import Words

EVERY_OFFICE = tuple(OFFICE_TASK_LEVEL)
"""The tasks of offices, for what any of them may give."""


def identifier(name: str, of: str, zh: str, en: str, *, required: bool = True) -> Column:
    """An identifier of a person, place, office, sample ..."""
    return Column(name, ColumnType.ID, Words(zh, en), of=of, required=required)


def code(name: str, codes: str, zh: str, en: str, *, required: bool = True) -> Column:
    """One of the codes of a code list."""
    return Column(name, ColumnType.CODE, Words(zh, en), codes=codes, required=required)


def area(name: str, zh: str, en: str, *, required: bool = True) -> Column:
    """The path of an area."""
    return Column(name, ColumnType.AREA, Words(zh, en), required=required)


def day(name: str, zh: str, en: str, *, required: bool = True) -> Column:
    """A civil date."""
    return Column(name, ColumnType.DATE, Words(zh, en), required=required)


def imprecise_day(name: str, zh: str, en: str, *, required: bool = True) -> Column:
    """A date of which only an interval may be known."""
    return Column(name, ColumnType.IMPRECISE_DATE, Words(zh, en), required=required)


def instant(name: str, zh: str, en: str, *, required: bool = True) -> Column:
    """A moment, UTC."""
    return Column(name, ColumnType.INSTANT, Words(zh, en), required=required)


def number(name: str, zh: str, en: str, *, unit: str, required: bool = True) -> Column:
    """A measured number and its unit."""
    return Column(name, ColumnType.NUMBER, Words(zh, en), unit=unit, required=required)


def count(name: str, zh: str, en: str, *, unit: str, required: bool = True) -> Column:
    """A whole number and what is counted."""
    return Column(name, ColumnType.COUNT, Words(zh, en), unit=unit, required=required)


def flag(name: str, zh: str, en: str, *, required: bool = True) -> Column:
    """True or false."""
    return Column(name, ColumnType.FLAG, Words(zh, en), required=required)


def text(name: str, zh: str, en: str, *, required: bool = True, later: bool = False) -> Column:
    """A label or note without personal content. later: see `Column`."""
    return Column(name, ColumnType.TEXT, Words(zh, en), required=required, later=later)


PERSON = identifier("person", "person", "有关人员", "the person")
UNTIL_ON = day(
    "until_on",
    "终止日期（不含当日）；空为至今",
    "first day on which it no longer holds; empty: still so",
    required=False,
)
OFFICE = identifier("office", "office", "有关机构", "the office")
