"""Files that arrived: what each was, what became of its rows, and the receipt. The files themselves are
sealed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from sizao_web.records.models.rows import TransactionField


class Delivery(models.Model):
    """One file that somebody sent, from its arrival to its receipt."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    size = models.BigIntegerField()
    sha256 = models.TextField()
    content = models.TextField(null=True)  # digest of its rows whatever their order; known when it was read
    account = models.TextField()
    role = models.TextField()
    area = models.TextField(db_collation="C")
    organisation = models.TextField(null=True)
    purpose = models.TextField()
    source_system = models.TextField()
    fact = models.TextField(null=True)  # headed as in the dictionary
    mapping = models.TextField(null=True)  # or by this mapping, as YAML
    manifest = models.JSONField(null=True)  # rows and sha256 that the sender says
    request = models.TextField(null=True)
    received_at = models.DateTimeField()
    state = models.TextField(default="received")  # received | waiting | storing | stored | refused
    next_line = models.BigIntegerField(default=0)  # rows up to this line are done
    blank = models.BigIntegerField(default=0)
    sent = models.BigIntegerField(default=0)
    stored = models.BigIntegerField(default=0)
    merged = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)  # conflicts among them
    waiting = models.BigIntegerField(default=0)  # told to wait for the ledger
    waits_in = TransactionField(null=True)  # the transaction that told so; a run that saw it ends the wait
    problems = models.JSONField(null=True)  # why the file was refused whole
    receipt = models.TextField(null=True)
    same_as = models.UUIDField(null=True)  # the delivery that brought the same rows before
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.TextField(null=True)

    class Meta:
        db_table = "delivery"
        indexes = (
            models.Index(fields=["account", "-received_at"], name="delivery_account_ix"),
            models.Index(fields=["organisation", "-received_at"], name="delivery_office_ix"),
            models.Index(fields=["source_system", "sha256"], name="delivery_sha_ix"),
            models.Index(fields=["source_system", "content"], name="delivery_content_ix"),
            models.Index(fields=["id"], name="delivery_waiting_ix", condition=models.Q(waiting__gt=0)),
        )


class DeliveryPart(models.Model):
    """A piece of a file as it came, sealed for its place in this delivery."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="+")
    position = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "delivery_part"
        constraints = (models.UniqueConstraint(fields=["delivery", "position"], name="delivery_part_once"),)


class DeliveryStored(models.Model):
    """Facts that were new, as whole columns: of each its row, which of several of a row it is, its key."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="+", db_index=False)
    fact = models.TextField()
    first_line = models.BigIntegerField()
    lines = ArrayField(models.BigIntegerField())
    parts = ArrayField(models.IntegerField())
    key_hi = ArrayField(models.BigIntegerField())
    key_lo = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "delivery_stored"
        constraints = (
            models.UniqueConstraint(fields=["delivery", "fact", "first_line"], name="delivery_stored_once"),
        )


class DeliveryRow(models.Model):
    """What became of one row that brought nothing new: of each fact that it gave, or, where it gave none, of
    the row. What was new: `DeliveryStored`."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="+", db_index=False)
    line = models.BigIntegerField()
    part = models.SmallIntegerField()  # of several facts of one row
    outcome = models.TextField()  # merged | waiting | rejected | conflict
    fact = models.TextField(null=True)
    key_hi = models.BigIntegerField(null=True)
    key_lo = models.BigIntegerField(null=True)
    problems = models.JSONField(null=True)
    sealed = models.BinaryField(null=True)  # the cells of a row that was not taken

    class Meta:
        db_table = "delivery_row"
        constraints = (
            models.UniqueConstraint(fields=["delivery", "line", "part"], name="delivery_row_once"),
        )
        indexes = (
            models.Index(
                fields=["delivery", "line"],
                name="delivery_row_rejected_ix",
                condition=models.Q(outcome__in=("rejected", "conflict")),
            ),
        )


class SheetMapping(models.Model):
    """How the sheets of an organisation become facts: a name with versions, none of which changes."""

    name = models.TextField()
    version = models.IntegerField()
    area = models.TextField(db_collation="C")
    organisation = models.TextField(null=True)
    headings = models.JSONField()  # of the sheet it was made for
    text = models.TextField()  # the mapping as YAML
    saved_by = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "sheet_mapping"
        constraints = (
            models.UniqueConstraint(
                fields=["area", "organisation", "name", "version"],
                nulls_distinct=False,
                name="sheet_mapping_once",
            ),
        )
