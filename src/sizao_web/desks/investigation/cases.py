"""Cases: positive results to decide about, what each case demands, and the page of one with its contacts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import local_day, midnight
from sizao_web.accounts.roles import TRACING
from sizao_web.pages.clocks import clocks
from sizao_web.pages.language import said, say
from sizao_web.pages.presenters import aware
from sizao_web.pages.routes import page
from sizao_web.pages.telling import telling
from sizao_web.records.actions.designate_contacts import Contact, designate_contacts
from sizao_web.records.actions.record_facts import Conflict, Given, NotAllowed, Refused, record_facts
from sizao_web.records.reading import contacts as reading
from sizao_web.records.reading.identities import names_of
from sizao_web.records.reading.persons import is_seen
from sizao_web.settings.clock import bare

PAGE = "investigation"  # what the audit calls these pages
LATELY = 14  # days of cases and results that are shown
CLASSES = ("confirmed", "asymptomatic", "suspected", "excluded")


@page(roles=frozenset(TRACING))
def cases(request: HttpRequest) -> HttpResponse:
    """What waits to be decided, and the cases of the last days with their contacts."""
    scope, moment, day = request.scope, request.moment, _today(request)
    since = aware(midnight(day - timedelta(days=LATELY), settings.SIZAO.zone))
    waiting = reading.undecided(scope, moment, since)
    found = reading.cases_since(scope, moment, day - timedelta(days=LATELY))
    people = {person for person, _ in waiting} | {row["person"] for row in found}
    names = names_of(scope, moment, people, PAGE)
    contacts = reading.candidates_of(scope, moment, found, settings.SIZAO.zone)
    due = reading.clocks_among(scope, {row["person"] for row in found})
    context = {
        "waiting": [(person, names.get(person, ""), tube) for person, tube in waiting],
        "cases": [
            _case(request, row, names, contacts[row["case"]], due.get(row["person"], [])) for row in found
        ],
        "days": LATELY,
    }
    return render(request, "investigation/cases.html", context)


def _case(
    request: HttpRequest,
    row: dict[str, Any],
    names: dict[str, str],
    found: list[reading.Candidate],
    rows: list[Any],
) -> dict[str, Any]:
    return {
        "row": row,
        "name": names.get(row["person"], ""),
        "clocks": clocks(telling(request), [one for one in rows if one.status in ("open", "overdue")]),
        "contacts": len(found),
        "open": sum(one.class_ is None for one in found),
    }


@page(roles=frozenset(TRACING), methods=("GET", "POST"), about="person")
def case(request: HttpRequest, person: str) -> HttpResponse:
    """One person as a case: how classified, what that demands, whom they may have met."""
    if not is_seen(request.scope, person):
        raise Http404
    problem = ""
    if request.method == "POST":
        problem = (
            _classify(request, person) if request.POST.get("what") == "case" else _decide(request, person)
        )
        if not problem:
            return redirect("investigation:case", person)
    return _page(request, person, problem)


def _page(request: HttpRequest, person: str, problem: str) -> HttpResponse:
    scope, moment, zone = request.scope, request.moment, settings.SIZAO.zone
    row = reading.case_of(scope, moment, person)
    is_case = row is not None and row["class"] in reading.CASES
    found = reading.candidates(scope, moment, row, zone) if row is not None and is_case else []
    names = names_of(scope, moment, {person, *(one.person for one in found)}, PAGE)
    classes, kinds = CODE_LISTS["contact_classes"], CODE_LISTS["contact_kinds"]
    context = {
        "person": person,
        "name": names.get(person, ""),
        "row": row,
        "is_case": is_case,
        "window": reading.window(scope, moment, row, zone) if row is not None and is_case else None,
        "clocks": clocks(telling(request), reading.clocks_of(scope, person)),
        "found": [_shown(request, one, names, problem) for one in found],
        "open": sum(one.class_ is None for one in found),
        "classes": [(one, CODE_LISTS["case_classes"].label_of(one)) for one in CLASSES],
        "contact_classes": [(one.code, one.label) for one in classes.codes if one.code != "unclassified"],
        "contact_kinds": [(one.code, one.label) for one in kinds.codes],
        "ways": [(one.code, one.label) for one in CODE_LISTS["detection_ways"].codes],
        "today": _today(request),
        "typed": request.POST if problem else {},
        "problem": problem,
        "form": str(uuid4()),
    }
    return render(request, "investigation/case.html", context, status=422 if problem else 200)


def _shown(
    request: HttpRequest, one: reading.Candidate, names: dict[str, str], problem: str
) -> dict[str, Any]:
    """One row of the form; after a mistake as it was typed."""
    typed = request.POST if problem and request.POST.get("what") == "contacts" else None
    ticked = typed is None or one.person in request.POST.getlist("person")
    last = one.last_on.isoformat()
    return {
        "one": one,
        "who": names.get(one.person, ""),
        "ticked": ticked,
        "last": typed.get(f"last:{one.person}", last) if typed else last,
        "class": typed.get(f"class:{one.person}", "") if typed else "",
    }


def _classify(request: HttpRequest, person: str) -> str:
    """Record how the person is classified; what is wrong in words, or nothing."""
    given, onset = request.POST, _day(request.POST.get("onset", ""))
    form, known = _form(request), reading.case_of(request.scope, request.moment, person)
    if given.get("class") not in CLASSES:
        return say("请选择分类。", "Choose the class.")
    if given.get("onset") and (onset is None or onset > _today(request)):
        return say("发病日期看不懂或在将来。", "The day of onset cannot be read, or lies ahead.")
    values = {
        "person": person,
        "case": known["case"] if known else f"case/{UUID(form).hex[:12]}",
        "class": given["class"],
        "classified_on": _today(request),
        "onset_earliest": onset,
        "onset_latest": onset + timedelta(days=1) if onset else None,
        "found_by": given.get("found_by") or None,
    }
    return _write(
        request,
        lambda: record_facts(request.scope, request.moment, [Given("classifications", values, form)]),
        say("已登记。时限自动开始计算。", "Recorded. The clocks have begun to run."),
    )


def _decide(request: HttpRequest, person: str) -> str:
    """Record the contacts that were ticked, and the one who was typed; what is wrong, or nothing."""
    row = reading.case_of(request.scope, request.moment, person)
    if row is None or row["class"] not in reading.CASES:
        return say("先登记病例分类。", "Record the class of the case first.")
    proposed = {
        one.person: one for one in reading.candidates(request.scope, request.moment, row, settings.SIZAO.zone)
    }
    chosen = [one for one in dict.fromkeys(request.POST.getlist("person")) if one in proposed]
    first, last = reading.window(request.scope, request.moment, row, settings.SIZAO.zone)
    decided = [_contact(request, proposed[one]) for one in chosen]
    if other := request.POST.get("other", "").strip():
        if not is_seen(request.scope, other):
            return say(f"没有编号为“{other}”的人。", f"Nobody seen here has the number “{other}”.")
        kind = request.POST.get("kind", "")
        if kind not in CODE_LISTS["contact_kinds"].names():
            return say("请选择接触方式。", "Choose the kind of contact.")
        decided.append(_contact(request, reading.Candidate(other, kind, first, last), "other"))
    if not decided:
        return say("请至少选择一人。", "Choose at least one person.")
    if None in decided:
        return say(
            "请选择类别，末次接触日期不能在将来。", "Choose the class; the last contact cannot lie ahead."
        )
    contacts = [one for one in decided if one is not None]
    return _write(
        request,
        lambda: designate_contacts(
            request.scope,
            request.moment,
            contacts,
            case=row["case"],
            case_person=person,
            on=_today(request),
            form=_form(request),
        ),
        say(
            f"已判定 {len(contacts)} 人。密切接触者的隔离、检测任务马上生成。",
            f"Decided: {len(contacts)}. Quarantine and tests of close contacts follow at once.",
        ),
    )


def _contact(request: HttpRequest, one: reading.Candidate, named: str = "") -> Contact | None:
    """The decision about somebody, None where it is none. named: what its fields are called by."""
    what = named or one.person
    class_, last = request.POST.get(f"class:{what}", ""), _day(request.POST.get(f"last:{what}", ""))
    known = CODE_LISTS["contact_classes"].names()
    if class_ not in known or last is None or last > _today(request):
        return None
    return Contact(one.person, one.kind, one.first_on, last, class_, one.named)


def _write(request: HttpRequest, deed: Any, done: str) -> str:
    try:
        deed()
    except Conflict:
        return ""  # sent twice at the same moment: the first is there
    except Refused as refused:
        return " ".join(dict.fromkeys(said(words) for _, words in refused.problems))
    except NotAllowed as cause:
        raise PermissionDenied from cause
    messages.success(request, done)
    return ""


def _form(request: HttpRequest) -> str:
    try:
        return str(UUID(request.POST.get("form", "")))
    except ValueError:
        raise Http404 from None


def _today(request: HttpRequest) -> date:
    moment: datetime = request.moment
    return local_day(bare(moment), settings.SIZAO.zone)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
