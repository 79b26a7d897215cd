"""The invented district as facts: what stands in `city/`, with days counted from the demonstration's day.

Beside facts with their own columns the files have a few short forms for what repeats: families, daily
reports, rounds of checks, rooms, rounds of temperature, tests of one person and pools.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from ruamel.yaml import YAML

from sizao.facts.completion import Defaults, complete
from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS, fact
from sizao.facts.schemas import arrow_schema
from sizao_web.demo.day import BEGINS, DEMO_DAY
from sizao_web.settings.clock import bare

FOLDER = Path(__file__).parent / "city"
SOURCE = "demo-city"
PROPOSED_BECAUSE = "邻市昨晚公告南岸区为中风险（虚构）。"
"""Why the proposal that waits for a decision was made."""
CORRECTIONS = "9-corrections.yaml"

Row = dict[str, Any]


class CityWrong(ValueError):
    """A file of the city says something that cannot be a fact."""


@dataclass(frozen=True)
class Name:
    """Who somebody is: the invented name, telephone number and address of a person."""

    person: str
    name: str
    telephone: str
    address: str


@dataclass(frozen=True)
class CityFile:
    """One file: its facts as tables, and the names of the people in it."""

    name: str
    tables: dict[str, pa.Table]
    names: tuple[Name, ...]


def city(zone: str, recorded_at: datetime) -> Iterator[CityFile]:
    """The files in order. recorded_at: this moment, UTC with a zone mark."""
    homes: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        reader = _Reader(path.name, zone, recorded_at, homes)
        yield reader.read(YAML(typ="safe").load(path.read_text(encoding="utf-8")))


class _Reader:
    def __init__(self, name: str, zone: str, recorded_at: datetime, homes: dict[str, str]) -> None:
        self.name, self.zone, self.recorded_at, self.homes = name, ZoneInfo(zone), recorded_at, homes
        self.rows: dict[str, list[Row]] = {}
        self.names: list[Name] = []
        self.defaults: Mapping[str, Any] = {}

    def read(self, document: Mapping[str, Any]) -> CityFile:
        self.defaults = document.get("defaults", {})
        for key, entries in document.items():
            if key == "defaults":
                continue
            short: Callable[[Row], None] | None = getattr(self, f"_{key}", None)
            if short is None and key not in FACTS:
                raise CityWrong(f"{self.name}: {key} is neither a fact nor a short form.")
            for entry in entries:
                if short is not None:
                    short(entry)
                else:
                    self._add(key, entry)
        tables = {name: self._table(name, rows) for name, rows in self.rows.items()}
        return CityFile(self.name, tables, tuple(self.names))

    # short forms

    def _families(self, family: Row) -> None:
        area, household = family["home"], family["household"]
        for one in family["members"]:
            person, home = one["person"], {"area": area}
            self.homes[person] = area
            self._add("people", {"person": person, "sex": one["sex"], "birth_year": one["born"], **home})
            born = date(max(one["born"], 2019), 1, 1)
            begins = {"person": person, "household": household, "from_on": born, **home}
            self._add("residences", {**begins, "located_in": area})
            if household is not None:
                self._add("households", begins)
            if "works" in one:
                work = {"person": person, "occupation": one["works"], "employer": one.get("at")}
                self._add("occupations", {**work, "from_on": date(2019, 9, 1), **home})
            self.names.append(Name(person, one["zh"], one["telephone"], family["address"]["zh"]))

    def _daily_reports(self, entry: Row) -> None:
        own: Row = {
            key: entry[key] for key in ("place", "duty", "present", "absent", "feverish") if key in entry
        }
        for number in self._days(entry["days"]):
            day = DEMO_DAY + timedelta(days=number)
            if not (entry.get("weekdays") and day.weekday() >= 5):
                self._add(
                    "institution_reports", {**own, "for_on": day, "reported_at": f"{number} {entry['at']}"}
                )

    def _check_rounds(self, entry: Row) -> None:
        for number in self._days(entry["days"]):
            for kind in entry["kinds"]:
                check = {"place": entry["place"], "kind": kind, "outcome": "in_order"}
                self._add("place_checks", {**check, "checked_at": f"{number} {entry['at']}"})

    def _room_ranges(self, entry: Row) -> None:
        own = {key: entry[key] for key in ("place", "floor", "beds")}
        first, last = entry["rooms"]
        for number in range(first, last + 1):
            room = {"room": str(number), "use": entry.get("use", "quarantine"), "from_on": date(2020, 1, 1)}
            self._add("rooms", {**own, **room})

    def _temperature_rounds(self, entry: Row) -> None:
        for person in entry["people"]:
            for number in self._days(entry["days"]):
                for at in entry["at"]:
                    check = {"person": person, "temperature": entry["temperature"], "symptoms": False}
                    self._add("health_checks", {**check, "checked_at": f"{number} {at}"})

    def _single_tests(self, entry: Row) -> None:
        for person in entry["people"]:
            day, at = entry["at"].split()
            sample = {
                "sample": f"sample/{person}/{entry['at'].replace(' ', '/')}",
                "taken": entry["at"],
                "kind": "single",
                "members": [person],
                "result": entry.get("result", "negative"),
                "resulted": entry.get("resulted", f"{day} 23:30" if at < "20:00" else f"{day} 23:55"),
            }
            self._pools(sample)

    def _pools(self, entry: Row) -> None:
        area = {"area": self.homes[entry["members"][0]]}
        sample, taken = entry["sample"], entry["taken"]
        kind = entry.get("kind", "pool")
        at = {"laboratory": "laboratory/harbour"}
        self._add(
            "samples", {"sample": sample, "taken_at": taken, "kind": kind, "record": sample, **at, **area}
        )
        for person in entry["members"]:
            member = {"sample": sample, "person": person, "record": f"{sample}/{person}"}
            self._add("sample_members", {**member, "happened_at": taken, "known": taken, **area})
        if "received" in entry:
            came = {"sample": sample, "received_at": entry["received"], "record": sample}
            self._add("sample_receipts", {**came, **at, **area})
        if "result" in entry:
            found = {"sample": sample, "result": entry["result"], "resulted_at": entry["resulted"]}
            self._add("results", {**found, "record": sample, **at, **area})

    @staticmethod
    def _days(ends: list[int]) -> range:
        return range(ends[0], ends[1] + 1)

    # one fact

    def _add(self, name: str, entry: Row) -> None:
        own = {column.name: column.type for column in fact(name).columns}
        row: Row = {}
        for key, value in entry.items():
            if key in own or key == "happened_at":
                row.update(self._value(key, own.get(key, ColumnType.INSTANT), value))
            elif key not in ("known", "area", "record", "version", "retract", "because"):
                raise CityWrong(f"{self.name}: {name} has no column {key}.")
        if "because" in entry:
            row |= {"reason": entry["because"]}
        if "retract" in entry:
            row |= {"action": "retract", "reason": entry["retract"]}
        area = entry.get("area") or self.homes.get(entry.get("person", "")) or self.defaults.get("area")
        known = self._known(name, entry, row)
        row |= {
            "source_record": entry.get("record"),
            "source_version": entry.get("version", 1),
            "known_at": known,
            "area": area,
        }
        self.rows.setdefault(name, []).append(row)

    def _value(self, name: str, kind: ColumnType, value: Any) -> Row:
        if kind is ColumnType.IMPRECISE_DATE:
            day = self._day(value)
            return {f"{name}_earliest": day, f"{name}_latest": day + timedelta(days=1)}
        if kind is ColumnType.DATE:
            return {name: self._day(value)}
        if kind is ColumnType.INSTANT:
            return {name: self._moment(value)}
        return {name: value}

    def _day(self, value: Any) -> date:
        return DEMO_DAY + timedelta(days=value) if isinstance(value, int) else value

    def _moment(self, value: str) -> datetime:
        day, clock = value.split()
        on = date.fromisoformat(day) if day.count("-") == 2 else DEMO_DAY + timedelta(days=int(day))
        local = datetime.combine(on, time.fromisoformat(clock), self.zone)
        return bare(local)

    def _known(self, name: str, entry: Row, row: Row) -> datetime:
        """When it became known: stated, else the moment it happened, else what the file says of all."""
        event = row.get(fact(name).event)
        if "known" in entry:
            known = self._moment(entry["known"])
        elif isinstance(event, datetime):
            known = event
        elif "reported_at" in row:
            known = row["reported_at"]
        elif "known" in self.defaults:
            known = self._moment(self.defaults["known"])
        else:
            raise CityWrong(f"{self.name}: {name} {dict(entry)} does not say when it became known.")
        if known >= self._moment(f"0 {BEGINS:%H:%M}"):
            raise CityWrong(f"{self.name}: {name} {dict(entry)} is known only after the demonstration began.")
        return known

    def _table(self, name: str, rows: list[Row]) -> pa.Table:
        schema = arrow_schema(name)
        given = {key for row in rows for key in row}
        columns = {key: pa.array([row.get(key) for row in rows], schema.field(key).type) for key in given}
        count, now = len(rows), bare(self.recorded_at)
        for key, value in (
            ("source_system", SOURCE),
            ("recorded_by", "demo"),
            ("recorded_at", now),
            ("history", True),
            ("derived", False),
        ):
            columns[key] = pa.array([value] * count, schema.field(key).type)
        table, problems = complete(fact(name), pa.table(columns), Defaults(str(self.zone), "drill"))
        if problems:
            raise CityWrong(
                "; ".join(f"{self.name}: {name} {rows[at]}: {words.en}" for at, words in problems)
            )
        return table
