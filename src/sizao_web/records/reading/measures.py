"""What the figures of the overview count, each stated once: the count and the list behind it read the same.

A measure is a condition over obligations, asked as of the answer's own moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType

from django.conf import settings
from django.db.models import CharField, Exists, F, Func, OuterRef, Q, TextField, Value
from django.db.models.functions import Concat, LPad
from django.db.models.lookups import In

from sizao.indicators.coverage import INSTITUTION_REPORTS, SAMPLINGS, proved_by
from sizao.terms.time import instant_at, local_day, local_time, midnight
from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective
from sizao_web.records.reading.pack import policy_in_use
from sizao_web.settings.clock import bare

WINDOW_DAYS = 7
NOON = time(12)


@dataclass(frozen=True)
class Clock:
    """Who asks, and the days and limits around the moment asked about. All instants carry a zone mark."""

    scope: Scope
    as_of: datetime
    known_by: datetime

    @property
    def today(self) -> date:
        """The city's day."""
        return local_day(bare(self.as_of), settings.SIZAO.zone)

    @property
    def today_from(self) -> datetime:
        """00:00 of the city's day."""
        return _marked(midnight(self.today, settings.SIZAO.zone))

    @property
    def today_until(self) -> datetime:
        """24:00 of the city's day."""
        return _marked(midnight(self.today + timedelta(days=1), settings.SIZAO.zone))

    @property
    def morning(self) -> bool:
        """Whether noon is still ahead."""
        return local_time(bare(self.as_of), settings.SIZAO.zone).time() < NOON

    @property
    def limit(self) -> datetime:
        """Until when the next things must be done: noon, or after noon the end of the day."""
        noon = _marked(instant_at(self.today, NOON, settings.SIZAO.zone))
        return noon if self.morning else self.today_until

    @property
    def window_from(self) -> datetime:
        """The coverage counts what fell due from then on, until the moment asked about."""
        return window_from(self.as_of)


def window_from(as_of: datetime) -> datetime:
    """The beginning of the window in which the coverage of a moment counts what fell due."""
    first = local_day(bare(as_of), settings.SIZAO.zone) - timedelta(days=WINDOW_DAYS - 1)
    return _marked(midnight(first, settings.SIZAO.zone))


def _marked(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC)


Condition = Callable[[Clock], Q]


@dataclass(frozen=True)
class Measure:
    """What is counted, in words, and its condition."""

    label: Words
    q: Condition


LATE_OR_OPEN = ("overdue", "open")


def _of(readings: frozenset[str], statuses: Q | None = None) -> Condition:
    def condition(clock: Clock) -> Q:
        # What is quickly told comes first: PostgreSQL asks the rest only of what it lets through.
        found = Q(due_at__gte=clock.window_from, due_at__lte=clock.as_of)
        if statuses is not None:
            found &= statuses
        return found & _steps(policy_in_use().digest, readings)

    return condition


@lru_cache(maxsize=8)
def _steps(digest: str, readings: frozenset[str]) -> Q:
    """Rows of the steps that these readings prove, by the pack of that digest, which is the one in use.

    Rule and step are looked for as one text: in a list of texts PostgreSQL looks by their hashes, while
    dozens of pairs would be tried one after the other, for each row of a city.
    """
    both = Func(F("rule"), F("step"), template="(%(expressions)s)", arg_joiner=" || ' ' || ")
    both.output_field = TextField()
    found = sorted(f"{rule} {step}" for rule, step in proved_by(policy_in_use(), readings))
    return Q(In(both, found)) if found else Q(pk__in=())


def _live(clock: Clock) -> Q:
    return Q(restricts=True, opens_at__lte=clock.as_of, closes_at__gt=clock.as_of)


def _zero(clock: Clock) -> Q:
    """Proved by a report that says: nobody absent, nobody feverish."""
    reports = effective(clock.scope, INSTITUTION_REPORTS, clock.known_by).filter(absent=0, feverish=0)
    cited = reports.annotate(cite=Concat(Value(f"{INSTITUTION_REPORTS}:"), _hex("key_hi"), _hex("key_lo")))
    return Q(Exists(cited.filter(cite=OuterRef("met_by"))))


