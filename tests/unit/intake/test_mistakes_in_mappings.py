"""Every mistake in a mapping file is named with its place and what was meant, all of them at once."""

from __future__ import annotations

import pytest

from sizao.intake.problems import IntakeRefused, Problem
from sizao.intake.reading import read_mapping

GOOD = """mapping: deaths
zone: Asia/Shanghai
source_system: register
defaults:
  known_at: {column: died, at: "08:00"}
  area: {constant: a/b}
facts:
  - fact: deaths
    key: "{id}"
    columns:
      person: "p{id}"
      died_on: {column: died, formats: [D.M.YYYY]}
  - fact: classifications
    key: "{id}"
    columns:
      person: "p{id}"
      case: "c{id}"
      class: {column: kind, codes: {K: confirmed}}
      classified_on: died
"""

# What is wrong → (the right text, the wrong one, kind, line, found, nearest)
MISTAKES = {
    "a misspelled key": ("source_system:", "source_sistem:", "missing_key", 1, None, "source_sistem"),
    "a key nobody knows": ("zone:", "colour: red\nzone:", "unknown_key", 2, "colour", None),
    "a fact that does not exist": ("fact: deaths", "fact: deths", "unknown_fact", 8, "deths", "deaths"),
    "a column the fact has not": ("died_on:", "died_no:", "unknown_column", 12, "died_no", "died_on"),
    "a code that is in no list": ("K: confirmed", "K: confirmd", "unknown_code", 18, "confirmd", "confirmed"),
    "a date format without a name": ("D.M.YYYY", "D.M.YYY", "unknown_format", 12, "D.M.YYY", "D.M.YYYY"),
    "a zone on no map": ("Asia/Shanghai", "Asia/Shangai", "unknown_zone", 2, "Asia/Shangai", None),
    "a clock that shows 25": ('"08:00"', '"25:00"', "wrong_clock", 5, "25:00", None),
    "a value without a head": (
        '"p{id}"\n      died',
        "{colum: id}\n      died",
        "wrong_value",
        11,
        "colum",
        "column",
    ),
    "a fact without its key": (
        '    key: "{id}"\n    columns:\n      person: "p{id}"\n      died',
        '    columns:\n      person: "p{id}"\n      died',
        "missing_key",
        8,
        None,
        None,
    ),
    "a required column left out": ("      classified_on: died\n", "", "missing_key", 16, None, None),
    "a constant of another type": (
        "classified_on: died",
        "classified_on: {constant: soon}",
        "wrong_constant",
        19,
        "soon",
        None,
    ),
    "a list where keys belong": ("defaults:\n", "defaults: [a]\nspare:\n", "wrong_shape", 4, "a list", None),
    "a bracket left open": ("{constant: a/b}", "{constant: a/b", "no_yaml", 7, None, None),
    "a key written twice": ("zone:", "mapping: again\nzone:", "no_yaml", 2, None, None),
}


def problems_of(text: str) -> list[Problem]:
    try:
        read_mapping(text, "deaths.yaml")
    except IntakeRefused as refused:
        return list(refused.problems)
    return []


def test_the_mapping_without_a_mistake_is_read() -> None:
    assert problems_of(GOOD) == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_mapping_is_named_with_its_place(mistake: str) -> None:
    right, wrong, kind, line, found, near = MISTAKES[mistake]
    assert right in GOOD
    problems = problems_of(GOOD.replace(right, wrong, 1))
    (problem,) = (one for one in problems if one.kind == kind)
    assert (problem.file, problem.line) == ("deaths.yaml", line)
    assert problem.column is not None
    assert problem.column.isdigit()
    assert problem.expected.en
    assert problem.expected.zh
    assert problem.nearest == near
    if found is not None:
        assert problem.found == found


def test_all_mistakes_of_a_mapping_are_said_at_once() -> None:
    text = GOOD.replace("fact: deaths", "fact: deths").replace("K: confirmed", "K: confirmd")
    assert [one.kind for one in problems_of(text)] == ["unknown_fact", "unknown_code"]
