"""A resident declares, corrects what they declared, and asks for help; each with what came of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao.terms.identifiers import hex_key
from sizao.terms.time import local_day
from sizao_web.desks.public.own import PAGE, RESIDENT
from sizao_web.pages.language import said, say
from sizao_web.pages.names import area_name
from sizao_web.pages.routes import page
from sizao_web.pages.telephones import in_an_emergency
from sizao_web.records.actions.declare_oneself import (
    NotAllowed,
    Refused,
    Said,
    correct_declaration,
    declare_oneself,
)
from sizao_web.records.actions.record_facts import Conflict, Given, record_facts
from sizao_web.records.reading import own
from sizao_web.records.reading.graded import areas_above_the_lowest
from sizao_web.records.reading.history import History, opened
from sizao_web.records.reading.identities import names_of
from sizao_web.settings.clock import bare

SHOWN = 20  # declarations and requests on the page; the paper of everything is the community's
ASKED_OFTEN = (
    "urgent_care", "medicine", "delivery", "medical_care", "psychological", "support", "question",
    "excessive_measure", "complaint", "pass", "voluntary_test",
)  # fmt: skip


@page(roles=RESIDENT, methods=("GET", "POST"))
def declare(request: HttpRequest) -> HttpResponse:
    """Declare health and a journey; what was declared before, each with the way to correct it."""
    typed, wrong = {name: request.POST.get(name, "") for name in _TYPED}, {}
    typed["receivers"] = request.POST.getlist("receivers") if request.method == "POST" else ["community"]
    typed["person"] = typed["person"] or request.scope.persons[0]
    if request.method == "POST":
        declared = _read(request, typed, wrong)
        if declared is not None and not wrong and _done(request, declared, wrong):
            _thank(request, declared)
            return redirect("public:own-declare")
    return render(
        request,
        "public/own_declare.html",
        {**_declaring(request), "typed": typed, "wrong": wrong, "form": _form(request)},
        status=422 if wrong else 200,
    )


@page(roles=RESIDENT, methods=("GET", "POST"), about="declaration")
def correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct whether there were symptoms, in what somebody declared themselves."""
    of = _mine(request, key)
    if of is None:
        raise Http404
    wrong = ""
    symptoms, reason = request.POST.get("symptoms", ""), request.POST.get("reason", "").strip()
    if request.method == "POST":
        if symptoms not in ("yes", "no"):
            wrong = say("请选择有没有症状。", "Say whether there are symptoms.")
        else:
            try:
                correct_declaration(
                    request.scope, request.moment, of, version=of.last["source_version"],
                    symptoms=symptoms == "yes", reason=reason,
                )  # fmt: skip
                messages.success(request, say("已更正。", "Corrected."))
                return redirect("public:own-declare")
            except Refused as refused:
                wrong = " ".join(said(words) for _, words in refused.problems)
            except NotAllowed as cause:
                raise PermissionDenied from cause
    now = "yes" if of.last["symptoms"] else "no"
    context = {"row": of.last, "symptoms": symptoms or now, "reason": reason, "wrong": wrong}
    return render(request, "public/own_correct.html", context, status=422 if wrong else 200)


