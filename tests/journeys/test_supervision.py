"""A finding on its way: seen on the spot, put right by the place, checked again, and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.journeys.acting import Taps, obligation, once, once_shown
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

from sizao_web.demo.drawing import gate

MARKET = "market/harbour"
SEEN = "北门值守人员不看体温（演练）"
PICTURE: Any = {"name": "gate.png", "mimeType": "image/png", "buffer": gate()}


@pytest.mark.orders("D1-11", "D1-13", "D1-68", "D2-98")
def test_a_finding_is_closed_only_when_the_second_check_saw_it_right(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    inspector, place = visit("supervision", width="phone"), visit("market", width="phone")

    # On the spot: the place, what is wrong, how serious, a photograph.
    inspector.go("/supervision/")
    taps = Taps()
    with inspector.leaving():
        taps.on(inspector.page.get_by_role("link", name="开始检查"))
    expect(inspector.page.locator("#place")).to_be_focused()
    inspector.page.keyboard.type(MARKET)
    inspector.page.locator("#kind-1").select_option("inattentive_post")
    taps.on(inspector.page.locator('label:has([name="severity-1"][value="serious"])'))
    inspector.page.locator("#note-1").fill(SEEN)
    inspector.page.locator("#photo-1").set_input_files([PICTURE])
    with inspector.leaving():
        taps.on(inspector.page.get_by_role("button", name="保存检查"))
    expect(inspector.page.locator("main")).to_contain_text(SEEN)
    say(f"an inspection with a photograph: {taps}, and the camera")
    ((finding,),) = site.ask("SELECT finding FROM fact_findings WHERE note = %s", [SEEN])
    limit = _limit(site, finding)

    # The place reads it in English, and says too early that it is right.
    _put_right(place, finding, "Somebody was told.", [], say)

    # The inspector goes there and sees that it is not: due again, with the limit that it had.
    _check_again(inspector, finding, "未到位", "仍然没有人看（演练）")
    expect(inspector.page.locator("main")).to_contain_text("原时限不变")
    once_shown(inspector, f"/supervision/findings/{finding}/", ".clocks", "整改")
    assert obligation(site, MARKET, "rectify", ("open",))[0] == MARKET
    once(lambda: _statuses(site, finding), lambda found: found.get("rectify") == "open")
    assert _limit(site, finding) == limit

    # Put right once more; this time the check sees it, and the finding is closed.
    _put_right(place, finding, "Two people at the gate, one looks at the screen.", [PICTURE], say)
    _check_again(inspector, finding, "已到位", "")
    expect(inspector.page.locator(".tags")).to_contain_text("复查通过")
    expect(inspector.page.locator(".photos img")).to_have_count(2)  # what was found, and what it is now
    closed = {"rectify": "met", "recheck": "met"}
    once(lambda: _statuses(site, finding), lambda found: found == closed)


def _put_right(
    place: Visitor, finding: str, what: str, photos: list[Any], say: Callable[[str], None]
) -> None:
    """The place sees the finding among what it must do, and says what it did, with a photograph."""
    once_shown(place, "/supervision/", "#ours ~ ol .work-item, ol.work .work-item", SEEN)
    place.speak("en")
    taps = Taps()
    with place.leaving():
        taps.on(place.page.locator(f'a.work-link[href="/supervision/findings/{finding}/"]').first)
    expect(place.page.locator("h1")).to_contain_text("inattentive")
    place.page.locator("form.act #note").fill(what)
    place.page.locator("form.act #photo").set_input_files(photos)
    with place.leaving():
        taps.on(place.page.get_by_role("button", name="Put right: have it checked"))
    expect(place.page.locator(".tags")).to_contain_text("put right, to be checked again")
    say(f"a finding put right: {taps}")
    place.speak("zh")


def _check_again(inspector: Visitor, finding: str, outcome: str, note: str) -> None:
    once_shown(inspector, "/supervision/", ".work-item", "复查")
    once_shown(inspector, f"/supervision/findings/{finding}/", ".tags", "待复查")
    inspector.page.locator(".choice").filter(has_text=outcome).tap()
    inspector.page.locator("form.act #note").fill(note)
    with inspector.leaving():
        inspector.page.get_by_role("button", name="保存复查结果").tap()
    expect(inspector.page.locator(".tags")).not_to_contain_text("待复查")


def _of_finding(site: Site, finding: str, columns: str) -> list[tuple[object, ...]]:
    return site.ask(
        f"SELECT {columns} FROM ledger_obligation AS o JOIN fact_findings AS f"
        " ON o.trigger_key = encode(int8send(f.key_hi) || int8send(f.key_lo), 'hex')"
        " WHERE f.finding = %s AND f.action = 'record' AND o.withdrawn_at IS NULL",
        [finding],
    )


def _limit(site: Site, finding: str) -> object:
    found = once(lambda: dict(_of_finding(site, finding, "verb, due_at")), lambda rows: "rectify" in rows)  # type: ignore[arg-type]
    return found["rectify"]


def _statuses(site: Site, finding: str) -> dict[object, object]:
    return dict(_of_finding(site, finding, "verb, status"))  # type: ignore[arg-type]
