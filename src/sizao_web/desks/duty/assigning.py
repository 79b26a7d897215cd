"""Decisions of a meeting, or of a superior, as assignments; each is closed by what proves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sizao.facts.dictionary import FACTS
from sizao.terms.codes import CODE_LISTS
from sizao.terms.identifiers import hex_key
from sizao.terms.words import Words
from sizao_web.desks.duty.whose import OFFICES
from sizao_web.pages.clocks import clocks
from sizao_web.pages.language import said, say
from sizao_web.pages.meant import meant
from sizao_web.pages.names import meet
from sizao_web.pages.routes import page
from sizao_web.pages.telling import telling
from sizao_web.records.actions.record_facts import Conflict, Given, NotAllowed, Refused, record_facts
from sizao_web.records.reading import choices
from sizao_web.records.reading import duty as reading
from sizao_web.records.reading.history import recent_own

LINES = 6
LONGEST = 300
NO_OFFICE = Words("承办机构请从名单中选。", "choose the office that does it from the list.")
RECORDS = 12  # of the last days, offered as what proves an assignment


@dataclass(frozen=True)
class Line:
    """One decision as typed."""

    number: int
    office: str = ""
    task: str = ""
    due_on: str = ""

    @property
    def used(self) -> bool:
        """Whether anything was typed."""
        return bool(self.office or self.task)


@page(roles=OFFICES, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Put the decisions of a meeting on record, each with the office that carries it out."""
    # Another desk may hand over a line to be looked at: nothing is recorded before it is sent from here.
    given = request.POST if request.method == "POST" else request.GET
    lines = [
        Line(
            number,
            given.get(f"office-{number}", "").strip(),
            given.get(f"task-{number}", "").strip(),
            given.get(f"due-{number}", "").strip(),
        )
        for number in range(1, LINES + 1)
    ]
    form, problems = given.get("form", "") or str(uuid4()), []
    if request.method == "POST":
        problems = _recorded(request, form, lines)
        if not problems:
            messages.success(
                request, say("已交办，承办机构马上看到。", "Assigned; the offices see it at once.")
            )
            return redirect(f"{reverse('duty:assignments')}?who=by_us&state=open")
    named = _named(choices.every_office(request.scope, request.moment))
    context = {
        "lines": [replace(line, office=named.get(line.office, line.office)) for line in lines],
        "source": given.get("source", "meeting"),
        "meeting": given.get("meeting", ""),
        "sources": [(one.code, one.label) for one in CODE_LISTS["assignment_sources"].codes],
        "offices": named.values(),
        "form": form,
        "problems": problems,
    }
    return render(request, "duty/assign.html", context, status=422 if problems else 200)


def _recorded(request: HttpRequest, form: str, lines: list[Line]) -> list[Words]:
    """Record every decision, or none and say why."""
    by, source = request.scope.organisation, request.POST.get("source", "")
    meeting = request.POST.get("meeting", "").strip() or None
    offered = choices.every_office(request.scope, request.moment)
    problems, facts = [], []
    try:
        number = UUID(form).hex[:12]
    except ValueError:
        return [Words("页面已过期，请重新打开。", "This page is out of date. Open it again.")]
    if by is None:
        return [Words("您的岗位没有所属机构。", "Your duty belongs to no office.")]
    if source not in CODE_LISTS["assignment_sources"].names():
        problems.append(Words("请选择任务来源。", "Choose where the assignments come from."))
    for line in (one for one in lines if one.used):
        chosen = meant(line.office, offered)
        office = chosen.value or line.office
        due = _day(line.due_on)
        where = Words(f"第 {line.number} 项：", f"Line {line.number}: ")
        if office not in offered:
            problems.append(_joined(where, chosen.ask(line.office, NO_OFFICE)))
        if not line.task:
            problems.append(_joined(where, Words("请写明要办什么。", "say what is to be done.")))
        if line.due_on and due is None:
            problems.append(_joined(where, Words("期限应是日期。", "the last day must be a date.")))
        values: dict[str, Any] = {
            "assignment": f"assignment/{number}-{line.number}",
            "office": office,
            "by": by,
            "source": source,
            "meeting": meeting,
            "assigned_at": request.moment,
            "due_on": due,
            "task": line.task[:LONGEST],
        }
        facts.append(Given("assignments", values, f"{form}/{line.number}"))
    if not facts:
        problems.append(Words("请至少写一项。", "Write at least one."))
    return problems or _record(request, facts)


