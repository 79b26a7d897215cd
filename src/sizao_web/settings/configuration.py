"""What the environment says, read once, with a sentence for everything that is missing or unsafe.

SIZAO_MODE       production (default), demo or test
SIZAO_DATA       data folder: the embedded PostgreSQL, keys, assets, logs (default ~/.local/share/sizao,
                 for root /var/lib/sizao)
DATABASE_URL     postgresql://user:password@host:port/name; unset: the embedded PostgreSQL of the data folder
SIZAO_ROLE       database role of this process: web (default), worker or owner
SIZAO_SECRET     Django's secret key; demo and test make one in the data folder, production must be given one
SIZAO_IDENTITY_KEY   key of names, documents and telephone numbers (urlsafe base64, 32 bytes), or several
                 parted by commas: the first seals, the others still open; as SIZAO_SECRET
SIZAO_SIGNING_KEY    key by which the installation signs (roots of the audit), or several parted by commas:
                 the first signs, signatures of the others still hold; as SIZAO_SECRET
SIZAO_WITNESS    folder to which the roots of the audit are written beside the database; where possible
                 somebody else's disk (default: beside the data folder, which has its name and "-witness")
SIZAO_CERTIFICATES   files of certificates (PEM) whose ends are watched, comma-separated
SIZAO_ENDINGS    other things that end, as name=day, comma-separated: signing key=2027-03-01
SIZAO_HOSTS      names under which the pages are reached, comma-separated
SIZAO_PROXIES    how many proxies of ours stand before the pages, one behind the other (default 1 in
                 production, where it speaks TLS; 0 else: what a request says of its way is not believed)
SIZAO_SECOND_FACTOR  required (default in production): who may read names or run accounts signs in with a code
                 besides the password; optional (default in demo and test)
SIZAO_ZONE       zone of the city's days (default Asia/Shanghai)
SIZAO_LANGUAGE   zh (default) or en, for people who have not chosen
SIZAO_EMERGENCY  telephone for an ambulance, as pages for the public tell it (default 120 where the zone is
                 of mainland China, else none: pages then say to call an ambulance, without a number)
SIZAO_HOTLINE    telephone for whoever does not know whom to ask (default 12345 there, else none)
SIZAO_PACK       folder of the policy pack in use
SIZAO_LAKE       folder of the tables of check-ins and temperatures (default lake in the data folder)
SIZAO_STREAM_DAYS    days for which check-ins and temperatures are kept after their own, 7 to 21 (default 14)
SIZAO_TUBES      forms of the numbers of tubes, comma-separated: # a digit, @ a capital letter, any other sign
                 itself, as in TJ########; unset: any number will do
SIZAO_CLOCK_BEHIND   seconds by which this installation's clock is behind the real one (demo and test only)
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

from sizao.facts.seen import KEPT_BETWEEN

MODES = ("production", "demo", "test")
ROLES = ("web", "worker", "owner")
SHORTEST_SECRET = 40
_MAINLAND = ("Asia/Shanghai", "Asia/Urumqi")
_USUAL_TELEPHONES = {"SIZAO_EMERGENCY": "120", "SIZAO_HOTLINE": "12345"}  # in mainland China


class Misconfigured(Exception):
    """The environment asks for something that cannot be done or is unsafe; the text says what to set."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


