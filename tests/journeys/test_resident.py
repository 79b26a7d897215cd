"""A close contact at the site, on an old phone: why, until when, who looked; declare, appeal, be answered."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.journeys.acting import Taps
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

ME = "H20-1"


@pytest.mark.orders("D2-25", "D2-44")
def test_who_is_restricted_reads_why_sees_who_looked_appeals_and_reads_the_answer(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    me, taps = visit("resident", width="phone"), Taps()
    me.go("/")
    bound = me.page.locator(".me .bound").first
    expect(bound).to_contain_text("至")
    expect(bound).to_contain_text("还有")

    # Why: the rule, its source, the facts about oneself, and whom to call.
    with me.leaving():
        taps.on(me.page.get_by_role("link", name="为什么？接下来呢？").first)
    expect(me.page.locator("#rule")).to_be_visible()
    expect(me.page.locator("main")).to_contain_text("出处")
    expect(me.page.locator("#facts ~ ul li, #facts ~ p").first).to_be_visible()
    row = re.search(r"/own/why/([0-9a-f-]+)/", me.page.url)
    assert row is not None

    # Appeal against this, in so many words; what it is against is known already.
    with me.leaving():
        taps.on(me.page.get_by_role("link", name="对这一项申诉"))
    me.page.locator("#ground").select_option("not_there")
    me.page.locator("#statement").fill("当天在外地出差（演练）")
    with me.leaving():
        taps.on(me.page.get_by_role("button", name="提交申诉"))
    expect(me.page.locator("main .alert-success")).to_contain_text("申诉已收到")
    expect(me.page.locator("#appeals ~ ul li").first).to_contain_text("审理中")
    say(f"why, and an appeal: {taps}")
    assert taps.count == 3
    assert site.ask("SELECT person, obligation FROM fact_appeals WHERE person = %s", [ME]) == [
        (ME, row.group(1))
    ]

    # Declare: nothing on record is asked again, and the same form sent twice counts once.
    taps = Taps()
    me.go("/public/own/declare/")
    assert not me.page.locator('main [name="name"], main [name="telephone"]').count()
    if me.page.locator(f'input[name=person][value="{ME}"]').count():
        me.page.locator(f'input[name=person][value="{ME}"]').check()
    taps.on(me.page.locator('label:has(input[name=receivers][value="community"])'))
    taps.on(me.page.locator('label:has(input[name=symptoms][value="no"])'))
    with me.leaving():
        taps.on(me.page.locator("main form.entry-form button.btn-primary"))
    expect(me.page.locator("#declared ~ ul li").first).to_contain_text("无症状")
    say(f"a declaration: {taps}")
    assert site.ask(
        "SELECT count(*) FROM fact_declarations WHERE person = %s AND recorded_by = 'resident'", [ME]
    ) == [(1,)]

    # The commission opens the person, decides with reasons; without reasons it may not.
    office = visit("health-commission")
    office.go(f"/persons/{ME}/")
    office.go("/appeals/")
    mine = office.page.locator("ul[data-list] > li", has_text="当天在外地出差")
    with office.leaving():
        mine.get_by_role("button", name="决定").click()
    expect(office.page.locator("main .alert-danger")).to_be_visible()
    mine.locator('input[name=outcome][value="upheld"]').check()
    mine.locator("textarea").fill("同车次核对属实，维持（演练）")
    with office.leaving():  # that it may stand is a choice of the form before
        mine.get_by_role("button", name="决定").click()
    expect(mine.locator(".state-met")).to_contain_text("维持")

    # The person reads the answer in English, and that the commission looked, without anybody's name.
    me.speak("en")
    me.go("/public/own/appeal/")
    answer = me.page.locator("#appeals ~ ul li").first
    expect(answer).to_contain_text("it stands")
    expect(answer).to_contain_text("同车次核对属实")
    me.go(f"/public/own/looked/{ME}/")
    looks = me.page.locator("ul[data-list] li")
    expect(looks.filter(has_text="health commission").first).to_be_visible()
    expect(looks.filter(has_text="yourself").first).to_be_visible()
    me.speak("zh")
