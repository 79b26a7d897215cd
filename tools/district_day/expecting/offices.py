"""Offices: duty round the clock, incidents, assignments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tools.district_day.expecting.facts import Fact, Facts, day, start, when
from tools.district_day.expecting.judging import Must, Row

ON_DUTY = ("command", "cdc", "health_commission", "port_health", "supplies", "street", "supervision")
SET_UP_SINCE = date(2020, 6, 1)
UNTIL = datetime(2021, 1, 1)


def rows(facts: Facts) -> Iterator[Row]:
    """Of offices, incidents, assignments."""
    for one in facts.of("offices"):
        if one["task"] in ON_DUTY and day(one["from_on"]) >= SET_UP_SINCE:
            yield from _duty(facts, one)
    for one in facts.of("incidents"):
        for stage in ("first", "final"):
            yield from _incident(facts, one, stage)
    for one in facts.of("assignments"):
        yield from _assignment(facts, one)


def _duty(facts: Facts, office: Fact) -> Iterator[Row]:
    opens = start(day(office["from_on"]))
    for step, kind in (("on_duty", "duty"), ("leader", "leader")):
        held = [
            (when(one["from_at"]), when(one["until_at"]) if one["until_at"] else None)
            for one in facts.about("shifts", office["office"], "office")
            if one["kind"] == kind
        ]
        must = Must("duty-roster", step, office["office"], facts.moment)
        yield from must.span(opens, max(opens, office.known), UNTIL, held, tolerated=timedelta())


def _incident(facts: Facts, incident: Fact, stage: str) -> Iterator[Row]:
    found = when(incident["found_at"])
    told = [
        when(one["reported_at"])
        for one in facts.about("incident_reports", incident["incident"], "incident")
        if one["stage"] == stage
    ]
    must = Must("incident-report", stage, incident["office"], facts.moment)
    yield from must.point(found, found + facts.hours(f"incident.{stage}_within"), told)


def _assignment(facts: Facts, assignment: Fact) -> Iterator[Row]:
    told = facts.about("assignment_reports", assignment["assignment"], "assignment")
    given = when(assignment["assigned_at"])
    if assignment["due_on"] is not None:
        done = [when(one["reported_at"]) for one in told if one["state"] == "done" and one["evidence"]]
        opens = max(start(given.date()), assignment.known)
        due = start(day(assignment["due_on"]), 1)
        if due > assignment.known:
            must = Must("assignment-in-time", "finish", assignment["office"], facts.moment)
            yield from must.point(opens, due, done)
    else:
        due = given + facts.hours("assignment.progress_within")
        must = Must("assignment-progress", "report", assignment["office"], facts.moment)
        yield from must.point(given, due, [when(one["reported_at"]) for one in told])
