"""The second factor: a code of an application on the telephone (TOTP, RFC 6238), or a recovery code.

allauth keeps them and reckons; here its secrets are sealed, and each code counts once in all processes.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    validate_totp_code,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare
from django.utils.safestring import SafeString, mark_safe

from sizao_web.accounts.models import Account
from sizao_web.accounts.roles import ROLES

SECRET = "second_factor_offered"  # key of the session: the secret shown and not yet confirmed
PASSED = "second_factor"  # key of the session: this sign-in went through the second factor
_TOTP, _CODES = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals what allauth keeps."""

    def encrypt(self, text: str) -> str:
        """Sealed with the first key of the installation."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Opened with whichever key sealed it."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """The name under which the telephone lists the code."""
        return str(settings.MFA_TOTP_ISSUER)


def _box() -> MultiFernet:
    keys = [key.strip() for key in settings.SIZAO.identity_key.split(",") if key.strip()]
    return MultiFernet(
        [Fernet(urlsafe_b64encode(sha256(b"sizao second factor " + key.encode()).digest())) for key in keys]
    )


@dataclass(frozen=True)
class Offer:
    """What is shown to set it up: a picture for the camera, and the secret to type where there is none."""

    picture: SafeString
    secret: str


def is_required(role: str) -> bool:
    """Whether this duty may be worked under only after a second factor: it reads names, or runs accounts."""
    return bool(settings.SIZAO.second_factor) and (ROLES[role].identities or role == "administrator")


def is_set_up(account: Account) -> bool:
    """Whether the account has a second factor: then every sign-in asks for it."""
    return bool(Authenticator.objects.filter(user_id=account.pk, type=_TOTP).exists())


def offer(account: Account, session: SessionBase) -> Offer:
    """A new secret, the same one until it is confirmed or the session ends."""
    secret = session.get(SECRET)
    if not secret:
        secret = session[SECRET] = generate_totp_secret()
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(account, secret))
    drawn = picture[picture.index("<svg") :]
    spoken = re.sub(r"(.{4})", r"\1 ", secret).strip()
    return Offer(mark_safe(drawn), spoken)  # drawn here from our own secret; nothing a visitor typed is in it


def confirm(account: Account, session: SessionBase, code: str) -> list[str] | None:
    """Set up when the code fits the secret that was offered: the recovery codes, to be shown this once."""
    secret = session.get(SECRET)
    if not secret or not validate_totp_code(secret, _plain(code)):
        return None
    remove(account)
    TOTP.activate(account, secret)
    del session[SECRET]
    session[PASSED] = True
    return new_recovery_codes(account)


def new_recovery_codes(account: Account) -> list[str]:
    """Ten new codes; earlier ones count no more."""
    Authenticator.objects.filter(user_id=account.pk, type=_CODES).delete()
    made = RecoveryCodes.activate(account)
    made.mark_as_viewed()
    return list(made.generate_codes())


def recovery_codes_left(account: Account) -> int:
    """How many recovery codes were not used yet."""
    found = Authenticator.objects.filter(user_id=account.pk, type=_CODES).first()
    return len(RecoveryCodes(found).get_unused_codes()) if found else 0


def verify(account: Account, code: str) -> bool:
    """Whether the code is right now and was not used before. Needs an open transaction."""
    rows = Authenticator.objects.select_for_update().filter(user_id=account.pk)
    found = rows.filter(type=_TOTP).first()
    if found is not None and _fits(found, _plain(code)):
        found.record_usage()
        return True
    recovery = rows.filter(type=_CODES).first()
    return recovery is not None and bool(RecoveryCodes(recovery).validate_code(_plain(code)))


def remove(account: Account) -> None:
    """No second factor any more."""
    Authenticator.objects.filter(user_id=account.pk).delete()


def _fits(found: Authenticator, code: str) -> bool:
    """A code counts once: the steps of time up to the one last used are spent, in the database for all."""
    secret = decrypt(found.data["secret"])
    for counter in yield_hotp_counters_from_time():
        if counter <= found.data.get("last_counter", 0):
            continue
        if constant_time_compare(code, format_hotp_value(hotp_value(secret, counter))):
            found.data["last_counter"] = counter
            found.save(update_fields=["data"])
            return True
    return False


def _plain(code: str) -> str:
    return re.sub(r"[\s\-]", "", code)
