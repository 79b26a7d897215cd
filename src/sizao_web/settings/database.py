"""Where the records are: the parts of DATABASE_URL, or the socket of the embedded PostgreSQL."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sizao_web.settings.configuration import Configuration, Misconfigured

EMBEDDED_NAME = "sizao"


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
        raise Misconfigured("DATABASE_URL must be postgresql://user:password@host:port/name.")
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
    """The socket lies in the folder of the cluster, which only its owner may enter."""
    return {
        "NAME": EMBEDDED_NAME,
        "USER": "postgres",
        "PASSWORD": "",
        "HOST": str(configuration.cluster),
        "PORT": "5432",
        "QUERY": {},
    }
