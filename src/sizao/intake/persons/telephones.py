"""Telephone numbers in one way of writing: mobile ones of the mainland without their country, others with."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers

HOME = "CN"
"""Where a number without a country's number is from."""
_SIGNS = re.compile(r"[^0-9+]")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")


@lru_cache(maxsize=1 << 14)
def plain(text: str) -> str:
    """Digits only. What is no number of any country keeps the digits that were written."""
    typed = _SIGNS.sub("", unicodedata.normalize("NFKC", text))
    if mobile := _MOBILE.fullmatch(typed):
        return mobile[1]
    digits = typed.replace("+", "")
    try:
        number = phonenumbers.parse(typed if not typed.startswith("00") else f"+{typed[2:]}", HOME)
    except phonenumbers.NumberParseException:
        return digits
    if not phonenumbers.is_valid_number(number):
        return digits
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
