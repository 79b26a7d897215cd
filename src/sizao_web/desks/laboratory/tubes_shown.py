"""Tubes as lists and papers show them: who is in each, where it is, until when its result is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sizao.terms.words import Words
from sizao_web.desks.laboratory.clocks import standing
from sizao_web.desks.laboratory.duty import PAGE
from sizao_web.pages.telling import Telling
from sizao_web.records.reading import tubes
from sizao_web.records.reading.identities import names_of


@dataclass(frozen=True)
class Shown:
    """One tube. people: (number, name); mine: the account may take it back."""

    tube: tubes.Tube
    people: tuple[tuple[str, str], ...]
    state: Words
    css: str
    mine: bool

    @property
    def late(self) -> bool:
        """Whether the result is awaited past its limit."""
        return self.tube.result is None and self.css == "state-overdue"


def shown(telling: Telling, found: Iterable[tubes.Tube]) -> list[Shown]:
    """These tubes with names."""
    listed = list(found)
    named = names_of(telling.scope, telling.moment, {one for tube in listed for one in tube.people}, PAGE)
    telling.meet(
        [{"place": one.place, "laboratory": one.laboratory} for one in listed],
        offices=("place", "laboratory"),
    )
    return [_shown(telling, tube, named) for tube in listed]


def _shown(telling: Telling, tube: tubes.Tube, named: dict[str, str]) -> Shown:
    state, css = standing(tube, telling.moment, telling.zone)
    mine = tube.recorded_by == telling.scope.account and tube.result is None
    return Shown(tube, tuple((one, named.get(one, "")) for one in tube.people), state, css, mine)


def counted(found: Iterable[Shown]) -> dict[str, int]:
    """How many tubes, how many people, how many still wait for a result, how many of these are late."""
    listed = list(found)
    return {
        "tubes": len(listed),
        "people": len({person for one in listed for person, _ in one.people}),
        "waiting": sum(one.tube.result is None for one in listed),
        "late": sum(one.late for one in listed),
    }


def since(found: Iterable[tubes.Tube], first: datetime, until: datetime) -> list[tubes.Tube]:
    """Those taken between two moments."""
    return [one for one in found if first <= one.taken_at < until]
