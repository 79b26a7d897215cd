"""The shell's part of the command `sizao`; the library's finds it by the entry point `sizao.commands`."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True)
