"""The place of the installation: its folders, its keys, the room on the disk."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from sizao.terms.words import Words
from sizao_web.command.checks.findings import Finding, finding
from sizao_web.settings.configuration import Configuration, keys_of
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
    for key in keys_of(found.identity_key):
        yield _length("SIZAO_IDENTITY_KEY", key)
    yield _witness(found)


def _disk(data: Path) -> Finding:
    there = _existing(data)
    free = shutil.disk_usage(there).free
    said = Words(f"{there}余{free / 1024**3:.1f} GB", f"{free / 1024**3:.1f} GB free at {there}")
    todo = Words(
        "腾出空间或换更大的磁盘：写满后不能再记录。", "Make room: on a full disk nothing is recorded."
    )
    return finding("disk", free >= LEAST_FREE, said, todo)


def _witness(found: Configuration) -> Finding:
    """Whether the roots of the audit stand somewhere else than what they vouch for."""
    there, data = (_existing(one) for one in (found.witness, found.data))
    apart = there.stat().st_dev != data.stat().st_dev or there.stat().st_uid != data.stat().st_uid
    said = (
        Words(f"{found.witness}，在别处", f"{found.witness}, elsewhere")
        if apart
        else Words(
            f"{found.witness}与数据同盘同属主", f"{found.witness}, on the disk and of the owner of the data"
        )
    )
    todo = Words(
        "把SIZAO_WITNESS设为另一属主、另一块盘的目录（见docs/how-to/verify-the-audit.md）：能改数据库的人不应也能改它。",
        "Let SIZAO_WITNESS be a folder of another owner on another disk "
        "(docs/how-to/verify-the-audit.md): who can "
        "change the database must not be able to change it too.",
    )
    return finding("witness", apart or not found.production, said, todo)


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.absolute().parents) if folder.exists())


def _private(name: str, path: Path) -> Finding:
    mode = stat.S_IMODE(path.stat().st_mode)
    said = Words(f"{path} {mode:04o}", f"{path} {mode:04o}")
    todo = Words(f"chmod go-rwx {path}", f"chmod go-rwx {path}")
    return finding(name, mode & 0o077 == 0, said, todo, vital=True)


def _length(name: str, value: str) -> Finding:
    said = Words(f"{len(value)}个字符", f"{len(value)} characters")
    todo = Words(f"用sizao keys生成并设置{name}。", f"Make one with sizao keys and set {name}.")
    return finding(name.lower(), len(value) >= 40, said, todo, vital=True)
