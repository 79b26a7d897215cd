"""Honest partners among hostile requests: what they were told is stored is there, once; a loss is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from shell.gateway.conftest import MOMENT, Sender
from shell.gateway.honest import City, honest
from shell.gateway.hostile import covering, operations, renamed, whole
from shell.gateway.taken import Found, Journal, sought, waiting
from shell.gateway.test_hostile_requests import ask
from shell.gateway.test_sending import as_owner
from sizao.facts.dictionary import STREAMS
from sizao_web.gateway.description import description
from sizao_web.records.actions.deliver import take_in
from sizao_web.records.models import Delivery

ROUND = 20


@pytest.fixture(autouse=True)
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lake of this test alone."""
    monkeypatch.setattr(settings, "SIZAO", replace(settings.SIZAO, lake=tmp_path / "lake"))


@dataclass
class Three:
    """A laboratory, a community and a door, and what was answered to them."""

    senders: dict[str, Sender]
    city: City
    journal: Journal

    def send(self, number: int) -> str | None:
        """The honest request of this number, and its file stored; what was wrong with the answer."""
        one = honest(self.city, number)
        status, _, body = ask(self.senders[one.sender], one.request)
        self.journal.note(one.sender, one.request.operation, status, body)
        why = self.journal.vouch(one.sender, one, status, body)
        self.store()
        return why

    def store(self) -> None:
        """What the jobs do."""
        as_owner()
        waits = list(Delivery.objects.filter(state="waiting").values_list("pk", flat=True))
        for delivery in waits:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL ROLE sizao_worker")
            take_in(str(delivery), MOMENT)
            as_owner()

    def found(self) -> Found:
        """The journal beside what is there."""
        as_owner()
        assert waiting(asked) == 0
        return sought(self.journal, asked, {stream: streamed(stream) for stream in STREAMS})


def asked(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


def streamed(stream: str) -> list[Any]:
    return asked(
        f"SELECT b.source_system, s.source_record FROM stream_{stream} AS s"
        " JOIN stream_batch AS b ON b.id = s.batch"
    )


@pytest.fixture
def three(sender: Callable[..., Sender]) -> Iterator[Three]:
    """Who is honest."""
    often = {"per_minute": 10**6, "per_day": 10**7}
    laboratory = ("results", "samples", "sample_members")
    senders = {
        "lab-1": sender("lab-1", "laboratory", laboratory, organisation="lab-1", **often),
        "community-1": sender("community-1", "community", ("health_checks",), **often),
        "gate-1": sender(
            "gate-1", "institution", ("check_ins", "temperatures"), organisation="venue-1", **often
        ),
    }
    city = City("lab-1", "lab-1", "community-1", "gate-1", "venue-1", MOMENT - timedelta(hours=1))
    yield Three(senders, city, Journal())
    as_owner()


def test_what_honest_partners_send_among_hostile_requests_is_there_once(three: Three) -> None:
    hostile = [
        (name, whole(renamed(made, str(number))))
        for name, one in three.senders.items()
        for operation in operations(description(tuple(one.issued.key.facts)))
        for number, made in enumerate(islice(covering(operation), 4))
    ]
    wrong = []
    for number in range(2 * ROUND):
        wrong.append(three.send(number))
        for name, made in hostile[number :: 2 * ROUND]:
            status, _, body = ask(three.senders[name], made)
            three.journal.note(name, made.operation, status, body)
    three.store()
    found = three.found()
    assert [why for why in wrong if why] == []
    assert found.wrong == []
    assert found.rows["stored"] >= 50
    assert found.rows["merged"] >= 6, "a file that half came before"
    assert found.rows["rejected"] >= 2
    assert found.parcels >= 48
    assert found.singles >= 12
    assert three.journal.merged >= 12


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM fact_results WHERE source_record = 'h0-s-0'",
        "DELETE FROM fact_results WHERE source_record = 'h0-v-3'",
        "UPDATE fact_results SET fact_id = gen_random_uuid() WHERE source_record = 'h0-s-0'",
        "UPDATE delivery SET stored = stored - 1 WHERE fact = 'results'",
        "UPDATE fact_health_checks SET source_record = 'h0-w-5' WHERE source_record = 'h0-w-4'",
        "DELETE FROM stream_batch WHERE id = (SELECT min(id) FROM stream_batch)",
    ],
)
def test_what_was_acknowledged_and_is_gone_is_noticed(three: Three, harm: str) -> None:
    """The negative control of the look."""
    for number in range(ROUND):
        assert three.send(number) is None
    assert three.found().wrong == []
    asked_to_do(harm)
    assert three.found().wrong


def test_an_honest_request_that_is_refused_is_noticed(three: Three) -> None:
    one = honest(three.city, 0)
    assert three.journal.vouch("gate-1", one, 422, b"{}")
    said = b'{"sent": 6, "stored": 5, "merged": 0, "conflicts": []}'
    assert three.journal.vouch("gate-1", one, 200, said), "one row is neither stored nor merged nor apart"


def asked_to_do(harm: str) -> None:
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # as a hand that stops the triggers
        cursor.execute(harm)
        assert cursor.rowcount
