"""Who cares for somebody whose carer was taken away: whom to ask, what they said, when they no longer can."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao_web.desks.community.duty import AT_DOORS, CARING
from sizao_web.pages import presenters
from sizao_web.pages.addresses import WHY, address
from sizao_web.pages.language import said, say
from sizao_web.pages.routes import page
from sizao_web.pages.urgency import consequence
from sizao_web.records.actions.name_carer import end_care, name_carer
from sizao_web.records.actions.newcomers import Who
from sizao_web.records.actions.record_facts import Conflict, NotAllowed, Refused
from sizao_web.records.actions.retract_fact import retract_fact
from sizao_web.records.reading import carers as reading
from sizao_web.records.reading.history import history
from sizao_web.records.reading.identities import Known, identities_of, search
from sizao_web.records.reading.persons import is_seen

PAGE = "carers"  # what the audit calls this page
MISTAKE = "entered by mistake, taken back on the page of carers"


@dataclass(frozen=True)
class One:
    """Somebody who may be asked, or was. asked: the record of it; born: the year, where it is on record."""

    person: str
    known: Known | None
    born: int | None = None
    asked: dict[str, Any] | None = None
    away: bool = False

    @property
    def name(self) -> str:
        """What the page calls them."""
        return (self.known.name if self.known else "") or self.person

    @property
    def telephone(self) -> str | None:
        """Where they can be reached."""
        return self.known.telephone if self.known else None


@page(roles=CARING, methods=("GET", "POST"), about="person")
def carers(request: HttpRequest, person: str) -> HttpResponse:
    """The page of one person; a POST looks somebody up, records an answer, ends it or takes it back."""
    if not is_seen(request.scope, person):
        raise Http404
    if request.method == "GET":
        return _shown(request, person)
    do = {"look-up": _look_up, "answer": _answer, "end": _end, "take-back": _take_back}
    act = do.get(request.POST.get("do", ""))
    if act is None:
        return redirect("community:carers", person)
    try:
        return act(request, person)
    except (Refused, Conflict) as refused:
        return _shown(request, person, problem=" ".join(said(words) for _, words in refused.problems))
    except NotAllowed as cause:
        raise PermissionDenied from cause


def _look_up(request: HttpRequest, person: str) -> HttpResponse:
    text = request.POST.get("q", "").strip()
    names = search(request.scope, request.moment, text).names if text else {}
    return _shown(request, person, found=[one for one in names if one != person], sought=text)


def _answer(request: HttpRequest, person: str) -> HttpResponse:
    answer = request.POST.get("answer", "")
    if answer not in CODE_LISTS["carer_answers"].names():
        return redirect("community:carers", person)
    who, problem = _who(request)
    if problem:
        return _shown(request, person, problem=problem, sought=request.POST.get("name", ""), anew=True)
    carer, _ = name_carer(
        request.scope, request.moment, person=person, who=who, answer=answer, form=_form(request)
    )
    known = identities_of(request.scope, request.moment, [carer], PAGE).get(carer)
    name = One(carer, known).name
    if answer == reading.ACCEPTED:
        messages.success(
            request,
            say(
                f"{name} 已答应照护，记录在册。仍须每天上门看望。",
                f"{name} cares from now on; it is on record. A visit every day is due all the same.",
            ),
        )
    else:
        messages.success(
            request,
            say(f"已记录：{name} 不能照护。请另请一人。", f"On record: {name} cannot. Ask somebody else."),
        )
    return redirect("community:carers", person)


def _end(request: HttpRequest, person: str) -> HttpResponse:
    end_care(request.scope, request.moment, _of(request, person))
    messages.success(
        request,
        say(
            "已记录：不再照护。现在没有人照护的，请马上另请一人。",
            "On record. If nobody cares now, ask somebody at once.",
        ),
    )
    return redirect("community:carers", person)


def _take_back(request: HttpRequest, person: str) -> HttpResponse:
    of = _of(request, person)
    retract_fact(request.scope, request.moment, of, version=of.last["source_version"], reason=MISTAKE)
    messages.success(
        request, say("已撤回；原来的任务重新列为待办。", "Taken back; what was due is due again.")
    )
    return redirect("community:carers", person)


def _of(request: HttpRequest, person: str) -> Any:
    found = history(request.scope, "carers", request.POST.get("key", ""))
    if found is None or found.last["person"] != person:
        raise Http404
    return found


def _who(request: HttpRequest) -> tuple[Who, str]:
    """Who was asked: somebody on record, or by name and telephone; and what is wrong with it."""
    carer = request.POST.get("carer", "")
    if carer:
        return Who(carer), ""
    name, telephone = (request.POST.get(field, "").strip() for field in ("name", "telephone"))
    if not name or not telephone:
        return Who(None), say(
            "请写明照护人的姓名和电话，出事时要找得到人。",
            "Give the name and the telephone number: somebody must be able to reach them.",
        )
    return Who(None, name, None, telephone), ""


def _form(request: HttpRequest) -> str:
    try:
        return str(UUID(request.POST.get("form", "")))
    except ValueError:
        return str(uuid4())


def _shown(
    request: HttpRequest,
    person: str,
    *,
    found: list[str] | None = None,
    sought: str = "",
    problem: str = "",
    anew: bool = False,
) -> HttpResponse:
    scope, moment, zone = request.scope, request.moment, settings.SIZAO.zone
    rows, of = reading.asked(scope, moment, person), reading.cared_for_by(scope, moment, zone, person)
    said_already = {row["carer"]: row for row in reversed(rows)}
    at_home = [one for one in reading.may_be_asked(scope, moment, zone, person) if one not in said_already]
    gone = [row["person"] for row in of]
    persons = {person, *gone, *said_already, *at_home, *(found or ())}
    known, born = identities_of(scope, moment, persons, PAGE), reading.born(scope, moment, persons)
    absent = reading.away(scope, moment, persons)

    def one(number: str, row: dict[str, Any] | None = None) -> One:
        return One(number, known.get(number), born.get(number), row, number in absent)

    accepted = [one(row["carer"], row) for row in rows if row["answer"] == reading.ACCEPTED]
    context = {
        "about": one(person),
        "kind": of[0]["kind"] if of else None,
        "gone": [(one(number), absent.get(number)) for number in gone],
        "due": [
            {
                "until": presenters.standing_of(row.status, moment, due_at=row.due_at)
                if row.status == "overdue"
                else presenters.limit(row.due_at, moment, zone),
                "css": f"state-{row.status}",
                "otherwise": consequence(_row(row), moment, zone),
                "why": address(WHY, row.obligation_id),
            }
            for row in reading.due(scope, person)
        ],
        "caring": [each for each in accepted if each.asked and each.asked["until_at"] is None],
        "over": [each for each in accepted if each.asked and each.asked["until_at"] is not None],
        "declined": [one(row["carer"], row) for row in rows if row["answer"] != reading.ACCEPTED],
        "at_home": [one(number) for number in at_home],
        "found": None if found is None else [one(number) for number in found],
        "sought": sought,
        "problem": problem,
        "anew": anew or (found == [] and scope.may_give("people")),
        "may_add": scope.may_give("people"),
        "typed": {name: request.POST.get(name, "") for name in ("name", "telephone")},
        "form": str(uuid4()),
        "account": scope.account,
        "visits": scope.role in AT_DOORS,
    }
    return render(request, "community/carers.html", context, status=422 if problem else 200)


def _row(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("rule", "version", "step", "due_at", "closes_at")}
