"""Supplies and money: stock, movements, donations, allocations, budget lines."""

from __future__ import annotations

from sizao.facts.columns import OFFICE, code, count, identifier, instant, number
from sizao.facts.declaration import Different, Fact
from sizao.terms.words import Words

QUANTITY = number("quantity", "数量", "quantity, in the unit of the item", unit="units")
ITEM = code("item", "supply_items", "物资", "item")
_KEEPERS = ("supplies", "commerce", "health_commission", "civil_affairs", "command", "street", "community")

STOCK_COUNTS = Fact(
    name="stock_counts",
    meaning=Words(
        "物资盘点：库存、日用量、应备量", "Stock counts: what an office has of an item, uses and should have"
    ),
    columns=(
        OFFICE,
        ITEM,
        instant("counted_at", "盘点时间", "moment of the count"),
        QUANTITY,
        number("daily_use", "日均用量", "used in a day", unit="units"),
        number("reserve", "应备量", "the least that should be there", unit="units", required=False),
        number("incoming", "在途量", "ordered and on its way", unit="units", required=False),
    ),
    event="counted_at",
    subjects=("office",),
    orders=("D1-66", "D2-19", "D2-21", "D2-51", "D2-52", "D2-76"),
    given_by=_KEEPERS,
)

MOVEMENTS = Fact(
    name="movements",
    meaning=Words(
        "物资和捐赠出入账：接受捐赠、收到、发出、使用",
        "Movements: goods or money came in, as a gift or otherwise, went out or were used",
    ),
    columns=(
        OFFICE,
        code("kind", "movement_kinds", "类别", "kind"),
        ITEM,
        QUANTITY,
        instant("moved_at", "时间", "moment"),
        identifier("counterpart", "office", "对方机构", "the office on the other side", required=False),
        identifier("donation", "donation", "捐赠编号", "the gift it comes from", required=False),
    ),
    event="moved_at",
    subjects=("office",),
    orders=("D1-66", "D2-46", "D2-52", "D2-85", "D2-86", "D2-87", "D2-99"),
    given_by=_KEEPERS,
)

ALLOCATIONS = Fact(
    name="allocations",
    meaning=Words(
        "物资调配决定及优先次序", "Allocations: goods were assigned to an office, in a declared order"
    ),
    columns=(
        identifier("allocation", "allocation", "调配编号", "the allocation"),
        identifier("office", "office", "接收机构", "the office that is to receive them"),
        identifier("by", "office", "调出机构", "the office that is to send them"),
        ITEM,
        QUANTITY,
        count("priority", "优先次序；1为最先", "place in the declared order, 1 first", unit="places"),
        instant("decided_at", "决定时间", "moment of the decision"),
    ),
    event="decided_at",
    subjects=("by", "office"),
    orders=("D2-46", "D2-99"),
    given_by=("supplies", "command", "health_commission"),
    checks=(Different("office", "by"),),
)

BUDGET_LINES = Fact(
    name="budget_lines",
    meaning=Words("防控经费：六项", "Budget lines: money given and spent on one of six lines"),
    columns=(
        OFFICE,
        code("line", "budget_lines", "经费项目", "line"),
        instant("reported_at", "报告时间", "moment of the report"),
        number("allotted", "累计安排", "given until then", unit="yuan"),
        number("spent", "累计支出", "spent until then", unit="yuan"),
    ),
    event="reported_at",
    subjects=("office",),
    orders=("D1-67",),
    given_by=("finance",),
)

FACTS = (STOCK_COUNTS, MOVEMENTS, ALLOCATIONS, BUDGET_LINES)
