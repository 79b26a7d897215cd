"""The streams: what came in with which batch, what was moved to the lake, what contradicts, who looked.

The rows themselves lie in tables that Django does not know (`records.streams.tables`): one for each day.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from sizao_web.records.models.rows import TransactionField


class StreamMove(models.Model):
    """One step of the mover: batches of one stream that enter the lake in one commit of this number."""

    stream = models.TextField()
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField(null=True)

    class Meta:
        db_table = "stream_move"
        constraints = (
            # One at a time: what a killed mover left open is finished before anything else is begun.
            models.UniqueConstraint(
                fields=["stream"], condition=Q(done_at__isnull=True), name="stream_move_one_open"
            ),
        )


class StreamBatch(models.Model):
    """Rows of one stream and one day that came in together; what they have in common is said here."""

    stream = models.TextField()
    day = models.DateField()
    source_system = models.TextField()
    area = models.TextField(db_collation="C")
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()
    rows = models.BigIntegerField()
    arrived_in = TransactionField(editable=False)
    move = models.ForeignKey(StreamMove, models.PROTECT, null=True, related_name="batches")
    tries = models.IntegerField(default=0)  # how often it alone could not be moved
    parked_at = models.DateTimeField(null=True)  # it is left where it is until somebody looks

    class Meta:
        db_table = "stream_batch"
        indexes = (
            models.Index(
                fields=["stream", "id"], name="stream_batch_staged_ix", condition=Q(move__isnull=True)
            ),
            models.Index(fields=["move"], name="stream_batch_move_ix"),
            models.Index(fields=["stream", "day"], name="stream_batch_day_ix"),
        )


class StreamConflict(models.Model):
    """A row whose key is there already with other contents: kept here, and counted nowhere."""

    stream = models.TextField()
    day = models.DateField()
    key = models.UUIDField()
    body = models.BigIntegerField()
    source_system = models.TextField()
    source_record = models.TextField()
    row = models.JSONField()  # its own columns
    area = models.TextField(db_collation="C")
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "stream_conflict"
        constraints = (
            models.UniqueConstraint(fields=["stream", "day", "key", "body"], name="stream_conflict_once"),
        )
        indexes = (models.Index(F("recorded_at").desc(), name="stream_conflict_last_ix"),)


class StreamOpening(models.Model):
    """Somebody opened the register of a place, or the track of a case, around a proved case."""

    case = models.TextField()
    place = models.TextField(null=True)  # empty: where the case itself was
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    opened_by = models.TextField()
    opened_at = models.DateTimeField()
    area = models.TextField(db_collation="C")
    purpose = models.TextField()

    class Meta:
        db_table = "stream_opening"
        indexes = (models.Index(fields=["place", "opened_at"], name="stream_opening_place_ix"),)
