"""Requests that nobody thought of, made by schemathesis from the description; what must hold of each answer.

Its coverage phase makes for each operation values on and beyond every boundary that the schema states, right
and wrong ones; its strategies draw further ones at random. What is here sends them, with a key that holds.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from schemathesis import GenerationMode

BOTH = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
PROBLEM = "application/problem+json"
SHEETS = (
    "application/x-ndjson",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


@schemathesis.serializer(*SHEETS)
def lines_of(context: Any, value: Any) -> bytes:
    """A drawn file: the text or bytes as they are, anything else as lines of JSON."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode(errors="surrogatepass")
    rows = value if isinstance(value, list) else [value]
    return b"\n".join(json.dumps(row, default=str).encode() for row in rows)


@dataclass(frozen=True)
class Request:
    """One request, as it goes out but for the key."""

    operation: str
    method: str
    address: str  # with its query
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Tally:
    """How many answers of each status, and every answer that must not be."""

    statuses: Counter[int] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)  # single records, batches, streams, the rest
    wrong: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """All of them."""
        return sum(self.statuses.values())

    def judge(self, asked: Request, status: int, kind: str, body: bytes) -> None:
        """Count an answer. Of a wrong one the operation and the status are kept, nothing of what was sent."""
        self.statuses[status] += 1
        self.ways[way_of(asked.operation)] += 1
        if why := _wrong(asked, status, kind, body):
            self.wrong.append(f"{asked.operation}: {status} {why}")


def way_of(operation: str) -> str:
    """By which way an operation lets somebody in."""
    if operation.endswith("/batches"):
        return "batches"
    return next((way for way in ("facts", "streams") if f"/{way}/" in operation), "reading and the day")


def _wrong(asked: Request, status: int, kind: str, body: bytes) -> str | None:
    if status >= 500:
        return "an error of ours"
    if asked.method == "HEAD":
        return None
    if status >= 400:
        if kind != PROBLEM:
            return f"a refusal as {kind}"
        said = json.loads(body)
        whole = {"type", "title", "status", "detail_zh", "detail_en", "next_zh", "next_en"} <= set(said)
        return None if whole and said["status"] == status else "a problem that is not whole"
    if asked.method not in ("GET", "POST"):
        return "a method that nothing answers to"
    return None if kind.startswith("application/json") else f"an answer as {kind}"


def operations(description: Mapping[str, Any]) -> list[Any]:
    """Every operation of the interface."""
    schema = schemathesis.openapi.from_dict(dict(description))
    return [found.ok() for found in schema.get_all_operations()]


def covering(operation: Any) -> Iterator[Request]:
    """Values on and beyond each boundary of an operation, right and wrong."""
    schema = operation.schema
    cases = schema.iter_coverage_cases(
        operation=operation, generation_modes=list(BOTH), generation_config=schema.config.generation
    )
    for case in cases:
        yield _request(operation, case)


def drawn(operation: Any, examples: int, seed: int) -> list[Request]:
    """Requests drawn at random: half of them right by the schema, half wrong."""
    found: list[Request] = []
    for mode in BOTH:

        @seeded(seed)
        @settings(
            max_examples=examples // 2,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode))
        def draw(case: Any) -> None:
            found.append(_request(operation, case))

        draw()
    return found


def _request(operation: Any, case: Any) -> Request:
    """As it goes out; headers that no client can send are left out."""
    from requests import Request as Prepared

    words = case.as_transport_kwargs(base_url="http://testserver")
    words.pop("cookies", None)
    headers = {
        str(name): str(value)
        for name, value in dict(words.pop("headers", None) or {}).items()
        if _sendable(str(name)) and _sendable(str(value)) and str(name).lower() != "content-length"
    }
    known = {
        name: words[name] for name in ("method", "url", "params", "data", "json", "files") if name in words
    }
    prepared = Prepared(**known).prepare()
    body = prepared.body or b""
    given_headers = {**dict(prepared.headers), **headers}
    given_headers.pop("Content-Length", None)
    return Request(
        f"{operation.method.upper()} {operation.path}",
        str(prepared.method),
        prepared.path_url,
        {str(name): str(value) for name, value in given_headers.items()},
        body.encode() if isinstance(body, str) else bytes(body),
    )


def renamed(asked: Request, name: str) -> Request:
    """The same under records of its own, where it names some: else nearly all would meet the first."""
    lines = asked.body.split(b"\n") if asked.body else []
    return replace(asked, body=b"\n".join(_renamed(line, name) for line in lines))


def _renamed(line: bytes, name: str) -> bytes:
    try:
        said = json.loads(line)
    except ValueError:
        return line
    if not isinstance(said, dict) or not isinstance(said.get("source_record"), str):
        return line
    return json.dumps({**said, "source_record": f"{said['source_record']}-{name}"}).encode()


def whole(asked: Request) -> Request:
    """The same, where it is a batch, with the digest and the count that its content has: what is drawn at
    random never gets past them."""
    if not asked.operation.endswith("/batches"):
        return asked
    digest = b64encode(sha256(asked.body).digest()).decode()
    kind = next((value for name, value in asked.headers.items() if name.lower() == "content-type"), "")
    lines = sum(1 for line in asked.body.splitlines() if line.strip())
    said = {
        "Content-Digest": f"sha-256=:{digest}:",
        "Sizao-Rows": str(max(lines - ("csv" in kind), 0)),
        "Content-Type": kind if kind in SHEETS else SHEETS[0],
    }
    other = {name: value for name, value in asked.headers.items() if name.title() not in said}
    return replace(asked, headers={**other, **said})


def _sendable(text: str) -> bool:
    return text.isascii() and text.isprintable() and text == text.strip()
