"""Keys: the same in one piece, in a column, and as hexadecimal digits."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizao.terms.identifiers import hex_key, natural_key, natural_keys, parse_hex_key, text_key, uuid7, uuids7

halves = st.integers(-(1 << 63), (1 << 63) - 1)
records = st.text(st.characters(codec="utf-8"), max_size=12)


def test_a_natural_key_is_the_beginning_of_the_digest_of_its_parts():
    digest = sha256("arrivals\x1fport\x1f南充-7".encode()).hexdigest()
    assert hex_key(*natural_key("arrivals", "port", "南充-7")) == digest[:32]
    assert text_key("arrivals\x1fport\x1f南充-7") == natural_key("arrivals", "port", "南充-7")


@given(st.lists(st.tuples(records, records), max_size=5))
def test_keys_of_a_column_are_the_keys_of_its_rows(rows):
    systems, names = (pa.array([row[part] for row in rows], pa.string()) for part in (0, 1))
    hi, lo = natural_keys("stays", systems, names)
    expected = [natural_key("stays", *row) for row in rows]
    assert list(zip(hi.to_pylist(), lo.to_pylist(), strict=True)) == expected


def test_a_row_without_a_natural_key_has_no_key():
    with pytest.raises(ValueError, match="1 rows of stays"):
        natural_keys("stays", pa.array(["a", "a"]), pa.array(["1", None]))


@given(halves, halves)
def test_the_hexadecimal_digits_give_the_key_back(hi, lo):
    assert parse_hex_key(hex_key(hi, lo)) == (hi, lo)


@pytest.mark.parametrize("text", ["", "00", "g" * 32, "0" * 33])
def test_other_texts_are_no_keys(text):
    with pytest.raises(ValueError, match="hexadecimal"):
        parse_hex_key(text)


def test_a_uuid_of_version_seven_begins_with_its_moment():
    made = UUID(uuid7(0x0172D0BDD000, bytes(range(10))))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == 0x0172D0BDD000
    assert uuid7(1, b"\xff" * 10) < uuid7(2, b"\x00" * 10)
    with pytest.raises(ValueError, match="ten bytes"):
        uuid7(1, b"short")


@given(
    st.binary(max_size=90).map(lambda drawn: drawn[: len(drawn) // 10 * 10]), st.integers(0, (1 << 48) - 1)
)
def test_many_identifiers_of_one_moment_are_those_of_each(drawn: bytes, milliseconds: int) -> None:
    each = [uuid7(milliseconds, drawn[at : at + 10]) for at in range(0, len(drawn), 10)]
    assert uuids7(milliseconds, drawn).to_pylist() == each
