"""Decisions of two persons: propose, see what it would change, approve. Texts, and grades of areas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from sizao.facts.dictionary import FACTS
from sizao.policy.model import Policy
from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import instant_at, local_day, midnight
from sizao.terms.words import Words
from sizao_web.accounts.roles import DECIDING, PROPOSED, REOPENING
from sizao_web.desks.policy import wording
from sizao_web.desks.policy.differences import differences, example
from sizao_web.pages.forms import FactForm
from sizao_web.pages.language import said, say
from sizao_web.pages.lists import is_part
from sizao_web.pages.names import meet, names
from sizao_web.pages.offered import Offered
from sizao_web.pages.routes import page
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.decide_proposal import cannot, decide_proposal
from sizao_web.records.actions.propose import NotAllowed, Refused, propose
from sizao_web.records.reading import proposals as reading
from sizao_web.records.reading.accounts import names_of
from sizao_web.records.reading.choices import on_record, places
from sizao_web.records.reading.pack import pack_in_use, policy_in_use, rule_label, shelf
from sizao_web.records.reading.proposals import TRIED, Proposal, proposed_values, signatures
from sizao_web.settings.clock import bare

SEEING = DECIDING | {"supervision"}
A_PAGE = 25
FIRST_EXAMPLES = 12  # the others stand behind a click
STEPS: Mapping[str, Words] = {
    "": Words("排队中", "waiting for the worker"),
    "facts": Words("读取现在已知的事实", "reading the facts known now"),
    "before": Words("按现状推导", "deriving as things stand"),
    "after": Words("按提请推导", "deriving with the proposal"),
    "compare": Words("比较两边", "comparing both"),
}
ANNOUNCED: Mapping[str, tuple[str, str, str]] = {
    "area_grades": ("graded", "grade", "grades"),
    "response_levels": ("covers", "level", "response_levels"),
}
"""Fact -> its columns of the area and of what is announced, and the list of the latter's codes."""
LONG = ("text_zh", "text_en")
"""Columns that are asked in several lines."""
NO_DECISION = Words("请选择批准或不批准。", "Approve or refuse, please.")
NOT_A_TIME = Words(
    "看不懂这个时刻。请写成 2020-11-12 或 2020-11-12 08:00。",
    "That is no moment. Write 2020-11-12 or 2020-11-12 08:00, please.",
)


