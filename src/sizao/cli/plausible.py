"""`sizao policy plausible`: the rules of what can be true, or what is wrong with one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sizao.cli.options import Json, Language, problems_within
from sizao.cli.screen import Screen, Wrong
from sizao.policy.plausibility import Rule, load_rules
from sizao.policy.plausibility.loading import FOLDER
from sizao.policy.problems import PackProblems

Rules = Annotated[
    Path | None,
    typer.Argument(help="Folder of rules; without it, the rules that are shipped.", metavar="[FOLDER]"),
]


def plausible(
    context: typer.Context, folder: Rules = None, as_json: Json = False, lang: Language = None
) -> None:
    """List the rules of what can be true; of a folder of one's own say what is wrong with them."""
    screen: Screen = context.obj
    where = folder or FOLDER
    if not where.is_dir() or not (files := sorted(where.glob("*.yaml"))):
        raise Wrong(
            f"{where} holds no .yaml file of rules. Name the folder.", f"{where} 中没有 .yaml 规则文件。"
        )
    try:
        with problems_within(where):
            rules = load_rules({one.name: one.read_text(encoding="utf-8") for one in files})
    except PackProblems as found:
        screen.wrong(found.render(screen.language))
        raise typer.Exit(1) from found
    if as_json:
        screen.json([_told(one) for one in rules])
        return
    # A rule of every column that names a place is one rule, however many columns there are.
    for name, one in {one.name.split(".")[0]: one for one in rules}.items():
        screen.text(f"{name}  {one.outcome}  {one.says.get(screen.language)}")


def _told(one: Rule) -> dict[str, Any]:
    return {
        "rule": one.name,
        "fact": one.fact,
        "from": one.since.isoformat(),
        "outcome": one.outcome,
        "says": {"zh": one.says.zh, "en": one.says.en},
        "source": {"zh": one.source.zh, "en": one.source.en, "mark": one.mark},
    }
