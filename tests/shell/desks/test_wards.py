"""The wards: who is without a test, a patient admitted with who stays with them, and each step taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sizao_web.records.models import FACT_MODELS, Identity, PersonAccess, Run

AREA, HOSPITAL = "drill/county-1/street-1/community-1", "hospital/1"
PAGE, ADMIT = "/clinic/wards/", "/clinic/wards/admit/"

pytestmark = pytest.mark.orders("D1-29", "D1-48")


@pytest.fixture
def fact(on_record: Callable[..., str]) -> Callable[..., str]:
    """Put a fact on record; the hospital sees whom it is about. Its key."""

    def put(name: str, **values: Any) -> str:
        if "person" in values:
            PersonAccess.objects.get_or_create(person=values["person"], area=None, organisation=HOSPITAL)
        return on_record(AREA, name, **values)

    return put


@pytest.fixture
def desk(fact: Any, person_in_office: Any, browser: Any) -> Any:
    fact(
        "places", place=HOSPITAL, kind="hospital", level="level_2", located_in=AREA, from_on=date(2020, 1, 1)
    )
    return browser(person_in_office("clinic", AREA, HOSPITAL))


@pytest.fixture
def patient(fact: Any, moment: datetime) -> str:
    """Admitted yesterday by a colleague."""
    at = moment - timedelta(days=1)
    fact("admissions", person="P-1", place=HOSPITAL, admitted_at=at, admitted_for="treatment")
    return "P-1"


@pytest.fixture
def daughter(fact: Any, patient: str, moment: datetime) -> str:
    """Stays with the patient since yesterday."""
    at = moment - timedelta(hours=23)
    fact("escorts", person="P-2", patient=patient, place=HOSPITAL, kind="escort", from_at=at)
    return "P-2"


@pytest.fixture
def due(obligation: Any) -> Callable[..., None]:
    """A sample is due of somebody; another office sees to it."""

    def make(person: str, rule: str = "inpatient-tests", **more: Any) -> None:
        obligation(
            person, rule=rule, step="test", verb="test", area=AREA, place=None, done_by="office/hospital",
            responsible="office/hospital", trigger_fact="admissions", **more,
        )  # fmt: skip

    return make


def part(page: Any, name: str) -> str:
    """One list of the page."""
    return page.content.decode().partition(f'id="{name}"')[2].partition("</section>")[0]


def kept(name: str) -> list[Any]:
    """What counts of a fact: of each record the last link, unless it retracts."""
    rows: dict[str, Any] = {}
    for row in FACT_MODELS[name].objects.order_by("source_version"):
        rows[row.source_record] = row
    return [row for row in rows.values() if row.action != "retract"]


def key_of(page: Any, fact: str, at: int = 0) -> str:
    """The key of a record that the page would take back."""
    found = re.findall(
        rf'name="fact" value="{fact}"><input[^>]*value="([0-9a-f]{{32}})"', page.content.decode()
    )
    return str(found[at])


def send(desk: Any, do: str, **fields: str) -> Any:
    return desk.post(PAGE, {"do": do, "form": str(uuid4()), **fields}, follow=True)


def new(part_: str, name: str, telephone: str = "13800000000") -> dict[str, str]:
    return {f"{part_}-name": name, f"{part_}-telephone": telephone}


def test_who_is_without_a_test_stands_first_and_moves_on_by_the_tube_alone(
    desk: Any, daughter: str, patient: str, due: Any, fact: Any, moment: datetime
) -> None:
    due(patient)
    due(daughter, "escort-tests")
    page = desk.get(PAGE)
    assert patient in part(page, "due")
    assert daughter in part(page, "due")
    assert "新入院患者应检尽检" in part(page, "due"), "by which rule"
    at = moment - timedelta(minutes=9)
    fact("samples", sample="T-1", taken_at=at, kind="single", laboratory="laboratory/1")
    fact("sample_members", sample="T-1", person=patient)
    page = desk.get(PAGE)
    assert patient not in part(page, "due"), "sampled"
    assert patient in part(page, "awaited")
    fact("results", sample="T-1", result="negative", resulted_at=moment, laboratory="laboratory/1")
    page = desk.get(PAGE)
    assert patient not in part(page, "awaited")
    assert patient in part(page, "due"), "what the rule still asks for is not done by any negative result"


def test_until_a_run_has_seen_the_admission_nothing_is_said_of_its_test(
    desk: Any, patient: str, due: Any
) -> None:
    due("somebody else")
    Run.objects.update(facts_until="3:3:")
    page = desk.get(PAGE)
    assert "正在推导" in part(page, "patients")
    assert 'hx-trigger="every 3s"' in page.content.decode(), "the page looks again by itself"
    Run.objects.update(facts_until=f"{10**18}:{10**18}:")
    assert "规则没有要求" in part(desk.get(PAGE), "patients")


def test_a_patient_and_who_stays_with_them_both_new_are_two_people_in_one_form(desk: Any) -> None:
    form = {
        "do": "admit",
        "form": str(uuid4()),
        **new("patient", "演患"),
        **new("escort", "演护", "13900000000"),
    }
    for _ in range(2):
        assert desk.post(ADMIT, form).status_code in (302, 422), "sent twice"
    ((admitted,), (escort,)) = kept("admissions"), kept("escorts")
    assert (admitted.place, admitted.admitted_for) == (HOSPITAL, "treatment")
    assert (escort.patient, escort.kind, escort.place) == (admitted.person, "escort", HOSPITAL)
    assert escort.person != admitted.person
    assert Identity.objects.count() == 2
    page = desk.get(PAGE)
    assert "演患" in part(page, "patients")
    assert "演护" in part(page, "patients")


def test_who_is_on_record_is_found_and_not_asked(desk: Any, fact: Any, patient: str) -> None:
    fact("people", person="nephew", sex="male", birth_year=1990)
    page = desk.post(ADMIT, {"do": "find:patient", "patient-q": "nephew", "form": str(uuid4())})
    assert "已在册，不用再问" in page.content.decode()
    assert "patient-name" not in page.content.decode()
    page = desk.post(
        ADMIT, {"do": "find:escort", "patient": "nephew", "escort-q": "尹某", "form": str(uuid4())}
    )
    assert 'name="escort-name" value="尹某"' in page.content.decode(), "what found nobody stands in the form"
    assert 'name="patient" value="nephew"' in page.content.decode(), "and the patient is kept"


def test_what_is_missing_is_said_and_what_was_typed_is_kept(desk: Any) -> None:
    page = desk.post(
        ADMIT, {"do": "admit", "form": str(uuid4()), **new("patient", "演患"), "escort-name": "演护"}
    )
    assert page.status_code == 422
    assert 'value="演护"' in page.content.decode()
    assert 'value="演患"' in page.content.decode()
    assert "证件号码和电话至少填一项" in page.content.decode()
    assert not kept("admissions"), "neither or both"
    page = desk.post(ADMIT, {"do": "admit", "form": str(uuid4())})
    assert "请填写患者姓名" in page.content.decode()


def test_an_inpatient_is_not_admitted_again_but_gets_an_escort(desk: Any, patient: str) -> None:
    page = desk.get(ADMIT, {"patient": patient})
    assert "已住院" in page.content.decode()
    form = {"do": "admit", "form": str(uuid4()), "patient": patient}
    page = desk.post(ADMIT, form)
    assert "请填写陪护人姓名" in page.content.decode()
    assert desk.post(ADMIT, {**form, **new("escort", "演护"), "kind": "visitor"}).status_code == 302
    (escort,) = kept("escorts")
    assert (escort.patient, escort.kind) == (patient, "visitor")
    assert len(kept("admissions")) == 1


@pytest.mark.parametrize("who", ["P-1", "other"])
def test_who_is_an_inpatient_stays_with_nobody(
    desk: Any, patient: str, fact: Any, moment: datetime, who: str
) -> None:
    fact("admissions", person="other", place=HOSPITAL, admitted_at=moment, admitted_for="treatment")
    page = desk.post(ADMIT, {"do": "admit", "form": str(uuid4()), "patient": patient, "escort": who})
    assert page.status_code == 422
    assert not kept("escorts")


def test_who_leaves_is_off_the_list_and_back_when_it_was_a_mistake(desk: Any, daughter: str) -> None:
    page = desk.get(PAGE)
    key = re.search(
        r'value="leave"><input type="hidden" name="key" value="([0-9a-f]{32})"', page.content.decode()
    )
    assert key is not None
    page = send(desk, "leave", key=key[1])
    assert daughter not in part(page, "patients")
    assert daughter in part(page, "left")
    page = send(desk, "take-back", fact="escorts", key=key_of(page, "escorts"))
    assert daughter in part(page, "patients")
    assert kept("escorts")[0].until_at is None


def discharged(desk: Any) -> Any:
    """The only inpatient is discharged."""
    key = re.search(
        r'value="discharge"><input[^>]*><input type="hidden" name="key" value="([0-9a-f]{32})"',
        desk.get(PAGE).content.decode(),
    )
    assert key is not None
    assert send(desk, "discharge", key=key[1], outcome="recovered").status_code == 404, "not decided here"
    return send(desk, "discharge", key=key[1], outcome="other")


def test_who_is_discharged_takes_along_who_stayed_with_them_and_brings_them_back(
    desk: Any, patient: str, daughter: str, fact: Any, moment: datetime
) -> None:
    went = moment - timedelta(hours=2)
    fact(
        "escorts", person="P-3", patient=patient, place=HOSPITAL, kind="visitor",
        from_at=moment - timedelta(hours=3), until_at=went,
    )  # fmt: skip
    page = discharged(desk)
    assert patient not in part(page, "patients")
    assert all(row.until_at is not None for row in kept("escorts"))
    assert [row.outcome for row in kept("discharges")] == ["other"]
    page = send(desk, "take-back", fact="discharges", key=key_of(page, "discharges"))
    assert patient in part(page, "patients")
    assert daughter in part(page, "patients"), "who left with the patient stays again"
    assert not kept("discharges")
    assert {row.person: row.until_at for row in kept("escorts")} == {daughter: None, "P-3": went}, (
        "who had gone before stays gone"
    )
    assert "恢复陪护" in page.content.decode()


def test_who_left_with_a_patient_and_is_one_by_now_stays_with_nobody(
    desk: Any, patient: str, daughter: str, fact: Any, moment: datetime
) -> None:
    page = discharged(desk)
    fact("admissions", person=daughter, place=HOSPITAL, admitted_at=moment, admitted_for="treatment")
    send(desk, "take-back", fact="discharges", key=key_of(page, "discharges"))
    assert not kept("discharges")
    assert kept("escorts")[0].until_at is not None


def test_a_mistaken_admission_is_taken_back_by_who_made_it_alone(desk: Any, patient: str) -> None:
    assert (
        desk.post(ADMIT, {"do": "admit", "form": str(uuid4()), **new("patient", "演患")}).status_code == 302
    )
    page = desk.get(PAGE)
    assert page.content.decode().count('name="fact" value="admissions"') == 1, "a colleague's is not offered"
    page = send(desk, "take-back", fact="admissions", key=key_of(page, "admissions"))
    assert [row.person for row in kept("admissions")] == [patient]
    row = kept("admissions")[0]
    key = f"{row.key_hi & (2**64 - 1):016x}{row.key_lo & (2**64 - 1):016x}"
    assert send(desk, "take-back", fact="admissions", key=key).status_code == 403


def test_another_hospital_sees_none_of_them(
    desk: Any, daughter: str, person_in_office: Any, browser: Any
) -> None:
    other = browser(person_in_office("clinic", AREA, "hospital/2"))
    page = other.get(PAGE)
    assert daughter not in page.content.decode()
    assert other.post(ADMIT, {"do": "admit", "form": str(uuid4()), "patient": "P-1"}).status_code == 404
