"""Rows that come again: periods of a calendar, and rows that count from the proof before (rolling).

Statement: docs/explanation/semantics.md, sections 2 and 3. Each occurrence belongs to the text in whose
window it opens (a rolling one: in whose window the proof lies from which it counts).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial

import numpy as np
import pyarrow as pa

from sizao.obligations.items import Item
from sizao.obligations.rows import COLUMNS, NOTHING, Planned, Rule, about_columns, related_rows
from sizao.obligations.windows import Moments, expressions_of, is_late_sql
from sizao.policy.expressions.emit import interval
from sizao.policy.model import Calendar, Every, Rolling, RuleVersion
from sizao.terms.calendars import OPERATING_WEEKDAYS
from sizao.terms.identifiers import text_key
from sizao.terms.queries import KernelStep, SqlStep, Step, literal
from sizao.terms.time import add_months, local_day, midnight, sql_instant_at, sql_local_day, sql_midnight

ENROLMENTS = "enrolments"


# -- calendar --------------------------------------------------------------------------------------


def period_steps(planned: list[Planned], limit: datetime, zone: str) -> list[Step]:
    """Steps `periods_<every>`: from_on, until_on, opens_at, ends_at, occ, o_hi, o_lo of what can occur."""
    first: dict[Every, date] = {}
    for one in planned:
        if isinstance(one.step.timing, Calendar):
            every = one.step.timing.every
            first[every] = min(first.get(every, date.max), one.item.version.in_force_from)
    return [
        KernelStep(
            f"periods_{every.value}",
            (),
            partial(_period_table, every, begins, limit, zone),
            f"every {every.value} in which a row may open",
        )
        for every, begins in first.items()
    ]


def _period_table(
    every: Every, first: date, limit: datetime, zone: str, _: Mapping[str, pa.Table]
) -> pa.Table:
    rows = []
    for begins, ends in _each_period(every, first, local_day(limit, zone)):
        name = _name(every, begins)
        opens, closes = midnight(begins, zone), midnight(ends, zone)
        if opens <= limit:
            rows.append((begins, ends, opens, closes, name, *text_key(name)))
    names = ("from_on", "until_on", "opens_at", "ends_at", "occ", "o_hi", "o_lo")
    kinds = (pa.date32(), pa.date32(), _INSTANT, _INSTANT, pa.string(), pa.int64(), pa.int64())
    columns = [pa.array([row[place] for row in rows], kind) for place, kind in enumerate(kinds)]
    return pa.table(dict(zip(names, columns, strict=True)))


_INSTANT = pa.timestamp("us")


def _each_period(every: Every, first: date, last: date) -> Iterator[tuple[date, date]]:
    day = {
        Every.DAY: first,
        Every.WEEK: first - timedelta(days=first.weekday()),
        Every.MONTH: first.replace(day=1),
    }[every]
    while day <= last:
        following = add_months(day, 1) if every is Every.MONTH else day + timedelta(days=_LENGTH[every])
        yield day, following
        day = following


_LENGTH = {Every.DAY: 1, Every.WEEK: 7}


def _name(every: Every, day: date) -> str:
    if every is Every.DAY:
        return day.isoformat()
    if every is Every.WEEK:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{day.year}-{day.month:02d}"


def calendar_select(planned: Planned, source: str, started: str | None) -> str:
    """SELECT of COLUMNS, late, is_span: the periods of one item."""
    rule, item, step = planned.rule, planned.item, planned.step
    timing = step.timing
    if not isinstance(timing, Calendar):
        raise TypeError(f"{item.name} is no calendar step.")
    zone = rule.hits.policy.zone
    moments = Moments(rule.hits, item.version, started)
    first = moments.day(timing.start)
    never = "DATE '9999-12-31'"
    until = never if timing.until is None else f"coalesce({moments.day(timing.until)}, {never})"
    about, person = about_columns(rule.hits, item)
    named = f"""h.k_hi, h.k_lo, {about} AS about, {person} AS person, h.known_at, h.event_on, h.area, h.marks,
         h.imprecise"""
    waits = "" if started is None else f" AND {started} IS NOT NULL"
    window = _in_window(item.version, "p.opens_at", zone)
    every = f"periods_{timing.every.value}"
    condition = f"{rule.hits.caught(item.version)} AND {about} IS NOT NULL{waits} AND {window}"
    if rule.hits.fact == ENROLMENTS:
        periods = f"""
  SELECT {named}, p.occ, p.o_hi, p.o_lo, p.opens_at, p.ends_at, max(d.from_on) AS last_on
  FROM {source}
  JOIN {every} AS p ON p.until_on > {first} AND p.from_on < {until}
  JOIN operating_days AS d ON d.from_on >= greatest(p.from_on, {first}) AND
      d.from_on < least(p.until_on, {until})
    AND {_operates(rule.hits.own("operating"))}
  ANTI JOIN closed_days AS z ON z.place = {rule.hits.own("place")} AND z.from_on = d.from_on
  WHERE {condition}
  GROUP BY h.k_hi, h.k_lo, {about}, {person}, h.known_at, h.event_on, h.area, h.marks, h.imprecise,
    p.occ, p.o_hi, p.o_lo, p.opens_at, p.ends_at"""
    else:
        periods = f"""
  SELECT {named}, p.occ, p.o_hi, p.o_lo, p.opens_at, p.ends_at,
         CAST(least(p.until_on, {until}) - 1 AS DATE) AS last_on
  FROM {source}
  JOIN {every} AS p ON p.until_on > {first} AND p.from_on < {until} AND {first} < {until}
  WHERE {condition}"""
    due = _due("last_on", timing, zone)
    closes = (
        "CAST(NULL AS TIMESTAMP)" if step.closes_after is None else f"ends_at + {interval(step.closes_after)}"
    )
    inner = f"SELECT *, {due} AS due, {closes} AS closes FROM ({periods}) AS p0"
    texts = {
        "id_hi": f"xor(xor(k_hi, {item.key[0]}), o_hi)",
        "id_lo": f"xor(xor(k_lo, {item.key[1]}), o_lo)",
        "due_at": "least(due, closes)",
        "closes_at": "closes",
    }
    select = _select(planned, inner, texts)
    return related_rows(select, rule.hits) if step.related else select


def _operates(operating: str) -> str:
    cases = " ".join(
        f"WHEN {literal(name)} THEN d.weekday IN ({', '.join(map(str, sorted(days)))})"
        for name, days in OPERATING_WEEKDAYS.items()
    )
    return f"CASE {operating} {cases} END"


def operating_days_steps(limit: datetime, planned: list[Planned], zone: str) -> list[SqlStep]:
    """Steps `operating_days` (from_on, weekday) and `closed_days` (place, from_on), when something asks."""
    asked = [
        one.item.version.in_force_from
        for one in planned
        if isinstance(one.step.timing, Calendar) and one.rule.hits.fact == ENROLMENTS
    ]
    if not asked:
        return []
    # A period opens by the limit and may last a month longer.
    first, last = min(asked), local_day(limit, zone) + timedelta(days=31)
    days = (last - first).days + 1
    sql = f"""
