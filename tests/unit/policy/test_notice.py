"""A rule can be put up as a notice: every part of it is there, in both languages, and nothing else."""

from __future__ import annotations

import re

import pytest

from sizao.policy.loading import load_pack
from sizao.policy.notice import (
    APPEAL,
    ASK,
    GROUNDS,
    LATE,
    PROOF,
    WHAT,
    WHEN,
    WHO,
    notice,
    notice_page,
    notice_text,
)
from unit.policy.small_pack import FILES

POLICY = load_pack(FILES)
STAY = POLICY.rules["contact-stay"][1]
REPORT = POLICY.rules["school-report"][0]


def _sections(version, language):
    return {one.heading: one.lines for one in notice(version, language, POLICY.sources)}


@pytest.mark.orders("D2-44")
def test_a_restriction_says_who_what_until_when_what_proves_it_whom_to_ask_and_how_to_appeal() -> None:
    said = _sections(STAY, "zh")
    assert set(said) >= {WHO, WHAT, WHEN, PROOF, ASK, APPEAL, GROUNDS}
    assert "为期14天，即第1天至第14天（末次暴露日期为第0天）" in said[WHAT][0]
    assert said[WHEN][0].startswith("自2020年6月1日起至2020年7月31日施行")
    assert said[APPEAL] == ("不服的，可向疫情防控指挥部申诉。",)
    assert "出处：通知（虚构），第二条（D）" in said[GROUNDS][0]
    english = _sections(STAY, "en")
    assert english[APPEAL] == ("An appeal goes to: command.",)
    assert all(len(english[heading]) == len(said[heading]) for heading in said), "both say the same things"


def test_each_step_has_its_own_proof_under_the_same_number() -> None:
    said = _sections(STAY, "en")
    numbers = [[line.split(".")[0] for line in said[heading]] for heading in (WHAT, PROOF)]
    assert numbers[0] == numbers[1] == [str(number) for number in range(1, len(STAY.steps) + 1)]


def test_what_a_rule_does_not_lay_down_has_no_section() -> None:
    assert APPEAL not in _sections(REPORT, "zh")
    assert _sections(REPORT, "zh")[LATE][0].startswith("逾期2小时仍未完成的")
    assert LATE not in _sections(STAY, "zh")


def test_no_notice_shows_a_name_of_the_program() -> None:
    for versions in POLICY.rules.values():
        for version in versions:
            for language in ("zh", "en"):
                assert not re.search(r"[a-z]+_[a-z]+", notice_text(version, language, POLICY.sources))


def test_the_page_to_print_has_both_languages_and_loads_nothing() -> None:
    page = notice_page(STAY, ("zh", "en"), POLICY.sources)
    assert page.count("<article") == 2
    assert 'lang="zh-Hans"' in page
    assert "@page" in page
    assert not re.search(r"https?:|<script|<link|src=", page)
    for section in notice(STAY, "zh", POLICY.sources):
        assert section.heading.zh in page
