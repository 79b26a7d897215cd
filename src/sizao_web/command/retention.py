"""`sizao retention`: remove what is over, say what would go, hold what an order keeps; as the owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from sizao.cli.options import Json, Language
from sizao.cli.screen import Screen, Wrong
from sizao_web.command.installation import database_running, django_ready, installation

if TYPE_CHECKING:
    from sizao_web.records.retention.purging import Report

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What is removed when its time is over.")
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would go; remove nothing.")]
Right = Annotated[
    bool,
    typer.Option("--the-clock-is-right", help="Remove although the clock was in doubt: somebody looked."),
]
Subject = Annotated[
    str, typer.Argument(metavar="SUBJECT", help="Number of the person, or name of the stream.")
]


@app.command("run")
def run(
    context: typer.Context,
    dry_run: DryRun = False,
    right: Right = False,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """Remove everything whose time is over, and say how many rows of which table went."""
    screen: Screen = context.obj
    with ready():
        from sizao_web.records.retention import purging
        from sizao_web.records.retention.clock import ClockDoubtful, uptime
        from sizao_web.settings.clock import now, real

        if dry_run:
            _told(screen, purging.report(now(), real()), as_json)
            return
        try:
            found = purging.purge(now(), real(), uptime(), clock_is_right=right)
        except ClockDoubtful as cause:
            raise Wrong(
                f"{cause} Nothing was removed. Look at the clock (timedatectl); where it is right, run again"
                " with --the-clock-is-right.",
                "时钟可疑，未删除任何内容。请检查时钟（timedatectl）；确认无误后加--the-clock-is-right再运行。",
            ) from cause
        _told(screen, found, as_json)


@app.command("report")
def report(context: typer.Context, as_json: Json = False, lang: Language = None) -> None:
    """How long what is kept, and what the last runs removed."""
    screen: Screen = context.obj
    with ready():
        from sizao_web.records.models import RetentionRun
        from sizao_web.records.retention.periods import PERIODS

        runs = list(RetentionRun.objects.order_by("-pk")[:20])
        if as_json:
            kept = {one.name: one.days for one in PERIODS.values()}
            done = [{"as_of": one.as_of, "removed": one.removed, "waiting": one.waiting} for one in runs]
            screen.json({"days": kept, "runs": done})
            return
        screen.table(
            (screen.say("内容", "what"), screen.say("天", "days"), screen.say("自", "since")),
            (
                (one.what.get(screen.language), one.days, one.since.get(screen.language))
                for one in PERIODS.values()
            ),
        )
        screen.table(
            (screen.say("运行时刻", "run"), screen.say("删除行数", "removed"), screen.say("待删", "waiting")),
            (
                (
                    one.as_of.isoformat(timespec="minutes"),
                    sum(count for counts in one.removed.values() for count in counts.values()),
                    sum(one.waiting.values()),
                )
                for one in runs
            ),
        )


@app.command("hold")
def hold(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="person or stream.")],
    subject: Subject,
    until: Annotated[str, typer.Option("--until", help="Day on which the hold ends, such as 2027-03-31.")],
    ground: Annotated[str, typer.Option("--ground", help="The law or order that demands it.")],
    ordered_by: Annotated[str, typer.Option("--ordered-by", help="The authority that ordered it.")],
    lang: Language = None,
) -> None:
    """Keep everything of a person, or a stream, until a day: a law or an order demands it."""
    screen: Screen = context.obj
    with ready() as zone:
        from sizao_web.records.actions.hold_records import hold_records
        from sizao_web.records.writing import Refused
        from sizao_web.settings.clock import now

        try:
            day = date.fromisoformat(until)
        except ValueError:
            raise Wrong(
                f"{until!r} is no day. Write it like 2027-03-31.", f"“{until}”不是日期，请写作2027-03-31。"
            ) from None
        try:
            hold_records(now(), kind, subject, day, zone=zone, ground=ground, ordered_by=ordered_by)
        except Refused as cause:
            words = cause.problems[0][1]
            raise Wrong(words.en, words.zh) from cause
    screen.note(screen.say(f"保留至{until}。", f"Held until {until}."))


@contextmanager
def ready() -> Iterator[str]:
    """The installation as the owner of its tables; answers the zone of its days."""
    found = installation("owner")
    with database_running(found):
        django_ready()
        from django.db import connection

        try:
            yield found.zone
        finally:
            connection.close()


def _told(screen: Screen, found: Report, as_json: bool) -> None:
    if as_json:
        screen.json(
            {"removed": found.removed, "waiting": found.waiting, "not_written_anew": list(found.left)}
        )
        return
    screen.table(
        (screen.say("部分", "part"), screen.say("表", "table"), screen.say("行", "rows")),
        ((part, table, count) for part, counts in found.removed.items() for table, count in counts.items()),
    )
    for part, count in found.waiting.items():
        screen.note(
            screen.say(
                f"{part}：{count}项到期而未删，因台账中尚有有效条目引用。",
                f"{part}: {count} are due and wait, because live rows of the ledger rest on them.",
            )
        )
    if found.left:
        names = ", ".join(found.left)
        screen.note(screen.say(f"正在使用、下次重写：{names}", f"In use, written anew next time: {names}"))
