"""A clinic's door: who was sent here, triage elsewhere, the sample, and nothing that could be ticked off."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sizao.terms.identifiers import natural_key
from sizao_web.records.models import FACT_MODELS, Identity, PersonAccess, Run

HOME, CLINIC, CENTRE = "drill/county-1/street-1/community-1", "fever-clinic/1", "centre/1"
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
def city(fact: Any) -> None:
    """A fever clinic, and a health centre that is none."""
    for place, kind, level in ((CLINIC, "fever_clinic", "level_2"), (CENTRE, "health_centre", "level_1")):
        fact("places", place=place, kind=kind, level=level, located_in=HOME, from_on=SINCE)


@pytest.fixture
def clinic(person_in_office: Any, browser: Any, city: None) -> Any:
    return browser(person_in_office("clinic", HOME, CLINIC))


@pytest.fixture
def centre(person_in_office: Any, browser: Any, city: None) -> Any:
    return browser(person_in_office("clinic", HOME, CENTRE))


@pytest.fixture
def sent(fact: Any, moment: datetime) -> str:
    """Somebody whom a pharmacy sent to the clinic half an hour ago; the ledger says they are the clinic's."""
    at = moment - timedelta(minutes=30)
    fact("referrals", person="buyer", from_place="pharmacy/1", to_place=CLINIC, referred_at=at)
    PersonAccess.objects.create(person="buyer", organisation=CLINIC)
    return "buyer"


@pytest.fixture
def due(obligation: Any) -> Callable[..., None]:
    """A sample is due of somebody, by a rule that another office must see to."""

    def make(person: str) -> None:
        obligation(
            person, rule="fever-clinic-tests", step="test", verb="test", area=HOME, place=None,
            done_by="office/hospital", responsible="office/hospital", trigger_fact="encounters",
        )  # fmt: skip

    return make


def said(**more: str) -> dict[str, str]:
    return {
        "form": str(uuid4()), "document": "350000199001010000", "name": "某人", "telephone": "1",
        "temperature": "38.2", "code_scanned": "yes", **more,
    }  # fmt: skip


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def part(page: Any, name: str) -> str:
    """One list of the first screen."""
    found = re.search(rf'id="{name}"[^>]*>(.*?)</(?:ul|p)>', page.content.decode(), re.DOTALL)
    assert found is not None
    return found.group(1)


def rows(name: str) -> list[Any]:
    return list(FACT_MODELS[name].objects.filter(source_system="sizao"))


@pytest.mark.orders("D1-40", "D1-45")
def test_who_was_sent_stands_first_until_the_visit_is_recorded(clinic: Any, sent: str) -> None:
    page = clinic.get("/clinic/")
    assert sent in part(page, "referred")
    assert "30 分钟" in part(page, "referred")
    visit = {"form": str(uuid4()), "person": sent, "temperature": "382", "code_scanned": "yes"}
    assert clinic.post("/clinic/register/", visit).status_code == 302
    assert sent not in part(clinic.get("/clinic/"), "referred")
    (seen,) = rows("encounters")
    assert (seen.person, seen.place, seen.kind) == (sent, CLINIC, "fever_clinic")
    assert seen.temperature == 38.2, "typed fast"
    assert not Identity.objects.exists(), "nobody was asked for what is on record"


@pytest.mark.orders("D1-41", "D1-48")
def test_a_patient_moves_from_sample_to_result_by_the_tube_alone(
    clinic: Any, sent: str, due: Any, fact: Any, moment: datetime
) -> None:
    fact("encounters", person=sent, place=CLINIC, seen_at=moment - timedelta(minutes=20), kind="fever_clinic")
    due(sent)
    assert sent in part(clinic.get("/clinic/"), "sample")
    page = text_of(clinic.get(f"/clinic/patients/{sent}/"))
    assert "发热门诊患者人人检测" in page, "the rule says why"
    answer = clinic.post(f"/clinic/samples/{sent}/", {"form": str(uuid4()), "tube": "T-1"})
    assert answer.status_code == 302
    assert [row.sample for row in rows("samples")] == ["T-1"]
    page = clinic.get("/clinic/")
    assert sent in part(page, "awaited")
    assert sent not in part(page, "sample")
    again = clinic.post(f"/clinic/samples/{sent}/", {"form": str(uuid4()), "tube": "T-2"})
    assert (again.status_code, len(rows("samples"))) == (422, 1)


def test_a_tube_that_was_shared_lets_nobody_go_while_a_sample_of_their_own_is_due(
    clinic: Any, sent: str, due: Any, fact: Any, moment: datetime
) -> None:
    """What the page says of the tube and what it says is due would contradict each other."""
    at = moment - timedelta(minutes=20)
    fact("encounters", person=sent, place=CLINIC, seen_at=at, kind="fever_clinic")
    due(sent)
    fact("samples", sample="T-9", taken_at=moment - timedelta(minutes=10), kind="household")
    fact("sample_members", sample="T-9", person=sent)
    fact("results", sample="T-9", result="negative", resulted_at=moment - timedelta(minutes=1))
    assert "须单采" in part(clinic.get("/clinic/"), "sample")
    page = text_of(clinic.get(f"/clinic/patients/{sent}/"))
    assert "请再单采一支" in page
    assert "可以离开" not in page


