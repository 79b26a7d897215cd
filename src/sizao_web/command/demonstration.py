"""`sizao demo`: a city to look at."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from sizao.cli.options import Json, Language
from sizao.cli.screen import Heading, Screen, Wrong
from sizao.terms.words import Words
from sizao_web.command.database import migrated, note_migrated
from sizao_web.command.installation import database_running, django_ready, installation, said
from sizao_web.command.running import Host, Port, Threads, keep_serving
from sizao_web.settings.clock import real
from sizao_web.settings.configuration import Configuration, usual_folder, usual_witness

FOLDER = usual_folder("sizao-demo")
Data = Annotated[Path, typer.Option("--data", help="Folder of the demonstration; made when missing.")]
Build = Annotated[bool, typer.Option("--no-serve", help="Make it and stop; serve nothing.")]


def demo(
    context: typer.Context,
    data: Annotated[
        Path, typer.Option("--data", help="Folder of the demonstration; made when missing.")
    ] = FOLDER,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    threads: Threads = 8,
    no_serve: Build = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Throw away what was recorded in it, and make it anew.")
    ] = False,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """A city to look at: real cases of 2020 and an invented district. Made once, and then kept."""
    screen: Screen = context.obj
    _environment(screen, data, reset)
    found = installation("owner")
    with database_running(found):
        django_ready()
        from django.db import connection

        counts = _made(screen, found)
        connection.close()
        if as_json:
            screen.json(counts)
        else:
            _told(screen, counts)
        if not no_serve:
            _people(screen, f"http://{host}:{port}")
            keep_serving(screen, found, host=host, port=port, threads=threads, work=True)


def _environment(screen: Screen, data: Path, reset: bool) -> None:
    """A demonstration is an installation of its own, with its own clock; never the one of DATABASE_URL."""
    from sizao_web.demo.day import FILE, clock_behind
    from sizao_web.records.chain.witness import file_of
    from sizao_web.settings import embedded

    data = data.expanduser().resolve()
    if data.exists() and any(data.iterdir()) and not (data / FILE).exists():
        raise Wrong(
            f"{data} is not empty and no demonstration. Name another folder by --data.",
            f"{data}不是空目录，也不是演示。请用--data另选目录。",
        )
    if reset and data.exists():
        with said():
            embedded.stop(data / "postgresql")
        shutil.rmtree(data)
        file_of(usual_witness(data)).unlink(missing_ok=True)
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("SIZAO_WITNESS", None)  # another installation's
    os.environ.update(SIZAO_MODE="demo", SIZAO_DATA=str(data))
    zone = os.environ.get("SIZAO_ZONE", "Asia/Shanghai")
    os.environ["SIZAO_CLOCK_BEHIND"] = str(clock_behind(data, real(), zone))


def _made(screen: Screen, found: Configuration) -> dict[str, Any]:
    """Named counts of the demonstration, which is built where it is not complete or its sources changed."""
    from django.core.management import call_command

    from sizao_web.demo.building import build, counts
    from sizao_web.records.reading.condition import pending_migrations

    kept = found.data / "made.json"
    sources = _digest_of_sources(found)
    before = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    if before.get("sources") == sources and not pending_migrations():
        if not migrated(found):  # the code changed who may do what, and no table
            call_command("migrate", verbosity=0, interactive=False)
            note_migrated(found)
        return {**counts(), "input": {name: _merged(rows) for name, rows in before["input"].items()}}
    with _progress(screen) as tell:
        made = build(tell)
    note_migrated(found)
    kept.write_text(json.dumps({"sources": sources, "input": made["input"]}, indent=2), encoding="utf-8")
    return made


def _merged(rows: dict[str, int]) -> dict[str, int]:
    """What would become of the same rows sent again: every one that is not rejected is there already."""
    return {**rows, "stored": 0, "merged": rows["sent"] - rows["rejected"]}


def _digest_of_sources(found: Configuration) -> str:
    """Of everything the demonstration is made from, the code that makes it included."""
    from sizao_web import demo as package
    from sizao_web.demo.building import EXAMPLE

    digest = sha256()
    for folder in (EXAMPLE.parent, Path(str(package.__file__)).parent, found.pack):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix in (".py", ".csv", ".yaml"):
                digest.update(
                    file.relative_to(folder).as_posix().encode() + sha256(file.read_bytes()).digest()
                )
    return digest.hexdigest()


@contextmanager
def _progress(screen: Screen) -> Iterator[Any]:
    """Says on a terminal what is being made; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda words: None
        return
    yield lambda words: screen.note(f"… {words.get(screen.language)}")


def _told(screen: Screen, counts: dict[str, Any]) -> None:
    facts = sum(counts["facts"].values())
    rows = sum(number for by_status in counts["obligations"].values() for number in by_status.values())
    screen.text(
        screen.say(
            f"事实{facts:,}行，任务{rows:,}项，受约束{counts['standing']:,}人。",
            f"{facts:,} rows of facts, {rows:,} obligations, {counts['standing']:,} people restricted.",
        )
    )


def _people(screen: Screen, address: str) -> None:
    from sizao_web.demo.personas import personas

    columns = [
        Heading(screen.say("登录名", "sign in as"), whole=True),
        screen.say("职责", "duty"),
        screen.say("先看什么", "what to look at first"),
    ]
    rows = [[one.username, _in(screen, one.duty), _in(screen, one.first)] for one in personas()]
    screen.table(columns, rows)
    screen.text(screen.say(f"打开 {address}/", f"Open {address}/"))


def _in(screen: Screen, words: Words) -> str:
    return words.get(screen.language)
