"""The daily count of confirmed cases by origin, as known then: what a bulletin of that evening would have
printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sizao.facts.declaration import Words
from sizao.indicators.definition import Indicator
from sizao.obligations.known import spells_of
from sizao.terms.queries import Query, SqlStep, literal
from sizao.terms.time import end_of_day, local_day

CONFIRMED = Indicator(
    name="confirmed_by_origin_as_known_then",
    label=Words("当日所知累计确诊（按来源）", "cumulative confirmed cases by origin, as known that day"),
    counts=Words("病例", "cases"),
    numerator=Words(
        "截至当日24时所知、最新分类为确诊的病例",
        "cases whose latest classification known by 24:00 is confirmed",
    ),
    denominator=Words("无", "none"),
    exclusions=Words(
        "撤回后不再计入，撤回前的日子不变", "a retracted case is out from its retraction on, not before"
    ),
    orders=("D1-07", "D1-08", "D2-57"),
)
# Published figure -> origin it counts; None: every origin.
FIGURES: Mapping[str, str | None] = {
    "confirmed_cumulative": None,
    "imported_cumulative": "imported",
    "local_cumulative": "local",
    "ship_cumulative": "ship",
    "unknown_cumulative": "unknown",
}
# The last moment of a day: what becomes known at 00:00 belongs to the day that begins then.
LAST_MOMENT = timedelta(microseconds=1)


def days_of(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included; ValueError when there is none."""
    if last < first:
        raise ValueError(f"the days from {first} to {last} are none; give the earlier day first")
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def last_evening(as_of: datetime, known_by: datetime, zone: str) -> date:
    """The last day whose whole evening lies before the moment asked about and what was known by then."""
    return local_day(min(as_of, known_by + LAST_MOMENT), zone) - timedelta(days=1)


def confirmed_as_known_then(days: Sequence[date], *, zone: str) -> Query:
    """Result `daily`: one row per day and origin: day, known_by, origin, confirmed (cumulative cases).

    A case counts on a day when, of its classifications believed at the end of that day in `zone`, the latest
    by (happened_at, key) that had happened by then is `confirmed`; it counts under that classification's
    origin ("unknown" when none is stated). Days without any case have no row.
    """
    return Query(
        steps=(spells_of("classifications"), _days(days, zone), _latest(), _daily()),
        inputs=("classifications",),
        results={"daily": "daily_confirmed", "cases": "daily_latest"},
    )


def compared_with_published(days: Sequence[date], *, zone: str, known_by: datetime) -> Query:
    """Result `compared`: one row per day and published figure: day, figure, publisher, published, counted,
    difference.

    difference = counted − published. The published row is the one believed at known_by, the count is the one
    of that evening; ask for no day later than `last_evening`. Figures that are not counts of confirmed cases
    are left out. The figure of a day without any case is counted as 0.
    """
    moment = literal(known_by)
    figures = ", ".join(f"({literal(figure)}, {literal(origin)})" for figure, origin in FIGURES.items())
    sums = f"""
SELECT p.day, p.figure, p.publisher, p.value AS published, CAST(coalesce(sum(d.confirmed), 0) AS BIGINT)
  AS counted,
       CAST(coalesce(sum(d.confirmed), 0) AS BIGINT) - p.value AS difference
FROM (SELECT * FROM spells_published_totals WHERE action <> 'retract' AND believed_from <= {moment}
        AND (believed_until IS NULL OR believed_until > {moment})) AS p
JOIN (VALUES {figures}) AS f(figure, origin) ON f.figure = p.figure
JOIN daily_days AS days ON days.day = p.day
LEFT JOIN daily_confirmed AS d ON d.day = p.day AND (f.origin IS NULL OR d.origin = f.origin)
GROUP BY p.day, p.figure, p.publisher, p.value"""
    return Query(
        steps=(
            spells_of("classifications"),
            spells_of("published_totals"),
            _days(days, zone),
            _latest(),
            _daily(),
            SqlStep("daily_compared", sums, "ours beside the published figure"),
        ),
        inputs=("classifications", "published_totals"),
        results={"compared": "daily_compared", "daily": "daily_confirmed", "cases": "daily_latest"},
    )


def known_by_end_of(day: date, zone: str) -> datetime:
    """The last moment of the day in `zone`, UTC: the `known_by` of a question about that evening."""
    return end_of_day(day, zone) - LAST_MOMENT


def _days(days: Sequence[date], zone: str) -> SqlStep:
    rows = ", ".join(f"({literal(day)}, {literal(known_by_end_of(day, zone))})" for day in days)
    return SqlStep(
        "daily_days", f"SELECT * FROM (VALUES {rows}) AS days(day, known_by)", "the days asked for"
    )


def _latest() -> SqlStep:
    return SqlStep(
        "daily_latest",
        """
SELECT day, known_by, "case", class, coalesce(origin, 'unknown') AS origin, key_hi, key_lo FROM (
  SELECT d.day, d.known_by, c."case", c.class, c.origin, c.key_hi, c.key_lo,
         row_number() OVER (PARTITION BY d.day, c."case" ORDER BY c.happened_at DESC, c.key_hi DESC,
           c.key_lo DESC) AS newest
  FROM daily_days AS d JOIN spells_classifications AS c
    ON c.action <> 'retract' AND c.believed_from <= d.known_by
   AND (c.believed_until IS NULL OR c.believed_until > d.known_by) AND c.happened_at <= d.known_by
) AS believed_then WHERE newest = 1""",
        "the latest classification of every case, as known at the end of each day",
    )


def _daily() -> SqlStep:
    return SqlStep(
        "daily_confirmed",
        """
SELECT day, known_by, origin, CAST(count(*) AS BIGINT) AS confirmed FROM daily_latest
WHERE class = 'confirmed' GROUP BY day, known_by, origin""",
        "cumulative confirmed cases by day and origin",
    )
