"""The command on installations of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sizao.cli.running import run
from sizao_web.settings import embedded
from sizao_web.settings.testing import scratch

Sizao = Callable[..., tuple[int, str]]


@pytest.fixture
def sizao(
    worker_id: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Sizao]:
    """The command on installations of its own, each in a folder that the first word names."""
    home = scratch(f"backup-{worker_id}")

    def typed(data: str, *words: str) -> tuple[int, str]:
        (home / data).mkdir(mode=0o711, exist_ok=True)
        monkeypatch.setenv("SIZAO_MODE", "test")
        monkeypatch.setenv("SIZAO_DATA", str(home / data))
        code = run([word.replace("HOME", str(home)) for word in words], {})
        said = capsys.readouterr()
        return code, said.out + said.err

    yield typed
    for data in home.iterdir():
        if (data / "postgresql").exists():
            embedded.stop(data / "postgresql")
    shutil.rmtree(home)


@pytest.fixture
def home(worker_id: str) -> Path:
    return scratch(f"backup-{worker_id}")
