"""Facts as recorded, within a scope: every link, or of each key the one that is effective at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Func, QuerySet

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
    return links(scope, fact).filter(Effective(FACT_MODELS[fact]._meta.db_table, known_by))


class Effective(Func):
    """Whether a link is the last of its key known by a moment and retracts nothing.

    Of each key there is one record for ever: behind a record only a correction can come, and these few are
    found in an index of their own. Only a correction asks for the record before it. Written as SQL: pages ask
    it dozens of times, and the ORM would take longer to put it together than the database to answer it.
    """

    output_field = BooleanField()
    _OF = ("key_hi", "key_lo", "source_version", "known_at", "fact_id", "action")

    def __init__(self, table: str, known_by: datetime) -> None:
        super().__init__(*self._OF)
        self.table, self.known_by = table, known_by

    @property
    def identity(self) -> tuple[Any, ...]:
        """What makes two of them the same, beside the columns."""
        return (*super().identity, self.table, self.known_by)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """The condition, over the columns of the row that is asked about."""
        hi, lo, version, known_at, fact_id, action = (
            compiler.compile(one)[0] for one in self.get_source_expressions()
        )
        row, at = f"({version}, {known_at}, {fact_id})", "(link.source_version, link.known_at, link.fact_id)"
        link = f"FROM {self.table} AS link WHERE link.key_hi = {hi} AND link.key_lo = {lo}"
        link += " AND link.known_at <= %s AND link.action"
        uncorrected = f"NOT EXISTS (SELECT 1 {link} <> 'record' AND {at} > {row})"
        recorded = f"{action} = 'record' OR EXISTS (SELECT 1 {link} = 'record' AND {at} <= {row})"
        sql = f"({known_at} <= %s AND {action} <> 'retract' AND {uncorrected} AND ({recorded}))"
        return sql, [self.known_by] * 3
