"""The clock of the demonstration: it begins at nine on 10 November 2020, when it is made, and goes on.

Nine, because what must be done before noon is then still to be done. Read before Django's settings are: the
clock of the installation is one of them.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

DEMO_DAY = date(2020, 11, 10)
BEGINS = time(9)
FILE = "demo.json"


def clock_behind(data: Path, real: datetime, zone: str) -> int:
    """By how many seconds the clock of this data folder is behind the real one.

    real: the real moment, with a zone mark; a folder that is no demonstration yet is made at it. zone: of
    the city.
    """
    begins = datetime.combine(DEMO_DAY, BEGINS, ZoneInfo(zone))
    return int((made_at(data, real) - begins).total_seconds())


def made_at(data: Path, real: datetime) -> datetime:
    """The real moment at which the demonstration in this folder was made, written there the first time."""
    file = data / FILE
    if file.exists():
        return datetime.fromisoformat(json.loads(file.read_text(encoding="utf-8"))["made_at"])
    data.mkdir(parents=True, exist_ok=True)
    moment = real.astimezone(UTC).replace(microsecond=0)
    file.write_text(json.dumps({"made_at": moment.isoformat()}) + "\n", encoding="utf-8")
    return moment
