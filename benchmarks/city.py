"""An invented city for the benchmarks: fact tables as Parquet, the same for Sizao and for its peers.

Everything here is invented and drawn at random from a seed; only the shape follows a real city: most people
have a residence and an occupation, some arrive, few are designated or discharged, and two samples are taken
for each person. Rows are ordered by person, as a lake that is written person by person would be. Keys are
random 128-bit numbers (in real tables they are hashes of the natural key, which look the same to an
engine).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sizao.facts.schemas import arrow_schema

AREAS = 3_000
DAYS = 120
AS_OF = datetime(2020, 10, 1, 4, 0)
LAST_DAY = date(2020, 9, 30)
FIRST_DAY = LAST_DAY - timedelta(days=DAYS - 1)
OCCUPATIONS = (
    "cold_chain",
    "port_worker",
    "medical",
    "fever_clinic_staff",
    "custody_staff",
    "care_home_staff",
    "quarantine_staff",
    "teacher",
    "pupil",
    "courier",
    "other",
)
ROWS_PER_GROUP = 500_000

Array = NDArray[np.generic]


@dataclass(frozen=True)
class City:
    """How large the city is, and whether it has corrections, waivers, closures and enrolments too."""

    people: int
    corrected_share: float = 0.0
    seed: int = 20200618

    @property
    def streets(self) -> list[str]:
        """Paths of the areas, three levels deep under one city."""
        return [f"city/c{number // 100:02d}/s{number:04d}" for number in range(AREAS)]


def build(city: City, folder: Path) -> dict[str, int]:
    """Write one Parquet file per fact into `folder`; answer rows per fact."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(city.seed)
    return {name: _write(city, name, maker, folder, random) for name, maker in _MAKERS.items()}


Columns = Mapping[str, pa.Array]
Maker = Callable[[City, np.random.Generator], Columns]


def _write(city: City, name: str, maker: Maker, folder: Path, random: np.random.Generator) -> int:
    columns = dict(maker(city, random))
    rows = len(next(iter(columns.values())))
    schema = arrow_schema(name).with_metadata(
        {"sizao.keys": "unique" if not city.corrected_share else "chained"}
    )
    columns |= _common_columns(name, columns, rows, random)
    table = pa.table([_as(columns.get(field.name), field, rows) for field in schema], schema=schema)
    if city.corrected_share and name in _CORRECTED:
        table = _with_corrections(table, city.corrected_share, random)
    pq.write_table(
        table,
        folder / f"{name}.parquet",
        row_group_size=ROWS_PER_GROUP,
        compression="zstd",
        compression_level=1,
    )
    return table.num_rows


def _as(values: pa.Array | None, field: pa.Field, rows: int) -> pa.Array:
    if values is None:
        return pa.nulls(rows, field.type)
    return values if values.type == field.type else pc.cast(values, field.type)


def _common_columns(
    name: str, columns: Columns, rows: int, random: np.random.Generator
) -> dict[str, pa.Array]:
    happened = columns.get("_happened")
    if happened is None:
        happened = _instants(np.zeros(rows, dtype=np.int64))
    numbers = pa.array(np.arange(rows, dtype=np.int64))
    record = pc.cast(numbers, pa.string())
    return {
        "fact_id": record,
        "key_hi": pa.array(random.integers(-(2**63), 2**63 - 1, rows, dtype=np.int64)),
        "key_lo": pa.array(random.integers(-(2**63), 2**63 - 1, rows, dtype=np.int64)),
        "source_system": _constant("benchmark", rows),
        "source_record": record,
        "source_version": pa.array(np.ones(rows, dtype=np.int64)),
        "action": _constant("record", rows),
        "happened_at": happened,
        "known_at": pc.add(happened, pa.scalar(timedelta(hours=2), pa.duration("us"))),
        "recorded_at": pc.add(happened, pa.scalar(timedelta(hours=2), pa.duration("us"))),
        "recorded_by": _constant("benchmark", rows),
        "area": columns.get("_area", _constant("city", rows)),
        "history": pa.array(np.zeros(rows, dtype=bool)),
        "derived": pa.array(np.zeros(rows, dtype=bool)),
    }


