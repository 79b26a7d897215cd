"""Photographs of what an inspection found, and of how it was put right."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q


class Photo(models.Model):
    """One photograph of a finding, without what the camera said of itself (sizao.intake.pictures).

    It is seen by whoever sees the finding, whose place and area it repeats. Whoever added it may take it
    back: its content is then gone, its digest stays.
    """

    id = models.UUIDField(primary_key=True)
    finding = models.TextField()
    place = models.TextField()
    area = models.TextField(db_collation="C")
    stage = models.TextField()  # found | rectified
    kind = models.TextField()  # media type, told by the content
    content = models.BinaryField()
    sha256 = models.BinaryField()
    width = models.IntegerField()
    height = models.IntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "photo"
        indexes = (
            models.Index(fields=["finding"], name="photo_finding_ix"),
            models.Index(fields=["place"], name="photo_place_ix"),
        )
        constraints = (
            # Taken back it has no content; kept it has the content that was given.
            models.CheckConstraint(
                name="photo_as_given",
                condition=Q(withdrawn_at__isnull=True, sha256=Func(F("content"), function="sha256"))
                | Q(withdrawn_at__isnull=False, sha256__isnull=False),
            ),
            models.CheckConstraint(
                name="photo_of_a_kind",
                condition=Q(kind__in=("image/jpeg", "image/png"), stage__in=("found", "rectified")),
            ),
        )
