"""Response levels: what is on, what lapses by itself, what somebody must end, and who may change a level."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from drawn import facts
from sizao.policy.grades_aloud import say_plan
from sizao.policy.levels import LevelPlan
from sizao.policy.loading import load_pack
from sizao.risk.levels import Announced, Doubt, announced_levels, doubts, in_force, recorded_levels
from sizao.risk.look_up import EVER
from sizao.store.packs import read_pack
from sizao.store.running import run

POLICIES = Path(__file__).parents[3] / "policies"
BEIJING = "cn/11"


@pytest.fixture(scope="module")
def plan() -> LevelPlan:
    return load_pack(read_pack(POLICIES / "cn-response-levels")).level_plans["emergency-response"]


def level(number: int, month: int, day: int, by: str = "province", area: str = BEIJING) -> Announced:
    return Announced(area, f"level_{number}", date(2020, month, day), None, by)


SUMMER = [level(3, 6, 6), level(2, 6, 16), level(3, 7, 20)]


def test_a_level_holds_from_its_first_day_until_the_next_one(plan: LevelPlan) -> None:
    days = {(6, 5): None, (6, 6): "level_3", (6, 15): "level_3", (6, 16): "level_2", (7, 19): "level_2"}
    days |= {(7, 20): "level_3"}
    found = {
        (month, day): in_force(plan, SUMMER, BEIJING, date(2020, month, day)).level for month, day in days
    }
    assert found == days


def test_lowering_lets_some_measures_lapse_and_leaves_others_to_a_decision(plan: LevelPlan) -> None:
    before = in_force(plan, SUMMER, BEIJING, date(2020, 7, 19))
    after = in_force(plan, SUMMER, BEIJING, date(2020, 7, 20))
    assert {"closures", "traffic", "requisition"} <= set(before.measures)
    assert (before.lapsed, before.to_be_ended) == ((), ())
    assert after.lapsed == ("closures", "traffic")
    assert after.to_be_ended == ("requisition",)
    assert set(after.measures) == {"gatherings", "premises", "daily_report", "isolation"}


def test_the_nearest_area_decides_and_a_wider_one_where_there_is_none(plan: LevelPlan) -> None:
    rows = [level(1, 1, 24, "country", "cn"), level(2, 4, 30)]
    assert in_force(plan, rows, "cn/11/1101/110105", date(2020, 4, 29)).level == "level_1"
    assert in_force(plan, rows, "cn/11/1101/110105", date(2020, 4, 30)).level == "level_2"
    assert in_force(plan, rows, "cn/42", date(2020, 4, 30)).level == "level_1"


def test_a_level_that_ends_switches_on_nothing(plan: LevelPlan) -> None:
    ended = Announced(BEIJING, "ended", date(2020, 9, 1), None, "province")
    found = in_force(plan, [*SUMMER, ended], BEIJING, date(2020, 9, 1))
    assert found.level is None
    assert found.measures == ()
    assert "daily_report" in found.lapsed
    assert "isolation" in found.to_be_ended
    until = [Announced(BEIJING, "level_3", date(2020, 6, 6), date(2020, 6, 10), "province")]
    assert in_force(plan, until, BEIJING, date(2020, 6, 9)).level == "level_3"
    assert in_force(plan, until, BEIJING, date(2020, 6, 10)).level is None


def test_a_body_below_the_starter_neither_starts_nor_lowers_a_level(plan: LevelPlan) -> None:
    assert doubts(plan, SUMMER) == []
    started_below = level(2, 6, 16, "city")
    assert doubts(plan, [level(3, 6, 6), started_below]) == [
        Doubt(BEIJING, date(2020, 6, 16), "level_2", "starter")
    ]
    lowered_below = level(3, 7, 20, "city")
    assert doubts(plan, [level(2, 6, 16), lowered_below]) == [
        Doubt(BEIJING, date(2020, 7, 20), "level_3", "lowered_by")
    ]
    lowered_above = level(3, 7, 20, "country")
    assert doubts(plan, [level(2, 6, 16), lowered_above]) == []


def test_levels_on_record_say_the_level_of_the_office_that_announced_them(plan: LevelPlan) -> None:
    tables = {
        "areas": facts(
            "areas", {"path": "cn/11", "label_zh": "北京市", "label_en": "Beijing", "level": "province"}
        ),
        "offices": facts(
            "offices", {"office": "o", "task": "command", "covers": "cn/11", "from_on": date(2020, 1, 1)}
        ),
        "response_levels": facts(
            "response_levels",
            {"covers": "cn/11", "level": "level_2", "from_on": date(2020, 6, 16), "announced_by": "o"},
        ),
    }
    rows = announced_levels(run(recorded_levels(EVER), tables)["levels"].to_pylist())
    assert rows == [Announced("cn/11", "level_2", date(2020, 6, 16), None, "province")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_plan_is_read_aloud_with_what_lapses(plan: LevelPlan, language: str) -> None:
    said = say_plan(plan, language, {})
    for measure in plan.measures.values():
        assert measure.label.get(language) in said
    assert ("自行终止" if language == "zh" else "Lapse by themselves") in said
