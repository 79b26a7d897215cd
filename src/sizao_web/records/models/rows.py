"""What every table of a fact has: the common columns, and the transaction that brought the row."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import Func, Lookup, Q


class TransactionField(models.Field):
    """PostgreSQL's 64-bit number of a transaction (xid8), set by the database when the row is inserted.

    Rows are handed to the ledger in order of these numbers: a sequence would be overtaken by a transaction
    that took its number earlier and commits later.
    """

    def db_type(self, connection: Any) -> str:
        return "xid8"


@models.TextField.register_lookup
class Among(Lookup):
    """`column__among=names`: the column holds one of these, asked as one array.

    `in` writes a parameter for each: of thousands that takes longer to write than to answer.
    """

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(lhs, list(rhs))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        if not self.rhs:
            raise EmptyResultSet
        column, values = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*values, self.rhs]


class FactRow(models.Model):
    """One row of a fact, never changed and never deleted except by retention."""

    fact_id = models.UUIDField(primary_key=True)
    key_hi = models.BigIntegerField()
    key_lo = models.BigIntegerField()
    source_system = models.TextField()
    source_record = models.TextField()
    source_version = models.BigIntegerField()
    action = models.TextField()
    reason = models.TextField(null=True)
    happened_at = models.DateTimeField()
    known_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()
    area = models.TextField(db_collation="C")
    history = models.BooleanField()
    derived = models.BooleanField()
    body = models.BinaryField(editable=False)  # digest of what makes two links the same row (facts.links)
    arrived_in = TransactionField(db_default=Func(function="pg_current_xact_id"), editable=False)

    class Meta:
        abstract = True


def rules_of_keys(fact: str) -> tuple[models.UniqueConstraint, ...]:
    """One `record` for each key, for ever; of corrections the same row once."""
    return (
        models.UniqueConstraint(
            fields=["key_hi", "key_lo"], condition=Q(action="record"), name=f"{fact[:24]}_once"
        ),
        models.UniqueConstraint(
            fields=["key_hi", "key_lo", "source_version", "body"], name=f"{fact[:24]}_same"
        ),
    )


def corrections(fact: str) -> models.Index:
    """The links that are no record: so few that looking whether a record has a later one costs nothing."""
    return models.Index(fields=["key_hi", "key_lo"], condition=~Q(action="record"), name=f"{fact[:24]}_later")
