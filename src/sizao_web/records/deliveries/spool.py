"""A file while it waits: in pieces of a mebibyte in the database, each sealed for its place.

In the database, and not beside it, so that what was acknowledged is durable by the same commit, is in the
same
backup, and is there for whichever machine does the job.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from hashlib import sha256
from hmac import digest
from tempfile import TemporaryFile
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from sizao_web.records.sealing import Unreadable, keys

PIECE = 1 << 20
_NONCE = 12


def keep(delivery: str, content: BinaryIO) -> None:
    """Seal the file and keep it, in the transaction that is open."""
    box = _boxes()[0]
    content.seek(0)
    position = 0
    with connection.cursor() as cursor:
        while True:
            piece = content.read(PIECE)
            last = len(piece) < PIECE
            nonce = os.urandom(_NONCE)
            sealed = nonce + box.encrypt(nonce, piece, _place(delivery, position, last))
            cursor.execute(
                "INSERT INTO delivery_part (delivery_id, position, sealed) VALUES (%s, %s, %s)",
                [delivery, position, sealed],
            )
            if last:
                return
            position += 1


def opened(delivery: str) -> BinaryIO:
    """The file again, in memory where the system can: its text lies nowhere on a disk. Unreadable without
    its key."""
    held: BinaryIO
    held = os.fdopen(os.memfd_create("delivery"), "w+b") if hasattr(os, "memfd_create") else TemporaryFile()  # noqa: SIM115
    try:
        for piece in _pieces(delivery):
            held.write(piece)
    except BaseException:
        held.close()
        raise
    held.flush()
    held.seek(0)
    return held


def forget(delivery: str) -> None:
    """Throw the file away; what became of its rows stays."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM delivery_part WHERE delivery_id = %s", [delivery])


def _pieces(delivery: str) -> Iterator[bytes]:
    position, last = 0, False
    while not last:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sealed, position = (SELECT max(position) FROM delivery_part WHERE delivery_id = %s)"
                " FROM delivery_part WHERE delivery_id = %s AND position = %s",
                [delivery, delivery, position],
            )
            found = cursor.fetchone()
        if found is None:
            raise Unreadable("The file of this delivery is not kept any more.")
        sealed, last = bytes(found[0]), found[1]
        yield _open(delivery, position, last, sealed)
        position += 1


def _open(delivery: str, position: int, last: bool, sealed: bytes) -> bytes:
    for box in _boxes():
        try:
            return box.decrypt(sealed[:_NONCE], sealed[_NONCE:], _place(delivery, position, last))
        except (InvalidTag, ValueError):
            continue
    raise Unreadable("A file was sealed with a key that is not here, or its pieces are not whole.")


def _place(delivery: str, position: int, last: bool) -> bytes:
    """What a piece is sealed to: it opens nowhere else, and the last one only as the last."""
    return f"{delivery}/{position}/{last}".encode()


def _boxes() -> list[AESGCM]:
    return [AESGCM(digest(urlsafe_b64decode(key), b"sizao deliveries", sha256)) for key in keys()]
