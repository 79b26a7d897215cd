"""What a fault is, what one needs to happen in, and what came of it.

A fault is done to real processes or to real tables, judged by diaries and tables alone, and done once more to
a build with one planted bug. Where the same judgement does not find the bug, the run proves nothing.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from faults.installation import Installation
from sizao_web.settings import embedded

Point = TypeVar("Point")
SIZES = ("short", "full", "long")
"""What every day runs, what `make faults` runs in a quarter of an hour, what takes as long as it takes."""


@dataclass
class Outcome:
    """What a fault did and what was left of what had been promised.

    points: how often the fault was done. acknowledged: what clients were told is kept. lost, double, wrong:
    what broke the promise; wrong counts also what is there though it was refused, half of what belongs
    together, and derived rows that the facts do not give. back: seconds until work went on, for each time it
    was measured. said: what else a reader should know.
    """

    points: int = 0
    acknowledged: int = 0
    lost: int = 0
    double: int = 0
    wrong: int = 0
    back: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def broken(self) -> int:
        """How often a promise was broken."""
        return self.lost + self.double + self.wrong

    def add(self, other: Outcome) -> None:
        """Count another outcome to this one."""
        for name in ("points", "acknowledged", "lost", "double", "wrong"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.back += other.back
        self.said += other.said

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass
class Stage:
    """Where a fault happens. size: how often, from the registry; seed: makes the run again; template: an
    installation at rest, of which each fault takes copies."""

    name: str
    size: int
    seed: int
    template: Path
    folder: Path

    def chance(self, *of: object) -> random.Random:
        """The lot of this fault; the same words give the same lot."""
        return random.Random("/".join(map(str, (self.seed, self.name, *of))))

    def say(self, text: str) -> None:
        """Tell who watches how far it is."""
        print(f"{self.name}: {text}", file=sys.stderr, flush=True)

    @contextmanager
    def installation(self, name: str = "kept", bug: str | None = None) -> Iterator[Installation]:
        """A copy of the template, of its own; bug: the build that its processes are."""
        data, witness = self.folder / name, self.folder / f"{name}-witness"
        shutil.rmtree(witness, ignore_errors=True)  # what it saw of another copy would be another history
        if data.exists():
            embedded.stop(data / "postgresql")
            shutil.rmtree(data)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        copied(self.template, data)
        people = json.loads((data / "people.json").read_text(encoding="utf-8"))
        module = f"faults.bugs {bug}" if bug else "sizao_web.command"
        one = Installation(data, module=module, people=people)
        try:
            yield one
        finally:
            one.stop()
            embedded.stop(one.cluster)
        shutil.rmtree(witness, ignore_errors=True)
        shutil.rmtree(data)  # where something failed the folder stays, to be looked at

    def as_fits(self, points: Sequence[Point], seconds: float) -> Iterator[Point]:
        """These points, as many as begin within so many seconds; how many were done is counted by who does
        them."""
        until = time.monotonic() + seconds
        for point in points:
            if time.monotonic() > until:
                self.say(f"{seconds:.0f} s are over, the rest of {len(points)} is left")
                return
            yield point

    def journals(self, name: str) -> Path:
        """An empty folder for the diaries of clients, outside of what is broken."""
        folder = self.folder / f"{name}-journals"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder


@dataclass(frozen=True)
class Fault:
    """One fault. does: what is done, in a sentence; expects: what must hold besides nothing lost, double or
    wrong; bug: the planted bug in a sentence. run does it to the product, planted to the build with the bug;
    the second must find something. sizes: how often for each size; a size that is missing is not run."""

    name: str
    does: str
    expects: str
    bug: str
    run: Callable[[Stage], Outcome]
    planted: Callable[[Stage], Outcome]
    sizes: Mapping[str, int]
    threats: tuple[str, ...] = ()


def copied(template: Path, data: Path) -> None:
    """A copy of an installation at rest, with its owners; programs are shared, nobody writes them."""
    shutil.copytree(
        template, data, copy_function=_copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*-programs")
    )
    for source in (template, *template.rglob("*")):
        if "-programs" not in str(source):
            _own(source, data / source.relative_to(template))
    for programs in template.glob("*-programs"):
        (data / programs.name).symlink_to(programs)


def _copy(source: str, target: str) -> str:
    return str(shutil.copy2(source, target))


def _own(source: Path, target: Path) -> None:
    found = source.lstat()
    if (found.st_uid, found.st_gid) != (target.lstat().st_uid, target.lstat().st_gid):
        shutil.chown(target, found.st_uid, found.st_gid)


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Note how many seconds it took."""
    began = time.monotonic()
    yield
    into.append(time.monotonic() - began)
