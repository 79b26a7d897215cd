"""Two numbers that may be one person, side by side; decided by who sees both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet
from sizao_web.pages.paging import paging
from sizao_web.pages.routes import page
from sizao_web.records.actions.record_facts import NotAllowed, Refused
from sizao_web.records.actions.settle_doubt import APART, SAME, settle_doubt
from sizao_web.records.reading.doubts import MERGING, Side, Two, doubts, names_in, reasons, two
from sizao_web.settings.clock import bare

DECIDING = frozenset(MERGING)
_FIELDS = (
    ("name", Words("姓名", "Name")),
    ("document", Words("证件号码", "Document")),
    ("birth_on", Words("出生日期", "Birth date")),
    ("telephone", Words("电话", "Telephone")),
    ("address", Words("住址", "Address")),
)


@page(roles=DECIDING)
def overview(request: HttpRequest) -> HttpResponse:
    """Every doubt that one may decide; those that are open, unless all are asked for."""
    every = request.GET.get("all") == "1"
    rows = doubts(request.scope, every=every)
    pages = paging(request.GET, rows.count())
    shown = list(rows[pages.offset : pages.offset + pages.size])
    names = names_in(request.scope, request.moment, shown)
    listed = [
        {
            "row": one,
            "percent": _percent(one.score),
            "names": [names.get(number, "") for number in (one.one, one.other)],
            "reasons": [said(words) for words in reasons(one)],
        }
        for one in shown
    ]
    return render(request, "everyone/doubts.html", {"rows": listed, "paging": pages, "every": every})


@page(roles=DECIDING, methods=("GET", "POST"), about="doubt")
def doubt(request: HttpRequest, doubt: int) -> HttpResponse:
    """Both sides; what is decided about them."""
    found = two(request.scope, request.moment, doubt)
    if found is None:
        raise Http404
    problems: list[Words] = []
    if request.method == "POST":
        decision, why = request.POST.get("decision", ""), request.POST.get("why", "")
        if decision not in (SAME, APART):
            problems = [Words("选择是同一人还是两个人。", "Choose whether they are one person or two.")]
        else:
            try:
                settle_doubt(request.scope, request.moment, found.doubt, decision, why)
            except Refused as refused:
                problems = [words for _, words in refused.problems]
            except NotAllowed:
                problems = [Words("您的职责不能这样登记。", "Your duty may not record this.")]
            else:
                messages.success(request, say("已登记。", "It is recorded."))
                return redirect("everyone:doubt", doubt)
    meet(request, [{"area": side.person.home["located_in"]} for side in found.sides if side.person.home],
         areas=["area"])  # fmt: skip
    context = {
        "found": found,
        "percent": _percent(found.doubt.score),
        "reasons": [said(words) for words in reasons(found.doubt)],
        "rows": list(_rows(found)),
        "problems": problems,
        "typed": request.POST,
    }
    return render(request, "everyone/doubt.html", context, status=422 if problems else 200)


def _percent(score: float) -> str:
    """Never 100: nobody is sure who has to be asked."""
    return f"{min(score, 0.999) * 100:.1f}"


def _rows(found: Two) -> Iterator[dict[str, Any]]:
    """Each field with both values and whether they differ; of neither it is left out."""
    one, other = found.sides
    for name, words in _FIELDS:
        first, second = (getattr(side.said, name, None) for side in (one, other))
        if first or second:
            yield {"name": said(words), "first": first, "second": second, "differs": _differ(first, second)}
    born = [_of_row(side, "birth_year") for side in (one, other)]
    counts = [len(side.person.recorded) for side in (one, other)]
    for words, values, differs in (
        (Words("出生年份", "Year of birth"), born, _differ(*born)),
        (Words("首次登记", "First recorded"), [_first_recorded(side) for side in (one, other)], False),
        (Words("登记条数", "Facts on record"), counts, False),
    ):
        if any(value is not None for value in values):
            yield {"name": said(words), "first": values[0], "second": values[1], "differs": differs}


def _differ(first: Any, second: Any) -> bool:
    return first is not None and second is not None and first != second


def _of_row(side: Side, column: str) -> Any:
    return side.person.row[column] if side.person.row else None


def _first_recorded(side: Side) -> Any:
    known = [entry.last["known_at"] for entry in side.person.recorded]
    return local_day(bare(min(known)), settings.SIZAO.zone).isoformat() if known else None
