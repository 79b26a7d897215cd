"""Daily reports, what follows where they are missing, sales, findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tools.district_day.expecting.facts import HOUR, Fact, Facts, day, start, when
from tools.district_day.expecting.judging import Must, Row

UNDONE = ("overdue", "missed")
DAILY = {
    "daily_report": ("school-daily-report", True),
    "pharmacy_report": ("pharmacy-daily-register", False),
    "care_home_report": ("care-home-daily-report", True),
}
"""What a place owes every day -> the rule, and whether by ten in the morning."""


def rows(facts: Facts) -> Iterator[Row]:
    """Of all places."""
    for one in facts.of("enrolments"):
        yield from _daily(facts, one)
    for one in facts.of("medicine_sales"):
        yield from _sale(facts, one)
    for one in facts.of("findings"):
        yield from _finding(facts, one)
    for one in facts.of("institution_reports"):
        yield from _fevers(facts, one)


def _inspected(facts: Facts, place: str) -> list[datetime]:
    return [when(one["inspected_at"]) for one in facts.about("inspections", place, "place")]


def _daily(facts: Facts, enrolled: Fact) -> Iterator[Row]:
    rule, by_ten = DAILY[enrolled["duty"]]
    on = day(enrolled["from_on"])
    while on <= facts.day:
        opens, ends = start(on), start(on, 1)
        due = opens + 10 * HOUR if by_ten else ends
        works = on.weekday() < 5 or enrolled["operating"] == "every_day"
        if works and due > enrolled.known:
            reports = [
                when(one["reported_at"])
                for one in facts.about("institution_reports", enrolled["place"], "place")
                if one["duty"] == enrolled["duty"]
            ]
            must = Must(rule, "report", enrolled["place"], facts.moment)
            for row in must.point(opens, due, reports, closes=ends):
                yield row
                if enrolled["duty"] == "daily_report":
                    yield from _check_on_site(facts, row)
        on += timedelta(days=1)


def _check_on_site(facts: Facts, missing: Row) -> Iterator[Row]:
    wakes = missing.due + facts.hours("school.check_after")
    if missing.status in UNDONE and facts.moment >= wakes:
        must = Must(missing.rule, "report!check_on_site", missing.about, facts.moment)
        due = wakes + facts.hours("school.check_within")
        yield from must.point(wakes, due, _inspected(facts, missing.about))


def _fevers(facts: Facts, report: Fact) -> Iterator[Row]:
    """So many with fever at a school on one day that somebody goes there."""
    if report["duty"] == "daily_report" and report["feverish"] >= facts.number("school.alarm_fevers"):
        reported = when(report["reported_at"])
        must = Must("school-cluster", "check", report["place"], facts.moment)
        due = reported + facts.hours("school.alarm_within")
        yield from must.point(reported, due, _inspected(facts, report["place"]))


def _sale(facts: Facts, sale: Fact) -> Iterator[Row]:
    if sale["medicine"] != "antipyretic":
        return
    sold = when(sale["sold_at"])
    due = sold + facts.hours("pharmacy.checked_within")
    level = _level(facts, sale["prescribed_by"])
    if level in ("level_1", "below_level_2", None):
        must = Must("antipyretic-without-prescription", "check", sale["place"], facts.moment)
        yield from must.point(sold, due, _inspected(facts, sale["place"]))
    if sale["guided_to"] is None:
        must = Must("buyer-not-guided", "check", sale["place"], facts.moment)
        yield from must.point(sold, due, _inspected(facts, sale["place"]))


def _level(facts: Facts, place: str | None) -> str | None:
    found = facts.about("places", place, "place") if place else []
    return found[0]["level"] if found else None


def _finding(facts: Facts, finding: Fact) -> Iterator[Row]:
    rule = f"finding-{finding['severity']}"
    found = when(finding["found_at"])
    answers = facts.about("rectifications", finding["finding"], "finding")
    mended = [when(one["rectified_at"]) for one in answers]
    must = Must(rule, "rectify", finding["place"], facts.moment)
    for row in must.point(found, found + facts.hours(f"{rule.replace('-', '.')}_within"), mended):
        yield row
        if row.met is not None:
            again = [when(one["rechecked_at"]) for one in answers if one["rechecked_at"]]
            check = Must(rule, "recheck", finding["place"], facts.moment)
            yield from check.point(row.met, row.met + facts.hours("finding.recheck_within"), again)
