"""The filter of a page and the policy behind it: either alone keeps a page right, without both it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from shell.access.asking import Asker, Pages
from shell.access.judging import ask_pages, replace_reading
from shell.access.matrix import ROUTES
from sizao_web.accounts.roles import ROLES
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.rules import Roles

EVERYBODY = Roles(tuple(ROLES))
READING = "sizao_web.records.reading"
# Table -> where pages filter it, and a page that shows one of its rows.
FENCED = {
    "person_access": ("sizao_web.records.access.persons.ACCESS", "/persons/<path:person>/"),
    "ledger_obligation": (f"{READING}.ledger.POLICIES", "/why/<slug:obligation>/"),
    "ledger_unknown": (f"{READING}.ledger.POLICIES", "/why/<slug:fact>/<slug:key>/"),
    "fact_health_checks": (f"{READING}.facts.POLICIES", "/facts/<slug:fact>/<slug:key>/"),
    "fact_samples": (f"{READING}.facts.POLICIES", "/facts/<slug:fact>/<slug:key>/"),
    "fact_institution_reports": (f"{READING}.facts.POLICIES", "/facts/<slug:fact>/<slug:key>/"),
    "fact_shifts": (f"{READING}.facts.POLICIES", "/facts/<slug:fact>/<slug:key>/"),
}


def wrong_without(
    site: Pages, askers: dict[str, Asker], as_pages: Any, table: str, *, filter_: bool, policy: bool
) -> list[str]:
    """What the page answers wrongly when its filter, or the policy behind it, lets every row through."""
    where, pattern = FENCED[table]
    routes = [route for route in ROUTES if route.pattern == pattern]
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        if filter_:
            open_to_all = EVERYBODY if where.endswith("ACCESS") else {**POLICIES, table: EVERYBODY}
            patch.setattr(where, open_to_all)
        if policy:
            replace_reading(table, EVERYBODY.sql(table))
        with as_pages():
            _, wrong = ask_pages(site, {"cdc": askers["cdc"]}, routes)
        transaction.set_rollback(True)
    return wrong


def test_either_fence_keeps_a_page_right_and_the_fall_of_both_is_noticed(
    site: Pages, askers: dict[str, Asker], as_pages: Any, say: Callable[[str], None]
) -> None:
    leaks, survivors = [], []
    for table in FENCED:
        leaks += wrong_without(site, askers, as_pages, table, filter_=True, policy=False)
        leaks += wrong_without(site, askers, as_pages, table, filter_=False, policy=True)
        if not wrong_without(site, askers, as_pages, table, filter_=True, policy=True):
            survivors.append(table)
    say(f"fences: {len(FENCED)} tables, {len(leaks)} wrong behind one, {len(survivors)} fell unseen")
    assert not leaks
    assert not survivors
