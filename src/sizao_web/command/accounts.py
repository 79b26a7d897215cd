"""`sizao account`: the first accounts, and help for who is locked out; as an administrator at the machine.

Everything goes the way of the pages: under a sealed scope, through the row policies, with an audit row. The
audit names `sizao-account` as who did it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from getpass import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizao.cli.options import Json, Language
from sizao.cli.screen import Screen, Wrong
from sizao_web.command.administrating import administrating

if TYPE_CHECKING:
    from sizao_web.accounts.models import Account

OPERATOR = "sizao-account"

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Accounts and what they are assigned to.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name to sign in with.")]
Role = Annotated[str | None, typer.Option("--role", help="Duty, such as community or administrator.")]
Area = Annotated[str | None, typer.Option("--area", help="Area of the duty, as the facts name it.")]
Organisation = Annotated[
    str | None, typer.Option("--organisation", help="Office or place of the duty, as the facts name it.")
]

Person = Annotated[
    str | None,
    typer.Option("--person", help="Of a resident: their number as a person, as the facts name it."),
]


@app.command("create")
def create(
    context: typer.Context,
    name: Name,
    zh: Annotated[str, typer.Option("--name-zh", help="Name as shown in Chinese.")] = "",
    en: Annotated[str, typer.Option("--name-en", help="Name as shown in English.")] = "",
    email: Annotated[str, typer.Option("--email", help="Address for messages.")] = "",
    role: Role = None,
    area: Area = None,
    organisation: Organisation = None,
    person: Person = None,
    lang: Language = None,
) -> None:
    """Make an account; asks for the password or reads it from a pipe. With --role and --area its duty too."""
    screen: Screen = context.obj
    with _administrating(area or ""):
        from sizao_web.accounts.models import Account

        if Account.objects.filter(username=name.strip().lower()).exists():
            raise Wrong(f"There is an account {name} already.", f"账号{name}已存在。")
        account = Account(username=name.strip().lower(), name_zh=zh, name_en=en, email=email)
        account.set_password(_new_password(screen, account))
        account.save()
        _note(area or "", "create_account", name)
        if role:
            _assign(account, role, area, organisation, person)
    screen.note(screen.say(f"已建立账号{name}。", f"Account {name} is made."))


@app.command("assign")
def assign(
    context: typer.Context,
    name: Name,
    role: Role = None,
    area: Area = None,
    organisation: Organisation = None,
    person: Person = None,
    lang: Language = None,
) -> None:
    """Give an account a duty from now on."""
    screen: Screen = context.obj
    with _administrating(area or ""):
        _assign(_account(name), role, area, organisation, person)
    screen.note(screen.say(f"{name}已担任{role}。", f"{name} now works as {role}."))


@app.command("end")
def end(context: typer.Context, name: Name, lang: Language = None) -> None:
    """End every duty of an account and let nobody sign in with it; what it recorded stays."""
    screen: Screen = context.obj
    with _administrating(""):
        from sizao_web.settings.clock import now

        account = _account(name)
        for one in account.assignments.filter(until_at=None):
            _act_in(one.area)
            one.until_at = now()
            one.save(update_fields=["until_at"])
        account.is_active = False
        account.save(update_fields=["is_active"])
        _note("", "end_account", name)
    screen.note(screen.say(f"账号{name}已停用。", f"Account {name} is ended."))


@app.command("password")
def password(context: typer.Context, name: Name, lang: Language = None) -> None:
    """Set a new password for who has lost theirs; asks for it, or reads it from a pipe."""
    screen: Screen = context.obj
    with _administrating(""):
        account = _account(name)
        account.set_password(_new_password(screen, account))
        account.save(update_fields=["password"])
        _note("", "set_password", name)
    screen.note(screen.say(f"{name}的密码已更换。", f"The password of {name} is changed."))


@app.command("list")
def list_(context: typer.Context, as_json: Json = False, lang: Language = None) -> None:
    """Every account with its duties in force."""
    screen: Screen = context.obj
    with _administrating(""):
        from sizao_web.accounts.models import Account
        from sizao_web.records.access.scope import assignments_in_force
        from sizao_web.settings.clock import now

        moment = now()
        rows = [
            {
                "name": account.username,
                "shown": account.name.get(screen.language),
                "active": account.is_active,
                "duties": [str(one) for one in assignments_in_force(account, moment)],
            }
            for account in Account.objects.order_by("username")
        ]
    if as_json:
        screen.json(rows)
        return
    columns = screen.say("登录名|姓名|启用|职责", "signs in as|name|active|duties").split("|")
    screen.table(columns, [[*list(row.values())[:3], "; ".join(row["duties"])] for row in rows])


@contextmanager
def _administrating(area: str) -> Iterator[None]:
    """One transaction under the scope of an administrator of that area."""
    with administrating():
        _act_in(area)
        yield


def _scope(area: str) -> Any:
    from sizao_web.records.access.scope import Scope

    return Scope(OPERATOR, "administrator", area, None, "public_administration")


def _act_in(area: str) -> None:
    """An administrator gives and ends duties in their own area only; here it is whichever is named."""
    from sizao_web.records.access.scope import enter

    enter(_scope(area))


def _note(area: str, deed: str, name: str) -> None:
    from sizao_web.records import audit
    from sizao_web.settings.clock import now

    audit.note(_scope(area), now(), deed, "account", [name])


def _account(name: str) -> Account:
    from sizao_web.accounts.models import Account

    try:
        return Account.objects.get(username=name.strip().lower())
    except Account.DoesNotExist:
        raise Wrong(
            f"There is no account {name}. See sizao account list.",
            f"没有账号{name}。见sizao account list。",
        ) from None


def _assign(
    account: Account, role: str | None, area: str | None, organisation: str | None, person: str | None
) -> None:
    from sizao_web.accounts.models import Assignment
    from sizao_web.accounts.roles import ROLES
    from sizao_web.settings.clock import now

    if role not in ROLES:
        raise Wrong(
            f"There is no duty {role!r}. Name one by --role: {', '.join(ROLES)}.",
            f"没有职责{role!r}。请用--role写明：{'、'.join(ROLES)}。",
        )
    if not area:
        raise Wrong("Name the area of the duty by --area.", "请用--area写明职责的地区。")
    if ROLES[role].sees == "organisation" and not organisation:
        raise Wrong(
            f"{role} works for an office or a place. Name it by --organisation.",
            f"{role}须属于某机构或场所。请用--organisation写明。",
        )
    if (ROLES[role].sees == "self") != bool(person):
        raise Wrong(
            "A resident, and nobody else, has a number as a person. Name it by --person.",
            "居民须用--person写明本人的人员编号；其他职责不写。",
        )
    moment: datetime = now()
    Assignment(
        account=account, role=role, area=area, organisation=organisation, person=person, from_at=moment
    ).save()
    _note(area, "assign", account.username)


def _new_password(screen: Screen, account: Account) -> str:
    """What is typed twice on a terminal, or the first line of a pipe; a weak one is refused with why."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    if sys.stdin.isatty():
        typed = getpass(screen.say("密码：", "Password: "))
        if typed != getpass(screen.say("再输一次：", "Again: ")):
            raise Wrong("The two passwords differ.", "两次输入的密码不同。")
    else:
        typed = sys.stdin.readline().rstrip("\n")
    try:
        validate_password(typed, account)
    except ValidationError as cause:
        raise Wrong(" ".join(cause.messages)) from cause
    return typed
