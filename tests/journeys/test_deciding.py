"""What one proposes another of another office decides, who first sees what it would change."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect
from tests.journeys.acting import once
from tools.browsing.site import Site
from tools.browsing.watching import Visitor


def test_a_response_level_is_proposed_by_one_office_compared_and_approved_by_another(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    commission, command = visit("health-commission"), visit("command")
    commission.go("/policy/proposals/")
    with commission.leaving():
        commission.page.locator('a[href$="/new/response_levels/"]').click()
    form = commission.page.locator("main form")
    form.locator("[name=covers]").fill("drill/harbour")
    level = form.locator("[name=level]").first
    if level.evaluate("one => one.tagName") == "SELECT":
        level.select_option("level_2")
    else:
        form.locator('[name=level][value="level_2"]').check()
    form.locator("[name=from_on]").fill("2020-11-11")
    form.locator("[name=why]").fill("连续三天有新增病例（虚构）")
    with commission.leaving():
        form.locator("button.btn-primary").click()
    address = commission.page.url.removeprefix(commission.address)
    once(lambda: _has(commission, address, ".empty-words"), bool)  # the comparison comes by itself
    assert not commission.page.locator('button[value="approved"]').count(), "nobody approves their own"
    assert site.ask("SELECT count(*) FROM fact_response_levels") == [(0,)]

    command.go("/policy/proposals/")
    with command.leaving():
        command.page.locator(f'a[href="{address}"]').click()
    with command.leaving():
        command.page.locator('button[value="approved"]').click()
    expect(command.page.locator(".decide")).to_have_count(0)  # a decision is made once
    assert site.ask(
        "SELECT covers, level, from_on::text FROM fact_response_levels"
        " WHERE recorded_by = 'command' AND announced_by = 'office/drill/harbour/health_commission'"
    ) == [("drill/harbour", "level_2", "2020-11-11")]


def _has(visitor: Visitor, address: str, what: str) -> bool:
    visitor.go(address)
    return visitor.page.locator(what).count() > 0
