"""The report of a day put on record: the first one, or anew after it was taken back."""

from __future__ import annotations

from django.http import HttpRequest

from sizao_web.desks.institutions.counting import ABSENTEES
from sizao_web.pages.language import say
from sizao_web.records.actions.record_facts import Outcome
from sizao_web.records.actions.report_daily import Report, correct_daily, key_of_report, report_daily
from sizao_web.records.reading import institutions
from sizao_web.records.reading.history import history


def recorded(request: HttpRequest, found: Report) -> Outcome:
    """Record a report; one that was taken back is reported anew, under the number that it had.

    Conflict where another one of that day is there; Refused, NotAllowed.
    """
    key = key_of_report(found.place, found.duty, found.for_on)
    of = history(request.scope, "institution_reports", key, known_by=request.moment)
    if of is None or not of.retracted:
        return report_daily(request.scope, request.moment, found)
    entered = institutions.absences_entered(
        request.scope, request.moment, found.place, found.for_on, ABSENTEES.get(found.duty, ())
    )
    anew = say("撤回后重新报告", "reported anew after it was taken back")
    return correct_daily(request.scope, request.moment, of.last, found, entered=entered, reason=anew)
