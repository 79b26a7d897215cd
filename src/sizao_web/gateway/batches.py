"""Many records at once: a file with its count and its digest, and rows of a stream.

A file is kept before it is acknowledged and stored by a job; what is cut off, or has another number of rows
than was said, is refused whole. Rows of a stream are stored before the answer.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from types import MappingProxyType
from typing import IO, Any

import pyarrow as pa
from django.http import HttpRequest

from sizao.facts.dictionary import STREAMS
from sizao.facts.schemas import own_columns
from sizao.facts.streams import RECORD, sent_columns
from sizao.terms.words import Words
from sizao_web.gateway.bodies import Fault, object_of, pointer, unknown_field, value_of
from sizao_web.gateway.problems import Problem, wrong_count
from sizao_web.pages.arriving import sealed_file

ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        "application/x-ndjson": "ndjson",
        "text/csv": "csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    }
)
"""Type of the content -> ending of its name, by which it is read."""
LARGEST = 200 * 1024 * 1024
IN_MEMORY = 4 * 1024 * 1024
PIECE = 1024 * 1024
ROWS = "Sizao-Rows"
DIGEST = "Content-Digest"
LARGEST_STREAM = 5 * 1024 * 1024
MOST_ROWS = 20_000
_CHARSET = re.compile(r"(?:^|;)\s*charset\s*=\s*\"?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_OF_CHINA = ("gb18030", "gbk", "gb2312", "cp936")
_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:,|$)")


@dataclass(frozen=True)
class Batch:
    """A file as it came, whole: what it is to be called, its digest, how many rows it says it has, and the
    encoding of its text where that is not UTF-8."""

    name: str
    content: IO[bytes]
    digest: str
    rows: int
    encoding: str | None = None


def batch_of(request: HttpRequest, fact: str) -> Batch:
    """The file of a request. Problem where a header is missing, or the file is not what they say."""
    kind, _, rest = request.headers.get("Content-Type", "").partition(";")
    kind = kind.strip().lower()
    if kind not in ENDINGS or request.headers.get("Content-Encoding", "identity").lower() != "identity":
        words = Words(
            f"批量接受：{'、'.join(ENDINGS)}，不压缩。", f"A batch is {', '.join(ENDINGS)}, not compressed."
        )
        raise Problem("media-type", words)
    encoding = _encoding(rest)
    rows, digest = _rows(request), _digest(request)
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > LARGEST:
        raise Problem("too-large", Words(f"最多 {LARGEST} 字节。", f"At most {LARGEST} bytes."))
    content: IO[bytes] = BytesIO() if int(length) <= IN_MEMORY else sealed_file()  # closed by the caller
    found = _read(request, content)
    if found.digest() != digest:
        content.close()
        words = Words(
            f"内容与 {DIGEST} 不符：可能没有传完，整份拒收。",
            f"The content is not that of {DIGEST}: it may be cut off. It is refused whole.",
        )
        raise Problem("refused", words)
    content.seek(0)
    name = f"{fact}-{found.hexdigest()[:12]}.{ENDINGS[kind]}"
    return Batch(name, content, found.hexdigest(), rows, encoding)


def _encoding(parameters: str) -> str | None:
    """The encoding that a type of content names; None for UTF-8. Problem for one that is not read."""
    found = _CHARSET.search(parameters)
    said = found[1].lower() if found else "utf-8"
    if said in ("utf-8", "utf8", "us-ascii"):
        return None
    if said in _OF_CHINA:
        return "gb18030"
    words = Words(
        f"文字编码应为 UTF-8 或 GB18030（GBK、GB2312），实为“{said[:40]}”。",
        f"A text is UTF-8 or GB18030 (GBK, GB2312), but says {said[:40]!r}.",
    )
    raise Problem("media-type", words)


def _read(request: HttpRequest, content: IO[bytes]) -> Any:
    """The body, into a file; its digest."""
    found = sha256()
    while piece := request.read(PIECE):
        found.update(piece)
        content.write(piece)
    return found


def _rows(request: HttpRequest) -> int:
    given = request.headers.get(ROWS, "")
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        words = Words(
            f"{ROWS} 必填：数据行数，不含表头。", f"{ROWS} is required: the rows of data without the header."
        )
        raise Problem("wrong-header", words)
    return int(given)


def _digest(request: HttpRequest) -> bytes:
    found = _DIGEST.search(request.headers.get(DIGEST, ""))
    if found is None:
        words = Words(
            f"{DIGEST} 必填：sha-256=:BASE64:（RFC 9530）。",
            f"{DIGEST} is required: sha-256=:BASE64: (RFC 9530).",
        )
        raise Problem("wrong-header", words)
    return b64decode(found[1])


def lines_of(body: bytes) -> list[bytes]:
    """The lines of a body that are not empty: each is to be a row."""
    return [line for line in body.split(b"\n") if line.strip()]


def stream_of(stream: str, body: bytes, system: str) -> pa.Table:
    """The rows of a stream, one JSON object a line, as the partner's own. Problem names line and field."""
    lines = lines_of(body)
    if not lines or len(lines) > MOST_ROWS:
        words = Words(f"每次 1 至 {MOST_ROWS} 行。", f"From 1 to {MOST_ROWS} rows at once.")
        raise Problem("malformed", words)
    columns = {column.name: column for column in own_columns(STREAMS[stream])}
    schema, faults, rows = sent_columns(STREAMS[stream]), [], []
    for place, line in enumerate(lines):
        given = object_of(line)
        if unknown := [name for name in given if name not in columns and name != RECORD]:
            fault = unknown_field(unknown[0], (*columns, RECORD))
            raise Problem("unknown-field", fault.detail, [fault])
        row: dict[str, object] = {RECORD: given.get(RECORD)}
        if not isinstance(row[RECORD], str) or not row[RECORD]:
            wanted = Words("source_record 必填。", "source_record is required.")
            faults.append(Fault(pointer(place, RECORD), wanted))
        for name, column in columns.items():
            value = value_of(column, given.get(name))
            if isinstance(value, Fault):
                faults.append(Fault(pointer(place) + value.pointer, value.detail, value.nearest))
            else:
                row[name] = value
        rows.append(row)
    if faults:
        raise Problem("wrong-values", wrong_count(len(faults)), faults[:100])
    found = {field.name: [_bare(row.get(field.name)) for row in rows] for field in schema}
    table = pa.table({field.name: pa.array(found[field.name], field.type) for field in schema})
    return table.append_column("source_system", pa.array([system] * table.num_rows, pa.string()))


def _bare(value: object) -> object:
    """Instants are UTC without a mark in tables."""
    return value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value
