"""A laboratory's day: tubes on their way and at the bench, a batch of results by keys, what contradicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from unicodedata import normalize
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import instant_at, local_time, midnight, zone_of
from sizao.terms.words import Words
from sizao_web.desks.laboratory.clocks import awaited
from sizao_web.desks.laboratory.duty import BENCH_WAY, TESTING
from sizao_web.pages.language import said, say
from sizao_web.pages.presenters import aware
from sizao_web.pages.routes import page
from sizao_web.pages.urgency import GROUPS, group_of
from sizao_web.records.actions.record_facts import NotAllowed, Refused
from sizao_web.records.actions.report_results import Taken, receive_tubes, report_results
from sizao_web.records.reading import bench, tubes
from sizao_web.records.reading.caught import demanding
from sizao_web.records.reading.pack import policy_in_use
from sizao_web.settings.clock import bare

PLATE = 96  # tubes on one screen: the wells of a plate
LISTED = 20  # tubes shown of those on their way
REPEATED = ("positive", "doubtful", "invalid")
"""Results that oblige somebody: they are read back once before they are saved."""
FAST = timedelta(minutes=10)


@dataclass(frozen=True)
class Line:
    """One tube on the sheet. group: as in pages.urgency."""

    tube: bench.Waiting
    words: Words
    css: str
    group: str
    chosen: str = ""


@page(roles=TESTING)
def today(request: HttpRequest) -> HttpResponse:
    """The first screen: which results are due first, what is on its way, what contradicts."""
    scope, moment, zone = request.scope, request.moment, settings.SIZAO.zone
    lines = _lines(request, bench.without_result(scope, moment))
    coming = _lines(request, bench.on_the_way(scope, moment))
    first = aware(midnight(_day(moment) - timedelta(days=1), zone))
    given = bench.given_since(scope, moment, first)
    groups = Counter(line.group for line in lines)
    context = {
        "morning": aware(moment) < aware(instant_at(_day(moment), time(12), zone)),
        "groups": [(name, words, css, groups[name]) for name, (words, css) in GROUPS.items() if groups[name]],
        "lines": lines,
        "late": sum(line.group == "overdue" for line in [*lines, *coming]),
        "coming": coming,
        "shown": coming[:LISTED],
        "contradicting": bench.contradicting(scope, moment, given),
        "given": [one for one in given if one.result != "negative"],
        "count": len(given),
        "negative": sum(one.result == "negative" for one in given),
        "speeds": bench.speeds(given, _day),
        "untold": sum(one.taken_at is None for one in given),
        "again": _again(),
    }
    return _page(request, "laboratory/today.html", context)


@page(roles=TESTING, methods=("GET", "POST"))
def receive(request: HttpRequest) -> HttpResponse:
    """Scan the tubes that have come; one that nobody announced is received too, and said."""
    typed, taken, problem = "", None, ""
    if request.method == "POST":
        typed = request.POST.get("tubes", "")
        if request.POST.get("all") == "yes":
            typed = "\n".join(one.sample for one in bench.on_the_way(request.scope, request.moment))
        taken, problem = _receive(request, typed)
    context = {
        "taken": taken,
        "problem": problem,
        "typed": typed if problem else "",
        "form": str(uuid4()) if not problem else request.POST.get("form", ""),
        "coming": _lines(request, bench.on_the_way(request.scope, request.moment)),
    }
    return _page(request, "laboratory/receive.html", context, status=422 if problem else 200)


def _receive(request: HttpRequest, typed: str) -> tuple[Taken | None, str]:
    typed = typed.replace(",", " ").replace("，", " ")
    coming = [one.sample for one in bench.on_the_way(request.scope, request.moment)]
    numbers = list(dict.fromkeys(_as_announced(one, coming) for one in typed.split()))
    if not numbers:
        return None, say("请扫描或填写试管号。", "Scan or type the numbers of the tubes.")
    try:
        return receive_tubes(
            request.scope,
            request.moment,
            numbers,
            at=request.moment,
            form=_number(request.POST.get("form", "")),
        ), ""
    except Refused as refused:
        return None, " ".join(dict.fromkeys(said(words) for _, words in refused.problems))
    except NotAllowed as cause:
        raise PermissionDenied from cause


def _as_announced(typed: str, coming: Collection[str]) -> str:
    """A number as the team wrote it: who types does not mind capitals or wide letters. Exact counts first."""
    if typed in coming:
        return typed
    alike = [
        one for one in coming if normalize("NFKC", one).casefold() == normalize("NFKC", typed).casefold()
    ]
    return alike[0] if len(alike) == 1 else typed


@page(roles=TESTING, methods=("GET", "POST"))
def results(request: HttpRequest) -> HttpResponse:
    """One screen for a batch: mark what is not negative, and say that the rest is."""
    if request.method != "POST":
        return _sheet(request, {}, form=str(uuid4()))
    marked = _marked(request)
    form = _number(request.POST.get("form", ""))
    if request.POST.get("back"):
        return _sheet(request, marked, form=form)
    at = _moment(request.POST.get("at", ""))
    if at is None or at > request.moment + FAST:
        return _sheet(
            request, marked, form=form, status=422,
            problem=say("出结果的时间看不懂或在将来，请改正。", "The time cannot be read, or lies ahead."),
        )  # fmt: skip
    # The rest is negative by this press alone: whoever goes back to the sheet has marked none of it.
    rest = request.POST.getlist("sample") if request.POST.get("rest") == "negative" else []
    found = {**dict.fromkeys(rest, "negative"), **marked}
    if not found:
        return _sheet(
            request, marked, form=form, status=422,
            problem=say("还没有标出任何结果。", "No result is marked yet."),
        )  # fmt: skip
    if not request.POST.get("sure") and any(one in REPEATED for one in found.values()):
        return _confirm(request, marked, found, form=form)
    try:
        taken = report_results(request.scope, request.moment, found, at=at, form=form)
    except Refused as refused:
        words = " ".join(dict.fromkeys(said(words) for _, words in refused.problems))
        return _sheet(request, marked, form=form, status=422, problem=words)
    except NotAllowed as cause:
        raise PermissionDenied from cause
    _tell(request, found, taken)
    return redirect("laboratory:today")


def _tell(request: HttpRequest, found: Mapping[str, str], taken: Taken) -> None:
    """Say how many results of which kind were recorded, and which tubes had one."""
    counted = Counter(found[one] for one in taken.stored)
    names = CODE_LISTS["test_results"]
    told = say("，", ", ").join(
        f"{said(names.label_of(one))} {counted[one]}" for one in names.names() if counted[one]
    )
    if taken.stored:
        messages.success(
            request,
            say(
                f"已登记 {len(taken.stored)} 个结果：{told}。",
                f"Results recorded: {len(taken.stored)} ({told}).",
            ),
        )
    if taken.again:
        numbers = say("、", ", ").join(taken.again)
        messages.error(
            request,
            say(
                f"已有结果，没有改动：{numbers}。要改，请在下面点开更正。",
                f"These have a result, which was left alone: {numbers}. To change one, correct it below.",
            ),
        )


def _sheet(
    request: HttpRequest, marked: Mapping[str, str], *, form: str, problem: str = "", status: int = 200
) -> HttpResponse:
    waiting = bench.without_result(request.scope, request.moment)
    page_number = max(1, int(request.GET.get("page", "1")) if request.GET.get("page", "1").isdigit() else 1)
    first = (page_number - 1) * PLATE
    lines = _lines(request, waiting[first : first + PLATE], marked)
    names = CODE_LISTS["test_results"]
    now = local_time(bare(request.moment), settings.SIZAO.zone)
    context = {
        "lines": lines,
        "total": len(waiting),
        "more": page_number + 1 if len(waiting) > first + PLATE else None,
        "before": page_number - 1 if page_number > 1 else None,
        "answers": [("", Words("未出", "not yet"))] + [(one, names.label_of(one)) for one in names.names()],
        "form": form,
        "at": request.POST.get("at") or now.strftime("%Y-%m-%dT%H:%M"),
        "problem": problem,
    }
    return _page(request, "laboratory/results.html", context, status=status)


def _confirm(
    request: HttpRequest, marked: Mapping[str, str], found: Mapping[str, str], *, form: str
) -> HttpResponse:
    """Read back what obliges somebody before it is saved. marked: without the rest that is negative."""
    kinds = {
        one.sample: one.kind
        for one in bench.without_result(request.scope, request.moment)
        if one.sample in found
    }
    negative = [sample for sample, result in found.items() if result == "negative"]
    context = {
        "bad": [
            (sample, result, kinds.get(sample)) for sample, result in found.items() if result in REPEATED
        ],
        "marked": list(marked.items()),
        "rest": len(found) > len(marked),
        "negative": len(negative),
        "untold": [sample for sample in negative if kinds.get(sample) is None],
        "form": form,
        "at": request.POST.get("at", ""),
        "samples": request.POST.getlist("sample"),
        "again": _again(),
    }
    return _page(request, "laboratory/confirm.html", context)


def _again() -> list[tuple[str, Words]]:
    """The rules that demand each member of a tube again, with what they are called."""
    texts = [found[-1] for found in policy_in_use().rules.values() if found]
    members = [text for text in texts if text.for_each == tubes.OF_A_POOL]
    return [(text.rule, text.label) for text in demanding(members, "tests", "samplings")]


def _lines(
    request: HttpRequest, found: Sequence[bench.Waiting], marked: Mapping[str, str] | None = None
) -> list[Line]:
    """Tubes with their clocks, those due first on top."""
    moment, zone = request.moment, settings.SIZAO.zone
    lines = []
    for one in found:
        began = one.taken_at or one.received_at or moment
        words, css = awaited(began, one.kind or "single", moment, zone)
        until = one.due(_day)
        group = "later" if until is None else group_of(aware(until) <= aware(moment), until, moment, zone)
        lines.append(
            (
                until or moment + timedelta(days=999),
                Line(one, words, css, group, (marked or {}).get(one.sample, "")),
            )
        )
    return [line for _, line in sorted(lines, key=lambda pair: (pair[0], pair[1].tube.sample))]


def _marked(request: HttpRequest) -> dict[str, str]:
    """Tube -> the result that was marked, as far as there is such a result."""
    known = set(CODE_LISTS["test_results"].names())
    answers = {one: request.POST.get(f"result:{one}", "") for one in request.POST.getlist("sample")}
    return {sample: answer for sample, answer in answers.items() if answer in known}


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone_of(settings.SIZAO.zone))
    except ValueError:
        return None


def _number(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid4())


def _day(moment: datetime) -> Any:
    return tubes.day_of(moment, settings.SIZAO.zone)


def _page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    return render(request, template, {"way": BENCH_WAY, **context}, status=status)
