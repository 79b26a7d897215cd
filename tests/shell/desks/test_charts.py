"""Control charts at the watch: what goes wrong is on the chart, in the table, in its rows, and an alarm."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from shell.ledger.recorded import link, record
from sizao_web.accounts.models import Account
from sizao_web.desks.watch.drawing import picture
from sizao_web.records.models import Alarm, ControlDay
from sizao_web.records.watch.charts import CHARTS, draw
from sizao_web.records.watch.watching import watch

DAY = timedelta(days=1)
GOOD, BAD = "laboratory/good", "laboratory/bad"


@pytest.fixture(autouse=True)
def _installation(tmp_path: Path, settings: Any, db: None) -> None:
    settings.SIZAO = replace(
        django_settings.SIZAO, data=tmp_path, witness=tmp_path / "witness", endings=(), certificates=()
    )


def results(laboratory: str, day: datetime, tested: int, positive: int) -> list[dict[str, Any]]:
    """Results of a laboratory on a day, sent by its own system."""
    return [
        {
            **link(
                "results", day, f"{laboratory}/{day:%d}/{number}", sample=f"s-{laboratory}-{day:%d}-{number}",
                result="positive" if number < positive else "negative", laboratory=laboratory,
                resulted_at=day,
            ),
            "source_system": laboratory.replace("/", "-"),
            "area": "drill/county-1",
        }
        for number in range(tested)
    ]  # fmt: skip


@pytest.fixture
def drawn(moment: datetime) -> datetime:
    """Three weeks of two laboratories; on the last day the bad one finds hardly any positive."""
    given = []
    for back in range(21, 0, -1):
        at = moment - back * DAY
        given += results(GOOD, at, 60, 12 + back % 3)
        given += results(BAD, at, 60, 1 if back == 1 else 12 + back % 4)
    record({"results": given})
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE sizao_worker")
    draw(moment)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    return moment


def test_the_day_on_which_a_laboratory_finds_too_little_is_a_signal_and_the_others_are_not(
    drawn: datetime,
) -> None:
    rows = ControlDay.objects.filter(kind="positivity", subject=BAD).order_by("day")
    assert len(rows) == 21
    last = rows.last()
    assert last is not None
    assert (last.tested, last.found, last.verdict) == (60, 1, "low")
    assert last.expected is not None
    assert 9 < last.expected < 17
    assert not ControlDay.objects.filter(kind="positivity", verdict__isnull=False).exclude(pk=last.pk)
    assert last.day == (drawn - DAY).date(), "today is not over"
    sent = ControlDay.objects.filter(kind="reports", subject="laboratory-good")
    assert {one.found for one in sent} == {60}
    draw(drawn)
    assert ControlDay.objects.filter(kind="positivity", subject=BAD).count() == 21, "drawn anew, once"


def test_a_signal_is_an_alarm_for_two_days(drawn: datetime, person_in_office: Any, browser: Any) -> None:
    watch(drawn)
    alarm = Alarm.objects.get(kind="chart_positivity", ended_at__isnull=True)
    assert alarm.about.startswith(BAD)
    page = browser(person_in_office("cdc", "drill")).get("/watch/alarms/").content.decode()
    assert "实验室阳性数异常" in page
    assert "阳性1例，偏低" in page
    watch(drawn + 3 * DAY)
    assert not Alarm.objects.filter(kind="chart_positivity", ended_at__isnull=True)


def test_the_page_shows_signals_first_the_picture_the_table_and_the_rows(
    drawn: datetime, person_in_office: Callable[..., Account], browser: Any
) -> None:
    officer = browser(person_in_office("cdc", "drill"))
    listed = officer.get("/watch/charts/").content.decode()
    assert listed.index(BAD) < listed.index(GOOD)
    page = officer.get("/watch/charts/", {"of": "positivity", "subject": BAD}).content.decode()
    assert page.count('class="point"') == 20
    assert page.count('class="signal"') == 1
    assert page.count("<polygon") == 2, "the band, and the signal by its own form"
    assert len(re.findall(r'<td data-label="阳性"', page)) == 21
    day = (drawn - DAY).date().isoformat()
    asked = {"of": "positivity", "subject": BAD, "day": day, "size": "100"}
    rows = officer.get("/watch/charts/", asked).content.decode()
    found = re.findall(r'href="(/facts/results/[0-9a-f]{32}/)"', rows)
    assert len(found) == 60
    assert officer.get(found[0]).status_code == 200
    Account.objects.update(language="en")
    english = officer.get("/watch/charts/", asked).content.decode().split("<main")[1].split("</main")[0]
    assert "Control charts" in english
    assert not re.search(r"[\u3400-\u9fff，：]", english), "nothing of it is said in Chinese"
    file = officer.get("/watch/charts/", {"of": "positivity", "subject": BAD, "as": "csv"})
    assert len(file.content.decode().splitlines()) == 22
    sent = officer.get("/watch/charts/", {"of": "reports", "subject": "laboratory-bad"})
    assert sent.status_code == 200


def test_who_reads_no_results_sees_the_count_and_not_the_rows(
    drawn: datetime, person_in_office: Callable[..., Account], browser: Any
) -> None:
    keeper = browser(person_in_office("administrator", "drill"))
    asked = {"of": "positivity", "subject": BAD, "day": (drawn - DAY).date().isoformat()}
    page = keeper.get("/watch/charts/", asked).content.decode()
    assert "您的岗位不查看这些记录" in page
    assert "/facts/results/" not in page


@pytest.mark.parametrize(
    "asked",
    [
        {"of": "positivity", "subject": "nobody"},
        {"of": "nothing", "subject": BAD},
        {"of": "positivity", "subject": BAD, "day": "1999-01-01"},
        {"of": "positivity", "subject": BAD, "day": "soon"},
        {"subject": BAD},
    ],
)
def test_what_is_not_there_is_not_found(
    asked: dict[str, str], drawn: datetime, person_in_office: Any, browser: Any
) -> None:
    assert browser(person_in_office("cdc", "drill")).get("/watch/charts/", asked).status_code == 404


def test_without_any_chart_the_page_says_so(person_in_office: Any, browser: Any) -> None:
    page = browser(person_in_office("cdc", "drill")).get("/watch/charts/").content.decode()
    assert page.count("还没有数据") == len(CHARTS)


def test_days_before_there_was_anything_to_compare_with_break_the_band() -> None:
    days = [
        ControlDay(
            kind="reports", subject="x", day=datetime(2020, 11, 1).date() + number * DAY, found=number,
            expected=None if number in (0, 1, 4) else 3.0, lower=1, upper=None if number in (0, 1, 4) else 6,
        )
        for number in range(7)
    ]  # fmt: skip
    drawn = picture(days, [""] * 7)
    assert len(drawn.bands) == 2
    assert len(drawn.points) == 7
    heights = [one.y for one in drawn.points]
    assert heights == sorted(heights, reverse=True), "more is higher"
    assert picture(days[:1], [""]).points[0].x == drawn.points[0].x
    apart = [one.at for one in drawn.days]
    assert all(later - before >= 60 for before, later in pairwise(apart))
    assert drawn.days[0].text == "11-01"
