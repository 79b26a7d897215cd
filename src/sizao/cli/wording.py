"""The help of the command in Chinese, by the English words; a test holds that none is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

CHINESE: Mapping[str, str] = {}


def translated(command: Any, language: str) -> Any:
    """The command with its help in the language; English stays as it is."""
    if language == "zh":
        for part in parts(command):
            part.help = CHINESE.get(_plain(part.help), part.help)
            if getattr(part, "short_help", None):
                part.short_help = CHINESE.get(_plain(part.short_help), part.short_help)
    return command


def parts(command: Any) -> Iterator[Any]:
    """The command, its parameters and everything below it, as far as it has help."""
    if command.help:
        yield command
    yield from (one for one in command.params if getattr(one, "help", None) and one.name != "help")
    for below in getattr(command, "commands", {}).values():
        yield from parts(below)


def _plain(text: str) -> str:
    return " ".join(text.split())
