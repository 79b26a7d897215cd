"""What stops the start: a route without a policy, a table without one; and the headers of what is served."""

from __future__ import annotations

import importlib
import sys
from types import MappingProxyType, ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError, models
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import isolate_apps
from django.urls import path
from psycopg.errors import DeadlockDetected

from sizao_web import urls
from sizao_web.pages import routes
from sizao_web.records.access import installing, policies, tables
from sizao_web.records.apps import _install


def test_everything_that_stands_has_a_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    routes.check_routes()
    installing.check_tables()
    start(monkeypatch)


def test_a_route_without_a_policy_stops_the_start(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_to_all(request: HttpRequest) -> HttpResponse:
        return HttpResponse("everything")

    planted = ModuleType("planted")
    planted.urlpatterns = [*urls.urlpatterns, path("planted/everything/", open_to_all)]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = planted
    with pytest.raises(routes.OpenRoute, match="/planted/everything/"):
        routes.check_routes()
    with pytest.raises(routes.OpenRoute, match="/planted/everything/"):
        start(monkeypatch)


def start(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a server does first: import the application that it runs."""
    monkeypatch.setattr("django.core.wsgi.get_wsgi_application", lambda: None)  # Django runs already
    monkeypatch.delitem(sys.modules, "sizao_web.wsgi", raising=False)
    try:
        importlib.import_module("sizao_web.wsgi")
    finally:
        sys.modules.pop("sizao_web.wsgi", None)


def test_a_table_without_a_policy_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("POLICIES", policies.POLICIES), ("GUARDS", tables.GUARDS)):
        without = {table: one for table, one in value.items() if table != "fact_stays"}
        with monkeypatch.context() as patch:
            patch.setattr(installing, name, MappingProxyType(without))
            with pytest.raises(installing.Unguarded, match="fact_stays"):
                installing.check_tables()
            with pytest.raises(installing.Unguarded, match="fact_stays"):
                start(patch)


@isolate_apps("sizao_web.records", attr_name="apps")
def test_a_new_table_of_any_app_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    class Planted(models.Model):
        class Meta:
            app_label = "records"
            db_table = "planted"

    known = list(installing.apps.get_models(include_auto_created=True))
    monkeypatch.setattr(installing.apps, "get_models", lambda **_: [*known, Planted])
    with pytest.raises(installing.Unguarded, match="planted"):
        installing.check_tables()


ANSWERS = ("/", "/sign-in/", "/nowhere/", "/health/live", "/static/pages/sizao.css", "/static/pages/icon.svg")


def test_a_deadlock_with_the_database_s_own_sweeping_is_tried_again(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = [one for one in apps.get_app_configs() if one.models_module is not None][-1]
    tries: list[int] = []

    def install() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("deadlock detected") from DeadlockDetected()

    monkeypatch.setattr(installing, "install", install)
    _install(last)
    assert len(tries) == 3

    def never() -> None:
        raise OperationalError("deadlock detected") from DeadlockDetected()

    monkeypatch.setattr(installing, "install", never)
    with pytest.raises(OperationalError):
        _install(last)


@pytest.mark.parametrize("address", ANSWERS)
def test_every_answer_bears_the_headers(address: str, db: None) -> None:
    answer = Client().get(address)
    answer.close()
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src "))
    styles = next(part for part in policy.split(";") if part.strip().startswith("style-src "))
    assert "unsafe" not in scripts + styles
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("address", ["/api/v1/openapi.json", "/api/v1/key", "/api/v1/nowhere"])
def test_what_machines_are_told_loads_and_runs_nothing(address: str, db: None) -> None:
    answer = Client().get(address)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_what_was_shown_to_somebody_is_kept_by_no_browser(person_in_office: Any, as_pages: Any) -> None:
    account = person_in_office("community", "drill/county-1")
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    with as_pages():
        assert client.get("/").headers["Cache-Control"] == "no-store, private"


def test_a_host_that_is_not_ours_is_refused(db: None) -> None:
    assert Client(headers={"host": "elsewhere.example"}).get("/sign-in/").status_code == 400


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(db: None) -> None:
    htmx = {"HX-Request": "true", "HX-Current-URL": "http://testserver/community/?door=3"}
    answer = Client().get("/?part=1", headers=htmx)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=%2Fcommunity%2F%3Fdoor%3D3"
