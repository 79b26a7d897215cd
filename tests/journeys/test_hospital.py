"""A morning at the hospital: its gates and its booking before ten."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.journeys.acting import Taps, obligation
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

HOSPITAL = "hospital/harbour"
TODAY = "2020-11-10"


@pytest.mark.orders("D1-28", "D1-30")
def test_the_four_gates_are_recorded_by_one_tap_and_a_problem_by_words(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    desk = visit("hospital-desk", width="phone")
    desk.go("/clinic/gates/")
    wards, entrance = desk.page.locator("#gate_ward"), desk.page.locator("#gate_entrance")
    expect(entrance).to_contain_text("正常")  # a colleague was there at half past seven
    expect(wards).to_contain_text("10:00")
    expect(wards).to_contain_text("病区门口已设登记台")  # yesterday's words, not asked again
    expect(desk.page.locator("#late li")).to_have_count(2)

    # In the wards something is wrong: it takes words, and what was typed is kept.
    taps = Taps()
    taps.on(wards.locator("summary"))
    with desk.leaving():
        taps.on(wards.get_by_role("button", name="还没纠正"))
    expect(desk.page.locator(".alert-danger")).to_contain_text("请写明是什么问题")
    desk.page.locator("#words-gate_ward").fill("三病区没有登记探视者（虚构）")
    with desk.leaving():
        taps.on(wards.get_by_role("button", name="还没纠正"))
    expect(wards).to_contain_text("存在问题")
    say(f"a gate that is not in order: {taps} and a sentence")
    assert taps.count == 3

    # The other three are in order: one tap.
    taps = Taps()
    with desk.leaving():
        taps.on(desk.page.get_by_role("button", name="其余 3 项查过了"))
    expect(desk.page.locator("#gate_outpatient .state")).to_contain_text("正常")
    say(f"the other gates and the booking: {taps}")
    assert taps.count == 1
    for verb in ("check_gate_outpatient", "check_gate_admission", "check_slot_booking"):
        obligation(site, HOSPITAL, verb, ("met",), on=TODAY)
    obligation(site, HOSPITAL, "check_gate_ward", ("open",), on=TODAY)  # what is wrong proves nothing

    # Put right, with what was done; what was wrong stays to be read.
    wards.locator('input[name="words"]').fill("登记台已有人值守（虚构）")
    with desk.leaving():
        wards.get_by_role("button", name="已当场纠正").click()
    expect(wards.locator(".state")).to_contain_text("当场纠正")
    expect(wards).to_contain_text("三病区没有登记探视者")
    obligation(site, HOSPITAL, "check_gate_ward", ("met",), on=TODAY)

    # It was the wrong row: taken back, the gate is wrong again, as it was before.
    with desk.leaving():
        wards.get_by_role("button", name="填错了，撤回").click()
    expect(wards.locator(".state")).to_contain_text("存在问题")
    obligation(site, HOSPITAL, "check_gate_ward", ("open",), on=TODAY)
