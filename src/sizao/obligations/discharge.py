"""Find the proof of each point: the first fact of its window, the n-th of a set, or the next one not yet
taken.

Statement: docs/explanation/semantics.md, section 4. Rows never become wider here: the answer is one narrow
row per proved row, joined once, in `status.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from sizao.facts.readings import fact_or_reading
from sizao.obligations.hits import Hits
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


Matches = Mapping[int, tuple[str, str]]
"""Item whose proof must match a column of the trigger -> the step of its triggers, and that column as SQL
over h."""


def matches(items: Iterable[Item], hits: Mapping[str, Hits]) -> Matches:
    """What the proofs of these items must match. To be asked before the steps of the hits are written."""
    found: dict[int, tuple[str, str]] = {}
    for item in items:
        if item.proof.match is not None:
            column, triggers = item.proof.match[1], hits[item.version.for_each]
            person = fact_or_reading(triggers.fact).column(column).of == "person"
            found[item.number] = (triggers.name, triggers.person(column) if person else triggers.own(column))
    return found


def points(
    items: Iterable[Item], *, rows: str, out: str, as_of: datetime, matching: Matches = MappingProxyType({})
) -> list[Step]:
    """Steps that end in `out`: id_hi, id_lo, met_at, met_hi, met_lo, met_known_at of every proved point in
    `rows`.

    items: those that may occur in `rows`; with exclusive proofs `rows` must hold every row that comes before
    in order of stage. met_hi, met_lo: key of the proof, whose fact is that of the item's proof; met_known_at:
    when it became known. Reads `plan_items`, `evidence` and the hits that `matching` names.
    """
    there = [item for item in items if not item.verb.span]
    single = [item for item in there if not _counts(item)]
    counted = [item for item in there if _counts(item)]
    steps: list[Step] = []
    parts: list[str] = []
    parts += [_first_proofs(group, rows, as_of, match) for match, group in _by_match(single, matching)]
    if counted:
        pairs, chains = f"{out}_pairs", f"{out}_chains"
        sql = "\nUNION ALL\n".join(
            _pairs(group, counted, rows, as_of, match) for match, group in _by_match(counted, matching)
        )
        steps.append(
            SqlStep(pairs, sql, "every proof that a row with a set or an exclusive proof might take")
        )
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


def _by_match(
    items: Iterable[Item], matching: Matches
) -> Iterator[tuple[tuple[str, str] | None, list[Item]]]:
    """The items with nothing to match, and those that match the same column of the same triggers."""
    groups: dict[tuple[str, str] | None, list[Item]] = {}
    for item in items:
        groups.setdefault(matching.get(item.number), []).append(item)
    yield from groups.items()


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


def _matched(match: tuple[str, str] | None, value: str) -> tuple[str, str]:
    """SQL: the join of rows r with their triggers, and the condition on the proof e; both may be empty."""
    if match is None:
        return "", ""
    return f"\nJOIN {match[0]} AS h ON h.k_hi = r.k_hi AND h.k_lo = r.k_lo", f" AND e.matched = {value}"


def _first_proofs(items: list[Item], rows: str, as_of: datetime, match: tuple[str, str] | None) -> str:
    begins, ends = _window(items)
    triggers, same = _matched(match, "w.matched")
    wanted = "" if match is None else f", {match[1]} AS matched"
    return f"""
SELECT id_hi, id_lo, first.proved_at AS met_at, first.p_hi AS met_hi, first.p_lo AS met_lo,
       first.known_at AS met_known_at
FROM (
  SELECT w.id_hi, w.id_lo,
         min(struct_pack(proved_at := e.proved_at, p_hi := e.p_hi, p_lo := e.p_lo,
                         known_at := e.known_at)) AS first
  FROM (SELECT r.id_hi, r.id_lo, r.person, i.proof, {begins} AS begins, {ends} AS ends{wanted}
        FROM {rows} AS r JOIN plan_items AS i ON i.item = r.item{triggers}
        WHERE i.item IN ({_numbers(items)}) AND {begins} <= {literal(as_of)}) AS w
  JOIN evidence AS e
    ON e.proof = w.proof AND e.person = w.person AND e.proved_at >= w.begins AND e.proved_at < w.ends{same}
  GROUP BY w.id_hi, w.id_lo) AS found"""


def _pairs(
    items: list[Item], every: list[Item], rows: str, as_of: datetime, match: tuple[str, str] | None
) -> str:
    """every: all items whose texts decide the turn of a step."""
    begins, ends = _window(items)
    triggers, same = _matched(match, match[1] if match else "")
    values = ", ".join(
        f"({item.number}, {_turn(item, every)}, {item.proof.count},"
        f" {item.proof.min_gap // timedelta(microseconds=1)}, {literal(item.proof.exclusive)},"
        f" {literal(item.verb.name)})"
        for item in items
    )
    return f"""
SELECT r.id_hi, r.id_lo, r.person, s.verb, s.turn, s.needed, s.gap, s.exclusive, r.due_at,
       e.proved_at, e.p_hi, e.p_lo, e.known_at
FROM {rows} AS r
JOIN plan_items AS i ON i.item = r.item
JOIN (VALUES {values}) AS s (item, turn, needed, gap, exclusive, verb) ON s.item = r.item{triggers}
JOIN evidence AS e
  ON e.proof = i.proof AND e.person = r.person AND e.proved_at >= {begins} AND e.proved_at < {ends}{same}
WHERE e.proved_at <= {literal(as_of)}"""


LAST_TURN = 1_000_000
"""The turn of escalations: after every stage of every rule."""


def _turn(item: Item, items: list[Item]) -> int:
    """The stage of a step, the latest of all its texts."""
    if item.escalation_of is not None:
        return LAST_TURN
    texts = [one.version for one in items if (one.version.rule, one.name) == (item.version.rule, item.name)]
    return max(stage_of(version, item.name) for version in texts)
