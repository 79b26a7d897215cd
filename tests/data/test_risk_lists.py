"""The published history of risk areas of 2022: every row accounted for, and what it means for travellers.

Only counts are asserted and printed; no place of the list is named.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from data.conftest import NOW, ROOT
from data.travellers import ZONE, PlainTelling, Traveller, drawn, facts_of
from sizao import intake
from sizao.cli.grade_lists import write_grades
from sizao.obligations.derive import derive
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from sizao.risk.divisions import Division, Divisions
from sizao.risk.lists import Account, Announced, Spell, announced
from sizao.risk.look_up import EVER, Announcements, divisions_of, recorded
from sizao.store.packs import read_pack
from sizao.store.running import run

DIVISIONS = ROOT / "examples" / "china-divisions"
COVERED = [(date(2022, 4, 15), date(2022, 10, 14)), (date(2022, 12, 11), date(2022, 12, 18))]
TRAVELLERS = 100_000
OUTSIDE = date(2022, 11, 20)
ASKED = datetime(2022, 12, 1)


@dataclass(frozen=True)
class History:
    """The list as facts, with what became of its rows."""

    tables: dict[str, pa.Table] = field(repr=False)
    rows: list[Announced] = field(repr=False)
    account: Account
    receipt: intake.Receipt


@pytest.fixture(scope="module")
def history(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> History:
    folder = tmp_path_factory.mktemp("risk")
    tables: dict[str, pa.Table] = {}
    intake.load_all(intake.plan_batch(DIVISIONS / "divisions.yaml"), {}, tables.update, recorded_at=NOW)
    spells = shared / "data" / "china-risk-levels-2022" / "spells.csv.gz"
    with gzip.open(spells, "rt", encoding="utf-8-sig", newline="") as file:
        read = [
            Spell(
                row["level"],
                row["province"],
                row["city"],
                row["county"],
                row["community"],
                datetime.fromisoformat(row["first_seen_cst"]),
                datetime.fromisoformat(row["last_seen_cst"]),
            )
            for row in csv.DictReader(file)
        ]
    known = divisions_of(run(recorded(EVER), tables)["areas"]).by_path.values()
    below = streets(shared / "data" / "china-admin-divisions" / "streets.csv")
    rows, account = announced(read, Divisions([*known, *below]))
    sheet = folder / "area_grades.csv"
    write_grades(sheet, rows, COVERED, root="cn", lowest="low", by="published-list")
    plan = intake.plan(sheet, fact="area_grades", zone=ZONE, area="cn")
    receipt = intake.load(plan, {}, tables.update, recorded_at=NOW)
    return History(tables, rows, account, receipt)


def streets(file: Path) -> list[Division]:
    """The fourth level, which examples/china-divisions leaves out."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return [
            Division("cn/{provinceCode}/{cityCode}/{areaCode}/{code}".format(**row), row["name"], "street")
            for row in csv.DictReader(opened)
        ]


@pytest.fixture(scope="module")
def travellers(history: History) -> list[Traveller]:
    areas = history.tables["areas"].to_pylist()
    counties = sorted(row["path"] for row in areas if row["level"] == "county")
    return drawn(history.rows, counties, TRAVELLERS)


@pytest.fixture(scope="module")
def worst(history: History, travellers: list[Traveller]) -> dict[str, str | None]:
    """The worst grade of each traveller's stay, told day by day."""
    plain = PlainTelling(history.rows, COVERED)
    return {one.person: plain.worst(one) for one in travellers}


@pytest.fixture(scope="module")
def tables(history: History, travellers: list[Traveller]) -> dict[str, pa.Table]:
    return {"area_grades": history.tables["area_grades"], **facts_of(travellers)}


def pack(name: str) -> Policy:
    return load_pack(read_pack(Path(__file__).parent / "arrivals" / name))


def test_every_row_of_the_list_is_matched_or_listed(history: History, say: Callable[[str], None]) -> None:
    account = history.account
    say(f"rows {account.rows}: {dict(sorted(account.how.items()))}")
    say(f"names that fit no division: {len(account.unmatched)} with {sum(account.unmatched.values())} rows")
    assert account.rows == 34_923 == sum(account.how.values())
    assert account.how == HOW
    assert account.how["unmatched"] == sum(account.unmatched.values())
    assert account.levels_unknown == 0


