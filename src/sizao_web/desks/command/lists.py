"""The list of confirmed cases behind the four earlies and the curve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from sizao.terms.time import local_day, midnight
from sizao.terms.words import Words
from sizao_web.desks.command.wording import FIGURES, MILESTONES, ORIGINS, origin
from sizao_web.pages.filters import NOT_OFFERED, Filter, NotUnderstood, equal, within
from sizao_web.pages.ledger_lists import areas_of_scope, person_cell
from sizao_web.pages.listing import Column, Listing, Told
from sizao_web.pages.telling import Row, Telling
from sizao_web.records.reading.answers import Answer
from sizao_web.records.reading.cases import condition, recent
from sizao_web.records.reading.overview import clock_of
from sizao_web.settings.clock import bare

NOT_A_DAY = Words("请写成 2020-11-10。", "Write it as 2020-11-10, please.")


@dataclass(frozen=True)
class CountedCases(Filter):
    """Reads the name of a figure, milestone.which, as its condition."""

    answer: Callable[[Telling], Answer] | None = None

    def read(self, text: str, telling: Telling) -> Q:
        """The condition of a figure. NotUnderstood for a name that is none."""
        if text not in FIGURES or self.answer is None:
            raise NotUnderstood(NOT_OFFERED)
        milestone, _, which = text.partition(".")
        answer = self.answer(telling)
        clock = clock_of(answer)
        return recent(clock) & condition(milestone, which, answer, clock)


class OnDay(Filter):
    """Reads a civil day."""

    def read(self, text: str, telling: Telling) -> date:
        """The day. NotUnderstood says how to write one."""
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise NotUnderstood(NOT_A_DAY) from None


def _confirmed_on(day: date) -> Q:
    begin, end = (midnight(day + timedelta(days=one), settings.SIZAO.zone) for one in (0, 1))
    return Q(confirmed_at__gte=begin.replace(tzinfo=UTC), confirmed_at__lt=end.replace(tzinfo=UTC))


def _confirmed(row: Row, telling: Telling) -> date:
    return local_day(bare(row["confirmed_at"]), settings.SIZAO.zone)


def _onset(row: Row, telling: Telling) -> Told:
    if row["onset_on"] is None:
        return telling.said(Words("不明", "not known"))
    return f"{row['onset_on']}{telling.said(Words('（不精确）', ' (imprecise)')) if row['imprecise'] else ''}"


def _days(milestone: str) -> Column:
    name = f"{milestone}_days"
    label = MILESTONES[milestone]

    def told(row: Row, telling: Telling) -> Told:
        return telling.said(Words("未达到", "not yet")) if row[name] is None else str(row[name])

    return Column(
        name,
        Words(f"发病到{label.zh}（天）", f"onset to {label.en} (days)"),
        lambda row, telling: row[name],
        told,
        (name,),
    )


def _plain(column: str) -> Any:
    return lambda row, telling: row[column]


COLUMNS = (
    Column("case", Words("病例", "case"), _plain("case"), None, ("case",)),
    Column("person", Words("人员", "person"), _plain("person"), person_cell, ("person",)),
    Column("confirmed", Words("确诊", "confirmed"), _confirmed, None, ("confirmed_at",)),
    Column(
        "origin",
        Words("来源", "origin"),
        lambda row, telling: telling.said(origin(row["origin"])),
        None,
        ("origin",),
    ),
    Column("onset", Words("发病", "onset"), _plain("onset_on"), _onset, ("onset_on",)),
    *(_days(milestone) for milestone in MILESTONES),
    Column("area", Words("地区", "area"), lambda row, telling: telling.area(row["area"]), None, ("area",)),
)


def cases(answer: Callable[[Telling], Answer]) -> Listing:
    """The list of confirmed cases of an answer."""
    return Listing(
        name="cases",
        title=Words("确诊病例", "Confirmed cases"),
        meaning=Words(
            "最新分类为确诊的病例。天数从发病日起算，空缺为“未达到”。",
            "Cases whose latest classification is confirmed. Days count from the onset day.",
        ),
        empty=Words("您负责的范围内没有确诊病例。", "There is no confirmed case in what you answer for."),
        fields=(
            "case",
            "person",
            "area",
            "origin",
            "confirmed_at",
            "onset_on",
            "imprecise",
            *(f"{milestone}_days" for milestone in MILESTONES),
        ),
        columns=COLUMNS,
        order=("-confirmed_at", "case"),
        filters=(
            CountedCases(
                "early",
                Words("统计口径", "counted as"),
                lambda found: found,
                "choice",
                lambda telling: FIGURES,
                answer=answer,
            ),
            OnDay("confirmed_on", Words("确诊日期", "confirmed on"), _confirmed_on),
            Filter("origin", Words("来源", "origin"), equal("origin"), "choice", lambda telling: ORIGINS),
            Filter("area", Words("地区及以下", "area and below"), within("area"), "listed", areas_of_scope),
        ),
        areas=("area",),
        persons=True,
    )
