"""People who arrive: what they declare, who else names them, what became of it."""

from __future__ import annotations

from sizao.facts.columns import PERSON, code, flag, identifier, instant
from sizao.facts.declaration import Fact
from sizao.terms.words import Words

DECLARATIONS = Fact(
    name="declarations",
    meaning=Words(
        "来市返市申报：向街道、社区、单位",
        "Declarations: somebody declared a journey and health to one of three receivers",
    ),
    columns=(
        PERSON,
        code("receiver", "declaration_receivers", "申报对象", "to whom"),
        instant("declared_at", "申报时间", "moment of the declaration"),
        flag("code_scanned", "是否扫健康码", "whether the health code was scanned", required=False),
        flag("symptoms", "是否有症状", "whether there are symptoms", required=False),
    ),
    event="declared_at",
    subjects=("person",),
    orders=("D1-21", "D1-22"),
    given_by=("community", "street", "port_health", "command"),
)

PUSHED_ENTRIES = Fact(
    name="pushed_entries",
    meaning=Words(
        "重点人员推送：大数据、车站、机场、外地协查",
        "Pushed entries: the data centre, a station or another city named somebody to be verified",
    ),
    columns=(
        identifier("entry", "entry", "推送编号", "the entry"),
        PERSON,
        code("source", "push_sources", "来源", "who named the person"),
        instant("pushed_at", "推送时间", "moment it was passed on"),
    ),
    event="pushed_at",
    subjects=("person",),
    orders=("D1-19", "D1-20", "D2-43", "D2-45"),
    given_by=("command", "cdc", "port_health"),
)

DISPOSITIONS = Fact(
    name="dispositions",
    meaning=Words(
        "推送人员核查处置及反馈", "Dispositions: what a pushed person was found to be, and when that was told"
    ),
    columns=(
        identifier("entry", "entry", "推送编号", "the entry"),
        PERSON,
        code("disposition", "dispositions", "处置", "disposition"),
        instant("disposed_at", "处置时间", "moment of the disposition"),
        instant("fed_back_at", "反馈时间", "moment it was told to the sender", required=False),
    ),
    event="disposed_at",
    subjects=("person",),
    orders=("D1-19", "D1-20", "D2-45"),
    given_by=("community", "street", "cdc"),
)

FACTS = (DECLARATIONS, PUSHED_ENTRIES, DISPOSITIONS)
