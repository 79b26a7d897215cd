"""A morning of those who keep what there is: one tap reports the day, the command charges who must act."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.journeys.acting import Pace, once_shown
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

LONGEST = 60.0  # seconds of an idle machine, where it is one or two


@pytest.mark.orders("D1-55", "D1-56", "D1-57", "D1-58", "D1-59", "D1-66")
def test_the_day_is_reported_by_one_tap_and_what_is_short_is_assigned_and_closed_by_evidence(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    hospital = visit("hospital")
    hospital.go("/capacity/")
    hospital.speak("en")
    expect(hospital.page.locator("#report")).to_contain_text("isolation")
    expect(hospital.page.locator("#report")).to_contain_text("not yet today")
    pace = Pace(hospital)
    with hospital.leaving():
        hospital.page.get_by_role("button", name="All as last time").click()
    expect(hospital.page.locator(".alert-success")).to_contain_text("Reported: 2")
    took = pace.took(LONGEST, pages=1)
    say(f"the beds of a hospital for a day: 1 tap, {took:.1f} s of the machine")
    told = site.ask(
        "SELECT kind, reserved, occupied FROM fact_beds WHERE recorded_by = 'hospital' ORDER BY kind"
    )
    assert told == [("intensive_care", 4, 1), ("isolation", 12, 11)]
    hospital.speak("zh")

    keeper = visit("supplies")
    keeper.go("/")
    expect(keeper.page.locator("h1")).to_contain_text("先缺什么")
    expect(keeper.page.locator("#short li").first).to_contain_text("防护服")
    keeper.page.locator('#move [name="item"]').select_option("suits")
    keeper.page.locator('#move [name="kind"]').select_option("used")
    keeper.page.locator('#move [name="quantity"]').fill("60")
    with keeper.leaving():
        keeper.page.locator("#move button").click()
    expect(keeper.page.locator(".alert-success")).to_contain_text("出入账已登记")
    expect(keeper.page.locator("#short li").first).to_contain_text("现有 210")

    command = visit("command")
    once_shown(command, "/command/", "main", "补上将不足的")
    command.go("/capacity/")
    suits = command.page.locator("#short li", has_text="防护服")
    with command.leaving():
        suits.get_by_role("link", name="交办").click()
    expect(command.page.locator('[name="office-1"]')).to_have_value("港湾区（虚构） · 物资保障组")
    with command.leaving():  # what is assigned stands on the form as well as on the page that follows
        command.page.get_by_role("button", name="交办").click()
    expect(command.page.locator("main")).to_contain_text("防护服")
    command.go("/capacity/")
    expect(command.page.locator("#short li", has_text="防护服")).to_contain_text("已交办，未办结")

    command.go("/capacity/works/")
    expect(command.page.locator("#works li").first).to_contain_text("已过期")
    expect(command.page.locator("#missing")).to_contain_text("车站")
