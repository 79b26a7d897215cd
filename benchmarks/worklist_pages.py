"""How long a worklist page takes with a million people in the database.

    python -m benchmarks.worklist_pages

A PostgreSQL and a server of their own, started from an empty folder; readers on the loopback who are signed
in, each asking the next page as soon as the last has come. Every answer is checked: its status, and that it
states a total. SIZAO_PEOPLE (1000000), SIZAO_LIVE (300000, of which two thirds are overdue or open),
SIZAO_OVER (1000000), SIZAO_READERS (8), SIZAO_REQUESTS (40 for each reader and case), SIZAO_BENCH (folder to
keep the database in). The goal: p95 at most 300 ms for a street reader as for a city reader.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path
from statistics import quantiles

PEOPLE = int(os.environ.get("SIZAO_PEOPLE", "1000000"))
LIVE = int(os.environ.get("SIZAO_LIVE", "300000"))
OVER = int(os.environ.get("SIZAO_OVER", "1000000"))
READERS = int(os.environ.get("SIZAO_READERS", "8"))
REQUESTS = int(os.environ.get("SIZAO_REQUESTS", "40"))
KEPT = Path(os.environ.get("SIZAO_BENCH", Path(tempfile.gettempdir()) / "sizao-bench")) / "pages"
GOAL_MS = 300.0
LISTS = "/lists/obligations/"
CASES = (
    ("first page", f"{LISTS}to-do/"),
    ("second page", f"{LISTS}to-do/?page=2"),
    ("overdue", f"{LISTS}overdue/"),
    ("one verb", f"{LISTS}to-do/?verb=test"),
    ("last page", f"{LISTS}to-do/?page=99999"),
    ("upcoming", f"{LISTS}upcoming/"),
)
ROLES = {"street": "street", "city": "command"}


@dataclass(frozen=True)
class Asked:
    """One reader's waits for one case, in milliseconds."""

    case: str
    waits: tuple[float, ...]
    total: int


def main() -> None:
    """Make the database when it is not there, serve it, measure, print."""
    folder = KEPT / f"{PEOPLE}-{LIVE}-{OVER}"
    os.environ.update(SIZAO_MODE="demo", SIZAO_DATA=str(folder), SIZAO_ROLE="owner")
    os.environ["DJANGO_SETTINGS_MODULE"] = "sizao_web.settings.django"
    from sizao_web.settings.configuration import configuration
    from sizao_web.settings.embedded import start, stop

    found = configuration(os.environ)
    try:
        start(found.cluster)
        cookies = _prepared(folder)
        with _server(folder) as port:
            _measure(port, cookies, folder)
    finally:
        stop(found.cluster)


def _prepared(folder: Path) -> dict[str, list[str]]:
    """The filled database; answers reader -> cookies of signed-in sessions."""
    import django

    django.setup()
    from benchmarks.invented_ledger import CITY, STREET, fill
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    mark = folder / "filled"
    if not mark.exists():
        began = time.perf_counter()
        fill(PEOPLE, LIVE, OVER)
        mark.touch()
        print(f"filled in {time.perf_counter() - began:.0f} s")
    return {name: _sessions(role, {"street": STREET, "city": CITY}[name]) for name, role in ROLES.items()}


def _sessions(role: str, area: str) -> list[str]:
    from datetime import UTC, datetime

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from sizao_web.accounts.models import Account, Assignment

    cookies = []
    for number in range(READERS):
        account = Account.objects.filter(username=f"{role}-{number}").first()
        if account is None:
            account = Account.objects.create_user(f"{role}-{number}", None)
            Assignment.objects.create(
                account=account, role=role, area=area, from_at=datetime(2019, 1, 1, tzinfo=UTC)
            )
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(account.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = account.get_session_auth_hash()
        session.create()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    return cookies


@contextmanager
def _server(folder: Path) -> Iterator[int]:
    """`sizao serve` itself on a free port; the jobs do not run."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = shutil.which("sizao") or str(Path(sys.executable).parent / "sizao")
    environment = {**os.environ, "SIZAO_ROLE": "web"}
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [command, "serve", "--no-work", "--port", str(port), "--threads", str(READERS)],
            env=environment, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _wait(port)
            yield port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit("The server did not answer within a minute; see server.log in the folder.")


def _measure(port: int, cookies: dict[str, list[str]], folder: Path) -> None:
    load = Path("/proc/loadavg").read_text(encoding="ascii").split()[:3]
    print(
        f"{PEOPLE:,} people, {LIVE:,} live obligations and {OVER:,} that are over; {READERS} readers at once,"
        f" {REQUESTS} requests each; {os.cpu_count()} CPUs, load before {' '.join(load)}\n"
    )
    print(
        f"{'reader':8}{'case':14}{'total':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'per s':>8}"
    )
    missed = []
    for reader, keys in cookies.items():
        for case, address in CASES:
            _together(port, keys, case, address, 3)
            cpu, began = _cpu(folder), time.perf_counter()
            asked = _together(port, keys, case, address, REQUESTS)
            wall, cpu = time.perf_counter() - began, _cpu(folder) - cpu
            waits = sorted(wait for one in asked for wait in one.waits)
            cuts = quantiles(waits, n=100, method="inclusive")
            print(
                f"{reader:8}{case:14}{asked[0].total:9,}{cuts[49]:9.0f}{cuts[94]:9.0f}{cuts[98]:9.0f}"
                f"{cpu / len(waits) * 1000:9.1f}{len(waits) / wall:8.1f}",
                flush=True,
            )
            if cuts[94] > GOAL_MS:
                missed.append(f"{reader} {case}")
    print(f"\nload after {' '.join(Path('/proc/loadavg').read_text(encoding='ascii').split()[:3])}")
    print(f"p95 at most {GOAL_MS:.0f} ms: {'missed by ' + ', '.join(missed) if missed else 'met everywhere'}")


def _together(port: int, cookies: list[str], case: str, address: str, requests: int) -> list[Asked]:
    with ThreadPoolExecutor(len(cookies)) as readers:
        return list(readers.map(lambda cookie: _reader(port, cookie, case, address, requests), cookies))


def _reader(port: int, cookie: str, case: str, address: str, requests: int) -> Asked:
    connection, waits, total = HTTPConnection("127.0.0.1", port, timeout=60), [], 0
    for _ in range(requests):
        began = time.perf_counter()
        connection.request("GET", address, headers={"Cookie": cookie})
        answer = connection.getresponse()
        page = answer.read().decode()
        waits.append((time.perf_counter() - began) * 1000)
        found = re.search(r'class="list-total"[^>]* data-total="(\d+)"', page)
        if answer.status != 200 or found is None:
            sys.exit(f"{address} answered {answer.status} without a total.")
        total = int(found[1])
    connection.close()
    return Asked(case, tuple(waits), total)


def _cpu(folder: Path) -> float:
    """Seconds of processor time so far of the server's and the database's processes, ended ones included."""
    parents, ticks = {}, {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            stat = (process / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        parents[int(process.name)] = int(stat[1])
        ticks[int(process.name)] = sum(map(int, stat[11:15]))
    postmaster = int((folder / "postgresql" / "postmaster.pid").read_text(encoding="ascii").split("\n")[0])
    wanted = {postmaster, os.getpid()}
    for _ in range(4):
        wanted |= {process for process, parent in parents.items() if parent in wanted}
    return sum(ticks[process] for process in wanted - {os.getpid()}) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
