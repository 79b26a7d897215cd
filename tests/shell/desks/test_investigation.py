"""The page of registers: opened, shown, refused, and what was typed is still there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from shell.access.world import Spot, fact_row
from shell.streams.conftest import AREA, MALL, check_ins, scope
from shell.streams.test_registers import case_on_record
from sizao_web.accounts.models import Account
from sizao_web.records.actions.record_stream import record_stream
from sizao_web.records.models import PersonAccess

pytestmark = [pytest.mark.django_db, pytest.mark.orders("D1-46")]
ASKED = {"case": "case-1", "place": MALL, "from_at": "2020-11-09T00:00", "until_at": "2020-11-10T10:00"}


@pytest.fixture
def tracer(
    browser: Any, person_in_office: Callable[..., Account], moment: datetime,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> Any:  # fmt: skip
    """A CDC officer at the page; the mall has sent twenty check-ins, one of them of the case."""
    monkeypatch.setattr(settings, "SIZAO", replace(settings.SIZAO, lake=tmp_path))
    PersonAccess.objects.create(person="p-7", area=AREA)
    fact_row("places", MALL, Spot(AREA, "", MALL)).save(force_insert=True)
    mall = person_in_office("institution", AREA, MALL)
    record_stream(scope(mall), moment, "check_ins", check_ins(20))
    return browser(person_in_office("cdc", AREA, "cdc-1"))


def test_around_a_proved_case_the_register_shows_who_was_there(tracer: Any) -> None:
    case_on_record()
    shown = tracer.post("/investigation/", ASKED, follow=True).content.decode()
    assert shown.count("mall-scanner scan-") == 20
    assert "涉及20人" in shown
    assert "p-7</a>" in shown, "whom the duty answers for has a link"
    assert "p-8</a>" not in shown


def test_around_a_case_that_is_none_it_says_what_is_missing_keeps_what_was_typed_and_notes_the_try(
    tracer: Any,
) -> None:
    answer = tracer.post("/investigation/", ASKED)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "实验室阳性结果" in shown
    assert 'value="case-1"' in shown
    assert "scan-" not in shown
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry WHERE deed = 'refused'")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"case": ""}, "请填写病例编号"),
        ({"from_at": "yesterday"}, "请填写起止时间"),
        ({"until_at": "2020-11-08T00:00"}, "时段须为正"),
        ({"from_at": "2020-01-01T00:00"}, "不超过21天"),
    ],
)
def test_what_is_wrong_is_said(tracer: Any, typed: dict[str, str], said: str) -> None:
    assert said in tracer.post("/investigation/", {**ASKED, **typed}).content.decode()


@pytest.mark.parametrize("opening", ["1", "999999", "x", "1; DROP TABLE stream_opening"])
def test_an_opening_of_somebody_else_is_not_there(tracer: Any, opening: str) -> None:
    assert tracer.get("/investigation/", {"opening": opening}).status_code == 404
