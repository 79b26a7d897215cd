"""What derive answers. Written by `make generate` from sizao.obligations.schema."""

from __future__ import annotations

from django.db import models


class ObligationsColumns(models.Model):
    """What derive answers as `obligations`."""

    obligation_id = models.TextField(primary_key=True)
    plan_id = models.TextField()
    rule = models.TextField()
    version = models.IntegerField()
    rule_version = models.TextField()
    step = models.TextField()
    occurrence = models.TextField()
    verb = models.TextField()
    sector = models.TextField()
    about_kind = models.TextField()
    about = models.TextField()
    trigger_fact = models.TextField()
    trigger_key = models.TextField()
    related = models.TextField(null=True)
    anchor = models.TextField(null=True)
    parent_id = models.TextField(null=True)
    place = models.TextField(null=True)
    restricts = models.BooleanField()
    event_on = models.DateField()
    first_known_at = models.DateTimeField()
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)
    status = models.TextField()
    met_at = models.DateTimeField(null=True)
    met_by = models.TextField(null=True)
    reported_late = models.BooleanField()
    in_place = models.BooleanField(null=True)
    covered_until = models.DateTimeField(null=True)
    gaps = models.BigIntegerField(null=True)
    waived_by = models.TextField(null=True)
    done_by = models.TextField(null=True)
    answers_to = models.TextField()
    owned = models.BooleanField()
    area = models.TextField(null=True, db_collation="C")
    marks = models.TextField()
    because = models.TextField()
    next_change_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class UnknownColumns(models.Model):
    """What derive answers as `unknown`."""

    rule = models.TextField()
    version = models.IntegerField()
    trigger_fact = models.TextField()
    trigger_key = models.TextField()
    about = models.TextField(null=True)
    area = models.TextField(null=True, db_collation="C")
    event_on = models.DateField()
    first_known_at = models.DateTimeField()

    class Meta:
        abstract = True


class TooLateColumns(models.Model):
    """What derive answers as `too_late`."""

    kind = models.TextField()
    rule = models.TextField()
    version = models.IntegerField()
    step = models.TextField()
    occurrence = models.TextField()
    trigger_fact = models.TextField()
    trigger_key = models.TextField()
    about = models.TextField()
    due_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)
    first_known_at = models.DateTimeField()
    area = models.TextField(null=True, db_collation="C")

    class Meta:
        abstract = True


class StandingColumns(models.Model):
    """What derive answers as `standing`."""

    person = models.TextField()
    place = models.TextField(null=True)
    until = models.DateTimeField()
    rows = models.TextField()
    row_count = models.BigIntegerField()

    class Meta:
        abstract = True
