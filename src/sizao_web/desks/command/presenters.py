"""The overview as the page shows it: figures with their lists, wording, colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from sizao.terms.time import local_time
from sizao.terms.words import Words
from sizao_web.desks.command import wording
from sizao_web.desks.command.actions import Figure
from sizao_web.desks.command.links import Links
from sizao_web.pages.cartogram import Group, Tile, grouped, step_of
from sizao_web.pages.charts import Chart, Series, stacked_bars
from sizao_web.pages.language import said, say
from sizao_web.pages.presenters import length
from sizao_web.pages.telling import Telling
from sizao_web.records.reading import overview as reading
from sizao_web.records.reading.measures import WINDOW_DAYS
from sizao_web.records.reading.overview import Overview
from sizao_web.settings.clock import bare


@dataclass(frozen=True)
class EarlyTile:
    """One of the four earlies. median, p90: in days, as text."""

    label: Words
    limit: int
    median: str
    p90: str
    share: str
    css: str
    decided: Figure
    in_limit: Figure
    beside: tuple[Figure, ...]


@dataclass(frozen=True)
class CoverageTile:
    """A share with its numerator, denominator and what was waived."""

    label: Words
    explained: Words
    share: str
    css: str
    numerator: Figure
    denominator: Figure
    beside: tuple[Figure, ...]


@dataclass(frozen=True)
class OfficeRow:
    """What is overdue at an office."""

    label: str
    overdue: Figure
    to_do: Figure
    earliest_due: Any


@dataclass(frozen=True)
class CurveRow:
    """One day of the curve."""

    day: Any
    total: Figure
    origins: tuple[Figure, ...]


LAST_MICROSECOND = 999_999


def at(instant: datetime) -> str:
    """A moment asked about, in the city's zone; the last moment of a day is said as its end."""
    local = local_time(bare(instant), settings.SIZAO.zone)
    if local.microsecond == LAST_MICROSECOND:
        return say(f"{local:%Y-%m-%d} 24时", f"the end of {local:%Y-%m-%d}")
    return f"{local:%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Age:
    """How old the figures are, where that is worth saying; warns when the ledger has fallen behind."""

    words: str
    warns: bool


def age(old: timedelta, behind: bool) -> Age | None:
    """A ledger without a new run is up to date while nothing happens; one that is behind says so."""
    if behind:
        said_ = said(length(old))
        words = say(
            f"{said_}前；此后的变化还没有算进来，请告知管理员",
            f"{said_} ago; what changed since is not in yet, tell the administrator",
        )
        return Age(words, True)
    if old < timedelta(minutes=2):
        return None
    return Age(say("此后没有变化", "unchanged since"), False)


def percent(part: int, whole: int) -> str:
    """A share, rounded so that 100 % means all and 0 % none."""
    if not whole:
        return "—"
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "<0.1%"
    if 99.9 < share < 100:
        return ">99.9%"
    return f"{share:.0f}%" if part in (0, whole) else f"{share:.1f}%"


def tone(part: int, whole: int) -> str:
    """The class of a share: all, most, less."""
    if not whole:
        return "share-none"
    return "share-all" if part == whole else "share-most" if part * 10 >= whole * 9 else "share-low"


def earlies(found: Overview, links: Links) -> list[EarlyTile]:
    """The four earlies."""
    tiles = []
    for one in found.earlies:
        name, counts = one.milestone, one.counts

        def figure(which: str, label: str, name: str = name, counts: Mapping[str, int] = counts) -> Figure:
            return Figure(counts[which], label, links.cases(early=f"{name}.{which}"))

        beside = [
            figure("not_reached", say("尚未达到", "not reached yet")),
            figure("onset_unknown", say("发病日不明", "onset not known")),
            figure("too_late", say("发现过晚", "found too late")),
        ]
        tiles.append(
            EarlyTile(
                label=wording.EARLIES[name],
                limit=one.limit,
                median=_days(one.median),
                p90=_days(one.p90),
                share=percent(counts["in_limit"], counts["decided"]),
                css=tone(counts["in_limit"], counts["decided"]),
                decided=figure("decided", ""),
                in_limit=figure("in_limit", ""),
                beside=tuple(one for one in beside if one.value),
            )
        )
    return tiles


