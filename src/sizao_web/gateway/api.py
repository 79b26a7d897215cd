"""What machines may ask, version 1. Who may ask which stands in `urls`; bodies of facts in `bodies`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.types import DictStrAny

from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS, STREAMS
from sizao.facts.dictionary import fact as declared
from sizao.facts.schemas import own_columns
from sizao.intake.persons import NUMBER
from sizao.intake.problems import Problem as RowProblem
from sizao.terms.identifiers import hex_key, natural_key
from sizao.terms.words import Words
from sizao_web.gateway.answering import Kept, conflicting, once
from sizao_web.gateway.batches import LARGEST_STREAM, MOST_ROWS, batch_of, lines_of, stream_of
from sizao_web.gateway.bodies import LARGEST, WHO, object_of, record_of, unfit, without_names
from sizao_web.gateway.problems import (
    Fault,
    Problem,
    ledger_behind,
    not_declared,
    not_found,
    not_given,
    not_yet,
    pointer,
    wrong_count,
)
from sizao_web.records import audit
from sizao_web.records.actions.answer_once import KEPT
from sizao_web.records.actions.declare_day import declare_day
from sizao_web.records.actions.deliver import receive
from sizao_web.records.actions.record_from_partner import (
    Conflict,
    NotAllowed,
    NotYet,
    Outcome,
    Refused,
    Sent,
    day_of,
    is_too_early,
    note_parcel,
    note_rejected,
    record_from_partner,
    with_number,
)
from sizao_web.records.actions.record_stream import record_stream
from sizao_web.records.reading import deliveries
from sizao_web.records.reading.history import history
from sizao_web.records.reading.reconciliation import (
    FileDeclared,
    Manifest,
    ParcelDeclared,
    Reconciled,
    Record,
    manifest_of,
    receipts_of,
    reconcile,
)

LARGEST_MANIFEST = 5 * 1024 * 1024
MOST_DECLARED, MOST_PARCELS = 50_000, 30_000
ROWS_OF_A_PAGE, MOST_PAGES = 200, 1_000_000


class Strict(Parser):
    """Bodies of the interface's own are read as strictly as records are."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """The object. Problem, which ninja wraps."""
        return object_of(_content(request, LARGEST_MANIFEST))


api = NinjaAPI(
    parser=Strict(),
    title="Sizao 四早",
    version="1",
    openapi_url=None,
    docs_url=None,
    urls_namespace="gateway",
)


class FileSent(Schema):
    """One file of the day."""

    name: str = Field(min_length=1, max_length=200, description="文件名 / name of the file")
    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$", description="SHA-256，小写十六进制 / in small hexadecimal digits"
    )
    rows: int = Field(ge=0, le=100_000_000, description="数据行数，不含表头 / rows without the header")


class RecordSent(Schema):
    """One record that was sent by itself."""

    fact: str = Field(min_length=1, max_length=80, description="事实 / the fact")
    source_record: str = Field(min_length=1, max_length=200, description="来源记录 / the record")
    source_version: int = Field(1, ge=1, le=(1 << 63) - 1, description="来源版本 / its version")


class ParcelSent(Schema):
    """Rows of a stream that were sent together: one request."""

    stream: str = Field(min_length=1, max_length=80, description="流 / the stream")
    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="请求内容的 SHA-256，小写十六进制 / of the body, in small hexadecimal digits",
    )
    rows: int = Field(ge=0, le=MOST_ROWS, description="行数 / rows")


class DaySent(Schema):
    """What a partner sent on one day."""

    files: list[FileSent] = Field(default_factory=list, max_length=10_000)
    records: list[RecordSent] = Field(default_factory=list, max_length=MOST_DECLARED)
    parcels: list[ParcelSent] = Field(default_factory=list, max_length=MOST_PARCELS)

    model_config = {"extra": "forbid"}  # noqa: RUF012


@api.exception_handler(HttpError)
def unread(request: HttpRequest, cause: HttpError) -> HttpResponse:
    """A body that could not be read: the problem inside."""
    inside = cause.__cause__ or cause.__context__
    if not isinstance(inside, Problem):
        raise cause
    return inside.response(request)


@api.exception_handler(ValidationError)
def wrong(request: HttpRequest, cause: ValidationError) -> HttpResponse:
    """What is wrong with a body that the interface itself declares, place by place."""
    faults = []
    for one in cause.errors[:100]:
        place = [part for part in one["loc"] if part not in ("body", "payload", "path")]
        en = str(one["msg"])[:200]
        zh = _PLAIN.get(one["type"], "不符合接口说明（/api/v1/openapi.json）")
        faults.append(Fault(pointer(*place), Words(f"{zh}。", en)))
    code = (
        "unknown-field" if any(one["type"] == "extra_forbidden" for one in cause.errors) else "wrong-values"
    )
    return Problem(code, wrong_count(len(faults)), faults).response(request)


