"""`sizao doctor`: what is wrong with the installation, and what to do about it."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from sizao.cli.options import Json, Language
from sizao.cli.screen import Screen, Wrong
from sizao.terms.words import Words
from sizao_web.command.checks.findings import Finding, finding
from sizao_web.command.installation import database_running, django_ready, installation
from sizao_web.settings.configuration import Configuration

NOT_REACHED = "database"
WAIT = 2.0  # seconds between two tries to reach a database


def doctor(
    context: typer.Context,
    as_json: Json = False,
    only_wrong: Annotated[bool, typer.Option("--wrong", help="List only what is wrong.")] = False,
    lang: Language = None,
) -> None:
    """What is wrong with this installation, and what to do about it; exit code 1 when something is."""
    screen: Screen = context.obj
    found = installation("web")
    with database_running(found):
        django_ready()
        findings = examined(found)
    if only_wrong:
        findings = [one for one in findings if not one.well]
    if as_json:
        screen.json([_plain(one, screen.language) for one in findings])
    else:
        _shown(screen, findings)
    if any(not one.well for one in findings):
        raise Wrong("Not all is well; what to do stands above.", "有问题；处理办法见上。")


def examined(found: Configuration) -> list[Finding]:
    """Everything that is looked at, from outside in; without a database what needs one is not looked at."""
    from django.db import OperationalError, connection

    from sizao_web.command.checks.place import place
    from sizao_web.command.checks.server import login, server
    from sizao_web.command.checks.tables import tables
    from sizao_web.command.checks.watch import watch
    from sizao_web.command.checks.work import work

    findings = list(place(found))
    try:
        with connection.cursor() as cursor:
            findings += [*server(cursor), *login(cursor), *tables()]
            if all(one.well for one in findings if one.name == "migrations"):
                findings += [*work(), *watch(cursor)]
    except OperationalError as cause:
        findings.append(_not_reached(cause))
    finally:
        connection.close()
    return findings


def refuse_unsafe(screen: Screen, found: Configuration) -> None:
    """Wrong names everything vital that is not well. A database that is not reached is waited for: what
    nobody looked at may not be served."""
    said = False
    while True:
        findings = examined(found)
        wrong = [one for one in findings if one.vital and not one.well]
        if wrong:
            raise Wrong(*(_reasons(wrong, language) for language in ("en", "zh")))
        away = [one for one in findings if one.name == NOT_REACHED]
        if not away:
            return
        if not said:
            screen.note(f"{away[0].found.get(screen.language)} {screen.say('等待中。', 'Waiting for it.')}")
            said = True
        time.sleep(WAIT)


def _reasons(wrong: list[Finding], language: str) -> str:
    first = {"en": "Pages do not start on this installation:", "zh": "此安装不能提供网页："}[language]
    lines = [f"  {one.name}: {one.found.get(language)}. {_todo(one, language)}" for one in wrong]
    return "\n".join([first, *lines])


def _todo(one: Finding, language: str) -> str:
    return one.todo.get(language) if one.todo else ""


def _not_reached(cause: Exception) -> Finding:
    first = str(cause).strip().splitlines()[0]
    todo = Words("检查DATABASE_URL、网络和服务器。", "Look at DATABASE_URL, the network and the server.")
    return finding(NOT_REACHED, False, Words(f"连接不到：{first}", f"not reached: {first}"), todo)


def _plain(one: Finding, language: str) -> dict[str, Any]:
    return {
        "name": one.name,
        "well": one.well,
        "found": one.found.get(language),
        "todo": _todo(one, language) or None,
        "vital": one.vital,
    }


def _shown(screen: Screen, findings: list[Finding]) -> None:
    columns = screen.say("项目 良好 所见 怎么办", "what|well|found|what to do")
    rows = [
        [one.name, one.well, one.found.get(screen.language), _todo(one, screen.language)] for one in findings
    ]
    screen.table(columns.split("|" if "|" in columns else " "), rows)
