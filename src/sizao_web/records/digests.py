"""What makes two rows of a fact the same row, as 32 bytes: for a row of a page and for rows of a sheet."""

from __future__ import annotations

from binascii import hexlify
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sizao.facts.completion import bodies
from sizao.facts.declaration import Fact
from sizao.facts.links import SAME
from sizao.terms.identifiers import SEPARATOR


def as_bytea(found: list[bytes]) -> pa.Array:
    r"""Digests of equal length as PostgreSQL reads them in a text: \\x and their hexadecimal digits."""
    if not found:
        return pa.array([], pa.string())
    digits, each = hexlify(b"".join(found)), 2 * len(found[0])
    offsets = np.arange(0, len(digits) + 1, each, dtype=np.int32)
    texts = pa.StringArray.from_buffers(len(found), pa.py_buffer(offsets), pa.py_buffer(digits))
    return pc.binary_join_element_wise("\\x", texts, "")


def digests(fact: Fact, table: pa.Table) -> list[bytes]:
    """The digest of every row: of its own columns and of what else makes a link the same (`facts.links`)."""
    said = [pc.cast(table[name].combine_chunks(), pa.string()) for name in SAME]
    texts = pc.binary_join_element_wise(
        bodies(fact, table), *said, SEPARATOR, null_handling="replace", null_replacement="\x00"
    )
    return [sha256(text).digest() for text in texts.cast(pa.binary()).to_pylist()]
