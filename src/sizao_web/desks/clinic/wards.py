"""The wards: who is without a test, who stays with whom, who goes; and admitting somebody with an escort."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.desks.clinic.duty import PAGE, SEEING, form_number
from sizao_web.desks.clinic.lists import Due, due_of
from sizao_web.pages.language import said, say
from sizao_web.pages.names import meet
from sizao_web.pages.presenters import length
from sizao_web.pages.routes import page
from sizao_web.records.actions.admit_patient import discharge, leave, take_back
from sizao_web.records.actions.place_in_room import is_own
from sizao_web.records.actions.record_facts import Conflict, NotAllowed, Refused
from sizao_web.records.reading import ledger, tubes, wards
from sizao_web.records.reading.identities import Known, identities_of
from sizao_web.records.reading.proofs import verbs_proved_by

LATELY = timedelta(hours=24)  # for which somebody who left can be taken back here
HOSPITAL = "hospital"
OUTCOMES = ("other", "transferred")
"""How a patient leaves here: who recovered from the disease is let go by the designated hospital, which has
them followed up."""

OTHERS = Words(
    "这条陪护由其他机构登记，由他们更改。", "Another office recorded this stay with a patient and changes it."
)


@dataclass(frozen=True)
class Inside:
    """Somebody in the wards. row: the admission, or the stay with a patient; tube: the last one that counts;
    due: the sample that is due first; derived: whether the ledger has seen the record."""

    row: dict[str, Any]
    known: Known | None
    tube: tubes.Tube | None
    due: Due | None
    derived: bool
    since: Words
    mine: bool
    is_case: bool = False
    others: list[Inside] = field(default_factory=list)

    @property
    def person(self) -> str:
        """The number."""
        return str(self.row["person"])

    @property
    def name(self) -> str:
        """What the page calls them."""
        return (self.known.name if self.known else "") or self.person

    @property
    def state(self) -> str:
        """How it stands with their test: positive, awaited, due, negative, deriving or nothing."""
        if self.tube is not None and self.tube.result == "positive":
            return "positive"
        if self.tube is not None and self.tube.result is None:
            return "awaited"
        if self.due is not None:
            return "due"
        if self.tube is not None and self.tube.result == "negative":
            return "negative"
        return "nothing" if self.derived else "deriving"


@page(roles=SEEING, methods=("GET", "POST"))
def wards_today(request: HttpRequest) -> HttpResponse:
    """Whoever is in the wards; a POST lets somebody go, or takes a step back."""
    if request.method == "GET":
        return _shown(request)
    do = {"leave": _leave, "discharge": _discharge, "take-back": _take_back}
    act = do.get(request.POST.get("do", ""))
    if act is None:
        return redirect("clinic:wards")
    try:
        act(request)
    except (Refused, Conflict) as refused:
        return _shown(request, " ".join(said(words) for _, words in refused.problems))
    except NotAllowed as cause:
        raise PermissionDenied from cause
    return redirect("clinic:wards")


def _leave(request: HttpRequest) -> None:
    rows = wards.staying(request.scope, request.moment, request.scope.organisation or "")
    row = next((one for one in rows if one["key"] == request.POST.get("key", "")), None)
    if row is not None and not is_own(request.scope, row):
        raise Refused([(0, OTHERS)])
    if row is not None:  # else a colleague was quicker
        leave(request.scope, request.moment, row)
    messages.success(request, say("已记录离开。", "On record: they left."))


def _discharge(request: HttpRequest) -> None:
    outcome = request.POST.get("outcome", "")
    if outcome not in OUTCOMES:
        raise Http404
    rows = wards.inpatients(request.scope, request.moment, request.scope.organisation or "")
    row = next((one for one in rows if one["key"] == request.POST.get("key", "")), None)
    if row is not None:
        form = form_number(request.POST.get("form", ""))
        discharge(request.scope, request.moment, row, outcome=outcome, form=form)
    messages.success(
        request,
        say("已登记出院；陪护的人一并记录离开。", "Discharged; whoever stayed with them left with them."),
    )


def _take_back(request: HttpRequest) -> None:
    scope, moment, place = request.scope, request.moment, request.scope.organisation or ""
    fact, key = request.POST.get("fact", ""), request.POST.get("key", "")
    gone, ended = wards.left(scope, moment, place, moment - LATELY)
    rows = {
        "admissions": wards.inpatients(scope, moment, place),
        "escorts": [*wards.staying(scope, moment, place), *ended],
        "discharges": gone,
    }.get(fact)
    if rows is None:
        raise Http404
    row = next((one for one in rows if one["key"] == key), None)
    if row is not None and row["recorded_by"] != scope.account:
        raise NotAllowed("What a colleague recorded is corrected at its record.")
    if row is not None:
        take_back(scope, moment, fact, row)
    messages.success(
        request,
        say(
            "已撤回出院；随患者离开的陪护人员恢复陪护。",
            "The discharge is taken back; whoever left with the patient stays with them again.",
        )
        if fact == "discharges"
        else say("已撤回。", "Taken back."),
    )


def _shown(request: HttpRequest, problem: str = "") -> HttpResponse:
    scope, moment, place = request.scope, request.moment, request.scope.organisation or ""
    meet(request, [{"place": place}], offices=["place"])
    patients, others = inside(request)
    gone, ended = wards.left(scope, moment, place, moment - LATELY)
    known = identities_of(scope, moment, {row["person"] for row in (*gone, *ended)}, PAGE)
    everybody = [*patients, *(one for each in patients for one in each.others), *others]
    context = {
        "place": place,
        "patients": patients,
        "others": others,
        "due": sorted((one for one in everybody if one.state == "due"), key=_due_at),
        "awaited": [one for one in everybody if one.state == "awaited"],
        "positive": [one for one in everybody if one.state == "positive"],
        "escorts": len(everybody) - len(patients),
        "left": [
            *(("discharges", row, known.get(row["person"]), row["discharged_at"]) for row in gone),
            *(("escorts", row, known.get(row["person"]), row["until_at"]) for row in ended),
        ],
        "outcomes": [one for one in CODE_LISTS["discharge_outcomes"].codes if one.code in OUTCOMES],
        "problem": problem,
        "form": str(uuid4()),
        "account": scope.account,
        "derived": all(one.derived for one in everybody),
    }
    return render(request, "clinic/wards.html", context, status=422 if problem else 200)


def _due_at(one: Inside) -> datetime:
    return one.due.row["due_at"] if one.due else datetime.max.replace(tzinfo=UTC)


def inside(request: HttpRequest) -> tuple[list[Inside], list[Inside]]:
    """Patients, each with those who stay with them; and those whose patient is not one of them."""
    scope, moment, place = request.scope, request.moment, request.scope.organisation or ""
    admitted, staying = wards.inpatients(scope, moment, place), wards.staying(scope, moment, place)
    rows = [*admitted, *staying]
    late = ledger.not_followed(rows)
    persons = {row["person"] for row in rows}
    known = identities_of(scope, moment, persons, PAGE)
    taken, due = tubes.of_people(scope, moment, list(persons)), due_of(request, persons)
    bound = set(
        ledger.standing(scope).filter(person__in=persons, place=HOSPITAL).values_list("person", flat=True)
    )
    tests = verbs_proved_by("tests", "samplings")

    def one(row: dict[str, Any], since: datetime) -> Inside:
        mine = [each for each in due.get(row["person"], ()) if each.row["verb"] in tests]
        last = next(iter(taken.get(row["person"], ())), None)
        is_case = row["person"] in bound or (last is not None and last.result == "positive")
        return Inside(
            row, known.get(row["person"]), last, mine[0] if mine else None, row["fact_id"] not in late,
            length(moment - since), row["recorded_by"] == scope.account, is_case,
        )  # fmt: skip

    with_them: dict[str, list[Inside]] = {}
    for row in staying:
        with_them.setdefault(row["patient"], []).append(one(row, row["from_at"]))
    patients = [one(row, row["admitted_at"]) for row in admitted]
    for each in patients:
        each.others.extend(with_them.pop(each.person, ()))
    return patients, [one for rest in with_them.values() for one in rest]
