"""Everything that is answered instead of what was asked: RFC 9457, in both languages, with what to do next.

What a key may not see and what is not there are answered alike, so that an answer tells nobody what exists.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse

from sizao.terms.words import Words

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its status, what it is called, and what to do about it."""

    status: int
    title: Words
    next: Words


@dataclass(frozen=True)
class Fault:
    """What is wrong at one place of the body. pointer: RFC 6901; nearest: the right word that is nearest."""

    pointer: str
    detail: Words
    nearest: str | None = None


_AGAIN_SAME = Words(
    "内容已被接受过的不会重复计数：用同一个 Idempotency-Key 和同样的内容稍后重发。",
    "Send the same again later, with the same Idempotency-Key: what was kept already counts once.",
)
_AS_DESCRIBED = Words(
    "按 /api/v1/openapi.json 改正后重发。", "Mend it by /api/v1/openapi.json and send it anew."
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "malformed": Kind(400, Words("内容无法读取", "the body cannot be read"), _AS_DESCRIBED),
        "unknown-field": Kind(
            400,
            Words("有未声明的字段", "a field that is not declared"),
            Words("删去该字段，或改成最接近的名称。", "Leave the field out, or take the nearest name."),
        ),
        "wrong-header": Kind(400, Words("请求头有误", "a header is wrong"), _AS_DESCRIBED),
        "no-key": Kind(
            401,
            Words("没有有效的密钥", "no key that holds"),
            Words(
                "以 Authorization: Bearer 发送密钥；失效的请向管理员换发。",
                "Send a key as Authorization: Bearer; where it has ended, ask the administrator for another.",
            ),
        ),
        "not-found": Kind(
            404,
            Words("没有此项，或此密钥无权", "not there, or not this key's to see"),
            Words(
                "核对事实名称、编号和密钥的范围（GET /api/v1/key）。",
                "Check the name, the number and what the key is for (GET /api/v1/key).",
            ),
        ),
        "method": Kind(405, Words("不支持此方法", "this method is not answered"), _AS_DESCRIBED),
        "conflict": Kind(
            409,
            Words(
                "同一编号已有不同内容，两份都已保存", "another content stands under this key; both are kept"
            ),
            Words(
                "先到的仍有效。要改：以 action=replace、更高的 source_version 和 reason 重发；"
                "若是编号重复，换一个编号。",
                "The first holds. To change it send action=replace, a higher source_version and a reason; "
                "where the key was given twice by mistake, send it under another.",
            ),
        ),
        "not-yet": Kind(
            409,
            Words("没有可更正的原记录", "no record to change"),
            Words(
                "先以 action=record 发送原记录（同一 source_record），得到 201 或 200 后再发这条；"
                "原记录在一批中的，等该批入库（GET /api/v1/deliveries/…）。",
                "Send the record itself first (action=record, the same source_record) and this once it was "
                "answered 201 or 200; where the record is in a batch, wait until that is stored "
                "(GET /api/v1/deliveries/…).",
            ),
        ),
        "too-large": Kind(
            413,
            Words("内容过大", "the body is too large"),
            Words("分成几次发送，或用批量地址。", "Send it in parts, or to the address of batches."),
        ),
        "media-type": Kind(
            415,
            Words("不支持此内容类型", "this type of content is not taken"),
            Words(
                "单条用 application/json，流用 application/x-ndjson（UTF-8，不压缩）；"
                "成批用 CSV、NDJSON 或 XLSX，.xls 先另存为 .xlsx。",
                "One record is application/json, rows of a stream application/x-ndjson (UTF-8, not "
                "compressed); a batch is CSV, NDJSON or XLSX: save an .xls as .xlsx first.",
            ),
        ),
        "wrong-values": Kind(
            422, Words("数值不符合数据字典", "values that the dictionary does not take"), _AS_DESCRIBED
        ),
        "refused": Kind(422, Words("整份拒收", "refused as a whole"), _AS_DESCRIBED),
        "ledger-behind": Kind(
            425,
            Words("台账尚未跟上", "the ledger has not followed yet"),
            Words(
                "等 Retry-After 所示秒数后原样重发：台账跟上之后给出最终答复。",
                "Send the same again after the seconds of Retry-After: once the ledger has followed, the "
                "answer is final.",
            ),
        ),
        "too-many": Kind(
            429,
            Words("请求过多", "too many requests"),
            Words(
                "等到 Retry-After 所示秒数之后再发；多条合成一批。",
                "Wait for the seconds of Retry-After; send many records as one batch.",
            ),
        ),
        "bug": Kind(
            500,
            Words("内部错误", "an error of ours"),
            Words(
                "把 request 编号告诉管理员；内容可稍后重发。",
                "Tell the administrator the number in 'request'; send it again later.",
            ),
        ),
        "not-now": Kind(503, Words("暂时不能保存", "nothing can be kept just now"), _AGAIN_SAME),
    }
)
"""Code -> kind. The code stands in the type: urn:sizao:problem:CODE."""


