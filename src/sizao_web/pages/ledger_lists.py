"""How the lists of obligations are shown: columns, filters, order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.safestring import SafeString

from sizao.obligations.status import STATUSES
from sizao.terms.words import Words
from sizao_web.pages import presenters
from sizao_web.pages.addresses import PERSON, PLACE, WHY, address
from sizao_web.pages.counted import counted
from sizao_web.pages.filters import Filter, equal, until, within
from sizao_web.pages.listing import Column, Listing
from sizao_web.pages.markup import filled
from sizao_web.pages.telling import Row, Telling
from sizao_web.records.reading.labels import areas_just_below, places_named
from sizao_web.records.reading.ledger import IN_ORDER, of_status
from sizao_web.records.reading.pack import rule_label, rule_labels, verb_label, verb_labels

STATUS = Words("状态", "status")
DUE = Words("时限", "due")
WHAT = Words("任务", "what")
ABOUT = Words("对象", "about")
ABOUT_NAME = Words("场所或机构名称", "name of the place or office")
RULE = Words("依据规则", "rule")
NUMBER_OR_NAME = Words("人员编号，或场所名称、编号", "person by number, or place by name or number")
PLACE_NUMBER = Words("场所编号", "number of the place")
OFFICE_NUMBER = Words("承担机构编号", "number of the office")
OFFICE = Words("承担机构", "office")
AREA = Words("地区", "area")
AREA_AND_BELOW = Words("地区及以下", "area and below")


def about_cell(row: Row, telling: Telling) -> SafeString | str:
    """Whom or what a row is about, with the way there."""
    kind, name = row.get("about_kind", "person"), row["about"]
    if name is None:
        return telling.said(Words("无", "nobody"))
    if kind != "person":
        to = address(PLACE, name) if kind == "place" else None
        words = telling.shown(name)
        return filled('<a href="{}">{}</a>', to, words) if to else words
    to = address(PERSON, name)
    return filled('<a class="whole" href="{}">{}</a>', to, name) if to else name


def person_cell(row: Row, telling: Telling) -> SafeString | str:
    """The number of a person, with the way there."""
    return about_cell({"about": row["person"]}, telling)


def status_cell(row: Row, telling: Telling) -> SafeString:
    """The status in its colour and words; an overdue row says by how much."""
    withdrawn = row["withdrawn_at"]
    words = presenters.standing_of(
        row["status"], telling.moment, due_at=row["due_at"], withdrawn_at=withdrawn
    )
    css = presenters.status(row["status"], withdrawn).css
    return filled('<span class="state {}">{}</span>', css, telling.said(words))


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
    return filled(
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
        return filled("{}", label)
    why = telling.said(Words("为什么？", "why?"))
    return filled('{} <a class="why" href="{}">{}</a>', label, to, why)


def withdrawn_cell(row: Row, telling: Telling) -> str:
    """Why the row vanished."""
    return telling.said(presenters.reason(row["withdrawn_why"])) if row["withdrawn_at"] else ""


def _verb(row: Row, telling: Telling) -> str:
    return telling.said(verb_label(row["verb"]))


def rule_of(row: Row, telling: Telling) -> str:
    """The rule by its label."""
    return telling.said(rule_label(row["rule"], row.get("version")))


def _status(row: Row, telling: Telling) -> str:
    return telling.said(presenters.status(row["status"], row["withdrawn_at"]).label)


def local(column: str) -> Any:
    """An instant as the city's clock showed it."""
    return lambda row, telling: telling.local(row[column])


def plain(column: str) -> Any:
    """The value of a column as it is."""
    return lambda row, telling: row[column]


def area_of(row: Row, telling: Telling) -> str:
    """The area by its label."""
    return telling.area(row["area"])


def about_name(row: Row, telling: Telling) -> str:
    """What a place or an office is called; nothing for a person, whose name is not in any list."""
    return "" if row.get("about_kind") == "person" else telling.office(row["about"])


