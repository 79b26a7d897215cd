"""Whose desk this is."""

from __future__ import annotations

from sizao_web.accounts.roles import givers_of

OFFICES = frozenset(givers_of("shifts"))
"""Every duty of an office: each keeps its own roster."""
