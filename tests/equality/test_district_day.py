"""The day of a district: the script that knows the rules by itself, beside what derive answers."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tools.district_day import comparing, telling
from tools.district_day.busy import Busiest
from tools.district_day.clock import DAY, OFFSET, PHASES, at
from tools.district_day.day import Lived
from tools.district_day.district import District
from tools.district_day.givers import partner, people
from tools.district_day.laying import residents, rows_of, table_of
from tools.district_day.plan import Plan, Told
from tools.district_day.sending import Answers, Refused, waves
from tools.district_day.stories import planned

from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import arrow_schema
from sizao.obligations.derive import derive
from sizao.policy.loading import load_pack
from sizao.store.packs import read_pack
from sizao.store.running import run
from sizao.terms.areas import is_within

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


def test_who_tells_of_a_resident_answers_for_them_or_must_be_refused() -> None:
    """At this size there are streets enough for a child to live elsewhere, and for a plan to be wrong."""
    plan = planned(District(people=30_000, quarantined=600))
    at_pages = people(plan.district)
    refused = 0
    for one in (one for one in plan.told if one.phase):
        giver = at_pages.get(one.giver) or partner(plan.district, one.giver)
        named = [one.values.get(column.name) for column in FACTS[one.fact].columns if column.of == "person"]
        residents = [name for name in named if name and re.fullmatch(r"r\d{6}", name)]
        homes = [plan.district.home(int(name[1:])) for name in residents]
        answers = all(is_within(home, giver.area) for home in homes)
        if giver.role in ("community", "site", "street"):
            assert answers != one.refuse, one
            refused += one.refuse
    assert refused, "what must be refused is told, too"


def test_the_busiest_hour_is_lived_at_its_pace() -> None:
    hour = Busiest.of(planned(District(**SMALL)))
    singles, files = hour.part(15)
    assert len(singles) == round(len(hour.singles) / 4) > 1
    assert len(files) == max(1, round(len(hour.files) / 4))
    assert [one.at for one in singles] == sorted(one.at for one in hour.singles)[: len(singles)]
    assert {one.moment.hour for one in hour.told} == {hour.begins.hour}
    assert {one.phase for one in hour.told} == {hour.phase}


def lived_by(plan: Plan) -> Lived:
    """A day that was told without a server: what is written about it is all that it is for."""
    return Lived(plan.district, plan, Answers(), found={"a report was dropped": 3})


def test_what_was_refused_and_every_row_that_nothing_explains_is_told() -> None:
    plan = planned(District(**SMALL))
    lived = lived_by(plan)
    gone = next(one for one in plan.told if one.phase)
    lived.answers.refused.append(Refused(gone, 404, "not-found"))
    lived.unexplained = [f"only expected: row {number}" for number in range(100)]
    lived.differences = [*lived.unexplained, "only expected: what follows from it"]
    page = telling.told(lived)
    assert not lived.right
    assert f"404 to {gone.giver}, {gone.fact} {gone.record}" in page
    assert "101 differ from what was" in page
    assert all(f"row {number}" in page for number in range(100))
    assert "what follows from it" not in page


def test_remarks_written_by_hand_outlive_another_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "EVIDENCE", tmp_path)
    lived = lived_by(planned(District(**SMALL)))
    file = telling.write(lived)
    file.write_text(
        file.read_text(encoding="utf-8").replace("None yet.", "Seen by somebody."), encoding="utf-8"
    )
    lived.ledger = 4711
    again = telling.write(lived).read_text(encoding="utf-8")
    assert "4,711 rows" in again
    assert again.endswith(f"{telling.REMARKS}\n\nSeen by somebody.\n")


@pytest.mark.long
def test_a_small_district_lives_through_its_day_and_ends_it_as_expected(tmp_path: Path) -> None:
    """Served, with keys, forms in Chromium, readers: as `python -m tools.district_day` does it.

    So many that somebody is refused as they must be, and a contact of a case that is none leaves the site.
    """
    size = {**SMALL, "people": 1500, "quarantined": 180}
    sizes = {f"SIZAO_{name.upper()}": str(value) for name, value in size.items()}
    few = {"SIZAO_READERS": "1", "SIZAO_BUSY_MINUTES": "0.5"}
    environment = {**os.environ, **sizes, **few, "SIZAO_BENCH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "tools.district_day"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
