"""A minute at the station: somebody is declared, the grade is shown with its source, the bus leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.journeys.acting import Pace
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

LONGEST = 30.0  # seconds for one arrival on an idle machine, as the issue asks; most is waiting for pages


@pytest.mark.orders("D1-17", "D1-19", "D1-21")
def test_an_arrival_is_declared_by_keys_alone_and_the_grade_at_departure_is_shown(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    team = visit("station")
    team.go("/")
    pace = Pace(team)
    expect(team.page.locator("#look-up")).to_be_focused()
    team.page.keyboard.type("350000199001010000")  # a scanner types like this, and presses Enter
    with team.leaving():
        team.page.keyboard.press("Enter")
    expect(team.page.locator("#document")).to_have_value("350000199001010000")
    expect(team.page.locator("#name")).to_be_focused()
    team.page.keyboard.type("演练旅客")
    for name, value in (
        ("telephone", "000-0999-0001"),
        ("origin", "邻市北岸区（虚构）"),
        ("staying_in", "帆影社区（虚构）"),
    ):
        team.page.locator(f"#{name}").fill(value)
    team.page.locator("[name=conveyance]").select_option("train")
    team.page.locator('[name=symptoms][value="no"]').check()
    with team.leaving():
        team.page.locator(".declare button.btn-primary").click()
    told = team.page.locator(".grade-card").inner_text()
    took = pace.took(LONGEST, pages=2)
    say(f"declared, with the grade at departure: {took:.1f} s of the machine")
    assert "中风险" in told
    assert "来源" in told
    assert "公告" in told

    # What binds, and with it who takes over, comes to the page by itself as soon as it is derived; what is
    # typed meanwhile stays.
    team.page.locator('[name="vehicle"]').fill("演B002")
    expect(team.page.locator("#disposition .state").first).to_contain_text("集中隔离")
    expect(team.page.locator('[name="to_office"]')).to_have_value("港湾区（虚构） · 集中隔离点管理")
    expect(team.page.locator('[name="vehicle"]')).to_have_value("演B002")
    with team.leaving():
        team.page.locator(".ask-line button.btn-primary").click()
    assert "尚未接收" in team.page.locator(".paper").inner_text(), "the receipt says who still answers"
    person = team.page.url.rstrip("/").rsplit("/", 1)[1]

    manager = visit("site")
    manager.go(f"/quarantine/admit/{person}/")
    assert "入住即接收" in manager.page.inner_text("main"), "the site sees the offer; nobody types it again"
    with manager.leaving():
        manager.page.locator(".placing button.btn-primary").click()
    team.go(f"/entry/receipts/{person}/")
    assert "尚未接收" not in team.page.locator(".paper").inner_text(), "and the receipt has the moment"


@pytest.mark.orders("D1-20")
def test_a_pushed_name_is_settled_by_one_tap_in_english(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    worker = visit("community", width="phone")
    worker.go("/entry/pushed/")
    worker.speak("en")
    row = worker.page.locator(".work-list li").filter(has_text="H05-2")
    with worker.leaving():
        row.get_by_role("button", name="observation at home").tap()
    say("a pushed name settled and fed back: 1 tap")
    assert "Settled and fed back" in worker.page.inner_text("main")
    assert site.ask(
        "SELECT disposition, fed_back_at IS NOT NULL FROM fact_dispositions WHERE entry = 'push/harbour-2'"
    ) == [("home", True)]
    worker.speak("zh")
