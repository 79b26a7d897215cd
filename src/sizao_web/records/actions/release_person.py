"""Let somebody out of a quarantine site when nothing binds them any more, or see them leave for elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sizao.terms.words import Words
from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.place_in_room import changed, ended_stays, is_own
from sizao_web.records.reading import sites
from sizao_web.records.reading.ledger import standing
from sizao_web.records.writing import Given, NotAllowed, Outcome, Refused, write

STILL_BOUND = Words(
    "此人仍在管控中，不能解除：全部依据都结束之后才能解除。",
    "Something still binds this person: they are released when every reason has ended.",
)
LEFT_SITE = "left the quarantine site"


def release_person(
    scope: Scope, moment: datetime, person: str, *, today: date, form: str, request: str | None = None
) -> Outcome:
    """Record the release, and that the room is left. Refused while any restriction covers the person."""
    if not sees_person(scope, person):
        raise NotAllowed("This person is not among those whom this duty sees.")
    if standing(scope).filter(person=person).exists():
        raise Refused([(0, STILL_BOUND)])
    orders = sites.orders_of(scope, moment, person)
    order = orders[0]["order"] if orders else None
    release = Given(
        "releases",
        {"person": person, "released_at": moment, "order": order},
        f"{form}/releases/{person}",
    )
    return write(scope, moment, [release, *_gone(scope, moment, person, today)], request=request)


def leave_site(
    scope: Scope, moment: datetime, person: str, *, today: date, request: str | None = None
) -> Outcome:
    """Record that somebody left for a hospital or another site; what binds them goes on binding them."""
    if not sees_person(scope, person):
        raise NotAllowed("This person is not among those whom this duty sees.")
    given = list(_gone(scope, moment, person, today))
    return write(scope, moment, given, request=request) if given else Outcome()


def _gone(scope: Scope, moment: datetime, person: str, today: date) -> Iterator[Given]:
    """The room and the stay on the grounds are ended."""
    yield from ended_stays(scope, moment, person, moment)
    for row in sites.stays_at(scope, moment, person):
        if row["place"] is not None and is_own(scope, row):
            yield changed("stays", row, LEFT_SITE, until_on=max(today, row["from_on"] + timedelta(days=1)))