def _hex(column: str) -> LPad:
    digits = Func(F(column), function="to_hex", output_field=CharField())
    return LPad(digits, 16, Value("0"))


NOT_WAIVED, WAIVED, IN_TIME = ~Q(status="waived"), Q(status="waived"), Q(status="met")
REPORTS = frozenset({INSTITUTION_REPORTS})


def _both(*conditions: Condition) -> Condition:
    def condition(clock: Clock) -> Q:
        found = Q()
        for one in conditions:
            found &= one(clock)
        return found

    return condition


def _is(q: Q) -> Condition:
    return lambda clock: q


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "before_limit": Measure(
            Words("中午（下午为24时）前必须办的", "must be done by noon, or by midnight after noon"),
            lambda clock: Q(status__in=LATE_OR_OPEN, due_at__lte=clock.limit),
        ),
        "lost_by_limit": Measure(
            Words("到时关闭、不能补做的", "closing by then, and lost for good"),
            lambda clock: (
                Q(status__in=LATE_OR_OPEN, due_at__lte=clock.limit)
                & Q(closes_at__gt=clock.as_of, closes_at__lte=clock.limit)
            ),
        ),
        "to_do": Measure(Words("待办和逾期", "to do and overdue"), _is(Q(status__in=LATE_OR_OPEN))),
        "overdue": Measure(Words("逾期", "overdue"), _is(Q(status="overdue"))),
        "unowned": Measure(
            Words("无人承担", "unowned"),
            _is(Q(owned=False, status__in=("overdue", "open", "upcoming"))),
        ),
        "tests_due": Measure(
            Words("近7天应检、未豁免", "tests due in 7 days, not waived"), _of(SAMPLINGS, NOT_WAIVED)
        ),
        "tests_done": Measure(
            Words("近7天应检、按时检测", "tests due in 7 days, tested in time"), _of(SAMPLINGS, IN_TIME)
        ),
        "tests_waived": Measure(
            Words("近7天应检、已豁免", "tests due in 7 days, waived"), _of(SAMPLINGS, WAIVED)
        ),
        "reports_due": Measure(
            Words("近7天应报、未豁免", "reports due in 7 days, not waived"), _of(REPORTS, NOT_WAIVED)
        ),
        "reports_done": Measure(
            Words("近7天应报、按时收到", "reports due in 7 days, received in time"), _of(REPORTS, IN_TIME)
        ),
        "reports_zero": Measure(
            Words("近7天收到的零报告", "zero reports of 7 days"), _both(_of(REPORTS), _zero)
        ),
        "reports_waived": Measure(
            Words("近7天应报、已豁免", "reports due in 7 days, waived"), _of(REPORTS, WAIVED)
        ),
        "live": Measure(
            Words("此刻应在位、未豁免", "must be in place now, not waived"), _both(_live, _is(NOT_WAIVED))
        ),
        "in_place": Measure(
            Words("此刻在位", "in place now"), _both(_live, _is(NOT_WAIVED & Q(in_place=True)))
        ),
        "not_in_place": Measure(
            Words("应在位而不在位", "must be in place and is not"),
            _both(_live, _is(NOT_WAIVED & Q(in_place=False))),
        ),
        "live_waived": Measure(
            Words("此刻的限制、已豁免", "restrictions of now, waived"), _both(_live, _is(WAIVED))
        ),
        "restricted_today": Measure(
            Words("今天新增的限制", "restrictions that began today"),
            lambda clock: (
                Q(restricts=True, opens_at__gte=clock.today_from, opens_at__lte=clock.as_of) & NOT_WAIVED
            ),
        ),
    }
)
"""Name in addresses -> what is counted."""


def condition(name: str, clock: Clock) -> Q:
    """The condition of a measure. KeyError for a name that is none."""
    return MEASURES[name].q(clock)
