"""A morning at the laboratory: tubes scanned in, a batch by keys, a positive pool, a correction."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.journeys.acting import once
from tools.browsing.site import Site
from tools.browsing.watching import Visitor


def results(site: Site) -> dict[str, str]:
    """Tube -> result, of those that the technician entered."""
    rows = site.ask(
        "SELECT sample, result FROM fact_results WHERE recorded_by = 'laboratory' AND action = 'record'"
    )
    return dict(rows)


@pytest.mark.orders("D1-48")
def test_a_batch_is_entered_by_keys_and_a_positive_pool_obliges_each_of_its_people(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    bench = visit("laboratory")
    before = results(site)  # of other journeys in this city
    bench.go("/")
    bench.speak("en")
    expect(bench.page.locator("h1")).to_contain_text("Before noon")
    assert "late" in bench.page.locator("#bench li").first.inner_text().lower(), "what is late stands first"

    # Two tubes on their way are scanned: each number ends with Enter.
    bench.go("/laboratory/receive/")
    expect(bench.page.locator("textarea")).to_be_focused()
    began, keys = time.monotonic(), 0
    for tube in ("tube/harbour-101", "tube/harbour-102"):
        bench.page.keyboard.type(tube)
        bench.page.keyboard.press("Enter")
    with bench.leaving():
        bench.page.get_by_role("button", name="Receive these").click()
    told = bench.page.locator(".alert-success")
    expect(told).to_contain_text("Received: 2")
    assert "No sampling" not in told.inner_text(), "both numbers came as they stand on the tubes"

    bench.go("/laboratory/results/")
    tubes = bench.page.locator("tr[data-row]")
    count = tubes.count()
    assert count >= 6, "a sheet with hardly a tube shows nothing"
    expect(tubes.first.locator("input:focus")).to_have_count(1)  # the keys begin at the first tube
    # Enter in the time says nothing about any tube, only a button does: it leads to the first tube.
    bench.page.locator("input[name=at]").press("Enter")
    expect(tubes.first.locator("input:focus")).to_have_count(1)
    at = next(n for n in range(count) if "tube/harbour-101" in tubes.nth(n).inner_text())
    for key in [*["ArrowDown"] * at, "p"]:
        bench.page.keyboard.press(key)
        keys += 1
    bench.page.get_by_role("button", name="The rest is negative").focus()
    with bench.leaving():
        bench.page.keyboard.press("Enter")
    keys += 1
    read_back = bench.page.locator("#bad").inner_text()
    assert "tube/harbour-101" in read_back
    assert "sample each member alone" in read_back
    expect(bench.page.get_by_role("button", name="Right: save")).to_be_focused()
    with bench.leaving():
        bench.page.keyboard.press("Enter")
    keys += 1
    expect(bench.page.locator(".alert-success")).to_contain_text("Results recorded")
    say(f"a batch of {count} with one positive: {keys} keys, {time.monotonic() - began:.1f} s of the machine")
    found = {sample: result for sample, result in results(site).items() if sample not in before}
    assert len(found) == count
    assert found["tube/harbour-101"] == "positive"
    assert set(found.values()) == {"positive", "negative"}

    people = {"H32-1", "H33-1", "H39-1"}
    obliged = (
        "SELECT about FROM ledger_obligation WHERE rule = 'pool-resample' AND withdrawn_at IS NULL"
        " AND about = ANY(%s)"
    )
    # Each is due alone, by the rule of the pack.
    once(lambda: {about for (about,) in site.ask(obliged, [list(people)])}, lambda found: found == people)

    # The run was mixed up: the result is corrected, and with it what followed.
    bench.go("/laboratory/")
    with bench.leaving():
        bench.page.locator("#given li", has_text="tube/harbour-101").get_by_role(
            "link", name="Correct"
        ).click()
    assert "tube/harbour-101" in bench.page.inner_text("main")
    bench.speak("zh")
