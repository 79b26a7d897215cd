"""What every suite shares: how hard the random tests look, and where the real data is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# Every day the same cases everywhere: a red test is then the change's fault. `make long` looks for new cases.
settings.register_profile("daily", derandomize=True, deadline=None)
settings.register_profile("long", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile("daily")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real data: SIZAO_SHARED, else ../shared. Where it is missing the test fails."""
    folder = Path(os.environ.get("SIZAO_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.fail(f"{folder} is not a folder. Say where the data is: SIZAO_SHARED=FOLDER")
    return folder


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Figures that a reader of the run should see; printed at its end, wherever the test ran."""
    return lambda text: record_property(_SAID, text)


_SAID = "said"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests said, passed or not."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            said = [text for name, text in getattr(report, "user_properties", ()) if name == _SAID]
            if said and report.when == "call":
                terminalreporter.section(report.nodeid)
                for text in said:
                    terminalreporter.write_line(str(text))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The embedded PostgreSQL of the tests, started before their database is made."""
    from django.conf import settings

    from sizao_web.settings.embedded import start

    start(settings.SIZAO.cluster)
