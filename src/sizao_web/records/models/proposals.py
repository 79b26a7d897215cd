"""What somebody proposes to decide, what it would change, and the decision of a second person.

A proposal is facts that are not recorded yet. What it would change is derived with and without them
(`records.ledger.proposed`); approved by somebody of another office they become facts.
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Proposal(models.Model):
    """Facts of one kind to be recorded when somebody of another office approves. It names nobody."""

    kind = models.TextField()  # the fact: one of accounts.roles.DECIDED
    facts = models.JSONField(encoder=DjangoJSONEncoder)  # own columns of each, as JSON
    effect_at = models.DateTimeField()
    reason = models.TextField()
    pack_digest = models.TextField()  # of the pack whose texts are meant, and with which it was compared
    area = models.TextField(db_collation="C")  # the area of who proposed
    proposed_by = models.TextField()
    proposed_office = models.TextField()
    proposed_at = models.DateTimeField()
    state = models.TextField(default="waiting")  # waiting | working | compared | failed: the comparison
    step = models.TextField(blank=True)  # what the comparison is at, while it works
    compared_as_of = models.DateTimeField(null=True)
    compared = models.JSONField(
        null=True, encoder=DjangoJSONEncoder
    )  # counts only, see records.ledger.proposed
    seconds = models.FloatField(null=True)

    class Meta:
        db_table = "proposal"
        indexes = (models.Index(fields=["area"], name="proposal_area_ix"),)


class ProposalDecision(models.Model):
    """What became of a proposal: once, and never changed."""

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="decision", primary_key=True)
    decision = models.TextField()  # approved | refused | withdrawn
    decided_by = models.TextField()
    decided_office = models.TextField()
    decided_at = models.DateTimeField()
    why = models.TextField(blank=True)
    area = models.TextField(db_collation="C")  # of the proposal

    class Meta:
        db_table = "proposal_decision"


class ProposalExample(models.Model):
    """One row that a proposal would add, remove or change; seen by whoever sees the row."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="+")
    position = models.IntegerField()
    alike = models.IntegerField()  # how many rows differ in the same way
    obligation_id = models.TextField()
    rule = models.TextField()
    verb = models.TextField()
    kind = models.TextField()  # added | removed | changed
    why = models.TextField()  # a reason of sizao.obligations.compare.REASONS
    about_kind = models.TextField()
    about = models.TextField(null=True)
    area = models.TextField(null=True, db_collation="C")
    responsible = models.TextField(null=True)
    done_by = models.TextField(null=True)
    before = models.JSONField(
        null=True, encoder=DjangoJSONEncoder
    )  # status, due_at, closes_at, place, done_by
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    class Meta:
        db_table = "proposal_example"
        indexes = (models.Index(fields=["proposal", "position"], name="proposal_example_ix"),)
