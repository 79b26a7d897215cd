"""Records by machine that name somebody by document, telephone or birth date: as rows of a sheet do.

All names, documents and numbers are made up.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from shell.gateway.conftest import HERE, MOMENT, THERE, Clock, Sender
from shell.gateway.test_batches import headers_of, lines, stored
from shell.gateway.test_sending import as_owner, problem, rows
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.record_identity import record_identity
from sizao_web.records.deliveries.storing import as_sender
from sizao_web.records.models import AuditEntry, Identity, PartnerConflict, RecordMatch
from sizao_web.records.reading.identities import last_identity

NDJSON = "application/x-ndjson"
WEI = {"person_name": "张伟", "person_document": "11010119800101002X", "person_telephone": "13800138000"}


def check(record: str = "c-1", **other: Any) -> dict[str, Any]:
    """A temperature of somebody who is named."""
    said = {"checked_at": "2020-11-10T00:30:00Z", "temperature": 36.5, "symptoms": False}
    return {"source_record": record, **said, **(other if "person_name" in other else {**WEI, **other})}


@pytest.fixture
def worker(community: Sender) -> Scope:
    """The scope of the community's own people."""
    return Scope("worker-1", "community", HERE, None, "epidemic_control")


def know(scope: Scope, person: str, name: str, **said: str) -> str:
    as_owner()
    with as_sender(scope), connection.cursor() as cursor:
        cursor.execute("SELECT sizao_claim_person(%s)", [person])
        record_identity(scope, MOMENT, person, name=name, **said)
    as_owner()
    return person


def persons() -> list[str]:
    return [row.person for row in sorted(rows("health_checks"), key=lambda row: row.source_record)]


def test_who_is_known_by_the_same_document_is_meant_and_the_reasons_are_kept(
    community: Sender, worker: Scope
) -> None:
    know(worker, "neighbour", "张伟", document="11010119800101002X")
    answer = community.send("/facts/health_checks", check())
    assert answer.status_code == 201, answer.content
    assert "neighbour" not in answer.content.decode(), "nobody is told whom it means who did not ask"
    assert persons() == ["neighbour"]
    kept = RecordMatch.objects.get()
    assert (kept.person, kept.fact, kept.levels["document"]) == ("neighbour", "health_checks", "same")
    assert str(kept.fact_id) == answer.json()["fact_id"]
    with as_sender(worker):
        known = last_identity(worker, "neighbour")
    assert known is not None
    assert known.telephone == "13800138000", "what nobody had said of them yet is kept"


def test_who_is_known_by_nobody_is_a_new_person_and_the_same_again_is_the_same(
    community: Sender, worker: Scope, clock: Clock
) -> None:
    first = community.send("/facts/health_checks", check())
    clock.forward(days=3)
    again = community.send("/facts/health_checks", check())
    other = community.send("/facts/health_checks", check("c-2", checked_at="2020-11-11T00:30:00Z"))
    assert [one.status_code for one in (first, again, other)] == [201, 200, 201], again.content
    one, two = persons()
    assert one == two, "the next day's check is of the same person"
    as_owner()
    assert Identity.objects.count() == 1
    with as_sender(worker):
        known = last_identity(worker, one)
    assert known is not None
    assert (known.name, known.document) == ("张伟", "11010119800101002X")


def test_a_record_means_whom_it_meant_although_another_like_them_came_since(
    community: Sender, worker: Scope
) -> None:
    thin = {"person_name": "李娜", "person_birth_on": "1990-05-05"}
    assert community.send("/facts/health_checks", check(**thin)).status_code == 201
    know(worker, "twin", "李娜", document="110101199005050027", telephone="13900139000")
    answer = community.send("/facts/health_checks", check(**thin))
    assert answer.status_code == 200, answer.content
    assert len(rows("health_checks")) == 1


def test_a_correction_and_a_retraction_are_about_whom_the_record_was_about(community: Sender) -> None:
    community.send("/facts/health_checks", check())
    changed = check(action="replace", source_version=2, reason="misread", temperature=37.9)
    assert community.send("/facts/health_checks", changed).status_code == 201
    gone = {"source_record": "c-1", "action": "retract", "source_version": 3, "reason": "not him"}
    assert community.send("/facts/health_checks", gone).status_code == 201
    assert len({row.person for row in rows("health_checks")}) == 1


