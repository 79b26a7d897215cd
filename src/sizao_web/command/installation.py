"""The installation a command works on: its configuration, its database running, Django set up for a role."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any

from sizao.cli.screen import Wrong
from sizao_web.demo.day import FILE, clock_behind
from sizao_web.settings.clock import real
from sizao_web.settings.configuration import Configuration, Misconfigured, configuration


@contextmanager
def said() -> Iterator[None]:
    """What the installation has wrong is wrong input of the command: a sentence and exit code 1."""
    try:
        yield
    except Misconfigured as cause:
        raise Wrong(cause.en, cause.zh) from cause


def installation(role: str) -> Configuration:
    """The configuration, for a process that works under `role`; its children inherit the role.

    A demonstration has the clock of its folder, whichever command asks.
    """
    os.environ["SIZAO_ROLE"] = role
    with said():
        found = replace(configuration(os.environ), role=role)
    if found.mode == "demo" and "SIZAO_CLOCK_BEHIND" not in os.environ:
        # Else a key issued for a demonstration would begin years after the day that its pages show.
        behind = clock_behind(found.data, real(), found.zone) if (found.data / FILE).exists() else 0
        os.environ["SIZAO_CLOCK_BEHIND"] = str(behind)  # of the children too
        found = replace(found, clock_behind=behind)
    return found


@contextmanager
def database_running(found: Configuration) -> Iterator[None]:
    """The embedded PostgreSQL runs meanwhile; one that DATABASE_URL names is somebody else's to start."""
    from sizao_web.settings import embedded

    with said():
        inside: Any = nullcontext() if found.database_url else embedded.using(found.cluster)
        with inside:
            yield


def django_ready() -> None:
    """Set Django up for the role of this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sizao_web.settings.django")
    with said():
        import django

        django.setup()
