"""The keys of rows of a stream: each record one of its own, a hundred that a device numbers one together."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizao.store.digests import digests
from sizao_web.records.streams.keys import ALONE, Keys, Way, keys_of

pytestmark = pytest.mark.orders("D1-46")
RECORDS = st.lists(
    st.text(min_size=1, max_size=30)
    | st.builds("{}{:0{}d}".format, st.text(max_size=5), st.integers(0, 10**12), st.integers(1, 12)),
    min_size=1,
    max_size=60,
)
WAYS = st.sampled_from(Way)


def _keys(records: list[str], *, system: str = "gate-1", way: Way = Way.GROUPED) -> list[tuple[bytes, int]]:
    return _told(keys_of("check_ins", system, pa.array(records, pa.string()), way))


def _told(keys: Keys) -> list[tuple[bytes, int]]:
    return [(key.tobytes(), int(member)) for key, member in zip(keys.keys, keys.members, strict=True)]


@given(RECORDS, RECORDS, WAYS)
def test_a_record_has_one_key_whatever_comes_with_it_and_another_record_has_another(
    records: list[str], others: list[str], way: Way
) -> None:
    together = dict(zip([*records, *others], _keys([*records, *others], way=way), strict=True))
    assert [together[record] for record in records] == _keys(records, way=way)
    assert len(set(together.values())) == len(together)
    cut = pa.chunked_array([pa.array(["x1", *records, "y"]).slice(1, len(records)), pa.array(others)])
    assert _told(keys_of("check_ins", "gate-1", cut, way)) == _keys([*records, *others], way=way)


@given(st.text(max_size=10), st.integers(0, 10**9 - 200), st.integers(2, 300))
def test_of_what_a_device_numbers_a_hundred_have_one_key_and_the_next_key_is_the_next_hundred(
    device: str, first: int, number: int
) -> None:
    numbers = range(first, first + number)
    keys = _keys([f"{device}-{n:09d}" for n in numbers])
    assert [member for _, member in keys] == [n % 100 for n in numbers]
    groups = dict(zip([n // 100 for n in numbers], [key for key, _ in keys], strict=True))
    assert list(groups.values()) == sorted({key for key, _ in keys})
    starts = np.array([int.from_bytes(key[:6], "big") for key in groups.values()])
    assert (np.diff(starts) == 1).all(), "nothing of the same system lies between two of them"


@given(RECORDS, WAYS)
def test_rows_in_order_lie_as_the_database_sorts_them_those_alone_first(records: list[str], way: Way) -> None:
    keys = keys_of("check_ins", "gate-1", pa.array([*records, *records[:1]]), way)
    order = keys.in_order()
    sorted_keys = keys if order is None else keys[order]
    told = [(member != ALONE, key, member) for key, member in _told(sorted_keys)]
    assert told == sorted((member != ALONE, key, member) for key, member in _told(keys))
    assert sorted_keys.in_order() is None
    assert sorted_keys.twice(), "one of them came again"
    alone = sum(member == ALONE for _, member in _told(keys))
    ends = [0, *sorted_keys[alone:].ends()] if alone < len(keys) else []
    slices = [sorted_keys.keys[alone:][one:end] for one, end in pairwise(ends)]
    assert all(len({key.tobytes() for key in one}) == 1 for one in slices), "a slice is of one key"
    assert len(slices) == len({key for key, member in _told(keys) if member != ALONE})


def test_two_systems_that_count_alike_lie_apart() -> None:
    ((one, _),), ((other, _),) = _keys(["scan-1001"], system="gate-1"), _keys(["scan-1001"], system="gate-2")
    assert one[:2] != other[:2]


def test_a_record_without_a_counter_has_a_digest_alone_and_so_has_every_record_of_an_older_day() -> None:
    records = ["abc", "0007x", "扫码-a", "scan-007", "scan-0007"]
    plain = digests(pa.scalar("check_ins"), pa.scalar("gate-1"), pa.array(records))
    assert _keys(records, way=Way.PLAIN) == [(key.tobytes(), ALONE) for key in plain]
    assert _keys(records)[:4] == [(key.tobytes(), ALONE) for key in plain[:4]]
    assert _keys(records)[4][1] == 7
    counted = _keys(records, way=Way.COUNTED)
    assert counted[:3] == [(key.tobytes(), ALONE) for key in plain[:3]]
    assert [(key[6:], int.from_bytes(key[2:6], "big")) for key, _ in counted[3:]] == [
        (key.tobytes()[6:], 7) for key in plain[3:]
    ]


def test_the_end_of_a_record_before_is_no_part_of_a_counter() -> None:
    assert _keys(["12", "34"], way=Way.COUNTED)[1][0][2:6] == (34).to_bytes(4, "big")
    assert _keys(["9" * 20], way=Way.COUNTED)[0][0][2:6] == (999_999_999).to_bytes(4, "big")
    assert [member for _, member in _keys(["12", "34"])] == [ALONE, ALONE]


def test_records_that_differ_in_how_many_noughts_they_have_are_of_different_keys() -> None:
    assert len(set(_keys(["0007", "00007", "000007", "7", "07"]))) == 5


def test_what_records_have_in_common_is_no_record() -> None:
    (alone, _), (together, _) = _keys(["scan-01", "scan-0107"])
    assert alone[6:] != together[6:]