@page(roles=OFFICES, about="assignment")
def show(request: HttpRequest, assignment: str) -> HttpResponse:
    """One assignment: its clock, its reports, what proves it."""
    return _page(request, assignment)


@page(roles=OFFICES, methods=("POST",), about="assignment")
def report(request: HttpRequest, assignment: str) -> HttpResponse:
    """Report how far an assignment is; done is only what something proves."""
    found = reading.one(request.scope, request.moment, "assignments", assignment)
    if found is None:
        raise Http404
    given = request.POST
    state, words = given.get("state", ""), given.get("evidence", "").strip()
    record = given.get("record", "").strip()
    evidence = "；".join(one for one in (record, words) if one)
    if state not in CODE_LISTS["assignment_states"].names():
        return _page(request, assignment, problem=say("请选择进展。", "Choose how far it is."), typed=given)
    if not evidence:
        why = say(
            "办结须有依据：选一条记录，或写文号。没有依据不能办结。",
            "Done must be proved: choose a record, or give the number of a document.",
        )
        return _page(request, assignment, problem=why, typed=given)
    try:
        form = str(UUID(given.get("form", "")))
    except ValueError:
        raise Http404 from None
    values = {
        "assignment": assignment,
        "office": found.row["office"],
        "state": state,
        "reported_at": request.moment,
        "evidence": evidence[: 2 * LONGEST],
    }
    problems = _record(request, [Given("assignment_reports", values, form)])
    if problems:
        return _page(request, assignment, problem=" ".join(map(said, problems)), typed=given)
    messages.success(request, say("已报告。", "Reported."))
    return redirect("duty:assignment", assignment)


def _record(request: HttpRequest, facts: list[Given]) -> list[Words]:
    try:
        record_facts(request.scope, request.moment, facts)
    except Conflict:
        return []  # sent twice: the first is there
    except Refused as refused:
        return [words for _, words in refused.problems]
    except NotAllowed:
        return [Words("这件事不由您的机构报告。", "Another office reports this one.")]
    return []


def _page(
    request: HttpRequest, name: str, *, problem: str = "", typed: Mapping[str, str] = MappingProxyType({})
) -> HttpResponse:
    found = reading.one(request.scope, request.moment, "assignments", name)
    if found is None:
        raise Http404
    meet(request, [found.row], offices=["office", "by"])
    done = any(one["state"] == "done" and one["evidence"] for one in found.reports)
    ours = found.row["office"] == request.scope.organisation
    context = {
        "one": found,
        "row": found.row,
        "clocks": clocks(telling(request), found.rows),
        "ours": ours,
        "done": done,
        "reports": [(one, _linked(one["evidence"])) for one in found.reports],
        "records": _records(request) if ours and not done else [],
        "problem": problem,
        "typed": typed,
        "form": str(uuid4()),
    }
    return render(request, "duty/assignment.html", context, status=422 if problem else 200)


def _records(request: HttpRequest) -> list[tuple[str, str]]:
    """(address, words) of what this account recorded lately: the likeliest proofs."""
    found = []
    for fact, link in recent_own(request.scope, request.moment, RECORDS):
        if fact not in ("assignments", "assignment_reports"):
            to = reverse("everyone:fact", args=[fact, hex_key(link["key_hi"], link["key_lo"])])
            at = telling(request).local(link["recorded_at"])
            found.append((to, f"{at:%m-%d %H:%M} · {_head(said(FACTS[fact].meaning))}"))
    return found


def _head(meaning: str) -> str:
    """The name of a fact: what stands before the colon of its meaning."""
    return meaning.replace("：", ":").split(":")[0]


def _linked(evidence: str | None) -> tuple[str | None, str]:
    """What proves it: the address of a record where it begins with one, and the words."""
    to, _, words = (evidence or "").partition("；")
    if to.startswith("/facts/"):
        return to, words
    return None, evidence or ""


def _named(offered: dict[str, Words]) -> dict[str, str]:
    """Office -> what is chosen and typed for it: its name, or its number where two have one name."""
    alike = Counter(said(label) for label in offered.values())
    return {name: said(label) if alike[said(label)] == 1 else name for name, label in offered.items()}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _joined(first: Words, second: Words) -> Words:
    return Words(first.zh + second.zh, first.en + second.en)
