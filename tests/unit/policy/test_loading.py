"""What the loader makes of a correct pack, and that no text at all makes it fail without words."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizao.policy.aloud import say_value
from sizao.policy.expressions.tree import All, Call, ColumnOf, Compare, Literal, OneOf, Type
from sizao.policy.loading import load_pack
from sizao.policy.model import After, Calendar, Days, Deadline, OfficeOf, Plan, Rolling, Running, Span
from sizao.policy.problems import PackProblems, Problem
from unit.policy.small_pack import FILES, changed

CONTACTS, NUMBERS = "rules/contacts.yaml", "parameters/numbers.yaml"
POLICY = load_pack(FILES)
OVERLAY = {
    "pack.yaml": "pack: city\nlabel: {zh: 市, en: City}\nextends: small\n",
    "rules/city.yaml": """
school-report:
  end: {on: 2020-07-01, source: {document: notice, article: 第六条, mark: D}}
contact-stay:
  tighten:
    from: 2020-09-01
    running: keep
    source: {document: notice, article: 第五条, mark: D}
    steps: {stay: {days: 21}}
""",
    "parameters/city.yaml": """
test.days:
  - from: 2020-01-01
    value: [1, 2, 4, 7]
    unit: days
    source: {document: notice, article: 第七条, mark: D}
