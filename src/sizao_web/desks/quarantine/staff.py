"""Those who work in the closed loop: whom to relieve, whom to sample, who goes in, who comes out and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.desks.quarantine.here import MANAGING, PAGE, Here, form_number, here, page_of
from sizao_web.desks.quarantine.views import test_steps
from sizao_web.pages import presenters, urgency
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.records.actions.closed_loop import enter_loop, leave_loop, take_back
from sizao_web.records.actions.newcomers import Who
from sizao_web.records.actions.record_facts import NotAllowed, Refused
from sizao_web.records.reading import closed_loops, sites
from sizao_web.records.reading.identities import Known, identities_of, search
from sizao_web.records.reading.pack import verb_label
from sizao_web.records.reading.persons import is_seen
from sizao_web.records.reading.proofs import verbs_proved_by
from sizao_web.settings.clock import bare

DAYS = 7  # after coming out, for which somebody stands on the page even when nothing binds them


@dataclass(frozen=True)
class Due:
    """One thing due: what, until when, in which colour, who does it, and what happens otherwise."""

    what: Words
    until: Words
    css: str
    office: str | None
    otherwise: Words
    rule: str
    due_at: datetime


@dataclass(frozen=True)
class Worker:
    """Somebody in the loop or out of it. day: which day of it; ends: until when something binds them."""

    row: dict[str, Any]
    known: Known | None
    day: int
    relieve: Due | None
    tests: tuple[Due, ...]
    ends: Words | None

    @property
    def person(self) -> str:
        """The number."""
        return str(self.row["person"])

    @property
    def name(self) -> str:
        """What the page calls them."""
        return (self.known.name if self.known else "") or self.person

    @property
    def first(self) -> Due | None:
        """The sample that is due first."""
        return self.tests[0] if self.tests else None


@page(roles=MANAGING, methods=("GET", "POST"))
def staff(request: HttpRequest) -> HttpResponse:
    """The page of the loop; a POST looks somebody up, takes people in, lets one out or takes a step back."""
    at = here(request)
    if at is None or request.method == "GET":
        return _shown(at, request)
    do = {"look-up": _look_up, "in": _in, "out": _out, "take-back": _take_back}
    act = do.get(request.POST.get("do", ""))
    if act is None:
        return _back(at)
    try:
        return act(at)
    except Refused as refused:
        return _shown(at, request, problem=" ".join(said(words) for _, words in refused.problems))
    except NotAllowed as cause:
        raise PermissionDenied from cause


def _back(at: Here) -> HttpResponse:
    return redirect(f"{reverse('quarantine:staff')}{'?' if at.asked else ''}{at.asked}")


def _look_up(at: Here) -> HttpResponse:
    text = at.request.POST.get("q", "").strip()
    found = list(search(at.scope, at.moment, text).names) if text else []
    return _shown(at, at.request, found=found, sought=text)


def _in(at: Here) -> HttpResponse:
    posts = CODE_LISTS["closed_loop_posts"].names()
    chosen: list[tuple[Who, str]] = []
    for person in dict.fromkeys(at.request.POST.getlist("person")):
        if not is_seen(at.scope, person):
            raise Http404
        chosen.append((Who(person), at.request.POST.get(f"post:{person}", "")))
    name, telephone = (at.request.POST.get(field, "").strip() for field in ("name", "telephone"))
    if at.request.POST.get("new") == "yes":
        if not name or not telephone:
            return _shown(
                at, at.request, problem=say("请写明姓名和电话。", "Give the name and the telephone.")
            )
        chosen.append((Who(None, name, None, telephone), at.request.POST.get("post", "")))
    if not chosen:
        return _shown(at, at.request, problem=say("请至少选择一人。", "Choose at least one person."))
    if any(post not in posts for _, post in chosen):
        return _shown(at, at.request, problem=say("请给每个人选择岗位。", "Choose a post for each of them."))
    form = form_number(at.request.POST.get("form", ""))
    enter_loop(at.scope, at.moment, site=at.site, posts=chosen, today=at.today, form=form)
    messages.success(
        at.request,
        say(
            f"已进闭环：{len(chosen)} 人。采样和轮换的时限从此刻算起。",
            f"In the loop: {len(chosen)}. Samples and relief are counted from now.",
        ),
    )
    return _back(at)


def _out(at: Here) -> HttpResponse:
    row, reason = _row(at), at.request.POST.get("left_for", "")
    if reason not in CODE_LISTS["closed_loop_endings"].names():
        return _back(at)
    if row["until_at"] is None:  # else somebody was quicker
        leave_loop(at.scope, at.moment, row, left_for=reason, today=at.today)
        messages.success(at.request, _after(reason))
    return _back(at)


def _after(reason: str) -> str:
    """What follows from coming out for this reason."""
    if reason == "ill":
        return say(
            "已记录转出就诊。请陪同到发热门诊，不乘公共交通。",
            "On record. Take them to the fever clinic, by no public transport.",
        )
    if reason == "breach":
        return say(
            "已记录。此人出闭环居家监测；卫健部门将到场核查，请写下接触了谁。",
            "On record. They are observed at home; the health commission comes. Write down whom they met.",
        )
    return say(
        "已出闭环。请点对点送回住处；居家监测和检测已列入其社区的任务。",
        "Out of the loop. Take them home point to point; observation and tests are with their community.",
    )


def _take_back(at: Here) -> HttpResponse:
    row = _row(at)
    form = form_number(at.request.POST.get("form", ""))
    take_back(at.scope, at.moment, row, site=at.site, today=at.today, form=form)
    messages.success(at.request, say("已撤回。", "Taken back."))
    return _back(at)


def _row(at: Here) -> dict[str, Any]:
    person = at.request.POST.get("person", "")
    row = closed_loops.stay_of(at.scope, at.moment, at.site.place, person)
    if row is None:
        raise Http404
    return row


def _shown(
    at: Here | None,
    request: HttpRequest,
    *,
    found: list[str] | None = None,
    sought: str = "",
    problem: str = "",
) -> HttpResponse:
    if at is None:
        return page_of(request, "quarantine/none.html", None, {})
    rows = closed_loops.inside(at.scope, at.moment, at.site.place)
    before = closed_loops.came_out(at.scope, at.moment, at.site.place)
    persons = [row["person"] for row in (*rows, *before)]
    wanted = [*persons, *(found or ())]
    known = identities_of(at.scope, at.moment, wanted, PAGE)
    due, ends = sites.due_about(persons), sites.ends_of(at.scope, persons)
    meet(request, due, offices=["done_by"])
    workers = [_worker(at, row, known, due, ends) for row in (*rows, *before)]
    inside, out = workers[: len(rows)], workers[len(rows) :]
    since = at.moment - timedelta(days=DAYS)
    context = {
        "inside": inside,
        "relieve": [one for one in inside if one.relieve is not None],
        "sample": sorted((one for one in inside if one.tests), key=lambda one: one.tests[0].due_at),
        "out": [one for one in out if one.ends is not None or one.row["until_at"] >= since],
        "free": [one for one in out if one.ends is None],
        "found": None
        if found is None
        else [(one, known.get(one)) for one in found if one not in {row["person"] for row in rows}],
        "sought": sought,
        "problem": problem,
        "longest": limit.days if (limit := closed_loops.longest(at.today)) else None,
        "posts": CODE_LISTS["closed_loop_posts"].codes,
        "endings": CODE_LISTS["closed_loop_endings"].codes,
        "typed": {name: request.POST.get(name, "") for name in ("name", "telephone", "post")},
        "anew": request.POST.get("new") == "yes" or found == [],
        "form": str(uuid4()),
        "account": at.scope.account,
    }
    return page_of(request, "quarantine/staff.html", at, context, status=422 if problem else 200)


def _worker(
    at: Here, row: dict[str, Any], known: dict[str, Known], due: list[dict[str, Any]], ends: dict[str, Any]
) -> Worker:
    mine = [one for one in due if one["about"] == row["person"] and one["status"] in ("open", "overdue")]
    tomorrow = at.today + timedelta(days=1)
    relieved = verbs_proved_by("closed_loop_stays")
    soon = [one for one in mine if one["verb"] in relieved and _last_day(at, one) <= tomorrow]
    tests = [
        one for one in mine if (one["rule"], one["step"]) in test_steps() and _last_day(at, one) <= at.today
    ]
    until = ends.get(row["person"])
    return Worker(
        row,
        known.get(row["person"]),
        (at.today - local_day(bare(row["from_at"]), at.zone)).days + 1,
        _due(at, soon[0]) if soon else None,
        tuple(_due(at, one) for one in tests),
        None if until is None else presenters.limit(until, at.moment, at.zone),
    )


def _last_day(at: Here, row: dict[str, Any]) -> date:
    """The last day on which it is in time: a limit at midnight belongs to the day that it ends."""
    return local_day(bare(row["due_at"]) - timedelta(microseconds=1), at.zone)


def _due(at: Here, row: dict[str, Any]) -> Due:
    late = row["status"] == "overdue"
    group = urgency.group_of(late, row["due_at"], at.moment, at.zone)
    return Due(
        verb_label(row["verb"]),
        presenters.standing_of("overdue", at.moment, due_at=row["due_at"])
        if late
        else presenters.limit(row["due_at"], at.moment, at.zone),
        urgency.GROUPS[group][1],
        row["done_by"],
        urgency.consequence(row, at.moment, at.zone),
        row["rule"],
        row["due_at"],
    )
