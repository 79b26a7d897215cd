"""The one daily report of a place, with an absence for each person who is absent, in one write.

A place has one report of a kind for each day, whoever sends it: its number is made from place, duty and day.
A correction is the next version of the report, and changes the absences of that day with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sizao.terms.identifiers import hex_key, natural_key
from sizao.terms.words import Words
from sizao_web.records.access.giving import may_follow
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.correct_fact import WITHOUT_REASON
from sizao_web.records.actions.place_in_room import changed, retracted
from sizao_web.records.writing import TYPED, Given, NotAllowed, Outcome, Refused, write

Row = dict[str, Any]
Entered = Sequence[tuple[Row, Sequence[Row]]]
"""Absences of a day on record, each with its causes (`reading.institutions.absences_entered`)."""

NOT_KNOWN = ""
"""Instead of a cause: it is still to be traced."""
AS_IT_WAS = Words(
    "与已报的完全一样，没有要更正的。", "This is what was reported already: there is nothing to correct."
)


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


def correct_daily(
    scope: Scope,
    moment: datetime,
    given: Row,
    report: Report,
    *,
    entered: Entered,
    reason: str,
    request: str | None = None,
) -> Outcome:
    """Record what the report should have said, and bring the absences of that day in line with it.

    given: the report as it stands, or its retraction: then it is reported anew now. entered: the absences
    that belong to it. Whoever corrects the same version at the same moment gets a Conflict where absences are
    added. Refused, NotAllowed.
    """
    rows = [("institution_reports", given), *(("absences", absence) for absence, _ in entered)]
    rows += [("absence_causes", row) for _, causes in entered for row in causes]
    if not all(may_follow(scope, fact, row) for fact, row in rows):
        raise NotAllowed(f"{scope.role} of {scope.area} may not correct every record of this report.")
    if not reason.strip():
        raise Refused([(0, WITHOUT_REASON)])
    said: Row = {"present": report.present, "absent": report.absent, "feverish": report.feverish}
    anew = given["action"] == "retract"
    if anew:
        said["reported_at"] = moment
    links = list(_in_line(report, moment, given, entered, reason.strip()))
    if not links and not anew and all(given[name] == value for name, value in said.items()):
        raise Refused([(0, AS_IT_WAS)])
    links.insert(0, changed("institution_reports", given, reason.strip(), **said))
    return write(scope, moment, links, request=request)


def _in_line(report: Report, moment: datetime, given: Row, entered: Entered, reason: str) -> Iterator[Given]:
    """Links after which as many of each kind are absent by each cause as the report says.

    Where one cause has too many and another of the same kind of people too few, the cause is corrected; what
    is still too many is taken back, what is missing is added.
    """
    number = f"{_number(report)}/version-{given['source_version'] + 1}"
    lacking, left = Counter(report.absences), []
    for absence, causes in entered:
        told = (absence["who"], causes[-1]["cause"] if causes else NOT_KNOWN)
        if lacking[told] > 0:
            lacking[told] -= 1
        else:
            left.append((absence, causes))
    for absence, causes in left:
        # An absence goes with its cause: which of those who are left was not traced, nobody says.
        other = next((c for w, c in sorted(lacking) if w == absence["who"] and c and lacking[w, c] > 0), None)
        if other is None:
            yield retracted("absences", absence, reason)
            yield from (retracted("absence_causes", row, reason) for row in causes)
            continue
        lacking[absence["who"], other] -= 1
        yield from (changed("absence_causes", row, reason, cause=other) for row in causes)
        if not causes:
            there = {"absence": absence["absence"], "place": report.place}
            traced = {**there, "cause": other, "traced_at": moment}
            yield Given("absence_causes", traced, f"{number}/{absence['absence']}")
    added = {told: many for told, many in lacking.items() if many > 0}
    yield from _absences(replace(report, absences=added), moment, number)


def key_of_report(place: str, duty: str, day: date) -> str:
    """The key under which this system records the report of a place for a day."""
    return hex_key(*natural_key("institution_reports", TYPED, _number(Report(place, duty, day, None, 0, 0))))


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
