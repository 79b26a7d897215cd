"""Every mistake in a pack is told with its place, and its suggested edit makes the pack load.

The words stand in mistakes/*.txt. `SIZAO_WRITE_MISTAKES=1 pytest tests/unit/policy` writes them anew;
read the difference before committing it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sizao.policy.loading import load_pack
from sizao.policy.problems import PackProblems, Problem
from unit.policy.small_pack import FILES, changed

FOLDER = Path(__file__).parent / "mistakes"
CONTACTS, SCHOOLS, NUMBERS = "rules/contacts.yaml", "rules/schools.yaml", "parameters/numbers.yaml"


@dataclass(frozen=True)
class Mistake:
    """One edit of the small pack, and the kinds of problem it makes. no_fix: why no edit can be suggested."""

    name: str
    files: Mapping[str, str]
    kinds: tuple[str, ...]
    no_fix: str = ""
    others: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def one(name: str, file: str, old: str, new: str, kind: str, nth: int = 1, no_fix: str = "") -> Mistake:
    return Mistake(name, changed(file, old, new, nth), (kind,), no_fix)


OVERLAY = {
    "pack.yaml": "pack: city\nlabel: {zh: 市, en: City}\nextends: small\n",
    "rules/tighter.yaml": (
        "contact-stay:\n  tighten:\n    from: 2020-09-01\n    running: keep\n"
        "    source: {document: notice, article: 第五条, mark: D}\n    steps:\n      stay: {days: 10}\n"
    ),
}


def overlay(name: str, old: str, new: str, kind: str, no_fix: str = "") -> Mistake:
    files = {path: text.replace(old, new, 1) for path, text in OVERLAY.items()}
    return Mistake(name, files, (kind,), no_fix, {"small": FILES})


MISTAKES = (
    # YAML itself
    one("yaml_tab", SCHOOLS, "  sector: market", "\tsector: market", "yaml"),
    one(
        "duplicate_key",
        SCHOOLS,
        "  sector: market\n",
        "  sector: market\n  sector: market\n",
        "duplicate_key",
    ),
    one("comma_in_text", SCHOOLS, "zh: 冷链人员定期检测", "zh: 冷链人员,定期检测", "comma"),
    one("list_expected", SCHOOLS, "basis: [D1-33]", "basis: D1-33", "shape"),
    one(
        "empty_value",
        SCHOOLS,
        "sector: market",
        "sector:",
        "empty",
        no_fix="no sector is more likely than another",
    ),
    # Keys
    one("unknown_key", SCHOOLS, "every_days: 5", "every_day: 5", "unknown_key"),
    one("unknown_key_of_pack", "pack.yaml", "horizon_days", "horizon_dais", "unknown_key"),
    one(
        "missing_key",
        SCHOOLS,
        "  authority: command\n",
        "",
        "missing_key",
        no_fix="only the author knows who ordered it",
    ),
    one("missing_mark", CONTACTS, "article: 第一条, mark: D", "article: 第一条", "missing_key"),
    one(
        "key_of_another_timing",
        SCHOOLS,
        "      min_gap: 24h\n",
        "      min_gap: 24h\n      grace_days: 1\n",
        "unknown_key",
    ),
    # Values
    one("not_a_day", SCHOOLS, "from: 2020-02-01", "from: 2020-2-1", "date"),
    one("not_a_number", SCHOOLS, "every_days: 5", "every_days: 5 days", "number"),
    one("not_a_duration", CONTACTS, "within: 24h", "within: 24 hours", "duration"),
    one("not_a_clock", SCHOOLS, 'at: "10:00"', 'at: "10.00"', "clock"),
    one("days_out_of_order", NUMBERS, "value: [1, 4, 7]", "value: [1, 7, 4]", "order"),
    one("unknown_choice", SCHOOLS, "every: day", "every: dayly", "choice"),
    one("unknown_mark", CONTACTS, "article: 第一条, mark: D", "article: 第一条, mark: d", "mark"),
    one("order_id", CONTACTS, "D1-18", "D1-8", "basis"),
    one("order_id_of_another_document", CONTACTS, "D1-18", "C-1", "basis"),
    one(
        "order_beyond_the_directive",
        CONTACTS,
        "D1-18",
        "D1-81",
        "basis",
        no_fix="which order was meant is not known",
    ),
    # What a rule refers to
    one("unknown_fact", SCHOOLS, "for_each: occupations", "for_each: occupation", "fact"),
    one("unknown_verb", SCHOOLS, "    report:\n", "    reprot:\n", "verb"),
    one("unknown_column", CONTACTS, "about: person, place", "about: persn, place", "column"),
    one("unknown_office", SCHOOLS, "education(place)]", "educaton(place)]", "office"),
    one("office_without_where", SCHOOLS, "[market_regulation(residence)]", "[market_regulation]", "office"),
    one(
        "selector_of_another_subject", SCHOOLS, "sampling_team(residence)", "sampling_team(place)", "selector"
    ),
    one("unknown_parameter", NUMBERS, "stay.days:", "stay.day:", "parameter"),
    one(
        "unknown_source",
        NUMBERS,
        "document: notice, article: 第四条",
        "document: notise, article: 第四条",
        "source",
    ),
    one("unknown_rule", "pack.yaml", "except: [school-report]", "except: [school-reports]", "rule"),
    one("duplicate_rule", SCHOOLS, "staff-tests:", "contact-stay:", "duplicate_id"),
    one("misplaced_file", SCHOOLS, "", "", "file", no_fix="a file is moved, not edited"),
    # Expressions
    one("expression_column", SCHOOLS, "when: occupation =", "when: ocupation =", "expression_column"),
    one("expression_function", CONTACTS, "worst_grade(", "worst_grad(", "expression_function"),
    one(
        "expression_arguments",
        CONTACTS,
        "add_days(designated_on, -14)",
        "add_days(designated_on)",
        "expression_arguments",
        no_fix="how many days is not known",
    ),
    one("expression_code", CONTACTS, "'medium', 'high'", "'medum', 'high'", "expression_code"),
    one("expression_quotes", SCHOOLS, "'cold_chain'", '"cold_chain"', "expression_quote"),
    one("expression_bracket", CONTACTS, "-14)", "-14", "expression_bracket"),
    one(
        "expression_arithmetic",
        CONTACTS,
        "add_days(designated_on, -14)",
        "designated_on - 14",
        "expression_not_allowed",
    ),
    one(
        "expression_instant_for_a_date",
        SCHOOLS,
        "from: from_on\n      until",
        "from: known_at\n      until",
        "expression_type",
    ),
    one(
        "expression_imprecise",
        CONTACTS,
        "where: class = 'excluded'",
        "where: onset < date '2020-06-01'",
        "expression_type",
    ),
    one(
        "expression_date_as_text",
        SCHOOLS,
        "when: occupation = 'cold_chain'",
        "when: from_on < '2020-06-01'",
        "expression_type",
    ),
    one(
        "expression_null",
        SCHOOLS,
        "when: occupation = 'cold_chain'",
        "when: employer <> null",
        "expression_null",
    ),
    one(
        "expression_order_of_codes",
        SCHOOLS,
        "when: occupation =",
        "when: occupation >",
        "expression_order",
        no_fix="which codes were meant is not known",
    ),
    one(
        "expression_number",
        SCHOOLS,
        "when: occupation = 'cold_chain'",
        "when: employer = 5",
        "expression_type",
        no_fix="which place was meant is not known",
    ),
    one(
        "stage_start_without_after",
        CONTACTS,
        "        after: {step: stay, event: end}\n",
        "",
        "expression_column",
        no_fix="which step comes before is not known",
    ),
    # Dates and windows
    one(
        "window_backwards",
        CONTACTS,
        "from: 2020-01-20, until: 2020-06-01",
        "from: 2020-06-01, until: 2020-01-20",
        "window",
    ),
    one("versions_overlap", CONTACTS, "until: 2020-06-01", "until: 2020-07-01", "versions_overlap"),
    one(
        "versions_out_of_order",
        CONTACTS,
        "in_force: {from: 2020-06-01}",
        "in_force: {from: 2020-01-20}",
        "versions_order",
    ),
    one("running_missing", CONTACTS, "    running: replace\n", "", "running"),
    one("running_missing_at_a_parameter", NUMBERS, "running: lighten, ", "", "running"),
    one("parameter_out_of_order", NUMBERS, "from: 2020-08-01", "from: 2019-08-01", "parameter_order"),
    one("parameter_too_late", NUMBERS, "value: [1, 4, 7]", "value: [1, 4, 7]", "parameter_too_late"),
    one(
        "parameter_unit",
        SCHOOLS,
        "every_days: 5",
        "every_days: {parameter: report.wait}",
        "parameter_unit",
        no_fix="a duration is no number of days",
    ),
    one("unit_changes", NUMBERS, "value: 7, unit: days", "value: 7, unit: people", "unit"),
    # Restrictions, timings, links
    one(
        "replace_lengthens",
        CONTACTS,
        '第四十一条, en: "Infectious Diseases Law, article 41"',
        '第三十九条, en: "Infectious Diseases Law, article 39"',
        "lengthened",
    ),
    one("restricts_without_appeal", CONTACTS, "    appeal: command\n", "", "appeal"),
    one("place_not_in_strictness", CONTACTS, "place: central,", "place: centre,", "place"),
    one(
        "restriction_without_place",
        CONTACTS,
        "place: central, ",
        "",
        "missing_place",
        no_fix="where is not known",
    ),
    one(
        "restricts_a_place",
        "verbs.yaml",
        "  kind: point\n  about: place\n",
        "  kind: point\n  about: place\n  restricts: true\n",
        "restricts",
    ),
    one(
        "two_timings",
        CONTACTS,
        "        within: 24h\n",
        "        within: 24h\n        every_days: 2\n",
        "two_timings",
    ),
    one("no_timing", CONTACTS, "        within: 24h\n", "", "no_timing"),
    one(
        "point_as_a_span",
        CONTACTS,
        "        within: 24h\n",
        "        counted_from: stage_start\n        days: 3\n",
        "timing_kind",
        no_fix="the verb or the timing may be meant",
    ),
    one(
        "days_from_nowhere",
        CONTACTS,
        "        day_zero: last_exposed_on\n        first_day: 1\n",
        "",
        "numbering",
    ),
    one("first_day_missing", CONTACTS, "        first_day: 1\n", "", "numbering"),
    one(
        "loop_of_after",
        CONTACTS,
        "after: {step: stay, event: end}",
        "after: {step: check, event: met}",
        "loop",
        no_fix="which step comes first is not known",
    ),
    one("unknown_step", CONTACTS, "after: {step: stay,", "after: {step: sty,", "step"),
    one(
        "escalation_escalates",
        SCHOOLS,
        "within: 4h}",
        "within: 4h, if_overdue: {after: 2h, verb: inspect, done_by: education(place)}}",
        "escalation",
    ),
    one("escalation_verb", SCHOOLS, "verb: inspect", "verb: check", "escalation_verb"),
    one("escalation_by_a_span", SCHOOLS, "verb: inspect", "verb: seal", "escalation_verb"),
    one(
        "rolling_for_each_of",
        SCHOOLS,
        "      about: person\n",
        "      about: dependant\n      for_each_of: dependants\n",
        "related",
        no_fix="which timing was meant is not known",
    ),
    one(
        "lateness_of_a_rolling_step",
        SCHOOLS,
        "      min_gap: 24h\n",
        "      min_gap: 24h\n      closes_after: 12h\n",
        "unknown_key",
    ),
    one(
        "area_of_a_test_in_a_proof",
        "verbs.yaml",
        "result = 'negative'",
        "area is not null",
        "expression_column",
        no_fix="which column was meant is not known",
    ),
    one(
        "test_proved_when_it_happened",
        "verbs.yaml",
        "at: taken_at",
        "at: happened_at",
        "column",
    ),
    one(
        "look_up_in_an_ending",
        CONTACTS,
        "where: class = 'excluded'",
        "where: occupation_of(person, classified_on) = 'medical'",
        "condition_lookup",
        no_fix="which column was meant is not known",
    ),
    one(
        "constant_of_the_proof_missing",
        SCHOOLS,
        "      max_pool: {parameter: test.pool}\n",
        "",
        "step_constant",
    ),
    one("ending_matches_nothing", CONTACTS, "match: {person: person}", "match: {person: case}", "column"),
    one(
        "proof_matches_nothing",
        "verbs.yaml",
        "subject: place, at: reported_at,",
        "subject: place, at: reported_at, match: {place: schol},",
        "column",
    ),
    one(
        "match_of_a_span",
        "verbs.yaml",
        "until: until_at,",
        "until: until_at, match: {place: place},",
        "proof_match",
        no_fix="whether the match or the span was meant is not known",
    ),
    one(
        "match_of_a_rolling_step",
        "verbs.yaml",
        "    at: taken_at\n",
        "    at: taken_at\n    match: {person: person}\n",
        "proof_match",
        no_fix="which timing was meant is not known",
    ),
    # Packs that extend another
    overlay("overlay_loosens", "days: 10", "days: 5", "looser"),
    overlay(
        "overlay_of_an_unknown_rule",
        "contact-stay:",
        "contact-stays:",
        "overlay",
        no_fix="is told by the name alone",
    ),
    overlay("overlay_of_an_unknown_pack", "extends: small", "extends: smal", "extends"),
)
SEALED = """
seal:
  label: {zh: 封闭, en: Closure}
  kind: span
  about: place
  proof: {reading: closures, subject: place, at: from_on, until: until_on}
