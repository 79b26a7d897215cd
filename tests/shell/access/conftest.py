"""Ways to be the process of the pages, as it is in production: from the first statement on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from shell.access import statement, world
from shell.access.asking import Asker, Pages, pages
from shell.access.matrix import GIVEN, NUMBERS, key_of_unknown
from sizao_web.accounts.models import Account
from sizao_web.records.models import Obligation, Proposal, Question, Unknown
from sizao_web.records.reading import stories
from sizao_web.records.reading.pack import policy_in_use


@pytest.fixture
def as_pages(db: None) -> Callable[[], Any]:
    """A context in which the connection itself is the pages' login."""
    return world.as_pages


@pytest.fixture
def login_of_pages(db: None) -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own that signed in as pages do; it sees nothing of the test's own transaction."""
    words = {**connection.get_connection_params(), "user": "sizao_web"}
    for name in ("cursor_factory", "context"):
        words.pop(name, None)
    with psycopg.connect(**words, autocommit=True) as made:
        yield made


@pytest.fixture
def site() -> Iterator[Pages]:
    """The pages; some thousand refusals are no news."""
    logging.disable(logging.CRITICAL)
    with pages() as made:
        yield made
    logging.disable(logging.NOTSET)


@pytest.fixture
def askers(db: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Asker]:
    """Everybody who asks a page, in a world with an object at each position."""
    # Nobody adopted a text in this world; what is not known is told under the pack itself.
    monkeypatch.setattr(stories, "policy_adopted", lambda moment: policy_in_use())
    world.lay_out(iter(statement.POSITIONS))
    _name_for_addresses()
    NUMBERS["question"] = str(Question.objects.get().pk)
    NUMBERS.update((one.reason, str(one.pk)) for one in Proposal.objects.all())
    for position in statement.POSITIONS:
        NUMBERS[f"conflict/{position}"] = str(world.partner_at(position))
        NUMBERS[f"doubt/{position}"] = str(world.doubt_with_own(position))
    found = {"no duty": Asker("no duty", Account.objects.create_user("idle", None))}
    for duty in statement.DUTIES:
        account = world.reader(duty)
        found[duty] = Asker(duty, account, world.scope(account))
    for position in world.PEOPLE:
        account = world.reader("community", world.spot(position).area, f"of-{position}")
        NUMBERS[position] = str(account.assignments.get().pk)
    return {"nobody": Asker("nobody"), **found}


def _name_for_addresses() -> None:
    """Addresses take letters, digits and hyphens; the rows of the world are named about/position."""
    for row in Obligation.objects.all():
        Obligation.objects.filter(pk=row.pk).update(obligation_id=row.rule.replace("/", "-"))
    for unknown in Unknown.objects.filter(rule__startswith="person/"):
        key = key_of_unknown(unknown.rule.removeprefix("person/"))
        Unknown.objects.filter(pk=unknown.pk).update(
            rule=GIVEN["rule"], version=1, trigger_fact="designations", trigger_key=key
        )
