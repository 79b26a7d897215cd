"""Take people into the closed loop of a quarantine site, let them out, and take either back.

Whoever goes in stays on the grounds of the site, and whoever comes out no longer does: that is recorded with
it, so that nobody types it a second time and every duty is with who is near.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sizao.terms.words import Words
from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.newcomers import Who, number_of, write_with
from sizao_web.records.actions.place_in_room import changed, is_own, retracted
from sizao_web.records.reading import closed_loops, sites
from sizao_web.records.writing import Given, NotAllowed, Outcome, Refused, write

Row = dict[str, Any]
LEFT, REOPENED, MISTAKE = "came out of the closed loop", "came out by mistake", "went in by mistake"
IS_IN = Words("{0} 已在闭环内。", "{0} is in a closed loop already.")
IS_GUEST = Words(
    "{0} 在本点隔离，不能同时在闭环值守。", "{0} is in quarantine here and cannot work in the loop."
)


def enter_loop(
    scope: Scope,
    moment: datetime,
    *,
    site: sites.Site,
    posts: Sequence[tuple[Who, str]],
    today: date,
    form: str,
    request: str | None = None,
) -> Outcome:
    """Record that these people, each with their post, are in the loop from now on; of new ones one at most.

    form: the UUID that the page made. Refused for who is in a loop or a room already; Conflict, NotAllowed.
    """
    given: list[Given] = []
    new = next((who for who, _ in posts if who.person is None), None)
    for who, post in posts:
        person = number_of(scope, who, form)
        if closed_loops.is_in_a_loop(scope, moment, person):
            raise Refused([(0, _named(IS_IN, who.name or person))])
        if site.stay_of(person) is not None:
            raise Refused([(0, _named(IS_GUEST, who.name or person))])
        stay = {
            "person": person, "place": site.place, "post": post, "from_at": moment, "until_at": None,
            "left_for": None,
        }  # fmt: skip
        given.append(Given("closed_loop_stays", stay, f"{form}/closed_loop_stays/{person}"))
        given += _there(scope, moment, site, person, today, form)
    who = new or posts[0][0]
    return write_with(scope, moment, who, given, form=form, request=request)


def leave_loop(
    scope: Scope, moment: datetime, row: Row, *, left_for: str, today: date, request: str | None = None
) -> Outcome:
    """Record that somebody came out now, and why. NotAllowed for who is not of this office's area."""
    _check(scope, row)
    given = [changed("closed_loop_stays", row, LEFT, until_at=moment, left_for=left_for)]
    for stay in _on_grounds(scope, moment, row):
        # A stay of less than a day is one of that day: the day after the last one is never its first.
        until = max(today, stay["from_on"] + timedelta(days=1))
        given.append(changed("stays", stay, LEFT, until_on=until))
    return write(scope, moment, given, request=request)


def take_back(
    scope: Scope,
    moment: datetime,
    row: Row,
    *,
    site: sites.Site,
    today: date,
    form: str,
    request: str | None = None,
) -> Outcome:
    """Take back the last step of a stay: who came out is in again, who went in never was."""
    _check(scope, row)
    if row["until_at"] is not None:
        given = [changed("closed_loop_stays", row, REOPENED, until_at=None, left_for=None)]
        given += _there(scope, moment, site, row["person"], today, form)
    else:
        given = [retracted("closed_loop_stays", row, MISTAKE)]
        given += [
            retracted("stays", stay, MISTAKE)
            for stay in _on_grounds(scope, moment, row)
            if stay["from_on"] == today and stay["recorded_by"] == scope.account
        ]
    return write(scope, moment, given, request=request)


def _check(scope: Scope, row: Row) -> None:
    if not sees_person(scope, row["person"]) or not is_own(scope, row):
        raise NotAllowed("This person is not among those whom this duty sees.")


def _there(
    scope: Scope, moment: datetime, site: sites.Site, person: str, today: date, form: str
) -> Iterator[Given]:
    if not any(row["place"] == site.place for row in sites.stays_at(scope, moment, person)):
        there = {"person": person, "located_in": site.located_in, "place": site.place, "from_on": today}
        yield Given("stays", {**there, "until_on": None}, f"{form}/stays/{person}")


def _on_grounds(scope: Scope, moment: datetime, row: Row) -> list[Row]:
    """Where the person is said to stay now, of the site of this row and recorded by this office."""
    there = sites.stays_at(scope, moment, row["person"])
    return [stay for stay in there if stay["place"] == row["place"] and is_own(scope, stay)]


def _named(words: Words, name: str) -> Words:
    return Words(words.zh.format(name), words.en.format(name))
