"""Schools report their health, pharmacies their sales; what is missing or sold wrongly is looked into."""

from __future__ import annotations

from datetime import datetime, timedelta

from tools.district_day.clock import DAY, at, on
from tools.district_day.plan import Plan, Told
from tools.district_day.stories.people import People

CARE_HOMES = 3
SALES, RESIDENTS_FOR_A_SALE = 4, 160
"""At least so many sales for each pharmacy and day; one for so many residents in a large district."""


def tell(plan: Plan, people: People) -> None:
    """Reports of the places that owe one, sales, inspections, findings."""
    for number in range(plan.district.schools):
        _school(plan, number)
    for number in range(plan.district.pharmacies):
        _pharmacy(plan, people, number)
    for number in range(CARE_HOMES):
        _care_home(plan, number)
    _findings(plan)


def _care_home(plan: Plan, number: int) -> None:
    """One reports in time, one late, one not."""
    place, area = plan.district.place("care_home", number)
    _enrolled(plan, place, area, "care_home_report", "every_day")
    for days in range(-7, 0):
        _report(plan, place, "care_home_report", plan.minute("07:30", "09:50", days))
    if number < 2:
        _report(plan, place, "care_home_report", at("08:30" if number == 0 else "15:00"))


def _enrolled(plan: Plan, place: str, area: str, duty: str, operating: str) -> None:
    values = {"place": place, "duty": duty, "operating": operating, "from_on": on(-7)}
    plan.tell("enrolments", "education", at("09:00", -9), values, area=area)


def _report(
    plan: Plan, place: str, duty: str, moment: datetime, *, feverish: int = 0, **how: str
) -> Told:  # fmt: skip
    said = {"place": place, "duty": duty, "reported_at": moment, "for_on": moment.date()}
    counts = {"present": 400, "absent": plan.random.randrange(9), "feverish": feverish}
    giver = how.get("giver", place.replace("/", "-"))
    return plan.tell("institution_reports", giver, moment, {**said, **counts}, via=how.get("via", "one"))


def _school(plan: Plan, number: int) -> None:
    place, area = plan.district.place("school", number)
    _enrolled(plan, place, area, "daily_report", "weekdays")
    for days in range(-7, 0):
        if on(days).weekday() < 5:
            fevers = 3 if days == -3 and number in (2, 5) else 2
            _report(plan, place, "daily_report", plan.minute("07:30", "09:50", days), feverish=fevers)
    fates = ("zero", "form", "last", "due", "corrected", "retracted", "checked", "unchecked", "late")
    fate = (
        fates[number] if number < len(fates) else plan.drawn(prompt=6, twice=2, late=1, checked=1, silent=1)
    )
    if fate == "zero":  # the nurse at the page; the server says when
        values = {"place": place, "duty": "daily_report", "reported_at": at("09:21"), "for_on": DAY}
        plan.tell(
            "institution_reports", "nurse", at("09:20"), {**values, "absent": 0, "feverish": 0}, via="zero"
        )
    elif fate == "form":
        _report(plan, place, "daily_report", at("08:55"), giver="teacher", via="form")
    elif fate in ("last", "due"):  # the last moment before it is due, and the due moment itself
        moment = at("10:00") - timedelta(seconds=fate == "last")
        _report(plan, place, "daily_report", moment, feverish=0 if fate == "last" else 4)
        if fate == "last":  # on Friday three had fever there: somebody comes, late
            _inspected(plan, place, at("11:00"))
    elif fate in ("corrected", "retracted"):
        first = _report(plan, place, "daily_report", plan.minute("07:30", "09:00"))
        if fate == "corrected":
            plan.correct(first, at("11:30"), {"absent": 12})
        else:
            plan.retract(first, at("11:30"))
    elif fate in ("checked", "unchecked"):
        moment = at("14:10") if fate == "checked" else at("17:05")
        _inspected(plan, place, moment, "inspector" if fate == "checked" else "supervision")
    elif fate == "late":
        _report(plan, place, "daily_report", plan.minute("10:30", "15:30"))
    elif fate in ("prompt", "twice"):
        moment = plan.minute("07:30", "09:15")
        made = _report(plan, place, "daily_report", moment, via=plan.drawn(one=3, sheet=1))
        made.twice = fate == "twice"


