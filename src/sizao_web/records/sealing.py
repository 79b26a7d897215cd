"""Names, documents and telephone numbers as they are kept: sealed with the key of the installation, and found
again by keyed hashes of their parts.

SIZAO_IDENTITY_KEY holds one key or several, parted by commas. The first seals; each opens and finds, so that
a key is exchanged by putting a new one in front and keeping the old one. Planned: to seal again what the old
one sealed, so that it can be thrown away.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from sizao_web.records.tokens import parts_of
from sizao_web.settings.configuration import keys_of


class Unreadable(Exception):
    """What is kept cannot be opened: sealed with a key that is not here, or in another person's row."""


def keys() -> tuple[str, ...]:
    """The keys of the installation, the one that seals first."""
    return keys_of(settings.SIZAO.identity_key)


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(person: str, what: str, text: str) -> bytes:
    """The text, sealed for this person and this field: it opens nowhere else."""
    return _box(keys()).encrypt(json.dumps([person, what, text], ensure_ascii=False).encode())


def unseal(person: str, what: str, sealed: bytes | memoryview | None) -> str | None:
    """The text again. Unreadable when the key is not here or the row was another person's."""
    if sealed is None:
        return None
    try:
        owner, field, text = json.loads(_box(keys()).decrypt(bytes(sealed)))
    except InvalidToken:
        raise Unreadable(f"The {what} of a person was sealed with a key that is not here.") from None
    if (owner, field) != (person, what):
        raise Unreadable(f"The {what} of a person was sealed for another row.")
    return str(text)


def tokens(name: str | None, document: str | None = None, telephone: str | None = None) -> tuple[bytes, ...]:
    """The hashes by which somebody is found, under the key that seals."""
    return hashes(parts_of(name, document, telephone))


def hashes(parts: Iterable[str]) -> tuple[bytes, ...]:
    """These parts under the key that seals."""
    return tuple(_hash(keys()[0], part) for part in parts)


def sought(parts: Iterable[str]) -> list[bytes]:
    """The hashes of one word of a search, under every key: what an older key hashed is found too."""
    return [_hash(key, part) for part in parts for key in keys()]


def pseudonyms(text: str) -> list[str]:
    """A person, place or key as the audit knows it: a keyed hash, because numbers can be guessed.

    The first is the one to write; an older key's stand behind it, by which earlier entries are found.
    """
    return [hmac.new(key.encode(), text.encode(), sha256).hexdigest()[:32] for key in keys()]


def _hash(key: str, part: str) -> bytes:
    # Not the key itself: what hashes must not be of use to open anything.
    hashing = hmac.new(urlsafe_b64decode(key), b"sizao name tokens", sha256).digest()
    return hmac.new(hashing, part.encode(), sha256).digest()[:16]
