"""Who sends by machine: partners, their keys, what they asked for and what became of it.

Nothing here is a fact. What a partner sent and was acknowledged stands in the tables of the facts, under the
partner's name as its source system; here stands what answers it again, counts it and finds what is missing.
"""

from __future__ import annotations

from datetime import timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from sizao_web.accounts.models import Assignment

LONGEST_DAYS = 90
"""A key holds so many days at most."""


class Partner(models.Model):
    """A hospital's, a laboratory's, a school's system; it acts under one duty of one account of its own."""

    name = models.TextField(unique=True)  # also its account and the source_system of its facts
    label_zh = models.TextField()
    label_en = models.TextField()
    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="+")
    account = models.TextField()
    area = models.TextField(db_collation="C")  # of the duty
    per_minute = models.IntegerField()
    per_day = models.IntegerField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "partner"
        constraints = (
            models.CheckConstraint(
                condition=Q(per_minute__gt=0, per_day__gt=0), name="partner_may_ask_something"
            ),
        )


class PartnerKey(models.Model):
    """One key. Of its secret only the digest is kept: it was shown once, when it was made."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="keys")
    public = models.TextField(unique=True)  # the part of the key that names it
    digest = models.BinaryField()
    facts = models.JSONField()  # names of facts; a part of what the duty gives
    area = models.TextField(db_collation="C")  # of the partner
    made_at = models.DateTimeField()
    made_by = models.TextField()
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)  # to five minutes

    class Meta:
        db_table = "partner_key"
        constraints = (
            models.CheckConstraint(
                condition=Q(not_after__gt=F("not_before"))
                & Q(not_after__lte=F("not_before") + models.Value(timedelta(days=LONGEST_DAYS))),
                name="partner_key_is_short_lived",
            ),
        )


class PartnerUse(models.Model):
    """How many requests a partner took of a minute; whole handfuls, so that not each request writes."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    minute = models.DateTimeField()
    taken = models.IntegerField()

    class Meta:
        db_table = "partner_use"
        constraints = (models.UniqueConstraint(fields=["partner", "minute"], name="partner_use_once"),)
        indexes = (models.Index(fields=["minute"], name="partner_use_minute_ix"),)


class PartnerAnswer(models.Model):
    """What was answered to a request that bore an Idempotency-Key, so that it is answered so again."""

    account = models.TextField()
    request_key = models.TextField()
    digest = models.BinaryField()  # of method, address and body
    record = models.JSONField(null=True)  # fact, source_record, source_version; or the delivery
    status = models.IntegerField(null=True)
    body = models.TextField(null=True)
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "partner_answer"
        constraints = (
            models.UniqueConstraint(fields=["account", "request_key"], name="partner_answer_once"),
        )
        indexes = (models.Index(fields=["answered_at"], name="partner_answer_when_ix"),)


class PartnerReceipt(models.Model):
    """What became of one record that a partner sent by itself: a day is reconciled from these."""

    account = models.TextField()
    day = models.DateField()  # of the city
    received_at = models.DateTimeField()
    fact = models.TextField()
    source_record = models.TextField()
    source_version = models.BigIntegerField()
    action = models.TextField()
    outcome = models.TextField()  # stored | merged | rejected
    problem = models.TextField(null=True)  # code of the problem, of what was rejected
    request = models.TextField(null=True)

    class Meta:
        db_table = "partner_receipt"
        indexes = (
            models.Index(fields=["account", "day", "fact"], name="partner_receipt_day_ix"),
            models.Index(fields=["account", "fact", "source_record"], name="partner_receipt_record_ix"),
        )


class PartnerParcel(models.Model):
    """What became of rows of a stream that a partner sent together, once for each time it sent them."""

    account = models.TextField()
    day = models.DateField()  # of the city, on which they came
    received_at = models.DateTimeField()
    stream = models.TextField()
    sha256 = models.TextField()  # of the body
    rows = models.BigIntegerField()
    stored = models.BigIntegerField()
    merged = models.BigIntegerField()
    rejected = models.BigIntegerField()  # conflicts among them; all of them where it was refused
    request = models.TextField(null=True)

    class Meta:
        db_table = "partner_parcel"
        constraints = (
            models.CheckConstraint(
                condition=Q(rows=F("stored") + F("merged") + F("rejected")), name="partner_parcel_adds_up"
            ),
        )
        indexes = (
            models.Index(fields=["account", "day"], name="partner_parcel_day_ix"),
            models.Index(fields=["account", "sha256"], name="partner_parcel_sha_ix"),
        )


class PartnerManifest(models.Model):
    """What a partner says it sent on a day; said again, the last counts and the earlier ones stay."""

    account = models.TextField()
    day = models.DateField()
    declared_at = models.DateTimeField()
    files = models.JSONField()  # name, sha256, rows, fact
    records = models.JSONField()  # fact -> [source_record, source_version]
    parcels = models.JSONField(default=list)  # stream, sha256, rows

    class Meta:
        db_table = "partner_manifest"
        indexes = (models.Index(fields=["account", "day", "declared_at"], name="partner_manifest_day_ix"),)


class PartnerConflict(models.Model):
    """Two contents under one key. The first counts; the second is kept here until somebody settles it."""

    account = models.TextField()
    role = models.TextField()
    area = models.TextField(db_collation="C")
    organisation = models.TextField(null=True)
    kind = models.TextField()  # record: one natural key; request: one Idempotency-Key
    fact = models.TextField()
    source_record = models.TextField()  # of the first
    source_version = models.BigIntegerField()
    request_key = models.TextField(null=True)
    second = models.JSONField(encoder=DjangoJSONEncoder)  # the body as it came
    digest = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.TextField(default="open")  # open | kept: the first stays | taken: the second corrects it
    settled_by = models.TextField(null=True)
    settled_at = models.DateTimeField(null=True)
    why = models.TextField(blank=True, default="")

    class Meta:
        db_table = "partner_conflict"
        constraints = (
            models.UniqueConstraint(
                fields=["account", "fact", "source_record", "digest"], name="partner_conflict_once"
            ),
        )
        indexes = (models.Index(fields=["area", "state"], name="partner_conflict_area_ix"),)
