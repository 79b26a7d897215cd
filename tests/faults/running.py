"""`make faults`: every fault, each beside its planted bug, two at a time; a page that says what came of it.

python -m faults.running [--size full] [--seed 20201110] [--only NAME …] [--page FILE] [--at-once 2] [--list]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from faults.faults import FAULTS
from faults.installation import ROOT, Installation
from faults.registry import SIZES, Fault, Outcome
from sizao_web.settings import embedded
from sizao_web.settings.testing import scratch

SEED = 20201110
LONGEST = 3600.0 * 8


@dataclass(frozen=True)
class Ran:
    """What one fault came to. problem: why it came to nothing, in the words of what failed."""

    fault: Fault
    size: int
    found: Outcome
    planted: Outcome
    seconds: float
    whole: float
    problem: str = ""

    @property
    def verdict(self) -> str:
        """passed; broken (a promise was); void (the planted bug was not found, so nothing is proved)."""
        if self.problem or self.found.broken or not self.found.points:
            return "broken"
        return "passed" if self.planted.broken else "void"


def main(arguments: Sequence[str]) -> None:
    """Exit code 1 when a promise was broken or a run is void."""
    words = _asked(arguments)
    if words.list:
        for one in FAULTS:
            print(f"{one.name:28} {one.sizes.get(words.size, '—'):>6}  {one.does}")
        return
    began, load = time.monotonic(), os.getloadavg()[0]
    chosen = [
        one
        for one in FAULTS
        if (words.size in one.sizes or words.size.isdecimal()) and (not words.only or one.name in words.only)
    ]
    if unknown := set(words.only) - {one.name for one in FAULTS}:
        sys.exit(f"No such fault: {', '.join(sorted(unknown))}. `--list` lists them.")
    _say(f"{len(chosen)} faults, size {words.size}, seed {words.seed}, load {load:.1f}")
    ran = run_all(chosen, size=words.size, seed=words.seed, at_once=words.at_once)
    seconds = time.monotonic() - began
    for one in ran:
        _say(line(one))
    if words.page:
        from faults.page import write

        write(words.page, ran, size=words.size, seed=words.seed, seconds=seconds, load=load)
        _say(f"written: {words.page}")
    bad = [one for one in ran if one.verdict != "passed"]
    for one in bad:
        _say(f"{one.verdict.upper()}: {one.fault.name}. {one.problem or '; '.join(one.found.said)}")
        _say(
            f"again: python -m faults.running --size {words.size} --seed {words.seed} --only {one.fault.name}"
        )
    _say(f"{len(ran) - len(bad)} of {len(ran)} passed in {seconds / 60:.1f} min")
    sys.exit(1 if bad else 0)


def run_all(chosen: Sequence[Fault], *, size: str, seed: int, at_once: int) -> list[Ran]:
    """Run these faults, so many at a time, the longest first as the registry has them."""
    folder = scratch("faults")
    template = folder / "template"
    if not os.environ.get("FAULTS_KEEP_TEMPLATE") or not (template / "people.json").exists():
        _make(template)
    gone: list[str] = []

    def one(fault: Fault) -> Ran:
        _say(f"{fault.name} begins")
        ran = run_one(fault, size=size, seed=seed, template=template, folder=folder / fault.name)
        gone.append(fault.name)
        _say(f"{len(gone)} of {len(chosen)}: {line(ran)}")
        return ran

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, chosen))


def run_one(fault: Fault, *, size: str, seed: int, template: Path, folder: Path) -> Ran:
    """One fault in a process of its own."""
    number = int(size) if size.isdecimal() else fault.sizes[size]
    folder.mkdir(parents=True, exist_ok=True, mode=0o711)
    words = [fault.name, str(number), str(seed), str(template), str(folder)]
    began = time.monotonic()
    with (folder / "said.log").open("w", encoding="utf-8") as log:
        done = subprocess.run(
            [sys.executable, "-m", "faults.one", *words],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT / "src")])},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            check=False,
        )
    whole = time.monotonic() - began
    if done.returncode:
        said = (folder / "said.log").read_text(encoding="utf-8")
        why = said[said.rfind("Traceback") :][:4000].strip()
        return Ran(fault, number, Outcome(), Outcome(), whole, whole, why)
    said = json.loads(done.stdout.splitlines()[-1])
    shutil.rmtree(folder)
    found, planted = Outcome(**said["found"]), Outcome(**said["planted"])
    return Ran(fault, number, found, planted, said["seconds"], whole)


def line(one: Ran) -> str:
    """What came of a fault, in one line."""
    found = one.found
    back = f", back after {max(found.back):.1f} s at most" if found.back else ""
    return (
        f"{one.verdict}: {one.fault.name}, {found.points:,} points, {found.acknowledged:,} acknowledged, "
        f"lost {found.lost}, double {found.double}, wrong {found.wrong}{back}; "
        f"planted bug: {one.planted.broken} found; {one.whole:.0f} s"
    )


def _make(template: Path) -> None:
    """The invented district at rest, made anew: of it every fault takes copies."""
    embedded.stop(template / "postgresql") if template.exists() else None
    shutil.rmtree(template, ignore_errors=True)
    template.mkdir(parents=True, mode=0o711)
    template.parent.chmod(0o711)
    installation = Installation(template)
    installation.make()
    embedded.stop(installation.cluster)
    _say(f"an installation with {len(installation.people)} people is made")


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="python -m faults.running")
    asked.add_argument("--size", default="full", help=f"{', '.join(SIZES)}, or a number for each")
    asked.add_argument("--seed", type=int, default=SEED, help="the same seed does the same faults")
    asked.add_argument("--only", nargs="*", default=[], metavar="NAME", help="these faults only")
    asked.add_argument("--at-once", type=int, default=2, help="faults at the same time")
    asked.add_argument("--page", type=Path, help="where the evidence is written")
    asked.add_argument("--list", action="store_true", help="what there is, and how often")
    return asked.parse_args(arguments)


def _say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
