"""The tables of this app. Only `records` itself reads these names; others ask `reading` and `actions`."""

from sizao_web.records.models.access import PersonAccess
from sizao_web.records.models.audit import AuditEntry
from sizao_web.records.models.cases import Case
from sizao_web.records.models.facts import FACT_MODELS
from sizao_web.records.models.identity import Identity, NameToken
from sizao_web.records.models.ledger import Count, Obligation, Run, Sealed, Standing, TooLate, Unknown
from sizao_web.records.models.proposals import Proposal, ProposalDecision, ProposalExample
from sizao_web.records.models.rows import FactRow
from sizao_web.records.models.snapshots import (
    PastCase,
    PastObligation,
    PastStanding,
    PastTooLate,
    PastUnknown,
    Question,
)

__all__ = [
    "FACT_MODELS",
    "AuditEntry",
    "Case",
    "Count",
    "FactRow",
    "Identity",
    "NameToken",
    "Obligation",
    "PastCase",
    "PastObligation",
    "PastStanding",
    "PastTooLate",
    "PastUnknown",
    "PersonAccess",
    "Proposal",
    "ProposalDecision",
    "ProposalExample",
    "Question",
    "Run",
    "Sealed",
    "Standing",
    "TooLate",
    "Unknown",
]