def _with_corrections(table: pa.Table, share: float, random: np.random.Generator) -> pa.Table:
    """Append a second link two days later to a random share of the rows: half retracted, half replaced."""
    chosen = np.flatnonzero(random.random(table.num_rows) < share)
    links = table.take(pa.array(chosen))
    retracted = random.random(len(chosen)) < 0.5
    later = pc.add(links["known_at"], pa.scalar(timedelta(days=2), pa.duration("us")))
    changed = {
        "fact_id": pc.binary_join_element_wise(links["fact_id"], "b", "-"),
        "source_version": pa.array(np.full(len(chosen), 2, dtype=np.int64)),
        "action": pa.array(np.where(retracted, "retract", "replace")),
        "reason": pa.array(np.where(retracted, "entered in error", "")),
        "known_at": later,
        "recorded_at": later,
    }
    for column, values in changed.items():
        links = links.set_column(links.schema.get_field_index(column), links.schema.field(column), values)
    return pa.concat_tables([table, links])


def _constant(value: str, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int32)), pa.array([value]))


def _labels(prefix: str, numbers: Array) -> pa.Array:
    """Identifiers of one width, short enough that engines keep them inside the row."""
    text = pc.cast(pa.array(numbers), pa.string())
    return pc.binary_join_element_wise(prefix, pc.utf8_lpad(text, 8, "0"), "")


def _chosen(names: list[str] | tuple[str, ...], numbers: Array) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int32)), pa.array(list(names)))


def _dates(day_numbers: Array) -> pa.Array:
    start = np.datetime64(FIRST_DAY, "D")
    return pa.array(start + day_numbers.astype("timedelta64[D]"))


def _instants(seconds: Array) -> pa.Array:
    start = np.datetime64(FIRST_DAY, "us")
    return pa.array(start + seconds.astype("int64") * np.timedelta64(1_000_000, "us"))


def _some_people(city: City, share: float, random: np.random.Generator) -> Array:
    return np.flatnonzero(random.random(city.people) < share)


def _residences(city: City, random: np.random.Generator) -> Columns:
    people = np.arange(city.people)
    street = random.integers(0, AREAS, city.people)
    return {
        "person": _labels("p", people),
        "located_in": _chosen(city.streets, street),
        "from_on": pa.array(np.full(city.people, np.datetime64("2019-01-01"))),
        "_area": _chosen(city.streets, street),
    }


def _occupations(city: City, random: np.random.Generator) -> Columns:
    people = _some_people(city, 0.6, random)
    weights = np.array([0.01, 0.01, 0.02, 0.005, 0.005, 0.005, 0.005, 0.03, 0.11, 0.05, 0.75])
    started = random.integers(-200, DAYS, len(people))
    return {
        "person": _labels("p", people),
        "occupation": _chosen(OCCUPATIONS, random.choice(len(OCCUPATIONS), len(people), p=weights)),
        "from_on": _dates(started),
        "_happened": _instants(started * 86_400),
        "_area": _chosen(city.streets, random.integers(0, AREAS, len(people))),
    }


def _travellers(city: City) -> tuple[Array, Array]:
    """Who arrived and on which day; the same for arrivals and stays."""
    random = np.random.default_rng(city.seed + 1)
    people = _some_people(city, 0.06, random)
    return people, random.integers(0, DAYS, len(people))


def _arrivals(city: City, random: np.random.Generator) -> Columns:
    people, day = _travellers(city)
    return {
        "person": _labels("p", people),
        "arrived_on": _dates(day),
        "conveyance": _constant("train", len(people)),
        "declared": _constant("declared", len(people)),
        "_happened": _instants(day * 86_400 + 3_600),
        "_area": _chosen(city.streets, random.integers(0, AREAS, len(people))),
    }


