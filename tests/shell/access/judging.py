"""Ask the cases of the matrix and say what came out wrong; and spoil a policy of the database for a while."""

from __future__ import annotations

import pytest
from django.db import connection

from shell.access.asking import AsIf, Asker, Pages, entered
from shell.access.matrix import Case, Route, of_every_object
from sizao_web.records.access.installing import policies
from sizao_web.records.access.tables import Guard


def ask_guards(site: Pages, askers: dict[str, Asker], cases: list[Case]) -> list[str]:
    """What is wrong of these cases, asked of the guards alone."""
    wrong = []
    for case in cases:
        AsIf.asker = askers[case.asker]
        answer = site.reach(case.verb, case.address, case.typed)
        if not case.is_right(answer):
            wrong.append(case.told(answer))
    return wrong


def fail_with(wrong: list[str]) -> None:
    """Say what is wrong, as far as anybody reads."""
    if wrong:
        pytest.fail(f"{len(wrong)} wrong:\n" + "\n".join(wrong[:60]), pytrace=False)


def ask_pages(
    site: Pages, askers: dict[str, Asker], routes: list[Route], *, every: int = 1
) -> tuple[int, list[str]]:
    """How many questions about objects these routes were asked, and what was wrong.

    every: of so many questions one is asked; who is next begins one further, so that together they ask about
    everything.
    """
    asked, wrong = 0, []
    for turn, (name, asker) in enumerate(askers.items()):
        with entered(asker):
            for number, case in enumerate(of_every_object(name, routes), turn):
                if number % every:
                    continue
                answer = site.ask(case.verb, case.address, case.typed)
                asked += 1
                if not case.is_right(answer):
                    wrong.append(case.told(answer))
    return asked, wrong


def replace_reading(table: str, condition: str) -> None:
    """Another policy for reading a table, as if the code said so."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP POLICY sizao_reads ON {table}")
        for name, rest in policies(table, Guard(reads=condition)):
            if name == "sizao_reads":
                cursor.execute(f"CREATE POLICY {name} ON {table} {rest}")
