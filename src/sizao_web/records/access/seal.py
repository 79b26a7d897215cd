"""The seal on a scope: what a process tells the database counts only when it bears the installation's seal.

A statement that somebody smuggles into a page can call `set_config` like any other. Without the seal, made
with a key that only this process and a table closed to pages hold, what it sets is not believed: every
policy asks `sizao_said`, which answers NULL for an unsealed scope.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256

from django.conf import settings

FIELDS = ("account", "role", "area", "sees_area", "sees_organisation", "sees_persons", "purpose")
"""What a scope tells the database, in the order in which it is sealed."""
_PART = "\x1f"
_BLOCK = 64


def seal(said: Mapping[str, str]) -> str:
    """The seal on these values; ValueError for one that could run into the next."""
    if any(_PART in said[name] for name in FIELDS):
        raise ValueError("A scope holds a control character.")
    message = _PART.join(said[name] for name in FIELDS).encode()
    return hmac.new(_key(), message, sha256).hexdigest()


def pads() -> tuple[bytes, bytes]:
    """The two blocks with which the database makes the same seal from sha256 alone (RFC 2104)."""
    block = _key().ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def message_sql() -> str:
    """SQL of what is sealed, from the settings of the transaction."""
    parts = [f"coalesce(current_setting('sizao.{name}', true), '')" for name in FIELDS]
    return " || E'\\x1f' || ".join(parts)


def _key() -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), b"sizao scope", sha256).digest()
