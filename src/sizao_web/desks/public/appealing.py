"""A resident appeals against a restriction or a record, and reads what was decided and why."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao_web.desks.public.hearing import heard
from sizao_web.desks.public.own import PAGE, RESIDENT
from sizao_web.pages.language import said, say
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import Conflict, Given, NotAllowed, Refused, record_facts
from sizao_web.records.reading import own
from sizao_web.records.reading.appeals import appeals
from sizao_web.records.reading.identities import names_of
from sizao_web.records.reading.pack import verb_label

LONGEST = 1000  # signs of what somebody says
ASKED = ("person", "against", "ground", "obligation", "statement")


@page(roles=RESIDENT, methods=("GET", "POST"))
def appeal(request: HttpRequest) -> HttpResponse:
    """Appeal, and what became of earlier appeals. ?obligation= says which row it is against."""
    typed = {name: request.POST.get(name, request.GET.get(name, "")).strip() for name in ASKED}
    row = (
        own.obligation(request.scope, request.moment, typed["obligation"].lower())
        if typed["obligation"]
        else None
    )
    if typed["obligation"] and row is None:
        raise Http404
    typed["person"] = row.about if row is not None else typed["person"] or request.scope.persons[0]
    typed["against"] = typed["against"] or ("restriction" if row is not None else "")
    wrong = ""
    if request.method == "POST":
        wrong = _appealed(request, typed)
        if not wrong:
            messages.success(
                request,
                say(
                    "申诉已收到。答复会写明理由，在本页可看。",
                    "Your appeal has been received. The answer will give its reasons, on this page.",
                ),
            )
            return redirect("public:own-appeal")
    found = appeals(request.scope, request.moment, request.scope.persons)
    names = names_of(request.scope, request.moment, request.scope.persons, PAGE)
    context = {
        "people": [(one, names.get(one) or one) for one in request.scope.persons],
        "subjects": CODE_LISTS["appeal_subjects"].codes,
        "grounds": CODE_LISTS["appeal_grounds"].codes,
        "row": row,
        "what": verb_label(row.verb) if row is not None else None,
        "typed": typed,
        "wrong": wrong,
        "form": _form(request),
        "appeals": heard(request, found),
        "names": names,
    }
    return render(request, "public/own_appeal.html", context, status=422 if wrong else 200)


def _appealed(request: HttpRequest, typed: dict[str, str]) -> str:
    """Record the appeal; what is wrong, in words, or nothing."""
    if typed["person"] not in request.scope.persons:
        raise Http404
    if typed["against"] not in CODE_LISTS["appeal_subjects"].names():
        return say("请选择对什么申诉。", "Say what you appeal against.")
    if typed["ground"] not in CODE_LISTS["appeal_grounds"].names():
        return say("请选择理由。", "Choose the ground.")
    if len(typed["statement"]) > LONGEST:
        return say(f"陈述最多 {LONGEST} 字。", f"At most {LONGEST} signs, please.")
    number = _form(request)
    values = {
        "appeal": number,
        **{name: typed[name] or None for name in ASKED},
        "appealed_at": request.moment,
    }
    try:
        with suppress(Conflict):  # the same form came twice
            record_facts(request.scope, request.moment, [Given("appeals", values, number)])
    except Refused as refused:
        return " ".join(said(words) for _, words in refused.problems)
    except NotAllowed as cause:
        raise PermissionDenied from cause
    return ""


def _form(request: HttpRequest) -> str:
    try:
        return str(UUID(request.POST.get("form", "")))
    except ValueError:
        return str(uuid4())
