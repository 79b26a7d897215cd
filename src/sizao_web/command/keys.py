"""`sizao keys`: new secrets for an installation."""

from __future__ import annotations

from typing import Annotated

import typer

from sizao.cli.options import Json, Language
from sizao.cli.screen import Screen
from sizao_web.settings.configuration import new_secret


def keys(
    context: typer.Context,
    as_json: Json = False,
    only: Annotated[
        str | None, typer.Option("--only", help="Only this one: SECRET, IDENTITY_KEY or SIGNING_KEY.")
    ] = None,
    lang: Language = None,
) -> None:
    """New secrets, as lines for the environment. Nothing is stored; keep a copy of the key of names apart."""
    screen: Screen = context.obj
    made = {
        "SIZAO_SECRET": new_secret(50),
        "SIZAO_IDENTITY_KEY": new_secret(),
        "SIZAO_SIGNING_KEY": new_secret(),
    }
    chosen = {name: value for name, value in made.items() if only in (None, name.removeprefix("SIZAO_"))}
    if as_json:
        screen.json(chosen)
        return
    screen.text("\n".join(f"{name}={value}" for name, value in chosen.items()))