_PLAIN: Mapping[str, str] = MappingProxyType(
    {
        "extra_forbidden": "没有此字段",
        "missing": "缺少此字段",
        "string_pattern_mismatch": "格式不符：SHA-256 为 64 位小写十六进制",
        "string_type": "应为文字",
        "string_too_short": "不得为空",
        "string_too_long": "过长",
        "int_type": "应为整数",
        "int_parsing": "应为整数",
        "greater_than_equal": "过小",
        "less_than_equal": "过大",
        "list_type": "应为数组",
        "too_long": "项数过多",
        "date_from_datetime_parsing": "应为日期，如 2020-11-10",
        "date_parsing": "应为日期，如 2020-11-10",
        "uuid_parsing": "不是批次编号：取自发送时的回答（delivery）",
    }
)
"""What the library says of a value, in Chinese, by its kind."""


@api.get("/key", summary="密钥的范围 / what this key is for")
def key(request: HttpRequest) -> HttpResponse:
    """The partner, the duty, the facts that the key gives, until when it holds, how often it may ask."""
    caller = request.caller
    return JsonResponse(
        {
            "partner": caller.name,
            "role": caller.scope.role,
            "area": caller.scope.area,
            "organisation": caller.scope.organisation,
            "facts": sorted(caller.facts),
            "not_after": _instant(caller.not_after),
            "per_minute": caller.per_minute,
            "per_day": caller.per_day,
        },
        json_dumps_params={"ensure_ascii": False},
    )


@api.post("/facts/{slug:fact}", summary="登记、更正或撤回一条 / record, correct or retract one")
def record(request: HttpRequest, fact: str) -> HttpResponse:
    """Kept when it is answered: 201 stored, 200 there already. The same may be sent again at any time."""
    _given_by(request, fact)
    content = _content(request, LARGEST)
    given = object_of(content)
    try:
        sent = record_of(fact, given)
    except Problem as problem:
        return _rejected(request, _named(fact, given), problem)
    return _recorded(request, sent, given, content)


def _recorded(request: HttpRequest, sent: Sent, given: dict[str, Any], content: bytes) -> HttpResponse:
    about = {"fact": sent.fact, "source_record": sent.source_record, "source_version": sent.source_version}

    second = without_names(given)

    def act() -> Kept:
        numbered, meant = with_number(request.scope, request.moment, sent, WHO)
        if meant is not None:
            second[NUMBER] = meant.person
        outcome = record_from_partner(
            request.scope, request.moment, numbered, meant=meant, request=request.request_id
        )
        return _kept(request, sent, about, outcome)

    def record() -> HttpResponse:
        return once(request, content, second, act)

    try:
        return record()
    except Conflict as conflict:
        answer = conflicting(request, about, second, kind="record", detail=conflict.problems[0][1])
        return _also_noted(request, sent, answer)
    except Refused as refused:
        faults = [Fault("", words) for _, words in refused.problems]
        words = Words(
            "不符合数据字典，或不合常理，没有保存。",
            "The dictionary does not take it, or it cannot be true; nothing was kept.",
        )
        return _rejected(request, sent, Problem("wrong-values", words, faults))
    except NotYet:
        return _rejected(request, sent, not_yet())
    except NotAllowed:
        return _not_allowed(request, sent, record)


def _kept(request: HttpRequest, sent: Sent, about: dict[str, Any], outcome: Outcome) -> Kept:
    stored = bool(outcome.stored)
    said = {
        "outcome": "stored" if stored else "merged",
        **about,
        "action": sent.action,
        **({"fact_id": outcome.stored[0]} if stored else {}),
        "received_at": _instant(request.moment),
    }
    return Kept(201 if stored else 200, said, about)


@api.post("/facts/{slug:fact}/batches", summary="一批，凭行数与摘要 / a batch, with its count and digest")
def batch(request: HttpRequest, fact: str) -> HttpResponse:
    """NDJSON, CSV or XLSX with the headers of the dictionary; Sizao-Rows and Content-Digest say what it is.

    202: the file is kept; what became of its rows stands at its delivery. The same file is not kept twice.
    """
    _given_by(request, fact)
    found = batch_of(request, fact)
    said = {"sha256": found.digest, "rows": found.rows}
    encoded = {"encoding": found.encoding} if found.encoding else {}

    def act() -> Kept:
        received = receive(
            request.scope,
            request.moment,
            name=found.name,
            content=found.content,
            fact=fact,
            source_system=request.caller.name,
            manifest={**said, **encoded},
            request=request.request_id,
        )
        told = {"delivery": received.id, "state": received.state, "again": received.again, "fact": fact}
        about = {"fact": fact, "source_record": f"delivery/{received.id}", "source_version": 1}
        return Kept(202, {**told, **said}, about)

    with found.content:
        return once(request, found.digest.encode(), said, act)