@dataclass
class Problem(Exception):
    """Answered instead. more: members beside those of every problem. next: what to do, where it is not what
    problems of this kind ask for."""

    code: str
    detail: Words
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    next: Words | None = None

    def response(self, request: HttpRequest) -> HttpResponse:
        """As it is sent."""
        kind = KINDS[self.code]
        language = language_of(request)
        said: dict[str, Any] = {
            "type": f"urn:sizao:problem:{self.code}",
            "title": kind.title.get(language),
            "status": kind.status,
            "detail": self.detail.get(language),
            **_both("title", kind.title),
            **_both("detail", self.detail),
            **_both("next", self.next or kind.next),
            "request": getattr(request, "request_id", ""),
            **self.more,
        }
        if self.faults:
            said["errors"] = [
                {
                    "pointer": fault.pointer,
                    **_both("detail", fault.detail),
                    **({"nearest": fault.nearest} if fault.nearest else {}),
                }
                for fault in self.faults
            ]
        answer = HttpResponse(json.dumps(said, ensure_ascii=False), MEDIA_TYPE, kind.status)
        for name, value in {**_OF_STATUS.get(kind.status, {}), **self.headers}.items():
            answer.headers[name] = value
        answer.headers["Content-Language"] = "zh-Hans" if language == "zh" else "en"
        return answer


_OF_STATUS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": 'Bearer realm="sizao"'},
    425: {"Retry-After": "5"},
    429: {"Retry-After": "60"},
    503: {"Retry-After": "5"},
}


def language_of(request: HttpRequest) -> str:
    """zh, unless the machine asks for English first."""
    asked = request.headers.get("Accept-Language", "").strip().lower()
    return "en" if asked.startswith("en") else "zh"


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def not_found() -> Problem:
    """The one answer for what is not there and for what is not this key's."""
    return Problem(
        "not-found", Words("没有此项，或此密钥无权访问。", "It is not there, or not for this key.")
    )


def not_given(fact: str, given: Sequence[str]) -> Problem:
    """The one answer to a fact that is not there and to one that is not this key's; with the nearest of its
    own."""
    found = not_found()
    if fact in given:  # a stream, asked for among the facts
        found.next = Words(
            f"这是流：POST /api/v1/streams/{fact}。", f"This is a stream: POST /api/v1/streams/{fact}."
        )
    elif close := get_close_matches(fact, given, n=1, cutoff=0.7):
        zh, en = f"是否为“{close[0]}”？", f" Did you mean {close[0]!r}?"
        found.detail = Words(found.detail.zh + zh, found.detail.en + en)
    return found


def not_declared() -> Problem:
    """The answer where a partner asks for its own day before it said what it sent on it."""
    return Problem(
        "not-found",
        Words("这一天还没有申报。", "Nothing was declared for this day yet."),
        next=Words(
            "先申报这一天发送了什么：POST /api/v1/days/…/manifest；没有发送也可申报为空。",
            "Declare what was sent on it first: POST /api/v1/days/…/manifest; nothing is an answer, too.",
        ),
    )


def wrong_count(number: int) -> Words:
    """How many places of a body are wrong."""
    en = "1 value is wrong" if number == 1 else f"{number} values are wrong"
    return Words(f"有 {number} 处不符，没有保存。", f"{en}; nothing was kept.")


def not_yet() -> Problem:
    """The one answer to a correction whose record has not arrived, or is not this key's to change."""
    return Problem(
        "not-yet",
        Words(
            "此编号下没有可由此密钥更正或撤回的记录：可能尚未到达。没有保存。",
            "There is no record under this number that this key may correct or retract: it may not "
            "have arrived. Nothing was kept.",
        ),
    )


def ledger_behind() -> Problem:
    """The one answer to a record about somebody who is not this key's, while the ledger is behind."""
    return Problem(
        "ledger-behind",
        Words(
            "刚登记的内容台账尚未处理完，此人是否归此密钥暂不能确定。没有保存。",
            "The ledger is still following what was recorded a moment ago, so it is not certain yet whether "
            "this is for this key. Nothing was kept.",
        ),
    )


def status_of(code: str) -> HTTPStatus:
    """The status of a problem."""
    return HTTPStatus(KINDS[code].status)


def _both(name: str, words: Words) -> dict[str, str]:
    return {f"{name}_zh": words.zh, f"{name}_en": words.en}
