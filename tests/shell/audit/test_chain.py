"""The chain of the audit, and seven kinds of tampering with it, each by a superuser's hand and each found."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import ProgrammingError, connection, transaction

from sizao_web.records import signing
from sizao_web.records.chain import witness
from sizao_web.records.chain.chaining import chain, roots_from, state_restored
from sizao_web.records.chain.hashing import ABOUT, COLUMNS, NOTHING, Root, Signed, instant, leaf, link
from sizao_web.records.chain.verifying import KINDS, Report, verify
from sizao_web.records.models import AuditEntry, AuditLink, AuditRoot
from sizao_web.settings.configuration import new_secret

MINUTE = timedelta(minutes=1)
ROOTS, EACH = 4, 6
LONGEST_TEST = 1800.0  # seconds that the transaction of a neighbour's test may be open


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Path:
    """Where the witness is, in the installation of the test."""
    settings.SIZAO = replace(django_settings.SIZAO, witness=tmp_path / "witness")
    return tmp_path / "witness"


def write(moment: datetime, number: int) -> None:
    """So many entries, as pages write them."""
    for one in range(number):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_entry (happened_at, account, role, area, purpose, deed, subject, "
                "what) VALUES"
                " (%s, 'reader', 'cdc', 'drill', 'epidemic_control', 'read', %s, 'person')",
                [moment, f"subject-{moment:%H%M}-{one}"],
            )


@pytest.fixture
def chained(db: None, place: Path, moment: datetime) -> datetime:
    """Four roots over 24 entries; answers the moment of the last."""
    for minute in range(ROOTS):
        write(moment + minute * MINUTE, EACH)
        chain(moment + minute * MINUTE + MINUTE / 2)
    return moment + ROOTS * MINUTE


def sql(statement: str, *values: object) -> None:
    """A superuser's hand."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def verified(place: Path | None) -> Report:
    return judged(None if place is None else witness.read(place), signing.public_keys())


def judged(lines: list[witness.Line] | None, keys: signing.PublicKeys) -> Report:
    connection.ensure_connection()
    return verify(connection.connection, lines, keys)


def found(report: Report) -> list[tuple[str, int, int | None]]:
    return [(one.kind, one.first, one.last) for one in report.findings]


def test_what_was_written_gets_its_place_and_the_witness_sees_the_roots(
    chained: datetime, place: Path
) -> None:
    report = verified(place)
    assert (report.well, report.entries, report.roots, report.witness) == (True, 24, 4, 4)
    assert report.waiting == 0
    assert found(report) == []
    roots = [one.root for one in roots_from(1)]
    assert [(one.first, one.last) for one in roots] == [(1, 6), (7, 12), (13, 18), (19, 24)]
    assert all(after.previous == before.hash for before, after in pairwise(roots))
    assert not chain(chained).entries, "what has its place gets no other"


# -- the seven, by a superuser's hand --------------------------------------------------------------


def entry_at(place: int) -> int:
    return int(AuditLink.objects.get(place=place).entry)


def altered(moment: datetime) -> None:
    sql("UPDATE audit_entry SET account = 'somebody-else' WHERE id = %s", entry_at(9))


def deleted(moment: datetime) -> None:
    """An entry and its place, and everything after it moved up."""
    sql("DELETE FROM audit_entry WHERE id = %s", entry_at(9))
    sql("DELETE FROM audit_link WHERE place = 9")
    sql("UPDATE audit_link SET place = -place WHERE place > 9")
    sql("UPDATE audit_link SET place = -place - 1 WHERE place < 0")


def inserted(moment: datetime) -> None:
    """An entry in between, with a hash that fits what stands before it."""
    sql("UPDATE audit_link SET place = -place WHERE place >= 9")
    sql("UPDATE audit_link SET place = -place + 1 WHERE place < 0")
    write(moment, 1)
    number = AuditEntry.objects.order_by("-id").values_list("id", flat=True)[0]
    before = bytes(AuditLink.objects.get(place=8).hash)
    row = AuditEntry.objects.filter(pk=number).values_list(*COLUMNS)[0]
    AuditLink.objects.create(place=9, entry=number, hash=link(before, leaf(row)))


