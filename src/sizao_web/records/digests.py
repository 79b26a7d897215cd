"""What makes two rows of a fact the same row, as 32 bytes: for a row of a page and for rows of a sheet."""

from __future__ import annotations

from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc

from sizao.facts.completion import bodies
from sizao.facts.declaration import Fact
from sizao.facts.links import SAME
from sizao.terms.identifiers import SEPARATOR


def digests(fact: Fact, table: pa.Table) -> list[bytes]:
    """The digest of every row: of its own columns and of what else makes a link the same (`facts.links`)."""
    said = [pc.cast(table[name].combine_chunks(), pa.string()) for name in SAME]
    texts = pc.binary_join_element_wise(
        bodies(fact, table), *said, SEPARATOR, null_handling="replace", null_replacement="\x00"
    )
    return [sha256(text.encode()).digest() for text in texts.to_pylist()]
