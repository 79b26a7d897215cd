"""One click signs in as somebody of the demonstration, and as nobody else."""

from __future__ import annotations

import pytest
from django.test import Client

from sizao.facts.dictionary import FACTS
from sizao_web.accounts.models import Account
from sizao_web.accounts.roles import ROLES
from sizao_web.demo.personas import make_personas, personas


@pytest.mark.django_db
def test_every_persona_gets_in_by_one_click() -> None:
    make_personas()
    for one in personas():
        browser = Client()
        answer = browser.post("/demo/personas/", {"username": one.username})
        assert (answer.status_code, answer["Location"]) == (302, "/"), one.username
        first = "/public/own/" if one.role == "resident" else "/policy/rules/"
        assert browser.get(first).status_code == 200, one.username


@pytest.mark.django_db
def test_an_account_that_is_no_persona_does_not_get_in_without_its_password() -> None:
    make_personas()
    Account.objects.create_user("somebody", "a-password-of-somebody")
    browser = Client()
    assert browser.post("/demo/personas/", {"username": "somebody"}).status_code == 404
    assert browser.get("/policy/rules/").status_code == 302


@pytest.mark.django_db
def test_making_the_personas_again_makes_nobody_twice() -> None:
    assert make_personas() == make_personas() == Account.objects.filter(persona=True).count()


def test_every_duty_that_may_record_something_has_a_persona() -> None:
    shown = {one.role for one in personas()}
    recording = {name for name, role in ROLES.items() if role.gives & set(FACTS)}
    assert recording <= shown
