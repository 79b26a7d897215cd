"""Who looks up who was where: around a proved case only, noted, each row once wherever it lies meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from shell.access.world import Spot, fact_row
from shell.streams.conftest import AREA, MALL, MOMENT, check_ins, record, scope
from shell.streams.test_moving import Killed, killing
from sizao_web.accounts.models import Account
from sizao_web.records.actions.open_register import Opening, open_register
from sizao_web.records.actions.record_stream import record_stream
from sizao_web.records.models import FACT_MODELS, PersonAccess
from sizao_web.records.reading import streams
from sizao_web.records.streams import moving
from sizao_web.records.writing import NotAllowed, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.orders("D1-46", "D2-31")]

WINDOW = {
    "from_at": MOMENT.replace(tzinfo=UTC) - timedelta(days=2),
    "until_at": MOMENT.replace(tzinfo=UTC) + timedelta(hours=1),
}


@pytest.fixture
def tracer(person_in_office: Callable[..., Account], mall: Account, moment: datetime) -> Account:
    """A CDC officer of the area; the mall has sent what its scanner saw, and a case passed its door."""
    PersonAccess.objects.create(person="p-7", area=AREA)
    fact_row("places", MALL, Spot(AREA, "", MALL)).save(force_insert=True)
    record_stream(scope(mall), moment, "check_ins", check_ins(20))
    return person_in_office("cdc", AREA, "cdc-1")


def case_on_record(**other: Any) -> None:
    """The person p-7 as case-1: confirmed, and positive in a laboratory, but for what is said otherwise."""
    said = {"class": "confirmed", "result": "positive", **other}
    at = Spot(AREA, "p-7", MALL)
    rows = {
        name: fact_row(name, "1", at) for name in ("classifications", "samples", "sample_members", "results")
    }
    classification = rows["classifications"]
    classification.case = "case-1"  # type: ignore[attr-defined]
    field = next(one for one in classification._meta.fields if one.column == "class")
    setattr(classification, field.attname, said["class"])
    rows["results"].result = said["result"]  # type: ignore[attr-defined]
    for name, row in rows.items():
        if name != other.get("without"):
            row.save(force_insert=True)


def opened(scope_of_tracer: Any, moment: datetime, **other: Any) -> Opening:
    return open_register(scope_of_tracer, moment, **{"case": "case-1", "place": MALL, **WINDOW, **other})


def test_who_was_there_is_told_to_whom_traces_and_the_look_is_on_record(
    tracer: Account, as_scope: Any, moment: datetime
) -> None:
    case_on_record()
    with as_scope(tracer) as acting:
        one = opened(acting, moment)
        rows = streams.opened(acting, moment, one, "check_ins")
        assert sorted(rows["source_record"].to_pylist()) == sorted(record(n) for n in range(20))
        assert streams.opening(acting, one.number, moment) == one
        assert streams.opening(acting, one.number, moment + timedelta(hours=9)) is None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT deed, count(*) FROM audit_entry WHERE account = %s GROUP BY 1", [tracer.username]
        )
        assert dict(cursor.fetchall()) == {"open": 2, "read": 21}  # the place and everybody who was there


def test_the_track_of_a_case_is_its_own_and_nobody_elses(
    tracer: Account, as_scope: Any, moment: datetime
) -> None:
    case_on_record()
    with as_scope(tracer) as acting:
        rows = streams.opened(acting, moment, opened(acting, moment, place=None), "check_ins")
    assert rows["person"].to_pylist() == ["p-7"]


@pytest.mark.parametrize(
    "unproved",
    [
        {"class": "suspected"},
        {"class": "excluded"},
        {"result": "negative"},
        {"without": "results"},
        {"without": "sample_members"},
        {"without": "classifications"},
    ],
    ids=str,
)
def test_a_case_without_a_laboratory_behind_it_opens_no_door(
    tracer: Account, as_scope: Any, moment: datetime, unproved: dict[str, str]
) -> None:
    case_on_record(**unproved)
    with as_scope(tracer) as acting:
        with pytest.raises(NotAllowed):
            opened(acting, moment)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM sizao_stream_staged(1, 'check_ins')")
            assert cursor.fetchall() == []
            cursor.execute("RESET ROLE")
            cursor.execute("SELECT count(*) FROM audit_entry WHERE deed = 'refused'")
            assert cursor.fetchone() == (1,), "whoever tries is to be found"


def test_a_result_that_was_retracted_proves_nothing(tracer: Account, as_scope: Any, moment: datetime) -> None:
    case_on_record()
    kept = FACT_MODELS["results"]._default_manager.get()
    row = fact_row("results", "2", Spot(AREA, "p-7", MALL))
    row.key_hi, row.key_lo = kept.key_hi, kept.key_lo  # type: ignore[attr-defined]
    row.action, row.source_version, row.reason = "retract", 2, "mix-up"  # type: ignore[attr-defined]
    row.save(force_insert=True)
    with as_scope(tracer) as acting, pytest.raises(NotAllowed):
        opened(acting, moment)


def test_neither_another_place_nor_another_duty_nor_too_long_a_window_opens(
    tracer: Account, as_scope: Any, moment: datetime, person_in_office: Callable[..., Account]
) -> None:
    case_on_record()
    with as_scope(tracer) as acting:
        with pytest.raises(NotAllowed):
            opened(acting, moment, place="mall-2")
        with pytest.raises(Refused):
            opened(acting, moment, from_at=WINDOW["until_at"] - timedelta(days=22))
    with as_scope(person_in_office("command", AREA, "command-1")) as acting, pytest.raises(NotAllowed):
        opened(acting, moment)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "step",
    [
        ("sizao_web.records.streams.moving", "planned"),
        ("sizao.store.lake", "LakeTable.append"),
        ("sizao_web.records.streams.moving", "_drop"),
    ],
    ids=lambda step: step[1],
)
def test_whatever_the_mover_is_at_each_row_is_told_once(
    tracer: Account, as_scope: Any, moment: datetime, step: tuple[str, str], when: str
) -> None:
    case_on_record()
    with pytest.MonkeyPatch.context() as patch:
        killing(patch, *step, when)
        with pytest.raises(Killed):
            moving.move("check_ins", moment)
    with as_scope(tracer) as acting:
        rows = streams.opened(acting, moment, opened(acting, moment), "check_ins")
    assert sorted(rows["source_record"].to_pylist()) == sorted(record(n) for n in range(20))


def test_if_batches_that_are_staged_were_not_left_out_of_the_lake_rows_would_be_told_twice(
    tracer: Account, as_scope: Any, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    case_on_record()
    with pytest.MonkeyPatch.context() as patch:
        killing(patch, "sizao.store.lake", "LakeTable.append", "after")
        with pytest.raises(Killed):
            moving.move("check_ins", moment)
    inner = streams._in_lake
    monkeypatch.setattr(
        streams, "_in_lake", lambda one, stream, staged: inner(one, stream, staged.slice(0, 0))
    )
    with as_scope(tracer) as acting:
        rows = streams.opened(acting, moment, opened(acting, moment), "check_ins")
    assert rows.num_rows == 40
