"""The planted mistake: `sizao` whose pages acknowledge a visit before it is committed.

    python -m faults.hasty serve …        as `python -m sizao_web.command serve …`

What the oracle says of it must be "lost": otherwise the oracle proves nothing.
"""

from __future__ import annotations

import io
import json
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from sizao_web.command import pages, running

DELAY = 0.3  # seconds between the answer and the work


def hasty(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The application, but a visit is answered at once and recorded afterwards."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/community/record/":
            return application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        later = {**environ, "wsgi.input": io.BytesIO(body)}
        threading.Thread(target=_recorded, args=(application, later)).start()
        person = parse_qs(body.decode())["person"][0]
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"entries": [{"person": person, "outcome": "stored"}]}).encode()]

    return answer


def _recorded(application: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> None:
    time.sleep(DELAY)
    answer = application(environ, lambda *_: None)
    if hasattr(answer, "close"):
        answer.close()


def main() -> None:
    """`sizao` with the mistake in the process that answers, and in nothing else."""
    from sizao.cli import main as sizao

    loader = pages._loader
    pages._loader = lambda application: loader(hasty(application))
    running.command = lambda *words: [sys.executable, "-m", "faults.hasty", *words]
    sizao()


if __name__ == "__main__":
    main()
