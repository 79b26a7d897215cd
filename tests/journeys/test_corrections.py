"""A contact is named late; a decision is retracted, and what rested on it goes, with its cause."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect
from tests.journeys.acting import record, rows, rows_once, save, some_rows
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

from sizao.terms.identifiers import hex_key


def test_a_contact_named_late_is_bound_for_what_is_left_and_the_rest_is_said_to_be_too_late(
    visit: Callable[..., Visitor],
) -> None:
    cdc, manager = visit("cdc"), visit("site")
    late, case = "H18-1", {"case": "case/harbour-1", "case_person": "H21-2"}
    named = {"person": late, **case, "kind": "meal", "first_on": "2020-11-05", "last_on": "2020-11-05"}
    record(cdc, "exposures", named)
    decided = {"person": late, **case, "class": "close"}
    record(cdc, "designations", {**decided, "last_exposed_on": "2020-11-05", "designated_on": "2020-11-10"})

    (duty,) = rows_once(manager, 1, "to-do", about=late, verb="central_quarantine")
    assert "集中隔离" in duty
    assert len(rows_once(cdc, 1, "met", about=late, verb="classify_contact")) == 1
    assert some_rows(cdc, "found-too-late", about=late), "a test was over before anybody knew"


def test_a_contact_named_after_the_whole_quarantine_is_bound_by_nothing(
    visit: Callable[..., Visitor],
) -> None:
    cdc, manager = visit("cdc"), visit("site")
    late, case = "H28-2", {"case": "case/harbour-1", "case_person": "H21-2", "class": "close"}
    decided = {"last_exposed_on": "2020-10-30", "designated_on": "2020-11-10"}
    record(cdc, "designations", {"person": late, **case, **decided})
    assert rows_once(cdc, 2, "found-too-late", about=late), "the tests of days 1 and 4"
    assert not rows(manager, "current", about=late, verb="central_quarantine")


def test_a_retraction_withdraws_what_rested_on_it_and_says_why(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    cdc, manager = visit("cdc"), visit("site")
    contact = {"about": "H23-2", "verb": "central_quarantine"}
    rows_once(manager, 1, "to-do", **contact)
    (((hi, lo)),) = site.ask("SELECT key_hi, key_lo FROM fact_designations WHERE person = 'H23-2'")
    key = hex_key(hi, lo)

    cdc.go(f"/facts/designations/{key}/retract/")
    cdc.page.locator('main [name="reason"]').fill("同名误认（演练）")
    save(cdc)

    rows_once(manager, 0, "to-do", **contact)
    (gone,) = rows_once(cdc, 1, "withdrawn", **contact)
    assert "已撤销" in gone
    with cdc.leaving():
        cdc.page.locator(".rows tbody tr a.why").first.click()
    expect(cdc.page.locator("main")).to_contain_text("撤回")  # the page says that a fact was retracted
    assert key in cdc.page.content(), "and leads to that fact"
