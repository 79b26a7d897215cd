"""The log: one JSON object a line on standard error, without a value of any row.

A message of ours is written as it is: we put nothing personal in it. Of everybody else's the text is written
only where its values stand apart from it, and then without them; of an error its kind and the places in the
code, of an error of the database its code too. What somebody typed, a name or a statement is nowhere here.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The number of the request or job in hand; on every line it causes."""

FIELDS = ("route", "method", "status", "ms", "role", "account", "seconds", "outcome")
"""What a line of ours may say beside its message."""

OURS = ("sizao", "granian", "_granian")
_SOURCES = Path(__file__).resolve().parents[2]


class JsonLines(logging.Formatter):
    """A line of the log."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message_of(record),
        }
        if request := REQUEST.get():
            line["request"] = request
        line.update(_job_of(record) if record.name.startswith("procrastinate") else _fields_of(record))
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = error_of(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def message_of(record: logging.LogRecord) -> str:
    """Our messages whole; of others the text before its values were put in, or the place that wrote it."""
    if record.name.split(".")[0] in OURS:
        return record.getMessage()
    if record.args:
        return str(record.msg)
    return f"{record.module}:{record.lineno}"


def _fields_of(record: logging.LogRecord) -> dict[str, Any]:
    if record.name.split(".")[0] not in OURS:
        return {}
    return {name: getattr(record, name) for name in FIELDS if getattr(record, name, None) is not None}


def _job_of(record: logging.LogRecord) -> dict[str, Any]:
    """What the worker did with which job; not what the job was told, which may be about somebody."""
    job = getattr(record, "job", None) or {}
    said = {
        "action": getattr(record, "action", None),
        "job": job.get("id"),
        "task": job.get("task_name"),
        "attempt": job.get("attempts"),
        "seconds": getattr(record, "duration", None),
    }
    return {name: value for name, value in said.items() if value is not None}


def error_of(cause: BaseException) -> dict[str, Any]:
    """An error without its text, which may hold what somebody typed: kind, code, and the way to it."""
    said: dict[str, Any] = {"kind": f"{type(cause).__module__}.{type(cause).__qualname__}"}
    for one in (cause, cause.__cause__):
        if code := getattr(one, "sqlstate", None):
            said["sqlstate"] = code
            said["constraint"] = getattr(getattr(one, "diag", None), "constraint_name", None)
    said["at"] = places(cause.__traceback__)
    if cause.__cause__ is not None:
        said["because"] = error_of(cause.__cause__)
    return said


def places(way: TracebackType | None) -> list[str]:
    """File, line and function of each step; no line of code and no value."""
    return [
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.StackSummary.extract(traceback.walk_tb(way), lookup_lines=False)
    ]


def _short(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(_SOURCES):
        return str(path.relative_to(_SOURCES))
    parts = path.parts
    return "/".join(parts[parts.index("site-packages") + 1 :]) if "site-packages" in parts else path.name


def logging_settings(level: str = "INFO") -> Mapping[str, Any]:
    """The configuration of Python's logging, for pages, jobs and the server alike."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "sizao_web.settings.logging.JsonLines"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "sizao": {"level": level},
            "granian": {"handlers": [], "level": level, "propagate": True},
            "procrastinate.worker": {"level": level},
            "_granian": {"handlers": [], "level": level, "propagate": True},
            "granian.access": {"handlers": [], "propagate": False},
            # Django's own handlers would write addresses with their numbers, and mail.
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        },
    }
