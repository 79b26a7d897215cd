"""The one daily report of a place, with an absence for each person who is absent, in one write.

A place has one report of a kind for each day, whoever sends it: its number is made from place, duty and day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sizao_web.records.access.scope import Scope
from sizao_web.records.writing import Given, Outcome, write

NOT_KNOWN = ""
"""Instead of a cause: it is still to be traced."""


@dataclass(frozen=True)
class Report:
    """What a place says of a day. absences: (who, cause or NOT_KNOWN) -> how many; present: if counted."""

    place: str
    duty: str
    for_on: date
    present: int | None
    absent: int
    feverish: int
    absences: Mapping[tuple[str, str], int] = field(default_factory=dict)


def report_daily(scope: Scope, moment: datetime, report: Report, *, request: str | None = None) -> Outcome:
    """Record the report. Conflict where another one of that day is there; Refused, NotAllowed."""
    return write(scope, moment, list(_facts(report, moment)), request=request)


def add_absences(scope: Scope, moment: datetime, report: Report, *, before: int) -> Outcome:
    """Record absences that a corrected report counts and nobody has entered; before: how many are there.

    Sent twice it is refused as a Conflict. Refused, NotAllowed.
    """
    return write(scope, moment, list(_absences(report, moment, f"{_number(report)}/after-{before}")))


def _number(report: Report) -> str:
    return f"{report.place}/{report.duty}/{report.for_on}"


def _facts(report: Report, moment: datetime) -> Iterator[Given]:
    said = {
        "place": report.place, "duty": report.duty, "reported_at": moment, "for_on": report.for_on,
        "present": report.present, "absent": report.absent, "feverish": report.feverish,
    }  # fmt: skip
    yield Given("institution_reports", said, _number(report))
    yield from _absences(report, moment, _number(report))


def _absences(report: Report, moment: datetime, number: str) -> Iterator[Given]:
    for (who, cause), many in sorted(report.absences.items()):
        for one in range(1, many + 1):
            absence = f"{number}/{who}/{cause or 'untraced'}/{one}"
            there = {"absence": absence, "place": report.place}
            yield Given("absences", {**there, "who": who, "absent_on": report.for_on}, absence)
            if cause != NOT_KNOWN:
                yield Given("absence_causes", {**there, "cause": cause, "traced_at": moment}, absence)
