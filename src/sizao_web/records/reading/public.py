"""What everybody may read without signing in: fever clinics, notices, whom to call. About nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.records.access.public import (
    AREA_COLUMNS,
    CLINIC_COLUMNS,
    CONTACT_COLUMNS,
    NOTICE_COLUMNS,
)
from sizao_web.records.reading.labels import beside, name_of
from sizao_web.settings.clock import bare

Row = dict[str, Any]


@dataclass(frozen=True)
class Contact:
    """How an office or a place is reached, as published. None: nothing is on record."""

    name: Words
    telephone: str | None
    address: Words | None
    hours: Words | None


@dataclass(frozen=True)
class Clinic:
    """A fever clinic. name: as it is reached, else as it is on record, else kind and number.

    common: the smallest area in which it and the asker lie; "" where there is none.
    """

    place: str
    area: str
    name: Words
    contact: Contact | None
    common: str


@dataclass(frozen=True)
class Notice:
    """A notice as published. over: whether its last day has passed."""

    notice: str
    kind: str
    label: Words
    covers: str
    title: Words
    text: Words
    from_on: date
    until_on: date | None
    announced_by: str
    basis: str | None
    known_at: datetime
    over: bool


def clinics(moment: datetime, area: str) -> list[Clinic]:
    """Every fever clinic on record, those that share most of the path with this area first, and of those that
    share as much the ones that can be reached."""
    today, reached = _day(moment), contacts(moment)
    rows = [row for row in _rows("clinics", CLINIC_COLUMNS, moment) if _holds(row, today)]
    found = [
        Clinic(
            row["place"],
            row["located_in"],
            _called(row, reached.get(row["place"])),
            reached.get(row["place"]),
            common(row["located_in"], area),
        )
        for row in {row["place"]: row for row in rows}.values()
    ]
    return sorted(found, key=lambda one: (-len(one.common), one.contact is None, one.area, one.place))


def _called(row: Row, contact: Contact | None) -> Words:
    kind = CODE_LISTS["place_kinds"].label_of(row["kind"])
    own = name_of(row["label_zh"], row["label_en"]) or beside(kind, row["place"])
    return contact.name if contact else own


def notices(moment: datetime) -> list[Notice]:
    """Every notice published by now, those in force first, then the newest."""
    today = _day(moment)
    found = [
        Notice(
            row["notice"],
            row["kind"],
            CODE_LISTS["publication_kinds"].label_of(row["kind"]),
            row["covers"],
            Words(row["title_zh"], row["title_en"]),
            Words(row["text_zh"], row["text_en"]),
            row["from_on"],
            row["until_on"],
            row["announced_by"],
            row["basis"],
            row["known_at"],
            row["until_on"] is not None and row["until_on"] <= today,
        )
        for row in _rows("notices", NOTICE_COLUMNS, moment)
        if row["from_on"] <= today
    ]
    found.sort(key=lambda one: (one.from_on, one.known_at, one.notice), reverse=True)
    return sorted(found, key=lambda one: one.over)


def contacts(moment: datetime) -> Mapping[str, Contact]:
    """Office or place -> how it is reached, of those on record; the newest where several hold."""
    today = _day(moment)
    rows = [row for row in _rows("contacts", CONTACT_COLUMNS, moment) if _holds(row, today)]
    rows.sort(key=lambda row: row["from_on"])
    return {
        row["subject"]: Contact(
            Words(row["name_zh"], row["name_en"]),
            row["telephone"],
            _pair(row["address_zh"], row["address_en"]),
            _pair(row["hours_zh"], row["hours_en"]),
        )
        for row in rows
    }


def areas_around(moment: datetime, area: str) -> dict[str, Words]:
    """The area, those it lies in and those just below it, by their labels; for "" the widest ones."""
    rows = _rows("areas", AREA_COLUMNS, moment, area)
    found = {
        row["path"]: Words(row["label_zh"] or row["path"], row["label_en"] or row["path"]) for row in rows
    }
    return dict(sorted(found.items()))


def common(first: str, second: str) -> str:
    """The path with which two paths begin alike."""
    parts: list[str] = []
    for one, other in zip(first.split("/"), second.split("/"), strict=False):
        if one != other:
            break
        parts.append(one)
    return "/".join(parts)


def _pair(zh: str | None, en: str | None) -> Words | None:
    return Words(zh or en or "", en or zh or "") if zh or en else None


def _holds(row: Row, today: date) -> bool:
    return row["from_on"] <= today and (row["until_on"] is None or row["until_on"] > today)


def _day(moment: datetime) -> date:
    return local_day(bare(moment), settings.SIZAO.zone)


def _rows(what: str, columns: Sequence[str], moment: datetime, *asked: str) -> list[Row]:
    marks = ", ".join(["%s"] * (1 + len(asked)))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM sizao_public_{what}({marks})", [moment, *asked])
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
