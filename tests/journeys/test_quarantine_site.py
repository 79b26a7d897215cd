"""A morning at the quarantine site: a family is taken in, a floor is measured, somebody goes home."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

SITE = "quarantine-site/harbour"


def rooms_of(site: Site, household: str) -> list[str]:
    """Rooms in which people of a household are now."""
    rows = site.ask(
        "SELECT room FROM fact_room_stays AS s WHERE person LIKE %s AND place = %s AND until_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM fact_room_stays AS l WHERE l.key_hi = s.key_hi"
        " AND l.key_lo = s.key_lo AND l.source_version > s.source_version) ORDER BY person",
        [f"{household}-%", SITE],
    )
    return [room for (room,) in rows]


@pytest.mark.orders("D1-17")
def test_a_family_of_three_is_taken_in_with_two_taps_and_shares_a_room(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    manager = visit("site", width="phone")
    manager.go("/")
    expect(manager.page.locator("h1")).to_contain_text("中午前先办这些")
    first = manager.page.locator("#parties li").first
    assert "逾期" in first.inner_text(), "what is overdue stands first"
    assert "为什么" in first.inner_text(), "and says why"
    assert rooms_of(site, "H12") == []

    began, taps = time.monotonic(), 0
    with manager.leaving():
        manager.page.locator('a[href^="/quarantine/admit/H12-"]').tap()
    taps += 1
    with manager.leaving():
        manager.page.locator(".placing button.btn-primary").tap()
    taps += 1
    # The first tap's own page may still be reporting that it has come: what is waited for is the answer.
    expect(manager.page.locator("main")).to_contain_text("已入住")

    say(f"a family of three taken in: {taps} taps, {time.monotonic() - began:.1f} s of the machine")
    rooms = rooms_of(site, "H12")
    assert len(rooms) == 3
    assert len(set(rooms)) == 1, "the family shares a room"
    assert site.ask("SELECT count(*) FROM fact_stays WHERE person LIKE 'H12-%%' AND place = %s", [SITE]) == [
        (3,)
    ], "that they stay on the grounds is on record too; nobody was asked for it"
    manager.go("/quarantine/")
    assert not manager.page.locator('a[href^="/quarantine/admit/H12-"]').count(), "nobody is expected twice"


def test_a_floor_is_measured_by_keys_alone_and_a_fever_is_told_at_once(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    manager = visit("site")
    manager.go("/quarantine/")
    manager.speak("en")
    manager.go("/quarantine/checks/?floor=2")
    fields = manager.page.locator("input[name^='temperature:']")
    guests = fields.count()
    assert guests >= 5, "a floor with hardly anybody shows nothing"
    expect(fields.first).to_be_focused()

    began, keys = time.monotonic(), 0
    for number in range(guests):
        typed = "384" if number == 2 else "365"
        manager.page.keyboard.type(typed)
        manager.page.keyboard.press("Enter")
        keys += len(typed) + 1
    with manager.leaving():
        manager.page.keyboard.press("Enter")  # the focus has come to the button
    keys += 1

    say(f"a floor of {guests}: {keys} keys, {time.monotonic() - began:.1f} s of the machine")
    assert keys == 4 * guests + 1
    told = manager.page.locator("main .alert-danger").inner_text()
    assert "38.4" in told
    assert "fever clinic" in told
    ((count,),) = site.ask("SELECT count(*) FROM fact_health_checks WHERE recorded_by = 'site'")
    assert count == guests

    with manager.leaving():
        manager.page.get_by_role("button", name="A mistake").click()
    assert "taken back" in manager.page.inner_text("main")
    manager.speak("zh")


@pytest.mark.orders("D2-44")
def test_a_release_is_printed_when_every_reason_has_ended_and_not_a_day_sooner(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    manager = visit("site")
    manager.go("/quarantine/papers/release/H25-1/")
    assert "现在不能解除" in manager.page.inner_text("main"), "the quarantine of H25-1 ends this evening"
    assert not manager.page.locator(".paper").count()

    manager.go("/quarantine/")
    began, taps = time.monotonic(), 0
    with manager.leaving():
        manager.page.locator('#ends a[href="/quarantine/release/H41-2/"]').click()
    taps += 1
    with manager.leaving():
        manager.page.get_by_role("button", name="解除并打印").click()
    taps += 1
    say(f"a release with its paper: {taps} taps, {time.monotonic() - began:.1f} s of the machine")
    paper = manager.page.locator(".paper").inner_text()
    assert "解除隔离医学观察告知书" in paper
    assert "order/harbour-042" in paper
    assert rooms_of(site, "H41") == ["216"], "who stays is still in the room"
