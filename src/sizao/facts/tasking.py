"""What offices are charged with: assignments, deployments, campaigns, publications."""

from __future__ import annotations

from sizao.facts.columns import EVERY_OFFICE, OFFICE, area, code, count, day, flag, identifier, instant, text
from sizao.facts.columns import UNTIL_ON as UNTIL
from sizao.facts.declaration import Different, Fact
from sizao.terms.words import Words

ASSIGNMENT = identifier("assignment", "assignment", "任务编号", "the assignment")
CAMPAIGN = identifier("campaign", "campaign", "行动编号", "the campaign")

ASSIGNMENTS = Fact(
    name="assignments",
    meaning=Words(
        "交办任务：会议决定、督查整改、问题清单等",
        "Assignments: an office was charged with something by a meeting, a superior, a list of problems",
    ),
    columns=(
        ASSIGNMENT,
        identifier("office", "office", "承办机构", "the office that is to do it"),
        identifier("by", "office", "交办机构", "the office that assigned it"),
        code("source", "assignment_sources", "来源", "where it comes from"),
        identifier("meeting", "meeting", "会议编号", "the meeting that decided it", required=False),
        instant("assigned_at", "交办时间", "moment it was assigned"),
        day("due_on", "办结期限（含当日）", "last day to finish it", required=False),
        text("task", "交办内容（不写姓名）", "what is to be done (no names)", required=False),
    ),
    event="assigned_at",
    subjects=("office",),
    orders=("D1-01", "D1-02", "D1-03", "D1-14", "D1-65", "D2-80", "D2-90", "D2-91", "D2-98"),
    given_by=EVERY_OFFICE,
)

ASSIGNMENT_REPORTS = Fact(
    name="assignment_reports",
    meaning=Words("任务进展", "Assignment reports: progress of an assignment, or its end"),
    columns=(
        ASSIGNMENT,
        identifier("office", "office", "承办机构", "the office that reports"),
        code("state", "assignment_states", "进展", "state"),
        instant("reported_at", "报告时间", "moment of the report"),
        text(
            "evidence",
            "办结依据（记录、文号；不写姓名）",
            "what proves it: a record here, or the number of a document (no names)",
            required=False,
        ),
    ),
    event="reported_at",
    subjects=("office",),
    orders=("D1-02", "D2-80", "D2-90", "D2-98"),
    given_by=EVERY_OFFICE,
)

DEPLOYMENTS = Fact(
    name="deployments",
    meaning=Words("支援力量：医疗队、下沉人员、志愿者等", "Deployments: people were sent to help an office"),
    columns=(
        identifier("deployment", "deployment", "支援编号", "the deployment"),
        identifier("office", "office", "接收机构", "the office that is helped"),
        identifier("sender", "office", "派出机构", "the office that sends them"),
        code("kind", "deployment_kinds", "类别", "kind"),
        count("people", "人数", "how many", unit="people"),
        day("from_on", "起始日期", "first day"),
        UNTIL,
    ),
    event="from_on",
    subjects=("office",),
    orders=("D2-12", "D2-13", "D2-30", "D2-41", "D2-42", "D2-82", "D2-84", "D2-85", "D2-86"),
    given_by=EVERY_OFFICE,
    checks=(Different("office", "sender"),),
)

STAFF_CARE = Fact(
    name="staff_care",
    meaning=Words(
        "一线人员关爱：轮休、防护、心理、待遇",
        "Staff care: rest, protection, counselling or pay was given to people at work",
    ),
    columns=(
        OFFICE,
        code("kind", "care_kinds", "类别", "kind"),
        count("people", "受益人数", "people who received it", unit="people"),
        day("given_on", "落实日期", "day it was given"),
    ),
    event="given_on",
    subjects=("office",),
    orders=("D2-48", "D2-50"),
    given_by=EVERY_OFFICE,
)

CAMPAIGNS = Fact(
    name="campaigns",
    meaning=Words(
        "集中行动：区域筛查、宣传、爱国卫生", "Campaigns: an office must reach the people of an area in time"
    ),
    columns=(
        CAMPAIGN,
        identifier("office", "office", "牵头机构", "the office that leads it"),
        code("kind", "campaign_kinds", "类别", "kind"),
        area("covers", "覆盖区域", "area whose people are to be reached"),
        count("target", "应覆盖人数", "people to reach", unit="people"),
        instant("announced_at", "部署时间", "moment it was announced"),
    ),
    event="announced_at",
    subjects=("office",),
    orders=("D1-60", "D1-61", "D2-33", "D2-89", "D2-94"),
    given_by=("command", "health_commission", "publicity"),
)

CAMPAIGN_REPORTS = Fact(
    name="campaign_reports",
    meaning=Words("行动进度", "Campaign reports: how many people a campaign has reached"),
    columns=(
        CAMPAIGN,
        identifier("office", "office", "牵头机构", "the office that leads it"),
        instant("reported_at", "报告时间", "moment of the report"),
        count("reached", "已覆盖人数", "people reached", unit="people"),
        count("positive", "阳性人数", "people found positive", unit="people", required=False),
        flag("complete", "是否完成", "whether everybody was reached"),
    ),
    event="reported_at",
    subjects=("office",),
    orders=("D1-60", "D2-33"),
    given_by=("command", "health_commission", "publicity"),
)

PUBLICATIONS = Fact(
    name="publications",
    meaning=Words("信息发布：通报、公告、更正、辟谣", "Publications: an office told the public something"),
    columns=(
        identifier("publication", "publication", "发布编号", "the publication"),
        OFFICE,
        code("kind", "publication_kinds", "类别", "kind"),
        instant("published_at", "发布时间", "moment of the publication"),
        day("for_on", "内容所属日期", "day it is about", required=False),
        identifier("revises", "publication", "更正的发布编号", "the one that it corrects", required=False),
    ),
    event="published_at",
    subjects=("office",),
    orders=("D1-60", "D2-26", "D2-57", "D2-87", "D2-94"),
    given_by=EVERY_OFFICE,
)

FACTS = (
    ASSIGNMENTS,
    ASSIGNMENT_REPORTS,
    DEPLOYMENTS,
    STAFF_CARE,
    CAMPAIGNS,
    CAMPAIGN_REPORTS,
    PUBLICATIONS,
)
