"""A morning of a sampling team: where to go first, tubes filled without connection, a pool repeated."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect
from tests.journeys.acting import Taps, once
from tools.browsing.site import Site
from tools.browsing.watching import Visitor


def tubes(site: Site) -> dict[str, tuple[str, int]]:
    """Tube -> its kind and how many are in it, of those the team has filled."""
    rows = site.ask(
        "SELECT s.sample, s.kind, count(*) FROM fact_samples AS s JOIN fact_sample_members AS m"
        " ON m.sample = s.sample WHERE s.recorded_by = 'sampling' AND s.action = 'record' GROUP BY 1, 2"
    )
    return {sample: (kind, people) for sample, kind, people in rows}


def people_at(visitor: Visitor) -> Locator:
    """Those on the list who can still be chosen."""
    return visitor.page.locator("li.who:not(.is-taken)")


@pytest.mark.orders("D1-48")
def test_tubes_filled_without_connection_are_neither_lost_nor_counted_twice(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    team = visit("sampling", width="phone")
    team.go("/")
    expect(team.page.locator("h1")).to_contain_text("先采这些")
    first = team.page.locator("#spots li").first
    assert "逾期" in first.inner_text(), "what is overdue stands first"
    assert "为什么" in first.inner_text(), "and says why"
    team.page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    before, began, taps = tubes(site), time.monotonic(), Taps()
    with team.leaving():
        taps.on(first.get_by_role("link", name="开始采样"))

    team.context.set_offline(True)
    listed = people_at(team)
    assert listed.count() >= 2, "a place with hardly anybody shows nothing"
    names = [listed.nth(at).get_attribute("data-person") for at in range(2)]
    for number, person in enumerate(names):
        expect(team.page.locator("input[name=tube]")).to_be_focused()
        team.page.keyboard.type(f"TUBE-{number}")  # the scanner
        taps.on(team.page.locator(f'li.who[data-person="{person}"] label'))
        taps.on(team.page.get_by_role("button", name="这一管采好了"))
        expect(team.page.locator("#unsent")).to_contain_text(f"尚未发送：{number + 1}")
        expect(team.page.locator(f'li.who[data-person="{person}"]')).to_contain_text(
            f"已在试管 TUBE-{number}"
        )
    assert tubes(site) == before, "nothing can have arrived"

    # The same number once more, and a person who is in a tube already: both are stopped on the phone.
    expect(team.page.locator("input[name=tube]")).to_be_focused()
    team.page.keyboard.type("TUBE-0")
    other = people_at(team)
    if other.count():
        other.first.locator("label").tap()
        team.page.get_by_role("button", name="这一管采好了").tap()
        expect(team.page.locator(".tube-form .save-note")).to_contain_text("刚用过")
    assert team.page.locator(f'li.who[data-person="{names[0]}"] input').is_disabled()

    team.context.set_offline(False)
    expect(team.page.locator("#unsent")).not_to_contain_text("尚未发送")
    say(f"two tubes: {taps.count} taps, {time.monotonic() - began:.1f} s of the machine")
    assert taps.count == 1 + 2 * 2
    arrived = tubes(site)
    assert {one: arrived[one] for one in ("TUBE-0", "TUBE-1")} == dict.fromkeys(
        ("TUBE-0", "TUBE-1"), ("single", 1)
    )

    team.go("/laboratory/sampling/tubes/")
    assert "TUBE-0" in team.page.inner_text("main")


@pytest.mark.orders("D1-48")
def test_members_of_a_positive_pool_are_sampled_alone_and_no_other_way(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    team = visit("sampling")
    team.go("/laboratory/sampling/")
    team.speak("en")
    pool = team.page.locator("#pools li").first
    assert "pool/harbour-" in pool.inner_text()
    assert "positive" in pool.inner_text()
    assert "☎" in pool.inner_text(), "the telephone is at hand"
    again = team.page.locator("#pools a[href^='/persons/']")
    persons = [str(one.get_attribute("href")).split("/")[2] for one in again.all()][:2]
    place = site.ask(
        "SELECT area FROM ledger_obligation WHERE about = %s AND rule = 'pool-resample'", persons[:1]
    )
    team.go(f"/laboratory/sampling/session/?at={place[0][0]}")
    row = team.page.locator(f'li.who[data-person="{persons[0]}"]')
    expect(row).to_contain_text("alone")
    row.locator("input").check()
    team.page.locator("details.others summary").click()
    team.page.fill("input[name=other]", persons[1])
    team.page.fill("input[name=tube]", "ALONE-1")
    team.page.get_by_role("button", name="Tube done").click()
    expect(team.page.locator(".tube-form .save-note")).to_contain_text("must be alone")
    team.page.fill("input[name=other]", "")
    team.page.get_by_role("button", name="Tube done").click()
    expect(row).to_contain_text("in tube ALONE-1")
    # It says so as well where the tube is still kept on the phone, as when the server takes long.
    once(lambda: tubes(site).get("ALONE-1"), lambda found: found == ("single", 1))
    team.speak("zh")
