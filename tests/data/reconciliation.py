"""Each published notice beside our count of the same evening, by origin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from sizao.indicators.daily import FIGURES, confirmed_as_known_then, days_of
from sizao.store.running import run

ZONE = "Asia/Taipei"
FIRST_DAY, LAST_DAY = date(2020, 1, 21), date(2020, 11, 9)
ORIGINS = {figure: origin for figure, origin in FIGURES.items() if origin is not None}


@dataclass(frozen=True)
class Notice:
    """The figures of one notice and ours, by origin."""

    day: date
    record: str
    published: Mapping[str, int]
    counted: Mapping[str, int]

    @property
    def equal(self) -> bool:
        """Whether every figure is the same."""
        return self.published == self.counted

    @property
    def difference(self) -> dict[str, int]:
        """Ours minus published, where they differ."""
        return {
            origin: self.counted[origin] - self.published[origin]
            for origin in self.published
            if self.counted[origin] != self.published[origin]
        }


def reconcile(tables: Mapping[str, pa.Table]) -> list[Notice]:
    """Every notice with totals up to the last day, in order."""
    daily = run(
        confirmed_as_known_then(days_of(FIRST_DAY, LAST_DAY), zone=ZONE),
        {"classifications": tables["classifications"]},
    )["daily"]
    counted: defaultdict[date, dict[str, int]] = defaultdict(dict)
    for row in daily.to_pylist():
        counted[row["day"]][row["origin"]] = row["confirmed"]
    published: defaultdict[tuple[date, str], dict[str, int]] = defaultdict(dict)
    for row in tables["published_totals"].to_pylist():
        if row["figure"] in ORIGINS and row["day"] <= LAST_DAY:
            notice = row["source_record"].rpartition("/")[0]
            published[row["day"], notice][ORIGINS[row["figure"]]] = row["value"]
    return [
        Notice(day, record, figures, {origin: counted[day].get(origin, 0) for origin in figures})
        for (day, record), figures in sorted(published.items())
    ]
