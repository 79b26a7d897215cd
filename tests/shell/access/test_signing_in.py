"""Signing in and staying signed in: passwords, second factor, waiting after wrong tries, how it ends."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from sizao_web.accounts import registering
from sizao_web.accounts.models import Account
from sizao_web.accounts.registering import Duty
from sizao_web.records.models import AuditEntry
from sizao_web.settings import clock

PAGE = "/policy/"  # opens for every duty; the start sends some on to their desk
HERE = "drill/county-1/street/community-1"
PASSWORD = "four unrelated words here"


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the codes stands still: half a minute begins between no code and its being typed."""
    moment = time.time()
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", SimpleNamespace(time=lambda: moment))


@pytest.fixture
def worker(db: None) -> Account:
    """A community worker with a password of their own."""
    account = registering.create_account("worker", name_zh="张敏").account
    registering.choose_password(account, PASSWORD)
    registering.assign(account, Duty("community", HERE, None, clock.now() - timedelta(days=1)))
    return account


@pytest.fixture
def visitor(as_pages: Any) -> Iterator[Client]:
    """A browser, asking a process that is the pages' login from its first statement on."""
    with as_pages():
        yield Client()


@pytest.fixture
def as_owner() -> Callable[[], Any]:
    """Look at tables as their owner in the middle of a visit."""
    from contextlib import contextmanager

    @contextmanager
    def looking() -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("RESET SESSION AUTHORIZATION")
            yield
            cursor.execute("SET SESSION AUTHORIZATION sizao_web")

    return looking


