"""Where the records are: the parts of DATABASE_URL, or the socket of the embedded PostgreSQL."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sizao_web.settings.configuration import Configuration, Misconfigured

EMBEDDED_NAME = "sizao"
OWNER = (
    "postgres"  # the login that owns the embedded database; pages and jobs sign in under roles of their own
)
LOGINS = {"owner": OWNER, "web": "sizao_web", "worker": "sizao_worker"}
LONGEST_ADDRESS = 107  # bytes of the path of a socket; the system takes no more


def database(configuration: Configuration) -> dict[str, Any]:
    """Django's entry of the database. Who is not the owner works under its own role from the start."""
    found = _from_url(configuration.database_url) if configuration.database_url else _embedded(configuration)
    options: dict[str, Any] = {**found.pop("QUERY"), "application_name": f"sizao-{configuration.role}"}
    settings = ["-c timezone=UTC", "-c lock_timeout=10s"]
    if configuration.role == "web":
        settings.append("-c statement_timeout=30s")
    if configuration.role != "owner" and configuration.mode != "test":
        settings.append(f"-c role=sizao_{configuration.role}")
    options["options"] = " ".join(settings)
    return {
        "ENGINE": "django.db.backends.postgresql",
        **found,
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def _from_url(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise Misconfigured(
            "DATABASE_URL must be postgresql://user:password@host:port/name.",
            "DATABASE_URL应为 postgresql://用户:密码@主机:端口/库名。",
        )
    query = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "QUERY": query,
    }


def _embedded(configuration: Configuration) -> dict[str, Any]:
    """Each process signs in as what it is: from its role no statement leads back to the owner."""
    return {
        "NAME": EMBEDDED_NAME,
        "USER": LOGINS[configuration.role],
        "PASSWORD": "",
        "HOST": str(socket_folder(configuration.cluster)),
        "PORT": "5432",
        "QUERY": {"prepare_threshold": 0},  # no pooler stands before it (`records.prepared`)
    }


def socket_folder(cluster: Path) -> Path:
    """Where the socket of the embedded PostgreSQL lies: in the cluster, which only its owner may enter.

    A socket's path has an end to its length; the socket of a cluster that lies deeper is in a private folder
    in the system's temporary one, under a name made from the path.
    """
    if len(str(cluster / ".s.PGSQL.5432").encode()) <= LONGEST_ADDRESS:
        return cluster
    return Path("/tmp") / f"sizao-{hashlib.sha256(str(cluster).encode()).hexdigest()[:16]}"
