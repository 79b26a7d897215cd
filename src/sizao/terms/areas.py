"""Areas: paths such as "cn/51/5113/511302", from the widest part to the narrowest, joined by "/"."""

from __future__ import annotations


def is_area(path: str) -> bool:
    """Whether the text is a path of an area: parts that are not empty and hold no space, joined by "/"."""
    return all(part and not any(letter.isspace() for letter in part) for part in path.split("/"))


def ancestors(path: str) -> list[str]:
    """The area itself, then each wider one, the widest last: "a/b/c" gives a/b/c, a/b, a."""
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]


def is_within(path: str, of: str) -> bool:
    """Whether the area `path` is the area `of` or lies in it; "a/b2" does not lie in "a/b"."""
    return path == of or path.startswith(of + "/")
