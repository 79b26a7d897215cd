"""The numbers of the watch, each with its source, from limits.yaml beside this file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("limits.yaml")


def limit(name: str) -> float:
    """One number."""
    return float(_all()[name]["value"])


def limits_of(name: str) -> tuple[int, ...]:
    """Several numbers of one name, as they stand there."""
    return tuple(int(one) for one in _all()[name]["value"])


def sources() -> dict[str, dict[str, Any]]:
    """Every number with unit, source and mark."""
    return dict(_all())


@cache
def _all() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for name, one in found.items():
        if set(one) != {"value", "unit", "source", "mark"}:
            raise ValueError(f"{FILE.name}: {name} needs value, unit, source and mark.")
    return found