def number_of(column: str, label: Words = PLACE_NUMBER) -> Column:
    """The number of a place or office, for files: the name stands in a column beside it."""
    return Column(f"{column}_number", label, plain(column), on_page=False)


def _office(row: Row, telling: Telling) -> str:
    return telling.office(row["responsible"] or row["done_by"])


def areas_of_scope(telling: Telling) -> Mapping[str, Words]:
    """The areas that are suggested: two levels of them. Any other path may be typed."""
    return areas_just_below(telling.scope, telling.moment, telling.scope.area, 2)


class OfPlace(Filter):
    """Typed: the number of what rows are about, or some words of the name of a place."""

    def read(self, text: str, telling: Telling) -> list[str]:
        """The number as it was typed, and those of the places that are called so."""
        return [text, *places_named(telling.scope, telling.moment, text)]


class _Found(Filter):
    """Typed: words of a number, of a rule, or of the name of a place."""

    def read(self, text: str, telling: Telling) -> Q:
        """The condition."""
        return _text(text) | Q(about__in=places_named(telling.scope, telling.moment, text))


def among(column: str) -> Callable[[list[str]], Q]:
    """The column is one of the values."""
    return lambda values: Q(**{f"{column}__in": values})


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
    if value == NOBODY:
        return Q(responsible__isnull=True, done_by__isnull=True)
    return Q(responsible=value) | Q(responsible__isnull=True, done_by=value)


NOBODY = "-"  # as the office of a row: none is found for it

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
    OfPlace("about", NUMBER_OR_NAME, among("about")),
    _Found("text", Words("查找", "find"), lambda found: found),
    counted(),
)

OBLIGATION_FIELDS = (
    "obligation_id", "status", "due_at", "opens_at", "closes_at", "rule", "version", "step", "occurrence",
    "verb", "about_kind", "about", "place", "done_by", "responsible", "answers_to", "owned", "area", "met_at",
    "household", "withdrawn_at", "withdrawn_why", "withdrawn_by",
)  # fmt: skip

OBLIGATION_COLUMNS = (
    Column("status", STATUS, _status, status_cell, lead=True),
    Column("due", DUE, local("due_at"), due_cell, ("due_at",), lead=True),
    Column("what", WHAT, _verb, what_cell, ("verb",), lead=True),
    Column("about", ABOUT, plain("about"), about_cell, ("about",)),
    Column("about_name", ABOUT_NAME, about_name, on_page=False),
    Column("rule", RULE, rule_of, None, ("rule",)),
    Column("office", OFFICE, _office, None, ("responsible",)),
    Column(
        "office_number",
        OFFICE_NUMBER,
        lambda row, telling: row["responsible"] or row["done_by"],
        on_page=False,
    ),
    Column("area", AREA, area_of, None, ("area",)),
    Column("opens", Words("开始", "opens"), local("opens_at"), on_page=False),
    Column("closes", Words("关闭", "closes"), local("closes_at"), on_page=False),
    Column("met", Words("完成时刻", "done at"), local("met_at"), on_page=False),
    Column("place", Words("场所要求", "place"), plain("place"), on_page=False),
    Column("household", Words("户", "household"), plain("household"), on_page=False),
    Column("answers_to", Words("报告对象", "answers to"), plain("answers_to"), on_page=False),
    Column("owned", Words("有人承担", "owned"), plain("owned"), on_page=False),
    Column("rule_id", Words("规则编号", "rule id"), plain("rule"), on_page=False),
    Column("step", Words("步骤", "step"), plain("step"), on_page=False),
    Column("occurrence", Words("期次", "occurrence"), plain("occurrence"), on_page=False),
    Column("area_path", Words("地区路径", "area path"), plain("area"), on_page=False),
    Column("obligation", Words("任务编号", "obligation"), plain("obligation_id"), on_page=False),
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
        offices=("about", "responsible", "done_by"),
        persons=True,
    )
