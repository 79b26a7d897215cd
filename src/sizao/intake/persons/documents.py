"""Numbers of identity documents: in one way of writing, and checked as far as their kind allows.

A resident's number (GB 11643) carries a birth date, a sex and a check digit, so most slips of the pen are
seen at once. A number of the first generation (15 digits) is written as the 18 digits it became. Passports
and permits have no check digit in their number; of them only the form is known.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from stdnum.cn import ric

_RESIDENT = re.compile(r"[1-9][0-9]{16}[0-9X]")
_FIRST_GENERATION = re.compile(r"[1-9][0-9]{14}")
# Letters first, as in passports and in permits of residents of Hong Kong, Macao and Taiwan.
_TRAVEL = re.compile(r"[A-Z]{1,3}[0-9]{6,10}|[0-9]{8}")


@dataclass(frozen=True)
class Document:
    """One number. kind: resident, travel, other. valid: the check digit is right, wrong, or there is none."""

    number: str
    kind: str
    valid: bool | None
    birth_on: date | None = None
    sex: str | None = None

    @property
    def is_key(self) -> bool:
        """Whether it may say who somebody is: its check digit is right, or its form is a passport's."""
        return self.valid is True or (self.valid is None and self.kind == "travel")


def plain(text: str) -> str:
    """Capitals and digits only, so that x and X, spaces and full-width digits make no difference."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())


@lru_cache(maxsize=1 << 14)
def document(text: str) -> Document | None:
    """The document that a text names; None for a text without a letter or digit."""
    number = plain(text)
    if not number:
        return None
    if _FIRST_GENERATION.fullmatch(number):
        number = _second_generation(number)
    if _RESIDENT.fullmatch(number):
        born = _birth(number[6:14])
        valid = born is not None and ric.calc_check_digit(number) == number[17]
        sex = ("male" if int(number[16]) % 2 else "female") if valid else None
        return Document(number, "resident", valid, born if valid else None, sex)
    return Document(number, "travel" if _TRAVEL.fullmatch(number) else "other", None)


def _second_generation(number: str) -> str:
    """15 digits as 18: the century was 19, and the check digit follows from the rest."""
    longer = f"{number[:6]}19{number[6:]}"
    return longer + ric.calc_check_digit(f"{longer}0")


def _birth(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
