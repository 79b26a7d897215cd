"""Offices: duty round the clock, incidents, what they are charged with."""

from __future__ import annotations

from datetime import datetime, timedelta

from tools.district_day.clock import at, on
from tools.district_day.plan import Plan
from tools.district_day.stories.people import People
from tools.district_day.stories.standing import SETTING_UP


def tell(plan: Plan, people: People) -> None:
    """Shifts of the offices that were set up three days ago, incidents, assignments."""
    for number, street in enumerate(plan.district.streets[:SETTING_UP]):
        _shifts(plan, f"office/street-{street.rsplit('/', 1)[1]}", number)
    for number in range(6):
        _incident(plan, number)
        _assignment(plan, number)


def _shifts(plan: Plan, office: str, number: int) -> None:
    """Of twelve hours, from eight to eight; one office forgot a leader, and began a morning late."""
    for kind in ("duty", "leader"):
        begins = at("00:00", -3) if number != 1 else at("09:00", -3)
        clocks = [begins, *(at(clock, days) for days in range(-3, 1) for clock in ("08:00", "20:00"))]
        starts = sorted({one for one in clocks if one >= begins})
        for from_at, until_at in zip(starts, [*starts[1:], at("08:00", 1)], strict=True):
            if number == 1 and kind == "leader" and from_at == at("20:00"):
                continue
            told = max(from_at, at("09:00", -3))
            values = {"office": office, "kind": kind, "holder": f"officer-{number}", "from_at": from_at}
            form = number == 0 and kind == "duty" and from_at == at("20:00")
            giver = "duty-officer" if form else "command"
            shift = {**values, "until_at": until_at}
            plan.tell("shifts", giver, told, shift, via="form" if form else "one")


def _incident(plan: Plan, number: int) -> None:
    """Reported within two hours, later, or not; its end within three days."""
    office = f"office/{('supplies', 'education')[number % 2]}"
    found = at("10:05") if number < 4 else at("14:00", -3)
    incident = f"incident-{number}"
    said = {"incident": incident, "office": office, "kind": "other", "found_at": found}
    plan.tell("incidents", "command", found, said)
    hours = (1, 3, None, 1.5, 1, 1)[number]
    if hours is not None:
        _reported(plan, incident, office, "first", found + timedelta(hours=hours))
    if number in (3, 4):
        _reported(plan, incident, office, "final", at("13:30") if number == 4 else at("20:00"))


def _reported(plan: Plan, incident: str, office: str, stage: str, moment: datetime) -> None:
    values = {"incident": incident, "office": office, "stage": stage, "reported_at": moment}
    plan.tell("incident_reports", "command", moment, values)


def _assignment(plan: Plan, number: int) -> None:
    """To be done by tonight, by yesterday, or within a week to be reported on."""
    office, assignment = "office/supplies", f"assignment-{number}"
    given = at("09:00", -7 if number == 5 else -4)
    due = {0: on(0), 1: on(0), 2: on(-1), 3: on(-1), 4: on(2)}.get(number)
    said = {"assignment": assignment, "office": office, "by": "office/command", "source": "meeting"}
    limit = {"due_on": due} if due is not None else {}
    plan.tell("assignments", "command", given, {**said, "assigned_at": given, **limit})
    if number in (0, 2, 5):
        moment = at("11:15")
        done = {"assignment": assignment, "office": office, "state": "done", "reported_at": moment}
        form = number == 0
        plan.tell(
            "assignment_reports", "supplier" if form else "command", moment, {**done, "evidence": "invented"},
            via="form" if form else "one",
        )  # fmt: skip