def _inspected(plan: Plan, place: str, moment: datetime, giver: str = "supervision") -> None:
    values = {"inspection": f"inspection-{len(plan.told)}", "place": place, "inspected_at": moment}
    via = "form" if giver == "inspector" else "one"
    plan.tell("inspections", giver, moment, {**values, "by": "office/supervision"}, via=via)


def _pharmacy(plan: Plan, people: People, number: int) -> None:
    place, area = plan.district.place("pharmacy", number)
    _enrolled(plan, place, area, "pharmacy_report", "every_day")
    for days in range(-7, 0):
        _report(plan, place, "pharmacy_report", plan.minute("19:00", "21:00", days))
    if number == 0:
        _report(plan, place, "pharmacy_report", at("20:15"), giver="chemist", via="form")
    elif plan.drawn(yes=4, no=1) == "yes":
        _report(plan, place, "pharmacy_report", plan.minute("19:30", "23:30"))
    for days in (-1, 0):
        for one in range(
            max(SALES, plan.district.people // RESIDENTS_FOR_A_SALE // plan.district.pharmacies)
        ):
            _sale(plan, people, place, days, form=(number, days, one) == (1, 0, 0))
    fate = plan.drawn(soon=2, late=1, never=2)
    if fate != "never":
        moment = plan.minute("09:00", "11:00") if fate == "soon" else plan.minute("16:50", "20:00")
        _inspected(plan, place, moment)


def _sale(plan: Plan, people: People, place: str, days: int, *, form: bool) -> None:
    """To somebody with or without a prescription that counts, guided to a fever clinic or not."""
    buyer, moment = people.newcomer(), plan.minute("09:00", "20:00", days)
    by = plan.drawn(hospital=5, centre=1, nobody=1)
    prescribed = {"hospital": "hospital/drill", "centre": "clinic/03", "nobody": None}[by]
    guided = "clinic/00" if plan.drawn(yes=5, no=1) == "yes" else None
    medicine = plan.drawn(antipyretic=4, cough=1)
    sold = {"person": buyer, "place": place, "sold_at": moment, "medicine": medicine}
    more = {"prescribed_by": prescribed, "guided_to": guided}
    said = {name: value for name, value in {**sold, **more}.items() if value is not None}
    giver, via = ("seller", "form") if form else (place.replace("/", "-"), "one")
    plan.tell("medicine_sales", giver, moment, said, via=via)
    if guided and plan.drawn(sent=1, not_sent=2) == "sent" and not form:
        sent = moment + timedelta(minutes=5)
        values = {"person": buyer, "from_place": place, "to_place": guided, "referred_at": sent}
        plan.tell("referrals", place.replace("/", "-"), sent, values)
        fate = plan.drawn(soon=3, late=1, never=1)
        came = sent + timedelta(hours=1 if fate == "soon" else 2 if fate == "late" else 0)
        if fate != "never":
            seen = {
                "person": buyer,
                "place": guided,
                "seen_at": came,
                "kind": "fever_clinic",
                "temperature": 37.6,
            }
            plan.tell("encounters", "clinic-00", came, seen)


def _findings(plan: Plan) -> None:
    """Each with what follows: put right and checked again, or not, in time or not."""
    for number in range(max(6, plan.district.pharmacies)):
        place = plan.district.place("pharmacy", number % plan.district.pharmacies)[0]
        severity = "serious" if number % 2 else "minor"
        days = -1 if number % 4 < 2 else -7
        found = plan.minute("09:00", "16:00", days)
        finding = f"finding-{number}"
        inspection = {"inspection": f"inspection-of-{number}", "place": place, "inspected_at": found}
        plan.tell("inspections", "supervision", found, {**inspection, "by": "office/supervision"})
        what = {"finding": finding, "inspection": f"inspection-of-{number}", "place": place}
        said = {**what, "severity": severity, "found_at": found, "kind": "reporting"}
        plan.tell("findings", "supervision", found, said)
        if number % 5 == 4:
            continue
        mended = plan.minute("09:30", "18:00")
        right = {"finding": finding, "place": place, "rectified_at": mended}
        plan.tell("rectifications", place.replace("/", "-"), mended, right)
        if number % 3 == 0:
            again = at("20:10")
            checked = {"finding": finding, "place": place, "rectified_at": mended, "rechecked_at": again}
            plan.tell("rectifications", "supervision", again, checked)
