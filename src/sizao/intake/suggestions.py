"""What was probably meant: by a cell that cannot be read, and by a sheet of which nobody said what it
holds."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sizao.facts.dictionary import FACTS
from sizao.intake.templates import headings
from sizao.terms.words import Words

_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_LEADING_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_SEPARATED = re.compile(r"\d{1,3}([, ]\d{3})+", re.ASCII)


def suggestion(kind: str, found: str) -> str | None:
    """The text that would be taken in the place of `found`."""
    if kind in ("wrong_date", "impossible_date"):
        return _day(found)
    if kind == "wrong_number":
        number = _LEADING_NUMBER.match(found)
        return number[0] if number else None
    if kind == "wrong_count" and _SEPARATED.fullmatch(found):
        return re.sub(r"\D", "", found)
    if kind == "wrong_identifier":
        return "".join(found.split())
    if kind == "wrong_area":
        return "-".join(found.split())
    return None


def _day(found: str) -> str | None:
    stated = _YEAR_FIRST.fullmatch(found)
    if stated is None:
        return None
    year, month, day = (int(part) for part in stated.groups())
    if not (1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{year:04}-{month:02}-{min(day, monthrange(year, month)[1]):02}"


@dataclass(frozen=True)
class Proposed:
    """A fact that a sheet may hold. score: 0 to 1; reasons say which headings speak for it and what is
    missing."""

    fact: str
    score: float
    reasons: tuple[Words, ...]
    whole: bool  # every required column is there: it can be taken without a mapping


def proposals(columns: Sequence[str], facts: Iterable[str], most: int = 5) -> tuple[Proposed, ...]:
    """The facts whose columns the headings look like, the likeliest first; none where no heading is known.

    Three quarters of the score are the fact's required columns that are there, one quarter the headings of
    the sheet
    that it knows.
    """
    scored = [one for fact in facts if (one := _scored(fact, columns)) is not None]
    return tuple(sorted(scored, key=lambda one: (-one.score, one.fact))[:most])


def _scored(fact: str, columns: Sequence[str]) -> Proposed | None:
    given = headings(fact, columns)
    own = [column for column in FACTS[fact].columns if column.name in given]
    if not own:
        return None
    required = [column for column in FACTS[fact].columns if column.required]
    missing = [column for column in required if column.name not in given]
    score = 0.75 * (len(required) - len(missing)) / max(len(required), 1) + 0.25 * len(given) / len(columns)
    there = "、".join(given[column.name] for column in own)
    reasons = [Words(f"认出的列：{there}", f"columns that are known: {there.replace('、', ', ')}")]
    if missing:
        zh = "、".join(column.heading for column in missing)
        en = ", ".join(column.name for column in missing)
        reasons.append(Words(f"缺少：{zh}", f"missing: {en}"))
    return Proposed(fact, round(score, 3), tuple(reasons), not missing)
