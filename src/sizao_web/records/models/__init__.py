"""The tables of this app. Only `records` itself reads these names; others ask `reading` and `actions`."""

from sizao_web.records.models.access import PersonAccess
from sizao_web.records.models.audit import AuditEntry, AuditLink, AuditRoot
from sizao_web.records.models.cases import Case
from sizao_web.records.models.deliveries import (
    Delivery,
    DeliveryPart,
    DeliveryRow,
    DeliveryStored,
    SheetMapping,
)
from sizao_web.records.models.facts import FACT_MODELS
from sizao_web.records.models.identity import Doubt, DoubtDecision, Identity, Match, NameToken, RecordMatch
from sizao_web.records.models.ledger import Count, Obligation, Run, Sealed, Standing, TooLate, Unknown
from sizao_web.records.models.partners import (
    Partner,
    PartnerAnswer,
    PartnerConflict,
    PartnerKey,
    PartnerManifest,
    PartnerParcel,
    PartnerReceipt,
    PartnerUse,
)
from sizao_web.records.models.photos import Photo
from sizao_web.records.models.proposals import Proposal, ProposalDecision, ProposalExample
from sizao_web.records.models.retention import LegalHold, RetentionRun
from sizao_web.records.models.rows import FactRow
from sizao_web.records.models.snapshots import (
    PastCase,
    PastObligation,
    PastStanding,
    PastTooLate,
    PastUnknown,
    Question,
)
from sizao_web.records.models.streams import StreamBatch, StreamConflict, StreamMove, StreamOpening
from sizao_web.records.models.watch import Alarm, AlarmSeen, ControlDay, Heard, Switch, Watched

__all__ = [
    "FACT_MODELS",
    "Alarm",
    "AlarmSeen",
    "AuditEntry",
    "AuditLink",
    "AuditRoot",
    "Case",
    "ControlDay",
    "Count",
    "Delivery",
    "DeliveryPart",
    "DeliveryRow",
    "DeliveryStored",
    "Doubt",
    "DoubtDecision",
    "FactRow",
    "Heard",
    "Identity",
    "LegalHold",
    "Match",
    "NameToken",
    "Obligation",
    "Partner",
    "PartnerAnswer",
    "PartnerConflict",
    "PartnerKey",
    "PartnerManifest",
    "PartnerParcel",
    "PartnerReceipt",
    "PartnerUse",
    "PastCase",
    "PastObligation",
    "PastStanding",
    "PastTooLate",
    "PastUnknown",
    "PersonAccess",
    "Photo",
    "Proposal",
    "ProposalDecision",
    "ProposalExample",
    "Question",
    "RecordMatch",
    "RetentionRun",
    "Run",
    "Sealed",
    "SheetMapping",
    "Standing",
    "StreamBatch",
    "StreamConflict",
    "StreamMove",
    "StreamOpening",
    "Switch",
    "TooLate",
    "Unknown",
    "Watched",
]
