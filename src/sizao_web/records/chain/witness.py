"""The second place of the roots: a file that somebody else keeps, only ever added to.

One JSON object a line: a root with its signature, or the statement that a backup was restored and which
roots it knew. Each line is on the disk before the next step is taken.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sizao_web.records.chain.hashing import Signed

FILE = "roots.jsonl"


@dataclass(frozen=True)
class Restored:
    """A backup was put back: what the witness had seen after its last root is not in the database any more.

    kept: number of the last root in the backup; 0: none. signature: over the others.
    """

    kept: int
    at: str
    why: str
    signature: str = ""

    @property
    def body(self) -> str:
        """What is signed."""
        return json.dumps([self.kept, self.at, self.why])


Line = Signed | Restored


class Damaged(Exception):
    """The witness holds something that is neither a root nor the statement of a restoration."""


class Elsewhere(Exception):
    """The witness has seen another history than the one that would be added."""


def file_of(place: Path) -> Path:
    """The file of a witness: the place itself, or roots.jsonl in it."""
    return place if place.suffix == ".jsonl" else place / FILE


def read(place: Path) -> list[Line]:
    """Every line, in order; nothing where there is no file yet. Damaged, OSError."""
    file = file_of(place)
    if not file.exists():
        return []
    return list(_lines(file.read_bytes()))


def seen(lines: Iterable[Line]) -> list[Signed]:
    """The roots that stand: what came after a restored backup's last one was lost with the old copy."""
    standing: list[Signed] = []
    for line in lines:
        if isinstance(line, Signed):
            standing.append(line)
        else:
            standing = [one for one in standing if one.root.number <= line.kept]
    return standing


def append(place: Path, from_number: Callable[[int], list[Signed]]) -> int:
    """Add the roots that the witness has not seen yet; how many.

    from_number: the roots of the database from that number on. Elsewhere when the last one that the witness
    has seen is another one there, or none: then nothing is added, and what it knows stays to be found.
    """
    with _open(place) as (there, kept):
        standing = seen(_lines(there))
        last = standing[-1] if standing else None
        roots = from_number(last.root.number if last else 1)
        if last is not None and (not roots or roots[0] != last):
            raise Elsewhere(f"The witness has seen another root {last.root.number} than this database has.")
        new = roots[1:] if last else roots
        _write(kept, there, new)
    return len(new)


def note_restored(place: Path, statement: Restored) -> None:
    """Say that a backup was put back."""
    with _open(place) as (there, kept):
        _write(kept, there, [statement])


@contextmanager
def _open(place: Path) -> Iterator[tuple[bytes, int]]:
    """The bytes of the file, and the file to add to; nobody else adds meanwhile."""
    file = file_of(place)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = not file.exists()
    # Never opened to be written over: a folder that only lets files grow (chattr +a) is enough.
    kept = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    if new:
        _keep_name(file.parent)
    try:
        fcntl.flock(kept, fcntl.LOCK_EX)
        yield file.read_bytes(), kept
    finally:
        os.close(kept)


def _keep_name(folder: Path) -> None:
    """That the file is there at all must be on the disk too."""
    kept = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(kept)
    finally:
        os.close(kept)


def _write(kept: int, there: bytes, lines: Iterable[Line]) -> None:
    text = "".join(f"{json.dumps(_plain(one))}\n" for one in lines)
    if not text:
        return
    if there and not there.endswith(b"\n"):  # a line that a power cut left half written
        text = "\n" + text
    left = text.encode()
    while left:
        left = left[os.write(kept, left) :]
    os.fsync(kept)


def _plain(line: Line) -> dict[str, object]:
    return {"kind": "root" if isinstance(line, Signed) else "restored", **asdict(line)}


def _lines(text: bytes) -> Iterator[Line]:
    rows = text.split(b"\n")
    for number, row in enumerate(rows, start=1):
        if not row:
            continue
        try:
            said = json.loads(row)
            kind = said.pop("kind")
            line: Line = Signed(**said) if kind == "root" else Restored(**said)
            if isinstance(line, Signed):
                _ = line.root
        except (ValueError, KeyError, TypeError, AttributeError) as cause:
            if number == len(rows) or rows[number].startswith(row):
                continue  # half a line that a power cut left; the next one says it whole
            raise Damaged(f"Line {number} of the witness is neither a root nor a restoration.") from cause
        yield line
