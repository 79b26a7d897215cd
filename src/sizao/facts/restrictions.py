"""Restrictions of persons: orders, rooms, health checks, releases."""

from __future__ import annotations

from sizao.facts.columns import PERSON, code, day, flag, identifier, instant, number, text
from sizao.facts.declaration import Fact
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
