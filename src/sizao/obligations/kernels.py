"""Take proofs one after the other: sets of proofs at a distance, and proofs that only one row may take.

What one row takes decides what the next may take, so this is a loop and no join. Few pairs run as plain
Python, many are compiled: compiling costs more than a second of looping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

COMPILED_FROM = 200_000
"""Pairs of a row and a proof from which compiling the loop pays."""

_compiled: list[Callable[..., Integers]] = []


def take_proofs(tables: Mapping[str, pa.Table], *, pairs: str) -> pa.Table:
    """The proof that completes each row, of the rows whose proofs fill their count.

    pairs: one row per (row, proof in its window): id_hi, id_lo, person, verb, turn, needed, gap
    (microseconds), exclusive, due_at, proved_at, p_hi, p_lo, known_at. Result: id_hi, id_lo, met_at, met_hi,
    met_lo, met_known_at.
    """
    table = tables[pairs].combine_chunks()
    group = _pair_codes(_codes(table, "verb"), _codes(table, "person"))
    proof = _pair_codes(group, _pair_codes(_integers(table, "p_hi"), _integers(table, "p_lo")))
    columns = {
        name: _integers(table, name)
        for name in (
            "turn",
            "due_at",
            "id_hi",
            "id_lo",
            "proved_at",
            "p_hi",
            "p_lo",
            "needed",
            "gap",
            "exclusive",
        )
    }
    # lexsort takes its first key last: who comes first in a group, then which proof comes first for a row.
    keys = ("p_lo", "p_hi", "proved_at", "id_lo", "id_hi", "due_at", "turn")
    order = np.lexsort((*(columns[key] for key in keys), group))
    ordered = {name: column[order] for name, column in columns.items()}
    starts = _starts(group[order], ordered["id_hi"], ordered["id_lo"])
    loop = _loop if len(order) < COMPILED_FROM else _compiled_loop()
    last = loop(
        starts,
        ordered["proved_at"],
        proof[order],
        ordered["needed"],
        ordered["gap"],
        ordered["exclusive"],
        np.zeros(int(proof.max()) + 1 if len(proof) else 0, dtype=np.bool_),
    )
    taken = pa.array(order[last[last >= 0]])
    renamed = {"proved_at": "met_at", "p_hi": "met_hi", "p_lo": "met_lo", "known_at": "met_known_at"}
    chosen = table.select(["id_hi", "id_lo", *renamed]).take(taken)
    return chosen.rename_columns(["id_hi", "id_lo", *renamed.values()])


def _loop(
    starts: Integers,
    proved_at: Integers,
    proof: Integers,
    needed: Integers,
    gap: Integers,
    exclusive: Integers,
    taken: Flags,
) -> Integers:
    """For each row (a run of pairs from one start to the next) the pair that completes it, or -1."""
    rows = len(starts) - 1
    last = np.full(rows, -1, dtype=np.int64)
    for row in range(rows):
        begin, end = starts[row], starts[row + 1]
        missing = needed[begin]
        held = begin
        chain = np.empty(missing, dtype=np.int64)
        for pair in range(begin, end):
            if exclusive[pair] == 1 and taken[proof[pair]]:
                continue
            if missing < needed[begin] and proved_at[pair] < proved_at[held] + gap[pair]:
                continue
            chain[needed[begin] - missing] = proof[pair]
            held = pair
            missing -= 1
            if missing == 0:
                last[row] = pair
                break
        if missing == 0 and exclusive[begin] == 1:
            for one in chain:
                taken[one] = True
    return last


def _compiled_loop() -> Callable[..., Integers]:
    if not _compiled:
        import numba

        _compiled.append(cast("Callable[..., Integers]", numba.njit(_loop)))
    return _compiled[0]


def _starts(*columns: Integers) -> Integers:
    """Where a new combination begins in columns that are in order, and their length at the end."""
    if not len(columns[0]):
        return np.zeros(1, dtype=np.int64)
    changes = np.zeros(len(columns[0]) - 1, dtype=np.bool_)
    for column in columns:
        changes |= column[1:] != column[:-1]
    inner = np.flatnonzero(changes) + 1
    return np.concatenate(([0], inner, [len(columns[0])])).astype(np.int64)


def _codes(table: pa.Table, name: str) -> Integers:
    encoded: Any = pc.dictionary_encode(table[name]).combine_chunks()
    indices = encoded.indices if isinstance(encoded, pa.DictionaryArray) else pa.array([], pa.int64())
    return cast("Integers", indices.cast(pa.int64()).to_numpy(zero_copy_only=False))


def _integers(table: pa.Table, name: str) -> Integers:
    column = table[name]
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us"))
    return cast("Integers", column.cast(pa.int64()).to_numpy())


def _pair_codes(first: Integers, second: Integers) -> Integers:
    """One number from 0 for each distinct pair."""
    if not len(first):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort((second, first))
    fresh = np.ones(len(order), dtype=np.int64)
    fresh[0] = 0
    fresh[1:] = (first[order][1:] != first[order][:-1]) | (second[order][1:] != second[order][:-1])
    codes = np.empty(len(order), dtype=np.int64)
    codes[order] = np.cumsum(fresh)
    return codes
