"""Contacts of cases: quarantined, tested, measured; their dependants visited; others watched at home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tools.district_day.clock import DAY, at, on
from tools.district_day.plan import Plan
from tools.district_day.stories.cases import KNOWN, known_case
from tools.district_day.stories.people import People

AT_PAGES = {8: "grid-worker", 9: "home-watcher"}
"""Contacts whose temperature is written down at a page, and by whom."""
ELSEWHERE = 4
"""Of so many who get an order one has a child that lives in another part of the district."""


@dataclass(frozen=True)
class Contact:
    """A close contact. exposed: days from the day at which the last exposure lies; begun: the decision."""

    person: str
    case: int
    exposed: int
    begun: int
    number: int

    @property
    def decided(self) -> datetime:
        """When the centre for disease control decided."""
        clock = ("08:30" if self.number % 4 else "16:05") if self.begun == 0 else "10:00"
        return at(clock, self.begun)


def tell(plan: Plan, people: People) -> None:
    """Two of three in quarantine are contacts."""
    for number in range(plan.district.quarantined * 2 // 3):
        begun = -(number % 7)
        exposed = begun - (3 if number % 11 == 5 else number % 2)
        case = KNOWN - 1 if number % 40 == 39 else number % (KNOWN - 1)
        _close(plan, people, Contact(people.one(), case, exposed, begun, number))
    for number in range(people.share(0.0005, 6)):
        _secondary(plan, people, number)
        _venue(plan, people, number)
        _unclassified(plan, people, number)


def _designated(
    plan: Plan, person: str, case: int, class_: str, *, exposed: date, moment: datetime,
    through: str | None = None, giver: str = "cdc",
) -> None:  # fmt: skip
    name, index_person = known_case(case)
    who = {"person": person, "case": name, "case_person": through or index_person, "class": class_}
    when = {"last_exposed_on": exposed, "designated_on": moment.date()}
    plan.tell("designations", giver, moment, {**who, **when}, via="one" if giver == "cdc" else "form")


def _close(plan: Plan, people: People, contact: Contact) -> None:
    _designated(
        plan, contact.person, contact.case, "close", exposed=on(contact.exposed), moment=contact.decided
    )
    _room(plan, people, contact)
    _tests(plan, contact)
    _checks(plan, people, contact)
    if contact.number % _orders_every(contact) == 0:
        _family(plan, people, contact)


def _orders_every(contact: Contact) -> int:
    """One contact of so many gets an order on paper: of those of the day few, for a person types it."""
    return 84 if contact.begun == 0 else 6


def _room(plan: Plan, people: People, contact: Contact) -> None:
    """Into a room within twelve hours, later, or never; a few leave it again.

    So do those of today whose case turns out to be none: the site sees them until they are gone.
    """
    place, site = people.site_of(contact.person)
    fate = plan.drawn(soon=8, late=1, never=1, leaves=1) if contact.begun in (0, -1) else "soon"
    if contact.begun == 0 and contact.case == KNOWN - 1:
        fate = "leaves"
    moved = {"soon": timedelta(hours=3), "leaves": timedelta(hours=2), "late": timedelta(hours=23)}
    if fate == "never" or (fate == "late" and contact.begun == 0):
        return
    came = contact.decided + moved[fate]
    room = f"{contact.number // 40 + 1}{contact.number % 40 + 1:02d}"
    stay = {"person": contact.person, "place": place, "room": room, "kind": "central", "from_at": came}
    grounds = f"{people.street_of(contact.person)}/site"
    there = {"person": contact.person, "located_in": grounds, "place": place, "from_on": came.date()}
    first = plan.tell("room_stays", site, came, stay, area=grounds)
    plan.tell("stays", site, came, there, area=grounds)
    if fate == "leaves" and contact.begun == 0:
        left = came + timedelta(hours=2)
        plan.correct(first, at("20:25"), {"until_at": left}, reason="已离开（演练）")


def _tests(plan: Plan, contact: Contact) -> None:
    """On the days of the plan: prompt, a day late, in a tube with others, without a result, never."""
    for number in (1, 4, 7):
        days = contact.exposed + number
        if days > 0 or days < contact.begun:
            continue
        fate = plan.drawn(prompt=9, late=1, never=1, pool=1, silent=1) if days >= -1 else "prompt"
        taken = plan.minute("12:50" if days == contact.begun else "08:00", "15:30", days)
        if fate == "late":
            taken += timedelta(days=1)
        if fate == "never" or (fate == "late" and days == 0):
            continue
        together = [contact.person, f"{contact.person}-b"] if fate == "pool" else [contact.person]
        plan.tube(together, taken, result=None if fate == "silent" else "negative")
    if contact.exposed + 1 < contact.begun <= 0 and contact.number % 2:  # whose first day was past already
        plan.tube([contact.person], plan.minute("17:00", "19:00"))


def _checks(plan: Plan, people: People, contact: Contact) -> None:
    """Morning and evening; today some only once, or both within two hours, or not."""
    for days in range(contact.begun, 1):
        if days == contact.begun:
            moments = [at("17:30", days), at("22:10", days)]
        else:
            moments = [plan.minute("07:00", "09:00", days), plan.minute("17:00", "20:00", days)]
        at_page = AT_PAGES.get(contact.number) if days == 0 else None
        fate = plan.drawn(both=12, once=1, close=1, none=1) if days == 0 and not at_page else "both"
        if fate == "close":
            moments[1] = moments[0] + timedelta(hours=1)
        for number, moment in enumerate(moments[: {"once": 1, "none": 0}.get(fate, 2)]):
            values = {"person": contact.person, "checked_at": moment, "temperature": 36.5, "symptoms": False}
            via = "sheet" if contact.number % 9 == 4 else "batch"
            giver = people.community_of(contact.person)
            if at_page and number == 0:
                giver, via = at_page, "form"
            plan.tell("health_checks", giver, moment, values, via=via)


def _family(plan: Plan, people: People, contact: Contact) -> None:
    """An order on paper; who depends on the person is recorded, and visited every day.

    The child lives with the person, and their community says so; or elsewhere: then the community is refused,
    which records only about people for whom it answers, and civil affairs, which answers for both, says it.
    """
    elsewhere = contact.number // _orders_every(contact) % ELSEWHERE == 1
    child = people.apart(contact.person) if elsewhere else people.beside(contact.person)
    giver = people.community_of(contact.person)
    until = on(contact.exposed + 8)
    order = {"order": f"order-{contact.person}", "person": contact.person, "place": "central"}
    lasts = {"ground_rule": "contact-quarantine", "from_on": contact.decided.date(), "until_on": until}
    values = {**order, **lasts, "appeal_to": "office/health_commission"}
    plan.tell("orders", "order-clerk", contact.decided, values, via="form")
    fate = plan.drawn(child=6, nobody=1, late=1, never=1) if contact.number != 6 else "child"
    if fate == "never":
        return
    said = contact.decided + timedelta(minutes=20 if fate != "late" else 200)
    nobody = fate == "nobody"
    values = {
        "person": contact.person,
        "dependant": contact.person if nobody else child,
        "kind": "none" if nobody else "child",
        "from_on": date(2020, 1, 1),
    }
    if elsewhere and not nobody:
        if contact.begun == 0:
            plan.tell("dependants", giver, said, values, refuse=True)
        said, giver = said + timedelta(minutes=5), "civil"
    plan.tell("dependants", giver, said, values)
    if nobody:
        return
    _carer(plan, people, contact, child, said)
    for days in range(contact.begun, 1):
        visited = days < -1 or plan.drawn(yes=4, no=1) == "yes"
        visited = visited and (contact.number, days) != (6, -1)
        moment = plan.minute("17:00" if days == contact.begun else "09:30", "19:00", days)
        if visited:
            visit = {"person": child, "visited_at": moment, "purpose": "welfare"}
            plan.tell("visits", people.community_of(child), moment, visit)
        elif days == -1:
            _made_up(plan, child, at_page=contact.number == 6)


def _carer(plan: Plan, people: People, contact: Contact, child: str, said: datetime) -> None:
    """Who cares meanwhile: found at once, found after somebody could not, gone since yesterday, nobody."""
    fate, giver = contact.number % 4, people.community_of(child)
    if fate == 3:
        return
    known, gone = said, at("12:00", -1)
    asked = {"person": child, "carer": f"carer-{child}", "answer": "accepted", "from_at": said}
    until: datetime | None = None
    if fate == 1:
        plan.tell(
            "carers",
            giver,
            said,
            {**asked, "carer": f"asked-{child}", "answer": "declined", "until_at": None},
        )
        known = said + timedelta(hours=3 if contact.begun else 0)  # the day ends for who is taken away today
    if fate == 2 and said < gone:
        known = until = gone
    begun = said if fate == 2 else known
    plan.tell("carers", giver, known, {**asked, "from_at": begun, "until_at": until})


def _made_up(plan: Plan, child: str, *, at_page: bool) -> None:
    """Nobody came yesterday: from noon on civil affairs must go."""
    fate = plan.drawn(soon=2, late=1, never=1) if not at_page else "soon"
    if fate != "never":
        moment = at("12:35") if fate == "soon" else at("15:10")
        visit = {"person": child, "visited_at": moment, "purpose": "welfare"}
        giver, via = ("carer", "form") if at_page else ("civil", "one")
        plan.tell("visits", giver, moment, visit, via=via)


def _secondary(plan: Plan, people: People, number: int) -> None:
    """A contact of a contact, at home; longer where the contact in between was tested too rarely."""
    person, through = people.take(2)
    begun = -(number % 4) * 2 - 1
    exposed = begun - number % 2
    _designated(plan, person, 0, "secondary", exposed=on(exposed), moment=at("10:00", begun), through=through)
    if number % 3:
        came = at("00:00" if number % 3 == 1 else "13:00", begun)
        stay = {"person": person, "place": f"home/{person}", "kind": "home", "from_at": came}
        plan.tell("room_stays", people.community_of(person), max(came, at("10:30", begun)), stay)
    for days in (exposed + 1, exposed + 4, exposed + 7):
        if begun <= days <= 0 and plan.drawn(yes=3, no=1) == "yes":
            plan.tube([person], plan.minute("12:50", "15:00", days))
    for one in range(number % 3):
        plan.tube([through], at("09:00", max(exposed, -6) + one))


def _venue(plan: Plan, people: People, number: int) -> None:
    """Seen where a case was: two tests within three days, a day apart."""
    person, begun = people.one(), -(number % 4)
    known = at("09:00", begun)
    _designated(plan, person, 1, "venue_exposed", exposed=on(begun - 1), moment=known)
    moments = [known + timedelta(hours=4 + 25 * one) for one in range(plan.random.randrange(4))]
    if number == 5:
        moments = [known + timedelta(hours=2), known + timedelta(hours=6)]  # too near to each other
    for moment in moments:
        if moment <= at("20:00"):
            crowd = [person, *people.take(4 if number != 4 else 5)] if number % 2 == 0 else [person]
            plan.tube(crowd, moment, after=2)


def _unclassified(plan: Plan, people: People, number: int) -> None:
    """Registered and not yet judged: to be decided within a day."""
    person, begun = people.one(), -(number % 3)
    moment = at("15:00" if begun else "09:00", begun)
    case, index_person = known_case(2)
    if number % 2:
        _designated(plan, person, 2, "unclassified", exposed=on(begun - 1), moment=moment)
    else:
        who = {"person": person, "case": case, "case_person": index_person, "kind": "meal"}
        met = {"first_on": on(begun - 1), "last_on": on(begun - 1)}
        plan.tell("exposures", "cdc", moment, {**who, **met})
    if plan.drawn(yes=2, no=1) == "yes" or number == 2:
        decided = max(moment + timedelta(minutes=30), at("11:00") if begun == -2 else moment)
        decider = "tracer" if number == 2 else "cdc"
        _designated(plan, person, 2, "general", exposed=on(begun - 1), moment=decided, giver=decider)
    assert moment.date() <= DAY
