"""An application process that does one piece of work for each connection, in a child that was forked for it.

python -m faults.doer NAME [BUG]        in the environment of an installation

A child tells its own number and that of its session with the database, waits for "go", works, answers, ends:
so that somebody can stand beside either of them before the first step. What it does is what the product does:
a visit of a page through the whole application with its middleware; many records at once; a sheet; a run of
the ledger. The planted bug answers before the commit.
"""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django

Answer = Callable[[str], None]
DUE, OLD = 5, "old-clinic"  # so many records that are due come together, from that source


def main(arguments: list[str]) -> None:
    """Listen until SIGTERM."""
    django.setup()
    from django.db import connections

    from sizao_web.command.processes import end_with_parent

    end_with_parent()

    if os.environ["SIZAO_ROLE"] == "web":
        _collect()
    _warm()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"\0{arguments[0]}")
        listening.listen(16)
        while True:
            talking, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                connections.close_all()
                try:
                    _serve(talking, arguments[1:])
                except BaseException:
                    traceback.print_exc()
                finally:
                    os._exit(0)
            talking.close()


def _warm() -> None:
    """Load what the work needs, so that a child does nothing but the work."""
    import sizao_web.records.actions.deliver
    import sizao_web.records.actions.record_facts
    import sizao_web.records.actions.record_stream
    import sizao_web.records.actions.take_in_sheet
    import sizao_web.records.ledger.runs
    import sizao_web.records.retention.purging
    import sizao_web.records.streams.moving
    import sizao_web.wsgi  # noqa: F401


def _collect() -> None:
    from sizao_web.command.assets import collect

    collect()


def _serve(talking: socket.socket, bugs: list[str]) -> None:
    from django.db import connection

    lines = talking.makefile("r", encoding="utf-8")
    asked = json.loads(lines.readline())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    talking.sendall((json.dumps({"application": os.getpid(), "backend": backend}) + "\n").encode())
    if lines.readline().strip() != "go":
        return

    def answer(said: str) -> None:
        talking.sendall((said + "\n").encode())

    for bug in bugs:
        PLANTED.get(bug, lambda: None)()
    try:
        WORK[asked["work"]](asked, answer, "hasty" in bugs)
    except Exception:
        if "believing" not in bugs:  # the planted bug: what failed is answered as kept
            raise
        answer("acknowledged")


@contextmanager
def _answered(answer: Answer, hasty: bool) -> Iterator[None]:
    """One transaction, and the answer after its commit; the planted bug answers before."""
    from django.db import transaction

    with transaction.atomic():
        yield
        if hasty:
            answer("acknowledged")
    if not hasty:
        answer("acknowledged")


def _page(asked: dict[str, Any], answer: Answer, hasty: bool) -> None:
    """One visit, as the page takes it."""
    from sizao_web.wsgi import application

    (event,) = asked["events"]
    form = {
        "visit": event["key"],
        "at": event["at"],
        "person": event["person"],
        f"answer:{event['person']}": "well",
        f"temperature:{event['person']}": f"{event['temperature']:.1f}",
    }
    if hasty:
        answer("acknowledged")
    status, body = request(application, "/community/record/", form, asked["cookies"])
    if not hasty:
        kept = status == 200 and json.loads(body)["entries"][0]["outcome"] in ("stored", "merged")
        if status >= 500:
            raise RuntimeError(f"The page answered {status}.")
        answer("acknowledged" if kept else f"refused {status}")


def _interface(asked: dict[str, Any], answer: Answer, hasty: bool) -> None:
    """One record of a partner, as the machine interface takes it."""
    from django.conf import settings

    from faults.world import KEY_FILE
    from sizao_web.wsgi import application

    (event,) = asked["events"]
    body = {
        "source_record": event["key"],
        "person": event["person"],
        "checked_at": event["at"],
        "temperature": event["temperature"],
        "symptoms": False,
    }
    key = (settings.SIZAO.data / KEY_FILE).read_text(encoding="ascii")
    if hasty:
        answer("acknowledged")
    status, _ = posted(
        application,
        "/api/v1/facts/health_checks",
        json.dumps(body).encode(),
        {"CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": f"Bearer {key}"},
    )
    if not hasty:
        if status >= 500:
            raise RuntimeError(f"The interface answered {status}.")
        answer("acknowledged" if status in (200, 201) else f"refused {status}")


