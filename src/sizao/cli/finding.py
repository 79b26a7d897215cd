"""An obligation by the first digits of its id; where there is none, what comes near and when there was
one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sizao.cli.deriving import Answer, answer_for
from sizao.cli.options import LAST_MOMENT, Moment
from sizao.cli.screen import SHORT_ID, Screen, Wrong, records
from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS
from sizao.terms.time import local_time

SHOWN = 10
NEAREST_SHOWN = 3
# Fewer digits in common are chance.
ALIKE = 4
# So many moments of withdrawal or correction are gone back through.
MOMENTS_TRIED = 5


@dataclass(frozen=True)
class Search:
    """How to derive again when nothing is found at the moment asked about."""

    screen: Screen
    answer: Answer
    threads: int | None
    memory: str | None


def one_obligation(search: Search, prefix: str) -> dict[str, Any]:
    """The one obligation whose id begins so; Wrong says which there are when none or several do."""
    found = beginning(search.answer.tables["obligations"], "obligation_id", prefix)
    if found.num_rows == 1:
        return records(found)[0]
    if found.num_rows == 0:
        raise _nothing(search, prefix.lower())
    some = _listed(search.answer, records(found.slice(0, SHOWN)))
    raise Wrong(
        f"{found.num_rows} obligations begin with {prefix}; give more digits:\n{some[1]}",
        f"有{found.num_rows}项任务以{prefix}开头，请多写几位：\n{some[0]}",
    )


def lines_not_known(answer: Answer, name: str) -> list[dict[str, Any]]:
    """The lines of one trigger that is not known, fact:key or its first digits; one for each rule."""
    fact, _, key = name.partition(":")
    unknown = answer.tables["unknown"]
    found = beginning(unknown.filter(pc.equal(unknown["trigger_fact"], fact)), "trigger_key", key)
    keys = sorted(set(found["trigger_key"].to_pylist()))
    if len(keys) == 1:
        return records(found)
    if keys:
        listed = "\n".join(f"  {fact}:{one}" for one in keys[:SHOWN])
        raise Wrong(
            f"{len(keys)} lines begin with {name}; give more digits:\n{listed}",
            f"有{len(keys)}条以{name}开头，请多写几位：\n{listed}",
        )
    raise Wrong(
        f"Nothing that is not known begins with {name} at this moment. `sizao worklist --list unknown` lists "
        "what there is.",
        f"此刻“不明”中没有以{name}开头的。用 sizao worklist --list unknown 查看。",
    )


def beginning(table: pa.Table, column: str, prefix: str) -> pa.Table:
    """The rows whose id begins so."""
    return table.filter(pc.starts_with(table[column], prefix.lower()))


def _nothing(search: Search, prefix: str) -> Wrong:
    ids = "Ids change when source_system or source_record of the trigger change."
    zh = [f"此刻没有以{prefix}开头的任务。触发记录的source_system或source_record改变时，编号随之改变。"]
    en = [f"No obligation begins with {prefix} at this moment. {ids}"]
    for known_by, row in _otherwise(search, prefix):
        at = f"{local_time(known_by, search.answer.zone):%Y-%m-%d %H:%M}"
        line = _line(search.answer, row)
        earlier = known_by < search.answer.when.known_by
        since = ("此后所依据的事实已更正或撤回", "since then a fact it rests on was corrected or withdrawn")
        until = ("此前所依据的事实尚不知悉", "before that a fact it rests on was not known")
        why = since if earlier else until
        zh.append(f"按{at}所知有（{why[0]}）：\n  {line[0]}\n加上 --known-by '{at}' 即可查看。")
        en.append(f"As known by {at} there is one; {why[1]}:\n  {line[1]}\nAsk with --known-by '{at}'.")
        return Wrong("\n".join(en), "\n".join(zh))
    near = _nearest(search.answer.tables["obligations"], prefix)
    if near:
        listed = _listed(search.answer, near)
        zh.append(f"最接近的编号：\n{listed[0]}")
        en.append(f"The nearest ids are:\n{listed[1]}")
    zh.append("用 sizao worklist 查看有哪些任务。")
    en.append("`sizao worklist` lists those there are.")
    return Wrong("\n".join(en), "\n".join(zh))


def _listed(answer: Answer, rows: Sequence[dict[str, Any]]) -> tuple[str, str]:
    lines = [_line(answer, row) for row in rows]
    return "\n".join(f"  {zh}" for zh, _ in lines), "\n".join(f"  {en}" for _, en in lines)


def _line(answer: Answer, row: dict[str, Any]) -> tuple[str, str]:
    label = answer.verbs.get(row["verb"])
    shared = f"{row['obligation_id'][:SHORT_ID]}  {row['rule']}  "
    zh, en = (row["verb"],) * 2 if label is None else (label.zh, label.en)
    return f"{shared}{zh}  {row['about']}", f"{shared}{en}  {row['about']}"


def _nearest(obligations: pa.Table, prefix: str) -> list[dict[str, Any]]:
    """The rows that share the most first digits, when they share enough of them."""
    for digits in range(len(prefix) - 1, ALIKE - 1, -1):
        found = beginning(obligations, "obligation_id", prefix[:digits])
        if found.num_rows:
            return records(found.slice(0, NEAREST_SHOWN))
    return []


def _otherwise(search: Search, prefix: str) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """The row under another knowledge of the same moment, with the instant of that knowledge.

    Looked for before the last corrections and withdrawals and, when an earlier knowledge was asked for, as
    known at the moment itself.
    """
    if not prefix:
        return
    answer = search.answer
    if answer.when.known_by < answer.when.as_of - LAST_MOMENT:
        later = answer.when.as_of
        yield from _at(search, prefix, Moment(answer.when.as_of, later), None)
    for instant, subjects in _withdrawals(answer):
        yield from _at(search, prefix, Moment(answer.when.as_of, instant), subjects)


def _at(
    search: Search, prefix: str, when: Moment, subjects: Sequence[str] | None
) -> Iterator[tuple[datetime, dict[str, Any]]]:
    answer = search.answer
    assert answer.pack is not None
    assert answer.facts is not None
    again = answer_for(
        search.screen, answer.facts, answer.pack, when, search.threads, search.memory, about=subjects
    )
    for row in records(beginning(again.tables["obligations"], "obligation_id", prefix).slice(0, 1)):
        yield when.known_by, row


def _withdrawals(answer: Answer) -> list[tuple[datetime, list[str]]]:
    """The minutes before the last withdrawals and corrections of triggers, each with everybody whom the
    withdrawn facts name."""
    assert answer.pack is not None
    assert answer.facts is not None
    found: dict[datetime, set[str]] = {}
    for fact in sorted({version.for_each for version in answer.pack.versions()} & set(FACTS)):
        table = answer.facts[fact]
        changes = table.filter(
            pc.and_(
                pc.is_in(table["action"], pa.array(["retract", "replace"])),
                pc.less_equal(table["known_at"], answer.when.known_by),
            )
        )
        ids = [column.name for column in FACTS[fact].columns if column.type is ColumnType.ID]
        keys = {(row["key_hi"], row["key_lo"]): row["known_at"] for row in changes.to_pylist()}
        of_keys = table.filter(pc.is_in(table["key_lo"], pa.array([lo for _, lo in keys], pa.int64())))
        for row in of_keys.to_pylist():
            known_at = keys.get((row["key_hi"], row["key_lo"]))
            if known_at is not None:
                found.setdefault(known_at, set()).update(row[name] for name in ids if row[name] is not None)
    latest = sorted(found, reverse=True)[:MOMENTS_TRIED]
    return [(_minute_before(instant), sorted(found[instant])) for instant in latest]


def _minute_before(instant: datetime) -> datetime:
    """The last whole minute before an instant: as it is shown, so it can be typed."""
    whole = instant.replace(second=0, microsecond=0)
    return whole - timedelta(minutes=1) if whole == instant else whole
