"""What everybody may read without signing in, and that it is never about anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from shell.desks.conftest import Browser
from sizao.terms.identifiers import natural_key
from sizao_web.records.models import FACT_MODELS

SINCE = date(2020, 1, 1)
LANTERN, ORCHARD = "drill/harbour/quay/lantern", "drill/harbour/hill/orchard"


@pytest.fixture
def nobody(db: None, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> Browser:
    """A browser in which nobody has signed in."""
    monkeypatch.setattr("sizao_web.records.access.middleware.now", lambda: moment)
    return Browser()


@pytest.fixture
def fact(db: None, moment: datetime) -> Callable[..., None]:
    """Put a fact on record."""

    def put(name: str, key: str = "", version: int = 1, action: str = "record", **values: Any) -> None:
        key, at = key or str(uuid4()), moment - timedelta(hours=1)
        hi, lo = natural_key(name, "test", key)
        FACT_MODELS[name].objects.create(
            fact_id=uuid4(), key_hi=hi, key_lo=lo, source_system="test", source_record=key,
            source_version=version, action=action, happened_at=at, known_at=at, recorded_at=at,
            recorded_by="test", area="drill", history=False, derived=False, body=f"{key}{version}".encode(),
            **values,
        )  # fmt: skip

    return put


@pytest.fixture
def city(fact: Any) -> None:
    """Two clinics in two streets of one district, a pharmacy, and the areas around them."""
    for path in ("drill", "drill/harbour", "drill/harbour/quay", "drill/harbour/hill", LANTERN, ORCHARD):
        name = path.rsplit("/", 1)[-1]
        fact("areas", path=path, label_zh=f"{name}区", label_en=f"{name} area", level="street")
    for place, kind, there in (
        ("clinic/far", "fever_clinic", ORCHARD),
        ("clinic/near", "fever_clinic", LANTERN),
        ("pharmacy/1", "pharmacy", LANTERN),
    ):
        fact("places", place=place, kind=kind, located_in=there, fever_clinic=None, from_on=SINCE)
    fact(
        "public_contacts", subject="clinic/near", name_zh="灯塔门诊", name_en="Lantern clinic",
        telephone="000-1", hours_zh="全天", hours_en="round the clock", from_on=SINCE,
    )  # fmt: skip


def notice(fact: Any, name: str, begins: date, **more: Any) -> None:
    fact(
        "notices", **{
            "notice": name, "kind": "notice", "covers": "drill", "title_zh": f"{name}标题",
            "title_en": f"{name} title", "text_zh": "正文", "text_en": "text", "from_on": begins,
            "announced_by": "office/1", **more,
        },
    )  # fmt: skip


def test_the_clinic_of_the_own_street_stands_before_the_one_of_another(nobody: Browser, city: None) -> None:
    text = nobody.get("/public/clinics/", {"near": LANTERN}).content.decode()
    assert text.index("灯塔门诊") < text.index("clinic/far"), "the nearest first"
    assert "pharmacy/1" not in text
    assert 'href="tel:000-1"' in text
    assert "全天" in text
    far = nobody.get("/public/clinics/", {"near": ORCHARD}).content.decode()
    assert far.index("clinic/far") < far.index("灯塔门诊")
    assert "未公布" in far, "what is not known is said, not left out"


def test_an_area_is_chosen_step_by_step_without_a_map(nobody: Browser, city: None) -> None:
    first = nobody.get("/public/clinics/").content.decode()
    assert "?near=drill%22" not in first
    assert 'href="/public/clinics/?near=drill"' in first
    assert "near=drill/harbour/quay" not in first, "one step at a time"
    second = nobody.get("/public/clinics/", {"near": "drill/harbour"}).content.decode()
    assert "near=drill/harbour/quay" in second
    assert "near=drill/harbour/hill" in second
    assert LANTERN not in second
    nowhere = nobody.get("/public/clinics/", {"near": "drill/no-such"}).content.decode()
    assert "没有这个地区" in nowhere


def test_a_resident_begins_at_the_own_community_and_can_see_all(
    browser: Any, person_in_office: Any, city: None
) -> None:
    resident = browser(person_in_office("resident", ORCHARD, person="p1"))
    page = resident.get("/public/clinics/").content.decode()
    assert page.index("clinic/far") < page.index("灯塔门诊"), "the one of the own community first"
    assert "从您登记居住的社区开始" in page
    assert 'href="/public/clinics/?near="' in page
    every = resident.get("/public/clinics/?near=").content.decode()
    assert "从您登记居住的社区开始" not in every
    assert "全部，共 2 家" in every
    other = resident.get("/public/clinics/", {"near": LANTERN}).content.decode()
    assert other.index("灯塔门诊") < other.index("clinic/far"), "what is chosen counts"
    # whose community is not on record is shown all of them, without a warning about a choice nobody made
    moved = browser(person_in_office("resident", "drill/no-such", name="moved", person="p2"))
    page = moved.get("/public/clinics/").content.decode()
    assert "全部，共 2 家" in page
    assert "没有这个地区" not in page
    worker = browser(person_in_office("community", ORCHARD))
    assert "全部，共 2 家" in worker.get("/public/clinics/").content.decode()


def test_a_notice_is_read_from_its_first_day_and_is_over_after_its_last(
    nobody: Browser, fact: Any, moment: datetime
) -> None:
    today = moment.date()
    notice(fact, "tomorrow", today + timedelta(days=1))
    notice(fact, "today", today)
    notice(fact, "over", today - timedelta(days=5), until_on=today)
    text = nobody.get("/public/notices/").content.decode()
    assert "today标题" in text
    assert "tomorrow标题" not in text, "what begins later is not public"
    assert text.index("today标题") < text.index("over标题")
    assert text.count("已失效") == 1
    start = nobody.get("/public/").content.decode()
    assert "today标题" in start
    assert "over标题" not in start


def test_a_retracted_notice_is_gone_and_a_replaced_one_reads_as_replaced(
    nobody: Browser, fact: Any, moment: datetime
) -> None:
    for name in ("wrong", "kept"):
        notice(fact, name, moment.date(), key=name)
    notice(fact, "wrong", moment.date(), key="wrong", version=2, action="retract")
    notice(fact, "kept", moment.date(), key="kept", version=2, action="replace", title_zh="新标题")
    text = nobody.get("/public/notices/").content.decode()
    assert "wrong标题" not in text
    assert "新标题" in text
    assert "kept标题" not in text


def test_the_file_has_every_notice_and_no_formula(nobody: Browser, fact: Any, moment: datetime) -> None:
    for number in range(12):
        notice(fact, f"n{number}", moment.date(), title_zh="=1+1")
    shown = nobody.get("/public/notices/").content.decode()
    assert shown.count("<article") == 10, "a page at a time"
    assert nobody.get("/public/notices/", {"page": "2"}).content.decode().count("<article") == 2
    file = nobody.get("/public/notices/", {"as": "csv"})
    assert "12-rows" in file.headers["Content-Disposition"]
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 13
    assert all(",'=1+1," in line for line in lines[1:])


@pytest.mark.parametrize("address", ["/public/clinics/", "/public/rights/"])
def test_the_public_is_told_the_numbers_of_this_installation_and_no_other(
    nobody: Browser, settings: Any, address: str
) -> None:
    numbers = {"120", "12345", "144", "+41 58 000 00 00"}
    for emergency, hotline in (("120", "12345"), ("144", "+41 58 000 00 00"), ("", "")):
        settings.SIZAO = replace(settings.SIZAO, emergency=emergency, hotline=hotline)
        page = nobody.get(address).content.decode()
        assert {one for one in numbers if one in page} == {emergency, hotline} - {""}
        assert ("请立即呼叫救护车" in page) == (not emergency)


@pytest.mark.parametrize("address", ["/public/", "/public/clinics/", "/public/notices/", "/public/rights/"])
def test_every_page_has_words_where_nothing_is_on_record(nobody: Browser, address: str) -> None:
    nobody.cookies["sizao_language"] = "en"
    answer = nobody.get(address)
    assert answer.status_code == 200
    assert "sign-in" in answer.content.decode() or address != "/public/"
    assert b"empty-state" in answer.content
    assert b"<script>" not in answer.content


def test_the_functions_for_everybody_name_no_column_that_could_be_about_a_person() -> None:
    from sizao.facts.dictionary import FACTS
    from sizao_web.records.access.public import PUBLIC

    told = {
        column.name: column
        for fact in ("places", "public_contacts", "notices", "areas")
        for column in FACTS[fact].columns
    }
    for function in PUBLIC.values():
        assert "recorded_by" not in function.body
        assert "person" not in function.body
        assert "*" not in function.body.split("FROM", 1)[0], "columns are named one by one"
    assert not [name for name, column in told.items() if column.of == "person"]


def test_who_has_not_signed_in_gets_no_row_of_any_table_beside_them(nobody: Browser, city: None) -> None:
    from sizao_web.records.access.scope import enter

    enter(None)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM fact_places")
            assert cursor.fetchone() == (0,)
            cursor.execute("SELECT count(*) FROM sizao_public_clinics(now())")
            assert cursor.fetchone() == (2,)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
