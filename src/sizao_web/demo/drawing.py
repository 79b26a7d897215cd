"""A picture for the demonstration, drawn here: a gate without a thermometer. Nobody and no place is on it."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 320, 240
SKY, WALL, GATE, GROUND = (214, 228, 240), (176, 120, 92), (60, 70, 84), (150, 150, 146)


def gate() -> bytes:
    """The picture as a PNG."""
    rows = b"".join(b"\0" + b"".join(bytes(_colour(x, y)) for x in range(WIDTH)) for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _colour(x: int, y: int) -> tuple[int, int, int]:
    if y > 200:
        return GROUND
    if 110 < x < 210 and y > 70:
        return GATE if x % 10 > 2 else SKY
    return WALL if y > 60 else SKY


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
