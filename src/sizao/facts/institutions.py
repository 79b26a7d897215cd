"""What places report and check: schools, hospitals, pharmacies, venues, laboratories."""

from __future__ import annotations

from sizao.facts.columns import code, count, day, identifier, instant
from sizao.facts.declaration import Fact
from sizao.terms.words import Words

PLACE = identifier("place", "place", "场所", "the place")
_LINES = ("education", "market_regulation", "health_commission")

INSTITUTION_REPORTS = Fact(
    name="institution_reports",
    meaning=Words("单位日报告、零报告", "Institution reports: the daily report of a place, zero included"),
    columns=(
        identifier("place", "place", "报告单位", "the place that reports"),
        code("duty", "enrolment_duties", "报告义务", "the report"),
        instant("reported_at", "报告时间", "moment of the report"),
        day("for_on", "报告所属日期", "day it is about"),
        count("present", "在岗（校）人数", "people present", unit="people", required=False),
        count("absent", "缺勤（课）人数", "people absent", unit="people"),
        count("feverish", "发热人数", "people with fever", unit="people"),
    ),
    event="for_on",
    subjects=("place",),
    orders=("D1-32", "D1-33", "D1-34", "D1-44"),
    given_by=_LINES,
)

PLACE_CHECKS = Fact(
    name="place_checks",
    meaning=Words(
        "场所自查：关口检查、晨午检、通风消毒、扫码测温、培训等",
        "Place checks: what a place checked or did itself: gates, morning checks, disinfection, entry posts",
    ),
    columns=(
        PLACE,
        code("kind", "check_kinds", "检查类别", "kind of the check"),
        instant("checked_at", "检查时间", "moment of the check"),
        code("outcome", "check_outcomes", "结果", "outcome"),
        count("people", "受检或通过人数", "people checked or passed", unit="people", required=False),
        count("longest_queue", "最长排队人数", "people in the longest queue", unit="people", required=False),
    ),
    event="checked_at",
    subjects=("place",),
    orders=("D1-28", "D1-30", "D1-31", "D1-32", "D1-35", "D1-37", "D1-46", "D1-47", "D1-71", "D2-49"),
    given_by=(*_LINES, "supervision", "port_health"),
    retention_days=730,
)

ABSENCES = Fact(
    name="absences",
    meaning=Words(
        "因病缺课（勤）登记：不含姓名",
        "Absences: somebody was absent through illness; the school keeps the name",
    ),
    columns=(
        identifier("absence", "absence", "登记编号", "number in the register"),
        PLACE,
        code("who", "absentee_kinds", "缺课（勤）者", "who was absent"),
        day("absent_on", "缺课（勤）日期", "day of the absence"),
    ),
    event="absent_on",
    subjects=("place",),
    orders=("D1-33",),
    given_by=("education",),
    retention_days=730,
)

ABSENCE_CAUSES = Fact(
    name="absence_causes",
    meaning=Words("缺课（勤）病因追查结果", "Absence causes: why somebody was absent was traced"),
    columns=(
        identifier("absence", "absence", "登记编号", "number in the register"),
        PLACE,
        code("cause", "absence_causes", "病因", "cause"),
        instant("traced_at", "查明时间", "moment it was traced"),
    ),
    event="traced_at",
    subjects=("place",),
    orders=("D1-33",),
    given_by=("education",),
    retention_days=730,
)

EQUIPMENT = Fact(
    name="equipment",
    meaning=Words("设备配置", "Equipment: devices were put into use at a place"),
    columns=(
        PLACE,
        code("kind", "equipment_kinds", "设备类别", "kind"),
        instant("installed_at", "启用时间", "moment it was put into use"),
        count("units", "台数", "how many", unit="devices"),
    ),
    event="installed_at",
    subjects=("place",),
    orders=("D1-10", "D1-59", "D1-71"),
    given_by=("market_regulation", "health_commission", "command", "supplies"),
)

BEDS = Fact(
    name="beds",
    meaning=Words("床位：预留、在用", "Beds: of a kind, how many are reserved and how many occupied"),
    columns=(
        PLACE,
        code("kind", "bed_kinds", "床位类别", "kind of beds"),
        instant("counted_at", "统计时间", "moment of the count"),
        count("total", "总数", "beds in all", unit="beds"),
        count("reserved", "为疫情预留数", "reserved for the epidemic", unit="beds"),
        count("occupied", "在用数", "occupied", unit="beds"),
    ),
    event="counted_at",
    subjects=("place",),
    orders=("D1-55", "D2-14", "D2-39"),
    given_by=("health_commission", "county_hospital"),
)

LABORATORY_CAPACITIES = Fact(
    name="laboratory_capacities",
    meaning=Words("检测能力：实验室一天能检多少管", "Laboratories: how many tubes each can test in a day"),
    columns=(
        identifier("place", "place", "实验室", "the laboratory"),
        instant("counted_at", "检测能力统计时间", "moment of the count"),
        count("tubes_a_day", "每日可检管数", "tubes it can test in a day", unit="tubes"),
    ),
    event="counted_at",
    subjects=("place",),
    orders=("D1-57",),
    given_by=("laboratory", "health_commission"),
    retention_days=730,
)

WORKS = Fact(
    name="works",
    meaning=Words(
        "建设项目：传染病院（区）、发热门诊、实验室",
        "Works: something is to be built or brought into use at a place",
    ),
    columns=(
        identifier("works", "works", "项目编号", "the works"),
        PLACE,
        code("kind", "works_kinds", "项目类别", "kind"),
        day("from_on", "立项日期", "day they were registered"),
        day("due_on", "应完成日期", "last day to finish", required=False),
    ),
    event="from_on",
    subjects=("place",),
    orders=("D1-55", "D1-56", "D1-57", "D1-58"),
    given_by=("health_commission", "command"),
)

WORKS_STEPS = Fact(
    name="works_steps",
    meaning=Words("建设进度", "Works steps: a step of works was reached"),
    columns=(
        identifier("works", "works", "项目编号", "the works"),
        PLACE,
        code("stage", "works_stages", "进度", "stage"),
        instant("reached_at", "达到时间", "moment it was reached"),
    ),
    event="reached_at",
    subjects=("place",),
    orders=("D1-56", "D1-57", "D1-58"),
    given_by=("health_commission", "command"),
)

FACTS = (
    INSTITUTION_REPORTS,
    PLACE_CHECKS,
    ABSENCES,
    ABSENCE_CAUSES,
    EQUIPMENT,
    BEDS,
    LABORATORY_CAPACITIES,
    WORKS,
    WORKS_STEPS,
)
