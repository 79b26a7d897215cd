"""The lists of the ledger, each with its filters, its count and its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from sizao.terms.words import Words
from sizao_web.pages.ledger_lists import obligations
from sizao_web.pages.listing import Listing, Tab
from sizao_web.pages.lists import is_part, show
from sizao_web.pages.other_lists import STANDING, TOO_LATE, UNKNOWN
from sizao_web.pages.routes import SEEING_ROWS, page
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import ledger

Counts = Mapping[tuple[str, bool], int]
Rows = Callable[[Scope], QuerySet[Any]]


@dataclass(frozen=True)
class Kind:
    """One list: where its rows come from, how it is shown, what its tab says.

    live: which live obligations they are, where they are some of them.
    """

    tab: Words
    rows: Rows
    listing: Listing
    live: Live | None = None


@dataclass(frozen=True)
class Live:
    """Live obligations of these statuses, or of all; owned: False, only those without an office."""

    statuses: frozenset[str] | None = None
    owned: bool | None = None

    @property
    def q(self) -> Q:
        """As a condition, of obligations as of counts."""
        wanted = Q() if self.statuses is None else ledger.of_status(self.statuses)
        return wanted if self.owned is None else wanted & Q(owned=self.owned)

    def counted(self, counts: Counts) -> int:
        """How many of these there are."""
        return sum(
            rows
            for (status, owned), rows in counts.items()
            if (self.statuses is None or status in self.statuses) and self.owned in (None, owned)
        )


def _live(tab_name: str, tab: Words, live: Live, meaning: Words, empty: Words) -> Kind:
    listing = obligations(tab_name, tab, meaning, empty)
    return Kind(tab, lambda scope: ledger.obligations(scope).filter(live.q), listing, live)


def _with(*statuses: str) -> Live:
    return Live(frozenset(statuses))


UNOWNED = Live(frozenset({"overdue", "open", "upcoming"}), owned=False)


def _other(name: str, tab: Words, rows: Rows, meaning: Words, empty: Words) -> Kind:
    return Kind(tab, rows, obligations(name, tab, meaning, empty, withdrawn=True))


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "to-do": _live(
            "to-do",
            Words("待办", "To do"),
            _with("overdue", "open"),
            Words("现在必须办的：先逾期，后到期早的。", "What must be done now, the overdue first."),
            Words("现在没有待办；新任务会自动出现。", "Nothing to do now. New rows appear by themselves."),
        ),
        "overdue": _live(
            "overdue",
            Words("逾期", "Overdue"),
            _with("overdue"),
            Words("过了时限、还可以补做的。", "Past its limit without proof, and can still be done."),
            Words("没有逾期。", "Nothing is overdue."),
        ),
        "upcoming": _live(
            "upcoming",
            Words("将到", "Upcoming"),
            _with("upcoming"),
            Words("还没到开始时刻的。", "What has not opened yet."),
            Words("近期没有将到的任务。", "Nothing is coming up."),
        ),
        "unowned": _live(
            "unowned",
            Words("无人承担", "Unowned"),
            UNOWNED,
            Words(
                "本级没有承担该任务的机构，由上级代管。请指定机构。",
                "No office of this level has the task; the nearest above answers for it. Name an office.",
            ),
            Words("每项任务都有机构承担。", "Every row has its office."),
        ),
        "met": _live(
            "met",
            Words("已完成", "Done"),
            _with("met", "met_late"),
            Words("有事实证明的。", "Proved by a fact."),
            Words("还没有完成的任务。", "Nothing has been done yet."),
        ),
        "missed": _live(
            "missed",
            Words("漏做", "Missed"),
            _with("missed"),
            Words("时限和补做期都已过，不能再办。", "Its time is over; it cannot be done any more."),
            Words("没有漏做。", "Nothing was missed."),
        ),
        "waived": _live(
            "waived",
            Words("已豁免", "Waived"),
            _with("waived"),
            Words("由两人决定豁免的。", "Waived by a decision of two persons."),
            Words("没有豁免。", "Nothing is waived."),
        ),
        "current": _live(
            "current",
            Words("现行全部", "In force"),
            Live(),
            Words("现在算得出的全部任务，不论状态。", "Every row that holds now, whatever its status."),
            Words("您负责的范围内没有任务。", "There is no row in what you answer for."),
        ),
        "withdrawn": _other(
            "withdrawn",
            Words("已撤销", "Withdrawn"),
            ledger.withdrawn,
            Words("依据变了，不再要求的；每条说明原因。", "What it rested on changed; each says why."),
            Words("没有撤销的任务。", "Nothing was withdrawn."),
        ),
        "all": _other(
            "all",
            Words("全部", "All"),
            ledger.every_obligation,
            Words("不论状态的全部任务。", "Every row, whatever became of it."),
            Words("您负责的范围内没有任务。", "There is no row in what you answer for."),
        ),
        "not-known": Kind(Words("情况不明", "Not known"), ledger.unknown, UNKNOWN),
        "found-too-late": Kind(Words("发现过迟", "Found too late"), ledger.too_late, TOO_LATE),
        "standing": Kind(Words("正在管控", "Restricted now"), ledger.standing, STANDING),
    }
)  # fmt: skip
"""Name in the address -> the list."""


@page(roles=SEEING_ROWS)
def obligation_list(request: HttpRequest, which: str = "to-do") -> HttpResponse:
    """One list of the ledger."""
    kind = KINDS.get(which)
    if kind is None:
        raise Http404
    scope, live = request.scope, kind.live
    if live is None:
        return show(request, kind.listing, kind.rows(scope), tabs=_tabs(which, _counted(request)))
    counted = _counted(request)
    return show(
        request,
        kind.listing,
        kind.rows(scope),
        tabs=_tabs(which, counted),
        counts=ledger.counts(scope).filter(live.q),
        total=live.counted(counted) if counted else None,
    )


def _counted(request: HttpRequest) -> Counts:
    """How many live obligations there are; not asked for a part of a page, which has no tabs."""
    return {} if is_part(request) else ledger.by_status(ledger.counts(request.scope))


def _tabs(current: str, counted: Counts) -> list[Tab]:
    """The lists beside each other, with their counts where the ledger keeps them."""
    return [
        Tab(
            kind.tab,
            reverse("everyone:list", args=[name]),
            name == current,
            kind.live.counted(counted) if kind.live else None,
        )
        for name, kind in KINDS.items()
    ]
