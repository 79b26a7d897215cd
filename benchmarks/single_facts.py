"""64 clients that each send one fact after the other, acknowledged after its commit, beside pgbench doing
the same insert: `python -m benchmarks.single_facts`.

An empty installation in a folder of its own (SIZAO_BENCH, default the folder for temporary files) is served
as `sizao serve` does it, without its worker; a partner sends results of a laboratory with its key over
connections that stay open. Then pgbench, as it comes with the embedded PostgreSQL, runs the INSERT of such a
row, with its columns and its indexes, in a transaction of its own, with as many clients on the same database.
They take turns: SIZAO_REPEATS (default 5) times SIZAO_SECONDS (default 10) each, after one to warm up.

Ours does per fact what the other does not: it reads HTTP and JSON, looks up the key and its scope, checks the
row by the dictionary, asks the row policies, and writes beside the fact its audit row, its receipt and the
job of the ledger. CPU is of server and database together; that of the clients is left out on both sides.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import platform
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

CLIENTS = int(os.environ.get("SIZAO_CLIENTS", "64"))
SECONDS = float(os.environ.get("SIZAO_SECONDS", "10"))
REPEATS = int(os.environ.get("SIZAO_REPEATS", "5"))
SENDERS = 2  # processes that the clients share; one is held up by itself before the server is
KEPT = Path(os.environ.get("SIZAO_BENCH", Path(tempfile.gettempdir()) / "sizao-bench")) / "single-facts"
DATA = KEPT / "data"
TICK = os.sysconf("SC_CLK_TCK")
INSERT = """
INSERT INTO fact_results (fact_id, key_hi, key_lo, source_system, source_record, source_version, action,
  reason, happened_at, known_at, recorded_at, recorded_by, area, history, derived, body,
  sample, result, resulted_at, laboratory)
VALUES (gen_random_uuid(), (random() * 9e18)::bigint, (random() * 9e18)::bigint, 'pgbench',
  gen_random_uuid()::text, 1, 'record', NULL, now(), now(), now(), 'pgbench', 'drill/harbour', false, false,
  sha256(random()::text::bytea), gen_random_uuid()::text, 'negative', now(), 'lab-1');
