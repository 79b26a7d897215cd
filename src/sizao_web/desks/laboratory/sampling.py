"""A sampling team's day: where to go first, who goes into which tube, and which tubes are on their way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from sizao.terms.time import instant_at, midnight
from sizao.terms.words import Words
from sizao_web.desks.laboratory.duty import SAMPLING, UNSENT, team_page
from sizao_web.desks.laboratory.spots import Person, Spot, awaited, counts, pools, spot_at, spots
from sizao_web.desks.laboratory.tubes_shown import counted, shown, since
from sizao_web.pages.language import said, say
from sizao_web.pages.names import names
from sizao_web.pages.presenters import aware
from sizao_web.pages.routes import page
from sizao_web.pages.unsent import offline_page, worker_script
from sizao_web.records.actions.fill_tube import Answer, Filled, fill_tube
from sizao_web.records.actions.retract_visit import retract_visit
from sizao_web.records.reading import tubes
from sizao_web.records.tube_numbers import expected, pattern

OLDEST, FAST = timedelta(days=7), timedelta(minutes=10)
LONGEST = 40  # signs of a tube's number
DAYS = 7  # of tubes that can be looked at


class NoTube(Exception):
    """What was sent is no form of a tube; words say what to do."""

    def __init__(self, words: Words) -> None:
        self.words = words
        super().__init__(words.en)


@dataclass(frozen=True)
class Typed:
    """The form as it came back."""

    tube: Filled
    spot: str
    given: QueryDict = field(default_factory=QueryDict)

    @property
    def people(self) -> tuple[str, ...]:
        """Whom the form named."""
        return self.tube.people


@page(roles=SAMPLING)
def sampling(request: HttpRequest) -> HttpResponse:
    """The first screen: where to go, in which order, for whom, and what happens otherwise."""
    known = names(request)
    lately = awaited(known)
    found = spots(known, lately)
    today = tubes.day_of(request.moment, settings.SIZAO.zone)
    listed = shown(known, lately.tubes)
    noon = aware(instant_at(today, time(12), settings.SIZAO.zone))
    counted_people = counts(found)
    context = {
        "overdue": counted_people["overdue"],
        "people": sum(count for group, count in counted_people.items() if group != "later"),
        "spots": [one for one in found if one.to_do and one.first.group != "later"],
        "later": [one for one in found if one.to_do and one.first.group == "later"],
        "waiting": [one for one in found if not one.to_do],
        "pools": pools(known, found),
        "awaited": len(listed),
        "late": [one for one in listed if one.late],
        "morning": aware(request.moment) < noon,
    }
    return team_page(request, "laboratory/sampling.html", context)


@page(roles=SAMPLING)
def session(request: HttpRequest) -> HttpResponse:
    """One place: who is due there, and the tube that is being filled."""
    return _session(request, request.GET.get("at", ""))


def _session(
    request: HttpRequest, at: str, *, typed: Typed | None = None, answer: Answer | None = None
) -> HttpResponse:
    known = names(request)
    spot = spot_at(known, at)
    today = tubes.day_of(request.moment, settings.SIZAO.zone)
    chosen = set(typed.people) if typed else set()
    listed = {one.person for one in spot.people} if spot else set()
    labs = tubes.laboratories(request.scope, request.moment, today)
    known.meet([{"place": one} for one in labs], offices=("place",))
    context = {
        "spot": spot,
        "at": at,
        "name": spot.name if spot else known.said(Words("其他地点", "Elsewhere")),
        "households": _households(spot),
        "taken": shown(known, _taken(request, today)),
        "most": tubes.fullest(today),
        "tubes": pattern(settings.SIZAO.tubes) if settings.SIZAO.tubes else "",
        "like": expected(settings.SIZAO.tubes),
        "laboratories": [(one, known.office(one)) for one in labs],
        "form": typed.tube.form if typed else str(uuid4()),
        "typed": typed,
        "chosen": chosen,
        "others": " ".join(one for one in chosen if one not in listed),
        "problems": [said(words) for words in answer.why] if answer else [],
        "doubtful": answer.doubtful if answer else False,
    }
    return team_page(request, "laboratory/session.html", context, status=422 if answer else 200)


def _households(spot: Spot | None) -> list[tuple[str | None, list[Person], bool]]:
    """Those still to be sampled, the people of one household together, in the order of the first of them.

    Beside them whether all of them may share a tube.
    """
    found: dict[str, list[Person]] = {}
    for person in spot.to_do if spot else ():
        found.setdefault(person.household or person.person, []).append(person)
    return [
        (people[0].household, people, min(one.largest for one in people) >= len(people))
        for people in found.values()
    ]


@page(roles=SAMPLING, methods=("POST",))
def record(request: HttpRequest) -> HttpResponse:
    """Record one tube. Sent again, it counts once."""
    try:
        typed = read_tube(request.POST, request.moment, settings.SIZAO.zone, _sites(request))
    except NoTube as cause:
        if _wants_json(request):
            return JsonResponse({"problem": said(cause.words)}, status=400)
        messages.error(request, said(cause.words))
        return redirect("laboratory:sampling")
    answer = fill_tube(request.scope, request.moment, typed.tube)
    if _wants_json(request):
        return JsonResponse(_told(request, typed, answer))
    if answer.outcome == "refused":
        return _session(request, typed.spot, typed=typed, answer=answer)
    count = len(typed.people)
    tube = typed.tube.sample
    messages.success(
        request,
        say(f"试管 {tube} 已登记，{count} 人。", f"Tube {tube} is recorded with {count} in it.")
        if count > 1
        else say(f"试管 {tube} 已登记，1 人。", f"Tube {tube} is recorded with one person in it."),
    )
    return redirect(f"{reverse('laboratory:session')}?{urlencode({'at': typed.spot})}")


def _told(request: HttpRequest, typed: Typed, answer: Answer) -> dict[str, Any]:
    why = " ".join(said(words) for words in answer.why)
    if answer.doubtful:
        why = f"{why} {say('确实要采，请勾选“照样采”。', 'If it is meant, tick “sample all the same”.')}"
    html = ""
    if answer.outcome != "refused":
        tube = tubes.of_number(request.scope, request.moment, typed.tube.sample)
        listed = shown(names(request), [tube]) if tube else []
        html = render_to_string("laboratory/_taken.html", {"taken": listed, "at": typed.spot}, request)
    entry = {"person": typed.tube.sample, "outcome": answer.outcome, "said": answer.outcome, "why": why}
    return {"entries": [entry], "html": html}


@page(roles=SAMPLING, methods=("POST",))
def take_back(request: HttpRequest) -> HttpResponse:
    """Retract a tube that was recorded by mistake, unless its result is there."""
    tube = tubes.of_number(request.scope, request.moment, request.POST.get("tube", ""))
    if tube is None or tube.result is not None:
        messages.error(
            request,
            say(
                "这支管不能撤回：已有结果或已撤回。",
                "This tube cannot be taken back: it has a result, or it is gone.",
            ),
        )
    else:
        count = retract_visit(request.scope, request.moment, tube.form, tube.people)
        messages.success(
            request,
            say(
                f"试管 {tube.sample} 已撤回，管中的人重新待采。",
                f"Tube {tube.sample} was taken back; its people are due again.",
            )
            if count
            else say(
                "这支管是别人登记的，请由登记的人撤回。",
                "Somebody else recorded this tube; they take it back.",
            ),
        )
    at = request.POST.get("at", "")
    to = f"{reverse('laboratory:session')}?{urlencode({'at': at})}" if at else reverse("laboratory:taken")
    return redirect(to)


@page(roles=SAMPLING)
def taken(request: HttpRequest) -> HttpResponse:
    """The tubes of one day with who is in them: what goes to the laboratory, and what came back."""
    zone = settings.SIZAO.zone
    today = tubes.day_of(request.moment, zone)
    days = [today - timedelta(days=back) for back in range(DAYS)]
    found = _taken(request, days[-1])
    asked = request.GET.get("on", "")
    on = next((day for day in days if day.isoformat() == asked), today)
    listed = shown(names(request), _of_day(found, on, zone))
    if request.GET.get("only") == "waiting":
        listed = [one for one in listed if one.tube.result is None]
    context = {
        "days": [(day, len(_of_day(found, day, zone))) for day in days],
        "on": on,
        "only": request.GET.get("only", ""),
        "taken": listed,
        "counted": counted(listed),
        "all": len(_of_day(found, on, zone)),
    }
    return team_page(request, "laboratory/taken.html", context)


@page(roles=SAMPLING)
def paper(request: HttpRequest) -> HttpResponse:
    """Whom to sample at one place, to be printed: a column stands open for the numbers of the tubes."""
    at = request.GET.get("at", "")
    spot = spot_at(names(request), at)
    context = {
        "spot": spot,
        "at": at,
        "households": _households(spot),
        "most": tubes.fullest(tubes.day_of(request.moment, settings.SIZAO.zone)),
    }
    return team_page(request, "laboratory/paper.html", context)


@page(roles=None)
def offline(request: HttpRequest) -> HttpResponse:
    """What a phone without connection shows instead of a page."""
    return offline_page(request, UNSENT)


@page(roles=None)
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps that page on the phone."""
    return worker_script(request, UNSENT)