@api.get("/deliveries/{delivery}", summary="一批的结果 / what became of a batch")
def one_delivery(request: HttpRequest, delivery: UUID, page: int = 1) -> HttpResponse:
    """State, counts, receipt, and the outcome of each row, a page of 200 at a time.

    sent = stored + merged + rejected + waiting; rows that are waiting become one of the others by themselves
    once the ledger has followed, with another receipt.
    """
    scope = request.scope
    found = deliveries.delivery(scope, str(delivery))
    if found is None or found.account != scope.account:
        raise not_found()
    rows = deliveries.outcomes(scope, str(found.pk), min(max(page, 1), MOST_PAGES), size=ROWS_OF_A_PAGE)
    counts = {name: getattr(found, name) for name in ("sent", "stored", "merged", "rejected", "waiting")}
    said = {
        "delivery": str(found.pk),
        "state": found.state,
        "fact": found.fact,
        "sha256": found.sha256,
        **counts,
        "problems": found.problems,
        "receipt": found.receipt,
        "page": page,
        "rows": [
            {
                "line": row.line,
                "outcome": row.outcome,
                "problems": [_told_problem(one) for one in row.problems],
            }
            for row in rows
        ],
    }
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False})


def _told_problem(one: RowProblem) -> dict[str, Any]:
    """What is wrong with a row: for a person in both languages, for a machine by kind and column."""
    return {
        "zh": one.text("zh"),
        "en": one.text("en"),
        "kind": one.kind,
        "column": one.column,
        "nearest": one.nearest,
    }


@api.post("/streams/{slug:stream}", summary="扫码、测温等流 / rows of a stream, such as check-ins")
def stream(request: HttpRequest, stream: str) -> HttpResponse:
    """NDJSON, at most 20,000 rows; all that are right are stored before the answer, or none.

    A row whose number another content has is kept apart, and named among the conflicts.
    """
    if stream not in STREAMS or stream not in request.caller.facts:
        raise not_found()
    content = _content(request, LARGEST_STREAM, kind="application/x-ndjson")
    digest = {"sha256": sha256(content).hexdigest(), "rows": len(lines_of(content))}
    try:
        rows = stream_of(stream, content, request.caller.name)
    except Problem as problem:
        return _parcel_rejected(request, stream, digest, problem)

    def act() -> Kept:
        done = record_stream(request.scope, request.moment, stream, rows, request=request.request_id)
        parcel = {"stored": done.stored, "merged": done.merged, "rejected": len(done.conflicts)}
        note_parcel(
            request.scope, request.moment, stream, digest["sha256"], **parcel, request=request.request_id
        )
        counts = {"sent": rows.num_rows, "stored": done.stored, "merged": done.merged}
        about = {"fact": stream, "source_record": f"rows/{digest['sha256']}", "source_version": 1}
        return Kept(200, {**counts, "conflicts": list(done.conflicts)}, about)

    try:
        return once(request, content, digest, act)
    except Refused as refused:
        faults = [Fault(pointer(place), words) for place, words in refused.problems[:100]]
        words = Words("有不符的行，没有保存。", "Some rows are wrong; none was kept.")
        return _parcel_rejected(request, stream, digest, Problem("wrong-values", words, faults))
    except NotAllowed:
        return _parcel_rejected(request, stream, digest, not_found())


@api.get(
    "/records/{slug:fact}/{path:source_record}",
    summary="本方的一条记录及其各版本 / an own record and its versions",
)
def own_record(request: HttpRequest, fact: str, source_record: str) -> HttpResponse:
    """Every version that the duty sees, and what became of each sending in the last 30 days."""
    _given_by(request, fact)
    if unfit(source_record, 200):
        raise not_found()
    scope, moment = request.scope, request.moment
    found = history(scope, fact, hex_key(*natural_key(fact, scope.account, source_record)))
    receipts = receipts_of(scope, fact, source_record)
    if found is None and not receipts:
        raise not_found()
    persons = [
        link[column.name]
        for link in (found.links if found else ())
        for column in declared(fact).columns
        if column.type is ColumnType.ID and column.of == "person" and link[column.name]
    ]
    audit.note(scope, moment, "read", fact, [source_record, *persons], request.request_id)
    return JsonResponse(
        {
            "fact": fact,
            "source_record": source_record,
            "versions": [_link(fact, link) for link in (found.links if found else ())],
            "sendings": [
                {
                    "received_at": _instant(one.received_at),
                    "source_version": one.source_version,
                    "action": one.action,
                    "outcome": one.outcome,
                    "problem": one.problem,
                }
                for one in receipts
            ],
        },
        json_dumps_params={"ensure_ascii": False},
    )


