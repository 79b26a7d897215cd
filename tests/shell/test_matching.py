"""Sheets that name people by document, telephone or birth date: whom a row means, and what is left to people.

All names, documents and numbers are made up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from sizao_web.accounts.models import Account
from sizao_web.records.access.scope import Scope, scope_of
from sizao_web.records.actions import deliver
from sizao_web.records.actions.record_identity import record_identity
from sizao_web.records.actions.save_mapping import save_mapping
from sizao_web.records.deliveries import storing
from sizao_web.records.matching.comparing import compare_all
from sizao_web.records.models import FACT_MODELS, AuditEntry, Delivery, Doubt, Identity, Match, SheetMapping
from sizao_web.records.reading import deliveries as reading
from sizao_web.records.reading.identities import last_identity
from sizao_web.records.reading.previews import preview

HERE = "drill/county-1/street/community-1"
THERE = "drill/county-2/street/community-9"
HEADER = "姓名,证件号码,联系电话,出生日期,checked_at,temperature,symptoms\n"
WEI = "张伟,11010119800101002X,13800138000,,2020-11-10 08:00,36.5,false\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(person_in_office: Callable[..., Account]) -> Scope:
    """Somebody of a community who has a sheet of health checks."""
    return scope_of(person_in_office("community", HERE).assignments.get())


@pytest.fixture
def far_worker(person_in_office: Callable[..., Account]) -> Scope:
    """Somebody of another county."""
    return scope_of(person_in_office("community", THERE).assignments.get())


def send(
    scope: Scope, moment: datetime, text: str, name: str = "checks.csv", mapping: str | None = None
) -> Delivery:
    """Receive a sheet as pages do, take it in as jobs do."""
    how = {"mapping": mapping} if mapping else {"fact": "health_checks"}
    with storing.as_sender(scope):
        received = deliver.receive(scope, moment, name=name, content=text.encode(), **how)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE sizao_worker")
    done = deliver.take_in(received.id, moment)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    return done


def compared(moment: datetime) -> int:
    """Do what the job does, in its role."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE sizao_worker")
    found = compare_all(moment)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    return found


def persons() -> list[str]:
    """Of whom there is a health check, in the order of their temperature."""
    checks: Any = FACT_MODELS["health_checks"].objects
    return list(checks.order_by("temperature").values_list("person", flat=True))


def know(scope: Scope, moment: datetime, person: str, name: str, **said: str) -> str:
    with storing.as_sender(scope):
        record_identity(scope, moment, person, name=name, **said)
    return person


def test_who_is_known_by_the_same_document_is_that_person_and_the_reasons_are_kept(
    worker: Scope, moment: datetime
) -> None:
    know(worker, moment, "neighbour", "张伟", document="11010119800101002X")
    done = send(worker, moment, HEADER + WEI)
    assert (done.state, done.stored, done.rejected) == ("stored", 1, 0)
    assert persons() == ["neighbour"]
    kept = Match.objects.get()
    assert (kept.person, kept.line) == ("neighbour", 2)
    assert kept.levels["document"] == "same"
    assert kept.score > 0.99
    with storing.as_sender(worker):
        known = last_identity(worker, "neighbour")
    assert known is not None
    assert known.telephone == "13800138000", "what nobody had said of them yet is kept"


def test_who_is_known_by_nobody_is_a_new_person_and_the_same_sheet_again_means_the_same(
    worker: Scope, moment: datetime
) -> None:
    send(worker, moment, HEADER + WEI)
    (first,) = persons()
    with storing.as_sender(worker):
        known = last_identity(worker, first)
    assert known is not None
    assert (known.name, known.document) == ("张伟", "11010119800101002X")
    other = "李娜,,13900139000,1990-05-05,2020-11-10 08:00,36.6,false\n"
    done = send(worker, moment, HEADER + WEI + other, name="again.csv")
    assert (done.stored, done.merged) == (1, 1), "the row that came before is the same record"
    assert persons()[0] == first
    assert len(set(persons())) == 2


