"""Requests of people and of places with their answers; applications to open again."""

from __future__ import annotations

from sizao.facts.columns import PERSON, code, day, identifier, instant
from sizao.facts.declaration import Fact
from sizao.facts.institutions import PLACE
from sizao.terms.words import Words

REQUEST = identifier("request", "request", "诉求编号", "the request")
PERSON_KIND = code("kind", "request_kinds", "类别", "kind")
PLACE_KIND = code("kind", "place_request_kinds", "类别", "kind")
ANSWERED_AT = instant("answered_at", "答复时间", "moment of the answer")
OUTCOME = code("outcome", "request_outcomes", "办理结果", "outcome")
_FOR_PEOPLE = (
    "community", "street", "civil_affairs", "health_commission", "command", "county_hospital", "site",
)  # fmt: skip
_FOR_PLACES = ("commerce", "supplies", "market_regulation", "health_commission", "education", "command")

REQUESTS = Fact(
    name="requests",
    meaning=Words(
        "群众诉求：通行、配送、就医用药、关爱、投诉等",
        "Requests: somebody asked for a pass, delivery, medicine, care, a test, or complained",
    ),
    columns=(REQUEST, PERSON, PERSON_KIND, instant("asked_at", "提出时间", "moment it was asked")),
    event="asked_at",
    subjects=("person",),
    orders=(
        "D1-49", "D2-24", "D2-25", "D2-26", "D2-48", "D2-52", "D2-58", "D2-60", "D2-61", "D2-73", "D2-78",
    ),
    given_by=_FOR_PEOPLE,
    retention_days=730,
)  # fmt: skip

REQUEST_OUTCOMES = Fact(
    name="request_outcomes",
    meaning=Words("群众诉求办理结果", "Request outcomes: what became of somebody's request"),
    columns=(REQUEST, PERSON, PERSON_KIND, ANSWERED_AT, OUTCOME),
    event="answered_at",
    subjects=("person",),
    orders=REQUESTS.orders,
    given_by=_FOR_PEOPLE,
    retention_days=730,
)

PLACE_REQUESTS = Fact(
    name="place_requests",
    meaning=Words(
        "单位诉求：绿色通道、物流、用工、原料、滞销等",
        "Place requests: an enterprise, farm or hospital asked for a lane, goods, workers, a way to sell",
    ),
    columns=(REQUEST, PLACE, PLACE_KIND, instant("asked_at", "提出时间", "moment it was asked")),
    event="asked_at",
    subjects=("place",),
    orders=("D2-19", "D2-20", "D2-71", "D2-73", "D2-75", "D2-96"),
    given_by=_FOR_PLACES,
)

PLACE_REQUEST_OUTCOMES = Fact(
    name="place_request_outcomes",
    meaning=Words("单位诉求办理结果", "Place request outcomes: what became of a place's request"),
    columns=(REQUEST, PLACE, PLACE_KIND, ANSWERED_AT, OUTCOME),
    event="answered_at",
    subjects=("place",),
    orders=PLACE_REQUESTS.orders,
    given_by=_FOR_PLACES,
)

RESUMPTION_APPLICATIONS = Fact(
    name="resumption_applications",
    meaning=Words("复工复产复课复市申请", "Resumption applications: a place asked to open again"),
    columns=(
        PLACE,
        instant("applied_at", "申请时间", "moment of the application"),
        day("reopening_on", "拟恢复日期", "day on which it would open"),
    ),
    event="applied_at",
    subjects=("place",),
    orders=("D2-53", "D2-63", "D2-65", "D2-66", "D2-67", "D2-95", "D2-96"),
    given_by=_FOR_PLACES,
)

RESUMPTION_DECISIONS = Fact(
    name="resumption_decisions",
    meaning=Words("复工复产复课复市决定", "Resumption decisions: whether a place may open again"),
    columns=(
        PLACE,
        instant("decided_at", "决定时间", "moment of the decision"),
        code("decision", "resumption_decisions", "决定", "decision"),
        day("reopening_on", "恢复日期", "day on which it opens", required=False),
    ),
    event="decided_at",
    subjects=("place",),
    orders=RESUMPTION_APPLICATIONS.orders,
    given_by=_FOR_PLACES,
)

FACTS = (
    REQUESTS,
    REQUEST_OUTCOMES,
    PLACE_REQUESTS,
    PLACE_REQUEST_OUTCOMES,
    RESUMPTION_APPLICATIONS,
    RESUMPTION_DECISIONS,
)
