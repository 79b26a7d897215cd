"""A file that is larger than memory takes lies on a disk while it arrives, and nobody can read it there."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from sizao_web.gateway.batches import IN_MEMORY, batch_of
from sizao_web.pages import arriving
from sizao_web.pages.arriving import sealed_file

MARKER = b"Zhang Marker,110101,"
LINES = MARKER * (settings.FILE_UPLOAD_MAX_MEMORY_SIZE // len(MARKER) + 1_000)


class Disk:
    """Every temporary file that was made, and what lies in them."""

    def __init__(self) -> None:
        self.files: list[Any] = []

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        made = tempfile.TemporaryFile(*arguments, **named)  # noqa: SIM115
        self.files.append(made)
        return made

    def content(self) -> bytes:
        """All of it, from the disk and not from a buffer."""
        return b"".join(os.pread(one.fileno(), os.fstat(one.fileno()).st_size, 0) for one in self.files)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    found = Disk()
    monkeypatch.setattr(arriving, "TemporaryFile", found)
    named = tempfile.NamedTemporaryFile

    def kept(*arguments: Any, **more: Any) -> Any:
        made = named(*arguments, **more)
        found.files.append(made)
        return made

    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", kept)
    return found


def by_form() -> Any:
    """A form with a large file, as a page gets it."""
    file = SimpleUploadedFile("sheet.csv", LINES, "text/csv")
    return RequestFactory().post("/deliveries/", {"file": file}).FILES["file"]


def by_machine() -> Any:
    """A large batch, as the gateway gets it."""
    from base64 import b64encode
    from hashlib import sha256

    digest = b64encode(sha256(LINES).digest()).decode()
    headers = {"Sizao-Rows": "1", "Content-Digest": f"sha-256=:{digest}:"}
    asked = RequestFactory().post("/api/v1/facts/results/batches", LINES, "text/csv", headers=headers)
    return batch_of(asked, "results").content


@pytest.mark.parametrize("came", [by_form, by_machine])
def test_a_large_file_lies_on_the_disk_as_noise_and_is_read_as_it_was(
    disk: Disk, came: Callable[[], Any]
) -> None:
    assert len(LINES) > max(settings.FILE_UPLOAD_MAX_MEMORY_SIZE, IN_MEMORY)
    with came() as file:
        assert len(disk.content()) >= len(LINES) - arriving.BUFFER
        assert MARKER not in disk.content()
        assert file.read() == LINES
        assert file.seek(0) == 0
        assert file.read(len(MARKER)) == MARKER
    assert all(one.closed for one in disk.files), "and it is gone when the request is over"


def test_control_with_the_handlers_of_django_the_marker_lies_there(disk: Disk, settings: Any) -> None:
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    with by_form():
        assert MARKER in disk.content()


@given(st.lists(st.binary(max_size=70), max_size=6), st.integers(0, 300), st.integers(0, 200))
def test_a_sealed_file_reads_like_any_other(pieces: list[bytes], place: int, length: int) -> None:
    plain = io.BytesIO()
    with sealed_file() as sealed:
        for piece in pieces:
            plain.write(piece)
            sealed.write(piece)
        for file in (plain, sealed):
            file.seek(place)
        assert sealed.read(length) == plain.read(length)
        assert sealed.seek(0, os.SEEK_END) == plain.seek(0, os.SEEK_END)


def test_what_arrived_is_not_written_over() -> None:
    with arriving.SealedFile() as file:
        file.write(b"first")
        file.seek(0)
        with pytest.raises(io.UnsupportedOperation):
            file.write(b"other")
