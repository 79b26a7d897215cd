"""A sheet gets into the records as a single row does: once, and what contradicts is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sizao.facts.completion import Defaults, complete
from sizao.facts.dictionary import fact
from sizao.facts.schemas import arrow_schema
from sizao.intake.loading import plan
from sizao_web.records import bulk
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.record_facts import record_facts
from sizao_web.records.actions.take_in_sheet import take_in_sheets
from sizao_web.records.models import FACT_MODELS, AuditEntry
from sizao_web.records.writing import Given
from sizao_web.settings.clock import bare

HERE = "drill/county-1/street/community-1"
LOADING = Scope("loader", "command", "drill", None, "epidemic_control")


def rows(moment: datetime, *checks: tuple[str, float | None], note: str | None = None) -> pa.Table:
    """Health checks as Arrow, complete: a record for each (source_record, temperature)."""
    schema = arrow_schema("health_checks")
    count, now = len(checks), bare(moment)
    given = {
        "person": [f"p-{record}" for record, _ in checks],
        "checked_at": [now] * count,
        "temperature": [temperature for _, temperature in checks],
        "symptoms": [False] * count,
        "source_system": ["sizao"] * count,
        "source_record": [record for record, _ in checks],
        "known_at": [now] * count,
        "recorded_at": [now] * count,
        "recorded_by": ["loader"] * count,
        "reason": [note] * count,
        "derived": [False] * count,
    }
    table = pa.table({name: pa.array(values, schema.field(name).type) for name, values in given.items()})
    done, problems = complete(fact("health_checks"), table, Defaults("Asia/Shanghai", HERE))
    assert not problems
    return done


@pytest.mark.django_db
def test_rows_sent_again_are_merged(moment: datetime) -> None:
    sent = rows(moment, ("a", 36.5), ("b", None))
    assert bulk.store("health_checks", sent) == bulk.Stored(2, 0)
    assert bulk.store("health_checks", sent) == bulk.Stored(0, 2)
    assert FACT_MODELS["health_checks"].objects.count() == 2


@pytest.mark.django_db
def test_a_row_with_another_content_is_refused_and_named(moment: datetime) -> None:
    bulk.store("health_checks", rows(moment, ("a", 36.5)))
    found = bulk.store("health_checks", rows(moment, ("a", 38.5), ("c", 36.9)))
    assert found == bulk.Stored(1, 0, ("a",))
    assert FACT_MODELS["health_checks"].objects.get(source_record="a").temperature == 36.5


@pytest.mark.django_db
def test_what_goes_in_comes_out_the_same(moment: datetime) -> None:
    sent = rows(moment, ("a", 36.5), ("b", None), note='a "quoted", line\nand an end')
    bulk.store("health_checks", sent)
    back = bulk.of_sources("health_checks", {"sizao"}).sort_by("source_record")
    assert back.to_pylist() == sent.sort_by("source_record").to_pylist()


def test_a_row_of_a_page_and_the_same_row_of_a_sheet_are_one(
    person_in_office: Callable[..., Any], as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("community", HERE)) as scope:
        values = {"person": "p-a", "checked_at": moment, "temperature": 36.5, "symptoms": False}
        record_facts(scope, moment, [Given("health_checks", values, "a")])
    assert bulk.store("health_checks", rows(moment, ("a", 36.5))) == bulk.Stored(0, 1)


@pytest.mark.django_db
def test_a_sheet_is_accounted_for_row_by_row_and_audited_once(tmp_path: Path, moment: datetime) -> None:
    sheet = tmp_path / "checks.csv"
    sheet.write_text(
        "person,checked_at,temperature,symptoms,source_record\n"
        "p1,2020-11-09 08:00,36.5,false,r1\n"
        "p2,2020-11-09 08:05,warm,false,r2\n"
        "p3,2020-11-09 08:10,,true,r3\n",
        encoding="utf-8",
    )
    plans = [plan(sheet, fact="health_checks", area=HERE, source_system="clinic")]
    (first,) = take_in_sheets(LOADING, moment, plans)
    (again,) = take_in_sheets(LOADING, moment, plans)
    assert first.rows.record() == {"sent": 3, "stored": 2, "merged": 0, "rejected": 1}
    assert again.rows.record() == {"sent": 3, "stored": 0, "merged": 2, "rejected": 1}
    assert FACT_MODELS["health_checks"].objects.count() == 2
    assert AuditEntry.objects.filter(deed="take_in").count() == 1