def reordered(moment: datetime) -> None:
    one, other = entry_at(9), entry_at(15)
    sql("UPDATE audit_link SET entry = -1 WHERE place = 9")
    sql("UPDATE audit_link SET entry = %s WHERE place = 15", one)
    sql("UPDATE audit_link SET entry = %s WHERE place = 9", other)


def truncated(moment: datetime) -> None:
    """The end, with its roots, as if it had never been."""
    sql("DELETE FROM audit_entry WHERE id IN (SELECT entry FROM audit_link WHERE place > 12)")
    sql("DELETE FROM audit_link WHERE place > 12")
    sql("DELETE FROM audit_root WHERE number > 2")


def restored(moment: datetime) -> None:
    """Everything as it was two minutes ago, the sequence of numbers too."""
    truncated(moment)
    last = AuditEntry.objects.order_by("-id").values_list("id", flat=True)[0]
    sql("SELECT setval(pg_get_serial_sequence('audit_entry', 'id'), %s)", last)


def rewritten(moment: datetime) -> None:
    """One entry changed and every hash and root after it made anew, with the stolen key."""
    altered(moment)
    roots = [one.root for one in roots_from(1)]
    rows = dict(
        zip(
            AuditLink.objects.order_by("place").values_list("place", flat=True),
            (
                AuditEntry.objects.filter(pk=entry).values_list(*COLUMNS)[0]
                for entry in AuditLink.objects.order_by("place").values_list("entry", flat=True)
            ),
            strict=True,
        )
    )
    head, heads = NOTHING, {}
    for number, row in rows.items():
        head = link(head, leaf(row))
        heads[number] = head.hex()
        AuditLink.objects.filter(place=number).update(hash=head)
    before = ""
    for root in roots:
        made = replace(root, head=heads[root.last], previous=before)
        before = made.hash
        signature = signing.sign(ABOUT, made.body.encode())
        AuditRoot.objects.filter(number=root.number).update(body=made.body, signature=signature)


SEVEN: dict[str, tuple[Callable[[datetime], None], int, int | None]] = {
    "altered": (altered, 9, 9),
    "deleted": (deleted, 9, 9),
    "inserted": (inserted, 9, 9),
    "reordered": (reordered, 9, 15),
    "truncated": (truncated, 13, 24),
    "restored": (restored, 13, 24),
    "rewritten": (rewritten, 7, None),
}
ONLY_BY_THE_WITNESS = {"truncated", "restored", "rewritten"}


def test_the_seven_are_the_seven() -> None:
    assert tuple(SEVEN) == KINDS


@pytest.mark.parametrize("kind", SEVEN)
def test_each_kind_of_tampering_is_found_and_told_with_its_place(
    kind: str, chained: datetime, place: Path
) -> None:
    deed, first, last = SEVEN[kind]
    deed(chained)
    report = verified(place)
    assert found(report) == [(kind, first, last)]
    assert not report.well


@pytest.mark.parametrize("kind", SEVEN)
def test_without_the_witness_three_kinds_are_missed_and_it_says_that_it_cannot_know(
    kind: str, chained: datetime
) -> None:
    deed, first, last = SEVEN[kind]
    deed(chained)
    report = verified(None)
    assert found(report) == ([] if kind in ONLY_BY_THE_WITNESS else [(kind, first, last)])
    assert any("cannot be known" in one.en for one in report.notes)


@pytest.mark.parametrize("kind", ["truncated", "restored"])
def test_work_that_went_on_after_a_cut_or_an_older_copy_hides_neither(
    kind: str, chained: datetime, place: Path
) -> None:
    deed, first, last = SEVEN[kind]
    deed(chained)
    write(chained + MINUTE, 3)
    made = chain(chained + 2 * MINUTE)
    assert made.trouble == "another history", "the witness takes no second history"
    assert found(verified(place)) == [(kind, first, last)]


def test_a_rewritten_chain_without_the_key_is_found_without_the_witness_too(
    chained: datetime, place: Path, settings: Any
) -> None:
    keys = signing.public_keys()
    settings.SIZAO = replace(settings.SIZAO, signing_key=new_secret())
    rewritten(chained)
    report = judged(None, keys)
    assert {one.kind for one in report.findings} == {"rewritten"}