SELECT day AS from_on, isodow(day) AS weekday
FROM (SELECT CAST({literal(first)} + CAST(n AS INTEGER) AS DATE) AS day
  FROM (SELECT unnest(range({days})) AS n) AS numbers) AS days"""
    closed = """
SELECT DISTINCT z.place, d.from_on
FROM eff_closures AS z JOIN operating_days AS d ON d.from_on >= z.from_on AND d.from_on < z.until_on"""
    return [
        SqlStep("operating_days", sql, "days on which a place may operate"),
        SqlStep("closed_days", closed, "days on which a place is closed"),
    ]


def _due(last_on: str, timing: Calendar, zone: str) -> str:
    if timing.at is None:
        return sql_midnight(f"CAST({last_on} + 1 AS DATE)", zone)
    at = timedelta(hours=timing.at.hour, minutes=timing.at.minute, seconds=timing.at.second)
    return sql_instant_at(f"(CAST({last_on} AS TIMESTAMP) + {interval(at)})", zone)


def _in_window(version: RuleVersion, moment: str, zone: str) -> str:
    until = version.in_force_until
    before = "" if until is None else f" AND {moment} < {literal(midnight(until, zone))}"
    return f"{moment} >= {literal(midnight(version.in_force_from, zone))}{before}"


def _select(planned: Planned, inner: str, texts: dict[str, str]) -> str:
    hits, item = planned.rule.hits, planned.item
    bits = hits.imprecise_bits(expressions_of(item.version, item.step))
    all_texts = (
        {name: text.removesuffix(f" AS {name}") for name, text in NOTHING.items()}
        | {
            "item": f"CAST({item.number} AS INTEGER)",
            "marks": f"CAST(marks + CASE WHEN imprecise & {bits} <> 0 THEN 1 ELSE 0 END AS TINYINT)",
        }
        | texts
    )
    named = ", ".join(f"{all_texts.get(name, name)} AS {name}" for name, _ in COLUMNS)
    late = is_late_sql(item.step, all_texts.get("due_at", "due_at"), "closes")
    return f"SELECT {named}, CAST({late} AS TINYINT) AS late, FALSE AS is_span\nFROM ({inner}) AS w"


# -- rolling ---------------------------------------------------------------------------------------


def rolling_steps(
    planned: list[Planned], sources: Mapping[int, tuple[str, str | None]], name: str, as_of: datetime
) -> list[Step]:
    """Steps ending in `<name>_anchors`: item, k_hi, k_lo, proved_at, p_hi, p_lo of every anchor of the items.

    sources: item number -> (FROM text, SQL of stage_start or None). `<name>` has what chains count from.
    """
    starts = "\nUNION ALL\n".join(_starts(one, *sources[one.item.number]) for one in planned)
    chains = [(one.item.number, gap_of(one.item)) for one in planned]
    values = ", ".join(f"({one.item.number}, {one.item.proof_number})" for one in planned)
    proofs = f"""
