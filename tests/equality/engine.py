"""Ask the engine: facts as Arrow tables, the generated query, the answer as plain rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import pyarrow as pa

from equality.comparison import Rows
from reference.histories import Batch, Facts
from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import arrow_schema
from sizao.obligations.derive import derive
from sizao.policy.adopting import adopt
from sizao.policy.model import Policy
from sizao.store.folder import Facts as FolderFacts
from sizao.store.running import run
from sizao.terms.queries import Query

Changed = Callable[[Query], Query]


def tables(facts: Facts) -> dict[str, pa.Table]:
    """Every fact of the dictionary as an Arrow table, empty where the history has none."""
    return {
        name: pa.Table.from_pylist(list(facts.get(name, ())), schema=arrow_schema(name)) for name in FACTS
    }


def query_of(
    policy: Policy,
    bound: Mapping[str, pa.Table],
    as_of: datetime,
    known_by: datetime,
    *,
    told_of_tables: bool = False,
) -> Query:
    """The engine's query for the adopted texts; it may be told which tables are empty or uncorrected."""
    adopted = adopt(policy, bound["adoptions"], known_by).policy
    if not told_of_tables:
        return derive(adopted, as_of=as_of, known_by=known_by)
    given = FolderFacts(bound)
    return derive(adopted, as_of=as_of, known_by=known_by, empty=given.empty, uncorrected=given.uncorrected)


def engine(batch: Batch, facts: Facts | None = None, changed: Changed | None = None) -> Rows:
    """What the engine answers; `changed` may replace its query first."""
    return run_query(batch, tables(batch.together() if facts is None else facts), changed)


def run_query(
    batch: Batch,
    bound: Mapping[str, pa.Table],
    changed: Changed | None = None,
    *,
    told_of_tables: bool = False,
) -> Rows:
    """The same of tables as they are."""
    query = query_of(batch.policy, bound, batch.as_of, batch.known_by, told_of_tables=told_of_tables)
    return rows_of(run(query if changed is None else changed(query), bound, threads=1))


def rows_of(answer: Mapping[str, pa.Table]) -> Rows:
    """Tables as plain rows."""
    return {name: table.to_pylist() for name, table in answer.items()}
