"""Why one row is there: its story, told by the library from the few facts around it and the rules adopted.

The web process never loads a city: the database hands out what lies around one row (`access.stories`), and
only when the scope sees that row. Areas and grades are about nobody and are read as every duty reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from django.db import connection
from django.db.models import Q

from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import arrow_schema, stored_columns
from sizao.obligations.explain import NoSuchText, explain, explain_unknown
from sizao.obligations.schema import OBLIGATIONS, UNKNOWN
from sizao.obligations.story import Story
from sizao.policy.adopting import adopt_as_recorded
from sizao.policy.model import Policy
from sizao.terms.areas import ancestors
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import FACT_MODELS, Obligation, Run, Unknown
from sizao_web.records.reading.facts import plain
from sizao_web.records.reading.ledger import every_obligation, last_run, unknown
from sizao_web.records.reading.pack import policy_in_use
from sizao_web.settings.clock import bare


@dataclass(frozen=True)
class Told:
    """A row and its story. as_of: the moment the story speaks of; facts: what it was told from."""

    row: Obligation
    story: Story
    as_of: datetime
    policy: Policy
    facts: Mapping[str, pa.Table]
    stale: bool  # the pack of this installation has no such text any more


def story(scope: Scope, moment: datetime, obligation: str, language: str) -> Told | None:
    """The story of a row that the scope sees; None for any other."""
    row = every_obligation(scope).filter(obligation_id=obligation).first()
    if row is None:
        return None
    if row.about_kind == "person":
        audit.note(scope, moment, "read", "why", [row.about])
    facts = _around("SELECT fact, link FROM sizao_story_facts(%s)", [obligation], row.area)
    as_of = _as_of(moment, row).replace(second=0, microsecond=0)  # nobody waits by the second
    values = _values(row, OBLIGATIONS.names)
    policy = policy_adopted(moment)
    told = {"as_of": bare(as_of), "known_by": bare(moment), "language": language}
    try:
        return Told(row, explain(values, policy, facts, **told), as_of, policy, facts, False)
    except NoSuchText:
        # Derived under a text that was adopted then and is not now, or is in the files only.
        policy = policy_in_use()
    try:
        return Told(row, explain(values, policy, facts, **told), as_of, policy, facts, False)
    except NoSuchText:
        return Told(row, Story(obligation, language, "", ()), as_of, policy, facts, True)


def story_of_unknown(
    scope: Scope, moment: datetime, fact: str, key: str, language: str
) -> tuple[list[tuple[Unknown, Story]], dict[str, pa.Table]]:
    """What must be found out about a trigger, for each rule that cannot be decided, and the facts around it.

    Nothing out of scope.
    """
    rows = list(unknown(scope).filter(trigger_fact=fact, trigger_key=key).order_by("rule"))
    if not rows:
        return [], {}
    audit.note(scope, moment, "read", "why", [row.about for row in rows if row.about])
    facts = _around("SELECT fact, link FROM sizao_unknown_facts(%s, %s)", [fact, key], rows[0].area)
    policy = policy_adopted(moment)
    told = {"known_by": bare(moment), "language": language}
    stories = [
        (row, explain_unknown(_values(row, UNKNOWN.names), policy, facts, **told))
        for row in rows
        if row.rule in policy.rules
    ]
    return stories, facts


def beside(scope: Scope, row: Obligation, limit: int = 30) -> list[Obligation]:
    """Other rows of the same trigger and rule, and what follows when the row is not done."""
    same = Q(rule=row.rule, trigger_fact=row.trigger_fact, trigger_key=row.trigger_key, about=row.about)
    family = Q(parent_id=row.obligation_id) | Q(obligation_id=row.parent_id or "")
    rows = every_obligation(scope).filter(same | family).exclude(obligation_id=row.obligation_id)
    return list(rows.order_by("withdrawn_at", "due_at", "obligation_id")[:limit])


def policy_adopted(known_by: datetime) -> Policy:
    """The pack of this installation with the texts adopted by then."""
    return adopt_as_recorded(policy_in_use(), _table("adoptions", Q()), bare(known_by)).policy


def _as_of(moment: datetime, row: Obligation) -> datetime:
    """Now; for a row that has changed since the ledger was brought up to date, the moment of its run."""
    run: Run | None = last_run()
    changed = row.next_change_at is not None and row.next_change_at <= moment
    return run.as_of if run is not None and (changed or row.withdrawn_at is not None) else moment


def _around(sql: str, asked: list[str], area: str | None) -> dict[str, pa.Table]:
    found: dict[str, list[dict[str, Any]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        for fact, link in cursor.fetchall():
            found.setdefault(fact, []).append(link if isinstance(link, dict) else _loads(link))
    tables = {fact: arrow_rows(fact, rows) for fact, rows in found.items()}
    paths = {area, *_areas_in(tables)} - {None}
    tables["area_grades"] = _table("area_grades", _near(paths))
    paths |= set(_areas_in({"area_grades": tables["area_grades"]}))
    tables["areas"] = _table("areas", Q(path__in=paths))
    return tables


def _near(paths: Iterable[str]) -> Q:
    """Grades of these areas, of the areas around them and of those within."""
    wider = {wide for path in paths for wide in ancestors(path)}
    found = Q(graded__in=wider)
    for path in paths:
        found |= Q(graded__gte=f"{path}/", graded__lt=f"{path}0")
    return found


def _areas_in(tables: Mapping[str, pa.Table]) -> Iterable[str]:
    for fact, table in tables.items():
        for column in FACTS[fact].columns:
            if column.type is ColumnType.AREA:
                yield from (one for one in table[column.name].to_pylist() if one)
        yield from (one for one in table["area"].to_pylist() if one)


def _table(fact: str, where: Q) -> pa.Table:
    """Rows of a reference fact, which every duty reads."""
    return arrow_rows(fact, plain(FACT_MODELS[fact]._default_manager.filter(where)))


def arrow_rows(fact: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows of the database as the library keeps them."""
    columns = {one.name: one.arrow for one in stored_columns(fact)}
    values = [{name: typed(kind, row[name]) for name, kind in columns.items()} for row in rows]
    return pa.Table.from_pylist(values, arrow_schema(fact))


def typed(kind: pa.DataType, value: Any) -> Any:
    """A value of the database, or of its JSON, as the library keeps it."""
    if value is None:
        return None
    if pa.types.is_timestamp(kind):
        return bare(value if isinstance(value, datetime) else datetime.fromisoformat(value))
    if pa.types.is_date(kind):
        return value if isinstance(value, date) else date.fromisoformat(value)
    return str(value) if pa.types.is_string(kind) else value


def _values(row: Any, names: Iterable[str]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in names}
    return {name: bare(one) if isinstance(one, datetime) else one for name, one in found.items()}


def _loads(text: str) -> dict[str, Any]:
    import json

    loaded: dict[str, Any] = json.loads(text)
    return loaded
