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
    birth_on = models.BinaryField(null=True)  # as YYYY-MM-DD
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()
    compared_at = models.DateTimeField(null=True)  # with everybody else who may be the same person

    class Meta:
        db_table = "identity"
        indexes = (
            models.Index(fields=["person", "-id"], name="identity_person_ix"),
            models.Index(
                fields=["id"], name="identity_waiting_ix", condition=models.Q(compared_at__isnull=True)
            ),
        )


class NameToken(models.Model):
    """A keyed hash of one part of what somebody is known by: found by it, and compared because of it."""

    person = models.TextField()
    token = models.BinaryField()

    class Meta:
        db_table = "identity_token"
        constraints = (models.UniqueConstraint(fields=["token", "person"], name="identity_token_once"),)


class Match(models.Model):
    """A row of a delivery that named somebody by what they are known by, and whom it was taken to mean."""

    delivery = models.ForeignKey("Delivery", models.CASCADE, related_name="+", db_index=False)
    line = models.BigIntegerField()
    person = models.TextField()
    score = models.FloatField()  # the probability that it is this person
    levels = models.JSONField()  # field -> how far it agrees; never what stands in it
    matched_at = models.DateTimeField()

    class Meta:
        db_table = "person_match"
        constraints = (models.UniqueConstraint(fields=["delivery", "line"], name="person_match_once"),)
        indexes = (models.Index(fields=["person"], name="person_match_person_ix"),)


class RecordMatch(models.Model):
    """A record by machine that named somebody by what they are known by, and whom it was taken to mean."""

    fact = models.TextField()
    fact_id = models.UUIDField(unique=True)
    person = models.TextField()
    score = models.FloatField()  # the probability that it is this person
    levels = models.JSONField()  # field -> how far it agrees; never what stands in it
    matched_by = models.TextField()
    matched_at = models.DateTimeField()

    class Meta:
        db_table = "person_record_match"
        indexes = (models.Index(fields=["person"], name="person_record_match_ix"),)


class Doubt(models.Model):
    """Two numbers that may be one person: found by comparing, and open until somebody who sees both says."""

    one = models.TextField()
    other = models.TextField()  # the later of the two in the order of numbers
    score = models.FloatField()  # the probability that it is one person
    levels = models.JSONField()
    found_at = models.DateTimeField()

    class Meta:
        db_table = "person_doubt"
        constraints = (models.UniqueConstraint(fields=["one", "other"], name="person_doubt_once"),)
        indexes = (models.Index(fields=["other"], name="person_doubt_other_ix"),)


class DoubtDecision(models.Model):
    """What somebody said of a doubt; the last one holds.

    same    they are one person, by the fact `merges` whose record is named
    apart   they are two; a merge before is retracted
    """

    doubt = models.ForeignKey(Doubt, models.CASCADE, related_name="decisions", db_index=False)
    number = models.IntegerField()  # 1 for the first of this doubt
    decision = models.TextField()
    decided_by = models.TextField()
    decided_at = models.DateTimeField()
    why = models.TextField()
    record = models.TextField(null=True)

    class Meta:
        db_table = "person_doubt_decision"
        constraints = (
            models.UniqueConstraint(fields=["doubt", "number"], name="person_doubt_decision_once"),
        )
