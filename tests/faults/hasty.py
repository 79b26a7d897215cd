"""The planted mistake: `sizao` whose pages acknowledge a visit before it is committed.

    python -m faults.hasty serve …        as `python -m sizao_web.command serve …`

What the oracle says of it must be "lost": otherwise the oracle proves nothing.
"""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from altered import Application, sizao

DELAY = 0.3  # seconds between the answer and the work


def hasty(application: Application) -> Application:
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


def _recorded(application: Application, environ: dict[str, Any]) -> None:
    time.sleep(DELAY)
    answer = application(environ, lambda *_: None)
    if hasattr(answer, "close"):
        answer.close()


if __name__ == "__main__":
    sizao("faults.hasty", hasty)
