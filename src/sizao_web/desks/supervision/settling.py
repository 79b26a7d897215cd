"""The place says that it put a finding right; the inspector checks again and says what they saw."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from sizao.intake.pictures import LARGEST
from sizao_web.desks.supervision.duty import INSPECTING, RECTIFYING
from sizao_web.desks.supervision.views import finding_page
from sizao_web.pages.language import said, say
from sizao_web.pages.routes import page
from sizao_web.records.actions import settle_finding
from sizao_web.records.actions.record_facts import Conflict, NotAllowed, Refused
from sizao_web.records.reading import findings as reading


@page(roles=RECTIFYING, methods=("POST",), about="finding")
def rectify(request: HttpRequest, finding: str) -> HttpResponse:
    """Put on record that a finding was put right."""
    row = _row(request, finding)
    note = request.POST.get("note", "").strip()
    if not note:
        why = say("请写明怎样整改的。", "Say what was done about it.")
        return finding_page(request, finding, problem=why, status=422)
    try:
        settle_finding.rectify(
            request.scope,
            request.moment,
            row,
            form=_form(request),
            note=note,
            photos=[one.read(LARGEST + 1) for one in request.FILES.getlist("photo")],
        )
    except Conflict:
        pass  # sent twice at the same moment: the first is there
    except (Refused, NotAllowed) as cause:
        return _refused(request, finding, cause, note)
    messages.success(
        request, say("已报整改，督导组将复查。", "Recorded as put right; the inspectors check it again.")
    )
    return redirect("supervision:finding", finding)


@page(roles=INSPECTING, methods=("POST",), about="finding")
def check_again(request: HttpRequest, finding: str) -> HttpResponse:
    """Put on record what the second check saw."""
    row = _row(request, finding)
    right, note = request.POST.get("outcome") == "right", request.POST.get("note", "").strip()
    if request.POST.get("outcome") not in ("right", "not_right"):
        why = say("请选择：已到位，还是未到位。", "Choose: put right, or not.")
        return finding_page(request, finding, problem=why, typed=note, status=422)
    try:
        settle_finding.check_again(
            request.scope,
            request.moment,
            row,
            right=right,
            note=note,
            form=_form(request),
            photos=[one.read(LARGEST + 1) for one in request.FILES.getlist("photo")],
        )
    except Conflict:
        pass
    except (Refused, NotAllowed) as cause:
        return _refused(request, finding, cause, note)
    messages.success(
        request,
        say("复查通过，问题销号。", "Checked again: it is right, and closed.")
        if right
        else say(
            "未到位：整改重新列为待办，原时限不变。",
            "Not right: it is due again, with the limit that it had.",
        ),
    )
    return redirect("supervision:finding", finding)


def _row(request: HttpRequest, name: str) -> dict[str, object]:
    found = reading.finding(request.scope, request.moment, name)
    if found is None:
        raise Http404
    return found.row


def _form(request: HttpRequest) -> str:
    """The number of the form; one that is none is as good as a new one, and is refused by what it says."""
    try:
        return str(UUID(request.POST.get("form", "")))
    except ValueError:
        raise Http404 from None


def _refused(request: HttpRequest, finding: str, cause: Exception, note: str) -> HttpResponse:
    why = (
        " ".join(said(words) for _, words in cause.problems)
        if isinstance(cause, Refused)
        else say(
            "这个场所或这条记录不在您负责的范围内，没有记录。",
            "This place or record is outside what you answer for; nothing was recorded.",
        )
    )
    return finding_page(request, finding, problem=why, typed=note, status=422)