def _days(value: float | None) -> str:
    return "—" if value is None else say(f"{value:.1f}天", f"{value:.1f} d").replace(".0", "")


def coverage(found: Overview, links: Links) -> list[CoverageTile]:
    """应检尽检, 应隔尽隔, and the completeness of reports."""

    def tile(label: Words, explained: Words, part: str, whole: str, **beside: Words) -> CoverageTile:
        counts = found.counts
        return CoverageTile(
            label=label,
            explained=explained,
            share=percent(counts[part], counts[whole]),
            css=tone(counts[part], counts[whole]),
            numerator=Figure(counts[part], "", links.obligations(part)),
            denominator=Figure(counts[whole], "", links.obligations(whole)),
            beside=tuple(
                Figure(counts[name], said(words), links.obligations(name))
                for name, words in beside.items()
                if counts.get(name)
            ),
        )

    waived = Words("豁免", "waived")
    window = Words(f"近{WINDOW_DAYS}天到期，按时完成的", f"fell due in {WINDOW_DAYS} days, done in time")
    return [
        tile(
            Words("应检尽检率", "tested of those due"), window, "tests_done", "tests_due", tests_waived=waived
        ),
        tile(
            Words("应隔尽隔率", "in place of those who must be"),
            Words("此刻应在位，在位的", "must be in place now, and is"),
            "in_place",
            "live",
            not_in_place=Words("不在位", "not in place"),
            live_waived=waived,
        ),
        tile(
            Words("报告完整率", "reports received of those expected"),
            Words(f"近{WINDOW_DAYS}天应报，按时收到的", f"expected in {WINDOW_DAYS} days, received in time"),
            "reports_done",
            "reports_due",
            reports_zero=Words("零报告", "zero reports"),
            reports_waived=waived,
        ),
    ]


def gaps(found: Overview, links: Links) -> list[Figure]:
    """What needs looking at beside the work: today's changes, and what is not known or came too late."""
    counts = found.counts
    return [
        Figure(counts["overdue"], say("逾期", "overdue"), links.obligations("overdue")),
        Figure(counts["to_do"], say("待办（含逾期）", "to do, overdue included"), links.obligations("to_do")),
        Figure(counts["unowned"], say("无人承担", "unowned"), links.obligations("unowned")),
        Figure(found.unknown, say("情况不明", "not known"), links.unknown()),
        Figure(found.too_late, say("发现过晚", "found too late"), links.too_late()),
        Figure(
            counts["restricted_today"],
            say("今天新增的限制", "restrictions that began today"),
            links.obligations("restricted_today"),
        ),
        Figure(
            found.released_today,
            say("今天到期解除的人", "people released today"),
            links.standing(until_by=found.clock.today_until),
        ),
        Figure(found.restricted, say("此刻受限的人", "people restricted now"), links.standing()),
        Figure(found.confirmed, say("确诊病例", "confirmed cases"), links.cases()),
    ]


def offices(found: Overview, links: Links, telling: Telling) -> list[OfficeRow]:
    """The offices with something overdue, the longest overdue first."""
    telling.meet([{"office": one.office} for one in found.offices], offices=("office",))
    return [
        OfficeRow(
            label=telling.office(one.office) or say("未找到机构", "no office found"),
            overdue=Figure(one.overdue, "", links.obligations("overdue", office=one.office or "-")),
            to_do=Figure(one.to_do, "", links.obligations("to_do", office=one.office or "-")),
            earliest_due=one.earliest_due,
        )
        for one in found.offices
    ]


