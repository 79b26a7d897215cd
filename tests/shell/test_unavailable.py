"""Records that cannot be reached or written are no bug of a page: 503 or 507, and when to try again."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client

from sizao_web.pages import health


def _failing(monkeypatch: pytest.MonkeyPatch, cause: Exception) -> Client:
    def broken(*_: object) -> object:
        raise cause

    monkeypatch.setattr(health.condition, "pending_migrations", broken)
    return Client(raise_request_exception=False)


def _of(cause: psycopg.Error) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


@pytest.fixture(autouse=True)
def _nobody_catches(monkeypatch: pytest.MonkeyPatch) -> None:
    # The address of health catches errors of the database itself; here it stands for any page that does not.
    class Nothing(Exception):
        pass

    monkeypatch.setattr(health, "DatabaseError", Nothing)


def test_a_database_that_is_away_is_503_and_soon_again(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    client = _failing(monkeypatch, _of(psycopg.OperationalError("connection lost")))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    text = answer.content.decode()
    assert "可能已保存" in text, "an error does not say that nothing was kept"
    assert "may or may not be kept" in text


def test_a_full_disk_is_507_and_later_again(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    client = _failing(monkeypatch, _of(psycopg.errors.DiskFull("no space left on device")))
    answer = client.get("/health/ready", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (507, "60")
    assert "磁盘已满" in answer.json()["problem"]


def test_a_mistake_of_ours_stays_500(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    client = _failing(monkeypatch, ZeroDivisionError())
    answer: Any = client.get("/health/ready")
    assert answer.status_code == 500
    assert "Retry-After" not in answer.headers
