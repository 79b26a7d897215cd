"""Alarms about partners by the ways that people and machines have: keys, requests, pages; the clock moves."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from shell.desks.test_alarms import certificate
from shell.gateway.conftest import CITY, Clock, Sender, result
from shell.gateway.test_batches import NDJSON, check_in, headers_of, lines, sheet, stored
from shell.gateway.test_sending import as_owner
from sizao_web.accounts.models import Account
from sizao_web.records.watch.watching import watch

SILENT, ENDING, REVERTED = "来源中断", "即将到期", "临时开关已复原"


@pytest.fixture(autouse=True)
def _installation(tmp_path: Path, settings: Any, db: None) -> None:
    settings.SIZAO = replace(
        django_settings.SIZAO, data=tmp_path, witness=tmp_path / "witness", lake=tmp_path / "lake",
        endings=(), certificates=(),
    )  # fmt: skip


@pytest.fixture
def look(clock: Clock) -> Callable[..., None]:
    """Let time go by, and let the installation look at itself, as the jobs do once a minute."""

    def at(**span: float) -> None:
        clock.forward(**span)
        as_owner()
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE sizao_worker")
        watch(clock())
        as_owner()

    return at


@pytest.fixture
def chief(person_in_office: Callable[..., Account], browser: Callable[..., Client]) -> Client:
    """The duty officer of the headquarters."""
    return browser(person_in_office("command", CITY, "office/1", "chief"))


@pytest.fixture
def keeper(person_in_office: Callable[..., Account], browser: Callable[..., Client]) -> Client:
    """The administrator who keeps partners."""
    return browser(person_in_office("administrator", CITY))


def alarms(reader: Client) -> list[str]:
    """What lasts, as the page says it."""
    as_owner()
    page = reader.get("/watch/alarms/").content.decode()
    as_owner()
    now = page.split('id="standing"')[1].split('id="past"')[0]
    return re.findall(r"<strong>([^<]+)</strong>：([^<]+)</p>", now)  # type: ignore[return-value]


def by_single(partner: Sender, number: int) -> None:
    assert partner.send("/facts/results", result(f"r-{number}")).status_code == 201


def by_file(partner: Sender, number: int) -> None:
    content = sheet(f"f-{number}", f"g-{number}")
    answer = partner.send("/facts/results/batches", content, **headers_of(content, 2))
    assert answer.status_code == 202
    assert stored(answer.json()["delivery"]).state == "stored"


def by_stream(partner: Sender, number: int) -> None:
    answer = partner.send("/streams/check_ins", lines(check_in(f"s-{number}")), **NDJSON)
    assert answer.json()["stored"] == 1


@pytest.mark.parametrize("send", [by_single, by_file, by_stream])
def test_a_partner_that_falls_silent_is_an_alarm_until_it_sends_again(
    send: Callable[[Sender, int], None],
    sender: Callable[..., Sender],
    look: Callable[..., None],
    chief: Client,
) -> None:
    role, organisation, facts = (
        ("institution", "venue-1", ("check_ins",))
        if send is by_stream
        else ("laboratory", "lab-1", ("results",))
    )
    partner = sender("sender-1", role, facts, organisation=organisation)
    look()
    for number in range(5):  # every four hours: that is what is usual
        send(partner, number)
        look(minutes=1)
        look(hours=3, minutes=59)
    assert alarms(chief) == []
    look(hours=3, minutes=59)
    assert alarms(chief) == [], "twice its interval has not passed"
    look(minutes=3)
    ((kind, said),) = alarms(chief)
    assert kind == SILENT
    assert said.startswith("sender-1已8.")
    assert "平常每4.0小时" in said
    send(partner, 9)
    look(minutes=1)
    assert alarms(chief) == []


def test_what_is_refused_or_only_asked_is_no_sign_of_life(
    laboratory: Sender, look: Callable[..., None], chief: Client
) -> None:
    look()
    for number in range(5):
        by_single(laboratory, number)
        look(hours=4)
    look(hours=5)
    assert [kind for kind, _ in alarms(chief)] == [SILENT]
    laboratory.send("/facts/results", result("bad", result="?"))
    laboratory.get("/key")
    look(minutes=1)
    assert [kind for kind, _ in alarms(chief)] == [SILENT], "its system answers, and no result comes"


def test_a_key_that_ends_is_an_alarm_before_and_after_until_it_is_exchanged_at_the_page(
    laboratory: Sender, look: Callable[..., None], chief: Client, keeper: Client
) -> None:
    look(days=59)
    assert alarms(chief) == []
    look(days=2)
    assert [kind for kind, _ in alarms(chief)] == [ENDING]
    look(days=28)
    assert len(alarms(chief)) == 3, "thirty days, seven days and one day before"
    look(days=2)
    assert laboratory.get("/key").status_code == 401, "it has ended"
    as_owner()
    assert len(alarms(chief)) == 3, "and stays an alarm"
    answer = keeper.post("/partners/of/lab-1/key/", {"facts": ["results"], "days": "90"})
    key = re.search(r"szk_[\w-]+", answer.content.decode())
    assert key
    as_owner()
    look(minutes=1)
    assert alarms(chief) == []
    renewed = Client().get("/api/v1/key", headers={"Authorization": f"Bearer {key[0]}"})
    assert renewed.status_code == 200


def test_a_key_that_is_exchanged_in_time_ends_the_alarm(
    laboratory: Sender, look: Callable[..., None], chief: Client, keeper: Client
) -> None:
    look(days=62)
    assert [kind for kind, _ in alarms(chief)] == [ENDING]
    public = laboratory.issued.key.public
    assert keeper.post(f"/partners/of/lab-1/rotate/{public}/", {"overlap": "7"}).status_code == 200
    as_owner()
    look(minutes=1)
    assert alarms(chief) == []
    assert laboratory.get("/key").status_code == 200, "the old one holds for the overlap"


def test_a_certificate_that_ends_is_an_alarm_until_another_lies_in_its_place(
    look: Callable[..., None], clock: Clock, chief: Client, settings: Any, tmp_path: Path
) -> None:
    file = tmp_path / "pages.pem"
    file.write_bytes(certificate(clock(), clock() + timedelta(days=40)))
    settings.SIZAO = replace(settings.SIZAO, certificates=(file,))
    look()
    assert alarms(chief) == []
    look(days=34)
    assert len(alarms(chief)) == 2
    assert all(kind == ENDING and "pages.pem" in said for kind, said in alarms(chief))
    look(days=10)
    assert len(alarms(chief)) == 3, "it has ended"
    file.write_bytes(certificate(clock(), clock() + timedelta(days=90)))
    look(minutes=1)
    assert alarms(chief) == []


def test_a_temporary_switch_reverts_says_so_and_the_partners_silence_is_told_again(
    laboratory: Sender, look: Callable[..., None], clock: Clock, chief: Client
) -> None:
    look()
    for number in range(5):
        by_single(laboratory, number)
        look(hours=4)
    until = (clock() + timedelta(days=2, hours=8)).strftime("%Y-%m-%dT%H:%M")  # of the city
    asked = {"name": "interval", "about": "lab-1", "value": "48", "reason": "演练：停机检修", "until": until}
    assert chief.post("/watch/switches/", asked).status_code == 302
    as_owner()
    look(days=1)
    assert alarms(chief) == [], "somebody said that it will be silent"
    look(days=1, minutes=1)
    found = alarms(chief)
    assert sorted(kind for kind, _ in found) == sorted([SILENT, REVERTED])
    assert any("chief" in said for kind, said in found if kind == REVERTED)
    number = chief.get("/watch/alarms/").content.decode().split(REVERTED)[1]
    match = re.search(r'name="alarm" value="(\d+)"', number)
    assert match
    as_owner()
    assert chief.post("/watch/alarms/", {"alarm": match[1], "remark": "已知"}).status_code == 302
    by_single(laboratory, 9)
    look(minutes=1)
    assert alarms(chief) == []


def test_an_end_that_the_installation_is_told_of_is_an_alarm_of_its_own(
    look: Callable[..., None], chief: Client, settings: Any
) -> None:
    settings.SIZAO = replace(settings.SIZAO, endings=(("signing key", date(2020, 11, 20)),))
    look()
    assert [kind for kind, _ in alarms(chief)] == [ENDING]
