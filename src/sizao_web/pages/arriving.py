"""A file while it arrives: beyond a few mebibytes it lies on a disk, and there nobody can read it.

Each file has a key of its own, which is nowhere but in the memory of this process: what a crash leaves on the
disk is noise. In its final place it is sealed with the key of the installation (`records.deliveries.spool`).
"""

from __future__ import annotations

import io
import os
from tempfile import TemporaryFile
from typing import IO, Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

BLOCK = 16  # bytes of AES
BUFFER = 1 << 16


class SealedFile(io.RawIOBase):
    """A temporary file that is written once, from its beginning to its end, and read at will.

    What is written is not written over: the same place twice under one key would tell how both differ.
    """

    def __init__(self) -> None:
        super().__init__()
        self._key, self._first = os.urandom(32), int.from_bytes(os.urandom(BLOCK - 8), "big") << 64
        self._held = TemporaryFile(buffering=0)  # noqa: SIM115 - closed with this
        self._at = self._size = 0

    def readable(self) -> bool:
        """It can be read while it is being written."""
        return True

    def writable(self) -> bool:
        """At its end."""
        return True

    def seekable(self) -> bool:
        """To any place."""
        return True

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        """Where to go on."""
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(begin + place, 0)
        return self._at

    def tell(self) -> int:
        """Where it is."""
        return self._at

    def write(self, content: Any) -> int:
        """At the end only. UnsupportedOperation elsewhere."""
        if self._at != self._size:
            raise io.UnsupportedOperation("What arrived is not written over.")
        sealed = memoryview(self._ciphered(bytes(content), self._at))
        self._held.seek(self._at)
        while sealed:
            sealed = sealed[self._held.write(sealed) :]
        self._at = self._size = self._held.tell()
        return len(content)

    def readinto(self, into: Any) -> int:
        """The text again."""
        self._held.seek(self._at)
        found = self._ciphered(self._held.read(len(into)) or b"", self._at)
        into[: len(found)] = found
        self._at += len(found)
        return len(found)

    def close(self) -> None:
        """It is gone, and its key with it."""
        if not self.closed:
            self._held.close()
            self._key = b""
        super().close()

    def _ciphered(self, content: bytes, place: int) -> bytes:
        """CTR needs no order: the counter of a place follows from the place."""
        skip = place % BLOCK
        counter = (self._first + place // BLOCK).to_bytes(BLOCK, "big")
        return Cipher(AES256(self._key), CTR(counter)).encryptor().update(bytes(skip) + content)[skip:]


def sealed_file() -> IO[bytes]:
    """An empty one."""
    return io.BufferedRandom(SealedFile(), BUFFER)  # type: ignore[return-value]


class SealedUploads(FileUploadHandler):
    """Takes the files of forms that are too large for memory, instead of Django's own temporary files."""

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """A file begins."""
        super().new_file(*arguments, **named)
        self.held = sealed_file()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """The next of it; nothing is left for other handlers."""
        self.held.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """All of it is here."""
        self.held.seek(0)
        return UploadedFile(
            self.held, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        )

    def upload_interrupted(self) -> None:
        """It broke off."""
        if held := getattr(self, "held", None):
            held.close()
