"""This desk's entries in the way around."""

from __future__ import annotations


def register_all() -> None:
    """Called when the app is ready."""
