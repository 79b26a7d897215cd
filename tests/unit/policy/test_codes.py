"""A colour is a projection of what binds a person: it can name places of the standing, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from sizao.policy.codes import CodeSet, say_codes
from sizao.policy.loading import load_pack
from sizao.policy.problems import PackProblems

PACK = """
pack: colours
label: {zh: 颜色, en: colours}
zone: Asia/Shanghai
grades: [low, medium, high]
sources: {practice: {zh: 地方做法, en: local practice}}
"""
COLOURS = """
three:
  label: {zh: 三色, en: three colours}
  basis: [D1-22]
  source: {document: practice, article: none, mark: B}
  legal_basis: {zh: 无, en: none, mark: M}
  in_force: {from: 2020-02-11, until: 2022-12-08}
  appeal: health_commission
  colours:
    red: {label: {zh: 红码, en: red}, places: [hospital, central]}
    yellow: {label: {zh: 黄码, en: yellow}, places: [home]}
  rest: {colour: green, label: {zh: 绿码, en: green}}
"""


def loaded(text: str = COLOURS) -> CodeSet:
    return load_pack({"pack.yaml": PACK, "codes/three.yaml": text}).code_sets["three"]


def told(text: str) -> str:
    with pytest.raises(PackProblems) as found:
        loaded(text)
    return " ".join(f"{one.line}: {one.message.en} {one.expected}" for one in found.value.problems)


def test_a_colour_stands_for_places_and_has_dates_and_an_appeal() -> None:
    one = loaded()
    assert [(colour.name, colour.places) for colour in one.colours] == [
        ("red", ("hospital", "central")),
        ("yellow", ("home",)),
    ]
    assert (one.rest.name, one.appeal) == ("green", "health_commission")


def test_it_was_used_from_its_first_day_and_not_on_its_end() -> None:
    days = [date(2020, 2, 10), date(2020, 2, 11), date(2022, 12, 7), date(2022, 12, 8)]
    assert [loaded().in_force(day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize("key", ["persons: [p1]", "areas: [a/b]", "when: age > 60"])
def test_nobody_is_coloured_by_name_area_or_any_other_condition(key: str) -> None:
    """Zhengzhou, June 2022: red for people who asked for their money. Here there is no way to write that."""
    text = COLOURS.replace("places: [home]}", f"places: [home], {key}}}")
    assert key.split(":")[0] in told(text)


def test_a_place_has_one_colour() -> None:
    text = COLOURS.replace("places: [home]}", "places: [home, central]}")
    assert '"central" is red already' in told(text)


def test_a_place_that_no_standing_knows_is_named_with_those_there_are() -> None:
    text = COLOURS.replace("places: [home]}", "places: [hom]}")
    assert "home" in told(text)


@pytest.mark.parametrize("key", ["source", "legal_basis", "in_force", "appeal", "rest"])
def test_a_set_without_ground_dates_or_appeal_is_refused(key: str) -> None:
    lines = [line for line in COLOURS.splitlines() if not line.startswith(f"  {key}:")]
    assert key in told("\n".join(lines))


def test_it_is_read_aloud_in_both_languages() -> None:
    assert "黄码：管控方式为居家医学观察" in say_codes(loaded(), "zh", {})
    assert "Everybody else: green." in say_codes(loaded(), "en", {})
