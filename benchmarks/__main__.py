"""Measure derivation beside the peers and print a table with ratios: `python -m benchmarks`, or `make bench`.

SIZAO_PEOPLE (default 10000000) is the size of the invented city, SIZAO_REPEATS (default 5) how often each
case is run after one run to warm up. The city's files are kept under SIZAO_BENCH (default: the folder for
temporary files).
"""

from __future__ import annotations

import os
import platform
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
CORRECTED = ("full", "touched-one", "touched-one-in-city", "touched-percent")


def main() -> None:
    """Build both cities when they are missing, run every case, print the table."""
    folders = {share: _city(share) for share in (0.0, 0.01)}
    print(
        f"{PEOPLE:,} people (invented), median of {REPEATS} after one warm-up; "
        f"{os.cpu_count()} CPUs, Python {platform.python_version()}, DuckDB {duckdb.__version__}, "
        f"Polars {polars.__version__}\n"
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
    ours = measured["sizao"]
    for peer in ("union", "polars"):
        same = "same rows" if measured[peer].digest == ours.digest else "OTHER ROWS"
        ratio = ours.cpu_s / measured[peer].cpu_s
        print(f"\nCPU of sizao ÷ {peer}: {ratio:.2f} ({same})", end="")
    print("\n\nWhere the time goes (wall seconds of the last run):")
    for case in ("sizao", "full"):
        steps = sorted(measured[case].steps.items(), key=lambda step: -step[1])[:10]
        print(f"  {case}: " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in steps))


def _city(corrected_share: float) -> Path:
    folder = KEPT / f"{PEOPLE}-{corrected_share}"
    if not (folder / "institution_reports.parquet").exists():
        rows = build(City(PEOPLE, corrected_share), folder)
        print(f"built {folder.name}: {sum(rows.values()):,} rows")
    return folder


if __name__ == "__main__":
    main()