def read_tube(form: QueryDict, moment: datetime, zone: str, sites: frozenset[str]) -> Typed:
    """The tube that was typed. NoTube when the form is broken or its clock is wrong."""
    try:
        number = str(UUID(form.get("visit", "")))
        at = datetime.fromisoformat(form.get("at", ""))
    except ValueError:
        raise NoTube(
            Words("表单不完整，请重新打开再填。", "The form is incomplete. Open it again.")
        ) from None
    if at.tzinfo is None or at < moment - OLDEST:
        raise NoTube(
            Words(
                "采样已过 7 天，请用“登记”补录。",
                "The sample is more than 7 days old. Record it by the entry forms.",
            )
        )
    if at > moment + FAST:
        raise NoTube(
            Words(
                "采样时刻在将来。请核对手机时钟后再试。",
                "The sample lies in the future. Set the clock of the phone and try again.",
            )
        )
    sample = form.get("tube", "").strip()
    if len(sample) > LONGEST:
        raise NoTube(Words("试管号太长。", "The number of the tube is too long."))
    typed = form.get("other", "").replace("，", " ").replace(",", " ").split()
    people = tuple(dict.fromkeys([*form.getlist("person"), *typed]))
    spot = form.get("spot", "")
    tube = Filled(
        number, sample, at, tubes.day_of(at, zone), people, spot if spot in sites else None,
        form.get("laboratory") or None, form.get("anyway") == "yes",
    )  # fmt: skip
    return Typed(tube, spot, form)


def _sites(request: HttpRequest) -> frozenset[str]:
    """The spot of a form, where it is a place on record and no area."""
    spot = request.POST.get("spot", "")
    found = tubes.places_among(request.scope, request.moment, [spot])
    return frozenset(found)


def _taken(request: HttpRequest, first: date) -> list[tubes.Tube]:
    since_when = aware(midnight(first, settings.SIZAO.zone))
    return tubes.taken_since(request.scope, request.moment, since_when)


def _of_day(found: list[tubes.Tube], day: date, zone: str) -> list[tubes.Tube]:
    first, last = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    return since(found, aware(first), aware(last))


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
