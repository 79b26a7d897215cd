"""The figures of the command overview, for the area that is looked at. Each is the count of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Min, OuterRef, Q
from django.db.models.functions import Coalesce, TruncDate

from sizao.terms.areas import is_within
from sizao_web.records.access.rules import AskedOfEachRow
from sizao_web.records.models import PersonAccess
from sizao_web.records.reading.answers import Answer
from sizao_web.records.reading.cases import Early, earlies
from sizao_web.records.reading.condition import ledger as condition_of_ledger
from sizao_web.records.reading.measures import MEASURES, Clock, condition

CURVE_DAYS = 56
ZERO = "reports_zero"  # needs the reports themselves, which not every role reads


def within(area: str, column: str = "area") -> Q:
    """The area and everything below it."""
    # "0" follows "/" in the order of bytes: between the two lies every path below.
    return Q(**{column: area}) | Q(**{f"{column}__gte": f"{area}/", f"{column}__lt": f"{area}0"})


def lives_in(area: str) -> Q:
    """Rows of a person who belongs to the area."""
    return Q(AskedOfEachRow(PersonAccess.objects.filter(within(area), person=OuterRef("person"))))


@dataclass(frozen=True)
class Duty:
    """What must be done by the limit, of one verb. closing: rows that end by then and are then missed."""

    verb: str
    rows: int
    overdue: int
    not_in_place: int
    earliest_due: datetime
    closing: int
    first_close: datetime | None
    offices: tuple[tuple[str | None, int], ...]  # with their rows, the most first


@dataclass(frozen=True)
class Office:
    """What is overdue at one office."""

    office: str | None
    overdue: int
    to_do: int
    earliest_due: datetime


@dataclass(frozen=True)
class Tile:
    """One area with everything below it."""

    area: str
    to_do: int
    overdue: int

    @property
    def share(self) -> float | None:
        """Overdue of what is to be done."""
        return self.overdue / self.to_do if self.to_do else None


@dataclass(frozen=True)
class Day:
    """Cases confirmed on one day, by origin."""

    day: date
    origins: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.origins.values())


@dataclass(frozen=True)
class Overview:
    """Everything that the page shows, as counts."""

    clock: Clock
    area: str
    counts: Mapping[str, int]  # by measure; what the role may not read is not in it
    own: int  # due by the limit at the reader's own office
    unknown: int
    too_late: int
    restricted: int
    released_today: int
    confirmed: int
    duties: tuple[Duty, ...]
    offices: tuple[Office, ...]
    areas: Mapping[str, Tile]
    earlies: tuple[Early, ...]
    curve: tuple[Day, ...]


def clock_of(answer: Answer) -> Clock:
    """The days and limits around the moment of an answer."""
    return Clock(answer.scope, answer.as_of, answer.known_by)


def overview(answer: Answer, area: str) -> Overview:
    """The figures of an area."""
    clock, here = clock_of(answer), within(area)
    restricted = standing_in(answer, area).aggregate(
        now=Count("pk"), ends_today=Count("pk", filter=released(clock))
    )
    found = to_do(answer, here)
    sees_cases = answer.scope.may_read("classifications")
    return Overview(
        clock=clock,
        area=area,
        counts=counts(answer, clock, here),
        own=own(answer, clock).count(),
        unknown=answer.unknown().filter(here).count(),
        too_late=answer.too_late().filter(here).count(),
        restricted=restricted["now"],
        released_today=restricted["ends_today"],
        confirmed=answer.cases().filter(here).count() if sees_cases else 0,
        duties=duties(answer, clock, here),
        offices=offices(found),
        areas=areas(found, area),
        earlies=tuple(earlies(answer, clock, here)) if sees_cases else (),
        curve=curve(answer, clock, here) if sees_cases else (),
    )


def standing_in(answer: Answer, area: str) -> Any:
    """What binds each person who belongs to the area."""
    seen = answer.scope.seen_area
    if seen and is_within(area, seen):
        # Who belongs to a part of the seen area is seen for that alone: asked once of each row, not twice.
        return answer.of_area(area).standing()
    return answer.standing().filter(lives_in(area))


def counts(answer: Answer, clock: Clock, here: Q) -> dict[str, int]:
    """Every measure, in one look at the obligations."""
    wanted = [name for name in MEASURES if name != ZERO or answer.scope.may_read("institution_reports")]
    # Prefixed: a measure may be called as a column is, and a condition would then read the count.
    counted = {f"n_{name}": Count("pk", filter=condition(name, clock)) for name in wanted}
    found = answer.obligations().filter(here, countable(clock)).aggregate(**counted)
    return {name: found[f"n_{name}"] for name in wanted}


def countable(clock: Clock) -> Q:
    """What any measure may count: all others are ahead or over, and are most of all rows."""
    ahead = Q(status__in=("overdue", "open")) | Q(status="upcoming", owned=False)
    lately = Q(due_at__gte=clock.window_from, due_at__lte=clock.as_of)
    binding = Q(restricts=True) & (Q(closes_at__gt=clock.as_of) | Q(opens_at__gte=clock.today_from))
    return ahead | lately | binding


def own(answer: Answer, clock: Clock) -> Any:
    """What the reader's own office must do by the limit."""
    office = answer.scope.organisation
    rows = answer.obligations().filter(condition("before_limit", clock))
    if not office:
        return rows.none()
    # As `responsible`, or where nobody is `done_by`; said so that an index is found for it.
    return rows.filter(Q(responsible=office) | Q(responsible__isnull=True, done_by=office))


