"""A whole city derived by Sizao, by a UNION in DuckDB and by Polars: same facts, same rows by hash.

    python -m benchmarks.derivation CASE FOLDER REPEATS      CASE: a key of CASES

All cases read the same Parquet files and all answer for the same moment. The digest is the sum over all
rows of a hash of the columns that all of them give.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks import frames, union
from benchmarks.city import AS_OF
from benchmarks.full_rules import full_texts
from benchmarks.measuring import Measured, measure, say
from benchmarks.plain_rules import pack_texts

from sizao.facts.schemas import arrow_schema
from sizao.obligations.derive import derive
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from sizao.store.folder import Facts, open_folder
from sizao.store.packs import read_pack
from sizao.store.running import KEPT_MEMORY, Session
from sizao.terms.queries import Query, SqlStep

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
    facts = open_folder(folder)
    query = _derive(plain_policy(), facts)
    unfetched = Query(query.steps, query.inputs, {})
    with Session(facts) as session:

        def work() -> dict[str, float]:
            session.run(unfetched)
            return dict(session.seconds)

        def answer() -> tuple[int, str]:
            wide = session.run(query, ordered=False)["obligations"]
            return _digest_of_wide(wide)

        return measure("sizao", work, repeats, answer)


def _derive(policy: Policy, facts: Facts, *, touched: bool = False) -> Query:
    return derive(
        policy,
        as_of=AS_OF,
        known_by=AS_OF,
        touched=touched,
        empty=facts.empty,
        uncorrected=facts.uncorrected,
    )


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


def full(folder: Path, repeats: int) -> Measured:
    """Stages, recurrence, changed texts and waivers, on facts of which one in a hundred is corrected."""
    facts = open_folder(folder)
    query = _derive(load_pack(full_texts()), facts)
    unfetched = Query(query.steps, query.inputs, {})
    with Session(facts) as session:

        def work() -> dict[str, float]:
            session.run(unfetched)
            return dict(session.seconds)

        def answer() -> tuple[int, str]:
            counted = SqlStep("counted", "SELECT count(*) AS n FROM obligations")
            rows = session.run(Query((*query.steps, counted), query.inputs, {"rows": "counted"}))
            return rows["rows"]["n"][0].as_py(), ""

        return measure("full", work, repeats, answer)


def touched(folder: Path, repeats: int, people: int, texts: dict[str, str]) -> Measured:
    """Only the rows of some people, drawn over the whole city, on the city's own files."""
    facts = open_folder(folder)
    query = _derive(load_pack(texts), facts, touched=True)
    everybody = facts.rows("residences")
    drawn = pa.array([f"p{number * (everybody // people):08d}" for number in range(people)])
    tables = {name: facts.source(name) for name in facts} | {"touched_subjects": pa.table({"subject": drawn})}
    rows: list[int] = []
    with Session(tables) as session:

        def work() -> dict[str, float]:
            result = session.run(query, ordered=False)
            rows[:] = [result["obligations"].num_rows]
            return dict(session.seconds)

        return measure(f"touched {people:,}", work, repeats, lambda: (rows[0], ""))


def touched_alone(
    folder: Path, repeats: int, people: Callable[[Facts], list[str]], texts: dict[str, str]
) -> Measured:
    """The rows of some people when only their facts are handed in, as an index over them would."""
    facts = open_folder(folder)
    subjects = pa.table({"subject": people(facts)})
    own = Facts(_facts_of(facts, subjects))
    policy = load_pack(texts)
    rows: list[int] = []
    # One person's tables are too small to share among threads.
    threads = 1 if subjects.num_rows == 1 else None
    with Session({**own, "touched_subjects": subjects}, threads=threads) as session:

        def work() -> dict[str, float]:
            query = _derive(policy, own, touched=True)
            rows[:] = [session.run(query, ordered=False)["obligations"].num_rows]
            return dict(session.seconds)

        return measure(f"touched {subjects.num_rows:,}, own facts", work, repeats, lambda: (rows[0], ""))


def a_contact(facts: Facts) -> list[str]:
    """The first designated person."""
    return [pq.ParquetFile(facts.source("designations").paths[0]).read_row_group(0)["person"][0].as_py()]


def one_percent(facts: Facts) -> list[str]:
    """Every hundredth person."""
    return [f"p{number:08d}" for number in range(0, facts.rows("residences"), 100)]


def _facts_of(facts: Facts, subjects: pa.Table) -> dict[str, pa.Table]:
    """The facts of these people, and the decisions that concern everybody (areas, offices, grades) whole."""
    connection = duckdb.connect()
    connection.register("subjects", subjects)

    def rows_of(name: str) -> str:
        return f"read_parquet('{facts.source(name).paths[0]}')"

    of_subjects = "person IN (SELECT subject FROM subjects)"
    found: dict[str, pa.Table] = {}
    for name in facts:
        if facts.rows(name) == 0:
            continue
        columns = arrow_schema(name).names
        where = "TRUE"
        if "person" in columns:
            where = of_subjects
        elif name in ("samples", "results"):
            where = f"sample IN (SELECT sample FROM {rows_of('sample_members')} WHERE {of_subjects})"
        named = ", ".join(f'"{column}"' for column in columns)
        sql = f"SELECT {named} FROM {rows_of(name)} WHERE {where}"
        found[name] = connection.execute(sql).to_arrow_table().cast(arrow_schema(name))
    return found


def union_in_duckdb(folder: Path, repeats: int) -> Measured:
    """The peer in SQL, with the settings that Sizao uses."""
    statements = union.statements(AS_OF, AS_OF, digests(plain_policy()))
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"SET block_allocator_memory = '{KEPT_MEMORY}'")
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


def _training() -> dict[str, str]:
    return dict(read_pack(Path(__file__).parents[1] / "policies" / "training-2020"))


def _one_percent(folder: Path) -> int:
    return max(1, open_folder(folder).rows("residences") // 100)


CASES = {
    "sizao": sizao,
    "union": union_in_duckdb,
    "polars": polars,
    "full": full,
    "touched-one": lambda folder, repeats: touched_alone(folder, repeats, a_contact, _training()),
    "touched-percent": lambda folder, repeats: touched_alone(folder, repeats, one_percent, full_texts()),
    "touched-one-in-city": lambda folder, repeats: touched(folder, repeats, 1, full_texts()),
    "touched-percent-in-city": lambda folder, repeats: touched(
        folder, repeats, _one_percent(folder), full_texts()
    ),
}


if __name__ == "__main__":
    case, folder, repeats = sys.argv[1:]
    say(CASES[case](Path(folder), int(repeats)))
