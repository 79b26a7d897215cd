"""Hostile and broken files: refused or taken whole, by a process that stays small, quick and shut in."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sizao.intake import apart
from sizao.intake.apart import Used, reading
from sizao.intake.limits import declared_limits
from sizao.intake.problems import IntakeRefused, ReadingInterrupted
from unit.intake.hostile import EITHER, REFUSED, TAKEN, Hostile, hostile_files, workbook_of

MEGABYTE = 1 << 20
PATIENT = replace(declared_limits(), wall=1800)
"""The limits of every file, but for how long a busy machine may let it wait: what it took is looked at."""


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """Somebody at 127.0.0.1 whom no file may make us call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def became(file: Hostile) -> tuple[str, str, Used | None]:
    """`taken` or `refused`, the kind of refusal, and what the process took."""
    with tempfile.TemporaryFile() as held:
        held.write(file.content)
        found = None
        try:
            with reading(held, file.name, limits=PATIENT) as found:
                rows = sum(piece.cells.num_rows + len(piece.ragged) for piece in found.pieces())
                assert found.end is not None
                assert rows == found.end.sent
            return TAKEN, "", found.used
        except IntakeRefused as refused:
            problem = refused.problems[0]
            for language in ("zh", "en"):
                assert problem.text(language)
            return REFUSED, problem.kind, getattr(refused, "used", None)


def judge(files: list[Hostile], listener: socket.socket, say: Callable[[str], None]) -> None:
    most, slowest, kinds, wrong = 0, 0.0, dict[str, int](), []
    for file in files:
        what, kind, used = became(file)
        assert used is not None, (file.family, file.name)
        if file.becomes not in (EITHER, what) or used.memory > 512 * MEGABYTE or used.processor > 30:
            wrong.append((file.family, file.name, what, kind, used))
        most, slowest = max(most, used.memory), max(slowest, used.processor)
        kinds[kind or TAKEN] = kinds.get(kind or TAKEN, 0) + 1
    assert wrong == []
    with pytest.raises(BlockingIOError):
        listener.accept()
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items(), key=lambda one: -one[1]))
    say(f"{len(files)} files: at most {most // MEGABYTE} MB and {slowest:.2f} s of processor each; {told}")


def test_a_file_of_each_family_is_refused_or_taken_whole_by_a_process_that_stays_small(
    listener: socket.socket, say: Callable[[str], None]
) -> None:
    every = list(hostile_files(listener.getsockname()[1]))
    assert len(every) >= 200
    of_today = [file for at, file in enumerate(every) if at % 6 == 0]
    assert {file.family for file in of_today} == {file.family for file in every}
    judge(of_today, listener, say)


@pytest.mark.long
def test_all_hostile_files_are_refused_or_taken_whole_by_a_process_that_stays_small(
    listener: socket.socket, say: Callable[[str], None]
) -> None:
    judge(list(hostile_files(listener.getsockname()[1])), listener, say)


def test_whoever_asked_goes_on_when_the_reader_swells_or_takes_too_long() -> None:
    book = workbook_of(3000)
    tight = {
        "memory": replace(PATIENT, memory=40 * MEGABYTE),
        "wall": replace(declared_limits(), wall=0),
    }
    # So long that whoever asks cannot but wait for it a hundred times: the reader may be ahead of them once.
    text = b"person,area\n" + b"p,a\n" * 500_000
    for limits, content, kind in ((tight["memory"], text, "too_heavy"), (tight["wall"], text, "too_slow")):
        with tempfile.TemporaryFile() as held:
            held.write(content)
            with pytest.raises(IntakeRefused) as refused, reading(held, "sheet.xlsx", limits=limits) as found:
                list(found.pieces())
            assert refused.value.problems[0].kind == kind
    with tempfile.TemporaryFile() as held:
        held.write(book)
        with reading(held, "sheet.xlsx", limits=PATIENT) as found:
            assert sum(piece.cells.num_rows for piece in found.pieces()) == 3000


