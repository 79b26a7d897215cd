"""Counts of an area and day: as reported, or made from the cases on record. What grades rest on."""

from __future__ import annotations

from datetime import date, datetime

from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS
from sizao.policy.grading import GradeSet
from sizao.terms.queries import SqlStep, literal

COUNTED = tuple(column.name for column in FACTS["area_counts"].columns if column.type is ColumnType.COUNT)
# Columns of the step `area_days` beside area and day.
COLUMNS = (*COUNTED, "gap_days", "filled_days", "fault")


def reported_counts(known_by: datetime) -> list[SqlStep]:
    """Step `area_days`: one row per area and reported day, in the columns of area_counts, and

    confirmed: as reported, else the increase of confirmed_total since the row before; the whole total on the
    first day. gap_days: days without a row before this one. filled_days: those of them on which nothing can
    have happened, because the total is the same before and after. fault: fall (the total is smaller than
    before; counted as nothing new), gap (the total rose over days without a row; all of it is counted on this
    day), or NULL. Of two rows for one area and day the last by (happened_at, known_at, key) counts.
    """
    own = ", ".join(COUNTED)
    one = f"""
SELECT counted AS area, day, {own} FROM (
  SELECT *, row_number() OVER (PARTITION BY counted, day
                               ORDER BY happened_at DESC, known_at DESC, key_hi DESC, key_lo DESC) AS latest
  FROM ({effective("area_counts", known_by)}) AS f) AS rows_of_a_day
WHERE latest = 1"""
    rest = ", ".join(name for name in COUNTED if name != "confirmed")
    increase = """
SELECT *, lag(confirmed_total) OVER in_order AS total_before,
       coalesce(date_diff('day', lag(day) OVER in_order, day) - 1, 0) AS gap_days
FROM reported_days WINDOW in_order AS (PARTITION BY area ORDER BY day)"""
    days = f"""
SELECT area, day, {rest},
       coalesce(confirmed, greatest(confirmed_total - coalesce(total_before, 0), 0)) AS confirmed, gap_days,
       CASE WHEN confirmed_total = total_before THEN gap_days ELSE 0 END AS filled_days,
       CASE WHEN confirmed_total < total_before THEN 'fall'
            WHEN gap_days > 0 AND confirmed_total > total_before THEN 'gap' END AS fault
FROM increases"""
    return [
        SqlStep("reported_days", one, "the counts as reported, one row per area and day"),
        SqlStep("increases", increase, "each row beside the one before", materialize=False),
        SqlStep("area_days", days, "new cases per area and day, with the faults of the totals"),
    ]


