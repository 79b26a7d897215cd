"""Arrivals: quarantine from abroad and from graded areas, verification, pupils who come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tools.district_day.expecting.contacts import AT_HOME, AT_SITE, CENTRAL, HOME, planned_tests, stays
from tools.district_day.expecting.facts import DAY, Fact, Facts, day, start, when
from tools.district_day.expecting.judging import Must, Row


def rows(facts: Facts) -> Iterator[Row]:
    """Of all arrivals."""
    for one in facts.of("arrivals"):
        if one["origin_country"] is not None or one["declared"] == "port":
            yield from _abroad(facts, one)
        elif (graded := _last_day_graded(facts, one)) is not None:
            yield from _graded(facts, one, graded)
        if one["declared"] == "pushed":
            yield from _pushed(facts, one)
        if one["origin"] is not None:
            yield from _returner(facts, one)


def _last_day_graded(facts: Facts, arrival: Fact) -> date | None:
    """The last of the fourteen days before, or of the day itself, in an area of medium or high risk."""
    came = day(arrival["arrived_on"])
    first = came - timedelta(days=facts.number("arrivals.looked_back"))
    graded = [one["graded"] for one in facts.of("area_grades") if one["grade"] in ("medium", "high")]
    last = []
    for stay in facts.about("stays", arrival["person"]):
        if any(f"{stay['located_in']}/".startswith(f"{area}/") for area in graded):
            until = day(stay["until_on"]) - DAY if stay["until_on"] else came
            last += [min(until, came)] if min(until, came) >= max(first, day(stay["from_on"])) else []
    return max(last, default=None)


def _tests(facts: Facts, must: Must, arrival: Fact, since: date, name: str) -> Iterator[Row]:
    days = [since + timedelta(days=one - 1) for one in facts.number(name)]
    return planned_tests(facts, must, days, arrival.known, grace=0)


def _abroad(facts: Facts, arrival: Fact) -> Iterator[Row]:
    person, came, rule = arrival["person"], day(arrival["arrived_on"]), "arrivals-from-abroad"
    ends = start(came, facts.number("arrivals.days"))
    due = max(start(came), arrival.known) + facts.hours("arrivals.transfer_within")
    must = Must(rule, "central", person, facts.moment)
    if ends > arrival.known:
        held = stays(facts, person, CENTRAL)
        yield from must.span(start(came), due, ends, held, tolerated=AT_SITE)
    must = Must(rule, "test", person, facts.moment)
    yield from _tests(facts, must, arrival, came, "arrivals.test_days")
    home = ends + timedelta(days=facts.number("arrivals.home_days"))
    must = Must(rule, "home", person, facts.moment)
    yield from must.span(ends, max(ends, arrival.known), home, stays(facts, person, HOME), tolerated=AT_HOME)
    must = Must(rule, "home_test", person, facts.moment)
    yield from _tests(facts, must, arrival, ends.date(), "arrivals.home_test_days")


def _graded(facts: Facts, arrival: Fact, last: date) -> Iterator[Row]:
    person, came, rule = arrival["person"], day(arrival["arrived_on"]), "arrivals-from-graded-areas"
    ends = start(last, facts.number("arrivals.days") + 1)
    due = max(start(came), arrival.known) + facts.hours("arrivals.transfer_within")
    must = Must(rule, "quarantine", person, facts.moment)
    if ends > arrival.known:
        held = stays(facts, person, CENTRAL)
        yield from must.span(start(came), due, ends, held, tolerated=AT_SITE)
    must = Must(rule, "test", person, facts.moment)
    yield from _tests(facts, must, arrival, came, "arrivals.test_days")


def _pushed(facts: Facts, arrival: Fact) -> Iterator[Row]:
    visits = [
        when(one["visited_at"])
        for one in facts.about("visits", arrival["person"])
        if one["purpose"] == "observation"
    ]
    due = arrival.known + facts.hours("verification.within")
    must = Must("arrivals-verification", "verify", arrival["person"], facts.moment)
    yield from must.point(arrival.known, due, visits, closes=due + facts.hours("late.counts_for"))


def _returner(facts: Facts, arrival: Fact) -> Iterator[Row]:
    works = [one["occupation"] for one in facts.about("occupations", arrival["person"])]
    if not {"teacher", "pupil"} & set(works):
        return
    opens = start(day(arrival["arrived_on"]))
    due = opens + facts.hours("returners.test_within")
    must = Must("returning-school-people", "test", arrival["person"], facts.moment)
    proofs = facts.tested(arrival["person"], facts.number("pool.mixed"))
    yield from must.point(opens, due, proofs, closes=due + facts.hours("late.counts_for"))
