"""Find out whether the audit is what it was: seven kinds of tampering, each told with its place.

Three things vouch for each other. The hash of a place holds the entry and everything before it: who changes,
removes, inserts or moves one entry breaks it there. A signed root holds the hash of its last place and the
root before: who makes hashes anew needs the key. The witness has seen the roots: who has the database *and*
the key still cannot make it forget. Without the witness a history made anew throughout, and an older copy of
the whole, look right; the report says that it cannot know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import psycopg

from sizao.terms.words import Words
from sizao_web.records.chain.hashing import ABOUT, ABOUT_RESTORED, COLUMNS, NOTHING, Root, Signed, leaf, link
from sizao_web.records.chain.witness import Line, Restored, seen
from sizao_web.records.signing import PublicKeys, is_signed

KINDS = ("altered", "deleted", "inserted", "reordered", "truncated", "restored", "rewritten")
LATE = timedelta(hours=1)
MOST = 1000  # places kept in mind to find out what was done; more than these are told as a range
A_READ = 20_000

Database = psycopg.Connection[Any]
Row = tuple[int, int, bytes, Sequence[Any] | None]
"""A place: its number, the number of its entry, its hash, the entry; None where there is no such entry."""


@dataclass(frozen=True)
class Finding:
    """Something that was done to the audit. first, last: places; last is None where it goes on to the end."""

    kind: str
    first: int
    last: int | None
    said: Words


@dataclass
class Report:
    """What was looked at and what was found.

    unused: numbers that no entry has, because what had taken them was never committed. waiting: entries not
    chained yet. witness: how many roots it has seen; None: it was not asked. notes: what is no tampering and
    should be known.
    """

    entries: int = 0
    roots: int = 0
    unused: int = 0
    waiting: int = 0
    waiting_since: datetime | None = None
    witness: int | None = None
    findings: list[Finding] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)
    witness_changed: bool = False

    @property
    def well(self) -> bool:
        """Nothing was found, here or at the witness."""
        return not self.findings and not self.witness_changed


def verify(database: Database, witness: Sequence[Line] | None, keys: PublicKeys) -> Report:
    """Read the whole chain of a database. witness: its lines, or None to do without."""
    report = Report()
    with database.transaction():
        rows = database.execute("SELECT body, signature FROM audit_root ORDER BY number").fetchall()
        roots = [Signed(*row) for row in rows]
        standing = _roots(report, roots, keys)
        _places(report, standing, database)
        _beside(report, database)
        if witness is None:
            report.notes.append(UNKNOWN_WITHOUT_WITNESS)
        else:
            _witness(report, roots, witness, keys, database)
    return report


UNKNOWN_WITHOUT_WITNESS = Words(
    "未与见证处核对：整条链被重写，或整个库被换成旧副本，这样查不出来。",
    "The witness was not asked: whether the whole chain was made anew, or an older copy of everything "
    "put in its place, cannot be known this way.",
)


# -- roots -----------------------------------------------------------------------------------------


def _roots(report: Report, signed: Sequence[Signed], keys: PublicKeys) -> list[Root]:
    """The roots that are what was signed, follow on one another, and so vouch for their places."""
    report.roots = len(signed)
    good: list[Root] = []
    for one in signed:
        try:
            root = one.root
        except ValueError:
            report.findings.append(_found("altered", (good[-1].last if good else 0) + 1, None, NOT_A_ROOT))
            continue
        if not is_signed(ABOUT, one.body.encode(), one.signature, keys):
            report.findings.append(_found("rewritten", root.first, root.last, NOT_SIGNED, root.number))
            continue
        before = good[-1] if good else None
        if root.number > (before.number if before else 0) + 1:
            first = (before.last if before else 0) + 1
            report.findings.append(_found("deleted", first, root.first - 1, ROOTS_MISSING, root.number))
        elif (
            root.previous != (before.hash if before else "")
            or root.first != (before.last if before else 0) + 1
        ):
            report.findings.append(_found("rewritten", root.first, root.last, OTHER_BEFORE, root.number))
        good.append(root)
    return good


# -- places ----------------------------------------------------------------------------------------


@dataclass
class _Reading:
    """The way through the places: what was expected and what stood there."""

    broken: list[tuple[Row, bytes]] = field(default_factory=list)  # and the hash before
    kept: dict[int, Row] = field(default_factory=dict)  # broken places and the ones after them
    missing: list[tuple[int, int]] = field(default_factory=list)
    heads: dict[str, int] = field(default_factory=dict)  # where the head of a root was found
    last: int = 0
    more: int = 0


def _places(report: Report, roots: Sequence[Root], database: Database) -> None:
    found = _read(_rows(database), {root.head for root in roots}, report)
    report.entries = found.last
    for first, last in found.missing:
        report.findings.append(_found("deleted", first, last, GONE))
    _told(report, found, roots)
    _ends(report, found, roots)
    if roots:
        report.unused = roots[-1].highest - roots[-1].last


def _read(rows: Iterable[Row], heads: set[str], report: Report) -> _Reading:
    found = _Reading()
    before, after_break = NOTHING, False
    latest: datetime | None = None
    late = 0
    for row in rows:
        place, _, stored, entry = row
        gone = place != found.last + 1
        if gone:
            found.missing.append((found.last + 1, place - 1))
        if entry is None:
            found.missing.append((place, place))
        else:
            if not gone and link(before, leaf(entry)) != stored:
                _keep(found, row, before)
                after_break = True
            elif after_break:
                found.kept[place], after_break = row, False
            moment = entry[1]
            late += latest is not None and moment < latest - LATE
            latest = moment if latest is None else max(latest, moment)
        if (said := stored.hex()) in heads:
            found.heads[said] = place
        before, found.last = stored, place
    if late:
        report.notes.append(
            Words(
                f"{late}条记录所述时刻比链中其前者早一小时以上（补记、长事务，或时钟改动）。",
                f"{late} entries tell of a moment over an hour before one that stands before them: "
                "written late, in "
                "a long transaction, or by another clock.",
            )
        )
    return found


def _keep(found: _Reading, row: Row, before: bytes) -> None:
    if len(found.broken) < MOST:
        found.broken.append((row, before))
        found.kept[row[0]] = row
    else:
        found.more += 1


def _told(report: Report, found: _Reading, roots: Sequence[Root]) -> None:
    """Say of each broken place what was done there."""
    over: set[int] = set()
    leaves = {row[0]: leaf(row[3]) for row, _ in found.broken if row[3] is not None}
    for row, before in found.broken:
        place = row[0]
        if place in over:
            continue
        after = found.kept.get(place + 1)
        moved = [other for other, one in leaves.items() if other != place and link(before, one) == row[2]]
        shift = _shift(place, found, roots)
        if moved:
            over.update((place, *moved))
            report.findings.append(_found("reordered", min(place, *moved), max(place, *moved), MOVED))
        elif after and after[3] is not None and link(before, leaf(after[3])) == after[2]:
            over.update((place, place + 1))
            report.findings.append(_found("inserted", place, place, NEW_BETWEEN))
        elif shift < 0:
            report.findings.append(_found("deleted", place, place - shift - 1, CLOSED_UP, -shift))
        elif shift > 0:
            # The entry at the place before was put in with a hash of its own; the first that follows betrays
            # it.
            report.findings.append(_found("inserted", max(place - shift, 1), place - 1, NEW_BETWEEN))
        else:
            report.findings.append(_found("altered", place, place, CHANGED))
    if found.more:
        report.findings.append(_found("rewritten", found.broken[-1][0][0] + 1, found.last, MANY, found.more))


def _shift(place: int, found: _Reading, roots: Sequence[Root]) -> int:
    """By how many places the end of the root over this place has moved; 0 where it did not or is not
    found."""
    over = next((root for root in roots if root.last >= place - 1), None)
    if over is None or over.head not in found.heads:
        return 0
    return found.heads[over.head] - over.last


def _ends(report: Report, found: _Reading, roots: Sequence[Root]) -> None:
    """Whether the hashes are those the roots vouch for, and whether the chain goes on to its last root."""
    touched = bool(report.findings)
    for root in roots:
        if root.last > found.last:
            if found.heads.get(root.head) is None and not any(
                one.kind == "deleted" for one in report.findings
            ):
                report.findings.append(_found("truncated", found.last + 1, roots[-1].last, CUT))
            return
        if root.head not in found.heads and not touched:
            report.findings.append(_found("rewritten", root.first, root.last, OTHER_HEAD, root.number))
            return
    last = roots[-1].last if roots else 0
    if found.last > last and not touched:
        report.findings.append(_found("inserted", last + 1, found.last, NO_ROOT))


def _beside(report: Report, database: Database) -> None:
    """Entries without a place: they wait for it, or their transactions are long over."""
    row = database.execute(_UNLINKED.encode()).fetchone() or (0, 0, 0, 0, None)
    count, first, last, report.waiting, report.waiting_since = row
    if count and not any(one.kind in ("truncated", "deleted") for one in report.findings):
        said = Words(
            f"有{count}条记录（编号{first}至{last}）不在链中，而其事务早已结束。",
            f"{count} entries (numbers {first} to {last}) have no place, though their transactions are "
            "long over.",
        )
        report.findings.append(Finding("inserted", report.entries + 1, None, said))


_UNLINKED = """
WITH horizon AS (SELECT coalesce((SELECT horizon FROM audit_root ORDER BY number DESC LIMIT 1), '0') AS until)
SELECT count(*) FILTER (WHERE e.arrived_in < until), min(e.id) FILTER (WHERE e.arrived_in < until),
       max(e.id) FILTER (WHERE e.arrived_in < until), count(*) FILTER (WHERE e.arrived_in >= until),
       min(e.happened_at) FILTER (WHERE e.arrived_in >= until)
