"""Section 5: which office must do it, and whether it is the right level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reference.expressions import ancestors, is_valid_on
from reference.facts import Row, World
from reference.rows import Obligation
from sizao.policy.model import OfficeOf
from sizao.terms.codes import CODE_LISTS, OFFICE_TASK_LEVEL

UNDECIDED = ("upcoming", "open", "overdue")


@dataclass(frozen=True)
class Answerable:
    """The office found (or none), the area from which it was sought, and whether its level is right."""

    office: str | None
    area: str
    owned: bool


def office_of(world: World, row: Obligation, wanted: OfficeOf) -> Answerable:
    """The office with that task in the area of the about, or in its nearest ancestor."""
    recorded = row.trigger["area"]
    if wanted.selector == "itself":
        return Answerable(row.about, recorded, True)
    moment = world.as_of if row.status in UNDECIDED else row.due
    day = world.local_day(moment)
    area = _area(world, row, wanted.selector, day) or recorded
    for nearest in ancestors(area):
        found = sorted(
            office["office"]
            for office in world.rows("offices")
            if office["task"] == wanted.task and office["covers"] == nearest and is_valid_on(office, day)
        )
        if found:
            return Answerable(found[0], area, _is_deep_enough(world, nearest, wanted.task))
    return Answerable(None, area, False)


def _area(world: World, row: Obligation, selector: str, day: date) -> str | None:
    match selector:
        case "residence":
            return _dated(world, "residences", "person", row.about, day)
        case "place_of_stay":
            stay = _dated(world, "stays", "person", row.about, day)
            return stay or _dated(world, "residences", "person", row.about, day)
        case "place":
            return _dated(world, "places", "place", row.about, day)
        case _:
            return None


def _dated(world: World, fact: str, column: str, about: str, day: date) -> str | None:
    """The area of the row in force that began last, then the greater key."""
    valid = [row for row in world.rows(fact) if world.same(row[column], about) and is_valid_on(row, day)]
    last: Row | None = max(valid, key=lambda row: (row["from_on"], row.key), default=None)
    return None if last is None else last["located_in"]


def _is_deep_enough(world: World, area: str, task: str | None) -> bool:
    levels = [code.code for code in CODE_LISTS["area_levels"].codes]
    known = [row for row in world.rows("areas") if row["path"] == area]
    last = max(known, key=lambda row: (row["happened_at"], row.key), default=None)
    if last is None or task is None:
        return False
    return levels.index(last["level"]) >= levels.index(OFFICE_TASK_LEVEL[task])
