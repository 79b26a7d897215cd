"""Addresses of what a row names, so that lists need not know the desk that shows it."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote, urlencode

from django.urls import NoReverseMatch, reverse

PERSON, PLACE, WHY, ROWS = "everyone:person", "everyone:place", "everyone:why", "everyone:list"
WHY_UNKNOWN, FACT, PROPOSE = "everyone:why-unknown", "everyone:fact", "policy:propose"
_SAFE = "/~:@!$&'()*+,;="  # as Django leaves them in an address


_PLACE = "MARKED-PLACE"


def address(route: str, *arguments: str) -> str | None:
    """The address of a route; None where this installation has no such page."""
    if len(arguments) == 1 and arguments[0]:
        around, word = _around(route), arguments[0]
        if around is None:  # its argument is no text, such as a number of its own kind
            return _reversed(route, word)
        # Numbers of rows and most of persons are plain: quoting a hundred of them takes a millisecond.
        return (word if word.isascii() and word.isalnum() else quote(word, safe=_SAFE)).join(around)
    return _reversed(route, *arguments) if arguments else _alone(route)


@lru_cache(maxsize=256)
def _alone(route: str) -> str | None:
    return _reversed(route)


@lru_cache(maxsize=256)
def _around(route: str) -> tuple[str, str] | None:
    """What stands before and after the only argument of a route: a list names it hundreds of times."""
    found = _reversed(route, _PLACE)
    if found is None:
        return None
    before, _, after = found.partition(_PLACE)
    return before, after


def _reversed(route: str, *arguments: str) -> str | None:
    try:
        return reverse(route, args=arguments)
    except NoReverseMatch:
        return None


def rows(which: str, **asked: str | None) -> str:
    """The address of a list of the ledger, narrowed by its filters; what is None or empty does not narrow."""
    around = _around(ROWS)
    assert around is not None, ROWS
    return with_query(which.join(around), **asked)


def with_query(to: str, **asked: str | None) -> str:
    """An address with what is asked of it; what is None or empty is not."""
    query = _query(tuple((name, value) for name, value in asked.items() if value))
    return f"{to}?{query}" if query else to


@lru_cache(maxsize=8192)
def _query(asked: tuple[tuple[str, str], ...]) -> str:
    """Kept: an overview has nine hundred such addresses, of which nearly all were the same a minute ago."""
    return urlencode(asked)
