"""Texts that a spreadsheet would run as formulas: made harmless where they go out, and restored where they
come in.

An apostrophe before such a text makes it a text; so does it where blanks stand before the sign, which some
programs pass over. A text that begins with apostrophes before such a sign gets one more, so that each text
has exactly one form outside, and each form exactly one text inside.
"""

from __future__ import annotations

import re

LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫", "−")
_SIGNS = "=+\\-@\\t\\r\\n＝＋－＠﹢﹣﹦﹫−"
# Blanks of every width, joiners, marks of direction. Spelled out: engines differ in what \s is.
_BLANKS = (
    " \\x0b\\x0c\\x1c-\\x1f\u0085\u00a0\u00ad\u061c\u115f\u1160\u1680\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ufeff"
)
_LIVE = f"[{_BLANKS}]*[{_SIGNS}]"
_OUTSIDE = re.compile(f"'*{_LIVE}")
_INSIDE = re.compile(f"'+{_LIVE}")


def harmless(text: str) -> str:
    """The text as it goes out."""
    return f"'{text}" if _OUTSIDE.match(text) else text


def restored(text: str) -> str:
    """The text that went out as this one."""
    return text[1:] if _INSIDE.match(text) else text


def restored_sql(cell: str) -> str:
    """`restored` of an SQL expression."""
    return (
        f"(CASE WHEN starts_with({cell}, '''') AND regexp_matches({cell}, '^''+{_LIVE}')"
        f" THEN substr({cell}, 2) ELSE {cell} END)"
    )


def quoted_in_workbook(text: str) -> str:
    """A text of a workbook, which is never a formula there, in a form that is not taken for one here.

    Only what would be: numbers that a workbook holds as texts begin with signs too, and are read as numbers.
    """
    return f"'{text}" if text.startswith("=") or _INSIDE.match(text) else text
