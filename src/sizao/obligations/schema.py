"""The columns of what derive answers.

Keys and ids are text of 32 hex digits, instants are UTC without a zone, days are civil days in the zone
of the pack. What each column means is stated in docs/explanation/semantics.md.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

_TEXT = pa.string()
_INSTANT = pa.timestamp("us")
_FLAG = pa.bool_()

OBLIGATIONS: pa.Schema = pa.schema(
    [
        pa.field("obligation_id", _TEXT, nullable=False),
        pa.field("plan_id", _TEXT, nullable=False),
        pa.field("rule", _TEXT, nullable=False),
        pa.field("version", pa.int32(), nullable=False),
        pa.field("rule_version", _TEXT, nullable=False),
        pa.field("step", _TEXT, nullable=False),
        pa.field("occurrence", _TEXT, nullable=False),
        pa.field("verb", _TEXT, nullable=False),
        pa.field("sector", _TEXT, nullable=False),
        pa.field("about_kind", _TEXT, nullable=False),
        pa.field("about", _TEXT, nullable=False),
        pa.field("trigger_fact", _TEXT, nullable=False),
        pa.field("trigger_key", _TEXT, nullable=False),
        pa.field("related", _TEXT),
        pa.field("anchor", _TEXT),
        pa.field("parent_id", _TEXT),
        pa.field("place", _TEXT),
        pa.field("restricts", _FLAG, nullable=False),
        pa.field("event_on", pa.date32(), nullable=False),
        pa.field("first_known_at", _INSTANT, nullable=False),
        pa.field("opens_at", _INSTANT, nullable=False),
        pa.field("due_at", _INSTANT, nullable=False),
        pa.field("closes_at", _INSTANT),
        pa.field("status", _TEXT, nullable=False),
        pa.field("met_at", _INSTANT),
        pa.field("met_by", _TEXT),
        pa.field("reported_late", _FLAG, nullable=False),
        pa.field("in_place", _FLAG),
        pa.field("covered_until", _INSTANT),
        pa.field("gaps", pa.int64()),
        pa.field("waived_by", _TEXT),
        pa.field("done_by", _TEXT),
        pa.field("answers_to", _TEXT, nullable=False),
        pa.field("owned", _FLAG, nullable=False),
        pa.field("area", _TEXT),
        pa.field("marks", _TEXT, nullable=False),
        pa.field("because", _TEXT, nullable=False),
        pa.field("next_change_at", _INSTANT),
    ]
)
"""One row per (rule, trigger, step, occurrence), keyed by obligation_id."""

UNKNOWN: pa.Schema = pa.schema(
    [
        pa.field("rule", _TEXT, nullable=False),
        pa.field("version", pa.int32(), nullable=False),
        pa.field("trigger_fact", _TEXT, nullable=False),
        pa.field("trigger_key", _TEXT, nullable=False),
        pa.field("about", _TEXT),
        pa.field("area", _TEXT),
        pa.field("event_on", pa.date32(), nullable=False),
        pa.field("first_known_at", _INSTANT, nullable=False),
    ]
)
"""One row per (rule, trigger) whose condition is not known; version is the first whose dates fit."""

TOO_LATE: pa.Schema = pa.schema(
    [
        pa.field("kind", _TEXT, nullable=False),
        pa.field("rule", _TEXT, nullable=False),
        pa.field("version", pa.int32(), nullable=False),
        pa.field("step", _TEXT, nullable=False),
        pa.field("occurrence", _TEXT, nullable=False),
        pa.field("trigger_fact", _TEXT, nullable=False),
        pa.field("trigger_key", _TEXT, nullable=False),
        pa.field("about", _TEXT, nullable=False),
        pa.field("due_at", _INSTANT, nullable=False),
        pa.field("closes_at", _INSTANT),
        pa.field("first_known_at", _INSTANT, nullable=False),
        pa.field("area", _TEXT),
    ]
)
"""One row per step that was over before its trigger became known; kind is skipped or span_over."""

STANDING: pa.Schema = pa.schema(
    [
        pa.field("person", _TEXT, nullable=False),
        pa.field("place", _TEXT),
        pa.field("until", _INSTANT, nullable=False),
        pa.field("rows", _TEXT, nullable=False),
        pa.field("row_count", pa.int64(), nullable=False),
    ]
)
"""One row per canonical person who is restricted at as_of."""

RESULTS: Mapping[str, pa.Schema] = {
    "obligations": OBLIGATIONS,
    "unknown": UNKNOWN,
    "too_late": TOO_LATE,
    "standing": STANDING,
}
"""Result name -> schema."""
