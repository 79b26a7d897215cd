"""Answers to what was sent: kept, there already, conflicting, rejected; and each once for its request key."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse

from sizao.terms.words import Words
from sizao_web.gateway.problems import Problem
from sizao_web.records.actions import answer_once
from sizao_web.records.actions.answer_once import Answered
from sizao_web.records.actions.keep_conflict import keep_conflict

REQUEST_KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True)
class Kept:
    """What was kept: the status, the members of the answer, and the record it is about."""

    status: int
    said: Mapping[str, Any]
    record: Mapping[str, Any]


def request_key(request: HttpRequest) -> str | None:
    """The key of the request, None without one. Problem for one that cannot be kept."""
    given = request.headers.get(REQUEST_KEY)
    if given is None:
        return None
    if not _KEY.fullmatch(given):
        words = Words(
            f"{REQUEST_KEY} 应为 1 至 255 个可见的 ASCII 字符，不含空格。",
            f"{REQUEST_KEY} is 1 to 255 visible ASCII characters without spaces.",
        )
        raise Problem("wrong-header", words)
    return given


def once(
    request: HttpRequest, content: bytes, second: Mapping[str, Any], act: Callable[[], Kept]
) -> HttpResponse:
    """Do it and answer; for a request key that came before answer as then, or keep both as a conflict.

    content: what makes it the same request beside its address. second: what is kept of it where it is not.
    """
    key = request_key(request)
    if key is None:
        return _told(act())
    digest = sha256(b"\0".join([str(request.method).encode(), request.path.encode(), content])).digest()
    found = answer_once.begin(request.scope, request.moment, key, digest)
    if found is not None:
        return _as_before(request, found, key, second)
    kept = act()
    answer = _told(kept)
    body = answer.content.decode()
    answer_once.keep(request.scope, key, status=kept.status, body=body, record=kept.record)
    return answer


def conflicting(
    request: HttpRequest,
    record: Mapping[str, Any],
    second: Mapping[str, Any],
    *,
    kind: str,
    detail: Words,
    key: str | None = None,
    next: Words | None = None,
) -> HttpResponse:
    """409; both contents are kept once this transaction is over, which kept nothing."""

    def keep() -> HttpResponse:
        number = keep_conflict(
            request.scope, request.moment, kind=kind, record=record, second=second, request_key=key
        )
        more = {"conflict": number, "first": dict(record)}
        return Problem("conflict", detail, more=more, next=next).response(request)

    request.afterwards = keep
    return Problem("conflict", detail, next=next).response(request)


def _told(kept: Kept) -> HttpResponse:
    return HttpResponse(json.dumps(kept.said, ensure_ascii=False), "application/json", kept.status)


def _as_before(request: HttpRequest, found: Answered, key: str, second: Mapping[str, Any]) -> HttpResponse:
    if found.same:
        answer = HttpResponse(found.body, "application/json", found.status)
        answer.headers[REPLAYED] = "true"
        return answer
    words = Words(
        f"此 {REQUEST_KEY} 已用于另一内容。", f"This {REQUEST_KEY} was used for another content already."
    )
    return conflicting(
        request, found.record or {}, second, kind="request", detail=words, key=key, next=_ANOTHER_KEY
    )


_ANOTHER_KEY = Words(
    f"先到的仍有效，这一份没有登记。每个请求用不同的 {REQUEST_KEY}：换一个后重发。",
    f"The first holds, and this one is not recorded. Each request has a {REQUEST_KEY} of its own: send this "
    "under another.",
)
