"""From planned rows to answers: proofs, waivers, status, escalations, offices, the wide rows and the
standing.

derive calls this once, with all rows of all stages. The order of the steps is that of
docs/explanation/semantics.md, sections 4 to 6.
"""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from sizao.obligations.discharge import Matches, points
from sizao.obligations.escalation import escalations
from sizao.obligations.items import Items
from sizao.obligations.narrow import OUTCOME, Narrow
from sizao.obligations.offices import desk_steps, places_of, where_steps
from sizao.obligations.rows import COLUMNS
from sizao.obligations.spans import spans
from sizao.obligations.standing import standing
from sizao.obligations.status import decided, proofs_of
from sizao.obligations.waivers import valid_waivers, waived
from sizao.obligations.wide import wide_steps
from sizao.policy.model import Policy
from sizao.terms.queries import SqlStep, Step, literal

FACTS_READ = ("waivers", "residences", "stays", "places", "offices", "areas")
"""Facts whose effective rows these steps read beside `evidence`."""


EVERYTHING = Narrow()


def conclude(
    policy: Policy,
    items: Items,
    *,
    rows: str,
    subjects: str,
    as_of: datetime,
    narrow: Narrow = EVERYTHING,
    matching: Matches = MappingProxyType({}),
) -> list[Step]:
    """Steps that end in `obligations` (a view in schema order) and `standing`.

    rows: the step with every planned row, columns COLUMNS. subjects: a step with the column `person`, at
    least every canonical about of these rows. narrow: the columns that these rows can fill. Reads plan_items,
    evidence, canonical, witnesses, item_lookups and the effective facts FACTS_READ. The rows with their
    status stay readable as `rows_decided`.
    """
    places = places_of(items.items)
    steps: list[Step] = [*where_steps(places, subjects=subjects), valid_waivers(policy)]
    steps += _decide(policy, items, rows=rows, name="planned", as_of=as_of, narrow=narrow, matching=matching)
    parts = ["planned_whole"]
    if items.escalations():
        steps.append(escalations(parents="planned_whole", out="escalated", as_of=as_of))
        own = narrow.of_escalations()
        steps += _decide(
            policy,
            items,
            rows="escalated",
            name="escalated",
            as_of=as_of,
            narrow=own,
            matching=matching,
            beside=rows,
        )
        parts.append("escalated_whole")
    standing_rows = "SELECT * FROM {} WHERE status IS NOT NULL"
    every = "\nUNION ALL\n".join(standing_rows.format(part) for part in parts)
    steps.append(SqlStep("rows_decided", every, "every row with its status", materialize=False))
    steps += desk_steps(items.items, places, rows="rows_decided")
    steps += wide_steps(items, places, rows="rows_decided", out="obligations")
    steps.append(standing(policy, items, rows="rows_decided", out="standing", as_of=literal(as_of)))
    return steps


def _decide(
    policy: Policy,
    items: Items,
    *,
    rows: str,
    name: str,
    as_of: datetime,
    narrow: Narrow,
    matching: Matches,
    beside: str | None = None,
) -> list[Step]:
    """Steps that end in `<name>_whole`, every column of the rows with their status.

    beside: the rows that take exclusive proofs before these do.
    """
    escalating = beside is not None
    mine = items.escalations() if escalating else items.steps()
    steps: list[Step] = []
    proving = rows
    if beside is not None and any(item.proof.exclusive for item in mine):
        proving = f"{name}_and_before"
        mine = tuple(item for item in items.items if item in mine or item.proof.exclusive)
        columns = ", ".join(column for column, _ in COLUMNS)
        both = f"SELECT {columns} FROM {beside} UNION ALL SELECT {columns} FROM {rows}"
        steps.append(SqlStep(proving, both, "rows that compete for exclusive proofs", materialize=False))
    steps += points(mine, rows=proving, out=f"{name}_points", as_of=as_of, matching=matching)
    steps += spans(mine, rows=rows, out=f"{name}_spans", as_of=as_of)
    steps.append(proofs_of(points=f"{name}_points", spans=f"{name}_spans", out=f"{name}_proofs"))
    steps.append(waived(rows=rows, out=f"{name}_waived", as_of=as_of))
    places = places_of(items.items)
    steps.append(
        decided(
            policy,
            places,
            narrow,
            rows=rows,
            proofs=f"{name}_proofs",
            waived=f"{name}_waived",
            out=f"{name}_decided",
            as_of=as_of,
        )
    )
    areas = "".join(f", {one.column}" for one in places.asked)
    whole = f"SELECT {narrow.whole((*COLUMNS, *OUTCOME))}{areas} FROM {name}_decided"
    steps.append(SqlStep(f"{name}_whole", whole, f"{rows} with their status", materialize=False))
    return steps