def request(
    application: Callable[..., Any], path: str, form: dict[str, str] | None, cookies: dict[str, str]
) -> tuple[int, bytes]:
    """What the application answers to a form, asked for JSON; what it sets as cookies is kept."""
    headers = {
        "REQUEST_METHOD": "POST" if form is not None else "GET",
        "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "HTTP_X_CSRFTOKEN": cookies.get("csrftoken", ""),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
    }
    return posted(application, path, urlencode(form or {}).encode(), headers, cookies)


def posted(
    application: Callable[..., Any],
    path: str,
    body: bytes,
    headers: dict[str, str],
    cookies: dict[str, str] | None = None,
) -> tuple[int, bytes]:
    """What the application answers to a body; what it sets as cookies is kept."""
    told: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], *_: object) -> None:
        told["status"] = int(status[:3])
        for name, value in headers:
            if name.lower() == "set-cookie" and cookies is not None:
                cookie, _, rest = value.strip().partition("=")
                cookies[cookie] = rest.partition(";")[0]

    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_ACCEPT": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        **headers,
    }
    found = application(environ, start)
    content = b"".join(found)
    if hasattr(found, "close"):
        found.close()
    return told["status"], content


def _sign_in(asked: dict[str, Any], answer: Answer, hasty: bool) -> None:
    """The cookies of a persona."""
    from sizao_web.wsgi import application

    cookies: dict[str, str] = {}
    request(application, "/demo/personas/", None, cookies)
    request(application, "/demo/personas/", {"username": asked["username"]}, cookies)
    answer(json.dumps(cookies))


def _batch(asked: dict[str, Any], answer: Answer, hasty: bool) -> None:
    """Many records of one office at once: all of them, or none."""
    from sizao_web.accounts.models import Assignment
    from sizao_web.records.access.scope import enter, scope_of
    from sizao_web.records.actions.record_facts import record_facts
    from sizao_web.records.writing import Given
    from sizao_web.settings.clock import now

    with _answered(answer, hasty):
        scope = scope_of(Assignment.objects.get(account__username="community"))
        enter(scope)
        given = [
            Given(
                "health_checks",
                {
                    "person": one["person"],
                    "checked_at": datetime.fromisoformat(one["at"]),
                    "temperature": one["temperature"],
                    "symptoms": False,
                },
                f"{one['key']}/health_checks",
            )
            for one in asked["events"]
        ]
        record_facts(scope, now(), given)


def _sheet(asked: dict[str, Any], answer: Answer, hasty: bool) -> None:
    """A sheet of a hospital, through the library's intake."""
    from sizao.intake.loading import plan
    from sizao_web.demo.building import CITY
    from sizao_web.records.actions.take_in_sheet import take_in_sheets
    from sizao_web.settings.clock import now

    found = plan(Path(asked["file"]), fact="health_checks", source_system="hospital", area="drill/harbour")
    with _answered(answer, hasty):
        (receipt,) = take_in_sheets(CITY, now(), [found])
        if receipt.rows.rejected:
            raise RuntimeError(receipt.text())


def _ledger(asked: dict[str, Any], answer: Answer, hasty: bool) -> None:
    """A run of the ledger over what arrived."""
    from sizao_web.records.ledger import runs
    from sizao_web.settings.clock import now

    runs.touched(now())
    answer("acknowledged")


def _stream(asked: dict[str, Any], answer: Answer, hasty: bool) -> None:
    """What a scanner at a door sends: check-ins, all of them or none."""
    import pyarrow as pa

    from sizao_web.accounts.roles import ROLES
    from sizao_web.records.access.scope import Scope, enter
    from sizao_web.records.actions.record_stream import record_stream
    from sizao_web.settings.clock import bare, now

    duty = ROLES["institution"].purposes[0]
    scope = Scope("scanner", "institution", "drill/harbour", "mall-1", duty)
    events = asked["events"]
    rows = pa.table(
        {
            "person": [one["person"] for one in events],
            "place": ["mall-1"] * len(events),
            "checked_in_at": pa.array(
                [bare(datetime.fromisoformat(one["at"])) for one in events], pa.timestamp("us")
            ),
            "source_record": [one["key"] for one in events],
            "source_system": ["mall-scanner"] * len(events),
        }
    )
    with _answered(answer, hasty):
        enter(scope)
        record_stream(scope, now(), "check_ins", rows)


