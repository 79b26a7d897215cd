"""The ledger: the last answer of derive, kept row by row with what became of the rows that vanished.

Only the ledger's own runs write here (`records.ledger`); nothing here is edited by hand.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When

from sizao_web.records.models.results import (
    ObligationsColumns,
    StandingColumns,
    TooLateColumns,
    UnknownColumns,
)

RANKED = ("overdue", "open", "upcoming")
RANK = Case(
    *(When(status=status, then=Value(place)) for place, status in enumerate(RANKED)),
    default=Value(len(RANKED)),
    output_field=IntegerField(),
)
"""Overdue before open before upcoming before what is over; as in sizao.worklists.lists."""


class Run(models.Model):
    """One run of the ledger: whole or touched, for which moment, over which facts."""

    kind = models.TextField(choices=[("whole", "whole"), ("touched", "touched")])
    as_of = models.DateTimeField()
    known_by = models.DateTimeField()
    facts_until = models.TextField()  # the snapshot whose facts have been read; empty: restored since
    pack = models.TextField()
    pack_digest = models.TextField()
    texts = models.TextField()  # digest of the pack and of which of its texts are adopted
    subjects = models.IntegerField(null=True)  # of a touched run
    rows_changed = models.IntegerField()
    rows_withdrawn = models.IntegerField()
    rows_sealed = models.IntegerField()
    began_at = models.DateTimeField()
    seconds = models.FloatField()

    class Meta:
        db_table = "ledger_run"


class Obligation(ObligationsColumns):
    """One obligation as of the run that last changed it; withdrawn_at is empty while derive answers it."""

    responsible = models.TextField(null=True)  # done_by, or the office that accepted a hand-over from it
    household = models.TextField(null=True)  # of the person it is about, on the day of the run
    changed_in = models.ForeignKey(Run, models.PROTECT, related_name="changed", db_index=False)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.TextField(null=True)  # a reason of sizao.obligations.compare.REASONS
    withdrawn_by = models.TextField(null=True)  # the fact that explains it, "fact:hexkey", where one does

    class Meta:
        db_table = "ledger_obligation"
        indexes = (
            models.Index(fields=["area", "status", "due_at"], name="obligation_area_ix"),
            models.Index(fields=["responsible", "status", "due_at"], name="obligation_office_ix"),
            models.Index(fields=["verb", "status", "due_at"], name="obligation_verb_ix"),
            models.Index(fields=["about"], name="obligation_about_ix"),
            models.Index(RANK, "due_at", "obligation_id", name="obligation_order_ix"),
            models.Index(fields=["trigger_key"], name="obligation_trigger_ix"),
            models.Index(
                fields=["next_change_at"],
                name="obligation_next_ix",
                condition=Q(next_change_at__isnull=False),
            ),
        )


class Standing(StandingColumns):
    """What binds a person now."""

    changed_in = models.ForeignKey(Run, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "ledger_standing"
        constraints = (models.UniqueConstraint(fields=["person"], name="standing_once"),)


class Unknown(UnknownColumns):
    """A trigger about which a condition is not known."""

    changed_in = models.ForeignKey(Run, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "ledger_unknown"
        constraints = (models.UniqueConstraint(fields=["rule", "trigger_key"], name="unknown_once"),)


class TooLate(TooLateColumns):
    """A step that was over before its trigger became known."""

    changed_in = models.ForeignKey(Run, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "ledger_too_late"
        indexes = (models.Index(fields=["about"], name="too_late_about_ix"),)


class Count(models.Model):
    """How many live obligations there are of each kind: what a page counts without reading them.

    Written in the transaction of the run. Kept apart is everything that decides who sees a row (area,
    offices, what it is about unless that is a person) and everything that lists are narrowed by.
    """

    count_id = models.TextField(primary_key=True)  # digest of the other columns
    area = models.TextField(null=True, db_collation="C")
    responsible = models.TextField(null=True)
    done_by = models.TextField(null=True)
    about_kind = models.TextField()
    about = models.TextField(null=True)  # empty for persons
    rule = models.TextField()
    verb = models.TextField()
    sector = models.TextField()
    status = models.TextField()
    owned = models.BooleanField()
    rows = models.BigIntegerField()

    class Meta:
        db_table = "ledger_count"
        indexes = (
            models.Index(fields=["area"], name="count_area_ix"),
            models.Index(fields=["responsible"], name="count_responsible_ix"),
            models.Index(fields=["done_by"], name="count_done_by_ix"),
            models.Index(fields=["about"], name="count_about_ix", condition=Q(about__isnull=False)),
        )


class Sealed(models.Model):
    """A row that left the horizon: what it was and what became of it, and nobody's number any more."""

    seal = models.TextField(primary_key=True)  # keyed hash of the obligation's id
    rule = models.TextField()
    rule_version = models.TextField()
    step = models.TextField()
    verb = models.TextField()
    sector = models.TextField()
    about_kind = models.TextField()
    about = models.TextField()  # a keyed hash where it is a person
    area = models.TextField(null=True, db_collation="C")
    done_by = models.TextField(null=True)
    responsible = models.TextField(null=True)
    restricts = models.BooleanField()
    event_on = models.DateField()
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)
    status = models.TextField()
    met_at = models.DateTimeField(null=True)
    reported_late = models.BooleanField()
    withdrawn_why = models.TextField(null=True)
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_sealed"
        indexes = (models.Index(fields=["area", "due_at"], name="sealed_area_ix"),)
