"""A picture as it may be kept: its type told by its content, and nothing in it but the picture.

A telephone writes into a photograph where it was taken, when, and by which device; some append a film. None
of that is kept: the file is taken apart, and put together again from the parts that draw. What is not
understood is refused, never passed on.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from sizao.terms.words import Words

LARGEST = 10 * 1024 * 1024  # bytes of a file as it comes
WIDEST = 12_000  # px of either side
MOST_PIXELS = 60_000_000  # what a browser can still unpack on an old telephone

_FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended, progressive; browsers draw no other kind
_TABLES = (0xDB, 0xC4, 0xDD)  # quantisation, Huffman, restart interval
_DRAWING = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"IDAT", b"IEND")
_PNG = b"\x89PNG\r\n\x1a\n"


class NoPicture(ValueError):
    """The file is no picture that can be kept; words say what to do."""

    def __init__(self, words: Words) -> None:
        self.words = words
        super().__init__(words.en)


@dataclass(frozen=True)
class Picture:
    """A picture without what it said of its maker. kind: its media type; content: the file to keep."""

    kind: str
    content: bytes
    width: int
    height: int


UNKNOWN = Words(
    "这不是 JPEG 或 PNG 照片。请用手机相机拍照后上传。",
    "This is no JPEG or PNG picture. Take a photograph with the camera and send that.",
)
BROKEN = Words("照片文件不完整或已损坏，请重新拍照。", "The picture is incomplete or damaged. Take it again.")
TOO_LARGE = Words(
    "照片超过 10 MB，请降低相机分辨率后重拍。",
    "The picture is larger than 10 MB. Choose a lower resolution and take it again.",
)


def picture_of(content: bytes) -> Picture:
    """The picture in a file. NoPicture for every other file, whatever its name says."""
    if len(content) > LARGEST:
        raise NoPicture(TOO_LARGE)
    try:
        if content.startswith(b"\xff\xd8\xff"):
            found = _jpeg(content)
        elif content.startswith(_PNG):
            found = _png(content)
        else:
            raise NoPicture(UNKNOWN)
    except (struct.error, IndexError, zlib.error):
        raise NoPicture(BROKEN) from None
    if not (0 < found.width <= WIDEST and 0 < found.height <= WIDEST):
        raise NoPicture(TOO_LARGE)
    if found.width * found.height > MOST_PIXELS:
        raise NoPicture(TOO_LARGE)
    return found


def _jpeg(content: bytes) -> Picture:
    """Tables, frame, scans and the way up; no other application segment, no comment, nothing at the end."""
    parts, size, upright = [b"\xff\xd8"], (0, 0), 1
    ended = False
    for marker, part in _segments(content):
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", part[5:9])
            size = (width, height)
        if marker == 0xE1:
            upright = _way_up(part) or upright
        elif marker in (*_FRAMES, *_TABLES, 0xDA) or _tells_colours(marker, part):
            parts.append(part)
        elif marker == 0xD9:
            ended = True
        elif not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            raise NoPicture(BROKEN)
    if not ended or size == (0, 0) or not any(one[1] == 0xDA for one in parts):
        raise NoPicture(BROKEN)
    if upright != 1:
        parts.insert(1, _only_way_up(upright))
    return Picture("image/jpeg", b"".join((*parts, b"\xff\xd9")), *size)


def _tells_colours(marker: int, part: bytes) -> bool:
    """Whether the segment says how the colours are to be read: without it some pictures come out inverted."""
    return marker == 0xEE and part[4:9] == b"Adobe"


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, the whole segment), a scan with its data, until the picture ends."""
    place = 2
    while True:
        if content[place] != 0xFF:
            raise NoPicture(BROKEN)
        marker = content[place + 1]
        if marker == 0xFF:  # a fill byte
            place += 1
            continue
        if marker == 0xD9:
            yield marker, b""
            return
        (length,) = struct.unpack(">H", content[place + 2 : place + 4])
        end = place + 2 + length
        if length < 2 or end > len(content):
            raise NoPicture(BROKEN)
        if marker == 0xDA:
            end = _end_of_scan(content, end)
        yield marker, content[place:end]
        place = end


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the next marker begins that belongs to no scan."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            raise NoPicture(BROKEN)
        after = content[place + 1]
        if after == 0 or 0xD0 <= after <= 0xD7:
            place += 2
        else:
            return place


def _way_up(part: bytes) -> int | None:
    """The orientation that an Exif segment states, 1 to 8; None where it states none."""
    if part[4:10] != b"Exif\0\0":
        return None
    body = part[10:]
    order = {b"II": "<", b"MM": ">"}.get(body[:2])
    if order is None:
        return None
    try:
        (first,) = struct.unpack(f"{order}I", body[4:8])
        (entries,) = struct.unpack(f"{order}H", body[first : first + 2])
        for number in range(entries):
            at = first + 2 + 12 * number
            tag, kind, count = struct.unpack(f"{order}HHI", body[at : at + 8])
            if (tag, kind, count) == (0x0112, 3, 1):
                (value,) = struct.unpack(f"{order}H", body[at + 8 : at + 10])
                return value if 1 <= value <= 8 else None
    except struct.error:
        return None
    return None


def _only_way_up(value: int) -> bytes:
    """An Exif segment that says which way is up, and nothing else."""
    body = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, value, 0, 0)
    told = b"Exif\0\0" + body
    return b"\xff\xe1" + struct.pack(">H", len(told) + 2) + told


def _png(content: bytes) -> Picture:
    """The chunks that draw, each with a right check sum, until the picture ends."""
    parts, place, size, drawn = [_PNG], len(_PNG), (0, 0), False
    while True:
        (length,) = struct.unpack(">I", content[place : place + 4])
        name, end = content[place + 4 : place + 8], place + 12 + length
        if end > len(content) or len(name) < 4:
            raise NoPicture(BROKEN)
        chunk = content[place:end]
        if struct.unpack(">I", chunk[-4:])[0] != zlib.crc32(chunk[4:-4]):
            raise NoPicture(BROKEN)
        if name == b"IHDR":
            size = struct.unpack(">II", chunk[8:16])
        drawn = drawn or name == b"IDAT"
        if name in _DRAWING:
            parts.append(chunk)
        elif not name[0] & 0x20:  # a chunk that must be understood, and is not
            raise NoPicture(BROKEN)
        if name == b"IEND":
            break
        place = end
    if size == (0, 0) or not drawn:
        raise NoPicture(BROKEN)
    return Picture("image/png", b"".join(parts), *size)
