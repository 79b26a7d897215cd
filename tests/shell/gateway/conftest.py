"""A laboratory, a hospital and a community that send by machine, each with a key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from shell.desks.conftest import Browser
from sizao.terms.words import Words
from sizao_web.accounts.models import Account
from sizao_web.accounts.registering import Duty
from sizao_web.gateway import description, door, quotas
from sizao_web.records.access.scope import Scope, enter
from sizao_web.records.actions import administer_partners as deed
from sizao_web.records.actions.administer_partners import Issued
from sizao_web.records.models import Partner

CITY, HERE, THERE = "drill", "drill/county-1", "drill/county-2"
MOMENT = datetime(2020, 11, 10, 1, 0, 5, tzinfo=UTC)  # 09:00:05 in the city
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
KEEPER = Scope("keeper", "administrator", CITY, None, "public_administration")


@dataclass
class Clock:
    """The clock of the interface, moved by hand."""

    moment: datetime = MOMENT

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **span: float) -> None:
        """Let time go by."""
        self.moment += timedelta(**span)


@dataclass
class Sender:
    """A partner's system with its key."""

    partner: Partner
    issued: Issued
    client: Client = field(default_factory=Client)

    def send(self, address: str, body: Any, **headers: str) -> Any:
        """POST, as JSON unless it is text or bytes already."""
        content = body if isinstance(body, str | bytes) else json.dumps(body, ensure_ascii=False)
        given = {
            "Authorization": f"Bearer {self.issued.text}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        kind = given.pop("Content-Type", "application/json")
        return self.client.post(f"/api/v1{address}", content, content_type=kind, headers=given)

    def get(self, address: str, **headers: str) -> Any:
        """GET."""
        given = {"Authorization": f"Bearer {self.issued.text}", **headers}
        return self.client.get(f"/api/v1{address}", headers=given)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The moment that the interface reads; what a process holds of earlier minutes is thrown away."""
    made = Clock()
    monkeypatch.setattr(door, "now", made)
    monkeypatch.setattr(description, "now", made)
    quotas.forget()
    yield made
    quotas.forget()


@pytest.fixture
def kept(db: None) -> Callable[[Callable[[], Any]], Any]:
    """Do something as the administrator of the city, through the row policies."""

    def act(what: Callable[[], Any]) -> Any:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
            enter(KEEPER)
            done = what()
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
        return done

    return act


@pytest.fixture
def sender(kept: Any, clock: Clock) -> Callable[..., Sender]:
    """Make a partner and a key of its own."""

    def make(
        name: str,
        role: str,
        facts: tuple[str, ...],
        area: str = HERE,
        organisation: str | None = None,
        **limits: int,
    ) -> Sender:
        duty = Duty(role, area, organisation, SINCE)
        partner = kept(
            lambda: deed.add(KEEPER, MOMENT, name, label=Words(f"{name}系统", name), duty=duty, **limits)
        )
        return Sender(partner, kept(lambda: deed.issue(KEEPER, MOMENT, partner, facts)))

    return make


@pytest.fixture
def browser(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Callable[[Account], Client]:
    """Sign somebody in at the pages, by the clock of the interface."""
    monkeypatch.setattr("sizao_web.records.access.middleware.now", clock)

    def sign_in(account: Account) -> Client:
        client = Browser()
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def laboratory(sender: Callable[..., Sender]) -> Sender:
    """The laboratory of the county: tubes and results."""
    return sender("lab-1", "laboratory", ("samples", "sample_members", "results"), organisation="lab-1")


@pytest.fixture
def community(sender: Callable[..., Sender]) -> Sender:
    """A community's own system: temperatures of people."""
    return sender("community-1", "community", ("health_checks", "stays"))


def result(record: str = "r-1", **other: Any) -> dict[str, Any]:
    """A result as a laboratory sends it."""
    said = {
        "source_record": record,
        "sample": f"tube-{record}",
        "result": "negative",
        "resulted_at": "2020-11-10T08:30:00+08:00",
        "laboratory": "lab-1",
    }
    return {**said, **other}


def check(record: str = "c-1", person: str = "p-1", **other: Any) -> dict[str, Any]:
    """A temperature as a community's system sends it."""
    said = {
        "source_record": record,
        "person": person,
        "checked_at": "2020-11-10T08:00:00+08:00",
        "temperature": 36.5,
        "symptoms": False,
    }
    return {**said, **other}
