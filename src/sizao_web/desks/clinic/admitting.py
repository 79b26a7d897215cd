"""Admit a patient and who stays with them, on one page: looked up where they are on record, else new."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao_web.desks.clinic.duty import PAGE, SEEING, Form, form_number
from sizao_web.pages.language import said, say
from sizao_web.pages.routes import page
from sizao_web.records.actions.admit_patient import accompany, admit_both
from sizao_web.records.actions.newcomers import Who
from sizao_web.records.actions.record_facts import Conflict, NotAllowed, Refused
from sizao_web.records.reading import wards
from sizao_web.records.reading.identities import field_of, identities_of, search
from sizao_web.records.reading.persons import is_seen

PATIENT, ESCORT = "patient", "escort"
FIELDS = ("name", "document", "telephone")


@page(roles=SEEING, methods=("GET", "POST"))
def admit(request: HttpRequest) -> HttpResponse:
    """The form; a POST looks one of the two up, lets one go again, or admits."""
    if request.method == "GET":
        person = request.GET.get("patient", "")
        return _page(request, Form({PATIENT: person} if is_seen(request.scope, person) else {}))
    values = {name: text.strip() for name, text in request.POST.items()}
    form = Form({**values, "form": form_number(values.get("form", ""))})
    do, _, part = values.get("do", "").partition(":")
    if part in (PATIENT, ESCORT) and do == "find":
        return _find(request, form, part)
    if part in (PATIENT, ESCORT) and do == "other":
        form.values.pop(part, None)
        return _page(request, form)
    for name in (PATIENT, ESCORT):
        if form.values.get(name) and not is_seen(request.scope, form.values[name]):
            raise Http404
    try:
        return _admit(request, form)
    except (Refused, Conflict) as refused:
        form.wrong[""] = " ".join(said(words) for _, words in refused.problems)
        return _page(request, form, status=422)
    except NotAllowed as cause:
        raise PermissionDenied from cause


def _find(request: HttpRequest, form: Form, part: str) -> HttpResponse:
    """Whom the text finds of those whom this place knows; nobody: it stands in the form of somebody new."""
    text = form.values.get(f"{part}-q", "")
    found = search(request.scope, request.moment, text).names if text else {}
    if len(found) == 1:
        form.values[part] = next(iter(found))
    elif text and not found:
        form.values[f"{part}-{field_of(text)}"] = text
    return _page(request, form, found={part: list(found.items())} if len(found) > 1 else {}, sought=part)


def _admit(request: HttpRequest, form: Form) -> HttpResponse:
    scope, moment, values = request.scope, request.moment, form.values
    row = _row(request, values.get(PATIENT, ""))
    patient = Who(row["person"]) if row else _who(form, PATIENT)
    named = any(values.get(f"{ESCORT}-{name}") for name in FIELDS)
    escort = _who(form, ESCORT) if values.get(ESCORT) or named or row else None
    kind = values.get("kind") or "escort"
    reason = values.get("admitted_for") or "treatment"
    if kind not in CODE_LISTS["escort_kinds"].names():
        raise Http404
    if reason not in CODE_LISTS["admission_reasons"].names():
        raise Http404
    if form.wrong:
        return _page(request, form, status=422)
    if row and escort:
        accompany(scope, moment, escort, patient=row["person"], kind=kind, form=values["form"])
        messages.success(request, say("已登记陪护（探视）。", "Recorded who stays with the patient."))
    else:
        admit_both(scope, moment, patient, escort, reason=reason, kind=kind, form=values["form"])
        messages.success(
            request,
            say("已登记入院和陪护。", "Admitted, with who stays with them.")
            if escort
            else say("已登记入院。", "Admitted."),
        )
    return redirect("clinic:wards")


def _row(request: HttpRequest, person: str) -> dict[str, Any] | None:
    """The admission of the patient chosen, where they are an inpatient already."""
    return wards.inpatient(request.scope, request.moment, request.scope.organisation or "", person)


def _who(form: Form, part: str) -> Who:
    """Whom a part of the form is about; what is wrong with it is added."""
    values = form.values
    if values.get(part):
        return Who(values[part])
    name, document, telephone = (values.get(f"{part}-{one}", "") for one in FIELDS)
    if not name:
        form.wrong[f"{part}-name"] = (
            say("请填写患者姓名。", "Give the name of the patient.")
            if part == PATIENT
            else say("请填写陪护人姓名。", "Give the name of who stays with the patient.")
        )
    if not document and not telephone:
        form.wrong[f"{part}-document"] = say(
            "证件号码和电话至少填一项。", "Give a document or a telephone number."
        )
    return Who(None, name, document or None, telephone or None)


def _page(
    request: HttpRequest,
    form: Form,
    *,
    found: dict[str, list[tuple[str, str]]] | None = None,
    sought: str = "",
    status: int = 200,
) -> HttpResponse:
    chosen = [form.values[part] for part in (PATIENT, ESCORT) if form.values.get(part)]
    if not all(is_seen(request.scope, one) for one in chosen):
        raise Http404
    known = identities_of(request.scope, request.moment, chosen, PAGE)
    parts = [
        {
            "name": part,
            "person": form.values.get(part, ""),
            "known": known.get(form.values.get(part, "")),
            "q": form.values.get(f"{part}-q", ""),
            "found": (found or {}).get(part, []),
            "sought": sought == part and not form.values.get(part) and not (found or {}).get(part),
            "values": {one: form.values.get(f"{part}-{one}", "") for one in FIELDS},
            "wrong": [one for one in FIELDS if f"{part}-{one}" in form.wrong],
        }
        for part in (PATIENT, ESCORT)
    ]
    context = {
        "values": {"form": str(uuid4()), **form.values},
        "wrong": form.wrong,
        "parts": parts,
        "row": _row(request, form.values.get(PATIENT, "")),
        "reasons": CODE_LISTS["admission_reasons"].codes,
        "kinds": CODE_LISTS["escort_kinds"].codes,
    }
    return render(request, "clinic/admit.html", context, status=status)
