"""No fact is skipped and none read twice, whenever it was committed; a run leaves all of its work or none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection, transaction

from shell.ledger.recorded import adoptions, copy_in, link, record
from shell.ledger.world import LONG_AGO, aware, facts_of, history
from sizao.facts.schemas import arrow_schema
from sizao_web.command import working
from sizao_web.records.ledger import keeping, reading_facts, restoring, runs
from sizao_web.records.ledger.reading_facts import (
    Snapshot,
    arrived_since,
    current_snapshot,
    rows_since,
)
from sizao_web.records.ledger.tasks import touch
from sizao_web.records.models import Count, Obligation, PersonAccess, Run

KNOWN = datetime(2020, 11, 9, 4)


def people(*numbers: str) -> pa.Table:
    rows = [link("people", KNOWN, number, person=number) for number in numbers]
    return pa.Table.from_pylist(rows, schema=arrow_schema("people"))


def read(then: Snapshot | None) -> tuple[list[str], Snapshot]:
    """Persons that arrived since, and the snapshot up to now."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        now = current_snapshot()
        rows = rows_since(then, {"people": 1} if "people" in arrived_since(then) else {}, now)
    return sorted(rows["people"]["person"].to_pylist()) if rows else [], now


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_commits_late_is_read_late_and_not_skipped() -> None:
    slow = connection.copy()
    slow.set_autocommit(False)
    copy_in("people", people("slow"), slow)
    copy_in("people", people("quick"))
    first, then = read(None)
    assert first == ["quick"], "what is not committed is not read, and holds nobody up"
    copy_in("people", people("quicker"))
    second, then = read(then)
    assert second == ["quicker"]
    slow.commit()
    third, then = read(then)
    assert third == ["slow"], "its number is smaller than that of rows read before it"
    assert read(then)[0] == []
    slow.close()


@pytest.mark.django_db(transaction=True)
def test_many_rows_come_through_a_second_connection_and_are_the_same(monkeypatch: Any) -> None:
    city = facts_of(history(1))
    city["people"] = [
        link("people", KNOWN, "p", person='comma, "quote"\nand line', sex=None, birth_year=1951)
    ]
    record(city)
    by_copy = reading(monkeypatch, 10**9)
    by_adbc = reading(monkeypatch, -1)
    assert by_adbc.keys() == by_copy.keys() >= {"people", "adoptions", "arrivals", "classifications"}
    for name, rows in by_copy.items():
        assert by_adbc[name].schema == rows.schema == arrow_schema(name)
        assert by_adbc[name].sort_by("fact_id").equals(rows.sort_by("fact_id")), name


def reading(monkeypatch: Any, limit: int) -> dict[str, pa.Table]:
    monkeypatch.setattr(reading_facts, "BY_COPY", limit)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return rows_since(None, arrived_since(None), current_snapshot())


@pytest.mark.django_db
def test_rows_of_the_own_transaction_are_read_once() -> None:
    copy_in("people", people("a"))
    then = current_snapshot()
    assert then.own is not None
    assert Snapshot.parse(str(then)) == then
    copy_in("people", people("b"))
    rows = rows_since(then, {"people": 1}, current_snapshot())["people"]
    # Both come again, because the number of their transaction is the same: the copy knows them by fact_id.
    assert sorted(rows["person"].to_pylist()) == ["a", "b"]


@pytest.mark.django_db(transaction=True)
def test_a_run_that_breaks_off_leaves_nothing_and_the_next_one_makes_it_right(monkeypatch: Any) -> None:
    city = history(3)
    record(facts_of(city))
    with monkeypatch.context() as broken:
        broken.setattr(keeping, "keep_counts", lambda gone, new: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            runs.whole(aware(city.as_of))
    tables = (Obligation, Count, PersonAccess, Run)
    assert [model.objects.count() for model in tables] == [0, 0, 0, 0]
    assert runs.touched(aware(city.as_of)) is not None
    assert all(model.objects.count() for model in tables)
    assert runs.whole(aware(city.as_of)).rows_changed == 0


@pytest.mark.django_db(transaction=True)
def test_jobs_come_with_their_facts_and_one_run_does_them_all() -> None:
    policy = history(1).policy
    record({"adoptions": adoptions(policy, LONG_AGO)})
    runs.whole(aware(KNOWN))
    for number in ("a", "b"):
        with transaction.atomic():
            copy_in("people", people(number))
            touch.defer()
    with transaction.atomic():
        copy_in("people", people("c"))
        touch.defer()
        transaction.set_rollback(True)
    assert jobs() == ["todo", "todo"], "no fact, no job"
    assert runs.arrived(lambda: aware(KNOWN)) is not None
    assert jobs() == []
    assert runs.arrived(lambda: aware(KNOWN)) is None


@pytest.mark.django_db(transaction=True)
def test_what_is_recorded_while_a_run_waits_for_another_is_in_it(monkeypatch: Any) -> None:
    record({"adoptions": adoptions(history(1).policy, LONG_AGO)})
    runs.whole(aware(KNOWN))
    copy_in("people", people("first"))
    clock, alone = [KNOWN], runs._alone

    @contextmanager
    def after_another() -> Iterator[None]:
        with alone():
            clock.append(KNOWN + timedelta(seconds=30))
            late = link("people", clock[-1], "late", person="late")
            copy_in("people", pa.Table.from_pylist([late], schema=arrow_schema("people")))
            yield

    monkeypatch.setattr(runs, "_alone", after_another)
    run = runs.arrived(lambda: aware(clock[-1]))
    assert run is not None
    assert run.as_of == aware(clock[-1])
    assert set(PersonAccess.objects.values_list("person", flat=True)) == {"first", "late"}


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_had_in_hand_is_done_by_the_next_one() -> None:
    touch.defer()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    assert working.take_back() == 1
    assert jobs() == ["todo"]


def jobs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs ORDER BY id")
        return [status for (status,) in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_after_a_restore_into_another_cluster_no_fact_is_skipped() -> None:
    policy = history(1).policy
    record({"adoptions": adoptions(policy, LONG_AGO)})
    runs.whole(aware(KNOWN))
    copy_in("people", people("a"))
    with connection.cursor() as cursor:
        # As if all this had been written by a cluster that had counted much further.
        cursor.execute("UPDATE fact_people SET arrived_in = '900000000000'")
        cursor.execute("UPDATE ledger_run SET facts_until = '900000000000:900000000000:'")
    runs.forget()
    restoring.renumber(connection.connection)
    copy_in("people", people("b"))
    ran = runs.touched(aware(KNOWN))
    assert ran is not None
    assert ran.kind == "whole"
    assert set(PersonAccess.objects.values_list("person", flat=True)) == {"a", "b"}
    copy_in("people", people("c"))
    again = runs.touched(aware(KNOWN))
    assert again is not None
    assert (again.kind, again.subjects) == ("touched", 1)
