"""Names, documents and telephone numbers, apart from every fact: fact tables know a person by number only.

What is here is encrypted with the key of the installation; a name is found by keyed hashes of its parts.
"""

from __future__ import annotations

from django.db import models


class Identity(models.Model):
    """Who a person is. The row with the highest number counts; earlier ones stay."""

    person = models.TextField()
    name = models.BinaryField()
    document = models.BinaryField(null=True)
    telephone = models.BinaryField(null=True)
    address = models.BinaryField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()

    class Meta:
        db_table = "identity"
        indexes = (models.Index(fields=["person", "-id"], name="identity_person_ix"),)


class NameToken(models.Model):
    """A keyed hash of one part of a name, document or telephone number."""

    person = models.TextField()
    token = models.BinaryField()

    class Meta:
        db_table = "identity_token"
        constraints = (models.UniqueConstraint(fields=["token", "person"], name="identity_token_once"),)