"""


@dataclass(frozen=True)
class Turn:
    """One turn: facts in a second, milliseconds of CPU for each, milliseconds of the 99th percentile."""

    per_second: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float


def main() -> None:
    """Make the installation, take turns, print medians and ratios."""
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(parents=True, mode=0o711)
    os.environ.update(
        SIZAO_MODE="demo", SIZAO_DATA=str(DATA), DJANGO_SETTINGS_MODULE="sizao_web.settings.django"
    )
    before = os.getloadavg()[0]
    with _database() as (address, cluster):
        _command("migrate")
        _command("partner", "add", "lab-1", "--role", "laboratory", "--area", "drill/harbour",
                 "--organisation", "lab-1", "--per-minute", "1000000", "--per-day", "100000000")  # fmt: skip
        key = _command("partner", "key", "lab-1", "--fact", "results").strip().splitlines()[-1]
        with _served() as (port, server):
            _ours(port, key, server, cluster)
            _theirs(address, cluster)
            ours, theirs = [], []
            for _ in range(REPEATS):
                ours.append(_ours(port, key, server, cluster))
                theirs.append(_theirs(address, cluster))
    _report(ours, theirs, before)


def _report(ours: list[Turn], theirs: list[Turn], before: float) -> None:
    cores = len(os.sched_getaffinity(0))
    print(
        f"{CLIENTS} clients, {REPEATS} turns of {SECONDS:g} s, medians; {cores} cores, Python "
        f"{platform.python_version()}, load {before:.1f} before and {os.getloadavg()[0]:.1f} after"
    )
    print(f"{'':24}{'facts/s':>10}{'CPU ms':>9}{'p50 ms':>9}{'p99 ms':>9}")
    for name, turns in (("single facts, receipted", ours), ("pgbench, same insert", theirs)):
        print(
            f"{name:24}{_median(turns, 'per_second'):10.0f}{_median(turns, 'cpu_ms'):9.2f}"
            f"{_median(turns, 'p50_ms'):9.1f}{_median(turns, 'p99_ms'):9.1f}"
        )
    print(
        f"ratio of facts/s {_median(ours, 'per_second') / _median(theirs, 'per_second'):.3f}, "
        f"of CPU {_median(ours, 'cpu_ms') / _median(theirs, 'cpu_ms'):.1f}"
    )


def _median(turns: list[Turn], what: str) -> float:
    return statistics.median(getattr(one, what) for one in turns)


def _ours(port: int, key: str, server: int, cluster: Path) -> Turn:
    """One turn of ours: the clients in processes of their own, CPU of server and database."""
    began, cpu = time.perf_counter(), _cpu(server) + _cpu(_postmaster(cluster))
    with multiprocessing.Pool(SENDERS) as pool:
        shares = pool.starmap(_send, [(port, key, CLIENTS // SENDERS)] * SENDERS)
    took = time.perf_counter() - began
    latencies = sorted(one for share in shares for one in share)
    used = _cpu(server) + _cpu(_postmaster(cluster)) - cpu
    return _turn(latencies, min(took, SECONDS), used)


def _send(port: int, key: str, clients: int) -> list[float]:
    """Some clients, each with one connection; seconds of every acknowledged fact."""
    found: list[float] = []
    threads = [threading.Thread(target=_client, args=(port, key, found)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _client(port: int, key: str, found: list[float]) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    until = time.perf_counter() + SECONDS
    while (began := time.perf_counter()) < until:
        name = secrets.token_hex(12)
        fact = {
            "source_record": name,
            "sample": f"tube-{name}",
            "result": "negative",
            "resulted_at": "2020-06-20T08:00:00+08:00",
            "laboratory": "lab-1",
        }
        connection.request("POST", "/api/v1/facts/results", json.dumps(fact), headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 201:
            sys.exit(f"{answer.status}: {body[:200]!r}: nothing here may be compared.")
        found.append(time.perf_counter() - began)
    connection.close()


def _theirs(address: str, cluster: Path) -> Turn:
    """One turn of pgbench, with the moment of every transaction in its logs."""
    from sizao_web.settings.postgresql import programs

    folder = Path(tempfile.mkdtemp(dir=KEPT))
    script = folder / "insert.sql"
    script.write_text(INSERT, encoding="utf-8")
    cpu = _cpu(_postmaster(cluster))
    words = ["-n", "-M", "prepared", "-c", str(CLIENTS), "-j", str(SENDERS), "-T", str(int(SECONDS)), "-l"]
    subprocess.run(
        [
            programs(cluster) / "pgbench",
            *words,
            "-f",
            script,
            "-h",
            str(_sockets(cluster)),
            "-U",
            "postgres",
            "sizao",
        ],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    used = _cpu(_postmaster(cluster)) - cpu
    lines = [
        line for log in folder.glob("pgbench_log.*") for line in log.read_text(encoding="ascii").splitlines()
    ]
    shutil.rmtree(folder)
    return _turn(sorted(int(line.split()[2]) / 1e6 for line in lines), SECONDS, used)


def _turn(latencies: list[float], seconds: float, cpu: float) -> Turn:
    number = len(latencies)
    return Turn(
        number / seconds,
        cpu / number * 1000,
        latencies[number // 2] * 1000,
        latencies[min(number - 1, int(number * 0.99))] * 1000,
    )


def _cpu(pid: int) -> float:
    """Seconds of CPU of a process and of all below it, of those that ended too."""
    found, below = 0.0, {pid}
    listed = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                words = (process / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            listed[int(process.name)] = (int(words[1]), sum(int(word) for word in words[11:15]) / TICK)
    changed = True
    while changed:
        more = {one for one, (above, _) in listed.items() if above in below} - below
        below |= more
        changed = bool(more)
    for one in below:
        found += listed.get(one, (0, 0.0))[1]
    return found


def _postmaster(cluster: Path) -> int:
    from sizao_web.settings.postgresql import postmaster

    found = postmaster(cluster)
    assert found is not None
    return found


def _sockets(cluster: Path) -> Path:
    from sizao_web.settings.database import socket_folder

    return socket_folder(cluster)


@contextmanager
def _database() -> Iterator[tuple[str, Path]]:
    from sizao_web.settings import embedded

    cluster = DATA / "postgresql"
    embedded.start(cluster, {"max_connections": str(CLIENTS + 60)})  # pgbench holds one for each client
    with embedded.using(cluster):
        yield str(cluster), cluster


def _command(*words: str) -> str:
    role = "owner" if words[0] == "migrate" else "web"
    done = subprocess.run(
        [sys.executable, "-m", "sizao_web.command", *words],
        env={**os.environ, "SIZAO_ROLE": role},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


@contextmanager
def _served() -> Iterator[tuple[int, int]]:
    """`sizao serve --no-work` on a free port; the port and the number of its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (KEPT / "serve.log").open("ab") as log:
        served: subprocess.Popen[Any] = subprocess.Popen(
            [sys.executable, "-m", "sizao_web.command", "serve", "--no-work", "--port", str(port)],
            stdout=log,
            stderr=log,
        )
    try:
        for _ in range(600):
            try:
                with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2):
                    break
            except OSError:
                time.sleep(0.2)
        yield port, served.pid
    finally:
        served.terminate()
        served.wait(60)


if __name__ == "__main__":
    main()
