"""What areas, offices and places are called, as the facts in force say.

These facts are about the city and everybody may read them. What was looked up is remembered for a minute:
pages name the same few hundred of them again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.db.models.functions import Length

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective

Labels = dict[str, Words]
LookUp = Callable[[Scope, datetime, set[str]], Labels]
FOR = timedelta(minutes=1)
MOST = 50_000  # names remembered before all are forgotten

_remembered: dict[tuple[str, str], tuple[datetime, Words | None]] = {}
_suggested: dict[tuple[str, int, int], tuple[datetime, Labels]] = {}


def forget() -> None:
    """Forget every label that was looked up."""
    _remembered.clear()
    _suggested.clear()


def area_labels(scope: Scope, known_by: datetime, paths: Iterable[str]) -> Labels:
    """Path -> label, of the paths that are on record."""
    return _remembering("areas", _areas, scope, known_by, paths)


def office_labels(scope: Scope, known_by: datetime, offices: Iterable[str]) -> Labels:
    """Office -> its area and task in words. An office with several tasks is called by the first of them."""
    return _remembering("offices", _offices, scope, known_by, offices)


def place_labels(scope: Scope, known_by: datetime, places: Iterable[str]) -> Labels:
    """Place -> its name; its kind and number where it has none.

    Where two places bear one name each is told with its number behind it: see `beside`.
    """
    return _remembering("places", _places, scope, known_by, places)


def areas_below(scope: Scope, known_by: datetime, area: str, limit: int = 500) -> Labels:
    """The area and those below it, in order of their paths, as far as the limit."""
    return _below(scope, known_by, area, None, limit)


def areas_just_below(scope: Scope, known_by: datetime, area: str, levels: int, limit: int = 200) -> Labels:
    """The area and those at most so many levels below it, in order of their paths, as far as the limit."""
    at, found = _suggested.get((area, levels, limit), (None, {}))
    if at is None or not at <= known_by < at + FOR or not scope.may_read("areas"):
        found = _below(scope, known_by, area, levels, limit)
        _suggested[area, levels, limit] = (known_by, found)
    return found


def _remembering(
    fact: str, look_up: LookUp, scope: Scope, known_by: datetime, names: Iterable[str]
) -> Labels:
    """Labels, asked again only of what was not looked up in the minute that ends at known_by.

    Who asks as of a past moment is never answered with what became known later.
    """
    if not scope.may_read(fact):
        return {}
    found: dict[str, Words | None] = {}
    asked = set()
    for name in set(names):
        at, label = _remembered.get((fact, name), (None, None))
        if at is not None and at <= known_by < at + FOR:
            found[name] = label
        else:
            asked.add(name)
    if asked:
        new: Mapping[str, Words] = look_up(scope, known_by, asked)
        if len(_remembered) + len(_suggested) > MOST:
            forget()
        for name in asked:
            found[name] = new.get(name)
            _remembered[fact, name] = (known_by, found[name])
    return {name: label for name, label in sorted(found.items()) if label is not None}


def _areas(scope: Scope, known_by: datetime, paths: set[str]) -> Labels:
    rows = effective(scope, "areas", known_by).filter(path__in=paths)
    return {path: Words(zh or path, en or path) for path, zh, en in rows.values_list(*_NAMED)}


def _below(scope: Scope, known_by: datetime, area: str, levels: int | None, limit: int) -> Labels:
    rows = effective(scope, "areas", known_by)
    inside = rows.filter(path=area) | rows.filter(path__gte=f"{area}/", path__lt=f"{area}0")
    if levels is not None:
        parts = area.count("/") + 1
        inside = inside.filter(path__regex=f"^[^/]+(/[^/]+){{{parts - 1},{parts + levels - 1}}}$")
    found = inside.order_by("path").values_list(*_NAMED)[:limit]
    return {path: Words(zh or path, en or path) for path, zh, en in found}


def _offices(scope: Scope, known_by: datetime, offices: set[str]) -> Labels:
    rows = list(
        effective(scope, "offices", known_by)
        .filter(office__in=offices)
        # The area it is known by is the widest one.
        .order_by("office", Length("covers"), "task")
        .values_list("office", "task", "covers")
    )
    areas = area_labels(scope, known_by, (covers for *_, covers in rows))
    found: Labels = {}
    for office, task, covers in rows:
        area, does = areas.get(covers, Words(covers, covers)), CODE_LISTS["office_tasks"].label_of(task)
        found.setdefault(office, Words(f"{area.zh} · {does.zh}", f"{area.en} · {does.en}"))
    return found


def _places(scope: Scope, known_by: datetime, places: set[str]) -> Labels:
    rows = effective(scope, "places", known_by)
    # What is on record of a later day tells nothing yet, unless there is nothing else.
    begun = Case(When(from_on__gt=known_by.date() + timedelta(days=1), then=0), default=1)
    mine = rows.filter(place__in=places).order_by(begun, "from_on", "known_at")
    found: Labels = {}
    named: Labels = {}
    for place, kind, zh, en in mine.values_list("place", "kind", "label_zh", "label_en"):
        if name := name_of(zh, en):
            named[place] = found[place] = name
        elif place not in named and (label := _KINDS.get(kind)) is not None:
            found[place] = beside(label, place)
    return found | {place: beside(named[place], place) for place in _alike(rows, named)}


def _alike(rows: QuerySet[Any], named: Labels) -> set[str]:
    """Of these places those that share a name, in either language, with another one on record."""
    if not named:
        return set()
    zh, en = {name.zh for name in named.values()}, {name.en for name in named.values()}
    bearers: dict[str, set[str]] = {}
    same = rows.filter(Q(label_zh__in=zh | en) | Q(label_en__in=zh | en))
    for place, *labels in same.values_list("place", "label_zh", "label_en"):
        for text in {one for one in labels if one}:
            bearers.setdefault(text, set()).add(place)
    return {
        place
        for place, name in named.items()
        if any(bearers.get(text, set()) - {place} for text in (name.zh, name.en))
    }


def called(text: str) -> Q:
    """Places whose number or name, in either language, has the text."""
    return Q(place__icontains=text) | Q(label_zh__icontains=text) | Q(label_en__icontains=text)


def places_named(scope: Scope, known_by: datetime, text: str, limit: int = 200) -> list[str]:
    """The numbers of places whose name, in either language, has the text, as far as the limit."""
    if not scope.may_read("places") or len(text) < 2:
        return []
    named = Q(label_zh__icontains=text) | Q(label_en__icontains=text)
    found = effective(scope, "places", known_by).filter(named).order_by("place")
    return list(found.values_list("place", flat=True).distinct()[:limit])


def name_of(zh: str | None, en: str | None) -> Words | None:
    """The name of a place; the one language where the other has none. None where neither has."""
    return Words(zh or en or "", en or zh or "") if zh or en else None


def beside(words: Words, number: str) -> Words:
    """Words with the number behind them, as pages take it off again to tell it small."""
    return Words(f"{words.zh} {number}", f"{words.en} {number}")


_KINDS = {one.code: one.label for one in CODE_LISTS["place_kinds"].codes}


_NAMED = ("path", "label_zh", "label_en")


def organisations_in(scope: Scope, known_by: datetime, area: str, limit: int = 500) -> dict[str, Words]:
    """Offices that cover this area or one below, and places that lie there, as far as the limit."""
    offices = _inside(effective(scope, "offices", known_by), "covers", area)
    places = _inside(effective(scope, "places", known_by), "located_in", area)
    found = office_labels(
        scope, known_by, offices.order_by("office").values_list("office", flat=True)[:limit]
    )
    chosen = places.order_by("place").values_list("place", flat=True)[:limit]
    return {**found, **place_labels(scope, known_by, chosen)}


def _inside(rows: QuerySet[Any], column: str, area: str) -> QuerySet[Any]:
    below = {f"{column}__gte": f"{area}/", f"{column}__lt": f"{area}0"}
    return rows.filter(**{column: area}) | rows.filter(**below)
