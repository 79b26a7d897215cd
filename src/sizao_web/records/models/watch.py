"""What the installation noticed about itself, who has seen it, and settings that hold for a time only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Alarm(models.Model):
    """Something that somebody must look at. Raised and ended by the minute's watch, never by hand."""

    kind = models.TextField()  # one of records.watch.kinds.KINDS
    about = models.TextField()  # a partner, a key, a task; never a person
    values = models.JSONField()  # numbers and moments of its sentence
    raised_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alarm"
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "about"], condition=Q(ended_at__isnull=True), name="alarm_once"
            ),
        )
        indexes = (models.Index(fields=["-raised_at"], name="alarm_raised_ix"),)


class AlarmSeen(models.Model):
    """Somebody takes care of an alarm: once, and never changed."""

    alarm = models.OneToOneField(Alarm, models.PROTECT, related_name="seen", primary_key=True)
    seen_by = models.TextField()
    seen_at = models.DateTimeField()
    remark = models.TextField(blank=True)

    class Meta:
        db_table = "alarm_seen"


class Switch(models.Model):
    """A setting that somebody changed for a time. It reverts by itself at its end.

    The last row of a name and what it is about counts, while its time lasts. reverted_at: when the watch
    found it over and said so.
    """

    name = models.TextField()  # one of records.watch.switches.SWITCHES
    about = models.TextField(blank=True)
    value = models.TextField()
    reason = models.TextField()
    set_by = models.TextField()
    set_at = models.DateTimeField()
    until = models.DateTimeField()
    reverted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "switch"
        indexes = (models.Index(fields=["name", "about", "-id"], name="switch_last_ix"),)


class Heard(models.Model):
    """When a source of facts was last heard, and how far apart it usually is."""

    source = models.TextField(primary_key=True)
    last_at = models.DateTimeField()
    gaps = models.JSONField(default=list)  # seconds between its last deliveries

    class Meta:
        db_table = "watch_heard"


class ControlDay(models.Model):
    """A day on a control chart: what a laboratory found, or a reporter sent, and what was to be expected.

    Drawn anew from the facts; never changed by hand.
    """

    kind = models.TextField()  # one of records.watch.charts.CHARTS
    subject = models.TextField()  # a laboratory, a source, an account that types
    day = models.DateField()
    tested = models.BigIntegerField(null=True)  # of reports: none
    found = models.BigIntegerField()
    expected = models.FloatField(null=True)
    lower = models.BigIntegerField(null=True)
    upper = models.BigIntegerField(null=True)
    verdict = models.TextField(null=True)  # low | high | silent | jump
    days = models.IntegerField(null=True)  # the window that showed it
    drawn_at = models.DateTimeField()

    class Meta:
        db_table = "watch_chart"
        constraints = (models.UniqueConstraint(fields=["kind", "subject", "day"], name="watch_chart_once"),)


class Watched(models.Model):
    """The last look of the watch: one row."""

    looked_at = models.DateTimeField()
    until = models.TextField()  # facts of transactions before this snapshot were heard
    checked = models.BigIntegerField(default=0)  # place up to which the chain was read again

    class Meta:
        db_table = "watch_look"
