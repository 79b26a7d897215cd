"""The words of this desk."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words

GROUPS: Mapping[str, tuple[Words, str]] = MappingProxyType(
    {
        "overdue": (Words("逾期，先去", "Overdue: go there first"), "state-overdue"),
        "noon": (Words("中午前", "Before noon"), "state-open"),
        "today": (Words("今天内", "Today"), "state-open"),
        "later": (Words("以后", "Later"), "state-upcoming"),
    }
)
"""Group of visits -> its heading and colour, in the order in which somebody must go."""

ANSWERS: Mapping[str, Words] = MappingProxyType(
    {
        "": Words("未见到", "not met"),
        "well": Words("良好", "well"),
        "symptoms": Words("有症状", "symptoms"),
        "help": Words("需帮助", "needs help"),
    }
)
"""What may be answered of a person; "not met" leaves nothing on record."""

OUTCOMES: Mapping[str, Words] = MappingProxyType(
    {
        "stored": Words("已记录", "recorded"),
        "merged": Words("之前已记录，未重复", "was recorded before; counted once"),
        "refused": Words("未记录", "not recorded"),
    }
)
"""What became of an answer."""


def told(fact: str, row: Mapping[str, Any], names: Mapping[str, str]) -> Words | None:
    """What a fact of a visit says, short; None for one that says nothing by itself. names: person -> name."""
    if fact == "health_checks":
        ill = Words("有症状", "symptoms") if row["symptoms"] else Words("无症状", "no symptoms")
        if row["temperature"] is None:
            return Words(f"健康询问：{ill.zh}", f"asked about health: {ill.en}")
        return Words(f"{row['temperature']:g} ℃，{ill.zh}", f"{row['temperature']:g} °C, {ill.en}")
    if fact == "visits":
        purpose = CODE_LISTS["visit_purposes"].label_of(row["purpose"])
        if row["findings"] is None:
            return purpose
        found = CODE_LISTS["visit_findings"].label_of(row["findings"])
        return Words(f"{purpose.zh}：{found.zh}", f"{purpose.en}: {found.en}")
    if fact == "room_stays":
        return Words("在家，居家观察从此刻算起", "at home; observation counts from this moment")
    if fact == "dependants":
        if row["kind"] == "none":
            return Words("已询问：无人需照料", "asked: nobody depends on this person")
        kind = CODE_LISTS["dependant_kinds"].label_of(row["kind"])
        who = names.get(row["dependant"]) or row["dependant"]
        return Words(
            f"需照料：{who}（{kind.zh}），每天上门",
            f"{who} depends on this person ({kind.en}): a visit every day",
        )
    if fact == "samples":
        return Words(
            f"采样，试管 {row['sample']}，等结果", f"sample {row['sample']} taken; the result is awaited"
        )
    return None
