"""The reference of the pack format names every key and every function that the loader knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from sizao.policy import grades, levels, loading, overlays, parameters, rules, steps, timings, verbs
from sizao.policy.context import UNITS
from sizao.policy.expressions.functions import FUNCTIONS

PAGE = (Path(__file__).parents[3] / "docs/reference/pack-format.md").read_text(encoding="utf-8")
KNOWN = {
    "pack.yaml": loading.PACK_KEYS,
    "a parameter": (*parameters.ENTRY_KEYS, *UNITS),
    "a verb": (*verbs._VERB_KEYS, *verbs._PROOF_KEYS),
    "a rule": rules.KEYS,
    "a step": (*steps._COMMON_KEYS, *(key for keys in timings.TIMING_KEYS.values() for key in keys)),
    "an ending": verbs._ENDING_KEYS,
    "an overlay": overlays._STEP_KEYS,
    "an office": steps.SELECTORS,
    "an expression": tuple(FUNCTIONS),
    "a set of grade rules": (*grades.SET_KEYS, *grades.MEASURE_KEYS, *grades.MOVE_KEYS),
    "response levels": (*levels.PLAN_REQUIRED, *levels.LEVEL_KEYS, *levels.MEASURE_KEYS, *levels.LOWERED_BY),
}


@pytest.mark.parametrize("what", KNOWN)
def test_the_page_names_every_word_of(what: str) -> None:
    assert [word for word in KNOWN[what] if word not in PAGE] == []
