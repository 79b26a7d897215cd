"""From the hospital to a family doctor, from one doctor to another: offered, accepted, with a receipt."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sizao_web.desks.recovered.duty import FOLLOWING, form_number
from sizao_web.desks.recovered.lists import hands_over, patients
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.records.actions.accept_hand_over import accept_hand_over
from sizao_web.records.actions.follow_up import hand_to_doctor
from sizao_web.records.actions.record_facts import Conflict, NotAllowed, Refused
from sizao_web.records.reading import recovered
from sizao_web.records.reading.persons import is_seen


@page(roles=FOLLOWING, methods=("POST",), about="person")
def hand_over(request: HttpRequest, person: str) -> HttpResponse:
    """Offer somebody to a family doctor; the receipt says that it waits for them to accept."""
    one = _one(request, person)
    if one is None:
        return redirect("recovered:person", person)
    try:
        hand_to_doctor(
            request.scope,
            request.moment,
            person=person,
            to_office=request.POST.get("to_office", "").strip(),
            hospital=one.hospital if hands_over(request) else None,
            record=form_number(request.POST.get("record", "")),
        )
    except Conflict:
        pass  # sent twice: the first is there
    except Refused as refused:
        messages.error(request, " ".join(said(words) for _, words in refused.problems))
        return redirect("recovered:person", person)
    except NotAllowed as cause:
        raise PermissionDenied from cause
    messages.success(
        request, say("已提出移交，待家庭医生接收。", "Offered. It waits for the doctor to accept.")
    )
    return redirect(f"{reverse('recovered:receipt', args=[person])}?offered=yes")


@page(roles=FOLLOWING, methods=("POST",))
def accept(request: HttpRequest) -> HttpResponse:
    """Take somebody over."""
    try:
        accept_hand_over(request.scope, request.moment, request.POST.get("hand_over", ""))
    except NotAllowed as cause:
        raise PermissionDenied from cause
    messages.success(request, say("已接收，回执已生成。", "Accepted; the receipt is there."))
    person = request.POST.get("person", "")
    return (
        redirect("recovered:receipt", person)
        if is_seen(request.scope, person)
        else redirect("recovered:today")
    )


@page(roles=FOLLOWING, about="person")
def receipt(request: HttpRequest, person: str) -> HttpResponse:
    """The receipt of the hand-over that counts, or of one that waits: from whom, to whom, what goes along."""
    one = _one(request, person)
    if one is None:
        return render(request, "recovered/nobody.html", {"person": person})
    patient = patients(request, [one])[0]
    offered = one.waiting if request.GET.get("offered") else None
    handed, accepted_at = (offered, None) if offered else (one.handed, one.accepted_at)
    meet(request, [handed] if handed else [], offices=["from_office", "to_office"])
    context = {"one": patient, "person": person, "handed": handed, "accepted_at": accepted_at}
    return render(request, "recovered/receipt.html", context)


def _one(request: HttpRequest, person: str) -> recovered.Followed | None:
    """Somebody who is followed; None for somebody who is not."""
    if not is_seen(request.scope, person):
        raise Http404
    found = recovered.followed(request.scope, request.moment, settings.SIZAO.zone, person=person)
    return found[0] if found else None
