"""Receipts that can be verified by whoever holds them: canonical JSON with an Ed25519 signature."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sizao.terms.words import Words

SIGNATURE, KEY = "signature", "public_key"


class NotGenuine(Exception):
    """A receipt that was not signed by this key, or was changed since. words: why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def public_text(key: Ed25519PublicKey) -> str:
    """The key as text: its 32 bytes in base64."""
    return b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def sign(stated: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """What is stated, with the public key and the signature over all of it, as canonical JSON."""
    whole = {**stated, KEY: public_text(key.public_key())}
    return canonical({**whole, SIGNATURE: b64encode(key.sign(canonical(whole).encode())).decode()})


def canonical(stated: Mapping[str, Any]) -> str:
    """JSON in one form only: keys in order, no blanks."""
    return json.dumps(stated, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def verify(text: str, public_key: str) -> dict[str, Any]:
    """What a receipt states. NotGenuine when it does not bear the signature of this key."""
    try:
        whole = json.loads(text)
        signature = b64decode(whole.pop(SIGNATURE), validate=True)
        key = Ed25519PublicKey.from_public_bytes(b64decode(public_key, validate=True))
    except (ValueError, KeyError, AttributeError, TypeError) as cause:
        raise NotGenuine(_NO_RECEIPT) from cause
    if whole.get(KEY) != public_key:
        raise NotGenuine(_OTHER_KEY)
    try:
        key.verify(signature, canonical(whole).encode())
    except InvalidSignature as cause:
        raise NotGenuine(_CHANGED) from cause
    found: dict[str, Any] = whole
    return found


_NO_RECEIPT = Words("这不是回执，或公钥不完整。", "This is no receipt, or the key is not whole.")
_OTHER_KEY = Words("这份回执由另一个公钥签名。", "This receipt was signed by another key.")
_CHANGED = Words("回执在签名之后被改动过。", "The receipt was changed after it was signed.")
