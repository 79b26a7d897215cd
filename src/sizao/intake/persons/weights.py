"""What each level of agreement weighs, and from which probability on what follows. The numbers are data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log2
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FILE = Path(__file__).parent / "weights.yaml"


@dataclass(frozen=True)
class Weights:
    """bits: field -> level -> log2 of how much likelier it is of one person. doubt: the bits against."""

    bits: Mapping[str, Mapping[str, float]]
    doubt: float
    the_same_from: float
    ask_from: float
    contested_within: float
    names_needed: frozenset[str]
    names_asked: frozenset[str]
    documents_asked: frozenset[str]
    contradictions: Mapping[str, frozenset[str]]


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The weights that are shipped."""
    return read(FILE.read_text(encoding="utf-8"))


def read(text: str) -> Weights:
    """The weights of a file's text. ValueError names the number that is none or lies outside 0 and 1."""
    found = YAML(typ="safe").load(text)
    bits = {
        field: {level: _bits(f"{field}.{level}", said) for level, said in levels.items()}
        for field, levels in found["levels"].items()
    }
    return Weights(
        bits,
        log2(found["people"]),
        _share("the_same_from", found["the_same_from"]),
        _share("ask_from", found["ask_from"]),
        _share("contested_within", found["contested_within"]),
        frozenset(found["names_needed"]),
        frozenset(found["names_asked"]),
        frozenset(found["documents_asked"]),
        {field: frozenset(levels) for field, levels in found["contradictions"].items()},
    )


def _bits(name: str, said: Any) -> float:
    return log2(_share(f"{name}.same", said["same"]) / _share(f"{name}.other", said["other"]))


def _share(name: str, value: Any) -> float:
    if not isinstance(value, float | int) or isinstance(value, bool) or not 0 < value <= 1:
        raise ValueError(f"weights.yaml: {name} must be a share above 0 and up to 1, but is {value!r}.")
    return float(value)
