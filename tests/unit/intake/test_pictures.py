"""A picture is kept as a picture: its type by its content, and nothing that the camera said of itself."""

from __future__ import annotations

import struct
import zlib

import pytest

from sizao.intake.pictures import LARGEST, NoPicture, picture_of

SECRET = b"GPS 31.2304N 121.4737E, telephone of somebody"


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int) -> bytes:
    """An Exif segment as a telephone writes it: the way up, and where it was."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return segment(0xE1, b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + b"\0\0\0\0" + SECRET)


def frame(width: int = 640, height: int = 480) -> bytes:
    return segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")


SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"


def jpeg(*parts: bytes, size: bytes | None = None, end: bytes = b"\xff\xd9") -> bytes:
    tables = segment(0xDB, b"\0" * 65)
    return b"\xff\xd8" + b"".join(parts) + tables + (frame() if size is None else size) + SCAN + end


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*more: bytes, width: int = 3) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, 2, 8, 2, 0, 0, 0))
    drawn = chunk(b"IDAT", zlib.compress(b"\0" + b"\xff" * 9 + b"\0" + b"\0" * 9))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + drawn + chunk(b"IEND", b"")


def test_a_photograph_keeps_its_drawing_and_loses_what_the_camera_said() -> None:
    taken = jpeg(
        segment(0xE0, b"JFIF\0" + b"\0" * 9),
        exif(1),
        segment(0xE2, b"MPF\0" + SECRET),
        segment(0xED, b"Photoshop 3.0\0" + SECRET),
        segment(0xFE, SECRET),
    )
    assert SECRET in taken, "else this shows nothing"
    kept = picture_of(taken)
    assert SECRET not in kept.content
    assert (kept.kind, kept.width, kept.height) == ("image/jpeg", 640, 480)
    assert kept.content == jpeg(), "what draws is as it was"


@pytest.mark.parametrize("way_up", [3, 6, 8])
def test_a_photograph_taken_sideways_still_says_which_way_is_up(way_up: int) -> None:
    kept = picture_of(jpeg(exif(way_up)))
    assert SECRET not in kept.content
    assert struct.pack(">HHIHH", 0x0112, 3, 1, way_up, 0) in kept.content
    assert picture_of(kept.content) == kept, "taken apart again it is the same"


def test_a_film_behind_the_photograph_is_left_out() -> None:
    assert picture_of(jpeg() + b"ftypmp42" + SECRET).content == jpeg()


def test_a_png_loses_its_texts() -> None:
    spoken = png(chunk(b"tEXt", b"Comment\0" + SECRET), chunk(b"eXIf", SECRET), chunk(b"tIME", b"\0" * 7))
    kept = picture_of(spoken)
    assert SECRET in spoken
    assert SECRET not in kept.content
    assert (kept.kind, kept.content) == ("image/png", png())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a" + b"\0" * 40,
        b"%PDF-1.7",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"\xff\xd8\xff",
        jpeg()[:-2],
        jpeg()[: len(jpeg()) // 2],
        jpeg(size=b""),
        jpeg(size=frame(width=0)),
        jpeg(size=frame(width=60_000)),
        jpeg(segment(0xC9, b"\0" * 20)),
        png()[:-12],
        png(chunk(b"EVIL", b"x")),
        png(width=50_000),
        png().replace(b"IDAT", b"IDAX"),
        b"\xff\xd8\xff" + b"\0" * (LARGEST + 1),
    ],
)
def test_what_is_no_picture_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(NoPicture) as refused:
        picture_of(content)
    assert refused.value.words.zh
    assert refused.value.words.en


def test_no_cut_or_flipped_byte_crashes_it() -> None:
    whole = jpeg(exif(6), segment(0xFE, SECRET))
    for place in range(len(whole)):
        for spoiled in (whole[:place], whole[:place] + bytes((whole[place] ^ 0xFF,)) + whole[place + 1 :]):
            try:
                picture_of(spoiled)
            except NoPicture:
                continue
