"""Who may open which page, by which verb, for which object: asked of every route there is, answered by hand.

A route that lands is asked from then on. Then what each route says of itself is spoiled, one word at a time,
and the same questions must come out wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse

from shell.access.asking import Asker, Pages
from shell.access.judging import ask_guards, ask_pages, fail_with
from shell.access.matrix import (
    ASKERS,
    NEW,
    NUMBERS,
    REACHED,
    ROUTES,
    VERBS,
    Route,
    of_every_verb,
    reaching,
    undeclared,
)
from shell.access.world import OWN, PEOPLE
from sizao_web.accounts.models import Account
from sizao_web.accounts.roles import ROLES
from sizao_web.pages.routes import EVERY_ROLE
from sizao_web.records.access.scope import Scope


@pytest.fixture
def strangers() -> dict[str, Asker]:
    """Everybody who asks, as the guards see them: no database is needed to turn somebody away."""
    NUMBERS.update(dict.fromkeys(("question", "proposal/own", "conflict/own", "doubt/own", *PEOPLE), "1"))
    found = {"nobody": Asker("nobody"), "no duty": Asker("no duty", Account(username="idle"))}
    for duty, role in ROLES.items():
        mine = Scope(duty, duty, OWN, "office-own", role.purposes[0])
        found[duty] = Asker(duty, Account(username=duty), mine)
    return found


@pytest.fixture
def stubbed() -> Iterator[None]:
    """Pages that only say that they were reached, behind the guard that `@page` puts before them."""
    kept = [(_inside(route), _inside(route).cell_contents) for route in ROUTES]
    for cell, _ in kept:
        cell.cell_contents = _reached
    yield
    for cell, view in kept:
        cell.cell_contents = view


def _inside(route: Route) -> Any:
    """Where the guard keeps the view that it guards."""
    guard: Any = route.view
    return guard.__closure__[guard.__code__.co_freevars.index("view")]


def _reached(request: HttpRequest, **named: Any) -> HttpResponse:
    return HttpResponse(status=REACHED)


def test_every_page_is_reached_by_whom_it_should_and_by_nobody_else(
    site: Pages, strangers: dict[str, Asker], stubbed: None, say: Callable[[str], None]
) -> None:
    cases = list(of_every_verb())
    wrong = ask_guards(site, strangers, cases)
    say(f"pages: {len(cases):,} cases ({len(ROUTES)} routes x asker x verb), {len(wrong)} wrong")
    fail_with(wrong)
    assert len(cases) >= 7_000


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.long)])
def test_every_page_shows_the_objects_it_should_and_no_others(
    site: Pages,
    askers: dict[str, Asker],
    as_pages: Any,
    say: Callable[[str], None],
    every: int,
) -> None:
    with as_pages():
        cases, wrong = ask_pages(site, askers, ROUTES, every=every)
    say(f"objects: {cases:,} cases (route x duty x verb x position), {len(wrong)} wrong")
    fail_with(wrong)
    assert cases >= 4_000


_A_FACT = "/facts/<slug:fact>/<slug:key>/"
CHECKS = {
    "who may correct": ("sizao_web.desks.everyone.correcting.may_correct", f"{_A_FACT}retract/", "cdc"),
    "whom one may hand over": ("sizao_web.desks.everyone.handing.is_seen", "/hand-overs/offer/", "cdc"),
    "what one may record": ("sizao_web.records.access.scope.Scope.may_give", NEW, "laboratory"),
    "what one may read": ("sizao_web.records.access.scope.Scope.may_read", _A_FACT, "education"),
}
"""What views ask by themselves, beside the rows that the database shows: where, in which page, of whom."""


def test_each_check_that_a_view_makes_by_itself_is_missed_when_it_is_gone(
    site: Pages,
    askers: dict[str, Asker],
    as_pages: Any,
    monkeypatch: pytest.MonkeyPatch,
    say: Callable[[str], None],
) -> None:
    survivors = []
    for what, (name, pattern, asker) in CHECKS.items():
        resting = [route for route in ROUTES if route.pattern == pattern]
        with as_pages(), monkeypatch.context() as patch:
            patch.setattr(name, lambda *_: True)
            if not ask_pages(site, {asker: askers[asker]}, resting)[1]:
                survivors.append(what)
    say(f"views: {len(CHECKS)} checks of their own taken away and missed, {len(survivors)} survived")
    assert not survivors


def test_each_route_says_what_it_is_about_and_what_it_answers_to() -> None:
    fail_with([line for route in ROUTES for line in undeclared(route)])


@dataclass(frozen=True)
class Spoiling:
    """A mistake somebody could make at a route, and of whom and how it must be noticed."""

    what: str
    changes: dict[str, Any]
    askers: tuple[str, ...] = ASKERS
    verbs: tuple[str, ...] = ()


def spoilings(route: Route) -> Iterator[Spoiling]:
    """Each duty let in or shut out, the guard opened by degrees, each method added or taken away."""
    access = route.access
    if access.key:
        yield Spoiling("open without a key", {"key": False})
    elif access.roles is not None:
        yield Spoiling("open to everybody", {"roles": None, "signed_in": False})
        yield Spoiling("open to whoever signed in", {"roles": None, "signed_in": True})
        for duty in sorted(EVERY_ROLE):
            added = duty not in access.roles
            yield Spoiling(
                f"{duty} {'let in' if added else 'shut out'}", {"roles": access.roles ^ {duty}}, (duty,)
            )
    else:
        yield Spoiling("only for who has a duty", {"roles": EVERY_ROLE})
        yield Spoiling("signing in turned round", {"signed_in": not access.signed_in})
    for verb in VERBS:
        if verb != "HEAD":
            others = tuple(one for one in access.methods if one != verb)
            changed = others if verb in access.methods else (*others, verb)
            yield Spoiling(f"{verb} turned round", {"methods": changed}, ("administrator", "cdc"), (verb,))


@contextmanager
def spoiled(route: Route, changes: dict[str, Any]) -> Iterator[None]:
    """The route's own declaration, changed for a while."""
    kept = {name: getattr(route.access, name) for name in changes}
    for name, value in changes.items():
        object.__setattr__(route.access, name, value)
    yield
    for name, value in kept.items():
        object.__setattr__(route.access, name, value)


def test_each_word_of_a_route_is_missed_when_it_is_changed(
    site: Pages, strangers: dict[str, Asker], stubbed: None, say: Callable[[str], None]
) -> None:
    noticed, survivors = 0, []
    for route in ROUTES:
        for spoiling in spoilings(route):
            verbs = spoiling.verbs or route.access.methods[:1]
            cases = [reaching(route, asker, verb) for asker in spoiling.askers for verb in verbs]
            assert not ask_guards(site, strangers, cases)
            with spoiled(route, spoiling.changes):
                if ask_guards(site, strangers, cases):
                    noticed += 1
                else:
                    survivors.append(f"{route.pattern}: {spoiling.what}")
        other = None if route.access.about else "person"
        with spoiled(route, {"about": other}):
            if undeclared(route):
                noticed += 1
            else:
                survivors.append(f"{route.pattern}: about {other}")
    say(f"routes: {noticed:,} spoilings of what routes say noticed, {len(survivors)} survived")
    assert not survivors
    assert noticed >= 1_000
