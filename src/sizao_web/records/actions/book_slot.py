"""Open the slots of a day, book one, say who came, and change how many one takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.newcomers import Who, number_of, write_with
from sizao_web.records.actions.place_in_room import changed, retracted
from sizao_web.records.reading import slots
from sizao_web.records.writing import Given, NotAllowed, Outcome, Refused, write
from sizao_web.settings.clock import bare

Row = dict[str, Any]
CAME, BACK, CHANGED, MISTAKE = (
    "what became of the appointment",
    "said by mistake, taken back on the page of appointments",
    "how many the slot takes was changed on the page of appointments",
    "opened by mistake, taken back on the page of appointments",
)
ON_RECORD = datetime.max.replace(tzinfo=UTC)
"""Known by then is whatever is on record: who came to the slot first may have asked a moment after this
request began, and their place is taken all the same."""
FULL = Words("这一段已约满，请另选一段。", "This slot is full. Choose another.")
OVER = Words("这一段已经结束，请另选一段。", "This slot is over. Choose another.")
GONE = Words("这一段已被撤回。", "This slot was taken back meanwhile.")
IS_BOOKED = Words("此人已约了这一段。", "This person has booked this slot already.")
TOO_FEW = Words("可约人数不能少于已约的 {0} 人。", "It cannot take fewer than the {0} who booked it.")
HOLDS = Words(
    "已有人约了这一段，不能撤回；可以把可约人数改少。",
    "Somebody has booked this slot: it stays. You may lower how many it takes.",
)


@dataclass(frozen=True)
class Opened:
    """A slot to be opened. from_at, until_at: instants with a zone mark."""

    service: str
    from_at: datetime
    until_at: datetime
    capacity: int


def open_slots(
    scope: Scope,
    moment: datetime,
    wanted: Sequence[Opened],
    *,
    form: str,
    zone: str,
    request: str | None = None,
) -> Outcome:
    """Open these slots; one that is open already stays as it is. form: the UUID that the page made.

    Refused, Conflict, NotAllowed.
    """
    place = _place(scope)
    days = {local_day(bare(one.from_at), zone) for one in wanted}
    there = {
        (one.service, one.from_at) for day in days for one in slots.slots_of(scope, moment, place, day, zone)
    }
    given = [
        Given(
            "appointment_slots",
            {
                "place": place, "service": one.service, "from_at": one.from_at, "until_at": one.until_at,
                "capacity": one.capacity, "happened_at": moment,
            },
            f"{form}/{one.service}/{bare(one.from_at):%Y-%m-%dT%H:%M}",
        )
        for one in wanted
        if (one.service, one.from_at) not in there
    ]  # fmt: skip
    return write(scope, moment, given, request=request) if given else Outcome()


def book(
    scope: Scope,
    moment: datetime,
    slot: slots.Slot,
    who: Who,
    *,
    form: str,
    zone: str,
    request: str | None = None,
) -> str:
    """The number of whoever has a place in the slot from now on. Refused where it is full, over or theirs."""
    place, person = _place(scope), number_of(scope, who, form)
    now = _as_it_stands(scope, slot, zone)
    if now is None or now.row["until_at"] <= moment:
        raise Refused([(0, OVER)])
    if any(one.person == person and one.outcome != slots.CANCELLED for one in now.bookings):
        raise Refused([(0, IS_BOOKED)])
    if not now.free:
        raise Refused([(0, FULL)])
    values = {
        "person": person, "place": place, "service": slot.service, "from_at": slot.from_at,
        "booked_at": moment, "outcome": None, "outcome_at": None,
    }  # fmt: skip
    write_with(scope, moment, who, [Given("appointments", values, form)], form=form, request=request)
    return person


def _as_it_stands(scope: Scope, slot: slots.Slot, zone: str) -> slots.Slot | None:
    """The slot once it is one's turn; None where it was taken back.

    Two who book the last place, or change how many the slot takes, at once come one after the other: until
    this request has ended.
    """
    place = _place(scope)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"slot/{place}/{slot.service}/{slot.from_at.isoformat()}"],
        )
    day = local_day(bare(slot.from_at), zone)
    return slots.slot_of(scope, ON_RECORD, place, slot.row["key"], zone, day)


def say_outcome(
    scope: Scope, moment: datetime, row: Row, outcome: str | None, *, request: str | None = None
) -> Outcome:
    """What became of an appointment; None takes it back."""
    at = None if outcome is None else moment
    given = changed("appointments", row, BACK if outcome is None else CAME, outcome=outcome, outcome_at=at)
    return write(scope, moment, [given], request=request)


def change_capacity(
    scope: Scope,
    moment: datetime,
    slot: slots.Slot,
    capacity: int,
    *,
    zone: str,
    request: str | None = None,
) -> Outcome:
    """How many the slot takes from now on. Refused for fewer than have booked it."""
    now = _as_it_stands(scope, slot, zone)
    if now is None:
        raise Refused([(0, GONE)])
    if capacity < now.booked:
        raise Refused([(0, Words(TOO_FEW.zh.format(now.booked), TOO_FEW.en.format(now.booked)))])
    given = changed("appointment_slots", now.row, CHANGED, capacity=capacity, happened_at=moment)
    return write(scope, moment, [given], request=request)


def close_slot(
    scope: Scope, moment: datetime, slot: slots.Slot, *, zone: str, request: str | None = None
) -> Outcome:
    """Take back a slot that nobody has booked; one that is taken back already stays so."""
    now = _as_it_stands(scope, slot, zone)
    if now is None:
        return Outcome()
    if now.bookings:
        raise Refused([(0, HOLDS)])
    given = retracted("appointment_slots", now.row, MISTAKE, happened_at=now.row["happened_at"])
    return write(scope, moment, [given], request=request)


def _place(scope: Scope) -> str:
    if scope.organisation is None:
        raise NotAllowed("Appointments are those of a place.")
    return scope.organisation
