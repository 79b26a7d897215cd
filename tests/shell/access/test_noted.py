"""Whoever opens a page about somebody or changes anything leaves an entry with a purpose of the duty."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from shell.access import statement_of_pages as stated
from shell.access.asking import Asker, Pages, entered
from shell.access.matrix import ROUTES, Route, _case, refusal_of
from sizao_web.accounts.roles import OWN_ACCOUNT, PURPOSES, ROLES
from sizao_web.records import actions

ABOUT_SOMEBODY = {"person", "household", "obligation", "unknown", "fact"}
ASKING = "command"


def entries() -> list[tuple[str, str, str]]:
    """Deed, what and purpose of the entries that this account left."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT deed, what, purpose FROM audit_entry ORDER BY id")
        return [(str(deed), str(what), str(purpose)) for deed, what, purpose in cursor.fetchall()]


def opened(site: Pages, route: Route, asker: str = ASKING) -> tuple[int, list[tuple[str, str, str]]]:
    """The status of a page about somebody of the own area, and the entries that opening it left."""
    about = stated.object_of(route.pattern)
    case = _case(route, asker, "GET", "own", "health_checks" if about == "fact" else "", "answered")
    before = len(entries())
    status = site.reach("GET", case.address).status
    return status, entries()[before:]


def pages_about_somebody() -> list[Route]:
    return [
        route
        for route in ROUTES
        if stated.object_of(route.pattern) in ABOUT_SOMEBODY
        and "GET" in stated.methods_of(route.pattern)
        and refusal_of(route, ASKING) is None
    ]


def test_each_page_about_somebody_leaves_an_entry_with_a_purpose_of_the_duty(
    site: Pages, askers: dict[str, Asker], say: Callable[[str], None]
) -> None:
    asked, silent = 0, []
    with entered(askers[ASKING]):
        for route in pages_about_somebody():
            status, left = opened(site, route)
            if status != 200:
                continue
            asked += 1
            if not left or any(purpose not in ROLES[ASKING].purposes for _, _, purpose in left):
                silent.append(f"{route.pattern}: {left}")
    say(f"pages about somebody: {asked} opened, {len(silent)} without an entry")
    assert not silent
    assert asked >= 4


def test_control_a_page_that_forgot_its_entry_is_found(
    site: Pages, askers: dict[str, Asker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sizao_web.records.audit.note", lambda *_, **__: None)
    with entered(askers[ASKING]):
        left = [opened(site, route) for route in pages_about_somebody()]
    assert [entry for status, entry in left if status == 200 and not entry]


def test_the_purposes_are_a_closed_list_without_police_work_and_commerce() -> None:
    assert set(PURPOSES) == {
        "epidemic_control", "care", "supervision", "public_administration", "own_affairs",
    }  # fmt: skip
    assert all(role.purposes and set(role.purposes) <= set(PURPOSES) for role in ROLES.values())
    assert OWN_ACCOUNT not in PURPOSES


# -- deeds -----------------------------------------------------------------------------------------

FOLDER = Path(str(actions.__file__)).parent
LEAVING = {"note", "write", "_note", "settle"}
"""`settle` writes the receipt of a delivery, and leaves the entry of what it stored
(tests/shell/test_rows_that_wait.py)."""
LEFT_BY_OTHERS = {
    "answer_once": "keeps the answer of another action, which leaves its own entry",
    "forget_deliveries": "retention by the jobs, about files and not about anybody",
}


def leaves_an_entry(source: str) -> bool:
    """Whether a file of actions calls the audit, or the one way to write facts, which does."""
    called = {
        one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")
        for one in ast.walk(ast.parse(source))
        if isinstance(one, ast.Call)
    }
    handed = {
        name.name
        for one in ast.walk(ast.parse(source))
        if isinstance(one, ast.ImportFrom) and (one.module or "").startswith("sizao_web.records.actions.")
        for name in one.names
    }
    return bool(called & (LEAVING | handed))


@pytest.mark.parametrize(
    "file",
    sorted(one for one in FOLDER.glob("*.py") if one.stem not in {"__init__", *LEFT_BY_OTHERS}),
    ids=lambda one: one.stem,
)
def test_each_action_leaves_an_entry(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert leaves_an_entry(source), f"{file.name} changes something and says nothing in the audit"


def test_control_an_action_that_says_nothing_is_found() -> None:
    source = (FOLDER / "see_alarm.py").read_text(encoding="utf-8")
    assert not leaves_an_entry(source.replace("audit.note(", "print("))
