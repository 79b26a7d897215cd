"""What reading one file may cost: numbers declared in limits.yaml, each with unit, mark and reason."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files

from ruamel.yaml import YAML

FILE = "limits.yaml"


@dataclass(frozen=True)
class Limits:
    """The most of each that one file may have or take. Bytes, counts and seconds as declared in the file."""

    bytes: int
    unpacked: int  # bytes of all parts of a workbook
    ratio: int  # unpacked ÷ packed
    parts: int  # of a workbook
    rows: int
    workbook_rows: int
    columns: int
    cells: int
    cell_length: int  # characters
    depth: int  # of JSON
    memory: int  # bytes resident in the process that reads
    processor: int  # seconds of that process
    wall: int  # seconds in which that process is waited for


@lru_cache(maxsize=1)
def declared_limits() -> Limits:
    """The limits of this installation."""
    text = files("sizao.intake").joinpath(FILE).read_text(encoding="utf-8")
    stated = YAML(typ="safe").load(text)
    return Limits(**{field.name: int(stated[field.name]["most"]) for field in fields(Limits)})