"""
SPECIAL = {
    "escalation_by_a_span": {
        **changed(SCHOOLS, "verb: inspect", "verb: seal"),
        "verbs.yaml": FILES["verbs.yaml"] + SEALED,
    },
    "versions_out_of_order": changed(
        CONTACTS, "in_force: {from: 2020-01-20, until: 2020-06-01}", "in_force: {from: 2020-06-01}"
    ),
    "misplaced_file": {**FILES, "rule/schools.yaml": "a: {b: c}\n"},
    "parameter_too_late": changed(NUMBERS, "from: 2020-01-01, value: [1", "from: 2020-07-01, value: [1"),
    "days_out_of_order": changed(CONTACTS, "on_days: {parameter: test.days}", "on_days: [1, 7, 4]"),
}


def problems(mistake: Mistake) -> tuple[Problem, ...]:
    with pytest.raises(PackProblems) as told:
        load_pack(SPECIAL.get(mistake.name, mistake.files), mistake.others)
    return told.value.problems


def rendered(found: tuple[Problem, ...]) -> str:
    return "\n\n".join(problem.render(language) for problem in found for language in ("zh", "en")) + "\n"


def names() -> list[str]:
    return [mistake.name for mistake in MISTAKES]


def test_the_small_pack_has_no_mistake() -> None:
    policy = load_pack(FILES)
    assert sorted(policy.rules) == ["contact-stay", "school-report", "staff-tests"]
    assert policy.warnings == ()


@pytest.mark.parametrize("mistake", MISTAKES, ids=names())
def test_a_mistake_is_told_at_its_place_in_words(mistake: Mistake) -> None:
    found = problems(mistake)
    assert tuple(problem.kind for problem in found) == mistake.kinds
    snapshot = FOLDER / f"{mistake.name}.txt"
    if os.environ.get("SIZAO_WRITE_MISTAKES"):
        snapshot.write_text(rendered(found), encoding="utf-8")
    assert rendered(found) == snapshot.read_text(encoding="utf-8")


@pytest.mark.parametrize("mistake", MISTAKES, ids=names())
def test_the_suggested_edit_makes_the_pack_load(mistake: Mistake) -> None:
    (problem, *_) = problems(mistake)
    if mistake.no_fix:
        assert problem.fix is None
        return
    assert problem.fix is not None
    mended = problem.fix.apply(SPECIAL.get(mistake.name, mistake.files))
    assert load_pack(mended, mistake.others).rules


def test_every_snapshot_belongs_to_a_mistake() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == sorted(names())


def test_all_mistakes_of_a_pack_are_told_at_once() -> None:
    files = changed(SCHOOLS, "every: day", "every: dayly")
    files["verbs.yaml"] = files["verbs.yaml"].replace("kind: span", "kind: spam")
    files[CONTACTS] = files[CONTACTS].replace("designated_on, -14", "designated, -14")
    with pytest.raises(PackProblems) as told:
        load_pack(files)
    kinds = {(problem.file, problem.kind) for problem in told.value.problems}
    assert {(SCHOOLS, "choice"), ("verbs.yaml", "choice"), (CONTACTS, "expression_column")} <= kinds
