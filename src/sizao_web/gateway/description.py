"""The interface described as OpenAPI 3.1, from the dictionary: a body for each fact, codes, units, meanings.

What ninja knows of the routes gives the parameters and the bodies of the interface's own; a route that names
a fact becomes one for each fact, with that fact's columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from sizao.facts.declaration import ColumnType, Fact
from sizao.facts.dictionary import DECLARED, STREAMS
from sizao.facts.row_checks import checks_of, demand
from sizao.facts.schemas import StoredColumn
from sizao.intake.persons import NUMBER
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.accounts.roles import ROLES
from sizao_web.gateway.answering import REPLAYED, REQUEST_KEY
from sizao_web.gateway.batches import DIGEST, ENDINGS, ROWS
from sizao_web.gateway.bodies import (
    ACTIONS,
    LONGEST,
    LONGEST_NAME,
    LONGEST_WHO,
    NAME,
    WHO,
    fields_of,
    longest,
    names_a_person,
)
from sizao_web.gateway.problems import KINDS, MEDIA_TYPE, Problem
from sizao_web.records.reading.partners import caller_of
from sizao_web.settings.clock import now

UNDER = "/api/v1"
_CONVERTER = re.compile(r"\{\w+:(\w+)\}")
ABOUT = Words(
    "接入方凭密钥登记事实。每条以 source_record 和 source_version 为永久的自然键：同样的内容重发不重复计数，"
    "不同的内容返回 409，两份都保存。回答 2xx 即已落库。出错一律为 RFC 9457，中英文，写明下一步。",
    "Partners record facts with a key. Each record has its natural key for ever, source_record and "
    "source_version: the same again counts once, another content is answered 409 and both are kept. What was "
    "answered 2xx is kept. Errors are RFC 9457, in both languages, and say what to do next.",
)
GIVEN = tuple(name for name in DECLARED if any(name in role.gives_by_machine for role in ROLES.values()))
"""The facts that some duty records by machine; the others a person records, or two decide."""

_PLAIN: Mapping[ColumnType, Mapping[str, Any]] = {
    ColumnType.ID: {"type": "string"},
    ColumnType.CODE: {"type": "string"},
    ColumnType.AREA: {"type": "string"},
    ColumnType.TEXT: {"type": "string"},
    ColumnType.DATE: {"type": "string", "format": "date"},
    ColumnType.IMPRECISE_DATE: {"type": "string", "format": "date"},
    ColumnType.INSTANT: {"type": "string", "format": "date-time"},
    ColumnType.NUMBER: {"type": "number"},
    ColumnType.COUNT: {"type": "integer", "format": "int64"},
    ColumnType.FLAG: {"type": "boolean"},
}


def described(request: HttpRequest) -> HttpResponse:
    """The description: with a key, of what that key may send; without one, of everything."""
    text = request.headers.get("Authorization", "")
    if not text:
        return JsonResponse(description(GIVEN), json_dumps_params={"ensure_ascii": False})
    caller = caller_of(text[len("bearer ") :].strip(), now()) if text.lower().startswith("bearer ") else None
    if caller is None:
        words = Words("此密钥无效。", "This key does not hold.")
        return Problem("no-key", words).response(request)
    facts = tuple(name for name in GIVEN if name in caller.facts)
    return JsonResponse(description(facts), json_dumps_params={"ensure_ascii": False})


@lru_cache(maxsize=64)
def description(facts: tuple[str, ...]) -> dict[str, Any]:
    """The whole document, for these facts."""
    from sizao_web.gateway.api import api

    found: dict[str, Any] = api.get_openapi_schema(path_prefix=f"{UNDER}/")
    paths = _paths(found["paths"], facts)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sizao 四早", "version": "1", "description": _both(ABOUT)},
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "szk_…"}},
            "responses": {str(status): told for status, told in _PROBLEMS.items()},
            "schemas": {
                **found["components"]["schemas"],
                "Problem": PROBLEM,
                "Kept": KEPT,
                **{name: body_of(DECLARED[name]) for name in facts},
            },
        },
    }


def body_of(fact: Fact) -> dict[str, Any]:
    """The JSON Schema of one record of a fact."""
    fields = fields_of(fact.name)
    required = [name for name, column in fields.items() if column.declared.required and name != "happened_at"]
    named = names_a_person(fact.name)
    checks = [demand(check) for check in checks_of(fact)]
    said = [fact.meaning, *(Words(f"应满足：{one.zh}", f"expected: {one.en}") for one in checks)]
    return {
        "type": "object",
        "description": "\n\n".join(_both(one) for one in said),
        "additionalProperties": False,
        "required": ["source_record"],
        "properties": {
            **_KEY_FIELDS,
            **{name: field(column) for name, column in fields.items()},
            **(_WHO_FIELDS if named else {}),
        },
        # What must be there of a record need not stand in a retraction.
        "if": {"properties": {"action": {"const": "retract"}}, "required": ["action"]},
        "else": {
            "required": [name for name in required if not (named and name == NUMBER)],
            **(
                {"anyOf": [{"required": [NUMBER]}, {"required": [NAME]}]}
                if named and NUMBER in required
                else {}
            ),
        },
    }


def field(column: StoredColumn) -> dict[str, Any]:
    """The JSON Schema of one column."""
    declared = column.declared
    found = dict(_PLAIN[declared.type])
    said = [_both(declared.meaning)]
    if declared.unit:
        said.append(f"({declared.unit})")
    if declared.type is ColumnType.CODE and declared.codes:
        codes = CODE_LISTS[declared.codes]
        if not codes.open:
            found["enum"] = list(codes.names())
        said += [f"\n- `{one.code}`: {_both(one.label)}" for one in codes.codes]
    if found["type"] == "string" and "format" not in found and "enum" not in found:
        found["maxLength"] = longest(column)
    if declared.type in (ColumnType.ID, ColumnType.TEXT):
        found["minLength"] = 1
    if not declared.required or column.name == "happened_at":
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return {**found, "description": " ".join(said)}


def _paths(found: Mapping[str, Any], facts: Iterable[str]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for address, operations in found.items():
        plain = _CONVERTER.sub(r"{\1}", address).replace("{stream}", "{fact}")
        named = [name for name in facts if (name in STREAMS) == ("/streams/" in plain)]
        for fact in named if "{fact}" in plain else (None,):
            paths[plain.replace("{fact}", fact or "")] = {
                method: _operation(method, plain, operation, fact) for method, operation in operations.items()
            }
    return paths


def _operation(method: str, address: str, operation: Mapping[str, Any], fact: str | None) -> dict[str, Any]:
    parameters = [one for one in operation.get("parameters", ()) if one["name"] not in ("fact", "stream")]
    made: dict[str, Any] = {
        "operationId": f"{operation['operationId'].rsplit('_', 1)[-1]}_{method}_{fact or ''}".rstrip("_"),
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "parameters": [_parameter(one) for one in parameters],
    }
    if fact:
        made["summary"] = f"{_both(DECLARED[fact].meaning)}: {operation['summary']}"
        made["tags"] = [fact]
    if "requestBody" in operation:
        made["requestBody"] = operation["requestBody"]
    sends = method == "post" and fact is not None
    if sends:
        made["requestBody"] = {"required": True, "content": _content_of(address, str(fact))}
        made["parameters"] += [_REQUEST_KEY, *(_OF_A_BATCH if address.endswith("/batches") else ())]
    made["responses"] = {
        **_right(
            method,
            sends and address.startswith(f"{UNDER}/facts/{{fact}}") and not address.endswith("/batches"),
            address,
        ),
        **_wrong(sends, fact is not None or bool(parameters)),
    }
    return made


def _parameter(one: Mapping[str, Any]) -> dict[str, Any]:
    schema = {key: value for key, value in one["schema"].items() if key != "title"}
    return {"in": one["in"], "name": one["name"], "required": one["required"], "schema": schema}


def _content_of(address: str, fact: str) -> dict[str, Any]:
    """What is sent: one record; a file; rows, one JSON object a line."""
    if address.endswith("/batches"):
        return {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ENDINGS}
    if "/streams/" in address:
        rows = {"type": "string", "description": f"one {fact} a line"}
        return {"application/x-ndjson": {"schema": rows}}
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{fact}"}}}


def _right(method: str, sends: bool, address: str) -> dict[str, Any]:
    if not sends:
        told = {"description": "成功 / done", "content": {"application/json": {"schema": {"type": "object"}}}}
        created = "202" if address.endswith("/batches") else "200" if "/streams/" in address else "201"
        return {created if method == "post" else "200": told}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Kept"}}}
    header = {REPLAYED: {"schema": {"type": "string", "enum": ["true"]}}}
    return {
        "201": {"description": "已保存 / stored", "content": content, "headers": header},
        "200": {"description": "已有，未重复 / there already, merged", "content": content},
    }


def _wrong(sends: bool, named: bool) -> dict[str, Any]:
    statuses = {400, 401, 405, 413, 415, 422, 429, 500, 503}
    statuses |= ({404} if named else set()) | ({409, 425} if sends else set())
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}


def _both(words: Words) -> str:
    return f"{words.zh} / {words.en}"


_REQUEST_KEY = {
    "in": "header",
    "name": REQUEST_KEY,
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "description": "重发用同一个；回答保存30天 / the same when sent again; answers are kept 30 days",
}
_OF_A_BATCH = (
    {
        "in": "header",
        "name": ROWS,
        "required": True,
        "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
        "description": "数据行数，不含表头 / rows of data without the header",
    },
    {
        "in": "header",
        "name": DIGEST,
        "required": True,
        "schema": {"type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$"},
        "description": "RFC 9530",
    },
)
_KEY_FIELDS: Mapping[str, Any] = {
    "source_record": {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_NAME,
        "description": "贵方系统中的编号，永久唯一 / the number in your system, the same for ever",
    },
    "source_version": {
        "type": "integer",
        "format": "int64",
        "minimum": 1,
        "default": 1,
        "description": "版本；更正和撤回从2起 / version; 2 or more in a correction or retraction",
    },
    "action": {
        "type": "string",
        "enum": list(ACTIONS),
        "default": "record",
        "description": "登记、更正、撤回 / record, replace, retract",
    },
    "reason": {
        "type": ["string", "null"],
        "maxLength": LONGEST[ColumnType.TEXT],
        "description": "更正和撤回的理由 / why it is corrected or retracted",
    },
}
_WHO_FIELDS: Mapping[str, Any] = {
    name: {"type": ["string", "null"], "minLength": 1, "maxLength": LONGEST_WHO, "description": _both(words)}
    for name, words in zip(
        WHO,
        (
            Words("不写person时：姓名", "instead of person: the name"),
            Words("不写person时：证件号码", "instead of person: the document"),
            Words("不写person时：电话", "instead of person: the telephone number"),
            Words("不写person时：出生日期", "instead of person: the birth date"),
            Words("不写person时：住址", "instead of person: the address"),
        ),
        strict=True,
    )
}
KEPT: Mapping[str, Any] = {
    "type": "object",
    "required": ["outcome", "fact", "source_record", "source_version", "action", "received_at"],
    "properties": {
        "outcome": {"type": "string", "enum": ["stored", "merged"]},
        "fact": {"type": "string"},
        "source_record": {"type": "string"},
        "source_version": {"type": "integer"},
        "action": {"type": "string", "enum": list(ACTIONS)},
        "fact_id": {"type": "string", "format": "uuid"},
        "received_at": {"type": "string", "format": "date-time"},
    },
}
_TOLD = {
    f"{name}_{language}": {"type": "string"}
    for name in ("title", "detail", "next")
    for language in ("zh", "en")
}
PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail", *_TOLD, "request"],
    "properties": {
        "type": {"type": "string", "enum": [f"urn:sizao:problem:{code}" for code in KINDS]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        **_TOLD,
        "request": {"type": "string"},
        "conflict": {"type": "integer"},
        "first": {"type": "object"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail_zh", "detail_en"],
                "properties": {
                    "pointer": {"type": "string", "description": "RFC 6901"},
                    "detail_zh": {"type": "string"},
                    "detail_en": {"type": "string"},
                    "nearest": {"type": "string"},
                },
            },
        },
    },
}
_PROBLEMS: Mapping[int, Any] = {
    status: {
        "description": "; ".join(_both(kind.title) for kind in KINDS.values() if kind.status == status),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status in sorted({kind.status for kind in KINDS.values()})
}
