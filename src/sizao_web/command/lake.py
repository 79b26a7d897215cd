"""`sizao lake`: what the streams hold, in staging and in the lake, and whether the lake is whole."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sizao.cli.options import Json, Language
from sizao.cli.screen import Screen, Wrong
from sizao_web.command.retention import ready

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Check-ins and temperatures: staging and lake."
)


@app.command("status")
def status(context: typer.Context, as_json: Json = False, lang: Language = None) -> None:
    """Rows staged and in the lake, days, files, and when rows were last moved."""
    screen: Screen = context.obj
    with ready():
        from sizao_web.records.streams.condition import conditions

        found = conditions()
    if as_json:
        screen.json([vars(one) for one in found])
        return
    screen.table(
        (
            screen.say("流", "stream"),
            screen.say("暂存行", "staged"),
            screen.say("湖中行", "in the lake"),
            screen.say("文件", "files"),
            screen.say("小文件", "small"),
            screen.say("最早日", "first day"),
            screen.say("最近日", "last day"),
            screen.say("最近移动", "last moved"),
            screen.say("搁置批", "parked"),
        ),
        (
            (
                one.stream, one.staged, one.in_lake, one.files, one.small, one.first_day, one.last_day,
                one.moved_at and one.moved_at.isoformat(timespec="seconds"), one.parked,
            )
            for one in found
        ),
    )  # fmt: skip


@app.command("check")
def check(context: typer.Context, as_json: Json = False, lang: Language = None) -> None:
    """Read every file of the lake and count every batch; exit code 1 when something is missing."""
    screen: Screen = context.obj
    with ready():
        from sizao_web.records.streams.condition import problems

        found: list[Any] = problems()
    if as_json:
        screen.json([{"zh": one.zh, "en": one.en} for one in found])
    for one in found if not as_json else ():
        screen.text(one.get(screen.language))
    if found:
        raise Wrong("The lake is not whole; what is wrong stands above.", "数据湖不完整，问题见上。")
    screen.note(screen.say("每个文件、每个批次都在。", "Every file and every batch is there."))


@app.command("release")
def release(
    context: typer.Context,
    batch: Annotated[int, typer.Argument(metavar="BATCH", help="Number of the batch.")],
    lang: Language = None,
) -> None:
    """Let a parked batch be tried again, after what was wrong is right."""
    screen: Screen = context.obj
    with ready():
        from sizao_web.records.streams.moving import release as let_go

        if not let_go(batch):
            raise Wrong(f"No batch {batch} is parked.", f"没有搁置的批次{batch}。")
    screen.note(screen.say(f"批次{batch}将再次移动。", f"Batch {batch} will be tried again."))
