"""The four gates of a hospital and its booking: in order by a tap, wrong with words, taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from sizao_web.desks.everyone.closing import ways_to_close
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import FACT_MODELS
from sizao_web.records.reading.pack import policy_in_use

AREA, HOSPITAL, PAGE = "drill/county-1/street-1/community-1", "hospital/1", "/clinic/gates/"
GATES = ("gate_entrance", "gate_outpatient", "gate_admission", "gate_ward")
KINDS = (*GATES, "slot_booking")

pytestmark = pytest.mark.orders("D1-28")


@pytest.fixture
def fact(on_record: Callable[..., str]) -> Callable[..., str]:
    """Put a fact on record here. Its key."""
    return partial(on_record, AREA)


@pytest.fixture
def desk(fact: Any, person_in_office: Any, browser: Any) -> Any:
    fact(
        "places", place=HOSPITAL, kind="hospital", level="level_2", located_in=AREA, from_on=date(2020, 1, 1)
    )
    fact("enrolments", place=HOSPITAL, duty="hospital_gates", operating="every_day", from_on=date(2020, 1, 1))
    return browser(person_in_office("clinic", AREA, HOSPITAL))


def send(desk: Any, do: str, **fields: str) -> Any:
    return desk.post(PAGE, {"do": do, "form": str(uuid4()), **fields}, follow=True)


def kept() -> list[tuple[str, str, str | None]]:
    """(kind, outcome, words) of what counts, in the order in which it was recorded."""
    rows: dict[str, Any] = {}
    for row in FACT_MODELS["place_checks"].objects.order_by("source_version", "recorded_at", "kind"):
        rows[row.source_record] = row
    return [(row.kind, row.outcome, row.reason) for row in rows.values() if row.action != "retract"]


def gate(page: Any, kind: str) -> str:
    """One row of the page, as text."""
    found = page.content.decode().partition(f'<li id="{kind}"')[2].partition("</li>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found))


def numbers(page: Any) -> list[int]:
    """Not checked yet, with something wrong, in order."""
    return [int(one) for one in re.findall(r'<strong class="count">(\d+)</strong>', page.content.decode())]


def key_of(page: Any) -> str:
    """The record that the page would take back."""
    found = re.search(r'name="key" value="([0-9a-f]{32})"', page.content.decode())
    assert found is not None
    return found[1]


def test_one_tap_records_all_five_as_in_order_and_sent_twice_counts_once(desk: Any) -> None:
    assert numbers(desk.get(PAGE)) == [5, 0, 0]
    form = str(uuid4())
    for _ in range(2):
        page = desk.post(PAGE, {"do": "all", "form": form}, follow=True)
    assert sorted(kept()) == sorted((kind, "in_order", None) for kind in KINDS)
    assert numbers(page) == [0, 0, 5]
    assert "全部正常" not in page.content.decode(), "nothing is left to be recorded"


def test_who_records_the_rest_leaves_alone_what_a_colleague_found(
    desk: Any, fact: Any, moment: datetime
) -> None:
    at = moment - timedelta(minutes=10)
    fact("place_checks", reason="灯坏了", place=HOSPITAL, kind="gate_ward", checked_at=at, outcome="defect")
    page = send(desk, "all")
    assert numbers(page) == [0, 1, 4]
    assert [row for row in kept() if row[0] == "gate_ward"] == [("gate_ward", "defect", "灯坏了")]
    assert "colleague" in gate(page, "gate_ward"), "who said it"
    assert "撤回" not in gate(page, "gate_ward"), "what a colleague said they correct themselves"


def test_one_gate_in_order_by_a_tap_and_taken_back(desk: Any) -> None:
    page = send(desk, "one", kind="gate_entrance", outcome="in_order")
    assert "正常" in gate(page, "gate_entrance")
    key = key_of(page)
    page = send(desk, "take-back", key=key)
    assert not kept()
    assert numbers(page) == [5, 0, 0]
    assert send(desk, "take-back", key=key).status_code == 200, "taken back already"


@pytest.mark.parametrize("outcome", ["put_right", "defect"])
def test_what_is_wrong_needs_words_and_what_was_typed_is_kept(desk: Any, outcome: str) -> None:
    page = send(desk, "one", kind="gate_ward", outcome=outcome, words="   ")
    assert page.status_code == 422
    assert "请写明是什么问题" in page.content.decode()
    assert not kept()
    page = send(desk, "one", kind="gate_ward", outcome=outcome, words="探视者未登记")
    assert kept() == [("gate_ward", outcome, "探视者未登记")]
    assert "探视者未登记" in gate(page, "gate_ward")


def test_what_was_wrong_and_is_put_right_shows_both_and_only_the_last_counts(
    desk: Any, fact: Any, moment: datetime
) -> None:
    at = moment - timedelta(minutes=10)
    fact(
        "place_checks",
        reason="探视者未登记",
        place=HOSPITAL,
        kind="gate_ward",
        checked_at=at,
        outcome="defect",
    )
    assert numbers(desk.get(PAGE)) == [4, 1, 0]
    page = send(desk, "one", kind="gate_ward", outcome="put_right", words="已设登记台")
    assert numbers(page) == [4, 0, 1]
    told = gate(page, "gate_ward")
    assert "已设登记台" in told
    assert "探视者未登记" in told, "what it was before is not lost"


def test_a_row_of_the_ledger_says_until_when_and_what_happens_otherwise(
    desk: Any, obligation: Any, moment: datetime
) -> None:
    today = (moment + timedelta(hours=8)).date().isoformat()
    for step, kind in (("entrance", "gate_entrance"), ("ward", "gate_ward")):
        obligation(
            HOSPITAL, "open", AREA, about_kind="place", rule="hospital-gates", step=step,
            verb=f"check_{kind}", place=None, occurrence=today, responsible=HOSPITAL, done_by=HOSPITAL,
            trigger_fact="enrolments",
        )  # fmt: skip
    page = desk.get(PAGE)
    assert "12点前" in gate(page, "gate_ward"), "until when"
    assert "卫生健康行政部门（到场核查）" in page.content.decode(), "who comes otherwise"
    assert "规则没有要求" in gate(page, "gate_admission"), "no row is about it"
    page = send(desk, "one", kind="gate_ward", outcome="defect", words="门坏了")
    assert "卫生健康" in gate(page, "gate_ward"), "still, while it is not put right"
    assert send(desk, "take-back", key=key_of(page)).status_code == 200
    send(desk, "one", kind="gate_ward", outcome="in_order")
    assert "卫生健康" not in gate(desk.get(PAGE), "gate_ward")


def test_the_last_check_of_another_day_is_shown_and_not_asked(desk: Any, fact: Any, moment: datetime) -> None:
    at = moment - timedelta(days=1)
    fact(
        "place_checks",
        reason="换了锁",
        place=HOSPITAL,
        kind="gate_entrance",
        checked_at=at,
        outcome="put_right",
    )
    page = desk.get(PAGE)
    assert "换了锁" in gate(page, "gate_entrance")
    assert numbers(page) == [5, 0, 0], "yesterday's is not today's"


def test_a_place_that_owes_no_checks_is_told_so_and_may_record_them(
    fact: Any, person_in_office: Any, browser: Any
) -> None:
    fact("places", place="clinic/2", kind="hospital", located_in=AREA, from_on=date(2020, 1, 1))
    other = browser(person_in_office("clinic", AREA, "clinic/2"))
    assert "没有登记“医院四个关口”的义务" in other.get(PAGE).content.decode()
    send(other, "all")
    assert len(kept()) == 5


def test_what_is_no_gate_is_not_recorded_and_another_hospital_is_not_touched(
    desk: Any, fact: Any, moment: datetime
) -> None:
    assert send(desk, "one", kind="morning_check", outcome="in_order").status_code == 404
    assert send(desk, "one", kind="gate_ward", outcome="fine").status_code == 404
    assert send(desk, "take-back", key="0" * 32).status_code == 404
    assert not kept()


@pytest.mark.parametrize(
    ("role", "to"), [("clinic", "/clinic/gates/"), ("institution", "/facts/place_checks/new/?")]
)
def test_a_row_about_a_gate_leads_to_this_page_where_somebody_may_open_it(
    obligation: Any, role: str, to: str
) -> None:
    row = obligation(
        HOSPITAL, "open", AREA, about_kind="place", rule="hospital-gates", step="ward", place=None,
        verb="check_gate_ward", responsible=HOSPITAL, done_by=HOSPITAL, trigger_fact="enrolments",
    )  # fmt: skip
    scope = Scope("somebody", role, AREA, HOSPITAL, "epidemic_control")
    (way,) = ways_to_close(row, policy_in_use(), scope, {"place": HOSPITAL}, "/")
    assert way.address is not None
    assert way.address.startswith(to)
