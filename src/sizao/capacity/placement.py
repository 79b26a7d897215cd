"""Which room of a quarantine site fits somebody: a proposal with its reasons; a person decides.

The limits are parameters of the pack. A room that is full, out of use or not disinfected fits nobody; one
that breaks a limit can still be chosen by whoever answers for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sizao.terms.words import Words

FAMILY, CONTACTS, OTHERS, ENDS_APART = (
    "placement.family_per_room",
    "placement.contacts_per_room",
    "placement.others_per_room",
    "placement.ends_apart",
)
"""The parameters of a pack that `Limits` is made of."""


@dataclass(frozen=True)
class Guest:
    """Somebody who is in a room or is to have one. cases: of whom they are contacts; ends_on: last day."""

    person: str
    household: str | None = None
    cases: frozenset[str] = frozenset()
    ends_on: date | None = None


@dataclass(frozen=True)
class Room:
    """A room and who is in it. condition: a code of room_conditions; use: of room_uses."""

    room: str
    floor: str
    beds: int
    use: str = "quarantine"
    condition: str = "ready"
    guests: tuple[Guest, ...] = ()

    @property
    def free(self) -> bool:
        """Whether it stands empty and ready for people in quarantine."""
        return not self.guests and self.usable

    @property
    def usable(self) -> bool:
        """Whether people in quarantine may be put there at all."""
        return self.use == "quarantine" and self.condition == "ready"


@dataclass(frozen=True)
class Limits:
    """How many may share a room (people), and how far apart their ends may lie (days); None: not stated."""

    family: int = 1
    contacts: int = 1
    others: int = 1
    ends_apart: int | None = None


@dataclass(frozen=True)
class Fit:
    """A room for somebody. fits: within the limits; possible: it may be chosen all the same."""

    room: Room
    fits: bool
    possible: bool
    why: Words
    rank: int


def fits_of(guest: Guest, rooms: Iterable[Room], limits: Limits) -> list[Fit]:
    """Every room for this guest, the best first: with the family, beside it, the smallest free one."""
    found = list(rooms)
    near = {one.floor for one in found if any(_family(guest, other) for other in one.guests)}
    fits = [_fit(guest, one, limits, near) for one in found]
    return sorted(fits, key=_order)


def _order(one: Fit) -> tuple[bool, bool, int, int, str]:
    return not one.fits, not one.possible, one.rank, one.room.beds, one.room.room


def placed(guests: Sequence[Guest], rooms: Iterable[Room], limits: Limits) -> dict[str, Fit]:
    """Person -> the room proposed when all of them come together; who fits nowhere is not in it.

    The largest family room that holds all of a household is looked for first, so that none is split.
    """
    left = {one.room: one for one in rooms}
    found: dict[str, Fit] = {}
    for place, guest in enumerate(guests):
        together = 1 + sum(_family(guest, other) for other in guests[place + 1 :])
        wanted = min(together, limits.family)
        fits = [one for one in fits_of(guest, left.values(), limits) if one.fits]
        chosen = next((one for one in fits if one.room.guests or one.room.beds >= wanted), None)
        chosen = chosen or next(iter(fits), None)
        if chosen is not None:
            found[guest.person] = chosen
            taken = chosen.room
            left[taken.room] = replace(taken, guests=(*taken.guests, guest))
    return found


def _fit(guest: Guest, room: Room, limits: Limits, near: set[str]) -> Fit:
    refused = _never(room)
    if refused is not None:
        return Fit(room, False, False, refused, 9)
    if not room.guests:
        if room.floor in near:
            beside = Words("空房，与家人同层", "nobody is in it; the family is on this floor")
            return Fit(room, True, True, beside, 1)
        return Fit(room, True, True, Words("空房", "nobody is in it"), 2)
    problem = _shared(guest, room, limits)
    if problem is not None:
        return Fit(room, False, True, problem, 5)
    if all(_family(guest, one) for one in room.guests):
        return Fit(room, True, True, Words("与家人同住", "with the family"), 0)
    return Fit(room, True, True, Words("与同一病例的接触者同住", "with contacts of the same case"), 3)


def _never(room: Room) -> Words | None:
    if room.use != "quarantine":
        return Words("不是隔离观察用房", "not a room for people in quarantine")
    if room.condition == "to_disinfect":
        return Words("待终末消毒", "to be disinfected first")
    if room.condition == "out_of_use":
        return Words("停用", "out of use")
    if len(room.guests) >= room.beds:
        return Words(f"住满（{room.beds} 床）", f"full (beds: {room.beds})")
    return None


def _shared(guest: Guest, room: Room, limits: Limits) -> Words | None:
    """Why they may not share the room; None where they may."""
    many = len(room.guests) + 1
    family = all(_family(guest, one) for one in room.guests)
    contacts = bool(guest.cases) and all(guest.cases & one.cases for one in room.guests)
    most = limits.family if family else limits.contacts if contacts else limits.others
    if many > most:
        kind = (
            Words("家人", "a family")
            if family
            else Words("同一病例的接触者", "contacts of one case")
            if contacts
            else Words("没有关联的人", "people who have nothing in common")
        )
        return Words(f"{kind.zh}每间最多 {most} 人", f"at most {most} of {kind.en} in a room")
    apart = _days_apart(guest, room)
    if limits.ends_apart is not None and apart is not None and apart > limits.ends_apart:
        return Words(
            f"解除日相差 {apart} 天（最多 {limits.ends_apart} 天）",
            f"their quarantines end {apart} days apart (at most {limits.ends_apart})",
        )
    return None


def _family(one: Guest, other: Guest) -> bool:
    return one.household is not None and one.household == other.household


def _days_apart(guest: Guest, room: Room) -> int | None:
    ends = [one.ends_on for one in room.guests if one.ends_on is not None]
    if guest.ends_on is None or not ends:
        return None
    return max(abs((guest.ends_on - one).days) for one in ends)
