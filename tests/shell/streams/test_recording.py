"""Rows of a stream: checked, once each, in the name of whose door it is, and told what became of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from threading import Event, Thread
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pyarrow as pa
import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from shell.streams.conftest import AREA, MALL, MOMENT, check_ins, counted, record
from shell.waiting import somebody_waits_for_a_lock
from sizao.facts.streams import RECORD
from sizao.store.digests import digests
from sizao_web.accounts.models import Account
from sizao_web.records.access.scope import scope_of
from sizao_web.records.actions.record_stream import NotAllowed, Refused, record_stream
from sizao_web.records.streams import staging
from sizao_web.records.streams.keys import Way
from sizao_web.records.streams.staging import Sender, by_day, stage
from sizao_web.records.streams.tables import MARK_OF_WAY, seen_in, slot_of, staged_in

LONGEST = 600.0  # seconds that each of two may take, on the slowest machine

pytestmark = [pytest.mark.django_db, pytest.mark.orders("D1-46")]


@pytest.fixture
def send(mall: Account, as_scope: Any, moment: Any) -> Callable[..., Any]:
    """Send rows as the mall does, from a page."""

    def sending(rows: pa.Table, fact: str = "check_ins") -> Any:
        with as_scope(mall) as acting:
            return record_stream(acting, moment, fact, rows)

    return sending


def test_what_was_sent_is_stored_and_sent_again_counts_once(send: Callable[..., Any]) -> None:
    first = send(check_ins(3000))
    again = send(check_ins(3000))
    assert (first.stored, first.merged, first.conflicts) == (3000, 0, ())
    assert (again.stored, again.merged, again.conflicts, again.batches) == (0, 3000, (), ())
    assert counted("stream_check_ins") == 3000


def test_of_a_batch_half_of_which_was_sent_before_the_other_half_is_stored(send: Callable[..., Any]) -> None:
    send(check_ins(100))
    then = send(check_ins(100, first=50))
    assert (then.stored, then.merged) == (50, 50)
    assert counted("stream_check_ins") == 150


def test_a_row_twice_in_one_batch_counts_once(send: Callable[..., Any]) -> None:
    rows = check_ins(10)
    done = send(pa.concat_tables([rows, rows]))
    assert (done.stored, done.merged) == (10, 10)


def test_the_same_record_with_other_contents_is_kept_apart_and_listed_once(send: Callable[..., Any]) -> None:
    send(check_ins(10))
    other = check_ins(10).set_column(0, "person", pa.array(["somebody-else"] * 10))
    for _ in range(2):
        done = send(other)
        assert (done.stored, done.merged, len(done.conflicts)) == (0, 0, 10)
        assert done.conflicts[0] == record(0)
    assert counted("stream_check_ins") == counted("stream_conflict") == 10
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM stream_check_ins WHERE person = 'somebody-else'")
        assert cursor.fetchone() == (0,)


def test_every_value_arrives_as_it_was_sent(send: Callable[..., Any]) -> None:
    at = MOMENT - timedelta(days=3, microseconds=1)
    rows = pa.table(
        {
            "person": ["张三-1", "p\\2"],
            "place": [MALL, MALL],
            "measured_at": pa.array([at, MOMENT], pa.timestamp("us")),
            "celsius": [36.55, -0.0],
            "source_record": ['a,"b"', "é"],
        }
    )
    assert send(rows, "temperatures").stored == 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person, place, measured_at AT TIME ZONE 'UTC', celsius, source_record"
            " FROM stream_temperatures ORDER BY measured_at"
        )
        assert cursor.fetchall() == [
            ("张三-1", MALL, at, 36.55, 'a,"b"'),
            ("p\\2", MALL, MOMENT, 0.0, "é"),
        ]


def test_rows_of_several_days_lie_each_with_its_day(send: Callable[..., Any]) -> None:
    days = [check_ins(5, first=5 * n, at=MOMENT - timedelta(days=n)) for n in range(3)]
    assert len(send(pa.concat_tables(days)).batches) == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT day, rows FROM stream_batch ORDER BY day")
        assert [rows for _, rows in cursor.fetchall()] == [5, 5, 5]


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        (lambda t: t.drop_columns(["person"]), "person"),
        (lambda t: t.set_column(0, "person", pa.array([None] * 3, pa.string())), "person"),
        (lambda t: t.set_column(0, "person", pa.array(["a", "", "b"])), "person"),
        (lambda t: t.set_column(0, "person", pa.array(["a", "x\x00", "b"])), "control character"),
        (lambda t: t.set_column(0, "person", pa.array(["a", "x" * 201, "b"])), "longer than 200"),
        (lambda t: t.append_column("height", pa.array([1, 2, 3])), "no column 'height'"),
        (lambda t: t.set_column(2, "checked_in_at", pa.array(["a", "b", "c"])), "should be timestamp"),
        (lambda t: check_ins(3, at=MOMENT - timedelta(days=16)), "older than what is kept"),
        (lambda t: check_ins(3, at=MOMENT + timedelta(hours=2)), "future"),
        (lambda t: t.drop_columns(["source_record"]), "source_record"),
        (lambda t: t.set_column(4, "source_system", pa.array(["a", "b", "b"])), "one source_system"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_kept(
    send: Callable[..., Any], spoiled: Callable[[pa.Table], pa.Table], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        send(spoiled(check_ins(3)))
    assert counted("stream_check_ins") == counted("stream_batch") == 0


def test_rows_of_another_door_are_refused_by_the_database_itself(send: Callable[..., Any]) -> None:
    with pytest.raises(NotAllowed):
        send(check_ins(3, place="mall-2"))
    assert counted("stream_check_ins") == 0


def test_who_has_no_door_sends_nothing(
    person_in_office: Callable[..., Account], as_scope: Any, moment: Any
) -> None:
    with as_scope(person_in_office("community", AREA, "community-1")) as acting, pytest.raises(NotAllowed):
        record_stream(acting, moment, "check_ins", check_ins(3))


SLOT = slot_of(date(2020, 11, 10))
COLUMNS = {
    "area": f"'{AREA}'",
    "account": "sizao_said('account')",
    "keys": "ARRAY[gen_random_uuid()]",
    "groups": "'{}'::uuid[]",
    "ends": "'{}'::integer[]",
    "members": "'{}'::smallint[]",
    "bodies": "ARRAY[1]",
    "records": "'r'",
    "persons": "'p'",
    "places": f"'{MALL}'",
    "doors": "ARRAY[1]",
    "moments": f"ARRAY[TIMESTAMPTZ '{MOMENT:%Y-%m-%d}']",
}


def _put(stream: str = "check_ins", **other: str) -> str:
    """A question by which a page sends rows, as another might write it."""
    given = ", ".join({**COLUMNS, **other}.values()).split(", ", 2)
    return (
        f"SELECT sizao_stream_put('{stream}', DATE '2020-11-10', 'x', {given[0]}, {given[1]}, now(),"
        f" {given[2]}, NULL)"
    )


def _grouped(groups: int, ends: str, members: str) -> str:
    """A question by which a page sends rows that have keys together."""
    keys = ", ".join(["gen_random_uuid()"] * groups)
    return _put(keys="'{}'", groups=f"ARRAY[{keys}]", ends=ends, members=f"{members}::smallint[]")


SMUGGLED: dict[str, tuple[str, str]] = {
    "reads what others sent": ("denied", "SELECT 1 FROM stream_check_ins"),
    "reads it as it lies": ("denied", f"SELECT 1 FROM stream_check_ins_{SLOT:02}"),
    "removes it": ("denied", f"DELETE FROM stream_check_ins_{SLOT:02}"),
    "removes a day": ("denied", f"TRUNCATE stream_check_ins_{SLOT:02}"),
    "adds to a batch": (
        "denied",
        f"INSERT INTO stream_check_ins_{SLOT:02} SELECT * FROM stream_check_ins_{SLOT:02}",
    ),
    "makes a batch": ("denied", "INSERT INTO stream_batch DEFAULT VALUES"),
    "plants a key": ("denied", f"INSERT INTO stream_seen_check_ins_{SLOT:02} VALUES (gen_random_uuid(), 1)"),
    "plants a key without a row": (
        "not of the same rows",
        _put(keys="ARRAY[gen_random_uuid(), gen_random_uuid()]", bodies="ARRAY[1, 2]"),
    ),
    "a group that has no end": ("not of the same rows", _put(groups="ARRAY[gen_random_uuid()]")),
    "a group without a row": ("not of the same rows", _grouped(2, "ARRAY[1, 1]", "ARRAY[7]")),
    "members of no group": ("not of the same rows", _grouped(1, "ARRAY[1]", "ARRAY[7, 8]")),
    "members that are not there": ("not of the same rows", _grouped(1, "ARRAY[2]", "ARRAY[7]")),
    "a member that no group has": ("not of the same rows", _grouped(1, "ARRAY[1]", "ARRAY[100]")),
    "a member without a number": ("not of the same rows", _grouped(1, "ARRAY[1]", "ARRAY[NULL]")),
    "without a body": ("not of the same rows", _put(bodies="'{}'")),
    "without a person": ("not of the same rows", _put(persons="NULL")),
    "hides a row behind another": ("not of the same rows", _put(persons="E'p\\x1fq'")),
    "of a door that is not named": ("not of the same rows", _put(doors="ARRAY[2]")),
    "of the door before the first": ("not of the same rows", _put(doors="ARRAY[0]")),
    "of no door": ("not of the same rows", _put(doors="ARRAY[NULL]::integer[]")),
    "without a moment": ("not of the same rows", _put(moments="ARRAY[NULL::timestamptz]")),
    "of nothing": (
        "not of the same rows",
        _put(keys="'{}'", bodies="'{}'", records="''", persons="''", doors="'{}'", moments="'{}'"),
    ),
    "of another door": ("answer for", _put(places="'mall-2'")),
    "of another door among others": ("answer for", _put(places=f"E'{MALL}\\x1fmall-2'")),
    "in another's name": ("may not send", _put(account="'somebody'")),
    "in another area": ("may not send", _put(area="'drill/county-2'")),
    "of no stream": ("may not send", _put("results")),
}


@pytest.mark.parametrize("attack", SMUGGLED)
def test_a_statement_smuggled_into_a_page_adds_nothing_for_others_and_reads_nothing(
    mall: Account, as_scope: Any, attack: str
) -> None:
    said, statement = SMUGGLED[attack]
    with as_scope(mall), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match=said), transaction.atomic():
            cursor.execute(statement)
        cursor.execute(_put())  # what it may do it can do
    assert counted("stream_check_ins") == counted("stream_batch") == 1
    assert counted(seen_in("check_ins", SLOT)) == 1


def test_more_rows_than_one_batch_holds_are_several_batches_and_each_row_counts_once(
    send: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "MOST", 40)
    rows = check_ins(100)
    first, again = send(rows), send(pa.concat_tables([rows, check_ins(5, first=100), rows]))
    assert (first.stored, len(first.batches)) == (100, 3)
    assert (again.stored, again.merged) == (5, 200)
    assert counted("stream_check_ins") == 105
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(rows) FROM stream_batch")
        assert cursor.fetchone() == (105,)
        cursor.execute("SELECT person, place, source_record FROM stream_check_ins")
        as_sent = zip(rows["person"].to_pylist(), rows["source_record"].to_pylist(), strict=True)
        assert {(person, MALL, record) for person, record in as_sent} <= set(cursor.fetchall())


def test_what_is_made_ready_while_the_database_stores_is_stored_whole_or_not_at_all(
    send: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fourth of five batches that are tried together is refused: none of them is there."""
    monkeypatch.setattr(staging, "BATCH", 20)
    foreign = pa.array([MALL] * 70 + ["mall-2"] + [MALL] * 29)
    with pytest.raises(NotAllowed):
        send(check_ins(100).set_column(1, "place", foreign))
    assert counted("stream_check_ins") == counted("stream_batch") == 0
    send(check_ins(1, first=70))
    done = send(check_ins(100))
    assert (done.stored, done.merged, len(done.batches)) == (99, 1, 5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rows FROM stream_batch ORDER BY id")
        assert cursor.fetchall() == [(1,), (20,), (20,), (20,), (20,), (19,)]
        cursor.execute("SELECT count(DISTINCT (source_record, person, checked_in_at)) FROM stream_check_ins")
        assert cursor.fetchone() == (100,)


@pytest.mark.parametrize("way", [Way.PLAIN, Way.COUNTED])
def test_a_day_that_began_before_an_upgrade_goes_on_as_it_began(send: Callable[..., Any], way: Way) -> None:
    """What was sent before the upgrade and comes again after it counts once."""
    if way is not Way.PLAIN:
        _begun(f"('{MARK_OF_WAY}', {way:d})")
    else:
        _begun("(gen_random_uuid(), 1)")
    rows = check_ins(10, first=5_000)
    assert send(rows).stored == 10
    system, names = "mall-scanner", rows["source_record"].combine_chunks()
    plain = digests(pa.scalar("check_ins"), pa.scalar(system), names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key FROM {seen_in('check_ins', SLOT)} WHERE members IS NULL")
        there = {key for (key,) in cursor.fetchall()}
    if way is Way.PLAIN:
        assert {UUID(bytes=key.tobytes()) for key in plain} < there
    else:
        ends = {(key[-10:].tobytes(), number) for key, number in zip(plain, range(5_000, 5_010), strict=True)}
        assert {(key.bytes[-10:], int.from_bytes(key.bytes[2:6], "big")) for key in there} >= {
            (end, number) for end, number in ends if number % 3
        }
    again = send(check_ins(15, first=5_000))
    assert (again.stored, again.merged, again.conflicts) == (5, 10, ())
    assert send(check_ins(15, first=5_000)).merged == 15
    there_next = send(check_ins(15, at=MOMENT - timedelta(days=1), first=5_003))
    assert there_next.stored == 15, "the next day has them"


def _begun(row: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {seen_in('check_ins', SLOT)} (key, body) VALUES {row}")


RECORDS = st.one_of(
    st.integers(0, 60).map(record),
    st.builds("{}-{:04d}".format, st.sampled_from(["gate", "门", "1"]), st.integers(95, 205)),
    st.sampled_from(["7", "07", "0007", "00007", "gate-00", "gate-"]),
)
SENT = st.lists(
    st.lists(st.tuples(RECORDS, st.integers(0, 1)), min_size=1, max_size=25), min_size=1, max_size=6
)


@given(sent=SENT, way=st.sampled_from(Way), size=st.integers(1, 30))
def test_whatever_is_sent_in_whatever_order_each_record_counts_once_as_it_first_came(
    sent: list[list[tuple[str, int]]], way: Way, size: int
) -> None:
    """Beside a dictionary: records of counters and words, again, twice in one call, and contradicting."""
    sender = Sender("mall-scanner", AREA, "mall", MOMENT)
    believed: dict[str, int] = {}
    with transaction.atomic(), patch.object(staging, "BATCH", size):
        _begun(f"('{MARK_OF_WAY}', {way:d})")
        for call in sent:
            rows = _saying(call)
            (part,) = by_day("check_ins", rows, "mall-scanner", "Asia/Shanghai")
            (done,) = stage(part, sender)
            new, same, other = 0, 0, []
            for name, said in call:
                if name not in believed:
                    believed[name] = said
                    new += 1
                elif believed[name] == said:
                    same += 1
                else:
                    other.append((name, said))
            conflicts = done.conflicts.rows
            apart = zip(conflicts[RECORD].to_pylist(), conflicts["person"].to_pylist(), strict=True)
            assert (done.stored, done.merged) == (new, same)
            assert sorted(apart) == sorted((name, f"p-{said}") for name, said in other)
            assert len(set(done.conflicts.names("mall-scanner"))) == len({name for name, _ in other})
        with connection.cursor() as cursor:
            cursor.execute("SELECT source_record, person FROM stream_check_ins")
            assert sorted(cursor.fetchall()) == sorted((name, f"p-{said}") for name, said in believed.items())
        transaction.set_rollback(True)


def _saying(call: list[tuple[str, int]]) -> pa.Table:
    """Check-ins of one moment: of each a record, and who."""
    names, said = zip(*call, strict=True)
    return pa.table(
        {
            RECORD: list(names),
            "person": [f"p-{one}" for one in said],
            "place": [MALL] * len(call),
            "checked_in_at": pa.array([MOMENT.replace(tzinfo=None)] * len(call), pa.timestamp("us")),
        }
    )


def test_who_may_send_nothing_learns_nothing_of_a_day(
    person_in_office: Callable[..., Account], as_scope: Any
) -> None:
    with (
        as_scope(person_in_office("community", AREA, "community-1")),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="may not send"),
        transaction.atomic(),
    ):
        cursor.execute("SELECT sizao_stream_way('check_ins', %s)", [SLOT])
    assert counted(seen_in("check_ins", SLOT)) == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_send_the_same_rows_at_once_store_them_once(mall: Account, moment: Any) -> None:
    """The second waits until the first is done, and then knows that the rows are there."""
    sender = scope_of(mall.assignments.get())
    done: dict[str, tuple[int, int]] = {}
    held, go_on = Event(), Event()

    def sending(who: str, rows: pa.Table) -> None:
        try:
            with transaction.atomic():
                found = record_stream(sender, moment, "check_ins", rows)
                if who == "first":
                    held.set()
                    assert go_on.wait(LONGEST)
            done[who] = (found.stored, found.merged)
        finally:
            connection.close()

    first = Thread(target=sending, args=("first", check_ins(300)))
    second = Thread(target=sending, args=("second", check_ins(300, first=100)))
    first.start()
    assert held.wait(LONGEST)
    second.start()
    try:
        assert somebody_waits_for_a_lock(second), "it waits for what may not come about"
    finally:
        go_on.set()
        first.join(LONGEST)
        second.join(LONGEST)
    try:
        assert done == {"first": (300, 0), "second": (100, 200)}
        assert counted("stream_check_ins") == 400
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {staged_in('check_ins', SLOT)}, {seen_in('check_ins', SLOT)}")


def test_who_sends_it_stands_in_the_audit(send: Callable[..., Any], mall: Account) -> None:
    send(check_ins(3))
    with connection.cursor() as cursor:
        cursor.execute("SELECT account, deed, what FROM audit_entry")
        assert cursor.fetchall() == [(mall.username, "send", "check_ins")]
