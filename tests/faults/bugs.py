"""Builds with one planted bug each: `sizao`, altered where the product keeps a promise.

    python -m faults.bugs BUG serve …        as `python -m sizao_web.command serve …`

Nothing of this is in the product, and no switch of the product leads here.
"""

from __future__ import annotations

import io
import json
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import django

from altered import Application, sizao

DELAY = 0.3  # seconds between the answer and the work


def hasty(application: Application) -> Application:
    """A visit is answered at once and recorded afterwards."""

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


def believing(application: Application) -> Application:
    """What fails is answered as kept: who wrote it took an error of the disk for a hiccup."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/community/record/":
            return application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        said: list[str] = []
        found = application(
            {**environ, "wsgi.input": io.BytesIO(body)}, lambda status, *_: said.append(status)
        )
        content = b"".join(found)
        if said[0][:3] >= "500":
            content = json.dumps({"entries": [{"person": "", "outcome": "stored"}]}).encode()
        start_response("200 OK", [("Content-Type", "application/json")])
        return [content]

    return answer


def renaming(application: Application) -> Application:
    """The key of the sender is not kept: each request gets a new one, so that a repeat is another record."""
    from uuid import uuid4

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/community/record/":
            return application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        sent = parse_qs(body)["visit"][0]
        # The first signs stay, so that the oracle sees whose repeat it is.
        new = sent[:23] + str(uuid4())[23:]
        changed = body.replace(sent, new).encode()
        return application(
            {**environ, "wsgi.input": io.BytesIO(changed), "CONTENT_LENGTH": str(len(changed))},
            start_response,
        )

    return answer


def collapsing(application: Application) -> Application:
    """A second record of the same person within a second is taken for the first one sent again."""
    last: dict[str, float] = {}

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/community/record/":
            return application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        person, now = parse_qs(body.decode())["person"][0], time.monotonic()
        if now - last.get(person, 0.0) < 1.0:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps({"entries": [{"person": person, "outcome": "merged"}]}).encode()]
        last[person] = now
        return application({**environ, "wsgi.input": io.BytesIO(body)}, start_response)

    return answer


def remembering(application: Application) -> Application:
    """What was answered to a reading is answered again for two seconds, whatever happened meanwhile."""
    kept: dict[str, tuple[float, str, Any, bytes]] = {}

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith("/api/v1/records/"):
            return application(environ, start_response)
        if path in kept and time.monotonic() - kept[path][0] < 2.0:
            start_response(*kept[path][1:3])
            return [kept[path][3]]
        told: list[Any] = []
        content = b"".join(application(environ, lambda status, headers, *_: told.extend((status, headers))))
        kept[path] = (time.monotonic(), told[0], told[1], content)
        start_response(*told)
        return [content]

    return answer


def unsynced() -> None:
    """A commit is acknowledged before it is on the disk, and nobody looks whether it is so."""
    from sizao_web.command.checks import server
    from sizao_web.settings import embedded

    embedded.SETTINGS = {**embedded.SETTINGS, "synchronous_commit": "off", "wal_writer_delay": "10s"}  # type: ignore[assignment]
    server.AS_GOOD_AS_ON.add("off")


def stubborn() -> None:
    """A job that fails is tried again for ever, and whoever stands behind it waits."""
    from procrastinate import RetryStrategy

    from sizao_web.records.ledger import tasks

    for task in (tasks.touch, tasks.tick):
        task.retry_strategy = RetryStrategy(wait=1)


def careless() -> None:
    """A backup gets its name without a look at what came of it."""
    from contextlib import nullcontext

    from sizao_web.command import backup

    def dumped(found: Any, part: Any) -> Any:
        part.write_bytes(b"PGDMP")
        return backup.Dumped({}, {}, {}, {})

    backup._dumped = dumped
    backup._scratch = lambda found: nullcontext(("", Path()))
    backup._lake_written = lambda lake, folder, dumped: folder.mkdir() or {}
    backup._lake_restored = lambda *words: {}
    backup._same_batches = lambda *words: None
    backup._address = lambda found: ""
    backup.lake_backup.held_still = lambda address: nullcontext()
    backup._restored = lambda *words: None
    backup._same = lambda *words: None
    backup.psycopg = type("Nothing", (), {"connect": staticmethod(lambda address: nullcontext())})
    backup.contents = backup.positions = lambda connection: {}
    backup.audited.verified = lambda *words: None
    backup.audited.keep = backup.audited.say = lambda *words: None


def forgetful() -> None:
    """A backup leaves a table out, and does not compare that one."""
    from sizao_web.command import backup

    run = backup.subprocess.run

    class Altered:
        """Its `run` asks for one table less."""

        Popen, PIPE, DEVNULL = backup.subprocess.Popen, backup.subprocess.PIPE, backup.subprocess.DEVNULL

        @staticmethod
        def run(words: list[Any], **how: Any) -> Any:
            return run([*words[:-1], "--exclude-table-data=fact_health_checks", words[-1]], **how)

    contents = backup.contents

    def counted(connection: Any) -> Any:
        return {name: found for name, found in contents(connection).items() if "health_checks" not in name}

    backup.subprocess = Altered
    backup.contents = counted


def unread() -> None:
    """Of the audit only the signatures of its roots are looked at."""
    from sizao_web.records.chain import verifying

    verifying._places = lambda report, roots, database: None


PAGES: dict[str, Callable[[Application], Application]] = {
    "hasty": hasty,
    "believing": believing,
    "renaming": renaming,
    "collapsing": collapsing,
    "remembering": remembering,
}
"""Bugs of the pages: what stands between the server and the application."""

INSIDE: dict[str, Callable[[], None]] = {
    "unsynced": unsynced,
    "stubborn": stubborn,
    "careless": careless,
    "forgetful": forgetful,
    "unread": unread,
}
"""Bugs inside: what is put in the place of a part, once Django is there."""

EARLY = ("unsynced", "careless", "forgetful")
"""Those that need no Django."""


def plant(name: str) -> None:
    """Put the bug into this process."""
    setup = django.setup

    def altered(**how: Any) -> None:
        setup(**how)
        INSIDE[name]()

    django.setup = altered


def main() -> None:
    """Run the command of sys.argv in the build with that bug."""
    name = sys.argv.pop(1)
    if name in INSIDE:
        if name in EARLY:
            INSIDE[name]()
        else:
            plant(name)
    sizao(f"faults.bugs {name}", PAGES.get(name, lambda application: application))


if __name__ == "__main__":
    main()
