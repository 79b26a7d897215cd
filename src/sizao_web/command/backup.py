"""`sizao backup` and `sizao restore`: a dump counts only after it was restored and compared row by row."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated, Any

import psycopg
import pyarrow as pa
import typer

from sizao.cli.options import Language
from sizao.cli.screen import Screen, Wrong
from sizao_web.command import audited, lake_backup
from sizao_web.command.contents import Contents, contents, differences, positions
from sizao_web.command.installation import database_running, installation, said
from sizao_web.command.running import once
from sizao_web.records.ledger.restoring import renumber
from sizao_web.settings import embedded
from sizao_web.settings.configuration import Configuration
from sizao_web.settings.database import database
from sizao_web.settings.postgresql import MAJOR, may_enter, shipped

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="The backup; its contents stand beside it in FILE.json.")
]


Owner = Annotated[
    str | None,
    typer.Option("--owner", help="Whom the tables are to belong to, where we sign in as another."),
]


def backup(context: typer.Context, file: File, lang: Language = None) -> None:
    """Write a backup, restore it into a database of its own and compare every row; only then it is there."""
    screen: Screen = context.obj
    if file.exists():
        raise Wrong(f"{file} exists already. Name another file.", f"{file}已存在。请另取名。")
    found = installation("owner")
    part = file.with_name(f"{file.name}.part")
    seen = audited.seen_before(found.witness, part)
    lake_part = lake_backup.beside(part)
    shutil.rmtree(lake_part, ignore_errors=True)
    with database_running(found):
        _tell(screen, "正在备份", "dumping")
        with lake_backup.held_still(_address(found)):
            dumped = _dumped(found, part)
            lake = _lake_written(found.lake, lake_part, dumped)
    _tell(screen, "正在恢复并逐行比较", "restoring and comparing")
    with _scratch(found) as (address, folder):
        _restored(part, address)
        with psycopg.connect(address) as connection:
            there, reached = contents(connection), positions(connection)
            report = audited.verified(connection, seen, found)
            _same(lake, _lake_restored(lake_part, folder / "lake", lake))
            _same_batches(folder / "lake", connection)
    _same(dumped.contents, {**there, **dumped.passed(reached)})
    stated = {"tables": there, "lake": lake}
    beside(file).write_text(json.dumps(stated, indent=1), encoding="utf-8")
    shutil.rmtree(lake_backup.beside(file), ignore_errors=True)  # of one that never got its name
    lake_part.rename(lake_backup.beside(file))
    audited.keep(part, file)
    part.rename(file)
    _note_made(found, file)
    rows = sum(count for count, _ in there.values())
    in_lake = sum(count for count, _ in lake.values())
    screen.text(
        screen.say(
            f"{file}：{len(there)}个表和序列，{rows:,}行，数据湖{in_lake:,}行，已恢复并逐行比较，"
            "无差异。不含密钥，请另行保存。",
            f"{file}: {len(there)} tables and sequences, {rows:,} rows, and {in_lake:,} of the lake, "
            "restored and compared row by row: no difference. It holds no keys: keep those apart.",
        )
    )
    audited.say(screen, report)


def restore(
    context: typer.Context,
    file: File,
    owner: Annotated[
        str | None,
        typer.Option("--owner", help="Whom the tables are to belong to, where we sign in as another."),
    ] = None,
    lang: Language = None,
) -> None:
    """Fill an empty database from a backup, compare every row, and bring it up to this version."""
    screen: Screen = context.obj
    if not file.exists() or not beside(file).exists():
        raise Wrong(f"{file} or {beside(file)} is missing.", f"缺少{file}或{beside(file)}。")
    found = installation("owner")
    stated = json.loads(beside(file).read_text(encoding="utf-8"))
    there, lake = _stated(stated["tables"]), _stated(stated.get("lake", {}))
    _lake_is_empty(found.lake, file, lake)
    with database_running(found):
        address = _address(found)
        with psycopg.connect(address) as connection:
            if contents(connection):
                raise Wrong(
                    "The database is not empty. Restore into a new one: another data folder (SIZAO_DATA), or "
                    "another database (DATABASE_URL).",
                    "数据库不是空的。请恢复到新的库：另设数据目录（SIZAO_DATA）或数据库（DATABASE_URL）。",
                )
        _tell(screen, "正在恢复", "restoring")
        _restored(file, address, *([f"--role={owner}"] if owner else []))
        with psycopg.connect(address) as connection:
            _same(there, contents(connection))
            _same(lake, _lake_restored(lake_backup.beside(file), found.lake, lake))
            _same_batches(found.lake, connection)
            roots = audited.roots_of(file)
            report = audited.verified(connection, audited.lines(roots), found) if roots.exists() else None
            renumber(connection)
        audited.state(screen, address, file)
        if owner is None:
            once(screen, "migrate", {"SIZAO_ROLE": "owner"})
    rows = sum(count for count, _ in there.values())
    in_lake = sum(count for count, _ in lake.values())
    screen.text(
        screen.say(
            f"已恢复{rows:,}行，数据湖{in_lake:,}行，逐行比较无差异。",
            f"{rows:,} rows are restored, and {in_lake:,} of the lake; no row differs.",
        )
    )
    audited.say(screen, report)
    if owner:
        screen.note(
            screen.say(
                f"请以{owner}身份运行sizao migrate。", f"Now run sizao migrate with the login of {owner}."
            )
        )


def _note_made(found: Configuration, file: Path) -> None:
    """For the watch, which says when the last backup is old."""
    from sizao_web.settings.clock import real

    said = {"made_at": real().isoformat(timespec="seconds"), "file": str(file.absolute())}
    (found.data / "last-backup.json").write_text(json.dumps(said), encoding="utf-8")


def beside(file: Path) -> Path:
    """Where the contents of a backup are stated."""
    return file.with_name(f"{file.name}.json")


def _stated(said: Mapping[str, list[Any]]) -> Contents:
    return {name: (count, hashed) for name, (count, hashed) in said.items()}


def _lake_written(lake: Path, folder: Path, dumped: Dumped) -> Contents:
    try:
        return lake_backup.written(lake, folder, dumped.moved)
    except lake_backup.LakeTorn as cause:
        raise Wrong(
            f"The lake does not hold what was moved to it ({cause}). Run sizao lake check.",
            f"数据湖缺少已移入的批次（{cause}）。请运行sizao lake check。",
        ) from cause


def _lake_restored(folder: Path, lake: Path, stated: Contents) -> Contents:
    try:
        return lake_backup.restored(folder, lake, stated)
    except (FileNotFoundError, pa.ArrowInvalid) as cause:
        raise Wrong(
            f"The lake's files in {folder} are not whole: {cause}", f"{folder}中的数据湖文件不完整：{cause}"
        ) from cause


def _lake_is_empty(lake: Path, file: Path, stated: Contents) -> None:
    if stated and not lake_backup.beside(file).is_dir():
        missing = lake_backup.beside(file)
        raise Wrong(f"{missing} is missing: it holds the lake.", f"缺少{missing}：数据湖在其中。")
    if lake_backup.contents(lake):
        raise Wrong(
            f"The lake at {lake} is not empty. Restore into a new one: another data folder (SIZAO_DATA), or "
            "another folder (SIZAO_LAKE).",
            f"{lake}处的数据湖不是空的。请另设数据目录（SIZAO_DATA）或数据湖（SIZAO_LAKE）。",
        )


def _same_batches(lake: Path, connection: psycopg.Connection[Any]) -> None:
    if wrong := lake_backup.wrong_batches(lake, lake_backup.moved(connection)):
        raise Wrong(
            f"After restoring, database and lake differ in {', '.join(wrong)}. Please report it.",
            f"恢复后数据库与数据湖在{'、'.join(wrong)}上不一致。请报告。",
        )


@dataclass(frozen=True)
class Dumped:
    """What was in a dump. before, after: how far sequences were when it began and ended, for they go on
    while people record. moved: of each stream the batches whose rows are in the lake, and how many rows."""

    contents: Contents
    before: Mapping[str, int]
    after: Mapping[str, int]
    moved: Mapping[str, Mapping[int, int]]

    def passed(self, reached: Mapping[str, int]) -> Contents:
        """Of the sequences that were restored to where they were meanwhile, what was stated of them."""
        return {
            name: self.contents[name]
            for name, last in reached.items()
            if name in self.contents and self.before[name] <= last <= self.after[name]
        }


def _dumped(found: Configuration, part: Path) -> Dumped:
    """Dump one snapshot; answers what was in it."""
    address = _address(found)
    with psycopg.connect(address) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _unbound(connection)
        before = positions(connection)
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        # Roles, grants and policies are not data: `migrate` makes them again from the code.
        words = ["--format=custom", "--no-owner", "--no-privileges", "--no-policies", "--schema=public"]
        words += [f"--snapshot={snapshot}", f"--file={part}", address]
        done = subprocess.run(
            [_program(connection, "pg_dump"), *words], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Wrong(f"pg_dump failed: {done.stderr.strip()}", f"pg_dump失败：{done.stderr.strip()}")
        moved = lake_backup.moved(connection)
        return Dumped(contents(connection), before, positions(connection), moved)


def _unbound(connection: psycopg.Connection[Any]) -> None:
    """Wrong when the login is bound by row policies: it would dump what it sees and call it everything."""
    asked = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    if connection.execute(asked).fetchone() != (True,):
        raise Wrong(
            "This login is bound by row policies and would not see every row. Name in DATABASE_URL a "
            "superuser or a login with BYPASSRLS.",
            "此登录受行级策略约束，看不到全部行。请在DATABASE_URL中使用超级用户或有BYPASSRLS的登录。",
        )


def _restored(file: Path, address: str, *more: str) -> None:
    """Fill a database from a dump, all of it or nothing.

    As a script through psql: our pg_restore begins with a setting that servers before 17 do not know.
    """
    with psycopg.connect(address) as connection:
        reader = _program(connection, "pg_restore")
        writer = _program(connection, "psql")
        # The schema is there in every new database; the dump would make it again.
        connection.execute("DROP SCHEMA IF EXISTS public")
    words = [reader, "--no-owner", "--no-privileges", "--file=-", *more, str(file)]
    with (
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reading,
        subprocess.Popen(
            [
                writer,
                "-X",
                "-q",
                "--single-transaction",
                "--set=ON_ERROR_STOP=1",
                "--set=VERBOSITY=terse",
                "--set=SHOW_CONTEXT=never",
                f"--dbname={address}",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as writing,
    ):
        assert reading.stdout
        assert writing.stdin
        with suppress(BrokenPipeError):  # it ended early; what it said comes below
            for line in reading.stdout:
                if line.startswith(b"SET transaction_timeout"):
                    break
                writing.stdin.write(line)
            shutil.copyfileobj(reading.stdout, writing.stdin)
        reading.stdout.close()
        said_by = {"pg_restore": _last_words(reading)}
        if reading.wait() not in (0, -signal.SIGPIPE):
            writing.kill()  # at the end of its input it would commit what came so far
        with suppress(BrokenPipeError):
            writing.stdin.close()
        said_by["psql"] = _last_words(writing)
    for program, ended in (("pg_restore", reading), ("psql", writing)):
        if ended.returncode not in (0, -signal.SIGPIPE):
            raise Wrong(f"{program} failed: {said_by[program]}", f"{program}失败：{said_by[program]}")


def _last_words(process: subprocess.Popen[bytes]) -> str:
    assert process.stderr
    return process.stderr.read().decode(errors="replace").strip()


@contextmanager
def _scratch(found: Configuration) -> Iterator[tuple[str, Path]]:
    """An empty database in a cluster that is thrown away; the address for its owner, and its folder."""
    near = found.data if found.data.exists() and may_enter(found.data) else None
    folder = Path(mkdtemp(prefix="sizao-compare-", dir=near))
    if os.geteuid() == 0:
        folder.chmod(0o711)
    cluster = folder / "postgresql"
    try:
        with said():
            yield embedded.start(cluster, {"fsync": "off", "full_page_writes": "off"}), folder
    finally:
        with said():
            embedded.stop(cluster)
        shutil.rmtree(folder)


def _same(there: Contents, here: Contents) -> None:
    if wrong := differences(there, here):
        raise Wrong(
            f"After restoring, {', '.join(wrong)} differ. This is no backup. Please report it.",
            f"恢复后{'、'.join(wrong)}有差异，此备份无效。请报告。",
        )


def _address(found: Configuration) -> str:
    """The address for PostgreSQL's own programs, with the password out of the list of processes."""
    entry = database(found)
    os.environ["PGPASSWORD"] = entry["PASSWORD"]
    parts = {
        "host": entry["HOST"],
        "port": entry["PORT"],
        "user": entry["USER"],
        "dbname": entry["NAME"],
        **{name: value for name, value in entry["OPTIONS"].items() if name.startswith("ssl")},
    }
    return psycopg.conninfo.make_conninfo(**{name: value for name, value in parts.items() if value})


def _program(connection: psycopg.Connection[Any], name: str) -> str:
    """A program of PostgreSQL that is not older than the server. Wrong when there is none."""
    major = connection.info.server_version // 10_000
    path = shutil.which(name) if major > int(MAJOR) else str(shipped() / "bin" / name)
    if path is None:
        raise Wrong(
            f"The server is PostgreSQL {major}: install its {name}, which is not on PATH.",
            f"服务器是PostgreSQL {major}：请安装其{name}并加入PATH。",
        )
    return path


def _tell(screen: Screen, zh: str, en: str) -> None:
    screen.note(screen.say(f"… {zh}", f"… {en}"))
