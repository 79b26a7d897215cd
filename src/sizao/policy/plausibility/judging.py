"""What the rules say of the rows of a fact that arrive together."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from sizao.facts.schemas import arrow_schema
from sizao.policy.plausibility.columns import evaluate, local_days
from sizao.policy.plausibility.loading import Read, Rule
from sizao.terms.words import Words

FIRST = 1000
"""Rows of a large lot by which it is seen whether its columns hold what they should."""

LookUp = Callable[[str, str, pa.Array], pa.Table]
"""fact, one of its columns, values -> its effective rows with one of these values there, with their keys
(key_hi, key_lo); of several the one that counts first comes first."""


@dataclass(frozen=True)
class Finding:
    """A row that is not as a rule says it should be."""

    row: int
    rule: Rule

    @property
    def words(self) -> Words:
        """What the row should be."""
        return Words(f"不合常理：{self.rule.says.zh}。", f"Not plausible: {self.rule.says.en}.")


def nothing_known(fact: str, column: str, values: pa.Array) -> pa.Table:
    """For rows that are looked at by themselves: no other fact is known."""
    return _empty(fact)


@lru_cache(maxsize=256)
def _empty(fact: str) -> pa.Table:
    return arrow_schema(fact).empty_table()


def judge(rules: Sequence[Rule], table: pa.Table, look_up: LookUp, zone: str) -> list[Finding]:
    """The findings, rule by rule. table: whole rows of the rules' fact (`facts.completion.complete`).

    Rows that retract are not judged; where a rule cannot be decided for want of a value it says nothing.
    """
    if not rules or not table.num_rows:
        return []
    own = _Rows(table, zone)
    judged = pc.not_equal(own["action"], "retract")
    found = []
    for rule in rules:
        if rule.group is not None and table.num_rows < rule.group.least:
            continue
        applies = pc.and_(judged, pc.greater_equal(own["recorded_at"], _midnight(rule.since)))
        if _is_rare(rule, table, applies, look_up, zone):
            continue
        columns = _with_reads(rule, own, look_up)
        wrong = pc.and_(applies, _wrong(rule, columns, applies, zone))
        found += [Finding(row, rule) for row in pc.indices_nonzero(wrong).to_pylist()]
    return found


@lru_cache(maxsize=256)
def _midnight(day: date) -> pa.Scalar:
    return pa.scalar(day, pa.date32()).cast(pa.timestamp("us"))


class _Rows(dict[str, pa.Array]):
    """The columns of a table by name, and the local days and years of event and record: each is taken out
    when a rule asks for it, and kept for the next."""

    def __init__(self, table: pa.Table, zone: str) -> None:
        super().__init__()
        self._table, self._zone = table, zone

    def __missing__(self, name: str) -> pa.Array:
        if name in _DAYS:
            found = local_days(self[_DAYS[name]], self._zone)
        elif name in _YEARS:
            found = pc.year(self[_YEARS[name]])
        else:
            found = self._table[name].combine_chunks()
        self[name] = found
        return found


_DAYS = {"event_on": "happened_at", "recorded_on": "recorded_at"}
_YEARS = {"event_year": "event_on", "recorded_year": "recorded_on"}


def _with_reads(rule: Rule, own: _Rows, look_up: LookUp) -> Mapping[str, pa.Array]:
    reads = {one.name: _read(one, own, look_up) for one in rule.reads}
    return ChainMap(reads, own) if reads else own


def _is_rare(rule: Rule, table: pa.Table, applies: pa.Array, look_up: LookUp, zone: str) -> bool:
    """Whether the first of many rows show that a rule of the whole lot says nothing: no more is looked up."""
    if rule.group is None or rule.group.by or not rule.reads or len(applies) <= FIRST:
        return False
    columns = _with_reads(rule, _Rows(table.slice(0, FIRST), zone), look_up)
    return not pc.any(_wrong(rule, columns, applies.slice(0, FIRST), zone)).as_py()


def _wrong(rule: Rule, columns: Mapping[str, pa.Array], applies: pa.Array, zone: str) -> pa.Array:
    """For each row whether the rule is broken, known for certain."""
    if rule.holds is not None:
        return pc.fill_null(pc.invert(_column(evaluate(rule.holds, columns, zone), len(applies))), False)
    group = rule.group
    assert group is not None
    so = pc.and_(applies, pc.fill_null(_column(evaluate(group.of, columns, zone), len(applies)), False))
    named = {name: columns[name] for name in group.by} or {"all": pa.array([0] * len(applies))}
    rows = pa.table({**named, "so": so, "row": range(len(applies))})
    rows = rows.filter(pc.and_(applies, _all_given(list(named.values()))))
    counts = rows.group_by(list(named)).aggregate([("so", "sum"), ("so", "count"), ("row", "list")])
    many = pc.and_(
        pc.greater_equal(counts["so_count"], group.least),
        pc.greater(pc.divide(pc.cast(counts["so_sum"], pa.float64()), counts["so_count"]), group.most),
    )
    listed = pc.list_flatten(counts.filter(many)["row_list"])
    among = pc.is_in(pa.array(range(len(applies)), pa.int64()), value_set=listed.combine_chunks())
    return pc.and_(among, so)


def _column(value: pa.Array | pa.Scalar, rows: int) -> pa.Array:
    return value if isinstance(value, pa.Array) else pa.array([value.as_py()] * rows, value.type)


def _all_given(columns: Sequence[pa.Array]) -> pa.Array:
    given = pc.is_valid(columns[0])
    for column in columns[1:]:
        given = pc.and_(given, pc.is_valid(column))
    return given


def _read(read: Read, own: Mapping[str, pa.Array], look_up: LookUp) -> pa.Array:
    """The value of the other fact for each row; missing where there is none but the row itself."""
    asked = own[read.by]
    rows = look_up(read.fact, read.key, pc.drop_null(pc.unique(asked)))
    by_value: dict[object, list[tuple[object, object, object]]] = {}
    for value, hi, lo, found in _rows(rows, read):
        by_value.setdefault(value, []).append((hi, lo, found))
    kind = arrow_schema(read.fact).field(read.column).type
    keys = zip(asked.to_pylist(), own["key_hi"].to_pylist(), own["key_lo"].to_pylist(), strict=True)
    values = pa.array(
        [
            next((found for high, low, found in by_value.get(value, ()) if (high, low) != (hi, lo)), None)
            for value, hi, lo in keys
        ],
        kind,
    )
    return pc.subtract(own["event_year"], values) if read.years else values


def _rows(rows: pa.Table, read: Read) -> Iterator[tuple[object, ...]]:
    wanted = (rows[name].to_pylist() for name in (read.key, "key_hi", "key_lo", read.column))
    yield from zip(*wanted, strict=True)