FROM audit_entry AS e, horizon WHERE NOT EXISTS (SELECT 1 FROM audit_link AS l WHERE l.entry = e.id)"""
_PLACES = f"""
SELECT l.place, l.entry, l.hash, {", ".join(f"e.{name}" for name in COLUMNS)}
FROM audit_link AS l LEFT JOIN audit_entry AS e ON e.id = l.entry ORDER BY l.place"""


def _rows(database: Database) -> Iterator[Row]:
    """Every place with its entry, in order; read a part at a time, so that any length fits."""
    with database.cursor(name="audit_places") as cursor:
        cursor.execute(_PLACES.encode())
        while rows := cursor.fetchmany(A_READ):
            for row in rows:
                yield row[0], row[1], bytes(row[2]), row[3:] if row[3] is not None else None


# -- the witness -----------------------------------------------------------------------------------


def _witness(
    report: Report, here: Sequence[Signed], lines: Sequence[Line], keys: PublicKeys, database: Database
) -> None:
    # A statement that nobody signed makes nothing forgotten.
    standing = seen(one for one in lines if isinstance(one, Signed) or _is_stated(one, keys))
    report.witness = len(standing)
    _restorations(report, lines, keys)
    if not standing and report.roots:
        report.notes.append(NO_WITNESS)
        report.witness_changed = True
    followed = {standing[0].root.number} if standing else set()
    followed |= {b.root.number for a, b in pairwise(standing) if b.root.previous == a.root.hash}
    for one in standing:
        signed = is_signed(ABOUT, one.body.encode(), one.signature, keys)
        if not signed or one.root.number not in followed:
            report.notes.append(_words(UNSIGNED_WITNESS, one.root.number))
            report.witness_changed = True
            return
    _compare(report, [one for one in here if _is_root(one)], standing, database)


def _is_stated(line: Restored, keys: PublicKeys) -> bool:
    return is_signed(ABOUT_RESTORED, line.body.encode(), line.signature, keys)


def _is_root(one: Signed) -> bool:
    try:
        return bool(one.root)
    except ValueError:
        return False


def _restorations(report: Report, lines: Sequence[Line], keys: PublicKeys) -> None:
    roots = 0
    for place, line in enumerate(lines):
        if isinstance(line, Signed):
            roots = line.root.number
            continue
        lost = [one.root for one in seen(lines[:place]) if one.root.number > line.kept]
        stated = _is_stated(line, keys)
        report.witness_changed |= not stated
        report.notes.append(_lost(line, lost, stated))
        roots = line.kept
    if standing := seen(lines):
        roots = standing[-1].root.number
    if report.roots > roots:
        report.notes.append(_words(BEHIND, report.roots - roots))


def _lost(line: Restored, lost: Sequence[Root], signed: bool) -> Words:
    zh = f"{line.at} 恢复过备份（{line.why}）"
    en = f"A backup was restored at {line.at} ({line.why})"
    if lost:
        zh += f"，丢失第{lost[0].first}至{lost[-1].last}位"
        en += f"; places {lost[0].first} to {lost[-1].last} were lost with the old copy"
    if not signed:
        zh, en = zh + "；此说明没有有效签名", en + "; nobody whose key is known signed that statement"
    return Words(f"{zh}。", f"{en}.")


def _compare(report: Report, here: Sequence[Signed], there: Sequence[Signed], database: Database) -> None:
    """The first root at which this database and the witness part."""
    ours = {one.root.number: one.root for one in here}
    for one in there:
        theirs, mine = one.root, ours.get(one.root.number)
        if mine == theirs:
            continue
        last = there[-1].root
        if mine is None:
            kind = "restored" if _sequence(database) < last.highest else "truncated"
            words = OLD_COPY if kind == "restored" else CUT_HERE
            report.findings.append(_found(kind, theirs.first, last.last, words, theirs.number))
        elif mine.sealed_at > last.sealed_at:
            kind = "restored" if _first_entry(mine, database) <= last.highest else "truncated"
            words = OLD_COPY_WENT_ON if kind == "restored" else CUT_AND_WENT_ON
            report.findings.append(_found(kind, theirs.first, last.last, words, theirs.number))
        else:
            report.findings.append(_found("rewritten", theirs.first, None, MADE_ANEW, theirs.number))
        return


def _sequence(database: Database) -> int:
    """The highest number that was ever given to an entry, committed or not, as far as this database knows."""
    asked = "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('audit_entry', 'id')), 0)"
    return int((database.execute(asked).fetchone() or (0,))[0])


def _first_entry(root: Root, database: Database) -> int:
    """The lowest number among the entries that came with a root."""
    asked = "SELECT coalesce(min(entry), 0) FROM audit_link WHERE place BETWEEN %s AND %s"
    return int((database.execute(asked, [root.first, root.last]).fetchone() or (0,))[0])


# -- words -----------------------------------------------------------------------------------------


def _words(said: Words, number: int | None) -> Words:
    return Words(said.zh.replace("{n}", str(number)), said.en.replace("{n}", str(number)))


def _found(kind: str, first: int, last: int | None, said: Words, number: int | None = None) -> Finding:
    return Finding(kind, first, last, _words(said, number))


GONE = Words("链中有此位，记录已不在。", "The chain has this place, and the entry is gone.")
CLOSED_UP = Words("此处少了{n}条，其后各位前移。", "{n} entries are gone here; what followed was moved up.")
CHANGED = Words("此处的记录不是当时入链的那条。", "The entry here is not the one that was chained.")
MOVED = Words("这些位上的记录被互换。", "The entries at these places were exchanged.")
NEW_BETWEEN = Words("此处的记录是后来塞进链中的。", "The entry here was put in between afterwards.")
MANY = Words("其后还有{n}位不符。", "{n} more places after it do not hold.")
CUT = Words("链在此中断，而根说还有。", "The chain ends here, and its roots say that it went on.")
NO_ROOT = Words("这些位没有根为其作证。", "No root vouches for these places.")
OTHER_HEAD = Words(
    "第{n}个根所证的散列不在链中：链被重算过。", "The hash that root {n} vouches for is not there: made anew."
)
NOT_A_ROOT = Words("这里的根不成其为根。", "What stands here is no root.")
NOT_SIGNED = Words("第{n}个根没有有效签名。", "Root {n} bears no signature of a known key.")
ROOTS_MISSING = Words("第{n}个根之前缺根。", "Roots before root {n} are gone.")
OTHER_BEFORE = Words("第{n}个根不接前一个根。", "Root {n} does not follow on the one before.")
CUT_HERE = Words(
    "见证处见过的第{n}个根及其后不在库中，编号却已用过：链尾被截去。",
    "The witness has seen root {n} and later ones; they are not here, and their numbers were used: the "
    "tail was "
    "cut off.",
)
OLD_COPY = Words(
    "见证处见过的第{n}个根及其后，此库从未有过：这是一份旧副本。",
    "The witness has seen root {n} and later ones, and this database never had them: it is an older copy.",
)
CUT_AND_WENT_ON = Words(
    "第{n}个根与见证处所见不同，之后继续使用：链尾曾被截去。",
    "Root {n} is another than the witness has seen, and was made later: the tail was cut off, and work "
    "went on.",
)
OLD_COPY_WENT_ON = Words(
    "第{n}个根与见证处所见不同，之后继续使用：曾换成一份旧副本。",
    "Root {n} is another than the witness has seen, and was made later: an older copy was put back, and "
    "work went "
    "on.",
)
MADE_ANEW = Words(
    "从第{n}个根起与见证处所见不同：整条链被重写。",
    "From root {n} on the chain is another than the witness has seen: it was made anew.",
)
BEHIND = Words("有{n}个根见证处还没有见过。", "The witness has not seen {n} roots yet.")
NO_WITNESS = Words(
    "见证处什么也没有，而这里已有根：地方不对，或见证已被拿走。",
    "The witness has seen nothing, and there are roots here: it is another place, or it was taken away.",
)
UNSIGNED_WITNESS = Words(
    "见证处的第{n}个根没有有效签名，或不接前一个：见证处本身被改过，未据以核对。",
    "Root {n} of the witness bears no known signature or does not follow: the witness itself was changed "
    "and vouches "
    "for nothing.",
)