@page(roles=SEEING)
def overview(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, and what was decided."""
    waiting = list(reading.waiting(request.scope))
    decided = Paginator(reading.proposals(request.scope).filter(decision__isnull=False), A_PAGE)
    shown = decided.get_page(request.GET.get("page"))
    tried = list(reading.tried(request.scope)[:A_PAGE])
    meet(request, [*waiting, *shown, *tried], offices=["proposed_office"])
    meet(request, [one.decision for one in shown], offices=["decided_office"])
    context = {
        "policy": pack_in_use().policy,
        "waiting": [_told(one) for one in waiting],
        "decided": [_told(one) for one in shown],
        "tried": [_told(one) for one in tried],
        "pages": shown,
        "kinds": [(kind, wording.PROPOSING[kind]) for kind in sorted(request.scope.duty.decides)],
        "office": request.scope.organisation,
    }
    return render(request, "policy/proposals.html", context)


@page(roles=DECIDING, methods=("GET", "POST"))
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Propose a decision of one kind."""
    if kind not in PROPOSED:
        raise Http404
    if kind not in request.scope.duty.decides:
        raise PermissionDenied
    if kind == REOPENING:
        return _new_reopening(request)
    return _new_adoption(request) if kind == "adoptions" else _new_fact(request, kind)


def _new_reopening(request: HttpRequest) -> HttpResponse:
    """A laboratory and an interval, or the decision that is taken back."""
    names_typed = ("laboratory", "from_at", "until_at", "undoes", "why")
    typed = {name: request.POST.get(name, request.GET.get(name, "")).strip() for name in names_typed}
    offered = Offered("laboratories", places(request.scope, request.moment))
    problems: list[str] = []
    if request.method == "POST":
        facts = reopening_of(request.scope, {**typed, "laboratory": offered.meant(typed["laboratory"])})
        made, problems = _proposed(request, REOPENING, [facts], request.moment, typed["why"])
        if made is not None:
            return redirect("policy:proposal", made.pk)
    context = {"policy": pack_in_use().policy, "typed": typed, "problems": problems, "offered": offered,
               "title": wording.PROPOSING[REOPENING]}  # fmt: skip
    return render(request, "policy/propose_reopening.html", context, status=422 if problems else 200)


def reopening_of(scope: Scope, typed: Mapping[str, str]) -> dict[str, Any]:
    """What is proposed, of what was typed; what cannot be read is missing, and said to be."""
    if typed["undoes"]:
        return reading.undoing(scope, typed["undoes"])
    return {
        "laboratory": typed["laboratory"],
        "from_at": _moment(typed["from_at"]),
        "until_at": _moment(typed["until_at"]),
    }


def _new_adoption(request: HttpRequest) -> HttpResponse:
    """Choose texts of the pack that are not adopted yet, and when they take effect."""
    texts = reading.not_adopted(request.moment)
    chosen = set(request.POST.getlist("text"))
    typed = {name: request.POST.get(name, "").strip() for name in ("effect_at", "why")}
    problems: list[str] = []
    if request.method == "POST":
        effect = _moment(typed["effect_at"])
        pack = pack_in_use().policy.pack
        facts = [
            {"pack": pack, "rule": one.rule, "version": one.digest}
            for one in texts
            if f"{one.rule}:{one.digest}" in chosen
        ]
        if effect is None:
            problems = [said(NOT_A_TIME)]
        else:
            made, problems = _proposed(request, "adoptions", facts, effect, typed["why"])
            if made is not None:
                return redirect("policy:proposal", made.pk)
    zone = settings.SIZAO.zone
    tomorrow = local_day(bare(request.moment), zone) + timedelta(days=1)
    context = {
        "policy": pack_in_use().policy,
        "texts": [
            {
                "value": f"{one.rule}:{one.digest}",
                "version": one,
                "state": wording.state(one, local_day(bare(request.moment), zone)),
                "marked": one.source.mark == "M" or one.legal_basis.mark == "M",
                "chosen": request.method != "POST" or f"{one.rule}:{one.digest}" in chosen,
            }
            for one in texts
        ],
        "typed": {"effect_at": f"{tomorrow} 00:00", **{k: v for k, v in typed.items() if v}},
        "problems": problems,
    }
    return render(request, "policy/propose_texts.html", context, status=422 if problems else 200)


def _new_fact(request: HttpRequest, kind: str) -> HttpResponse:
    """The entry form of a fact that two persons decide."""
    own, prefill, policy = request.scope.organisation, {}, pack_in_use().policy
    if own and on_record(request.scope, "office", [own], request.moment):
        prefill["announced_by"] = own
    form = FactForm(
        FACTS[kind],
        request.scope,
        request.moment,
        data=request.POST if request.method == "POST" else None,
        prefill={**prefill, **{name: value for name, value in request.GET.items() if value}},
        grounds=policy.grounds if kind == "waivers" else None,
        without=signatures(kind),
    )
    for name in LONG:
        if name in form.fields:
            form.fields[name].widget = forms.Textarea(attrs={"class": "form-control", "rows": 6})
    why, problems = request.POST.get("why", "").strip(), []
    if request.method == "POST" and form.is_valid():
        values = form.values()
        made, problems = _proposed(request, kind, [values], _effect(values, request.moment), why)
        if made is not None:
            return redirect("policy:proposal", made.pk)
    context = {
        "policy": policy,
        "kind": kind,
        "title": wording.PROPOSING[kind],
        "form": form,
        "why": why,
        "problems": problems,
    }
    wrong = bool(problems or form.errors)
    return render(request, "policy/propose_fact.html", context, status=422 if wrong else 200)


def _effect(values: Mapping[str, Any], moment: datetime) -> datetime:
    """The moment from which a fact holds, or the beginning of its first day; now where it has neither."""
    if isinstance(values.get("from_at"), datetime):
        return values["from_at"]
    first = values.get("from_on")
    return midnight(first, settings.SIZAO.zone).replace(tzinfo=UTC) if isinstance(first, date) else moment


def _proposed(
    request: HttpRequest, kind: str, facts: list[dict[str, Any]], effect: datetime, why: str
) -> tuple[Proposal | None, list[str]]:
    try:
        made = propose(request.scope, request.moment, kind, facts, effect_at=effect, reason=why)
    except Refused as refused:
        return None, [said(words) for _, words in refused.problems]
    except NotAllowed as cause:
        raise PermissionDenied from cause
    messages.success(
        request,
        say(
            "已提请。系统正在算会改变什么；批准须由另一机构的人作出。",
            "Proposed. What it would change is being worked out; somebody of another office must approve.",
        ),
    )
    return made, []


@page(roles=SEEING, methods=("GET", "POST"), about="proposal")
def one(request: HttpRequest, proposal: int) -> HttpResponse:
    """A proposal: what is meant, what it would change, and its decision. A POST decides."""
    found = reading.proposal(request.scope, request.moment, proposal)
    if found is None:
        raise Http404
    if is_part(request, "progress"):
        return _progress(request, found)
    problem = None
    if request.method == "POST":
        problem = _decide(request, found)
        if problem is None:
            return redirect("policy:proposal", proposal)
    tells, other = names(request), _other_pack(found)
    rows = reading.examples(request.scope, found) if found.state == "compared" else []
    tells.meet([row.after or row.before for row in rows], offices=["done_by"])
    meet(request, rows, offices=["about"])
    context = {
        "policy": pack_in_use().policy,
        "one": _told(found),
        "found": differences(found.compared, tells, other) if found.compared else None,
        "examples": [example(row, tells, other) for row in rows[:FIRST_EXAMPLES]],
        "more_examples": [example(row, tells, other) for row in rows[FIRST_EXAMPLES:]],
        "tried": other,
        "sees_rows": request.scope.duty.sees != "reference",
        "released": reading.released(request.scope, request.moment, found),
        "deciding_kind": found.kind in request.scope.duty.decides,
        "deciding": found.kind in request.scope.duty.decides and not hasattr(found, "decision"),
        "own": found.proposed_by == request.scope.account,
        "cannot": None if found.kind == TRIED else cannot(request.scope, request.moment, found, "approved"),
        "problem": problem,
        "why": request.POST.get("why", ""),
        **_steps(found),
    }
    return render(request, "policy/proposal.html", context, status=422 if problem else 200)


def _other_pack(found: Proposal) -> Policy | None:
    """The pack that was tried, while it is on the shelf."""
    pack = shelf().get(found.facts[0]["pack"]) if found.kind == TRIED else None
    return pack.policy if pack else None


def _decide(request: HttpRequest, found: Proposal) -> Words | None:
    """Decide as the button says; what is wrong, or nothing."""
    decision = request.POST.get("decision", "")
    if found.kind not in request.scope.duty.decides:
        raise PermissionDenied
    if decision not in wording.DECISIONS:
        return NO_DECISION
    try:
        decide_proposal(request.scope, request.moment, found, decision, request.POST.get("why", ""))
    except Refused as refused:
        return refused.problems[0][1]
    except NotAllowed as cause:
        raise PermissionDenied from cause
    messages.success(request, said(wording.DECISIONS[decision]) + say("。", "."))
    return None


def _progress(request: HttpRequest, found: Proposal) -> HttpResponse:
    """How far the comparison is; the whole page again once it has an end."""
    if found.state in ("compared", "failed"):
        response = HttpResponse(status=204)
        response.headers["HX-Refresh"] = "true"
    else:
        response = render(request, "policy/_comparing.html", {"one": _told(found), **_steps(found)})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _steps(found: Proposal) -> dict[str, Any]:
    return {
        "step": STEPS.get(found.step, STEPS[""]),
        "steps": [(words, name == found.step) for name, words in STEPS.items()],
    }


def _told(found: Proposal) -> dict[str, Any]:
    """A proposal with the names of who proposed and decided it, and what it means in words."""
    decision = getattr(found, "decision", None)
    people = names_of([found.proposed_by, *([decision.decided_by] if decision else [])])
    values = proposed_values(found)
    return {
        "row": found,
        "title": wording.TITLES[found.kind],
        "by": people.get(found.proposed_by, Words(found.proposed_by, found.proposed_by)),
        "decision": decision,
        "decided": wording.DECISIONS[decision.decision] if decision else None,
        "decided_by": people.get(decision.decided_by, Words(decision.decided_by, decision.decided_by))
        if decision
        else None,
        "pack": values[0]["pack"] if found.kind == TRIED else None,
        "texts": [{**one, "label": rule_label(one["rule"])} for one in values if "rule" in one],
        "announced": [_announced(found.kind, one) for one in values if found.kind in ANNOUNCED],
        "waived": [_waived(one) for one in values if found.kind == "waivers"],
        "reopened": [_reopened(one) for one in values if found.kind == REOPENING],
        "noticed": [
            {**one, "label": CODE_LISTS["publication_kinds"].label_of(one["kind"])}
            for one in values
            if found.kind == "notices"
        ],
        "instructed": [_instructed(one) for one in values if found.kind == "standing_instructions"],
    }


def _announced(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A grade or a level of an area, since when and until when."""
    where, what, codes = ANNOUNCED[kind]
    label = CODE_LISTS[codes].label_of(values[what])
    return {**values, "where": values[where], "label": label}


def _waived(values: Mapping[str, Any]) -> dict[str, Any]:
    """A waiver: of what, about whom, on which ground of the pack, until when."""
    ground = policy_in_use().grounds.get(values["ground"], Words(values["ground"], values["ground"]))
    rule = rule_label(values["rule"]) if values.get("rule") else None
    return {**values, "ground": ground, "label": rule, "until": values["until_at"].replace(tzinfo=UTC)}


def _reopened(values: Mapping[str, Any]) -> dict[str, Any]:
    """Results that are opened again: of which laboratory, from when until when; or the decision undone."""
    ends = {name: values[name].replace(tzinfo=UTC) for name in ("from_at", "until_at") if values.get(name)}
    return {**values, **ends}


def _instructed(values: Mapping[str, Any]) -> dict[str, Any]:
    """A standing instruction: which kind of contact gets which class, since when and until when."""
    kind, of = CODE_LISTS["contact_kinds"], CODE_LISTS["contact_classes"]
    return {**values, "kind": kind.label_of(values["kind"]), "of": of.label_of(values["class"])}


def _moment(text: str) -> datetime | None:
    """A local time of the city; a day alone means its beginning. None for what is neither."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    if local.tzinfo is not None:
        return None
    return instant_at(local.date(), local.time(), settings.SIZAO.zone).replace(tzinfo=UTC)
