"""The day of a district: the script that knows the rules by itself, beside what derive answers."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tools.district_day import comparing
from tools.district_day.clock import DAY, OFFSET, PHASES, at
from tools.district_day.district import District
from tools.district_day.laying import residents, rows_of, table_of
from tools.district_day.plan import Plan, Told
from tools.district_day.sending import waves
from tools.district_day.stories import planned

from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import arrow_schema
from sizao.obligations.derive import derive
from sizao.policy.loading import load_pack
from sizao.store.packs import read_pack
from sizao.store.running import run

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "policies" / "training-2020"
SMALL = {"people": 800, "quarantined": 60, "schools": 10, "pharmacies": 4, "clinics": 5}
END = at(PHASES[-1]) + timedelta(minutes=1)  # when all that is told at the last phase is on record


def known(told: Told) -> datetime:
    """As if everything of a phase were recorded a little after it begins, corrections later."""
    if told.phase == 0:
        return told.moment
    place = int(told.record.rsplit("-", 1)[1])
    return at(PHASES[told.phase]) + timedelta(seconds=told.version, microseconds=place)


def derived(plan: Plan) -> Counter[comparing.Key]:
    """What derive answers of the whole day."""
    rows = rows_of(plan.told, known)
    for piece in residents(plan.district):
        for fact, more in piece.items():
            rows[fact] = [*rows.get(fact, []), *more]
    bound = {
        name: table_of(name, rows[name]) if name in rows else arrow_schema(name).empty_table()
        for name in FACTS
    }
    end = END - OFFSET
    query = derive(load_pack(read_pack(PACK)), as_of=end, known_by=end)
    begins = datetime.combine(DAY, datetime.min.time()) - OFFSET
    return Counter(
        (row["rule"], row["step"], row["about"], (row["due_at"] + OFFSET).isoformat(), row["status"])
        for row in run(query, bound)["obligations"].to_pylist()
        if row["opens_at"] < begins + timedelta(days=1)
        and (row["closes_at"] is None or row["closes_at"] > begins)
    )


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> tuple[Counter[comparing.Key], Path, Path]:
    """What derive answers of one small day, the file of its plan and that of its moments."""
    folder = tmp_path_factory.mktemp("day")
    plan = planned(District(**SMALL))
    plan.write(folder / "plan.json")
    first = {one.record: known(one).isoformat() for one in plan.told if one.version == 1}
    (folder / "answers.json").write_text(json.dumps(first), encoding="utf-8")
    return derived(plan), folder / "plan.json", folder / "answers.json"


def test_derive_and_the_script_agree_on_every_row_of_the_day(
    day: tuple[Counter[comparing.Key], Path, Path],
) -> None:
    rows, plan, answers = day
    assert comparing.differences(rows, comparing.expected(plan, answers, PACK, END)) == []
    assert rows.total() > 400
    rules = {rule for rule, *_ in rows}
    assert len(rules) >= 42, "what is expected of a rule that binds nobody shows nothing"
    statuses = Counter(status for *_, status in rows)
    assert all(statuses[one] > 10 for one in ("met", "met_late", "overdue", "missed", "open"))


def test_a_report_that_was_dropped_or_made_late_is_found(
    day: tuple[Counter[comparing.Key], Path, Path], tmp_path: Path
) -> None:
    rows, plan, answers = day
    for what, spoilt in comparing.spoilt(plan).items():
        (tmp_path / "spoilt.json").write_text(json.dumps(spoilt), encoding="utf-8")
        found = comparing.differences(rows, comparing.expected(tmp_path / "spoilt.json", answers, PACK, END))
        assert any("school-daily-report" in line for line in found), what


def test_the_script_knows_nothing_of_sizao() -> None:
    for module in (ROOT / "tools" / "district_day" / "expecting").glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            named = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            named += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            assert all(
                name.split(".")[0] in {*sys.stdlib_module_names, "ruamel"}
                or name.startswith("tools.district_day.expecting")
                for name in named
            ), f"{module.name} imports {named}"


def test_what_two_tell_of_one_person_is_told_in_the_order_in_which_it_happened() -> None:
    plan = planned(District(**SMALL))
    for _, told in plan.phases():
        for wave in waves(one for one in told if one.via == "one"):
            givers: dict[str, set[str]] = {}
            for one in wave:
                givers.setdefault(one.values.get("person", one.record), set()).add(one.giver)
            assert all(len(names) == 1 for names in givers.values())
    assert any(len(waves(one for one in told if one.via == "one")) > 1 for _, told in plan.phases())


@pytest.mark.long
def test_a_small_district_lives_through_its_day_and_ends_it_as_expected(tmp_path: Path) -> None:
    """Served, with keys, forms in Chromium, readers: as `python -m tools.district_day` does it."""
    sizes = {f"SIZAO_{name.upper()}": str(value) for name, value in SMALL.items()}
    environment = {**os.environ, **sizes, "SIZAO_BENCH": str(tmp_path), "SIZAO_READERS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "tools.district_day"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
