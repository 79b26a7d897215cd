"""The lists of this desk: shifts, roster, incidents, assignments. Each whole as a file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.desks.duty.whose import OFFICES
from sizao_web.pages.addresses import address
from sizao_web.pages.filters import Filter, equal
from sizao_web.pages.ledger_lists import local, plain
from sizao_web.pages.listing import Column, Listing, Tab
from sizao_web.pages.lists import show
from sizao_web.pages.markup import filled
from sizao_web.pages.routes import page
from sizao_web.pages.telling import Row, Telling
from sizao_web.records.reading import duty as reading
from sizao_web.records.reading.facts import effective

OFFICE, KIND = Words("机构", "office"), Words("类别", "kind")
NUMBER = Words("编号", "assignment")
STATE = Words("状态", "state")
OPEN, CLOSED = Words("未了结", "open"), Words("已了结", "closed")
STATES = {"open": OPEN, "closed": CLOSED}
WHOSE = {"us": Words("我们承办", "ours to do"), "by_us": Words("我们交办", "assigned by us")}


@page(roles=OFFICES)
def shifts(request: HttpRequest) -> HttpResponse:
    """Every shift."""
    rows = effective(request.scope, "shifts", request.moment)
    return show(request, SHIFTS, rows, tabs=_tabs("shifts"))


@page(roles=OFFICES)
def roster(request: HttpRequest) -> HttpResponse:
    """Every shift that was planned."""
    rows = effective(request.scope, "rosters", request.moment)
    return show(request, ROSTER, rows, tabs=_tabs("roster"))


@page(roles=OFFICES)
def incidents(request: HttpRequest) -> HttpResponse:
    """Every incident."""
    rows = reading.incidents(request.scope, request.moment)
    return show(request, INCIDENTS, rows, tabs=_tabs("incidents"))


@page(roles=OFFICES)
def assignments(request: HttpRequest) -> HttpResponse:
    """Every assignment."""
    rows = reading.assignments(request.scope, request.moment)
    return show(request, ASSIGNMENTS, rows, tabs=_tabs("assignments"))


def _tabs(current: str) -> list[Tab]:
    named = {
        "incidents": Words("突发情况", "Incidents"),
        "assignments": Words("交办任务", "Assignments"),
        "shifts": Words("班次", "Shifts"),
        "roster": Words("值班表", "Roster"),
    }
    return [Tab(label, reverse(f"duty:{name}"), name == current) for name, label in named.items()]


class _Whose(Filter):
    """Reads "us" or "by_us" as a condition on assignments."""

    def read(self, text: str, telling: Telling) -> Q:
        """The condition. NotUnderstood for anything else."""
        super().read(text, telling)
        return Q(office=telling.scope.organisation) if text == "us" else Q(by=telling.scope.organisation)


def _state(column: str) -> tuple[Any, Any]:
    def value(row: Row, telling: Telling) -> str:
        return telling.said(CLOSED if row[column] else OPEN)

    def cell(row: Row, telling: Telling) -> SafeString:
        css = "state-met" if row[column] else "state-open"
        return filled('<span class="state {}">{}</span>', css, value(row, telling))

    return value, cell


def _of_state(column: str) -> Filter:
    return Filter(
        "state",
        STATE,
        lambda state: Q(**{column: state == "closed"}),
        "choice",
        lambda telling: STATES,
    )


def _code(codes: str, column: str = "kind") -> Any:
    def value(row: Row, telling: Telling) -> str:
        return telling.said(CODE_LISTS[codes].label_of(row[column]))

    return value


def _office(column: str) -> Any:
    return lambda row, telling: telling.office(row[column])


def _to(route: str, column: str) -> Any:
    def cell(row: Row, telling: Telling) -> SafeString | str:
        to = address(route, row[column])
        return filled('<a href="{}">{}</a>', to, row[column]) if to else str(row[column])

    return cell


def _due_on(row: Row, telling: Telling) -> date | None:
    found: date | None = row["due_on"]
    return found


def _kinds(codes: str) -> Any:
    return lambda telling: {one.code: one.label for one in CODE_LISTS[codes].codes}


FROM = Column("from", Words("开始", "from"), local("from_at"), None, ("from_at",), lead=True)
UNTIL = Column("until", Words("结束", "until"), local("until_at"), None, ("until_at",), lead=True)
SHIFT_KIND = Column("kind", KIND, _code("shift_kinds"), None, ("kind",))
HOLDER = Column("holder", Words("值班（带班）人", "who"), plain("holder"), None, ("holder",))
OF_OFFICE = Column("office", OFFICE, _office("office"), None, ("office",))
OF_SHIFT_KIND = Filter("kind", KIND, equal("kind"), "choice", _kinds("shift_kinds"))
BY_OFFICE = Filter("office", OFFICE, equal("office"))

SHIFTS = Listing(
    name="shifts",
    fact="shifts",
    title=Words("班次", "Shifts"),
    meaning=Words(
        "谁在什么时候值班、带班；没有结束时间的仍在班。",
        "Who was on duty or led it, and when; without an end it goes on.",
    ),
    empty=Words("还没有登记班次。", "No shift is on record yet."),
    fields=("office", "kind", "holder", "from_at", "until_at", "note", "fact_id"),
    columns=(
        FROM,
        UNTIL,
        SHIFT_KIND,
        HOLDER,
        OF_OFFICE,
        Column("note", Words("交班说明", "word for the next"), plain("note")),
    ),
    order=("-from_at", "fact_id"),
    filters=(OF_SHIFT_KIND, BY_OFFICE),
    offices=("office",),
)

ROSTER = Listing(
    name="roster",
    fact="rosters",
    title=Words("值班表", "Roster"),
    meaning=Words(
        "排定的班次。排了不等于在班：接班时才开始算。",
        "Shifts as planned. A plan is no duty: that begins when somebody takes over.",
    ),
    empty=Words("还没有排班。", "Nothing is planned yet."),
    fields=("office", "kind", "holder", "from_at", "until_at", "fact_id"),
    columns=(FROM, UNTIL, SHIFT_KIND, HOLDER, OF_OFFICE),
    order=("-from_at", "fact_id"),
    filters=(OF_SHIFT_KIND, BY_OFFICE),
    offices=("office",),
)

INCIDENTS = Listing(
    name="incidents",
    fact="incidents",
    title=Words("突发情况", "Incidents"),
    meaning=Words(
        "第一时间首报，处置完毕终报；终报了才了结。",
        "Reported at once, and again at the end; with the final report it is closed.",
    ),
    empty=Words("没有突发情况。", "There is no incident."),
    fields=("incident", "office", "kind", "found_at", "note", "is_closed"),
    columns=(
        Column("state", STATE, *_state("is_closed"), lead=True),
        Column("kind", KIND, _code("incident_kinds"), None, ("kind",), lead=True),
        Column("note", Words("情况", "what happened"), plain("note")),
        Column("found", Words("发现时间", "found at"), local("found_at"), None, ("found_at",)),
        OF_OFFICE,
        Column("incident", Words("编号", "incident"), plain("incident"), _to("duty:incident", "incident")),
    ),
    order=("-found_at", "incident", "fact_id"),
    filters=(
        _of_state("is_closed"),
        Filter("kind", KIND, equal("kind"), "choice", _kinds("incident_kinds")),
        BY_OFFICE,
    ),
    offices=("office",),
)

ASSIGNMENTS = Listing(
    name="assignments",
    fact="assignments",
    title=Words("交办任务", "Assignments"),
    meaning=Words(
        "会议决定、上级部署、问题清单，各由谁办、何时办结。没有依据不算办结。",
        "What a meeting, a superior or a list of problems decided: who does it, until when. Nothing is done "
        "without what proves it.",
    ),
    empty=Words("没有交办任务。", "There is no assignment."),
    fields=(
        "assignment",
        "office",
        "by",
        "source",
        "meeting",
        "assigned_at",
        "due_on",
        "task",
        "is_done",
    ),
    columns=(
        Column("state", STATE, *_state("is_done"), lead=True),
        Column("due", Words("办结期限", "last day"), _due_on, None, ("due_on",), lead=True),
        Column("task", Words("交办内容", "what is to be done"), plain("task")),
        Column("office", Words("承办机构", "who does it"), _office("office"), None, ("office",)),
        Column("by", Words("交办机构", "assigned by"), _office("by"), None, ("by",)),
        Column("source", Words("来源", "source"), _code("assignment_sources", "source"), None, ("source",)),
        Column("meeting", Words("会议", "meeting"), plain("meeting")),
        Column("assigned", Words("交办时间", "assigned at"), local("assigned_at"), None, ("assigned_at",)),
        Column(
            "assignment",
            Words("编号", "assignment"),
            plain("assignment"),
            _to("duty:assignment", "assignment"),
        ),
    ),
    order=("-assigned_at", "assignment", "fact_id"),
    filters=(
        _Whose("who", Words("由谁办", "whose"), lambda found: found, "choice", lambda telling: WHOSE),
        _of_state("is_done"),
        Filter("source", Words("来源", "source"), equal("source"), "choice", _kinds("assignment_sources")),
        BY_OFFICE,
    ),
    offices=("office", "by"),
)
