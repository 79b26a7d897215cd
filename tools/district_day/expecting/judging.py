"""Points and spans: when they are met, met late, overdue, missed, open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

FOREVER = datetime(9999, 1, 1)
NOTHING = timedelta()


@dataclass(frozen=True)
class Row:
    """One obligation. due and the rest in local time."""

    rule: str
    step: str
    about: str
    due: datetime
    status: str
    opens: datetime
    closes: datetime | None = None
    met: datetime | None = None

    def told(self) -> list[str]:
        """What is compared."""
        return [self.rule, self.step, self.about, self.due.isoformat(), self.status]

    def __lt__(self, other: Row) -> bool:
        return self.told() < other.told()


@dataclass(frozen=True)
class Must:
    """Which step of which rule, about whom, as of when."""

    rule: str
    step: str
    about: str
    moment: datetime

    def point(
        self, opens: datetime, due: datetime, proofs: Iterable[datetime], *, closes: datetime | None = None,
        look_back: timedelta = NOTHING, count: int = 1, gap: timedelta = NOTHING, end: datetime | None = None,
    ) -> Iterator[Row]:  # fmt: skip
        """A point: none or one row. end: when it falls away."""
        if end is not None and opens >= end:
            return
        last = min(closes or FOREVER, end or FOREVER)
        fitting = [one for one in sorted(proofs) if opens - look_back <= one < last and one <= self.moment]
        met = _chain(fitting, count, gap)
        if end is not None and opens < end < due and met is None:
            return
        if end is not None and due <= end:
            closes = min(closes or FOREVER, end)
        yield self._row(self._judged(opens, due, closes, met), opens, due, closes, met)

    def _judged(self, opens: datetime, due: datetime, closes: datetime | None, met: datetime | None) -> str:
        if met is not None:
            return "met" if met < due else "met_late"
        if self.moment < opens:
            return "upcoming"
        if self.moment < due:
            return "open"
        return "missed" if closes is not None and closes <= self.moment else "overdue"

    def _row(
        self, status: str, opens: datetime, due: datetime, closes: datetime | None, met: datetime | None
    ) -> Row:
        return Row(self.rule, self.step, self.about, due, status, opens, closes, met)

    def span(
        self, opens: datetime, due: datetime, closes: datetime,
        held: Iterable[tuple[datetime, datetime | None]], *,
        tolerated: timedelta, end: datetime | None = None,
    ) -> Iterator[Row]:  # fmt: skip
        """A span: none or one row. held: from when until when it was kept."""
        closes = min(closes, end or FOREVER)
        if opens >= closes:
            return
        due = min(due, closes)
        pieces = _merged(held, opens, min(closes, self.moment))
        met = pieces[0][0] if pieces else None
        yield self._row(self._kept(opens, due, closes, pieces, held, tolerated), opens, due, closes, met)

    def _kept(
        self, opens: datetime, due: datetime, closes: datetime, pieces: Sequence[tuple[datetime, datetime]],
        held: Iterable[tuple[datetime, datetime | None]], tolerated: timedelta,
    ) -> str:  # fmt: skip
        if self.moment < opens:
            return "upcoming"
        in_time = bool(pieces) and (pieces[0][0] < due or pieces[0][0] == opens)
        if self.moment < closes:
            if any(begun <= self.moment < (until or FOREVER) for begun, until in held):
                return "met" if in_time else "met_late"
            return "open" if self.moment < due and not pieces else "overdue"
        ends = [*(begun for begun, _ in pieces[1:]), closes]
        gaps = [begun - until for (_, until), begun in zip(pieces, ends, strict=True)] if pieces else []
        if not pieces or any(gap > tolerated for gap in gaps):
            return "missed"
        return "met" if in_time else "met_late"


def _chain(fitting: Sequence[datetime], count: int, gap: timedelta) -> datetime | None:
    """The moment of the last of so many, each so long after the one before."""
    last, found = None, 0
    for one in fitting:
        if last is None or one >= last + gap:
            last, found = one, found + 1
            if found == count:
                return one
    return None


def _merged(
    held: Iterable[tuple[datetime, datetime | None]], opens: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    clipped = sorted((max(begun, opens), min(ended or FOREVER, until)) for begun, ended in held)
    found: list[tuple[datetime, datetime]] = []
    for begun, ended in clipped:
        if begun >= ended:
            continue
        if found and begun <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ended))
        else:
            found.append((begun, ended))
    return found
