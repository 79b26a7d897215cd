"""Links of one key, whatever the order in which their rows arrive."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sizao.facts.completion import Defaults, bodies, complete
from sizao.facts.dictionary import fact
from sizao.facts.links import merge_links, repeated_records

DEATHS = fact("deaths")
PLACES = fact("places")

rows = st.lists(
    st.fixed_dictionaries(
        {
            "person": st.sampled_from(["p1", "p2"]),
            "died_on": st.sampled_from([date(2020, 2, 1), date(2020, 2, 2)]),
            "source_record": st.sampled_from(["d1", "d2"]),
            "source_version": st.sampled_from([1, 2]),
            "action": st.sampled_from(["record", "replace", "retract"]),
            "reason": st.just("mistaken"),
            "known_at": st.sampled_from([datetime(2020, 2, 3), datetime(2020, 2, 4)]),
        }
    ),
    min_size=1,
    max_size=7,
)


def table_of(links):
    columns = {name: pa.array([link[name] for link in links]) for name in links[0]}
    table, problems = complete(DEATHS, pa.table(columns), Defaults("Asia/Shanghai", "cn"))
    assert not problems
    return table


def as_set(table):
    return sorted(map(str, table.to_pylist()))


@given(rows, st.randoms())
def test_the_order_of_rows_decides_nothing(links, random):
    shuffled = random.sample(links, len(links))
    (kept, notes), (again, same_notes) = (merge_links(DEATHS, table_of(one)) for one in (links, shuffled))
    assert as_set(kept) == as_set(again)
    assert notes == same_notes


@given(rows)
def test_one_record_of_a_key_stays_and_every_row_that_goes_is_noted(links):
    table = table_of(links)
    kept, notes = merge_links(DEATHS, table)
    assert repeated_records(kept) == 0
    gone = sum(note.rows for note in notes if note.kind in ("merged", "refused"))
    assert kept.num_rows + gone == table.num_rows
    assert {row["source_record"] for row in kept.to_pylist()} == {link["source_record"] for link in links}


@given(rows)
def test_rows_that_are_sent_twice_change_nothing(links):
    once, _ = merge_links(DEATHS, table_of(links))
    twice, notes = merge_links(DEATHS, table_of(links + links))
    assert as_set(once) == as_set(twice)
    assert any(note.kind == "merged" for note in notes)


def places_of(**columns):
    row = {
        "place": ["school/1"], "kind": ["school"], "located_in": ["cn"], "from_on": [date(2020, 1, 1)],
        **{name: [value] for name, value in columns.items()},
    }  # fmt: skip
    table, problems = complete(PLACES, pa.table(row), Defaults("Asia/Shanghai", "cn"))
    assert not problems
    return table


def test_a_column_that_joined_a_fact_later_changes_no_row_that_leaves_it_empty():
    without = replace(PLACES, columns=tuple(one for one in PLACES.columns if not one.later))
    assert len(without.columns) < len(PLACES.columns)
    table = places_of()
    assert bodies(PLACES, table) == bodies(without, table)


def test_a_place_with_a_name_is_another_row_than_one_without_or_with_the_name_in_the_other_column():
    tables = (places_of(), places_of(label_zh="灯塔"), places_of(label_en="灯塔"), places_of(label_zh="帆影"))
    assert len({bodies(PLACES, table)[0].as_py() for table in tables}) == len(tables)
    assert len({table["source_record"][0].as_py() for table in tables}) == len(tables)
