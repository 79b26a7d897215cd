"""What retention removed, when by which clock; and what may not be removed because somebody ordered so."""

from __future__ import annotations

from django.db import models


class RetentionRun(models.Model):
    """One run: its moment, the clocks it was judged by, how many rows of which table went; nobody's name."""

    as_of = models.DateTimeField()
    boot = models.TextField()  # which start of the machine
    uptime = models.FloatField()  # seconds since then, by a clock that nobody sets
    removed = models.JSONField()  # part -> table -> rows
    waiting = models.JSONField()  # part -> how many are due and wait, and for what
    done = models.BooleanField(default=False)  # everything that was to go went, and files were written anew

    class Meta:
        db_table = "retention_run"


class LegalHold(models.Model):
    """Nothing of this person, or of this stream, is removed before the hold ends. A hold has an end."""

    kind = models.TextField(choices=[("person", "person"), ("stream", "stream")])
    subject = models.TextField()
    ground = models.TextField()  # the law or order, as cited
    ordered_by = models.TextField()
    recorded_at = models.DateTimeField()
    until_at = models.DateTimeField()

    class Meta:
        db_table = "legal_hold"
