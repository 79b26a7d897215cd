"""A story that a tired official can act on: what, by when, why, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest

from drawn import facts, obligations, result
from sizao.obligations.explain import NoSuchText, explain, explain_unknown
from sizao.obligations.story import Section, Sentence, Story
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from sizao.terms.identifiers import hex_key, natural_key
from sizao.terms.words import Words

HOME, AWAY = "cn/51/5113/511302", "cn/11/1105"
PACK_YAML = """
pack: told
label: {zh: 讲述用, en: For telling}
zone: Asia/Shanghai
strictness: [monitoring, home, central, hospital]
grades: [low, medium, high]
grounds: {medical: {zh: 因病, en: Medical reasons}}
sources: {order: {zh: 命令, en: The order}}
subject_ends:
  - {reading: deaths, match: {person: about}, at: died_on, applies_to: {about: person, except: []}}
"""
VERBS_YAML = """
quarantine:
  label: {zh: 集中隔离, en: Central quarantine}
  kind: span
  about: person
  restricts: true
  gap_tolerance: 4h
  proof:
    reading: room_stays
    subject: person
    at: from_at
    until: until_at
    where: kind = 'central'
    sharing: shared
test:
  label: {zh: 核酸检测, en: Nucleic acid test}
  kind: point
  about: person
  proof:
    reading: tests
    subject: person
    at: taken_at
    where: (result = 'negative' and members <= step.max_pool) or (result = 'positive' and members = 1)
    sharing: shared
call:
  label: {zh: 催办, en: Call}
  kind: point
  about: person
  proof: {reading: visits, subject: person, at: visited_at, sharing: shared}
"""
RULES_YAML = """
arrivals:
  - label: {zh: 来市人员集中隔离, en: Quarantine of arrivals}
    basis: [D1-17]
    source: {document: order, article: article 1, mark: D}
    legal_basis: {zh: 法, en: Law, mark: M}
    authority: city-command
    sector: health
    in_force: {from: 2020-06-01}
    for_each: arrivals
    when: worst_grade(stays_of(person), add_days(arrived_on, -14), arrived_on) in ('medium', 'high')
    must:
      quarantine:
        place: central
        about: person
        done_by: site(place_of_stay)
        answers_to: [community(place_of_stay)]
        from: arrived_on
        within: 24h
        counted_from: arrived_on
        days: 14
      test:
        about: person
        done_by: sampling_team(place_of_stay)
        answers_to: [community(place_of_stay)]
        counted_from: arrived_on
        on_days: [1, 7]
        grace_days: 1
        max_pool: 1
        if_overdue: {after: 2h, verb: call, done_by: community(residence)}
    ends_when:
      - {reading: classifications, match: {person: person}, where: class = 'confirmed'}
    appeal: health_commission
    burden: {person_days: per_standing, tests: per_step}
  - label: {zh: 来市人员集中隔离（新）, en: Quarantine of arrivals (new text)}
    basis: [D1-17]
    source: {document: order, article: article 2, mark: D}
    legal_basis: {zh: 法, en: Law, mark: M}
    authority: city-command
    sector: health
    in_force: {from: 2020-07-01}
    running: keep
    for_each: arrivals
    when: worst_grade(stays_of(person), add_days(arrived_on, -14), arrived_on) in ('medium', 'high')
    must:
      quarantine:
        place: central
        about: person
        done_by: site(place_of_stay)
        answers_to: [community(place_of_stay)]
        from: arrived_on
        within: 24h
        counted_from: arrived_on
        days: 10
    appeal: health_commission
    burden: {person_days: per_standing}
