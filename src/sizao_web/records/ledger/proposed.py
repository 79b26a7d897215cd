"""What a proposal would change: derived with and without its facts, from everything known now.

Both sides are answers for one moment, the one at which the proposal takes effect (now, when that is past).
The proposed facts count as known an instant later: one side knows them, the other does not yet. What is kept
are counts, and a few rows of each kind of change as examples for those who may see these rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from sizao.obligations.compare import Side, compare
from sizao.obligations.derive import derive
from sizao.policy.model import Policy
from sizao.store.running import Session
from sizao_web.accounts.roles import REOPENING
from sizao_web.records.access.scope import Scope
from sizao_web.records.ledger.questions import corrected, facts_known
from sizao_web.records.ledger.texts import in_force
from sizao_web.records.models import Proposal, ProposalExample
from sizao_web.records.proposed_facts import TRIED, By, as_given, proposed_values
from sizao_web.records.reading.pack import shelf
from sizao_web.records.reopening import links
from sizao_web.records.writing import completed
from sizao_web.settings.clock import bare, now

AN_INSTANT = timedelta(microseconds=1)
AREA_PARTS = 2  # rooms are summed over districts
EXAMPLES = 3  # of each kind of change
MOST_EXAMPLES = 120
OFFICES = 200  # whose load differs most
TOLD = ("status", "opens_at", "due_at", "closes_at", "place", "done_by")

Tables = Mapping[str, pa.Table]


def compare_proposal(proposal: int) -> None:
    """Compare one proposal and keep what differs; once compared or decided, do nothing."""
    found = Proposal.objects.filter(pk=proposal, decision__isnull=True).first()
    if found is None or found.state == "compared":
        return
    try:
        _compare(found)
    except BaseException:
        Proposal.objects.filter(pk=proposal).update(state="failed")
        raise


def _compare(found: Proposal) -> None:
    clock = perf_counter()
    as_of = max(bare(now()), bare(found.effect_at))
    _at(found, "facts")
    facts = dict(facts_known(as_of))
    sides = _sides(found, facts, as_of)
    with Session(facts) as session:
        for name, side in sides.items():
            _at(found, name)
            answer = session.run(_derived(side, facts), ordered=False)
            for result in ("obligations", "standing"):
                session.bind(f"{name}_{result}", answer[result])
        _at(found, "compare")
        query = compare(sides["before"], sides["after"], area_parts=AREA_PARTS, examples=EXAMPLES)
        changes = session.run(query)
    verbs = {**sides["before"].policy.verbs, **sides["after"].policy.verbs}
    with transaction.atomic():
        _keep_examples(found, changes["examples"], verbs)
        Proposal.objects.filter(pk=found.pk).update(
            state="compared",
            step="",
            compared=_counts(changes),
            compared_as_of=found.effect_at if bare(found.effect_at) == as_of else now(),
            seconds=perf_counter() - clock,
        )


def _sides(found: Proposal, facts: dict[str, pa.Table], as_of: datetime) -> dict[str, Side]:
    """What is in force, beside a whole other pack or beside what the proposed facts put into force."""
    if found.kind == TRIED:
        pack = shelf()[found.facts[0]["pack"]]
        if pack is None:
            raise ValueError(f"The pack {found.facts[0]['pack']} does not load any more.")
        return {
            "before": Side(_policy(facts, as_of), as_of, as_of),
            "after": Side(pack.policy, as_of, as_of),
        }
    if found.kind == REOPENING:
        opened = links(found, (as_of + AN_INSTANT).replace(tzinfo=UTC), found.proposed_by)
        facts["results"] = pa.concat_tables([facts["results"], opened])
    else:
        facts[found.kind] = pa.concat_tables([facts[found.kind], _proposed(found, as_of + AN_INSTANT)])
    return {
        name: Side(_policy(facts, known_by), as_of, known_by)
        for name, known_by in (("before", as_of), ("after", as_of + AN_INSTANT))
    }


def _at(found: Proposal, step: str) -> None:
    """Say what the comparison is at; outside any transaction, so that the page sees it."""
    Proposal.objects.filter(pk=found.pk).update(state="working", step=step)


def _policy(facts: Tables, known_by: datetime) -> Policy:
    return in_force(facts["adoptions"], known_by).policy


def _derived(side: Side, facts: Tables) -> Any:
    empty = frozenset(name for name, rows in facts.items() if not rows.num_rows)
    uncorrected = frozenset(name for name, rows in facts.items() if not corrected(rows))
    return derive(side.policy, as_of=side.as_of, known_by=side.known_by, empty=empty, uncorrected=uncorrected)


def _proposed(found: Proposal, known_at: datetime) -> pa.Table:
    """The proposed facts as rows that became known at this moment."""
    scope = Scope(found.proposed_by, "", found.area, found.proposed_office, "")
    by = By(found.proposed_by, found.proposed_office)
    tables = []
    for place, values in enumerate(proposed_values(found)):
        given = as_given(found.kind, values, by, None, found.effect_at, place, found.pk)
        table, problems = completed(scope, found.proposed_at, given)
        if problems:
            raise ValueError(f"proposal {found.pk}: {'; '.join(words.en for _, words in problems)}")
        at = pa.array([known_at], table.schema.field("known_at").type)
        tables.append(table.set_column(table.schema.get_field_index("known_at"), "known_at", at))
    return pa.concat_tables(tables)


def _counts(changes: Tables) -> dict[str, Any]:
    """What is kept for everybody who sees the proposal: counts by rule, area, office and day; no person."""
    bound = changes["bound"].group_by("kind").aggregate([("person", "count")]).to_pylist()
    loads = [row for row in changes["loads"].to_pylist() if row["before_all"] != row["after_all"]]
    loads.sort(key=lambda row: (-abs(row["after_to_do"] - row["before_to_do"]), row["done_by"]))
    return {
        "rows": changes["changes"].num_rows,
        "by_rule": changes["by_rule"].to_pylist(),
        "bound": {row["kind"]: row["person_count"] for row in bound},
        "burden": changes["burden"].to_pylist(),
        "per_day": changes["per_day"].to_pylist(),
        "rooms": changes["rooms"].to_pylist(),
        "loads": loads[:OFFICES],
        "loads_left_out": max(0, len(loads) - OFFICES),
    }


def _keep_examples(found: Proposal, examples: pa.Table, verbs: Mapping[str, Any]) -> None:
    ProposalExample.objects.filter(proposal=found).delete()
    order = pc.sort_indices(examples, [("position", "ascending")])
    rows = examples.take(order.slice(0, MOST_EXAMPLES)).to_pylist()
    ProposalExample.objects.bulk_create(
        ProposalExample(
            proposal=found,
            position=row["position"],
            alike=row["alike"],
            obligation_id=row["obligation_id"],
            rule=row["rule"],
            verb=row["verb"],
            kind=row["kind"],
            why=row["reason"],
            about_kind=verbs[row["verb"]].about_kind,
            about=row["about"],
            area=row["area"],
            done_by=row["after_done_by"] or row["before_done_by"],
            before=_side(row, "before"),
            after=_side(row, "after"),
        )
        for row in rows
    )


def _side(row: Mapping[str, Any], side: str) -> dict[str, Any] | None:
    """What one side says of a row; None where it has no such row."""
    if row[f"{side}_status"] is None:
        return None
    return {name: row[f"{side}_{name}"] for name in TOLD}
