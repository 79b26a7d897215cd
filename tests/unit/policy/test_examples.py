"""Examples: how situations are filled up, what fits an expectation, and what is said when it does not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sizao.policy.examples import Example, companions, mismatches, parse_examples
from sizao.policy.problems import Problem
from sizao.policy.situations import arrow_tables, fact_tables

ZONE = "Asia/Shanghai"
SETTING = """\
area: city/east
as_of: 2020-06-20 12:00
defaults: {arrivals: {declared: port}}
facts: {areas: [{path: city, label_zh: 市, label_en: City, level: city}]}
"""


def parsed(text: str) -> tuple[tuple[Example, ...], tuple[Problem, ...]]:
    return parse_examples({"examples/setting.yaml": SETTING, "examples/r.yaml": text}, ZONE)


def example(facts: str, wanted: str = "") -> Example:
    examples, problems = parsed(
        f"rule: r\nexamples:\n  - name: {{zh: 例, en: Example}}\n    facts: {{{facts}}}\n{wanted}"
    )
    assert not problems, problems
    return examples[0]


def rows_of(facts: str, prefix: str = "") -> dict[str, list[dict[str, Any]]]:
    return fact_tables(example(facts).situation, ZONE, prefix)


def test_an_event_with_a_date_is_known_at_eight_that_day_and_one_with_an_instant_at_once() -> None:
    rows = rows_of(
        "arrivals: [{person: p, arrived_on: 2020-06-18}],"
        "deaths: [{person: p, died_on: 2020-06-19, known_at: 2020-06-21 09:30}],"
        "health_checks: [{person: p, checked_at: 2020-06-18 07:15, symptoms: yes}]"
    )
    arrival, death, check = rows["arrivals"][0], rows["deaths"][0], rows["health_checks"][0]
    assert (arrival["happened_at"], arrival["known_at"]) == (datetime(2020, 6, 17, 16), datetime(2020, 6, 18))
    assert (arrival["declared"], arrival["area"]) == ("port", "city/east")
    assert death["known_at"] == datetime(2020, 6, 21, 1, 30)
    assert check["happened_at"] == check["known_at"] == datetime(2020, 6, 17, 23, 15)
    assert check["symptoms"] is True


def test_tests_stand_for_a_sample_its_members_and_its_result() -> None:
    rows = rows_of("tests: [{person: p, taken_at: 2020-06-18 09:00, result: negative, members: 3}]")
    assert rows["samples"][0]["kind"] == "pool"
    assert [row["person"] for row in rows["sample_members"]] == ["p", "other-1-2", "other-1-3"]
    assert rows["results"][0]["resulted_at"] == datetime(2020, 6, 18, 7)
    assert "results" not in rows_of("tests: [{person: p, taken_at: 2020-06-18 09:00}]")


def test_every_filled_fact_has_the_columns_of_the_dictionary() -> None:
    tables = arrow_tables(
        rows_of("classifications: [{person: p, class: confirmed, classified_on: 2020-06-18}]")
    )
    assert tables["classifications"].num_rows == 1
    assert tables["areas"].num_rows == 1
    assert tables["stays"].num_rows == 0


def test_a_prefix_keeps_people_and_areas_of_two_examples_apart_but_not_the_rules() -> None:
    facts = (
        "waivers: [{rule: r, about: p, from_at: 2020-06-18, until_at: 2020-06-19, ground: g,"
        " decided_by: a, decided_office: o}]"
    )
    waiver = rows_of(facts, "7~")["waivers"][0]
    assert (waiver["rule"], waiver["decided_office"], waiver["area"]) == ("r", "7~o", "7~city/east")
    assert waiver["key_hi"] != rows_of(facts, "8~")["waivers"][0]["key_hi"]


def test_a_must_fits_one_row_and_the_nearest_row_is_told_when_none_fits() -> None:
    wanted = example("", "    must: [{about: p, due: 2020-06-20 10:00, status: met}]\n")
    row = {"rule": "r", "about": "p", "due_at": datetime(2020, 6, 20, 2), "status": "met"}
    assert mismatches(wanted, {"obligations": [row]}, ZONE) == []
    (told,) = mismatches(wanted, {"obligations": [{**row, "due_at": datetime(2020, 6, 20, 3)}]}, ZONE)
    assert "due_at 2020-06-20 11:00:00 (wanted 2020-06-20 10:00:00)" in told
    assert "fits 2" in mismatches(wanted, {"obligations": [row, row]}, ZONE)[0]
    assert "none of that rule" in mismatches(wanted, {"obligations": []}, ZONE)[0]


def test_a_must_not_fits_no_row_and_a_count_is_exact() -> None:
    wanted = example("", "    must_not: [{about: p, closes: none}]\n    count: {test: 1}\n")
    row = {"rule": "r", "step": "test", "about": "p", "closes_at": None}
    other = {**row, "closes_at": datetime(2020, 6, 20)}
    assert mismatches(wanted, {"obligations": [other]}, ZONE) == []
    assert "there must be no row" in mismatches(wanted, {"obligations": [row]}, ZONE)[0]
    assert "must give 1 rows, but gives 2" in mismatches(wanted, {"obligations": [other, other]}, ZONE)[0]


def test_an_occurrence_of_a_related_row_is_found_by_its_text() -> None:
    wanted = example("", "    must: [{occurrence: 2020-06-18}]\n")
    row = {"rule": "r", "occurrence": "2020-06-18/00ff"}
    assert mismatches(wanted, {"obligations": [row]}, ZONE) == []
    assert mismatches(wanted, {"obligations": [{**row, "occurrence": "2020-06-19/00ff"}]}, ZONE)


def test_mistakes_in_examples_are_told_with_place_and_nearest_word() -> None:
    _, problems = parsed(
        "rule: r\nexamples:\n"
        "  - name: {zh: 例, en: Example}\n"
        "    facts: {arivals: [], classifications: [{person: p, clas: x}], deaths: [{died_on: 2020-13-01}],"
        " encounters: [{kind: triaje}]}\n"
        "    must: [{abuot: p}]\n"
        "    must_nott: []\n"
        "    as_of: noon\n"
    )
    told = {(problem.line, problem.kind, problem.found, problem.nearest) for problem in problems}
    assert told == {
        (4, "example_fact", "arivals", "arrivals"),
        (4, "example_column", "clas", "class"),
        (4, "example_value", "2020-13-01", None),
        (4, "example_value", "triaje", "triage"),
        (5, "example_key", "abuot", "about"),
        (6, "example_key", "must_nott", "must_not"),
        (7, "example_value", "noon", None),
    }


def test_only_what_an_example_lacks_is_named() -> None:
    def lacking(text: str) -> list[tuple[str, ...]]:
        return [one.expected for one in parse_examples({"examples/r.yaml": text}, ZONE)[1]]

    nameless, undated = "as_of: 2020-06-20 12:00", "name: {zh: 例, en: Example}"
    assert lacking(f"rule: r\nexamples: [{{{nameless}}}]\n") == [("name",)]
    assert lacking(f"rule: r\nexamples: [{{{undated}}}]\n") == [("as_of",)]


def test_an_example_without_a_name_is_a_mistake() -> None:
    examples, problems = parsed("rule: r\nexamples: [{facts: {}}]\n")
    assert (examples, [problem.kind for problem in problems]) == ((), ["example"])


def test_rules_of_one_example_are_companions() -> None:
    examples, _ = parsed(
        "rule: r\nexamples:\n  - {name: {zh: 例, en: E}, must_not: [{rule: other, about: p}]}\n"
        "  - {name: {zh: 例, en: E}, must: [{about: p}]}\n"
    )
    assert companions(examples) == {"r": frozenset({"other"}), "other": frozenset({"r"})}
    assert [one.rules for one in examples] == [("other", "r"), ("r",)]
