"""Everything there is so much of, what runs out first before the rest, as far as a duty may compare it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import stock
from sizao_web.records.reading.capacity import (
    Resource,
    Sites,
    beds,
    in_order,
    laboratories,
    rooms,
    sites_of_offices,
    teams,
)


def resources(scope: Scope, known_by: datetime, zone: str) -> list[Resource]:
    """Of each thing the duty must read both what there is and what is coming; else it is not compared."""
    sites = _sites(scope, known_by, zone)
    return in_order([*rooms(scope, known_by, zone, sites), *_others(scope, known_by, zone, sites)])


def running_short(scope: Scope, known_by: datetime, zone: str) -> list[Resource]:
    """What will be missing in the days ahead, of `resources`: rooms that last anyhow are not looked into."""
    sites = _sites(scope, known_by, zone)
    doubtful = [one for one in sites if one.may_run_short]
    found = [*rooms(scope, known_by, zone, doubtful), *_others(scope, known_by, zone, sites)]
    return in_order(one for one in found if one.short is not None)


def _sites(scope: Scope, known_by: datetime, zone: str) -> list[Sites]:
    return sites_of_offices(scope, known_by, zone) if scope.may_read("room_stays") else []


def _others(scope: Scope, known_by: datetime, zone: str, sites: Iterable[Sites]) -> Iterator[Resource]:
    if scope.may_read("beds") and scope.may_read("admissions"):
        yield from beds(scope, known_by, zone)
    if scope.may_read("laboratory_capacities") and scope.may_read("stays"):
        yield from laboratories(scope, known_by, zone)
    if scope.may_read("stays"):
        dirty = sum(one.states.get("to_disinfect", 0) for one in sites)
        yield from teams(scope, known_by, zone, to_disinfect=dirty)
    yield from stock.stock(scope, known_by, zone)
