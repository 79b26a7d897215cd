"""`sizao audit`: chain what was written, verify that nothing was changed since, show who read about whom."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from sizao.cli.options import Json, Language
from sizao.cli.screen import Screen, Wrong
from sizao.terms.time import midnight
from sizao_web.command.audited import lines as read
from sizao_web.command.installation import database_running, django_ready, installation

app = typer.Typer(no_args_is_help=True, help="The audit: verify it, see who read about whom.")
Witness = Annotated[
    Path | None,
    typer.Option("--witness", help="Folder or file of the witness, instead of SIZAO_WITNESS."),
]


@app.command("verify")
def verify(
    context: typer.Context,
    witness: Witness = None,
    no_witness: Annotated[
        bool, typer.Option("--no-witness", help="Do without the witness; what then cannot be known is said.")
    ] = False,
    public_keys: Annotated[
        Path | None,
        typer.Option(
            "--public-keys", help="File of public keys, one a line, instead of our own (see sizao audit key)."
        ),
    ] = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """Find out whether the audit is what it was; exit code 1 when something was done to it."""
    screen: Screen = context.obj
    with _working():
        from django.conf import settings
        from django.db import connection

        from sizao_web.records.chain import verifying
        from sizao_web.records.signing import public_keys as own_keys
        from sizao_web.records.signing import read_public

        try:
            keys = read_public(public_keys.read_text(encoding="ascii")) if public_keys else own_keys()
        except (OSError, ValueError) as cause:
            raise Wrong(f"{public_keys} holds no public keys.", f"{public_keys}中没有公钥。") from cause
        place = None if no_witness else witness or settings.SIZAO.witness
        lines = None if place is None else read(place)
        clock = time.perf_counter()
        connection.ensure_connection()
        report = verifying.verify(connection.connection, lines, keys)
        seconds = time.perf_counter() - clock
    if as_json:
        screen.json(_plain(report, seconds, screen.language))
    else:
        _told(screen, report, seconds)
    if not report.well:
        raise Wrong(
            "The audit is not what it was; see above. Keep this database, its backups and the witness as "
            "they are, and see docs/how-to/verify-the-audit.md.",
            "审计已不是当初的样子，见上。请原样保留此库、备份与见证处，并参阅docs/how-to/verify-the-audit.md。",
        )


@app.command("chain")
def chain(context: typer.Context, lang: Language = None) -> None:
    """Chain at once what was written, and tell the witness; the jobs do so every minute."""
    screen: Screen = context.obj
    with _working():
        from sizao_web.records.chain.chaining import chain as make
        from sizao_web.settings.clock import now

        made = make(now())
    screen.text(
        screen.say(
            f"{made.entries}条记录入链，见证处新增{made.told}个根。",
            f"{made.entries} entries were chained; the witness was told {made.told} roots.",
        )
    )
    if made.trouble:
        raise Wrong(
            f"The witness was not told: {made.trouble}. See sizao doctor and sizao audit verify.",
            f"未能告知见证处：{made.trouble}。见sizao doctor与sizao audit verify。",
        )


@app.command("restored")
def restored(
    context: typer.Context,
    why: Annotated[str, typer.Argument(metavar="WHY", help="Which backup was restored, by whom, and why.")],
    lang: Language = None,
) -> None:
    """Say to the witness that this database was restored from a backup, where `sizao restore` could not."""
    screen: Screen = context.obj
    with _working():
        from sizao_web.records.chain.chaining import state_restored
        from sizao_web.settings.clock import now

        try:
            state_restored(now(), why)
        except OSError as cause:
            raise Wrong(f"The witness cannot be written to: {cause}", f"无法写入见证处：{cause}") from cause
    screen.text(
        screen.say("见证处已记下；每次核对都会列出。", "The witness has it; each verification lists it.")
    )


@app.command("key")
def key(context: typer.Context, lang: Language = None) -> None:
    """The public keys by which somebody else verifies what this installation signed."""
    screen: Screen = context.obj
    with _working():
        from sizao_web.records.signing import public_keys, told

        text = "\n".join(told(one) for one in public_keys().values())
    screen.text(text)


@app.command("show")
def show(
    context: typer.Context,
    by: Annotated[str, typer.Option("--by", help="Account of who asks: supervision, or an administrator.")],
    purpose: Annotated[str, typer.Option("--purpose", help="What for; one of the purposes of that duty.")],
    subject: Annotated[
        str | None, typer.Option("--subject", help="About this person, place or record.")
    ] = None,
    account: Annotated[str | None, typer.Option("--account", help="What this account did.")] = None,
    day: Annotated[str | None, typer.Option("--day", help="On this day of the city, as 2020-06-18.")] = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """Who read or wrote about whom. The asking is an entry of its own, under the account that asks."""
    screen: Screen = context.obj
    with _working("web"):
        from django.db import transaction

        from sizao_web.records.reading.looks import entries
        from sizao_web.settings.clock import now

        with transaction.atomic():
            scope = _entered(by, purpose, now())
            since, until = _day(day)
            rows = entries(scope, now(), subject=subject, account=account, since=since, until=until)
            told = [_entry(one) for one in rows]
    if as_json:
        screen.json(told)
        return
    heads = screen.say(
        "时刻|账号|职责|机构|目的|行为|内容|对象（散列）",
        "moment|account|duty|office|purpose|deed|what|subject (hash)",
    )
    screen.table(heads.split("|"), [[str(value or "") for value in one.values()] for one in told])


def _entered(by: str, purpose: str, moment: datetime) -> Any:
    """The scope of an account that may ask, entered."""
    from sizao_web.accounts.models import Account
    from sizao_web.records.access.scope import NoSuchPurpose, assignments_in_force, enter, scope_of
    from sizao_web.records.reading.looks import ASKING

    account = Account.objects.filter(username=by.strip().lower(), is_active=True).first()
    duties = assignments_in_force(account, moment) if account else []
    asking = next((one for one in duties if one.role in ASKING), None)
    if asking is None:
        raise Wrong(
            f"{by} has no duty that may ask who read what: supervision, or an administrator of accounts.",
            f"{by}没有可查审计的职责：须为督导，或账号管理员。",
        )
    try:
        scope = scope_of(asking, purpose)
    except NoSuchPurpose as cause:
        raise Wrong(str(cause), f"{asking.role}没有“{purpose}”这一目的。") from cause
    enter(scope)
    return scope


def _day(text: str | None) -> tuple[datetime | None, datetime | None]:
    from django.conf import settings

    if text is None:
        return None, None
    try:
        day = date.fromisoformat(text)
    except ValueError as cause:
        raise Wrong(
            f"{text} is no day. Write it as 2020-06-18.", f"{text}不是日期。请写成2020-06-18。"
        ) from cause
    first, last = (midnight(one, settings.SIZAO.zone) for one in (day, day + timedelta(days=1)))
    return first.replace(tzinfo=UTC), last.replace(tzinfo=UTC)


def _entry(one: Any) -> dict[str, Any]:
    return {
        "happened_at": one.happened_at.isoformat(timespec="seconds"),
        "account": one.account,
        "role": one.role,
        "organisation": one.organisation,
        "purpose": one.purpose,
        "deed": one.deed,
        "what": one.what,
        "subject": one.subject,
    }


@contextmanager
def _working(role: str = "worker") -> Iterator[None]:
    """The database runs and is reached meanwhile."""
    found = installation(role)
    with database_running(found):
        django_ready()
        from django.db import OperationalError, connection

        try:
            yield
        except OperationalError as cause:
            raise Wrong(
                f"The database is not reached: {str(cause).strip()}. See sizao doctor.",
                f"连接不到数据库：{str(cause).strip()}。见sizao doctor。",
            ) from cause
        finally:
            connection.close()


def _plain(report: Any, seconds: float, language: str) -> dict[str, Any]:
    return {
        "well": report.well,
        "entries": report.entries,
        "roots": report.roots,
        "unused_numbers": report.unused,
        "waiting": report.waiting,
        "waiting_since": report.waiting_since.isoformat() if report.waiting_since else None,
        "witness_roots": report.witness,
        "findings": [
            {"kind": one.kind, "first": one.first, "last": one.last, "said": one.said.get(language)}
            for one in report.findings
        ],
        "notes": [one.get(language) for one in report.notes],
        "seconds": round(seconds, 3),
    }


KINDS = {
    "altered": ("改动", "altered"),
    "deleted": ("删除", "deleted"),
    "inserted": ("插入", "inserted"),
    "reordered": ("换位", "reordered"),
    "truncated": ("截尾", "tail cut off"),
    "restored": ("换成旧副本", "older copy put back"),
    "rewritten": ("整链重写", "made anew"),
}


def _told(screen: Screen, report: Any, seconds: float) -> None:
    if report.findings:
        rows = [
            [screen.say(*KINDS[one.kind]), _places(one), one.said.get(screen.language)]
            for one in report.findings
        ]
        screen.table(screen.say("何事|第几位|所见", "what|places|found").split("|"), rows)
    for one in report.notes:
        screen.text(one.get(screen.language))
    speed = report.entries / seconds if seconds else 0
    witness = "-" if report.witness is None else f"{report.witness:,}"
    screen.text(
        screen.say(
            f"{report.entries:,}条记录、{report.roots:,}个根，见证处{witness}个；{report.unused:,}个编号未曾提交，"
            f"{report.waiting:,}条待入链。{seconds:.1f}秒，每秒{speed:,.0f}条。",
            f"{report.entries:,} entries, {report.roots:,} roots, of which the witness has seen {witness}; "
            f"{report.unused:,} numbers were never committed, {report.waiting:,} entries wait for their "
            "place. "
            f"{seconds:.1f} s, {speed:,.0f} entries a second.",
        )
    )
    if report.well:
        screen.text(screen.say("未发现改动。", "Nothing was found."))


def _places(one: Any) -> str:
    if one.last is None:
        return f"{one.first:,}–"
    return f"{one.first:,}" if one.last == one.first else f"{one.first:,}–{one.last:,}"
