"""What a page needs to say a row: language, clock, zone, and the labels of what the row names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString

from sizao.terms.words import Words
from sizao_web.pages.language import language
from sizao_web.pages.markup import filled
from sizao_web.pages.presenters import aware
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.labels import area_labels, office_labels, place_labels

Row = Mapping[str, Any]


@dataclass
class Telling:
    """Says the parts of rows in one language. `meet` looks the labels of many rows up at once."""

    scope: Scope
    moment: datetime
    language: str
    zone: str
    areas: dict[str, Words] = field(default_factory=dict)
    offices: dict[str, Words] = field(default_factory=dict)
    places: dict[str, Words] = field(default_factory=dict)

    def meet(self, rows: Iterable[Row], *, areas: Iterable[str] = (), offices: Iterable[str] = ()) -> None:
        """Look up what areas, offices and places of these columns are called, unless met before."""
        rows = list(rows)
        self._learn(self.areas, area_labels, _named(rows, areas))
        wanted = _named(rows, offices)
        self._learn(self.offices, office_labels, wanted)
        self._learn(self.places, place_labels, {one for one in wanted if one not in self.offices})

    def _learn(self, known: dict[str, Words], look_up: Any, wanted: set[str]) -> None:
        new = wanted - known.keys()
        if new:
            known.update(look_up(self.scope, self.moment, new))

    def said(self, words: Words) -> str:
        """The words in the language of the page."""
        return words.get(self.language)

    def area(self, path: str | None) -> str:
        """An area by its label."""
        return "" if path is None else self.said(self.areas.get(path, Words(path, path)))

    def office(self, name: str | None) -> str:
        """An office by its area and task, a place by its name, as plain text."""
        if name is None:
            return ""
        return self.said(self.offices.get(name) or self.places.get(name) or Words(name, name))

    def shown(self, name: str | None) -> SafeString | str:
        """The same for a page: the number of a place stands smaller beside its words, where they need it."""
        words = self.office(name)
        told = words.removesuffix(f" {name}")
        return words if name is None or told == words else numbered(told, name)

    def local(self, instant: datetime | None) -> datetime | None:
        """An instant as the city's clock showed it, without a zone mark: for files."""
        return (
            None if instant is None else aware(instant).astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        )


def numbered(words: object, number: str) -> SafeString:
    """Words with a number smaller beside them."""
    return filled('{} <small class="number">{}</small>', words, number)


def telling(request: HttpRequest) -> Telling:
    """How this request's page says rows."""
    return Telling(request.scope, request.moment, language(), settings.SIZAO.zone)


def _named(rows: Iterable[Row], columns: Iterable[str]) -> set[str]:
    return {
        row[column]
        for row in rows
        for column in columns
        # Of somebody there is nothing to look up: names of people are not in facts.
        if row.get(column) is not None and not (column == "about" and row.get("about_kind") == "person")
    }