@dataclass(frozen=True)
class Configuration:
    """One installation, seen from one process."""

    mode: str
    data: Path
    database_url: str | None
    role: str
    secret: str
    identity_key: str
    signing_key: str
    witness: Path
    certificates: tuple[Path, ...]
    endings: tuple[tuple[str, date], ...]
    hosts: tuple[str, ...]
    proxies: int
    second_factor: bool
    zone: str
    language: str
    emergency: str
    hotline: str
    pack: Path
    clock_behind: int
    lake: Path
    stream_days: int | None
    tubes: tuple[str, ...]

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
    mode = _one_of(environment, "SIZAO_MODE", MODES, "production")
    data = Path(environment.get("SIZAO_DATA") or usual_folder("sizao")).expanduser()
    factor = _one_of(
        environment,
        "SIZAO_SECOND_FACTOR",
        ("required", "optional"),
        "required" if mode == "production" else "optional",
    )
    zone = _zone(environment.get("SIZAO_ZONE", "Asia/Shanghai"))
    usual = _USUAL_TELEPHONES if zone in _MAINLAND else {}
    found = Configuration(
        mode=mode,
        data=data,
        database_url=environment.get("DATABASE_URL") or None,
        role=_one_of(environment, "SIZAO_ROLE", ROLES, "web"),
        secret=_secret(environment, "SIZAO_SECRET", mode, data, 50),
        identity_key=_secret(environment, "SIZAO_IDENTITY_KEY", mode, data, None),
        signing_key=_secret(environment, "SIZAO_SIGNING_KEY", mode, data, None),
        witness=Path(environment.get("SIZAO_WITNESS") or usual_witness(data)).expanduser(),
        certificates=tuple(Path(one) for one in keys_of(environment.get("SIZAO_CERTIFICATES", ""))),
        endings=_endings(environment.get("SIZAO_ENDINGS", "")),
        hosts=_hosts(environment, mode),
        proxies=_count(environment, "SIZAO_PROXIES", 1 if mode == "production" else 0),
        second_factor=factor == "required",
        zone=zone,
        language=_one_of(environment, "SIZAO_LANGUAGE", ("zh", "en"), "zh"),
        emergency=_telephone(environment, "SIZAO_EMERGENCY", usual),
        hotline=_telephone(environment, "SIZAO_HOTLINE", usual),
        pack=Path(environment.get("SIZAO_PACK") or _shipped_pack()),
        clock_behind=_count(environment, "SIZAO_CLOCK_BEHIND"),
        lake=Path(environment.get("SIZAO_LAKE") or data / "lake").expanduser(),
        stream_days=_stream_days(environment),
        tubes=_tubes(environment),
    )
    if found.clock_behind and found.production:
        raise Misconfigured(
            "SIZAO_CLOCK_BEHIND moves the clock and is for demonstrations only. Unset it.",
            "SIZAO_CLOCK_BEHIND会移动时钟，仅供演示。请取消设置。",
        )
    if found.production:
        _check_apart(found)
    _check_keys("SIZAO_IDENTITY_KEY", found.identity_key)
    _check_keys("SIZAO_SIGNING_KEY", found.signing_key)
    return found


def keys_of(text: str) -> tuple[str, ...]:
    """The keys that stand in one variable, parted by commas; the first is the one in use."""
    return tuple(one.strip() for one in text.split(",") if one.strip())


def usual_witness(data: Path) -> Path:
    """Where roots of the audit are kept when nobody says where: beside the data folder, on the same disk."""
    return data.with_name(f"{data.name}-witness")


def usual_folder(name: str) -> Path:
    """Where data lies when nobody says where; root's own folder would be closed to PostgreSQL's user."""
    return Path("/var/lib") / name if os.geteuid() == 0 else Path.home() / ".local" / "share" / name


