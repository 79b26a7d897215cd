"""Appeals that wait for this office: what is said, the row it is against, the decision with its reasons."""

from __future__ import annotations

from contextlib import suppress
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao_web.accounts.roles import givers_of
from sizao_web.pages.language import say
from sizao_web.pages.names import meet
from sizao_web.pages.paging import paging
from sizao_web.pages.presenters import length
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import Conflict, Given, NotAllowed, record_facts
from sizao_web.records.reading.appeals import appeals
from sizao_web.records.reading.identities import names_of
from sizao_web.records.reading.ledger import every_obligation

DECIDING = frozenset(givers_of("appeal_decisions"))
LONGEST = 1000  # signs of the reasons


@page(roles=DECIDING, methods=("GET", "POST"))
def overview(request: HttpRequest) -> HttpResponse:
    """Appeals of the area, what waits first; a POST decides one, and must say why."""
    found = appeals(request.scope, request.moment)
    typed = {name: request.POST.get(name, "").strip() for name in ("appeal", "outcome", "why")}
    wrong = _decided(request, found, typed) if request.method == "POST" else ""
    if request.method == "POST" and not wrong:
        messages.success(
            request,
            say("已决定，本人看得到结果和理由。", "Decided; the person can read it with its reasons."),
        )
        return redirect("everyone:appeals")
    where = paging(request.GET, len(found))
    part = found[where.offset : where.offset + where.size]
    names = names_of(request.scope, request.moment, [one.row["person"] for one in part], "person")
    meet(request, part, offices=["office"])
    seen = set(
        every_obligation(request.scope)
        .filter(obligation_id__in=[one.row["obligation"] for one in part if one.row["obligation"]])
        .values_list("obligation_id", flat=True)
    )
    context = {
        "rows": [
            {
                "one": one,
                "name": names.get(one.row["person"], ""),
                "waits": length(request.moment - one.row["appealed_at"]),
                "late": one.due_at is not None and one.due_at <= request.moment,
                "why": one.row["obligation"] if one.row["obligation"] in seen else None,
            }
            for one in part
        ],
        "waiting": sum(one.decision is None for one in found),
        "outcomes": CODE_LISTS["appeal_outcomes"].codes,
        "typed": typed,
        "wrong": wrong,
        "paging": where,
    }
    return render(request, "everyone/appeals.html", context, status=422 if wrong else 200)


def _decided(request: HttpRequest, found: list, typed: dict[str, str]) -> str:  # type: ignore[type-arg]
    """Record the decision; what is wrong in words, or nothing."""
    row = next((one.row for one in found if one.row["appeal"] == typed["appeal"]), None)
    if row is None:
        return say("没有这一申诉。", "There is no such appeal in your range.")
    if not request.scope.organisation:
        return say(
            "您的岗位没有所属机构，不能决定申诉。", "Your duty belongs to no office and cannot decide."
        )
    if typed["outcome"] not in CODE_LISTS["appeal_outcomes"].names():
        return say("请选择结果。", "Choose the outcome.")
    if not typed["why"]:
        return say("须写明理由：本人会看到。", "Give the reasons: the person reads them.")
    if len(typed["why"]) > LONGEST:
        return say(f"理由最多 {LONGEST} 字。", f"At most {LONGEST} signs, please.")
    values = {
        "appeal": row["appeal"],
        "person": row["person"],
        "outcome": typed["outcome"],
        "why": typed["why"],
        "decided_office": request.scope.organisation,
        "decided_at": request.moment,
    }
    try:
        with suppress(Conflict):
            record_facts(request.scope, request.moment, [Given("appeal_decisions", values, str(uuid4()))])
    except NotAllowed as cause:
        raise PermissionDenied from cause
    return ""
