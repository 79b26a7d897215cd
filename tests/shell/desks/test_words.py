"""When something is due is said as people say it, seen from now, in the city's day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sizao.terms.words import Words
from sizao_web.pages.names import beside
from sizao_web.pages.paging import paging
from sizao_web.pages.presenters import SHOWN, due, length, limit, standing_of

ZONE = "Asia/Shanghai"
NOW = datetime(2020, 11, 10, 1, 0, tzinfo=UTC)  # 09:00 in the city


@pytest.mark.parametrize(
    ("instant", "zh", "en"),
    [
        ("2020-11-10T12:00+08:00", "今天中午12点前", "before noon today"),
        ("2020-11-11T00:00+08:00", "今天内", "by the end of today"),
        ("2020-11-11T12:00+08:00", "明天中午12点前", "before noon tomorrow"),
        ("2020-11-09T16:30+08:00", "昨天 16:30 前", "before 16:30 yesterday"),
        ("2020-11-13T00:00+08:00", "11月12日内", "by the end of 12 Nov"),
        ("2020-11-13T08:00+08:00", "11月13日 08:00 前", "before 08:00 on 13 Nov"),
        ("2021-01-02T00:00+08:00", "2021年1月1日内", "by the end of 1 Jan 2021"),
        ("2020-11-10T16:00+00:00", "今天内", "by the end of today"),
    ],
)
def test_a_limit_is_said_as_seen_from_now(instant: str, zh: str, en: str) -> None:
    said = limit(datetime.fromisoformat(instant), NOW, ZONE)
    assert (said.zh, said.en) == (zh, en)


@pytest.mark.parametrize(
    ("late", "zh", "en"),
    [
        (timedelta(minutes=5), "5 分钟", "5 min"),
        (timedelta(hours=2, minutes=59), "2 小时", "2 h"),
        (timedelta(hours=47), "47 小时", "47 h"),
        (timedelta(hours=48), "2 天", "2 days"),
        (timedelta(seconds=-30), "0 分钟", "0 min"),
    ],
)
def test_a_length_is_said_in_one_unit_and_never_longer_than_it_is(late: timedelta, zh: str, en: str) -> None:
    assert (length(late).zh, length(late).en) == (zh, en)


def test_only_what_is_overdue_says_by_how_much() -> None:
    gone = NOW - timedelta(hours=3)
    assert standing_of("overdue", NOW, due_at=gone).en == "overdue by 3 h"
    assert standing_of("missed", NOW, due_at=gone) == SHOWN["missed"].label
    assert standing_of("overdue", NOW, due_at=gone, withdrawn_at=NOW) == SHOWN["withdrawn"].label


def test_what_is_done_says_when_and_what_is_not_open_says_from_when() -> None:
    moments = {"opens_at": NOW + timedelta(hours=3), "due_at": NOW + timedelta(days=1)}
    assert due("upcoming", NOW, ZONE, **moments).zh == "今天 12:00 起可做"
    assert due("met", NOW, ZONE, **moments, met_at=NOW - timedelta(hours=1)).en == "done today 08:00"
    assert due("open", NOW, ZONE, **moments).en == "before 09:00 tomorrow"


@pytest.mark.parametrize(
    ("asked", "total", "page", "near"),
    [
        ({}, 0, 1, [1]),
        ({"page": "2", "size": "25"}, 60, 2, [1, 2, 3]),
        ({"page": "999"}, 60, 2, [1, 2]),
        ({"page": "-1"}, 60, 1, [1, 2]),
        ({"page": "x", "size": "7"}, 60, 1, [1, 2]),
        ({"page": "20", "size": "25"}, 1000, 20, [1, None, 18, 19, 20, 21, 22, None, 40]),
    ],
)
def test_a_page_that_is_not_there_is_the_nearest_one(
    asked: dict[str, str], total: int, page: int, near: list[int | None]
) -> None:
    found = paging(asked, total)
    assert (found.number, found.near) == (page, near)


def test_an_office_behind_a_duty_of_the_same_task_is_told_by_its_area() -> None:
    duty = Words("采样队", "sampling team")
    assert beside(Words("港湾区 · 采样队", "Harbour district · sampling team"), duty) == Words(
        "港湾区", "Harbour district"
    )
    for other in (Words("灯塔小学", "Lantern primary school"), Words("采样队", "sampling team")):
        assert beside(other, duty) == other
