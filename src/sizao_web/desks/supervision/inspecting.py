"""An inspection on the spot: the place, what is wrong there, photographs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.intake.pictures import LARGEST
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.desks.supervision import presenters as words
from sizao_web.desks.supervision.duty import INSPECTING
from sizao_web.pages.language import say
from sizao_web.pages.meant import meant
from sizao_web.pages.offered import Offered
from sizao_web.pages.routes import page
from sizao_web.records.actions.inspect_place import Found, Inspection, inspect_place
from sizao_web.records.actions.record_facts import Conflict, NotAllowed, Refused
from sizao_web.records.reading import choices
from sizao_web.records.reading import findings as reading

LINES = 3  # findings of one form; who finds more records them after saving
LONGEST = 300
NO_PLACE = Words(
    "请选择被检查的场所；列表里没有的，请先由主管部门登记场所。",
    "Choose the place. One that is not on the list must be put on record by its department first.",
)
NO_KIND = Words("请选择问题类别。", "Choose what kind of thing is wrong.")
TOO_LONG = Words("描述请在 300 字以内。", "Describe it in at most 300 characters.")
NOT_OURS = Words(
    "这个场所不在您负责的范围内，没有记录。",
    "This place is outside what you answer for; nothing was recorded.",
)
STALE = Words("页面已过期，请重新打开再填。", "This page is out of date. Open the form again.")


@dataclass(frozen=True)
class Line:
    """What was typed for one finding, and what is wrong with it."""

    number: int
    kind: str = ""
    severity: str = "minor"
    note: str = ""
    photos: tuple[bytes, ...] = ()
    problem: Words | None = None

    @property
    def used(self) -> bool:
        """Whether anything was said."""
        return bool(self.kind or self.note or self.photos)


@page(roles=INSPECTING, methods=("GET", "POST"))
def inspect(request: HttpRequest) -> HttpResponse:
    """The form of an inspection; a POST records it with all that it found."""
    if request.method != "POST":
        return _form(
            request, request.GET.get("place", ""), [Line(n) for n in range(1, LINES + 1)], str(uuid4())
        )
    place, lines = request.POST.get("place", "").strip(), [_line(request, n) for n in range(1, LINES + 1)]
    form, problems = request.POST.get("form", ""), []
    found = meant(place, choices.places(request.scope, request.moment))
    typed, place = place, found.value or place
    if not place or not choices.on_record(request.scope, "place", [place], request.moment):
        problems.append(found.ask(typed, NO_PLACE))
    problems += [_where(line, line.problem) for line in lines if line.problem is not None]
    if not _is_number(form):
        problems.append(STALE)
    if problems:
        return _form(request, place, lines, form if _is_number(form) else str(uuid4()), problems)
    made = Inspection(
        form, place, tuple(Found(one.kind, one.severity, one.note, one.photos) for one in lines if one.used)
    )
    try:
        inspect_place(request.scope, request.moment, made)
    except Conflict:
        pass  # the same form, sent twice at the same moment: the first is there
    except Refused as refused:
        return _form(request, place, lines, form, [one for _, one in refused.problems])
    except NotAllowed:
        return _form(request, place, lines, form, [NOT_OURS])
    messages.success(
        request, say("检查已记录。整改时限自动开始计算。", "Recorded. The clocks have begun to run.")
    )
    return redirect("supervision:inspection", made.name)


def _line(request: HttpRequest, number: int) -> Line:
    given = request.POST
    note = given.get(f"note-{number}", "").strip()
    kind, severity = given.get(f"kind-{number}", ""), given.get(f"severity-{number}", "minor")
    photos = tuple(one.read(LARGEST + 1) for one in request.FILES.getlist(f"photo-{number}"))
    line = Line(number, kind, severity, note, photos)
    wrong = None
    if line.used and kind not in CODE_LISTS["finding_kinds"].names():
        wrong = NO_KIND
    elif len(note) > LONGEST:
        wrong = TOO_LONG
    elif severity not in CODE_LISTS["finding_severities"].names():
        wrong = NO_KIND
    return Line(number, kind, severity, note, photos, wrong)


def _where(line: Line, problem: Words) -> Words:
    """The problem with the number of the finding that it is of: several may have the same."""
    return Words(f"问题 {line.number}：{problem.zh}", f"Finding {line.number}: {problem.en}")


def _is_number(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _form(
    request: HttpRequest, place: str, lines: list[Line], form: str, problems: list[Words] | None = None
) -> HttpResponse:
    offered = Offered("places", choices.places(request.scope, request.moment))
    known = place in offered.words
    context: dict[str, Any] = {
        "place": place,
        "place_known": known,
        "place_words": offered.words.get(place),
        "offered": offered,
        "earlier": [
            (one, words.STATES[one.state], words.kind(one.row["kind"]))
            for one in reading.findings_of(request.scope, request.moment, place=place)
            if one.state != "closed"
        ]
        if known
        else [],
        "lines": lines,
        "form": form,
        "problems": problems or [],
        "lost_photos": bool(problems) and any(one.photos for one in lines),
        "kinds": [(one.code, one.label) for one in CODE_LISTS["finding_kinds"].codes],
        "severities": [(one.code, one.label) for one in CODE_LISTS["finding_severities"].codes],
    }
    return render(request, "supervision/inspect.html", context, status=422 if problems else 200)
