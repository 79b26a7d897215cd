"""A small city in PostgreSQL: who works where, and ways to act as the worker or as one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError, connection, transaction

from sizao_web.accounts.models import Account, Assignment
from sizao_web.records.access.scope import Scope, enter, scope_of

MOMENT = datetime(2020, 11, 10, 1, 0, tzinfo=UTC)  # 09:00 in the city


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Labels that one test looked up are not those of the next."""
    from sizao_web.records.reading import labels

    labels.forget()


@pytest.fixture
def fresh_ledger() -> Iterator[None]:
    """No copy of the ledger that an earlier test filled, and none left for a later one."""
    from sizao_web.records.ledger import runs

    runs.forget()
    yield
    runs.forget()


@pytest.fixture
def moment() -> datetime:
    """The clock of the test."""
    return MOMENT


@pytest.fixture
def person_in_office(db: None) -> Callable[..., Account]:
    """Make an account with one assignment."""

    def make(
        role: str,
        area: str,
        organisation: str | None = None,
        name: str | None = None,
        person: str | None = None,
    ) -> Account:
        if role == "resident":
            organisation, person = None, person or "p1"
        account = Account.objects.create_user(name or f"{role}-{area}-{organisation}".replace("/", "."), None)
        Assignment.objects.create(
            account=account,
            role=role,
            area=area,
            organisation=organisation,
            person=person,
            from_at=datetime(2020, 1, 1, tzinfo=UTC),
        )
        return account

    return make


@pytest.fixture
def as_scope(db: None) -> Callable[[Account], object]:
    """A context in which the database sees the account's scope, as in a request."""

    @contextmanager
    def acting(account: Account) -> Iterator[Scope]:
        scope = scope_of(account.assignments.get())
        enter(scope)
        try:
            yield scope
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")

    return acting


@pytest.fixture
def refused(db: None) -> Callable[[str], bool]:
    """Whether the database forbids a statement, or lets it touch no row."""

    def ask(statement: str, *values: object) -> bool:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, list(values))
                return cursor.rowcount == 0
        except ProgrammingError as cause:
            if cause.__cause__.sqlstate != "42501":  # type: ignore[union-attr]
                raise
            return True

    return ask
