"""Rows of a file about somebody who may yet turn out to be the sender's wait for one run of the ledger: then
they come in by themselves, once, or are rejected."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from shell.test_deliveries import HEADER, as_pages, deliver_sheet, rows
from sizao.intake.signing import verify
from sizao_web.accounts.models import Account, Assignment
from sizao_web.records.access.giving import may_yet_be_allowed
from sizao_web.records.access.scope import Scope, scope_of
from sizao_web.records.actions import deliver, resume_delivery
from sizao_web.records.actions.retry_delivery import retry_delivery, try_again
from sizao_web.records.actions.undo_delivery import retract_rows, undo_delivery
from sizao_web.records.audit import subject_of
from sizao_web.records.deliveries.receipts import public_key
from sizao_web.records.ledger import runs
from sizao_web.records.ledger.restoring import renumber
from sizao_web.records.models import FACT_MODELS, AuditEntry, Delivery, DeliveryRow, Run
from sizao_web.records.reading import deliveries as reading
from sizao_web.records.retention.parts import When
from sizao_web.records.retention.parts import deliveries as retained
from sizao_web.records.writing import Given, write

HERE = "drill/county-1/street/community-1"
ELSEWHERE = "drill/county-2/street/community-9"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_copy(fresh_ledger: None) -> None:
    """Of every test here."""


@pytest.fixture
def sender(person_in_office: Callable[..., Account]) -> Scope:
    """A community that sends files."""
    return scope_of(person_in_office("community", ELSEWHERE).assignments.get())


@pytest.fixture
def neighbour(person_in_office: Callable[..., Account]) -> Scope:
    """A community of another county, whose people `known` are."""
    return scope_of(person_in_office("community", HERE).assignments.get())


@pytest.fixture
def known(neighbour: Scope, moment: datetime) -> tuple[str, ...]:
    """People of the neighbour, long followed by the ledger: nothing waits."""
    persons = tuple(f"p-{number}" for number in range(4))
    deliver_sheet(neighbour, moment, HEADER + "".join(check(one, f"n-{one}") for one in persons))
    followed(moment)
    return persons


def check(person: str, record: str, temperature: str = "36.5") -> str:
    """A row of the sheet."""
    return f"{person},2020-11-10 08:00,{temperature},false,{record}\n"


def moves(neighbour: Scope, moment: datetime, person: str) -> None:
    """Where the person lives now, the neighbour says: with the sender. The ledger has not followed yet."""
    values = {"person": person, "located_in": ELSEWHERE, "from_on": moment.date() - timedelta(days=1)}
    given = Given("residences", values, f"moved-{person}")
    with as_pages(neighbour):
        assert write(neighbour, moment, [given]).stored


def jobs(task: str) -> list[dict[str, str]]:
    """What jobs of this name wait to be done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo' ORDER BY id", [task]
        )
        return [json.loads(args) if isinstance(args, str) else args for (args,) in cursor.fetchall()]