def test_hashes_made_anew_under_the_old_roots_are_found(chained: datetime) -> None:
    sql("UPDATE audit_entry SET account = 'somebody-else' WHERE id = %s", entry_at(9))
    head = bytes(AuditLink.objects.get(place=8).hash)
    for number in range(9, 25):
        row = AuditEntry.objects.filter(pk=entry_at(number)).values_list(*COLUMNS)[0]
        head = link(head, leaf(row))
        AuditLink.objects.filter(place=number).update(hash=head)
    assert found(verified(None)) == [("rewritten", 7, 12)]


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "id"])
def test_no_column_of_an_entry_changes_unnoticed(column: str, chained: datetime, place: Path) -> None:
    value = "happened_at + interval '1 microsecond'" if column == "happened_at" else "'x'"
    sql(f"UPDATE audit_entry SET {column} = {value} WHERE id = %s", entry_at(1))
    assert found(verified(place)) == [("altered", 1, 1)]


def test_an_entry_removed_before_the_last_root_is_told_where_it_was(chained: datetime, place: Path) -> None:
    sql("DELETE FROM audit_entry WHERE id = %s", entry_at(17))
    assert found(verified(place)) == [("deleted", 17, 17)]


def test_an_entry_slipped_in_under_an_old_transaction_is_found(chained: datetime, place: Path) -> None:
    sql("UPDATE audit_root SET horizon = (horizon::text::bigint + 5)::text::xid8")
    write(chained, 1)
    sql("UPDATE audit_entry SET arrived_in = '3' WHERE id = (SELECT max(id) FROM audit_entry)")
    assert not chain(chained).entries
    assert found(verified(place)) == [("inserted", 25, None)]


# -- the witness -----------------------------------------------------------------------------------


def test_a_witness_that_was_away_is_told_everything_afterwards(
    db: None, place: Path, moment: datetime
) -> None:
    place.parent.mkdir(exist_ok=True)
    place.write_text("in the way")  # no folder: nothing can be written there
    write(moment, 2)
    made = chain(moment)
    assert made.entries == 2, "what was written is chained all the same"
    assert made.trouble
    place.unlink()
    write(moment + MINUTE, 2)
    assert chain(moment + MINUTE).told == 2
    assert verified(place).well


def test_half_a_line_that_a_power_cut_left_is_written_again(chained: datetime, place: Path) -> None:
    file = witness.file_of(place)
    whole = file.read_bytes()
    file.write_bytes(whole[:-40])
    assert len(witness.read(place)) == ROOTS - 1
    assert chain(chained).told == 1
    assert verified(place).well


def test_a_witness_that_somebody_changed_vouches_for_nothing(chained: datetime, place: Path) -> None:
    file = witness.file_of(place)
    lines = [json.loads(one) for one in file.read_text().splitlines()]
    body = json.loads(lines[1]["body"])
    lines[1]["body"] = Root(**{**body, "last": 11}).body
    file.write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    report = verified(place)
    assert not report.well
    assert any("the witness itself was changed" in one.en for one in report.notes)


def test_a_witness_that_is_not_there_is_not_well(chained: datetime, tmp_path: Path) -> None:
    assert not verified(tmp_path / "nowhere").well


def test_a_restored_backup_is_stated_and_stays_told(chained: datetime, place: Path) -> None:
    restored(chained)
    state_restored(chained, "the disk broke")
    write(chained + MINUTE, 2)
    assert not chain(chained + 2 * MINUTE).trouble
    report = verified(place)
    assert report.well
    assert any("places 13 to 24 were lost" in one.en for one in report.notes), "and is never forgotten"


def test_a_restoration_that_nobody_signed_excuses_nothing(chained: datetime, place: Path) -> None:
    restored(chained)
    witness.note_restored(place, witness.Restored(2, instant(chained), "nothing happened", "key:none"))
    report = verified(place)
    assert not report.well
    assert found(report) == [("restored", 13, 24)]


def test_a_signature_for_one_kind_of_thing_vouches_for_no_other(chained: datetime) -> None:
    body = roots_from(1)[0].body.encode()
    signature = signing.sign("receipt", body)
    assert signing.is_signed("receipt", body, signature, signing.public_keys())
    assert not signing.is_signed(ABOUT, body, signature, signing.public_keys())


