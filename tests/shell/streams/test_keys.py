"""The keys of rows of a stream: each record one, and those that a device numbers one beside the other."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizao.store.digests import digests
from sizao_web.records.streams.keys import keys_of

pytestmark = pytest.mark.orders("D1-46")
RECORDS = st.lists(
    st.text(min_size=1, max_size=30)
    | st.builds("{}{:0{}d}".format, st.text(max_size=5), st.integers(0, 10**12), st.integers(1, 12)),
    min_size=1,
    max_size=60,
)


def _keys(records: list[str], *, system: str = "gate-1", counted: bool = True) -> list[bytes]:
    made = keys_of("check_ins", system, pa.array(records, pa.string()), counted=counted)
    return [key.tobytes() for key in made]


@given(RECORDS, RECORDS)
def test_a_record_has_one_key_whatever_comes_with_it_and_another_record_has_another(
    records: list[str], others: list[str]
) -> None:
    together = dict(zip([*records, *others], _keys([*records, *others]), strict=True))
    assert [together[record] for record in records] == _keys(records)
    assert len(set(together.values())) == len(together)
    cut = pa.chunked_array([pa.array(["x1", *records, "y"]).slice(1, len(records)), pa.array(others)])
    assert [key.tobytes() for key in keys_of("check_ins", "gate-1", cut, counted=True)] == _keys(
        [*records, *others]
    )


@given(st.text(max_size=10), st.integers(0, 10**9 - 200), st.integers(2, 100))
def test_records_that_a_device_numbers_one_after_the_other_have_keys_in_that_order(
    device: str, first: int, number: int
) -> None:
    keys = _keys([f"{device}-{n:09d}" for n in range(first, first + number)])
    assert keys == sorted(keys)
    starts = np.array([int.from_bytes(key[:6], "big") for key in keys])
    assert (np.diff(starts) == 1).all(), "nothing of the same system lies between two of them"


def test_two_systems_that_count_alike_lie_apart() -> None:
    one, other = _keys(["scan-1"], system="gate-1"), _keys(["scan-1"], system="gate-2")
    assert one[0][:2] != other[0][:2]


def test_a_record_without_a_counter_has_the_digest_alone_and_so_has_every_record_of_an_older_day() -> None:
    records = ["abc", "7x", "扫码-a", "scan-0007"]
    plain = digests(pa.scalar("check_ins"), pa.scalar("gate-1"), pa.array(records))
    assert _keys(records, counted=False) == [key.tobytes() for key in plain]
    assert _keys(records)[:3] == [key.tobytes() for key in plain[:3]]
    assert _keys(records)[3][6:] == plain[3].tobytes()[6:]
    assert int.from_bytes(_keys(records)[3][2:6], "big") == 7


def test_the_end_of_a_record_before_is_no_part_of_a_counter() -> None:
    assert int.from_bytes(_keys(["12", "34"])[1][2:6], "big") == 34
    assert int.from_bytes(_keys(["9" * 20])[0][2:6], "big") == 999_999_999
