"""Keys and identifiers: natural keys as 128 bits of SHA-256, their 32 hexadecimal digits, UUIDs of version 7.

A key is a pair (hi, lo) of signed 64-bit numbers, because that is what every engine can hold and compare.
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SEPARATOR = "\x1f"  # ␟, between the parts of a natural key

Key = tuple[int, int]


def text_key(text: str) -> Key:
    """The first 128 bits of SHA-256 of the text in UTF-8."""
    return _pair(sha256(text.encode("utf-8")).digest())


def natural_key(fact: str, source_system: str, source_record: str) -> Key:
    """The key of a fact, without its version."""
    return text_key(SEPARATOR.join((fact, source_system, source_record)))


def natural_keys(fact: str, source_system: pa.Array, source_record: pa.Array) -> tuple[pa.Array, pa.Array]:
    """`natural_key` of many rows: columns key_hi and key_lo (int64). ValueError when a part is missing."""
    texts = pc.binary_join_element_wise(pa.scalar(fact), source_system, source_record, SEPARATOR)
    if texts.null_count:
        raise ValueError(f"{texts.null_count} rows of {fact} lack source_system or source_record.")
    return text_keys(texts)


def text_keys(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """`text_key` of many texts: the high and the low halves (int64)."""
    chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    joined = b"".join(
        sha256(text).digest()[:16] for chunk in chunks for text in chunk.cast(pa.binary()).to_pylist()
    )
    halves = np.frombuffer(joined, dtype=">i8").astype(np.int64).reshape(-1, 2)
    return pa.array(halves[:, 0].copy()), pa.array(halves[:, 1].copy())


def hex_key(hi: int, lo: int) -> str:
    """32 hexadecimal digits of a key."""
    return (hi.to_bytes(8, "big", signed=True) + lo.to_bytes(8, "big", signed=True)).hex()


def parse_hex_key(text: str) -> Key:
    """The key of 32 hexadecimal digits; ValueError for any other text."""
    if len(text) != 32:
        raise ValueError(f"{text!r} is no key: a key has 32 hexadecimal digits.")
    return _pair(bytes.fromhex(text))


def uuid7(milliseconds: int, random_bytes: bytes) -> str:
    """A UUID of version 7 from milliseconds since 1970 (UTC) and ten bytes the caller draws or derives."""
    if len(random_bytes) != 10 or not 0 <= milliseconds < 1 << 48:
        raise ValueError("A UUID of version 7 needs ten bytes and milliseconds of 48 bits.")
    first = 0x7000 | int.from_bytes(random_bytes[:2], "big") & 0x0FFF
    last = 1 << 63 | int.from_bytes(random_bytes[2:], "big") & ((1 << 62) - 1)
    digits = f"{milliseconds:012x}{first:04x}{last:016x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def uuids7(milliseconds: int, random_bytes: bytes) -> pa.Array:
    """`uuid7` of one moment for each ten bytes, as strings in the order of the bytes."""
    if len(random_bytes) % 10 or not 0 <= milliseconds < 1 << 48:
        raise ValueError("Each UUID of version 7 needs ten bytes, and milliseconds of 48 bits.")
    drawn = np.frombuffer(random_bytes, np.uint8).reshape(-1, 10)
    whole = np.empty((len(drawn), 16), np.uint8)
    whole[:, :6] = np.frombuffer(milliseconds.to_bytes(6, "big"), np.uint8)
    whole[:, 6:] = drawn
    whole[:, 6] = whole[:, 6] & 0x0F | 0x70
    whole[:, 8] = whole[:, 8] & 0x3F | 0x80
    text = np.full((len(drawn), 36), ord("-"), np.uint8)
    text[:, _DIGITS] = _HEX[np.stack((whole >> 4, whole & 15), axis=-1).reshape(len(drawn), 32)]
    offsets = np.arange(0, 36 * len(drawn) + 1, 36, dtype=np.int32)
    return pa.StringArray.from_buffers(len(drawn), pa.py_buffer(offsets), pa.py_buffer(text.tobytes()))


_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_DIGITS = [at for at in range(36) if at not in (8, 13, 18, 23)]


def _pair(digest: bytes) -> Key:
    return int.from_bytes(digest[:8], "big", signed=True), int.from_bytes(digest[8:16], "big", signed=True)
