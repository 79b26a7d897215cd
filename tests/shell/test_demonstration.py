"""The invented district says that it is invented, gets in once, and nowhere near real people's data."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from django.conf import settings

from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import own_columns
from sizao_web.demo.building import NotHere, build
from sizao_web.demo.city_files import CityFile, city
from sizao_web.demo.personas import personas
from sizao_web.records import bulk
from sizao_web.settings.clock import bare


@pytest.fixture(scope="module")
def files() -> list[CityFile]:
    return list(city("Asia/Shanghai", datetime.fromisoformat("2020-11-10T01:00:00+00:00")))


def column(files: list[CityFile], fact: str, name: str) -> list[Any]:
    return [value for one in files if fact in one.tables for value in one.tables[fact][name].to_pylist()]


def test_every_area_and_every_persona_says_that_it_is_invented(files: list[CityFile]) -> None:
    labels = zip(column(files, "areas", "label_zh"), column(files, "areas", "label_en"), strict=True)
    named = [*labels, *((one.name.zh, one.name.en) for one in personas())]
    assert all("虚构" in zh and "invented" in en for zh, en in named)


def test_nothing_of_the_district_is_known_before_it_happened_or_after_the_demonstration_begins(
    files: list[CityFile], moment: datetime
) -> None:
    for one in files:
        for fact, table in one.tables.items():
            assert pc.max(table["known_at"]).as_py() < bare(moment), (one.name, fact)
            events = [each for each in own_columns(FACTS[fact]) if each.name == FACTS[fact].event]
            if events and pa.types.is_timestamp(events[0].arrow):
                assert pc.all(pc.less_equal(table["happened_at"], table["known_at"])).as_py(), fact


def test_whoever_is_named_is_on_record(files: list[CityFile]) -> None:
    people = set(column(files, "people", "person"))
    for fact in FACTS.values():
        for each in own_columns(fact):
            if each.declared.of == "person":
                assert set(column(files, fact.name, each.name)) - {None} <= people, fact.name


@pytest.mark.django_db
def test_the_district_taken_in_twice_is_there_once(files: list[CityFile]) -> None:
    for one in files:
        for fact, table in one.tables.items():
            assert bulk.store(fact, table) == bulk.Stored(table.num_rows, 0), (one.name, fact)
            assert bulk.store(fact, table) == bulk.Stored(0, table.num_rows), (one.name, fact)


def test_no_demonstration_is_made_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SIZAO", replace(settings.SIZAO, mode="production"))
    with pytest.raises(NotHere):
        build()
