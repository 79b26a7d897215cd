"""What a row demands of whoever does it, and what counts as a fever: the same at every desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sizao.terms.words import Words
from sizao_web.pages import presenters
from sizao_web.records.reading.pack import policy_in_use, verb_label
from sizao_web.records.reading.proofs import proof_of


def feverish(temperature: float | None) -> bool:
    """Whether the pack calls this a fever; a pack that states no number calls nothing so."""
    stated = policy_in_use().parameters.get("referral.temperature", ())
    fever = stated[-1].value if stated else None
    return temperature is not None and isinstance(fever, int | float) and temperature >= fever


def degrees_of(text: str) -> float | None:
    """The temperature that was typed: 36.5, 36,5, 36。5 and, for who types fast, 365; None if it is none."""
    plain = text.replace("，", ".").replace(",", ".").replace("。", ".")
    if len(plain) == 3 and plain.isdigit():
        plain = f"{plain[:2]}.{plain[2]}"
    try:
        return float(plain)
    except ValueError:
        return None


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
