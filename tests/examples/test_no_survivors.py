"""The examples of the shipped packs leave no number, date, hour or comparison of a rule open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from random import Random

import pytest

from examples.packs import NAMES, by_reference, shipped
from sizao.obligations.trying import prove
from sizao.policy.proving import Mutation, mutations

PARTS = 8  # so that several workers share the work
WHOLE = "training-2020"  # proved on every run; of the others a sample, all of them in `make long`
OTHERS = tuple(name for name in NAMES if name != WHOLE)
SAMPLE, SEED = 6, 20200618


@pytest.mark.parametrize("part", range(PARTS))
def test_every_mutation_of_a_rule_is_noticed_by_an_example(part: int) -> None:
    _prove(WHOLE, _mutations(WHOLE)[part::PARTS])


@pytest.mark.parametrize("name", OTHERS)
def test_a_sample_of_the_mutations_of_every_pack_is_noticed(name: str) -> None:
    changed = _mutations(name)
    _prove(name, tuple(Random(SEED).sample(changed, min(SAMPLE, len(changed)))))


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", OTHERS)
def test_every_mutation_of_every_pack_is_noticed(name: str, part: int) -> None:
    _prove(name, _mutations(name)[part::PARTS])


def _mutations(name: str) -> tuple[Mutation, ...]:
    pack = shipped(name)
    return mutations(pack.files, pack.beside)


def _prove(name: str, chosen: tuple[Mutation, ...]) -> None:
    pack = shipped(name)
    proved = prove(pack.files, by_reference, others=pack.beside, chosen=chosen, together=False)
    assert proved.tried == len(chosen)
    assert not proved.survivors, "\n".join(map(str, proved.survivors))


def test_only_a_pack_that_states_nothing_of_its_own_has_nothing_to_prove() -> None:
    # Grade rules, response levels and colours are no rules: tests/unit/risk and test_codes prove them.
    with_rules = {name for name in NAMES if shipped(name).policy.rules}
    assert {name for name in with_rules if not _mutations(name)} == {
        "cn-covid-ed4",
        "cn-covid-ed5",
        "cn-covid-ed7",
    }
    assert all(
        shipped(name).policy.grade_sets or shipped(name).policy.level_plans or shipped(name).policy.code_sets
        for name in set(NAMES) - with_rules
    )


@pytest.mark.parametrize("name", NAMES)
def test_no_number_that_decides_something_is_passed_over(name: str) -> None:
    files = shipped(name).files
    spans = {(m.file, place) for m in _mutations(name) for place in range(m.start, m.end)}
    passed_over = [
        f"{file}:{number}: {line.strip()}"
        for file, text in files.items()
        if file == "verbs.yaml" or file.startswith(("rules/", "parameters/"))
        for number, start, line in _lines(text)
        if not re.match(r"\s*(- )?(label|basis|source|legal_basis|first_day): ", line)
        and _rule_reads(files, file, start)
        for digits in re.finditer(r"(?<![\w.])\d+", line.partition(" #")[0])
        if not line.lstrip().startswith("#") and (file, start + digits.start()) not in spans
    ]
    assert not passed_over


def _rule_reads(files: Mapping[str, str], file: str, start: int) -> bool:
    """Not so of the numbers that proposals, clocks and the end of a sight read: tracing, clusters, placement,
    turnaround, care."""
    heads = re.findall(r"^([\w.]+):", files[file][: start + 1], re.MULTILINE)
    return not (
        file.startswith("parameters/")
        and heads
        and heads[-1].startswith(
            ("tracing.", "cluster.", "outbreak.", "placement.", "turnaround.", "care.seen")
        )
    )


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
