"""What an administrator of an area does to accounts, and what none can."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from sizao_web.accounts import lock_out, registering
from sizao_web.accounts.models import Account
from sizao_web.records.access.scope import scope_of
from sizao_web.records.actions import administer_accounts
from sizao_web.records.actions.record_facts import record_facts
from sizao_web.records.models import AuditEntry
from sizao_web.records.writing import Given, NotAllowed
from sizao_web.settings import clock

COUNTY = "drill/county-1"
HERE = f"{COUNTY}/street/community-1"


@pytest.fixture
def city(person_in_office: Any, as_scope: Any) -> None:
    """Areas to choose from."""
    with as_scope(person_in_office("command", "drill", name="chief")) as scope:
        record_facts(
            scope,
            clock.now(),
            [
                Given(
                    "areas",
                    {"path": path, "label_zh": path, "label_en": path, "level": "county"},
                    path,
                )
                for path in ("drill/county-1", HERE, "drill/county-2")
            ],
        )


@pytest.fixture
def visitor(
    city: None, worker: Account, elsewhere: Account, person_in_office: Any, as_pages: Any
) -> Iterator[Client]:
    """The browser of the county's administrator."""
    administrator = person_in_office("administrator", COUNTY, name="keeper")
    client = Client()
    client.force_login(administrator, backend="allauth.account.auth_backends.AuthenticationBackend")
    with as_pages():
        yield client


@pytest.fixture
def worker(person_in_office: Any) -> Account:
    """Somebody with a duty in the county."""
    return person_in_office("community", HERE, name="worker")


@pytest.fixture
def elsewhere(person_in_office: Any) -> Account:
    """Somebody with a duty in the neighbouring county."""
    return person_in_office("community", "drill/county-2", name="elsewhere")


def owner(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("RESET SESSION AUTHORIZATION")
        cursor.execute(statement)
        rows = list(cursor.fetchall())
        cursor.execute("SET SESSION AUTHORIZATION sizao_web")
    return rows


def test_an_account_is_made_given_a_duty_and_signs_in(visitor: Client) -> None:
    words = {"username": "Li.Hua", "name_zh": "李华", "language": "zh"}
    page = visitor.post("/accounts/new/", words).content.decode()
    password = re.search(r'class="handed">([^<]+)<', page)[1]  # type: ignore[index]
    assert password not in visitor.get("/accounts/of/li.hua/").content.decode(), "shown once"
    duty = {"role": "community", "area": HERE, "organisation": "", "until_at": "2099-01-01"}
    assert visitor.post("/accounts/of/li.hua/assign/", duty).status_code == 302
    newcomer = Client()
    newcomer.post("/sign-in/", {"username": "li.hua", "password": password})
    own = {"current": password, "password": "three long words", "again": "three long words"}
    assert newcomer.post("/account/password/", own).status_code == 302
    assert newcomer.get("/").wsgi_request.scope.area == HERE
    deeds = owner("SELECT account, deed FROM audit_entry WHERE what = 'account' ORDER BY id")
    assert deeds[:2] == [("keeper", "create"), ("keeper", "assign community")]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"role": "chief"}, "请选择职责"),
        ({"area": "drill/county-9"}, "没有此地区"),
        ({"area": "drill/county-2"}, "只能授予本地区的职责"),
        ({"role": "site"}, "须指定单位"),
        ({"organisation": "office-unknown"}, "没有此单位"),
        ({"from_at": "tomorrow"}, "请按2020-11-10的形式"),
        ({"from_at": "2020-11-10", "until_at": "2020-11-10"}, "结束须晚于开始"),
    ],
)
def test_what_is_wrong_with_a_duty_is_said_and_the_input_kept(
    wrong: dict[str, str], said: str, visitor: Client, worker: Account
) -> None:
    given = {"role": "street", "area": HERE, **wrong}
    page = visitor.post("/accounts/of/worker/assign/", given).content.decode()
    assert said in page
    assert all(value in page for value in given.values() if value != "chief")
    assert owner(f"SELECT count(*) FROM account_assignment WHERE account_id = {worker.pk}") == [(1,)]


def test_a_name_that_is_taken_or_unfit_is_said(visitor: Client, worker: Account) -> None:
    for name, said in (("worker", "已有此用户名"), ("Two Words", "用户名须为"), ("", "用户名须为")):
        assert said in visitor.post("/accounts/new/", {"username": name}).content.decode()


def test_a_duty_is_ended_now(visitor: Client, worker: Account) -> None:
    duty = worker.assignments.get()
    assert visitor.post(f"/accounts/of/worker/end/{duty.pk}/").status_code == 302
    assert owner(f"SELECT until_at IS NOT NULL FROM account_assignment WHERE id = {duty.pk}") == [(True,)]


def test_a_locked_account_is_unlocked(visitor: Client, worker: Account) -> None:
    for _ in range(5):
        Client().post("/sign-in/", {"username": "worker", "password": "wrong"})
    assert "因多次输错而锁定" in visitor.get("/accounts/of/worker/").content.decode()
    visitor.post("/accounts/of/worker/unlock/")
    assert not lock_out.is_locked("worker")


