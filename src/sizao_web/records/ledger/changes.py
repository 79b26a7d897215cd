"""What a run changes: rows that are gone, rows that are new or differ; and what there is to count."""

from __future__ import annotations

from sizao.terms.queries import Query, SqlStep
from sizao_web.records.ledger.tables import COUNTS, KEPT, Kept


def changes_of_whole() -> Query:
    """Over <name>_before and <name>_after of what is kept: results gone_<name> (full rows) and new_<name>."""
    return _changes("")


def changes_of_touched() -> Query:
    """The same, looking only at rows about those in `touched_subjects`."""
    return _changes(" WHERE b.{subject} IN (SELECT subject FROM touched_subjects)")


def _changes(among: str) -> Query:
    steps: list[SqlStep] = []
    for kept in KEPT.values():
        steps += _steps(kept, among.format(subject=kept.subject))
    inputs = [name for kept in KEPT.values() for name in (kept.before, kept.after)]
    return Query(
        tuple(steps),
        (*inputs, *(["touched_subjects"] if among else [])),
        {f"{what}_{kept.name}": f"{what}_{kept.name}" for kept in KEPT.values() for what in ("gone", "new")},
    )


def _steps(kept: Kept, among: str) -> list[SqlStep]:
    before = f"(SELECT b.* FROM {kept.before} AS b{among})"
    same = kept.same("a", "b")
    columns = ", ".join(f'"{one}"' for one in kept.columns)
    return [
        SqlStep(
            f"gone_{kept.name}",
            f"SELECT b.* FROM {before} AS b WHERE NOT EXISTS (SELECT 1 FROM {kept.after} AS a WHERE {same})",
            f"{kept.name} that are not answered any more",
        ),
        SqlStep(
            f"new_{kept.name}",
            f"SELECT {columns} FROM {kept.after} EXCEPT SELECT {columns} FROM {before} AS b",
            f"{kept.name} that are new or differ",
        ),
    ]


def changes_of_counts() -> Query:
    """Over obligations_before (as they are now) and counts_before: results gone_counts and new_counts."""
    kinds = [name for name in COUNTS.columns if name not in ("count_id", "rows")]
    # The separator and the mark of what is empty occur in no text of a fact.
    said = ", ".join(f'coalesce(CAST("{name}" AS VARCHAR), chr(30))' for name in kinds)
    named = ", ".join(f'"{name}"' for name in kinds)
    rows = f"""
SELECT md5(concat_ws(chr(31), {said})) AS count_id, {named}, count(*) AS rows
FROM (SELECT * REPLACE (CASE WHEN about_kind <> 'person' THEN about END AS about)
      FROM obligations_before) AS o
GROUP BY ALL"""
    return Query(
        (SqlStep(COUNTS.after, rows, "live obligations of each kind"), *_steps(COUNTS, "")),
        ("obligations_before", COUNTS.before),
        {"gone": "gone_counts", "new": "new_counts"},
    )
