"""Appeals of people against a restriction or a record, and what was decided, with the reason."""

from __future__ import annotations

from sizao.facts.columns import PERSON, code, identifier, instant, text
from sizao.facts.declaration import Fact
from sizao.terms.words import Words

APPEAL = identifier("appeal", "appeal", "申诉编号", "the appeal")

APPEALS = Fact(
    name="appeals",
    meaning=Words(
        "申诉：某人不服某项限制或某条记录", "Appeals: somebody objects to a restriction or a record"
    ),
    columns=(
        APPEAL,
        PERSON,
        code("against", "appeal_subjects", "对什么申诉", "what it is against"),
        code("ground", "appeal_grounds", "申诉理由", "ground"),
        identifier("obligation", "obligation", "所涉任务", "the row it is against", required=False),
        text(
            "statement", "陈述（不写他人姓名）", "what the person says (no names of others)", required=False
        ),
        instant("appealed_at", "申诉时间", "moment of the appeal"),
    ),
    event="appealed_at",
    subjects=("person",),
    orders=("D2-25", "D2-44", "D2-58"),
    given_by=("community", "street", "site", "health_commission", "command"),
    retention_days=730,
)

APPEAL_DECISIONS = Fact(
    name="appeal_decisions",
    meaning=Words("申诉决定：结果和理由", "Appeal decisions: what was decided, and why"),
    columns=(
        APPEAL,
        PERSON,
        code("outcome", "appeal_outcomes", "申诉结果", "outcome"),
        text("why", "决定理由（不写姓名）", "why it was decided so (no names)"),
        identifier("decided_office", "office", "决定机构", "office that decided"),
        instant("decided_at", "决定时间", "moment of the decision"),
    ),
    event="decided_at",
    subjects=("person",),
    orders=APPEALS.orders,
    given_by=("health_commission", "command"),
    retention_days=730,
)

FACTS = (APPEALS, APPEAL_DECISIONS)
