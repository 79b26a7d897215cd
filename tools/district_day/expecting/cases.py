"""Cases: reported, by telephone where that fails, investigated, admitted, tested, observed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tools.district_day.expecting.contacts import AT_SITE, CENTRAL, stays
from tools.district_day.expecting.facts import Fact, Facts, day, start, when
from tools.district_day.expecting.judging import Must, Row
from tools.district_day.expecting.places import UNDONE

CASES = ("suspected", "clinically_diagnosed", "confirmed", "asymptomatic")


def rows(facts: Facts) -> Iterator[Row]:
    """Of all classifications."""
    for one in facts.of("classifications"):
        if one["class"] in CASES:
            yield from _report(facts, one)
        if one["class"] in ("confirmed", "asymptomatic"):
            yield from _investigation(facts, one)
        if one["class"] == "confirmed":
            yield from _admission(facts, one)
        if one["class"] == "suspected":
            yield from _suspected(facts, one)
        if one["class"] == "asymptomatic":
            yield from _observation(facts, one)


def _ended(facts: Facts, case: Fact, *classes: str) -> datetime | None:
    """When the case was judged to be one of these, on the day of this judgement or later."""
    event = start(day(case["classified_on"]))
    found = [
        start(day(one["classified_on"]))
        for one in facts.about("classifications", case["case"], "case")
        if one["class"] in classes
    ]
    return min((one for one in found if one >= event), default=None)


def _report(facts: Facts, case: Fact) -> Iterator[Row]:
    told = facts.about("case_reports", case["person"])
    by = {
        channel: [when(one["reported_at"]) for one in told if one["channel"] == channel]
        for channel in ("direct_report", "telephone")
    }
    due = case.known + facts.hours("report.within_a")
    must = Must("case-report", "report", case["person"], facts.moment)
    for row in must.point(case.known, due, by["direct_report"], look_back=timedelta(days=14)):
        yield row
        wakes = due + facts.hours("report.telephone_after")
        if row.status in UNDONE and facts.moment >= wakes:
            must = Must("case-report", "report!telephone_report", case["person"], facts.moment)
            yield from must.point(wakes, wakes + facts.hours("report.telephone_within"), by["telephone"])


def _investigation(facts: Facts, case: Fact) -> Iterator[Row]:
    done = [
        when(one["finished_at"])
        for one in facts.about("investigations", case["person"])
        if one["kind"] == "full"
    ]
    due = case.known + facts.hours("investigation.within")
    closes = due + facts.hours("late.counts_for_cases")
    must = Must("case-investigation", "investigate", case["person"], facts.moment)
    yield from must.point(case.known, due, done, closes=closes, end=_ended(facts, case, "excluded"))


def _admission(facts: Facts, case: Fact) -> Iterator[Row]:
    done = [when(one["admitted_at"]) for one in facts.about("admissions", case["person"])]
    due = case.known + facts.hours("admission.within")
    closes = due + facts.hours("late.counts_for_cases")
    must = Must("case-admission", "admit", case["person"], facts.moment)
    back, end = timedelta(hours=72), _ended(facts, case, "excluded")
    yield from must.point(case.known, due, done, closes=closes, look_back=back, end=end)


def _suspected(facts: Facts, case: Fact) -> Iterator[Row]:
    proofs = facts.tested(case["person"], facts.number("pool.single"))
    due = case.known + facts.hours("suspected.test_within")
    closes = due + facts.hours("late.counts_for")
    must = Must("suspected-test", "test", case["person"], facts.moment)
    end = _ended(facts, case, "clinically_diagnosed", "confirmed", "asymptomatic", "excluded")
    yield from must.point(case.known, due, proofs, closes=closes, end=end)


def _observation(facts: Facts, case: Fact) -> Iterator[Row]:
    person, since, rule = case["person"], day(case["classified_on"]), "asymptomatic-observation"
    end = _ended(facts, case, "excluded")
    closes = start(since, facts.number("asymptomatic.days"))
    must = Must(rule, "observation", person, facts.moment)
    held = stays(facts, person, CENTRAL)
    yield from must.span(
        start(since), max(start(since), case.known), closes, held, tolerated=AT_SITE, end=end
    )
    opens = start(since, facts.number("asymptomatic.days_before_tests"))
    due = opens + facts.hours("asymptomatic.release_within")
    must = Must(rule, "release_tests", person, facts.moment)
    alone = [one.taken for one in facts.tests(person) if one.result == "negative" and one.members == 1]
    count, gap = facts.number("asymptomatic.release_tests"), facts.hours("asymptomatic.release_gap")
    closes = due + facts.hours("late.counts_for")
    yield from must.point(opens, due, alone, closes=closes, count=count, gap=gap, end=end)
