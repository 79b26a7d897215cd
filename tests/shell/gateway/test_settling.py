"""Two contents under one key: seen by who may settle them, settled by somebody else than the sender."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from shell.gateway.conftest import HERE, MOMENT, Sender, result
from shell.gateway.test_sending import as_owner, rows
from sizao_web.records.actions.keep_conflict import settle_conflict
from sizao_web.records.models import PartnerConflict
from sizao_web.records.reading.conflicts import both, conflicts
from sizao_web.records.writing import NotAllowed, Refused


@pytest.fixture
def conflict(laboratory: Sender) -> PartnerConflict:
    """A laboratory gave one number to two results."""
    laboratory.send("/facts/results", result())
    laboratory.send("/facts/results", result(result="positive"))
    as_owner()
    return PartnerConflict.objects.get()


@pytest.fixture(autouse=True)
def _clock_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sizao_web.records.access.middleware.now", lambda: MOMENT)


def signed_in(account: Any) -> Client:
    """Somebody at the pages."""
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_people_of_the_laboratory_take_the_second_and_the_first_stays_on_record(
    conflict: PartnerConflict, person_in_office: Any
) -> None:
    client = signed_in(person_in_office("laboratory", HERE, "lab-1", "du"))
    listed = client.get("/conflicts/")
    assert listed.status_code == 200
    assert "r-1" in listed.content.decode()
    shown = client.get(f"/conflicts/{conflict.pk}/")
    assert "阳性" in shown.content.decode()
    assert client.post(f"/conflicts/{conflict.pk}/", {"decision": "taken"}).status_code == 422, "without why"
    decided = {"decision": "taken", "why": "typed wrong at first"}
    assert client.post(f"/conflicts/{conflict.pk}/", decided).status_code == 302
    assert [(row.source_version, row.action, row.result) for row in rows("results")] == [
        (1, "record", "negative"),
        (2, "replace", "positive"),
    ]
    conflict.refresh_from_db()
    assert (conflict.state, conflict.settled_by) == ("taken", "du")
    assert client.post(f"/conflicts/{conflict.pk}/", decided).status_code == 422, "it is settled once"


def test_an_officer_of_disease_control_keeps_the_first(
    conflict: PartnerConflict, person_in_office: Any, as_scope: Any
) -> None:
    with as_scope(person_in_office("cdc", "drill", "office/cdc")) as scope:
        assert [one.pk for one in conflicts(scope)] == [conflict.pk]
        with pytest.raises(Refused, match="cannot take"):
            settle_conflict(scope, MOMENT, conflict, "taken", "x", {})
        settle_conflict(scope, MOMENT, conflict, "kept", "the tube was read again", {})
    assert [row.result for row in rows("results")] == ["negative"]


def test_nobody_else_sees_it_and_the_sender_does_not_settle_it(
    conflict: PartnerConflict, laboratory: Sender, person_in_office: Any, as_scope: Any
) -> None:
    for role, area, organisation in (
        ("cdc", "drill/county-2", "office/cdc"),
        ("laboratory", HERE, "lab-2"),
        ("institution", HERE, "lab-1"),
        ("command", "drill", "office/command"),
    ):
        with as_scope(person_in_office(role, area, organisation)) as scope:
            assert both(scope, conflict.pk) is None
    as_owner()
    with as_scope(laboratory.partner.assignment.account) as scope:
        assert both(scope, conflict.pk) is not None
        with pytest.raises(NotAllowed):
            settle_conflict(scope, MOMENT, conflict, "kept", "x", {})