@pytest.fixture
def must(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """An installation that wants a second factor, as production does."""
    settings.SIZAO = replace(settings.SIZAO, second_factor=True)


def sign_in(client: Client, name: str = "worker", password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/sign-in/", {"username": name, "password": password, **more})


def right_code(secret: str, ahead: int = 0) -> str:
    counter = list(yield_hotp_counters_from_time())[1] + ahead
    return format_hotp_value(hotp_value(secret.replace(" ", ""), counter))


def wrong_code(secret: str) -> str:
    """None of those that are right now."""
    right = {right_code(secret, ahead) for ahead in (-1, 0, 1)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in right)


def set_up(client: Client) -> tuple[str, list[str]]:
    """Secret and recovery codes, read off the pages."""
    page = client.get("/account/second-factor/").content.decode()
    secret = re.search(r'class="secret">([^<]+)<', page)[1].replace(" ", "")  # type: ignore[index]
    done = client.post("/account/second-factor/", {"code": right_code(secret, -1)}).content.decode()
    return secret, [code.replace(" ", "") for code in re.findall(r"<li>(\d{5} \d{5})</li>", done)]


def test_the_right_password_signs_in_and_leaves_a_trace(
    worker: Account, visitor: Client, as_owner: Any
) -> None:
    answer = sign_in(visitor, name=" Worker ", next="/account/?x=1")
    assert (answer.status_code, answer.url) == (302, "/account/?x=1")
    assert visitor.get(PAGE).status_code == 200
    with as_owner():
        assert list(AuditEntry.objects.values_list("account", "deed", "what")) == [
            ("worker", "sign_in", "account")
        ]
        assert Account.objects.get().last_login is not None


@pytest.mark.parametrize(
    "away", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(away: str, worker: Account, visitor: Client) -> None:
    assert sign_in(visitor, next=away).url == "/"


def test_an_unknown_name_is_answered_like_a_wrong_password(worker: Account, visitor: Client) -> None:
    told = []
    for name in ("worker", "nobody"):
        for _ in range(6):
            answer = sign_in(visitor, name=name, password="wrong")
        text = re.sub(r'value="[^"]*"', "", answer.content.decode().replace(name, "…"))
        told.append((answer.status_code, re.sub(r"<time.*?</time>", "", text)))
    assert told[0] == told[1]
    assert told[0][0] == 429


def test_five_wrong_tries_lock_a_name_here_for_half_an_hour_and_nobody_elses(
    worker: Account, visitor: Client
) -> None:
    for _ in range(5):
        assert sign_in(visitor, password="wrong").status_code == 200
    locked = sign_in(visitor)
    assert locked.status_code == 429
    told = re.search(r'<strong><time datetime="([^"]+)"', locked.content.decode())
    assert told is not None
    wait = datetime.fromisoformat(told[1]) - clock.now()
    assert timedelta(minutes=29) < wait < timedelta(minutes=31), "by the clock that the page shows"
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert sign_in(elsewhere).status_code == 302, "from another computer the owner still gets in"
    assert sign_in(Client(), "somebody", "wrong").status_code == 200, "the ward's computer is free"


def test_after_half_an_hour_a_locked_name_may_be_tried_again(
    worker: Account, visitor: Client, as_owner: Any
) -> None:
    for _ in range(5):
        sign_in(visitor, password="wrong")
    with as_owner():
        for attempt in AccessAttempt.objects.all():
            earlier = attempt.attempt_time - timedelta(minutes=31)
            AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=earlier)
    assert sign_in(visitor).status_code == 302


def test_a_name_tried_from_many_addresses_is_locked_too(worker: Account, visitor: Client) -> None:
    for number in range(10):
        words = {"username": "worker", "password": "wrong"}
        visitor.post("/sign-in/", words, REMOTE_ADDR=f"10.0.0.{number}")
    assert sign_in(visitor).status_code == 429


def test_what_a_visitor_says_of_their_address_is_not_believed(
    worker: Account, visitor: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    words = {"username": "worker", "password": "wrong"}
    for number in range(6):
        answer = visitor.post("/sign-in/", words, headers={"X-Forwarded-For": f"10.1.0.{number}"})
    assert answer.status_code == 429
    settings.SIZAO = replace(settings.SIZAO, proxies=1)
    # Behind one proxy the last address is the proxy's word; those before it are the visitor's.
    answer = visitor.post("/sign-in/", words, headers={"X-Forwarded-For": "10.2.0.1, 10.3.0.1"})
    assert answer.status_code == 200


def test_no_typed_password_or_code_is_kept_with_the_failures(
    worker: Account, visitor: Client, as_owner: Any
) -> None:
    sign_in(visitor, password="nearly-right")
    with as_owner():
        kept = AccessAttempt.objects.get()
    assert "nearly-right" not in f"{kept.post_data}{kept.get_data}{kept.path_info}"


def test_a_second_factor_is_asked_once_set_up_and_a_code_counts_once(
    worker: Account, visitor: Client, as_owner: Any
) -> None:
    sign_in(visitor)
    secret, _ = set_up(visitor)
    visitor.post("/sign-out/")
    answer = sign_in(visitor, next="/account/")
    assert answer.url == "/sign-in/code/"
    assert visitor.get(PAGE).status_code == 302, "the password alone opens nothing"
    assert visitor.post("/sign-in/code/", {"code": wrong_code(secret)}).status_code == 200
    code = right_code(secret)
    assert visitor.post("/sign-in/code/", {"code": code}).url == "/account/"
    assert visitor.get(PAGE).status_code == 200
    other = Client()
    sign_in(other)
    assert other.post("/sign-in/code/", {"code": code}).status_code == 200, (
        "a code that somebody saw is spent"
    )
    with as_owner():
        kept = str(Authenticator.objects.get(type="totp").data)
    assert secret not in kept


def test_a_recovery_code_signs_in_once(worker: Account, visitor: Client) -> None:
    sign_in(visitor)
    _, codes = set_up(visitor)
    assert len(set(codes)) == 10
    again = visitor.get("/account/second-factor/", follow=True).content.decode()
    assert not any(code in again.replace(" ", "") for code in codes), "shown once"
    for expected in (302, 200):
        visitor.post("/sign-out/")
        sign_in(visitor)
        assert (
            visitor.post("/sign-in/code/", {"code": f"{codes[0][:5]}-{codes[0][5:]}"}).status_code == expected
        )


def test_wrong_codes_lock_like_wrong_passwords(worker: Account, visitor: Client) -> None:
    sign_in(visitor)
    secret, _ = set_up(visitor)
    visitor.post("/sign-out/")
    sign_in(visitor)
    wrong = wrong_code(secret)
    answers = [visitor.post("/sign-in/code/", {"code": wrong}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert sign_in(visitor).status_code == 429


def test_the_code_must_follow_the_password_within_ten_minutes(
    worker: Account, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(visitor)
    secret, _ = set_up(visitor)
    visitor.post("/sign-out/")
    sign_in(visitor)
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr("sizao_web.records.access.middleware.now", lambda: later)
    assert visitor.post("/sign-in/code/", {"code": right_code(secret)}).url == "/sign-in/"


def test_a_duty_that_reads_names_waits_for_the_second_factor(
    must: None, worker: Account, visitor: Client
) -> None:
    sign_in(visitor)
    answer = visitor.get("/?day=today")
    assert answer.url == "/account/second-factor/?next=%2F%3Fday%3Dtoday"
    page = visitor.get(answer.url).content.decode()
    assert "<svg" in page
    assert "http:" not in re.sub(r'xmlns="[^"]*"', "", page.split("<main")[1])
    set_up(visitor)
    assert visitor.get(PAGE).status_code == 200
    visitor.post("/account/second-factor/remove/", {"current": "wrong"})
    assert visitor.get(PAGE).status_code == 200
    visitor.post("/account/second-factor/remove/", {"current": PASSWORD})
    assert visitor.get(PAGE).status_code == 302, "without it no rows again"


@pytest.mark.parametrize(
    ("role", "needed"), [("administrator", True), ("policy_officer", False), ("supervision", False)]
)
def test_who_reads_no_names_and_runs_no_accounts_may_go_without(
    role: str, needed: bool, must: None, worker: Account, visitor: Client, as_owner: Any
) -> None:
    with as_owner():
        worker.assignments.all().delete()
        registering.assign(worker, Duty(role, "drill", None, clock.now() - timedelta(days=1)))
    sign_in(visitor)
    assert visitor.get(PAGE).status_code == (302 if needed else 200)


def test_a_given_password_is_changed_before_anything_else(db: None, visitor: Client, as_owner: Any) -> None:
    with as_owner():
        made = registering.create_account("newcomer", name_zh="王新")
        registering.assign(made.account, Duty("community", HERE, None, clock.now() - timedelta(days=1)))
    sign_in(visitor, "newcomer", made.password)
    assert visitor.get(PAGE).url.startswith("/account/password/")

    def change(new: str, again: str | None = None, current: str = made.password) -> str:
        words = {"current": current, "password": new, "again": again or new}
        return visitor.post("/account/password/", words).content.decode()

    assert "不对" in change(PASSWORD, current="wrong")
    assert "不同" in change(PASSWORD, again="another one")
    assert "至少12位" in change("short")
    assert "常见密码" in change("password1234")
    assert "太相似" in change("newcomer1234")
    assert "相同" in change(made.password)
    assert visitor.get(PAGE).status_code == 302
    assert change(PASSWORD) == ""
    assert visitor.get(PAGE).status_code == 200


def test_changing_the_password_ends_the_other_sessions(worker: Account, visitor: Client) -> None:
    other = Client()
    for client in (visitor, other):
        sign_in(client)
        assert client.get(PAGE).status_code == 200
    new = "other unrelated words here"
    visitor.post("/account/password/", {"current": PASSWORD, "password": new, "again": new})
    assert (visitor.get(PAGE).status_code, other.get("/").status_code) == (200, 302)


@pytest.mark.parametrize(
    ("steps", "alive"),
    [
        ([59], True),
        ([61], False),
        ([50, 50, 50], True),
        ([50] * 14, True),
        ([50] * 15, False),  # 12 h 30 min in all, though never an hour without use
    ],
)
def test_a_session_ends_after_an_hour_without_use_and_after_twelve_hours(
    steps: list[int], alive: bool, worker: Account, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(visitor)
    moment = clock.now()
    for minutes in steps:
        moment += timedelta(minutes=minutes)
        monkeypatch.setattr("sizao_web.accounts.middleware.now", lambda at=moment: at)
        answer = visitor.get(PAGE)
    assert (answer.status_code == 200) == alive
    if not alive:
        assert "已结束" in visitor.get(answer.url).content.decode()


CHECK = "/facts/health_checks/new/"
TYPED = {"person": "H02-1", "note": "三天没有出门"}


@pytest.fixture
def in_the_middle(worker: Account, visitor: Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The page that answers a form which is sent an hour and more after the last use."""
    sign_in(visitor)
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr("sizao_web.accounts.middleware.now", lambda: later)
    answer = visitor.post(CHECK, TYPED, headers={"Accept": "text/html"}, follow=True)
    monkeypatch.setattr("sizao_web.accounts.middleware.now", clock.now)
    assert answer.redirect_chain[-1][1] == 307
    return answer


def _kept(answer: Any) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', answer.content.decode())
    assert found is not None, "the form came along"
    return found[1]


def test_a_form_sent_after_the_session_ended_waits_for_its_account(
    worker: Account, visitor: Client, in_the_middle: Any
) -> None:
    assert "还没有保存" in in_the_middle.content.decode()
    wrong = sign_in(visitor, password="not this one", kept=_kept(in_the_middle))
    answer = sign_in(visitor, kept=_kept(wrong))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert f'action="{CHECK}"' in text
    for name, value in TYPED.items():
        assert f'name="{name}" value="{value}"' in text


def test_a_form_sent_after_the_session_ended_is_shown_to_nobody_else(
    worker: Account, visitor: Client, in_the_middle: Any, as_owner: Any
) -> None:
    with as_owner():
        other = registering.create_account("colleague", name_zh="李明").account
        registering.choose_password(other, PASSWORD)
        registering.assign(other, Duty("community", HERE, None, clock.now() - timedelta(days=1)))
    answer = sign_in(visitor, "colleague", kept=_kept(in_the_middle))
    assert answer.status_code == 302
    assert "属于另一个账号" in visitor.get(PAGE).content.decode()


def test_a_form_sent_by_nobody_is_said_not_to_be_saved(worker: Account, visitor: Client) -> None:
    answer = visitor.post(CHECK, TYPED, follow=True)
    assert "没有保存" in answer.content.decode()


def test_signing_out_ends_the_session_for_whoever_copied_its_key(worker: Account, visitor: Client) -> None:
    sign_in(visitor)
    copied = Client()
    copied.cookies = visitor.cookies.copy()
    assert copied.get(PAGE).status_code == 200
    visitor.post("/sign-out/")
    assert copied.get(PAGE).status_code == 302


def test_signing_in_takes_a_new_key(worker: Account, visitor: Client) -> None:
    session = visitor.session  # a key that somebody planted before
    session["planted"] = True
    session.save()
    visitor.cookies["sizao"] = planted = session.session_key
    sign_in(visitor)
    assert visitor.cookies["sizao"].value != planted
    planter = Client()
    planter.cookies["sizao"] = planted
    assert planter.get(PAGE).status_code == 302


def test_head_changes_nothing_where_only_post_is_meant(worker: Account, visitor: Client) -> None:
    sign_in(visitor)
    assert visitor.head("/sign-out/").status_code == 405
    assert visitor.get("/sign-out/").status_code == 405
    assert visitor.get(PAGE).status_code == 200


def test_every_write_needs_the_token_of_a_form(worker: Account, as_pages: Any) -> None:
    with as_pages():
        strict = Client(enforce_csrf_checks=True)
        assert sign_in(strict).status_code == 403
        assert strict.post("/sign-out/").status_code == 403


def test_a_duty_that_ended_ends_at_the_next_page(worker: Account, visitor: Client, as_owner: Any) -> None:
    sign_in(visitor)
    assert visitor.get(PAGE).status_code == 200
    with as_owner():
        registering.end_assignment(worker.assignments.get(), clock.now())
    assert visitor.get(PAGE).status_code == 403
    assert "没有生效的职责" in visitor.get("/account/").content.decode()


def test_a_closed_account_is_out_at_the_next_page(worker: Account, visitor: Client, as_owner: Any) -> None:
    sign_in(visitor)
    with as_owner():
        registering.close(worker)
    assert visitor.get(PAGE).status_code == 302
    assert sign_in(visitor).status_code == 200


def test_one_chooses_among_several_duties_and_no_others(
    worker: Account, visitor: Client, as_owner: Any, person_in_office: Any
) -> None:
    with as_owner():
        street = registering.assign(worker, Duty("street", "drill/county-1/street", None, clock.now()))
        foreign = person_in_office("command", "drill").assignments.get()
    sign_in(visitor)
    assert "community" in visitor.get(PAGE).wsgi_request.scope.role
    visitor.post("/duty/", {"assignment": street.pk})
    assert visitor.get(PAGE).wsgi_request.scope.role == "street"
    for wrong in (foreign.pk, 0, "x", ""):
        visitor.post("/duty/", {"assignment": wrong})
        assert visitor.get(PAGE).wsgi_request.scope.role == "street"


def test_no_session_key_lies_in_the_database(worker: Account, visitor: Client, as_owner: Any) -> None:
    sign_in(visitor)
    with as_owner():
        assert not Session.objects.filter(session_key=visitor.cookies["sizao"].value).exists()
        assert Session.objects.count() == 1
