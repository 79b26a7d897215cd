"""The ledger: the last answer of derive, kept row by row with what became of the rows that vanished.

Only the ledger's own runs write here (`records.ledger`); nothing here is edited by hand.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sizao_web.records.models.results import (
    ObligationsColumns,
    StandingColumns,
    TooLateColumns,
    UnknownColumns,
)


class Run(models.Model):
    """One run of the ledger: whole or touched, for which moment, over which facts."""

    kind = models.TextField(choices=[("whole", "whole"), ("touched", "touched")])
    as_of = models.DateTimeField()
    known_by = models.DateTimeField()
    facts_until = models.TextField()  # the snapshot (pg_snapshot) whose facts have been read
    pack = models.TextField()
    pack_digest = models.TextField()
    texts = models.TextField()  # digest of the pack and of which of its texts are adopted
    subjects = models.IntegerField(null=True)  # of a touched run
    rows_changed = models.IntegerField()
    rows_withdrawn = models.IntegerField()
    began_at = models.DateTimeField()
    seconds = models.FloatField()

    class Meta:
        db_table = "ledger_run"


class Obligation(ObligationsColumns):
    """One obligation as of the run that last changed it; withdrawn_at is empty while derive answers it."""

    responsible = models.TextField(null=True)  # done_by, or the office that accepted a hand-over from it
    household = models.TextField(null=True)  # of the person it is about, on the day of the run
    changed_in = models.ForeignKey(Run, models.PROTECT, related_name="changed")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.TextField(null=True)  # a reason of sizao.obligations.compare.REASONS
    withdrawn_by = models.TextField(null=True)  # the fact that explains it, "fact:hexkey", where one does

    class Meta:
        db_table = "ledger_obligation"
        indexes = (
            models.Index(fields=["area", "status", "due_at"], name="obligation_area_ix"),
            models.Index(fields=["responsible", "status", "due_at"], name="obligation_office_ix"),
            models.Index(fields=["about"], name="obligation_about_ix"),
            models.Index(fields=["trigger_key"], name="obligation_trigger_ix"),
            models.Index(
                fields=["next_change_at"],
                name="obligation_next_ix",
                condition=Q(next_change_at__isnull=False),
            ),
        )


class Standing(StandingColumns):
    """What binds a person now."""

    changed_in = models.ForeignKey(Run, models.PROTECT, related_name="+")

    class Meta:
        db_table = "ledger_standing"
        constraints = (models.UniqueConstraint(fields=["person"], name="standing_once"),)


class Unknown(UnknownColumns):
    """A trigger about which a condition is not known."""

    changed_in = models.ForeignKey(Run, models.PROTECT, related_name="+")

    class Meta:
        db_table = "ledger_unknown"
        constraints = (models.UniqueConstraint(fields=["rule", "trigger_key"], name="unknown_once"),)


class TooLate(TooLateColumns):
    """A step that was over before its trigger became known."""

    changed_in = models.ForeignKey(Run, models.PROTECT, related_name="+")

    class Meta:
        db_table = "ledger_too_late"
        indexes = (models.Index(fields=["about"], name="too_late_about_ix"),)
