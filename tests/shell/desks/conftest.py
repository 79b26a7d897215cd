"""People at their desks: a browser for each, and rows of the ledger to look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from sizao.terms.identifiers import hex_key, natural_key
from sizao_web.accounts.models import Account
from sizao_web.records.models import FACT_MODELS, Count, Obligation, PersonAccess, Run

SAW_ALL = f"{10**18}:{10**18}:"  # the snapshot of a run that has every row of the test before it
HERE, THERE = "drill/county-1/street/community-1", "drill/county-1/street/community-2"


class Browser(Client):
    """A signed-in browser. The transaction of a test outlives the request, so its role is given back."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        return response


@pytest.fixture
def browser(db: None, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> Callable[[Account], Browser]:
    """Sign somebody in, with the clock of the test."""
    monkeypatch.setattr("sizao_web.records.access.middleware.now", lambda: moment)

    def sign_in(account: Account) -> Browser:
        client = Browser()
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def on_record(db: None, moment: datetime) -> Callable[..., str]:
    """Put a fact on record, by a colleague of this area an hour ago. Its key."""

    def put(area: str, name: str, **values: Any) -> str:
        key, known = uuid4(), moment - timedelta(hours=1)
        hi, lo = natural_key(name, "test", str(key))
        FACT_MODELS[name].objects.create(
            fact_id=key, key_hi=hi, key_lo=lo, source_system="test", source_record=str(key),
            source_version=1, action="record", happened_at=known, known_at=known, recorded_at=known,
            recorded_by="colleague", area=area, history=False, derived=False, body=key.bytes, **values,
        )  # fmt: skip
        return hex_key(hi, lo)

    return put


@pytest.fixture
def obligation(db: None, moment: datetime) -> Callable[..., Obligation]:
    """Put a row into the ledger, as a run would."""
    run = Run.objects.create(
        kind="whole", as_of=moment, known_by=moment, facts_until=SAW_ALL, pack="training-2020",
        pack_digest="0", texts="", rows_changed=0, rows_withdrawn=0, rows_sealed=0, began_at=moment,
        seconds=0.0,
    )  # fmt: skip
    made = 0

    def make(about: str = "p1", status: str = "open", area: str = HERE, **values: Any) -> Obligation:
        nonlocal made
        made += 1
        due = moment + timedelta(hours={"overdue": -3, "open": 3, "upcoming": 48}.get(status, -30))
        fields = {
            "obligation_id": f"{made:032x}", "plan_id": "plan", "rule": "contact-temperature", "version": 1,
            "rule_version": "0" * 12, "step": "check_health", "occurrence": "2020-11-10",
            "verb": "check_health", "sector": "health", "about_kind": "person", "about": about,
            "trigger_fact": "designations",
            "trigger_key": "0", "restricts": False, "event_on": moment.date(), "first_known_at": moment,
            "opens_at": due - timedelta(hours=24), "due_at": due, "status": status, "reported_late": False,
            "done_by": "office/1", "responsible": "office/1", "answers_to": "office/street", "owned": True,
            "area": area, "marks": "", "because": "", "changed_in": run,
        }  # fmt: skip
        if fields["about_kind"] == "person":
            PersonAccess.objects.get_or_create(person=about, area=area, organisation=None)
        row = Obligation.objects.create(**{**fields, **values})
        if row.withdrawn_at is None:
            kind = (
                "area",
                "responsible",
                "done_by",
                "about_kind",
                "rule",
                "verb",
                "sector",
                "status",
                "owned",
            )
            Count.objects.create(
                count_id=row.obligation_id,
                about=None if row.about_kind == "person" else row.about,
                rows=1,
                **{name: getattr(row, name) for name in kind},
            )
        return row

    return make