def test_rows_of_one_sheet_about_one_person_are_about_one_person(worker: Scope, moment: datetime) -> None:
    later = WEI.replace("08:00,36.5", "18:00,36.7").replace("张伟", "Zhang Wei")
    send(worker, moment, HEADER + WEI + later)
    assert len(persons()) == 2
    assert len(set(persons())) == 1
    assert compared(moment) == 0


def test_who_may_be_somebody_is_a_person_of_their_own_and_a_doubt(worker: Scope, moment: datetime) -> None:
    know(worker, moment, "neighbour", "张伟", document="11010119800101002X", telephone="13800138000")
    send(worker, moment, HEADER + "张伟,11010119800101012X,,,2020-11-10 08:00,36.5,false\n")
    (person,) = persons()
    assert person != "neighbour"
    assert compared(moment) == 1
    doubt = Doubt.objects.get()
    assert {doubt.one, doubt.other} == {person, "neighbour"}
    assert doubt.levels["name"] == "same"
    assert compared(moment) == 0, "of a pair one doubt is kept"


def test_two_people_with_one_name_and_one_telephone_of_the_family_are_not_confused(
    worker: Scope, moment: datetime
) -> None:
    send(
        worker,
        moment,
        HEADER
        + "张伟,,13800138000,1980-01-01,2020-11-10 08:00,36.5,false\n"
        + "张丽,,13800138000,1982-03-04,2020-11-10 08:00,36.6,false\n",
    )
    assert len(set(persons())) == 2
    assert compared(moment) == 0


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("张伟,,,,2020-11-10 08:00,36.5,false", "nobody_named"),
        (",11010119800101002X,,,2020-11-10 08:00,36.5,false", "nobody_named"),
        ("张伟,,,31.02.1980,2020-11-10 08:00,36.5,false", "wrong_date"),
        (f"{'长' * 121},,13800138000,,2020-11-10 08:00,36.5,false", "too_long"),
    ],
)
def test_a_row_that_names_nobody_is_rejected_with_its_reason_and_seen_before(
    row: str, kind: str, worker: Scope, moment: datetime
) -> None:
    with storing.as_sender(worker):
        received = deliver.receive(worker, moment, name="x.csv", content=(HEADER + row + "\n" + WEI).encode())
        one = Delivery.objects.get(pk=received.id)
        seen = preview(worker, one, fact="health_checks")
    assert [(line, problems[0].kind) for line, problems in seen.wrong] == [(2, kind)]
    done = send(worker, moment, HEADER + row + "\n" + WEI)
    assert (done.stored, done.rejected) == (1, 1)
    with storing.as_sender(worker):
        (wrong,) = reading.not_taken(worker, str(done.pk))
    assert [one.kind for one in wrong.problems] == [kind]
    assert Identity.objects.count() == 1, "of a row that is not taken nobody is recorded"


MAPPING = """
mapping: fever-register
zone: Asia/Shanghai
source_system: anything
not_used: [备注]
facts:
  - fact: health_checks
    key: {column: 序号}
    columns:
      person: person
      checked_at: 测量时间
      temperature: 度数
      symptoms: {column: 症状, codes: {有: 'true', 无: 'false'}}
"""


def test_a_saved_mapping_reads_a_sheet_of_other_headings_and_people_are_matched_all_the_same(
    worker: Scope, moment: datetime
) -> None:
    know(worker, moment, "neighbour", "张伟", document="11010119800101002X")
    head = "序号,姓名,证件号码,手机号码,测量时间,度数,症状,备注\n"
    text = (
        f"{head}1,张伟,11010119800101002X,,2020-11-10 08:00,36.5,无,x\n"
        "2,李娜,,13900139000,2020-11-10 08:00,36.9,有,\n3,王芳,,,2020-11-10 08:00,37.1,无,\n"
    )
    with storing.as_sender(worker):
        headings = head.strip().split(",")
        version = save_mapping(worker, moment, name="fever-register", headings=headings, text=MAPPING)
    kept = SheetMapping.objects.get(name="fever-register", version=version)
    done = send(worker, moment, text, mapping=kept.text)
    assert (done.state, done.stored, done.rejected) == ("stored", 2, 1), done.problems
    first, second = persons()
    assert first == "neighbour"
    assert second != "neighbour"
    again = send(worker, moment, text.replace(",x\n", ",y\n"), name="again.csv", mapping=kept.text)
    assert (again.stored, again.merged, again.rejected) == (0, 2, 1), "nobody becomes another person"
    assert persons() == [first, second]


