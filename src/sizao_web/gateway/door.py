"""The door of machines: what stands before every route of theirs.

The way in is shorter than that of pages: `Door` answers /api/ before the middleware of sessions, cookies and
forms is reached, so that no key ever makes a session and no session is ever taken for a key. Nor is a policy
of contents put together, as for each page: what machines are told loads and runs nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from types import MappingProxyType
from typing import Any

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.urls import Resolver404, resolve

from sizao.terms.words import Words
from sizao_web.gateway import quotas
from sizao_web.gateway.problems import Problem, not_found
from sizao_web.pages.headers import OF_EVERY_ANSWER
from sizao_web.pages.routes import Access, View
from sizao_web.records.access.scope import enter
from sizao_web.records.reading.condition import NoRoom
from sizao_web.records.reading.partners import Caller, caller_of
from sizao_web.settings.clock import now

UNDER = "/api/"
SHORT = 1024 * 1024
"""Bytes of a body that is read although nobody wants it."""
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        **OF_EVERY_ANSWER,
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "Cache-Control": "no-store",
    }
)
"""Of each answer, unless it says otherwise."""
_BEARER = "bearer "
# Full disk, full memory, no connection left, shutting down, locked, deadlocked: it may work a little later.
_NOT_NOW = ("08", "53", "57", "58", "25006", "40001", "40P01", "55P03")
_log = logging.getLogger("sizao.request")


class Door:
    """Middleware that answers what machines ask, and passes everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(UNDER):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = self._answer(request)
        _read_to_the_end(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not response.streaming:
            response.headers["Content-Length"] = str(len(response.content))
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
            match = request.resolver_match = resolve(request.path_info)
        except DisallowedHost:
            return Problem("wrong-header", Words("主机名不符。", "This host is not ours.")).response(request)
        except Resolver404:
            return not_found().response(request)
        answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
        return answer


def _read_to_the_end(request: HttpRequest) -> None:
    """A body that was refused unread would end the connection, and with it the client's next request."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) <= SHORT and not request._read_started:
        with suppress(UnreadablePostError):
            request.read(SHORT)


def machine(*, methods: tuple[str, ...], about: str | None = None) -> Callable[[View], View]:
    """State that a route is asked with a partner's key: what `@page` is to pages, in the same table.

    The view is called with request.caller and request.scope set, in a transaction under that scope; what is
    answered from 400 on leaves nothing in it. A view may leave something to be kept in one of its own:
    request.afterwards.
    """
    access = Access(None, methods, about, key=True)

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            if request.method not in access.allowed:
                words = Words(
                    f"支持：{'、'.join(access.allowed)}。", f"Answered: {', '.join(access.allowed)}."
                )
                allow = {"Allow": ", ".join(access.allowed)}
                return Problem("method", words, headers=allow).response(request)
            if not access.key:
                return view(request, *arguments, **named)
            return _kept_safe(request, lambda: _answered(request, view, arguments, named))

        guarded.access = access  # type: ignore[attr-defined]
        guarded.csrf_exempt = True  # type: ignore[attr-defined]
        return guarded

    return guard


def _answered(request: HttpRequest, view: View, arguments: Any, named: Any) -> HttpResponse:
    request.moment = now()
    caller = _caller(request)
    request.scope, request.caller = caller.scope, caller
    quotas.count(caller, request.moment)
    request.afterwards = None
    with transaction.atomic():
        enter(caller.scope)
        response = view(request, *arguments, **named)
        if response.status_code >= 400:
            transaction.set_rollback(True)
    if request.afterwards is not None:
        with transaction.atomic():
            enter(caller.scope)
            response = request.afterwards() or response
    return response


def _caller(request: HttpRequest) -> Caller:
    given = request.headers.get("Authorization", "")
    text = given[len(_BEARER) :].strip() if given.lower().startswith(_BEARER) else ""
    found = caller_of(text, request.moment) if text else None
    if found is None:
        words = Words(
            "缺少密钥，或密钥未知、未生效、已到期、已撤销。",
            "There is no key, or it is unknown, not begun, ended or revoked.",
        )
        raise Problem("no-key", words)
    return found


def _kept_safe(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer, or the problem that came instead of it: never a page, never a traceback."""
    try:
        return act()
    except Problem as problem:
        return problem.response(request)
    except RequestDataTooBig:
        return Problem("too-large", Words("内容过大。", "The body is too large.")).response(request)
    except UnreadablePostError:
        return Problem("malformed", Words("内容没有传完。", "The body broke off.")).response(request)
    except NoRoom:
        words = Words("磁盘已满，没有保存。", "The disk is full; nothing was kept.")
        return Problem("not-now", words).response(request)
    except (OperationalError, InterfaceError) as cause:
        return _of_database(request, cause)
    except DatabaseError as cause:
        if _sqlstate(cause).startswith(_NOT_NOW):
            return _of_database(request, cause)
        return _bug(request)
    except Exception:
        return _bug(request)


def _of_database(request: HttpRequest, cause: Exception) -> HttpResponse:
    _log.warning("not kept", extra={"outcome": f"database {_sqlstate(cause) or 'away'}"})
    # A connection may be lost between a commit and its answer.
    words = Words(
        "数据库暂时不可用或已满。可能已保存，也可能没有：请原样重发，只算一次。",
        "The database is away or full. It may or may not be kept: send the same again, it counts once.",
    )
    return Problem("not-now", words).response(request)


def _bug(request: HttpRequest) -> HttpResponse:
    _log.exception("a bug")
    return Problem("bug", Words("内部错误，没有保存。", "An error of ours; nothing was kept.")).response(
        request
    )


def _sqlstate(cause: BaseException) -> str:
    return str(getattr(cause.__cause__, "sqlstate", None) or "")
