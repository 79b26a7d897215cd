"""Grade rules and response levels in a pack: a mistake is told with line, column and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from sizao.policy.grades_aloud import say_set
from sizao.policy.loading import load_pack
from sizao.policy.problems import PackProblems, Problem
from sizao.store.packs import read_pack

POLICIES = Path(__file__).parents[3] / "policies"


def mistakes(pack: str, old: str, new: str) -> list[Problem]:
    """What is told when the first `old` in the grades or levels of a shipped pack is written as `new`."""
    files = dict(read_pack(POLICIES / pack))
    (path,) = (name for name in files if name.startswith(("grades/", "levels/")))
    assert old in files[path]
    files[path] = files[path].replace(old, new, 1)
    with pytest.raises(PackProblems) as found:
        load_pack(files)
    return list(found.value.problems)


COUNTY, NINTH, LEVELS = "cn-risk-county2020", "cn-risk-ed9", "cn-response-levels"


@pytest.mark.parametrize(
    ("pack", "old", "new", "kind", "found", "near"),
    [
        (COUNTY, "sum: confirmed,", "sum: confirmd,", "column", "confirmd", "confirmed"),
        (COUNTY, "when: new >= 1", "when: news >= 1", "expression_column", "news", "new"),
        (COUNTY, "unit: county", "unit: countie", "choice", "countie", "county"),
        (COUNTY, "to: medium, when: new", "to: mediums, when: new", "grade", "mediums", "medium"),
        (COUNTY, "days: 14}", "days: 0}", "number", "0", None),
        (COUNTY, "mark: B}", "mark: X}", "mark", "X", None),
        (COUNTY, "basis: [D2-63", "basis: [D2-163", "basis", "D2-163", None),
        (NINTH, "came_from = 'high'", "came_from = 'hihg'", "code", "hihg", "high"),
        (NINTH, "days_in_grade >=", "days_in_grad >=", "expression_column", "days_in_grad", "days_in_grade"),
        (LEVELS, "started_by: city", "started_by: citty", "choice", "citty", "city"),
        (LEVELS, "[gatherings, closures, sealing", "[gatherngs", "measure", "gatherngs", "gatherings"),
        (LEVELS, "level_4:", "level_5:", "level", "level_5", "level_4"),
        (LEVELS, "by: starter_or", "by: startr_or", "choice", "startr_or_above", "starter_or_above"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_told_at_its_place_with_the_nearest(
    pack: str, old: str, new: str, kind: str, found: str, near: str | None
) -> None:
    told = [one for one in mistakes(pack, old, new) if one.found == found]
    assert told, [one.render("en") for one in mistakes(pack, old, new)]
    one = told[0]
    assert one.text[one.column - 1 :].lstrip("'").startswith(found), (one.line, one.column, one.text)
    assert one.message.zh
    assert one.message.en
    assert near is None or one.nearest == near
    assert kind in one.kind


def test_a_step_up_that_leads_down_is_told_with_the_grades_that_fit() -> None:
    told = mistakes(NINTH, "{from: high, to: medium", "{from: medium, to: high")
    assert {one.kind for one in told} == {"direction", "dead_end"}
    (one,) = (one for one in told if one.kind == "direction")
    assert one.expected == ("low",)


def test_a_grade_that_nothing_leads_down_from_is_told() -> None:
    told = mistakes(
        COUNTY,
        "    - {from: medium, to: low, when: new = 0}\n",
        "",
    )
    assert [one.kind for one in told] == ["dead_end"]
    assert "medium" in told[0].message.en


def test_a_measure_is_one_thing() -> None:
    both = mistakes(COUNTY, "sum: confirmed, days: 14", "sum: confirmed, days_since: confirmed, days: 14")
    assert {one.kind for one in both} >= {"measure"}
    window = mistakes(NINTH, "sum: *infected, in_grade: yes", "sum: *infected, in_grade: yes, days: 3")
    assert [one.kind for one in window] == ["measure"]


def test_a_pack_of_grade_rules_needs_neither_places_of_restriction_nor_grounds() -> None:
    policy = load_pack(read_pack(POLICIES / COUNTY))
    assert policy.rules == {}
    assert list(policy.grade_sets) == ["county-2020"]
    files = {**read_pack(POLICIES / COUNTY), "rules/one.yaml": "a-rule: {}\n"}
    with pytest.raises(PackProblems) as found:
        load_pack(files)
    assert {"strictness", "grounds"} <= {word for one in found.value.problems for word in one.expected}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("pack", [COUNTY, NINTH, "cn-risk-zones2021", "cn-risk-m20", "cn-risk-street2021"])
def test_a_set_is_read_aloud_with_every_measure_that_decides(pack: str, language: str) -> None:
    policy = load_pack(read_pack(POLICIES / pack))
    (rules,) = policy.grade_sets.values()
    said = say_set(rules, language, policy.sources)
    assert rules.label.get(language) in said
    assert policy.sources[rules.source.document].get(language) in said
    assert len(said.splitlines()) >= 4 + len(rules.up) + len(rules.down)


def test_a_change_of_the_grade_rules_changes_the_digest_of_the_pack() -> None:
    files = dict(read_pack(POLICIES / COUNTY))
    before = load_pack(files).digest
    files["grades/county.yaml"] = files["grades/county.yaml"].replace("so_far > 50", "so_far > 51")
    assert load_pack(files).digest != before
