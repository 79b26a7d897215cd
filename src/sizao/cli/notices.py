"""`sizao policy notice`: a rule as a notice, on the terminal or as a page to print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sizao.cli.options import Json, Language, day_of, pack
from sizao.cli.policies import no_such_rule
from sizao.cli.screen import Screen, Wrong
from sizao.policy.model import RuleVersion
from sizao.policy.notice import notice, notice_page, notice_text

Pack = Annotated[Path, typer.Argument(help="Folder of the policy pack.", metavar="PACK")]
Rule = Annotated[str, typer.Argument(help="The rule.", metavar="RULE")]
OnDay = Annotated[
    str | None, typer.Option("--on", help="The text in force on this day; without it, the last one.")
]
Page = Annotated[
    Path | None, typer.Option("--page", help="Write it there as HTML to print, in both languages.")
]


def notice_command(
    context: typer.Context,
    folder: Pack,
    rule: Rule,
    on: OnDay = None,
    page: Page = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """A rule as a notice in plain words: who, what, when, what proves it, whom to ask, how to appeal."""
    screen: Screen = context.obj
    policy = pack(folder)
    if rule not in policy.rules:
        raise no_such_rule(policy, rule)
    version = _in_force(policy.rules[rule], on)
    if page is not None:
        other = "en" if screen.language == "zh" else "zh"
        page.write_text(notice_page(version, (screen.language, other), policy.sources), encoding="utf-8")
        screen.note(screen.say(f"已写入{page}。", f"Written: {page}"))
    elif as_json:
        screen.json(
            {
                "rule": rule,
                "text": version.number,
                "title": {"zh": version.label.zh, "en": version.label.en},
                "sections": [
                    {"heading": section.heading.get(screen.language), "lines": list(section.lines)}
                    for section in notice(version, screen.language, policy.sources)
                ],
            }
        )
    else:
        screen.text(notice_text(version, screen.language, policy.sources))


def _in_force(versions: tuple[RuleVersion, ...], on: str | None) -> RuleVersion:
    if on is None:
        return versions[-1]
    day = day_of(on, "--on")
    for one in versions:
        if one.in_force_from <= day and (one.in_force_until is None or day < one.in_force_until):
            return one
    spans = ", ".join(f"{one.in_force_from} – {one.in_force_until or '…'}" for one in versions)
    raise Wrong(
        f"--on {day}: no text of {versions[0].rule} is in force then. Its texts: {spans}.",
        f"--on {day}：{versions[0].rule}当日没有施行的文本。各文本：{spans}。",
    )
