"""Who has which colour: exactly those whom a rule restricts now, for the reasons and as long as it does."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from sizao.obligations.colours import COLOURS, colours
from sizao.obligations.schema import STANDING
from sizao.store.running import run
from unit.policy.test_codes import loaded

UNTIL = datetime(2020, 11, 14)


def standing(*rows: tuple[str, str | None]) -> pa.Table:
    told = [
        {"person": person, "place": place, "until": UNTIL, "rows": f"row-of-{person}", "row_count": 1}
        for person, place in rows
    ]
    return pa.Table.from_pylist(told, STANDING)


def test_a_colour_has_the_reasons_and_the_end_of_what_binds_the_person() -> None:
    bound = standing(("ill", "hospital"), ("contact", "central"), ("at-home", "home"))
    found = run(colours(loaded()), {"standing": bound})["colours"].cast(COLOURS)
    assert {row["person"]: row["colour"] for row in found.to_pylist()} == {
        "ill": "red",
        "contact": "red",
        "at-home": "yellow",
    }
    assert {(row["rows"], row["until"]) for row in found.to_pylist()} == {
        (f"row-of-{person}", UNTIL) for person in ("ill", "contact", "at-home")
    }


def test_whom_nothing_binds_or_only_what_has_no_colour_is_of_the_rest() -> None:
    bound = standing(("watched", "monitoring"), ("nowhere", None))
    assert run(colours(loaded()), {"standing": bound})["colours"].num_rows == 0
    assert run(colours(loaded()), {"standing": standing()})["colours"].num_rows == 0
