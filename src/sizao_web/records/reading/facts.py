"""Facts as recorded, within a scope: every link, or of each key the one that is effective at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import FACT_MODELS, FactRow


def links(scope: Scope, fact: str) -> QuerySet[Any]:
    """Every row of a fact that the scope may see, corrections included."""
    model: type[FactRow] = FACT_MODELS[fact]
    return model._default_manager.filter(POLICIES[model._meta.db_table].q(scope))


def plain(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    """Rows by the names of the dictionary; a field is called otherwise where Python reserves its name."""
    fields = rows.model._meta.concrete_fields
    names = {field.attname: field.column for field in fields if field.attname != "body"}
    return [{names[name]: value for name, value in row.items()} for row in rows.values(*names)]


def effective(scope: Scope, fact: str, known_by: datetime) -> QuerySet[Any]:
    """Of each key the last link known by then, unless it retracts; a correction without its record waits.

    Filter the answer freely: what is filtered is the effective row, not its links.
    """
    model = FACT_MODELS[fact]
    known = model._default_manager.filter(known_at__lte=known_by)
    same = known.filter(key_hi=OuterRef("key_hi"), key_lo=OuterRef("key_lo"))
    later = same.filter(
        Q(source_version__gt=OuterRef("source_version"))
        | Q(source_version=OuterRef("source_version"), known_at__gt=OuterRef("known_at"))
        | Q(
            source_version=OuterRef("source_version"),
            known_at=OuterRef("known_at"),
            fact_id__gt=OuterRef("fact_id"),
        )
    )
    return (
        links(scope, fact)
        .filter(known_at__lte=known_by)
        .exclude(action="retract")
        .filter(~Exists(later), Exists(same.filter(action="record")))
    )