def _deliver(asked: dict[str, Any], answer: Answer, hasty: bool) -> None:
    """A file of a community is kept, with the number and the checksum that its sender says."""
    from hashlib import sha256

    from sizao_web.accounts.models import Assignment
    from sizao_web.records.access.scope import enter, scope_of
    from sizao_web.records.actions.deliver import receive
    from sizao_web.settings.clock import now

    content = Path(asked["file"]).read_bytes()
    manifest = {"rows": content.count(b"\n") - 1, "sha256": sha256(content).hexdigest()}
    with _answered(answer, hasty):
        scope = scope_of(Assignment.objects.select_related("account").get(account__username="community"))
        enter(scope)
        name = Path(asked["file"]).name
        receive(
            scope,
            now(),
            name=name,
            content=content,
            fact="health_checks",
            source_system="clinic",
            manifest=manifest,
        )


def _take_in(asked: dict[str, Any], answer: Answer, hasty: bool) -> None:
    """Every file that waits is checked and stored."""
    from sizao_web.records.actions import deliver
    from sizao_web.records.models import Delivery
    from sizao_web.settings.clock import now

    waiting = Delivery.objects.filter(state__in=("waiting", "storing")).order_by("received_at")
    for number in [str(one.pk) for one in waiting]:
        deliver.take_in(number, now())
    answer("acknowledged")


def _move(asked: dict[str, Any], answer: Answer, hasty: bool) -> None:
    """What is staged goes to the lake."""
    from sizao_web.records.streams import moving
    from sizao_web.settings.clock import now

    moving.move("check_ins", now())
    answer("acknowledged")


def _due(asked: dict[str, Any], answer: Answer, hasty: bool) -> None:
    """Records whose time has been over for years, of nobody whom our clients know: what is to be purged."""
    from tempfile import TemporaryDirectory

    from sizao.intake.loading import plan
    from sizao_web.demo.building import CITY
    from sizao_web.records.actions.take_in_sheet import take_in_sheets
    from sizao_web.settings.clock import now

    long_ago = now() - timedelta(days=4 * 366)
    name = f"old-{os.urandom(6).hex()}"
    lines = ["person,checked_at,temperature,symptoms,source_record"]
    at = f"{long_ago:%Y-%m-%dT%H:%M:%S}Z"
    lines += [f"{name}-{place},{at},36.5,false,{name}-{place}" for place in range(DUE)]
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        found = plan(file, fact="health_checks", source_system=OLD, area="drill/harbour")
        with _answered(answer, hasty):
            (receipt,) = take_in_sheets(CITY, long_ago, [found])
            if receipt.rows.rejected:
                raise RuntimeError(receipt.text())


def _purge(asked: dict[str, Any], answer: Answer, hasty: bool) -> None:
    """A run of retention, by somebody who looked at the clock."""
    from sizao_web.records.retention import purging
    from sizao_web.records.retention.clock import uptime
    from sizao_web.settings.clock import now, real

    purging.purge(now(), real(), uptime(), clock_is_right=True)
    answer("acknowledged")


def _commit_apart() -> None:
    """The planted bug: what is purged goes in one transaction, and is noted in another."""
    from django.db import connection

    from sizao_web.records.retention import purging

    parts = purging._parts

    def apart(*words: Any) -> None:
        parts(*words)
        connection.connection.commit()

    purging._parts = apart


def _forget_steps() -> None:
    """The planted bug: the lake is not asked whether it has a plan already."""
    from sizao.store.lake import LakeTable

    LakeTable.last_step = lambda table, application: 0  # type: ignore[method-assign]


PLANTED: dict[str, Callable[[], None]] = {
    "forgetting": _forget_steps,
    "apart": _commit_apart,
}
WORK: dict[str, Callable[[dict[str, Any], Answer, bool], None]] = {
    "page": _page,
    "interface": _interface,
    "sign in": _sign_in,
    "batch": _batch,
    "sheet": _sheet,
    "ledger": _ledger,
    "delivery": _deliver,
    "take in": _take_in,
    "stream": _stream,
    "move": _move,
    "due": _due,
    "purge": _purge,
}


if __name__ == "__main__":
    main(sys.argv[1:])
