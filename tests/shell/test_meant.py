"""Which suggestion somebody meant who typed only some of its words."""

from __future__ import annotations

import pytest

from sizao.terms.words import Words
from sizao_web.pages.meant import meant

OFFERED = {
    "neighbour": Words("邻市（虚构）", "Neighbour city (invented)"),
    "neighbour/north": Words("邻市北岸区（虚构）", "North district of Neighbour city (invented)"),
    "neighbour/south": Words("邻市南岸区（虚构）", "South district of Neighbour city (invented)"),
    "far": Words("远方市（虚构）", "Far city (invented)"),
}
NOTHING = Words("请选择。", "Choose.")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("neighbour/north", "neighbour/north"),  # its number
        ("邻市（虚构）", "neighbour"),  # all its words
        ("neighbour city", "neighbour"),  # the beginning counts before a part
        ("北岸", "neighbour/north"),
        (" ＦＡＲ ", "far"),
    ],
)
def test_a_part_of_the_words_is_enough_where_only_one_has_it(typed: str, value: str) -> None:
    assert meant(typed, OFFERED).value == value


def test_of_two_that_fit_equally_well_none_is_guessed_and_both_are_named() -> None:
    found = meant("岸区", OFFERED)
    assert found.value is None
    assert found.ask("岸区", NOTHING).zh == (
        "“岸区”可能是：邻市北岸区（虚构）、邻市南岸区（虚构）。请写全，或从列表选择。"
    )


@pytest.mark.parametrize("typed", ["", "nowhere", "neighbour/n", "(invented)/"])
def test_what_fits_nothing_or_is_a_number_of_something_else_is_not_taken_for_another(typed: str) -> None:
    found = meant(typed, OFFERED)
    assert found.value is None
    assert found.ask(typed, NOTHING) == NOTHING
