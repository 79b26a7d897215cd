"""What the environment says, read once, with a sentence for everything that is missing or unsafe.

SIZAO_MODE       production (default), demo or test
SIZAO_DATA       data folder: the embedded PostgreSQL, keys, backups (default ~/.local/share/sizao)
DATABASE_URL     postgresql://user:password@host:port/name; unset: the embedded PostgreSQL of the data folder
SIZAO_ROLE       database role of this process: web (default), worker or owner
SIZAO_SECRET     Django's secret key; demo and test make one in the data folder, production must be given one
SIZAO_IDENTITY_KEY   key of names, documents and telephone numbers (urlsafe base64, 32 bytes); as SIZAO_SECRET
SIZAO_HOSTS      names under which the pages are reached, comma-separated
SIZAO_ZONE       zone of the city's days (default Asia/Shanghai)
SIZAO_LANGUAGE   zh (default) or en, for people who have not chosen
SIZAO_PACK       folder of the policy pack in use
SIZAO_CLOCK_BEHIND seconds by which this installation's clock is behind the real one (demo and test only)
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MODES = ("production", "demo", "test")
ROLES = ("web", "worker", "owner")


class Misconfigured(Exception):
    """The environment asks for something that cannot be done or is unsafe; the text says what to set."""

    def __init__(self, en: str, zh: str | None = None) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh or en


@dataclass(frozen=True)
class Configuration:
    """One installation, seen from one process."""

    mode: str
    data: Path
    database_url: str | None
    role: str
    secret: str
    identity_key: str
    hosts: tuple[str, ...]
    zone: str
    language: str
    pack: Path
    clock_behind: int

    @property
    def production(self) -> bool:
        """Whether real people's data may be here."""
        return self.mode == "production"

    @property
    def cluster(self) -> Path:
        """The folder of the embedded PostgreSQL."""
        return self.data / "postgresql"


def configuration(environment: Mapping[str, str]) -> Configuration:
    """The configuration that the environment states. Misconfigured says what to set and how."""
    mode = environment.get("SIZAO_MODE", "production")
    if mode not in MODES:
        raise Misconfigured(f"SIZAO_MODE is {mode!r}. Set it to one of: {', '.join(MODES)}.")
    role = environment.get("SIZAO_ROLE", "web")
    if role not in ROLES:
        raise Misconfigured(f"SIZAO_ROLE is {role!r}. Set it to one of: {', '.join(ROLES)}.")
    data = Path(environment.get("SIZAO_DATA") or Path.home() / ".local" / "share" / "sizao").expanduser()
    clock_behind = int(environment.get("SIZAO_CLOCK_BEHIND", "0"))
    if clock_behind and mode == "production":
        raise Misconfigured("SIZAO_CLOCK_BEHIND moves the clock and is for demonstrations only. Unset it.")
    hosts = tuple(one.strip() for one in environment.get("SIZAO_HOSTS", "").split(",") if one.strip())
    if not hosts and mode == "production":
        raise Misconfigured(
            "SIZAO_HOSTS is not set. Name the hosts, for example SIZAO_HOSTS=sizao.example.org."
        )
    language = environment.get("SIZAO_LANGUAGE", "zh")
    if language not in ("zh", "en"):
        raise Misconfigured(f"SIZAO_LANGUAGE is {language!r}. Set it to zh or en.")
    return Configuration(
        mode=mode,
        data=data,
        database_url=environment.get("DATABASE_URL") or None,
        role=role,
        secret=_secret(environment, "SIZAO_SECRET", mode, data, 50),
        identity_key=_secret(environment, "SIZAO_IDENTITY_KEY", mode, data, None),
        hosts=hosts or ("127.0.0.1", "localhost", "testserver"),
        zone=environment.get("SIZAO_ZONE", "Asia/Shanghai"),
        language=language,
        pack=Path(environment.get("SIZAO_PACK") or _shipped_pack()),
        clock_behind=clock_behind,
    )


def _shipped_pack() -> Path:
    """The exercise pack of the repository this package is installed from."""
    return Path(__file__).resolve().parents[3] / "policies" / "training-2020"


def _secret(environment: Mapping[str, str], name: str, mode: str, data: Path, length: int | None) -> str:
    """A secret from the environment; outside production one of the data folder, made when it is not there."""
    if given := environment.get(name):
        if mode == "production" and len(given) < 40:
            raise Misconfigured(f"{name} is shorter than 40 characters. Make one with: sizao keys")
        return given
    if mode == "production":
        raise Misconfigured(f"{name} is not set, and production has no default. Make one with: sizao keys")
    file = data / "keys" / name.lower()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        file.write_text(new_secret(length), encoding="utf-8")
    return file.read_text(encoding="utf-8")


def new_secret(length: int | None = None) -> str:
    """A random secret: urlsafe text of that many bytes, or a key of 32 bytes in urlsafe base64."""
    return secrets.token_urlsafe(length) if length else urlsafe_b64encode(secrets.token_bytes(32)).decode()
