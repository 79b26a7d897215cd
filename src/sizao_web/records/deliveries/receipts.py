"""Receipts: what became of every row of a file, as JSON in one fixed form, signed with the key of the
installation."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from hmac import digest
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from sizao.intake.signing import public_text, sign


def _key() -> Ed25519PrivateKey:
    # Made of the installation's secret, so that there is no second thing to keep and to lose.
    return Ed25519PrivateKey.from_private_bytes(
        digest(settings.SECRET_KEY.encode(), b"sizao receipts", sha256)
    )


def public_key() -> str:
    """The key by which anybody can verify receipts of this installation: 32 bytes in base64."""
    return public_text(_key().public_key())


def signed(stated: Mapping[str, Any]) -> str:
    """The receipt as the text that is kept and handed out."""
    return sign(stated, _key())
