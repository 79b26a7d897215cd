"""Who wrote what and who read whom: append-only rows without clinical values."""

from __future__ import annotations

from django.db import models


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

    class Meta:
        db_table = "audit_entry"
        indexes = (models.Index(fields=["subject", "happened_at"], name="audit_subject_ix"),)
