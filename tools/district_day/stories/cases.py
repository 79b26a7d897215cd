"""Cases: found, reported, investigated, admitted, tested; some in time, some late, some not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tools.district_day.clock import at
from tools.district_day.district import HERE
from tools.district_day.plan import Plan
from tools.district_day.stories.people import People

KNOWN = 4
"""So many cases are known from the days before; contacts are theirs."""


def known_case(number: int) -> tuple[str, str]:
    """A case of the days before, and who it is."""
    return f"case-{number}", f"case-person-{number}"


def tell(plan: Plan, people: People) -> None:
    """Those of the days before, and those of the day."""
    for number in range(KNOWN):
        _known(plan, number)
    for number in range(max(8, plan.district.quarantined // 60)):
        _suspected(plan, people, number)
        _confirmed(plan, people, number)
    for number in range(3):
        _asymptomatic(plan, people, number)


def _classified(plan: Plan, case: str, person: str, class_: str, moment: datetime) -> None:
    values = {"person": person, "case": case, "class": class_, "classified_on": moment.date()}
    plan.tell("classifications", "cdc", moment, values, area=HERE)


def _reported(
    plan: Plan,
    case: str,
    person: str,
    moment: datetime,
    channel: str = "direct_report",
    *,
    at_page: bool = False,
) -> None:
    values = {"case": case, "person": person, "reported_at": moment, "channel": channel}
    giver, via = ("reporter", "form") if at_page else ("cdc", "one")
    plan.tell("case_reports", giver, moment, values, via=via)


def _followed(plan: Plan, case: str, person: str, found: datetime, *, admitted: datetime | None) -> None:
    values: dict[str, Any] = {"case": case, "person": person, "kind": "full"}
    finished = found + timedelta(hours=5)
    plan.tell("investigations", "cdc", finished, {**values, "finished_at": finished})
    if admitted is not None:
        _admitted(plan, person, admitted)


def _admitted(plan: Plan, person: str, moment: datetime) -> None:
    values = {"person": person, "place": "hospital/drill", "admitted_at": moment, "admitted_for": "treatment"}
    plan.tell("admissions", "health", moment, values)


def _known(plan: Plan, number: int) -> None:
    """The last of them turns out to be none this afternoon, and with it the quarantine of its contacts."""
    case, person = known_case(number)
    found = at("11:00", -6 + number % 3)
    _classified(plan, case, person, "confirmed", found)
    _reported(plan, case, person, found + timedelta(hours=1))
    _followed(plan, case, person, found, admitted=found + timedelta(hours=4))
    if number == KNOWN - 1:
        _classified(plan, case, person, "excluded", at("16:10"))


def _suspected(plan: Plan, people: People, number: int) -> None:
    """Found this morning: to be reported within two hours and tested within twelve."""
    case, person = f"suspected-{number}", people.one()
    _classified(plan, case, person, "suspected", at("09:10"))
    report = plan.drawn(soon=4, late=1, telephone=1, telephone_late=1, never=1) if number else "soon"
    if report in ("soon", "late"):
        told = at("10:30") if report == "soon" else plan.minute("13:00", "16:00")
        _reported(plan, case, person, told, at_page=number == 0)
    elif report != "never":
        clock = "14:00" if report == "telephone" else "16:00"
        _reported(plan, case, person, at(clock), "telephone")
    test = plan.drawn(soon=4, late=1, pool=1, silent=1, never=1, excluded=1)
    if test in ("soon", "late"):
        plan.tube([person], at("10:45") if test == "soon" else at("21:50"), after=1.5)
    elif test == "pool":
        plan.tube([person, people.one()], at("10:50"), after=2)
    elif test == "silent":
        plan.tube([person], at("10:55"), result=None)
    elif test == "excluded":
        _classified(plan, case, person, "excluded", at("16:20"))


def _confirmed(plan: Plan, people: People, number: int) -> None:
    """Found yesterday or this morning: reported, investigated, admitted."""
    case, person = f"confirmed-{number}", people.one()
    found = at("09:05") if number % 2 else at("15:00", -1)
    _classified(plan, case, person, "confirmed", found)
    _reported(plan, case, person, found + timedelta(hours=1, minutes=5))
    fate = plan.drawn(soon=3, late=1, never=1)
    admitted = found + timedelta(hours=3) if fate == "soon" else at("22:20") if fate == "late" else None
    if plan.drawn(yes=3, no=1) == "yes":
        _followed(plan, case, person, found, admitted=admitted)
    elif admitted:
        _admitted(plan, person, admitted)


def _asymptomatic(plan: Plan, people: People, number: int) -> None:
    """Under observation for two weeks, which end tonight after two negative tests."""
    person, found = people.one(), at("11:00", -13)
    place, site = people.site_of(person)
    _classified(plan, f"asymptomatic-{number}", person, "asymptomatic", found)
    _reported(plan, f"asymptomatic-{number}", person, found + timedelta(hours=1))
    came = found - timedelta(hours=2) if number else found + timedelta(hours=8)
    stay = {"person": person, "place": place, "room": f"9{number:02d}", "kind": "central", "from_at": came}
    plan.tell("room_stays", site, came, stay)
    for days, clock in (((-1, "09:00"), (0, "09:30")), ((0, "10:00"),), ())[number]:
        plan.tube([person], at(clock, days))