def test_until_a_run_has_seen_the_visit_the_page_renews_what_is_due_and_leaves_the_tube_as_typed(
    clinic: Any, sent: str, due: Any, fact: Any, moment: datetime
) -> None:
    fact("encounters", person=sent, place=CLINIC, seen_at=moment - timedelta(minutes=20), kind="fever_clinic")
    Run.objects.update(facts_until="3:3:")
    page = clinic.get(f"/clinic/patients/{sent}/")
    assert "Refresh" not in page.headers, "it would take away what somebody is typing"
    assert "没有规则要求此人现在采样" not in text_of(page), "nobody knows that yet"
    found = r'<div id="due"[^>]*hx-trigger="every 3s"[^>]*>(.*?)</div>'
    waiting = re.search(found, page.content.decode(), re.DOTALL)
    assert waiting is not None
    assert "正在按规则推导" in waiting.group(1)
    assert "<form" not in waiting.group(1)
    due(sent)
    Run.objects.update(facts_until=f"{10**18}:{10**18}:")
    page = clinic.get(f"/clinic/patients/{sent}/")
    assert "发热门诊患者人人检测" in text_of(page)
    assert "正在按规则推导" not in text_of(page)


def test_who_must_be_sampled_first_stands_first(
    clinic: Any, fact: Any, obligation: Any, moment: datetime
) -> None:
    for person, hours in (("later", 5), ("sooner", 1)):
        PersonAccess.objects.create(person=person, organisation=CLINIC)
        came = moment - timedelta(minutes=20 + hours)
        fact("encounters", person=person, place=CLINIC, seen_at=came, kind="fever_clinic")
        obligation(
            person, rule="fever-clinic-tests", step="test", verb="test", area=HOME, place=None,
            done_by="office/hospital", responsible="office/hospital", trigger_fact="encounters",
            due_at=moment + timedelta(hours=hours),
        )  # fmt: skip
    shown = part(clinic.get("/clinic/"), "sample")
    assert shown.index("sooner") < shown.index("later")


@pytest.mark.parametrize(("result", "where"), [("positive", "positive"), ("negative", "free")])
def test_the_result_decides_who_may_go_and_who_is_fetched(
    clinic: Any, sent: str, fact: Any, moment: datetime, result: str, where: str
) -> None:
    at = moment - timedelta(minutes=20)
    fact("encounters", person=sent, place=CLINIC, seen_at=at, kind="fever_clinic")
    fact("samples", sample="T-1", taken_at=at, kind="single", place=CLINIC)
    fact("sample_members", sample="T-1", person=sent)
    fact("results", sample="T-1", result=result, resulted_at=moment)
    assert sent in part(clinic.get("/clinic/"), where)
    if result == "positive":
        fact("admissions", person=sent, place="hospital", admitted_at=moment, admitted_for="treatment")
        assert sent not in part(clinic.get("/clinic/"), where)


@pytest.mark.orders("D1-38", "D1-39", "D1-40")
def test_fever_at_a_door_that_is_no_fever_clinic_is_sent_on_at_once(centre: Any) -> None:
    answer = centre.post("/clinic/register/", said())
    assert answer.status_code == 302
    (visit,), (referral,) = rows("encounters"), rows("referrals")
    assert (visit.kind, referral.from_place, referral.to_place) == ("triage", CENTRE, CLINIC)
    assert "已转诊" in text_of(centre.get(answer.headers["Location"]))
    assert "还没到" in part(centre.get("/clinic/"), "sent")


def test_who_has_no_fever_is_triaged_and_not_sent_on(centre: Any) -> None:
    centre.post("/clinic/register/", said(temperature="36.6"))
    assert (len(rows("encounters")), rows("referrals")) == (1, [])


@pytest.mark.orders("D1-40")
def test_the_door_sees_that_whom_it_sent_has_arrived(centre: Any, fact: Any, moment: datetime) -> None:
    centre.post("/clinic/register/", said())
    (referral,) = rows("referrals")
    fact("encounters", person=referral.person, place=CLINIC, seen_at=moment, kind="fever_clinic")
    assert "到诊" in part(centre.get("/clinic/"), "sent")


def test_what_is_missing_is_said_and_nothing_is_recorded(clinic: Any) -> None:
    answer = clinic.post("/clinic/register/", said(name="", temperature="3.81", code_scanned=""))
    assert answer.status_code == 422
    assert all(words in text_of(answer) for words in ("请填写姓名", "请填体温", "请选择是否扫健康码"))
    assert not rows("encounters")


def test_somebody_who_was_neither_sent_nor_seen_here_is_nobody(clinic: Any, fact: Any) -> None:
    PersonAccess.objects.create(person="somebody", organisation="fever-clinic/2")
    assert clinic.get("/clinic/patients/somebody/").status_code == 404
    assert clinic.post("/clinic/samples/somebody/", {"tube": "T-9"}).status_code == 404
    assert clinic.post("/clinic/register/", said(person="somebody")).status_code == 404
    assert not rows("encounters")