def _stays(city: City, random: np.random.Generator) -> Columns:
    people, day = _travellers(city)
    first = day - random.integers(1, 15, len(people))
    return {
        "person": _labels("p", people),
        "located_in": _chosen(city.streets, random.integers(0, AREAS, len(people))),
        "from_on": _dates(first),
        "until_on": _dates(day + 1),
        "_happened": _instants(first * 86_400),
    }


def _area_grades(city: City, random: np.random.Generator) -> Columns:
    """The whole city is announced low, so no day is unknown; 18,250 spells are medium or high."""
    spells = 18_250
    day = random.integers(-20, DAYS, spells)
    streets = city.streets
    graded = ["city", *(streets[number] for number in random.integers(0, AREAS, spells))]
    grade = ["low", *np.where(random.random(spells) < 0.3, "high", "medium")]
    first = np.concatenate([[-60], day])
    last = np.concatenate([[DAYS + 60], day + random.integers(7, 30, spells)])
    return {
        "graded": pa.array(graded),
        "grade": pa.array(grade),
        "from_on": _dates(first),
        "until_on": _dates(last),
        "counts_upward": pa.array(np.zeros(spells + 1, dtype=bool)),
        "announced_by": _constant("command", spells + 1),
        "_happened": _instants(first * 86_400),
    }


