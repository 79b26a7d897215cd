"""What a run changes: rows that are gone, rows that are new or other than before."""

from __future__ import annotations

from sizao.terms.queries import Query, SqlStep
from sizao_web.records.ledger.tables import KEPT, Kept


def changes_of_whole() -> Query:
    """Over <name>_before and <name>_after: results gone_<name> (full rows) and new_<name>."""
    return _changes("")


def changes_of_touched() -> Query:
    """The same, looking only at rows about those in `touched_subjects`."""
    return _changes(" WHERE b.{subject} IN (SELECT subject FROM touched_subjects)")


def _changes(among: str) -> Query:
    steps: list[SqlStep] = []
    for kept in KEPT.values():
        steps += _steps(kept, among.format(subject=kept.subject))
    inputs = [name for kept in KEPT.values() for name in (kept.before, f"{kept.name}_after")]
    return Query(
        tuple(steps),
        (*inputs, *(["touched_subjects"] if among else [])),
        {f"{what}_{kept.name}": f"{what}_{kept.name}" for kept in KEPT.values() for what in ("gone", "new")},
    )


def _steps(kept: Kept, among: str) -> list[SqlStep]:
    before = f"(SELECT b.* FROM {kept.before} AS b{among})"
    after = f"{kept.name}_after"
    same_key = " AND ".join(f'a."{one}" IS NOT DISTINCT FROM b."{one}"' for one in kept.key)
    columns = ", ".join(f'"{one}"' for one in kept.columns)
    return [
        SqlStep(
            f"gone_{kept.name}",
            f"SELECT b.* FROM {before} AS b WHERE NOT EXISTS (SELECT 1 FROM {after} AS a WHERE {same_key})",
            f"{kept.name} that derive does not answer any more",
        ),
        SqlStep(
            f"new_{kept.name}",
            f"SELECT {columns} FROM {after} EXCEPT SELECT {columns} FROM {before} AS b",
            f"{kept.name} that are new or differ",
        ),
    ]
