"""The process in which files are read: apart from whoever asks, confined, and thrown away after each file.

`python -m sizao.intake.child N` waits at socket N. For each request it forks; the fork gives away what it
does not need (`confining`), reads the one file that is its standard input, and writes frames to its standard
output. The waiting process has read nothing of anybody, so a fork costs milliseconds and begins clean.

A frame: one letter, eight bytes of length, the content.
    H  the columns, encoding and separator (JSON)
    P  rows (Arrow) with their ragged rows (JSON) in the metadata
    E  the sums (JSON)
    R  the reasons why the file is refused (JSON); nothing follows
    G  the pages of a workbook (JSON)
"""

from __future__ import annotations

import array
import codecs
import io
import json
import os
import select
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib.abc import MetaPathFinder
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from sizao.intake.columnar import read_parquet
from sizao.intake.confining import confine
from sizao.intake.documents import read_document
from sizao.intake.kinds import JSON, PARQUET, WORKBOOK, kind_of
from sizao.intake.limits import Limits, declared_limits
from sizao.intake.pieces import End, Head, Piece
from sizao.intake.problems import IntakeRefused
from sizao.intake.refusing import BYTES, too_large
from sizao.intake.texts import read_text
from sizao.intake.workbooks import pages_of_workbook, read_workbook

RAGGED = b"ragged"
OUT_OF_MEMORY = 70  # exit codes of a fork; others are mistakes of ours
BROKEN = 71


def read_file(file: BinaryIO, asked: dict[str, Any], limits: Limits) -> Iterator[Head | Piece | End]:
    """The head of a file, its rows in pieces, and the sums; IntakeRefused where it is of no use."""
    name = asked["name"]
    kind = kind_of(name, file)
    if kind == WORKBOOK:
        return read_workbook(name, file, asked.get("page"), limits)
    if kind == PARQUET:
        return read_parquet(name, file, limits)
    if kind == JSON:
        return read_document(name, file, limits)
    return read_text(name, file, asked.get("encoding"), asked.get("separator"), limits)


def _frames(file: BinaryIO, asked: dict[str, Any], limits: Limits) -> Iterator[tuple[bytes, Any]]:
    name = asked["name"]
    size = os.fstat(file.fileno()).st_size
    if size > limits.bytes:
        too_large(name, BYTES, size, limits.bytes)
    if asked.get("pages"):
        pages = pages_of_workbook(name, file, limits) if kind_of(name, file) == WORKBOOK else {}
        yield b"G", json.dumps(pages).encode()
        return
    for one in read_file(file, asked, limits):
        if isinstance(one, Piece):
            yield b"P", _packed(one)
        else:
            yield (b"H" if isinstance(one, Head) else b"E"), json.dumps(asdict(one)).encode()


def _packed(piece: Piece) -> pa.Buffer:
    ragged = json.dumps([problem.record() for problem in piece.ragged]).encode()
    table = piece.cells.replace_schema_metadata({RAGGED: ragged})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _write(kind: bytes, content: Any) -> None:
    view = memoryview(content)
    _write_all(kind + struct.pack(">Q", len(view)))
    _write_all(view)


def _write_all(content: Any) -> None:
    view = memoryview(content).cast("B")
    while view:
        view = view[os.write(1, view) :]


def _serve(asked: dict[str, Any]) -> int:
    """In the fork: answer, and say by the exit code how it ended."""
    limits = Limits(**asked["limits"])
    try:
        if asked.get("encoding"):
            codecs.lookup(asked["encoding"])  # loads it while that can be done
    except (LookupError, ValueError):
        pass  # said when the text is read
    confine(limits)
    try:
        with open(0, "rb", closefd=False) as file:
            for kind, content in _frames(file, asked, limits):
                _write(kind, content)
    except IntakeRefused as refused:
        _write(b"R", json.dumps([problem.record() for problem in refused.problems]).encode())
    except (MemoryError, pa.ArrowMemoryError):
        return OUT_OF_MEMORY
    except BrokenPipeError:  # whoever asked has gone away
        return 0
    except BaseException:
        return BROKEN
    return 0


def _fork(asked: dict[str, Any], given: int, answer: int, keep: list[int]) -> int:
    made = os.fork()
    if made:
        return made
    code = BROKEN
    try:
        for other in keep:
            os.close(other)
        os.dup2(given, 0)
        os.dup2(answer, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        code = _serve(asked)
    finally:
        os._exit(code)


def _main(control: socket.socket) -> None:
    """Until the socket is closed: fork for each request, end who is to be ended, say how each ended."""
    at_work: dict[int, tuple[int, int]] = {}  # process -> the number of its request, where its end is told
    control.send(b"!")  # whoever started us waits for it
    while True:
        ready, _, _ = select.select([control], [], [], 0.02 if at_work else None)
        if ready:
            message, ancillary, _, _ = control.recvmsg(1 << 20, socket.CMSG_SPACE(12))
            if not message:
                os._exit(0)
            asked = json.loads(message)
            if "end" in asked:
                for process, (number, _) in at_work.items():
                    if number == asked["end"]:
                        os.kill(process, 9)
            else:
                numbers = array.array("i")
                for _, _, data in ancillary:
                    numbers.frombytes(data)
                given, answer, told = numbers
                process = _fork(asked, given, answer, [control.fileno(), told])
                os.close(given)
                os.close(answer)
                at_work[process] = asked["number"], told
        for process in list(at_work):
            ended, status, used = os.wait4(process, os.WNOHANG)
            if ended:
                _, told = at_work.pop(process)
                said = {
                    "code": os.waitstatus_to_exitcode(status),
                    "memory": used.ru_maxrss * 1024,
                    "processor": used.ru_utime + used.ru_stime,
                }
                os.write(told, json.dumps(said).encode())
                os.close(told)


class _NoPandas(MetaPathFinder):
    """Arrow looks for pandas when it meets a list: a second of loading for nothing."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ImportError(fullname)


def _load_what_is_loaded_late() -> None:
    """In the fork nothing can be opened any more, the modules of codecs and of Arrow's readers included."""
    sys.meta_path.insert(0, _NoPandas())
    for encoding in ("ascii", "cp437", "latin-1", "utf-8-sig", "utf-16", "utf-32", "gb18030", "big5"):
        codecs.lookup(encoding)
    limits = declared_limits()
    table = io.BytesIO()
    pq.write_table(pa.table({"a": ["1"]}), table)
    longer_than_a_block = b"a,b\n" + (b"1" * 1000 + b",2\n") * 1100
    for content in (longer_than_a_block, b'{"a": 1}\n', table.getvalue()):
        for one in read_file(io.BytesIO(content), {"name": ""}, limits):
            if isinstance(one, Piece):
                _packed(one)


if __name__ == "__main__":
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    _load_what_is_loaded_late()
    _main(socket.socket(fileno=int(sys.argv[1])))
