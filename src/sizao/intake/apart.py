"""Files read in a process apart, which may fail, hang, swell or die without harm to whoever asks.

    with reading(file, "edge_list.csv") as found:
        found.head.columns
        for piece in found.pieces(): ...
        found.end                       # the sums, when all pieces are read
        found.used                      # what the process took

A file is whole only when `pieces` has come to its end: what it gave before must be thrown away when it
raises.
"""

from __future__ import annotations

import array
import atexit
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import Any, BinaryIO, NoReturn

import pyarrow as pa

import sizao
from sizao.intake.limits import Limits, declared_limits
from sizao.intake.pieces import End, Head, Piece
from sizao.intake.problems import IntakeRefused, Problem, ReadingInterrupted
from sizao.terms.words import Words

_LARGEST_FRAME = 1 << 30
_OUT_OF_MEMORY = 70  # as in `child`, which is not imported here: it loads every reader
_FROM_OUTSIDE = (-9, -15)  # whoever keeps the machine, or the kernel where the memory of all is used up
_RAGGED = b"ragged"
_NUMBERS = count(1)


@dataclass(frozen=True)
class Used:
    """What the process took: bytes resident at most, seconds of processor."""

    memory: int
    processor: float


class Reading:
    """One file being read. Not for several threads."""

    def __init__(
        self, name: str, limits: Limits, output: int, told: int, number: int, reader: _Reader
    ) -> None:
        self.name, self.limits = name, limits
        self.head: Head = Head(())
        self.end: End | None = None
        self.used: Used | None = None
        self._code: int | None = None
        self._output, self._told, self._number, self._reader = output, told, number, reader
        self._left = float(limits.wall)
        self._closed = False

    def pieces(self) -> Iterator[Piece]:
        """The rows, once. IntakeRefused as soon as the file turns out to be unusable."""
        while (frame := self._frame()) is not None:
            kind, content = frame
            if kind == b"P":
                yield _unpacked(content)
            elif kind == b"E":
                self.end = End(**json.loads(bytes(content)))
                break
        if self.end is None:
            self._fail()

    def pages(self) -> dict[str, tuple[str, ...]]:
        """The answer to a question about pages."""
        return {title: tuple(first) for title, first in self._first(b"G").items()}

    def begin(self) -> None:
        """Wait for the head."""
        said = self._first(b"H")
        self.head = Head(tuple(said["columns"]), said["encoding"], said["separator"])

    def _first(self, kind: bytes) -> dict[str, Any]:
        frame = self._frame()
        if frame is None or frame[0] != kind:
            self._fail()
        found: dict[str, Any] = json.loads(bytes(frame[1]))
        return found

    def _frame(self) -> tuple[bytes, bytes | memoryview] | None:
        start = self._bytes(9)
        if start is None:
            return None
        kind, (length,) = bytes(start[:1]), struct.unpack(">Q", start[1:])
        content = self._bytes(length) if length <= _LARGEST_FRAME else None
        if content is None:
            return None
        if kind == b"R":
            raise IntakeRefused([problem_of(one) for one in json.loads(bytes(content))])
        return kind, content

    def _bytes(self, length: int) -> memoryview | None:
        """So many bytes; None when there are fewer. Only the time of waiting counts against the reader."""
        found = bytearray(length)
        view, at = memoryview(found), 0
        with DefaultSelector() as selector:
            selector.register(self._output, EVENT_READ)
            while at < length:
                began = time.monotonic()
                ready = selector.select(max(self._left, 0))
                self._left -= time.monotonic() - began
                if not ready:
                    self._reader.end(self._number)
                    raise IntakeRefused([self._too_slow()])
                read = os.readv(self._output, [view[at:]])
                if not read:
                    return None
                at += read
        return view

    def close(self) -> None:
        """End the process if it is still there, and note what it took."""
        if self._closed:
            return
        self._closed = True
        os.close(self._output)
        with suppress(OSError):
            self._reader.end(self._number)
        self._ended()

    def _ended(self) -> int | None:
        """The code with which the process ended, once it has; what it took is noted."""
        if self.used is None:
            with os.fdopen(self._told, "rb") as told:
                said = told.read()
            if not said:  # only the waiting process could have told, so it is gone, or about to be
                self._reader.gone = True
            stated: dict[str, Any] = (
                json.loads(said) if said else {"code": None, "memory": 0, "processor": 0.0}
            )
            self.used = Used(stated["memory"], stated["processor"])
            self._code = stated["code"]
        return self._code

    def _fail(self) -> NoReturn:
        """IntakeRefused: the process ended before the file did."""
        code = self._ended()
        if code in (_OUT_OF_MEMORY, -6):  # a reader in Rust aborts where it gets no memory
            raise IntakeRefused([self._too_heavy()])
        if code == -24 or (self.used and self.used.processor >= self.limits.processor - 1):
            raise IntakeRefused([self._too_slow()])
        if code in (None, *_FROM_OUTSIDE):
            raise ReadingInterrupted([self._interrupted()])
        raise IntakeRefused([self._unreadable()])

    def _too_slow(self) -> Problem:
        return Problem(
            "too_slow",
            self.name,
            None,
            None,
            None,
            Words(
                f"{self.limits.wall} 秒内可读完的文件",
                f"a file that can be read in {self.limits.wall} seconds",
            ),
            _SMALLER,
        )

    def _too_heavy(self) -> Problem:
        most = self.limits.memory >> 20
        return Problem(
            "too_heavy",
            self.name,
            None,
            None,
            None,
            Words(f"用 {most} MB 内存可读完的文件", f"a file that can be read in {most} MB of memory"),
            _SMALLER,
        )

    def _interrupted(self) -> Problem:
        return Problem(
            "interrupted",
            self.name,
            None,
            None,
            None,
            Words("没有被中断的读取", "a reading that nobody interrupts"),
            Words(
                "读取进程被外部终止，与文件内容无关。请再发送一次；若反复如此，请查看这台机器的内存",
                "The process that read was ended from outside, whatever the file. Send it again; if that "
                "recurs, look at the memory of this machine.",
            ),
        )

    def _unreadable(self) -> Problem:
        return Problem(
            "unreadable",
            self.name,
            None,
            None,
            None,
            Words("可以读完的表格文件", "a sheet that can be read to its end"),
            Words(
                "从数据来源重新导出为 .csv 或 .xlsx",
                "Export it again from its source as .csv or .xlsx.",
            ),
        )


