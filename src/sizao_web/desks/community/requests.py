"""What people asked for: the list of the community, and what became of each."""

from __future__ import annotations

from contextlib import suppress

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao_web.desks.community.duty import AT_DOORS
from sizao_web.pages.language import say
from sizao_web.pages.paging import paging
from sizao_web.pages.presenters import length
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import Conflict, Given, NotAllowed, record_facts
from sizao_web.records.reading.asked import open_requests
from sizao_web.records.reading.identities import identities_of


@page(roles=AT_DOORS, methods=("GET", "POST"))
def requests(request: HttpRequest) -> HttpResponse:
    """Open requests of the area, urgent care first; a POST answers one of them."""
    found = open_requests(request.scope, request.moment)
    if request.method == "POST":
        row = next((one for one in found if one["request"] == request.POST.get("request")), None)
        outcome = request.POST.get("outcome", "")
        if row is not None and outcome in CODE_LISTS["request_outcomes"].names():
            values = {name: row[name] for name in ("request", "person", "kind")}
            given = Given(
                "request_outcomes",
                {**values, "answered_at": request.moment, "outcome": outcome},
                str(row["request"]),
            )
            try:
                with suppress(Conflict):  # a colleague answered a moment earlier
                    record_facts(request.scope, request.moment, [given])
            except NotAllowed as cause:
                raise PermissionDenied from cause
            messages.success(request, say("已答复，本人看得到。", "Answered; the person can see it."))
        return redirect("community:requests")
    where = paging(request.GET, len(found))
    part = found[where.offset : where.offset + where.size]
    known = identities_of(request.scope, request.moment, [one["person"] for one in part], "community")
    rows = [
        {
            "row": one,
            "who": known.get(one["person"]),
            "waits": length(request.moment - one["asked_at"]),
        }
        for one in part
    ]
    context = {"rows": rows, "paging": where, "outcomes": CODE_LISTS["request_outcomes"].codes}
    return render(request, "community/requests.html", context)
