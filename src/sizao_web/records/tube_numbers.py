"""The form of the numbers of tubes, where the installation states one (SIZAO_TUBES); else any number will do.

A number that was mistyped is found when its tube comes to the bench: by then somebody waits for a result that
no tube brings. So whoever fills a tube is told at once.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

import pyarrow as pa
from django.conf import settings

from sizao.policy.plausibility import Finding, Rule
from sizao.terms.words import Words

DIGIT, LETTER = "#", "@"
OF_TUBES = ("samples", "sample_members")
"""Facts that are written when a tube is filled. What comes to a laboratory may be from another city."""
_SIGNS = {DIGIT: "[0-9]", LETTER: "[A-Z]"}


def pattern(forms: tuple[str, ...]) -> str:
    """A regular expression, for pages too, of numbers that have one of the forms."""
    told = ["".join(_SIGNS.get(sign, re.escape(sign)) for sign in form) for form in forms]
    return f"^(?:{'|'.join(told)})$"


def expected(forms: tuple[str, ...]) -> Words:
    """What a number should be like."""
    zh, en = "或".join(forms), " or ".join(forms)
    return Words(
        f"试管号应形如{zh}（{DIGIT}一位数字，{LETTER}一位大写字母）",
        f"the number of a tube should be like {en} ({DIGIT} a digit, {LETTER} a capital letter)",
    )


def has_form(number: str) -> bool:
    """Whether a number is as this installation numbers its tubes."""
    forms = settings.SIZAO.tubes
    return not forms or re.search(pattern(forms), number) is not None


def unlike(fact: str, rows: pa.Table) -> list[Finding]:
    """Records of filled tubes whose number has none of the forms. What is corrected, taken back or loaded as
    history has the number that it had."""
    forms = settings.SIZAO.tubes
    if not forms or fact not in OF_TUBES:
        return []
    asked = rows.select(["sample", "action", "history"]).to_pylist()
    return [
        Finding(place, _rule(fact, forms))
        for place, row in enumerate(asked)
        if row["action"] == "record" and not row["history"] and not has_form(row["sample"] or "")
    ]


@lru_cache(maxsize=8)
def _rule(fact: str, forms: tuple[str, ...]) -> Rule:
    source = Words("本系统的设置（SIZAO_TUBES）", "the settings of this installation (SIZAO_TUBES)")
    return Rule(
        "form-of-tube-numbers", fact, date.min, "refuse", (), None, None, expected(forms), source, "D", {}
    )
