"""What is hashed and how: an entry, its link to the one before, a root over all that came so far.

As in RFC 6962 each kind of thing has its own first byte, so that no entry can be passed off as a link.
Canonical JSON: keys in order, no spaces, ASCII, instants in UTC to the microsecond.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

ABOUT, ABOUT_RESTORED = "audit root", "audit restored"
"""What a signature of the chain is given for."""
LEAF, LINK, ROOT = b"\x00", b"\x01", b"\x02"
NOTHING = bytes(32)
"""What stands before the first entry."""

COLUMNS = (
    "id", "happened_at", "account", "role", "area", "organisation", "purpose", "deed", "what", "request",
    "subject",
)  # fmt: skip
"""Of an entry, all that is hashed: everything but the number of the transaction, which is the cluster's
own."""

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def leaf(row: Sequence[Any]) -> bytes:
    """The hash of one entry, its values in the order of COLUMNS."""
    said = dict(zip(COLUMNS, row, strict=True))
    said["happened_at"] = instant(said["happened_at"])
    return sha256(LEAF + _canonical(said).encode()).digest()


def link(previous: bytes, leaf: bytes) -> bytes:
    """The hash of a place: of everything before it and of the entry there."""
    return sha256(LINK + previous + leaf).digest()


def instant(moment: datetime) -> str:
    """UTC to the microsecond, always of one length."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True)
class Root:
    """Everything chained up to one place, in a form that can be signed and kept elsewhere.

    first, last: places that came with it; head: the hash of the last; previous: the hash of the root before;
    highest: the highest number of an entry so far. Numbers below it that have no entry were never committed.
    """

    chain: str
    number: int
    previous: str
    first: int
    last: int
    head: str
    highest: int
    sealed_at: str

    @property
    def body(self) -> str:
        """Canonical JSON."""
        return _canonical(asdict(self))

    @property
    def hash(self) -> str:
        """What the next root names as the previous one."""
        return sha256(ROOT + self.body.encode()).hexdigest()

    @classmethod
    def parse(cls, body: str) -> Root:
        """The root that a body tells of; ValueError for anything else."""
        said = json.loads(body)
        try:
            found = cls(**said)
        except TypeError as cause:
            raise ValueError("This is no root.") from cause
        if found.body != body:
            raise ValueError("This is a root, but not in its canonical form.")
        return found


@dataclass(frozen=True)
class Signed:
    """A root as it is kept: its body and who signed it."""

    body: str
    signature: str

    @property
    def root(self) -> Root:
        """What it says; ValueError when that is no root."""
        return Root.parse(self.body)
