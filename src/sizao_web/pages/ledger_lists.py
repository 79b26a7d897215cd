"""How the lists of the ledger are shown: obligations, standing, not known, found too late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sizao.obligations.status import STATUSES
from sizao.terms.words import Words
from sizao_web.pages import presenters
from sizao_web.pages.addresses import PERSON, WHY, address
from sizao_web.pages.filters import Filter, equal, until, within
from sizao_web.pages.lists import Column, Listing
from sizao_web.pages.telling import Row, Telling
from sizao_web.records.reading.labels import areas_just_below
from sizao_web.records.reading.ledger import IN_ORDER, of_status
from sizao_web.records.reading.pack import rule_label, rule_labels, verb_label, verb_labels

STATUS = Words("状态", "status")
DUE = Words("时限", "due")
WHAT = Words("任务", "what")
ABOUT = Words("对象", "about")
RULE = Words("依据规则", "rule")
OFFICE = Words("承担机构", "office")
AREA = Words("地区", "area")
AREA_AND_BELOW = Words("地区及以下", "area and below")


def about_cell(row: Row, telling: Telling) -> SafeString | str:
    """Whom or what a row is about, with the way there."""
    kind, name = row.get("about_kind", "person"), row["about"]
    if name is None:
        return telling.said(Words("无", "nobody"))
    if kind != "person":
        return telling.office(name)
    to = address(PERSON, name)
    return format_html('<a href="{}">{}</a>', to, name) if to else name


def status_cell(row: Row, telling: Telling) -> SafeString:
    """The status in its colour and words; an overdue row says by how much."""
    withdrawn = row["withdrawn_at"]
    words = presenters.standing_of(
        row["status"], telling.moment, due_at=row["due_at"], withdrawn_at=withdrawn
    )
    css = presenters.status(row["status"], withdrawn).css
    return format_html('<span class="state {}">{}</span>', css, telling.said(words))


def due_cell(row: Row, telling: Telling) -> SafeString:
    """Until when it is due, seen from now, with the instant itself for who wants it exactly."""
    words = presenters.due(
        row["status"],
        telling.moment,
        telling.zone,
        opens_at=row["opens_at"],
        due_at=row["due_at"],
        met_at=row["met_at"],
    )
    return format_html(
        '<span class="due">{}</span> <time class="exact" datetime="{}">{}</time>',
        telling.said(words),
        presenters.aware(row["due_at"]).isoformat(),
        f"{telling.local(row['due_at']):%Y-%m-%d %H:%M}",
    )


def what_cell(row: Row, telling: Telling) -> SafeString:
    """The verb, and why it is demanded one click away."""
    label = telling.said(verb_label(row["verb"]))
    to = address(WHY, row["obligation_id"])
    if to is None:
        return format_html("{}", label)
    why = telling.said(Words("为什么？", "why?"))
    return format_html('{} <a class="why" href="{}">{}</a>', label, to, why)


def withdrawn_cell(row: Row, telling: Telling) -> str:
    """Why the row vanished."""
    return telling.said(presenters.reason(row["withdrawn_why"])) if row["withdrawn_at"] else ""


def _verb(row: Row, telling: Telling) -> str:
    return telling.said(verb_label(row["verb"]))


def _rule(row: Row, telling: Telling) -> str:
    return telling.said(rule_label(row["rule"], row.get("version")))


def _status(row: Row, telling: Telling) -> str:
    return telling.said(presenters.status(row["status"], row["withdrawn_at"]).label)


def _local(column: str) -> Any:
    return lambda row, telling: telling.local(row[column])


def _plain(column: str) -> Any:
    return lambda row, telling: row[column]


def _area(row: Row, telling: Telling) -> str:
    return telling.area(row["area"])


def _office(row: Row, telling: Telling) -> str:
    return telling.office(row["responsible"] or row["done_by"])


def areas_of_scope(telling: Telling) -> Mapping[str, Words]:
    """The areas that are suggested: two levels of them. Any other path may be typed."""
    return areas_just_below(telling.scope, telling.moment, telling.scope.area, 2)


def _text(value: str) -> Q:
    """Words of the number of a row, person or place, or of the rule."""
    rules = [
        rule
        for rule, label in rule_labels().items()
        if value.lower() in f"{rule} {label.zh} {label.en}".lower()
    ]
    found = Q(about__icontains=value) | Q(place__icontains=value) | Q(obligation_id__startswith=value.lower())
    return found | Q(rule__in=rules)


def _office_is(value: str) -> Q:
    return Q(responsible=value) | Q(responsible__isnull=True, done_by=value)


STATUS_CHOICES = {name: shown.label for name, shown in presenters.SHOWN.items() if name in STATUSES}
OBLIGATION_FILTERS = (
    Filter(
        "status",
        STATUS,
        lambda status: of_status([status]),
        "choice",
        lambda telling: STATUS_CHOICES,
        counted=True,
    ),
    Filter("verb", WHAT, equal("verb"), "choice", lambda telling: verb_labels(), counted=True),
    Filter("rule", RULE, equal("rule"), "choice", lambda telling: rule_labels(), counted=True),
    Filter("area", AREA_AND_BELOW, within("area"), "listed", areas_of_scope, counted=True),
    Filter("office", OFFICE, _office_is, counted=True),
    Filter("due_by", Words("时限不晚于", "due by"), until("due_at"), "moment"),
    Filter("about", Words("对象编号", "number of the person or place"), equal("about")),
    Filter("text", Words("查找", "find"), _text),
)

OBLIGATION_FIELDS = (
    "obligation_id", "status", "due_at", "opens_at", "closes_at", "rule", "version", "step", "occurrence",
    "verb", "about_kind", "about", "place", "done_by", "responsible", "answers_to", "owned", "area", "met_at",
    "household", "withdrawn_at", "withdrawn_why", "withdrawn_by",
)  # fmt: skip

OBLIGATION_COLUMNS = (
    Column("status", STATUS, _status, status_cell, lead=True),
    Column("due", DUE, _local("due_at"), due_cell, ("due_at",), lead=True),
    Column("what", WHAT, _verb, what_cell, ("verb",), lead=True),
    Column("about", ABOUT, _plain("about"), about_cell, ("about",)),
    Column("rule", RULE, _rule, None, ("rule",)),
    Column("office", OFFICE, _office, None, ("responsible",)),
    Column("area", AREA, _area, None, ("area",)),
    Column("opens", Words("开始", "opens"), _local("opens_at"), on_page=False),
    Column("closes", Words("关闭", "closes"), _local("closes_at"), on_page=False),
    Column("met", Words("完成时刻", "done at"), _local("met_at"), on_page=False),
    Column("place", Words("场所要求", "place"), _plain("place"), on_page=False),
    Column("household", Words("户", "household"), _plain("household"), on_page=False),
    Column("answers_to", Words("报告对象", "answers to"), _plain("answers_to"), on_page=False),
    Column("owned", Words("有人承担", "owned"), _plain("owned"), on_page=False),
    Column("rule_id", Words("规则编号", "rule id"), _plain("rule"), on_page=False),
    Column("step", Words("步骤", "step"), _plain("step"), on_page=False),
    Column("occurrence", Words("期次", "occurrence"), _plain("occurrence"), on_page=False),
    Column("area_path", Words("地区路径", "area path"), _plain("area"), on_page=False),
    Column("obligation", Words("任务编号", "obligation"), _plain("obligation_id"), on_page=False),
)

WITHDRAWN = Column("withdrawn", Words("撤销原因", "why withdrawn"), withdrawn_cell)


def obligations(name: str, title: Words, meaning: Words, empty: Words, *, withdrawn: bool = False) -> Listing:
    """A list of obligations: overdue before open before upcoming, then the earlier due, then the number."""
    status, due, *rest = OBLIGATION_COLUMNS
    columns = (status, WITHDRAWN, due, *rest) if withdrawn else OBLIGATION_COLUMNS
    return Listing(
        name=name,
        title=title,
        meaning=meaning,
        empty=empty,
        fields=OBLIGATION_FIELDS,
        columns=columns,
        order=IN_ORDER,
        long=True,
        filters=OBLIGATION_FILTERS,
        areas=("area",),
        offices=("responsible", "done_by"),
        persons=True,
    )


STANDING = Listing(
    name="standing",
    title=Words("正在管控的人员", "Who is restricted now"),
    meaning=Words(
        "每人一行：最严的管控方式和最晚的结束时刻，全部理由都在。管控只由规则从事实推出。",
        "One row a person: the strictest place and the latest end, for every reason. Only rules and "
        "facts restrict anybody.",
    ),
    empty=Words(
        "您负责的范围内，现在没有人被管控。", "Nobody whom you answer for is restricted at the moment."
    ),
    fields=("person", "place", "until", "row_count", "rows"),
    columns=(
        Column(
            "person",
            Words("人员", "person"),
            _plain("person"),
            lambda row, telling: about_cell({"about": row["person"]}, telling),
            ("person",),
            lead=True,
        ),
        Column("place", Words("管控方式", "where"), lambda row, telling: _where(row, telling)),
        Column(
            "until",
            Words("至", "until"),
            _local("until"),
            lambda row, telling: _until(row, telling),
            ("until",),
        ),
        Column(
            "reasons",
            Words("理由数", "reasons"),
            _plain("row_count"),
            lambda row, telling: _reasons(row, telling),
        ),
    ),
    order=("until", "person"),
    filters=(
        Filter("until_by", Words("结束不晚于", "ends by"), until("until"), "moment"),
        Filter("about", Words("人员编号", "number of the person"), equal("person")),
    ),
    persons=True,
)


def _where(row: Row, telling: Telling) -> str:
    from sizao.terms.codes import CODE_LISTS

    places = CODE_LISTS["restriction_places"]
    known = row["place"] in places.names()
    return telling.said(places.label_of(row["place"])) if known else (row["place"] or "")


def _until(row: Row, telling: Telling) -> str:
    return telling.said(presenters.limit(row["until"], telling.moment, telling.zone))


def _reasons(row: Row, telling: Telling) -> SafeString:
    first = row["rows"].split(",")[0]
    to = address(WHY, first)
    return (
        format_html('<a href="{}">{}</a>', to, row["row_count"])
        if to
        else format_html("{}", row["row_count"])
    )


_LATE_FIELDS = ("rule", "version", "about", "area", "first_known_at", "trigger_fact", "trigger_key")
_RULE_COLUMN = Column("rule", RULE, _rule, None, ("rule",), lead=True)
_KNOWN = Column(
    "known", Words("知悉时刻", "known since"), _local("first_known_at"), None, ("first_known_at",)
)
_OF_RULE = Filter("rule", RULE, equal("rule"), "choice", lambda telling: rule_labels())
_OF_AREA = Filter("area", AREA_AND_BELOW, within("area"), "listed", areas_of_scope)
_OF_ABOUT = Filter("about", Words("对象编号", "number of the person or place"), equal("about"))

UNKNOWN = Listing(
    name="not-known",
    title=Words("情况不明，须查清", "Not known: to be found out"),
    meaning=Words(
        "缺一项情况，规则就无法判断是否适用。不明不等于“否”：请补录缺的事实。",
        "Something is missing, so the rule cannot tell whether it applies. Not known is not “no”: "
        "record what is missing.",
    ),
    empty=Words("没有情况不明的记录。", "Nothing is unknown here."),
    fields=(*_LATE_FIELDS, "event_on"),
    columns=(
        _RULE_COLUMN,
        Column("about", ABOUT, _plain("about"), about_cell, ("about",)),
        Column("event", Words("事件日期", "day of the event"), _plain("event_on"), None, ("event_on",)),
        _KNOWN,
        Column("area", AREA, _area, None, ("area",)),
        Column("fact", Words("触发事实", "fact"), _plain("trigger_fact"), on_page=False),
        Column("key", Words("事实键", "key"), _plain("trigger_key"), on_page=False),
    ),
    order=("first_known_at", "rule", "trigger_key"),
    filters=(_OF_RULE, _OF_AREA, _OF_ABOUT),
    areas=("area",),
    persons=True,
)

TOO_LATE = Listing(
    name="found-too-late",
    title=Words("发现过迟", "Found too late"),
    meaning=Words(
        "得知时，应办的时间已经过去。不能补办，只能计入“四早”。",
        "Its time was over before anybody knew. It cannot be made good; the four earlies count it.",
    ),
    empty=Words("没有发现过迟的记录。", "Nothing was found too late."),
    fields=("id", *_LATE_FIELDS, "kind", "step", "occurrence", "due_at", "closes_at"),
    columns=(
        _RULE_COLUMN,
        Column("about", ABOUT, _plain("about"), about_cell, ("about",)),
        Column("due", Words("原时限", "was due"), _local("due_at"), None, ("due_at",)),
        _KNOWN,
        Column("area", AREA, _area, None, ("area",)),
        Column("step", Words("步骤", "step"), _plain("step"), on_page=False),
        Column("fact", Words("触发事实", "fact"), _plain("trigger_fact"), on_page=False),
        Column("key", Words("事实键", "key"), _plain("trigger_key"), on_page=False),
    ),
    order=("-due_at", "id"),
    filters=(_OF_RULE, _OF_AREA, _OF_ABOUT),
    areas=("area",),
    persons=True,
)
