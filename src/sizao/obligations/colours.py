"""The standing of each person as a colour of a code: a projection, with the rows that are its reasons."""

from __future__ import annotations

import pyarrow as pa

from sizao.policy.codes import CodeSet
from sizao.terms.queries import Query, SqlStep, literal

COLOURS: pa.Schema = pa.schema(
    [
        pa.field("person", pa.string(), nullable=False),
        pa.field("colour", pa.string(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("until", pa.timestamp("us"), nullable=False),
        pa.field("rows", pa.string(), nullable=False),
    ]
)
"""One row for each person with another colour than the rest; rows: the obligations that restrict them."""


def colours(one: CodeSet) -> Query:
    """person, colour, place, until, rows of everybody whose place of standing has a colour; reads `standing`.

    Who is not among them has the colour of the rest. Until is when the restriction ends, and the colour.
    """
    of_place = [(place, colour.name) for colour in one.colours for place in colour.places]
    named = ", ".join(f"({literal(place)}, {literal(colour)})" for place, colour in of_place)
    sql = f"""
SELECT s.person, c.colour, s.place, s.until, s.rows
FROM standing AS s JOIN (VALUES {named or "('', '')"}) AS c(place, colour) ON c.place = s.place"""
    return Query((SqlStep("colours", sql, "who has which colour"),), ("standing",), {"colours": "colours"})
