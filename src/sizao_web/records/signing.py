"""What the installation signs (Ed25519), so that somebody else can tell that it said so.

SIZAO_SIGNING_KEY holds one key or several, parted by commas. The first signs; the signatures of each hold.
"""

from __future__ import annotations

from base64 import b64decode, b64encode, urlsafe_b64decode
from binascii import Error as NoBase64
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from sizao_web.settings.configuration import keys_of

PublicKeys = Mapping[str, Ed25519PublicKey]
"""Id of a key -> the key by which its signatures are judged."""


def sign(about: str, message: bytes) -> str:
    """The signature, as id of the key and base64, parted by a colon. about: what kind of thing is signed, so
    that a signature given for one kind vouches for no other."""
    key = _private(settings.SIZAO.signing_key)[0]
    made = b64encode(key.sign(_meant(about, message))).decode()
    return f"{id_of(key.public_key())}:{made}"


def is_signed(about: str, message: bytes, signature: str, keys: PublicKeys) -> bool:
    """Whether one of these keys signed this message as this kind of thing."""
    name, _, text = signature.partition(":")
    if name not in keys:
        return False
    try:
        keys[name].verify(b64decode(text, validate=True), _meant(about, message))
    except (InvalidSignature, NoBase64):
        return False
    return True


def public_keys(text: str | None = None) -> PublicKeys:
    """The public halves of signing keys: of the installation's own, or of those in a text like theirs."""
    private = _private(settings.SIZAO.signing_key if text is None else text)
    return {id_of(key.public_key()): key.public_key() for key in private}


def told(key: Ed25519PublicKey) -> str:
    """A public key as text: 32 bytes in base64."""
    return b64encode(_raw(key)).decode()


def read_public(text: str) -> PublicKeys:
    """Public keys from text, one a line; ValueError for a line that is none."""
    keys = [Ed25519PublicKey.from_public_bytes(b64decode(one, validate=True)) for one in text.split()]
    return {id_of(key): key for key in keys}


def id_of(key: Ed25519PublicKey) -> str:
    """Short name of a key: from the hash of its bytes."""
    return sha256(_raw(key)).hexdigest()[:16]


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _meant(about: str, message: bytes) -> bytes:
    return f"sizao {about}\0".encode() + message


@lru_cache(maxsize=8)
def _private(text: str) -> tuple[Ed25519PrivateKey, ...]:
    return tuple(Ed25519PrivateKey.from_private_bytes(urlsafe_b64decode(one)) for one in keys_of(text))
