"""What is answered where no page can be made: something broke, or what was sent is refused unread.

An error says nothing about what was kept: the connection may have been lost between a commit and its answer.
So the page asks to send the same form again, which counts once, and holds the form for that.
"""

from __future__ import annotations

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone

from sizao.terms.words import Words
from sizao_web.pages.kept import Kept, from_our_page, kept_form, token
from sizao_web.pages.language import said
from sizao_web.records.reading.condition import NoRoom

FULL = "53100"  # PostgreSQL's code of a disk without room
AGAIN, AGAIN_WHEN_FULL = 2, 60  # seconds until it is worth trying again
IN_A_MOMENT = Words("请稍后再试", "Try again in a moment")
NOT_REACHED = Words(
    "暂时连不上记录库。可能已保存，也可能没有：请稍后把同一表单再提交一次，只算一次。",
    "The records cannot be reached for the moment. What you sent may or may not be kept: send the same "
    "form again "
    "in a moment, it counts once.",
)
NO_ROOM = Words(
    "磁盘已满，没有保存；可以查看，不能记录。请通知系统管理员，稍后把同一表单再提交一次。",
    "The disk is full and nothing was kept: reading works, recording does not. Tell the administrator, "
    "and send the "
    "same form again later.",
)
BROKEN = Words("系统出错", "Something went wrong")
OURS = Words(
    "不是您的错，错误已记入日志。若再出错，请把下面的时间告诉系统管理员。",
    "It is not your fault, and it is in the log. If it fails again, tell the administrator the time below.",
)
NOT_SAVED = Words("没有保存。", "Nothing was saved.")
HELD = Words(
    "您填写的内容还在这一页：用下面的按钮再提交一次，重复提交只算一次。",
    "What you typed is still on this page: send it again by the button below. "
    "What is sent twice counts once.",
)
ANEW = Words(
    "请返回上一页重新填写，文件也要重新选择；重复提交只算一次。",
    "Go back and fill in the form again, files too. What is sent twice counts once.",
)
OPEN_AGAIN = Words("请稍后再打开这一页。", "Open the page again in a moment.")
OUT_OF_DATE = Words("页面已过期，没有保存", "This page is out of date; nothing was saved")
SINCE = Words(
    "打开这一页之后，这个浏览器又登录过一次。",
    "Since this page was opened, somebody signed in again in this browser.",
)
AS = Words(
    "现在以“{}”登录，再提交就记在这个账号名下。",
    "Signed in now: {}. Sent again, it is recorded under this account.",
)
REFUSED = Words("没有收下", "Not taken")
TOO_MUCH = Words(
    "发送的内容过多，没有保存。请分成几次填写；多行数据请用“报送文件”。",
    "Too much was sent at once, and nothing was saved. Send it in parts; deliver many rows as a file.",
)
NOT_READ = Words(
    "收到的内容不完整或有不能识别的字符，没有保存。请返回上一页重新打开、重新填写。",
    "What arrived is incomplete or has characters that cannot be read, and nothing was saved. Go back, open "
    "the page again and fill it in anew.",
)
_TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def failed(request: HttpRequest) -> HttpResponse:
    """The answer to what nobody caught: Django calls it while the error is in hand."""
    cause = sys.exc_info()[1]
    # A form whose token was not looked at may be another site's.
    form = kept_form(request) if getattr(request, "csrf_processing_done", False) else None
    if not isinstance(cause, (OperationalError, InterfaceError, NoRoom)):
        sent = request.method == "POST"
        told = [OURS, *([NOT_SAVED] if sent else []), HELD if form else ANEW if sent else OPEN_AGAIN]
        return unframed(request, BROKEN, *told, status=500, form=form)
    full = isinstance(cause, NoRoom) or getattr(cause.__cause__, "sqlstate", None) == FULL
    words, status, again = (NO_ROOM, 507, AGAIN_WHEN_FULL) if full else (NOT_REACHED, 503, AGAIN)
    told = [words, *([HELD] if form else [])]
    response = unframed(request, IN_A_MOMENT, *told, status=status, form=form)
    response.headers["Retry-After"] = str(again)
    return response


def out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 to a form whose token is of an earlier session; held where a page of ours sent it."""
    form = kept_form(request) if from_our_page(request) else None
    user = getattr(request, "user", None)
    told = [SINCE]
    if user is not None and user.is_authenticated:
        told.append(Words(AS.zh.format(user.name.zh), AS.en.format(user.name.en)))
    return unframed(request, OUT_OF_DATE, *told, HELD if form else ANEW, status=403, form=form)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 to what cannot be read, or is too much to be one form."""
    return unframed(request, REFUSED, TOO_MUCH if isinstance(exception, _TOO_MUCH) else NOT_READ, status=400)


def unframed(
    request: HttpRequest, title: Words, *told: Words, status: int, form: Kept | None = None
) -> HttpResponse:
    """A page in both languages without the frame of pages, which would ask the records who has signed in."""
    response: HttpResponse
    if "application/json" in request.headers.get("Accept", ""):
        response = JsonResponse({"problem": " ".join(said(one) for one in told[:1])}, status=status)
    else:
        context = {"title": title, "words": told, "kept": form, "at": _time(request)}
        if form is not None:
            context["token"] = token(request)
        response = HttpResponse(render_to_string("pages/unframed.html", context), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _time(request: HttpRequest) -> str:
    moment = getattr(request, "moment", None)
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
