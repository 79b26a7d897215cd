"""A page of an error says what happened and what to do next, in the language of the reader."""

from __future__ import annotations

from typing import Any

HERE = "drill/county-1/street/community-1"


def test_who_looks_for_what_is_not_there_is_told_so(person_in_office: Any, browser: Any) -> None:
    answer = browser(person_in_office("community", HERE)).get("/lists/obligations/nothing/")
    assert answer.status_code == 404
    assert "不在您负责的范围内" in answer.content.decode()


def test_who_has_another_duty_is_told_which_one_is_worked_under(person_in_office: Any, browser: Any) -> None:
    answer = browser(person_in_office("policy_officer", "drill")).get("/lists/obligations/")
    assert answer.status_code == 403
    assert "政策管理员" in answer.content.decode()