@api.post("/days/{day}/manifest", summary="申报一天发送了什么 / declare what was sent on a day")
def declare(request: HttpRequest, day: date, payload: DaySent) -> HttpResponse:
    """Declared again, the last counts. A day of the city, at most 30 days back."""
    _within(request, day)
    scope, moment = request.scope, request.moment
    faults = [
        Fault(
            pointer("records", place, "fact"),
            Words("此密钥不登记该事实。", "This key does not give this fact."),
        )
        for place, one in enumerate(payload.records)
        if one.fact not in request.caller.facts
    ]
    texts = [(("files", place, "name"), one.name) for place, one in enumerate(payload.files)]
    texts += [
        (("records", place, "source_record"), one.source_record) for place, one in enumerate(payload.records)
    ]
    faults += [
        Fault(
            pointer("parcels", place, "stream"),
            Words("此密钥不发送该流。", "This key does not send this stream."),
        )
        for place, one in enumerate(payload.parcels)
        if one.stream not in STREAMS or one.stream not in request.caller.facts
    ]
    faults += [Fault(pointer(*at), problem) for at, text in texts if (problem := unfit(text, 200))]
    if faults:
        raise Problem("wrong-values", wrong_count(len(faults)), faults[:100])
    files = [FileDeclared(one.name, one.sha256, one.rows) for one in payload.files]
    records: list[Record] = [(one.fact, one.source_record, one.source_version) for one in payload.records]
    parcels = [ParcelDeclared(one.stream, one.sha256, one.rows) for one in payload.parcels]
    declare_day(
        scope,
        moment,
        day,
        files=files,
        records=list(dict.fromkeys(records)),
        parcels=list(dict.fromkeys(parcels)),
        request=request.request_id,
    )
    return _manifest(manifest_of(scope, day), 201)


@api.get("/days/{day}/manifest", summary="已申报的内容 / what was declared")
def manifest(request: HttpRequest, day: date) -> HttpResponse:
    """The last declaration of that day."""
    return _manifest(manifest_of(request.scope, day), 200)


@api.get("/days/{day}/reconciliation", summary="一天的对账 / a day reconciled")
def reconciliation(request: HttpRequest, day: date) -> HttpResponse:
    """sent = stored + merged + rejected + waiting + missing; difference is what is missing, by name."""
    found = reconcile(request.scope, day)
    if found is None:
        raise not_declared()
    return JsonResponse(_reconciled(found), json_dumps_params={"ensure_ascii": False})


def _manifest(found: Manifest | None, status: int) -> HttpResponse:
    if found is None:
        raise not_declared()
    said = {
        "day": found.day.isoformat(),
        "declared_at": _instant(found.declared_at),
        "files": [{"name": one.name, "sha256": one.sha256, "rows": one.rows} for one in found.files],
        "records": [_told_record(one) for one in found.records],
        "parcels": [vars(one) for one in found.parcels],
    }
    return JsonResponse(said, status=status, json_dumps_params={"ensure_ascii": False})


def _reconciled(found: Reconciled) -> dict[str, Any]:
    return {
        "day": found.manifest.day.isoformat(),
        "declared_at": _instant(found.manifest.declared_at),
        "sent": found.sent,
        **found.counts,
        "difference": found.difference,
        "by_fact": found.by_fact,
        "files": [
            {
                "name": declared.name,
                "sha256": declared.sha256,
                "rows": declared.rows,
                "delivery": delivered.delivery if delivered else None,
                "stored": delivered.stored if delivered else 0,
                "merged": delivered.merged if delivered else 0,
                "rejected": delivered.rejected if delivered else 0,
                "waiting": delivered.waiting if delivered else 0,
            }
            for declared, delivered in found.files
        ],
        "missing_files": [one.name for one in found.missing_files],
        "missing_parcels": [vars(one) for one in found.missing_parcels],
        "rejected_parcels": [vars(one) for one in found.rejected_parcels],
        "parcels_not_declared": [vars(one) for one in found.parcels_beside],
        "missing_records": [_told_record(one) for one in found.missing],
        "rejected_records": [_told_record(one) for one in found.rejected],
        "not_declared": [_told_record(one) for one in found.beside],
    }


