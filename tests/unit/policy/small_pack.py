"""A small correct pack, read once; the tests of the loader change single words of it."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "small"
FILES = {
    path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(FOLDER.rglob("*.yaml"))
}


def changed(file: str, old: str, new: str, nth: int = 1) -> dict[str, str]:
    """The pack with the nth `old` of one file written as `new`."""
    text, start = FILES[file], -1
    for _ in range(nth):
        start = text.index(old, start + 1)
    return {**FILES, file: text[:start] + new + text[start + len(old) :]}
