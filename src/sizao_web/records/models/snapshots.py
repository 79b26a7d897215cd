"""Questions about a past moment and what was answered: the same columns as the ledger, kept for a question.

Answers are kept for the last questions only (`records.ledger.questions`); asking again makes them anew.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from sizao_web.records.models.cases import CaseColumns
from sizao_web.records.models.results import (
    ObligationsColumns,
    StandingColumns,
    TooLateColumns,
    UnknownColumns,
)


class Question(models.Model):
    """What would the ledger have said at `as_of`, from the facts known by `known_by`? It is about nobody."""

    as_of = models.DateTimeField()
    known_by = models.DateTimeField()
    pack_digest = models.TextField()  # of the pack whose adopted texts answer
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    state = models.TextField(default="waiting")  # waiting | working | answered | failed | forgotten
    step = models.TextField(blank=True)  # what the answer is at, while it works
    answered_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    rows = models.IntegerField(null=True)  # kept

    class Meta:
        db_table = "past_question"
        constraints = (
            models.UniqueConstraint(fields=["as_of", "known_by", "pack_digest"], name="past_question_once"),
        )


def _question() -> Any:
    return models.ForeignKey(Question, models.CASCADE, related_name="+")


class PastObligation(ObligationsColumns):
    """An obligation as it was, or would have been, known then."""

    id = models.BigAutoField(primary_key=True)
    obligation_id = models.TextField()
    question = _question()
    responsible = models.TextField(null=True)
    household = models.TextField(null=True)

    class Meta:
        db_table = "past_obligation"
        indexes = (
            models.Index(fields=["question", "area", "status"], name="past_obligation_area_ix"),
            models.Index(fields=["question", "obligation_id"], name="past_obligation_id_ix"),
        )


class PastStanding(StandingColumns):
    """What bound a person then."""

    question = _question()

    class Meta:
        db_table = "past_standing"


class PastUnknown(UnknownColumns):
    """What was not known then."""

    question = _question()

    class Meta:
        db_table = "past_unknown"


class PastTooLate(TooLateColumns):
    """What had been found too late by then."""

    question = _question()

    class Meta:
        db_table = "past_too_late"


class PastCase(CaseColumns):
    """A case that counted as confirmed then."""

    question = _question()

    class Meta:
        db_table = "past_case"
        indexes = (models.Index(fields=["question", "area"], name="past_case_area_ix"),)
