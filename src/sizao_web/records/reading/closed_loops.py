"""Who works in the closed loop of a quarantine site, who did, and what is due of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sizao.terms.identifiers import hex_key
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.pack import number_on

Row = dict[str, Any]
LONGEST = "closed_loop.longest"


def inside(scope: Scope, known_by: datetime, place: str) -> list[Row]:
    """Who is in the loop of the site, the longest first; `key` names the record."""
    rows = effective(scope, "closed_loop_stays", known_by).filter(place=place, until_at__isnull=True)
    return [_keyed(row) for row in plain(rows.order_by("from_at", "person"))]


def came_out(scope: Scope, known_by: datetime, place: str) -> list[Row]:
    """The last stay of everybody who was in the loop of the site and is in none now, the last out first."""
    rows = effective(scope, "closed_loop_stays", known_by).filter(place=place, until_at__isnull=False)
    now = {row["person"] for row in inside(scope, known_by, place)}
    found: dict[str, Row] = {}
    for row in plain(rows.order_by("-until_at", "person")):
        if row["person"] not in now:
            found.setdefault(row["person"], _keyed(row))
    return list(found.values())


def stay_of(scope: Scope, known_by: datetime, place: str, person: str) -> Row | None:
    """The stay of somebody in the loop of the site: the one that runs, else the last."""
    rows = effective(scope, "closed_loop_stays", known_by).filter(place=place, person=person)
    found = plain(rows.order_by("-from_at"))
    running = next((row for row in found if row["until_at"] is None), None)
    return running or next(iter(found), None)


def is_in_a_loop(scope: Scope, known_by: datetime, person: str) -> bool:
    """Whether somebody is in the loop of any site, as far as the scope sees."""
    rows = effective(scope, "closed_loop_stays", known_by).filter(person=person, until_at__isnull=True)
    return bool(rows.exists())


def longest(day: date) -> timedelta | None:
    """After how long somebody must be relieved, as the pack states it on a day."""
    days = number_on(LONGEST, day)
    return None if days is None else timedelta(days=days)


def _keyed(row: Row) -> Row:
    return {**row, "key": hex_key(row["key_hi"], row["key_lo"])}
