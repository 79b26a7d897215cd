"""`python -m tools.district_day`: live a district's day and say whether it ended as expected.

SIZAO_PEOPLE, SIZAO_QUARANTINED, SIZAO_SCHOOLS, SIZAO_PHARMACIES, SIZAO_CLINICS are its size (a few hundred
residents take about a minute and a half: 800, 60, 10, 4, 5), SIZAO_SEED its chance, SIZAO_READERS how many
read at once. SIZAO_BENCH names the folder to work in. With `--write` the evidence page of the day is written.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from tools.district_day.day import live
from tools.district_day.district import District
from tools.district_day.telling import told, write

from sizao_web.settings.configuration import usual_witness

BENCH = Path(os.environ.get("SIZAO_BENCH", Path(tempfile.gettempdir()) / "sizao-bench"))


def main() -> None:
    """Live, tell; exit code 1 when anything differs."""
    district = District.from_environment()
    folder = BENCH / f"district-{district.tag}"
    for old in (folder, usual_witness(folder)):  # the witness would tell of another history
        shutil.rmtree(old, ignore_errors=True)
    lived = live(
        district,
        folder,
        f"http://127.0.0.1:{_free_port()}",
        readers=int(os.environ.get("SIZAO_READERS", "4")),
    )
    print(told(lived))
    if "--write" in sys.argv:
        print(f"\nwritten: {write(lived)}")
    if not lived.right:
        sys.exit(1)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


main()
