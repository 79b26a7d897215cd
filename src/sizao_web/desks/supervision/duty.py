"""Whose desk this is."""

from __future__ import annotations

from sizao_web.accounts.roles import givers_of, readers_of

SEEING = frozenset(readers_of("findings"))
"""Duties that see findings: inspectors, line departments, and the place where something was found."""

INSPECTING = frozenset(givers_of("inspections"))
RECTIFYING = frozenset(givers_of("rectifications"))
PHOTOGRAPHING = frozenset({*givers_of("findings"), *RECTIFYING})
