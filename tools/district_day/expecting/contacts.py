"""Contacts: quarantine, tests, temperature, observation at home, whom they leave behind, what they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tools.district_day.expecting.facts import HOUR, Fact, Facts, day, start, when
from tools.district_day.expecting.judging import Must, Row
from tools.district_day.expecting.places import UNDONE

CENTRAL = ("central", "hospital")
HOME = ("home", *CENTRAL)
AT_SITE, AT_HOME = 4 * HOUR, 2 * HOUR
"""How long somebody may be out of the room, and out of the flat (`verbs.yaml`)."""


def rows(facts: Facts) -> Iterator[Row]:
    """Of all contacts, and of orders with their dependants."""
    for one in facts.of("designations"):
        yield from {
            "close": _close,
            "secondary": _secondary,
            "venue_exposed": _venue,
            "unclassified": _unclassified,
        }.get(one["class"], _nothing)(facts, one)
    for one in facts.of("exposures"):
        yield from _classify(facts, one, "exposure-classification")
    for one in facts.of("orders"):
        yield from _left_behind(facts, one)


def stays(facts: Facts, person: str, kinds: tuple[str, ...]) -> list[tuple[datetime, datetime | None]]:
    """From when until when somebody was in a room, or at home, under observation."""
    return [
        (when(one["from_at"]), when(one["until_at"]) if one["until_at"] else None)
        for one in facts.about("room_stays", person)
        if one["kind"] in kinds
    ]


def planned_tests(
    facts: Facts, must: Must, days: list[date], known: datetime, *, grace: int, end: datetime | None = None,
    at_once: bool = False,
) -> Iterator[Row]:  # fmt: skip
    """Tests on these days; where one was past when it became known, at once instead."""
    proofs = facts.tested(must.about, facts.number("pool.single"))
    past = [one for one in days if start(one, 1) <= known]
    for one in days:
        due = start(one, 1)
        if one not in past:
            closes = due + timedelta(days=grace)
            yield from must.point(start(one), due, proofs, closes=closes, end=end)
    if past and at_once:
        due = start(known.date(), 2)
        yield from must.point(known, due, proofs, closes=due + timedelta(days=grace), end=end)


def _nothing(facts: Facts, contact: Fact) -> Iterator[Row]:
    return iter(())


def _excluded(facts: Facts, contact: Fact, since: datetime) -> datetime | None:
    """When the case turned out to be none, from this moment on."""
    found = [
        start(day(one["classified_on"]))
        for one in facts.about("classifications", contact["case"], "case")
        if one["class"] == "excluded"
    ]
    return min((one for one in found if one >= since), default=None)


def _close(facts: Facts, contact: Fact) -> Iterator[Row]:
    person, begun, exposed = contact["person"], day(contact["designated_on"]), day(contact["last_exposed_on"])
    days = facts.number("quarantine.days")
    event, ends = start(begun), start(exposed, days + 1)
    end = _excluded(facts, contact, event)
    must = Must("contact-quarantine", "quarantine", person, facts.moment)
    due = max(event, contact.known) + facts.hours("quarantine.transfer_within")
    if ends > contact.known:
        held = stays(facts, person, CENTRAL)
        yield from must.span(event, due, ends, held, tolerated=AT_SITE, end=end)
    tests = [exposed + timedelta(days=one) for one in facts.number("quarantine.test_days")]
    must = Must("contact-tests", "test", person, facts.moment)
    grace = facts.number("quarantine.test_grace")
    yield from planned_tests(facts, must, tests, contact.known, grace=grace, end=end, at_once=True)
    must = Must("contact-temperature", "check_health", person, facts.moment)
    checks = [when(one["checked_at"]) for one in facts.about("health_checks", person)]
    count, gap = facts.number("quarantine.checks"), facts.hours("quarantine.check_gap")
    on = begun
    while start(on) < ends and on <= facts.day:
        if start(on, 1) > contact.known:
            yield from must.point(
                start(on), start(on, 1), checks, closes=start(on, 1), count=count, gap=gap, end=end
            )
        on += timedelta(days=1)


def _secondary(facts: Facts, contact: Fact) -> Iterator[Row]:
    person, begun, exposed = contact["person"], day(contact["designated_on"]), day(contact["last_exposed_on"])
    days = facts.number("secondary.days")
    event, ends = start(begun), start(exposed, days + 1)
    end = _excluded(facts, contact, event)
    held = stays(facts, person, HOME)
    if ends > contact.known:
        must = Must("secondary-observation", "stay_home", person, facts.moment)
        yield from must.span(event, max(event, contact.known), ends, held, tolerated=AT_HOME, end=end)
    must = Must("secondary-observation", "test", person, facts.moment)
    tests = [exposed + timedelta(days=one) for one in facts.number("secondary.test_days")]
    yield from planned_tests(facts, must, tests, contact.known, grace=0, end=end, at_once=True)
    negative = [
        one
        for one in facts.tests(contact["case_person"])
        if one.result == "negative" and start(exposed) <= one.taken < ends
    ]
    longer = start(exposed, days + 1 + facts.number("secondary.more_days"))
    if len(negative) < facts.number("secondary.release_tests") and longer > contact.known:
        must = Must("secondary-release", "stay_home", person, facts.moment)
        yield from must.span(ends, max(ends, contact.known), longer, held, tolerated=AT_HOME, end=end)


def _venue(facts: Facts, contact: Fact) -> Iterator[Row]:
    must = Must("venue-tests", "tests", contact["person"], facts.moment)
    due = contact.known + facts.hours("venue.tests_within")
    proofs = facts.tested(contact["person"], facts.number("pool.mixed"))
    count, gap = facts.number("venue.tests"), facts.hours("venue.tests_gap")
    closes = due + facts.hours("late.counts_for")
    end = _excluded(facts, contact, start(day(contact["designated_on"])))
    yield from must.point(contact.known, due, proofs, closes=closes, count=count, gap=gap, end=end)


def _unclassified(facts: Facts, contact: Fact) -> Iterator[Row]:
    return _classify(facts, contact, "unclassified-contact")


def _classify(facts: Facts, contact: Fact, rule: str) -> Iterator[Row]:
    must = Must(rule, "classify", contact["person"], facts.moment)
    due = contact.known + facts.hours("classification.within")
    decided = [
        start(day(one["designated_on"]))
        for one in facts.about("designations", contact["person"])
        if one["class"] != "unclassified"
    ]
    closes = due + facts.hours("late.counts_for")
    event = day(contact["last_on"] or contact["designated_on"])
    end = _excluded(facts, contact, start(event))
    yield from must.point(contact.known, due, decided, closes=closes, look_back=24 * HOUR, end=end)


def _left_behind(facts: Facts, order: Fact) -> Iterator[Row]:
    person = order["person"]
    must = Must("dependants-of-quarantined", "record", person, facts.moment)
    due = order.known + facts.hours("dependants.record_within")
    recorded = facts.about("dependants", person)
    known = [one.known for one in recorded]
    asked = list(must.point(order.known, due, known, look_back=timedelta(days=30)))
    yield from asked
    for dependant in (one["dependant"] for one in recorded if one["kind"] != "none"):
        for row in asked:
            if row.met is not None:
                yield from _in_care(facts, order, dependant, row.met)
        visits = [
            when(one["visited_at"]) for one in facts.about("visits", dependant) if one["purpose"] == "welfare"
        ]
        on = day(order["from_on"])
        while on < day(order["until_on"]) and on <= facts.day:
            must = Must("dependants-of-quarantined", "visit", dependant, facts.moment)
            if start(on, 1) > order.known:
                for row in must.point(start(on), start(on, 1), visits, closes=start(on, 1)):
                    yield row
                    yield from _made_up(facts, row, visits)
            on += timedelta(days=1)


def _in_care(facts: Facts, order: Fact, dependant: str, recorded: datetime) -> Iterator[Row]:
    """From the day on which it is known who depends on the person, somebody cares who has accepted."""
    held = [
        (when(one["from_at"]), when(one["until_at"]) if one["until_at"] else None)
        for one in facts.about("carers", dependant)
        if one["answer"] == "accepted"
    ]
    opens = max(start(recorded.date()), start(day(order["from_on"])))
    due = max(opens, order.known) + facts.hours("dependants.carer_within")
    must = Must("dependants-of-quarantined", "carer", dependant, facts.moment)
    for row in must.span(opens, due, start(day(order["until_on"])), held, tolerated=timedelta()):
        yield row
        wakes = row.due + facts.hours("dependants.escalate_after")
        if row.status in UNDONE and facts.moment >= wakes:
            must = Must(row.rule, "carer!name_carer", dependant, facts.moment)
            within = facts.hours("dependants.escalate_within")
            yield from must.point(wakes, wakes + within, [begun for begun, _ in held])


def _made_up(facts: Facts, missing: Row, visits: list[datetime]) -> Iterator[Row]:
    wakes = missing.due + facts.hours("dependants.escalate_after")
    if missing.status in UNDONE and facts.moment >= wakes:
        must = Must(missing.rule, "visit!welfare_visit", missing.about, facts.moment)
        yield from must.point(wakes, wakes + facts.hours("dependants.escalate_within"), visits)
