"""Settings of the tests: the embedded PostgreSQL in build/, as its owner, so that tests can set the stage."""

from __future__ import annotations

import os
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]
os.environ.setdefault("SIZAO_MODE", "test")
os.environ.setdefault("SIZAO_DATA", str(_ROOT / "build" / "tests"))
os.environ.setdefault("SIZAO_ROLE", "owner")

from sizao_web.settings.django import *  # noqa: E402, F403
from sizao_web.settings.django import STATIC_ROOT  # noqa: E402

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # else WhiteNoise warns that it is not there
