"""Deliver a file: drop it, see what it holds and what is wrong in it, have it taken in, keep the receipt."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.facts.dictionary import FACTS
from sizao.intake.formulas import harmless, restored
from sizao.intake.limits import declared_limits
from sizao.intake.templates import ADDED, LINE_THERE, WHY_NOT
from sizao.intake.texts import other_encoding
from sizao.terms.words import Words
from sizao_web.accounts.roles import ROLES
from sizao_web.desks.everyone import mapping_form
from sizao_web.desks.everyone.presenters import short
from sizao_web.pages.language import said, say
from sizao_web.pages.paging import paging
from sizao_web.pages.routes import page
from sizao_web.records.actions import deliver
from sizao_web.records.actions.note_export import note_export
from sizao_web.records.actions.retry_delivery import retry_delivery
from sizao_web.records.actions.save_mapping import save_mapping
from sizao_web.records.actions.undo_delivery import undo_delivery
from sizao_web.records.reading import deliveries as reading
from sizao_web.records.reading.previews import preview

GIVING = frozenset(name for name, role in ROLES.items() if role.gives and role.is_work)
STATES = {
    "received": Words("待确认", "to be looked at"),
    "waiting": Words("排队中", "waiting"),
    "storing": Words("入库中", "being taken in"),
    "stored": Words("已入库", "taken in"),
    "refused": Words("整份拒收", "refused whole"),
}
UNDER_WAY = ("waiting", "storing")
LINES = 50
"""So many lines that wait are named."""


@page(roles=GIVING, methods=("GET", "POST"))
def overview(request: HttpRequest) -> HttpResponse:
    """The form that takes a file, and what was delivered; a POST delivers one."""
    problem = None
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            problem = say("请选择一个文件。", "Choose a file.")
        elif file.size > declared_limits().bytes:
            problem = say("文件过大，请分成几份。", "The file is too large: split it.")
        else:
            # Spreadsheets in China write CSV as GB18030. Whether the signs are right is looked at on the next
            # page, before anything is kept; a machine has nobody who looks, and says its encoding.
            encoding = other_encoding(file.name, file)
            received = deliver.receive(
                request.scope,
                request.moment,
                name=file.name,
                content=file,
                manifest={"encoding": encoding} if encoding else None,
            )
            if received.again:
                messages.info(request, say("这份文件已经报送过。", "This file was delivered before."))
            return redirect("everyone:delivery", received.id)
    rows = reading.deliveries(request.scope)
    state, name = request.GET.get("state", ""), request.GET.get("name", "").strip()
    if state in STATES:
        rows = rows.filter(state=state)
    if name:
        rows = rows.filter(name__icontains=name)
    pages = paging(request.GET, rows.count())
    context = {
        "problem": problem,
        "rows": [_told(one) for one in rows[pages.offset : pages.offset + pages.size]],
        "pages": pages,
        "states": STATES.items(),
        "state": state,
        "name": name,
        "most": declared_limits().bytes >> 20,
    }
    return render(request, "everyone/deliveries/index.html", context, status=422 if problem else 200)


@page(roles=GIVING, about="delivery")
def one(request: HttpRequest, delivery: UUID) -> HttpResponse:
    """One delivery: what is to be said of it, how far it is, or its receipt and the rows that were not
    taken."""
    found = _found(request, delivery)
    if found.state == "received":
        return redirect("everyone:choose", delivery)
    wrong = reading.not_taken(request.scope, str(delivery)) if found.state == "stored" else []
    lines = reading.waiting(request.scope, str(delivery)) if found.waiting else []
    pages = paging(request.GET, len(wrong))
    context = {
        **_told(found),
        "under_way": found.state in UNDER_WAY,
        "wrong": [_wrong(row) for row in wrong[pages.offset : pages.offset + pages.size]],
        "pages": pages,
        "lines": lines[:LINES],
        "more_lines": max(len(lines) - LINES, 0),
        "problems": _problems(found),
        "mine": found.account == request.scope.account,
        "may_take_back": _may_take_back(request, found),
    }
    return render(request, "everyone/deliveries/one.html", context)


@page(roles=GIVING, methods=("GET", "POST"), about="delivery")
def choose(request: HttpRequest, delivery: UUID) -> HttpResponse:
    """What the file holds and what is wrong in it, read as one chooses; a POST has it taken in."""
    found = _found(request, delivery)
    if found.state != "received":
        return redirect("everyone:delivery", delivery)
    scope = request.scope
    asked = request.POST if request.method == "POST" else request.GET
    seen = preview(scope, found)
    likeliest = seen.proposed[0].fact if seen.proposed else ""
    saved = _saved(request, asked, seen.columns)
    fact = asked.get("fact", likeliest)
    fact = fact if fact in scope.duty.gives and fact in FACTS else ""
    by_form = (
        []
        if not fact or saved
        else mapping_form.fields(
            fact, seen.columns, seen.values or {}, asked, scope.seen_organisation or None
        )
    )
    name = asked.get("name", "").strip()
    text = _mapping(request, asked, saved, fact, by_form, seen)
    lacking = mapping_form.lacking(by_form) if text and not saved else []
    checked = (
        preview(scope, found, fact=None if text else fact or None, mapping=text)
        if (fact or text) and not lacking
        else seen
    )
    may_take_in = bool((fact or text) and not checked.problems and not lacking)
    if request.method == "POST" and asked.get("deed") == "take-in" and may_take_in:
        if text and name and not saved:
            save_mapping(scope, request.moment, name=name, headings=seen.columns, text=text)
        deliver.choose(scope, request.moment, str(delivery), fact=None if text else fact, mapping=text)
        return redirect("everyone:delivery", delivery)
    context = {
        **_told(found),
        "seen": checked,
        "wrong": [(line, [_line(one) for one in problems]) for line, problems in checked.wrong[:50]],
        "problems": [_line(one) for one in checked.problems] + [_to_choose(one) for one in lacking],
        "proposed": [
            {"fact": one.fact, "words": short(FACTS[one.fact]), "one": one} for one in seen.proposed
        ],
        "facts": [(name, short(FACTS[name])) for name in FACTS if scope.may_give(name)],
        "fact": fact,
        "fields": by_form,
        "saved": reading.mappings(scope),
        "chosen": saved,
        "name": name,
        "encoding": (found.manifest or {}).get("encoding"),
        "may_take_in": may_take_in,
    }
    return render(request, "everyone/deliveries/choose.html", context)


@page(roles=GIVING, about="delivery")
def receipt(request: HttpRequest, delivery: UUID) -> HttpResponse:
    """The signed receipt as a file."""
    found = _found(request, delivery)
    if not found.receipt:
        raise Http404
    response = HttpResponse(found.receipt, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{delivery}.json"'
    return response


@page(roles=GIVING, about="delivery")
def rejected(request: HttpRequest, delivery: UUID) -> HttpResponse:
    """The rows that were not taken, with the reasons, as a sheet to mend and deliver again."""
    _found(request, delivery)
    rows = [row for row in reading.not_taken(request.scope, str(delivery)) if row.cells]
    columns = list(dict.fromkeys(name for row in rows for name in row.cells or {} if name not in ADDED))
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    writer.writerow([*map(harmless, columns), said(LINE_THERE), said(WHY_NOT)])
    for row in rows:
        cells = [harmless(restored((row.cells or {}).get(name) or "")) for name in columns]
        reasons = "；".join(_line(problem) for problem in row.problems)
        writer.writerow([*cells, row.line, harmless(reasons)])
    note_export(request.scope, request.moment, "rejected rows", len(rows), about=str(delivery))
    response = HttpResponse(held.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="rejected-{delivery}-{len(rows)}-rows.csv"'
    )
    return response


@page(roles=GIVING, methods=("POST",), about="delivery")
def retry(request: HttpRequest, delivery: UUID) -> HttpResponse:
    """Try the rejected rows once more."""
    _found(request, delivery)
    if not retry_delivery(request.scope, request.moment, str(delivery)):
        messages.info(request, say("没有可重试的行。", "There is no row to try again."))
    return redirect("everyone:delivery", delivery)


@page(roles=GIVING, methods=("GET", "POST"), about="delivery")
def undo(request: HttpRequest, delivery: UUID) -> HttpResponse:
    """Take a delivery back, after a second look and with a reason."""
    found = _found(request, delivery)
    reason, problem = request.POST.get("reason", "").strip(), None
    if not _may_take_back(request, found):
        messages.info(request, say("没有可撤回的。", "There is nothing to take back."))
        return redirect("everyone:delivery", delivery)
    if request.method == "POST":
        if reason:
            if not undo_delivery(request.scope, request.moment, str(delivery), reason=reason):
                messages.info(request, say("没有可撤回的。", "There is nothing to take back."))
            return redirect("everyone:delivery", delivery)
        problem = say("请写明理由。", "Fill in the reason.")
    context = {**_told(found), "problem": problem, "reason": reason}
    return render(request, "everyone/deliveries/undo.html", context, status=422 if problem else 200)


def _may_take_back(request: HttpRequest, found: Any) -> bool:
    """Whether there is something to take back, and whoever asks is its sender."""
    own = found.account == request.scope.account
    return bool(own and found.state == "stored" and not found.same_as and not found.undone_reason)


def _found(request: HttpRequest, delivery: UUID) -> Any:
    found = reading.delivery(request.scope, str(delivery))
    if found is None:
        raise Http404
    return found


def _told(found: Any) -> dict[str, Any]:
    fact = FACTS.get(found.fact or "")
    return {
        "delivery": found,
        "state_words": STATES.get(found.state, Words(found.state, found.state)),
        "fact_words": short(fact) if fact else None,
    }


def _line(problem: Any) -> str:
    return (
        problem.text(said(Words("zh", "en")))
        .removeprefix(f"{problem.file}, ")
        .removeprefix(f"{problem.file}，")
    )


def _to_choose(column: Any) -> str:
    words = said(column.meaning)
    return say(
        f"还没有选哪一列是“{words}”：在下面的映射中选。",
        f"Not chosen yet: which column is “{words}”. Choose it in the mapping below.",
    )


def _wrong(row: Any) -> dict[str, Any]:
    return {"row": row, "reasons": [_line(problem) for problem in row.problems]}


def _problems(found: Any) -> list[str]:
    from sizao.intake.apart import problem_of

    return [_line(problem_of(one)) for one in found.problems or []]


def _saved(request: HttpRequest, asked: Any, columns: Any) -> Any:
    """The mapping that was chosen, or that was made for these very headings; none where a fact was chosen."""
    number = asked.get("mapping", "")
    if number.isascii() and number.isdigit():
        return reading.mapping(request.scope, int(number))
    if "fact" in asked:
        return None
    own = [name for name in columns if name not in ADDED]
    return next((one for one in reading.mappings(request.scope) if one.headings == own), None)


def _mapping(request: HttpRequest, asked: Any, saved: Any, fact: str, shown: Any, seen: Any) -> str | None:
    """The mapping to read by; none where the dictionary's own headings say everything."""
    if saved:
        return str(saved.text)
    whole = next((one.whole for one in seen.proposed if one.fact == fact), False)
    edited = any(key.startswith(("column.", "code.", "format.")) for key in asked)
    if not fact or (whole and not edited):
        return None
    return mapping_form.as_mapping(fact, seen.columns, shown, asked.get("name", "").strip() or fact)
