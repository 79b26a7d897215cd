"""Every row of the real files is accounted for, and so is every row of a spoiled copy."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from data.conftest import EXAMPLE, NOW
from sizao import intake

SEED = 20201109
SENT = {
    "individual_data.csv": (578, 578, 0, 0),
    "edge_list.csv": (46_010, 46_010, 0, 0),
    "summary.csv": (783, 776, 0, 7),  # seven notices without any figure
}


def load_edges(folder: Path, files: Path, tables: dict[str, pa.Table]) -> intake.Receipt:
    one = intake.plan(folder / "edge_list.csv", mapping=EXAMPLE / "contacts.yaml", beside=[files])
    return intake.load(one, dict(tables), tables.update, recorded_at=NOW)


@pytest.mark.parametrize("sheet", SENT)
def test_every_row_of_the_files_is_stored_merged_or_rejected(
    sheet: str, loaded: tuple[dict[str, pa.Table], list[intake.Receipt]]
) -> None:
    (receipt,) = (one for one in loaded[1] if one.sheet == sheet)
    rows = receipt.rows
    assert (rows.sent, rows.stored, rows.merged, rows.rejected) == SENT[sheet]
    for count in receipt.facts.values():
        assert count.sent == count.stored + count.merged + count.rejected


def test_the_facts_of_the_files_are_as_many_as_the_files_say(tables: dict[str, pa.Table]) -> None:
    assert tables["classifications"].num_rows == 578 + 2  # case 530: recorded and retracted
    # 44,827 edges of a case and another person; between cases 37 directed, 1,145 undirected taken both ways,
    # and one from a case to itself.
    assert tables["exposures"].num_rows == 44_827 + 37 + 2 * 1_145 + 1
    contacts = [person for person in tables["people"]["person"].to_pylist() if not person.startswith("I")]
    ends = {row["person"] for row in tables["exposures"].to_pylist()}
    assert (
        len(contacts) == len(set(contacts)) == len([end for end in ends if not end.startswith("I")]) == 8_485
    )


def test_sending_the_files_again_changes_nothing(files: Path, tables: dict[str, pa.Table]) -> None:
    def refuse(_: object) -> None:
        raise AssertionError("something was written")

    plans = intake.plan_batch(EXAMPLE / "taiwan.yaml", data=files)
    receipts = intake.load_all(plans, tables, refuse, recorded_at=NOW)
    assert sum(receipt.rows.stored for receipt in receipts) == 0


def test_a_spoiled_copy_is_accounted_for_to_the_row(
    tmp_path: Path, files: Path, say: Callable[[str], None]
) -> None:
    wrong = spoil((files / "edge_list.csv"), tmp_path / "edge_list.csv")
    tables: dict[str, pa.Table] = {}
    receipt = load_edges(tmp_path, files, tables)
    rows = receipt.rows
    say(f"sent {rows.sent} = stored {rows.stored} + merged {rows.merged} + rejected {rows.rejected}")
    assert (rows.sent, rows.stored, rows.merged, rows.rejected) == (45_960, 45_860, 50, 50)
    assert {row.line: row.problems[0].column for row in receipt.rejected} == wrong
    assert all(
        problem.expected.en and problem.expected.zh for row in receipt.rejected for problem in row.problems
    )
    again = load_edges(tmp_path, files, tables).rows
    assert (again.sent, again.stored, again.merged, again.rejected) == (45_960, 0, 45_910, 50)


def spoil(original: Path, copy: Path) -> dict[int, str]:
    """Delete 100 rows, send 50 twice, spoil one cell of 50 others. Answers spoiled line → column."""
    draw = random.Random(SEED)
    header, *rows = original.read_text().splitlines()
    columns = header.split(",")
    chosen = draw.sample(range(len(rows)), 200)
    deleted, twice, spoiled = set(chosen[:100]), chosen[100:150], set(chosen[150:])
    sent: list[tuple[str, str | None]] = []
    for number, row in enumerate(rows):
        column = draw.choice(columns) if number in spoiled else None
        if number not in deleted:
            sent.append((spoilt(row, columns, column, draw), column))
    for number in twice:
        sent.insert(draw.randrange(len(sent) + 1), (rows[number], None))
    copy.write_text("\n".join([header, *(row for row, _ in sent)]) + "\n")
    return {line: column for line, (_, column) in enumerate(sent, start=2) if column is not None}


def spoilt(row: str, columns: list[str], column: str | None, draw: random.Random) -> str:
    if column is None:
        return row
    cells = row.split(",")
    place = columns.index(column)
    cells[place] = draw.choice(SPOILT[column])(cells[place])
    return ",".join(cells)


SPOILT: dict[str, list[Callable[[str], str]]] = {
    "source": [lambda cell: "I9" + cell.strip("I") + "9", lambda cell: "", lambda cell: cell + "?"],
    "target": [lambda cell: "I9" + cell.strip("I") + "9", lambda cell: "", lambda cell: "person " + cell],
    "interaction": [lambda cell: "20", lambda cell: "x" + cell, lambda cell: ""],
    "directed": [lambda cell: "Fasle", lambda cell: "", lambda cell: "=1=1"],
}
