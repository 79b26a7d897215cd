"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass

from sizao.terms.words import Words


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and what to do when it is not well.

    vital: pages do not start where it is not well, because rows might be lost or shown to the wrong people.
    """

    name: str
    well: bool
    found: Words
    todo: Words | None = None
    vital: bool = False


def finding(name: str, well: bool, found: str | Words, todo: Words, vital: bool = False) -> Finding:
    """A finding; what to do belongs to it only where it is not well."""
    words = Words(found, found) if isinstance(found, str) else found
    return Finding(name, well, words, None if well else todo, vital)
