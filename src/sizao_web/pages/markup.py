"""HTML made in Python for what a page repeats a thousand times.

Django's own functions do the same, but ask of each word whether it is one that is translated later: a tenth
of the time of a page with fifty rows. No text of ours is (decision: words stand beside each other).
"""

from __future__ import annotations

import html

from django.utils.safestring import SafeString


def escaped(value: object) -> str:
    """The text of a value as HTML; what is HTML already stays as it is."""
    made = getattr(value, "__html__", None)
    return str(made()) if made is not None else html.escape(str(value))


def filled(template: str, *values: object) -> SafeString:
    """The template, which is HTML, with the values in place of its {}, each escaped."""
    return SafeString(template.format(*map(escaped, values)))
