"""A father is taken away; his child is asked for, put on record, and never alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.journeys.acting import Taps, door, obligation, once_shown
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

HOME, HOUSEHOLD = "灯塔社区3号楼104室", "household/H07"
FATHER, CHILD = "H07-2", "H07-3"
NEIGHBOUR = "H08-1"  # lives alone; who cared for her was taken away, and nobody came yesterday


@pytest.mark.orders("D2-77", "D2-61")
def test_who_depends_on_somebody_taken_away_is_asked_and_visited_the_same_day(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    worker = visit("community", width="phone")
    worker.go("/community/?when=overdue")
    card = door(worker, HOME)
    expect(card).to_contain_text("逾期")
    taps = Taps()
    taps.on(card.locator("summary").first)
    asked = card.locator("fieldset.depending").filter(
        has=worker.page.locator(f'[name="depends:{FATHER}:{CHILD}"]')
    )
    expect(asked).to_contain_text("靠此人照料吗")
    taps.on(asked.locator("label").filter(has_text="儿童"))
    taps.on(card.locator("form button.btn-primary"))
    expect(worker.page.locator("main")).to_contain_text("每天上门")
    say(f"who depends on the father, on record: {taps}")
    assert taps.count == 3
    assert obligation(site, FATHER, "record_dependants", ("met", "met_late"))

    # From now on somebody must go to the child every day; today it is this worker, at the same door.
    assert obligation(site, CHILD, "welfare_visit", ("open",))[0] == (
        "office/drill/harbour/quay/lantern/community"
    )
    here = f"/community/household/{HOUSEHOLD}/"
    due = once_shown(worker, here, "fieldset.member", "走访照料")
    expect(due).to_contain_text("明天 12:00 起转民政部门")  # if nobody goes
    taps = Taps()
    taps.on(worker.page.locator(f'label:has([name="answer:{CHILD}"][value="well"])'))
    taps.on(worker.page.locator("main form button.btn-primary").first)
    expect(worker.page.locator("main")).to_contain_text("探视照护：良好")
    say(f"the child seen today: {taps}")
    assert obligation(site, CHILD, "welfare_visit", ("met",))


@pytest.mark.orders("D2-77")
def test_who_was_left_alone_yesterday_is_known_to_civil_affairs(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    civil = visit("civil-affairs")
    civil.go("/")
    civil.speak("en")
    here = f"/lists/obligations/all/?about={NEIGHBOUR}&verb=welfare_visit"
    row = once_shown(civil, here, ".rows tbody tr", "missed")
    assert "yesterday" in row.inner_text()
    with civil.leaving():
        row.get_by_role("link", name="why?").click()
    told = civil.page.locator("main")
    expect(told).to_contain_text("H20-1")  # who cared for her, and was taken away
    expect(told).to_contain_text("civil affairs")
    civil.speak("zh")
