"""Tell where two answers to the same question differ: row for row, all columns of all results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

KEYS = {
    "obligations": ("obligation_id",),
    "unknown": ("rule", "trigger_key"),
    "too_late": ("rule", "step", "occurrence", "trigger_key", "about"),
    "standing": ("person",),
}


def differences(found: Rows, wanted: Rows) -> list[str]:
    """One line for each row that only one side has, and for each column in which a row differs."""
    lines = []
    for result, key in KEYS.items():
        ours, theirs = _by_key(found[result], key), _by_key(wanted[result], key)
        for name in sorted(ours.keys() | theirs.keys(), key=str):
            lines += [f"{result} {line}" for line in _of_key(ours.get(name, []), theirs.get(name, []))]
    return lines


def _of_key(ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    if len(ours) != len(theirs):
        side = "engine" if len(ours) > len(theirs) else "reference"
        yield f"{len(ours)} rows of the engine, {len(theirs)} of the reference; {side}: {(ours or theirs)[0]}"
        return
    for one, other in zip(ours, theirs, strict=True):
        for column in sorted(one.keys() | other.keys()):
            if one.get(column) != other.get(column) or (column in one) != (column in other):
                sides = f"{one.get(column)} in the engine, {other.get(column)} in the reference"
                yield f"{_named(one)}: {column} is {sides}"


def _named(row: Mapping[str, Any]) -> str:
    names = ("obligation_id", "rule", "version", "step", "occurrence", "about", "person", "status")
    return " ".join(str(row[name]) for name in names if name in row)


def _by_key(rows: Iterable[Mapping[str, Any]], key: Sequence[str]) -> dict[Any, list[Mapping[str, Any]]]:
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(tuple(row[column] for column in key), []).append(row)
    for rows_of_key in found.values():
        rows_of_key.sort(key=str)
    return found


def of_world(rows: Rows, prefix: str) -> Rows:
    """The rows of one world: ids of persons, places and offices begin with its prefix."""
    return {
        result: [
            row for row in found if str(row["person" if result == "standing" else "about"]).startswith(prefix)
        ]
        for result, found in rows.items()
    }
