"""Whose desk this is."""

from __future__ import annotations

AT_DOORS = frozenset({"community", "street"})
"""Duties that knock at doors: the community, and the street office for the communities below it."""

TASKS = {"community": ("community",), "street": ("street", "community")}
"""Duty -> tasks of the offices whose visits it sees, where its assignment names no office."""
