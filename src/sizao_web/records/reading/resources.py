"""Everything there is so much of, what runs out first before the rest, as far as a duty may compare it."""

from __future__ import annotations

from datetime import datetime

from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import capacity, stock
from sizao_web.records.reading.capacity import Resource


def resources(scope: Scope, known_by: datetime, zone: str) -> list[Resource]:
    """Of each thing the duty must read both what there is and what is coming; else it is not compared."""
    found: list[Resource] = []
    rooms = capacity.rooms(scope, known_by, zone) if scope.may_read("room_stays") else []
    found += rooms
    if scope.may_read("beds") and scope.may_read("admissions"):
        found += capacity.beds(scope, known_by, zone)
    if scope.may_read("laboratory_capacities") and scope.may_read("stays"):
        found += capacity.laboratories(scope, known_by, zone)
    if scope.may_read("stays"):
        dirty = sum(one.states.get("to_disinfect", 0) for one in rooms)
        found += capacity.teams(scope, known_by, zone, to_disinfect=dirty)
    found += stock.stock(scope, known_by, zone)
    return capacity.in_order(found)


def running_short(scope: Scope, known_by: datetime, zone: str) -> list[Resource]:
    """What will be missing in the days ahead."""
    return [one for one in resources(scope, known_by, zone) if one.short is not None]