""",
}


def test_a_parameter_that_changes_within_a_version_splits_it() -> None:
    first, second, third = POLICY.rules["contact-stay"]
    assert [v.in_force_from for v in (first, second, third)] == [
        date(2020, 1, 20),
        date(2020, 6, 1),
        date(2020, 8, 1),
    ]
    assert [v.in_force_until for v in (first, second, third)] == [date(2020, 6, 1), date(2020, 8, 1), None]
    lengths = [v.steps[0].timing.days for v in (first, second, third) if isinstance(v.steps[0].timing, Span)]
    assert lengths == [10, 14, 7]
    assert [v.number for v in (first, second, third)] == [1, 2, 3]
    # What was caught by the text before the split stays caught; only the number changes.
    assert (second.running, third.running) == (Running.REPLACE, Running.LIGHTEN)
    assert second.catches_from == third.catches_from == date(2020, 1, 20)


def test_a_parameter_that_changes_outside_every_window_splits_nothing() -> None:
    files = changed(NUMBERS, "from: 2020-01-01, value: 14", "from: 2019-01-01, value: 14")
    assert len(load_pack(files).rules["contact-stay"]) == 3
    files = changed(NUMBERS, "value: 7, unit", "value: 14, unit")
    assert len(load_pack(files).rules["contact-stay"]) == 2


def test_the_five_timings() -> None:
    stay, test, check = POLICY.rules["contact-stay"][1].steps
    assert isinstance(stay.timing, Span)
    assert (stay.timing.within, stay.timing.days) == (timedelta(hours=12), 14)
    assert isinstance(stay.timing.numbering, Days)
    assert (stay.timing.numbering.first_day, stay.timing.numbering.shift) == (1, 0)
    assert isinstance(test.timing, Plan)
    assert (test.timing.on_days, test.timing.grace_days) == ((1, 4, 7), 1)
    assert (test.timing.numbering.first_day, test.timing.numbering.shift) == (1, -1)
    assert isinstance(check.timing, Deadline)
    assert check.timing.within == timedelta(hours=24)
    (report,) = POLICY.rules["school-report"][0].steps
    assert isinstance(report.timing, Calendar)
    assert (report.timing.at, report.closes_after) == (time(10), timedelta(hours=12))
    (rolling,) = POLICY.rules["staff-tests"][0].steps
    assert isinstance(rolling.timing, Rolling)
    assert (rolling.timing.every_days, rolling.timing.min_gap) == (5, timedelta(hours=24))


def test_stages_offices_proofs_and_escalations() -> None:
    stay, test, check = POLICY.rules["contact-stay"][1].steps
    assert (stay.after, test.after, check.after) == (None, After("stay", "end"), After("test", "met"))
    assert test.done_by == OfficeOf("sampling_team", "place_of_stay")
    assert stay.place == "central"
    assert test.proof.exclusive
    assert isinstance(test.proof.where, All)
    limit = test.proof.where.items[1]
    assert isinstance(limit, Compare)
    assert isinstance(limit.right, Literal)
    assert limit.right.value == 5
    (report,) = POLICY.rules["school-report"][0].steps
    assert report.done_by == OfficeOf(None, "itself")
    assert report.escalation is not None
    assert (report.escalation.verb.name, report.escalation.after) == ("inspect", timedelta(hours=2))
    assert report.escalation.proof.reading == "inspections"


def test_let_is_put_in_where_it_is_named() -> None:
    when = POLICY.rules["contact-stay"][1].when
    assert isinstance(when, All)
    worst = when.items[1]
    assert isinstance(worst, OneOf)
    assert isinstance(worst.value, Call)
    start = worst.value.arguments[1]
    assert isinstance(start, Call)
    assert start.function == "add_days"
    assert isinstance(start.arguments[1], Literal)
    assert (start.arguments[1].value, start.arguments[1].type) == (-14, Type.DAYS)


def test_let_may_take_a_parameter() -> None:
    files = changed(CONTACTS, "add_days(designated_on, -14)", "{parameter: stay.days}")
    files[CONTACTS] = files[CONTACTS].replace(
        "worst_grade(stays_of(person), fortnight_before, designated_on) in ('medium', 'high')",
        "days_between(last_exposed_on, designated_on) <= fortnight_before",
    )
    _, second, third = load_pack(files).rules["contact-stay"]
    limits = []
    for version in (second, third):
        assert isinstance(version.when, All)
        assert isinstance(version.when.items[1], Compare)
        assert isinstance(version.when.items[1].right, Literal)
        limits.append(version.when.items[1].right.value)
    assert limits == [14, 7]


@pytest.mark.parametrize(("unit", "value"), [("celsius", 37.3), ("persons", 5), ("times", 2)])
def test_let_may_take_a_parameter_that_counts_something_else_than_days(unit: str, value: float) -> None:
    files = changed(CONTACTS, "add_days(designated_on, -14)", "{parameter: limit}")
    files[CONTACTS] = files[CONTACTS].replace(
        "worst_grade(stays_of(person), fortnight_before, designated_on) in ('medium', 'high')",
        "negative_tests(person, last_exposed_on, designated_on) < fortnight_before",
    )
    source = "{document: notice, article: 一, mark: D}"
    files[NUMBERS] += f"\nlimit: [{{from: 2020-01-01, value: {value}, unit: {unit}, source: {source}}}]\n"
    version = load_pack(files).rules["contact-stay"][1]
    assert isinstance(version.when, All)
    assert isinstance(version.when.items[1], Compare)
    assert isinstance(version.when.items[1].right, Literal)
    assert version.when.items[1].right.value == value


def test_endings_of_the_rule_and_of_the_pack() -> None:
    version = POLICY.rules["contact-stay"][1]
    (excluded,) = version.ends_when
    assert (excluded.match, excluded.at, excluded.steps) == (
        ("person", "person"),
        "classified_on",
        ("stay", "test"),
    )
    (death,) = version.subject_ends
    assert (death.reading, death.match, death.at, death.steps) == (
        "deaths",
        ("person", "about"),
        "died_on",
        (),
    )
    assert POLICY.rules["school-report"][0].subject_ends == ()


def test_a_digest_is_of_what_the_text_says_and_not_of_where_it_stands() -> None:
    moved = {**FILES, CONTACTS: "# a remark\n\n" + FILES[CONTACTS]}
    again = load_pack(moved)
    assert [v.digest for v in again.versions()] == [v.digest for v in POLICY.versions()]
    other = load_pack(changed(CONTACTS, "days: 10", "days: 11"))
    digests = [(v.number, v.digest) for v in other.rules["contact-stay"]]
    same = [(v.number, v.digest) for v in POLICY.rules["contact-stay"]]
    assert digests[0] != same[0]
    assert digests[1:] == same[1:]


def test_a_later_version_leaves_the_digest_of_the_one_before() -> None:
    text = FILES[CONTACTS]
    alone = {**FILES, CONTACTS: text[: text.index("  - label", 30)]}
    (only,) = load_pack(alone).rules["contact-stay"]
    assert only.digest == POLICY.rules["contact-stay"][0].digest


def test_a_mark_from_memory_loads_with_a_warning_that_names_it() -> None:
    files = changed(NUMBERS, "article: 第三条, mark: D", "article: 第三条, mark: M")
    (warning,) = load_pack(files).warnings
    assert "test.days" in warning.en
    assert "test.days" in warning.zh


def test_lighten_without_catches_from_is_warned_of() -> None:
    files = changed(CONTACTS, "    running: replace\n", "    running: lighten\n")
    files[CONTACTS] = files[CONTACTS].replace("    catches_from: 2020-01-20\n", "")
    (warning,) = load_pack(files).warnings
    assert "contact-stay" in warning.en


def test_a_pack_with_gaps_loads_and_says_them() -> None:
    files = changed("pack.yaml", "zone:", "gaps: [{zh: 缺分区分级, en: No zones yet}]\nzone:")
    (gap,) = load_pack(files).gaps
    assert gap.en == "No zones yet"


@pytest.mark.orders("D1-03")
def test_an_overlay_ends_tightens_and_sets_numbers() -> None:
    policy = load_pack(OVERLAY, {"small": FILES})
    assert policy.pack == "city"
    assert policy.zone == "Asia/Shanghai"
    (report,) = policy.rules["school-report"]
    assert report.in_force_until == date(2020, 7, 1)
    *_, last = policy.rules["contact-stay"]
    assert (last.in_force_from, last.running) == (date(2020, 9, 1), Running.KEEP)
    assert isinstance(last.steps[0].timing, Span)
    assert last.steps[0].timing.days == 21
    assert isinstance(last.steps[1].timing, Plan)
    assert last.steps[1].timing.on_days == (1, 2, 4, 7)
    assert last.source.article == "第五条"


def _again(rule: str, line: str) -> str:
    """A rule of the small pack written again, with one more line after its dates."""
    text = FILES["rules/schools.yaml"].split(f"{rule}:\n")[1].split("\nstaff-tests:")[0]
    dates = re.search(r"\n  in_force:.*", text)
    assert dates is not None
    return f"{rule}:\n" + text.replace(dates.group(), f"\n  in_force: {{from: 2021-01-01}}\n  {line}")


def test_a_later_edition_writes_rules_again_and_keeps_the_others() -> None:
    edition = {
        "pack.yaml": "pack: second-edition\nlabel: {zh: 第二版, en: Second edition}\nfollows: small\n",
        "rules/again.yaml": _again("school-report", "running: keep"),
    }
    policy = load_pack(edition, {"small": FILES})
    first, second = policy.rules["school-report"]
    assert (first.in_force_until, second.in_force_from) == (date(2021, 1, 1), date(2021, 1, 1))
    assert set(policy.rules) == set(POLICY.rules)


def test_an_overlay_may_not_write_a_rule_of_its_base_again() -> None:
    again = {
        "pack.yaml": "pack: city\nlabel: {zh: 市, en: City}\nextends: small\n",
        "rules/again.yaml": _again("school-report", "running: keep"),
    }
    with pytest.raises(PackProblems) as told:
        load_pack(again, {"small": FILES})
    assert {problem.kind for problem in told.value.problems} == {"overlay"}


def test_a_pack_extends_or_follows_not_both() -> None:
    both = {"pack.yaml": "pack: city\nlabel: {zh: 市, en: City}\nextends: small\nfollows: small\n"}
    with pytest.raises(PackProblems) as told:
        load_pack(both, {"small": FILES})
    assert {problem.kind for problem in told.value.problems} == {"extends"}


def test_the_gaps_of_an_earlier_edition_are_not_those_of_the_later_one() -> None:
    gap = {**FILES, "pack.yaml": FILES["pack.yaml"] + "gaps: [{zh: 缺, en: missing}]\n"}
    top = "pack: next\nlabel: {zh: 后, en: Next}\n"
    assert load_pack({"pack.yaml": f"{top}follows: small\n"}, {"small": gap}).gaps == ()
    assert len(load_pack({"pack.yaml": f"{top}extends: small\n"}, {"small": gap}).gaps) == 1


def test_a_pack_that_only_lies_beside_does_not_change_the_digest() -> None:
    beside = {"small": FILES, "another": {"pack.yaml": "pack: another\n"}}
    assert load_pack(OVERLAY, beside).digest == load_pack(OVERLAY, {"small": FILES}).digest


def test_a_rule_ended_with_lighten_releases_on_that_day_whom_it_binds() -> None:
    rule = OVERLAY["rules/city.yaml"].replace("mark: D}}\ncontact", "mark: D}, running: lighten}\ncontact")
    policy = load_pack({**OVERLAY, "rules/city.yaml": rule}, {"small": FILES})
    first, released = policy.rules["school-report"]
    assert (first.in_force_until, released.in_force_from) == (date(2020, 7, 1), date(2020, 7, 1))
    assert released.running is Running.LIGHTEN
    assert isinstance(released.when, Literal)
    assert released.when.value is False


def test_packs_that_extend_each_other_are_refused() -> None:
    others = {"small": {**FILES, "pack.yaml": FILES["pack.yaml"] + "extends: city\n"}, "city": OVERLAY}
    with pytest.raises(PackProblems) as told:
        load_pack(OVERLAY, others)
    assert "extends" in {problem.kind for problem in told.value.problems}


NAMED = {
    **FILES,
    "parameters/named.yaml": """
