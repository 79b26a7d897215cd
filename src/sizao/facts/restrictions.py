"""Restrictions of persons: orders, rooms, health checks, releases; and hand-overs from office to office."""

from __future__ import annotations

from sizao.facts.columns import PERSON, code, day, flag, identifier, instant, number, text
from sizao.facts.declaration import Different, Fact
from sizao.terms.words import Words

ORDERS = Fact(
    name="orders",
    meaning=Words("管控决定书", "Orders: a restriction was ordered and handed to the person"),
    columns=(
        identifier("order", "order", "决定书编号", "the order"),
        PERSON,
        code("place", "restriction_places", "管控方式", "where the person must stay"),
        identifier("ground_rule", "rule", "依据的规则", "rule it rests on"),
        day("from_on", "起始日期", "first day"),
        day("until_on", "终止日期（不含当日）", "first free day"),
        identifier("appeal_to", "office", "申诉机构", "office that hears an appeal"),
    ),
    event="from_on",
    subjects=("person",),
    orders=("D1-16", "D1-17", "D1-18", "D1-24", "D2-44"),
    given_by=("cdc", "command"),
)

ROOM_STAYS = Fact(
    name="room_stays",
    meaning=Words(
        "入住隔离：某人在某处隔离", "Room stays: a person was under quarantine or observation at a place"
    ),
    columns=(
        PERSON,
        identifier("place", "place", "隔离场所", "the place"),
        text("room", "房间", "room", required=False),
        code("kind", "restriction_places", "管控方式", "kind of place"),
        instant("from_at", "入住时间", "moment it began"),
        instant("until_at", "离开时间；空为仍在", "moment it ended; empty: still there", required=False),
    ),
    event="from_at",
    subjects=("person", "place"),
    orders=("D1-16", "D1-17", "D1-18", "D1-24"),
    given_by=("site", "community"),
)

CLOSED_LOOP_STAYS = Fact(
    name="closed_loop_stays",
    meaning=Words(
        "闭环值守：隔离点工作人员进闭环到出闭环",
        "Stays in the closed loop: somebody who works at a quarantine site, from going in to coming out",
    ),
    columns=(
        PERSON,
        identifier("place", "place", "值守的隔离点", "the site"),
        code("post", "closed_loop_posts", "岗位", "post"),
        instant("from_at", "进闭环时间", "moment of going in"),
        instant("until_at", "出闭环时间；空为仍在", "moment of coming out; empty: still in", required=False),
        code("left_for", "closed_loop_endings", "出闭环原因", "why they came out", required=False),
    ),
    event="from_at",
    subjects=("person", "place"),
    orders=("D1-16", "D2-48"),
    given_by=("site", "health_commission"),
)

HEALTH_CHECKS = Fact(
    name="health_checks",
    meaning=Words("健康监测：体温与症状", "Health checks: temperature and symptoms"),
    columns=(
        PERSON,
        instant("checked_at", "检查时间", "moment of the check"),
        number("temperature", "体温", "body temperature", unit="°C", required=False),
        flag("symptoms", "是否有症状", "whether there are symptoms"),
    ),
    event="checked_at",
    subjects=("person",),
    orders=("D1-24", "D1-46", "D2-18"),
    given_by=("site", "community"),
    retention_days=730,
)

RELEASES = Fact(
    name="releases",
    meaning=Words("解除管控", "Releases: a restriction was lifted"),
    columns=(
        PERSON,
        instant("released_at", "解除时间", "moment of the release"),
        identifier("order", "order", "决定书编号", "the order that ended", required=False),
    ),
    event="released_at",
    subjects=("person",),
    orders=("D1-16", "D2-44"),
    given_by=("site", "community", "cdc"),
)

HAND_OVER = identifier("hand_over", "hand_over", "移交编号", "the hand-over")

HAND_OVERS = Fact(
    name="hand_overs",
    meaning=Words(
        "移交：一机构提出将某人的责任移交另一机构",
        "Hand-overs: an office offers that another takes over responsibility for a person",
    ),
    columns=(
        HAND_OVER,
        PERSON,
        identifier("from_office", "office", "移出机构", "office that hands over"),
        identifier("to_office", "office", "接收机构", "office that is to take over"),
        instant("offered_at", "提出时间", "moment of the offer"),
    ),
    event="offered_at",
    subjects=("person",),
    orders=("D1-19", "D1-21", "D1-24"),
    given_by=("community", "street", "site", "cdc", "port_health", "county_hospital", "family_doctor"),
    checks=(Different("from_office", "to_office"),),
)

HAND_OVER_ACCEPTANCES = Fact(
    name="hand_over_acceptances",
    meaning=Words(
        "移交接收：接收机构接收后责任方才转移",
        "Acceptances of hand-overs: responsibility passes only when the receiver accepts",
    ),
    columns=(
        HAND_OVER,
        PERSON,
        identifier("accepted_office", "office", "接收机构", "office that accepted"),
        instant("accepted_at", "接收时间", "moment of acceptance"),
    ),
    event="accepted_at",
    subjects=("person",),
    orders=("D1-19", "D1-21", "D1-24"),
    given_by=("community", "street", "site", "cdc", "port_health", "county_hospital", "family_doctor"),
)

TRANSFERS = Fact(
    name="transfers",
    meaning=Words("转运：移交的人乘车离开", "Transfers: somebody who is handed over left in a vehicle"),
    columns=(
        HAND_OVER,
        PERSON,
        text("vehicle", "车辆", "vehicle"),
        instant("left_at", "出发时间", "moment it left"),
        instant("arrived_at", "到达时间；空为在途", "moment it arrived; empty: on the way", required=False),
    ),
    event="left_at",
    subjects=("person",),
    orders=("D1-16", "D1-17", "D1-19"),
    given_by=("port_health", "site", "cdc"),
)
