"""What a policy costs those it binds and those who must act, in a window of days: by office and by subject.

`burden` returns a query over one answer of derive (`obligations`) and over places. Its results:

    by_office    one row per (doer kind, doer, subject): what an office, or the places of a kind themselves,
                 must do for people, for places of a kind, for offices
    by_subject   one row per subject: what falls on people, on places of a kind, on offices
    by_area      one row per area: tests on the day with the most, rooms and hospital beds at the worst
                 moment, beside the rooms of quarantine sites and the beds reserved that are recorded there;
                 whether these are too few is not known where none are

Columns of the first two: subjects (distinct), steps, and four sums over the window: person_days (days under
restriction; overlapping rows of one person count once), tests, visits, forms. A step counts on the day its
limit ends, if the rule's `burden` names its kind: a restriction, a test, a visit, anything else is a form.
Waived rows burden nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sizao.obligations.known import believed, spells_of
from sizao.policy.model import Policy, RuleVersion, StepText
from sizao.terms.queries import Query, SqlStep, literal
from sizao.terms.time import sql_local_day

TESTS = ("tests", "samplings")
VISITS = ("visits", "health_checks")
NO_STEP = "('', 0, '', '', 0)"
CENTRAL, HOSPITAL = "central", "hospital"
NOT_KNOWN = "not_known"  # the kind of a place of which nothing is recorded


def burden(
    policy: Policy, *, window_from: datetime, window_until: datetime, known_by: datetime, area_parts: int
) -> Query:
    """What the policy demands in [window_from, window_until) (UTC); see the head of this module.

    area_parts: how many parts of an area's path (from the widest) make the areas of `by_area`. ValueError
    when the window is empty.
    """
    if window_until <= window_from:
        raise ValueError(f"the window from {window_from} until {window_until} is empty; let it end later")
    steps = (
        spells_of("places"),
        spells_of("beds"),
        _steps(policy.versions()),
        _places(known_by),
        _items(window_from, window_until),
        _restricted(window_from, window_until),
        *_summed("by_office", ("doer_kind", "doer", "subject")),
        *_summed("by_subject", ("subject",)),
        _capacities(known_by, area_parts),
        _tests_by_day(policy.zone, area_parts),
        _rooms(area_parts),
        _by_area(),
    )
    results = {name: f"burden_{name}" for name in ("by_office", "by_subject", "by_area")}
    return Query(steps=steps, inputs=("obligations", "places", "beds"), results=results)


def burden_of(step: StepText) -> str:
    """What a step costs whom it is about: person_days, tests, visits or forms."""
    if step.verb.restricts:
        return "person_days"
    if step.proof.reading in TESTS:
        return "tests"
    return "visits" if step.proof.reading in VISITS else "forms"


def stretches(source: str, keys: str) -> str:
    """Touching and overlapping spans of one `keys` as single stretches: keys, begins, ends."""
    return f"""