def is_done(task: str) -> None:
    """The jobs of this name were done."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s", [task])


def followed(moment: datetime) -> None:
    """The ledger runs, and whatever it asked for is done, as the worker does it."""
    runs.touched(moment)
    assert not jobs("ledger.touch"), "the run did what the facts asked for"
    taken_up(moment)


def taken_up(moment: datetime) -> None:
    """The jobs that a run left, under the role of jobs: their row policies bind it too."""
    for one in jobs("deliveries.resume"):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE sizao_worker")
        resume_delivery.resume(one["delivery"], one["until"], moment)
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    is_done("deliveries.resume")


def counted(one: Delivery) -> tuple[int, int, int, int]:
    """stored, merged, rejected, waiting: as delivery and receipt both say; together what was sent."""
    now = Delivery.objects.get(pk=one.pk)
    assert now.sent == now.stored + now.merged + now.rejected + now.waiting
    told = verify(now.receipt, public_key())["rows"]
    found = (now.stored, now.merged, now.rejected, now.waiting)
    assert tuple(told[name] for name in ("stored", "merged", "rejected", "waiting")) == found
    assert told["sent"] == now.sent
    return found


def told_of(scope: Scope, one: Delivery) -> list[tuple[int, str, list[str]]]:
    """line, outcome, kinds of problems of each row, as its sender reads it."""
    with as_pages(scope):
        found = reading.outcomes(scope, str(one.pk))
    return [(row.line, row.outcome, [problem.kind for problem in row.problems]) for row in found]


def test_rows_about_somebody_who_becomes_the_senders_wait_and_come_in_by_themselves(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    moves(neighbour, moment, "p-0")
    came = moment + timedelta(seconds=20)
    done = deliver_sheet(
        sender, came, HEADER + check("p-0", "r-0") + check("new", "r-1") + check("p-0", "r-2")
    )
    assert (done.state, counted(done)) == ("stored", (1, 0, 0, 2))
    assert told_of(sender, done) == [
        (2, "waiting", ["ledger_behind"]),
        (3, "stored", []),
        (4, "waiting", ["ledger_behind"]),
    ]
    with as_pages(sender):
        assert reading.not_taken(sender, str(done.pk)) == [], "nobody need mend what only waits"
        assert reading.waiting(sender, str(done.pk)) == [2, 4]
    followed(came + timedelta(seconds=40))
    assert counted(done) == (3, 0, 0, 0)
    assert [outcome for _, outcome, _ in told_of(sender, done)] == ["stored"] * 3
    noted = AuditEntry.objects.filter(deed="store", what="delivery", subject=subject_of(str(done.pk)))
    assert [one.account for one in noted] == [sender.account] * 2, "each receipt has its entry in the audit"
    again = Delivery.objects.get(pk=done.pk)
    assert verify(again.receipt, public_key())["follows"] == json.loads(done.receipt)["signature"]
    assert again.waits_in is None
    row = FACT_MODELS["health_checks"].objects.get(source_record="r-0")
    assert (row.known_at, row.recorded_by, row.area) == (came, sender.account, ELSEWHERE)


def test_the_cells_of_a_row_that_waits_are_kept_sealed(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    moves(neighbour, moment, "p-0")
    done = deliver_sheet(sender, moment, HEADER + check("p-0", "r-marker"))
    row = DeliveryRow.objects.get(delivery=done)
    assert row.outcome == "waiting"
    assert b"r-marker" not in bytes(row.sealed)
    assert "r-marker" not in json.dumps(row.problems)


def test_who_is_not_the_senders_when_the_ledger_has_followed_is_rejected_by_name(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    moves(neighbour, moment, "p-0")
    text = HEADER + check("p-1", "r-1") + check("p-0", "r-0") + check("p-2", "r-2")
    done = deliver_sheet(sender, moment, text)
    assert counted(done) == (0, 0, 0, 3)
    followed(moment + timedelta(minutes=1))
    assert counted(done) == (1, 0, 2, 0)
    assert told_of(sender, done) == [
        (2, "rejected", ["not_allowed_person"]),
        (3, "stored", []),
        (4, "rejected", ["not_allowed_person"]),
    ]
    followed(moment + timedelta(minutes=2))
    assert not jobs("deliveries.resume")
    assert counted(done) == (1, 0, 2, 0)


def test_where_nothing_waits_for_the_ledger_no_row_waits(
    sender: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    done = deliver_sheet(sender, moment, HEADER + check("p-1", "r-1"))
    assert counted(done) == (0, 0, 1, 0)
    assert told_of(sender, done) == [(2, "rejected", ["not_allowed_person"])]


def test_what_came_in_the_same_file_may_make_somebody_the_senders(
    sender: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    done = deliver_sheet(sender, moment, HEADER + check("new", "r-0") + check("p-1", "r-1"))
    assert counted(done) == (1, 0, 0, 1), "the ledger has not followed the first row yet"
    followed(moment + timedelta(minutes=1))
    assert counted(done) == (1, 0, 1, 0)


def test_somebody_of_another_area_is_told_alike_whatever_was_recorded_of_whom(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    """p-0 becomes the sender's, something was recorded about p-1 a moment ago, nothing about p-2."""
    moves(neighbour, moment, "p-0")
    deliver_sheet(neighbour, moment, HEADER + check("p-1", "n-9"))
    told = []
    for person in ("p-0", "p-1", "p-2"):
        done = deliver_sheet(sender, moment, HEADER + check(person, f"r-{person}"))
        with as_pages(sender):
            (row,) = reading.outcomes(sender, str(done.pk))
        (problem,) = row.problems
        told.append((row.outcome, problem.kind, problem.text("zh"), problem.text("en"), counted(done)))
    assert len(set(told)) == 1
    assert told[0][0] == "waiting"


