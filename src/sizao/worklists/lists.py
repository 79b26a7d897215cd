"""The lists: to do, overdue, upcoming, unowned, not known.

Each function returns a query over the table `obligations` (or `unknown`) with two results: `lines`, the
page, in order of `position`; and `total`, the counts over the whole list of which the page is a part.
Order: overdue before open before upcoming, then the earlier due, then the obligation's id. The order
depends on nothing else, so that two pages never overlap and a repeated question has the same answer.
"""

from __future__ import annotations

from sizao.terms.queries import Query, SqlStep, literal
from sizao.worklists.selection import Page, Selection, conditions

# What a line of a list shows, in this order after `position`; all from the obligations.
LINE = (
    "obligation_id",
    "status",
    "due_at",
    "opens_at",
    "closes_at",
    "rule",
    "step",
    "occurrence",
    "verb",
    "sector",
    "about_kind",
    "about",
    "place",
    "done_by",
    "answers_to",
    "owned",
    "area",
    "marks",
    "next_change_at",
)
SELECTABLE = frozenset(LINE)
UNKNOWN_SELECTABLE = frozenset({"rule", "about", "area"})
STATUS_RANK = "CASE status WHEN 'overdue' THEN 0 WHEN 'open' THEN 1 WHEN 'upcoming' THEN 2 ELSE 3 END"


def to_do(selection: Selection, page: Page) -> Query:
    """What must be done now: every row that is overdue or open."""
    return _obligations(selection, page, "status IN ('overdue', 'open')")


def overdue(selection: Selection, page: Page) -> Query:
    """What should have been done: every row whose due instant has passed without proof and that can still
    be done."""
    return _obligations(selection, page, "status = 'overdue'")


def upcoming(selection: Selection, page: Page) -> Query:
    """What comes next: every row that is not yet open."""
    return _obligations(selection, page, "status = 'upcoming'")


def unowned(selection: Selection, page: Page) -> Query:
    """What nobody near enough is responsible for: overdue, open and upcoming rows without an office of
    the task's level."""
    return _obligations(selection, page, "NOT owned AND status IN ('overdue', 'open', 'upcoming')")


def of_person(person: str, page: Page) -> Query:
    """Everything about one person, place or office, whatever its status."""
    return _obligations(Selection(about=person), page, "TRUE")


def not_known(selection: Selection, page: Page) -> Query:
    """What must be found out: triggers of which no text could say whether it catches them.

    One line per (rule, trigger). Selectable by rule, about and area. Order: the fact known longest first.
    """
    chosen = " AND ".join(["TRUE", *conditions(selection, UNKNOWN_SELECTABLE)])
    return Query(
        steps=(
            SqlStep(
                "worklist_all",
                f"""
SELECT row_number() OVER (ORDER BY first_known_at, rule, trigger_key) AS position,
       rule, version, about, area, event_on, first_known_at, trigger_fact, trigger_key
FROM unknown WHERE {chosen}""",
                "triggers about which a condition is not known, the longest known first",
            ),
            _page(page),
            SqlStep(
                "worklist_total",
                """
SELECT rule, count(*) AS lines, min(first_known_at) AS earliest_known_at FROM worklist_all GROUP BY rule""",
                "how many, by rule",
                materialize=False,
            ),
        ),
        inputs=("unknown",),
        results={"lines": "worklist_lines", "total": "worklist_total"},
    )


def _obligations(selection: Selection, page: Page, which: str) -> Query:
    chosen = " AND ".join([f"({which})", *conditions(selection, SELECTABLE)])
    return Query(
        steps=(
            SqlStep(
                "worklist_all",
                f"""
SELECT row_number() OVER (ORDER BY {STATUS_RANK}, due_at, obligation_id) AS position, {", ".join(LINE)}
FROM obligations WHERE {chosen}""",
                "the whole list in its order",
            ),
            _page(page),
            SqlStep(
                "worklist_total",
                """
SELECT status, count(*) AS lines, count(DISTINCT about) AS abouts, min(due_at) AS earliest_due_at
FROM worklist_all GROUP BY status""",
                "how many, by status, of the same list",
                materialize=False,
            ),
        ),
        inputs=("obligations",),
        results={"lines": "worklist_lines", "total": "worklist_total"},
    )


def _page(page: Page) -> SqlStep:
    return SqlStep(
        "worklist_lines",
        f"SELECT * FROM worklist_all WHERE position BETWEEN {literal(page.first)} AND {literal(page.last)}",
        f"page {page.number} of {page.size} lines",
        materialize=False,
    )
