"""Decisions: grades of areas, waivers, adoptions of policy. And counts that they rest on or that were
published."""

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

AREA_COUNTS = Fact(
    name="area_counts",
    meaning=Words(
        "区域每日计数：定级所依据的当日数；空为不明",
        "Area counts: what grades rest on, one area on one day; empty: not known",
    ),
    columns=(
        area("counted", "计数区域", "area that is counted"),
        day("day", "日期", "the day"),
        count("confirmed", "当日新增确诊", "newly confirmed that day", unit="people", required=False),
        count(
            "confirmed_total",
            "累计确诊",
            "confirmed so far, by the end of the day",
            unit="people",
            required=False,
        ),
        count(
            "asymptomatic", "当日新增无症状感染者", "new asymptomatic cases", unit="people", required=False
        ),
        count(
            "clusters", "当日新认定的聚集性疫情", "clusters found that day", unit="clusters", required=False
        ),
        count(
            "infected_residents",
            "当日新发现、居住于此的感染者",
            "infected people found that day who live there",
            unit="people",
            required=False,
        ),
        count(
            "infected_frequent",
            "当日新发现、频繁活动于此且传播风险较高的感染者",
            "infected people found that day who were often there, with a higher risk of spread",
            unit="people",
            required=False,
        ),
        count(
            "infected_visits",
            "当日新发现、停留活动于此且可能传播的感染者",
            "infected people found that day who stayed there for a time, with possible spread",
            unit="people",
            required=False,
        ),
        count(
            "full_tests_negative",
            "当日完成、结果全部为阴性的全员检测",
            "tests of everybody finished that day without a positive",
            unit="tests",
            required=False,
        ),
        count(
            "contacts_pending",
            "末次暴露未满14天或检测未转阴的密切接触者",
            "close contacts within 14 days of their last exposure, or not tested negative",
            unit="people",
            required=False,
        ),
    ),
    event="day",
    subjects=("counted",),
    orders=("D2-63", "D2-64"),
    given_by=("cdc", "health_commission"),
    checks=(
        OneGiven(
            (
                "confirmed",
                "confirmed_total",
                "asymptomatic",
                "clusters",
                "infected_residents",
                "infected_frequent",
                "infected_visits",
                "full_tests_negative",
                "contacts_pending",
            )
        ),
    ),
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
    given_by=("command", "health_commission"),
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
