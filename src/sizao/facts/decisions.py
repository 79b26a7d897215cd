"""Decisions: grades of areas, waivers, adoptions of policy. And what has been published."""

from __future__ import annotations

from sizao.facts.columns import UNTIL_ON, area, code, count, day, flag, identifier, instant, text
from sizao.facts.declaration import Different, Fact, Formed, OneGiven
from sizao.terms.words import Words

AREA_GRADES = Fact(
    name="area_grades",
    meaning=Words("区域风险等级公告", "Area grades: a grade of risk was announced for an area"),
    columns=(
        area("graded", "定级区域", "area that is graded"),
        code("grade", "grades", "等级", "grade"),
        day("from_on", "起始日期", "first day"),
        UNTIL_ON,
        flag("counts_upward", "是否计入上级区域", "whether wider areas count as graded by it"),
        identifier("announced_by", "office", "公告机构", "office that announced it"),
    ),
    event="from_on",
    subjects=("graded",),
    orders=("D1-17", "D1-25", "D2-63"),
    given_by=("command", "health_commission"),
)

RESPONSE_LEVELS = Fact(
    name="response_levels",
    meaning=Words(
        "应急响应级别公告", "Response levels: a level of the emergency response was announced for an area"
    ),
    columns=(
        area("covers", "适用区域", "area for which it holds"),
        code("level", "response_levels", "级别", "level"),
        day("from_on", "起始日期", "first day"),
        UNTIL_ON,
        identifier("announced_by", "office", "公告机构", "office that announced it"),
    ),
    event="from_on",
    subjects=("announced_by",),
    orders=("D2-15", "D2-68"),
    given_by=("command", "health_commission"),
)

WAIVERS = Fact(
    name="waivers",
    meaning=Words(
        "豁免：两个机构的两个人作出的有期限的决定",
        "Waivers: a decision of two persons of two offices, with an end",
    ),
    columns=(
        identifier("obligation", "obligation", "豁免的义务", "the obligation", required=False),
        identifier("rule", "rule", "豁免的规则", "the rule", required=False),
        identifier("about", "subject", "有关人员或场所", "person or place it is about", required=False),
        instant("from_at", "起始时间", "moment it begins"),
        instant("until_at", "终止时间（不含）", "moment it ends, exclusive"),
        code("ground", "waiver_grounds", "理由", "ground"),
        identifier("decided_by", "person_in_office", "决定人", "who decided"),
        identifier("decided_office", "office", "决定机构", "office of who decided"),
        identifier("approved_by", "person_in_office", "批准人", "who approved, another person"),
        identifier("approved_office", "office", "批准机构", "office of who approved, another office"),
    ),
    event="from_at",
    subjects=("about",),
    orders=("D2-25", "D2-59"),
    given_by=("command",),
    checks=(
        Different("decided_by", "approved_by"),
        Different("decided_office", "approved_office"),
        OneGiven(("obligation", "rule")),
        Formed(
            "obligation",
            "[0-9a-f]{32}",
            Words("32位小写十六进制数字", "32 hexadecimal digits in small letters"),
        ),
    ),
)

ADOPTIONS = Fact(
    name="adoptions",
    meaning=Words("政策采纳：某规则版本经批准施行", "Adoptions: a version of a rule was adopted"),
    columns=(
        identifier("pack", "pack", "政策包", "the policy pack"),
        identifier("rule", "rule", "规则", "the rule"),
        identifier(
            "version",
            "rule_version",
            "规则版本（12位十六进制摘要）",
            "version: 12 hexadecimal digits of its digest",
        ),
        identifier("adopted_by", "person_in_office", "决定人", "who decided"),
        identifier("approved_by", "person_in_office", "批准人", "who approved, another person"),
    ),
    event="happened_at",
    subjects=("rule",),
    orders=("D1-02", "D1-03", "D2-44"),
    given_by=("command",),
    checks=(Different("adopted_by", "approved_by"),),
)

PUBLISHED_TOTALS = Fact(
    name="published_totals",
    meaning=Words("已公布的累计数", "Published totals: a figure as published for a day"),
    columns=(
        day("day", "数据日期", "day of the figure"),
        code("figure", "published_figures", "指标", "figure"),
        count("value", "数值", "value", unit="people"),
        text("publisher", "发布者", "who published it"),
    ),
    event="day",
    subjects=("figure",),
    orders=("D1-06", "D1-07", "D1-08", "D2-57"),
    given_by=("health_commission", "command"),
)
