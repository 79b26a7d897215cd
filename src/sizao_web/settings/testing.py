"""Settings of the tests: the embedded PostgreSQL in build/, as its owner, so that tests can set the stage."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from sizao_web.settings.postgresql import may_enter

_ROOT = Path(__file__).resolve().parents[3]


def scratch(name: str) -> Path:
    """A folder for a cluster of the tests: in build/, or where a clone lies in a folder closed to others and
    root runs the tests, in the system's temporary one, because PostgreSQL will not run as root."""
    folder = _ROOT / "build" / name
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or may_enter(folder):
        return folder
    elsewhere = Path("/tmp") / f"sizao-{name}-{hashlib.sha256(str(_ROOT).encode()).hexdigest()[:12]}"
    elsewhere.mkdir(exist_ok=True, mode=0o711)
    return elsewhere


os.environ.setdefault("SIZAO_MODE", "test")
if "SIZAO_DATA" not in os.environ:
    os.environ["SIZAO_DATA"] = str(scratch("tests"))
os.environ.setdefault("SIZAO_ROLE", "owner")

from sizao_web.settings.django import *  # noqa: E402, F403

# A hundred sign-ins are not to take a minute; what is slow on purpose is slow in production only.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# The middleware of static files warns of a folder that is not there, and a warning fails a test.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
