"""Find what a text may mean: a person, a case, a row, a place, an office, an area of the scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from sizao.terms.codes import CODE_LISTS
from sizao_web.records.access.rules import ACCESS
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Obligation, PersonAccess
from sizao_web.records.reading.facts import effective
from sizao_web.records.reading.identities import search as search_identities
from sizao_web.records.reading.labels import called
from sizao_web.records.reading.ledger import every_obligation

MOST = 20
"""So many of each kind; who finds more types more."""
LEAST_DIGITS = 6


@dataclass(frozen=True)
class Found:
    """What a text may mean, by kind. persons: number -> name, "" where none is known or may be read."""

    persons: dict[str, str]
    cases: tuple[tuple[str, str, str], ...]  # (case, person, class)
    rows: tuple[Obligation, ...]
    places: tuple[tuple[str, str, str], ...]  # (place, kind, area)
    offices: tuple[str, ...]
    areas: tuple[str, ...]
    more: bool

    @property
    def anything(self) -> bool:
        """Whether anything was found."""
        return any((self.persons, self.cases, self.rows, self.places, self.offices, self.areas))


def find(scope: Scope, moment: datetime, text: str) -> Found:
    """What the text may mean. People whose names it shows are read, and audited so."""
    named = search_identities(scope, moment, text)
    numbered = _persons(scope, text)
    return Found(
        dict.fromkeys(numbered, "") | named.names,
        _cases(scope, moment, text),
        _rows(scope, text),
        _places(scope, moment, text),
        _offices(scope, moment, text),
        _areas(scope, moment, text),
        named.more or len(numbered) == MOST,
    )


def _persons(scope: Scope, text: str) -> list[str]:
    """People whose number begins so."""
    rows = PersonAccess.objects.filter(ACCESS.q(scope), person__startswith=text)
    return list(rows.order_by("person").values_list("person", flat=True).distinct()[:MOST])


def _cases(scope: Scope, moment: datetime, text: str) -> tuple[tuple[str, str, str], ...]:
    if not scope.may_read("classifications"):
        return ()
    rows = effective(scope, "classifications", moment).filter(case__startswith=text)
    found: dict[tuple[str, str], str] = {}
    for case, person, kind in rows.order_by("case", "classified_on").values_list(
        "case", "person", "class_named"
    ):
        found[case, person] = kind
    return tuple((case, person, kind) for (case, person), kind in list(found.items())[:MOST])


def _rows(scope: Scope, text: str) -> tuple[Obligation, ...]:
    digits = text.lower()
    if len(digits) < LEAST_DIGITS or any(one not in "0123456789abcdef" for one in digits):
        return ()
    rows = every_obligation(scope).filter(obligation_id__startswith=digits)
    return tuple(rows.order_by("obligation_id")[:MOST])


def _places(scope: Scope, moment: datetime, text: str) -> tuple[tuple[str, str, str], ...]:
    kinds = _codes("place_kinds", text)
    wanted = Q(kind__in=kinds) | called(text)
    if areas := _labelled(scope, moment, text):
        wanted |= Q(located_in__in=areas)
    rows = effective(scope, "places", moment).filter(wanted).order_by("place")
    found = rows.values_list("place", "kind", "located_in").distinct()[:MOST]
    return tuple(found)


def _offices(scope: Scope, moment: datetime, text: str) -> tuple[str, ...]:
    wanted = Q(office__icontains=text) | Q(task__in=_codes("office_tasks", text))
    if areas := _labelled(scope, moment, text):
        wanted |= Q(covers__in=areas)
    rows = effective(scope, "offices", moment).filter(wanted).order_by("office")
    return tuple(rows.values_list("office", flat=True).distinct()[:MOST])


def _areas(scope: Scope, moment: datetime, text: str) -> tuple[str, ...]:
    """Areas of the scope whose rows it can list, by label or path."""
    rows = effective(scope, "areas", moment).filter(
        Q(label_zh__icontains=text) | Q(label_en__icontains=text) | Q(path__icontains=text)
    )
    inside = Q(path=scope.area) | Q(path__gte=f"{scope.area}/", path__lt=f"{scope.area}0")
    return tuple(rows.filter(inside).order_by("path").values_list("path", flat=True).distinct()[:MOST])


def _labelled(scope: Scope, moment: datetime, text: str) -> list[str]:
    """Areas that are called so, for finding what lies in them."""
    if len(text) < 2:
        return []
    rows = effective(scope, "areas", moment).filter(Q(label_zh__icontains=text) | Q(label_en__icontains=text))
    return list(rows.values_list("path", flat=True).distinct()[:MOST])


def _codes(name: str, text: str) -> list[str]:
    """Codes whose label has the text."""
    wanted = text.lower()
    return [
        one.code
        for one in CODE_LISTS[name].codes
        if wanted in one.label.zh.lower() or wanted in one.label.en.lower() or wanted == one.code
    ]
