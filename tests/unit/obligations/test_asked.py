"""What a row tells about its stage and its occurrence."""

from __future__ import annotations

from datetime import datetime

from drawn import obligations
from drawn_policy import AT, step
from sizao.obligations.asked import occurrence_of, stage_start
from sizao.policy.expressions.tree import ColumnOf, Type
from sizao.policy.model import After, Calendar, Days, Every, Plan

ZONE = "Asia/Shanghai"
STARTED = ColumnOf("stage_start", Type.DATE, AT)
SECOND = After("central", "end")
KEY = "5812841b61b05b5490e1b1177f142e74"


def row(occurrence: str, opens_at: datetime) -> dict[str, object]:
    one: dict[str, object] = obligations({"occurrence": occurrence, "opens_at": opens_at}).to_pylist()[0]
    return one


def test_day_two_of_a_plan_began_its_stage_the_day_before_when_that_is_day_one() -> None:
    plan = step("test", after=SECOND, timing=Plan(Days(STARTED, first_day=1, shift=-1), on_days=(2,)))
    assert stage_start(row("d2", datetime(2020, 4, 24, 16)), plan, ZONE) == datetime(2020, 4, 23, 16)


def test_a_span_opens_when_its_stage_begins() -> None:
    span = step("home", span=True, after=SECOND)
    assert stage_start(row("once", datetime(2020, 4, 24, 16)), span, ZONE) == datetime(2020, 4, 24, 16)


def test_a_step_that_follows_none_has_no_stage_and_a_period_does_not_tell_when_its_stage_began() -> None:
    daily = step("check", after=SECOND, timing=Calendar(Every.DAY, None, STARTED, None))
    assert stage_start(row("d3", datetime(2020, 4, 24, 16)), step("test"), ZONE) is None
    assert stage_start(row("2020-04-25", datetime(2020, 4, 24, 16)), daily, ZONE) is None


def test_an_occurrence_is_said_without_the_key_of_whom_it_is_about() -> None:
    opens = datetime(2020, 3, 2, 16)
    assert occurrence_of(row(f"2020-03-03/{KEY}", opens)) == "2020-03-03"
    assert occurrence_of(row(KEY, opens)) == ""
