"""The evidence of one run of all faults, as a page."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from faults.installation import ROOT

if TYPE_CHECKING:
    from faults.running import Ran

EVIDENCE = ROOT / "docs" / "reference" / "evidence"
TEXT = Path(__file__).with_name("evidence.txt")


def write(page: Path, ran: Sequence[Ran], *, size: str, seed: int, seconds: float, load: float) -> None:
    """Write the page. size, seed and seconds of the run; load: of the machine when it began."""
    words = {one.verdict for one in ran}
    said = "All passed." if words == {"passed"} else f"Not passed: {', '.join(sorted(_bad(ran)))}."
    text = TEXT.read_text(encoding="utf-8").format(
        faults=len(ran),
        points=sum(one.found.points for one in ran),
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        commit=commit(),
        seed=seed,
        size=size,
        minutes=seconds / 60,
        machine=machine(),
        postgresql=postgresql(),
        load=load,
        load_after=os.getloadavg()[0],
        verdicts=said,
        rows="\n".join(_row(one) for one in ran),
        told="\n".join(_told(one) for one in ran),
    )
    page.write_text(text, encoding="utf-8")


def _bad(ran: Sequence[Ran]) -> list[str]:
    return [f"{one.fault.name} ({one.verdict})" for one in ran if one.verdict != "passed"]


def _row(one: Ran) -> str:
    found = one.found
    back = f"{median(found.back):.1f} / {max(found.back):.1f}" if found.back else "—"
    cells = [
        f"[{one.fault.name}](#{one.fault.name})",
        f"{found.points:,}",
        f"{found.acknowledged:,}",
        str(found.lost),
        str(found.double),
        str(found.wrong),
        back,
        f"{one.planted.broken:,} of {max(one.planted.acknowledged, one.planted.broken):,}",
        f"{one.whole:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def _told(one: Ran) -> str:
    lines = [f"## {one.fault.name}", "", f"{_sentence(one.fault.does)} Besides: {one.fault.expects}.", ""]
    lines += [f"* {said}" for said in one.found.said]
    lines += [f"* planted bug: {one.fault.bug}; {one.planted.broken} broken promises found"]
    if one.problem:
        lines += [f"* it failed: {one.problem.splitlines()[-1]}"]
    return "\n".join([*lines, ""])


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def machine() -> str:
    """Cores, memory and Python."""
    words = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in words if line.startswith("model name")), "?")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, Python {platform.python_version()}"


def postgresql() -> str:
    """The version of the PostgreSQL that comes with us."""
    from sizao_web.settings.postgresql import shipped

    said = subprocess.run(
        [shipped() / "bin" / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    return said.stdout.split()[-1] if said.stdout else "?"


def commit() -> str:
    """The commit, and whether the files are as it has them."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, check=False
        ).stdout.strip()

    changed = " with changes that are not committed" if git("status", "--porcelain") else ""
    return f"{git('rev-parse', '--short', 'HEAD')}{changed}"
