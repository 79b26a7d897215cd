"""Seeded random histories: small worlds in which much goes wrong, and proofs hit windows often.

A history is one small city: a few persons, places, areas of three levels and offices, and 20 to 120 facts in
about 40 days. Ids and areas begin with the history's prefix, so that one run can ask about many histories.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from reference.derive import derive
from reference.facts import text_key
from reference.policies import FAMILY, FIRST_DAY
from sizao.facts.schemas import stored_columns
from sizao.policy.model import Policy

Link = dict[str, Any]
Facts = dict[str, list[Link]]

LENGTH = 40
HOURS = (0, 0, 0, 2, 2.5, 8, 9, 10, 10, 12, 17, 22, 23.5, 24)
DELAYS = (0, 0, 0, 1, 2, 6, 24, 48, 24 * 5, 24 * 12)
TASKS = (
    "command", "cdc", "site", "community", "street", "sampling_team", "county_hospital", "family_doctor",
    "education", "market_regulation", "health_commission", "supervision", "civil_affairs",
)  # fmt: skip
PROOFS = {
    "contacts": ("test", "test", "room", "room", "check", "visit", "ending"),
    "arrivals": ("test", "test", "room", "room", "room", "visit", "check", "ending"),
    "institutions": ("report", "report", "report", "rectification", "inspection", "test", "visit"),
    "cases": ("case_report", "investigation", "visit", "visit", "test", "room", "admission", "ending"),
    "workers": ("test", "test", "check", "check", "room", "visit", "ending"),
    "training": (
        "test",
        "test",
        "test",
        "room",
        "room",
        "check",
        "visit",
        "report",
        "rectification",
        "inspection",
        "case_report",
        "investigation",
        "admission",
        "ending",
    ),
}


@dataclass
class History:
    """One small world while it is drawn."""

    policy: Policy
    name: str
    prefix: str
    random: Random
    facts: Facts = field(default_factory=dict)
    focus: list[tuple[str, date]] = field(default_factory=list)  # (person or place, day) worth proving near

    def __post_init__(self) -> None:
        pick = self.random
        self.first = FIRST_DAY[self.name]
        self.zone = ZoneInfo(self.policy.zone)
        self.persons = [f"{self.prefix}p{n}" for n in range(pick.randint(4, 8))]
        self.places = [f"{self.prefix}h{n}" for n in range(pick.randint(3, 6))]
        counties = [f"{self.prefix}/{letter}" for letter in "ab"]
        self.areas = [self.prefix, *counties, *(f"{c}/{letter}" for c in counties for letter in "xy")]

    # -- chance ---------------------------------------------------------------------------------------

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def one(self, options: Any) -> Any:
        return self.random.choice(options)

    def day(self, earliest: int = 0, latest: int = LENGTH - 8) -> date:
        return self.first + timedelta(self.random.randint(earliest, latest))

    def until(self, begin: date, likely: float = 0.4, longest: int = 20) -> date | None:
        return begin + timedelta(self.random.randint(1, longest)) if self.chance(likely) else None

    def moment(self, day: date) -> datetime:
        """A local hour of the day as a UTC instant; now and then one microsecond off."""
        local = datetime.combine(day, datetime.min.time()) + timedelta(hours=self.one(HOURS))
        instant = local.replace(tzinfo=self.zone).astimezone(UTC).replace(tzinfo=None)
        return instant + timedelta(microseconds=self.one((0, 0, 0, 0, -1, 1)))

    def area(self) -> str:
        return self.one(self.areas)

    def person(self) -> str:
        return self.one(self.persons)

    def place(self) -> str:
        return self.one(self.places)

    # -- links ----------------------------------------------------------------------------------------

    def add(self, fact: str, happened_at: datetime, known: datetime | None = None, **own: Any) -> None:
        """A record, and now and then corrections of it, one of which may come first or alone."""
        links = self.facts.setdefault(fact, [])
        known = known or happened_at + timedelta(hours=self.one(DELAYS))
        record = f"{self.prefix}-{fact}-{len(links)}"
        whole = dict.fromkeys(column.name for column in stored_columns(fact)) | own
        high, low = text_key(f"{fact}\x1f{self.prefix}\x1f{record}")
        whole |= {
            "fact_id": self._fact_id(), "key_hi": high, "key_lo": low, "source_system": self.prefix,
            "source_record": record, "source_version": 1, "action": "record", "happened_at": happened_at,
            "known_at": known, "recorded_at": known, "recorded_by": "invented", "area": self.area(),
            "history": self.chance(0.05), "derived": self.chance(0.05),
        }  # fmt: skip
        chain = [whole]
        if self.chance(0.12):
            chain += self._corrections(whole)
            if self.chance(0.08):
                chain = chain[1:]  # the original never comes
        links += chain

    def _fact_id(self) -> str:
        return f"{self.random.getrandbits(128):032x}"

    def _corrections(self, whole: Link) -> list[Link]:
        match self.one(("retract", "retract", "replace", "replace", "competing", "early", "again")):
            case "retract":
                return [self._link(whole, 2, "retract")]
            case "replace":
                return [self._changed(whole, 2)]
            case "competing":
                return [self._changed(whole, 2), self._changed(whole, 2)]
            case "early":
                return [{**self._changed(whole, 2), "known_at": whole["known_at"] - timedelta(hours=30)}]
            case _:
                return [self._link(whole, 2, "retract"), self._changed(whole, 3)]

    def _link(self, whole: Link, version: int, action: str) -> Link:
        later = whole["known_at"] + timedelta(hours=self.one((0, 5, 24, 72, 24 * 9)))
        return {
            **whole, "fact_id": self._fact_id(), "source_version": version, "action": action,
            "known_at": later, "recorded_at": later, "reason": "invented" if action == "retract" else None,
        }  # fmt: skip

    def _changed(self, whole: Link, version: int) -> Link:
        """The same row with its dates moved, or about somebody else."""
        link = self._link(whole, version, "replace")
        if link.get("person") is not None and self.chance(0.3):
            return link | {"person": self.person()}
        shift = timedelta(self.one((-2, -1, 1, 2)))
        fixed = ("known_at", "recorded_at")
        moved = {k: v + shift for k, v in link.items() if isinstance(v, date) and k not in fixed}
        return link | moved

    def near(self) -> tuple[str, date]:
        """Somebody of whom something is asked, and a day on which it may be proved."""
        subject, day = self.one(self.focus) if self.focus else (self.person(), self.day())
        return subject, day + timedelta(self.one((0, 0, 0, 0, 1, 1, 2, 3, 6, 7, 9, 13)))


# -- where and who ------------------------------------------------------------------------------------


def _setting(h: History) -> None:
    long_ago = h.moment(h.first - timedelta(60))
    for area in h.areas:
        level = ("city", "county", h.one(("street", "community")))[area.count("/")]
        if h.chance(0.95):
            h.add("areas", long_ago, long_ago, path=area, label_zh="虚构", label_en="invented", level=level)
    for n, task in enumerate(TASKS):
        for twin in range(h.one((1, 1, 2, 3))):
            begin = h.first - timedelta(50) if h.chance(0.9) else h.day()
            h.add(
                "offices",
                long_ago,
                long_ago,
                office=f"{h.prefix}o{n}{twin}",
                task=task,
                covers=h.area(),
                from_on=begin,
                until_on=h.until(begin, 0.1, 90),
            )
    for place in h.places:
        for _ in range(h.one((1, 1, 2))):
            begin = h.first - timedelta(h.random.randint(0, 40))
            kind, level = (
                h.one(("hospital", "pharmacy", "school", "care_home")),
                h.one((None, "level_1", "level_3")),
            )
            h.add(
                "places",
                long_ago,
                long_ago,
                place=place,
                kind=kind,
                level=level,
                located_in=h.area(),
                from_on=begin,
                until_on=h.until(begin, 0.1, 70),
            )
    for person in h.persons:
        for _ in range(h.one((0, 1, 1, 2))):
            begin = h.first + timedelta(h.random.randint(-20, 25))
            home = f"{h.prefix}f{h.one('12')}" if h.chance(0.6) else None
            h.add(
                "residences",
                h.moment(begin),
                person=person,
                located_in=h.area(),
                household=home,
                from_on=begin,
                until_on=h.until(begin),
            )
            h.focus.append((person, begin))
        for _ in range(h.one((0, 1, 2, 3))):
            begin = h.first + timedelta(h.random.randint(-12, 25))
            h.add(
                "stays",
                h.moment(begin),
                person=person,
                located_in=h.area(),
                place=h.places[0] if begin.day % 3 == 0 else None,
                from_on=begin,
                until_on=h.until(begin, 0.8, 10),
            )
    _merges(h)
    for _ in range(h.random.randint(1, 5)):
        begin = h.first + timedelta(h.random.randint(-20, 20))
        kind = h.one(("child", "older", "disabled", "none"))
        h.add(
            "dependants",
            h.moment(begin),
            person=h.person(),
            dependant=h.person(),
            kind=kind,
            from_on=begin,
            until_on=h.until(begin),
        )


def _merges(h: History) -> None:
    for _ in range(h.one((0, 0, 1, 1, 2, 4))):
        h.add("merges", h.moment(h.day(0, 20)), person=h.person(), same_as=h.person())


def _grades(h: History) -> None:
    if h.chance(0.6):
        begin = h.first - timedelta(40)
        h.add(
            "area_grades",
            h.moment(begin),
            graded=h.prefix,
            grade="low",
            from_on=begin,
            counts_upward=False,
            announced_by=f"{h.prefix}o00",
        )
    for _ in range(h.random.randint(4, 9)):
        begin = h.first + timedelta(h.random.randint(-20, 30))
        announced = h.moment(begin + timedelta(h.one((-1, 0, 0, 0, 1, 3, 6))))
        grade, upward = h.one(("low", "medium", "medium", "high")), h.chance(0.4)
        h.add(
            "area_grades",
            announced,
            graded=h.area(),
            grade=grade,
            from_on=begin,
            until_on=h.until(begin, 0.6, 25),
            counts_upward=upward,
            announced_by=f"{h.prefix}o00",
        )


# -- triggers -----------------------------------------------------------------------------------------


def _designations(h: History, most: int = 5) -> None:
    for _ in range(h.random.randint(2, most)):
        day, person = h.day(-3), h.person()
        exposed = day - timedelta(h.one((0, 1, 2, 5)))
        case, of = f"{h.prefix}c{h.one('12')}", h.person()
        h.add(
            "designations",
            h.moment(day),
            person=person,
            case=case,
            case_person=of,
            **{"class": h.one(("close", "close", "secondary", "general"))},
            last_exposed_on=exposed,
            designated_on=day,
        )
        h.focus.append((person, day))


def _contacts(h: History) -> None:
    _designations(h)
    for _ in range(h.random.randint(1, 4)):
        day, person, of = h.day(), h.person(), h.person()
        kind = h.one(("household", "care", "work"))
        h.add(
            "exposures",
            h.moment(day),
            person=person,
            case=f"{h.prefix}c1",
            case_person=of,
            kind=kind,
            first_on=day,
            last_on=day,
        )
        h.focus += [(person, day), (of, day)]


def _arrivals(h: History) -> None:
    for _ in range(h.random.randint(3, 7)):
        day, person = h.day(-4), h.person()
        origin = h.area() if h.chance(0.8) else None
        conveyance = h.one(("plane", "train", None))
        h.add(
            "arrivals",
            h.moment(day),
            person=person,
            arrived_on=day,
            origin=origin,
            conveyance=conveyance,
            declared="declared",
        )
        h.focus.append((person, day))


def _institutions(h: History) -> None:
    enrolled = []
    for _ in range(h.random.randint(2, 4)):
        day, place = h.first + timedelta(h.random.randint(-25, 20)), h.place()
        duty = h.one(("daily_report", "daily_report", "pharmacy_report", "fever_clinic_report"))
        operating = h.one(("every_day", "weekdays", "monday_to_saturday"))
        h.add(
            "enrolments",
            h.moment(day),
            place=place,
            duty=duty,
            operating=operating,
            from_on=day,
            until_on=h.until(day, 0.5, 40),
        )
        h.focus += [(place, max(day, h.first) + timedelta(n)) for n in (0, 5, 10, 15)]
        enrolled.append(place)
    for _ in range(h.random.randint(1, 4)):
        day, place = h.day(-5, 20), h.one(enrolled)
        h.add(
            "closures",
            h.moment(day - timedelta(2)),
            place=place,
            from_on=day,
            until_on=day + timedelta(h.one((1, 2, 5, 9))),
            ground="holiday",
        )
    for n in range(h.random.randint(1, 4)):
        day, place = h.day(), h.place()
        severity, found = h.one(("minor", "serious")), h.moment(day)
        h.add(
            "findings",
            found,
            finding=f"{h.prefix}g{n}",
            inspection=f"{h.prefix}i",
            place=place,
            severity=severity,
            found_at=found,
        )
        h.focus.append((place, day))
    for _ in range(h.random.randint(1, 4)):
        day, person = h.day(), h.person()
        sold = h.moment(day)
        h.add("medicine_sales", sold, person=person, place=h.place(), sold_at=sold, medicine="antipyretic")
        h.focus.append((person, day))


def _classification(h: History, person: str, day: date) -> None:
    onset = day - timedelta(h.one((1, 3, 6)))
    latest = onset + timedelta(h.one((1, 1, 5)))
    dates = {"onset_earliest": onset, "onset_latest": latest} if h.chance(0.75) else {}
    h.add(
        "classifications",
        h.moment(day),
        person=person,
        case=f"{h.prefix}c{h.one('12')}",
        **{"class": h.one(("suspected", "confirmed", "confirmed", "excluded"))},
        classified_on=day,
        **dates,
    )


def _cases(h: History) -> None:
    for _ in range(h.random.randint(2, 5)):
        day, person = h.day(-5), h.person()
        _classification(h, person, day)
        h.focus.append((person, day))
    for _ in range(h.random.randint(1, 3)):
        day, person = h.day(-8, 25), h.person()
        left = h.moment(day)
        outcome = h.one(("recovered", "recovered", "other"))
        h.add("discharges", left, person=person, place=h.place(), discharged_at=left, outcome=outcome)
        h.focus += [(person, day + timedelta(n)) for n in (0, 4, 9)]
    _designations(h, most=3)
    _occupations(h)
    if h.chance(0.5):  # somebody who was discharged falls ill again, and may be in hospital again by then
        person, day = h.focus[-1][0], h.day(0, 20)
        left = h.moment(day)
        h.add("discharges", left, person=person, place=h.place(), discharged_at=left, outcome="recovered")
        if h.chance(0.4):
            came = h.moment(day + timedelta(h.one((0, 1, 3))))
            h.add(
                "admissions", came, person=person, place=h.place(), admitted_at=came, admitted_for="isolation"
            )
        _classification(h, person, day + timedelta(h.one((0, 1, 4))))


def _occupations(h: History) -> None:
    for _ in range(h.random.randint(2, 5)):
        day, person = h.first + timedelta(h.random.randint(-15, 25)), h.person()
        occupation = h.one(("cold_chain", "port_worker", "medical", "teacher"))
        h.add(
            "occupations",
            h.moment(day),
            person=person,
            occupation=occupation,
            from_on=day,
            until_on=h.until(day, 0.4, 30),
        )
        h.focus += [(person, max(day, h.first) + timedelta(n)) for n in (0, 7)]


def _training(h: History) -> None:
    """Something for every rule of the training pack."""
    for draw in (_contacts, _arrivals, _institutions, _cases):
        draw(h)
    for n in range(h.random.randint(1, 3)):
        day, person = h.day(), h.person()
        seen = h.moment(day)
        kind = h.one(("triage", "fever_clinic", "outpatient"))
        h.add("encounters", seen, person=person, place=h.place(), seen_at=seen, kind=kind, temperature=38.0)
        place = h.one(("home", "central"))
        h.add(
            "orders", seen, order=f"{h.prefix}r{n}", person=person, place=place, ground_rule="invented",
            from_on=day, until_on=day + timedelta(14), appeal_to=f"{h.prefix}o00",
        )  # fmt: skip


TRIGGERS: Mapping[str, Callable[[History], None]] = {
    "contacts": _contacts,
    "arrivals": _arrivals,
    "institutions": _institutions,
    "cases": _cases,
    "workers": _occupations,
    "training": _training,
}


# -- proofs and endings -------------------------------------------------------------------------------


def _proof(h: History, kind: str) -> None:
    subject, day = h.near()
    at = h.moment(day)
    person = subject if subject in h.persons else h.person()
    place = subject if subject in h.places else h.place()
    match kind:
        case "test":
            _sample(h, person, at)
        case "room":
            until = at + timedelta(hours=h.one((6, 30, 96, 200, 330))) if h.chance(0.7) else None
            room = h.one(("monitoring", "home", "home", "central", "central", "hospital"))
            h.add("room_stays", at, person=person, place=place, kind=room, from_at=at, until_at=until)
            if until is not None and h.chance(0.4):
                again = until + timedelta(hours=h.one((-1, 0, 1, 6, 12, 12.5, 30)))
                h.add("room_stays", again, person=person, place=place, kind=room, from_at=again)
        case "check":
            h.add("health_checks", at, person=person, checked_at=at, temperature=36.5, symptoms=h.chance(0.2))
        case "visit":
            found = h.one((None, "well", "needs_help"))
            h.add("visits", at, person=person, visited_at=at, purpose="welfare", findings=found)
        case "report":
            duty = h.one(("daily_report", "daily_report", "pharmacy_report"))
            h.add("institution_reports", at, place=place, duty=duty, reported_at=at, for_on=day, absent=0)
        case "rectification":
            of = h.one((0, 0, 1, 2))
            h.add("rectifications", at, finding=f"{h.prefix}g{of}", place=place, rectified_at=at)
        case "inspection":
            h.add(
                "inspections",
                at,
                inspection=f"{h.prefix}i",
                place=place,
                inspected_at=at,
                by=f"{h.prefix}o00",
            )
        case "case_report":
            h.add(
                "case_reports", at, case=f"{h.prefix}c1", person=person, reported_at=at, channel="telephone"
            )
        case "investigation":
            kind = h.one(("full", "full", "preliminary"))
            h.add("investigations", at, case=f"{h.prefix}c1", person=person, kind=kind, finished_at=at)
        case "admission":
            h.add("admissions", at, person=person, place=place, admitted_at=at, admitted_for="isolation")
        case "ending":
            _ending(h, person, day, at)


def _ending(h: History, person: str, day: date, at: datetime) -> None:
    match h.one(("death", "release", "release", "class", "class")):
        case "death":
            h.add("deaths", at, person=person, died_on=day)
        case "release":
            h.add("releases", at, person=person, released_at=at)
        case _:
            _classification(h, person, day)


def _sample(h: History, person: str, at: datetime) -> None:
    sample = f"{h.prefix}s{len(h.facts.get('samples', []))}"
    members = {person, *(h.person() for _ in range(h.one((0, 0, 1, 3, 7))))}
    h.add("samples", at, sample=sample, taken_at=at, kind="single" if len(members) == 1 else "pool")
    for member in sorted(members):
        h.add("sample_members", at, sample=sample, person=member)
    for _ in range(h.one((0, 1, 1, 1, 1, 1, 2))):
        done = at + timedelta(hours=h.one((3, 12, 30)))
        result = h.one(("negative", "negative", "negative", "positive", "doubtful"))
        h.add("results", done, sample=sample, result=result, resulted_at=done)


# -- waivers ------------------------------------------------------------------------------------------


def _waivers(h: History, as_of: datetime, known_by: datetime) -> None:
    """By rule and about, or by the id of a row that the reference finds; some of them not valid."""
    rows = derive(h.policy, h.facts, as_of=as_of, known_by=known_by)["obligations"]
    wanting = [row for row in rows if row["status"] in ("open", "overdue", "missed")]
    for row in h.random.sample(wanting, k=min(len(wanting), h.one((0, 1, 1, 2)))):
        named = h.one(("row", "about"))
        begin = min(row["due_at"], as_of) - timedelta(hours=h.one((0, 0, 1, 30)))
        end = max(row["due_at"], as_of) + timedelta(hours=h.one((0, 1, 50)))
        wrong = h.one(("", "", "", "same person", "same office", "ground", "nobody"))
        h.add(
            "waivers", begin, min(begin, known_by),
            obligation=row["obligation_id"] if named == "row" else None,
            rule=None if named == "row" else row["rule"],
            about=None if named == "row" else row["about"],
            from_at=begin, until_at=end, ground="holiday" if wrong == "ground" else "pregnant",
            decided_by="q1", decided_office=f"{h.prefix}o00",
            approved_by={"same person": "q1", "nobody": None}.get(wrong, "q2"),
            approved_office=f"{h.prefix}o{'00' if wrong == 'same office' else '10'}",
        )  # fmt: skip


# -- whole histories ----------------------------------------------------------------------------------


def history(policy: Policy, name: str, prefix: str, seed: int, as_of: datetime, known_by: datetime) -> Facts:
    """The facts of one small world, in no order."""
    h = History(policy, name, prefix, Random(seed))
    _setting(h)
    if name == "arrivals" or h.chance(0.3):
        _grades(h)
    TRIGGERS[name](h)
    wanted = h.random.randint(4, 50)
    for _ in range(wanted):
        _proof(h, h.one(PROOFS[name]))
    _waivers(h, as_of, known_by)
    for links in h.facts.values():
        h.random.shuffle(links)
    return h.facts


@dataclass(frozen=True)
class Batch:
    """Several small worlds under one policy, asked about at one moment."""

    name: str
    policy: Policy
    as_of: datetime
    known_by: datetime
    worlds: Mapping[str, Facts]
    shared: Facts

    def world(self, prefix: str) -> Facts:
        """The facts of one world, with what all worlds share: adoptions, waivers of a whole rule."""
        return _under_each_other([self.worlds[prefix], self.shared])

    def together(self) -> Facts:
        """The facts of all worlds."""
        return _under_each_other([*self.worlds.values(), self.shared])


def _under_each_other(parts: Iterable[Facts]) -> Facts:
    whole: Facts = {}
    for facts in parts:
        for fact, links in facts.items():
            whole.setdefault(fact, []).extend(links)
    return whole


def batch(name: str, seed: int, worlds: int) -> Batch:
    """The same batch for the same arguments, everywhere."""
    pick = Random(f"{name} {seed}")
    first = FIRST_DAY[name]
    policy = FAMILY[name](first)
    zone = ZoneInfo(policy.zone)
    day = first + timedelta(pick.randint(8, LENGTH - 6))
    local = datetime.combine(day, datetime.min.time()) + timedelta(hours=pick.choice(HOURS))
    as_of = local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    known_by = as_of + timedelta(hours=pick.choice((0, 0, 0, 0, -30, 60)))
    shared = _under_each_other([_shared(policy, name, pick), _not_counting(policy, name, seed)])
    prefixes = [f"w{n:02d}" for n in range(worlds)]
    found = {p: history(policy, name, p, pick.getrandbits(60), as_of, known_by) for p in prefixes}
    return Batch(name, policy, as_of, known_by, found, shared)


def _not_counting(policy: Policy, name: str, seed: int) -> Facts:
    """Adoptions that adopt nothing: by one person, or of a text that the pack has not."""
    h = History(policy, name, "refused", Random(f"{name} {seed} refused"))
    for version in policy.versions():
        if h.chance(0.15):
            known = h.moment(h.first + timedelta(h.one((-30, 0, 15))))
            alone = h.chance(0.5)
            h.add(
                "adoptions", known, known, pack=policy.pack, rule=version.rule,
                version=version.digest if alone else "0" * 12,
                adopted_by="q1", approved_by="q1" if alone else "q2",
            )  # fmt: skip
    return h.facts


def _shared(policy: Policy, name: str, pick: Random) -> Facts:
    """Adoptions (later texts are often adopted late, some withdrawn) and waivers of a whole rule."""
    h = History(policy, name, "shared", pick)
    ahead = Random(f"{name} {policy.digest} ahead")
    if h.chance(0.4):
        for version in policy.versions():
            days = -30 if version.number == 1 and h.chance(0.9) else h.one((-30, 0, 15, 30, 60))
            known = h.moment(h.first + timedelta(days))
            if h.chance(0.95):
                effect = known + timedelta(days=ahead.choice((0, 0, 0, 10)))
                h.add(
                    "adoptions", effect, known, pack=policy.pack, rule=version.rule, version=version.digest,
                    adopted_by="q1", approved_by="q2",
                )  # fmt: skip
    for rule in policy.rules:
        begin = h.moment(h.day())
        if h.chance(0.15):
            h.add(
                "waivers", begin, rule=rule, from_at=begin, until_at=begin + timedelta(h.one((1, 3, 20))),
                ground="seafarer", decided_by="q1", decided_office="o1", approved_by="q2",
                approved_office="o2",
            )  # fmt: skip
    return h.facts
