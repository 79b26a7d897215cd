"""The inspectors' desk: what was found, with photographs; put right by the place; checked again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sizao.terms.identifiers import hex_key
from sizao_web.demo.drawing import gate
from sizao_web.records.models import FACT_MODELS, Photo

AREA = "drill/county-1"
SHOP = "market/somewhere"
OFFICE = "office/supervision"
SECRET = b"GPS 31.2304N"


@pytest.fixture
def shop(db: None, moment: datetime) -> str:
    key = uuid4()
    FACT_MODELS["places"].objects.create(
        fact_id=key, key_hi=1, key_lo=2, source_system="test", source_record="shop", source_version=1,
        action="record", happened_at=moment, known_at=moment, recorded_at=moment, recorded_by="test",
        area=AREA, history=False, derived=False, body=key.bytes, place=SHOP, kind="market",
        located_in=f"{AREA}/street", from_on=date(2019, 1, 1),
    )  # fmt: skip
    return SHOP


@pytest.fixture
def inspector(person_in_office: Any, browser: Any, shop: str) -> Any:
    return browser(person_in_office("supervision", AREA, OFFICE))


@pytest.fixture
def manager(person_in_office: Any, browser: Any, shop: str) -> Any:
    return browser(person_in_office("institution", f"{AREA}/street", SHOP))


@pytest.fixture
def found(inspector: Any) -> str:
    """A serious finding at the shop, photographed; its number."""
    inspector.post("/supervision/inspect/", form())
    (row,) = FACT_MODELS["findings"].objects.all()
    return str(row.finding)


def photo(content: bytes = b"", name: str = "a.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or gate(), "image/png")


def form(**other: Any) -> dict[str, Any]:
    return {
        "form": str(uuid4()), "place": SHOP, "kind-1": "no_fixed_thermometer", "severity-1": "serious",
        "note-1": "south gate", "photo-1": photo(), **other,
    }  # fmt: skip


def live(fact: str) -> list[Any]:
    """What counts of a fact."""
    rows: dict[str, Any] = {}
    for row in FACT_MODELS[fact].objects.order_by("source_version"):
        rows[row.source_record] = row
    return [row for row in rows.values() if row.action != "retract"]


@pytest.mark.orders("D1-13", "D1-68")
def test_an_inspection_leaves_its_findings_and_photographs(inspector: Any) -> None:
    sent = form(**{"kind-2": "inattentive_post"})
    answer = inspector.post("/supervision/inspect/", sent)
    assert answer.status_code == 302
    (inspection,) = live("inspections")
    assert (inspection.place, inspection.by) == (SHOP, OFFICE)
    assert [(one.kind, one.severity) for one in live("findings")] == [
        ("no_fixed_thermometer", "serious"),
        ("inattentive_post", "minor"),
    ]
    assert Photo.objects.get().kind == "image/png"
    assert "未配置固定式红外测温仪" in inspector.get(answer.url).content.decode()


def test_an_inspection_sent_twice_is_there_once(inspector: Any) -> None:
    sent = form()
    inspector.post("/supervision/inspect/", sent)
    inspector.post("/supervision/inspect/", {**sent, "photo-1": photo()})
    assert len(live("inspections")) == len(live("findings")) == Photo.objects.count() == 1


def test_an_inspection_that_found_nothing_is_one(inspector: Any) -> None:
    inspector.post("/supervision/inspect/", {"form": str(uuid4()), "place": SHOP})
    assert len(live("inspections")) == 1
    assert not live("findings")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"place": "nowhere"}, "请选择被检查的场所"),
        ({"kind-1": ""}, "问题 1：请选择问题类别"),
        ({"photo-1": photo(b"<script>alert(1)</script>", "a.jpg")}, "不是 JPEG 或 PNG"),
        ({"form": "x"}, "页面已过期"),
    ],
)
def test_a_wrong_form_records_nothing_and_keeps_what_was_typed(
    inspector: Any, wrong: dict[str, Any], said: str
) -> None:
    answer = inspector.post("/supervision/inspect/", form(**wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "south gate" in page
    assert not live("inspections")
    assert not Photo.objects.exists()


def test_a_photograph_is_served_as_a_picture_and_nothing_else(inspector: Any, found: str) -> None:
    answer = inspector.get(f"/supervision/photos/{Photo.objects.get().pk}/")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.content == gate()


def test_a_photograph_is_seen_by_whoever_sees_the_finding_and_by_nobody_else(
    inspector: Any, manager: Any, person_in_office: Any, browser: Any, found: str
) -> None:
    address = f"/supervision/photos/{Photo.objects.get().pk}/"
    neighbour = browser(person_in_office("supervision", "drill/county-2", "office/other"))
    community = browser(person_in_office("community", f"{AREA}/street", "office/c"))
    assert manager.get(address).status_code == 200
    assert neighbour.get(address).status_code == 404
    assert community.get(address).status_code == 403


def test_a_photograph_taken_back_is_gone_and_only_its_giver_takes_it_back(
    inspector: Any, manager: Any, found: str
) -> None:
    address = f"/supervision/photos/take-back/{Photo.objects.get().pk}/"
    manager.post(address)
    assert bytes(Photo.objects.get().content) == gate()
    inspector.post(address)
    kept = Photo.objects.get()
    assert bytes(kept.content) == b""
    assert kept.withdrawn_at is not None
    assert inspector.get(f"/supervision/photos/{kept.pk}/").status_code == 404


def test_the_place_puts_it_right_and_the_inspector_closes_it(
    inspector: Any, manager: Any, found: str
) -> None:
    page = manager.get(f"/supervision/findings/{found}/").content.decode()
    assert "报整改" in page
    sent = {"form": str(uuid4()), "note": "installed", "photo": photo()}
    manager.post(f"/supervision/rectify/{found}/", sent)
    manager.post(f"/supervision/rectify/{found}/", {**sent, "photo": photo()})
    (said,) = live("rectifications")
    assert (said.note, said.rechecked_at) == ("installed", None)
    inspector.post(f"/supervision/check-again/{found}/", {"form": str(uuid4()), "outcome": "right"})
    (checked,) = live("rectifications")
    assert checked.rechecked_at is not None
    assert checked.note == "installed"
    assert "复查通过" in manager.get(f"/supervision/findings/{found}/").content.decode()


def test_what_is_not_right_is_due_again_and_says_what_is_missing(
    inspector: Any, manager: Any, found: str
) -> None:
    manager.post(f"/supervision/rectify/{found}/", {"form": str(uuid4()), "note": "ordered"})
    again = f"/supervision/check-again/{found}/"
    refused = inspector.post(again, {"form": str(uuid4()), "outcome": "not_right"})
    assert "还差什么" in refused.content.decode()
    assert live("rectifications"), "without a reason nothing changes"
    inspector.post(again, {"form": str(uuid4()), "outcome": "not_right", "note": "still missing"})
    assert not live("rectifications")
    assert len(live("inspections")) == 2, "somebody was there"
    page = manager.get(f"/supervision/findings/{found}/").content.decode()
    assert "still missing" in page
    assert "报整改" in page


def test_a_place_does_not_check_itself(manager: Any, found: str) -> None:
    manager.post(f"/supervision/rectify/{found}/", {"form": str(uuid4()), "note": "done"})
    answer = manager.post(f"/supervision/check-again/{found}/", {"form": str(uuid4()), "outcome": "right"})
    assert answer.status_code == 403


def test_a_place_does_not_say_in_the_common_form_that_it_was_checked_again(manager: Any, found: str) -> None:
    page = "/facts/rectifications/new/"
    assert "复查时间" not in manager.get(page).content.decode()
    at = "2020-11-10T08:00"
    said = {"record": str(uuid4()), "finding": found, "place": SHOP, "rectified_at": at, "rechecked_at": at}
    manager.post(page, {**said, "anyway": "yes"})
    assert [one.rechecked_at for one in live("rectifications")] == [None]


def test_a_place_is_not_asked_to_press_others(manager: Any, found: str) -> None:
    page = manager.get("/supervision/").content.decode()
    assert "催办" not in page
    assert "场所逾期" not in page


def test_each_number_is_the_number_of_rows_behind_it(
    inspector: Any, found: str, obligation: Callable[..., Any]
) -> None:
    row = FACT_MODELS["findings"].objects.get()
    key = hex_key(row.key_hi, row.key_lo)
    of_finding = {"trigger_fact": "findings", "trigger_key": key, "about_kind": "place", "area": AREA}
    for status, office in (("overdue", OFFICE), ("open", OFFICE), ("overdue", SHOP), ("upcoming", SHOP)):
        obligation(
            SHOP, status, rule="finding-serious", step="rectify", verb="rectify", responsible=office,
            done_by=office, **of_finding,
        )  # fmt: skip
    page = inspector.get("/supervision/").content.decode()
    links = re.findall(r'href="([^"]+)"><strong class="count">(\d+)<', page)
    assert [int(count) for _, count in links] == [1, 2, 1, 1]
    for address, count in links:
        text = inspector.get(address.replace("&amp;", "&")).content.decode()
        assert f'data-total="{count}"' in text


def test_the_start_of_an_inspector_leads_to_the_findings_with_the_numbers_that_matter(
    inspector: Any, manager: Any, found: str, obligation: Callable[..., Any], moment: datetime
) -> None:
    row = FACT_MODELS["findings"].objects.get()
    of_finding = {
        "trigger_fact": "findings", "trigger_key": hex_key(row.key_hi, row.key_lo), "about_kind": "place",
        "area": AREA, "rule": "finding-serious", "step": "rectify", "verb": "rectify",
    }  # fmt: skip
    late, tonight, later = (
        moment - timedelta(hours=2),
        moment + timedelta(hours=9),
        moment + timedelta(days=2),
    )
    for status, office, due in (
        ("overdue", OFFICE, late), ("overdue", SHOP, late), ("open", SHOP, tonight), ("open", SHOP, later),
        ("upcoming", SHOP, tonight),
    ):  # fmt: skip
        obligation(SHOP, status, responsible=office, done_by=office, due_at=due, **of_finding)
    start = inspector.get("/").content.decode()
    section = start[start.index('id="findings"') : start.index("先做这些")]
    assert 'href="/supervision/"' in section
    links = re.findall(r'href="([^"]+)"><strong class="count">(\d+)<', section)
    assert [int(count) for _, count in links] == [1, 3, 2]
    for address, count in links:
        text = inspector.get(address.replace("&amp;", "&")).content.decode()
        assert f'data-total="{count}"' in text, address
    assert 'id="findings"' not in manager.get("/", follow=True).content.decode()


def test_the_notice_names_what_to_put_right_and_the_ground(inspector: Any, found: str) -> None:
    (inspection,) = live("inspections")
    page = inspector.get(f"/supervision/notices/{inspection.inspection}/").content.decode()
    assert "督导检查整改通知书" in page
    assert "south gate" in page
    assert inspection.inspection in page
