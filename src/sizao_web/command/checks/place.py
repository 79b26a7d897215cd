"""The place of the installation: its folders, its keys, the room on the disk."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from sizao.terms.words import Words
from sizao_web.command.checks.findings import Finding, finding
from sizao_web.settings.configuration import Configuration
from sizao_web.settings.database import socket_folder

LEAST_FREE = 2 * 1024**3


def place(found: Configuration) -> Iterator[Finding]:
    """Disk, folders, keys."""
    yield _disk(found.data)
    if found.database_url is None and found.cluster.exists():
        yield _private("cluster_folder", found.cluster)
        yield _private("socket_folder", socket_folder(found.cluster))
    keys = found.data / "keys"
    if keys.exists():
        yield _private("keys_folder", keys)
        for file in sorted(keys.iterdir()):
            yield _private(f"key_{file.name}", file)
    yield _length("SIZAO_SECRET", found.secret)
    for key in found.identity_key.split(","):
        yield _length("SIZAO_IDENTITY_KEY", key.strip())


def _disk(data: Path) -> Finding:
    there = next(folder for folder in (data, *data.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    said = Words(f"{there}余{free / 1024**3:.1f} GB", f"{free / 1024**3:.1f} GB free at {there}")
    todo = Words(
        "腾出空间或换更大的磁盘：写满后不能再记录。", "Make room: on a full disk nothing is recorded."
    )
    return finding("disk", free >= LEAST_FREE, said, todo)


def _private(name: str, path: Path) -> Finding:
    mode = stat.S_IMODE(path.stat().st_mode)
    said = Words(f"{path} {mode:04o}", f"{path} {mode:04o}")
    todo = Words(f"chmod go-rwx {path}", f"chmod go-rwx {path}")
    return finding(name, mode & 0o077 == 0, said, todo, vital=True)


def _length(name: str, value: str) -> Finding:
    said = Words(f"{len(value)}个字符", f"{len(value)} characters")
    todo = Words(f"用sizao keys生成并设置{name}。", f"Make one with sizao keys and set {name}.")
    return finding(name.lower(), len(value) >= 40, said, todo, vital=True)
