"""The page of a case: who is positive waits, the household is proposed, and only a decision has followers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sizao.terms.identifiers import natural_key
from sizao_web.records.models import FACT_MODELS, PersonAccess

pytestmark = [pytest.mark.django_db, pytest.mark.orders("D1-18", "D2-31", "D2-36")]
AREA = "drill/county-1/street/community-1"
TODAY = date(2020, 11, 10)


@pytest.fixture
def fact(moment: datetime) -> Callable[..., None]:
    """Put a fact on record."""

    def put(name: str, **values: Any) -> None:
        key, at = str(uuid4()), moment - timedelta(days=1)
        hi, lo = natural_key(name, "test", key)
        row = FACT_MODELS[name](
            fact_id=uuid4(), key_hi=hi, key_lo=lo, source_system="test", source_record=key, source_version=1,
            action="record", happened_at=at, known_at=at, recorded_at=at, recorded_by="test", area=AREA,
            history=False, derived=False, body=key.encode(),
        )  # fmt: skip
        columns = {field.column: field.attname for field in row._meta.concrete_fields}
        for column, value in values.items():
            setattr(row, columns[column], value)
        row.save(force_insert=True)
        for column in ("person", "dependant"):
            if column in values:
                PersonAccess.objects.get_or_create(person=values[column], area=AREA, organisation=None)

    return put


@pytest.fixture
def family(fact: Any, moment: datetime) -> None:
    """A couple and a grandmother at home; of the man a tube of his own is positive."""
    for person in ("man", "wife", "grandmother"):
        fact("households", household="household/1", person=person, from_on=date(2019, 1, 1))
    fact("samples", sample="t1", taken_at=moment - timedelta(hours=9), kind="single")
    fact("sample_members", sample="t1", person="man")
    fact("results", sample="t1", result="positive", resulted_at=moment - timedelta(hours=2))


@pytest.fixture
def tracer(browser: Any, person_in_office: Any, family: None) -> Any:
    return browser(person_in_office("cdc", AREA, "office/cdc"))


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def classified(tracer: Any, **more: str) -> Any:
    asked = {"what": "case", "form": str(uuid4()), "class": "confirmed", "onset": "2020-11-08"}
    return tracer.post("/investigation/cases/man/", {**asked, **more})


def decided(tracer: Any, **more: Any) -> Any:
    return tracer.post("/investigation/cases/man/", {"what": "contacts", "form": str(uuid4()), **more})


def of(person: str, class_: str = "close", last: str = "2020-11-10") -> dict[str, Any]:
    return {"person": [person], f"class:{person}": class_, f"last:{person}": last}


def test_who_is_positive_waits_until_somebody_decides(tracer: Any) -> None:
    assert "t1" in text_of(tracer.get("/investigation/cases/"))
    assert classified(tracer).status_code == 302
    shown = text_of(tracer.get("/investigation/cases/"))
    assert "没有待判定的阳性结果" in shown
    assert "2 人待判定" in shown
    (row,) = FACT_MODELS["classifications"].objects.all()
    assert (row.person, row.class_named, row.classified_on) == ("man", "confirmed", TODAY)
    assert (row.onset_earliest, row.onset_latest) == (date(2020, 11, 8), date(2020, 11, 9))


def test_a_pool_that_is_positive_names_nobody(tracer: Any, fact: Any) -> None:
    fact("sample_members", sample="t1", person="wife")
    assert "没有待判定的阳性结果" in text_of(tracer.get("/investigation/cases/"))


def test_who_lives_with_the_case_is_proposed_and_is_no_contact_before_it_is_decided(
    tracer: Any,
) -> None:
    classified(tracer)
    shown = text_of(tracer.get("/investigation/cases/man/"))
    assert "wife" in shown
    assert "grandmother" in shown
    assert not FACT_MODELS["designations"].objects.exists()
    assert decided(tracer, **of("wife")).status_code == 302
    (exposure,), (contact,) = (FACT_MODELS[one].objects.all() for one in ("exposures", "designations"))
    assert (exposure.kind, exposure.first_on, exposure.last_on) == ("household", date(2020, 11, 6), TODAY)
    assert (contact.person, contact.class_named, contact.case_person) == ("wife", "close", "man")
    assert "1 人待判定" in text_of(tracer.get("/investigation/cases/"))


def test_the_same_form_twice_decides_once(tracer: Any) -> None:
    classified(tracer)
    form = str(uuid4())
    for _ in range(2):
        decided(tracer, **of("wife"), form=form)
    assert FACT_MODELS["designations"].objects.count() == 1


def test_who_was_named_is_not_recorded_a_second_time(tracer: Any, fact: Any) -> None:
    classified(tracer)
    case = FACT_MODELS["classifications"].objects.get().case
    met = {"case": case, "case_person": "man", "kind": "work", "first_on": TODAY, "last_on": TODAY}
    fact("exposures", person="colleague", **met)
    decided(tracer, **of("colleague", "general"))
    assert FACT_MODELS["exposures"].objects.count() == 1
    assert FACT_MODELS["designations"].objects.get().class_named == "general"


def test_somebody_else_is_added_by_number(tracer: Any, fact: Any) -> None:
    classified(tracer)
    fact("residences", person="friend", located_in=AREA, from_on=date(2019, 1, 1))
    other = {"other": "friend", "kind": "meal", "class:other": "close", "last:other": "2020-11-09"}
    assert decided(tracer, **other).status_code == 302
    assert FACT_MODELS["exposures"].objects.get().kind == "meal"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "请至少选择一人"),
        (of("wife", last="2020-11-11"), "末次接触日期不能在将来"),
        (of("wife", "friend"), "请选择类别"),
        ({"other": "stranger", "kind": "meal"}, "没有编号为“stranger”的人"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_recorded(tracer: Any, typed: Any, said: str) -> None:
    classified(tracer)
    answer = decided(tracer, **typed)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not FACT_MODELS["designations"].objects.exists()


def test_who_is_no_case_has_no_contacts(tracer: Any) -> None:
    classified(tracer, **{"class": "excluded"})
    assert decided(tracer, **of("wife")).status_code == 422
    assert "没有待判定的阳性结果" in text_of(tracer.get("/investigation/cases/"))


def test_somebody_of_another_area_is_not_there(tracer: Any) -> None:
    assert tracer.get("/investigation/cases/elsewhere/").status_code == 404
