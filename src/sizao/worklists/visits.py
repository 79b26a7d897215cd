"""One knock at the door: what the same office must do on the same day at the same household, as one visit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sizao.obligations.known import believed, spells_of
from sizao.terms.queries import Query, SqlStep, literal
from sizao.terms.time import local_day, sql_local_day
from sizao.worklists.selection import Page, Selection, conditions

_SELECTABLE = frozenset({"done_by", "rule", "verb", "sector", "about", "area", "due_at"})


def visits(
    selection: Selection,
    page: Page,
    *,
    verbs: Sequence[str],
    zone: str,
    as_of: datetime,
    known_by: datetime,
) -> Query:
    """Overdue and open rows of `verbs` about persons, merged to visits. One line per (office, household,
    local due day).

    A person belongs to the household of the latest effective membership (`households`) that holds as_of's
    local day, else to that of the residence; without either to none, and is visited alone. Results `lines`
    and `total` as in `lists`. Rows already overdue are merged under the local day of as_of: they are done on
    the next visit, not in the past.
    """
    if not verbs:
        raise ValueError("no verb was given; name the verbs that are done at the door, for example visit")
    today = local_day(as_of, zone)
    home = f"""
SELECT person, household FROM (
  SELECT person, household, row_number() OVER (PARTITION BY person ORDER BY rank, from_on DESC, key_hi
    DESC, key_lo DESC) AS n
  FROM (SELECT 0 AS rank, person, household, from_on, until_on, key_hi, key_lo FROM
    {believed("households", known_by)}
        UNION ALL
        SELECT 1, person, household, from_on, until_on, key_hi, key_lo FROM
          {believed("residences", known_by)}) AS homes
  WHERE household IS NOT NULL AND from_on <= {literal(today)} AND (until_on IS NULL OR until_on >
    {literal(today)})
) AS ranked WHERE n = 1"""
    due_day = sql_local_day("(due_at - INTERVAL '1' MICROSECOND)", zone)
    day = f"greatest({due_day}, {literal(today)})"
    chosen = " AND ".join(
        [
            "about_kind = 'person' AND status IN ('overdue', 'open')",
            f"verb IN ({', '.join(literal(verb) for verb in verbs)})",
            *conditions(selection, _SELECTABLE),
        ]
    )
    merged = f"""
SELECT row_number() OVER (ORDER BY visit_on, overdue = 0, earliest_due_at, done_by, door) AS position, *
  FROM (
  SELECT {day} AS visit_on, done_by, household, coalesce(household, about) AS door, min(area) AS area,
         CAST(count(DISTINCT about) AS BIGINT) AS persons, CAST(count(*) AS BIGINT) AS row_count,
         CAST(count(*) FILTER (WHERE status = 'overdue') AS BIGINT) AS overdue, min(due_at) AS
           earliest_due_at,
         string_agg(obligation_id, ',' ORDER BY due_at, obligation_id) AS rows
  FROM obligations LEFT JOIN visit_homes ON visit_homes.person = about
  WHERE {chosen} GROUP BY 1, 2, 3, 4) AS doors"""
    return Query(
        steps=(
            spells_of("households"),
            spells_of("residences"),
            SqlStep("visit_homes", home, "the household of each person on the day asked"),
            SqlStep("visit_all", merged, "rows merged to visits"),
            SqlStep(
                "visit_lines",
                f"SELECT * FROM visit_all WHERE position BETWEEN {page.first} AND {page.last}",
                f"page {page.number} of {page.size} visits",
                materialize=False,
            ),
            SqlStep(
                "visit_total",
                """
SELECT visit_on, CAST(count(*) AS BIGINT) AS visits, CAST(sum(row_count) AS BIGINT) AS row_count
FROM visit_all GROUP BY visit_on""",
                "how many visits, by day, of the same list",
                materialize=False,
            ),
        ),
        inputs=("obligations", "households", "residences"),
        results={"lines": "visit_lines", "total": "visit_total"},
    )
