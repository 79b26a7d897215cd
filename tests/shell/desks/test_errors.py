"""A page of an error says what happened and what to do next, in the language of the reader."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

HERE = "drill/county-1/street/community-1"


def test_who_looks_for_what_is_not_there_is_told_so(person_in_office: Any, browser: Any) -> None:
    answer = browser(person_in_office("community", HERE)).get("/lists/obligations/nothing/")
    assert answer.status_code == 404
    assert "不在您负责的范围内" in answer.content.decode()


def test_who_has_another_duty_is_told_which_one_is_worked_under(person_in_office: Any, browser: Any) -> None:
    answer = browser(person_in_office("policy_officer", "drill")).get("/lists/obligations/")
    assert answer.status_code == 403
    assert "政策管理员" in answer.content.decode()


FORM = "/facts/health_checks/new/"
TYPED = {"person": "H02-1", "checked_at": "2020-11-10T08:00", "note": "第一行\n“第二行” <3>"}


@pytest.fixture
def strict(browser: Any, person_in_office: Any) -> Any:
    """A community worker's browser whose forms must bring their token."""
    signed_in = browser(person_in_office("community", HERE))
    signed_in.handler.enforce_csrf_checks = True
    signed_in.raise_request_exception = False
    return signed_in


def held(answer: Any) -> dict[str, str]:
    """Names and values of the form that a page holds to be sent again; its token apart."""
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.content.decode())
    return {name: html.unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"}


def test_an_address_that_only_takes_forms_is_a_page_with_a_way_on(strict: Any) -> None:
    answer = strict.get("/community/record/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "回到首页" in answer.content.decode()


def test_a_form_of_too_many_fields_is_refused_in_words(strict: Any) -> None:
    strict.get(FORM)
    answer = strict.post(FORM, {f"n{number}": "1" for number in range(1100)})
    assert answer.status_code == 400
    assert "发送的内容过多" in answer.content.decode()


@pytest.mark.parametrize("address", ["/lists/obligations/to-do/?area=%00", "/persons/H02%00/"])
def test_a_character_that_cannot_be_stored_is_refused_in_words(strict: Any, address: str) -> None:
    answer = strict.get(address)
    assert answer.status_code == 400
    assert "不能识别的字符" in answer.content.decode()


def test_a_form_of_an_earlier_session_is_held_to_be_sent_again(strict: Any) -> None:
    strict.get(FORM)
    answer = strict.post(FORM, {**TYPED, "csrfmiddlewaretoken": "x" * 64}, HTTP_ORIGIN="http://testserver")
    assert answer.status_code == 403
    assert held(answer) == TYPED
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', answer.content.decode())
    assert token is not None
    again = strict.post(FORM, {**held(answer), "csrfmiddlewaretoken": token[1]})
    assert again.status_code in (200, 422), "the form itself is looked at now"


def test_a_form_of_another_site_is_not_held(strict: Any) -> None:
    strict.get(FORM)
    answer = strict.post(FORM, {**TYPED, "csrfmiddlewaretoken": "x" * 64}, HTTP_ORIGIN="http://elsewhere")
    assert answer.status_code == 403
    assert not held(answer)


def test_what_was_typed_is_held_when_something_breaks(
    browser: Any, person_in_office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sizao_web.desks.everyone.recording.FactForm", broken)
    clerk = browser(person_in_office("community", HERE))
    clerk.raise_request_exception = False
    answer = clerk.post(FORM, TYPED)
    assert answer.status_code == 500
    assert held(answer) == TYPED
    assert "no-store" in answer.headers["Cache-Control"]
    assert "再打开这一页" in clerk.get(FORM).content.decode()


def test_a_password_is_held_by_no_page(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sizao_web.accounts.lock_out.locked_until", broken)
    answer = Client(raise_request_exception=False).post("/sign-in/", {"username": "a", "password": "secret"})
    assert answer.status_code == 500
    assert "secret" not in answer.content.decode()