"""
ARRIVAL: Mapping[str, Any] = {
    "id": "a1",
    "person": "p7",
    "arrived_on": date(2020, 6, 20),
    "origin": AWAY,
    "declared": "declared",
    "known_at": datetime(2020, 6, 20, 3),
}
KEY = hex_key(*natural_key("arrivals", "test", "a1"))
TEST_DAY = {
    "opens_at": datetime(2020, 6, 25, 16),
    "due_at": datetime(2020, 6, 26, 16),
    "closes_at": datetime(2020, 6, 27, 16),
}
SPAN = {
    "opens_at": datetime(2020, 6, 19, 16),
    "due_at": datetime(2020, 6, 21, 3),
    "closes_at": datetime(2020, 7, 3, 16),
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_pack({"pack.yaml": PACK_YAML, "verbs.yaml": VERBS_YAML, "rules/arrivals.yaml": RULES_YAML})


def world(**changes: list[Mapping[str, Any]]) -> dict[str, pa.Table]:
    rows: dict[str, list[Mapping[str, Any]]] = {
        "arrivals": [ARRIVAL],
        "areas": [{"path": AWAY, "label_zh": "乙区", "label_en": "District B", "level": "county"}],
        "stays": [
            {
                "id": "s1",
                "person": "p7",
                "located_in": AWAY,
                "from_on": date(2020, 6, 1),
                "until_on": date(2020, 6, 19),
            },
            {"id": "s2", "person": "p7", "located_in": HOME, "from_on": date(2020, 6, 20)},
        ],
        "area_grades": [
            {
                "id": "g1",
                "graded": AWAY,
                "grade": "high",
                "from_on": date(2020, 6, 15),
                "counts_upward": False,
            }
            | {"announced_by": "command-b"},
            {"id": "g2", "graded": HOME, "grade": "low", "from_on": date(2020, 1, 1), "counts_upward": False}
            | {"announced_by": "command-h"},
        ],
    }
    return {name: facts(name, *given) for name, given in (rows | changes).items()}


def sampled(*people: str, found: str = "negative", at: datetime = datetime(2020, 6, 26, 2)) -> dict[str, Any]:
    return {
        "samples": [{"id": "t1", "sample": "t1", "taken_at": at, "kind": "pool"}],
        "sample_members": [
            {"id": f"t1-{who}", "sample": "t1", "person": who, "happened_at": at} for who in people
        ],
        "results": [{"id": "t1", "sample": "t1", "result": found, "resulted_at": at}],
    }


def row(**changes: Any) -> Mapping[str, Any]:
    plain = {"about": "p7", "trigger_key": KEY, "event_on": date(2020, 6, 20), "occurrence": "d7", **TEST_DAY}
    one: Mapping[str, Any] = obligations({**plain, **changes}).to_pylist()[0]
    return one


def quarantine(**changes: Any) -> Mapping[str, Any]:
    plain = {
        "step": "quarantine",
        "verb": "quarantine",
        "occurrence": "once",
        "place": "central",
        "restricts": True,
    }
    return row(**{**plain, **SPAN, "in_place": False, **changes})


def story(
    one: Mapping[str, Any],
    policy: Policy,
    tables: dict[str, pa.Table],
    as_of: datetime = datetime(2020, 6, 26, 4),
    language: str = "en",
    known_by: datetime | None = None,
) -> Story:
    return explain(one, policy, tables, as_of=as_of, known_by=known_by or as_of, language=language)


def said(one: Story, section: str) -> str:
    return " ".join(sentence.text for sentence in one.section(section).sentences)


def test_it_begins_with_what_is_due_when_by_whom(policy: Policy) -> None:
    told = story(row(), policy, world())
    assert told.title == "Nucleic acid test, day 7: person p7 [open]"
    assert "must be done by the end of 26 June 2020" in said(told, "what")
    assert "day 7 of the plan, 26 June 2020; day 1 is 20 June 2020" in said(told, "what")
    assert "sampling-1 (sampling team of the place of stay) is responsible" in said(told, "what")
    assert said(told, "now") == "Open: 12 hours are left."


TOLD = Words(
    "由港湾隔离点（site/1）（停留地采样队）负责，向港湾小学（school/1）、office/2负责。",
    "Harbour site (site/1) (sampling team of the place of stay) is responsible and answers to "
    "港湾小学 (school/1), office/2.",
)
SITE = Words("港湾隔离点（site/1）", "Harbour site (site/1)")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_place_is_told_by_its_name_with_its_number(policy: Policy, language: str) -> None:
    there = {"kind": "quarantine_site", "located_in": HOME, "from_on": date(2020, 1, 1)}
    tables = world(
        places=[
            {"id": "p1", "place": "site/1", "label_zh": "港湾隔离点", "label_en": "Harbour site", **there},
            {"id": "p2", "place": "school/1", "label_zh": "港湾小学", **there, "kind": "school"},
        ],
        room_stays=[
            {"id": "r1", "person": "p7", "place": "site/1", "room": "1", "kind": "central"}
            | {"from_at": datetime(2020, 6, 20, 4)}
        ],
    )
    one = quarantine(done_by="site/1", answers_to="school/1,office/2", status="met")
    one = {
        **one,
        "because": f"{one['because']},room_stays:{hex_key(*natural_key('room_stays', 'test', 'r1'))}",
    }
    found = story(row(done_by="site/1", answers_to="school/1,office/2"), policy, tables, language=language)
    assert TOLD.get(language) in said(found, "what")
    assert SITE.get(language) in said(story(one, policy, tables, language=language), "facts")


def test_the_authority_that_decided_is_told_by_its_name(policy: Policy) -> None:
    assert {version.authority for version in policy.versions()} == {"city-command"}
    assert "Decided by: the city's command." in said(story(row(), policy, world()), "why")
    assert "决定机关：市疫情防控指挥部。" in said(story(row(), policy, world(), language="zh"), "why")


def test_it_says_in_order_what_happens_if_nothing_is_done(policy: Policy) -> None:
    coming = [sentence.text for sentence in story(row(), policy, world()).section("next").sentences]
    assert coming == [
        "27 June 2020 00:00: it is overdue.",
        "27 June 2020 02:00: it escalates: community of the residence must see to “Call”.",
        "28 June 2020 00:00: it counts as missed and can no longer be done.",
    ]


@pytest.mark.parametrize(
    ("language", "now"),
    [
        ("en", "Overdue from this moment on; it can still be done for 24 hours."),
        ("zh", "期限已到，从现在起算逾期，仍可补做，还有24小时。"),
    ],
)
def test_at_the_limit_itself_no_hours_overdue_are_told(policy: Policy, language: str, now: str) -> None:
    at_the_limit = row(status="overdue")
    told = story(at_the_limit, policy, world(), as_of=at_the_limit["due_at"], language=language)
    assert said(told, "now") == now


def test_a_done_row_threatens_nothing(policy: Policy) -> None:
    done = row(status="met", met_at=datetime(2020, 6, 26, 2), met_by=None)
    assert "next" not in {section.name for section in story(done, policy, world()).sections}


def test_the_comparison_that_decided_is_told_with_its_value_and_the_facts_it_was_read_from(
    policy: Policy,
) -> None:
    decided = said(story(row(), policy, world()), "decided")
    assert decided.startswith(
        "Holds: the highest risk grade of the areas in the stays of p7 from 6 June 2020 to 20 June 2020 "
        "is medium or high (it is high)."
    )
    assert (
        "District B (cn/11/1105) was graded high from 15 June 2020, announced by office command-b" in decided
    )
    assert "Person p7 stayed in District B (cn/11/1105) from 1 June 2020 and left on 19 June 2020" in decided


def test_each_fact_says_when_it_was_known_and_where_it_comes_from(policy: Policy) -> None:
    told = story(row(because=f"arrivals:{KEY}"), policy, world())
    assert "known 20 June 2020 11:00; recorded in cn/51/5113/511302; source test, record a1" in said(
        told, "facts"
    )
    assert told.section("facts").sentences[0].cites == (f"arrivals:{KEY}",)


def test_a_corrected_fact_says_so(policy: Policy) -> None:
    corrected = {**ARRIVAL, "source_version": 2, "action": "replace", "known_at": datetime(2020, 6, 21, 3)}
    told = story(row(because=f"arrivals:{KEY}"), policy, world(arrivals=[ARRIVAL, corrected]))
    assert "corrected, now version 2" in said(told, "facts")
    assert "known 20 June 2020 11:00" in said(told, "facts")


def test_a_retracted_reason_is_told_with_what_was_given_as_the_reason(policy: Policy) -> None:
    retracted = {**ARRIVAL, "source_version": 2, "action": "retract", "reason": "never travelled"}
    retracted = {**retracted, "known_at": datetime(2020, 6, 22, 3)}
    told = story(row(because=f"arrivals:{KEY}"), policy, world(arrivals=[ARRIVAL, retracted]))
    assert "retracted 22 June 2020 11:00: never travelled. The row no longer holds." in said(told, "facts")


def test_a_pool_that_does_not_count_is_shown_with_the_number_that_rules_it_out(policy: Policy) -> None:
    proof = said(story(row(), policy, world(**sampled("p7", "p8", "p9"))), "proof")
    assert "What is recorded does not prove it:" in proof
    assert "does not hold: the number of people in the sample is at most 1 (it is 3)" in proof
    assert "the result is positive" not in proof.split("What is recorded")[1]


def test_a_sample_taken_before_the_row_opened_is_shown_as_too_early(policy: Policy) -> None:
    tables = world(**sampled("p7", at=datetime(2020, 6, 24, 2)))
    assert "it is earlier than 26 June 2020 00:00" in said(story(row(), policy, tables), "proof")


def test_the_proof_that_was_found_is_told_as_a_sentence(policy: Policy) -> None:
    cite = "sample_members:" + hex_key(*natural_key("sample_members", "test", "t1-p7"))
    met = row(status="met", met_at=datetime(2020, 6, 26, 2), met_by=cite)
    told = said(story(met, policy, world(**sampled("p7"))), "proof")
    assert (
        "Found: Person p7 was sampled at 26 June 2020 10:00 (sample t1, 1 in the tube), result negative"
        in told
    )


def test_a_quarantine_says_where_its_days_begin_and_end_and_what_its_end_means(policy: Policy) -> None:
    told = story(quarantine(status="overdue"), policy, world(), as_of=datetime(2020, 6, 21, 5))
    assert (
        "From 20 June 2020 00:00 until the end of 3 July 2020; in place before 21 June 2020 11:00."
        in said(told, "what")
    )
    assert "14 days: day 1 is 20 June 2020, the last day is 3 July 2020" in said(told, "what")
    assert said(told, "now") == "Not in place, overdue for 2 hours; 12 days 11 hours are left."
    assert "If it was never in place by then, it counts as missed." in said(told, "next")


def test_a_death_is_named_as_what_ended_the_row_early(policy: Policy) -> None:
    died = {"id": "d1", "person": "p7", "died_on": date(2020, 6, 24)}
    ended = quarantine(closes_at=datetime(2020, 6, 23, 16), status="met")
    told = story(ended, policy, world(deaths=[died]))
    assert said(told, "end") == "Ended early, 24 June 2020 00:00: Person p7 died on 24 June 2020."


def test_a_row_is_said_to_have_ended_early_only_when_it_did(policy: Policy) -> None:
    """A test due before midnight, open for one day more; the person died on the day after, or later."""
    ended = {"status": "missed", "closes_at": datetime(2020, 6, 26, 16)}
    for died_on, changes, said_of_it in (
        (date(2020, 6, 27), ended, "Ended early, 27 June 2020 00:00: Person p7 died on 27 June 2020."),
        (date(2020, 6, 30), {"status": "missed"}, None),
        (date(2020, 6, 27), {"status": "met", "met_at": datetime(2020, 6, 26, 2)}, None),
    ):
        tables = world(deaths=[{"id": "d1", "person": "p7", "died_on": died_on}])
        told = story(row(**changes), policy, tables, as_of=datetime(2020, 7, 2))
        sections = {section.name for section in told.sections}
        assert (said(told, "end") if "end" in sections else None) == said_of_it


def test_nobody_is_said_to_be_reminded_of_what_will_have_ended(policy: Policy) -> None:
    tables = world(deaths=[{"id": "d1", "person": "p7", "died_on": date(2020, 6, 27)}])
    told = story(row(closes_at=datetime(2020, 6, 26, 16)), policy, tables, known_by=datetime(2020, 6, 30))
    assert [one.text for one in told.section("next").sentences] == [
        "27 June 2020 00:00: it counts as missed and can no longer be done."
    ]
    assert said(told, "end") == "Ends early, 27 June 2020 00:00: Person p7 died on 27 June 2020."


def test_what_would_end_it_is_told_while_it_has_not_happened(policy: Policy) -> None:
    told = said(story(row(), policy, world()), "end")
    assert "a record of “Classifications” of person p7 where the class is confirmed" in told


def test_a_waiver_without_a_second_person_is_shown_with_why_it_has_no_effect(policy: Policy) -> None:
    waived = {
        "id": "w1",
        "rule": "arrivals",
        "from_at": datetime(2020, 6, 1),
        "until_at": datetime(2020, 7, 1),
    }
    waived |= {"ground": "medical", "decided_by": "x", "decided_office": "o1"}
    told = said(story(row(), policy, world(waivers=[waived])), "waiver")
    assert "it has no effect: nobody from another office has approved it" in told
    assert "Medical reasons" in told


def test_a_live_waiver_says_when_the_row_counts_again(policy: Policy) -> None:
    waived = {
        "id": "w1",
        "rule": "arrivals",
        "from_at": datetime(2020, 6, 1),
        "until_at": datetime(2020, 7, 1),
    }
    waived |= {
        "ground": "medical",
        "decided_by": "x",
        "decided_office": "o1",
        "approved_by": "y",
        "approved_office": "o2",
    }
    cite = "waivers:" + hex_key(*natural_key("waivers", "test", "w1"))
    told = said(story(row(status="waived", waived_by=cite), policy, world(waivers=[waived])), "waiver")
    assert told.endswith("From 1 July 2020 08:00 on it counts again.")


def test_an_escalation_says_what_it_stands_for(policy: Policy) -> None:
    call = row(
        step="test!call", verb="call", status="overdue", closes_at=None, due_at=datetime(2020, 6, 26, 18)
    )
    told = story(call, policy, world(), as_of=datetime(2020, 6, 26, 20))
    assert "“Nucleic acid test” was still not done 2 hours after it was due" in said(told, "what")
    assert "never goes away by itself" in said(told, "next")


def test_the_text_that_governs_is_told_beside_the_one_that_leaves_it_alone(policy: Policy) -> None:
    texts = said(story(quarantine(), policy, world()), "text")
    assert "Text 1, in force from 1 June 2020 until 1 July 2020; the event is of 20 June 2020" in texts
    assert "Text 2, in force from 1 July 2020; what runs already goes on as it is" in texts


def test_a_rule_that_answers_no_order_names_none(policy: Policy) -> None:
    assert "; orders D1" in said(story(row(), policy, world()), "why")
    (name, texts), *others = policy.rules.items()
    bare = {name: tuple(replace(text, basis=()) for text in texts), **dict(others)}
    assert "orders" not in said(story(row(), replace(policy, rules=bare), world()), "why")


def test_an_unowned_row_asks_for_an_office(policy: Policy) -> None:
    told = said(story(row(done_by=None, owned=False, answers_to=""), policy, world()), "what")
    assert "Nobody is responsible: no sampling team of the place of stay was found." in told
    assert "one must be named" in told


SAMPLERS = {
    "id": "o1",
    "office": "sampling-1",
    "task": "sampling_team",
    "covers": "cn/51",
    "from_on": date(2020, 1, 1),
}
NEXT_DAY = datetime(2020, 6, 27, 4)


def test_an_office_that_became_known_too_late_is_told_from_one_that_nobody_named(policy: Policy) -> None:
    late = world(offices=[{**SAMPLERS, "known_at": NEXT_DAY}])
    unowned = row(done_by=None, owned=False, answers_to="", area=HOME)
    told = said(story(unowned, policy, late), "what")
    assert (
        "An office is on record, sampling-1 for cn/51, but was not known by 26 June 2020 12:00: it became "
        "known only 27 June 2020 12:00." in told
    )
    assert "must be named" not in told
    assert "已登记有sampling-1" in said(story(unowned, policy, late, language="zh"), "what")


@pytest.mark.parametrize(
    "other",
    [
        {"task": "community"},
        {"covers": AWAY},
        {"from_on": date(2020, 6, 27)},
        {"until_on": date(2020, 6, 26)},
    ],
)
def test_an_office_that_would_not_have_been_found_anyway_is_not_named(
    policy: Policy, other: dict[str, Any]
) -> None:
    late = world(offices=[{**SAMPLERS, "known_at": NEXT_DAY, **other}])
    told = said(story(row(done_by=None, owned=False, answers_to="", area=HOME), policy, late), "what")
    assert "one must be named" in told
    assert "on record" not in told


def test_marks_are_explained_not_only_printed(policy: Policy) -> None:
    told = said(story(row(marks="derived,imprecise"), policy, world()), "marks")
    assert told.startswith("A value was assigned by a stated procedure, not observed.")
    assert told.endswith("A date that was used is known only as an interval.")


def test_the_same_story_is_told_in_chinese(policy: Policy) -> None:
    told = story(row(), policy, world(), language="zh")
    assert told.title == "人员p7：核酸检测（第7天） [待办]"
    assert said(told, "now") == "待办：距期限还有12小时。"
    assert (
        "p7的旅居史（2020年6月6日至2020年6月20日）所涉地区的最高风险等级为中风险或高风险（实际为高风险）"
        in said(told, "decided")
    )


def test_another_language_is_refused(policy: Policy) -> None:
    with pytest.raises(ValueError, match="choose zh or en"):
        story(row(), policy, world(), language="fr")


def test_a_row_of_another_pack_is_refused_with_what_to_do(policy: Policy) -> None:
    with pytest.raises(NoSuchText, match="explain the row with the pack it was derived with"):
        story(row(rule="departures"), policy, world())
    with pytest.raises(NoSuchText, match="has texts 1, 2"):
        story(row(version=3), policy, world())


def test_what_is_not_known_is_told_as_things_to_find_out(policy: Policy) -> None:
    only_home = [
        {"id": "g2", "graded": HOME, "grade": "low", "from_on": date(2020, 1, 1), "counts_upward": False}
    ]
    tables = world(area_grades=[only_home[0] | {"announced_by": "command-h"}])
    unknown = {
        "rule": "arrivals",
        "version": 1,
        "trigger_fact": "arrivals",
        "trigger_key": KEY,
        "about": "p7",
    }
    unknown |= {"area": HOME, "event_on": date(2020, 6, 20), "first_known_at": datetime(2020, 6, 20, 3)}
    one = result("unknown", unknown).to_pylist()[0]
    told = explain_unknown(one, policy, tables, known_by=datetime(2020, 6, 21), language="en")
    assert told.title == "Not known: whether “Quarantine of arrivals” applies to p7"
    assert "Find out the risk grade of District B (cn/11/1105) (6 June 2020 to 18 June 2020)." in said(
        told, "missing"
    )


def test_who_has_no_stay_on_record_is_to_be_asked(policy: Policy) -> None:
    unknown = {
        "rule": "arrivals",
        "version": 1,
        "trigger_fact": "arrivals",
        "trigger_key": KEY,
        "about": "p7",
    }
    unknown |= {"event_on": date(2020, 6, 20), "first_known_at": datetime(2020, 6, 20, 3)}
    one = result("unknown", unknown).to_pylist()[0]
    told = explain_unknown(one, policy, world(stays=[]), known_by=datetime(2020, 6, 21), language="en")
    assert "Ask person p7 where they were (6 June 2020 to 20 June 2020)." in said(told, "missing")


def test_a_story_as_text_keeps_its_width_and_as_a_document_its_cites() -> None:
    told = Story(
        "id",
        "en",
        "Title",
        (Section("what", "What", (Sentence("word " * 40, ("a:1",)), Sentence("more", level=1))),),
    )
    assert max(map(len, told.text(60).splitlines())) <= 60
    assert "    · more" in told.text(60)
    document = told.document()
    assert document["sections"] == [
        {
            "name": "what",
            "heading": "What",
            "sentences": [
                {"text": "word " * 40, "cites": ["a:1"], "level": 0},
                {"text": "more", "cites": [], "level": 1},
            ],
        }
    ]


def test_chinese_lines_are_folded_by_columns_not_by_letters() -> None:
    told = Story("id", "zh", "题", (Section("what", "事", (Sentence("隔" * 50),)),))
    assert [line for line in told.text(42).splitlines() if "隔" in line] == [
        "  " + "隔" * 20,
        "  " + "隔" * 20,
        "  " + "隔" * 10,
    ]
