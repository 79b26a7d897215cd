"""The procedure that makes the committed extract of examples/taiwan-2020 from the full files.

python tests/data/extract.py FOLDER-OF-THE-FULL-FILES examples/taiwan-2020
"""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

LAST_DAY = "2020-11-09"
FREE_TEXT = ("detail", "symptom", "note")
LINE_LIST_LEFT_OUT = (
    *FREE_TEXT,
    "source",
    "infection_source",
    "visited_countries/cities",
    "date_of_transit",
    "transit_country/city",
    "nationality",
    "age",
    "icu",
    "date_of_contact_with_infected_case",
    "source_infected_cases_all",
    "source_infected_case",
    "earliest_infection_date",
)
SHIP = "16"
WIDE_KINDS = (
    "7",
    "10",
    "18",
    "19",
)  # same flight, same school, not known: kept for cases with few edges only
FEW = 40


def extract(folder: Path) -> dict[str, str]:
    """File name → text of the extract."""
    return {
        "individual_data.csv": _table(folder / "individual_data.csv", LINE_LIST_LEFT_OUT, lambda rows: rows),
        "edge_list.csv": _table(folder / "edge_list.csv", (), _edges),
        "summary.csv": _table(folder / "summary.csv", FREE_TEXT, _early),
    }


Rows = Sequence[dict[str, str]]


def _table(path: Path, left_out: Sequence[str], choose: Callable[[Rows], Rows]) -> str:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        columns = [name for name in reader.fieldnames or () if name not in left_out]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(choose(rows))
    return text.getvalue()


def _edges(rows: Rows) -> Rows:
    """Of the ship only the edge from a case to itself; edges of wide kinds only where both ends have few."""
    wide = Counter(
        end for row in rows if row["interaction"] in WIDE_KINDS for end in (row["source"], row["target"])
    )

    def kept(row: dict[str, str]) -> bool:
        if row["interaction"] == SHIP:
            return row["source"] == row["target"]
        return row["interaction"] not in WIDE_KINDS or max(wide[row["source"]], wide[row["target"]]) <= FEW

    return [row for row in rows if kept(row)]


def _early(rows: Rows) -> Rows:
    return [row for row in rows if row["announce_date"] <= LAST_DAY]


if __name__ == "__main__":
    for name, text in extract(Path(sys.argv[1])).items():
        (Path(sys.argv[2]) / name).write_text(text, encoding="utf-8", newline="")
