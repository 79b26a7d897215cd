"""What a mutation changes: numbers, dates, hours, comparisons, lists, and nothing that is only words."""

from __future__ import annotations

import pytest

from sizao.policy.proving import (
    Mutation,
    Others,
    Texts,
    mutations,
    only_rules,
    rules_written_in,
    survivors,
)

RULES = """\
# two rules
first:
  in_force: {from: 2020-06-18}
  when: days_between(a, b) <= 14 and (class in ('close', 'secondary') or note is null)
  must:
    test: {verb: test, from: known_at, within: {parameter: clock}, max_pool: 1}
second:
  in_force: {from: 2020-06-22}
  catches_from: 2020-01-20
  running: keep
  when: kind = 'a' and on < date '2020-07-01'
  must:
    report: {verb: report, every: week, at: '17:00', closes_after: 24h}
"""
FILES = {
    "pack.yaml": "pack: p\nhorizon_days: 400\nsubject_ends:\n  - applies_to: {except: [first, second]}\n",
    "verbs.yaml": "test: {proof: {look_back: 6d, where: members <= 5}}\nreport: {proof: {count: 2}}\n",
    "parameters/clocks.yaml": (
        "clock:\n"
        "  - {from: 2020-06-18, value: 2, unit: hours, source: {article: 9}}\n"
        "  - {from: 2020-07-01, value: 37.3, unit: degrees}\n"
    ),
    "rules/two.yaml": RULES,
}


def _of(file: str, line: int) -> set[tuple[str, str]]:
    return {(m.was, m.replacement) for m in mutations(FILES) if m.file == file and m.line == line}


def test_a_comparison_is_loosened_and_turned_round_a_number_moved_a_word_joined_otherwise() -> None:
    assert _of("rules/two.yaml", 4) == {
        ("<=", "<"),
        ("<=", ">"),
        ("14", "13"),
        ("14", "15"),
        ("and", "or"),
        ("or", "and"),
        ("in", "not in"),
        ("'close', 'secondary'", "'secondary'"),
        ("'close', 'secondary'", "'close'"),
        ("is null", "is not null"),
    }


def test_dates_move_by_a_day_clocks_by_a_minute_durations_by_their_unit() -> None:
    assert _of("rules/two.yaml", 3) == {("2020-06-18", "2020-06-17"), ("2020-06-18", "2020-06-19")}
    assert ("date '2020-07-01'", "date '2020-06-30'") in _of("rules/two.yaml", 11)
    assert _of("rules/two.yaml", 13) >= {("17:00", "16:59"), ("17:00", "17:01"), ("24h", "23h")}
    assert ("6d", "7d") in _of("verbs.yaml", 1)


def test_a_number_moves_by_the_unit_of_its_last_digit_and_never_below_zero() -> None:
    assert _of("parameters/clocks.yaml", 3) >= {("37.3", "37.2"), ("37.3", "37.4")}
    assert _of("rules/two.yaml", 6) == {("1", "0"), ("1", "2")}


def test_what_no_example_could_notice_is_left_as_it_is() -> None:
    assert ("2020-06-18", "2020-06-17") not in _of("parameters/clocks.yaml", 2)  # no rule in force then
    assert _of("rules/two.yaml", 8) == {("2020-06-22", "2020-06-23")}  # a week begins on 22 June, none on 21
    assert not any(m.file == "pack.yaml" or m.was == "9" for m in mutations(FILES))


def test_a_mutation_of_a_verb_or_parameter_touches_the_rules_that_use_it() -> None:
    touched = {(m.file, m.was): m.rules for m in mutations(FILES)}
    assert touched["verbs.yaml", "6d"] == ("first",)
    assert touched["verbs.yaml", "2"] == ("second",)
    assert touched["parameters/clocks.yaml", "37.3"] == ("first",)


def test_a_pack_reduced_to_one_rule_keeps_the_number_of_every_line() -> None:
    reduced = only_rules(FILES, ("second",))
    assert "parameters/clocks.yaml" not in reduced
    assert reduced["rules/two.yaml"].splitlines()[6:] == RULES.splitlines()[6:]
    assert reduced["verbs.yaml"].splitlines()[1].startswith("report")
    assert "except: [second]" in reduced["pack.yaml"]


def test_a_mutation_says_where_it_is_and_what_it_changes() -> None:
    pool = next(m for m in mutations(FILES) if m.was == "1")
    assert str(pool) == "rules/two.yaml:6:78: 1 -> 0"
    assert pool.apply(FILES)["rules/two.yaml"] == RULES.replace("max_pool: 1", "max_pool: 0")


@pytest.mark.parametrize("notices", ["always", "never", "pools only"])
def test_a_survivor_is_a_mutation_that_no_example_notices(notices: str) -> None:
    def hold(files: Texts, bases: Others, rules: tuple[str, ...]) -> bool:
        pools = "max_pool: 1" not in files["rules/two.yaml"]
        return {"always": False, "never": True, "pools only": not pools}[notices]

    changed = tuple(m for m in mutations(FILES) if m.rules == ("first",) and m.file.startswith("rules/"))
    left: list[Mutation] = list(survivors(FILES, changed, hold))
    assert len(left) == {"always": 0, "never": len(changed), "pools only": len(changed) - 2}[notices]


def test_rules_of_which_the_same_examples_speak_stay_beside_each_other() -> None:
    seen = []

    def hold(files: Texts, bases: Others, rules: tuple[str, ...]) -> bool:
        seen.append((rules, "second:" in files["rules/two.yaml"]))
        return False

    pool = tuple(m for m in mutations(FILES) if m.was == "1")[:1]
    list(survivors(FILES, pool, hold))
    list(survivors(FILES, pool, hold, {"first": frozenset({"second"})}))
    assert seen == [(("first",), False), (("first",), True)]


def test_of_the_areas_or_places_of_a_table_each_is_once_another() -> None:
    table = "clock:\n  - {from: 2020-06-18, value: {a/b: {zh: 甲, en: A}, c: {zh: 乙, en: C}}, unit: areas}\n"
    changed = mutations({**FILES, "parameters/clocks.yaml": table})
    named = {(m.was, m.replacement) for m in changed if m.file == "parameters/clocks.yaml"}
    assert named >= {("a/b", "nowhere"), ("c", "nowhere")}


OVERLAY = {
    "pack.yaml": "pack: q\nextends: p\n",
    "parameters/q.yaml": "clock:\n  - {from: 2020-08-01, value: 4, unit: hours}\n",
    "rules/q.yaml": "second:\n  tighten: {from: 2020-09-01, steps: {report: {closes_after: 12h}}}\n",
}


def test_a_number_of_an_overlay_touches_the_rules_of_its_base_that_use_it() -> None:
    changed = {(m.was, m.replacement): m.rules for m in mutations(OVERLAY, {"p": FILES})}
    assert changed["4", "5"] == ("first",)
    assert changed["12h", "13h"] == ("second",)
    assert rules_written_in(OVERLAY, {"p": FILES}) == {"first", "second"}
    assert rules_written_in(OVERLAY) == {"second"}


def test_the_base_is_reduced_with_its_overlay() -> None:
    seen = []

    def hold(files: Texts, bases: Others, rules: tuple[str, ...]) -> bool:
        seen.append(("second:" in bases["p"]["rules/two.yaml"], "5, unit" in files["parameters/q.yaml"]))
        return False

    clock = tuple(m for m in mutations(OVERLAY, {"p": FILES}) if (m.was, m.replacement) == ("4", "5"))
    assert not list(survivors(OVERLAY, clock, hold, others={"p": FILES}))
    assert seen == [(False, True)]
