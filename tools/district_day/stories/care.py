"""Clinics and the hospital: fever patients, inpatients, escorts, the recovered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tools.district_day.clock import at
from tools.district_day.plan import Plan
from tools.district_day.stories.people import People

PATIENTS, RESIDENTS_FOR_A_PATIENT = 6, 800
"""At least so many for each clinic; one for so many residents in a large district."""


def tell(plan: Plan, people: People) -> None:
    """The patients of the day, who was taken in, who went home weeks ago."""
    for clinic in range(plan.district.clinics):
        for number in range(
            max(PATIENTS, plan.district.people // RESIDENTS_FOR_A_PATIENT // plan.district.clinics)
        ):
            _patient(plan, people, clinic, number)
    for number in range(people.share(0.0003, 8)):
        _inpatient(plan, people, number)
        _recovered(plan, people, number)


def _patient(plan: Plan, people: People, clinic: int, number: int) -> None:
    place, kind, _ = plan.district.clinic(clinic)
    person, seen = people.newcomer(), plan.minute("06:30", "17:30")
    fever = kind == "fever_clinic"
    said = {"person": person, "place": place, "seen_at": seen, "kind": "fever_clinic" if fever else "triage"}
    temperature = (37.2, 37.3, 38.4)[number % 3]
    giver, via = place.replace("/", "-"), "one"
    if (clinic, number) in ((0, 1), (3, 1)):
        giver, via = ("triage-nurse" if fever else "doorkeeper"), "form"
    plan.tell("encounters", giver, seen, {**said, "temperature": temperature}, via=via)
    fate = plan.drawn(soon=3, late=1, never=1)
    if fever:
        if fate != "never":
            plan.tube([person], seen + timedelta(hours=1 if fate == "soon" else 6, minutes=5), after=0.1)
    elif temperature >= 37.3 and fate != "never":
        sent = seen + timedelta(minutes=20 if fate == "soon" else 75)
        on_to = {"person": person, "from_place": place, "to_place": "clinic/01", "referred_at": sent}
        plan.tell("referrals", place.replace("/", "-"), sent, on_to)
        if plan.drawn(arrives=2, vanishes=1) == "arrives":
            there = {
                "person": person,
                "place": "clinic/01",
                "kind": "fever_clinic",
                "temperature": temperature,
            }
            came = sent + timedelta(minutes=50)
            plan.tell("encounters", "clinic-01", came, {**there, "seen_at": came})
            plan.tube([person], came + timedelta(minutes=30), after=0.1)


def _inpatient(plan: Plan, people: People, number: int) -> None:
    """Taken in yesterday or today, with an escort; a test of the day before counts."""
    person, escort = people.take(2)
    came = at("14:00", -1) if number % 2 else at("10:00")
    values = {"person": person, "place": "hospital/drill", "admitted_at": came, "admitted_for": "treatment"}
    form = number == 0
    plan.tell("admissions", "ward" if form else "health", came, values, via="form" if form else "one")
    beside = {
        "person": escort,
        "patient": person,
        "place": "hospital/drill",
        "kind": "escort",
        "from_at": came,
    }
    plan.tell("escorts", "health", came, beside)
    for one in (person, escort):
        fate = plan.drawn(before=1, too_early=1, soon=3, late=1, never=1)
        taken = _tested(came, fate)
        if taken is not None:
            plan.tube([one], taken, after=2)


def _tested(came: datetime, fate: str) -> datetime | None:
    hours = {"before": -20, "too_early": -49, "soon": 2, "late": 24.5}.get(fate)
    if hours is None:
        return None
    moment = came + timedelta(hours=hours)
    return moment if moment < at("20:00") else None


def _recovered(plan: Plan, people: People, number: int) -> None:
    """Home from hospital: observed, seen again, followed every week, tested every month."""
    person = people.one()
    days = (-1, -14, -28, -30, -13, -29, -60, 0)[number % 8]
    home = at("09:10", days)
    values: dict[str, Any] = {"person": person, "place": "hospital/drill", "discharged_at": home}
    plan.tell("discharges", "health", home, {**values, "outcome": "recovered"})
    if days >= -14 and number % 3:
        came = home + timedelta(hours=2 if number % 3 == 1 else 20)
        stay = {"person": person, "place": f"home/{person}", "kind": "home", "from_at": came}
        if came < at("23:00"):
            plan.tell("room_stays", people.community_of(person), came, stay)
    for back in (-30, -9, -1, 0):
        form = (back, number) == (0, 0)
        if back > days and (form or plan.drawn(yes=2, no=1) == "yes"):
            moment = plan.minute("09:30", "19:00", back)
            visit = {"person": person, "visited_at": moment, "purpose": "follow_up"}
            giver = "family-doctor" if form else "doctor"
            plan.tell("visits", giver, moment, visit, via="form" if form else "one")
    fate = plan.drawn(before=1, today=1, never=1)
    if fate != "never" and days < -5:
        plan.tube([person], at("10:00", -5) if fate == "before" else at("11:00"))
