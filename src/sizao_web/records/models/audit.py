"""Who wrote what and who read whom: append-only rows without clinical values, and the chain over them."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Func

from sizao_web.records.models.rows import TransactionField


class AuditEntry(models.Model):
    """One write, or one read of identified data."""

    happened_at = models.DateTimeField()
    account = models.TextField()
    role = models.TextField()
    area = models.TextField(db_collation="C")
    organisation = models.TextField(null=True)
    purpose = models.TextField()
    deed = models.TextField()  # read | record | replace | retract | sign_in | …
    subject = models.TextField()  # keyed hash of a person, or the key of a fact; never a name
    what = models.TextField()  # fact or page
    request = models.TextField(null=True)
    arrived_in = TransactionField(db_default=Func(function="pg_current_xact_id"), editable=False)

    class Meta:
        db_table = "audit_entry"
        indexes = (
            models.Index(fields=["subject", "happened_at"], name="audit_subject_ix"),
            models.Index(fields=["arrived_in"], name="audit_arrived_ix"),
            # Rows come nearly in the order of their moments: an index of ranges costs a writer nothing.
            BrinIndex(fields=["happened_at"], name="audit_happened_ix", autosummarize=True),
        )


class AuditLink(models.Model):
    """The place of an entry in the chain. hash: of the place before and of the entry (records.chain.hashing).

    No foreign key: that an entry is there is what the verification finds out.
    """

    place = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField(unique=True)
    hash = models.BinaryField()

    class Meta:
        db_table = "audit_link"


class AuditRoot(models.Model):
    """A signed root over everything chained so far; the same text goes to the witness.

    horizon: entries of transactions before it have their place. It belongs to the cluster, not to the root.
    """

    number = models.BigIntegerField(primary_key=True)
    last = models.BigIntegerField()
    body = models.TextField()
    signature = models.TextField()
    horizon = TransactionField()

    class Meta:
        db_table = "audit_root"