def test_a_name_that_somebody_elsewhere_bears_never_waits(
    neighbour: Scope, sender: Scope, moment: datetime
) -> None:
    """Compared is only with people whom the sender sees: of others nothing is told, whether they exist or
    not."""
    head = "姓名,证件号码,checked_at,temperature,symptoms,source_record\n"
    there = "张伟,11010119800101002X,2020-11-10 08:00,36.5,false,n-1\n"
    assert counted(deliver_sheet(neighbour, moment, head + there)) == (1, 0, 0, 0)
    known = deliver_sheet(sender, moment, head + there.replace("n-1", "r-1"))
    nobody = deliver_sheet(sender, moment, head + there.replace("n-1", "r-2").replace("张", "李"))
    assert counted(known) == counted(nobody) == (1, 0, 0, 0)


def test_what_else_is_wrong_with_a_row_is_told_at_once(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    moves(neighbour, moment, "p-0")
    text = HEADER + check("p-0", "r-0", "hot") + check("p-0", "r-1")
    done = deliver_sheet(sender, moment, text)
    assert counted(done) == (0, 0, 1, 1)


@pytest.mark.parametrize(
    ("fact", "names", "waits"),
    [
        ("health_checks", ["person"], True),
        ("health_checks", ["person", "correction"], True),
        ("health_checks", ["correction"], False),
        ("health_checks", ["area", "person"], False),
        ("health_checks", ["duty"], False),
        ("merges", ["about"], True),
        ("merges", ["person", "about"], True),
        ("rooms", ["about"], False),
        ("place_checks", ["place"], False),
    ],
)
def test_only_what_hangs_on_whose_a_person_is_can_change_by_a_run(
    fact: str, names: list[str], waits: bool
) -> None:
    assert may_yet_be_allowed(fact, names) is waits


def test_rows_that_are_sent_twice_count_once(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    moves(neighbour, moment, "p-0")
    text = check("p-0", "r-0") + check("p-0", "r-1")
    before = rows()
    first = deliver_sheet(sender, moment, HEADER + text)
    same = deliver_sheet(sender, moment, HEADER + text)
    shuffled = deliver_sheet(sender, moment, HEADER + check("p-0", "r-1") + check("p-0", "r-0"))
    later = moment + timedelta(seconds=1)
    more = deliver_sheet(sender, later, HEADER + text + check("p-0", "r-2") + check("p-0", "r-2"))
    assert same.pk == first.pk
    assert shuffled.same_as == first.pk
    assert [counted(one) for one in (first, shuffled, more)] == [(0, 0, 0, 2), (0, 0, 0, 2), (0, 0, 0, 4)]
    followed(moment + timedelta(minutes=1))
    assert rows() == before + 3
    assert counted(first) == (2, 0, 0, 0)
    assert counted(shuffled) == (2, 0, 0, 0), (
        "the same rows have the same receipt, also when it is another one"
    )
    assert counted(more) == (1, 3, 0, 0)


def test_a_correction_that_came_after_its_record_waits_with_it(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    moves(neighbour, moment, "p-0")
    first = deliver_sheet(sender, moment, HEADER + check("p-0", "r-0"))
    head = HEADER.replace("\n", ",action,source_version,reason\n")
    text = head + "p-0,2020-11-10 08:00,38.0,true,r-0,replace,2,misread\n"
    second = deliver_sheet(sender, moment + timedelta(seconds=1), text)
    assert counted(second) == (0, 0, 0, 1)
    followed(moment + timedelta(minutes=1))
    assert counted(first) == counted(second) == (1, 0, 0, 0)
    links = FACT_MODELS["health_checks"].objects.filter(source_record="r-0").order_by("source_version")
    assert [link.temperature for link in links] == [36.5, 38.0]


def test_a_run_that_did_not_see_the_file_ends_no_wait(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    moves(neighbour, moment, "p-0")
    done = deliver_sheet(sender, moment, HEADER + check("p-0", "r-0"))
    Delivery.objects.update(waits_in=str(2**60))  # as if the run had begun before the file was there
    runs.touched(moment + timedelta(minutes=1))
    assert not jobs("deliveries.resume")
    resume_delivery.resume(str(done.pk), "1", moment)
    assert counted(done) == (0, 0, 0, 1), "and a job of another wait does nothing"
    renumber(connection.connection)
    followed(moment + timedelta(minutes=2))
    assert counted(done) == (1, 0, 0, 0), "as after a restore into another cluster"


def test_a_run_that_found_nothing_to_do_ends_the_wait_too(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    moves(neighbour, moment, "p-0")
    done = deliver_sheet(sender, moment, HEADER + check("p-1", "r-1"))
    followed(moment + timedelta(minutes=1))
    assert counted(done) == (0, 0, 1, 0)
    moves(neighbour, moment + timedelta(minutes=1), "p-1")
    late = deliver_sheet(sender, moment + timedelta(minutes=1), HEADER + check("p-2", "r-2"))
    before = Run.objects.count()
    runs.touched(moment + timedelta(minutes=2))
    runs.touched(moment + timedelta(minutes=2))
    assert Run.objects.count() == before + 1, "the second had nothing to do"
    assert len(jobs("deliveries.resume")) == 1, "one job, however many runs"
    taken_up(moment + timedelta(minutes=2))
    assert counted(late) == (0, 0, 1, 0)


def test_a_file_always_leaves_a_job_for_the_ledger_behind_what_waits(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last run may come between the rows of a file and its receipt."""
    moves(neighbour, moment, "p-0")
    from sizao_web.records.deliveries import taking

    finish = taking.finish

    def after_a_run(*given: Any) -> None:
        is_done("ledger.touch")
        finish(*given)

    monkeypatch.setattr(taking, "finish", after_a_run)
    done = deliver_sheet(sender, moment, HEADER + check("p-0", "r-0"))
    assert counted(done) == (0, 0, 0, 1)
    assert jobs("ledger.touch")


def test_a_job_that_is_killed_between_goes_on_with_what_still_waits(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves(neighbour, moment, "p-0")
    text = HEADER + "".join(check(f"p-{number % 2}", f"r-{number}") for number in range(10))
    done = deliver_sheet(sender, moment, text)
    assert counted(done) == (0, 0, 0, 10)
    before = rows()
    runs.touched(moment + timedelta(minutes=1))
    (job,) = jobs("deliveries.resume")
    monkeypatch.setattr(resume_delivery, "CHUNK", 4)
    real, calls = resume_delivery.take_kept, []

    def dies(*given: Any, **named: Any) -> None:
        calls.append(1)
        real(*given, **named)
        if len(calls) == 2:
            raise SystemExit  # after everything was written and before it was kept

    monkeypatch.setattr(resume_delivery, "take_kept", dies)
    with pytest.raises(SystemExit):
        resume_delivery.resume(job["delivery"], job["until"], moment)
    assert rows() == before + 2
    assert Delivery.objects.get(pk=done.pk).receipt == done.receipt, "no receipt before the last row"
    runs.touched(moment + timedelta(minutes=2))
    assert jobs("deliveries.resume") == [job], "the job is still there: no second one"
    for _ in range(2):
        resume_delivery.resume(job["delivery"], job["until"], moment)
        assert counted(done) == (5, 0, 5, 0)
    assert (rows(), len(calls)) == (before + 5, 4)


def test_two_files_at_once_wait_each_for_itself(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    moves(neighbour, moment, "p-0")
    one = deliver_sheet(sender, moment, HEADER + check("p-0", "r-0") + check("p-1", "r-1"))
    two = deliver_sheet(
        sender, moment + timedelta(seconds=1), HEADER + check("p-0", "r-2") + check("p-0", "r-0")
    )
    runs.touched(moment + timedelta(minutes=1))
    asked = jobs("deliveries.resume")
    assert [job["delivery"] for job in asked] == [str(one.pk), str(two.pk)], "in the order in which they came"
    resume_delivery.resume(asked[1]["delivery"], asked[1]["until"], moment)
    assert (counted(one), counted(two)) == ((0, 0, 0, 2), (2, 0, 0, 0))
    resume_delivery.resume(asked[0]["delivery"], asked[0]["until"], moment)
    assert (counted(one), counted(two)) == ((0, 1, 1, 0), (2, 0, 0, 0))


def test_a_clerk_may_try_what_was_rejected_while_other_rows_wait(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    moves(neighbour, moment, "p-0")
    done = deliver_sheet(sender, moment, HEADER + check("p-0", "r-0") + check("new", "r-1", "hot"))
    assert counted(done) == (0, 0, 1, 1)
    runs.touched(moment + timedelta(minutes=1))
    with as_pages(sender):
        assert retry_delivery(sender, moment, str(done.pk))
    taken_up(moment + timedelta(minutes=1))
    assert counted(done) == (1, 0, 1, 0)
    assert Delivery.objects.get(pk=done.pk).state == "waiting", "what the clerk asked for is still to come"
    assert try_again(str(done.pk), moment).state == "stored"
    assert counted(done) == (1, 0, 1, 0)


def test_what_is_tried_again_may_have_to_wait_once_more(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    done = deliver_sheet(sender, moment, HEADER + check("p-0", "r-0"))
    assert counted(done) == (0, 0, 1, 0)
    moves(neighbour, moment, "p-0")
    with as_pages(sender):
        assert retry_delivery(sender, moment, str(done.pk))
    try_again(str(done.pk), moment)
    assert counted(done) == (0, 0, 0, 1)
    followed(moment + timedelta(minutes=1))
    assert counted(done) == (1, 0, 0, 0)


def test_a_delivery_that_was_taken_back_brings_nothing_any_more(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    moves(neighbour, moment, "p-0")
    done = deliver_sheet(sender, moment, HEADER + check("p-0", "r-0") + check("new", "r-1"))
    with as_pages(sender):
        assert undo_delivery(sender, moment, str(done.pk), reason="the wrong file")
    assert retract_rows(str(done.pk), moment) == 1
    before = rows()
    followed(moment + timedelta(minutes=1))
    assert (counted(done), rows()) == ((1, 0, 1, 0), before)
    assert told_of(sender, done)[0] == (2, "rejected", ["taken_back"])


def test_when_the_duty_ended_meanwhile_the_rows_are_rejected_with_that_reason(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    moves(neighbour, moment, "p-0")
    done = deliver_sheet(sender, moment, HEADER + check("p-0", "r-0"))
    Assignment.objects.filter(account__username=sender.account).update(until_at=moment)
    followed(moment + timedelta(minutes=1))
    assert counted(done) == (0, 0, 1, 0)
    assert told_of(sender, done) == [(2, "rejected", ["duty_ended"])]


def test_what_waits_is_not_forgotten_before_it_has_its_outcome(
    sender: Scope, neighbour: Scope, known: tuple[str, ...], moment: datetime
) -> None:
    moves(neighbour, moment, "p-0")
    done = deliver_sheet(sender, moment, HEADER + check("p-0", "r-0"))
    in_a_year = When(moment + timedelta(days=365), moment, 90)
    retained(in_a_year)
    assert DeliveryRow.objects.filter(delivery=done).exists()
    followed(moment + timedelta(minutes=1))
    retained(in_a_year)
    assert not DeliveryRow.objects.filter(delivery=done).exists()
    assert counted(done) == (1, 0, 0, 0)


@pytest.fixture
def jobs_go(transactional_db: None) -> Iterator[None]:
    """What is kept for good leaves no job to the tests that follow: Django empties only its own tables."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.django_db(transaction=True)
def test_only_a_run_that_began_when_the_file_was_there_ends_the_wait(
    sender: Scope, neighbour: Scope, moment: datetime, jobs_go: None
) -> None:
    assert counted(sent(neighbour, moment, check("p-0", "n-0") + check("p-1", "n-1"))) == (2, 0, 0, 0)
    runs.touched(moment)
    with transaction.atomic():
        moves(neighbour, moment, "p-1")
    came: list[Delivery] = []

    def meanwhile() -> None:
        came.append(sent(sender, moment, check("p-0", "r-0") + check("p-1", "r-1")))
        connection.close()

    def begun() -> datetime:
        """Asked when the run has its snapshot: only now the file comes."""
        sending = Thread(target=meanwhile)
        sending.start()
        sending.join()
        return moment + timedelta(minutes=1)

    with transaction.atomic():
        moves(neighbour, moment, "p-2")
    runs.arrived(begun)
    (done,) = came
    assert counted(done) == (0, 0, 0, 2)
    assert not jobs("deliveries.resume")
    assert runs.arrived(lambda: moment + timedelta(minutes=2)) is None, "no fact arrived"
    with transaction.atomic():
        taken_up(moment)
    assert counted(done) == (1, 0, 1, 0)


def sent(scope: Scope, moment: datetime, text: str) -> Delivery:
    """A file received and taken in, each in transactions of its own, as outside of tests."""
    with transaction.atomic(), as_pages(scope):
        received = deliver.receive(
            scope, moment, name="checks.csv", content=(HEADER + text).encode(), fact="health_checks"
        )
    return deliver.take_in(received.id, moment)
