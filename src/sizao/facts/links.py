"""Links of one key: the same row again is merged, a second record with another body is refused and listed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from sizao.facts.completion import bodies
from sizao.facts.declaration import Fact
from sizao.terms.identifiers import Key, hex_key
from sizao.terms.words import Words

# What makes two links the same row, beside their own columns; when it became known does not.
SAME = ("source_version", "action", "reason", "happened_at")


@dataclass(frozen=True)
class Note:
    """Rows that were set aside or kept with a doubt while a fact was read.

    kind: merged (the same row again), refused (another body under a key that has its record already),
    competing (two corrections of one version that differ; both are kept).
    """

    kind: str
    fact: str
    rows: int
    key: str | None
    source_record: str | None
    words: Words


def repeated_records(table: pa.Table) -> int:
    """How many keys have more than one link of action `record`."""
    records = table.select(["key_hi", "key_lo", "action"]).filter(pc.equal(table["action"], "record"))
    return int(_repeated(records).num_rows)


def _repeated(table: pa.Table) -> pa.Table:
    counted = table.select(["key_hi", "key_lo"]).group_by(["key_hi", "key_lo"]).aggregate([([], "count_all")])
    return counted.filter(pc.greater(counted["count_all"], 1))


def merge_links(fact: Fact, table: pa.Table) -> tuple[pa.Table, list[Note]]:
    """The table with one record per key, and notes on what was merged, refused or competes.

    Of equal rows the one known first stays (then the smaller fact_id), so the order of rows decides nothing.
    """
    repeated = _repeated(table)
    if not repeated.num_rows:
        return table, []
    rows = pc.indices_nonzero(pc.is_in(table["key_hi"].combine_chunks(), repeated["key_hi"].combine_chunks()))
    links = table.take(rows).append_column("body", [bodies(fact, table.take(rows))])
    by_key: dict[Key, list[tuple[int, dict[str, object]]]] = defaultdict(list)
    for row, link in zip(rows.to_pylist(), links.to_pylist(), strict=True):
        by_key[link["key_hi"], link["key_lo"]].append((row, link))
    dropped: set[int] = set()
    notes: list[Note] = []
    merged = 0
    for _, same_key in sorted(by_key.items()):
        gone, more = _one_key(fact, sorted(same_key, key=lambda one: (one[1]["known_at"], one[1]["fact_id"])))
        merged += len(gone) - sum(note.kind == "refused" for note in more)
        dropped |= gone
        notes += more
    if merged:
        words = Words(f"{merged} 行为重复送达，已合并。", f"{merged} rows arrived again and were merged.")
        notes.insert(0, Note("merged", fact.name, merged, None, None, words))
    kept = pa.array([row not in dropped for row in range(table.num_rows)], pa.bool_())
    return table.filter(kept), notes


def _one_key(fact: Fact, links: list[tuple[int, dict[str, object]]]) -> tuple[set[int], list[Note]]:
    """Which rows of one key go, in order of knowledge, and the notes on them."""
    seen: set[tuple[object, ...]] = set()
    versions: set[object] = set()
    recorded, dropped, notes = False, set(), []
    for row, link in links:
        same = (link["body"], *(link[name] for name in SAME))
        if same in seen:
            dropped.add(row)
        elif link["action"] == "record" and recorded:
            dropped.add(row)
            notes.append(_note("refused", fact, link))
        else:
            if link["action"] != "record" and link["source_version"] in versions:
                notes.append(_note("competing", fact, link))
            seen.add(same)
            recorded = recorded or link["action"] == "record"
            if link["action"] != "record":
                versions.add(link["source_version"])
    return dropped, notes


def _note(kind: str, fact: Fact, link: dict[str, object]) -> Note:
    record = f"{link['source_system']}/{link['source_record']}"
    said = {
        "refused": Words(
            f"{record} 已有记录，内容不同的另一条未采纳。更正请用 replace。",
            f"{record} has its record already; one with other content was refused. Use 'replace'.",
        ),
        "competing": Words(
            f"{record} 版本 {link['source_version']} 有不同的更正，均保留。",
            f"{record} has different corrections of version {link['source_version']}; all are kept.",
        ),
    }
    key = hex_key(int(str(link["key_hi"])), int(str(link["key_lo"])))
    return Note(kind, fact.name, 1, key, str(link["source_record"]), said[kind])
