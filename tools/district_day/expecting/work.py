"""Tests that come again and again, and tubes after which each is tested alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tools.district_day.expecting.care import weeks_and_months
from tools.district_day.expecting.facts import DAY, HOUR, Fact, Facts, day, start, when
from tools.district_day.expecting.judging import Must, Row

STAFF = ("medical", "fever_clinic_staff", "custody_staff", "care_home_staff")
COLD_CHAIN_SINCE = date(2020, 10, 20)


def rows(facts: Facts) -> Iterator[Row]:
    """Of occupations and of the members of tubes."""
    for one in facts.of("occupations"):
        if one["occupation"] == "cold_chain":
            yield from _rolling(facts, one)
        elif one["occupation"] == "port_worker":
            yield from _periods(facts, one, "port-worker-tests", "week")
        elif one["occupation"] in STAFF:
            yield from _periods(facts, one, "institution-staff-tests", "month")
    for one in facts.of("sample_members"):
        yield from _again(facts, one)


def _rolling(facts: Facts, work: Fact) -> Iterator[Row]:
    every, gap = facts.number("cold_chain.every_days"), facts.hours("cold_chain.min_gap")
    begins = max(start(day(work["from_on"])), start(work.known.date()), start(COLD_CHAIN_SINCE))
    must = Must("cold-chain-tests", "test", work["person"], facts.moment)
    opens, counted = begins, begins.date()
    tests = [one for one in facts.tested(work["person"], facts.number("pool.mixed")) if one <= facts.moment]
    while opens <= facts.moment:
        due = start(counted, every + 1)
        (row,) = must.point(opens, due, tests)
        yield row
        if row.met is None:
            return
        opens, counted = row.met + gap, row.met.date()


def _periods(facts: Facts, work: Fact, rule: str, unit: str) -> Iterator[Row]:
    weekly = unit == "week"
    must = Must(rule, "test", work["person"], facts.moment)
    proofs = facts.tested(work["person"], facts.number("pool.mixed"))
    for first, after, _ in weeks_and_months(day(work["from_on"]), facts.day + DAY, unit):
        due = start(after) if weekly else start(after - DAY) + 18 * HOUR
        closes = start(after) + (24 * HOUR if weekly else timedelta())
        if due > work.known:
            yield from must.point(start(first), due, proofs, closes=closes)


def _again(facts: Facts, member: Fact) -> Iterator[Row]:
    many, result = facts.pools[member["sample"]]
    doubtful = result in ("positive", "doubtful", "invalid")
    if many <= facts.number("pool.single") or not (doubtful or many > facts.number("pool.mixed")):
        return
    opens = when(member["happened_at"])
    due = opens + facts.hours("pool.resample_within")
    proofs = facts.tested(member["person"], facts.number("pool.single"))
    must = Must("pool-resample", "test", member["person"], facts.moment)
    yield from must.point(opens, due, proofs, closes=due + facts.hours("late.counts_for"))
