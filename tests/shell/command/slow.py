"""`sizao` with one more address, /slow, which is answered when a file says so: to stop the server meanwhile.

python -m shell.command.slow serve …
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from altered import Application, sizao

IN_HAND, GO_ON = "slow-in-hand", "slow-go-on"
"""Files in the data folder: the request is in hand; it may be answered."""


def slow(application: Application) -> Application:
    """The application with the slow address."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/slow":
            return application(environ, start_response)
        data = Path(os.environ["SIZAO_DATA"])
        (data / IN_HAND).touch()
        while not (data / GO_ON).exists():
            time.sleep(0.02)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]

    return answer


if __name__ == "__main__":
    sizao("shell.command.slow", slow)
