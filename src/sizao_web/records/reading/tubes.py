"""Tubes: of whom a sample is due, where those people are, and what became of each tube."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from sizao.indicators.coverage import SAMPLINGS, proved_by
from sizao.terms.time import local_day
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import choices
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.ledger import obligations
from sizao_web.records.reading.pack import number_on, policy_in_use
from sizao_web.records.reading.proofs import largest_tube, verbs_proved_by
from sizao_web.settings.clock import bare

Row = dict[str, Any]
FIELDS = (
    "obligation_id", "rule", "version", "step", "verb", "about", "place", "status", "opens_at", "due_at",
    "closes_at", "household", "responsible", "area", "trigger_fact",
)  # fmt: skip
ALONE, MIXED = "pool.single", "pool.mixed"
"""Parameters of a pack: people in a tube that is of one person, and in the largest that proves a test."""
TURNAROUND = "turnaround."
"""Followed by the kind of a sample: hours from sampling to the result, as the pack states them."""
OF_A_POOL = "sample_members"
"""What a rule begins with that demands each member of a tube again."""


@dataclass(frozen=True)
class Tube:
    """One tube. people: those of it whom the scope sees; result: what counts, None while awaited."""

    sample: str
    taken_at: datetime
    kind: str
    place: str | None
    laboratory: str | None
    record: str
    recorded_by: str
    people: tuple[str, ...] = ()
    result: str | None = None
    resulted_at: datetime | None = None

    @property
    def form(self) -> str:
        """The number of the form that recorded it; other text where it came by another way."""
        return self.record.split("/", 1)[0]


def fullest(day: date) -> int:
    """How many people a tube may hold, as the pack states it on a day; one where it speaks of no pools."""
    stated = number_on(MIXED, day) or number_on(ALONE, day)
    return int(stated) if stated else 1


def result_due(taken_at: datetime, kind: str, day: date) -> datetime | None:
    """Until when a tube of this kind taken then must have its result; None where the pack states no time."""
    hours = number_on(f"{TURNAROUND}{kind}", day)
    return None if hours is None else taken_at + timedelta(hours=hours)


def due(scope: Scope) -> list[Row]:
    """Open and overdue rows that the office must prove by a sample, in order of the limit.

    `alone`: how many may be in the tube that proves the row.
    """
    steps = set(proved_by(policy_in_use(), SAMPLINGS))
    mine = Q(responsible=scope.organisation) | Q(responsible__isnull=True, done_by=scope.organisation)
    found = obligations(scope).filter(
        mine, about_kind="person", status__in=("overdue", "open"),
        verb__in=verbs_proved_by("tests", "samplings"),
    )  # fmt: skip
    rows = found.order_by("due_at", "obligation_id").values(*FIELDS)
    return [
        {**row, "largest": largest_tube(row["rule"], row["version"], row["step"])}
        for row in rows
        if (row["rule"], row["step"]) in steps
    ]


def sites_of(scope: Scope, known_by: datetime, persons: Collection[str]) -> dict[str, str]:
    """Person -> the place at which they stay now, such as a quarantine site; nobody who is at home."""
    rows = effective(scope, "stays", known_by).filter(
        person__among=persons, until_on__isnull=True, place__isnull=False
    )
    return dict(rows.values_list("person", "place"))


def places_among(scope: Scope, known_by: datetime, names: Iterable[str]) -> set[str]:
    """Which of these are places on record."""
    return choices.on_record(scope, "place", names, known_by)


def households_on(scope: Scope, known_by: datetime, persons: Iterable[str], day: date) -> dict[str, str]:
    """Person -> the household to which they belong on a day."""
    rows = effective(scope, "households", known_by).filter(person__among=persons, from_on__lte=day)
    lasting = rows.filter(Q(until_on__isnull=True) | Q(until_on__gt=day))
    return dict(lasting.values_list("person", "household"))


def laboratories(scope: Scope, known_by: datetime, day: date) -> list[str]:
    """Laboratories to which a tube can go, the one last used first; then those in the area, in order; where
    it has none, those in the nearest wider area that has one."""
    rows = effective(scope, "places", known_by).filter(kind="laboratory", from_on__lte=day)
    rows = rows.filter(Q(until_on__isnull=True) | Q(until_on__gt=day))
    parts, here = scope.area.split("/"), list[str]()
    while parts and not here:
        area = "/".join(parts)
        inside = Q(located_in=area) | Q(located_in__gte=f"{area}/", located_in__lt=f"{area}0")
        here = list(rows.filter(inside).order_by("place").values_list("place", flat=True))
        parts.pop()
    used = effective(scope, "samples", known_by).filter(
        recorded_by=scope.account, laboratory__isnull=False, source_system="sizao"
    )
    last = used.order_by("-taken_at").values_list("laboratory", flat=True).first()
    return list(dict.fromkeys([*([last] if last else []), *here]))


def taken_since(scope: Scope, known_by: datetime, since: datetime) -> list[Tube]:
    """Every tube that the scope sees taken since a moment, the last first."""
    return _tubes(scope, known_by, _samples(scope, known_by).filter(taken_at__gte=since))


@dataclass(frozen=True)
class Awaited:
    """Every tube without a result that the scope sees, of those taken since a moment, the last first."""

    since: datetime
    tubes: tuple[Tube, ...]


def awaited_since(scope: Scope, known_by: datetime, since: datetime) -> Awaited:
    """The tubes taken since a moment whose result is awaited."""
    rows = _samples(scope, known_by).filter(taken_at__gte=since)
    return Awaited(since, tuple(_tubes(scope, known_by, rows, only=lambda result: result is None)))


def found_since(scope: Scope, known_by: datetime, since: datetime, result: str) -> list[Tube]:
    """Of the tubes taken since a moment those with this result, the last first."""
    rows = _samples(scope, known_by).filter(taken_at__gte=since)
    return _tubes(scope, known_by, rows, only=lambda found: found == result)


def of_people(scope: Scope, known_by: datetime, persons: Collection[str]) -> dict[str, list[Tube]]:
    """Person -> their tubes, the last first."""
    return _tubes_of(scope, known_by, persons, whole=persons)


def awaited_of(
    scope: Scope,
    known_by: datetime,
    opened: Mapping[str, datetime],
    *,
    awaited: Awaited,
    whole: Collection[str],
) -> dict[str, list[Tube]]:
    """Person -> their tubes without a result, the last first.

    opened: person -> since when a tube can prove what is due; earlier ones may be missing. Of most people
    that is so lately that the tube is among those awaited, and what was ever taken of them is not read.
    whole: those of them whose tubes are all wanted.
    """
    earlier = {person for person, at in opened.items() if at < awaited.since} | set(whole)
    found = _tubes_of(scope, known_by, earlier, whole=whole)
    for tube in awaited.tubes:
        for person in tube.people:
            if person in opened and person not in earlier:
                found.setdefault(person, []).append(tube)
    return found


def _tubes_of(
    scope: Scope, known_by: datetime, persons: Collection[str], *, whole: Collection[str]
) -> dict[str, list[Tube]]:
    """Person -> their tubes without a result, the last first; of those in whole all tubes."""
    if not persons:
        return {}
    members = effective(scope, "sample_members", known_by).filter(person__among=persons)
    pairs = list(members.values_list("sample", "person"))
    asked, all_of = frozenset(persons), frozenset(whole)
    wanted = {sample for sample, person in pairs if person in all_of}
    if rest := {sample for sample, _ in pairs} - wanted:
        results = effective(scope, "results", known_by).filter(sample__among=rest, result__isnull=False)
        wanted |= rest.difference(results.values_list("sample", flat=True))
    found: dict[str, list[Tube]] = {}
    for tube in _tubes(scope, known_by, _samples(scope, known_by).filter(sample__among=wanted)):
        for person in tube.people:
            if person in asked:
                found.setdefault(person, []).append(tube)
    return found


def of_number(scope: Scope, known_by: datetime, sample: str) -> Tube | None:
    """The tube of that number, when the scope sees one."""
    found = _tubes(scope, known_by, _samples(scope, known_by).filter(sample=sample))
    return found[0] if found else None


def result_of(scope: Scope, known_by: datetime, sample: str) -> Row | None:
    """The row of the result that counts for the tube of that number; None while it is awaited."""
    rows = effective(scope, "results", known_by).filter(sample=sample)
    return next(iter(plain(rows.order_by("-resulted_at", "-known_at", "-fact_id")[:1])), None)


def waits(row: Mapping[str, Any], tubes: Iterable[Tube]) -> Tube | None:
    """The tube whose result may prove the row: taken since it opened, small enough, no result yet."""
    for tube in tubes:
        small = row["largest"] is None or len(tube.people) <= row["largest"]
        if tube.result is None and small and tube.taken_at >= row["opens_at"]:
            return tube
    return None


_OF_SAMPLE = ("sample", "taken_at", "kind", "place", "laboratory", "source_record", "recorded_by")
_OF_RESULT = ("sample", "result", "resulted_at")
"""What is read of samples and of results: a team has thousands."""


def _samples(scope: Scope, known_by: datetime) -> QuerySet[Any]:
    return effective(scope, "samples", known_by)


def _tubes(
    scope: Scope, known_by: datetime, samples: QuerySet[Any], only: Callable[[str | None], bool] | None = None
) -> list[Tube]:
    """Tubes with people and result, the last first. only: whether it is wanted, by its result."""
    rows = list(samples.order_by("-taken_at", "sample").values(*_OF_SAMPLE))
    numbers = [row["sample"] for row in rows]
    results = {
        row["sample"]: row
        for row in effective(scope, "results", known_by)
        .filter(sample__among=numbers)
        .order_by("resulted_at", "known_at", "fact_id")
        .values(*_OF_RESULT)
    }
    if only is not None:
        numbers = [one for one in numbers if only(results.get(one, {}).get("result"))]
    people: dict[str, set[str]] = {}
    for sample, person in (
        effective(scope, "sample_members", known_by)
        .filter(sample__among=numbers)
        .values_list("sample", "person")
    ):
        people.setdefault(sample, set()).add(person)
    wanted = set(numbers)
    return [
        _tube(row, people.get(row["sample"], set()), results.get(row["sample"], {}))
        for row in rows
        if row["sample"] in wanted
    ]


def _tube(row: Row, people: Iterable[str], result: Row) -> Tube:
    return Tube(
        sample=row["sample"],
        taken_at=row["taken_at"],
        kind=row["kind"],
        place=row["place"],
        laboratory=row["laboratory"],
        record=row["source_record"],
        recorded_by=row["recorded_by"],
        people=tuple(sorted(people)),
        result=result.get("result"),
        resulted_at=result.get("resulted_at"),
    )


def day_of(moment: datetime, zone: str) -> date:
    """The civil day of a moment."""
    return local_day(bare(moment), zone)
