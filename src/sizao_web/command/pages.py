"""The server of the pages itself."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sizao.cli.screen import Screen, Wrong
from sizao.policy.problems import PackProblems
from sizao_web.command.installation import django_ready
from sizao_web.command.processes import REFUSED, end_with_parent
from sizao_web.settings.configuration import Configuration

LONGEST_REQUEST = 35  # seconds a request may go on after the signal to stop
MOST_PROCESSES = 4  # each keeps its own connections to the database
YOUNG = 20_000  # objects that a page may leave behind before they are looked through; Python's own is 700


def pages(screen: Screen, found: Configuration, host: str, port: int, threads: int) -> None:
    """Answer that many requests at the same time, until SIGTERM: those in hand are finished first.

    Processes, as many as there are processors, are forked from this one, which has loaded everything: when
    one is killed another is there at once. Ends with REFUSED where rows might be lost or shown to the wrong
    people.
    """
    from granian import Granian
    from granian.constants import Interfaces

    from sizao_web.settings.logging import logging_settings

    end_with_parent()
    application = _checked(screen, found)
    processes = min(len(os.sched_getaffinity(0)), MOST_PROCESSES, threads)
    Granian(
        "sizao_web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=-(-threads // processes),
        backpressure=max(8, threads * 8 // processes),
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=LONGEST_REQUEST,
        log_dictconfig=dict(logging_settings()),
        log_access=False,
    ).serve(target_loader=_loader(application), wrap_loader=False)


def _checked(screen: Screen, found: Configuration) -> Callable[..., Any]:
    django_ready()
    from sizao_web.command.assets import collect
    from sizao_web.command.doctor import refuse_unsafe
    from sizao_web.pages.routes import OpenRoute
    from sizao_web.records.access.installing import Unguarded
    from sizao_web.records.reading.pack import pack_in_use

    try:
        refuse_unsafe(screen, found)
        collect()
        from sizao_web.wsgi import application

        with suppress(PackProblems):  # told by the pages, as when somebody spoils a pack while they run
            pack_in_use()  # read before the fork, not once more by each process that answers
        keep_what_is_loaded()
    except (OpenRoute, Unguarded) as cause:
        screen.wrong(str(cause))
        sys.exit(REFUSED)
    except Wrong as cause:
        screen.wrong(cause.words.get(screen.language))
        sys.exit(REFUSED)
    return application


def keep_what_is_loaded() -> None:
    """Never look for rubbish in what is there now, and seldom in what a page makes.

    Else every eighth page waits until 400,000 objects of programs and packs were looked through, which
    nobody ever lets go of; and forked processes share them no more once they were.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


def _loader(application: Callable[..., Any]) -> Callable[[], Callable[..., Any]]:
    keeper = os.getpid()

    def load() -> Callable[..., Any]:
        # Granian's way to finish may hang for ever, with locks in the database: its keeper ends it then, and
        # who has none any more is not asked.
        end_with_parent(keeper, signal.SIGKILL)
        return application

    return load
