"""A school's morning: one tap says that nobody is absent; another school has children with a fever."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.journeys.acting import Taps, obligation, once, once_shown
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

MIDDLE, CDC = "school/harbour-middle", "office/drill/harbour/cdc"


@pytest.mark.orders("D1-34", "D2-83")
def test_zero_is_one_tap_and_proves_the_report_of_the_day(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    nurse = visit("school", width="phone")
    nurse.go("/")
    page = nurse.page.inner_text("main")
    assert "10:00 前" in page, "until when"
    assert "到场核查" in page, "and what follows if nothing comes"
    assert "612" in page, "what was said last time is shown, not asked"
    began = time.monotonic()
    with nurse.leaving():
        nurse.page.locator(".btn-zero").tap()
    say(f"a zero report: 1 tap, {time.monotonic() - began:.1f} s of the machine")
    assert "今天已报" in nurse.page.inner_text("main")
    assert site.ask(
        "SELECT present, absent, feverish FROM fact_institution_reports"
        " WHERE place = 'school/lantern-primary' AND recorded_by = 'school'"
    ) == [(621, 0, 0)]
    today = (
        "SELECT status FROM ledger_obligation WHERE about = 'school/lantern-primary'"
        " AND verb = 'report_daily' AND occurrence = '2020-11-10' AND withdrawn_at IS NULL"
    )
    once(lambda: site.ask(today), lambda found: found == [("met",)])  # the tap proves the row of today


@pytest.mark.orders("D1-32", "D1-33", "D1-35")
def test_absences_by_cause_make_a_cluster_that_somebody_checks_and_the_school_closes_ahead(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    nurse = visit("school-silent", width="phone")
    nurse.go("/institution/")
    nurse.speak("en")
    taps = Taps()
    taps.on(nurse.page.get_by_text("Somebody is absent"))
    nurse.page.locator('[name="pupil:fever"]').fill("3")
    nurse.page.locator('[name="pupil:"]').fill("1")
    with nurse.leaving():
        taps.on(nurse.page.get_by_role("button", name="Report", exact=True))
    expect(nurse.page.locator("main")).to_contain_text("The report is in")
    with nurse.leaving():
        taps.on(nurse.page.locator("#untraced").get_by_role("button", name="respiratory symptoms"))
    expect(nurse.page.locator("main")).to_contain_text("No absence waits for its cause")
    say(f"four absent, one of them traced later: {taps} and 2 numbers")
    assert site.ask(
        "SELECT cause, count(*) FROM fact_absence_causes WHERE place = %s GROUP BY 1 ORDER BY 1", [MIDDLE]
    ) == [("fever", 3), ("respiratory", 1)]

    # Three with fever on one day: nobody asks the school again; the CDC must go there within 24 hours.
    visitors = once_shown(nurse, "/institution/", "#visits li", "disease control")
    expect(visitors).to_contain_text("Go there and check")
    expect(visitors).to_contain_text("tomorrow")
    assert obligation(site, MIDDLE, "check_on_site", ("open",), rule="school-cluster") == (CDC, "open")
    cdc = visit("cdc")
    cdc.go(f"/supervision/inspect/?place={MIDDLE}")
    taps = Taps()
    with cdc.leaving():
        taps.on(cdc.page.get_by_role("button", name="保存检查"))
    expect(cdc.page.locator("main")).to_contain_text("检查已记录")
    say(f"the check on the spot, with nothing found wrong: {taps}")
    assert obligation(site, MIDDLE, "check_on_site", ("met",), rule="school-cluster")[0] == CDC

    # The school closes from tomorrow: what it owes today stays, and no report is asked for until it opens.
    nurse.go("/institution/")
    taps = Taps()
    taps.on(nurse.page.get_by_text("Say when this place is closed"))
    nurse.page.locator('[name="from_on"]').fill("2020-11-11")
    nurse.page.locator('[name="until_on"]').fill("2020-11-16")
    nurse.page.locator('[name="ground"]').select_option("outbreak")
    with nurse.leaving():
        taps.on(nurse.page.locator('form[action="/institution/close/"] button'))
    expect(nurse.page.locator("#closed")).to_contain_text("outbreak")
    say(f"a closure recorded: {taps}, two days and a ground")
    nurse.speak("zh")
    owed = (
        "SELECT occurrence, status FROM ledger_obligation WHERE about = %s AND verb = 'report_daily'"
        " AND step = 'report' AND withdrawn_at IS NULL AND occurrence >= '2020-11-10' ORDER BY 1 LIMIT 2"
    )
    left = [("2020-11-10", "met"), ("2020-11-16", "upcoming")]
    once(lambda: site.ask(owed, [MIDDLE]), lambda found: found == left)


@pytest.mark.orders("D1-13")
def test_a_care_home_says_in_one_tap_that_all_are_well(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    nurse = visit("care-home", width="phone")
    nurse.go("/")
    expect(nurse.page.locator("main")).to_contain_text("养老机构日报告、零报告")
    taps = Taps()
    with nurse.leaving():
        taps.on(nurse.page.locator(".btn-zero"))
    expect(nurse.page.locator("main")).to_contain_text("今天已报")
    say(f"a care home's zero report: {taps}")
    assert taps.count == 1
    assert site.ask(
        "SELECT present, absent FROM fact_institution_reports WHERE place = 'care-home/orchard'"
        " AND recorded_by = 'care-home'"
    ) == [(88, 0)], "whom it counted yesterday is not asked"
    assert obligation(site, "care-home/orchard", "report_residents", ("met",), on="2020-11-10")

    # Two had a fever after all: the zero report is corrected on the same desk, which asks by cause.
    taps = Taps()
    with nurse.leaving():
        taps.on(nurse.page.get_by_role("link", name="报错了，更正"))
    nurse.page.locator('[name="resident:fever"]').fill("2")
    nurse.page.locator('[name="reason"]').fill("复测体温")
    with nurse.leaving():
        taps.on(nurse.page.get_by_role("button", name="保存更正"))
    expect(nurse.page.locator("main")).to_contain_text("缺 2 · 发热 2")
    say(f"the zero report corrected: {taps}, a number and a reason")
    assert site.ask(
        "SELECT source_version, present, absent, feverish FROM fact_institution_reports"
        " WHERE place = 'care-home/orchard' AND recorded_by = 'care-home' ORDER BY 1"
    ) == [(1, 88, 0, 0), (2, 86, 2, 2)], "what was sent stays beside the correction"
    assert obligation(site, "care-home/orchard", "report_residents", ("met",), on="2020-11-10")
