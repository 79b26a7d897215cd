"""`sizao jobs`: jobs that failed every time and were put aside, and doing them when their cause is gone."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sizao.cli.options import Json, Language
from sizao.cli.screen import Screen, Wrong
from sizao_web.command.installation import database_running, django_ready, installation

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Jobs that were put aside, and doing them again."
)
PARKED = """
SELECT j.id, j.task_name, j.attempts, max(e.at) AS failed_at
FROM procrastinate_jobs AS j LEFT JOIN procrastinate_events AS e ON e.job_id = j.id
WHERE j.status = 'failed' GROUP BY j.id, j.task_name, j.attempts ORDER BY j.id
"""


@app.command("list")
def listed(context: typer.Context, as_json: Json = False, lang: Language = None) -> None:
    """What was put aside after its last try: number, task, tries, since when. The log has the reason."""
    screen: Screen = context.obj
    with database_running(installation("worker")):
        django_ready()
        found = parked()
    if as_json:
        screen.json(found)
        return
    columns = screen.say("编号 任务 次数 时间", "job task tries since").split(" ")
    screen.table(columns, [[one["job"], one["task"], one["tries"], one["since"]] for one in found])


@app.command("again")
def again(
    context: typer.Context,
    jobs: Annotated[list[int] | None, typer.Argument(metavar="JOB…", help="Numbers from the list.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that were put aside.")] = False,
    lang: Language = None,
) -> None:
    """Put jobs back to be done; one that fails again is put aside again at once."""
    screen: Screen = context.obj
    with database_running(installation("worker")):
        django_ready()
        there = [one["job"] for one in parked()]
        wanted = there if everything else jobs or []
        if unknown := [one for one in wanted if one not in there]:
            named = ", ".join(map(str, unknown))
            raise Wrong(
                f"Not put aside: {named}. `sizao jobs list` shows what is.",
                f"不在搁置之列：{named}。请用sizao jobs list查看。",
            )
        if not wanted and not everything:
            raise Wrong("Name jobs, or say --all.", "请写明编号，或用--all。")
        for one in wanted:
            put_back(one)
    screen.note(screen.say(f"已放回{len(wanted)}项。", f"{len(wanted)} put back."))


def parked() -> list[dict[str, Any]]:
    """Jobs that failed at their last try: job, task, tries, since (UTC)."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(PARKED)
        return [
            {"job": job, "task": task, "tries": tries, "since": str(since)[:19] if since else None}
            for job, task, tries, since in cursor.fetchall()
        ]


def put_back(job: int) -> None:
    """Let a job be done once more."""
    from datetime import UTC, datetime

    from procrastinate.contrib.django import app as procrastinate

    procrastinate.job_manager.retry_job_by_id(job, datetime(2000, 1, 1, tzinfo=UTC))