_SMALLER = Words("改用 .csv，或分成几个文件", "Send it as .csv, or split it into several files.")


@contextmanager
def reading(
    file: BinaryIO,
    name: str,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    page: str | None = None,
    limits: Limits | None = None,
) -> Iterator[Reading]:
    """The file, whose head is read. `file` must have a descriptor; `name` is for messages only."""
    asked = {"name": name, "encoding": encoding, "separator": separator, "page": page}
    with _asked(file, asked, limits or declared_limits()) as found:
        found.begin()
        yield found


def pages_of(file: BinaryIO, name: str, *, limits: Limits | None = None) -> dict[str, tuple[str, ...]]:
    """The pages of a workbook with their first filled line; none for any other file."""
    with _asked(file, {"name": name, "pages": True}, limits or declared_limits()) as found:
        return found.pages()


@contextmanager
def _asked(file: BinaryIO, asked: dict[str, Any], limits: Limits) -> Iterator[Reading]:
    if file.writable():
        file.flush()  # what stands in our buffer is not in the file yet
    number = next(_NUMBERS)
    output, answer = os.pipe()
    told, telling = os.pipe()
    wanted = {**asked, "number": number, "limits": asdict(limits)}
    try:
        reader = _ask(wanted, [file.fileno(), answer, telling])
    finally:
        os.close(answer)
        os.close(telling)
    found = Reading(asked["name"], limits, output, told, number, reader)
    try:
        yield found
    except IntakeRefused as refused:
        found.close()
        refused.used = found.used
        raise
    finally:
        found.close()


class _Reader:
    """The waiting process, from which those that read are forked."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.gone = False  # known before the system says so: a process that is killed takes a moment to die
        self._lock = threading.Lock()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Nothing of our environment goes along: it holds the keys of the installation.
        environment = {
            "PYTHONPATH": str(Path(sizao.__file__).resolve().parents[1]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LANG": "C.UTF-8",
            "ARROW_DEFAULT_MEMORY_POOL": "system",
            "OPENBLAS_NUM_THREADS": "1",
            "MALLOC_ARENA_MAX": "1",
        }
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sizao.intake.child", str(theirs.fileno())],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                cwd="/",
            )
        self._control = ours
        # It loads what reading needs, on a busy machine for long: that is no time of the first file's.
        ours.recv(1)

    def alive(self) -> bool:
        return not self.gone and self.owner == os.getpid() and self.process.poll() is None

    def stop(self) -> None:
        """At the end of our process: nobody is left behind."""
        if self.owner == os.getpid():
            self._control.close()
            self.process.wait()

    def ask(self, asked: dict[str, Any], descriptors: list[int]) -> None:
        content = json.dumps(asked).encode()
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
        with self._lock:
            self._control.sendmsg([content], rights)

    def end(self, number: int) -> None:
        """End the process of a request, if it is still there."""
        with self._lock:
            self._control.send(json.dumps({"end": number}).encode())


_LOCK = threading.Lock()
_KEPT: list[_Reader] = []


def _reader() -> _Reader:
    with _LOCK:
        if not _KEPT or not _KEPT[-1].alive():
            _KEPT[:] = [_Reader()]
            atexit.register(_KEPT[-1].stop)
        return _KEPT[-1]


def _ask(wanted: dict[str, Any], descriptors: list[int]) -> _Reader:
    """Who was asked: another one where somebody ended the first since the last file."""
    reader = _reader()
    try:
        reader.ask(wanted, descriptors)
    except (BrokenPipeError, ConnectionResetError):
        reader.gone = True
        reader = _reader()
        reader.ask(wanted, descriptors)
    return reader


def _unpacked(content: bytes | memoryview) -> Piece:
    table = pa.ipc.open_stream(pa.py_buffer(content)).read_all()
    table.validate(full=True)
    ragged = json.loads((table.schema.metadata or {}).get(_RAGGED, b"[]"))
    return Piece(table.replace_schema_metadata(None), tuple(problem_of(one) for one in ragged))


def problem_of(said: dict[str, Any]) -> Problem:
    """A problem from its JSON values."""
    return Problem(**{**said, "expected": Words(**said["expected"]), "fix": Words(**said["fix"])})
