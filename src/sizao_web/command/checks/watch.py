"""The alarms that stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sizao.terms.words import Words
from sizao_web.command.checks.findings import Finding, finding


def watch(cursor: Any) -> Iterator[Finding]:
    """Which alarms somebody must look at, by kind."""
    from sizao_web.records.watch.kinds import KINDS

    cursor.execute("SELECT kind, alarms FROM sizao_alarms()")
    found = cursor.fetchall()
    labels = [(KINDS[kind].label, number) for kind, number in found if kind in KINDS]
    said = Words(
        "、".join(f"{label.zh}{number}个" for label, number in labels) or "无",
        ", ".join(f"{label.en} ({number})" for label, number in labels) or "none",
    )
    todo = Words("见网页“警报”：每一个都写明怎么办。", "See the page Alarms: each says what to do.")
    yield finding("alarms", not found, said, todo)
