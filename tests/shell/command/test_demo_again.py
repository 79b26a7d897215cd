"""A demonstration that was made by another version is brought up to this one, and not made anew."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import management

from sizao_web.command import database, demonstration
from sizao_web.demo import building
from sizao_web.records.reading import condition
from sizao_web.settings.configuration import Configuration


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configuration:
    """The folder of a demonstration whose tables and sources are those of this version."""
    found: Configuration = replace(settings.SIZAO, data=tmp_path, database_url="")
    sources = demonstration._digest_of_sources(found)
    kept = {"sources": sources, "input": {"cases": {"sent": 3, "stored": 3, "merged": 0, "rejected": 0}}}
    (tmp_path / "made.json").write_text(json.dumps(kept), encoding="utf-8")
    monkeypatch.setattr(condition, "pending_migrations", list)
    monkeypatch.setattr(building, "counts", dict)
    monkeypatch.setattr(building, "build", lambda tell: pytest.fail("it is made anew"))
    return found


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(management, "call_command", lambda name, **_: heard.append(name))
    return heard


def test_access_rules_of_another_version_are_made_again_once(
    made: Configuration, commands: list[str]
) -> None:
    screen: Any = None
    (made.data / database.MARK).write_text("of another version", encoding="ascii")
    assert demonstration._made(screen, made)["input"]["cases"]["merged"] == 3
    assert commands == ["migrate"]
    demonstration._made(screen, made)
    assert commands == ["migrate"]
