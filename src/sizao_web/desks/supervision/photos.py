"""Photographs of findings: shown to whoever sees the finding, added, taken back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from sizao.intake.pictures import LARGEST
from sizao_web.desks.supervision.duty import PHOTOGRAPHING, SEEING
from sizao_web.desks.supervision.views import finding_page
from sizao_web.pages.language import said, say
from sizao_web.pages.routes import page
from sizao_web.records.actions.keep_photo import STAGES, keep_photo, take_back_photo
from sizao_web.records.actions.record_facts import NotAllowed, Refused
from sizao_web.records.reading import findings as reading


@page(roles=SEEING, about="photo")
def show(request: HttpRequest, photo: UUID) -> HttpResponse:
    """One photograph. A browser that takes it for anything but a picture is told that it is none."""
    found = reading.photo(request.scope, str(photo))
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.content), content_type=found.kind)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@page(roles=PHOTOGRAPHING, methods=("POST",), about="finding")
def add(request: HttpRequest, finding: str) -> HttpResponse:
    """Add photographs to a finding."""
    found = reading.finding(request.scope, request.moment, finding)
    if found is None:
        raise Http404
    stage, files = request.POST.get("stage", ""), request.FILES.getlist("photo")
    if stage not in STAGES or not files:
        why = say("请先选择照片。", "Choose a photograph first.")
        return finding_page(request, finding, problem=why, status=422)
    try:
        for one in files:
            keep_photo(
                request.scope,
                request.moment,
                one.read(LARGEST + 1),
                finding=finding,
                place=found.row["place"],
                area=found.row["area"],
                stage=stage,
            )
    except Refused as refused:
        why = " ".join(said(words) for _, words in refused.problems)
        return finding_page(request, finding, problem=why, status=422)
    except NotAllowed:
        why = say("您的职责不能为这个问题加照片。", "Your duty may not add photographs to this finding.")
        return finding_page(request, finding, problem=why, status=422)
    messages.success(request, say("照片已保存。", "Kept."))
    return redirect("supervision:finding", finding)


@page(roles=PHOTOGRAPHING, methods=("POST",), about="photo")
def take_back(request: HttpRequest, photo: UUID) -> HttpResponse:
    """Take back a photograph that this account added."""
    found = reading.photo(request.scope, str(photo))
    if found is None:
        raise Http404
    if take_back_photo(request.scope, request.moment, str(photo)):
        messages.success(request, say("照片已收回，内容已删除。", "Taken back; its content is gone."))
    else:
        messages.error(
            request, say("只能收回自己上传的照片。", "Only whoever added a photograph takes it back.")
        )
    return redirect("supervision:finding", found.finding)
