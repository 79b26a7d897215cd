"""Which day it is in the demonstration: it begins on 10 November 2020, the day it is made, and goes on.

Read before Django's settings are, because the clock of the installation is one of them.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

DEMO_DAY = date(2020, 11, 10)
FILE = "demo.json"


def clock_days(data: Path, today: date) -> int:
    """By how many whole days the clock of this data folder is behind. A new folder is made on `today`.

    today: the civil date in the zone of the city.
    """
    return (made_on(data, today) - DEMO_DAY).days


def made_on(data: Path, today: date) -> date:
    """The real day on which the demonstration in this folder was made, written there the first time."""
    file = data / FILE
    if file.exists():
        return date.fromisoformat(json.loads(file.read_text(encoding="utf-8"))["made_on"])
    data.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"made_on": today.isoformat()}) + "\n", encoding="utf-8")
    return today
