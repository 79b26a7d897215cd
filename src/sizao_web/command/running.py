"""`sizao serve`, `sizao work`, `sizao stop`: the processes of an installation."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from typing import Annotated

import typer

from sizao.cli.options import Language
from sizao.cli.screen import Screen, Wrong
from sizao_web.command.database import migrated
from sizao_web.command.installation import database_running, django_ready, installation, said
from sizao_web.command.pages import pages
from sizao_web.command.processes import Kept, Parent, command, end_with_parent
from sizao_web.settings.configuration import Configuration, Misconfigured

Host = Annotated[str, typer.Option("--host", help="Address to listen on.")]
Port = Annotated[int, typer.Option("--port", help="Port to listen on.", min=1, max=65535)]
Threads = Annotated[int, typer.Option("--threads", help="Requests answered at the same time.", min=1, max=64)]


def serve(
    context: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    threads: Threads = 8,
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Bring the tables up to this version first (needs the owner).")
    ] = False,
    no_work: Annotated[
        bool, typer.Option("--no-work", help="Pages only; jobs run elsewhere by `sizao work`.")
    ] = False,
    only_pages: Annotated[bool, typer.Option("--only-pages", hidden=True)] = False,
    lang: Language = None,
) -> None:
    """Pages and jobs, until SIGTERM or Ctrl-C: requests in flight are finished first."""
    screen: Screen = context.obj
    found = installation("web")
    if only_pages:
        pages(screen, found, host, port, threads)
        return
    with database_running(found):
        if migrate or not (found.database_url or migrated(found)):
            once(screen, "migrate", {"SIZAO_ROLE": "owner"})
        keep_serving(screen, found, host=host, port=port, threads=threads, work=not no_work)


def keep_serving(
    screen: Screen, found: Configuration, *, host: str, port: int, threads: int, work: bool
) -> None:
    """Pages, and jobs beside them, until told to stop; the database that came with us is watched too."""
    words = ("serve", "--only-pages", "--host", host, "--port", str(port), "--threads", str(threads))
    kept = [Kept("pages", command(*words, "--lang", screen.language), {"SIZAO_ROLE": "web"})]
    if work:
        kept.append(Kept("jobs", command("work", "--only-jobs"), {"SIZAO_ROLE": "worker"}))
    screen.note(screen.say(f"网址：http://{host}:{port}/", f"Address: http://{host}:{port}/"))
    if not Parent(kept, _watch(screen, found), _told(screen)).run():
        raise Wrong("Not started, for the reasons above.", "因上述原因未启动。")
    screen.note(screen.say("已停止。", "Stopped."))


def work(
    context: typer.Context,
    only_jobs: Annotated[bool, typer.Option("--only-jobs", hidden=True)] = False,
    lang: Language = None,
) -> None:
    """The jobs, which keep the ledger up to the facts, until SIGTERM or Ctrl-C; one in hand is finished."""
    found = installation("worker")
    if only_jobs:
        end_with_parent()
        django_ready()
        from sizao_web.command.working import run_jobs

        run_jobs()
        return
    screen: Screen = context.obj
    with database_running(found):
        jobs = Kept("jobs", command("work", "--only-jobs"), {"SIZAO_ROLE": "worker"})
        Parent([jobs], _watch(screen, found), _told(screen)).run()


def stop(context: typer.Context, lang: Language = None) -> None:
    """Stop the embedded PostgreSQL of the data folder, whoever left it running."""
    from sizao_web.settings import embedded

    screen: Screen = context.obj
    found = installation("owner")
    if found.database_url:
        raise Wrong(
            "DATABASE_URL names a PostgreSQL that is not ours to stop.",
            "DATABASE_URL指定的PostgreSQL不由本程序停止。",
        )
    with said():
        was = embedded.stop(found.cluster) if found.cluster.exists() else False
    screen.note(
        screen.say("已停止。", "Stopped.") if was else screen.say("没有在运行。", "It was not running.")
    )


def once(screen: Screen, word: str, environment: dict[str, str]) -> None:
    """Run another command to its end; Wrong when it fails, after it said why."""
    done = subprocess.run(
        command(word, "--lang", screen.language), env={**os.environ, **environment}, check=False
    )
    if done.returncode:
        raise Wrong(f"sizao {word} ended with {done.returncode}.", f"sizao {word}以{done.returncode}结束。")


def _watch(screen: Screen, found: Configuration) -> Callable[[], None]:
    """Starts the embedded PostgreSQL again when it is gone."""
    from sizao_web.settings import embedded

    def watch() -> None:
        if found.database_url:
            return
        embedded.reap()
        if not embedded.running(found.cluster):
            screen.note(screen.say("数据库停了，正在重新启动。", "The database is gone; starting it again."))
            try:
                embedded.start(found.cluster)
            except Misconfigured as cause:  # tried again; pages say meanwhile that they are not ready
                screen.wrong(screen.say(cause.zh, cause.en))

    return watch


def _told(screen: Screen) -> Callable[[Kept], None]:
    def told(one: Kept) -> None:
        code = one.process.returncode if one.process else None
        zh, en = (
            f"{one.name}已结束（{code}），将重新启动。",
            f"{one.name} ended ({code}) and is started again.",
        )
        screen.note(screen.say(zh, en))

    return told
