"""One knock at the door: what the same office must do on the same day at the same household, as one visit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sizao.obligations.effective import effective_steps
from sizao.terms.queries import Query, SqlStep, literal
from sizao.terms.time import local_day, sql_local_day
from sizao.worklists.households import FACTS, home_step
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

    A person belongs to the household in which `homes` finds them on as_of's local day; without one to none,
    and is visited alone. Results `lines` and `total` as in `lists`. Rows already overdue are merged under the
    local day of as_of: they are done on the next visit, not in the past.
    """
    if not verbs:
        raise ValueError("no verb was given; name the verbs that are done at the door, for example visit")
    today = local_day(as_of, zone)
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
  FROM obligations LEFT JOIN homes ON homes.person = about
  WHERE {chosen} GROUP BY 1, 2, 3, 4) AS doors"""
    return Query(
        steps=(
            *effective_steps(FACTS, known_by),
            home_step(today),
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
        inputs=("obligations", *FACTS),
        results={"lines": "visit_lines", "total": "visit_total"},
    )
