"""Rows of a file that cannot be true are not taken; the others are."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from sizao.intake.loading import Prepared
from sizao.intake.pieces import LINE
from sizao.intake.problems import IMPLAUSIBLE, Problem
from sizao.intake.receipts import Rejected
from sizao.policy.plausibility import Finding
from sizao.terms.words import Words
from sizao_web.records.plausible import DO, impossible


def without_the_impossible(name: str, prepared: Prepared) -> Prepared:
    """The rows that rules do not refuse; the others are rejected with the words of the rule."""
    wrong: dict[int, list[Problem]] = {}
    for fact, table in prepared.fresh.items():
        for one in impossible(fact, table.drop_columns([LINE, "entry"])):
            line = table[LINE][one.row].as_py()
            wrong.setdefault(line, []).append(_problem(name, line, one))
    if not wrong:
        return prepared
    bad = pa.array(list(wrong), pa.int64())
    fresh = {
        fact: table.filter(pc.invert(pc.is_in(table[LINE], bad))) for fact, table in prepared.fresh.items()
    }
    more = tuple(Rejected(line, tuple(wrong[line])) for line in sorted(wrong))
    return replace(prepared, fresh=fresh, rejected=(*prepared.rejected, *more))


def _problem(name: str, line: int, finding: Finding) -> Problem:
    says = finding.rule.says
    return Problem(
        f"{IMPLAUSIBLE}{finding.rule.name}", name, line, None, None, says, Words(DO.zh, f"{DO.en}.")
    )
