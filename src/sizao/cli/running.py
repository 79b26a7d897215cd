"""The commands put together, and what becomes of a mistake: exit codes 0 done, 1 wrong input, 2 a bug."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from sizao.cli import (
    answers,
    burdens,
    codes,
    covering,
    dictionary,
    grade_lists,
    intakes,
    lists,
    notices,
    plausible,
    policies,
)
from sizao.cli.found import add_found, wanted
from sizao.cli.screen import Screen, Wrong
from sizao.cli.wording import translated
from sizao.intake.problems import IntakeRefused
from sizao.obligations.explain import NoSuchText
from sizao.policy.problems import PackProblems
from sizao.store.problems import FolderProblems
from sizao.store.running import TableRefused
from sizao.terms.time import UnknownZone

app = typer.Typer(
    name="sizao",
    help="Facts × dated policy → obligations; obligations − evidence → worklists and indicators.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("facts")(dictionary.facts)
app.command("intake")(intakes.intake)
policies.app.command("burden")(burdens.burden_command)
policies.app.command("notice")(notices.notice_command)
policies.app.command("plausible")(plausible.plausible)
app.add_typer(policies.app, name="policy")
app.command("coverage")(covering.coverage)
app.command("codes")(codes.codes)
app.add_typer(grade_lists.app, name="grade")
app.command("derive")(answers.derive)
app.command("explain")(answers.explain)
app.command("compare")(answers.compare)
app.command("worklist")(lists.worklist)
app.command("indicators")(lists.indicators)

WRONG_INPUT = (Wrong, PackProblems, FolderProblems, IntakeRefused, NoSuchText, TableRefused, UnknownZone)


def main() -> None:
    """The entry point of the command."""
    sys.exit(run(sys.argv[1:], os.environ))


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run one command line and give its exit code."""
    language = language_of(arguments, environment)
    screen = Screen(language)
    command: Any = typer.main.get_command(app)
    more = add_found(command) if wanted(arguments, command.commands) else {}
    translated(command, language, more)
    try:
        command.main(args=list(arguments), prog_name="sizao", obj=screen)
    except SystemExit as end:
        # A misspelt option is wrong input; the parser itself would say 2.
        return 1 if end.code == 2 else int(end.code or 0)
    except WRONG_INPUT as cause:
        screen.wrong(said(cause, language))
        return 1
    except BrokenPipeError:
        # Who reads has seen enough (sizao … | head); standard output cannot be flushed any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        traceback.print_exc()
        screen.wrong(
            screen.say(
                "这是程序的错误，不是您的输入有误。请连同上面的内容报告。",
                "This is a bug, not a mistake in your input. Please report it with the lines above.",
            )
        )
        return 2
    return 0


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """zh or en: what --lang says, else what the environment says, else English."""
    for place, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return _known_language(argument.removeprefix("--lang="))
        if argument == "--lang" and place + 1 < len(arguments):
            return _known_language(arguments[place + 1])
    stated = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return "zh" if stated.startswith("zh") else "en"


def said(cause: BaseException, language: str) -> str:
    """A mistake in the language of the run, where it has words in both."""
    if isinstance(cause, Wrong):
        return cause.words.get(language)
    if isinstance(cause, PackProblems):
        return cause.render(language)
    if isinstance(cause, FolderProblems):
        return "\n".join(problem.say(language) for problem in cause.problems)
    if isinstance(cause, IntakeRefused):
        return "\n".join(problem.text(language) for problem in cause.problems)
    return str(cause.args[0]) if cause.args else str(cause)


def _known_language(text: str) -> str:
    return "zh" if text.startswith("zh") else "en"
