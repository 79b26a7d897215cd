"""What must have become of every obligation of the day, told by itself.

This part reads the plan, the answers that the driver was given and the numbers of the pack, and nothing else:
neither `sizao` nor `tests/reference` is imported (`tests/unit/tools` checks it). It knows the rules of
`training-2020` as somebody knows them who has read them, and would have to be changed with them.

    python -m tools.district_day.expecting PLAN ANSWERS PACK MOMENT     prints one JSON list a line
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tools.district_day.expecting import arrivals, care, cases, contacts, offices, places, work
from tools.district_day.expecting.facts import Facts
from tools.district_day.expecting.judging import Row

TOLD: tuple[Callable[[Facts], Iterator[Row]], ...] = (
    places.rows,
    contacts.rows,
    arrivals.rows,
    cases.rows,
    care.rows,
    work.rows,
    offices.rows,
)


def expected(facts: Facts) -> list[Row]:
    """Every row that lies in the day, however little of it."""
    return sorted(row for part in TOLD for row in part(facts) if facts.in_day(row.opens, row.closes))
