"""Clinics and the hospital; the recovered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tools.district_day.expecting.contacts import AT_HOME, HOME, stays
from tools.district_day.expecting.facts import DAY, HOUR, Fact, Facts, day, start, when
from tools.district_day.expecting.judging import Must, Row


def rows(facts: Facts) -> Iterator[Row]:
    """Of encounters, referrals, admissions, escorts, discharges."""
    for one in facts.of("encounters"):
        yield from _encounter(facts, one)
    for one in facts.of("referrals"):
        yield from _referral(facts, one)
    for one in facts.of("admissions"):
        if not _is_case(facts, one):
            yield from _inpatient(facts, one, "inpatient-tests", when(one["admitted_at"]))
    for one in facts.of("escorts"):
        yield from _inpatient(facts, one, "escort-tests", when(one["from_at"]))
    for one in facts.of("discharges"):
        yield from _recovered(facts, one)


def weeks_and_months(since: date, until: date, unit: str) -> Iterator[tuple[date, date, date]]:
    """First day, day after the last, and last day that counts, of every week or month that holds one."""
    first = since - timedelta(days=since.weekday()) if unit == "week" else since.replace(day=1)
    while first < until:
        after = first + 7 * DAY if unit == "week" else (first + 32 * DAY).replace(day=1)
        yield first, after, min(after, until) - DAY
        first = after


def _encounter(facts: Facts, seen: Fact) -> Iterator[Row]:
    opens, person = when(seen["seen_at"]), seen["person"]
    if seen["kind"] == "fever_clinic":
        must = Must("fever-clinic-tests", "test", person, facts.moment)
        proofs = facts.tested(person, facts.number("pool.single"))
        yield from must.point(opens, opens + facts.hours("fever_clinic.test_within"), proofs)
    (place,) = facts.about("places", seen["place"], "place")
    treats = place["kind"] == "fever_clinic" and place["level"] in ("level_2", "level_3")
    if (seen["temperature"] or 0) >= facts.number("referral.temperature") and not treats:
        sent = [when(one["referred_at"]) for one in facts.about("referrals", person)]
        due = opens + facts.hours("referral.within")
        must = Must("fever-referral", "refer", person, facts.moment)
        yield from must.point(opens, due, sent, closes=due + facts.hours("late.counts_for"))


def _referral(facts: Facts, referral: Fact) -> Iterator[Row]:
    opens = when(referral["referred_at"])
    due = opens + facts.hours("referral.seen_within")
    came = [
        when(one["seen_at"])
        for one in facts.about("encounters", referral["person"])
        if one["kind"] == "fever_clinic"
    ]
    must = Must("referral-arrives", "arrive", referral["person"], facts.moment)
    yield from must.point(opens, due, came, closes=due + facts.hours("late.counts_for"))


def _is_case(facts: Facts, admission: Fact) -> bool:
    """Whether by the end of the day when the admission became known the person was a case."""
    known = start(admission.known.date(), 1)
    classes = [
        (start(day(one["classified_on"])), one["class"])
        for one in facts.about("classifications", admission["person"])
        if start(day(one["classified_on"])) < known
    ]
    return bool(classes) and max(classes)[1] in ("confirmed", "asymptomatic")


def _inpatient(facts: Facts, fact: Fact, rule: str, came: datetime) -> Iterator[Row]:
    if rule == "escort-tests" and fact["kind"] != "escort":
        return
    must = Must(rule, "test", fact["person"], facts.moment)
    proofs = facts.tested(fact["person"], facts.number("pool.single"))
    back = facts.hours("inpatient.looked_back")
    yield from must.point(came, came + facts.hours("inpatient.test_within"), proofs, look_back=back)


def _recovered(facts: Facts, discharge: Fact) -> Iterator[Row]:
    if discharge["outcome"] != "recovered":
        return
    person, home = discharge["person"], when(discharge["discharged_at"])
    due = max(home, discharge.known) + facts.hours("recovered.home_within")
    ends = start(home.date(), facts.number("recovered.home_days") + 1)
    must = Must("recovered-home", "stay_home", person, facts.moment)
    yield from must.span(home, due, ends, stays(facts, person, HOME), tolerated=AT_HOME)
    seen = [when(one["visited_at"]) for one in facts.about("visits", person) if one["purpose"] == "follow_up"]
    must = Must("recovered-revisit", "revisit", person, facts.moment)
    for number in facts.number("recovered.revisit_days"):
        on = home.date() + timedelta(days=number)
        closes = start(on, 1 + facts.number("recovered.revisit_grace"))
        yield from must.point(start(on), start(on, 1), seen, closes=closes, look_back=6 * DAY)
    until = home.date() + timedelta(days=facts.number("recovered.follow_up_days"))
    must = Must("recovered-weekly-report", "report", person, facts.moment)
    for first, after, _ in weeks_and_months(home.date(), min(until, facts.day + DAY), "week"):
        due = start(min(after - DAY, until - DAY)) + 17 * HOUR
        if due > discharge.known:
            yield from must.point(start(first), due, seen, closes=start(after) + 24 * HOUR)
    must = Must("recovered-monthly-test", "test", person, facts.moment)
    proofs = facts.tested(person, facts.number("pool.single"))
    for first, after, _ in weeks_and_months(home.date(), min(until, facts.day + DAY), "month"):
        yield from must.point(start(first), start(after), proofs, closes=start(after))
