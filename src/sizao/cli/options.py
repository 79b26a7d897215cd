"""Options that several commands share, and what their texts mean: moments, folders, packs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from sizao.cli.screen import Wrong
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from sizao.policy.problems import PackProblems
from sizao.store.packs import read_pack, read_packs_beside
from sizao.terms.time import end_of_day, instant_at

FactsFolder = Annotated[Path, typer.Option("--facts", help="Folder with one Parquet or CSV file per fact.")]
PackFolder = Annotated[Path, typer.Option("--policy", help="Folder of the policy pack.")]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        help="The moment asked about: 2020-10-20 (its 24:00), '2020-10-20 08:00' in the zone of the pack, "
        "or with a zone: 2020-10-20T08:00+08:00.",
    ),
]
MaybeAsOf = Annotated[
    str | None, typer.Option("--as-of", help="The moment asked about; see `sizao derive --help`.")
]
KnownBy = Annotated[
    str | None,
    typer.Option(
        "--known-by",
        help="Only what was known by then; a day means all of that day. Without it: what was known as of the "
        "moment asked about.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON; instants are UTC.")]
Language = Annotated[
    str | None,
    typer.Option("--lang", help="zh or en; without it, as LANG says, else English.", metavar="zh|en"),
]
Threads = Annotated[int | None, typer.Option("--threads", help="Processors to use; without it, all.", min=1)]
Memory = Annotated[str | None, typer.Option("--memory", help="Memory to use, for example 4GB.")]
Engine = Annotated[
    str,
    typer.Option("--engine", help="duckdb, or spark: Spark SQL by Spark Connect.", metavar="duckdb|spark"),
]
Spark = Annotated[
    str | None,
    typer.Option(
        "--spark",
        help="With --engine spark: sc://HOST:PORT of a cluster that sees the folder of facts; without it, "
        "Sail in this process.",
    ),
]
Zone = Annotated[str, typer.Option("--zone", help="Zone of clock times and days that state none.")]
Area = Annotated[str, typer.Option("--area", help="Area of rows that state none.")]

# What becomes known at 24:00 belongs to the day that begins then.
LAST_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Moment:
    """The two instants of a question, UTC."""

    as_of: datetime
    known_by: datetime


def moment(as_of: str, known_by: str | None, zone: str) -> Moment:
    """The instants that --as-of and --known-by mean. A day is its 24:00 in `zone`, known by the last
    moment before."""
    asked, is_day = _instant(as_of, zone, "--as-of")
    if known_by is None:
        return Moment(asked, asked - LAST_MOMENT if is_day else asked)
    known, is_day = _instant(known_by, zone, "--known-by")
    return Moment(asked, known - LAST_MOMENT if is_day else known)


def day_of(text: str, option: str) -> date:
    """The day that an option names."""
    try:
        return date.fromisoformat(text)
    except ValueError as cause:
        raise Wrong(
            f"{option} {text!r} is no day. Write it as 2020-10-20.",
            f"{option} {text}不是日期。请写成2020-10-20。",
        ) from cause


def _instant(text: str, zone: str, option: str) -> tuple[datetime, bool]:
    try:
        if len(text) == 10:
            return end_of_day(date.fromisoformat(text), zone), True
        read = datetime.fromisoformat(text)
    except ValueError as cause:
        raise Wrong(
            f"{option} {text!r} is no moment. Write a day (2020-10-20: its 24:00), a local time "
            f"('2020-10-20 08:00') "
            "or one with its zone (2020-10-20T08:00+08:00).",
            f"{option} {text}不是时刻。请写日期（2020-10-20：当日24:00）、当地时间（'2020-10-20 08:00'）"
            "或注明时区（2020-10-20T08:00+08:00）。",
        ) from cause
    if read.tzinfo is None:
        return instant_at(read.date(), read.time(), zone), False
    offset = read.utcoffset() or timedelta(0)
    return read.replace(tzinfo=None) - offset, False


def pack(folder: Path) -> Policy:
    """The policy of a pack's folder, with the packs beside it that it may extend. PackProblems,
    FolderProblems."""
    with problems_within(folder):
        return load_pack(read_pack(folder), read_packs_beside(folder))


@contextmanager
def problems_within(folder: Path) -> Iterator[None]:
    """Problems of a pack name its files with the folder, so that a terminal can open them."""
    try:
        yield
    except PackProblems as found:
        raise found.within(str(folder)) from found
