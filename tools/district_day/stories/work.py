"""People who are tested again and again for their work, and tubes whose members must be tested alone."""

from __future__ import annotations

from tools.district_day.clock import at, on
from tools.district_day.plan import Plan
from tools.district_day.stories.people import People


def tell(plan: Plan, people: People) -> None:
    """Cold chain, port, care; pools that were positive or too large."""
    for number in range(people.share(0.002, 12)):
        _cold_chain(plan, people, number)
        _port(plan, people, number)
        _staff(plan, people, number)
    for number in range(people.share(0.0001, 4)):
        _pool(plan, people, number)


def _works(plan: Plan, person: str, occupation: str) -> None:
    values = {"person": person, "occupation": occupation, "from_on": on(-40)}
    plan.tell("occupations", "health", at("09:00", -39), values)


def _cold_chain(plan: Plan, people: People, number: int) -> None:
    """Every five days, counted from the last test; two within a day count as one."""
    person = people.one()
    _works(plan, person, "cold_chain")
    last = -3 - number % 5
    for days in range(last - 10, last + 1, 5):
        plan.tube([person], at("10:00", days))
    if number % 4 == 1:
        plan.tube([person], at("20:00", last))
    if plan.drawn(yes=2, no=1) == "yes":
        plan.tube([person], plan.minute("09:30", "16:00"))


def _port(plan: Plan, people: People, number: int) -> None:
    """Once a week; last week's may still be made up for today."""
    person = people.one()
    _works(plan, person, "port_worker")
    fate = plan.drawn(last=3, made_up=2, never=1)
    if fate == "last":
        plan.tube([person], plan.minute("09:00", "18:00", -1 - number % 6))
    if fate != "never" and (fate == "made_up" or number % 2):
        plan.tube([person], plan.minute("09:30", "17:00"))


def _staff(plan: Plan, people: People, number: int) -> None:
    """Once a month, until six in the evening of its last day, which is today."""
    person = people.one()
    _works(plan, person, ("medical", "custody_staff", "care_home_staff", "fever_clinic_staff")[number % 4])
    fate = plan.drawn(before=3, today=3, evening=1, never=1) if number != 1 else "today"
    moment = {"before": at("10:00", -8), "today": plan.minute("09:30", "17:00"), "evening": at("18:00")}
    if fate != "never":
        crowd = [person, *people.take(2)] if number % 3 == 0 else [person]
        plan.tube(crowd, moment[fate], after=2, at_pages=number == 1)


def _pool(plan: Plan, people: People, number: int) -> None:
    """Yesterday's tube is positive, or holds too many: each is sampled alone within a day and a half."""
    crowd = people.take(3 if number % 2 else 6)
    plan.tube(crowd, at("09:00", -1), result="positive" if number % 2 else "negative")
    for person in crowd:
        fate = plan.drawn(soon=3, late=1, never=1)
        if fate != "never":
            plan.tube([person], plan.minute("09:30", "16:00") if fate == "soon" else at("21:30"), after=1)
