"""Pushed names: who must be verified, one tap to say what they were found to be, and what was fed back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sizao.terms.codes import CODE_LISTS
from sizao.terms.identifiers import hex_key
from sizao.terms.words import Words
from sizao_web.desks.entry.duty import PAGE, VERIFYING, WAY
from sizao_web.pages.filters import Filter, equal
from sizao_web.pages.language import say
from sizao_web.pages.ledger_lists import local, person_cell, plain
from sizao_web.pages.listing import Column, Listing
from sizao_web.pages.lists import show
from sizao_web.pages.presenters import length
from sizao_web.pages.routes import page
from sizao_web.pages.telling import Row, Telling
from sizao_web.records.actions.record_facts import Conflict, Given, NotAllowed, Refused, record_facts
from sizao_web.records.reading import arrivals, facts
from sizao_web.records.reading.identities import identities_of

FIRST = 30  # open entries on a page: those that wait longest


@dataclass(frozen=True)
class Waiting:
    """One pushed name that nobody has settled."""

    entry: str
    person: str
    name: str
    telephone: str | None
    address: str | None
    source: Words
    waits: Words
    key: str


def _disposition(row: Row, telling: Telling) -> str:
    return telling.said(CODE_LISTS["dispositions"].label_of(row["disposition"]))


SETTLED = Listing(
    name="settled",
    title=Words("推送名单", "Pushed names"),
    meaning=Words(
        "大数据、车站、外地推送的人员：核查处置后随即反馈推送方。",
        "Named by the data centre, a station or another city: verified, settled, and fed back at once.",
    ),
    empty=Words("还没有处置过推送人员。", "No pushed name has been settled yet."),
    fields=("entry", "person", "disposition", "disposed_at", "fed_back_at"),
    columns=(
        Column("person", Words("人员", "person"), plain("person"), person_cell, ("person",), lead=True),
        Column("disposition", Words("处置", "found to be"), _disposition, None, ("disposition",)),
        Column("disposed", Words("处置时间", "settled"), local("disposed_at"), None, ("disposed_at",)),
        Column("fed_back", Words("反馈时间", "fed back"), local("fed_back_at"), None, ("fed_back_at",)),
        Column("entry", Words("推送编号", "entry"), plain("entry"), None, ("entry",)),
    ),
    order=("-disposed_at", "entry"),
    filters=(
        Filter(
            "disposition", Words("处置", "found to be"), equal("disposition"), "choice",
            lambda telling: {one.code: one.label for one in CODE_LISTS["dispositions"].codes},
        ),
        Filter("about", Words("人员编号", "number of the person"), equal("person")),
    ),
    persons=True,
)  # fmt: skip


@page(roles=VERIFYING)
def pushed(request: HttpRequest) -> HttpResponse:
    """Who waits to be verified, and below what was settled."""
    rows = arrivals.pushed_open(request.scope, request.moment)
    waiting = facts.plain(rows.order_by("pushed_at", "entry")[:FIRST])
    known = identities_of(request.scope, request.moment, [row["person"] for row in waiting], PAGE)
    sources = CODE_LISTS["push_sources"]
    context: dict[str, Any] = {
        "way": WAY if request.scope.role == "port_health" else (),
        "waiting": [
            Waiting(
                row["entry"],
                row["person"],
                who.name if (who := known.get(row["person"])) else "",
                who.telephone if who else None,
                who.address if who else None,
                sources.label_of(row["source"]),
                length(request.moment - row["pushed_at"]),
                hex_key(row["key_hi"], row["key_lo"]),
            )
            for row in waiting
        ],
        "open": rows.count(),
        "may_settle": request.scope.may_give("dispositions"),
        "may_push": request.scope.may_give("pushed_entries"),
        "dispositions": [(one.code, one.label) for one in CODE_LISTS["dispositions"].codes],
    }
    settled = arrivals.settled(request.scope, request.moment)
    return show(request, SETTLED, settled, template="entry/pushed.html", context=context)


@page(roles=VERIFYING, methods=("POST",))
def settle(request: HttpRequest) -> HttpResponse:
    """Say what a pushed person was found to be; the sender reads it from this moment on."""
    entry, found = request.POST.get("entry", ""), request.POST.get("disposition", "")
    rows = facts.plain(arrivals.pushed_open(request.scope, request.moment).filter(entry=entry))
    if not rows or found not in CODE_LISTS["dispositions"].names():
        messages.warning(
            request, say("这一条已处置过，或没有选择处置。", "It was settled already, or nothing was chosen.")
        )
        return redirect("entry:pushed")
    values = {"entry": entry, "person": rows[0]["person"], "disposition": found}
    told = {"disposed_at": request.moment, "fed_back_at": request.moment}
    try:
        record_facts(request.scope, request.moment, [Given("dispositions", {**values, **told}, entry)])
    except Conflict:
        pass  # a colleague settled it a moment earlier
    except Refused as refused:
        messages.error(request, " ".join(words.en for _, words in refused.problems))
        return redirect("entry:pushed")
    except NotAllowed as cause:
        raise PermissionDenied from cause
    label = CODE_LISTS["dispositions"].label_of(found)
    messages.success(request, say(f"已处置并反馈：{label.zh}。", f"Settled and fed back: {label.en}."))
    return redirect("entry:pushed")
