"""What was probably meant by a cell that cannot be read; None when only its writer can know."""

from __future__ import annotations

import re
from calendar import monthrange

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
