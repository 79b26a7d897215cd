"""The words of this desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.pages import presenters
from sizao_web.records.reading.pack import policy_in_use, verb_label
from sizao_web.records.reading.proofs import after_limit, proof_of

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


def feverish(temperature: float | None) -> bool:
    """Whether the pack calls this a fever; a pack that states no number calls nothing so."""
    stated = policy_in_use().parameters.get("referral.temperature", ())
    fever = stated[-1].value if stated else None
    return temperature is not None and isinstance(fever, int | float) and temperature >= fever


def consequence(row: Mapping[str, Any], now: datetime, zone: str) -> Words:
    """What happens if nobody goes: when another office must act, until when it can still be done."""
    parts: list[Words] = []
    escalated = after_limit(row["rule"], row["version"], row["step"])
    if escalated is not None:
        after, task, verb = escalated
        when = presenters.at(row["due_at"] + after, now, zone)
        office, label = CODE_LISTS["office_tasks"].label_of(task), verb_label(verb)
        parts.append(
            Words(
                f"不办则 {when.zh} 起转{office.zh}（{label.zh}）",
                f"otherwise {office.en} must act from {when.en} ({label.en})",
            )
        )
    closes = row["closes_at"]
    if closes is None:
        parts.append(Words("一直算逾期，办了才销", "stays overdue until it is done"))
    elif closes - row["due_at"] < timedelta(minutes=1):
        end = presenters.limit(closes, now, zone)
        parts.append(Words(f"只能在{end.zh}办，过后算漏做", f"only {end.en}, then it is missed"))
    else:
        end = presenters.limit(closes, now, zone)
        parts.append(Words(f"可补做到{end.zh}，过后算漏做", f"can be made good {end.en}, then it is missed"))
    return Words("；".join(one.zh for one in parts), "; ".join(one.en for one in parts))


def demand(row: Mapping[str, Any]) -> Words:
    """The verb, and how often a day where once is not enough."""
    label = verb_label(row["verb"])
    proof = proof_of(row["rule"], row["version"], row["step"])
    if proof is None or proof.count < 2:
        return label
    gap = presenters.length(proof.min_gap)
    return Words(
        f"{label.zh} {proof.count} 次（间隔至少 {gap.zh}）",
        f"{label.en}, {proof.count} times (at least {gap.en} apart)",
    )


def told(fact: str, row: Mapping[str, Any]) -> Words | None:
    """What a fact of a visit says, short; None for one that says nothing by itself."""
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
        return Words("已询问：无人需照料", "asked: nobody depends on this person")
    if fact == "samples":
        return Words(
            f"采样，试管 {row['sample']}，等结果", f"sample {row['sample']} taken; the result is awaited"
        )
    return None