def curve(found: Overview, links: Links) -> tuple[Chart, list[str], list[CurveRow]] | None:
    """The epidemic curve: chart, names of origins, and the rows of its table, the last day first."""
    if not found.curve:
        return None
    origins = [name for name in wording.ORIGINS if any(day.origins.get(name) for day in found.curve)]
    days = [day.day.isoformat() for day in found.curve]

    def figure(day: reading.Day, origin: str | None) -> Figure:
        value = day.total if origin is None else day.origins.get(origin, 0)
        return Figure(value, "", links.cases(confirmed_on=day.day.isoformat(), origin=origin))

    series = [
        Series(
            said(wording.origin(name)),
            [day.origins.get(name, 0) for day in found.curve],
            [figure(day, name).address for day in found.curve],
        )
        for name in origins
    ]
    total = sum(day.total for day in found.curve)
    told = say(
        f"{days[0]}至{days[-1]}每日确诊病例，按来源，共{total}例。",
        f"Confirmed cases by day from {days[0]} to {days[-1]}, by origin: {total} in all.",
    )
    chart = stacked_bars("curve", say("每日确诊", "Confirmed by day"), told, days, series)
    rows = [
        CurveRow(day.day, figure(day, None), tuple(figure(day, name) for name in origins))
        for day in reversed(found.curve)
        if day.total
    ]
    return chart, [said(wording.origin(name)) for name in origins], rows


def tiles(
    sums: Mapping[str, reading.Tile],
    labels: Mapping[str, Words],
    grades: Mapping[str, str] | None,
    links: Links,
) -> tuple[Group, ...]:
    """The cartogram: by overdue share, or by announced grade where `grades` is given."""
    found = {}
    for path, label in labels.items():
        sum_ = sums.get(path, reading.Tile(path, 0, 0))
        if grades is None:
            told = Words(
                f"逾期 {sum_.overdue} / 待办 {sum_.to_do}", f"overdue {sum_.overdue} of {sum_.to_do}"
            )
            css = step_of(sum_.share)
        else:
            told = wording.GRADES.get(grades.get(path, ""), Words("未公告等级", "no grade announced"))
            css = f"grade-{grades.get(path, 'none')}"
        found[path] = Tile(path, label, told, css, links.overview(path))
    return grouped(links.area, found)


@dataclass(frozen=True)
class AreaRow:
    """An area below the one looked at, in the table under the cartogram."""

    label: Words
    level: int
    address: str
    overdue: Figure
    to_do: Figure
    css: str


def area_rows(sums: Mapping[str, reading.Tile], labels: Mapping[str, Words], links: Links) -> list[AreaRow]:
    """The same figures as the tiles, each with its list."""
    rows = []
    for path, label in labels.items():
        if path == links.area:
            continue
        sum_, there = sums.get(path, reading.Tile(path, 0, 0)), replace(links, area=path)
        rows.append(
            AreaRow(
                label,
                path.count("/") - links.area.count("/"),
                links.overview(path),
                Figure(sum_.overdue, "", there.obligations("overdue")),
                Figure(sum_.to_do, "", there.obligations("to_do")),
                step_of(sum_.share),
            )
        )
    return rows


@dataclass(frozen=True)
class Compared:
    """A figure then and now."""

    label: str
    then: Figure
    now: Figure

    @property
    def change(self) -> str:
        """By how much it went up or down."""
        difference = self.now.value - self.then.value
        return f"+{difference}" if difference > 0 else f"−{-difference}" if difference else "0"


@dataclass(frozen=True)
class ComparedShare:
    """A share then and now."""

    label: str
    then: str
    now: str


def compared(
    then: Overview, then_links: Links, now: Overview, now_links: Links
) -> tuple[list[Compared], list[ComparedShare]]:
    """The main figures of a past moment beside those of now."""
    counts = [
        Compared(one.label, one, other)
        for one, other in zip(gaps(then, then_links), gaps(now, now_links), strict=True)
    ]
    shares = [
        ComparedShare(said(one.label), one.share, other.share)
        for tiles in (coverage, earlies)
        for one, other in zip(tiles(then, then_links), tiles(now, now_links), strict=True)
    ]
    return counts, shares