@pytest.mark.parametrize("who", ["the fork that reads", "the process that waits"])
def test_a_reader_that_somebody_else_ends_says_nothing_about_the_file(who: str) -> None:
    text = b"person,area\n" + b"p,a\n" * 500_000
    with tempfile.TemporaryFile() as held:
        held.write(text)
        with reading(held, "sheet.csv", limits=PATIENT) as found:
            rows = found.pieces()
            next(rows)
            waiting = apart._reader().process.pid
            fork = int(Path(f"/proc/{waiting}/task/{waiting}/children").read_text().split()[0])
            os.kill(fork if who == "the fork that reads" else waiting, signal.SIGKILL)
            with pytest.raises(ReadingInterrupted) as refused:
                list(rows)
        assert refused.value.problems[0].kind == "interrupted"
        with reading(held, "sheet.csv", limits=PATIENT) as found:
            assert sum(piece.cells.num_rows for piece in found.pieces()) == 500_000


FORBIDDEN = {
    "opening a file": "open('/etc/hostname')",
    "making a file": "os.open(new, os.O_CREAT | os.O_WRONLY)",
    "a socket": "socket.socket()",
    "a socket of the machine": "socket.socket(socket.AF_UNIX)",
    "a process": "os.fork()",
    "a program": "os.execv('/bin/true', ['true'])",
    "ending another": "os.kill(os.getppid(), 0)",
    "moving a file": "os.rename('a-file-that-is-not-there', 'b')",
}


def attempt(deed: str, confined: bool) -> str:
    """What Python says of a deed in a process of its own, confined or not."""
    program = (
        "import os, socket, tempfile\nnew = tempfile.mktemp()\nfrom sizao.intake.confining import confine\n"
        "from sizao.intake.limits import declared_limits\nlimits = declared_limits()\n"
        + ("confine(limits)\n" if confined else "")
        + f"try:\n    {deed}\n    os.write(1, b'done')\n"
        "except OSError as cause:\n    os.write(1, str(cause.errno).encode())\nos._exit(0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, env={**os.environ}
    )
    return done.stdout.decode()


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_process_that_reads_can_do_nothing_else(what: str) -> None:
    said = attempt(FORBIDDEN[what], confined=True)
    assert said in ("1", "24"), said  # not permitted; no descriptor left


def test_without_the_fences_all_of_it_is_done() -> None:
    for what, deed in FORBIDDEN.items():
        if what != "a program":
            assert attempt(deed, confined=False) in ("done", "donedone", "2"), what


def test_the_reader_has_none_of_our_environment() -> None:
    os.environ["SIZAO_TRIAL"] = "a secret"
    try:
        with tempfile.TemporaryFile() as held:
            held.write(b"person\np1\n")
            with reading(held, "a.csv", limits=PATIENT) as found:
                list(found.pieces())
        from sizao.intake import apart

        process = apart._reader().process.pid
        with open(f"/proc/{process}/environ", "rb") as file:
            assert b"SIZAO" not in file.read()
    finally:
        del os.environ["SIZAO_TRIAL"]


def test_the_same_rows_in_another_order_have_the_same_digest_and_others_have_not() -> None:
    def digest(*rows: str) -> str:
        with tempfile.TemporaryFile() as held:
            held.write(("a,b\n" + "".join(f"{row}\n" for row in rows)).encode())
            with reading(held, "a.csv", limits=PATIENT) as found:
                list(found.pieces())
                assert found.end is not None
                return found.end.content

    assert digest("1,2", "3,4") == digest("3,4", "1,2")
    assert digest("1,2", "3,4") != digest("1,2", "3,4", "3,4")
    assert digest("1,2", "3,4") != digest("1,4", "3,2")


@pytest.mark.parametrize(("begins", "ends"), [("", ""), ('"', '"')])
def test_a_million_rows_stream_through_in_pieces(begins: str, ends: str, say: Callable[[str], None]) -> None:
    rows = 200_000
    with tempfile.TemporaryFile() as held, io.TextIOWrapper(held, encoding="utf-8") as text:
        text.write("person,died_on,area\n")
        for first in range(0, rows, 20_000):
            text.write(
                "".join(f"{begins}p{n}{ends},2020-03-01,甲/乙\n" for n in range(first, first + 20_000))
            )
        text.flush()
        largest, lines, count = 0, [], 0
        with reading(held, "a.csv", limits=PATIENT) as found:
            for piece in found.pieces():
                largest, count = max(largest, piece.cells.num_rows), count + piece.cells.num_rows
                lines += [piece.cells["line_of_sheet"][0].as_py()]
        assert found.end is not None
        assert found.used is not None
        assert (count, found.end.sent, lines[0]) == (rows, rows, 2)
        assert lines == sorted(lines)
        assert largest < 100_000
    say(f"{rows} rows: {found.used.memory // MEGABYTE} MB, {found.used.processor:.2f} s of processor")