def test_another_person_under_the_same_number_is_a_conflict_that_keeps_no_name(community: Sender) -> None:
    community.send("/facts/health_checks", check())
    other = check(person_name="王芳", person_document="110101198505050022")
    problem(community.send("/facts/health_checks", other), 409, "conflict")
    as_owner()
    kept = PartnerConflict.objects.get()
    assert "王芳" not in json.dumps(kept.second, ensure_ascii=False)
    assert "110101198505050022" not in json.dumps(kept.second)
    assert kept.second["person"].startswith("D-")
    assert Identity.objects.count() == 1, "nobody is made known by a record that does not count"


def test_what_names_nobody_or_says_two_things_is_refused_by_field(community: Sender) -> None:
    for changed, pointer in (
        ({"person_name": None}, "/person_name"),
        ({"person": "P-1"}, "/person"),
        ({"person_document": 7}, "/person_document"),
        ({"person_name": "张\u0000"}, "/person_name"),
    ):
        said = problem(community.send("/facts/health_checks", {**check(), **changed}), 422, "wrong-values")
        assert pointer in [one["pointer"] for one in said["errors"]]
    for nobody in ({"person_name": "张伟"}, {"person_name": "张伟", "person_birth_on": "soon"}):
        body = {**{name: value for name, value in check().items() if name not in WEI}, **nobody}
        problem(community.send("/facts/health_checks", body), 422, "wrong-values")
    body = {name: value for name, value in check().items() if name not in WEI}
    said = problem(community.send("/facts/health_checks", body), 422, "wrong-values")
    assert [one["pointer"] for one in said["errors"]] == ["/person"]
    assert not rows("health_checks")
    as_owner()
    assert not Identity.objects.exists()


def test_a_duty_that_reads_no_names_sends_none(sender: Callable[..., Sender]) -> None:
    from sizao_web.accounts.roles import ROLES
    from sizao_web.gateway.bodies import names_a_person

    role, fact = next(
        (name, fact)
        for name, one in ROLES.items()
        for fact in sorted(one.gives_by_machine)
        if not one.identities and names_a_person(fact)
    )
    partner = sender("nameless", role, (fact,), organisation="place-1")
    body = {"source_record": "n-1", **WEI}
    assert partner.send(f"/facts/{fact}", body).status_code == 422
    as_owner()
    assert not Identity.objects.exists()


def test_whether_somebody_of_another_county_is_known_changes_no_answer(
    sender: Callable[..., Sender], community: Sender
) -> None:
    """The same record of somebody who is known elsewhere and of somebody whom nobody knows."""
    far = Scope("worker-9", "community", THERE, None, "epidemic_control")
    know(far, "stranger", "张伟", document="11010119800101002X")
    nobody = {
        "person_name": "赵敏",
        "person_document": "110101199003030029",
        "person_telephone": "13700137000",
    }

    def told(record: str, **who: str) -> tuple[Any, ...]:
        as_owner()
        before = AuditEntry.objects.count()
        answer = community.send("/facts/health_checks", check(record, **who))
        as_owner()
        said = {
            name: value for name, value in answer.json().items() if name not in ("fact_id", "source_record")
        }
        return answer.status_code, said, AuditEntry.objects.count() - before

    assert told("c-1") == told("c-2", **nobody)
    assert "stranger" not in persons()


def test_reads_by_matching_are_on_record_under_the_partners_name(community: Sender, worker: Scope) -> None:
    know(worker, "neighbour", "张伟", document="11010119800101002X")
    community.send("/facts/health_checks", check())
    as_owner()
    assert AuditEntry.objects.filter(account="community-1", deed="match", what="identity").count() == 1


def test_a_batch_of_lines_that_name_people_is_matched_like_a_sheet(community: Sender, worker: Scope) -> None:
    know(worker, "neighbour", "张伟", document="11010119800101002X")
    single = check("c-1")
    assert community.send("/facts/health_checks", single).status_code == 201
    content = lines(single, check("c-2", temperature=36.9), check("c-3", person_name="赵敏"))
    answer = community.send("/facts/health_checks/batches", content, **headers_of(content, 3, NDJSON))
    done = stored(answer.json()["delivery"])
    assert (done.state, done.stored, done.merged, done.rejected) == ("stored", 1, 1, 1), done.problems
    assert persons() == ["neighbour", "neighbour"]