def _designations(city: City, random: np.random.Generator) -> Columns:
    people, day = _contacts(city)
    return {
        "person": _labels("p", people),
        "case": _labels("k", people // 20),
        "case_person": _labels("p", people // 20),
        "class": _chosen(("close", "secondary"), random.integers(0, 2, len(people))),
        "last_exposed_on": _dates(day - random.integers(0, 5, len(people))),
        "designated_on": _dates(day),
        "_happened": _instants(day * 86_400 + 30_000),
        "_area": _chosen(city.streets, random.integers(0, AREAS, len(people))),
    }


def _discharges(city: City, random: np.random.Generator) -> Columns:
    people = _some_people(city, 0.01, random)
    second = random.integers(0, DAYS * 86_400, len(people))
    return {
        "person": _labels("p", people),
        "place": _constant("hospital-1", len(people)),
        "discharged_at": _instants(second),
        "outcome": _constant("recovered", len(people)),
        "_happened": _instants(second),
        "_area": _chosen(city.streets, random.integers(0, AREAS, len(people))),
    }


def _contacts(city: City) -> tuple[Array, Array]:
    """Who was designated and on which day; the same for designations and stays in rooms."""
    random = np.random.default_rng(city.seed + 2)
    people = _some_people(city, 0.03, random)
    return people, random.integers(0, DAYS, len(people))


def _room_stays(city: City, random: np.random.Generator) -> Columns:
    """Seven of ten designated persons come to a room within two days and stay about two weeks."""
    people, day = _contacts(city)
    placed = random.random(len(people)) < 0.7
    people, day = people[placed], day[placed]
    begun = day * 86_400 + random.integers(30_000, 2 * 86_400, len(people))
    return {
        "person": _labels("p", people),
        "place": _constant("site-1", len(people)),
        "kind": _constant("central", len(people)),
        "from_at": _instants(begun),
        "until_at": _instants(begun + random.integers(12, 16, len(people)) * 86_400),
        "_happened": _instants(begun),
    }


def _waivers(city: City, random: np.random.Generator) -> Columns:
    """One waiver for every thousand people: a rule and a person, for a month, decided by two offices."""
    rows = max(1, city.people // 1_000)
    first = random.integers(0, DAYS, rows) * 86_400
    return {
        "rule": _constant("teacher-every-7-days", rows),
        "about": _labels("p", random.integers(0, city.people, rows)),
        "from_at": _instants(first),
        "until_at": _instants(first + 30 * 86_400),
        "ground": _constant("medical", rows),
        "decided_by": _constant("officer-1", rows),
        "decided_office": _constant("office-1", rows),
        "approved_by": _constant("officer-2", rows),
        "approved_office": _constant("office-2", rows),
        "_happened": _instants(first),
    }


def _enrolments(city: City, random: np.random.Generator) -> Columns:
    schools = max(10, city.people // 5_000)
    return {
        "place": _labels("school", np.arange(schools)),
        "duty": _constant("daily_report", schools),
        "operating": _constant("weekdays", schools),
        "from_on": _dates(np.zeros(schools, dtype=np.int64)),
        "_area": _chosen(city.streets, random.integers(0, AREAS, schools)),
    }


def _institution_reports(city: City, random: np.random.Generator) -> Columns:
    """Nine of ten schools report on any day, at an hour between six and noon."""
    schools = max(10, city.people // 5_000)
    school, day = np.divmod(np.flatnonzero(random.random(schools * DAYS) < 0.9), DAYS)
    second = day * 86_400 + random.integers(-2 * 3_600, 4 * 3_600, len(day))
    return {
        "place": _labels("school", school),
        "duty": _constant("daily_report", len(day)),
        "reported_at": _instants(second),
        "for_on": _dates(day),
        "absent": pa.array(random.integers(0, 5, len(day))),
        "feverish": pa.array(np.zeros(len(day), dtype=np.int64)),
        "_happened": _instants(second),
    }


def _sampled_people(city: City) -> Array:
    return np.repeat(np.arange(city.people), 2)


def _samples(city: City, random: np.random.Generator) -> Columns:
    rows = 2 * city.people
    second = random.integers(0, DAYS * 86_400, rows)
    return {
        "sample": _labels("s", np.arange(rows)),
        "taken_at": _instants(second),
        "kind": _constant("single", rows),
        "_happened": _instants(second),
    }


def _sample_members(city: City, random: np.random.Generator) -> Columns:
    rows = 2 * city.people
    return {"sample": _labels("s", np.arange(rows)), "person": _labels("p", _sampled_people(city))}


def _results(city: City, random: np.random.Generator) -> Columns:
    rows = 2 * city.people
    second = np.full(rows, DAYS * 86_400 - 3_600)
    return {
        "sample": _labels("s", np.arange(rows)),
        "result": _chosen(("negative", "positive"), (random.random(rows) < 0.001).astype(np.int32)),
        "resulted_at": _instants(second),
    }


def _offices(city: City, random: np.random.Generator) -> Columns:
    """A community office for every street and a sampling team for every county."""
    counties = [f"city/c{number:02d}" for number in range(AREAS // 100)]
    covers = [*city.streets, *counties]
    tasks = ["community"] * AREAS + ["sampling_team"] * len(counties)
    return {
        "office": pa.array([f"{task}:{area}" for task, area in zip(tasks, covers, strict=True)]),
        "task": pa.array(tasks),
        "covers": pa.array(covers),
        "from_on": pa.array(np.full(len(covers), np.datetime64("2019-01-01"))),
    }


def _areas(city: City, random: np.random.Generator) -> Columns:
    """The tree: a city, its counties, their streets; offices of a community level sit at the streets."""
    counties = [f"city/c{number:02d}" for number in range(AREAS // 100)]
    paths = ["city", *counties, *city.streets]
    levels = ["city"] + ["county"] * len(counties) + ["community"] * AREAS
    return {
        "path": pa.array(paths),
        "label_zh": pa.array(paths),
        "label_en": pa.array(paths),
        "level": pa.array(levels),
    }


_CORRECTED = ("arrivals", "occupations", "designations", "discharges", "stays", "results")
_MAKERS: dict[str, Maker] = {
    "areas": _areas,
    "offices": _offices,
    "residences": _residences,
    "occupations": _occupations,
    "arrivals": _arrivals,
    "stays": _stays,
    "area_grades": _area_grades,
    "designations": _designations,
    "discharges": _discharges,
    "samples": _samples,
    "sample_members": _sample_members,
    "results": _results,
    "room_stays": _room_stays,
    "waivers": _waivers,
    "enrolments": _enrolments,
    "institution_reports": _institution_reports,
}
