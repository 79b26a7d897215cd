"""Offices on duty: shifts, staff, incidents and what was reported of them."""

from __future__ import annotations

from sizao.facts.columns import EVERY_OFFICE, OFFICE, code, count, day, identifier, instant, text
from sizao.facts.declaration import Fact
from sizao.terms.words import Words

INCIDENT = identifier("incident", "incident", "事件编号", "the incident")

SHIFTS = Fact(
    name="shifts",
    meaning=Words("值班、带班", "Shifts: somebody was on duty, or led the duty, at an office"),
    columns=(
        OFFICE,
        code("kind", "shift_kinds", "班次类别", "kind"),
        identifier("holder", "person_in_office", "值班（带班）人", "who was on duty"),
        instant("from_at", "接班时间", "moment it began"),
        instant("until_at", "交班时间；空为仍在班", "moment it ended; empty: still on duty", required=False),
        text("note", "交班说明（不写姓名）", "what the next shift must know (no names)", required=False),
    ),
    event="from_at",
    subjects=("office",),
    orders=("D1-69",),
    given_by=EVERY_OFFICE,
    retention_days=730,
)

ROSTERS = Fact(
    name="rosters",
    meaning=Words("值班表：排定的班次", "Rosters: who is to be on duty, or to lead it, and when"),
    columns=(
        OFFICE,
        code("kind", "shift_kinds", "排定班次类别", "kind"),
        identifier("holder", "person_in_office", "排定值班（带班）人", "who is to be on duty"),
        instant("from_at", "班次开始", "moment it is to begin"),
        instant("until_at", "班次结束", "moment it is to end"),
    ),
    event="happened_at",
    subjects=("office",),
    orders=("D1-69",),
    given_by=EVERY_OFFICE,
    retention_days=730,
)

STAFFING = Fact(
    name="staffing",
    meaning=Words("机构人员", "Staffing: how many people an office has for epidemic control"),
    columns=(
        OFFICE,
        day("counted_on", "统计日期", "day of the count"),
        count("staff", "防控人员数", "people in epidemic control", unit="people"),
        count("seconded", "其中下沉支援人数", "of them lent by other bodies", unit="people", required=False),
    ),
    event="counted_on",
    subjects=("office",),
    orders=("D1-64", "D2-30", "D2-82", "D2-84"),
    given_by=EVERY_OFFICE,
)

TEAMS = Fact(
    name="teams",
    meaning=Words("队伍：每类多少支、多少空闲", "Teams: how many an office has of a kind, and are free"),
    columns=(
        OFFICE,
        code("kind", "team_kinds", "队伍类别", "kind of teams"),
        instant("counted_at", "队伍统计时间", "moment of the count"),
        count("teams", "队伍数", "teams in all", unit="teams"),
        count("free", "空闲队伍数", "of them free to be sent", unit="teams"),
    ),
    event="counted_at",
    subjects=("office",),
    orders=("D1-64", "D2-84"),
    given_by=("sampling_team", "cdc", "site", "health_commission", "command"),
    retention_days=730,
)

INCIDENTS = Fact(
    name="incidents",
    meaning=Words("突发情况", "Incidents: something happened that must be reported at once"),
    columns=(
        INCIDENT,
        identifier("office", "office", "发现机构", "the office that found it"),
        code("kind", "incident_kinds", "类别", "kind"),
        instant("found_at", "发现时间", "moment it was found"),
        text("note", "突发情况说明（不写姓名）", "what happened (no names)", required=False),
    ),
    event="found_at",
    subjects=("office",),
    orders=("D1-70", "D2-23", "D2-62", "D2-91"),
    given_by=EVERY_OFFICE,
)

INCIDENT_REPORTS = Fact(
    name="incident_reports",
    meaning=Words("突发情况报告", "Incident reports: an incident was reported, followed up or closed"),
    columns=(
        INCIDENT,
        identifier("office", "office", "报告机构", "the office that reports"),
        code("stage", "report_stages", "报告阶段", "stage"),
        instant("reported_at", "报告时间", "moment of the report"),
        text("note", "处置情况（不写姓名）", "what was done (no names)", required=False),
    ),
    event="reported_at",
    subjects=("office",),
    orders=("D1-70",),
    given_by=EVERY_OFFICE,
)

FACTS = (SHIFTS, ROSTERS, STAFFING, TEAMS, INCIDENTS, INCIDENT_REPORTS)
