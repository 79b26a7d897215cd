"""Supervision: inspections, what they found, and whether it was put right."""

from __future__ import annotations

from sizao.facts.columns import code, identifier, instant, text
from sizao.facts.declaration import Fact
from sizao.terms.words import Words

INSPECTING = ("supervision", "education", "market_regulation", "health_commission", "cdc")
"""Who goes to places and looks: inspectors, and departments that answer for a kind of place or a cluster."""

INSPECTED = identifier("place", "place", "被检查场所", "the place inspected")
FINDING = identifier("finding", "finding", "问题编号", "the finding")

INSPECTIONS = Fact(
    name="inspections",
    meaning=Words("督导检查", "Inspections: a place was inspected"),
    columns=(
        identifier("inspection", "inspection", "检查编号", "the inspection"),
        INSPECTED,
        instant("inspected_at", "检查时间", "moment of the inspection"),
        identifier("by", "office", "检查机构", "office that inspected"),
    ),
    event="inspected_at",
    subjects=("place",),
    orders=("D1-13", "D1-68", "D2-98"),
    given_by=INSPECTING,
)

FINDINGS = Fact(
    name="findings",
    meaning=Words("检查发现的问题", "Findings: an inspection found something wrong"),
    columns=(
        FINDING,
        identifier("inspection", "inspection", "检查编号", "the inspection"),
        INSPECTED,
        code("severity", "finding_severities", "严重程度", "severity"),
        instant("found_at", "发现时间", "moment it was found"),
        code("kind", "finding_kinds", "问题类别", "kind", required=False),
        text("note", "问题描述（不写姓名）", "what is wrong (no names)", required=False),
    ),
    event="found_at",
    subjects=("place",),
    orders=("D1-09", "D1-10", "D1-11", "D1-13", "D1-68"),
    given_by=INSPECTING,
)

RECTIFICATIONS = Fact(
    name="rectifications",
    meaning=Words("整改", "Rectifications: a finding was put right, and checked again"),
    columns=(
        FINDING,
        INSPECTED,
        instant("rectified_at", "整改时间", "moment it was put right"),
        instant("rechecked_at", "复查时间", "moment it was checked again", required=False),
        text("note", "整改说明（不写姓名）", "what was done about it (no names)", required=False),
    ),
    event="rectified_at",
    subjects=("place", "finding"),
    orders=("D1-13", "D1-68"),
    given_by=INSPECTING,
)
