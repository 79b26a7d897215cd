"""A report of the place corrected on its own desk: the quick form, filled with what was sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao.terms.identifiers import hex_key
from sizao_web.desks.institutions.counting import ABSENTEES, FEVER, grid, read_report, typed_of
from sizao_web.desks.institutions.views import REPORTING, day_of
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import Conflict, NotAllowed, Refused
from sizao_web.records.actions.report_daily import NOT_KNOWN, Entered, correct_daily
from sizao_web.records.reading import institutions
from sizao_web.records.reading.history import history

Row = dict[str, Any]


@page(roles=REPORTING, methods=("GET", "POST"))
def correct(request: HttpRequest) -> HttpResponse:
    """The report of a day as it stands, to be changed; a POST records what it should have said."""
    asked = request.POST if request.method == "POST" else request.GET
    duty, day = asked.get("duty", ""), _day(asked.get("on", ""))
    place = request.scope.organisation or ""
    given = institutions.report_of(request.scope, request.moment, place, duty, day) if day else None
    if given is None:
        messages.warning(
            request,
            say(
                "这一天没有报告可更正：请点日期选一份。",
                "There is no report of that day to correct: choose one by its day.",
            ),
        )
        return redirect("institutions:reports")
    entered = institutions.absences_entered(
        request.scope, request.moment, place, given["for_on"], ABSENTEES.get(duty, ())
    )
    if request.method == "GET":
        return _page(request, given, entered, _typed(given, entered))
    problem = _correct(request, given, entered)
    if problem:
        return _page(request, given, entered, request.POST, problem)
    messages.success(
        request,
        say(
            "更正已保存，原来报的仍在记录里。",
            "The correction is recorded; what was reported before stays on record.",
        ),
    )
    return redirect("institutions:today" if day == day_of(request) else "institutions:reports")


def _correct(request: HttpRequest, given: Row, entered: Entered) -> str:
    """Record it; what is wrong with it otherwise."""
    duty = given["duty"]
    found, problem = read_report(request, given["place"], duty, given["for_on"])
    if found is None:
        return problem
    if duty not in ABSENTEES:
        found = replace(found, present=given["present"])  # the form does not ask for it
    elif found.present is None and given["present"] is not None:
        return say("请填应到人数。", "Say how many people belong here.")
    same = (found.present, found.absent, found.feverish) == tuple(
        given[name] for name in ("present", "absent", "feverish")
    ) and found.absences == _counted(entered)
    if request.POST.get("seen") != str(given["source_version"]):
        if same:
            return ""  # sent twice: the first is what stands there
        return say(
            "您打开之后这份报告已被更正（现在的数见上面一行）。您填的还在：请核对后再保存。",
            "This report was corrected after you opened it; the line above says what stands now. What you "
            "entered is still here: check it and save again.",
        )
    try:
        correct_daily(
            request.scope,
            request.moment,
            given,
            found,
            entered=entered,
            reason=request.POST.get("reason", ""),
        )
    except Conflict:
        return say(
            "同事刚刚更正了这份报告。您填的还在：请核对后再保存。",
            "A colleague corrected this report a moment ago. What you entered is still here: check it and "
            "save again.",
        )
    except Refused as refused:
        return " ".join(said(words) for _, words in refused.problems)
    except NotAllowed as cause:
        raise PermissionDenied from cause
    return ""


def _counted(entered: Entered) -> dict[tuple[str, str], int]:
    """(who, cause or NOT_KNOWN) -> how many are on record."""
    told = ((row["who"], causes[-1]["cause"] if causes else NOT_KNOWN) for row, causes in entered)
    return dict(Counter(told))


def _typed(given: Row, entered: Entered) -> dict[str, str]:
    """What one would have typed to send the report as it stands."""
    counted = _counted(entered)
    feverish = sum(many for (_, cause), many in counted.items() if cause == FEVER)
    here = given["feverish"] - feverish
    roster = given["present"] + given["absent"] if given["present"] is not None else ""
    return {
        **typed_of(counted),
        "roster": str(roster),
        "here_feverish": str(here) if here > 0 else "",
        "absent": str(given["absent"]),
        "feverish": str(given["feverish"]),
    }


def _page(
    request: HttpRequest, given: Row, entered: Entered, typed: Mapping[str, str], problem: str = ""
) -> HttpResponse:
    duty, key = given["duty"], hex_key(given["key_hi"], given["key_lo"])
    of = history(request.scope, "institution_reports", key, known_by=request.moment)
    meet(request, [given], offices=["place"])
    context = {
        "given": given,
        "one": {
            "duty": duty,
            "label": CODE_LISTS["enrolment_duties"].label_of(duty),
            "counts_people": duty in ABSENTEES,
            "kinds": [CODE_LISTS["absentee_kinds"].label_of(one) for one in ABSENTEES.get(duty, ())],
            "grid": grid(typed, duty),
        },
        "typed": typed,
        "uncounted": given["absent"] - len(entered) if duty in ABSENTEES else 0,
        "zero": not given["absent"] and not given["feverish"],
        "key": key,
        "links": of.links if of else (),
        "problem": problem,
    }
    return render(request, "institutions/correct.html", context, status=422 if problem else 200)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
