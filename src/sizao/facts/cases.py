"""Cases and contacts: classification, exposure, designation, report and investigation."""

from __future__ import annotations

from sizao.facts.columns import PERSON, UNTIL_ON, code, day, identifier, imprecise_day, instant
from sizao.facts.declaration import Different, Fact
from sizao.terms.words import Words

CASE = identifier("case", "case", "病例编号", "the case")
CONTACT = identifier("person", "person", "接触者", "the contact")
CASE_PERSON = identifier("case_person", "person", "病例本人", "the person who is the case")

CLASSIFICATIONS = Fact(
    name="classifications",
    meaning=Words("病例分类：每次判定一行", "Classifications: one row each time a case is classified"),
    columns=(
        PERSON,
        CASE,
        code("class", "case_classes", "分类", "class"),
        day("classified_on", "判定日期", "day of classification"),
        imprecise_day("onset", "发病日期", "day of onset", required=False),
        code("origin", "case_origins", "感染来源", "origin", required=False),
        code("found_by", "detection_ways", "发现方式", "way of detection", required=False),
    ),
    event="classified_on",
    subjects=("person",),
    orders=("D1-05", "D2-06", "D2-34", "D2-35"),
    given_by=("cdc", "health_commission"),
)

EXPOSURES = Fact(
    name="exposures",
    meaning=Words("暴露：某人与病例接触", "Exposures: a person was in contact with a case"),
    columns=(
        CONTACT,
        CASE,
        CASE_PERSON,
        code("kind", "contact_kinds", "接触方式", "kind of contact"),
        day("first_on", "首次接触日期", "first day of contact"),
        day("last_on", "末次接触日期（含当日）", "last day of contact, included"),
    ),
    event="last_on",
    subjects=("person", "case_person"),
    orders=("D1-18", "D1-26", "D2-31"),
    given_by=("cdc",),
)

DESIGNATIONS = Fact(
    name="designations",
    meaning=Words(
        "接触者判定：由人作出的决定", "Designations: a decision that a person is a contact of a class"
    ),
    columns=(
        CONTACT,
        CASE,
        CASE_PERSON,
        code("class", "contact_classes", "分类", "class"),
        day("last_exposed_on", "末次暴露日期", "last day of exposure"),
        day("designated_on", "判定日期", "day of the decision"),
        identifier(
            "instruction", "instruction", "依据的常设指令", "standing instruction it rests on", required=False
        ),
    ),
    event="designated_on",
    subjects=("person", "case_person"),
    orders=("D1-18", "D1-26", "D2-36"),
    given_by=("cdc",),
)

STANDING_INSTRUCTIONS = Fact(
    name="standing_instructions",
    meaning=Words(
        "常设指令：某类接触一律判定为某类接触者",
        "Standing instructions: contacts of a kind are contacts of a class, decided by two persons",
    ),
    columns=(
        identifier("instruction", "instruction", "指令编号", "the instruction"),
        code("kind", "contact_kinds", "接触方式", "kind of contact"),
        code("class", "contact_classes", "判定分类", "class they are given"),
        day("from_on", "起始日期", "first day"),
        UNTIL_ON,
        identifier("adopted_by", "person_in_office", "决定人", "who decided"),
        identifier("approved_by", "person_in_office", "批准人", "who approved, another person"),
    ),
    event="from_on",
    subjects=("instruction",),
    orders=("D1-18", "D2-36"),
    given_by=("cdc", "command"),
    checks=(Different("adopted_by", "approved_by"),),
)

CASE_REPORTS = Fact(
    name="case_reports",
    meaning=Words("病例报告", "Case reports: a case was reported"),
    columns=(
        CASE,
        PERSON,
        instant("reported_at", "报告时间", "moment of the report"),
        code("channel", "report_channels", "渠道", "channel"),
    ),
    event="reported_at",
    subjects=("case", "person"),
    orders=("D2-06", "D1-70"),
    given_by=("cdc", "health_commission"),
)

INVESTIGATIONS = Fact(
    name="investigations",
    meaning=Words("流行病学调查", "Investigations: an epidemiological investigation was finished"),
    columns=(
        CASE,
        PERSON,
        code("kind", "investigation_kinds", "类别", "kind"),
        instant("finished_at", "完成时间", "moment it was finished"),
    ),
    event="finished_at",
    subjects=("case", "person"),
    orders=("D2-31",),
    given_by=("cdc",),
)
