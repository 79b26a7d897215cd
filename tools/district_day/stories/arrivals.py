"""Who comes: from abroad, from graded areas, named by data from elsewhere, back to school."""

from __future__ import annotations

from datetime import timedelta

from tools.district_day.clock import at, on
from tools.district_day.district import GRADED, QUIET
from tools.district_day.plan import Plan
from tools.district_day.stories.people import People


def tell(plan: Plan, people: People) -> None:
    """One of three in quarantine has arrived in the last two weeks; and others whom somebody must find."""
    for number in range(plan.district.quarantined - plan.district.quarantined * 2 // 3):
        _guest(plan, people, number)
    for number in range(people.share(0.001, 8)):
        _pushed(plan, people, number)
        _returner(plan, people, number)


def _guest(plan: Plan, people: People, number: int) -> None:
    """A newcomer who stays on the grounds of a quarantine site, from abroad or from a graded area."""
    person, came = people.newcomer(), -(number % 16)
    street = plan.district.streets[number % len(plan.district.streets)]
    name, grounds = street.rsplit("/", 1)[1], plan.district.grounds(street)
    known = at("08:00" if came == 0 else "13:00", came)
    plan.tell("people", "port", known, {"person": person, "sex": "female", "birth_year": 1980}, area=grounds)
    arrival = {"person": person, "arrived_on": on(came)}
    if number % 2:
        more = {"origin_country": "Erewhon", "declared": "port"}
    else:
        more = {"origin": GRADED, "declared": "declared"}
        left = came - number % 3  # some were elsewhere before they came
        before = {"person": person, "located_in": GRADED, "from_on": on(came - 30), "until_on": on(left)}
        plan.tell("stays", "port", known, before, area=grounds)
        if number % 3:
            between = {"person": person, "located_in": QUIET, "from_on": on(left), "until_on": on(came)}
            plan.tell("stays", "port", known, between, area=grounds)
    here = {"person": person, "located_in": grounds, "place": f"quarantine-site/{name}", "from_on": on(came)}
    plan.tell("stays", "port", known, here, area=grounds)
    plan.tell("arrivals", "port", known, {**arrival, **more}, area=grounds)
    _lodged(plan, number, person, name, came)
    for day in (1, 7, 14):
        days = came + day - 1
        if -1 <= days <= 0 and plan.drawn(prompt=5, never=1) == "prompt":
            plan.tube([person], plan.minute("13:30", "16:00", days))


def _lodged(plan: Plan, number: int, person: str, name: str, came: int) -> None:
    """In a room the same day, later, or never; and then at home, at once or in the morning."""
    fate = plan.drawn(soon=6, late=1, never=1) if came > -3 and number else "soon"
    moved = at("14:30", came) + timedelta(hours=26 if fate == "late" else 0)
    if fate == "never" or moved > at("23:00"):
        return
    stay = {"person": person, "place": f"quarantine-site/{name}", "kind": "central", "from_at": moved}
    room = {"room": f"8{number:03d}"}
    if came <= -14:  # the central stage is over; the home stage has begun
        ended = at("23:30" if number % 4 < 2 else "24:30", came + 13)
        plan.tell("room_stays", f"site-{name}", moved, {**stay, **room, "until_at": ended})
        if number % 3:
            home = ended if number % 3 == 1 else at("09:00", came + 14)
            there = {"person": person, "place": f"home/{person}", "kind": "home", "from_at": home}
            plan.tell("room_stays", f"community-{name}", home, there)
        if came == -15 and number % 2:
            plan.tube([person], plan.minute("13:30", "16:00"))
        return
    giver, via = ("site-guard", "form") if number == 0 else (f"site-{name}", "one")
    plan.tell("room_stays", giver, moved, {**stay, **room}, via=via)


def _pushed(plan: Plan, people: People, number: int) -> None:
    """Named by data from elsewhere yesterday or today: to be found and verified within a day."""
    person = people.one()
    giver = people.community_of(person)
    known = at("11:00", -1) if number % 3 else at("09:15")
    arrival = {"person": person, "arrived_on": known.date(), "origin": QUIET, "declared": "pushed"}
    plan.tell("arrivals", giver, known, arrival)
    fate = plan.drawn(soon=2, late=1, never=1) if number else "soon"
    if fate != "never":
        moment = at("10:20") if fate == "soon" else at("14:25")
        form = number == 0
        plan.tell(
            "visits", "visitor" if form else giver, moment,
            {"person": person, "visited_at": moment, "purpose": "observation"}, via="form" if form else "one",
        )  # fmt: skip


def _returner(plan: Plan, people: People, number: int) -> None:
    """A pupil who came back from elsewhere: a test within three days, in a tube with others if need be."""
    person, came = people.one(), -2 - number % 2
    work = {"person": person, "occupation": "pupil" if number % 4 else "teacher", "from_on": on(-80)}
    plan.tell("occupations", "education", at("09:00", -70), work)
    known = at("12:00", came)
    arrival = {"person": person, "arrived_on": on(came), "origin": QUIET, "declared": "declared"}
    plan.tell("arrivals", people.community_of(person), known, arrival)
    fate = plan.drawn(soon=2, today=2, never=1)
    if fate != "never":
        crowd = [person, *people.take(2)] if number % 2 else [person]
        plan.tube(crowd, at("15:00", came + 1) if fate == "soon" else plan.minute("09:30", "15:00"))
