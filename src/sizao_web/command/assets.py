"""Styles, scripts and pictures under names with their digest, so that browsers may keep them."""

from __future__ import annotations

import hashlib
from pathlib import Path


def collect() -> bool:
    """Gather the assets in the data folder where they changed since the last time; whether they had."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    mark = Path(settings.STATIC_ROOT) / ".collected"
    if mark.exists() and mark.read_text(encoding="ascii") == digest.hexdigest():
        return False
    call_command("collectstatic", verbosity=0, interactive=False)
    mark.write_text(digest.hexdigest(), encoding="ascii")
    return True
