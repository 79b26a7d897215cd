"""A pharmacy's counter: who buys what on whose prescription, symptoms, and the way to the fever clinic."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sizao.policy.model import RuleVersion
from sizao.terms.codes import CODE_LISTS
from sizao.terms.identifiers import hex_key
from sizao.terms.time import midnight
from sizao.terms.words import Words
from sizao_web.desks.clinic.duty import (
    PAGE,
    SELLING,
    Form,
    day_of,
    form_number,
    known,
    looked_up,
    nearest,
    the_way,
    who_of,
)
from sizao_web.pages.language import said, say
from sizao_web.pages.meant import Meant, meant
from sizao_web.pages.names import meet
from sizao_web.pages.presenters import aware, length
from sizao_web.pages.routes import page
from sizao_web.records.actions.newcomers import Who
from sizao_web.records.actions.record_facts import NotAllowed, Refused
from sizao_web.records.actions.see_patient import Sale, record_sale, sold
from sizao_web.records.reading import clinics
from sizao_web.records.reading.caught import against, would_catch
from sizao_web.records.reading.identities import identities_of
from sizao_web.records.reading.labels import place_labels
from sizao_web.records.reading.persons import is_seen

NO_PRESCRIBER = Words(
    "请从列表选择开具处方的医疗机构。", "Choose the institution of the prescription from the list."
)
NO_LEVEL = Words("未定级", "no level")
DAYS = 1  # before today, of sales that are listed


@page(roles=SELLING)
def today(request: HttpRequest) -> HttpResponse:
    """The first screen: the field for the next buyer, who was sent on and is not there yet, sales today."""
    scope, moment, day = request.scope, request.moment, day_of(request)
    place = scope.organisation or ""
    since = aware(midnight(day - timedelta(days=DAYS), settings.SIZAO.zone))
    sales = clinics.sales_at(scope, moment, since, place)
    sent = clinics.referrals(scope, moment, clinics.counts_since(moment, day), from_place=place)
    people = identities_of(scope, moment, {row["person"] for row in (*sales, *sent)}, PAGE)
    meet(request, [*sales, *sent, {"guided_to": place}], offices=["guided_to", "prescribed_by", "to_place"])
    context = {
        "place": place,
        "sales": [
            {**row, "who": people.get(row["person"]), "key": hex_key(row["key_hi"], row["key_lo"])}
            for row in sales
        ],
        "sent": [
            {**row, "who": people.get(row["person"]), "waits": length(moment - row["referred_at"])}
            for row in sent
            if row["arrived"] is None
        ],
        "today": sum(1 for row in sales if row["sold_at"] >= aware(midnight(day, settings.SIZAO.zone))),
    }
    return render(request, "clinic/pharmacy.html", context)


@page(roles=SELLING, methods=("POST",))
def look_up(request: HttpRequest) -> HttpResponse:
    """The form of a sale for whom the text finds; nobody: with what was typed."""
    form, found = looked_up(request)
    return _page(request, form, found=found, sought=request.POST.get("q", "").strip())


@page(roles=SELLING, methods=("GET", "POST"))
def sale(request: HttpRequest) -> HttpResponse:
    """The sale; recorded, the slip with the clinic."""
    if request.method == "GET":
        person = request.GET.get("person", "")
        return _page(request, Form({"person": person} if is_seen(request.scope, person) else {}))
    form, who, sold_now = _read(request)
    if form.wrong or sold_now is None:
        return _page(request, form, status=422)
    broken = _broken(request, sold_now)
    if broken and form.values.get("anyway") != "yes":
        return _page(request, form, broken=broken, status=422)
    try:
        person, _ = record_sale(request.scope, request.moment, who, sold_now, form=form.values["form"])
    except Refused as refused:
        form.wrong[""] = " ".join(said(words) for _, words in refused.problems)
        return _page(request, form, status=422)
    except NotAllowed as cause:
        raise PermissionDenied from cause
    if sold_now.guided_to is None and sold_now.refer_to is None:
        messages.success(request, say("已登记销售。", "The sale is recorded."))
        return redirect("clinic:pharmacy")
    return redirect("clinic:slip", person)


@page(roles=SELLING, about="person")
def slip(request: HttpRequest, person: str) -> HttpResponse:
    """What the buyer takes along: to which clinic, until when, and what happens otherwise."""
    if not is_seen(request.scope, person):
        raise Http404
    scope, moment, day = request.scope, request.moment, day_of(request)
    since = clinics.counts_since(moment, day)
    place = scope.organisation or ""
    sales = [row for row in clinics.sales_at(scope, moment, since, place) if row["person"] == person]
    sent = [
        row for row in clinics.referrals(scope, moment, since, from_place=place) if row["person"] == person
    ]
    last = sent[-1] if sent else None
    to = last["to_place"] if last else next((row["guided_to"] for row in sales if row["guided_to"]), None)
    # A referral without a sale may have come after one: the slip is of the last occasion.
    since_then = [row for row in sales if last is None or row["sold_at"] >= last["referred_at"]]
    context = {
        **the_way(request, person, to, last),
        "back": "clinic:pharmacy",
        "sales": [row for row in since_then if row["sold_at"] == since_then[0]["sold_at"]],
    }
    return render(request, "clinic/slip.html", context)


def _read(request: HttpRequest) -> tuple[Form, Who, Sale | None]:
    """What was typed, and the sale where nothing is wrong with it."""
    values = {name: text.strip() for name, text in request.POST.items()}
    form = Form(values)
    values["form"] = form_number(values.get("form", ""))
    medicines = tuple(
        one for one in request.POST.getlist("medicine") if one in CODE_LISTS["medicine_classes"].names()
    )
    values["medicines"] = " ".join(medicines)
    alone = values.get("refer_only") == "yes"
    who = who_of(values, form.wrong)
    if who.person and not is_seen(request.scope, who.person):
        raise Http404
    if alone:
        return form, who, _referral(values, form.wrong, {one["place"] for one in nearest(request)})
    if not medicines:
        form.wrong["medicine"] = say("请选择药品。", "Choose the medicine.")
    if values.get("symptoms", "") not in ("yes", "no"):
        form.wrong["symptoms"] = say("请询问并选择有无症状。", "Ask whether there are symptoms.")
    typed = values.get("prescribed_by", "")
    prescriber = meant(typed, _prescribers(request)) if typed else Meant(None)
    if typed and prescriber.value is None:
        form.wrong["prescribed_by"] = said(prescriber.ask(typed, NO_PRESCRIBER))
    clinic = values.get("guided_to", "") or None
    if clinic and clinic not in {one["place"] for one in nearest(request)}:
        form.wrong["guided_to"] = say("请从列表选择发热门诊。", "Choose the fever clinic from the list.")
    ill = values.get("symptoms") == "yes"
    if ill and not clinic:
        form.wrong["guided_to"] = say(
            "有症状的人须转往发热门诊。", "Who has symptoms is sent to a fever clinic."
        )
    if form.wrong:
        return form, who, None
    return form, who, Sale(medicines, prescriber.value, clinic, clinic if ill else None)


def _referral(values: Mapping[str, str], wrong: dict[str, str], around: Collection[str]) -> Sale | None:
    """Somebody with symptoms is sent on, and nothing is sold."""
    clinic = values.get("guided_to", "")
    if values.get("symptoms") != "yes":
        wrong["symptoms"] = say(
            "没有卖药时，只登记有症状的人。", "Without a sale only somebody with symptoms is recorded."
        )
    if clinic not in around:
        wrong["guided_to"] = say("有症状的人须转往发热门诊。", "Who has symptoms is sent to a fever clinic.")
    return None if wrong else Sale((), None, clinic, clinic)


def _prescribers(request: HttpRequest) -> dict[str, Words]:
    """Institutions that prescribe, each with its level in words."""
    rows = clinics.prescribers(request.scope, request.moment, request.scope.area)
    named = place_labels(request.scope, request.moment, [row["place"] for row in rows])
    found = {}
    for row in rows:
        level = CODE_LISTS["hospital_levels"].label_of(row["level"]) if row["level"] else NO_LEVEL
        place = named.get(row["place"], Words(row["place"], row["place"]))
        found[row["place"]] = Words(f"{place.zh} · {level.zh}", f"{place.en} · {level.en}")
    return found


def _broken(request: HttpRequest, sale_now: Sale) -> list[RuleVersion]:
    """The rules by which somebody would have to go to the pharmacy because of this sale."""
    found = {}
    for one in sale_now.medicines:
        values = sold(request.scope.organisation or "", request.moment, "", one, sale_now)
        for text in against(would_catch(request.scope, request.moment, "medicine_sales", values), "place"):
            found[text.rule] = text
    return list(found.values())


def _needing(request: HttpRequest) -> list[tuple[str, Any, bool]]:
    """Medicines: code, label, and whether a sale without a prescription breaks a rule."""
    clinic = "-"
    return [
        (
            one.code,
            one.label,
            bool(_broken(request, Sale((one.code,), None, clinic, None))),
        )
        for one in CODE_LISTS["medicine_classes"].codes
    ]


def _page(
    request: HttpRequest,
    form: Form,
    *,
    found: list[tuple[str, str]] | None = None,
    sought: str = "",
    broken: list[RuleVersion] | None = None,
    status: int = 200,
) -> HttpResponse:
    around = nearest(request)
    values = {"form": str(uuid4()), "guided_to": around[0]["place"] if around else "", **form.values}
    context = {
        "values": values,
        "chosen": values.get("medicines", "").split(),
        "wrong": form.wrong,
        "broken": broken or [],
        "found": found,
        "sought": sought,
        "known": known(request, form),
        "medicines": _needing(request),
        "clinics": around,
        "prescribers": [said(one) for one in _prescribers(request).values()],
    }
    return render(request, "clinic/sale.html", context, status=status)
