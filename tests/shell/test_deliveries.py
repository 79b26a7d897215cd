"""Files that are delivered: kept before they are acknowledged, stored once, refused whole, answered by a
receipt."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pyarrow as pa
import pytest
from django.conf import settings
from django.db import connection

from sizao.intake.signing import NotGenuine, verify
from sizao_web.accounts.models import Account
from sizao_web.records import plausible
from sizao_web.records.access.scope import Scope, scope_of
from sizao_web.records.actions import deliver
from sizao_web.records.actions.resume_delivery import resume
from sizao_web.records.actions.retry_delivery import retry_delivery, try_again
from sizao_web.records.actions.undo_delivery import retract_rows, undo_delivery
from sizao_web.records.deliveries import preparing, storing, taking
from sizao_web.records.deliveries.receipts import public_key
from sizao_web.records.models import FACT_MODELS, Delivery, DeliveryPart, DeliveryRow, DeliveryStored
from sizao_web.records.reading import deliveries as reading
from sizao_web.records.tube_numbers import unlike
from sizao_web.records.writing import NotAllowed

HERE = "drill/county-1/street/community-1"
ELSEWHERE = "drill/county-2/street/community-9"
HEADER = "person,checked_at,temperature,symptoms,source_record\n"
GOOD = "".join(f"p-{n},2020-11-10 08:00,36.{n},false,r-{n}\n" for n in range(4))

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(person_in_office: Callable[..., Account]) -> Scope:
    """Somebody of a community who has a sheet of health checks."""
    return scope_of(person_in_office("community", HERE).assignments.get())


def deliver_sheet(scope: Scope, moment: datetime, text: str, **more: Any) -> Delivery:
    """Receive a sheet and do its job."""
    more = {"name": "checks.csv", "fact": "health_checks", **more}
    with as_pages(scope):
        received = deliver.receive(scope, moment, content=text.encode(), **more)
    return deliver.take_in(received.id, moment)


def as_pages(scope: Scope) -> Any:
    return storing.as_sender(scope)


def rows() -> int:
    return FACT_MODELS["health_checks"].objects.count()


def test_every_row_has_its_outcome_and_the_receipt_says_the_sum(worker: Scope, moment: datetime) -> None:
    done = deliver_sheet(
        worker, moment, HEADER + GOOD + "p-9,yesterday,36.5,false,r-9\n" + "p-8,2020-11-10\n"
    )
    assert (done.state, done.sent, done.stored, done.merged, done.rejected) == ("stored", 6, 4, 0, 2)
    stated = verify(done.receipt, public_key())
    assert stated["rows"] == {"sent": 6, "stored": 4, "merged": 0, "rejected": 2, "conflict": 0, "waiting": 0}
    assert stated["facts"] == {"health_checks": {"stored": 4}}
    assert rows() == 4
    with as_pages(worker):
        wrong = reading.not_taken(worker, str(done.pk))
    assert [(one.line, one.problems[0].kind) for one in wrong] == [
        (6, "wrong_instant"),
        (7, "wrong_cell_count"),
    ]
    assert wrong[0].cells["checked_at"] == "yesterday"


def test_a_receipt_that_was_changed_is_not_genuine(worker: Scope, moment: datetime) -> None:
    text = deliver_sheet(worker, moment, HEADER + GOOD).receipt
    assert verify(text, public_key())["rows"]["stored"] == 4
    for changed in (text.replace('"stored":4', '"stored":5'), text.replace("checks", "cheats"), "{}", "x"):
        with pytest.raises(NotGenuine):
            verify(changed, public_key())
    with pytest.raises(NotGenuine):
        verify(text, "A" * 43 + "=")


@pytest.mark.parametrize(
    ("name", "order"), [("checks.csv", 1), ("renamed.csv", 1), ("shuffled.csv", -1)], ids=str
)
def test_the_same_file_again_stores_nothing_and_answers_the_same_receipt(
    worker: Scope, moment: datetime, name: str, order: int
) -> None:
    first = deliver_sheet(worker, moment, HEADER + GOOD)
    lines = GOOD.splitlines(keepends=True)[::order]
    again = deliver_sheet(worker, moment + timedelta(days=400), HEADER + "".join(lines), name=name)
    assert again.receipt == first.receipt
    assert rows() == 4


def test_rows_that_were_there_are_merged_and_another_body_is_a_conflict(
    worker: Scope, moment: datetime
) -> None:
    deliver_sheet(worker, moment, HEADER + GOOD)
    other = "p-0,2020-11-10 08:00,36.0,false,r-0\np-1,2020-11-10 08:00,39.9,true,r-1\n"
    done = deliver_sheet(worker, moment, HEADER + other + other)
    assert (done.stored, done.merged, done.rejected) == (0, 2, 2)
    assert verify(done.receipt, public_key())["rows"]["conflict"] == 2
    assert rows() == 4


def test_outcomes_are_told_by_line_whether_new_there_already_or_wrong(
    worker: Scope, moment: datetime
) -> None:
    deliver_sheet(worker, moment, HEADER + GOOD)
    mixed = HEADER + "p-9,2020-11-10 08:00,36.9,false,r-9\n" + GOOD + "p-8,yesterday,36.5,false,r-8\n"
    done = deliver_sheet(worker, moment, mixed)
    assert (done.stored, done.merged, done.rejected) == (1, 4, 1)
    with as_pages(worker):
        told = [
            (one.line, one.outcome, one.fact)
            for page in (1, 2, 3)
            for one in reading.outcomes(worker, str(done.pk), page, size=2)
        ]
        assert reading.outcomes(worker, str(done.pk), 3, size=2)[1].problems[0].kind == "wrong_instant"
        assert not reading.outcomes(worker, str(done.pk), 4, size=2)
    fact = "health_checks"
    assert told == [
        (2, "stored", fact), *((line, "merged", fact) for line in (3, 4, 5, 6)), (7, "rejected", None)
    ]  # fmt: skip


def test_outcomes_that_were_a_row_each_are_carried_over(worker: Scope, moment: datetime) -> None:
    done = deliver_sheet(worker, moment, HEADER + GOOD)
    with as_pages(worker):
        before = reading.outcomes(worker, str(done.pk))
    block = DeliveryStored.objects.get(delivery=done)
    for line, part, hi, lo in zip(block.lines, block.parts, block.key_hi, block.key_lo, strict=True):
        DeliveryRow.objects.create(
            delivery=done, line=line, part=part, outcome="stored", fact=block.fact, key_hi=hi, key_lo=lo
        )
    block.delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("sizao_web.records.migrations.0020_rows_stored_in_blocks").KEPT)
    assert not DeliveryRow.objects.exists()
    with as_pages(worker):
        assert reading.outcomes(worker, str(done.pk)) == before
        assert undo_delivery(worker, moment, str(done.pk), reason="another file")
    assert retract_rows(str(done.pk), moment) == 4


def test_a_row_twice_in_one_file_counts_once(worker: Scope, moment: datetime) -> None:
    done = deliver_sheet(worker, moment, HEADER + GOOD + GOOD)
    assert (done.sent, done.stored, done.merged, rows()) == (8, 4, 4, 4)


@pytest.mark.parametrize(
    ("manifest", "kind"),
    [({"rows": 5}, "wrong_row_count"), ({"sha256": "0" * 64}, "wrong_checksum")],
)
def test_a_file_that_is_not_what_the_manifest_says_is_refused_whole(
    worker: Scope, moment: datetime, manifest: dict[str, Any], kind: str
) -> None:
    done = deliver_sheet(worker, moment, HEADER + GOOD, manifest=manifest)
    assert (done.state, done.problems[0]["kind"], rows()) == ("refused", kind, 0)
    assert not DeliveryRow.objects.exists()
    assert not DeliveryStored.objects.exists()
    right = deliver_sheet(worker, moment, HEADER + GOOD, manifest={"rows": 4})
    assert (right.state, rows()) == ("stored", 4)


def test_a_file_that_breaks_off_late_leaves_nothing_behind(worker: Scope, moment: datetime) -> None:
    text = HEADER + GOOD + '"p-7,2020-11-10 08:00'
    assert deliver_sheet(worker, moment, text).state == "refused"
    assert rows() == 0


def test_a_file_passes_the_same_policy_as_a_single_row(
    worker: Scope, moment: datetime, person_in_office: Callable[..., Account]
) -> None:
    other = scope_of(person_in_office("community", ELSEWHERE).assignments.get())
    deliver_sheet(other, moment, HEADER + GOOD)
    done = deliver_sheet(
        worker, moment, HEADER + "p-0,2020-11-10 09:00,39.0,true,x-0\np-99,2020-11-10 09:00,36,false,x-1\n"
    )
    assert (done.stored, done.rejected, done.waiting) == (1, 0, 1), "until the ledger has followed"
    done = resume(str(done.pk), str(Delivery.objects.get(pk=done.pk).waits_in), moment)
    assert (done.stored, done.rejected, done.waiting) == (1, 1, 0)
    with as_pages(worker):
        wrong = reading.not_taken(worker, str(done.pk))
    assert [one.problems[0].kind for one in wrong] == ["not_allowed_person"]


def test_without_the_question_before_it_the_policy_of_the_table_still_refuses(
    worker: Scope, moment: datetime, person_in_office: Callable[..., Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = scope_of(person_in_office("community", ELSEWHERE).assignments.get())
    deliver_sheet(other, moment, HEADER + GOOD)
    monkeypatch.setattr(storing, "_forbidden", lambda fact: [])
    with pytest.raises(Exception, match="row-level security"):
        deliver_sheet(worker, moment, HEADER + "p-0,2020-11-10 09:00,39.0,true,x-0\n")


def test_a_job_that_is_killed_between_two_chunks_goes_on_where_it_was(
    worker: Scope, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HEADER + "".join(f"q-{n},2020-11-10 08:00,36.5,false,k-{n}\n" for n in range(20_000))
    monkeypatch.setattr(preparing, "CHUNK", 5_000)
    real, calls = taking.store_for, []

    def dies(*given: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise SystemExit
        return real(*given)

    monkeypatch.setattr(taking, "store_for", dies)
    with as_pages(worker):
        received = deliver.receive(worker, moment, name="a.csv", content=text.encode(), fact="health_checks")
    with pytest.raises(SystemExit):
        deliver.take_in(received.id, moment)
    part = rows()
    assert 0 < part < 20_000
    done = deliver.take_in(received.id, moment)
    assert (done.state, done.stored, rows(), len(calls)) == ("stored", 20_000, 20_000, 4)
    assert deliver.take_in(received.id, moment).receipt == done.receipt


def test_a_file_that_is_too_long_to_be_held_is_read_again_and_stored_once(
    worker: Scope, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "HELD", 0)
    text = HEADER + "".join(f"q-{n},2020-11-10 08:00,36.5,false,k-{n}\n" for n in range(50))
    done = deliver_sheet(worker, moment, text + "q-50,2020-11-10 08:00,hot,false,k-50\n")
    assert (done.state, done.sent, done.stored, done.rejected) == ("stored", 51, 50, 1)
    assert rows() == 50


def test_rejected_rows_are_tried_again_when_what_was_missing_is_there(
    worker: Scope, moment: datetime
) -> None:
    mapping = (
        "mapping: checks\nzone: Asia/Shanghai\nsource_system: anything\nnot_used: [source_record]\nfacts:\n"
        "  - fact: health_checks\n    key: {column: source_record}\n    columns:\n      person: person\n"
        "      checked_at: checked_at\n      temperature: temperature\n"
        "      symptoms: {column: symptoms, codes: {'false': 'false', CODES}}\n"
    )
    text = HEADER + GOOD + "p-5,2020-11-10 08:00,36.5,maybe,r-5\n"
    mended = mapping.replace("CODES", "'maybe': 'true'")
    first = deliver_sheet(worker, moment, text, fact=None, mapping=mapping.replace("CODES", "'true': 'true'"))
    assert (first.stored, first.rejected) == (4, 1)
    with as_pages(worker):
        assert retry_delivery(worker, moment, str(first.pk), mapping=mended)
    done = try_again(str(first.pk), moment)
    assert (done.state, done.stored, done.rejected, rows()) == ("stored", 5, 0, 5)
    assert verify(done.receipt, public_key())["follows"] == json.loads(first.receipt)["signature"]


def test_a_delivery_is_taken_back_by_retracting_each_of_its_rows(worker: Scope, moment: datetime) -> None:
    done = deliver_sheet(worker, moment, HEADER + GOOD)
    with as_pages(worker):
        assert undo_delivery(worker, moment, str(done.pk), reason="the wrong street")
        assert not undo_delivery(worker, moment, str(done.pk), reason="again")
    assert retract_rows(str(done.pk), moment + timedelta(minutes=1)) == 4
    assert retract_rows(str(done.pk), moment + timedelta(minutes=2)) == 0
    last = FACT_MODELS["health_checks"].objects.filter(action="retract")
    assert {row.reason for row in last} == {"the wrong street"}
    assert (rows(), last.count()) == (8, 4)


def test_a_correction_comes_by_file_too(worker: Scope, moment: datetime) -> None:
    deliver_sheet(worker, moment, HEADER + GOOD)
    head = HEADER.replace("\n", ",action,source_version,reason\n")
    text = head + (
        "p-0,2020-11-10 08:00,38.0,true,r-0,replace,2,misread\np-1,2020-11-10"
        " 08:00,36.1,false,r-1,retract,2,twice\n"
        "p-1,2020-11-10 08:00,36.1,false,r-77,retract,2,never there\n"
    )
    done = deliver_sheet(worker, moment, text)
    assert (done.stored, done.rejected) == (2, 1)
    assert deliver_sheet(worker, moment, text + "p-8,2020-11-10 08:00,36.1,false,r-8,record,1,\n").merged == 2


@pytest.mark.parametrize("ruled", [True, False], ids=["with the rules", "without"])
def test_a_row_that_cannot_be_true_is_not_taken(
    worker: Scope, moment: datetime, monkeypatch: pytest.MonkeyPatch, ruled: bool
) -> None:
    if not ruled:
        monkeypatch.setattr(plausible, "rules_of", lambda fact: ())
    fahrenheit = "p-8,2020-11-10 08:00,98.6,false,r-8\n"
    done = deliver_sheet(worker, moment, HEADER + GOOD + fahrenheit + fahrenheit)
    assert (done.stored, done.merged, done.rejected) == ((4, 0, 2) if ruled else (5, 1, 0))
    with as_pages(worker):
        kinds = [one.problems[0].kind for one in reading.not_taken(worker, str(done.pk))]
    assert kinds == ["implausible_temperature-of-a-living-person"] * (2 if ruled else 0)


def test_a_row_of_a_sheet_whose_tube_is_numbered_otherwise_is_not_taken_and_says_how_they_are(
    person_in_office: Callable[..., Account], moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SIZAO", replace(settings.SIZAO, tubes=("TJ####",)))
    team = scope_of(person_in_office("sampling_team", HERE, "office/samplers").assignments.get())
    head = "sample,taken_at,kind,source_record\n"
    text = f"{head}TJ1234,2020-11-10 08:00,single,r-1\nTJ123,2020-11-10 08:00,single,r-2\n"
    done = deliver_sheet(team, moment, text, name="tubes.csv", fact="samples")
    assert (done.stored, done.rejected) == (1, 1)
    with as_pages(team):
        (problem,) = [one.problems[0] for one in reading.not_taken(team, str(done.pk))]
    assert problem.kind == "implausible_form-of-tube-numbers"
    assert "TJ####" in str(problem)


def test_tubes_of_the_past_and_corrections_keep_the_numbers_that_they_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "SIZAO", replace(settings.SIZAO, tubes=("TJ####",)))
    rows = {
        "sample": ["A1", "A2", "A3", "A4"],
        "action": ["record", "record", "replace", "retract"],
        "history": [False, True, False, False],
    }
    assert [one.row for one in unlike("sample_members", pa.table(rows))] == [0]
    assert unlike("results", pa.table(rows)) == [], "what a laboratory finds may be of another city's tube"


def test_what_is_kept_of_a_file_is_sealed(worker: Scope, moment: datetime) -> None:
    deliver_sheet(worker, moment, HEADER + GOOD + "Zhang Marker,no day,36,false,r-x\n")
    kept = [bytes(part.sealed) for part in DeliveryPart.objects.all()]
    kept += [bytes(row.sealed) for row in DeliveryRow.objects.exclude(sealed=None)]
    assert kept
    with connection.cursor() as cursor:
        cursor.execute("SELECT problems::text FROM delivery_row")
        kept += [str(text).encode() for (text,) in cursor.fetchall()]
    assert not any(b"Marker" in one or b"no day" in one for one in kept)


def test_who_may_not_record_may_not_deliver(
    moment: datetime, person_in_office: Callable[..., Account], worker: Scope
) -> None:
    officer = scope_of(person_in_office("policy_officer", "drill").assignments.get())
    with pytest.raises(NotAllowed):
        deliver.receive(officer, moment, name="a.csv", content=io.BytesIO(b"x"))
    with pytest.raises(NotAllowed):
        deliver.receive(worker, moment, name="a.csv", content=b"x", fact="beds")
