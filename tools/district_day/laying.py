"""What is told, as tables of facts: for the background of an installation, and for the library alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from tools.district_day.clock import OFFSET, ZONE
from tools.district_day.district import HERE, District
from tools.district_day.plan import Told

from sizao.facts.completion import Defaults, complete
from sizao.facts.dictionary import fact as declared
from sizao.facts.schemas import arrow_schema
from sizao.terms.identifiers import natural_keys

SOURCE = "district"
LONG_AGO = datetime(2020, 1, 2)
PIECE = 50_000
Rows = dict[str, list[dict[str, Any]]]


class NotAFact(ValueError):
    """A story tells something that the dictionary does not take."""


def rows_of(told: Iterable[Told], known: Callable[[Told], datetime]) -> Rows:
    """Fact -> rows, without what must be refused. known: when each became known, in local time."""
    found: Rows = defaultdict(list)
    for one in told:
        if one.refuse:
            continue
        moment = known(one) - OFFSET
        key = {"source_record": one.record, "source_version": one.version, "action": one.action}
        common = {"reason": one.reason, "known_at": moment, "recorded_at": moment, "area": one.area or HERE}
        found[one.fact].append({**_typed(one.fact, one.values), **key, **common})
    return found


def residents(district: District) -> Iterable[Rows]:
    """Who lives where, in families of three; piece by piece."""
    for first in range(0, district.people, PIECE):
        found: Rows = {"people": [], "residences": [], "households": []}
        for number in range(first, min(first + PIECE, district.people)):
            person, home = district.resident(number), district.home(number)
            common = {"known_at": LONG_AGO, "recorded_at": LONG_AGO, "area": home}
            record = {"person": person, "source_record": person, **common}
            lasts = {"household": f"household/{number // 3:06d}", "from_on": date(2019, 9, 1)}
            born = {"sex": ("female", "male")[number % 2], "birth_year": 1930 + number % 85}
            found["people"].append({**record, **born})
            found["residences"].append({**record, **lasts, "located_in": home})
            found["households"].append({**record, **lasts})
        yield found


def table_of(fact: str, rows: list[dict[str, Any]]) -> pa.Table:
    """The rows as the table of a fact. NotAFact names the first that is none."""
    schema = arrow_schema(fact)
    own = dict.fromkeys(name for row in rows for name in row)
    columns = {name: pa.array([row.get(name) for row in rows], schema.field(name).type) for name in own}
    stated = {"source_system": SOURCE, "recorded_by": SOURCE, "history": True, "derived": False}
    for name, value in stated.items():
        columns[name] = pa.array([value] * len(rows), schema.field(name).type)
    table, problems = complete(declared(fact), pa.table(columns), Defaults(ZONE, HERE))
    if problems:
        raise NotAFact(f"{fact}: {problems[0][1].en} {rows[problems[0][0]]}")
    return table


def standing(fact: str, rows: list[dict[str, Any]]) -> pa.Table:
    """The same of rows that are known to be right and of which none is ever corrected: many at once."""
    stated = {"source_system": SOURCE, "recorded_by": SOURCE, "source_version": 1, "action": "record"}
    whole = {**stated, "history": True, "derived": False, "happened_at": LONG_AGO}
    table = pa.Table.from_pylist([{**whole, **row} for row in rows], schema=arrow_schema(fact))
    records = [row["source_record"] for row in rows]
    system = pa.array([SOURCE] * len(rows))
    for name, keys in zip(("key_hi", "key_lo"), natural_keys(fact, system, pa.array(records)), strict=True):
        table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), keys)
    numbers = [int(record[1:]) for record in records]
    identities = pa.array([f"00000000-0000-7000-8000-{number:012x}" for number in numbers])
    place = table.schema.get_field_index("fact_id")
    table = table.set_column(place, table.schema.field(place), identities)
    return table.append_column("body", pa.array([f"\\x{number:032x}" for number in numbers]))


def _typed(fact: str, values: Mapping[str, Any]) -> dict[str, Any]:
    schema, found = arrow_schema(fact), {}
    for name, value in values.items():
        kind = schema.field(name).type
        if value is not None and pa.types.is_timestamp(kind):
            value = datetime.fromisoformat(value) - OFFSET
        elif value is not None and pa.types.is_date(kind):
            value = date.fromisoformat(value)
        elif value is not None and pa.types.is_floating(kind):
            value = float(value)
        found[name] = value
    return found