@page(roles=RESIDENT, methods=("GET", "POST"))
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the community for something, and read what came of it."""
    kind, person = request.POST.get("kind", ""), request.POST.get("person", request.scope.persons[0])
    wrong = ""
    if request.method == "POST":
        if kind not in ASKED_OFTEN:
            wrong = say("请选择需要什么。", "Choose what you need.")
        elif person not in request.scope.persons:
            raise Http404
        else:
            number = _form(request)
            values = {"request": number, "person": person, "kind": kind, "asked_at": request.moment}
            with suppress(Conflict):  # the same form came twice
                record_facts(request.scope, request.moment, [Given("requests", values, number)])
            messages.success(
                request, say("已收到，社区会联系您。", "Received. Your community will call you.")
            )
            return redirect("public:own-ask")
    context = {
        "people": _people(request),
        "kinds": [(one, CODE_LISTS["request_kinds"].label_of(one)) for one in ASKED_OFTEN],
        "kind": kind,
        "person": person,
        "wrong": wrong,
        "form": _form(request),
        "asked": _asked(request),
    }
    return render(request, "public/own_ask.html", context, status=422 if wrong else 200)


_TYPED = ("person", "symptoms", "been_in", "from_on", "until_on")


def _read(request: HttpRequest, typed: dict[str, Any], wrong: dict[str, str]) -> Said | None:
    """What was typed; what is wrong with it is added."""
    if typed["person"] not in request.scope.persons:
        raise Http404
    receivers = [one for one in typed["receivers"] if one in CODE_LISTS["declaration_receivers"].names()]
    if not receivers:
        wrong["receivers"] = say("请选择向谁申报。", "Choose to whom you declare.")
    if typed["symptoms"] not in ("yes", "no"):
        wrong["symptoms"] = say("请选择有没有症状。", "Say whether there are symptoms.")
    from_on, until_on = _day(typed, "from_on", wrong), _day(typed, "until_on", wrong)
    been_in = typed["been_in"] or None
    if been_in is not None and been_in not in {path for path, _ in _graded(request)}:
        wrong["been_in"] = say("请从列表中选择。", "Choose one of the list.")
    if been_in is not None and from_on is None:
        wrong.setdefault("from_on", say("请填哪天到的那里。", "Say on which day you came there."))
    if been_in is None and (from_on or until_on):
        wrong["been_in"] = say(
            "填了日期，请选到过哪里；没有到过的，请把日期清空。",
            "You gave a day: choose where you were, or leave the days empty.",
        )
    if from_on and until_on and until_on < from_on:
        wrong["until_on"] = say("离开不能早于到达。", "You cannot have left before you came.")
    today = local_day(bare(request.moment), settings.SIZAO.zone)
    if from_on and from_on > today:
        wrong["from_on"] = say(
            f"到达日期不能晚于今天（{today}）。", f"You cannot have come there after today ({today})."
        )
    if until_on and until_on > today:
        wrong["until_on"] = say("还在那里的，请把这一项空着。", "If you are still there, leave it empty.")
    if wrong:
        return None
    form = UUID(_form(request))
    return Said(form, typed["person"], receivers, typed["symptoms"] == "yes", been_in, from_on, until_on)


def _thank(request: HttpRequest, declared: Said) -> None:
    if not declared.symptoms:
        messages.success(request, say("已申报，谢谢。", "Declared. Thank you."))
        return
    messages.warning(
        request,
        say(
            "已申报。有症状：请戴好口罩，不乘公共交通，到发热门诊就诊（见“发热门诊”）；"
            "正在隔离的，请告诉管理人员。",
            "Declared. With symptoms: put on a mask and go to a fever clinic (see “Fever clinics”), not by "
            "public transport; in quarantine tell those in charge there.",
        )
        + f" {said(in_an_emergency())}",
    )


def _day(typed: dict[str, Any], name: str, wrong: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(typed[name]) if typed[name] else None
    except ValueError:
        wrong[name] = say("请按 2020-11-10 的形式填写日期。", "Give the day like 2020-11-10.")
        return None


def _done(request: HttpRequest, declared: Said, wrong: dict[str, str]) -> bool:
    try:
        declare_oneself(request.scope, request.moment, declared)
    except Conflict:
        return True  # the same form came twice
    except Refused as refused:
        wrong[""] = " ".join(said(words) for _, words in refused.problems)
        return False
    except NotAllowed as cause:
        raise PermissionDenied from cause
    return True


def _declaring(request: HttpRequest) -> dict[str, Any]:
    rows = own.declared(request.scope, request.moment)[:SHOWN]
    names = dict(_people(request))
    stays = own.recorded(request.scope, "stays", request.moment)
    mine = [row for row in stays if row["recorded_by"] == request.scope.account]
    return {
        "people": list(names.items()),
        "journeys": [
            {"row": row, "name": names.get(row["person"], ""), "where": area_name(request, row["located_in"])}
            for row in mine[:SHOWN]
        ],
        "receivers": CODE_LISTS["declaration_receivers"].codes,
        "graded": [
            (path, area_name(request, path), CODE_LISTS["grades"].label_of(grade))
            for path, grade in _graded(request)
        ],
        "declared": [
            {
                "row": row,
                "name": names.get(row["person"], row["person"]),
                "key": hex_key(row["key_hi"], row["key_lo"]),
                "mine": row["recorded_by"] == request.scope.account,
            }
            for row in rows
        ],
    }


def _graded(request: HttpRequest) -> list[tuple[str, str]]:
    today = local_day(bare(request.moment), settings.SIZAO.zone)
    return areas_above_the_lowest(request.scope, request.moment, today)


def _people(request: HttpRequest) -> list[tuple[str, str]]:
    scope = request.scope
    names = names_of(scope, request.moment, scope.persons, PAGE)
    return [(one, names.get(one) or one) for one in scope.persons]


def _asked(request: HttpRequest) -> list[dict[str, Any]]:
    answers = {row["request"]: row for row in own.recorded(request.scope, "request_outcomes", request.moment)}
    names = dict(_people(request))
    return [
        {"row": row, "name": names.get(row["person"], ""), "answer": answers.get(row["request"])}
        for row in own.recorded(request.scope, "requests", request.moment)[:SHOWN]
    ]


def _mine(request: HttpRequest, key: str) -> History | None:
    of = opened(request.scope, request.moment, "declarations", key)
    record = of.record if of is not None else None
    mine = record is not None and record["recorded_by"] == request.scope.account
    return of if mine and of is not None and not of.retracted else None


def _form(request: HttpRequest) -> str:
    try:
        return str(UUID(request.POST.get("form", "")))
    except ValueError:
        return str(uuid4())
