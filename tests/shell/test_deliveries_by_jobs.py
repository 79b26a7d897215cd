"""A delivery is taken in by the jobs' own role, which row policies bind, as it is outside of tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from sizao.intake.problems import ReadingInterrupted
from sizao_web.accounts.models import Account
from sizao_web.records.access.scope import scope_of
from sizao_web.records.actions import deliver
from sizao_web.records.deliveries import storing
from sizao_web.records.models import FACT_MODELS, Delivery, DeliveryRow, DeliveryStored

HERE = "drill/county-1/street/community-1"
SHEET = b"""person,checked_at,temperature,symptoms,source_record
p-1,2020-11-10 08:00,36.5,false,r-1
p-2,yesterday,36.5,false,r-2
"""


@pytest.mark.django_db
def test_the_jobs_role_stores_rows_and_outcomes(
    person_in_office: Callable[..., Account], moment: datetime
) -> None:
    scope = scope_of(person_in_office("community", HERE).assignments.get())
    with storing.as_sender(scope):
        received = deliver.receive(scope, moment, name="checks.csv", content=SHEET, fact="health_checks")
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE sizao_worker")
    done = deliver.take_in(received.id, moment)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert (done.state, done.stored, done.rejected) == ("stored", 1, 1)
    assert FACT_MODELS["health_checks"].objects.count() == 1
    assert DeliveryRow.objects.get().outcome == "rejected"
    assert DeliveryStored.objects.get().lines == [2]


@pytest.mark.django_db
def test_whoever_ends_the_process_that_reads_has_not_refused_the_file(
    person_in_office: Callable[..., Account], moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = scope_of(person_in_office("community", HERE).assignments.get())
    with storing.as_sender(scope):
        received = deliver.receive(scope, moment, name="checks.csv", content=SHEET, fact="health_checks")
    store, ends = deliver.store, iter((True, True, False))

    def interrupted(*words: Any) -> None:
        if next(ends):
            raise ReadingInterrupted([])
        store(*words)

    monkeypatch.setattr(deliver, "store", interrupted)
    done = deliver.take_in(received.id, moment)
    assert (done.state, done.stored, done.rejected) == ("stored", 1, 1)


@pytest.mark.django_db
def test_a_file_of_which_every_reading_is_interrupted_waits_for_its_job(
    person_in_office: Callable[..., Account], moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = scope_of(person_in_office("community", HERE).assignments.get())
    with storing.as_sender(scope):
        received = deliver.receive(scope, moment, name="checks.csv", content=SHEET, fact="health_checks")

    def interrupted(*words: Any) -> None:
        raise ReadingInterrupted([])

    with monkeypatch.context() as patch:
        patch.setattr(deliver, "store", interrupted)
        with pytest.raises(ReadingInterrupted):
            deliver.take_in(received.id, moment)
    assert Delivery.objects.get(pk=received.id).state == "waiting"
    assert deliver.take_in(received.id, moment).state == "stored"
