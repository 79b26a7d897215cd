"""The examples of the shipped packs leave no number, date, hour or comparison of a rule open."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from examples.packs import NAMES, by_reference, shipped
from sizao.obligations.trying import prove
from sizao.policy.proving import mutations

PARTS = 8  # so that several workers share the work


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", NAMES)
def test_every_mutation_of_a_rule_is_noticed_by_an_example(name: str, part: int) -> None:
    files = shipped(name).files
    chosen = mutations(files)[part::PARTS]
    proved = prove(files, by_reference, chosen=chosen, together=False)
    assert proved.tried == len(chosen) > 0
    assert not proved.survivors, "\n".join(map(str, proved.survivors))


@pytest.mark.parametrize("name", NAMES)
def test_no_number_that_decides_something_is_passed_over(name: str) -> None:
    files = shipped(name).files
    spans = {(m.file, place) for m in mutations(files) for place in range(m.start, m.end)}
    passed_over = [
        f"{file}:{number}: {line.strip()}"
        for file, text in files.items()
        if file == "verbs.yaml" or file.startswith(("rules/", "parameters/"))
        for number, start, line in _lines(text)
        if not re.match(r"\s*(- )?(label|basis|source|legal_basis|first_day): ", line)
        for digits in re.finditer(r"(?<![\w.])\d+", line.partition(" #")[0])
        if not line.lstrip().startswith("#") and (file, start + digits.start()) not in spans
    ]
    assert not passed_over


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Number, place and text of every line."""
    start = 0
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        yield number, start, line
        start += len(line)


def test_an_example_that_says_less_lets_a_number_survive() -> None:
    files = dict(shipped("training-2020").files)
    weaker = re.sub(
        r"due: 2020-03-02 20:00, closes: 2020-03-30 20:00, ", "", files["examples/case-admission.yaml"]
    )
    files["examples/case-admission.yaml"] = weaker
    hours = [m for m in mutations(files) if m.rules == ("case-admission",) and m.was == "12"]
    proved = prove(files, by_reference, chosen=hours, together=False)
    assert [mutation.replacement for mutation in proved.survivors] == ["11", "13"]
    assert all("parameters/cases.yaml" in str(mutation) for mutation in proved.survivors)
