"""A visit to a household of four, a baby and an older person among them, through a connection that is cut."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Route, expect
from tests.journeys.acting import Taps, door, health_checks, once
from tools.browsing.site import Site
from tools.browsing.watching import PATIENCE, Visitor

HOME = "灯塔社区1号楼203室"
TODAY = "2020-11-10"


def test_a_visit_without_connection_is_neither_lost_nor_counted_twice(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    worker = visit("community", width="phone")
    worker.go("/community/")
    worker.page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    before = health_checks(site, "H02", since=TODAY)
    worker.context.set_offline(True)

    taps, card = Taps(), door(worker, HOME)
    taps.on(card.locator("summary").first)
    well = card.locator("label.answer-well")
    assert well.count() == 4, "four people are to be asked"
    for one in well.all():
        taps.on(one)
    taps.on(card.locator("form button.btn-primary"))

    assert taps.count <= 6, f"{taps.count} taps for a household of four"
    expect(worker.page.locator("#unsent")).to_contain_text("尚未发送：1")
    assert health_checks(site, "H02", since=TODAY) == before, "nothing can have arrived"

    worker.page.goto(f"{worker.address}/community/", wait_until="load")
    expect(worker.page.locator("h1")).to_contain_text("没有连接")
    expect(worker.page.locator("#unsent")).to_contain_text("尚未发送：1")

    worker.context.set_offline(False)  # the page notices by itself, goes back to the list and sends
    expect(worker.page.locator("h1")).to_contain_text("上门")
    # A page that has only just come says nothing yet of what it keeps: what is waited for is that it arrived.
    once(lambda: health_checks(site, "H02", since=TODAY), lambda found: found >= before + 4)
    worker.page.wait_for_function("!JSON.parse(localStorage.getItem('sizao-unsent') || '[]').length")
    expect(worker.page.locator("#unsent")).not_to_contain_text("尚未发送")
    assert health_checks(site, "H02", since=TODAY) == before + 4


def test_an_answer_that_is_lost_on_its_way_back_counts_once(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    def visits() -> int:
        ((count,),) = site.ask("SELECT count(*) FROM fact_visits WHERE person LIKE 'H05-%%'")
        return int(count)

    # What a service worker passes on, the driver of the browser does not always see, and then loses nothing.
    worker, before = visit("community", width="phone", service_workers="block"), visits()
    # Nor does the page try again by itself: that is the other test's, and here would take the button away.
    worker.page.add_init_script("window.setInterval = () => 0")
    worker.go("/community/")
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch(timeout=PATIENCE * 1000).text())  # the server has it, and has said so
        route.abort()

    worker.page.route("**/community/record/", lose_the_first_answer)
    card = door(worker, "灯塔社区2号楼202室")
    card.locator("summary").first.tap()
    for one in card.locator("label.answer-well").all():
        one.tap()
    card.locator("form button.btn-primary").tap()
    expect(worker.page.locator("#unsent")).to_contain_text("尚未发送：1")
    worker.page.locator("#unsent button").first.tap()
    expect(worker.page.locator("#unsent")).not_to_contain_text("尚未发送")
    assert lost, "the answer was not lost, so this shows nothing"
    assert visits() == before + 2