def test_a_sheet_with_numbers_keeps_them_and_other_headings_are_still_refused(
    worker: Scope, moment: datetime
) -> None:
    text = "person,姓名,checked_at,temperature,symptoms\np-1,张伟,2020-11-10 08:00,36.5,false\n"
    assert send(worker, moment, text).state == "refused"


def test_a_duty_without_names_sends_none(person_in_office: Any, moment: datetime) -> None:
    laboratory = scope_of(person_in_office("laboratory", HERE, "laboratory/one").assignments.get())
    with storing.as_sender(laboratory):
        received = deliver.receive(
            laboratory,
            moment,
            name="members.csv",
            content="姓名,证件号码,sample\n张伟,11010119800101002X,s-1\n".encode(),
            fact="sample_members",
        )
    done = deliver.take_in(received.id, moment)
    assert done.state == "refused"
    assert done.problems[0]["kind"] in ("names_not_given", "not_given")
    assert Identity.objects.count() == 0


def test_reads_by_matching_are_on_record(worker: Scope, moment: datetime) -> None:
    know(worker, moment, "neighbour", "张伟", document="11010119800101002X")
    send(worker, moment, HEADER + WEI)
    assert AuditEntry.objects.filter(account=worker.account, deed="match", what="identity").count() == 1
    compared(moment + timedelta(minutes=1))
    assert AuditEntry.objects.filter(account="sizao-matching", deed="match").exists()


def test_whether_somebody_of_another_county_is_known_changes_nothing_that_a_sender_is_told(
    worker: Scope, far_worker: Scope, moment: datetime
) -> None:
    """One sheet of somebody known there and one of somebody known nowhere: all that is told is alike."""
    know(far_worker, moment, "far", "张伟", document="11010119800101002X", telephone="13800138000")
    nobody = WEI.replace("张伟", "李娜").replace("11010119800101002X", "110101199001010046")
    nobody = nobody.replace("13800138000", "13800138001")
    told = []
    for name, row in (("known", WEI), ("unknown", nobody)):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM audit_entry WHERE account = %s", [worker.account])
            (before,) = cursor.fetchone()
        done = send(worker, moment, HEADER + row, name=f"{name}.csv")
        with storing.as_sender(worker):
            seen = Identity.objects.count()
            noted = AuditEntry.objects.filter(account=worker.account).count() - before
            told.append((done.state, done.stored, done.merged, done.rejected, noted))
            assert not Doubt.objects.exists()
        assert seen == len(told)
    assert told[0] == told[1]
    assert "far" not in persons()
    compared(moment)
    assert Doubt.objects.count() == 1
    for scope in (worker, far_worker):
        with storing.as_sender(scope):
            assert not Doubt.objects.exists(), "of the pair only who sees both learns"
            assert not AuditEntry.objects.filter(account="sizao-matching").exists()


def test_a_doubt_is_seen_by_who_sees_both_and_may_say_that_they_are_one(
    worker: Scope, far_worker: Scope, person_in_office: Any, moment: datetime
) -> None:
    know(far_worker, moment, "far", "张伟", document="11010119800101002X")
    send(worker, moment, HEADER + WEI)
    compared(moment)
    seen = {}
    for duty, area in (
        ("cdc", "drill"),
        ("cdc", "drill/county-1"),
        ("cdc", "drill/county-2"),
        ("command", "drill"),
        ("supervision", "drill"),
    ):
        scope = scope_of(person_in_office(duty, area).assignments.get())
        with storing.as_sender(scope):
            seen[duty, area] = Doubt.objects.count()
    assert {where for where, count in seen.items() if count} == {("cdc", "drill")}
