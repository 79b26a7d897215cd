"""A morning with those who work at the quarantine site: one is relieved, one comes, one went out at night."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.journeys.acting import Taps, obligation, once_shown
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

SITE = "quarantine-site/harbour"
CLEANER, DUE, LATE = "H31-2", "H32-2", "H33-2"  # in since 14 days; to be sampled today; since yesterday
NURSE, HER_NUMBER = "演护（虚构）", "000-9002-0000"


@pytest.mark.orders("D1-16", "D2-48")
def test_who_has_been_in_for_fourteen_days_is_relieved_with_one_tap_and_observed_at_home(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    manager = visit("site", width="phone")
    obligation(site, CLEANER, "relieve_from_loop", ("overdue",))
    manager.go("/quarantine/staff/")
    first = manager.page.locator("#relieve li").first
    expect(first).to_contain_text(CLEANER)
    expect(first).to_contain_text("逾期")
    expect(first).to_contain_text("为什么")
    sampled = manager.page.locator("#sample")
    expect(sampled).to_contain_text(DUE)
    expect(sampled.locator("li").first).to_contain_text(LATE)  # what is overdue comes first
    taps = Taps()
    taps.on(first.get_by_role("button", name="轮换出闭环"))
    expect(manager.page.locator("#out")).to_contain_text(CLEANER)
    expect(manager.page.locator("main")).to_contain_text("点对点送回")
    say(f"somebody relieved from the closed loop: {taps}")
    assert taps.count == 1
    obligation(site, CLEANER, "relieve_from_loop", ("met_late",))
    assert obligation(site, CLEANER, "home_observation", ("open",))[0] == (
        "office/drill/harbour/hill/orchard/community"
    )
    assert site.ask(
        "SELECT count(*) FROM fact_stays WHERE person = %s AND place = %s AND until_on IS NOT NULL",
        [CLEANER, SITE],
    ) == [(1,)], "that they stay on the grounds no more is on record; nobody was asked for it"


def test_a_nurse_goes_in_by_name_and_telephone_and_is_to_be_sampled_from_then_on(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    manager = visit("site", width="phone")
    manager.go("/quarantine/staff/")
    taps = Taps()
    taps.on(manager.page.locator("summary").filter(has_text="不在册的人"))
    manager.page.locator("#name").fill(NURSE)
    manager.page.locator("#telephone").fill(HER_NUMBER)
    taps.on(manager.page.get_by_role("button", name="进闭环", exact=True))
    expect(manager.page.locator(".alert-danger")).to_contain_text("岗位")  # nobody has no post
    expect(manager.page.locator("#name")).to_have_value(NURSE)  # what was typed is kept
    manager.page.locator("#post").select_option("medical")
    taps.on(manager.page.get_by_role("button", name="进闭环", exact=True))
    expect(manager.page.locator("#inside")).to_contain_text(NURSE)
    say(f"a nurse into the closed loop: {taps}")
    assert taps.count == 3
    ((nurse,),) = site.ask(
        "SELECT person FROM fact_closed_loop_stays WHERE recorded_by = 'site' AND action = 'record'"
    )
    obligation(site, nurse, "test", ("open",))  # within two days; not on today's list yet
    obligation(site, nurse, "relieve_from_loop", ("open",))
    assert not manager.page.locator("#sample li").filter(has_text=NURSE).count()

    # It was a mistake: she never went in.
    taps = Taps()
    mine = manager.page.locator("#inside li").filter(has_text=NURSE)
    taps.on(mine.locator("summary"))
    taps.on(mine.get_by_role("button", name="填错了，撤回"))
    expect(manager.page.locator("#inside")).not_to_contain_text(NURSE)
    say(f"and taken back: {taps}")
    assert site.ask("SELECT count(*) FROM fact_stays WHERE person = %s AND action = 'retract'", [nurse]) == [
        (1,)
    ]


@pytest.mark.orders("D1-16")
def test_who_went_out_at_night_is_observed_and_the_health_commission_comes(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    manager = visit("site")
    manager.go("/quarantine/staff/")
    guard = manager.page.locator("#inside li").filter(has_text=LATE)
    taps = Taps()
    taps.on(guard.locator("summary"))
    taps.on(guard.get_by_role("button", name="擅自外出"))
    expect(manager.page.locator("#out li").filter(has_text=LATE)).to_contain_text("擅自外出")
    say(f"somebody of the loop went out: {taps}")
    assert taps.count == 2
    assert obligation(site, SITE, "check_on_site", ("open",), rule="closed-loop-breach")[0] == (
        "office/drill/harbour/health_commission"
    )
    assert obligation(site, LATE, "home_observation", ("open",))
    commission = visit("health-commission")
    row = once_shown(
        commission, f"/lists/obligations/to-do/?about={SITE}&verb=check_on_site", ".rows tbody tr", "到场核查"
    )
    expect(row).to_contain_text("闭环")
