"""Find the proof of each point: the first fact of its window, the n-th of a set, or the next one not yet
taken.

Statement: docs/explanation/semantics.md, section 4. Rows never become wider here: the answer is one narrow
row per proved row, joined once, in `status.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from sizao.obligations.items import Item
from sizao.obligations.kernels import take_proofs
from sizao.policy.model import RuleVersion
from sizao.terms.queries import KernelStep, SqlStep, Step, literal

MET_COLUMNS = (
    ("id_hi", "BIGINT"),
    ("id_lo", "BIGINT"),
    ("met_at", "TIMESTAMP"),
    ("met_hi", "BIGINT"),
    ("met_lo", "BIGINT"),
    ("met_known_at", "TIMESTAMP"),
)

END_OF_TIME = "TIMESTAMP '9999-12-31 00:00:00'"
"""Stands for an open end in comparisons; never shown."""


def points(items: Iterable[Item], *, rows: str, out: str, as_of: datetime) -> list[Step]:
    """Steps that end in `out`: id_hi, id_lo, met_at, met_hi, met_lo, met_known_at of every proved point in
    `rows`.

    items: those that may occur in `rows`; with exclusive proofs `rows` must hold every row that comes before
    in order of stage. met_hi, met_lo: key of the proof, whose fact is that of the item's proof; met_known_at:
    when it became known. Reads `plan_items` and `evidence`.
    """
    there = [item for item in items if not item.verb.span]
    single = [item for item in there if not _counts(item)]
    counted = [item for item in there if _counts(item)]
    steps: list[Step] = []
    parts: list[str] = []
    if single:
        parts.append(_first_proofs(single, rows, as_of))
    if counted:
        pairs, chains = f"{out}_pairs", f"{out}_chains"
        steps.append(_pairs(counted, rows, pairs, as_of))
        steps.append(
            KernelStep(
                chains, (pairs,), partial(take_proofs, pairs=pairs), "proofs of sets and exclusive proofs"
            )
        )
        parts.append(f"SELECT {_names()} FROM {chains}")
    if not parts:
        parts.append(nothing(MET_COLUMNS))
    steps.append(SqlStep(out, "\nUNION ALL\n".join(parts), f"the proof of each proved point of {rows}"))
    return steps


def stage_of(version: RuleVersion, step: str) -> int:
    """How many `after: met` stand before a step of a rule; rows of an earlier stage take exclusive proofs
    first."""
    for text in version.steps:
        if text.name == step and text.after is not None:
            return stage_of(version, text.after.step) + (text.after.event == "met")
    return 0


def nothing(columns: Iterable[tuple[str, str]]) -> str:
    """A SELECT with these columns and types and no row."""
    return f"SELECT {', '.join(f'CAST(NULL AS {type_}) AS {name}' for name, type_ in columns)} WHERE FALSE"


def _names() -> str:
    return ", ".join(name for name, _ in MET_COLUMNS)


def _counts(item: Item) -> bool:
    return item.proof.exclusive or item.proof.count > 1


def _numbers(items: Iterable[Item]) -> str:
    return ", ".join(str(item.number) for item in items)


def _window(items: list[Item]) -> tuple[str, str]:
    """The first instant of a row's window and the end of it, as SQL over r (rows) and i (plan_items)."""
    begins = "r.opens_at"
    if any(item.proof.look_back for item in items):
        begins = "r.opens_at - i.look_back"
    return begins, f"coalesce(least(r.closes_at, r.ends_at), {END_OF_TIME})"


def _first_proofs(items: list[Item], rows: str, as_of: datetime) -> str:
    begins, ends = _window(items)
    return f"""
SELECT id_hi, id_lo, first.proved_at AS met_at, first.p_hi AS met_hi, first.p_lo AS met_lo,
       first.known_at AS met_known_at
FROM (
  SELECT w.id_hi, w.id_lo,
         min(struct_pack(proved_at := e.proved_at, p_hi := e.p_hi, p_lo := e.p_lo,
                         known_at := e.known_at)) AS first
  FROM (SELECT r.id_hi, r.id_lo, r.person, i.proof, {begins} AS begins, {ends} AS ends
        FROM {rows} AS r JOIN plan_items AS i ON i.item = r.item
        WHERE i.item IN ({_numbers(items)}) AND {begins} <= {literal(as_of)}) AS w
  JOIN evidence AS e
    ON e.proof = w.proof AND e.person = w.person AND e.proved_at >= w.begins AND e.proved_at < w.ends
  GROUP BY w.id_hi, w.id_lo) AS found"""


def _pairs(items: list[Item], rows: str, out: str, as_of: datetime) -> SqlStep:
    begins, ends = _window(items)
    values = ", ".join(
        f"({item.number}, {_turn(item, items)}, {item.proof.count},"
        f" {item.proof.min_gap // timedelta(microseconds=1)}, {literal(item.proof.exclusive)},"
        f" {literal(item.verb.name)})"
        for item in items
    )
    sql = f"""
SELECT r.id_hi, r.id_lo, r.person, s.verb, s.turn, s.needed, s.gap, s.exclusive, r.due_at,
       e.proved_at, e.p_hi, e.p_lo, e.known_at
FROM {rows} AS r
JOIN plan_items AS i ON i.item = r.item
JOIN (VALUES {values}) AS s (item, turn, needed, gap, exclusive, verb) ON s.item = r.item
JOIN evidence AS e
  ON e.proof = i.proof AND e.person = r.person AND e.proved_at >= {begins} AND e.proved_at < {ends}
WHERE e.proved_at <= {literal(as_of)}"""
    return SqlStep(out, sql, "every proof that a row with a set or an exclusive proof might take")


LAST_TURN = 1_000_000
"""The turn of escalations: after every stage of every rule."""


def _turn(item: Item, items: list[Item]) -> int:
    """The stage of a step, the latest of all its texts."""
    if item.escalation_of is not None:
        return LAST_TURN
    texts = [one.version for one in items if (one.version.rule, one.name) == (item.version.rule, item.name)]
    return max(stage_of(version, item.name) for version in texts)