def test_a_root_with_another_byte_is_no_root(chained: datetime) -> None:
    one = roots_from(1)[0]
    with pytest.raises(ValueError, match="canonical"):
        _ = Signed(one.body.replace(":", ": "), one.signature).root


# -- writers that do not wait for each other -------------------------------------------------------


def _chained_in_the_end(moment: datetime, number: int) -> None:
    """The oldest open transaction is that of the whole server: a neighbour's test may hold ours up, as long
    as it takes; when it does not, everything has its place at the first try."""
    until = time.monotonic() + LONGEST_TEST
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_snapshot_xmin(pg_current_snapshot()) > max(arrived_in) FROM audit_entry"
            )
            ((all_below,),) = cursor.fetchall()
        number -= chain(moment).entries
        if all_below or not number:
            break
        assert time.monotonic() < until, "somebody's transaction is open all the time"
        time.sleep(0.1)
    assert number == 0


@pytest.mark.django_db(transaction=True)
def test_who_commits_late_gets_a_later_place_and_holds_nobody_up(place: Path, moment: datetime) -> None:
    other = connection.get_new_connection(connection.get_connection_params())
    insert = (
        "INSERT INTO audit_entry (happened_at, account, role, area, purpose, deed, subject, what)"
        " VALUES (now(), 'slow', 'cdc', 'drill', 'epidemic_control', 'read', 'x', 'y')"
    )
    try:
        other.execute(insert)  # the lower transaction, still open
        with transaction.atomic():
            write(moment, 3)
        assert chain(moment).entries == 0, "what might still come before them is waited for"
        other.commit()
        _chained_in_the_end(moment, 4)
        accounts = [AuditEntry.objects.get(pk=entry_at(one)).account for one in range(1, 5)]
        assert accounts == ["slow", "reader", "reader", "reader"]
        assert verified(place).well
    finally:
        other.close()


# -- what the application's roles may do to it -----------------------------------------------------


@pytest.mark.parametrize("role", ["sizao_web", "sizao_worker"])
def test_the_applications_roles_add_and_do_nothing_else(role: str, chained: datetime) -> None:
    from psycopg.errors import InsufficientPrivilege

    for table, column in (("audit_entry", "account"), ("audit_link", "entry"), ("audit_root", "body")):
        for statement in (
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
            f"ALTER TABLE {table} ADD COLUMN mine int",
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"DROP TABLE {table}",
        ):
            with pytest.raises(ProgrammingError) as refused, transaction.atomic():
                sql(f"SET LOCAL ROLE {role}; {statement}")
            assert isinstance(refused.value.__cause__, InsufficientPrivilege), statement


def test_a_page_gives_no_number_and_no_transaction_of_its_own(
    person_in_office: Any, as_scope: Any, db: None
) -> None:
    said = "happened_at, account, role, area, purpose, deed, subject, what"
    values = "now(), 'reader', 'cdc', 'drill', 'epidemic_control', 'read', 'x', 'y'"
    with as_scope(person_in_office("cdc", "drill", name="reader")):
        sql(f"INSERT INTO audit_entry ({said}) VALUES ({values})")
        for column, value in (("id", "7"), ("arrived_in", "'3'")):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                sql(f"INSERT INTO audit_entry ({said}, {column}) VALUES ({values}, {value})")


def test_a_purpose_outside_the_list_of_the_duty_is_refused(
    person_in_office: Any, as_scope: Any, refused: Any, db: None
) -> None:
    from sizao_web.records.access.scope import NoSuchPurpose, enter, scope_of

    account = person_in_office("cdc", "drill", name="reader")
    duty = account.assignments.get()
    for purpose in ("care", "police", "", "own_account"):
        with pytest.raises(NoSuchPurpose):
            scope_of(duty, purpose)
        with pytest.raises(NoSuchPurpose), transaction.atomic():
            enter(replace(scope_of(duty), purpose=purpose))
    with as_scope(account):
        statement = (
            "INSERT INTO audit_entry (happened_at, account, role, area, purpose, deed, subject, what)"
            " VALUES (now(), 'reader', 'cdc', 'drill', '{}', 'read', 'x', 'y')"
        )
        assert refused(statement.format("care"))
        assert not refused(statement.format("epidemic_control"))
