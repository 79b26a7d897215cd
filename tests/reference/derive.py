"""The whole question: obligations, what is not known, what was known too late, and who is restricted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from reference.facts import Cells, World, hex_key, mixed, text_key
from reference.offices import office_of
from reference.proof import (
    cover,
    covering_waivers,
    happened,
    new_taken,
    next_change,
    prove_points,
    status_of_point,
    status_of_span,
    verb_of,
)
from reference.rows import (
    Obligation,
    Trigger,
    after_endings,
    apart_from_too_late,
    event_day,
    main_subject,
    marks_of,
)
from reference.texts import counting_versions, not_known, rows_of_step, steps_in_order
from sizao.policy.model import OfficeOf, Policy, RuleVersion, StepText

Table = list[dict[str, Any]]
LIVE = ("met", "met_late", "open", "overdue")


def derive(
    policy: Policy, facts: Mapping[str, Iterable[Cells]], *, as_of: datetime, known_by: datetime
) -> dict[str, Table]:
    """The four results, each a list of rows with exactly the columns of the engine's result."""
    world = World(policy, facts, as_of, known_by)
    plans = [
        Plans(trigger, versions)
        for versions in (counting_versions(world, policy.rules[rule]) for rule in sorted(policy.rules))
        if versions
        for trigger in _triggers(world, versions[0].for_each)
    ]
    taken = new_taken()
    last_stage = max((stage for plan in plans for stage, _ in plan.order), default=0)
    for stage in range(last_stage + 1):
        rows = [row for plan in plans for row in plan.add_stage(stage)]
        for row in rows:
            if row.is_span():
                cover(world, row)
        prove_points(world, [row for row in rows if not row.is_span()], taken)
    rows = [row for plan in plans for row in plan.rows()]
    parents = [row for row in rows if _conclude(world, row) and _within_horizon(world, row)]
    escalations = [row for parent in parents for row in _escalated(world, parent)]
    prove_points(world, escalations, taken)
    escalations = [row for row in escalations if _exists(row)]
    escalations = [row for row in escalations if _conclude(world, row) and _within_horizon(world, row)]
    result = [*parents, *escalations]
    return {
        "obligations": [_described(world, row) for row in sorted(result, key=lambda row: hex_key(row.key))],
        "unknown": [row for plan in plans for row in plan.unknown()],
        "too_late": [
            _too_late(row) for plan in plans for row in plan.too_late if _within_horizon(world, row)
        ],
        "standing": _standing(world, result),
    }


class Plans:
    """Everything that one rule plans for one trigger, stage by stage."""

    def __init__(self, trigger: Trigger, versions: Sequence[RuleVersion]) -> None:
        self.trigger, self.versions = trigger, versions
        self.order = steps_in_order(versions)
        self.by_step: dict[str, list[Obligation]] = {}
        self.too_late: list[Obligation] = []

    def add_stage(self, stage: int) -> list[Obligation]:
        """Plan the steps of a stage: transitions, then late knowledge, then endings."""
        world, added = self.trigger.world, []
        for _, name in (item for item in self.order if item[0] == stage):
            planned = rows_of_step(self.trigger, self.versions, name, self._stage_start, self._proofs)
            created, too_late = apart_from_too_late(world, planned)
            self.too_late += too_late
            self.by_step[name] = after_endings(world, created)
            added += self.by_step[name]
        return added

    def _stage_start(self, step: StepText) -> datetime | None:
        if step.after is None:
            return None
        before = self.by_step.get(step.after.step, [])
        if step.after.event == "end":
            instants = [_ends(row) for row in before]
        else:
            instants = [row.met_at for row in before]
        return max((instant for instant in instants if instant is not None), default=None)

    def _proofs(self, step: StepText, about: str) -> list[Any]:
        return happened(self.trigger.world, step.proof, about)

    def rows(self) -> list[Obligation]:
        return [row for rows in self.by_step.values() for row in rows if _exists(row)]

    def unknown(self) -> Table:
        version = not_known(self.trigger, self.versions)
        if version is None:
            return []
        row = self.trigger.row
        return [
            {
                "rule": version.rule,
                "version": version.number,
                "trigger_fact": row.fact,
                "trigger_key": hex_key(row.key),
                "about": row[main_subject(version.for_each)],
                "area": row["area"],
                "event_on": self.trigger.event_on,
                "first_known_at": row.known_at,
            }
        ]


def _ends(row: Obligation) -> datetime | None:
    """When a step ends: as planned, or earlier."""
    return min((instant for instant in (row.closes, row.ends_at) if instant is not None), default=None)


def _exists(row: Obligation) -> bool:
    """A point that ended before it was due exists only when it was proved before it ended."""
    return row.ends_at is None or row.ends_at >= row.due or row.met_at is not None


def _triggers(world: World, fact: str) -> list[Trigger]:
    found = [(row, event_day(world, fact, row)) for row in world.rows(fact)]
    return [Trigger(world, row, day) for row, day in found if day is not None]


# -- status, horizon, escalation -------------------------------------------------------------------


def _conclude(world: World, row: Obligation) -> bool:
    """Give the row its status; always true, so that it reads well in a filter."""
    waived = _live_waiver(world, row) is not None
    if row.is_span():
        row.met_at = row.met_by = None
        row.status = status_of_span(world, row, cover(world, row), waived)
    else:
        row.status = status_of_point(world, row, waived)
    return True


