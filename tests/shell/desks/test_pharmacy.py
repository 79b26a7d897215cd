"""The counter of a pharmacy: prescription, symptoms, the nearest clinic, and nothing about others."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sizao.terms.identifiers import natural_key
from sizao_web.records.models import FACT_MODELS, Identity, PersonAccess

HOME, SHOP = "drill/county-1/street-1/community-1", "pharmacy/1"
SAME_STREET, OTHER_STREET = "fever-clinic/near", "fever-clinic/a-far"
DOCUMENT = "350000199001010000"


@pytest.fixture
def fact(db: None, moment: datetime) -> Callable[..., None]:
    """Put a fact on record."""

    def put(name: str, area: str = "drill", **values: Any) -> None:
        key, at = str(uuid4()), moment - timedelta(days=9)
        hi, lo = natural_key(name, "test", key)
        FACT_MODELS[name].objects.create(
            fact_id=uuid4(), key_hi=hi, key_lo=lo, source_system="test", source_record=key, source_version=1,
            action="record", happened_at=at, known_at=at, recorded_at=at, recorded_by="test", area=area,
            history=False, derived=False, body=key.encode(), **values,
        )  # fmt: skip

    return put


@pytest.fixture
def city(fact: Any) -> None:
    """A pharmacy, a fever clinic of its street and one of another, a hospital and a health centre."""
    since = date(2020, 1, 1)
    for path in ("drill", "drill/county-1", "drill/county-1/street-1", HOME):
        fact("areas", path=path, label_zh=path, label_en=path, level="county")
    fact("places", place=SHOP, kind="pharmacy", located_in=HOME, from_on=since)
    for place, area in (
        (SAME_STREET, "drill/county-1/street-1/community-2"),
        (OTHER_STREET, "drill/county-1/street-2/community-3"),
    ):
        fact("places", place=place, kind="fever_clinic", level="level_2", located_in=area, from_on=since)
    fact("places", place="hospital/1", kind="hospital", level="level_2", located_in=HOME, from_on=since)
    fact("places", place="centre/1", kind="health_centre", level="level_1", located_in=HOME, from_on=since)


@pytest.fixture
def counter(person_in_office: Any, browser: Any, city: None) -> Any:
    return browser(person_in_office("pharmacy", HOME, SHOP))


def said(form: str | None = None, **more: str) -> dict[str, str]:
    return {
        "form": form or str(uuid4()), "document": DOCUMENT, "name": "某人", "telephone": "1",
        "medicine": "antipyretic", "prescribed_by": "hospital/1", "symptoms": "yes",
        "guided_to": SAME_STREET, **more,
    }  # fmt: skip


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def rows(name: str) -> list[Any]:
    return list(FACT_MODELS[name].objects.filter(source_system="sizao"))


@pytest.mark.orders("D1-43", "D1-44", "D1-45")
def test_a_sale_to_somebody_with_fever_leaves_the_sale_the_referral_and_the_identity(counter: Any) -> None:
    answer = counter.post("/clinic/pharmacy/sale/", said())
    assert answer.status_code == 302, text_of(answer)
    (sale,) = rows("medicine_sales")
    assert (sale.place, sale.medicine, sale.prescribed_by) == (SHOP, "antipyretic", "hospital/1")
    (referral,) = rows("referrals")
    assert (referral.person, referral.from_place, referral.to_place) == (sale.person, SHOP, SAME_STREET)
    assert referral.arrived_at is None, "whether somebody arrived is not for the pharmacy to say"
    assert Identity.objects.get().person == sale.person
    slip = text_of(counter.get(answer.headers["Location"]))
    assert SAME_STREET in slip
    assert "社区会来找您" in slip


def test_the_same_form_sent_twice_is_one_buyer_and_one_sale(counter: Any) -> None:
    form = str(uuid4())
    for _ in range(2):
        assert counter.post("/clinic/pharmacy/sale/", said(form)).status_code == 302
    assert [len(rows(name)) for name in ("people", "medicine_sales", "referrals")] == [1, 1, 1]


def test_who_has_no_symptoms_is_guided_and_not_referred(counter: Any) -> None:
    counter.post("/clinic/pharmacy/sale/", said(symptoms="no"))
    (sale,) = rows("medicine_sales")
    assert sale.guided_to == SAME_STREET
    assert not rows("referrals")


@pytest.mark.orders("D1-43")
@pytest.mark.parametrize("prescriber", ["", "centre/1"])
def test_without_a_prescription_of_the_level_that_the_rule_states_nothing_is_recorded(
    counter: Any, prescriber: str
) -> None:
    answer = counter.post("/clinic/pharmacy/sale/", said(prescribed_by=prescriber))
    assert answer.status_code == 422
    assert "无二级以上医疗机构处方" in text_of(answer), "the rule of the pack speaks"
    assert 'value="某人"' in answer.content.decode(), "what was typed stays"
    assert not rows("medicine_sales")


def test_who_is_ill_and_gets_no_medicine_is_sent_on_all_the_same(counter: Any) -> None:
    refused = counter.post("/clinic/pharmacy/sale/", said(prescribed_by=""))
    assert "没卖药，只转诊" in text_of(refused), "also of somebody whom nobody has on record"
    answer = counter.post("/clinic/pharmacy/sale/", said(prescribed_by="", refer_only="yes"))
    assert answer.status_code == 302, text_of(answer)
    assert not rows("medicine_sales")
    (referral,) = rows("referrals")
    assert (referral.from_place, referral.to_place) == (SHOP, SAME_STREET)
    slip = text_of(counter.get(answer.headers["Location"]))
    assert SAME_STREET in slip
    assert "药品" not in slip


def test_who_is_well_is_not_sent_on_without_a_sale(counter: Any) -> None:
    answer = counter.post("/clinic/pharmacy/sale/", said(symptoms="no", medicine="", refer_only="yes"))
    assert answer.status_code == 422
    assert "只登记有症状的人" in text_of(answer)
    assert not rows("people")


def test_the_slip_says_how_the_clinic_is_reached_and_until_when_on_which_day(counter: Any, fact: Any) -> None:
    fact(
        "public_contacts", subject=SAME_STREET, name_zh="近处发热门诊", name_en="Near clinic",
        telephone="000-1", address_zh="东门", address_en="east gate", hours_zh="全天", hours_en="all day",
        from_on=date(2020, 1, 1),
    )  # fmt: skip
    answer = counter.post("/clinic/pharmacy/sale/", said())
    slip = text_of(counter.get(answer.headers["Location"]))
    for words in (SAME_STREET, "000-1", "东门", "全天"):
        assert words in slip
    assert re.search(r"时限 2020-\d\d-\d\d \d\d:\d\d 前", slip), "paper is read on another day, too"


def test_the_institution_of_a_prescription_is_found_by_a_part_of_its_words(counter: Any) -> None:
    assert counter.post("/clinic/pharmacy/sale/", said(prescribed_by="医院")).status_code == 302
    assert rows("medicine_sales")[0].prescribed_by == "hospital/1"
    unclear = text_of(counter.post("/clinic/pharmacy/sale/", said(prescribed_by="门诊")))
    assert "可能是" in unclear, "two fever clinics prescribe"


def test_what_was_sold_all_the_same_is_recorded_as_it_was(counter: Any) -> None:
    assert counter.post("/clinic/pharmacy/sale/", said(prescribed_by="", anyway="yes")).status_code == 302
    assert rows("medicine_sales")[0].prescribed_by is None


def test_a_medicine_that_no_rule_names_needs_no_prescription(counter: Any) -> None:
    assert counter.post("/clinic/pharmacy/sale/", said(medicine="cough", prescribed_by="")).status_code == 302


@pytest.mark.orders("D1-45")
def test_the_clinic_of_the_same_street_stands_before_one_of_another(counter: Any) -> None:
    page = counter.get("/clinic/pharmacy/sale/").content.decode()
    assert page.index(f'value="{SAME_STREET}" selected') < page.index(f'value="{OTHER_STREET}"')


def test_a_buyer_whom_the_pharmacy_knows_is_shown_and_not_asked(counter: Any) -> None:
    counter.post("/clinic/pharmacy/sale/", said())
    page = counter.post("/clinic/pharmacy/look-up/", {"q": DOCUMENT})
    assert "已在册" in text_of(page)
    assert 'name="name"' not in page.content.decode()
    assert Identity.objects.count() == 1


def test_somebody_on_record_elsewhere_looks_like_nobody(counter: Any, fact: Any) -> None:
    fact("people", person="somebody", area="drill/county-2")
    PersonAccess.objects.create(person="somebody", area="drill/county-2")
    nobody = text_of(counter.post("/clinic/pharmacy/look-up/", {"q": "nobody-at-all"}))
    there = text_of(counter.post("/clinic/pharmacy/look-up/", {"q": "somebody"}))
    assert there.replace("somebody", "nobody-at-all") == nobody
    assert counter.post("/clinic/pharmacy/sale/", said(person="somebody")).status_code == 404
    assert counter.get("/clinic/pharmacy/slips/somebody/").status_code == 404


def test_what_is_missing_is_said_and_nothing_is_recorded(counter: Any) -> None:
    answer = counter.post("/clinic/pharmacy/sale/", said(name="", symptoms="", medicine=""))
    assert answer.status_code == 422
    page = text_of(answer)
    assert all(words in page for words in ("请填写姓名", "请选择药品", "请询问并选择有无症状"))
    assert not rows("people")


def test_the_zero_report_is_one_tap_from_the_counter(counter: Any) -> None:
    assert "零报告" in text_of(counter.get("/clinic/pharmacy/"))
    assert counter.get("/institution/").status_code == 200
