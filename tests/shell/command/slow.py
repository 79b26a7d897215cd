"""`sizao` with one more address, /slow, which takes two seconds: for stopping the server meanwhile.

python -m shell.command.slow serve …
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from sizao_web.command import pages, running

SECONDS = 2.0


def slow(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The application with the slow address."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/slow":
            return application(environ, start_response)
        time.sleep(SECONDS)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]

    return answer


def main() -> None:
    """The command, with the address in the process that answers."""
    from sizao.cli import main as sizao

    loader = pages._loader
    pages._loader = lambda application: loader(slow(application))
    running.command = lambda *words: [sys.executable, "-m", "shell.command.slow", *words]
    sizao()


if __name__ == "__main__":
    main()
