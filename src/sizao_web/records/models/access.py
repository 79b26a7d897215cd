"""Where a person belongs, so that rows can be shown to those who answer for them and to nobody else."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class PersonAccess(models.Model):
    """A person's rows may be read by this area (and those it lies in), or by this organisation.

    Made by the ledger from residences, stays, rooms, obligations and accepted hand-overs; for a person whom
    nobody knew before also by the action that records them (`sizao_claim_person`).
    """

    person = models.TextField()
    area = models.TextField(null=True, db_collation="C")
    organisation = models.TextField(null=True)
    claimed_at = models.DateTimeField(
        null=True, db_default=Now()
    )  # by who recorded them; empty: by the ledger

    class Meta:
        db_table = "person_access"
        constraints = (
            models.UniqueConstraint(
                fields=["person", "area", "organisation"], nulls_distinct=False, name="person_access_once"
            ),
        )
        indexes = (
            models.Index(fields=["area", "person"], name="person_access_area_ix"),
            models.Index(fields=["organisation", "person"], name="person_access_office_ix"),
        )
