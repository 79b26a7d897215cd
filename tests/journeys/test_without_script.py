"""The pages without JavaScript, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

from tests.journeys.acting import door
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

MOST_STEPS = 120  # presses of the tabulator to something on a page


def test_the_main_pages_work_without_javascript(visit: Callable[..., Visitor]) -> None:
    worker = visit("community", javascript=False, width="phone")
    worker.go("/community/")
    worker.speak("en")
    worker.speak("zh")
    for address in ("/", "/community/", "/lists/obligations/to-do/", "/policy/rules/", "/facts/"):
        answer = worker.go(address)
        assert answer is not None
        assert answer.status == 200
        assert worker.page.locator("h1").count() == 1, f"{address} has no heading"
    worker.go("/lists/obligations/to-do/?verb=check_health")
    assert worker.page.locator(".rows tbody tr").count()


def test_a_visit_is_recorded_without_javascript(site: Site, visit: Callable[..., Visitor]) -> None:
    worker = visit("community", javascript=False, width="phone")
    worker.go("/community/")
    card = door(worker, "灯塔社区3号楼201室")  # H08-1: to be looked after
    card.locator("summary").first.click()
    card.locator("label.answer-well").first.click()
    with worker.leaving():
        card.locator("form button.btn-primary").click()
    assert worker.page.locator(".result-recorded, .result-lines .state-met").count()
    assert site.ask("SELECT count(*) FROM fact_visits WHERE person = 'H08-1'") == [(1,)]


def test_from_signing_in_to_a_saved_visit_by_keyboard_alone(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    worker = visit()
    worker.go("/demo/personas/")
    _reach(worker, 'button[name="username"][value="community"]')
    with worker.leaving():
        worker.page.keyboard.press("Enter")
    _reach(worker, 'nav a[href="/community/"]')
    with worker.leaving():
        worker.page.keyboard.press("Enter")
    worker.page.keyboard.press("Tab")
    assert worker.page.evaluate("document.activeElement.className") == "skip", (
        "the first step skips the frame"
    )
    worker.page.keyboard.press("Enter")
    _reach(worker, "details.door summary", text="灯塔社区1号楼304室")
    worker.page.keyboard.press("Enter")
    _reach(worker, 'details.door[open] input[type="radio"]')
    worker.page.keyboard.press("Space")
    for _ in range(4):
        if worker.page.evaluate("document.activeElement.value") == "well":
            break
        worker.page.keyboard.press("ArrowRight")
    _reach(worker, "details.door[open] form button.btn-primary")
    worker.page.keyboard.press("Enter")
    worker.page.wait_for_selector("details.door.is-done")


def _reach(visitor: Visitor, selector: str, text: str = "") -> None:
    """Go on by the tabulator until this has the focus, and see that the focus can be seen."""
    for _ in range(MOST_STEPS):
        visitor.page.keyboard.press("Tab")
        found = visitor.page.evaluate(
            "([selector, text]) => document.activeElement.matches(selector)"
            " && document.activeElement.textContent.includes(text)",
            [selector, text],
        )
        if found:
            outline = visitor.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{selector} does not show that it has the focus"
            return
    raise AssertionError(f"{MOST_STEPS} steps do not reach {selector} {text}")
