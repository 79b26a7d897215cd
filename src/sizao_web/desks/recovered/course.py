"""The year of one person, month by month: what was done, what was missed, what is due, what happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from sizao.terms.identifiers import hex_key
from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.desks.recovered.duty import day_of
from sizao_web.desks.recovered.lists import Patient
from sizao_web.pages import presenters
from sizao_web.pages.addresses import FACT, WHY, address
from sizao_web.pages.names import meet
from sizao_web.records.reading import recovered, sites, tubes
from sizao_web.records.reading.pack import policy_in_use, rule_label
from sizao_web.records.reading.proofs import verbs_proved_by
from sizao_web.settings.clock import bare


@dataclass(frozen=True)
class Event:
    """One thing on the line of a year. to: its page, where it has one."""

    at: datetime
    words: Words
    css: str
    to: str | None = None
    office: str | None = None


@dataclass
class Month:
    """One month, or several that lie ahead of which nothing is listed yet.

    events: in order; ahead: it has not begun; last: the year ends in it; through: the last of several.
    """

    first: date
    events: list[Event] = field(default_factory=list)
    ahead: bool = False
    last: bool = False
    through: date | None = None


@dataclass(frozen=True)
class Consequence:
    """What somebody must do because of a positive result, by which rule, on which ground."""

    row: dict[str, Any]
    rule: Words
    until: Words
    css: str
    ground: Words | None
    why: str | None


def course(request: HttpRequest, one: Patient) -> list[Month]:
    """The months from the discharge until the year ends, each with what happened and what is due."""
    zone, today = settings.SIZAO.zone, day_of(request)
    events = sorted(_events(request, one), key=lambda event: event.at)
    end = one.one.until_on or today
    last = max([end - timedelta(days=1), *(_local(event.at, zone) for event in events[-1:])])
    months: list[Month] = []
    for first in _months(one.one.since_on, last):
        here = [event for event in events if _local(event.at, zone).replace(day=1) == first]
        ends = one.one.until_on is not None and (end - timedelta(days=1)).replace(day=1) == first
        before = months[-1] if months else None
        if before is not None and first > today and before.ahead and not before.events and not here:
            before.through, before.last = first, ends
        else:
            months.append(Month(first, here, first > today, ends))
    return months


def consequences(request: HttpRequest, person: str) -> list[Consequence]:
    """What a positive result obliges to: to isolate, whoever does it."""
    wanted = verbs_proved_by("admissions", "room_stays")
    due = [row for row in sites.due_about([person]) if row["verb"] in wanted]
    rows = [row for row in due if row["status"] in ("open", "overdue", "upcoming")]
    meet(request, rows, offices=["done_by"])
    return [_consequence(request, row) for row in rows]


def _consequence(request: HttpRequest, row: dict[str, Any]) -> Consequence:
    moment, zone = request.moment, settings.SIZAO.zone
    late = row["status"] == "overdue"
    until = (
        presenters.standing_of("overdue", moment, due_at=row["due_at"])
        if late
        else presenters.limit(row["due_at"], moment, zone)
    )
    texts = policy_in_use().rules.get(row["rule"], ())
    ground = texts[-1].legal_basis.words if texts else None
    return Consequence(
        row,
        rule_label(row["rule"], row["version"]),
        until,
        "state-overdue" if late else "state-open",
        ground,
        address(WHY, row["obligation_id"]),
    )


def _events(request: HttpRequest, one: Patient) -> Iterator[Event]:
    scope, moment, person = request.scope, request.moment, one.person
    yield Event(
        one.one.since, Words("出院（解除），开始随访", "discharged: following begins"), "state-met", None
    )
    for visit in recovered.visits_of(scope, moment, [person]).get(person, ()):
        if visit["visited_at"] >= one.one.since:
            yield Event(
                visit["visited_at"], _found(visit), _colour(visit), _fact("visits", visit), visit["by"]
            )
    for tube in tubes.of_people(scope, moment, [person]).get(person, ()):
        if tube.taken_at >= one.one.since:
            yield _tested(tube)
    if one.one.handed is not None:
        handed = one.one.handed
        words = Words("移交家庭医生", "handed to a family doctor")
        at = one.one.accepted_at or handed["offered_at"]
        css = "state-met" if one.one.accepted_at else "state-open"
        yield Event(at, words, css, address("recovered:receipt", person), handed["to_office"])
    came = recovered.admitted(scope, moment, [person]).get(person)
    if came is not None and came > one.one.since:
        yield Event(came, Words("重新入院", "in hospital again"), "state-overdue")
    yield from _rows(request, one)


def _rows(request: HttpRequest, one: Patient) -> Iterator[Event]:
    """What was missed, and what is due, whoever does it."""
    for row in recovered.past_of(request.scope, one.person):
        if row["status"] == "missed":
            label = rule_label(row["rule"], row["version"])
            words = Words(f"漏做：{label.zh}", f"missed: {label.en}")
            yield Event(
                _shown_on(row), words, "state-missed", address(WHY, row["obligation_id"]), row["done_by"]
            )
    follow = recovered.rules()
    for row in sites.due_about([one.person]):
        if (
            row["rule"] in follow
            and row["status"] in ("open", "overdue", "upcoming")
            and not row["restricts"]
        ):
            label = rule_label(row["rule"], row["version"])
            state = presenters.standing_of(row["status"], request.moment, due_at=row["due_at"])
            words = Words(f"{label.zh}（{state.zh}）", f"{label.en} ({state.en})")
            css = presenters.status(row["status"]).css
            yield Event(_shown_on(row), words, css, None, row["done_by"])


def _shown_on(row: dict[str, Any]) -> datetime:
    """A limit at midnight belongs to the day that it ends."""
    limit: datetime = row["due_at"] - timedelta(microseconds=1)
    return limit


def _tested(tube: tubes.Tube) -> Event:
    result = tube.result or "awaited"
    words = {
        "negative": Words("检测阴性", "negative"),
        "positive": Words("检测阳性", "positive"),
        "doubtful": Words("检测可疑", "doubtful"),
        "invalid": Words("检测无效", "invalid"),
        "awaited": Words("已采样，等结果", "sampled, result awaited"),
    }[result]
    pool = len(tube.people) > 1
    told = Words(
        f"{words.zh}（{'混采，' if pool else ''}{tube.sample}）",
        f"{words.en} ({'pool, ' if pool else ''}{tube.sample})",
    )
    css = {"negative": "state-met", "awaited": "state-open"}.get(result, "state-overdue")
    return Event(tube.taken_at, told, css)


def _found(visit: dict[str, Any]) -> Words:
    return {
        "well": Words("随访：良好", "follow-up: well"),
        "symptoms": Words("随访：有症状", "follow-up: symptoms"),
        "needs_help": Words("随访：需要帮助", "follow-up: needs help"),
    }.get(visit["findings"] or "", Words("随访", "follow-up"))


def _colour(visit: dict[str, Any]) -> str:
    return "state-overdue" if visit["findings"] == "symptoms" else "state-met"


def _fact(name: str, row: dict[str, Any]) -> str | None:
    return address(FACT, name, hex_key(row["key_hi"], row["key_lo"]))


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _local(at: datetime, zone: str) -> date:
    return local_day(bare(at), zone)
