"""A morning at the hospital: its gates, a patient admitted with her son, a caller who wants nine o'clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.journeys.acting import Taps, obligation, once_shown
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

HOSPITAL = "hospital/harbour"
TODAY = "2020-11-10"
GRANDFATHER, HIS_WIFE = "H47-1", "H47-2"  # admitted yesterday and not tested; stays with him, tested
CALLER, EXPECTED = "H47-2", "H38-2"  # wants to be seen; has booked nine o'clock
PATIENT, SON = ("演患（虚构）", "000-9003-0000"), ("演子（虚构）", "000-9003-0001")


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


@pytest.mark.orders("D1-29", "D1-41", "D1-48")
def test_the_ward_sees_who_is_without_a_test_and_one_tube_is_the_end_of_it(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    ward = visit("hospital-desk", width="phone")
    ward.go("/clinic/wards/")
    due = ward.page.locator("#due li")
    expect(due.filter(has_text=GRANDFATHER)).to_contain_text("新入院患者应检尽检")
    expect(due.filter(has_text=HIS_WIFE)).to_have_count(0)  # her test of yesterday counts
    expect(ward.page.locator("#patients .with-them li").filter(has_text=HIS_WIFE)).to_contain_text("阴性")
    taps = Taps()
    with ward.leaving():
        taps.on(due.filter(has_text=GRANDFATHER).get_by_role("link", name="采样"))
    ward.page.locator("#tube").fill("演T-0471")
    with ward.leaving():
        taps.on(ward.page.get_by_role("button", name="采好了"))
    say(f"an inpatient sampled: {taps} and a scan")
    assert taps.count == 2
    ward.go("/clinic/wards/")
    expect(ward.page.locator("#awaited")).to_contain_text("演T-0471")
    expect(ward.page.locator("#due")).not_to_contain_text(GRANDFATHER)


@pytest.mark.orders("D1-29", "D1-48")
def test_a_patient_and_her_son_are_admitted_on_one_page_and_both_are_to_be_tested(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    ward = visit("hospital-desk", width="phone")
    ward.go("/clinic/wards/")
    taps = Taps()
    with ward.leaving():
        taps.on(ward.page.get_by_role("link", name="办理入院"))
    for part, (name, number) in (("patient", PATIENT), ("escort", SON)):
        ward.page.locator(f"#{part}-name").fill(name)
        ward.page.locator(f"#{part}-telephone").fill(number)
    with ward.leaving():
        taps.on(ward.page.get_by_role("button", name="登记入院"))
    say(f"a patient admitted with who stays with her: {taps}, two names and two numbers")
    assert taps.count == 2
    ((patient, son),) = site.ask(
        "SELECT patient, person FROM fact_escorts WHERE recorded_by = 'hospital-desk' AND action = 'record'"
    )
    for person, rule in ((patient, "inpatient-tests"), (son, "escort-tests")):
        assert obligation(site, person, "test", ("open",), rule=rule)[0] == (
            "office/drill/harbour/county_hospital"
        )
    row = once_shown(ward, "/clinic/wards/", "#due li", SON[0])
    expect(row).to_contain_text("陪护人员应检尽检")
    expect(ward.page.locator("#due")).to_contain_text(PATIENT[0])

    # She is known now: looked up by her number she is shown, and nobody asks her again.
    ward.go("/clinic/wards/admit/")
    ward.page.locator("#patient-q").fill(PATIENT[1])
    with ward.leaving():
        ward.page.locator("#patient-q").press("Enter")
    expect(ward.page.locator("main")).to_contain_text("已住院")

    # The son goes home; she is discharged; it was a mistake, and she is in her bed again.
    ward.go("/clinic/wards/")
    bed = ward.page.locator("#patients > li").filter(has_text=PATIENT[0])
    taps = Taps()
    taps.on(bed.locator("summary"))
    with ward.leaving():
        taps.on(bed.get_by_role("button", name="出院", exact=True))
    expect(ward.page.locator("#left")).to_contain_text(PATIENT[0])
    expect(ward.page.locator("#left")).to_contain_text(SON[0])  # whoever stayed with her left with her
    say(f"a patient discharged: {taps}")
    assert taps.count == 2
    with ward.leaving():
        ward.page.locator("#left li").filter(has_text=PATIENT[0]).get_by_role("button").click()
    expect(ward.page.locator("#patients")).to_contain_text(PATIENT[0])


@pytest.mark.orders("D1-30")
def test_nine_is_full_and_the_caller_is_given_the_next_place(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    desk = visit("hospital-desk", width="phone")
    desk.go("/clinic/slots/")
    slots = desk.page.locator(".slots > li")
    nine = slots.filter(has_text="09:00–10:00").first  # outpatients come first
    expect(nine).to_contain_text("约满")
    expect(nine).to_contain_text("10:00")  # when the next place is free
    examination = slots.filter(has_text="09:00–10:00").last
    expect(examination).to_contain_text("2020-11-11")  # tomorrow, for nothing is free today

    taps = Taps()
    desk.page.locator("#look-up").fill(CALLER)
    with desk.leaving():
        taps.on(desk.page.get_by_role("button", name="预约", exact=True))
    expect(desk.page.locator("main")).to_contain_text("已在册，不用再问")
    expect(nine.get_by_role("button")).to_have_count(0)  # a full slot takes nobody
    ten = slots.filter(has_text="10:00–11:00").first
    with desk.leaving():
        taps.on(ten.get_by_role("button", name="约这一段"))
    expect(ten).to_contain_text("已约 2/3")
    say(f"a caller given the next free place: {taps} and a name")
    assert taps.count == 2
    assert site.ask(
        "SELECT from_at AT TIME ZONE 'Asia/Shanghai' = '2020-11-10 10:00' FROM fact_appointments"
        " WHERE person = %s",
        [CALLER],
    ) == [(True,)]

    # Who booked nine comes: one tap.
    taps = Taps()
    with desk.leaving():
        taps.on(nine.locator("li").filter(has_text=EXPECTED).get_by_role("button", name="到了"))
    expect(nine).to_contain_text("已到 2")
    say(f"who booked came: {taps}")
    assert taps.count == 1

    # The day after tomorrow has no slots yet: those of tomorrow again, by one tap.
    desk.go("/clinic/slots/?on=2020-11-12")
    expect(desk.page.locator("main")).to_contain_text("这一天还没有放号")
    taps = Taps()
    with desk.leaving():
        taps.on(desk.page.get_by_role("button", name="照 "))
    expect(slots).to_have_count(2)
    say(f"a day's slots opened: {taps}")
    assert taps.count == 1

    with desk.page.expect_download() as coming:
        desk.page.get_by_role("link", name="导出").click()
    file = coming.value.path().read_text(encoding="utf-8-sig")
    assert file.count("2020-11-12") == 4  # two slots, from and until