named.areas:
  - from: 2020-01-01
    value:
      cn/11/1101: {zh: 甲市, en: A city}
      market-1: {zh: 某市场, en: A market}
    unit: areas
    source: {document: notice, article: 第七条, mark: D}
""",
    "rules/named.yaml": FILES["rules/schools.yaml"]
    .split("staff-tests:\n")[1]
    .join(["from-named:\n", ""])
    .replace("for_each: occupations", "let:\n    named: {parameter: named.areas}\n  for_each: arrivals")
    .replace("when: occupation = 'cold_chain'", "when: is_in(origin, named)")
    .replace("from: from_on", "from: arrived_on"),
}


def test_a_table_of_areas_is_a_name_in_a_condition_and_read_aloud_by_its_words() -> None:
    (version,) = load_pack(NAMED).rules["from-named"]
    assert isinstance(version.when, Call)
    assert isinstance(version.when.arguments[1], Literal)
    assert version.when.arguments[1].value == "cn/11/1101 market-1"
    assert say_value(version.numbers[0].value, "areas", "en") == "A city and A market"
    assert say_value(version.numbers[0].value, "areas", "zh") == "甲市、某市场"


@pytest.mark.parametrize(
    ("was", "now", "kind"),
    [
        ("is_in(origin, named)", "is_in(origin, origin_country)", "expression"),
        ("is_in(origin, named)", "is_in(origin, conveyance_number) ", "expression"),
    ],
)
def test_a_column_is_no_table_of_areas(was: str, now: str, kind: str) -> None:
    rules = NAMED["rules/named.yaml"].replace(was, now)
    with pytest.raises(PackProblems) as told:
        load_pack({**NAMED, "rules/named.yaml": rules})
    assert all(problem.kind.startswith(kind) for problem in told.value.problems)


@pytest.mark.parametrize("value", ["[cn/11]", "{cn//11: {zh: 甲, en: A}}"])
def test_a_table_of_areas_has_paths_and_words(value: str) -> None:
    text = NAMED["parameters/named.yaml"]
    head, tail = text.split("    value:")[0], text.split("    unit:")[1]
    with pytest.raises(PackProblems) as told:
        load_pack({**NAMED, "parameters/named.yaml": f"{head}    value: {value}\n    unit:{tail}"})
    assert {problem.kind for problem in told.value.problems} & {"shape", "named"}


def test_stage_start_is_a_name_of_steps_that_come_after() -> None:
    timing = POLICY.rules["contact-stay"][1].steps[2].timing
    assert isinstance(timing, Deadline)
    assert isinstance(timing.start, ColumnOf)
    assert (timing.start.name, timing.start.type) == ("stage_start", Type.INSTANT)


def test_a_hundred_rules_are_all_read() -> None:
    one = FILES["rules/schools.yaml"].split("staff-tests:\n")[1]
    files = {**FILES, "rules/many.yaml": "".join(f"rule-{number}:\n{one}" for number in range(100))}
    assert len(load_pack(files).rules) == 103


def problems_of(files: dict[str, str]) -> tuple[Problem, ...]:
    try:
        load_pack(files)
    except PackProblems as told:
        return told.problems or (pytest.fail("refused without a word"),)
    return ()


def answered(files: dict[str, str]) -> None:
    """The pack loads, or says why not: with places that exist and edits that can be made."""
    for problem in problems_of(files):
        assert problem.render("zh")
        assert problem.render("en")
        text = files.get(problem.file, "")
        assert 1 <= problem.line <= text.count("\n") + 1
        if problem.fix is not None:
            assert 0 <= problem.fix.start <= problem.fix.end <= len(files[problem.fix.file])


@given(st.sampled_from(sorted(FILES)), st.text(max_size=80))
def test_no_file_of_any_text_crashes_the_loader(file: str, text: str) -> None:
    answered({**FILES, file: text})


PIECES = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["{}", "[]", "~", "- ", ": ", "{a: b}", "[[1]]", "&a", "*a", "!!x", "|", ">", "'", '"']),
    st.sampled_from(["2020-06-18", "24h", "-1", "0", "person", "stay", "no", "keep"]),
    st.sampled_from(["{parameter: stay.days}", "\t"]),
)


@given(st.sampled_from(sorted(FILES)), st.integers(0, 2_500), st.integers(0, 25), PIECES)
def test_no_change_of_a_good_pack_crashes_the_loader(file: str, start: int, length: int, piece: str) -> None:
    text = FILES[file]
    start %= len(text)
    answered({**FILES, file: text[:start] + piece + text[start + length :]})


@given(st.integers(0, 10_000), PIECES)
def test_no_value_in_the_place_of_another_crashes_the_loader(number: int, piece: str) -> None:
    file = sorted(FILES)[number % len(FILES)]
    lines = FILES[file].splitlines()
    at = number % len(lines)
    if ": " in lines[at]:
        lines[at] = lines[at].split(": ")[0] + ": " + piece.replace("\n", " ")
    answered({**FILES, file: "\n".join(lines) + "\n"})


def test_a_verb_that_no_step_uses_is_warned_of() -> None:
    more = "seal:\n  label: {zh: 封闭, en: Closure}\n  kind: span\n  about: place\n"
    more += "  proof: {reading: closures, subject: place, at: from_on, until: until_on}\n"
    (warning,) = load_pack({**FILES, "verbs.yaml": FILES["verbs.yaml"] + more}).warnings
    assert warning.en == 'no step uses the verb "seal"'
    assert warning.zh == "动词“seal”没有任何步骤使用"


def test_every_dated_value_of_a_parameter_stays_readable_with_its_source() -> None:
    lengths = POLICY.parameters["stay.days"]
    assert [(one.since, say_value(one.value, one.unit, "en")) for one in lengths] == [
        (date(2020, 1, 1), "14 days"),
        (date(2020, 8, 1), "7 days"),
    ]
    assert [one.running for one in lengths] == [None, Running.LIGHTEN]
    assert [(one.source.document, one.source.mark) for one in lengths] == [("notice", "D")] * 2
    days = POLICY.parameters["test.days"][0]
    assert say_value(days.value, days.unit, "zh") == "第1天、第4天、第7天"
