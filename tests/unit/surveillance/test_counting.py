"""What is counted for the control charts: effective results by laboratory and local day, pairs, rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from sizao.facts.completion import Defaults, complete
from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import arrow_schema
from sizao.store.running import run
from sizao.surveillance import REPORTERS, discordance, limits, positivity, reports

ZONE = "Asia/Shanghai"
DAY = date(2020, 6, 18)
MORNING = datetime(2020, 6, 18, 2)
KNOWN = datetime(2020, 6, 20)
ASKED: dict[str, Any] = {"known_by": KNOWN, "zone": ZONE, "limits": replace(limits(), baseline_days=3)}


def rows(fact: str, *given: dict[str, Any]) -> pa.Table:
    schema = arrow_schema(fact)
    common = {"known_at": MORNING, "recorded_at": MORNING, "source_system": "lims", "recorded_by": "somebody"}
    said = [{**common, "source_record": f"r{place}", **one} for place, one in enumerate(given)]
    names = {name for one in said for name in one}
    columns = {name: pa.array([one.get(name) for one in said], schema.field(name).type) for name in names}
    table, problems = complete(FACTS[fact], pa.table(columns), Defaults(ZONE, "drill"))
    assert not problems
    return table


def result(sample: str, found: str, laboratory: str | None = None, **more: Any) -> dict[str, Any]:
    return {"sample": sample, "result": found, "laboratory": laboratory, "resulted_at": MORNING, **more}


def counted(answer: dict[str, pa.Table]) -> set[tuple[str, date, int | None, int]]:
    names = ("subject", "day", "tested", "found")
    return {tuple(row[name] for name in names) for row in answer["chart"].to_pylist()}  # type: ignore[misc]


def test_a_result_counts_for_its_laboratory_or_its_samples_on_its_local_day() -> None:
    taken = MORNING - timedelta(hours=3)
    tube = {"sample": "s1", "taken_at": taken, "kind": "single", "laboratory": "lab"}
    facts = {
        "samples": rows("samples", tube),
        "results": rows(
            "results",
            result("s1", "positive"),
            result("s2", "negative", "lab"),
            result("s3", "doubtful", "lab"),
            result("s4", "negative", "other", resulted_at=datetime(2020, 6, 18, 16)),
            result("s5", "positive", "lab", source_record="gone"),
            {
                **result("s5", "positive", "lab"),
                "source_record": "gone",
                "source_version": 2,
                "action": "retract",
                "reason": "mistake",
            },
        ),
    }
    found = counted(run(positivity(DAY, DAY + timedelta(1), **ASKED), facts))
    assert found == {("lab", DAY, 2, 1), ("other", DAY + timedelta(1), 1, 0)}


def test_two_results_of_one_sample_are_a_pair_of_each_laboratory_that_gave_one() -> None:
    facts = {
        "results": rows(
            "results",
            result("s1", "positive", "rapid"),
            result("s1", "negative", "pcr", resulted_at=MORNING + timedelta(hours=4)),
            result("s2", "negative", "rapid"),
            result("s2", "negative", "pcr"),
            result("s3", "positive", "rapid", resulted_at=MORNING - timedelta(days=3)),
            result("s3", "negative", "pcr"),
        )
    }
    found = counted(run(discordance(DAY, DAY, **ASKED), facts))
    assert found == {("rapid", DAY, 2, 1), ("pcr", DAY, 2, 1)}


def test_a_reporter_is_a_system_or_for_typed_rows_an_account() -> None:
    facts = {name: arrow_schema(name).empty_table() for name in REPORTERS}
    typed = result("s3", "negative", "lab", source_system="sizao", recorded_by="nurse")
    history = result("s4", "negative", "lab", history=True)
    facts["results"] = rows(
        "results", result("s1", "negative", "lab"), result("s2", "negative", "lab"), typed, history
    )
    found = counted(run(reports(DAY, DAY, **ASKED, typed="sizao"), facts))
    assert found == {("lims", DAY, None, 2), ("nurse", DAY, None, 1)}
