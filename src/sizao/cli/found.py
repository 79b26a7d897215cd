"""Commands that another installed package adds to `sizao`, found by the entry points of one group.

The library does not know who adds them: a package names a typer application under `sizao.commands`, and
in the same module `CHINESE`, its help by the English words. They are looked for only when the library does
not know the command, or is asked what there is: looking takes longer than many a command.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

import typer

GROUP = "sizao.commands"


def wanted(arguments: Sequence[str], known: Mapping[str, Any]) -> bool:
    """Whether the first word is none of the known commands; without a word it is a call for help."""
    return not arguments or arguments[0] not in known


def add_found(command: Any) -> Mapping[str, str]:
    """Add what is found to the command; answers the Chinese of its help. A name that the command has already
    keeps its meaning."""
    chinese: dict[str, str] = {}
    for entry in entry_points(group=GROUP):
        module = import_module(entry.module)
        for name, found in typer.main.get_command(entry.load()).commands.items():  # type: ignore[attr-defined]
            command.commands.setdefault(name, found)
        chinese.update(module.CHINESE)
    return chinese
