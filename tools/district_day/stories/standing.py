"""What stands before the day begins: areas, offices, places, rooms, grades."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tools.district_day.clock import at, on
from tools.district_day.district import GRADED, HERE, QUIET, ROOT
from tools.district_day.plan import Plan
from tools.district_day.stories.people import People
from tools.district_day.stories.places import CARE_HOMES

from sizao.terms.codes import CODE_LISTS

LONG_AGO = datetime(2020, 1, 2, 9)
SINCE = date(2020, 1, 1)
DISTRICT_TASKS = (
    "cdc", "health_commission", "county_hospital", "sampling_team", "laboratory", "education",
    "market_regulation", "supervision", "supplies", "family_doctor", "civil_affairs", "port_health",
)  # fmt: skip
SETTING_UP = 3
"""Streets whose office was set up three days ago and keeps duty round the clock since."""


def tell(plan: Plan, people: People) -> None:
    """All of it, as known long ago."""
    _areas(plan)
    _offices(plan)
    _places(plan)
    for graded, grade in ((ROOT, "low"), (QUIET, "low"), (GRADED, "medium")):
        announced = {"graded": graded, "grade": grade, "from_on": on(-60), "counts_upward": False}
        _standing(plan, "area_grades", {**announced, "announced_by": "office/command"}, at("18:00", -61))


def _standing(plan: Plan, fact: str, values: dict[str, Any], moment: datetime = LONG_AGO) -> None:
    area = values.get("path") or values.get("located_in") or values.get("covers") or HERE
    plan.tell(fact, "command", moment, values, area=area)


def _areas(plan: Plan) -> None:
    district = plan.district
    levels = [("neighbour", "city"), (GRADED, "county"), (QUIET, "county"), (HERE, "county")]
    levels += [(street, "street") for street in district.streets]
    levels += [(area, "community") for area in district.communities]
    levels += [(district.grounds(street), "community") for street in district.streets]
    for path, level in ((ROOT, "city"), *levels):
        named = {"label_zh": f"{path}（虚构）", "label_en": f"{path} (invented)"}
        _standing(plan, "areas", {"path": path, "level": level, **named})


def _offices(plan: Plan) -> None:
    district = plan.district
    _office(plan, "office/command", "command", ROOT)
    for task in DISTRICT_TASKS:
        _office(plan, f"office/{task}", task, HERE)
    for number, street in enumerate(district.streets):
        name = street.rsplit("/", 1)[1]
        new = number < SETTING_UP
        _office(plan, f"office/street-{name}", "street", street, on(-3) if new else SINCE)
        _office(plan, f"office/site-{name}", "site", street)
        # On the grounds of the site its own team does what a community does elsewhere.
        _office(plan, f"office/site-{name}", "community", district.grounds(street))
    for area in district.communities:
        _office(plan, f"office/community-{'-'.join(area.split('/')[-2:])}", "community", area)


def _office(plan: Plan, office: str, task: str, covers: str, since: date = SINCE) -> None:
    moment = LONG_AGO if since == SINCE else at("09:00", -5)
    _standing(plan, "offices", {"office": office, "task": task, "covers": covers, "from_on": since}, moment)


def _places(plan: Plan) -> None:
    district = plan.district
    counts = {"school": district.schools, "pharmacy": district.pharmacies, "care_home": CARE_HOMES}
    for kind, number in counts.items():
        for place, area in (district.place(kind, one) for one in range(number)):
            _place(plan, place, kind, area)
    for number in range(district.clinics):
        place, kind, level = district.clinic(number)
        _place(plan, place, kind, district.place("clinic", number)[1], level=level)
    _place(plan, "hospital/drill", "hospital", district.communities[0], level="level_2", fever_clinic=True)
    _place(plan, "laboratory/drill", "laboratory", district.communities[0], from_on=date(2019, 6, 1))
    _place(plan, "station/drill", "station", district.communities[0])
    each = district.quarantined // len(district.streets) + 10
    for street in district.streets:
        site = f"quarantine-site/{street.rsplit('/', 1)[1]}"
        _place(plan, site, "quarantine_site", district.grounds(street), capacity=each)
        for number in range(each):
            floor = number // 40 + 1
            room = {"room": f"{floor}{number % 40 + 1:02d}", "floor": str(floor), "beds": 1}
            _standing(plan, "rooms", {"place": site, **room, "use": "quarantine", "from_on": SINCE})


def _place(plan: Plan, place: str, kind: str, area: str, **more: Any) -> None:
    kinds, number = CODE_LISTS["place_kinds"], place.rsplit("/", 1)[1]
    label = kinds.label_of(kind)
    named = {"label_zh": f"{number} 号{label.zh}（虚构）", "label_en": f"{label.en} {number} (invented)"}
    own = {"place": place, **named, "kind": kind, "located_in": area, "from_on": SINCE}
    _standing(plan, "places", own | more)
