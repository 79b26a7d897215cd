"""What an office says once a day of what it has, with what it said before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from sizao.facts.dictionary import fact
from sizao.terms.identifiers import hex_key
from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.desks.capacity.duty import KEEPING, REPORTING, day_of
from sizao_web.pages.addresses import FACT, address
from sizao_web.pages.lasting import kind_words
from sizao_web.pages.names import meet
from sizao_web.records.reading import capacity, stock
from sizao_web.records.reading.facts import effective
from sizao_web.settings.clock import bare

TEAMS = {"sampling_team": "sampling", "cdc": "tracing", "site": "disinfection"}
"""Duty -> the teams that it has."""
FACT_OF = {"beds": "beds", "tubes": "laboratory_capacities", "teams": "teams", "stock": "stock_counts"}
FIELDS = {
    "beds": ("total", "reserved", "occupied"),
    "tubes": ("tubes_a_day",),
    "teams": ("teams", "free"),
    "stock": ("quantity", "daily_use", "reserve", "incoming"),
}
OPTIONAL = frozenset({"reserve", "incoming"})


@dataclass(frozen=True)
class Card:
    """One thing that the office says today. values: as said before, or as typed and refused; to: the report
    of today, to correct."""

    what: str
    of: str
    kind: str
    words: Words
    values: tuple[tuple[str, Words, Any], ...]
    told: bool
    today: bool
    to: str | None
    refused: bool = False

    @property
    def name(self) -> str:
        """Its name in the form."""
        return f"{self.what}:{self.of}:{self.kind}"

    def with_typed(self, typed: Mapping[str, Any]) -> Card:
        """With what somebody typed that was not taken, to be mended instead of typed again."""
        values = tuple((name, words, typed.get(name, value)) for name, words, value in self.values)
        return replace(self, values=values, refused=True)


def owed(request: HttpRequest, typed: Mapping[str, Mapping[str, Any]] = MappingProxyType({})) -> list[Card]:
    """What the office reports each day, with what it said before, or by the name of a card what was typed."""
    scope = request.scope
    if scope.role not in REPORTING or not scope.organisation:
        return []
    wanted = list(_wanted(request))
    meet(request, [{"of": of} for _, of, _, _ in wanted], offices=["of"])
    cards = [_card(request, *one) for one in wanted]
    return [card.with_typed(typed[card.name]) if card.name in typed else card for card in cards]


def _wanted(request: HttpRequest) -> list[tuple[str, str, str, dict[str, Any] | None]]:
    """(what, of whom, kind, the last report) of everything that the duty reports."""
    scope, moment, own = request.scope, request.moment, request.scope.organisation or ""
    if scope.role == "county_hospital":
        told = {(row["place"], row["kind"]): row for row in capacity.last_beds(scope, moment)}
        keys = sorted({*told, *((place, "isolation") for place in _hospitals(request))})
        return [("beds", place, kind, told.get((place, kind))) for place, kind in keys]
    if scope.role == "laboratory":
        rows = capacity.last_told(scope, moment, "laboratory_capacities", ("place",))
        return [("tubes", own, "", next((row for row in rows if row["place"] == own), None))]
    if scope.role in KEEPING:
        return [
            ("stock", own, one.row["item"], {**one.row, "quantity": one.quantity})
            for one in stock.shelves(scope, moment)
            if one.row["office"] == own
        ]
    mine = {
        row["kind"]: row
        for row in capacity.last_told(scope, moment, "teams", ("office", "kind"))
        if row["office"] == own
    }
    return [("teams", own, kind, mine.get(kind)) for kind in sorted({*mine, TEAMS[scope.role]})]


def _hospitals(request: HttpRequest) -> list[str]:
    scope, today = request.scope, day_of(request)
    inside = Q(located_in=scope.area) | Q(located_in__gte=f"{scope.area}/", located_in__lt=f"{scope.area}0")
    lasting = Q(until_on__isnull=True) | Q(until_on__gt=today)
    rows = effective(scope, "places", request.moment).filter(
        inside, lasting, kind="hospital", from_on__lte=today
    )
    return sorted(set(rows.values_list("place", flat=True)))


def _card(request: HttpRequest, what: str, of: str, kind: str, last: dict[str, Any] | None) -> Card:
    columns = fact(FACT_OF[what])
    values = tuple(
        (name, columns.column(name).meaning, _plain(last[name]) if last else "") for name in FIELDS[what]
    )
    today = last is not None and local_day(bare(last["counted_at"]), settings.SIZAO.zone) == day_of(request)
    to = address(FACT, FACT_OF[what], hex_key(last["key_hi"], last["key_lo"])) if last and today else None
    return Card(what, of, kind, kind_words(what, kind), values, last is not None, today, to)


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    return int(value) if isinstance(value, float) and value == int(value) else value
