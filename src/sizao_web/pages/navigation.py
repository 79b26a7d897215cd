"""The way around: entries that desks register, shown to the roles that may open them."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope


@dataclass(frozen=True)
class Entry:
    """One entry: route name, label, roles, and its place in the order."""

    route: str
    label: Words
    roles: frozenset[str]
    order: int


@dataclass(frozen=True)
class Shown:
    """An entry as the page shows it."""

    address: str
    label: Words
    current: bool


_entries: list[Entry] = []


def register(*entries: Entry) -> None:
    """Desks call this when their app is ready."""
    for entry in entries:
        if entry not in _entries:
            _entries.append(entry)


def entries(scope: Scope, path: str) -> list[Shown]:
    """What this scope may open, in order; the entry under whose address the page lies is current."""
    mine = [one for one in sorted(_entries, key=lambda one: one.order) if scope.role in one.roles]
    addresses = [(reverse(one.route), one.label) for one in mine]
    here = max((address for address, _ in addresses if path.startswith(address)), key=len, default=None)
    return [Shown(address, label, address == here) for address, label in addresses]