SELECT {keys}, min(opens_at) AS begins, max(closes_at) AS ends FROM (
  SELECT *, sum(CASE WHEN opens_at <= reached THEN 0 ELSE 1 END)
              OVER (PARTITION BY {keys} ORDER BY opens_at, closes_at ROWS UNBOUNDED PRECEDING) AS island
  FROM (SELECT *, max(closes_at) OVER (PARTITION BY {keys} ORDER BY opens_at, closes_at
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached FROM {source}) AS reach)
                    AS islands
GROUP BY {keys}, island"""


def wider(column: str, parts: int) -> str:
    """SQL of the first parts of an area's path; the whole path where it has fewer."""
    return f"regexp_extract({column}, '^[^/]+(/[^/]+){{0,{parts - 1}}}')"


def _steps(versions: Iterable[RuleVersion]) -> SqlStep:
    rows = sorted(
        {
            (version.rule, version.number, step.name, kind, step.proof.count)
            for version in versions
            for step in version.steps
            for kind in [burden_of(step)]
            if kind in version.burden
        }
    )
    values = ", ".join("(" + ", ".join(literal(one) for one in row) + ")" for row in rows)
    return SqlStep(
        "burden_steps",
        f"SELECT * FROM (VALUES {values or NO_STEP}) AS steps(rule, version, step, kind, number)",
        "what each step costs whom it is about",
    )


def _places(known_by: datetime) -> SqlStep:
    return SqlStep(
        "burden_places",
        f"""
SELECT place, kind, located_in, capacity, until_on FROM {believed("places", known_by)}
QUALIFY row_number() OVER (PARTITION BY place ORDER BY from_on DESC, key_hi DESC, key_lo DESC) = 1""",
        "the kind of every place, as last recorded",
    )


def _items(window_from: datetime, window_until: datetime) -> SqlStep:
    # What is due at 24:00 is due on the day that ends then.
    due = "(o.due_at - INTERVAL '1' MICROSECOND)"
    return SqlStep(
        "burden_items",
        f"""
SELECT o.about, o.area, o.place AS restriction, o.opens_at, o.closes_at, o.due_at, s.kind, s.number,
  CASE WHEN o.about_kind = 'place' THEN coalesce(p.kind, {literal(NOT_KNOWN)}) ELSE o.about_kind END
    AS subject,
  CASE WHEN o.done_by IS NULL THEN 'nobody' WHEN d.place IS NOT NULL THEN 'place' ELSE 'office' END
    AS doer_kind,
  CASE WHEN o.done_by IS NULL THEN '' WHEN d.place IS NOT NULL THEN d.kind ELSE o.done_by END AS doer
FROM obligations AS o
JOIN burden_steps AS s ON s.rule = o.rule AND s.version = o.version AND s.step = o.step
LEFT JOIN burden_places AS p ON p.place = o.about
LEFT JOIN burden_places AS d ON d.place = o.done_by
WHERE o.status <> 'waived' AND CASE WHEN s.kind = 'person_days'
  THEN o.opens_at < {literal(window_until)} AND coalesce(o.closes_at > {literal(window_from)}, TRUE)
  ELSE {due} >= {literal(window_from)} AND {due} < {literal(window_until)} END""",
        "the steps of the window with whom they fall on and who must act",
    )


def _restricted(window_from: datetime, window_until: datetime) -> SqlStep:
    first, last = literal(window_from), literal(window_until)
    return SqlStep(
        "burden_restricted",
        f"""
SELECT doer_kind, doer, subject, about, area, restriction, greatest(opens_at, {first}) AS opens_at,
       least(coalesce(closes_at, {last}), {last}) AS closes_at
FROM burden_items WHERE kind = 'person_days'""",
        "restrictions, cut to the window",
    )


def _summed(name: str, keys: tuple[str, ...]) -> tuple[SqlStep, ...]:
    listed = ", ".join(keys)
    same = " AND ".join(f"d.{key} = i.{key}" for key in keys)
    spans = stretches("burden_restricted", f"{listed}, about")
    counted = ", ".join(
        f"CAST(coalesce(sum(i.number) FILTER (WHERE i.kind = '{kind}'), 0) AS BIGINT) AS {kind}"
        for kind in ("tests", "visits", "forms")
    )
    days = SqlStep(
        f"burden_days_{name}",
        f"""
SELECT {listed}, sum(epoch(ends) - epoch(begins)) / 86400.0 AS person_days FROM ({spans}) AS stretches
GROUP BY {listed}""",
        "person-days; two restrictions of one person over the same days count once",
    )
    whole = SqlStep(
        f"burden_{name}",
        f"""
SELECT {", ".join(f"i.{key}" for key in keys)}, CAST(count(DISTINCT i.about) AS BIGINT) AS subjects,
       CAST(count(*) AS BIGINT) AS steps, coalesce(max(d.person_days), 0.0) AS person_days, {counted}
FROM burden_items AS i LEFT JOIN burden_days_{name} AS d ON {same}
GROUP BY {", ".join(f"i.{key}" for key in keys)}""",
        f"the burden {name.replace('_', ' ')}",
    )
    return days, whole


def _capacities(known_by: datetime, parts: int) -> SqlStep:
    latest = f"""
SELECT place, kind, reserved FROM {believed("beds", known_by)}
QUALIFY row_number() OVER (PARTITION BY place, kind ORDER BY counted_at DESC, key_hi DESC, key_lo DESC) = 1"""
    return SqlStep(
        "burden_capacities",
        f"""
SELECT area, CAST(sum(rooms) AS BIGINT) AS rooms, CAST(sum(beds) AS BIGINT) AS beds FROM (
  SELECT {wider("located_in", parts)} AS area, capacity AS rooms, NULL AS beds FROM burden_places
  WHERE kind = 'quarantine_site' AND until_on IS NULL
  UNION ALL
  SELECT {wider("p.located_in", parts)}, NULL, b.reserved FROM ({latest}) AS b
  JOIN burden_places AS p ON p.place = b.place WHERE p.until_on IS NULL) AS recorded
GROUP BY area""",
        "rooms of quarantine sites and reserved beds, as recorded",
    )


def _tests_by_day(zone: str, parts: int) -> SqlStep:
    day = sql_local_day("(due_at - INTERVAL '1' MICROSECOND)", zone)
    return SqlStep(
        "burden_tests",
        f"""
SELECT area, tests, due_on FROM (
  SELECT {wider("area", parts)} AS area, {day} AS due_on, CAST(sum(number) AS BIGINT) AS tests
  FROM burden_items WHERE kind = 'tests' GROUP BY 1, 2) AS days
QUALIFY row_number() OVER (PARTITION BY area ORDER BY tests DESC, due_on) = 1""",
        "the day with the most tests, by area",
    )


def _rooms(parts: int) -> SqlStep:
    spans = f"""(SELECT {wider("area", parts)} AS area, restriction, about, opens_at, closes_at
    FROM burden_restricted WHERE restriction IN ({literal(CENTRAL)}, {literal(HOSPITAL)})) AS spans"""
    return SqlStep(
        "burden_rooms",
        f"""
WITH stays AS ({stretches(spans, "area, restriction, about")}),
moves AS (
  SELECT area, restriction, begins AS moment, 1 AS change FROM stays
  UNION ALL SELECT area, restriction, ends, -1 FROM stays),
moments AS (SELECT area, restriction, moment, sum(change) AS change FROM moves GROUP BY 1, 2, 3),
running AS (
  SELECT area, restriction, CAST(sum(change) OVER (PARTITION BY area, restriction ORDER BY moment) AS BIGINT)
    AS needed FROM moments)
SELECT area, max(needed) FILTER (WHERE restriction = {literal(CENTRAL)}) AS rooms_at_peak,
       max(needed) FILTER (WHERE restriction = {literal(HOSPITAL)}) AS beds_at_peak
FROM running GROUP BY area""",
        "rooms and beds needed at the worst moment, by area",
    )


def _by_area() -> SqlStep:
    return SqlStep(
        "burden_by_area",
        """
SELECT coalesce(t.area, r.area) AS area, coalesce(t.tests, 0) AS tests_on_worst_day, t.due_on AS worst_day,
       coalesce(r.rooms_at_peak, 0) AS rooms_at_peak, c.rooms AS rooms,
       coalesce(r.rooms_at_peak, 0) > c.rooms AS too_few_rooms,
       coalesce(r.beds_at_peak, 0) AS beds_at_peak, c.beds AS beds,
       coalesce(r.beds_at_peak, 0) > c.beds AS too_few_beds
FROM burden_tests AS t FULL OUTER JOIN burden_rooms AS r ON r.area = t.area
LEFT JOIN burden_capacities AS c ON c.area = coalesce(t.area, r.area)""",
        "tests, rooms and beds at their worst, beside what is recorded",
    )
