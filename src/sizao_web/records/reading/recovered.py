"""The recovered: who is followed until when, who took them over from the hospital, who is positive again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from sizao.terms.time import local_day
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Obligation
from sizao_web.records.reading import tubes
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.ledger import obligations
from sizao_web.records.reading.pack import number_on, policy_in_use
from sizao_web.records.reading.proofs import verbs_proved_by
from sizao_web.settings.clock import bare

Row = dict[str, Any]
YEAR, HANDED_WITHIN = "recovered.follow_up_days", "recovered.home_within"
"""Parameters of a pack: for how many days somebody is followed; hours for the hand-over at discharge."""
ENDING = ("discharges", "releases")
"""Facts with which a treatment ends and following begins."""
FIELDS = (
    "obligation_id", "rule", "version", "step", "verb", "about", "place", "status", "opens_at", "due_at",
    "closes_at", "responsible", "done_by", "occurrence",
)  # fmt: skip


@dataclass(frozen=True)
class Followed:
    """Somebody who is followed. since: the moment of the discharge (or release); hospital: which one it was.

    until_on: the first day on which nobody follows them any more, None where the pack states no year.
    handed: the hand-over from the hospital or a former doctor to a family doctor, and when it was accepted.
    waiting: one offered after that, and accepted by nobody yet.
    """

    person: str
    since: datetime
    hospital: str | None
    since_on: date
    until_on: date | None
    handed: Row | None = None
    accepted_at: datetime | None = None
    waiting: Row | None = None

    @property
    def doctor(self) -> str | None:
        """The office that took them over from the hospital."""
        return self.handed["to_office"] if self.handed is not None and self.accepted_at else None


def rules() -> tuple[str, ...]:
    """The rules of the pack that follow somebody after a discharge or a release."""
    texts = policy_in_use().rules
    return tuple(name for name, found in texts.items() if found and found[-1].for_each in ENDING)


def followed(scope: Scope, known_by: datetime, zone: str, *, person: str | None = None) -> list[Followed]:
    """Everybody whom the scope follows, or the one asked for, the last discharged first."""
    today = local_day(bare(known_by), zone)
    found = {**_released(scope, known_by, person), **_discharged(scope, known_by, person)}
    listed = []
    for row in found.values():
        began = local_day(bare(row["at"]), zone)
        days = number_on(YEAR, max(began, today))
        until = None if days is None else began + timedelta(days=days)
        if until is None or today < until:
            listed.append(Followed(row["person"], row["at"], row["place"], began, until))
    passed = _passed(scope, known_by, [one.person for one in listed], today)
    return sorted(
        (_handed(one, passed.get(one.person, ())) for one in listed), key=lambda one: one.since, reverse=True
    )


def register(scope: Scope, known_by: datetime, listed: Iterable[Followed], fact: str) -> QuerySet[Any]:
    """The discharges, or the releases, with which the following of these people began."""
    column = "discharged_at" if fact == "discharges" else "released_at"
    begun = [one for one in listed if (one.hospital is not None) == (fact == "discharges")]
    rows = effective(scope, fact, known_by).filter(person__in=[one.person for one in begun])
    return rows.filter(**{f"{column}__in": {one.since for one in begun}})


def last_day(since: datetime, moment: datetime, zone: str) -> date | None:
    """The last day on which somebody is followed; None where the pack states no year."""
    began = local_day(bare(since), zone)
    days = number_on(YEAR, max(began, local_day(bare(moment), zone)))
    return None if days is None else began + timedelta(days=days - 1)


def due_of(scope: Scope, persons: Collection[str]) -> list[Row]:
    """What the office itself must do for these people now: follow-ups and tests, the first limit first."""
    mine = Q(responsible=scope.organisation) | Q(responsible__isnull=True, done_by=scope.organisation)
    rows = obligations(scope).filter(mine, about_kind="person", about__among=persons)
    wanted = verbs_proved_by("visits", "tests", "samplings")
    rows = rows.filter(status__in=("overdue", "open"), verb__in=wanted)
    return list(rows.order_by("due_at", "obligation_id").values(*FIELDS))


def every_duty(scope: Scope) -> QuerySet[Obligation]:
    """Everything the office must do now, for whomever: a hospital does more than follow the recovered."""
    mine = Q(responsible=scope.organisation) | Q(responsible__isnull=True, done_by=scope.organisation)
    return obligations(scope).filter(mine, status__in=("overdue", "open"))


def past_of(scope: Scope, person: str) -> list[Row]:
    """The rows about somebody by the rules of following that are over, as far as the scope sees them."""
    rows = obligations(scope).filter(about=person, rule__in=rules())
    over = rows.filter(status__in=("met", "met_late", "missed", "waived"))
    return list(over.order_by("due_at", "obligation_id").values(*FIELDS, "met_at"))


def visits_of(scope: Scope, known_by: datetime, persons: Collection[str]) -> dict[str, list[Row]]:
    """Person -> the follow-ups, whoever went, the last first."""
    rows = effective(scope, "visits", known_by).filter(person__among=persons, purpose="follow_up")
    found: dict[str, list[Row]] = {}
    for row in plain(rows.order_by("-visited_at")):
        found.setdefault(row["person"], []).append(row)
    return found


def positive_again(scope: Scope, known_by: datetime, listed: Iterable[Followed]) -> dict[str, tubes.Tube]:
    """Person -> the tube in which they alone were found positive after the discharge; nobody in hospital."""
    people = {one.person: one for one in listed}
    taken = tubes.of_people(scope, known_by, list(people))
    came = admitted(scope, known_by, list(people))
    found = {}
    for person, one in people.items():
        for tube in taken.get(person, ()):
            alone = tube.people == (person,) and tube.result == "positive"
            if alone and tube.taken_at > one.since and came.get(person, one.since) <= one.since:
                found[person] = tube
                break
    return found


def admitted(scope: Scope, known_by: datetime, persons: Collection[str]) -> dict[str, datetime]:
    """Person -> when they were last admitted to a hospital."""
    rows = effective(scope, "admissions", known_by).filter(person__among=persons, admitted_at__lte=known_by)
    return dict(rows.order_by("admitted_at").values_list("person", "admitted_at"))


def doctors(scope: Scope, known_by: datetime, area: str | None, today: date) -> list[str]:
    """Offices with the task of a family doctor, those that cover an area first, then the others in order."""
    rows = effective(scope, "offices", known_by).filter(
        Q(until_on__isnull=True) | Q(until_on__gt=today), task="family_doctor", from_on__lte=today
    )
    found = sorted(
        rows.values_list("office", "covers"),
        key=lambda one: (not _covers(one[1], area), -len(one[1]), one[0]),
    )
    return list(dict.fromkeys(office for office, _ in found))


def home_of(scope: Scope, known_by: datetime, person: str, today: date) -> str | None:
    """The area where somebody lives."""
    rows = effective(scope, "residences", known_by).filter(
        Q(until_on__isnull=True) | Q(until_on__gt=today), person=person, from_on__lte=today
    )
    home: str | None = rows.order_by("-from_on").values_list("located_in", flat=True).first()
    return home


def _covers(covers: str, area: str | None) -> bool:
    return area is not None and (area == covers or area.startswith(f"{covers}/"))


def _discharged(scope: Scope, known_by: datetime, person: str | None) -> dict[str, Row]:
    """Person -> the last discharge, of those who recovered."""
    rows = effective(scope, "discharges", known_by).filter(discharged_at__lte=known_by)
    rows = rows if person is None else rows.filter(person=person)
    last = {row["person"]: row for row in plain(rows.order_by("discharged_at", "known_at"))}
    return {
        name: {"person": name, "at": row["discharged_at"], "place": row["place"]}
        for name, row in last.items()
        if row["outcome"] == "recovered"
    }


def _released(scope: Scope, known_by: datetime, person: str | None) -> dict[str, Row]:
    """Person -> the last release, of those whom a rule follows after it."""
    rows = obligations(scope).filter(trigger_fact="releases", rule__in=rules())
    rows = rows if person is None else rows.filter(about=person)
    people = set(rows.values_list("about", flat=True))
    let_out = effective(scope, "releases", known_by).filter(person__in=people, released_at__lte=known_by)
    found = {row["person"]: row for row in plain(let_out.order_by("released_at"))}
    return {name: {"person": name, "at": row["released_at"], "place": None} for name, row in found.items()}


def _passed(
    scope: Scope, known_by: datetime, persons: Collection[str], today: date
) -> dict[str, list[tuple[Row, datetime | None]]]:
    """Person -> hand-overs to family doctors with the moment of the acceptance, the last offered first."""
    to = doctors(scope, known_by, None, today)
    offered = effective(scope, "hand_overs", known_by).filter(person__among=persons, to_office__in=to)
    rows = plain(offered.order_by("-offered_at"))
    took = effective(scope, "hand_over_acceptances", known_by).filter(
        hand_over__in={row["hand_over"] for row in rows}
    )
    accepted = dict(took.values_list("hand_over", "accepted_at"))
    found: dict[str, list[tuple[Row, datetime | None]]] = {}
    for row in rows:
        found.setdefault(row["person"], []).append((row, accepted.get(row["hand_over"])))
    return found


def _handed(one: Followed, passed: Iterable[tuple[Row, datetime | None]]) -> Followed:
    """With the last hand-over since the discharge; an accepted one counts before one that waits."""
    since = [(row, at) for row, at in passed if row["offered_at"] >= one.since]
    row, at = next((pair for pair in since if pair[1] is not None), since[0] if since else (None, None))
    after = one.since if row is None else row["offered_at"]
    waiting = next((each for each, took in since if took is None and each["offered_at"] >= after), None)
    return replace(one, handed=row, accepted_at=at, waiting=waiting)
