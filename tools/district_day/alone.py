"""What each page costs by itself, in processor time, which tells more than the clock of a busy machine."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tools.browsing.asking import persona
from tools.browsing.site import Site
from tools.district_day.readers import DESKS, LISTS

ROUNDS, EACH = 3, 4


@dataclass(frozen=True)
class Cost:
    """Of one page: milliseconds by the clock (median) and of the processor (the least of the rounds)."""

    page: str
    wall: float
    processor: float


def costs(site: Site) -> list[Cost]:
    """Of the first page, a list and the own desk of each reader, dearest first."""
    found = [_cost(site, *one) for one in _pages()]
    return sorted(found, key=lambda one: -one.processor)


def _pages() -> Iterator[tuple[str, str, str]]:
    for name, own in DESKS.items():
        yield f"start of {name}", name, "/"
        yield f"to do of {name}", name, LISTS["to do"]
        yield from ((f"{which} of {name}", name, path) for which, path in own.items())


def _cost(site: Site, page: str, name: str, path: str) -> Cost:
    asker = persona(site.address, name)
    asker.get(path)
    waits, spent = [], []
    for _ in range(ROUNDS):
        before = _processor(site)
        for _ in range(EACH):
            began = time.perf_counter()
            asker.get(path)
            waits.append((time.perf_counter() - began) * 1000)
        spent.append((_processor(site) - before) * 1000 / EACH)
    asker.close()
    return Cost(page, median(waits), min(spent))


def _processor(site: Site) -> float:
    """Seconds of processor time so far of the processes that answer pages, and of their database."""
    parents, ticks, words = {}, {}, {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            stat = (process / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            words[int(process.name)] = (process / "cmdline").read_bytes()
        except OSError:
            continue  # it has ended meanwhile
        parents[int(process.name)] = int(stat[1])
        ticks[int(process.name)] = sum(map(int, stat[11:15]))
    mark = site.data / "postgresql" / "postmaster.pid"
    wanted = {int(mark.read_text(encoding="ascii").split("\n")[0])}
    port = site.address.rsplit(":", 1)[1].encode()
    wanted |= {one for one, said in words.items() if b"--only-pages" in said and port in said.split(b"\0")}
    for _ in range(4):
        wanted |= {process for process, parent in parents.items() if parent in wanted}
    return sum(ticks.get(process, 0) for process in wanted) / os.sysconf("SC_CLK_TCK")
