"""How the other lists of the ledger are shown: standing, what is not known, what was found too late."""

from __future__ import annotations

from django.utils.safestring import SafeString

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.accounts.roles import OF_OFFICES, OF_PERSONS
from sizao_web.pages import presenters
from sizao_web.pages.addresses import FACT, PERSON, WHY_UNKNOWN, address
from sizao_web.pages.filters import Filter, equal, until, within
from sizao_web.pages.ledger_lists import (
    ABOUT,
    ABOUT_NAME,
    AREA,
    AREA_AND_BELOW,
    NUMBER_OR_NAME,
    RULE,
    OfPlace,
    about_cell,
    about_name,
    among,
    area_of,
    areas_of_scope,
    local,
    person_cell,
    plain,
    rule_of,
)
from sizao_web.pages.listing import Column, Listing
from sizao_web.pages.markup import filled
from sizao_web.pages.telling import Row, Telling
from sizao_web.records.reading.overview import lives_in
from sizao_web.records.reading.pack import rule_labels


def _about(row: Row, telling: Telling) -> SafeString | str:
    """Whom or what the trigger is about; its fact says which of both."""
    return about_cell({"about_kind": _kind(row), "about": row["about"]}, telling)


def _kind(row: Row) -> str:
    fact = row["trigger_fact"]
    return "person" if fact in OF_PERSONS else "office" if fact in OF_OFFICES else "place"


def _about_name(row: Row, telling: Telling) -> str:
    return about_name({"about_kind": _kind(row), "about": row["about"]}, telling)


def _where(row: Row, telling: Telling) -> str:
    places = CODE_LISTS["restriction_places"]
    known = row["place"] in places.names()
    return telling.said(places.label_of(row["place"])) if known else (row["place"] or "")


def _until(row: Row, telling: Telling) -> str:
    return telling.said(presenters.limit(row["until"], telling.moment, telling.zone))


def _reasons(row: Row, telling: Telling) -> SafeString | str:
    """How many rows decide it, and the way to them: the page of the person has those that are seen."""
    to = address(PERSON, row["person"])
    words = telling.said(Words("为什么？", "why?"))
    return _with_way(row["row_count"], to and f"{to}#standing", words)


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
    fields=("person", "place", "until", "row_count"),
    columns=(
        Column(
            "person",
            Words("人员", "person"),
            plain("person"),
            person_cell,
            ("person",),
            lead=True,
        ),
        Column("place", Words("管控方式", "where"), _where),
        Column(
            "until",
            Words("至", "until"),
            local("until"),
            _until,
            ("until",),
        ),
        Column(
            "reasons",
            Words("理由数", "reasons"),
            plain("row_count"),
            _reasons,
        ),
    ),
    order=("until", "person"),
    filters=(
        Filter("until_by", Words("结束不晚于", "ends by"), until("until"), "moment"),
        Filter("area", AREA_AND_BELOW, lives_in, "listed", areas_of_scope),
        Filter("about", Words("人员编号", "number of the person"), equal("person")),
    ),
    persons=True,
)


def _unknown_cell(row: Row, telling: Telling) -> SafeString | str:
    """The rule, and what must be found out one click away."""
    to = address(WHY_UNKNOWN, row["trigger_fact"], row["trigger_key"])
    return _with_way(rule_of(row, telling), to, telling.said(Words("为什么？", "why?")))


def _late_cell(row: Row, telling: Telling) -> SafeString | str:
    """The rule, and the fact that became known too late, where the duty reads it."""
    readable = telling.scope.may_read(row["trigger_fact"])
    to = address(FACT, row["trigger_fact"], row["trigger_key"]) if readable else None
    return _with_way(rule_of(row, telling), to, telling.said(Words("起因", "what set it off")))


def _with_way(said: object, to: str | None, words: str) -> SafeString | str:
    return str(said) if to is None else filled('{} <a class="why" href="{}">{}</a>', said, to, words)


_LATE_FIELDS = ("rule", "version", "about", "area", "first_known_at", "trigger_fact", "trigger_key")
_UNKNOWN_RULE = Column("rule", RULE, rule_of, _unknown_cell, ("rule",), lead=True)
_LATE_RULE = Column("rule", RULE, rule_of, _late_cell, ("rule",), lead=True)
_KNOWN = Column("known", Words("知悉时刻", "known since"), local("first_known_at"), None, ("first_known_at",))
_OF_RULE = Filter("rule", RULE, equal("rule"), "choice", lambda telling: rule_labels())
_OF_AREA = Filter("area", AREA_AND_BELOW, within("area"), "listed", areas_of_scope)
_OF_ABOUT = OfPlace("about", NUMBER_OR_NAME, among("about"))

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
        _UNKNOWN_RULE,
        Column("about", ABOUT, plain("about"), _about, ("about",)),
        Column("about_name", ABOUT_NAME, _about_name, on_page=False),
        Column("event", Words("事件日期", "day of the event"), plain("event_on"), None, ("event_on",)),
        _KNOWN,
        Column("area", AREA, area_of, None, ("area",)),
        Column("fact", Words("触发事实", "fact"), plain("trigger_fact"), on_page=False),
        Column("key", Words("事实键", "key"), plain("trigger_key"), on_page=False),
    ),
    order=("first_known_at", "rule", "trigger_key"),
    filters=(_OF_RULE, _OF_AREA, _OF_ABOUT),
    areas=("area",),
    offices=("about",),
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
        _LATE_RULE,
        Column("about", ABOUT, plain("about"), _about, ("about",)),
        Column("about_name", ABOUT_NAME, _about_name, on_page=False),
        Column("due", Words("原时限", "was due"), local("due_at"), None, ("due_at",)),
        _KNOWN,
        Column("area", AREA, area_of, None, ("area",)),
        Column("step", Words("步骤", "step"), plain("step"), on_page=False),
        Column("fact", Words("触发事实", "fact"), plain("trigger_fact"), on_page=False),
        Column("key", Words("事实键", "key"), plain("trigger_key"), on_page=False),
    ),
    order=("-due_at", "id"),
    filters=(_OF_RULE, _OF_AREA, _OF_ABOUT),
    areas=("area",),
    offices=("about",),
    persons=True,
)
