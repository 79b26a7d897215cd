"""`make faults`: each kind killed so many times, the planted mistake in the same run, a page that says so.

python -m faults.full [--times 100] [--seed 20201110] [--page FILE]
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from faults.clients import HAND
from faults.hasty import DELAY
from faults.installation import ROOT
from faults.storm import BETWEEN, CLIENTS, Report
from faults.weather import KINDS, made, planted, weather

EVIDENCE = ROOT / "docs" / "reference" / "evidence"
PLANTED = 6  # kills of the pages that have the mistake


def main(arguments: list[str]) -> None:
    """Exit code 1 and the reason when a promise was broken, or the planted mistake was not found."""
    asked = argparse.ArgumentParser(prog="python -m faults.full")
    asked.add_argument("--times", type=int, default=100, help="kills of each kind")
    asked.add_argument("--seed", type=int, default=20201110)
    asked.add_argument("--page", type=Path, help="where the evidence is written")
    words = asked.parse_args(arguments)
    page = words.page or EVIDENCE / f"kills-{datetime.now(UTC):%Y-%m-%d}.md"
    began, load = time.monotonic(), os.getloadavg()[0]
    _say(f"{words.times} kills of each of {', '.join(KINDS)}; seed {words.seed}; load {load:.1f}")
    with made("faults-full") as installation:
        journals = installation.data / "journals"
        storming = time.monotonic()
        _say(f"an installation with {len(installation.people)} people is made")

        def told(number: int, what: str) -> None:
            gone = time.monotonic() - storming
            whole = words.times * len(KINDS)
            left = gone / number * (whole - number) / 60
            _say(f"kill {number} of {whole} ({what}), {gone / 60:.1f} min, about {left:.0f} min left")

        found = weather(installation, journals / "kept", times=words.times, seed=words.seed, told=told)
        for line in (*found.report.lines(), str(found.before), str(found.after)):
            _say(line)
        lost = planted(installation, journals / "planted", times=PLANTED, seed=words.seed)
        _say(f"with the planted mistake: {lost}")
        if not lost.lost:
            sys.exit("The planted mistake was not found: this run proves nothing.")
    told = (Path(__file__).with_name("evidence.txt")).read_text(encoding="utf-8")
    page.write_text(
        told.format(
            kills=sum(found.report.kills.values()),
            day=f"{datetime.now(UTC):%Y-%m-%d}",
            commit=_commit(),
            seed=words.seed,
            minutes=(time.monotonic() - began) / 60,
            machine=_machine(),
            load=load,
            load_after=os.getloadavg()[0],
            postgresql=_postgresql(),
            clients=CLIENTS,
            hand=HAND,
            times=words.times,
            between=BETWEEN,
            rows=_rows(found.report),
            before=found.before,
            after=found.after,
            settled=found.settled,
            facts=found.rows,
            obligations=found.obligations,
            delay=DELAY,
            planted=PLANTED,
            lost=lost.lost,
            of=lost.acknowledged,
        ),
        encoding="utf-8",
    )
    _say(f"written: {page}; docs/reference/README.md names such pages")


def _rows(report: Report) -> str:
    return "\n".join(
        f"| {what} | {kills} | {waited} | {middle:.1f} | {longest:.1f} |"
        for what, kills, waited, middle, longest in report.rows()
    )


def _machine() -> str:
    words = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in words if line.startswith("model name")), "?")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, Python {platform.python_version()}"


def _postgresql() -> str:
    from sizao_web.settings.postgresql import shipped

    said = subprocess.run(
        [shipped() / "bin" / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    return said.stdout.split()[-1] if said.stdout else "?"


def _commit() -> str:
    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, check=False
        ).stdout.strip()

    changed = " with changes that are not committed" if git("status", "--porcelain") else ""
    return f"{git('rev-parse', '--short', 'HEAD')}{changed}"


def _say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