SELECT r.item, r.k_hi, r.k_lo, e.proved_at, e.p_hi, e.p_lo
FROM {name} AS r
JOIN (VALUES {values}) AS i (item, proof) ON i.item = r.item
JOIN evidence AS e ON e.proof = i.proof AND e.person = r.person AND e.proved_at >= r.counted_from
WHERE e.proved_at <= {literal(as_of)}"""
    return [
        SqlStep(name, starts, "where each chain of rolling rows counts from"),
        SqlStep(f"{name}_proofs", proofs, "the proofs that a chain may pass through"),
        KernelStep(
            f"{name}_anchors",
            (f"{name}_proofs",),
            lambda tables: anchors(tables[f"{name}_proofs"], dict(chains)),
            "the proofs that rolling rows count from",
        ),
    ]


def gap_of(item: Item) -> timedelta:
    """The least distance of two anchors."""
    timing = item.step.timing
    least = timing.min_gap if isinstance(timing, Rolling) else timedelta(0)
    return max(least, timedelta(microseconds=1))


def _starts(planned: Planned, source: str, started: str | None) -> str:
    rule, item = planned.rule, planned.item
    timing, hits = item.step.timing, rule.hits
    if not isinstance(timing, Rolling):
        raise TypeError(f"{item.name} is no rolling step.")
    zone = hits.policy.zone
    moments = Moments(hits, item.version, started)
    about, person = about_columns(hits, item)
    until = "CAST(NULL AS TIMESTAMP)" if timing.until is None else moments.instant(timing.until)
    waits = "" if started is None else f" AND {started} IS NOT NULL"
    known_day = sql_midnight(sql_local_day("h.known_at", zone), zone)
    start = moments.instant(timing.start)
    return f"""
SELECT CAST({item.number} AS INTEGER) AS item, h.k_hi, h.k_lo, {about} AS about, {person} AS person,
  h.known_at,
       h.event_on, h.area, h.marks, h.imprecise, {until} AS until_at,
       greatest({start}, {known_day}, {_first_text(rule)}) AS counted_from