def test_a_lost_telephone_and_a_lost_password_are_mended(visitor: Client, worker: Account) -> None:
    owner(
        "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES"
        f" ({worker.pk}, 'totp', '{{}}', now()) RETURNING id"
    )
    assert "已设置两步验证" in visitor.get("/accounts/of/worker/").content.decode()
    visitor.post("/accounts/of/worker/second-factor/")
    assert owner("SELECT count(*) FROM mfa_authenticator") == [(0,)]
    page = visitor.post("/accounts/of/worker/password/").content.decode()
    password = re.search(r'class="handed">([^<]+)<', page)[1]  # type: ignore[index]
    assert Client().post("/sign-in/", {"username": "worker", "password": password}).status_code == 302
    visitor.post("/accounts/of/worker/close/")
    assert Client().post("/sign-in/", {"username": "worker", "password": password}).status_code == 200
    visitor.post("/accounts/of/worker/reopen/")
    assert Client().post("/sign-in/", {"username": "worker", "password": password}).status_code == 302


ADDRESSES = ("", "unlock/", "second-factor/", "password/", "close/", "reopen/", "assign/")


@pytest.mark.parametrize("address", ADDRESSES)
def test_accounts_of_another_area_do_not_exist_for_an_administrator(
    address: str, visitor: Client, elsewhere: Account
) -> None:
    ask = visitor.post if address else visitor.get
    answers = {ask(f"/accounts/of/{name}/{address}").status_code for name in ("elsewhere", "nobody")}
    assert answers == {404}
    assert "elsewhere" not in visitor.get("/accounts/").content.decode()


def test_an_account_with_duties_here_and_elsewhere_keeps_its_password(
    visitor: Client, worker: Account
) -> None:
    owner(
        "INSERT INTO account_assignment (account_id, role, area, from_at)"
        f" VALUES ({worker.pk}, 'command', 'drill', now() - interval '1 year') RETURNING id"
    )
    assert visitor.get("/accounts/of/worker/").status_code == 200
    for address in ("second-factor/", "password/", "close/"):
        assert visitor.post(f"/accounts/of/worker/{address}").status_code == 404, address


def test_nobody_raises_themselves(visitor: Client) -> None:
    given = {"role": "command", "area": COUNTY}
    page = visitor.post("/accounts/of/keeper/assign/", given).content.decode()
    assert "只能授予本地区的职责" in page
    assert visitor.post("/accounts/of/keeper/close/").status_code == 404
    assert owner("SELECT count(*) FROM account_assignment WHERE role = 'command' AND area <> 'drill'") == [
        (0,)
    ]


def test_an_administrator_sees_nobodys_health_rows(visitor: Client, worker: Account) -> None:
    scope = visitor.get("/accounts/").wsgi_request.scope
    assert (scope.seen_area, scope.seen_organisation) == ("", "")
    with connection.cursor() as cursor:
        for table in ("fact_stays", "ledger_obligation", "ledger_standing", "person_access", "identity"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,)


def test_no_other_duty_administers(person_in_office: Any, worker: Account) -> None:
    scope, moment = scope_of(person_in_office("command", "drill").assignments.get()), clock.now()
    names = {"name_zh": "", "name_en": "", "email": "", "language": "zh"}
    duty = registering.Duty("community", HERE, None, moment)
    asked: dict[str, Callable[[], object]] = {
        "create": lambda: administer_accounts.create(scope, moment, "new", **names),
        "assign": lambda: administer_accounts.assign(scope, moment, worker, duty),
        "end": lambda: administer_accounts.end_assignment(scope, moment, worker, worker.assignments.get()),
        "unlock": lambda: administer_accounts.unlock(scope, moment, worker),
        "give_password": lambda: administer_accounts.give_password(scope, moment, worker),
        "reset": lambda: administer_accounts.reset_second_factor(scope, moment, worker),
        "close": lambda: administer_accounts.close(scope, moment, worker),
        "reopen": lambda: administer_accounts.reopen(scope, moment, worker),
    }
    for deed in asked.values():
        with pytest.raises(NotAllowed):
            deed()
    assert AuditEntry.objects.count() == 0


def test_the_list_finds_by_name_and_shows_present_duties_only(visitor: Client, worker: Account) -> None:
    past = clock.now() - timedelta(days=900)
    owner(
        "INSERT INTO account_assignment (account_id, role, area, from_at, until_at) VALUES"
        f" ({worker.pk}, 'street', '{COUNTY}', '{past.isoformat()}', '{past.isoformat()}') RETURNING id"
    )
    page = visitor.get("/accounts/?q=WORK").content.decode()
    assert "共 1 个" in page
    assert "街道" not in page.split("<tbody>")[1]
    assert "没有符合的账号" in visitor.get("/accounts/?q=nobody").content.decode()
