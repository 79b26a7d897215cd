"""Rules as pages: everybody may read them; what they demand here are the rows of the linked list."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from sizao_web.accounts.roles import STAFF
from sizao_web.records.reading.pack import pack_in_use

HERE, THERE = "drill/county-1/street/community-1", "drill/county-1/street/community-2"
RULES = sorted(pack_in_use().policy.rules)


def text_of(response: Any) -> str:
    return " ".join(re.sub("<[^>]*>", " ", response.content.decode()).split())


def total_of(response: Any) -> int:
    found = re.search(r'data-total="(\d+)"', response.content.decode())
    assert found
    return int(found[1])


@pytest.fixture
def worker(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("community", HERE))


@pytest.mark.parametrize("role", STAFF)
def test_every_role_may_read_the_rules(role: str, person_in_office: Any, browser: Any) -> None:
    reader = browser(person_in_office(role, "drill", "office/1"))
    for address in ("/policy/", "/policy/rules/", "/policy/rules/contact-quarantine/", "/policy/help/"):
        assert reader.get(address).status_code == 200, address


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_read_aloud_in_both_languages_with_its_source(worker: Any, rule: str) -> None:
    policy = pack_in_use().policy
    shown = text_of(worker.get(f"/policy/rules/{rule}/"))
    for version in policy.rules[rule]:
        assert version.label.zh in shown
        assert version.label.en in shown
        assert version.digest in shown
        assert version.legal_basis.words.zh in shown
    assert all(basis in shown for basis in policy.rules[rule][-1].basis)


def test_the_pack_says_that_it_is_an_exercise_and_shows_every_value_with_its_mark(worker: Any) -> None:
    shown = text_of(worker.get("/policy/"))
    policy = pack_in_use().policy
    assert "演练自拟，不是任何机关发布" in shown
    assert policy.digest in shown
    assert all(name in shown for name in policy.parameters)
    assert "2020-10-10 7天" in shown


def test_a_text_that_nobody_adopted_says_that_it_binds_nobody(worker: Any) -> None:
    assert "未采纳：对任何人没有约束" in text_of(worker.get("/policy/rules/contact-quarantine/"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=密切接触者集中隔离", ["contact-quarantine"]),
        ("basis=D1-44", ["pharmacy-daily-register"]),
        ("sector=education", ["returning-school-people", "school-daily-report"]),
        ("q=nothing-fits-this", []),
    ],
)
def test_rules_are_found_by_words_sector_and_order(worker: Any, query: str, expected: list[str]) -> None:
    shown = worker.get(f"/policy/rules/?{query}").content.decode()
    assert re.findall(r'<a href="/policy/rules/([\w-]+)/">', shown) == expected


def test_filters_together_narrow_and_the_file_has_the_same_rules(worker: Any) -> None:
    query = "restricts=yes&sector=health&state=now"
    page = worker.get(f"/policy/rules/?{query}").content.decode()
    rules = re.findall(r'<a href="/policy/rules/([\w-]+)/">', page)
    expected = [
        rule
        for rule in RULES
        if any(one.bears and one.sector == "health" for one in pack_in_use().policy.rules[rule][-1:])
    ]
    assert rules == expected
    file = worker.get(f"/policy/rules/?{query}&as=csv").content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(file)))
    assert list(dict.fromkeys(line[0] for line in lines[1:])) == rules
    assert len(lines) - 1 == sum(len(pack_in_use().policy.rules[rule]) for rule in rules)


def test_the_part_for_htmx_holds_the_same_rules_as_the_page(worker: Any) -> None:
    page = worker.get("/policy/rules/?q=检测")
    part = worker.get("/policy/rules/?q=检测", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    found = re.compile(r'<a href="/policy/rules/([\w-]+)/">')
    assert found.findall(page.content.decode()) == found.findall(part.content.decode()) != []
    assert "<html" not in part.content.decode()


def test_each_number_of_a_rule_is_the_list_behind_it_for_readers_of_different_areas(
    person_in_office: Any, browser: Any, obligation: Any
) -> None:
    for number in range(5):
        obligation(f"p{number}", "overdue" if number < 3 else "open", HERE)
    obligation("q1", "overdue", THERE)
    obligation("q2", "met", THERE)
    obligation("q3", "overdue", THERE, rule="venue-tests")
    seen = {}
    for role, area in (("community", HERE), ("community", THERE), ("street", "drill/county-1/street")):
        reader = browser(person_in_office(role, area))
        shown = reader.get("/policy/rules/contact-temperature/").content.decode()
        links = re.findall(r'<a href="([^"]+)"><strong class="count">(\d+)</strong>', shown)
        assert links
        for address, count in links:
            assert total_of(reader.get(address.replace("&amp;", "&"))) == int(count)
        listed = reader.get("/policy/rules/?q=contact-temperature").content.decode()
        found = re.search(r'<a class="count" href="(/lists/[^"]+)">(\d+)</a>', listed)
        assert found is not None or area == ""
        if found:
            assert total_of(reader.get(found[1].replace("&amp;", "&"))) == int(found[2])
        seen[role, area] = [int(count) for _, count in links]
    assert seen == {
        ("community", HERE): [3, 2],
        ("community", THERE): [1, 1],
        ("street", "drill/county-1/street"): [4, 2, 1],
    }


def test_a_policy_officer_reads_rules_without_any_rows(
    person_in_office: Any, browser: Any, obligation: Any
) -> None:
    obligation("p1", "overdue")
    reader = browser(person_in_office("policy_officer", "drill"))
    assert "/lists/" not in reader.get("/policy/rules/").content.decode()
    assert 'class="count"' not in reader.get("/policy/rules/contact-temperature/").content.decode()


def test_examples_are_told_as_situations(worker: Any) -> None:
    shown = text_of(worker.get("/policy/rules/contact-quarantine/"))
    assert "接触者 p1，分类 密切接触者，末次暴露日期 2020年6月10日" in shown
    assert "须有任务： at-home" in shown or "须有任务：at-home" in shown


def test_an_unknown_rule_is_not_found(worker: Any) -> None:
    assert worker.get("/policy/rules/no-such-rule/").status_code == 404
