"""`sizao` with one more address, /slow, which takes two seconds: for stopping the server meanwhile.

python -m shell.command.slow serve …
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from altered import Application, sizao

SECONDS = 2.0


def slow(application: Application) -> Application:
    """The application with the slow address."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/slow":
            return application(environ, start_response)
        time.sleep(SECONDS)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]

    return answer


if __name__ == "__main__":
    sizao("shell.command.slow", slow)
