"""The four gates of a hospital today, and its booking by slots: found in order by a tap, wrong with words."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.desks.clinic.duty import SEEING, day_of, form_number
from sizao_web.pages import presenters, urgency
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.records.actions.check_gates import IN_ORDER, Check, check_gates
from sizao_web.records.actions.record_facts import Conflict, NotAllowed, Refused
from sizao_web.records.actions.retract_fact import retract_fact
from sizao_web.records.reading import gates as reading
from sizao_web.records.reading import slots
from sizao_web.records.reading.history import history
from sizao_web.settings.clock import bare

DAYS = 7  # for which the page says what was late or left out
MISTAKE = "entered by mistake, taken back on the page of the gates"
LONGEST = 300  # signs of what is said of a gate
BAD = ("overdue", "missed", "met_late")


@dataclass(frozen=True)
class Gate:
    """One gate. found: the last check of today; earlier: those of today before it; before: the last one of
    another day; due: the open row of today, with its limit in words and what happens otherwise."""

    kind: str
    label: Words
    found: dict[str, Any] | None
    earlier: list[dict[str, Any]]
    before: dict[str, Any] | None
    due: dict[str, Any] | None

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong there, as far as anybody found today."""
        return self.found is not None and self.found["outcome"] in reading.RIGHT

    @property
    def css(self) -> str:
        """The colour of its state."""
        if self.found is not None:
            return "state-met" if self.is_right else "state-overdue"
        return str(self.due["css"]) if self.due else "state-upcoming"


@page(roles=SEEING, methods=("GET", "POST"))
def gates(request: HttpRequest) -> HttpResponse:
    """The gates of today; a POST records what was found, or takes it back."""
    if request.method == "GET":
        return _shown(request)
    do = {"all": _all, "one": _one, "take-back": _take_back}
    act = do.get(request.POST.get("do", ""))
    if act is None:
        return redirect("clinic:gates")
    try:
        return act(request)
    except Refused as refused:
        return _shown(request, problem=" ".join(said(words) for _, words in refused.problems))
    except NotAllowed as cause:
        raise PermissionDenied from cause


def _all(request: HttpRequest) -> HttpResponse:
    """Everything that nobody has checked today is in order."""
    left = [one for one in _gates(request) if one.found is None]
    if left:
        _record(request, [Check(one.kind, IN_ORDER) for one in left])
        messages.success(request, say(f"已登记 {len(left)} 项正常。", f"Recorded as in order: {len(left)}."))
    return redirect("clinic:gates")


def _one(request: HttpRequest) -> HttpResponse:
    kind, outcome = request.POST.get("kind", ""), request.POST.get("outcome", "")
    if kind not in reading.KINDS or outcome not in CODE_LISTS["check_outcomes"].names():
        raise Http404
    _record(request, [Check(kind, outcome, request.POST.get("words", "").strip()[:LONGEST])])
    label = CODE_LISTS["check_kinds"].label_of(kind)
    if outcome in reading.RIGHT:
        messages.success(request, say(f"已登记：{label.zh}正常。", f"Recorded as in order: {label.en}."))
    else:
        messages.warning(
            request,
            say(
                f"已登记问题：{label.zh}。纠正后请再登记一次；不纠正不算查过。",
                f"Recorded as wrong: {label.en}. Record it again once it is put right; until then it does not"
                " count as checked.",
            ),
        )
    return redirect("clinic:gates")


def _record(request: HttpRequest, checks: list[Check]) -> None:
    form = form_number(request.POST.get("form", ""))
    with suppress(Conflict):  # the same form, sent again
        check_gates(request.scope, request.moment, request.scope.organisation or "", checks, form=form)


def _take_back(request: HttpRequest) -> HttpResponse:
    of = history(request.scope, "place_checks", request.POST.get("key", ""))
    if of is None or of.last["place"] != request.scope.organisation or of.last["kind"] not in reading.KINDS:
        raise Http404
    if not of.retracted:  # else a colleague was quicker
        retract_fact(request.scope, request.moment, of, version=of.last["source_version"], reason=MISTAKE)
    messages.success(request, say("已撤回；这一项重新待查。", "Taken back; it is to be checked again."))
    return redirect("clinic:gates")


def _gates(request: HttpRequest, rows: list[dict[str, Any]] | None = None) -> list[Gate]:
    scope, moment, today = request.scope, request.moment, day_of(request)
    place = scope.organisation or ""
    checks = reading.checks(scope, moment, place)
    owed = reading.owed(scope, place, today) if rows is None else rows
    return [_gate(request, kind, checks[kind], owed, today) for kind in reading.KINDS]


def _gate(
    request: HttpRequest, kind: str, checks: list[dict[str, Any]], owed: list[dict[str, Any]], today: date
) -> Gate:
    of_today = [one for one in checks if _on(one) == today]
    row = next(
        (
            one
            for one in owed
            if one["kind"] == kind
            and one["occurrence"] == today.isoformat()
            and one["status"] in ("open", "overdue")
        ),
        None,
    )
    return Gate(
        kind,
        CODE_LISTS["check_kinds"].label_of(kind),
        of_today[0] if of_today else None,
        of_today[1:],
        next((one for one in checks if _on(one) != today), None),
        _told(request, row) if row else None,
    )


def _on(check: dict[str, Any]) -> date:
    return local_day(bare(check["checked_at"]), settings.SIZAO.zone)


def _told(request: HttpRequest, row: dict[str, Any]) -> dict[str, Any]:
    late, zone = row["status"] == "overdue", settings.SIZAO.zone
    return {
        **row,
        "css": "state-overdue" if late else "state-open",
        "until": presenters.standing_of("overdue", request.moment, due_at=row["due_at"])
        if late
        else presenters.limit(row["due_at"], request.moment, zone),
        "otherwise": urgency.consequence(row, request.moment, zone),
    }


def _shown(request: HttpRequest, problem: str = "") -> HttpResponse:
    scope, moment, today = request.scope, request.moment, day_of(request)
    place = scope.organisation or ""
    meet(request, [{"place": place}], offices=["place"])
    rows = reading.owed(scope, place, today - timedelta(days=DAYS))
    found = _gates(request, rows)
    of_day = slots.slots_of(scope, moment, place, today, settings.SIZAO.zone)
    context = {
        "place": place,
        "enrolled": reading.is_enrolled(scope, moment, place, today),
        "gates": found,
        "left": [one for one in found if one.found is None],
        "otherwise": next((one.due["otherwise"] for one in found if one.due and one.found is None), None),
        "wrong": [one for one in found if one.found is not None and not one.is_right],
        "right": [one for one in found if one.is_right],
        "late": [
            {
                **row,
                "label": CODE_LISTS["check_kinds"].label_of(row["kind"]),
                "state": presenters.status(row["status"]),
                "on": date.fromisoformat(row["occurrence"]),
            }
            for row in rows
            if row["status"] in BAD and row["occurrence"] != today.isoformat()
        ],
        "days": DAYS,
        "slots": len(of_day),
        "takes": sum(one.capacity for one in of_day),
        "booked": sum(one.booked for one in of_day),
        "full": sum(1 for one in of_day if not one.free),
        "problem": problem,
        "typed": request.POST if problem else {},
        "form": str(uuid4()),
        "account": scope.account,
    }
    return render(request, "clinic/gates.html", context, status=422 if problem else 200)