def _live_waiver(world: World, row: Obligation) -> Any:
    live = [w for w in covering_waivers(world, row) if w["from_at"] <= world.as_of < w["until_at"]]
    return live[0] if live else None


def _within_horizon(world: World, row: Obligation) -> bool:
    """Whether the row ended (or was due, when it was known too late) within the last horizon_days."""
    if row.met_at is not None and not row.is_span():
        end = max(row.due, row.met_at)
    elif row.closes is not None:
        end = row.closes
    else:
        end = max(row.due, world.as_of) if row.status else row.due
    return end >= world.as_of - timedelta(world.policy.horizon_days)


def _escalated(world: World, parent: Obligation) -> list[Obligation]:
    escalation = parent.step.escalation
    if escalation is None or parent.status not in ("overdue", "missed"):
        return []
    opens = parent.due + escalation.after
    due, ends_at = opens + escalation.within, parent.ends_at
    if world.as_of < opens or (ends_at is not None and ends_at <= opens):
        return []
    return [
        Obligation(
            parent.version,
            parent.step,
            parent.trigger,
            parent.event_on,
            parent.about,
            parent.text,
            opens,
            due,
            ends_at if ends_at is not None and due <= ends_at else None,
            parent.related,
            parent.anchor,
            witnesses=parent.witnesses,
            ends_at=ends_at,
            parent=parent,
        )
    ]


# -- results ---------------------------------------------------------------------------------------


def _described(world: World, row: Obligation) -> dict[str, Any]:
    version, step, verb = row.version, row.step, verb_of(row)
    is_escalation = row.parent is not None
    coverage = cover(world, row) if row.is_span() else None
    waivers = covering_waivers(world, row)
    waiver = _live_waiver(world, row) if row.status == "waived" else None
    escalation = step.escalation if is_escalation else None
    done_by = office_of(world, row, step.done_by if escalation is None else escalation.done_by)
    return {
        "obligation_id": hex_key(row.key),
        "plan_id": hex_key(mixed(row.trigger.key, text_key(version.rule))),
        "rule": version.rule,
        "version": version.number,
        "rule_version": version.digest,
        "step": row.name,
        "occurrence": row.occurrence,
        "verb": verb.name,
        "sector": version.sector,
        "about_kind": verb.about_kind,
        "about": row.about,
        "trigger_fact": row.trigger.fact,
        "trigger_key": hex_key(row.trigger.key),
        "related": None if row.related is None else row.related.name,
        "anchor": None if row.anchor is None else row.anchor.name,
        "parent_id": None if row.parent is None else hex_key(row.parent.key),
        "place": None if is_escalation else step.place,
        "restricts": verb.restricts,
        "event_on": row.event_on,
        "first_known_at": row.trigger.known_at,
        "opens_at": row.opens,
        "due_at": row.due,
        "closes_at": row.closes,
        "status": row.status,
        "met_at": row.met_at,
        "met_by": None if row.met_by is None else row.met_by.name,
        "reported_late": row.met_by is not None and row.met_by.known_at > row.due,
        "in_place": None if coverage is None else coverage.in_place,
        "covered_until": None if coverage is None else coverage.covered_until,
        "gaps": None if coverage is None else coverage.gaps,
        "waived_by": None if waiver is None else waiver.name,
        "done_by": done_by.office,
        "answers_to": "" if is_escalation else _answers_to(world, row, step.answers_to),
        "owned": done_by.owned,
        "area": done_by.area,
        "marks": marks_of(row),
        "because": _because(row),
        "next_change_at": next_change(world, row, coverage, waivers),
    }


def _answers_to(world: World, row: Obligation, wanted: Sequence[OfficeOf]) -> str:
    offices = [office_of(world, row, selector).office for selector in wanted]
    return ",".join(office for office in offices if office is not None)


def _because(row: Obligation) -> str:
    named = [row.trigger, *row.witnesses, row.related, row.anchor]
    names = [source.name for source in named if source is not None]
    if row.parent is not None:
        names.append(f"obligations:{hex_key(row.parent.key)}")
    return ",".join(list(dict.fromkeys(names))[:8])


def _too_late(row: Obligation) -> dict[str, Any]:
    return {
        "kind": "span_over" if row.is_span() else "skipped",
        "rule": row.version.rule,
        "version": row.version.number,
        "step": row.step.name,
        "occurrence": row.occurrence,
        "trigger_fact": row.trigger.fact,
        "trigger_key": hex_key(row.trigger.key),
        "about": row.about,
        "due_at": row.due,
        "closes_at": row.closes,
        "first_known_at": row.trigger.known_at,
        "area": row.trigger["area"],
    }


def _standing(world: World, rows: Iterable[Obligation]) -> Table:
    bound: dict[str, list[Obligation]] = defaultdict(list)
    for row in rows:
        live = row.opens <= world.as_of and row.closes is not None and world.as_of < row.closes
        if verb_of(row).restricts and live and row.status != "waived":
            bound[world.canonical(row.about) or row.about].append(row)
    strictness = world.policy.strictness
    found = []
    for person in sorted(bound):
        places = [row.step.place for row in bound[person] if row.step.place in strictness]
        ids = sorted(hex_key(row.key) for row in bound[person])
        found.append(
            {
                "person": person,
                "place": max(places, key=strictness.index, default=None),
                "until": max(row.closes for row in bound[person] if row.closes is not None),
                "rows": ",".join(ids),
                "row_count": len(ids),
            }
        )
    return found