def released(clock: Clock) -> Q:
    """Whose restriction ends today."""
    return Q(until__gt=clock.as_of, until__lte=clock.today_until)


BEHIND = timedelta(minutes=5)


def behind(answer: Answer, moment: datetime) -> bool:
    """Whether a status that time alone changes was not brought up, or a job of the ledger waits long."""
    overdue = answer.obligations().filter(next_change_at__lt=moment - BEHIND).exists()
    waits = condition_of_ledger(moment).oldest_job
    return overdue or (waits is not None and waits > BEHIND.total_seconds())


def duties(answer: Answer, clock: Clock, here: Q) -> tuple[Duty, ...]:
    """What must be done by the limit, verb by verb, the most pressing first.

    Order: verbs of which somebody must be in place and is not, then those of which rows are lost for good by
    the limit, then those overdue, then the earlier due.
    """
    rows = (
        answer.obligations()
        .filter(here, condition("before_limit", clock))
        .annotate(office=Coalesce("responsible", "done_by"))
        .order_by()
        .values("verb", "office")
        .annotate(
            count=Count("pk"),
            late=Count("pk", filter=Q(status="overdue")),
            away=Count("pk", filter=condition("not_in_place", clock)),
            lost=Count("pk", filter=condition("lost_by_limit", clock)),
            first_due=Min("due_at"),
            first_close=Min("closes_at", filter=Q(closes_at__gt=clock.as_of)),
        )
    )
    by_verb: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_verb.setdefault(row["verb"], []).append(row)
    return tuple(sorted((_duty(verb, parts) for verb, parts in by_verb.items()), key=_pressing))


def _duty(verb: str, parts: list[dict[str, Any]]) -> Duty:
    closes = [part["first_close"] for part in parts if part["first_close"] is not None]
    return Duty(
        verb=verb,
        rows=sum(part["count"] for part in parts),
        overdue=sum(part["late"] for part in parts),
        not_in_place=sum(part["away"] for part in parts),
        closing=sum(part["lost"] for part in parts),
        earliest_due=min(part["first_due"] for part in parts),
        first_close=min(closes, default=None),
        offices=tuple(
            (part["office"], part["count"]) for part in sorted(parts, key=lambda part: -part["count"])
        ),
    )


def _pressing(duty: Duty) -> tuple[bool, bool, bool, datetime]:
    return not duty.not_in_place, not duty.closing, not duty.overdue, duty.earliest_due


@dataclass(frozen=True)
class ToDo:
    """What is to be done of one area at one office. first_due: of what is overdue."""

    area: str
    office: str | None
    to_do: int
    overdue: int
    first_due: datetime | None


def to_do(answer: Answer, here: Q) -> list[ToDo]:
    """What is to be done, by area and office: the sums of both are made of it."""
    rows = (
        answer.obligations()
        .filter(here, status__in=("overdue", "open"))
        .annotate(office=Coalesce("responsible", "done_by"))
        .order_by()
        .values_list("area", "office")
        .annotate(
            to_do=Count("pk"),
            late=Count("pk", filter=Q(status="overdue")),
            first_due=Min("due_at", filter=Q(status="overdue")),
        )
    )
    return [ToDo(*row) for row in rows]


def offices(found: Iterable[ToDo]) -> tuple[Office, ...]:
    """The offices with something overdue, the longest overdue first."""
    parts: dict[str | None, list[ToDo]] = {}
    for one in found:
        parts.setdefault(one.office, []).append(one)
    rows = [_office(office, of) for office, of in parts.items() if any(one.overdue for one in of)]
    return tuple(sorted(rows, key=lambda one: (one.earliest_due, one.office is None, one.office or "")))


def _office(office: str | None, parts: Iterable[ToDo]) -> Office:
    found = list(parts)
    return Office(
        office,
        sum(one.overdue for one in found),
        sum(one.to_do for one in found),
        min(one.first_due for one in found if one.first_due is not None),
    )


def areas(found: Iterable[ToDo], area: str) -> dict[str, Tile]:
    """What is to be done and overdue in each area below and in the area itself, with everything below it."""
    sums: dict[str, list[int]] = {}
    for row in found:
        parts = row.area.split("/")
        for length in range(area.count("/") + 1, len(parts) + 1):
            one = sums.setdefault("/".join(parts[:length]), [0, 0])
            one[0] += row.to_do
            one[1] += row.overdue
    return {path: Tile(path, to_do, late) for path, (to_do, late) in sums.items()}


def curve(answer: Answer, clock: Clock, here: Q) -> tuple[Day, ...]:
    """Confirmed cases by day of confirmation and origin, every one of the last CURVE_DAYS days."""
    first = clock.today - timedelta(days=CURVE_DAYS - 1)
    begin = clock.today_from - timedelta(days=CURVE_DAYS - 1)
    rows = (
        answer.cases()
        .filter(here, confirmed_at__gte=begin)
        .annotate(day=TruncDate("confirmed_at", tzinfo=ZoneInfo(settings.SIZAO.zone)))
        .order_by()
        .values_list("day", "origin")
        .annotate(count=Count("pk"))
    )
    found: dict[date, dict[str, int]] = {}
    for day, origin, count in rows:
        found.setdefault(day, {})[origin] = count
    days = [first + timedelta(days=number) for number in range(CURVE_DAYS)]
    return tuple(Day(day, found.get(day, {})) for day in days)
