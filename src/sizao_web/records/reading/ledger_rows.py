"""Rows of the ledger as plain values, for what tells them in words."""

from __future__ import annotations

from typing import Any

from sizao_web.records.models import Obligation

Plain = dict[str, Any]
FIELDS = (
    "obligation_id", "rule", "version", "step", "verb", "about_kind", "about", "place", "status", "opens_at",
    "due_at", "closes_at", "met_at", "withdrawn_at", "withdrawn_why", "responsible", "done_by", "answers_to",
    "area", "trigger_fact", "trigger_key",
)  # fmt: skip


def plainly(row: Obligation) -> Plain:
    """One row."""
    return {name: getattr(row, name) for name in FIELDS}
