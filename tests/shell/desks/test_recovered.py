"""The recovered: whom to see first, a follow-up in few taps, hand-overs with receipt, and positives."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sizao.terms.identifiers import natural_key
from sizao_web.records.models import FACT_MODELS, PersonAccess, Run

HOME, COUNTY = "drill/county-1/street-1/community-1", "drill/county-1"
DOCTOR, OTHER_DOCTOR, HOSPITAL = "office/doctor-1", "office/doctor-2", "office/hospital"
WARD = "hospital/1"
SINCE = date(2020, 1, 1)


@pytest.fixture
def fact(db: None, moment: datetime) -> Callable[..., None]:
    """Put a fact on record."""

    def put(name: str, area: str = HOME, **values: Any) -> None:
        key, at = str(uuid4()), moment - timedelta(hours=1)
        hi, lo = natural_key(name, "test", key)
        FACT_MODELS[name].objects.create(
            fact_id=uuid4(), key_hi=hi, key_lo=lo, source_system="test", source_record=key, source_version=1,
            action="record", happened_at=at, known_at=at, recorded_at=at, recorded_by="test", area=area,
            history=False, derived=False, body=key.encode(), **values,
        )  # fmt: skip

    return put


@pytest.fixture
def offices(fact: Any) -> None:
    """A county hospital and two family doctors, one of them of the street."""
    fact("offices", office=HOSPITAL, task="county_hospital", covers=COUNTY, from_on=SINCE)
    fact("offices", office=DOCTOR, task="family_doctor", covers="drill/county-1/street-1", from_on=SINCE)
    fact(
        "offices", office=OTHER_DOCTOR, task="family_doctor", covers="drill/county-1/street-2", from_on=SINCE
    )


@pytest.fixture
def hospital(person_in_office: Any, browser: Any, offices: None) -> Any:
    return browser(person_in_office("county_hospital", COUNTY, HOSPITAL))


@pytest.fixture
def doctor(person_in_office: Any, browser: Any, offices: None) -> Any:
    return browser(person_in_office("family_doctor", "drill/county-1/street-1", DOCTOR))


@pytest.fixture
def patient(fact: Any, moment: datetime) -> str:
    """Somebody discharged as recovered forty days ago, of the hospital and the doctor of their street."""
    fact(
        "discharges",
        person="patient",
        place=WARD,
        discharged_at=moment - timedelta(days=40),
        outcome="recovered",
    )
    fact("residences", person="patient", located_in=HOME, from_on=SINCE)
    for office in (HOSPITAL, DOCTOR):
        PersonAccess.objects.create(person="patient", organisation=office)
    return "patient"


@pytest.fixture
def weekly(obligation: Any, patient: str, moment: datetime) -> Callable[..., Any]:
    """The weekly report is due of them."""

    def make(status: str = "open", office: str = DOCTOR, **more: Any) -> Any:
        return obligation(
            patient, status=status, rule="recovered-weekly-report", step="report", verb="follow_up",
            area=HOME, done_by=office, responsible=office, trigger_fact="discharges", **more,
        )  # fmt: skip

    return make


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def part(page: Any, name: str) -> str:
    """One list of the first screen."""
    found = re.search(rf'id="{name}"[^>]*>(.*?)</(?:ul|p)>', page.content.decode(), re.DOTALL)
    assert found is not None, name
    return found.group(1)


def rows(name: str) -> list[Any]:
    return list(FACT_MODELS[name].objects.filter(source_system="sizao"))


@pytest.mark.orders("D1-52")
@pytest.mark.parametrize(
    ("status", "hours", "where"),
    [("overdue", -3, "overdue"), ("open", 3, "noon"), ("open", 10, "today"), ("open", 50, "later")],
)
def test_who_must_be_seen_stands_under_how_soon(
    doctor: Any, weekly: Any, moment: datetime, status: str, hours: int, where: str
) -> None:
    weekly(status, due_at=moment + timedelta(hours=hours))
    where = f"see-{where}"
    page = doctor.get("/recovered/")
    assert "patient" in part(page, where)
    assert "治愈人员健康监测随访周报" in part(page, where)
    others = {"see-overdue", "see-noon", "see-today", "see-later"} - {where}
    assert not any("patient" in part(page, other) for other in others)


def test_the_number_of_everything_to_do_is_that_of_the_list_behind_it(
    hospital: Any, weekly: Any, obligation: Any
) -> None:
    weekly("open", HOSPITAL)
    obligation("suspect", "overdue", area=HOME, done_by=HOSPITAL, responsible=HOSPITAL)
    page = hospital.get("/recovered/").content.decode()
    number = re.search(r'<a href="([^"]+)"><strong class="count">(\d+)</strong> 件待办共计', page)
    assert number is not None
    assert number.group(2) == "2"
    listed = hospital.get(number.group(1).replace("&amp;", "&")).content.decode()
    assert "patient" in listed
    assert "suspect" in listed


@pytest.mark.orders("D1-51", "D1-52", "D1-54")
def test_a_follow_up_is_one_answer_and_one_button_and_counts_once(doctor: Any, weekly: Any) -> None:
    weekly()
    sent = {"form": str(uuid4()), "findings": "well"}
    for _ in range(2):
        assert doctor.post("/recovered/record/patient/", sent).status_code == 302
    (visit,) = rows("visits")
    assert (visit.person, visit.purpose, visit.by, visit.findings) == ("patient", "follow_up", DOCTOR, "well")
    assert "上次随访" in text_of(doctor.get("/recovered/"))
    nothing = doctor.post("/recovered/record/patient/", {"form": str(uuid4())})
    assert (nothing.status_code, len(rows("visits"))) == (422, 1)


@pytest.mark.orders("D1-53")
def test_a_tube_goes_the_way_of_the_laboratory_and_is_waited_for(
    hospital: Any, patient: str, obligation: Any, fact: Any, moment: datetime
) -> None:
    fact("places", place="laboratory/1", kind="laboratory", located_in=COUNTY, from_on=SINCE)
    obligation(
        patient, rule="recovered-monthly-test", step="test", verb="test", area=HOME, done_by=HOSPITAL,
        responsible=HOSPITAL, trigger_fact="discharges",
    )  # fmt: skip
    assert patient in part(hospital.get("/recovered/"), "tests")
    sent = {"form": str(uuid4()), "findings": "well", "tube": "T-1"}
    assert hospital.post("/recovered/record/patient/", sent).status_code == 302
    (tube,) = rows("samples")
    assert (tube.sample, tube.kind, tube.laboratory) == ("T-1", "single", "laboratory/1")
    page = hospital.get("/recovered/")
    assert patient in part(page, "awaited")
    assert patient not in part(page, "tests")
    again = hospital.post("/recovered/record/patient/", {**sent, "form": str(uuid4()), "tube": "T-2"})
    assert (again.status_code, len(rows("samples")), len(rows("visits"))) == (422, 1, 1)
    assert "等结果" in text_of(again)


def test_a_tube_of_a_street_without_a_laboratory_goes_to_that_of_the_county(
    doctor: Any, patient: str, fact: Any
) -> None:
    for place, area in (
        ("laboratory/far", "drill/county-2"),
        ("laboratory/county", "drill/county-1/street-2"),
    ):
        fact("places", place=place, kind="laboratory", located_in=area, from_on=SINCE)
    doctor.post("/recovered/record/patient/", {"form": str(uuid4()), "findings": "symptoms", "tube": "T-1"})
    assert [row.laboratory for row in rows("samples")] == ["laboratory/county"]


def test_a_tube_that_is_refused_leaves_no_visit_behind(
    hospital: Any, patient: str, fact: Any, moment: datetime
) -> None:
    fact("samples", sample="T-9", taken_at=moment - timedelta(days=2), kind="single", laboratory=None)
    fact("sample_members", sample="T-9", person=patient)
    fact("results", sample="T-9", result="negative", resulted_at=moment - timedelta(days=1))
    answer = hospital.post(
        "/recovered/record/patient/", {"form": str(uuid4()), "findings": "well", "tube": "T-9"}
    )
    assert answer.status_code == 422
    assert "T-9" in text_of(answer), "what was typed is still there"
    assert not rows("visits")


@pytest.mark.orders("D1-51", "D1-54")
def test_the_hospital_hands_over_and_it_counts_once_the_doctor_has_accepted(
    hospital: Any, doctor: Any, patient: str
) -> None:
    page = part(hospital.get("/recovered/"), "not-handed")
    assert "state-overdue" in page, "forty days after the discharge is late by the number of the pack"
    options = re.findall(
        r'<option value="([^"]+)"', hospital.get("/recovered/people/patient/").content.decode()
    )
    assert options[0] == DOCTOR, "the doctor of their home stands first"
    sent = {"record": str(uuid4()), "to_office": DOCTOR}
    answer = hospital.post("/recovered/hand-over/patient/", sent)
    assert "待接收" in text_of(hospital.get(answer.headers["Location"]))
    (offer,) = rows("hand_overs")
    assert (offer.from_office, offer.to_office) == (WARD, DOCTOR), (
        "what the hospital owes stays with its office"
    )
    assert patient in part(doctor.get("/recovered/"), "to-us")
    answer = doctor.post("/recovered/accept/", {"hand_over": offer.hand_over, "person": patient})
    receipt = text_of(doctor.get(answer.headers["Location"]))
    assert "移交回执" in receipt
    assert "待接收" not in receipt
    assert patient not in part(hospital.get("/recovered/"), "not-handed")


def test_one_family_doctor_hands_to_another_and_to_nobody_else(doctor: Any, patient: str) -> None:
    answer = doctor.post("/recovered/hand-over/patient/", {"record": str(uuid4()), "to_office": HOSPITAL})
    assert answer.status_code == 302
    assert not rows("hand_overs"), "a hospital is no family doctor"
    doctor.post("/recovered/hand-over/patient/", {"record": str(uuid4()), "to_office": OTHER_DOCTOR})
    (offer,) = rows("hand_overs")
    assert (offer.from_office, offer.to_office) == (DOCTOR, OTHER_DOCTOR)


def test_an_offer_to_the_next_doctor_shows_beside_the_one_who_accepted_and_can_be_taken_back(
    hospital: Any, doctor: Any, person_in_office: Any, browser: Any, patient: str
) -> None:
    hospital.post("/recovered/hand-over/patient/", {"record": str(uuid4()), "to_office": DOCTOR})
    (first,) = rows("hand_overs")
    assert "接收</button>" in doctor.get("/recovered/people/patient/").content.decode(), "on the page, too"
    doctor.post("/recovered/accept/", {"hand_over": first.hand_over, "person": patient})
    sent = {"record": str(uuid4()), "to_office": OTHER_DOCTOR}
    answer = doctor.post("/recovered/hand-over/patient/", sent)
    receipt = text_of(doctor.get(answer.headers["Location"]))
    assert "street-2" in receipt, "to whom: named by what it covers"
    assert "待接收" in receipt, "the receipt is of the new offer"
    page = doctor.get("/recovered/people/patient/").content.decode()
    assert "/facts/hand_overs/" in page
    assert 'id="hand-over"' not in page, "not offered to a third while one waits"
    PersonAccess.objects.create(person=patient, organisation=OTHER_DOCTOR)
    other = browser(person_in_office("family_doctor", "drill/county-1/street-2", OTHER_DOCTOR))
    assert patient in part(other.get("/recovered/"), "to-us")


@pytest.mark.orders("D1-51", "D1-53")
def test_who_is_positive_again_stands_first_with_what_the_hospital_must_do_and_why(
    doctor: Any, patient: str, obligation: Any, fact: Any, moment: datetime
) -> None:
    at = moment - timedelta(hours=20)
    fact("samples", sample="T-1", taken_at=at, kind="single", laboratory=None)
    fact("sample_members", sample="T-1", person=patient)
    fact("results", sample="T-1", result="positive", resulted_at=moment - timedelta(hours=3))
    obligation(
        patient, rule="recovered-positive-again", step="isolate", verb="admit", area=HOME, done_by=HOSPITAL,
        responsible=HOSPITAL, trigger_fact="sample_members",
    )  # fmt: skip
    assert patient in part(doctor.get("/recovered/"), "positive")
    page = doctor.get("/recovered/people/patient/")
    following = part(page, "consequences")
    assert "重新收治隔离" in following
    assert "第三十九条" in following, "the ground"
    assert HOSPITAL in following
    fact(
        "admissions",
        person=patient,
        place=WARD,
        admitted_at=moment - timedelta(minutes=5),
        admitted_for="isolation",
    )
    assert patient not in part(doctor.get("/recovered/"), "positive")


def test_a_result_that_no_run_has_seen_yet_is_not_said_to_oblige_to_nothing(
    doctor: Any, patient: str, fact: Any, moment: datetime
) -> None:
    """Found hours ago and entered just now: the moment of the result tells nothing of the ledger."""
    fact("samples", sample="T-1", taken_at=moment - timedelta(hours=20), kind="single", laboratory=None)
    fact("sample_members", sample="T-1", person=patient)
    fact("results", sample="T-1", result="positive", resulted_at=moment - timedelta(hours=3))
    saw = {"kind": "whole", "as_of": moment, "known_by": moment, "pack": "training-2020", "pack_digest": "0"}
    saw |= {"texts": "", "rows_changed": 0, "rows_withdrawn": 0, "rows_sealed": 0, "began_at": moment}
    Run.objects.create(**saw, seconds=0.0, facts_until="3:3:")
    page = doctor.get("/recovered/people/patient/")
    assert "正在按规则推导" in text_of(page)
    assert "规则包没有由此产生义务" not in text_of(page)
    assert "Refresh" not in page.headers, "it would take away what somebody is typing"
    Run.objects.create(**saw, seconds=0.0, facts_until=f"{10**18}:{10**18}:")
    assert "规则包没有由此产生义务" in text_of(doctor.get("/recovered/people/patient/"))


def test_a_positive_pool_says_nothing_of_one_of_its_people(
    doctor: Any, patient: str, fact: Any, moment: datetime
) -> None:
    fact("samples", sample="P-1", taken_at=moment - timedelta(hours=20), kind="pool", laboratory=None)
    for person in (patient, "neighbour"):
        fact("sample_members", sample="P-1", person=person)
    PersonAccess.objects.create(person="neighbour", organisation=DOCTOR)
    fact("results", sample="P-1", result="positive", resulted_at=moment)
    assert patient not in part(doctor.get("/recovered/"), "positive")


@pytest.mark.orders("D1-50", "D1-54")
def test_the_register_counts_those_whose_year_runs_and_the_year_is_shown_to_its_end(
    doctor: Any, patient: str, weekly: Any, fact: Any, moment: datetime
) -> None:
    for person, days, outcome in (
        ("over", 366, "recovered"),
        ("moved", 20, "transferred"),
        ("last", 364, "recovered"),
    ):
        at = moment - timedelta(days=days)
        fact("discharges", person=person, place=WARD, discharged_at=at, outcome=outcome)
        PersonAccess.objects.create(person=person, organisation=DOCTOR)
    page = doctor.get("/recovered/")
    assert re.search(r'/recovered/people/"><strong class="count">2</strong>', page.content.decode())
    listed = text_of(doctor.get("/recovered/people/"))
    assert "patient" in listed
    assert "last" in listed
    assert "over" not in re.findall(r"\b\w+\b", listed)
    weekly("missed")
    year = doctor.get("/recovered/people/patient/").content.decode().partition('id="year"')[2]
    months = re.findall(r"<h3[^>]*>(\d{4}-\d\d)(?: – (\d{4}-\d\d))?", year)
    last = (moment - timedelta(days=40) + timedelta(days=364)).strftime("%Y-%m")
    assert (months[0][0], months[-1][1]) == ((moment - timedelta(days=40)).strftime("%Y-%m"), last)
    assert "随访结束" in year
    assert "漏做" in year
    assert "不在随访期" in text_of(doctor.get("/recovered/people/over/"))


def test_somebody_elses_patient_is_nobody_here(doctor: Any, fact: Any, moment: datetime) -> None:
    fact("discharges", person="foreign", place=WARD, discharged_at=moment, outcome="recovered")
    for address in ("/recovered/people/foreign/", "/recovered/receipts/foreign/"):
        assert doctor.get(address).status_code == 404
    assert doctor.post("/recovered/record/foreign/", {"findings": "well"}).status_code == 404
    assert not rows("visits")