def _told_record(record: Record) -> dict[str, Any]:
    return dict(zip(("fact", "source_record", "source_version"), record, strict=True))


def _link(fact: str, link: dict[str, Any]) -> dict[str, Any]:
    own = {column.name: _plain(link[column.name]) for column in own_columns(declared(fact))}
    common = ("source_version", "action", "reason", "happened_at", "known_at", "recorded_at", "fact_id")
    return {**own, **{name: _plain(link[name]) for name in common}}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return _instant(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _instant(moment: datetime) -> str:
    from datetime import UTC

    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.isoformat().replace("+00:00", "Z")


def _given_by(request: HttpRequest, fact: str) -> None:
    """A fact that this key does not give is, to it, not there."""
    if fact not in request.caller.facts or fact not in FACTS:
        raise not_given(fact, sorted(request.caller.facts))


def _within(request: HttpRequest, day: date) -> None:
    today = day_of(request.moment)
    if not today - KEPT <= day <= today + timedelta(days=1):
        words = Words(
            f"只能申报最近{KEPT.days}天。", f"Only days of the last {KEPT.days} days can be declared."
        )
        raise Problem("wrong-values", words, [Fault(pointer("day"), words)])


def _content(request: HttpRequest, most: int, kind: str = "application/json") -> bytes:
    """The body of a JSON request. Problem for another type, another coding, or one that is too large."""
    given, _, parameters = request.headers.get("Content-Type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if given.strip().lower() != kind or charset not in ("", "charset=utf-8"):
        words = Words(f"应为 {kind}，UTF-8。", f"The type of the content must be {kind}, in UTF-8.")
        raise Problem("media-type", words)
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem("media-type", Words("不接受压缩的内容。", "A compressed content is not taken."))
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > most:
        raise Problem("too-large", Words(f"最多 {most} 字节。", f"At most {most} bytes."))
    return request.body


def _named(fact: str, given: dict[str, Any]) -> Sent | None:
    """What a rejected record calls itself, where that can be kept."""
    name, version = given.get("source_record"), given.get("source_version", 1)
    if not isinstance(name, str) or not name.strip() or unfit(name, 200):
        return None
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version < 1 << 63:
        version = 1
    action = given.get("action", "record")
    return Sent(fact, name.strip(), version, action if action in ("replace", "retract") else "record")


def _parcel_rejected(
    request: HttpRequest, stream: str, digest: dict[str, Any], problem: Problem
) -> HttpResponse:
    """The problem; that the rows were rejected, all of them, is left once this transaction is over."""

    def note() -> None:
        note_parcel(
            request.scope,
            request.moment,
            stream,
            digest["sha256"],
            rejected=digest["rows"],
            request=request.request_id,
        )

    request.afterwards = note
    return problem.response(request)


def _also_noted(request: HttpRequest, sent: Sent, answer: HttpResponse) -> HttpResponse:
    """A record of another content than the first is kept and not stored: of the day it is rejected."""
    keep = request.afterwards

    def both() -> HttpResponse:
        note_rejected(request.scope, request.moment, sent, "conflict", request=request.request_id)
        kept: HttpResponse = keep()
        return kept

    request.afterwards = both
    return answer


def _not_allowed(request: HttpRequest, sent: Sent, record: Callable[[], HttpResponse]) -> HttpResponse:
    """Of somebody who is not this key's; whether they may yet be is asked once this transaction is over.

    A run of the ledger may have ended since it was denied, and the person be theirs: so what is said for good
    is said only where it is denied once more after that question.
    """

    def note() -> HttpResponse:
        problem = ledger_behind()
        if not is_too_early(request.scope, sent):
            try:
                with transaction.atomic():
                    answer = record()
                    if answer.status_code < 400:
                        return answer
                    transaction.set_rollback(True)
            except NotAllowed:
                problem = not_found()
            except (Conflict, Refused, NotYet):
                pass  # it is theirs by now: whoever comes again is told what is wrong
        note_rejected(request.scope, request.moment, sent, problem.code, request=request.request_id)
        return problem.response(request)

    request.afterwards = note
    return not_found().response(request)


def _rejected(request: HttpRequest, sent: Sent | None, problem: Problem) -> HttpResponse:
    """The problem; that it was rejected is left once this transaction is over, which kept nothing."""
    if sent is not None:

        def note() -> None:
            note_rejected(request.scope, request.moment, sent, problem.code, request=request.request_id)

        request.afterwards = note
    return problem.response(request)
