"""Cumulative counts of 374 days as area counts: prefectures, and districts of municipalities, by code."""

from __future__ import annotations

import csv
import io
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from data.travellers import completed

DAY_ZERO = date(2019, 12, 1)
MUNICIPALITIES = ("11", "12", "31", "50")


@dataclass(frozen=True)
class Read:
    """area_counts, and what became of the rows of the files."""

    counts: pa.Table = field(repr=False)
    rows: Mapping[str, int]
    areas: frozenset[str] = field(repr=False)


def read(archive: Path) -> Read:
    """Every daily file. A place that is not listed yet has no case: the files list places with cases only,
    from 1 December 2019 on; this is assumed, not stated by the source."""
    what: Counter[str] = Counter()
    totals: dict[str, dict[date, int]] = {}
    for day, row in _rows(archive):
        kind = _kind(row)
        what[kind] += 1
        if kind == "taken":
            totals.setdefault(path_of(row["cityCode"]), {})[day] = int(row["confirmed"])
    columns: dict[str, list[object]] = {"counted": [], "day": [], "confirmed_total": []}
    for area, days in sorted(totals.items()):
        first = min(days)
        before = {DAY_ZERO: 0, first - timedelta(days=1): 0} if first > DAY_ZERO else {}
        for day, total in sorted({**before, **days}.items()):
            columns["counted"].append(area)
            columns["day"].append(day)
            columns["confirmed_total"].append(total)
    table = pa.table(
        {
            "counted": pa.array(columns["counted"], pa.string()),
            "day": pa.array(columns["day"], pa.date32()),
            "confirmed_total": pa.array(columns["confirmed_total"], pa.int64()),
        }
    )
    return Read(completed("area_counts", table), dict(what), frozenset(totals))


def _rows(archive: Path) -> Iterator[tuple[date, dict[str, str]]]:
    with tarfile.open(archive) as files:
        for member in files:
            if member.name.endswith(".csv"):
                text = files.extractfile(member)
                assert text is not None
                day = date.fromisoformat(member.name[-14:-4])
                for row in csv.DictReader(io.StringIO(text.read().decode("utf-8-sig"))):
                    yield day, row


def _kind(row: Mapping[str, str]) -> str:
    code = row["cityCode"]
    if row["countryCode"] != "CN":
        return "another country or region"
    if not row["city"]:
        return "whole province"
    if not code:
        return "without a code"
    if not code.isdigit():
        return "not a place (from abroad, to be confirmed, prison system …)"
    if code.endswith("00") or code[:2] in MUNICIPALITIES or code[2:4] == "90":
        return "taken"
    return "county-level city that its prefecture counts too"


def path_of(code: str) -> str:
    """cn/44/4401 for 440100; a district of a municipality, or a county without a prefecture, by its code."""
    province, city = code[:2], code[:4]
    if code.endswith("00"):
        return f"cn/{province}/{city}"
    return f"cn/{province}/{city}/{code}"


def units_of(divisions: Path) -> frozenset[str]:
    """The same units in a list of divisions: prefectures, and what has none above it."""
    with (divisions / "cities.csv").open(encoding="utf-8-sig", newline="") as file:
        cities = {row["code"]: row["name"] for row in csv.DictReader(file)}
    artificial = {code for code in cities if code[:2] in MUNICIPALITIES or code[2:] == "90"}
    with (divisions / "areas.csv").open(encoding="utf-8-sig", newline="") as file:
        below = {row["code"] for row in csv.DictReader(file) if row["cityCode"] in artificial}
    return frozenset(path_of(f"{code}00") for code in cities.keys() - artificial) | {
        path_of(code) for code in below
    }
