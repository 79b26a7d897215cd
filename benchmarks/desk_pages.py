"""What each page of each desk costs in an invented district: statements, processor time, time by the clock.

    python -m benchmarks.desk_pages

The district of `tools.district_day` as it stands at 12:40 of its day, with nothing told since the morning, so
that much is due. Each of its readers asks the first page, everything the way around leads to, the lists, and
the first person and obligation that a list leads to, one after the other, each several times: the least
processor time counts. Pages are made in this process by the application itself, so that the time of Python
and that of the database can be told apart. SIZAO_PEOPLE, SIZAO_QUARANTINED and the other sizes of
`tools.district_day` (100,000 and 3,000 unless stated), SIZAO_REPEATS (5), SIZAO_BENCH (folder to keep the
database in). The goal: no page above 300 ms.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from tools.district_day.district import District
from tools.district_day.installation import Installation
from tools.district_day.readers import DESKS, LINKS, LISTS

KEPT = Path(os.environ.get("SIZAO_BENCH", Path(tempfile.gettempdir()) / "sizao-bench")) / "desks"
REPEATS = int(os.environ.get("SIZAO_REPEATS", "5"))
NOON = 2
"""The phase of the day at which its pages are asked."""
GOAL_MS = 300.0
WAY = re.compile(r'<nav class="way wide-only".*?</nav>', re.DOTALL)
LIMIT = 3600.0


@dataclass(frozen=True)
class Cost:
    """Of one page. python, database: milliseconds of the processor, the least; wall: by the clock, all."""

    reader: str
    page: str
    statements: int
    python: float
    database: float
    wall: tuple[float, ...]

    @property
    def processor(self) -> float:
        """Of both."""
        return self.python + self.database


def main() -> None:
    """Make the district where it is not there, measure, print."""
    district = District.from_environment()
    folder = KEPT / district.tag
    _made(district, folder)
    with _opened(folder, district):
        found = [cost for reader in DESKS for cost in _costs(reader)]
    _tell(district, found)


def _made(district: District, folder: Path) -> None:
    mark = folder / "made"
    if mark.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    site = Installation(folder, "http://127.0.0.1:8999", district=district, ready_within=LIMIT)
    try:
        site.make_district()
        site.serve_at(NOON)
        site.settled(LIMIT)
    finally:
        site.stop()
    mark.write_text(str(site.clock_behind), encoding="ascii")


@contextmanager
def _opened(folder: Path, district: District) -> Iterator[None]:
    """The database runs and this process is a server of pages, its clock at noon of the day."""
    site = Installation(folder, "http://127.0.0.1:8999", district=district)
    site._stand_at(NOON)
    for name in [name for name in os.environ if name.startswith("SIZAO_")]:
        del os.environ[name]
    os.environ |= {
        "SIZAO_MODE": "demo",
        "SIZAO_DATA": str(folder),
        "SIZAO_CLOCK_BEHIND": str(site.clock_behind),
        "DJANGO_SETTINGS_MODULE": "sizao_web.settings.django",
    }
    from sizao_web.command.installation import database_running, django_ready, installation

    with database_running(installation("owner")):
        installation("web")
        django_ready()
        from sizao_web.command.pages import keep_what_is_loaded
        from sizao_web.records.reading.pack import pack_in_use

        pack_in_use()
        keep_what_is_loaded()
        logging.disable(logging.CRITICAL)
        yield


def _costs(reader: str) -> Iterator[Cost]:
    """Of every page of one reader."""
    from django.test import Client

    client = Client()
    client.post("/demo/personas/", {"username": reader})
    for page, address in _pages(reader, client).items():
        yield _cost(client, reader, page, address)


def _pages(reader: str, client: Any) -> dict[str, str]:
    """Name -> address; one that leads elsewhere is followed."""
    found = {"start": "/"}
    way = WAY.search(_text(client, "/"))
    found |= {one: one for one in re.findall(r'href="([^"]+)"', way[0] if way else "")}
    found |= {address: address for address in DESKS[reader].values()}
    text = _text(client, LISTS["to do"])
    if text:
        found |= {f"list, {name}": address for name, address in LISTS.items()}
        links = {what: re.search(pattern, text) for what, pattern in LINKS.items()}
        found |= {f"first {what}": link[1] for what, link in links.items() if link}
    return found


def _text(client: Any, address: str) -> str:
    answer = client.get(address, follow=True)
    return answer.content.decode() if answer.status_code == 200 else ""


def _cost(client: Any, reader: str, page: str, address: str) -> Cost:
    from django.db import connection

    counted = _Counted()
    client.get(address, follow=True)
    statements, python, database, wall = [], [], [], []
    for _ in range(REPEATS):
        counted.many = 0
        with connection.execute_wrapper(counted):
            clock, own, backend = time.perf_counter(), time.thread_time(), _backend(connection)
            answer = client.get(address, follow=True)
            python.append((time.thread_time() - own) * 1000)
            wall.append((time.perf_counter() - clock) * 1000)
            database.append(_backend(connection) - backend)
        statements.append(counted.many)
        if answer.status_code != 200:
            sys.exit(f"{address} answered {reader} with {answer.status_code}.")
    return Cost(reader, page, min(statements), min(python), min(database), tuple(wall))


class _Counted:
    many = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.many += 1
        return execute(sql, params, many, context)


def _backend(connection: Any) -> float:
    """Milliseconds of the processor so far of the process of the database that answers us."""
    connection.ensure_connection()
    process = Path("/proc") / str(connection.connection.info.backend_pid)
    return int((process / "schedstat").read_text(encoding="ascii").split()[0]) / 1e6


def _tell(district: District, found: list[Cost]) -> None:
    load = Path("/proc/loadavg").read_text(encoding="ascii").split()[:3]
    print(
        f"{district.people:,} residents, {district.quarantined:,} in quarantine; each page {REPEATS} times;"
        f" {os.cpu_count()} CPUs, load {' '.join(load)}\n"
    )
    heads = ("statements", "Python", "database", "CPU ms", "wall p50")
    print(f"{'reader':18}{'page':36}" + "".join(f"{one:>11}" for one in heads))
    for one in sorted(found, key=lambda one: -one.processor):
        middle = sorted(one.wall)[len(one.wall) // 2]
        print(
            f"{one.reader:18}{one.page:36}{one.statements:11}{one.python:11.0f}{one.database:11.0f}"
            f"{one.processor:11.0f}{middle:11.0f}"
        )
    walls = [wall for one in found for wall in one.wall]
    cuts, spent = quantiles(walls, n=100, method="inclusive"), [one.processor for one in found]
    costs = quantiles(spent, n=100, method="inclusive")
    print(
        f"\n{len(found)} pages: processor p50 {costs[49]:.0f}, p95 {costs[94]:.0f}, most {max(spent):.0f} ms;"
        f" by the clock p50 {cuts[49]:.0f}, p95 {cuts[94]:.0f} ms"
    )
    over = [f"{one.reader} {one.page}" for one in found if min(one.wall) > GOAL_MS]
    print(f"above {GOAL_MS:.0f} ms each time: {', '.join(over) or 'none'}")


if __name__ == "__main__":
    main()