def counts_of_cases(rules: GradeSet, known_by: datetime, *, first: date, last: date) -> list[SqlStep]:
    """Step `area_days` from the cases on record, for every area of the rules' unit that has a case.

    A case counts once, on the day when it was first confirmed (asymptomatic: first classified so, before any
    confirmation), in the area of the unit that holds its residence that day, or that of its classification.
    A cluster counts on the day when so many linked cases of one area lie within so many days as the rules
    say; cases are linked by an exposure of one to the other. What facts do not hold (tests of everybody,
    assessed places) stays not known.
    """
    series = f"generate_series({literal(first)}, {literal(last)}, INTERVAL 1 DAY)"
    days = f"SELECT CAST(unnest({series}) AS DATE) AS day"
    classes = f"""
SELECT "case", min(person) AS person, min(area) AS area,
       min(classified_on) FILTER (WHERE class = 'confirmed') AS confirmed_on,
       min(classified_on) FILTER (WHERE class = 'asymptomatic') AS asymptomatic_on
FROM ({effective("classifications", known_by)}) AS f WHERE class IN ('confirmed', 'asymptomatic')
GROUP BY "case\""""
    homes = f"""
SELECT c.*, coalesce(
  (SELECT arg_max(r.located_in, r.from_on) FROM ({effective("residences", known_by)}) AS r
   WHERE r.person = c.person AND r.from_on <= coalesce(c.confirmed_on, c.asymptomatic_on)
     AND (r.until_on IS NULL OR r.until_on > coalesce(c.confirmed_on, c.asymptomatic_on))), c.area) AS home
FROM classified_cases AS c"""
    units = f"""
SELECT c.*, a.path AS unit FROM case_homes AS c
JOIN (SELECT DISTINCT path FROM ({effective("areas", known_by)}) AS f
      WHERE level = {literal(rules.unit)}) AS a
  ON c.home = a.path OR starts_with(c.home, a.path || '/')"""
    absent = ", ".join(
        f"CAST(NULL AS BIGINT) AS {name}"
        for name in COUNTED
        if name not in ("confirmed", "confirmed_total", "asymptomatic", "clusters")
    )
    counted = f"""
SELECT u.unit AS area, d.day, {absent},
       CAST(count(*) FILTER (WHERE c.confirmed_on = d.day) AS BIGINT) AS confirmed,
       CAST(count(*) FILTER (WHERE c.confirmed_on <= d.day) AS BIGINT) AS confirmed_total,
       CAST(count(*) FILTER (WHERE c.asymptomatic_on = d.day AND (c.confirmed_on IS NULL
                               OR c.confirmed_on > d.day)) AS BIGINT) AS asymptomatic,
       {_clusters_on("u.unit", "d.day", rules)} AS clusters,
       0 AS gap_days, 0 AS filled_days, CAST(NULL AS VARCHAR) AS fault
FROM (SELECT DISTINCT unit FROM unit_cases) AS u CROSS JOIN ({days}) AS d
JOIN unit_cases AS c ON c.unit = u.unit
GROUP BY u.unit, d.day"""
    return [
        SqlStep("classified_cases", classes, "the days on which each case was first classified"),
        SqlStep("case_homes", homes, "where each case lived that day"),
        SqlStep("unit_cases", units, "the area of the rules' unit that counts each case"),
        SqlStep(
            "linked_cases",
            _links(rules, known_by),
            "the days on which clusters became as large as the rules say",
        ),
        SqlStep("area_days", counted, "cases per area and day"),
    ]


def _links(rules: GradeSet, known_by: datetime) -> str:
    """Rows (unit, day): a source case and those exposed to it reach the size of a cluster."""
    size, days = (rules.cluster.cases, rules.cluster.days) if rules.cluster else (0, 1)
    pairs = f"""
SELECT DISTINCT s.unit, s."case" AS source, c."case" AS linked,
       coalesce(c.confirmed_on, c.asymptomatic_on) AS linked_on,
       coalesce(s.confirmed_on, s.asymptomatic_on) AS source_on
FROM ({effective("exposures", known_by)}) AS e
JOIN unit_cases AS s ON s."case" = e."case"
JOIN unit_cases AS c ON c.person = e.person AND c.unit = s.unit AND c."case" <> s."case\""""
    # The source is one of the cluster; of the days that make it up the last one completes it.
    return f"""
SELECT unit, source, min(on_day) AS day FROM (
  SELECT unit, source, on_day,
         count(*) OVER (PARTITION BY unit, source ORDER BY on_day
                        RANGE BETWEEN INTERVAL {days - 1} DAY PRECEDING AND CURRENT ROW) AS within
  FROM (SELECT unit, source, linked_on AS on_day FROM ({pairs}) AS p
        UNION ALL SELECT DISTINCT unit, source, source_on FROM ({pairs}) AS q) AS members) AS counted
WHERE within >= {size} AND {size} > 0
GROUP BY unit, source"""


def _clusters_on(unit: str, day: str, rules: GradeSet) -> str:
    if rules.cluster is None:
        return "CAST(NULL AS BIGINT)"
    return f"(SELECT CAST(count(*) AS BIGINT) FROM linked_cases AS l WHERE l.unit = {unit} AND l.day = {day})"


def effective(fact: str, known_by: datetime) -> str:
    """SELECT of the effective rows of a fact at known_by: the last link of each key that has its record."""
    return f"""
  SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY key_hi, key_lo
                                 ORDER BY source_version DESC, known_at DESC, fact_id DESC) AS from_last,
           bool_or(action = 'record') OVER (PARTITION BY key_hi, key_lo) AS has_record
    FROM {fact} WHERE known_at <= {literal(known_by)}) AS links
  WHERE from_last = 1 AND has_record AND action <> 'retract'"""
