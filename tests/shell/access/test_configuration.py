"""What production refuses to start with: nothing has a default that somebody could forget to change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sizao_web.settings.configuration import Misconfigured, configuration, new_secret


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """An environment that production accepts."""
    return {
        "SIZAO_DATA": str(tmp_path),
        "SIZAO_SECRET": new_secret(50),
        "SIZAO_IDENTITY_KEY": new_secret(),
        "SIZAO_SIGNING_KEY": new_secret(),
        "SIZAO_HOSTS": "sizao.example.org",
    }


def test_a_complete_environment_is_production_and_wants_a_second_factor(production: dict[str, str]) -> None:
    found = configuration(production)
    assert (found.mode, found.second_factor, found.proxies, found.clock_behind) == ("production", True, 1, 0)
    assert not list(Path(production["SIZAO_DATA"]).iterdir()), "no secret is made where none was given"


@pytest.mark.parametrize(
    "missing", ["SIZAO_SECRET", "SIZAO_IDENTITY_KEY", "SIZAO_SIGNING_KEY", "SIZAO_HOSTS"]
)
@pytest.mark.parametrize("how", ["unset", "empty"])
def test_production_has_no_default_for_a_secret_or_a_host(
    how: str, missing: str, production: dict[str, str]
) -> None:
    production.pop(missing)
    if how == "empty":
        production[missing] = ""
    with pytest.raises(Misconfigured, match=missing) as refused:
        configuration(production)
    assert missing in refused.value.zh


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIZAO_SECRET", "changeme"),
        ("SIZAO_SECRET", "changeme" * 8),
        ("SIZAO_IDENTITY_KEY", "x" * 44),
        ("SIZAO_IDENTITY_KEY", "Qm9yaW5nIGtleQ" * 5),
        ("SIZAO_SIGNING_KEY", "x" * 44),
        ("SIZAO_HOSTS", "*"),
        ("SIZAO_HOSTS", "sizao.example.org,*.example.org"),
        ("SIZAO_CLOCK_BEHIND", "30"),
        ("SIZAO_CLOCK_BEHIND", "-1"),
        ("SIZAO_PROXIES", "one"),
        ("SIZAO_MODE", "debug"),
        ("SIZAO_ROLE", "postgres"),
        ("SIZAO_SECOND_FACTOR", "no"),
        ("SIZAO_ZONE", "Asia/Nowhere"),
        ("SIZAO_ZONE", "/etc/passwd"),
        ("SIZAO_EMERGENCY", "the ambulance"),
        ("SIZAO_HOTLINE", "12345<b>"),
        ("SIZAO_TUBES", "TJ1234"),
        ("SIZAO_TUBES", "TJ####,[0-9]+"),
    ],
)
def test_production_refuses_what_is_weak_open_or_unknown(
    name: str, value: str, production: dict[str, str]
) -> None:
    with pytest.raises(Misconfigured, match=name):
        configuration({**production, name: value})


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, ("120", "12345")),
        ({"SIZAO_ZONE": "Africa/Kinshasa"}, ("", "")),
        ({"SIZAO_ZONE": "Europe/Zurich", "SIZAO_EMERGENCY": "144", "SIZAO_HOTLINE": "+41 58 000 00 00"},
         ("144", "+41 58 000 00 00")),
        ({"SIZAO_EMERGENCY": "", "SIZAO_HOTLINE": ""}, ("", "")),
    ],
)  # fmt: skip
def test_numbers_to_call_are_of_the_country_and_another_country_has_none_of_ours(
    said: dict[str, str], told: tuple[str, str], production: dict[str, str]
) -> None:
    found = configuration({**production, **said})
    assert (found.emergency, found.hotline) == told


@pytest.mark.parametrize("name", ["SIZAO_SECRET", "SIZAO_SIGNING_KEY"])
def test_one_secret_for_two_is_refused(name: str, production: dict[str, str]) -> None:
    same = production["SIZAO_IDENTITY_KEY"]
    with pytest.raises(Misconfigured, match="the same"):
        configuration({**production, name: same})


def test_a_demonstration_makes_its_secrets_and_finds_them_again(tmp_path: Path) -> None:
    environment = {"SIZAO_MODE": "demo", "SIZAO_DATA": str(tmp_path)}
    first, again = configuration(environment), configuration(environment)
    assert (first.secret, first.identity_key) == (again.secret, again.identity_key)
    assert {file.stat().st_mode & 0o077 for file in (tmp_path / "keys").iterdir()} == {0}


def test_the_pages_themselves_do_not_start_without_a_secret(production: dict[str, str]) -> None:
    del production["SIZAO_SECRET"]
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", "import sizao_web.wsgi"],
        env={**kept, **production},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "SIZAO_SECRET is not set, and production has no default" in done.stderr


def test_production_settings_are_strict(production: dict[str, Any]) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
    expected = {
        "SESSION_COOKIE_NAME": "__Host-sizao",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "DEBUG": False,
        "ALLOWED_HOSTS": ["sizao.example.org"],
    }
    shown = (
        "import json; from sizao_web.settings import django as settings; "
        f"found = {{name: getattr(settings, name) for name in {list(expected)}}}; "
        "found['demo'] = 'sizao_web.demo' in settings.INSTALLED_APPS; print(json.dumps(found))"
    )
    done = subprocess.run(
        [sys.executable, "-c", shown],
        env={**kept, **production},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == {**expected, "demo": False}