def new_secret(length: int | None = None) -> str:
    """A random secret: urlsafe text of that many bytes, or a key of 32 bytes in urlsafe base64."""
    return secrets.token_urlsafe(length) if length else urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _one_of(environment: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = environment.get(name) or default
    if value not in allowed:
        raise Misconfigured(
            f"{name} is {value!r}. Set it to one of: {', '.join(allowed)}.",
            f"{name}为{value!r}。请设为以下之一：{'、'.join(allowed)}。",
        )
    return value


def _count(environment: Mapping[str, str], name: str, default: int = 0) -> int:
    value = environment.get(name) or str(default)
    if not value.isdecimal():
        raise Misconfigured(
            f"{name} is {value!r}. Set it to a whole number from 0.", f"{name}为{value!r}。请设为非负整数。"
        )
    return int(value)


def _stream_days(environment: Mapping[str, str]) -> int | None:
    """How long streams are kept, where the environment says it; never longer than the dictionary allows."""
    if not environment.get("SIZAO_STREAM_DAYS"):
        return None
    days = _count(environment, "SIZAO_STREAM_DAYS")
    least, most = KEPT_BETWEEN
    if not least <= days <= most:
        raise Misconfigured(
            f"SIZAO_STREAM_DAYS is {days}. Who was where is kept for {least} to {most} days, never longer.",
            f"SIZAO_STREAM_DAYS为{days}。行踪记录保存{least}至{most}天，不得更长。",
        )
    return days


def _tubes(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Forms of the numbers of tubes, each with something that varies, and as long as a number may be."""
    forms = keys_of(environment.get("SIZAO_TUBES", ""))
    for form in forms:
        if not re.fullmatch(r"(?=.*[#@])[#@A-Z0-9/._-]{1,40}", form):
            raise Misconfigured(
                f"SIZAO_TUBES holds {form!r}. Write each form with # for a digit and @ for a capital letter, "
                "beside A-Z, 0-9 and - / . _ that stand for themselves, as in TJ########.",
                f"SIZAO_TUBES中有{form!r}。#表示一位数字，@表示一位大写字母，A-Z、0-9和- / . _为其本身，"
                "例如TJ########。",
            )
    return forms


def _endings(text: str) -> tuple[tuple[str, date], ...]:
    found = []
    for one in keys_of(text):
        name, _, day = one.rpartition("=")
        try:
            found.append((name.strip(), date.fromisoformat(day.strip())))
        except ValueError:
            name = ""
        if not name.strip():
            raise Misconfigured(
                f"SIZAO_ENDINGS holds {one!r}. Write name=day, as in: signing key=2027-03-01.",
                f"SIZAO_ENDINGS中有{one!r}。请写成 名称=日期，例如：签名密钥=2027-03-01。",
            )
    return tuple(found)


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError, ValueError):  # unknown, or a path
        raise Misconfigured(
            f"SIZAO_ZONE is {name!r}, which is no time zone. Set it like Asia/Shanghai.",
            f"SIZAO_ZONE为{name!r}，不是时区。请按Asia/Shanghai的形式设置。",
        ) from None


def _telephone(environment: Mapping[str, str], name: str, usual: Mapping[str, str]) -> str:
    """A telephone number as it is told; empty where there is none."""
    number = environment.get(name, usual.get(name, "")).strip()
    if number and not re.fullmatch(r"\+?[0-9]([0-9 -]{0,18}[0-9])?", number):
        raise Misconfigured(
            f"{name} is {number!r}, which is no telephone number. Set it like 112 or +41 58 000 00 00.",
            f"{name}为{number!r}，不是电话号码。请按112或+41 58 000 00 00的形式设置。",
        )
    return number


def _hosts(environment: Mapping[str, str], mode: str) -> tuple[str, ...]:
    hosts = tuple(one.strip() for one in environment.get("SIZAO_HOSTS", "").split(",") if one.strip())
    if mode != "production":
        return hosts or ("127.0.0.1", "localhost", "testserver")
    if not hosts:
        raise Misconfigured(
            "SIZAO_HOSTS is not set. Name the hosts, for example SIZAO_HOSTS=sizao.example.org.",
            "未设置SIZAO_HOSTS。请写明主机名，例如SIZAO_HOSTS=sizao.example.org。",
        )
    if any("*" in one for one in hosts):
        raise Misconfigured(
            "SIZAO_HOSTS stands open for every name (*): a forged host would stand in links. Name the hosts.",
            "SIZAO_HOSTS允许任意主机名（*），伪造的主机名会出现在链接中。请写明主机名。",
        )
    return hosts


def _shipped_pack() -> Path:
    """The exercise pack of the repository this package is installed from."""
    return Path(__file__).resolve().parents[3] / "policies" / "training-2020"


def _secret(environment: Mapping[str, str], name: str, mode: str, data: Path, length: int | None) -> str:
    """A secret from the environment; outside production one of the data folder, made when it is not there."""
    if given := environment.get(name):
        # A word typed often enough is long, and no secret: forty random signs hold more than a dozen kinds.
        if mode == "production" and (len(given) < SHORTEST_SECRET or len(set(given)) < 12):
            raise Misconfigured(
                f"{name} is shorter than {SHORTEST_SECRET} signs or not random. Make one with: sizao keys",
                f"{name}少于{SHORTEST_SECRET}个字符或不够随机。请用 sizao keys 生成。",
            )
        return given
    if mode == "production":
        raise Misconfigured(
            f"{name} is not set, and production has no default. Make one with: sizao keys",
            f"未设置{name}，生产环境没有默认值。请用 sizao keys 生成。",
        )
    return _kept(data / "keys" / name.lower(), length)


def _kept(file: Path, length: int | None) -> str:
    """The secret in a file; two processes that make it at once agree on one of theirs."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, made = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as new:
            new.write(new_secret(length))
        try:
            os.link(made, file)
        except FileExistsError:
            pass
        finally:
            os.unlink(made)
    return file.read_text(encoding="utf-8")


def _check_apart(found: Configuration) -> None:
    """Who learns one secret must not have another."""
    said = {
        "SIZAO_SECRET": {found.secret},
        "SIZAO_IDENTITY_KEY": set(keys_of(found.identity_key)),
        "SIZAO_SIGNING_KEY": set(keys_of(found.signing_key)),
    }
    for (one, ours), (other, theirs) in combinations(said.items(), 2):
        if ours & theirs:
            raise Misconfigured(
                f"{one} and {other} are the same. Who learns one must not have the other: make new ones "
                "with: sizao keys",
                f"{one}与{other}相同。知道其一不应等于知道另一个：请用 sizao keys 重新生成。",
            )


def _check_keys(name: str, keys: str) -> None:
    for key in keys.split(","):
        try:
            right = len(urlsafe_b64decode(key.strip())) == 32
        except ValueError:
            right = False
        if not right:
            raise Misconfigured(
                f"{name} holds something that is no key of 32 bytes in urlsafe base64. Make one with: "
                "sizao keys",
                f"{name}中有内容不是32字节的urlsafe base64密钥。请用 sizao keys 生成。",
            )
