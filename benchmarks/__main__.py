"""Measure derivation beside the peers and print a table with ratios: `python -m benchmarks`, or `make bench`.

SIZAO_PEOPLE (default 10000000) is the size of the invented city, SIZAO_REPEATS (default 5) how often each
case is run after one run to warm up. The city's files are kept under SIZAO_BENCH (default: the folder for
temporary files).
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from pathlib import Path

import duckdb
import polars
from benchmarks.city import City, build
from benchmarks.derivation import CASES
from benchmarks.measuring import Measured, in_its_own_process

PEOPLE = int(os.environ.get("SIZAO_PEOPLE", "10000000"))
REPEATS = int(os.environ.get("SIZAO_REPEATS", "5"))
KEPT = Path(os.environ.get("SIZAO_BENCH", Path(tempfile.gettempdir()) / "sizao-bench"))
PEERS = ("union", "polars")
CORRECTED = tuple(case for case in CASES if case == "full" or case.startswith("touched"))


def main() -> None:
    """Build both cities when they are missing, run every case, print the table."""
    folders = {share: _city(share) for share in (0.0, 0.01)}
    print(
        f"{PEOPLE:,} people (invented), median of {REPEATS} after one warm-up; "
        f"{os.cpu_count()} CPUs, Python {platform.python_version()}, DuckDB {duckdb.__version__}, "
        f"Polars {polars.__version__}. DuckDB for both: all threads, UTC, rows in any order, "
        "memory of dropped tables kept; "
        "Polars: streaming engine. All read the same Parquet files.\n"
    )
    print(f"{'case':24}{'wall s':>9}{'CPU s':>9}{'peak GB':>9}{'rows':>13}  rows by hash")
    measured: dict[str, Measured] = {}
    for case in CASES:
        folder = folders[0.01 if case in CORRECTED else 0.0]
        result = measured[case] = in_its_own_process("benchmarks.derivation", case, str(folder), str(REPEATS))
        print(
            f"{case:24}{result.wall_s:9.2f}{result.cpu_s:9.2f}{result.peak_gb:9.2f}{result.rows:13,}  "
            f"{result.digest}",
            flush=True,
        )
    missed = _judge(measured)
    print("\nWhere the time goes (wall seconds of the last run):")
    for case in ("sizao", "full"):
        steps = sorted(measured[case].steps.items(), key=lambda step: -step[1])[:10]
        print(f"  {case}: " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in steps))
    if len({measured[case].digest for case in ("sizao", *PEERS)}) != 1:
        sys.exit("The peers do not give the same rows: nothing here may be compared.")
    if missed:
        print(f"\nMissed: {', '.join(missed)}.")


def _judge(measured: dict[str, Measured]) -> list[str]:
    """Print each goal beside what was measured; the names of goals missed."""
    ours, union = measured["sizao"], measured["union"]
    goals = (
        ("plain rules, wall s", ours.wall_s, 12.0),
        ("plain rules, peak GB", ours.peak_gb, 6.0),
        ("plain rules, CPU ÷ UNION", ours.cpu_s / union.cpu_s, 0.7),
        ("full rules, wall s", measured["full"].wall_s, 30.0),
        ("full rules, peak GB", measured["full"].peak_gb, 8.0),
        ("one person, training pack, wall s", measured["touched-one"].wall_s, 0.5),
        ("1 % of the people, their facts, wall s", measured["touched-percent"].wall_s, 2.0),
        ("1 % of the people, city files, wall s", measured["touched-percent-in-city"].wall_s, 2.0),
    )
    print(f"\nCPU ÷ Polars: {ours.cpu_s / measured['polars'].cpu_s:.2f}")
    print(f"\n{'goal':40}{'at most':>10}{'measured':>10}")
    for name, value, limit in goals:
        print(f"{name:40}{limit:10.2f}{value:10.2f}  {'' if value <= limit else 'MISSED'}")
    return [name for name, value, limit in goals if value > limit]


def _city(corrected_share: float) -> Path:
    folder = KEPT / f"{PEOPLE}-{corrected_share}"
    if not (folder / "institution_reports.parquet").exists():
        rows = build(City(PEOPLE, corrected_share), folder)
        print(f"built {folder.name}: {sum(rows.values()):,} rows")
    return folder


if __name__ == "__main__":
    main()
