"""Areas, places and their rooms, offices, what places owe, and when they are closed."""

from __future__ import annotations

from sizao.facts.columns import UNTIL_ON, area, code, count, day, flag, identifier, instant, text
from sizao.facts.declaration import Fact
from sizao.terms.words import Words

AREAS = Fact(
    name="areas",
    meaning=Words("区域：从国家到网格的一棵树", "Areas: one tree from the country to the grid"),
    columns=(
        area("path", "区域路径", "path of the area"),
        text("label_zh", "中文名称", "Chinese name"),
        text("label_en", "英文名称", "English name"),
        code("level", "area_levels", "层级", "level"),
    ),
    event="happened_at",
    subjects=("path",),
    orders=("D1-62", "D2-32"),
    given_by=("command",),
)

PLACES = Fact(
    name="places",
    meaning=Words(
        "场所：医院、药店、学校、隔离点等",
        "Places: hospitals, pharmacies, schools, quarantine sites and others",
    ),
    columns=(
        identifier("place", "place", "场所", "the place"),
        text("label_zh", "中文名称", "Chinese name", required=False, later=True),
        text("label_en", "英文名称", "English name", required=False, later=True),
        code("kind", "place_kinds", "类别", "kind"),
        code("level", "hospital_levels", "医疗机构等级", "level of a medical institution", required=False),
        area("located_in", "所在区域", "area in which it lies"),
        flag("fever_clinic", "是否设发热门诊", "whether it has a fever clinic", required=False),
        count("capacity", "房间数", "rooms that can be used", unit="rooms", required=False),
        day("from_on", "起始日期", "first day on which this holds"),
        UNTIL_ON,
    ),
    event="from_on",
    subjects=("place",),
    orders=("D1-28", "D1-39", "D1-56"),
    given_by=("health_commission", "command"),
)

OFFICES = Fact(
    name="offices",
    meaning=Words(
        "机构职责：每项职责一行", "Offices: one row for each task of an office and the area it covers"
    ),
    columns=(
        identifier("office", "office", "机构", "the office"),
        code("task", "office_tasks", "职责", "task"),
        area("covers", "负责区域", "area for which it does the task"),
        day("from_on", "起始日期", "first day of the task"),
        UNTIL_ON,
    ),
    event="from_on",
    subjects=("office",),
    orders=("D1-62", "D1-64", "D2-93"),
    given_by=("command",),
)

ENROLMENTS = Fact(
    name="enrolments",
    meaning=Words("纳入报告：某场所自某日起承担某项报告", "Enrolments: a place owes a report from a day on"),
    columns=(
        identifier("place", "place", "场所", "the place"),
        code("duty", "enrolment_duties", "报告义务", "the report it owes"),
        code("operating", "operating_calendars", "运行日历", "days of the week on which it works"),
        day("from_on", "起始日期", "first day of the duty"),
        UNTIL_ON,
    ),
    event="from_on",
    subjects=("place",),
    orders=("D1-34", "D1-44", "D2-83"),
    given_by=("education", "market_regulation", "health_commission"),
)

CLOSURES = Fact(
    name="closures",
    meaning=Words("停业：场所不运行的日期", "Closures: days on which a place does not work"),
    columns=(
        identifier("place", "place", "场所", "the place"),
        day("from_on", "起始日期", "first closed day"),
        day("until_on", "终止日期（不含当日）", "first open day again"),
        code("ground", "closure_grounds", "原因", "ground"),
    ),
    event="from_on",
    subjects=("place",),
    orders=("D1-34",),
    given_by=("education", "market_regulation", "health_commission"),
)

ROOM = text("room", "房间", "room")

ROOMS = Fact(
    name="rooms",
    meaning=Words("隔离场所的房间", "Rooms: a quarantine site has a room"),
    columns=(
        identifier("place", "place", "隔离场所", "the site"),
        ROOM,
        text("floor", "楼层", "floor"),
        count("beds", "床位数", "beds", unit="beds"),
        code("use", "room_uses", "用途", "what it is used for"),
        day("from_on", "起始日期", "first day on which this holds"),
        UNTIL_ON,
    ),
    event="from_on",
    subjects=("place",),
    orders=("D1-16", "D1-17", "D1-18"),
    given_by=("site", "health_commission", "command"),
)

ROOM_CONDITIONS = Fact(
    name="room_conditions",
    meaning=Words(
        "房间状态：终末消毒、可入住、停用",
        "Room conditions: a room was found ready, or to be disinfected, or unusable",
    ),
    columns=(
        identifier("place", "place", "隔离场所", "the site"),
        ROOM,
        code("condition", "room_conditions", "状态", "condition"),
        instant("stated_at", "登记时间", "moment it was stated"),
    ),
    event="stated_at",
    subjects=("place",),
    orders=("D1-16", "D1-17", "D1-18"),
    given_by=("site",),
    retention_days=730,
)

FACTS = (AREAS, PLACES, OFFICES, ENROLMENTS, CLOSURES, ROOMS, ROOM_CONDITIONS)
