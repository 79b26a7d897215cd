"""A whole city derived by Sizao, by a UNION in DuckDB and by Polars: same facts, same rows by hash.

    python -m benchmarks.derivation CASE FOLDER REPEATS      CASE: sizao, union, polars

All cases read the same Parquet files and all answer for the same moment. The digest is the sum over all
rows of a hash of the columns that all of them give.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import polars as pl
from benchmarks import frames, union
from benchmarks.city import AS_OF
from benchmarks.measuring import Measured, measure, say
from benchmarks.plain_rules import pack_texts
from sizao.obligations.derive import derive

from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from sizao.store.folder import open_folder
from sizao.store.running import Session
from sizao.terms.queries import Query

# What all answers have in common, written alike: keys as pairs of numbers, instants in UTC.
_COMPARED = (
    "id_hi, id_lo, rule, version, rule_version, step, occurrence, verb, sector, about, trigger_fact, key_hi, "
    "key_lo, event_on, first_known_at, opens_at, due_at, closes_at, status, met_at, met_hi, met_lo, "
    "reported_late, done_by, answers_to, area, grade_hi, grade_lo, stay_hi, stay_lo"
)
_DIGEST = f"SELECT count(*), CAST(sum(hash({_COMPARED})) AS VARCHAR) FROM answer"


def plain_policy() -> Policy:
    """The thirty plain rules, loaded as any pack is."""
    return load_pack(pack_texts())


def digests(policy: Policy) -> dict[str, str]:
    """Rule -> hash of its text, which every row carries."""
    return {version.rule: version.digest for version in policy.versions()}


def sizao(folder: Path, repeats: int) -> Measured:
    """The product: every step of derive, kept in the engine as it keeps them."""
    query = derive(plain_policy(), as_of=AS_OF, known_by=AS_OF)
    unfetched = Query(query.steps, query.inputs, {})
    with Session(open_folder(folder)) as session:

        def work() -> dict[str, float]:
            session.run(unfetched)
            return dict(session.seconds)

        def answer() -> tuple[int, str]:
            wide = session.run(query, ordered=False)["obligations"]
            return _digest_of_wide(wide)

        return measure("sizao", work, repeats, answer)


def _digest_of_wide(wide: object) -> tuple[int, str]:
    connection = duckdb.connect()
    connection.register("wide", wide)
    half = "CAST(CAST('0x' || {0} AS UBIGINT) AS HUGEINT)"

    def number(text: str, start: int) -> str:
        value = half.format(f"substr({text}, {start}, 16)")
        return (
            f"CAST(CASE WHEN {value} >= 9223372036854775808 THEN {value} - 18446744073709551616 "
            f"ELSE {value} END AS BIGINT)"
        )

    def witness(fact: str, start: int) -> str:
        return number(f"nullif(regexp_extract(because, '{fact}:([0-9a-f]{{32}})', 1), '')", start)

    connection.execute(
        f"""CREATE VIEW answer AS SELECT * REPLACE (CAST(version AS INTEGER) AS version),
        {number("obligation_id", 1)} AS id_hi, {number("obligation_id", 17)} AS id_lo,
        {number("trigger_key", 1)} AS key_hi, {number("trigger_key", 17)} AS key_lo,
        {number("split_part(met_by, ':', 2)", 1)} AS met_hi,
        {number("split_part(met_by, ':', 2)", 17)} AS met_lo,
        {witness("area_grades", 1)} AS grade_hi, {witness("area_grades", 17)} AS grade_lo,
        {witness("stays", 1)} AS stay_hi, {witness("stays", 17)} AS stay_lo FROM wide"""
    )
    rows, digest = connection.execute(_DIGEST).fetchall()[0]
    return rows, digest


def union_in_duckdb(folder: Path, repeats: int) -> Measured:
    """The peer in SQL, with the settings that Sizao uses."""
    statements = union.statements(AS_OF, AS_OF, digests(plain_policy()))
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET preserve_insertion_order = false")
    for statement in union.bind(folder):
        connection.execute(statement)

    def work() -> dict[str, float]:
        for name in ("arrivals_graded", "rows_due", "taken", "proofs", "office_of", "obligations"):
            connection.execute(f"DROP TABLE IF EXISTS {name}")
        for statement in statements:
            connection.execute(statement)
        return {}

    def answer() -> tuple[int, str]:
        connection.execute("CREATE VIEW answer AS SELECT * FROM obligations")
        rows, digest = connection.execute(_DIGEST).fetchall()[0]
        return rows, digest

    return measure("union", work, repeats, answer)


def polars(folder: Path, repeats: int) -> Measured:
    """The peer in Polars."""
    texts = digests(plain_policy())
    kept: list[pl.DataFrame] = []

    def work() -> dict[str, float]:
        kept[:] = [frames.obligations(folder, AS_OF, AS_OF, texts)]
        return {}

    def answer() -> tuple[int, str]:
        connection = duckdb.connect()
        connection.register("given", kept[0].to_arrow())
        connection.execute(
            "CREATE VIEW answer AS SELECT * REPLACE (CAST(rule AS VARCHAR) AS rule, "
            "CAST(about AS VARCHAR) AS about) FROM given"
        )
        rows, digest = connection.execute(_DIGEST).fetchall()[0]
        return rows, digest

    return measure("polars", work, repeats, answer)


CASES = {"sizao": sizao, "union": union_in_duckdb, "polars": polars}

if __name__ == "__main__":
    case, folder, repeats = sys.argv[1:]
    say(CASES[case](Path(folder), int(repeats)))
