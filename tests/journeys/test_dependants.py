"""A father is taken away; his child is asked for, put on record, in somebody's care, and never alone."""

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
UPSTAIRS = ("H04-2", "杜演石")  # lives in the next house
AUNT, HER_NUMBER = "演姨（虚构）", "000-9001-0000"


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

    # Nobody at home can care for the child: both parents are away. A neighbour is asked, and accepts.
    assert obligation(site, CHILD, "in_named_care", ("overdue",))
    taps = Taps()
    taps.on(worker.page.get_by_role("link", name="接着写明谁来照护"))
    expect(worker.page.locator("h1")).to_contain_text("谁来照护")
    expect(worker.page.locator("main")).to_contain_text("还没有人答应")
    expect(worker.page.locator("#at-home")).to_have_count(0)
    worker.page.locator("#look-up").fill(UPSTAIRS[1])
    taps.on(worker.page.get_by_role("button", name="查找"))
    neighbour = worker.page.locator("#found li").filter(has_text=UPSTAIRS[0])
    expect(neighbour).to_contain_text(UPSTAIRS[1])
    taps.on(neighbour.get_by_role("button", name="答应照护"))
    expect(worker.page.locator("#caring")).to_contain_text(UPSTAIRS[1])
    say(f"a neighbour named who cares for the child: {taps}")
    assert taps.count == 3
    assert obligation(site, CHILD, "in_named_care", ("met_late",))

    # She falls ill: from that moment nobody cares, which is overdue at once. A stranger here, an aunt, comes.
    taps = Taps()
    taps.on(worker.page.locator("#caring").get_by_role("button", name="不能再照护了"))
    expect(worker.page.locator("#caring")).to_contain_text("还没有人答应")
    assert obligation(site, CHILD, "in_named_care", ("overdue",))
    taps.on(worker.page.locator("summary").filter(has_text="不在册的人"))
    worker.page.locator("#name").fill(AUNT)
    taps.on(worker.page.locator("details.door button.btn-primary"))
    expect(worker.page.locator(".alert-danger")).to_contain_text("姓名和电话")
    expect(worker.page.locator("#name")).to_have_value(AUNT)  # what was typed is kept
    worker.page.locator("#telephone").fill(HER_NUMBER)
    taps.on(worker.page.locator("details.door button.btn-primary"))
    expect(worker.page.locator("#caring")).to_contain_text(AUNT)
    expect(worker.page.locator(f'#caring a[href="tel:{HER_NUMBER}"]')).to_have_count(1)
    say(f"the carer can no longer, and an aunt is named: {taps}")
    assert taps.count == 4
    assert obligation(site, CHILD, "in_named_care", ("met_late",))

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


@pytest.mark.orders("D2-77")
def test_civil_affairs_finds_a_carer_where_the_community_found_none(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    """Whom the community asked last night could not; civil affairs need not wait until it falls to them."""
    civil = visit("civil-affairs")
    assert obligation(site, NEIGHBOUR, "in_named_care", ("overdue",))
    civil.go(f"/lists/obligations/all/?about={NEIGHBOUR}&verb=in_named_care")
    taps = Taps()
    taps.on(civil.page.locator(".rows tbody tr").first.get_by_role("link", name="为什么？"))
    taps.on(civil.page.locator(f'a[href^="/community/carers/{NEIGHBOUR}/"]').first)
    expect(civil.page.locator("main")).to_contain_text("转民政")  # and from when
    expect(civil.page.locator("#before")).to_contain_text("H20-2")  # was asked, and could not
    civil.page.locator("#look-up").fill(UPSTAIRS[0])
    taps.on(civil.page.get_by_role("button", name="查找"))
    expect(civil.page.locator("#found")).to_contain_text(UPSTAIRS[0])
    taps.on(civil.page.locator("#found").get_by_role("button", name="答应照护"))
    expect(civil.page.locator("#caring")).to_contain_text(UPSTAIRS[0])
    say(f"civil affairs names a carer: {taps}")
    assert taps.count == 4
    assert obligation(site, NEIGHBOUR, "in_named_care", ("met_late",))

    # It was somebody else: taken back, she is without anybody again, and it says so.
    with civil.leaving():
        civil.page.locator("#caring").get_by_role("button", name="填错了，撤回").click()
    expect(civil.page.locator("#caring")).to_contain_text("还没有人答应")
    assert obligation(site, NEIGHBOUR, "in_named_care", ("overdue",))