def test_what_the_list_contradicts_and_repeats_is_counted(
    history: History, say: Callable[[str], None]
) -> None:
    account = history.account
    say(
        f"{len(history.rows)} grades of {account.places} places; rows with several buildings "
        f"{account.several}; at two levels in one list {account.contradictory} pairs of rows, "
        f"{account.places_contradictory} places; changed within a day {account.changed_in_a_day}; "
        f"repeated {account.repeated}"
    )
    assert (len(history.rows), account.places, account.several) == PARTS
    assert (account.contradictory, account.places_contradictory) == CONTRADICTIONS
    assert (account.changed_in_a_day, account.repeated) == CHANGES


def test_the_grades_are_taken_in_row_by_row(history: History, say: Callable[[str], None]) -> None:
    rows = history.receipt.rows
    say(f"sent {rows.sent} = stored {rows.stored} + merged {rows.merged} + rejected {rows.rejected}")
    assert rows.sent == rows.stored + rows.merged + rows.rejected
    assert (rows.stored, rows.rejected) == STORED


def test_a_day_outside_the_list_is_not_known_wherever_one_asks(history: History) -> None:
    asked = Announcements(run(recorded(EVER), history.tables), ("low", "medium", "high"))
    for one in history.rows[:: len(history.rows) // 200]:
        assert asked.of(one.graded, OUTSIDE).grade is None
        assert asked.of(one.graded, one.from_on).grade is not None


@pytest.mark.parametrize("name", ["ed9", "m20"])
def test_arrivals_get_what_the_list_of_that_day_demands(
    name: str,
    worst: dict[str, str | None],
    tables: dict[str, pa.Table],
    say: Callable[[str], None],
) -> None:
    found = run(derive(pack(name), as_of=ASKED, known_by=NOW), tables)
    once = {(row["about"], row["rule"]) for row in found["obligations"].select(["about", "rule"]).to_pylist()}
    ruled = {person: rule.removeprefix("from-") for person, rule in once}
    unknown = set(found["unknown"]["about"].to_pylist())
    expected = {
        person: grade
        for person, grade in worst.items()
        if grade is not None and (name == "ed9" or grade == "high")
    }
    assert len(once) == len(ruled)
    assert ruled == expected
    assert unknown == {person for person, grade in worst.items() if grade is None}
    rules = Counter(ruled.values())
    rows = found["obligations"]
    tests = sum(verb == "test" for verb in rows["verb"].to_pylist())
    spans = rows.num_rows - tests
    say(
        f"{name}: {dict(rules)} of {len(worst)}; bound by nothing "
        f"{len(worst) - len(ruled) - len(unknown)}; not known {len(unknown)}; person-days {7 * spans} "
        f"({'central and home' if name == 'ed9' else 'home'}); rows of tests {tests}"
    )
    assert dict(rules) == RULED[name]
    # They arrived more than seven days after their stay: where they were since then is not on record.
    assert len(unknown) == NO_STAY_ON_RECORD


def test_arrivals_after_a_stay_outside_the_list_are_not_known(
    history: History, travellers: list[Traveller]
) -> None:
    late = [
        Traveller(one.person, one.place, OUTSIDE, date(2022, 11, 21), OUTSIDE) for one in travellers[:1_000]
    ]
    tables = {"area_grades": history.tables["area_grades"], **facts_of(late)}
    found = run(derive(pack("m20"), as_of=ASKED, known_by=NOW), tables)
    assert found["obligations"].num_rows == 0
    assert len(set(found["unknown"]["about"].to_pylist())) == 1_000


HOW = {
    "exact": 29_305,
    "in_city": 982,
    "in_province": 1_448,
    "no_names": 2,
    "shifted": 2_995,
    "unmatched": 191,
}
PARTS = (43_918, 29_909, 3_254)
CONTRADICTIONS = (461, 220)
CHANGES = (6_533, 535)
STORED = (43_658, 0)
RULED = {"ed9": {"high": 32_359, "medium": 30_457, "low": 22_816}, "m20": {"high": 32_359}}
NO_STAY_ON_RECORD = 14_368
