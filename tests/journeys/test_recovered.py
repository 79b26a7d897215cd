"""A morning with the recovered: a positive result and what follows, a follow-up, a hand-over with receipt."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.journeys.acting import Pace, once
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

LONGEST = 60.0  # seconds for one follow-up with a tube on an idle machine, where it is two or three


@pytest.mark.orders("D1-50", "D1-51", "D1-52", "D1-53", "D1-54")
def test_the_doctor_sees_who_is_positive_again_records_a_visit_and_takes_somebody_over(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    hospital, doctor = visit("hospital"), visit("family-doctor")
    # Looked at first: the doctor's visit below is proof for the hospital as well, as soon as it is derived.
    hospital.go("/")
    expect(hospital.page.locator("#see-overdue li")).to_contain_text("H45-2")
    expect(hospital.page.locator("#see-today li")).to_contain_text("H46-1")
    doctor.go("/")
    doctor.speak("en")
    expect(doctor.page.locator("h1")).to_contain_text("The recovered")
    expect(doctor.page.locator("#positive li")).to_have_count(1)
    with doctor.leaving():
        doctor.page.locator("#positive li a.btn").click()
    following = doctor.page.locator("#consequences li")
    expect(following).to_have_count(1)
    expect(following).to_contain_text("the county hospital isolates them again")
    expect(following).to_contain_text("article 39")
    expect(doctor.page.locator("#year li.ahead").last).to_contain_text("the year ends")
    doctor.speak("zh")

    # One who is due this week: open, one answer, the tube, save.
    doctor.go("/recovered/")
    pace = Pace(doctor)
    with doctor.leaving():
        doctor.page.locator("#see-later li", has_text="H45-2").locator("a.btn").click()
    doctor.page.locator('label.choice:has([value="well"])').click()
    doctor.page.locator("#tube").fill("演R-0001")
    with doctor.leaving():
        doctor.page.get_by_role("button", name="保存").click()
    expect(doctor.page.locator(".alert-success")).to_contain_text("演R-0001")
    took = pace.took(LONGEST, pages=2)
    say(f"a follow-up with a tube: 3 taps and a scan, {took:.1f} s of the machine")
    expect(doctor.page.locator("#year")).to_contain_text("随访：良好")
    assert site.ask("SELECT count(*) FROM fact_visits WHERE recorded_by = 'family-doctor'") == [(1,)]
    assert site.ask("SELECT kind, laboratory FROM fact_samples WHERE sample = '演R-0001'") == [
        ("single", "laboratory/harbour")
    ]

    # Discharged yesterday: the hospital offers, the doctor accepts, both have the receipt.
    hospital.go("/")
    began = time.monotonic()
    with hospital.leaving():
        hospital.page.locator("#not-handed li", has_text="H45-1").locator("a.btn").click()
    with hospital.leaving():
        hospital.page.get_by_role("button", name="移交", exact=True).click()
    expect(hospital.page.locator(".paper")).to_contain_text("待接收")
    doctor.go("/recovered/")
    with doctor.leaving():
        doctor.page.locator("#to-us li", has_text="H45-1").get_by_role("button", name="接收").click()
    expect(doctor.page.locator(".paper")).to_contain_text("移交回执")
    assert "待接收" not in doctor.page.inner_text(".paper")
    say(f"a hand-over with receipt: 3 taps of two people, {time.monotonic() - began:.1f} s of the machine")
    hospital.go("/recovered/")
    expect(hospital.page.locator("#not-handed li", has_text="H45-1")).to_have_count(0)

    # The doctor's visit is also the one that the hospital was late with: whoever went, it is proved once.
    once(lambda: _overdue(hospital), lambda people: not any("H45-2" in one for one in people))


def _overdue(hospital: Visitor) -> list[str]:
    """Whom the hospital is late with."""
    hospital.go("/recovered/")
    return hospital.page.locator("#see-overdue li").all_inner_texts()
