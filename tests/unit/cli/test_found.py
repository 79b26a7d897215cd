"""Commands that another package adds: found when the library does not know one, and never in its way."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest
import typer

from sizao.cli import found
from sizao.cli.running import run

Sizao = Callable[..., tuple[int, str]]


@pytest.fixture
def sizao(capsys: pytest.CaptureFixture[str]) -> Sizao:
    def typed(*words: str) -> tuple[int, str]:
        code = run(words, {})
        said = capsys.readouterr()
        return code, said.out + said.err

    return typed


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A package that adds `ring` and claims `facts`; the list says how often somebody looked."""
    added = ModuleType("added_to_sizao")
    app = typer.Typer(rich_markup_mode=None)

    @app.command()
    def ring(lang: str | None = None) -> None:
        """Ring the bell."""
        typer.echo("rung")

    @app.command()
    def facts() -> None:
        """Not the dictionary."""
        typer.echo("claimed")

    added.app, added.CHINESE = app, {"Ring the bell.": "敲钟。"}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "added_to_sizao", added)
    times: list[str] = []

    def entry_points(group: str) -> list[EntryPoint]:
        times.append(group)
        return [EntryPoint("added", "added_to_sizao:app", group)]

    monkeypatch.setattr(found, "entry_points", entry_points)
    return times


def test_a_command_that_another_package_adds_is_run(sizao: Sizao, looked: list[str]) -> None:
    assert sizao("ring") == (0, "rung\n")


def test_who_asks_what_there_is_sees_it_in_their_language(sizao: Sizao, looked: list[str]) -> None:
    assert "Ring the bell." in sizao("--help")[1]
    assert "敲钟。" in sizao("ring", "--help", "--lang", "zh")[1]


def test_a_command_of_the_library_does_not_look_further(sizao: Sizao, looked: list[str]) -> None:
    assert "arrivals" in sizao("facts")[1]
    assert looked == []


def test_a_name_that_the_library_has_keeps_its_meaning(sizao: Sizao, looked: list[str]) -> None:
    assert "The data dictionary" in sizao("--help")[1]
    assert "Not the dictionary" not in sizao("--help")[1]


def test_a_word_that_nobody_knows_is_wrong_input(sizao: Sizao, looked: list[str]) -> None:
    assert sizao("rin")[0] == 1
