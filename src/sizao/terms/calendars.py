"""Operating calendars: on which days of the week a place works."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

# ISO weekdays: Monday is 1, Sunday is 7.
OPERATING_WEEKDAYS: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        "every_day": frozenset({1, 2, 3, 4, 5, 6, 7}),
        "weekdays": frozenset({1, 2, 3, 4, 5}),
        "monday_to_saturday": frozenset({1, 2, 3, 4, 5, 6}),
    }
)


def operates_on(calendar: str, day: date) -> bool:
    """Whether a place of this operating calendar works on `day`, closures aside; KeyError for no calendar."""
    return day.isoweekday() in OPERATING_WEEKDAYS[calendar]