FROM {source}
WHERE {hits.caught(item.version)} AND {about} IS NOT NULL AND {start} IS NOT NULL{waits}"""


def _first_text(rule: Rule) -> str:
    """SQL over h: when the first text that catches the trigger took effect."""
    zone = rule.hits.policy.zone
    begins = {version.number: literal(midnight(version.in_force_from, zone)) for version in rule.versions}
    cases = " ".join(
        f"WHEN {rule.hits.caught(version)} THEN {begins[version.number]}" for version in rule.versions
    )
    return begins[rule.versions[0].number] if len(rule.versions) == 1 else f"CASE {cases} END"


def rolling_select(planned: Planned, name: str, limit: datetime) -> str:
    """SELECT of COLUMNS, late, is_span: the row `first` and one row for each anchor of one item."""
    rule, item = planned.rule, planned.item
    timing = item.step.timing
    if not isinstance(timing, Rolling):
        raise TypeError(f"{item.name} is no rolling step.")
    zone = rule.hits.policy.zone
    first = text_key("first")
    gap = interval(gap_of(item))
    common = (
        "r.k_hi, r.k_lo, r.about, r.person, r.known_at, r.event_on, r.area, r.marks, r.imprecise, r.until_at"
    )
    counted = f"""
  SELECT {common}, r.counted_from AS anchor, r.counted_from AS opens_at, 'first' AS occ,
         CAST(NULL AS BIGINT) AS anc_hi, CAST(NULL AS BIGINT) AS anc_lo,
         CAST({first[0]} AS BIGINT) AS o_hi, CAST({first[1]} AS BIGINT) AS o_lo
  FROM {name} AS r WHERE r.item = {item.number}
  UNION ALL
  SELECT {common}, a.proved_at AS anchor, a.proved_at + {gap} AS opens_at, CAST(NULL AS VARCHAR) AS occ,
         a.p_hi AS anc_hi, a.p_lo AS anc_lo, a.p_lo AS o_hi, a.p_hi AS o_lo
  FROM {name} AS r
  JOIN {name}_anchors AS a ON a.item = r.item AND a.k_hi = r.k_hi AND a.k_lo = r.k_lo
  WHERE r.item = {item.number}"""
    due = sql_midnight(f"CAST({sql_local_day('anchor', zone)} + {timing.every_days + 1} AS DATE)", zone)
    inner = f"""
  SELECT *, {due} AS due, until_at AS closes
  FROM ({counted}) AS r0
  WHERE {_in_window(item.version, "anchor", zone)} AND opens_at <= {literal(limit)}
    AND (until_at IS NULL OR opens_at < until_at)"""
    texts = {
        "id_hi": f"xor(xor(k_hi, {item.key[0]}), o_hi)",
        "id_lo": f"xor(xor(k_lo, {item.key[1]}), o_lo)",
        "anc_hi": "anc_hi",
        "anc_lo": "anc_lo",
        "due_at": "least(due, closes)",
        "closes_at": "closes",
    }
    return _select(planned, inner, texts)


def anchors(proofs: pa.Table, gaps: Mapping[int, timedelta]) -> pa.Table:
    """The greedy chain of each (item, trigger): its first proof, then each first one at a distance of the
    item's gap.

    proofs: item, k_hi, k_lo, proved_at, p_hi, p_lo; of proofs at one instant the least key is taken.
    """
    order = proofs.sort_by(
        [(name, "ascending") for name in ("item", "k_hi", "k_lo", "proved_at", "p_hi", "p_lo")]
    )
    item, k_hi, k_lo = (order[name].to_numpy() for name in ("item", "k_hi", "k_lo"))
    at = order["proved_at"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    fresh = np.ones(len(at), dtype=np.bool_)
    fresh[1:] = (item[1:] != item[:-1]) | (k_hi[1:] != k_hi[:-1]) | (k_lo[1:] != k_lo[:-1])
    begins = np.flatnonzero(fresh)
    ends = np.append(begins[1:], len(at))[: len(begins)]
    length = {number: gap // timedelta(microseconds=1) for number, gap in gaps.items()}
    taken: list[int] = []
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        gap, place = length[int(item[begin])], begin
        while place < end:
            taken.append(place)
            place = begin + int(np.searchsorted(at[begin:end], at[place] + gap))
    return order.take(pa.array(taken, pa.int64()))
