"""The shipped packs, their examples, and the two ways to derive: the engine and the plain reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import reference
from sizao.obligations.derive import derive
from sizao.obligations.trying import FactRows
from sizao.policy.examples import Example, parse_examples
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from sizao.policy.situations import arrow_tables
from sizao.store.packs import read_pack, read_packs_beside
from sizao.store.running import run

FOLDER = Path(__file__).resolve().parents[2] / "policies"
NAMES = tuple(sorted(folder.name for folder in FOLDER.iterdir() if (folder / "pack.yaml").is_file()))

Rows = Mapping[str, Iterable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Shipped:
    """One shipped pack: its texts, the loaded policy, its examples."""

    files: Mapping[str, str]
    beside: Mapping[str, Mapping[str, str]]
    policy: Policy
    examples: tuple[Example, ...]


@lru_cache(maxsize=24)
def shipped(name: str) -> Shipped:
    """The pack of that name; fails with every problem of its examples."""
    files = read_pack(FOLDER / name)
    beside = read_packs_beside(FOLDER / name)
    policy = load_pack(files, beside)
    examples, problems = parse_examples(files, policy.zone, beside)
    assert not problems, "\n".join(problem.render("en") for problem in problems)
    return Shipped(files, beside, policy, examples)


def by_engine(policy: Policy, facts: FactRows, as_of: datetime, known_by: datetime) -> Rows:
    """The rows that the engine derives."""
    query = derive(policy, as_of=as_of, known_by=known_by)
    return {name: table.to_pylist() for name, table in run(query, arrow_tables(facts), threads=1).items()}


def by_reference(policy: Policy, facts: FactRows, as_of: datetime, known_by: datetime) -> Rows:
    """The rows that the plain reference derives."""
    return reference.derive(policy, facts, as_of=as_of, known_by=known_by)
