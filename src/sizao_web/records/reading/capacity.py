"""What there is against what is coming: rooms, beds, tubes, teams; and who must act when it is short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from sizao.capacity.lasting import first_missing, renewed
from sizao.capacity.outlook import Day, outlook
from sizao.terms.time import local_day, midnight
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Obligation
from sizao_web.records.reading import sites
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.ledger import obligations
from sizao_web.records.reading.proofs import largest_tube, verbs_proved_by
from sizao_web.settings.clock import bare

Row = dict[str, Any]
AHEAD = 7
"""Days that are looked ahead."""
LIVE = ("overdue", "open", "upcoming")
FOR_THE_EPIDEMIC = ("isolation", "intensive_care")
"""Kinds of beds that are kept for the epidemic; ordinary ones give normal care."""


@dataclass(frozen=True)
class Resource:
    """One thing there is so much of, and how long it lasts.

    what: rooms, beds, tubes, teams or stock; of: the office or place that has it; kind: of it, where there
    are several. states: state -> how many. acts: the office that must act when it is short. told_at: when
    somebody last said how much there is, None where it follows from records.
    """

    what: str
    of: str
    kind: str
    free: float
    total: float | None
    days: tuple[Day, ...]
    acts: str | None
    told_at: datetime | None
    states: Mapping[str, int]

    @property
    def key(self) -> str:
        """Its name as an assignment carries it."""
        return "/".join(("capacity", self.what, self.of, *([self.kind] if self.kind else [])))

    @property
    def short(self) -> Day | None:
        """The first evening on which something is missing."""
        return first_missing(self.days)

    @property
    def coming(self) -> float:
        """What is asked for in the days ahead."""
        return sum(day.come for day in self.days)


def in_order(found: Iterable[Resource]) -> list[Resource]:
    """What runs out first stands first; of one day what is missing most; then what has least left."""
    return sorted(
        found,
        key=lambda one: (
            one.short.day if one.short else date.max,
            -(one.short.missing if one.short else 0),
            min((day.free for day in one.days), default=0),
            one.key,
        ),
    )


@dataclass(frozen=True)
class Sites:
    """The quarantine sites of one office. states: state of a room -> how many, the most first; inside: who is
    in a room; coming: the days on which those are due who must come and are not inside.
    """

    office: str
    states: Mapping[str, int]
    inside: tuple[str, ...]
    coming: tuple[date, ...]

    @property
    def free(self) -> int:
        """Rooms for people in quarantine that stand empty and ready."""
        return self.states.get("ready", 0)

    @property
    def total(self) -> int:
        """Rooms for people in quarantine."""
        return sum(rooms for state, rooms in self.states.items() if state != "other_use")

    @property
    def may_run_short(self) -> bool:
        """Whether more people come than rooms are free; else rooms last, whoever leaves when."""
        return len(self.coming) > self.free


def sites_of_offices(scope: Scope, known_by: datetime, zone: str) -> list[Sites]:
    """The rooms of each office that has quarantine sites, and who must come to it."""
    offices = _site_offices(scope, known_by, local_day(bare(known_by), zone))
    full = sites.occupied(scope, known_by, zone, [row["place"] for rows in offices.values() for row in rows])
    expected = _expected(scope, offices)
    found, seen = [], set[str]()
    for office, places in offices.items():
        states, inside = Counter[str](), list[str]()
        for row in places:
            states.update(full[row["place"]].states)
            inside += full[row["place"]].inside
        seen.update(inside)
        waiting = expected.get(office, {})
        coming = tuple(_day(due, zone) for person, due in waiting.items() if person not in seen)
        found.append(Sites(office, dict(states.most_common()), tuple(inside), coming))
    return found


def rooms(scope: Scope, known_by: datetime, zone: str, of: Iterable[Sites]) -> list[Resource]:
    """The rooms of each of these offices, against who must come to it and who leaves."""
    told, today = list(of), local_day(bare(known_by), zone)
    ends = sites.ends_of(scope, [person for one in told for person in one.inside]) if told else {}
    found, yesterday = [], today - timedelta(days=1)
    for one in told:
        last = [sites.last_day(ends.get(person), zone) or yesterday for person in one.inside]
        days = outlook(one.free, last, one.coming, today, AHEAD)
        found.append(
            Resource("rooms", one.office, "", one.free, one.total, days, one.office, None, one.states)
        )
    return found


def state_of(room: Any) -> str:
    """What a room counts as (`sites.state_of`)."""
    return sites.state_of(room.use, room.condition, taken=bool(room.guests))


def beds(scope: Scope, known_by: datetime, zone: str) -> list[Resource]:
    """Beds for the epidemic of each hospital as last counted, against who must be admitted there."""
    today = local_day(bare(known_by), zone)
    found, asked = [], _to_admit(scope, zone)
    told = [row for row in last_beds(scope, known_by) if row["kind"] in FOR_THE_EPIDEMIC]
    areas = _areas_of(scope, known_by, [row["place"] for row in told])
    hospitals, commissions = (
        Offices.of(scope, known_by, task, today) for task in ("county_hospital", "health_commission")
    )
    for row in told:
        free = row["reserved"] - row["occupied"]
        area = areas.get(row["place"])
        hospital = hospitals.nearest(area)
        come = asked.pop(hospital, []) if row["kind"] == FOR_THE_EPIDEMIC[0] and hospital else []
        found.append(
            Resource(
                "beds", row["place"], row["kind"], max(0, free), row["reserved"],
                outlook(free, (), come, today, AHEAD),
                commissions.nearest(area), row["counted_at"],
                {"free": max(0, free), "occupied": row["occupied"],
                 "ordinary": max(0, row["total"] - row["reserved"])},
            )
        )  # fmt: skip
    return found


def laboratories(scope: Scope, known_by: datetime, zone: str) -> list[Resource]:
    """The tubes that laboratories can test in a day, against samples that fall due and tubes that wait."""
    today = local_day(bare(known_by), zone)
    told = last_told(scope, known_by, "laboratory_capacities", ("place",))
    if not told:
        return []
    each_day = sum(row["tubes_a_day"] for row in told)
    asked = samples_due(scope, zone, today)
    asked[0] += waiting_tubes(scope, known_by).count()
    where = set(_areas_of(scope, known_by, [row["place"] for row in told]).values())
    area = where.pop() if len(where) == 1 else scope.area
    acts = Offices.of(scope, known_by, "health_commission", today).nearest(area)
    days = renewed(each_day, asked, today)
    last = max(row["counted_at"] for row in told)
    return [
        Resource("tubes", scope.area, "", each_day, each_day, days, acts, last, {"laboratories": len(told)})
    ]


def teams(scope: Scope, known_by: datetime, zone: str, *, to_disinfect: int) -> list[Resource]:
    """Teams of each kind: how many there are and are free, against whether anything waits for one.

    to_disinfect: rooms that wait to be disinfected.
    """
    today = local_day(bare(known_by), zone)
    kinds: dict[str, list[Row]] = {}
    for row in last_told(scope, known_by, "teams", ("office", "kind")):
        kinds.setdefault(row["kind"], []).append(row)
    found = []
    for kind, told in sorted(kinds.items()):
        total, free = sum(row["teams"] for row in told), sum(row["free"] for row in told)
        waits = to_disinfect if kind == "disinfection" else waiting_for_team(scope, zone, kind)
        left = free if free or not waits else -1
        of = told[0]["office"] if len(told) == 1 else scope.area
        found.append(
            Resource(
                "teams", of, kind, free, total, (Day(today, total, waits, left),), told[0]["office"],
                max(row["counted_at"] for row in told), {"free": free, "at_work": total - free},
            )
        )  # fmt: skip
    return found


def waiting_for_team(scope: Scope, zone: str, kind: str) -> int:
    """What waits for a team of the kind today: people to sample, cases to investigate."""
    if kind == "sampling":
        return _due(scope, zone, "tests", "samplings").values("about").distinct().count()
    return _due(scope, zone, "investigations").count()


def _due(scope: Scope, zone: str, *readings: str) -> QuerySet[Obligation]:
    return obligations(scope).filter(status__in=("overdue", "open"), verb__in=verbs_proved_by(*readings))


def last_told(scope: Scope, known_by: datetime, fact: str, by: tuple[str, ...]) -> list[Row]:
    """Of each place or office (and kind) the last count, in order."""
    last = {
        tuple(row[name] for name in by): row
        for row in plain(effective(scope, fact, known_by).order_by("counted_at", "known_at"))
    }
    return [last[key] for key in sorted(last)]


def last_beds(scope: Scope, known_by: datetime) -> list[Row]:
    """Of each hospital and kind of beds the last count."""
    return last_told(scope, known_by, "beds", ("place", "kind"))


def samples_due(scope: Scope, zone: str, today: date) -> list[int]:
    """Tubes that fall due on each of the days ahead, the late ones today; people share one as the rule lets
    them."""
    share: list[float] = [0.0] * AHEAD
    last = today + timedelta(days=AHEAD)
    rows = obligations(scope).filter(status__in=LIVE, verb__in=verbs_proved_by("tests", "samplings"))
    rows = rows.filter(due_at__lte=midnight(last, zone).replace(tzinfo=UTC))
    groups = rows.order_by().values("rule", "version", "step", "due_at").annotate(people=Count("about"))
    for row in groups:
        day = local_day(bare(row["due_at"]) - timedelta(microseconds=1), zone)
        place = min(max(0, (day - today).days), AHEAD - 1)
        share[place] += row["people"] / (largest_tube(row["rule"], row["version"], row["step"]) or 1)
    return [ceil(one) for one in share]


def waiting_tubes(scope: Scope, known_by: datetime) -> QuerySet[Any]:
    """Tubes without a result, as far as a laboratory may still get them."""
    done = effective(scope, "results", known_by).filter(sample=OuterRef("sample"))
    rows = effective(scope, "samples", known_by).filter(taken_at__gte=known_by - timedelta(days=7))
    return rows.filter(~Exists(done))


@dataclass(frozen=True)
class Offices:
    """The offices with one task, read once: (area covered, office), those that have it today, and all."""

    now: tuple[tuple[str, str], ...]
    ever: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, scope: Scope, known_by: datetime, task: str, today: date) -> Offices:
        """Those of a task."""
        rows = effective(scope, "offices", known_by).filter(task=task, covers__isnull=False)
        read = list(rows.values_list("covers", "office", "from_on", "until_on"))
        return cls(
            tuple(
                (covers, office)
                for covers, office, since, until in read
                if since is not None and since <= today and (until is None or until > today)
            ),
            tuple((covers, office) for covers, office, _, _ in read),
        )

    def nearest(self, area: str | None) -> str | None:
        """The nearest office that covers an area; where nobody covers all of it, the first within."""
        if area is None:
            return None
        around = [one for one in self.now if area == one[0] or area.startswith(f"{one[0]}/")]
        found = sorted(around, key=lambda one: (-len(one[0]), one[1]))
        if not found:
            found = sorted(one for one in self.ever if one[0].startswith(f"{area}/"))
        return found[0][1] if found else None


def _areas_of(scope: Scope, known_by: datetime, places: Iterable[str]) -> dict[str, str]:
    """Place -> where it lies."""
    rows = effective(scope, "places", known_by).filter(place__among=places).order_by("from_on")
    return dict(rows.values_list("place", "located_in"))


def site_places(scope: Scope, known_by: datetime, today: date) -> list[Row]:
    """The quarantine sites of the duty, in order."""
    return [row for places in _site_offices(scope, known_by, today).values() for row in places]


def _site_offices(scope: Scope, known_by: datetime, today: date) -> dict[str, list[Row]]:
    """Office -> its quarantine sites, as far as they are the duty's."""
    lasting = Q(until_on__isnull=True) | Q(until_on__gt=today)
    rows = effective(scope, "places", known_by).filter(lasting, kind="quarantine_site", from_on__lte=today)
    found: dict[str, list[Row]] = {}
    offices = Offices.of(scope, known_by, "site", today)
    for row in plain(rows.order_by("place")):
        if not _within(row["located_in"], scope.area):
            continue
        office = offices.nearest(row["located_in"])
        if scope.seen_area or (office is not None and office == scope.organisation):
            found.setdefault(office or row["place"], []).append(row)
    return found


def _within(area: str, of: str) -> bool:
    return area == of or area.startswith(f"{of}/")


def _expected(scope: Scope, offices: Iterable[str]) -> dict[str, dict[str, datetime]]:
    """Office -> who must be in a room of it, each with the first limit."""
    waiting = obligations(scope).filter(
        responsible__among=offices, restricts=True, place=sites.CENTRAL, about_kind="person", status__in=LIVE
    )
    found: dict[str, dict[str, datetime]] = {}
    for office, person, due in waiting.order_by("-due_at").values_list("responsible", "about", "due_at"):
        found.setdefault(office, {})[person] = due
    return found


def _to_admit(scope: Scope, zone: str) -> dict[str | None, list[date]]:
    """Office -> the days on which somebody must be admitted."""
    rows = obligations(scope).filter(
        about_kind="person", status__in=LIVE, verb__in=verbs_proved_by("admissions")
    )
    found: dict[str | None, list[date]] = {}
    for responsible, done_by, due in rows.values_list("responsible", "done_by", "due_at"):
        found.setdefault(responsible or done_by, []).append(_day(due, zone))
    return found


def _day(due_at: datetime, zone: str) -> date:
    return local_day(bare(due_at) - timedelta(microseconds=1), zone)
