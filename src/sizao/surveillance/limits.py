"""How control charts are drawn: the numbers of limits.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Limits:
    """See limits.yaml for what each means."""

    baseline_days: int
    least_baseline_days: int
    windows: tuple[int, ...]
    false_alarms: float
    least_expected: float

    @property
    def tail(self) -> float:
        """The probability of one side in one window."""
        return self.false_alarms / len(self.windows)


@lru_cache(maxsize=1)
def limits() -> Limits:
    """The limits that are shipped."""
    text = (Path(__file__).parent / "limits.yaml").read_text(encoding="utf-8")
    found = YAML(typ="safe").load(text)
    return Limits(
        int(found["baseline_days"]),
        int(found["least_baseline_days"]),
        tuple(int(days) for days in found["windows"]),
        float(found["false_alarms"]),
        float(found["least_expected"]),
    )
