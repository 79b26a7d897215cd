"""What honest partners send among hostile requests, and what each of their answers must say.

A city of partners whose systems are in order: files with their count and digest, rows of streams, single
records, some of them sent twice and some with a row that is wrong. The same number is the same request.
"""

from __future__ import annotations

import csv
import io
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import xlsxwriter

from shell.gateway.hostile import SHEETS, Request

NDJSON, CSV, XLSX = SHEETS
ROWS = 6
"""Rows of a file or a parcel."""


@dataclass(frozen=True)
class City:
    """Who sends, about where, at which moment: names of the partners of each duty, their places."""

    laboratory: str
    laboratory_place: str
    community: str
    gate: str
    gate_place: str
    moment: datetime


@dataclass(frozen=True)
class Honest:
    """One honest request. sender: of which partner; records: (fact, source_record) that must be there once
    when it was answered; counts: what the answer says, or in the end the delivery."""

    sender: str
    request: Request
    fact: str
    records: Sequence[str]
    counts: Mapping[str, int]
    refused: Sequence[str] = field(default=())  # records that must not be there


def honest(city: City, number: int) -> Honest:
    """The request of this number. Twenty kinds in turn, a round."""
    round_, kind = divmod(number, len(_KINDS))
    return _KINDS[kind](city, f"h{round_}")


def _results(city: City, name: str, count: int = ROWS) -> list[dict[str, Any]]:
    return [
        {
            "source_record": f"{name}-{row}",
            "sample": f"tube-{name}-{row}",
            "result": "negative",
            "resulted_at": _text(city.moment - timedelta(minutes=row + 1)),
            "laboratory": city.laboratory_place,
        }
        for row in range(count)
    ]


def _checks(city: City, name: str) -> list[dict[str, Any]]:
    return [
        {
            "source_record": f"{name}-{row}",
            "person": f"P-{name}-{row}",
            "checked_at": _text(city.moment - timedelta(minutes=row + 1)),
            "temperature": 36.5,
            "symptoms": False,
        }
        for row in range(ROWS)
    ]


def _seen(city: City, name: str, moment: str, **other: Any) -> list[dict[str, Any]]:
    return [
        {
            "source_record": f"{name}-{row}",
            "person": f"P-{name}-{row}",
            "place": city.gate_place,
            moment: _text(city.moment - timedelta(minutes=row + 1)),
            **other,
        }
        for row in range(ROWS)
    ]


def _file(
    sender: str, fact: str, rows: Sequence[Mapping[str, Any]], kind: str, wrong: Sequence[str] = ()
) -> Honest:
    content = _written(rows, kind)
    headers = {
        "Content-Type": kind,
        "Sizao-Rows": str(len(rows)),
        "Content-Digest": f"sha-256=:{b64encode(sha256(content).digest()).decode()}:",
    }
    address = f"/api/v1/facts/{fact}/batches"
    names = [str(row["source_record"]) for row in rows]
    return Honest(
        sender,
        Request(f"POST {address}", "POST", address, headers, content),
        fact,
        [name for name in names if name not in wrong],
        {"sent": len(rows), "taken": len(rows) - len(wrong), "rejected": len(wrong)},
        tuple(wrong),
    )


def _parcel(city: City, stream: str, rows: Sequence[Mapping[str, Any]], apart: Sequence[str] = ()) -> Honest:
    address = f"/api/v1/streams/{stream}"
    content = _written(rows, NDJSON)
    return Honest(
        city.gate,
        Request(f"POST {address}", "POST", address, {"Content-Type": NDJSON}, content),
        stream,
        [str(row["source_record"]) for row in rows],
        {"sent": len(rows), "taken": len(rows) - len(apart), "rejected": len(apart)},
    )


def _single(sender: str, fact: str, row: Mapping[str, Any]) -> Honest:
    address = f"/api/v1/facts/{fact}"
    content = json.dumps(row).encode()
    request = Request(f"POST {address}", "POST", address, {"Content-Type": "application/json"}, content)
    return Honest(sender, request, fact, [row["source_record"]], {"sent": 1, "taken": 1, "rejected": 0})


def _written(rows: Sequence[Mapping[str, Any]], kind: str) -> bytes:
    if kind == NDJSON:
        return b"\n".join(json.dumps(row).encode() for row in rows)
    if kind == CSV:
        text = io.StringIO()
        sheet = csv.DictWriter(text, list(rows[0]))
        sheet.writeheader()
        sheet.writerows(rows)
        return text.getvalue().encode()
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, list(rows[0]))
        for place, row in enumerate(rows, 1):
            page.write_row(place, 0, list(row.values()))
        # Else the same rows would be another file at each second.
        book.set_properties({"created": datetime(2020, 1, 1)})
    return held.getvalue()


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _with_a_wrong_one(city: City, name: str) -> Honest:
    rows = _checks(city, f"{name}-w")
    rows[-1]["temperature"] = "warm"
    return _file(city.community, "health_checks", rows, NDJSON, wrong=[rows[-1]["source_record"]])


def _overlapping(city: City, name: str) -> Honest:
    """Half of it came in the file of lines of this round, the rest is new."""
    rows = [*_results(city, f"{name}-n")[: ROWS // 2], *_results(city, f"{name}-o", ROWS // 2)]
    return _file(city.laboratory, "results", rows, CSV)


def _contradicting(city: City, name: str) -> Honest:
    """One of its rows has another content than the one that came first: it is kept apart."""
    rows = _seen(city, f"{name}-c", "checked_in_at")
    rows[0] = {**rows[0], "person": f"P-{name}-somebody-else"}
    return _parcel(city, "check_ins", rows, apart=[rows[0]["source_record"]])


_KINDS = (
    lambda city, name: _parcel(city, "check_ins", _seen(city, f"{name}-c", "checked_in_at")),
    lambda city, name: _single(city.laboratory, "results", _results(city, f"{name}-s", 1)[0]),
    lambda city, name: _file(city.laboratory, "results", _results(city, f"{name}-n"), NDJSON),
    lambda city, name: _parcel(city, "temperatures", _seen(city, f"{name}-t", "measured_at", celsius=36.4)),
    lambda city, name: _single(city.community, "health_checks", _checks(city, f"{name}-p")[0]),
    lambda city, name: _file(city.laboratory, "results", _results(city, f"{name}-v"), CSV),
    lambda city, name: _parcel(city, "check_ins", _seen(city, f"{name}-c", "checked_in_at")),  # again
    lambda city, name: _single(city.laboratory, "results", _results(city, f"{name}-s", 1)[0]),  # again
    lambda city, name: _file(city.laboratory, "results", _results(city, f"{name}-x"), XLSX),
    _contradicting,
    lambda city, name: _single(city.community, "health_checks", _checks(city, f"{name}-q")[0]),
    _with_a_wrong_one,
    lambda city, name: _parcel(city, "check_ins", _seen(city, f"{name}-d", "checked_in_at")),
    lambda city, name: _single(city.laboratory, "results", _results(city, f"{name}-u", 1)[0]),
    _overlapping,
    lambda city, name: _single(city.community, "health_checks", _checks(city, f"{name}-q")[0]),  # again
    lambda city, name: _parcel(city, "temperatures", _seen(city, f"{name}-e", "measured_at", celsius=36.6)),
    lambda city, name: _single(city.laboratory, "results", _results(city, f"{name}-y", 1)[0]),
    lambda city, name: _file(city.laboratory, "results", _results(city, f"{name}-v"), CSV),  # again
    lambda city, name: _single(city.laboratory, "results", _results(city, f"{name}-z", 1)[0]),
)
