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


def counts_of_all() -> Query:
    """Over obligations_after and counts_before: results gone and new, of counts."""
    return Query(
        (
            SqlStep(COUNTS.after, _counted("obligations_after", "count(*)"), "rows of each kind"),
            *_steps(COUNTS, ""),
        ),
        ("obligations_after", COUNTS.before),
        {"gone": "gone_counts", "new": "new_counts"},
    )


def counts_of_changes() -> Query:
    """The same from the rows that changed: gone_obligations, new_obligations (full rows), obligations_before
    as it was, and counts_before."""
    kept = KEPT["obligations"]
    moved = f"""
SELECT {", ".join(_KINDS)}, 1 AS change FROM new_obligations
UNION ALL SELECT {", ".join(_KINDS)}, -1 FROM gone_obligations
UNION ALL SELECT {", ".join(f"b.{kind}" for kind in _KINDS)}, -1
FROM {kept.before} AS b JOIN new_obligations AS a ON {kept.same("a", "b")}"""
    changed = f"""
SELECT c.* REPLACE (c.rows + coalesce(b.rows, 0) AS rows)
FROM counts_moved AS c LEFT JOIN {COUNTS.before} AS b ON b.count_id = c.count_id WHERE c.rows <> 0"""
    return Query(
        (
            SqlStep("counts_moved", _counted(f"({moved})", "sum(change)"), "how many more of each kind"),
            SqlStep("counts_changed", changed, "how many there are now"),
            SqlStep("gone_counts", "SELECT * FROM counts_changed WHERE rows = 0", "kinds without rows"),
            SqlStep("new_counts", "SELECT * FROM counts_changed WHERE rows > 0", "kinds with other numbers"),
        ),
        ("gone_obligations", "new_obligations", kept.before, COUNTS.before),
        {"gone": "gone_counts", "new": "new_counts"},
    )


_KINDS = [name for name in COUNTS.columns if name not in ("count_id", "rows")]


def _counted(rows: str, number: str) -> str:
    """The kinds of some rows and a number of each. Separator and mark of what is empty occur in no text."""
    said = ", ".join(f'coalesce(CAST("{name}" AS VARCHAR), chr(30))' for name in _KINDS)
    named = ", ".join(_KINDS)
    return f"""
SELECT md5(concat_ws(chr(31), {said})) AS count_id, {named}, CAST(number AS BIGINT) AS rows
FROM (SELECT {named}, {number} AS number
      FROM (SELECT * REPLACE (CASE WHEN about_kind <> 'person' THEN about END AS about) FROM {rows} AS r) AS o
      GROUP BY ALL) AS kinds"""
