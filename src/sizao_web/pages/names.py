"""What areas, offices and places are called on one page: each is looked up once for a request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from sizao.terms.words import Words
from sizao_web.accounts.roles import ROLES
from sizao_web.pages.language import said
from sizao_web.pages.telling import Telling, numbered, telling
from sizao_web.records.reading.accounts import Holder, holders
from sizao_web.records.reading.labels import place_labels


def names(request: HttpRequest) -> Telling:
    """The names that this request has met so far."""
    found = getattr(request, "_names", None)
    if found is None:
        found = telling(request)
        request._names = found
    return found


def meet(
    request: HttpRequest, rows: Iterable[Any], *, areas: Iterable[str] = (), offices: Iterable[str] = ()
) -> None:
    """Look up what these attributes of rows are called, so that no tag has to ask for a single one."""
    areas, offices = tuple(areas), tuple(offices)
    asked = (*areas, *offices, "about_kind")
    told = [
        row if isinstance(row, dict) else {name: getattr(row, name, None) for name in asked} for row in rows
    ]
    names(request).meet(told, areas=areas, offices=offices)


def meet_accounts(request: HttpRequest, usernames: Iterable[str]) -> dict[str, Holder | None]:
    """Look up who works by these accounts, and for which offices, at once; None: nobody to be named."""
    known: dict[str, Holder | None] = request.__dict__.setdefault("_holders", {})
    if new := set(usernames) - known.keys():
        found = holders(request.moment, new)
        known.update({one: found.get(one) for one in new})
        meet(request, [{"office": one.organisation} for one in found.values()], offices=["office"])
    return known


def account_name(request: HttpRequest, username: str) -> SafeString | str:
    """Who works by an account, with its name smaller beside: the name is what the audit has."""
    holder = meet_accounts(request, [username])[username]
    named = holder is not None and said(holder.name) != username
    return numbered(said(holder.name), username) if holder is not None and named else username


def account_office(request: HttpRequest, username: str) -> SafeString | str:
    """Whom an account works for: its office or place, else its duty; nothing where nobody is to be named."""
    holder = meet_accounts(request, [username])[username]
    if holder is None:
        return ""
    if holder.organisation:
        return office_name(request, holder.organisation)
    return said(ROLES[holder.role].label) if holder.role in ROLES else holder.role


def plainly(text: str, known: Telling) -> str:
    """A sentence of the library with areas by their names alone, offices and places by theirs."""
    for path in known.areas:
        text = text.replace(f"（{path}）", "").replace(f" ({path})", "")
    for number, words in known.places.items():
        # The library tells a place by name and number; here it is told once, as everywhere on the page.
        name = known.said(words).removesuffix(f" {number}")
        text = text.replace(f"{name}（{number}）", number).replace(f"{name} ({number})", number)
    numbers = {*known.offices, *known.places}
    if not numbers:
        return text
    # The longest first: one number may begin like another. In one go: a name may hold a number.
    longest = sorted(numbers, key=lambda one: (-len(one), one))
    return re.sub("|".join(map(re.escape, longest)), lambda found: known.office(found[0]), text)


def area_name(request: HttpRequest, path: str | None) -> str:
    """An area by its label."""
    if path is None:
        return ""
    known = names(request)
    known.meet([{"area": path}], areas=["area"])
    return known.area(path)


def office_name(request: HttpRequest, name: str | None) -> SafeString | str:
    """An office by area and task, a place by its name."""
    if name is None:
        return ""
    known = names(request)
    if name not in known.places:
        known.meet([{"office": name}], offices=["office"])
    return known.shown(name)


def office_beside(request: HttpRequest, name: str | None, duty: Words) -> SafeString | str:
    """An office behind the duty that somebody has there: where both are the same task, by its area alone."""
    told = office_name(request, name)
    return told if isinstance(told, SafeString) else told.removesuffix(f" · {said(duty)}")


def beside(where: Words, duty: Words) -> Words:
    """The same of a name that was looked up already."""
    return Words(where.zh.removesuffix(f" · {duty.zh}"), where.en.removesuffix(f" · {duty.en}"))


def words_of(request: HttpRequest, name: str | None) -> str:
    """The same as plain text."""
    office_name(request, name)
    return names(request).office(name)


def place_name_of(request: HttpRequest, name: str, moment: datetime) -> str:
    """What a place was called as far as was known at a moment: what is printed again says what it said.

    Where nothing was on record of it then, as it is called now.
    """
    words = place_labels(request.scope, moment, [name]).get(name)
    return str(office_name(request, name)) if words is None else said(words)
