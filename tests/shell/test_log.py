"""The log says which route, how long and how it ended, and nothing that anybody typed."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from sizao_web.pages.routes import page, routes
from sizao_web.settings.logging import JsonLines, message_of
from sizao_web.urls import urlpatterns as whole

MARK = "mark7391"
HERE = "drill/county-1/street/community-1"


@page(roles=None, methods=("GET", "POST"))
def fails(request: HttpRequest, name: str) -> HttpResponse:
    """Breaks with the mark in a local value, in the text of the error and in the statement."""
    found = {"name": name}
    if request.method == "POST":
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::text::integer", [found["name"]])
    try:
        raise KeyError(found["name"])
    except KeyError as cause:
        raise ValueError(f"{found} is broken") from cause


urlpatterns = [*whole, path("fails/<str:name>/", fails, name="fails")]


@pytest.fixture
def log() -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """What the log would say, and what a common formatter would have said."""
    ours, common = io.StringIO(), io.StringIO()
    handlers = [logging.StreamHandler(ours), logging.StreamHandler(common)]
    handlers[0].setFormatter(JsonLines())
    root = logging.getLogger()
    for handler in handlers:
        root.addHandler(handler)
    yield ours, common
    for handler in handlers:
        root.removeHandler(handler)


def lines(log: tuple[io.StringIO, io.StringIO]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log[0].getvalue().splitlines()]


def marked(address: str) -> str:
    """An address of the route table with the mark in every place for a value."""
    return re.sub(r"<(?:int|date):\w+>", "7391", re.sub(r"<(?:(?:str|slug|path):)?\w+>", MARK, address))


@pytest.fixture
def worker(person_in_office: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(
        person_in_office("community", HERE, name="worker-1"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def test_nothing_that_was_typed_on_any_page_is_in_the_log(
    worker: Client, log: tuple[io.StringIO, io.StringIO]
) -> None:
    stranger = Client(raise_request_exception=False)
    asked = 0
    for address, _ in routes():
        where = marked(address)
        for client in (worker, stranger):
            client.get(where, {"q": MARK, "person": MARK}, headers={"referer": f"https://here/{MARK}"})
            client.post(where, {"person": MARK, "name": MARK, "username": MARK, "password": MARK})
            asked += 2
    said = [line for line in lines(log) if line["logger"] == "sizao.request"]
    assert len([line for line in said if line.get("route") != "health"]) >= asked * 0.8
    assert {line.get("role") for line in said} >= {"community"}
    assert MARK not in log[0].getvalue()


@pytest.mark.urls(__name__)
@pytest.mark.django_db(transaction=True)
def test_an_error_is_told_by_kind_and_place_without_its_text(log: tuple[io.StringIO, io.StringIO]) -> None:
    client = Client(raise_request_exception=False)
    number = {"X-Request-ID": "0123456789abcdef"}
    assert client.get(f"/fails/{MARK}/", headers=number).status_code == 500
    assert client.post(f"/fails/{MARK}/").status_code == 500
    errors = [line for line in lines(log) if "error" in line]
    assert MARK in log[1].getvalue(), "a common log would have told it"
    assert MARK not in log[0].getvalue()
    broken, refused = errors[0]["error"], errors[-1]["error"]
    assert (broken["kind"], broken["because"]["kind"]) == ("builtins.ValueError", "builtins.KeyError")
    assert any("test_log.py" in place and place.endswith(" fails") for place in broken["at"])
    assert refused["sqlstate"] == "22P02"
    assert errors[0]["request"] == "0123456789abcdef"
    request = next(line for line in lines(log) if line["logger"] == "sizao.request")
    assert (request["route"], request["status"], request["method"]) == ("fails", 500, "GET")


def test_a_request_has_one_number_from_the_proxy_to_the_log(
    db: None, log: tuple[io.StringIO, io.StringIO]
) -> None:
    answer = Client().get("/sign-in/", headers={"X-Request-ID": "from-the-proxy-1"})
    assert answer.headers["X-Request-ID"] == "from-the-proxy-1"
    assert lines(log)[-1]["request"] == "from-the-proxy-1"
    forged = Client().get("/sign-in/", headers={"X-Request-ID": f'a"b {MARK}'})
    assert re.fullmatch(r"[0-9a-f]{32}", forged.headers["X-Request-ID"])


def test_of_a_job_the_log_says_which_and_not_what_it_was_told() -> None:
    job = {"id": 7, "task_name": "ledger.touch", "attempts": 2, "task_kwargs": {"person": MARK}}
    record = logging.makeLogRecord(
        {
            "name": "procrastinate.worker",
            "levelno": logging.INFO,
            "msg": f"Starting job ledger.touch[7](person='{MARK}')",
            "job": job,
            "action": "start_job",
        }
    )
    said = JsonLines().format(record)
    assert MARK not in said
    assert json.loads(said)["job"] == 7
    assert json.loads(said)["action"] == "start_job"


def test_a_text_of_others_is_told_only_where_its_values_stand_apart() -> None:
    apart = logging.makeLogRecord({"name": "axes", "msg": "New failure by %s", "args": (MARK,)})
    within = logging.makeLogRecord({"name": "axes", "msg": f"Failure by {MARK}", "module": "m", "lineno": 3})
    assert message_of(apart) == "New failure by %s"
    assert message_of(within) == "m:3"
