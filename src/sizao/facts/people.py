"""People, their households and dependants, where they live and stay, what they work, when they arrive.

Names, documents and telephone numbers are not here: fact tables carry the identifier of a person only.
"""

from __future__ import annotations

from sizao.facts.columns import PERSON, UNTIL_ON, area, code, count, day, identifier, instant, text
from sizao.facts.declaration import Different, Fact
from sizao.terms.words import Words

PEOPLE = Fact(
    name="people",
    meaning=Words("人员：仅编号、性别、出生年份", "People: identifier, sex and year of birth only"),
    columns=(
        PERSON,
        code("sex", "sexes", "性别", "sex", required=False),
        count("birth_year", "出生年份", "year of birth", unit="year", required=False),
    ),
    event="happened_at",
    subjects=("person",),
    given_by=("community", "cdc"),
)

MERGES = Fact(
    name="merges",
    meaning=Words("人员归并：两个编号是同一人", "Merges: two identifiers are one person"),
    columns=(
        identifier("person", "person", "被归并的编号", "the identifier that is an alias"),
        identifier("same_as", "person", "归并到的编号", "the identifier it is an alias of"),
    ),
    event="happened_at",
    subjects=("person", "same_as"),
    orders=("D1-20",),
    given_by=("cdc",),
)

HOUSEHOLDS = Fact(
    name="households",
    meaning=Words("家庭成员", "Households: who belongs to which household"),
    columns=(
        identifier("household", "household", "家庭", "the household"),
        PERSON,
        day("from_on", "起始日期", "first day of membership"),
        UNTIL_ON,
    ),
    event="from_on",
    subjects=("person",),
    given_by=("community",),
)

DEPENDANTS = Fact(
    name="dependants",
    meaning=Words(
        "被照护者：谁由谁照护；“无”也是一种回答",
        "Dependants: who depends on whom for care; “none” is an answer too",
    ),
    columns=(
        identifier("person", "person", "照护者", "the person who cares"),
        identifier(
            "dependant",
            "person",
            "被照护者；无人时填照护者本人",
            "who is cared for; the carer where there is nobody",
        ),
        code("kind", "dependant_kinds", "类别", "kind"),
        day("from_on", "起始日期", "first day"),
        UNTIL_ON,
    ),
    event="from_on",
    subjects=("person", "dependant"),
    orders=("D2-77",),
    given_by=("community", "civil_affairs"),
)

CARERS = Fact(
    name="carers",
    meaning=Words(
        "代为照护：照护者离家期间，谁被请来照护，是否答应",
        "Carers instead: who was asked to care for somebody while their carer is away, and what they said",
    ),
    columns=(
        identifier("person", "person", "被照护的人", "who is cared for"),
        identifier("carer", "person", "被请来照护的人", "who was asked to care"),
        code("answer", "carer_answers", "答复", "answer"),
        instant("from_at", "答复时间；答应的从此照护", "moment of the answer; care begins then"),
        instant("until_at", "照护终止时间；空为仍在", "moment care ended; empty: still so", required=False),
    ),
    event="from_at",
    subjects=("person", "carer"),
    orders=("D2-77",),
    given_by=("community", "civil_affairs"),
    checks=(Different("person", "carer"),),
)

RESIDENCES = Fact(
    name="residences",
    meaning=Words("常住地", "Residences: where a person lives"),
    columns=(
        PERSON,
        area("located_in", "常住区域", "area of the home"),
        identifier("household", "household", "家庭", "the household", required=False),
        day("from_on", "起始日期", "first day"),
        UNTIL_ON,
    ),
    event="from_on",
    subjects=("person",),
    orders=("D1-24",),
    given_by=("community",),
)

STAYS = Fact(
    name="stays",
    meaning=Words("旅居史：某人在某地停留", "Stays: a person was in an area or place"),
    columns=(
        PERSON,
        area("located_in", "停留区域", "area of the stay"),
        identifier("place", "place", "停留场所", "place of the stay", required=False),
        day("from_on", "到达日期", "first day of the stay"),
        day(
            "until_on", "离开次日；空为仍在", "the day after the last one; empty: still there", required=False
        ),
    ),
    event="from_on",
    subjects=("person",),
    orders=("D1-17", "D1-21", "D1-25", "D1-27"),
    given_by=("community", "cdc", "site"),
)

ARRIVALS = Fact(
    name="arrivals",
    meaning=Words("来市返市", "Arrivals: a person came to the city or came back"),
    columns=(
        PERSON,
        day("arrived_on", "抵达日期", "day of arrival"),
        area("origin", "来源区域", "area of origin", required=False),
        text("origin_country", "来源国家或地区", "country of origin", required=False),
        code("conveyance", "conveyances", "交通工具", "conveyance", required=False),
        text("conveyance_number", "航班号、车次", "number of the flight or train", required=False),
        text("seat", "座位", "seat", required=False),
        code("declared", "arrival_sources", "信息来源", "how it became known"),
    ),
    event="arrived_on",
    subjects=("person",),
    orders=("D1-16", "D1-17", "D1-19", "D1-20", "D1-21"),
    given_by=("community", "port_health", "command"),
)

OCCUPATIONS = Fact(
    name="occupations",
    meaning=Words("职业", "Occupations: what a person works, and where"),
    columns=(
        PERSON,
        code("occupation", "occupations", "职业", "occupation"),
        identifier("employer", "place", "工作单位", "place of work", required=False),
        day("from_on", "起始日期", "first day"),
        UNTIL_ON,
    ),
    event="from_on",
    subjects=("person",),
    orders=("D1-29", "D1-48"),
    given_by=("community", "health_commission", "education"),
)
