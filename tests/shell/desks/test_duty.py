"""The duty office: shifts without a gap, incidents with clocks, assignments that only a proof closes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sizao_web.records.models import FACT_MODELS

AREA, OFFICE = "drill/county-1", "office/supervision"


@pytest.fixture
def officer(person_in_office: Any, browser: Any) -> Any:
    person_in_office("supervision", AREA, OFFICE, name="leader")
    return browser(person_in_office("supervision", AREA, OFFICE, name="officer"))


@pytest.fixture
def hours_later(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> Callable[[int], None]:
    """Move the clock of the pages on."""

    def move(hours: int) -> None:
        now = moment + timedelta(hours=hours)
        monkeypatch.setattr("sizao_web.records.access.middleware.now", lambda: now)

    return move


def live(fact: str) -> list[Any]:
    """What counts of a fact."""
    rows: dict[str, Any] = {}
    for row in FACT_MODELS[fact].objects.order_by("known_at", "source_version"):
        rows[row.source_record] = row
    return [row for row in rows.values() if row.action != "retract"]


def take_over(officer: Any, kind: str = "duty", holder: str = "officer", **other: str) -> Any:
    sent = {"form": str(uuid4()), "kind": kind, "holder": holder, **other}
    officer.post("/on-duty/take-over/", sent)
    return sent


@pytest.mark.orders("D1-69")
def test_whoever_takes_over_ends_the_shift_before_at_the_same_moment(officer: Any, hours_later: Any) -> None:
    assert "空岗" in officer.get("/on-duty/").content.decode()
    take_over(officer, "duty", "leader")
    hours_later(8)
    sent = take_over(officer, "duty", "officer", note="watch the south gate")
    officer.post("/on-duty/take-over/", sent)
    before, after = sorted(live("shifts"), key=lambda one: one.until_at is None)
    assert (before.holder, before.until_at, before.note) == ("leader", after.from_at, "watch the south gate")
    assert (after.holder, after.until_at) == ("officer", None)
    assert "watch the south gate" in officer.get("/on-duty/").content.decode()


def test_the_leader_and_the_one_on_duty_are_two_posts(officer: Any) -> None:
    take_over(officer, "leader", "leader")
    page = officer.get("/on-duty/").content.decode()
    assert page.count("空岗") == 1
    take_over(officer, "duty", "officer")
    assert "空岗" not in officer.get("/on-duty/").content.decode()


def test_a_post_that_nobody_ever_took_over_says_since_when_somebody_had_to_hold_it(
    officer: Any, obligation: Any, moment: datetime
) -> None:
    """Not for how many days something is overdue: the post is empty, and since when is what one asks."""
    began = moment - timedelta(days=145)
    obligation(
        OFFICE, status="overdue", about_kind="office", verb="keep_duty", rule="duty-roster",
        step="duty", responsible=OFFICE, done_by=OFFICE, opens_at=began, due_at=began, area=AREA,
    )  # fmt: skip
    page = officer.get("/on-duty/").content.decode()
    assert "逾期 145" not in page
    assert re.search(r"空岗</span> <span[^>]*>应从 <time[^>]*>.*?</time> 起有人，一直没有人接班", page)
    take_over(officer, "duty", "officer")
    assert "一直没有人接班" not in officer.get("/on-duty/").content.decode()


def test_nobody_of_another_office_takes_over_here(officer: Any, person_in_office: Any) -> None:
    person_in_office("supervision", "drill/county-2", "office/other", name="stranger")
    take_over(officer, "duty", "stranger")
    assert not live("shifts")


def test_a_shift_that_ends_without_anybody_says_so(officer: Any, hours_later: Any) -> None:
    take_over(officer)
    hours_later(8)
    answer = officer.post("/on-duty/hand-on/", {"kind": "duty", "note": "keys are at the gate"}, follow=True)
    assert re.search(r"空岗</span> <span[^>]*><time[^>]*>.*</time> 起", answer.content.decode()), "since when"
    assert live("shifts")[0].until_at is not None


def test_the_roster_is_a_plan_and_no_duty(officer: Any, moment: Any) -> None:
    hours = {"from_at": "2020-11-11T08:00", "until_at": "2020-11-11T20:00"}
    officer.post(
        "/on-duty/plan/", {"form": str(uuid4()), "kind": "duty", "holder": "officer", "days": "3", **hours}
    )
    planned = live("rosters")
    assert len(planned) == 3
    assert {one.until_at - one.from_at for one in planned} == {timedelta(hours=12)}
    assert not live("shifts")
    page = officer.get("/on-duty/roster/").content.decode()
    assert "共 3 条" in page
    assert 'href="/deliveries/"' in page, "a roster can be taken in as a file"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"until_at": "2020-11-11T08:00"}, "跨夜的班"),
        ({"until_at": "2020-11-13T20:00"}, "一班不超过 24 小时"),
        ({"days": "many"}, "连排天数"),
    ],
)
def test_a_plan_that_cannot_be_says_why_and_keeps_what_was_typed(
    officer: Any, wrong: dict[str, str], reason: str
) -> None:
    sent = {"form": str(uuid4()), "kind": "leader", "holder": "leader", "days": "3"}
    sent |= {"from_at": "2020-11-11T20:00", "until_at": "2020-11-12T08:00"} | wrong
    answer = officer.post("/on-duty/plan/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert reason in page
    assert not live("rosters")
    for name in ("from_at", "until_at", "days"):
        assert f'value="{sent[name]}"' in page
    assert '<details class="act d-print-none" open>' in page


def test_nobody_is_offered_to_take_over_from_themselves(officer: Any) -> None:
    take_over(officer, "leader", "leader")
    (post,) = re.findall(
        r'<select[^>]*id="holder-leader".*?</select>', officer.get("/on-duty/").content.decode()
    )
    assert 'value="officer"' in post
    assert 'value="leader"' not in post


@pytest.mark.orders("D1-70")
def test_an_incident_is_reported_step_by_step_and_closed_by_its_end(officer: Any) -> None:
    form = str(uuid4())
    answer = officer.post("/on-duty/incidents/new/", {"form": form, "kind": "disorder", "note": "a scuffle"})
    (incident,) = live("incidents")
    assert answer.url == f"/on-duty/incidents/of/{incident.incident}/"
    report = f"/on-duty/incidents/report/{incident.incident}/"
    refused = officer.post(report, {"form": str(uuid4()), "stage": "first", "note": ""})
    assert "请写明情况" in refused.content.decode()
    for stage in ("first", "final"):
        officer.post(report, {"form": str(uuid4()), "stage": stage, "note": f"{stage} done"})
    assert [one.stage for one in live("incident_reports")] == ["first", "final"]
    assert "已了结" in officer.get(answer.url).content.decode()
    assert 'data-total="0"' in officer.get("/on-duty/incidents/?state=open").content.decode()


def test_the_first_report_can_be_made_with_the_incident(officer: Any) -> None:
    form = str(uuid4())
    sent = {"form": form, "kind": "cluster", "note": "three pupils", "reported": "yes"}
    for _ in range(2):
        officer.post("/on-duty/incidents/new/", sent)
    assert len(live("incidents")) == len(live("incident_reports")) == 1


@pytest.fixture
def charged(db: None, moment: Any) -> str:
    """An assignment of the office, decided by a meeting of the command; its number."""
    key = uuid4()
    FACT_MODELS["assignments"].objects.create(
        fact_id=key, key_hi=5, key_lo=6, source_system="test", source_record="a", source_version=1,
        action="record", happened_at=moment, known_at=moment, recorded_at=moment, recorded_by="test",
        area="drill", history=False, derived=False, body=key.bytes, assignment="assignment/a", office=OFFICE,
        by="office/command", source="meeting", assigned_at=moment, due_on=moment.date(), task="count masks",
    )  # fmt: skip
    return "assignment/a"


@pytest.mark.orders("D1-01", "D1-65")
def test_an_assignment_is_done_only_with_what_proves_it(officer: Any, charged: str) -> None:
    assert "count masks" in officer.get("/on-duty/").content.decode()
    report = f"/on-duty/assignments/report/{charged}/"
    refused = officer.post(report, {"form": str(uuid4()), "state": "done"})
    assert "没有依据不能办结" in refused.content.decode()
    assert 'value="done" checked' in refused.content.decode(), "what was chosen stays"
    assert not live("assignment_reports")
    officer.post(report, {"form": str(uuid4()), "state": "done", "evidence": "minutes 12"})
    assert [(one.state, one.evidence) for one in live("assignment_reports")] == [("done", "minutes 12")]
    assert "已办结" in officer.get(f"/on-duty/assignments/of/{charged}/").content.decode()


def test_decisions_of_a_meeting_are_recorded_all_or_none(officer: Any, moment: Any) -> None:
    key = uuid4()
    FACT_MODELS["offices"].objects.create(
        fact_id=key, key_hi=7, key_lo=8, source_system="test", source_record="o", source_version=1,
        action="record", happened_at=moment, known_at=moment, recorded_at=moment, recorded_by="test",
        area=AREA, history=False, derived=False, body=key.bytes, office="office/education", task="education",
        covers=AREA, from_on=moment.date(),
    )  # fmt: skip
    right = {"task-1": "check", "office-1": "office/education", "due-1": "2020-11-12"}
    sent = {"form": str(uuid4()), "source": "meeting", "meeting": "12", **right}
    wrong = officer.post("/on-duty/assignments/new/", {**sent, "task-2": "and this"})
    assert wrong.status_code == 422
    assert "第 2 项" in wrong.content.decode()
    assert "and this" in wrong.content.decode()
    assert "office/education" not in wrong.content.decode(), "an office is shown by its name"
    assert not live("assignments")
    assert officer.post("/on-duty/assignments/new/", sent).status_code == 302
    assert [(one.office, one.by, one.task) for one in live("assignments")] == [
        ("office/education", OFFICE, "check")
    ]


def test_who_belongs_to_no_office_is_told_so(person_in_office: Any, browser: Any) -> None:
    assert "没有所属机构" in browser(person_in_office("supervision", AREA)).get("/on-duty/").content.decode()
