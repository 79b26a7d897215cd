"""A partner sends facts by machine: kept once, answered so again, refused with the reason and the place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from shell.gateway.conftest import Clock, Sender, check, result
from sizao_web.gateway import api, door
from sizao_web.records.access.scope import enter
from sizao_web.records.actions.answer_once import forget
from sizao_web.records.actions.record_from_partner import is_too_early
from sizao_web.records.models import (
    FACT_MODELS,
    AuditEntry,
    PartnerAnswer,
    PartnerConflict,
    PartnerReceipt,
    PersonAccess,
    Run,
)


@pytest.fixture(autouse=True)
def _owner_at_the_end(db: None) -> Any:
    yield
    as_owner()


def as_owner() -> None:
    """A request of a test goes on as the pages' role; the test itself looks at every row."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def rows(fact: str) -> list[Any]:
    """Every row of a fact."""
    as_owner()
    return list(FACT_MODELS[fact]._default_manager.order_by("source_version", "fact_id"))


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem that was answered, which must be whole."""
    assert answer.status_code == status, answer.content
    said: dict[str, Any] = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (said["type"], said["status"]) == (f"urn:sizao:problem:{code}", status)
    for name in ("title", "detail", "next"):
        assert said[f"{name}_zh"]
        assert said[f"{name}_en"]
    return said


def test_a_result_is_kept_under_the_laboratorys_name(laboratory: Sender) -> None:
    answer = laboratory.send("/facts/results", result())
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["outcome"], said["source_record"], said["source_version"]) == ("stored", "r-1", 1)
    (row,) = rows("results")
    assert str(row.fact_id) == said["fact_id"]
    assert (row.source_system, row.recorded_by, row.area) == ("lab-1", "lab-1", "drill/county-1")
    assert row.resulted_at.isoformat() == "2020-11-10T00:30:00+00:00"


def test_the_same_again_counts_once_whenever_it_comes(laboratory: Sender, clock: Clock) -> None:
    laboratory.send("/facts/results", result())
    clock.forward(days=40)
    again = laboratory.send("/facts/results", result())
    assert (again.status_code, again.json()["outcome"]) == (200, "merged")
    assert len(rows("results")) == 1


def test_a_correction_supersedes_and_a_retraction_ends_it(laboratory: Sender) -> None:
    laboratory.send("/facts/results", result())
    changed = result(action="replace", source_version=2, reason="typed wrong", result="positive")
    assert laboratory.send("/facts/results", changed).status_code == 201
    assert laboratory.send("/facts/results", changed).json()["outcome"] == "merged"
    gone = {"source_record": "r-1", "source_version": 3, "action": "retract", "reason": "another tube"}
    assert laboratory.send("/facts/results", gone).status_code == 201
    assert laboratory.send("/facts/results", gone).json()["outcome"] == "merged"
    assert [(row.source_version, row.action, row.result) for row in rows("results")] == [
        (1, "record", "negative"),
        (2, "replace", "positive"),
        (3, "retract", "positive"),
    ]
    said = laboratory.get("/records/results/r-1").json()
    assert [one["action"] for one in said["versions"]] == ["record", "replace", "retract"]
    outcomes = [one["outcome"] for one in said["sendings"]]
    assert outcomes == ["stored", "stored", "merged", "stored", "merged"]


def test_a_correction_before_its_record_is_told_to_wait_and_told_nothing_else(
    laboratory: Sender, community: Sender, sender: Any
) -> None:
    early = result(action="replace", source_version=2, reason="typed wrong", result="positive")
    said = problem(laboratory.send("/facts/results", early), 409, "not-yet")
    assert "action=record" in said["next_en"]
    assert not rows("results")
    assert laboratory.send("/facts/results", result()).status_code == 201
    assert laboratory.send("/facts/results", early).status_code == 201, "sent again once the record is there"
    as_owner()
    assert "not-yet" in PartnerReceipt.objects.values_list("problem", flat=True)
    # Whether another area has such a record, or knows such a person, is answered by the same words.
    there = sender("community-2", "community", ("health_checks",), area="drill/county-2")
    community.send("/facts/health_checks", check("c-1", person="p-1"))
    gone = {"action": "retract", "source_version": 2, "reason": "twice"}
    asked = [check("c-1", person="p-1", **gone), check("c-8", person="p-1", **gone), check("c-8", **gone)]
    answers = [problem(there.send("/facts/health_checks", one), 409, "not-yet") for one in asked]
    assert len({str({**one, "request": ""}) for one in answers}) == 1


def test_what_cannot_be_true_is_refused_with_what_it_should_be(community: Sender) -> None:
    said = problem(community.send("/facts/health_checks", check(temperature=98.6)), 422, "wrong-values")
    assert "不合常理" in said["errors"][0]["detail_zh"]
    assert not rows("health_checks")


@pytest.mark.parametrize(
    ("sent", "status", "code", "pointer"),
    [
        ({"result": "negativ"}, 422, "wrong-values", "/result"),
        ({"resulted_at": "2020-11-10"}, 422, "wrong-values", "/resulted_at"),
        ({"resulted_at": "9999-01-01T00:00:00Z"}, 422, "wrong-values", "/resulted_at"),
        ({"sample": None}, 422, "wrong-values", "/sample"),
        ({"sample": 7}, 422, "wrong-values", "/sample"),
        ({"sample": "x" * 201}, 422, "wrong-values", "/sample"),
        ({"sample": "tube\x00"}, 422, "wrong-values", "/sample"),
        ({"sample": "tube\ud800"}, 422, "wrong-values", "/sample"),
        ({"source_record": ""}, 422, "wrong-values", "/source_record"),
        ({"source_version": 0}, 422, "wrong-values", "/source_version"),
        ({"source_version": True}, 422, "wrong-values", "/source_version"),
        ({"action": "delete"}, 422, "wrong-values", "/action"),
        ({"resultt": "negative"}, 400, "unknown-field", "/resultt"),
        ({"recorded_at": "2020-11-10T00:00:00Z"}, 400, "unknown-field", "/recorded_at"),
        ({"source_system": "lab-2"}, 400, "unknown-field", "/source_system"),
        ({"area": "drill/county-2"}, 400, "unknown-field", "/area"),
    ],
)
def test_each_wrong_value_is_named_with_its_place(
    laboratory: Sender, sent: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    said = problem(laboratory.send("/facts/results", _escaped(result(**sent))), status, code)
    assert pointer in [fault["pointer"] for fault in said["errors"]]
    assert not rows("results")


def _escaped(body: dict[str, Any]) -> str:
    import json

    return json.dumps(body)  # what UTF-8 cannot hold travels as an escape


@pytest.mark.parametrize("sent", ["2020-11-10 08:30", "2020-11-10T08:30:00", " 2020-11-10T08:30 "])
def test_a_moment_says_its_zone_and_none_is_guessed(laboratory: Sender, sent: str) -> None:
    said = problem(laboratory.send("/facts/results", result(resulted_at=sent)), 422, "wrong-values")
    assert said["errors"][0]["pointer"] == "/resulted_at"
    assert "+08:00" in said["errors"][0]["detail_en"], "how it is to be written"
    assert not rows("results"), "in a sheet the same text is the clock of the city, eight hours earlier"


def test_a_correction_without_a_reason_names_the_field(laboratory: Sender) -> None:
    laboratory.send("/facts/results", result())
    changed = result(result="positive", action="replace", source_version=2)
    said = problem(laboratory.send("/facts/results", changed), 422, "wrong-values")
    assert [fault["pointer"] for fault in said["errors"]] == ["/reason"]


def test_a_fact_that_is_written_wrong_is_answered_with_the_nearest_of_the_key(laboratory: Sender) -> None:
    said = problem(laboratory.send("/facts/result", result()), 404, "not-found")
    assert "Did you mean 'results'?" in said["detail_en"]
    said = problem(laboratory.send("/facts/people", result()), 404, "not-found")
    assert "mean" not in said["detail_en"]


def test_a_stream_that_is_sent_as_a_fact_is_told_its_address(sender: Any) -> None:
    gate = sender("gate-1", "institution", ("check_ins",), organisation="venue-1")
    said = problem(gate.send("/facts/check_ins", {"source_record": "1"}), 404, "not-found")
    assert "/api/v1/streams/check_ins" in said["next_en"]


def test_the_nearest_word_is_offered(laboratory: Sender) -> None:
    said = problem(laboratory.send("/facts/results", result(result="negativ")), 422, "wrong-values")
    assert said["errors"][0]["nearest"] == "negative"
    said = problem(laboratory.send("/facts/results", result(resultt="x")), 400, "unknown-field")
    assert said["errors"][0]["nearest"] == "result"


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {}, 400, "malformed"),
        (b"[]", {}, 400, "malformed"),
        (b"\xff\xfe", {}, 400, "malformed"),
        (b'{"sample": NaN}', {}, 400, "malformed"),
        (b'{"sample": "a", "sample": "b"}', {}, 400, "malformed"),
        (b"[" * 60_000, {}, 400, "malformed"),
        (b"1" * 5_000, {}, 400, "malformed"),
        (b"{}" + b" " * 70_000, {}, 413, "too-large"),
        (b"sample=x", {"Content_Type": "application/x-www-form-urlencoded"}, 415, "media-type"),
        (b"{}", {"Content_Type": "application/json; charset=gb18030"}, 415, "media-type"),
        (b"{}", {"Content_Encoding": "gzip"}, 415, "media-type"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_and_says_how(
    laboratory: Sender, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    problem(laboratory.send("/facts/results", body, **headers), status, code)


def test_a_problem_is_told_in_the_language_that_is_asked_for(laboratory: Sender) -> None:
    chinese = laboratory.send("/facts/results", b"{").json()
    english = laboratory.send("/facts/results", b"{", Accept_Language="en").json()
    assert chinese["title"] == chinese["title_zh"] == english["title_zh"]
    assert english["title"] == english["title_en"] == chinese["title_en"]


def test_a_request_key_answers_as_before_when_the_answer_was_lost(laboratory: Sender, clock: Clock) -> None:
    first = laboratory.send("/facts/results", result(), Idempotency_Key="k-1")
    clock.forward(days=29)
    again = laboratory.send("/facts/results", result(), Idempotency_Key="k-1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(rows("results")) == 1
    as_owner()
    assert PartnerReceipt.objects.count() == 1, "an answer given again is no second sending"


def test_answers_are_forgotten_after_thirty_days_and_the_record_still_counts_once(
    laboratory: Sender, clock: Clock
) -> None:
    laboratory.send("/facts/results", result(), Idempotency_Key="k-1")
    as_owner()
    clock.forward(days=30)
    assert forget(clock.moment) == 1, "what lies two days back of the counts"
    assert PartnerAnswer.objects.count() == 1
    clock.forward(seconds=1)
    forget(clock.moment)
    assert not PartnerAnswer.objects.exists()
    assert laboratory.send("/facts/results", result(), Idempotency_Key="k-1").json()["outcome"] == "merged"


def test_a_request_that_failed_leaves_its_key_free(laboratory: Sender) -> None:
    problem(laboratory.send("/facts/results", result(result="?"), Idempotency_Key="k-1"), 422, "wrong-values")
    assert laboratory.send("/facts/results", result(), Idempotency_Key="k-1").status_code == 201


def test_another_body_under_a_request_key_is_a_conflict_and_both_are_kept(laboratory: Sender) -> None:
    laboratory.send("/facts/results", result("r-1"), Idempotency_Key="k-1")
    other = result("r-2", result="positive")
    said = problem(laboratory.send("/facts/results", other, Idempotency_Key="k-1"), 409, "conflict")
    assert said["first"]["source_record"] == "r-1"
    assert [row.source_record for row in rows("results")] == ["r-1"]
    conflict = PartnerConflict.objects.get(pk=said["conflict"])
    assert (conflict.kind, conflict.request_key, conflict.second) == ("request", "k-1", other)
    assert "Idempotency-Key" in said["next_en"]
    assert "replace" not in said["next_en"], "it is no correction"


def test_another_content_under_a_natural_key_is_a_conflict_and_both_are_kept(laboratory: Sender) -> None:
    laboratory.send("/facts/results", result())
    other = result(result="positive")
    said = problem(laboratory.send("/facts/results", other), 409, "conflict")
    again = problem(laboratory.send("/facts/results", other), 409, "conflict")
    assert said["conflict"] == again["conflict"], "sent again it is the same conflict"
    assert [row.result for row in rows("results")] == ["negative"]
    (conflict,) = PartnerConflict.objects.all()
    assert (conflict.kind, conflict.state, conflict.second["result"]) == ("record", "open", "positive")


def test_without_the_table_of_conflicts_the_second_would_be_lost(
    laboratory: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the two tests before."""
    monkeypatch.setattr("sizao_web.gateway.answering.keep_conflict", lambda *_, **__: 0)
    laboratory.send("/facts/results", result())
    laboratory.send("/facts/results", result(result="positive"))
    as_owner()
    assert not PartnerConflict.objects.exists()


def test_a_key_is_for_its_facts_alone_and_denied_looks_like_not_there(
    laboratory: Sender, community: Sender
) -> None:
    denied = problem(laboratory.send("/facts/health_checks", check()), 404, "not-found")
    absent = problem(laboratory.send("/facts/no_such_fact", check()), 404, "not-found")
    assert {**denied, "request": ""} == {**absent, "request": ""}
    community.send("/facts/health_checks", check())
    problem(laboratory.get("/records/health_checks/c-1"), 404, "not-found")
    # The same number in the own system is another record.
    problem(laboratory.get("/records/results/c-1"), 404, "not-found")


def followed(moment: Any, *, all_of_it: bool = False) -> None:
    """As if the ledger had run at this moment; all of it: no fact waits for it any more."""
    as_owner()
    Run.objects.create(
        kind="touched", as_of=moment, known_by=moment, facts_until="", pack="", pack_digest="", texts="",
        rows_changed=0, rows_withdrawn=0, rows_sealed=0, began_at=moment, seconds=0.0,
    )  # fmt: skip
    if all_of_it:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded'")


def test_who_may_yet_turn_out_to_be_the_senders_is_asked_to_come_again_until_the_ledger_has_run(
    community: Sender, sender: Any, clock: Clock
) -> None:
    there = sender("community-2", "community", ("health_checks",), area="drill/county-2")
    assert community.send("/facts/health_checks", check(person="p-1")).status_code == 201
    own = check("c-9", person="p-1")
    followed(clock.moment - timedelta(minutes=1))
    for _ in range(2):  # the record that came a moment ago waits for the ledger
        again = there.send("/facts/health_checks", own)
        problem(again, 425, "ledger-behind")
        assert int(again.headers["Retry-After"]) > 0
    as_owner()
    PersonAccess.objects.create(person="p-1", area="drill/county-2", organisation=None)
    assert there.send("/facts/health_checks", own).status_code == 201, "it is theirs, too"
    as_owner()
    PersonAccess.objects.filter(person="p-1", area="drill/county-2").delete()
    other = check("c-10", person="p-1")
    problem(there.send("/facts/health_checks", other), 425, "ledger-behind")
    clock.forward(seconds=5)
    followed(clock.moment)
    clock.forward(seconds=5)
    community.send("/facts/health_checks", check("c-2", person="p-1"))  # facts go on arriving
    problem(there.send("/facts/health_checks", other), 404, "not-found")
    problem(there.send("/facts/health_checks", check("c-11", person="p-1")), 425, "ledger-behind")
    followed(clock.moment, all_of_it=True)
    problem(there.send("/facts/health_checks", check("c-12", person="p-1")), 404, "not-found")


def test_whose_person_becomes_theirs_while_it_is_asked_is_told_so_and_not_no_for_good(
    community: Sender, sender: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = sender("community-2", "community", ("health_checks",), area="drill/county-2")
    assert community.send("/facts/health_checks", check(person="p-1")).status_code == 201
    followed(clock.moment, all_of_it=True)

    def a_run_ends(scope: Any, sent: Any) -> bool:
        """Between the denial and the question; as the job would, with the rights of its role."""
        as_owner()
        PersonAccess.objects.create(person="p-1", area="drill/county-2", organisation=None)
        enter(scope)
        return is_too_early(scope, sent)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(api, "is_too_early", a_run_ends)
        assert there.send("/facts/health_checks", check("c-9", person="p-1")).status_code == 201
    assert there.send("/facts/health_checks", check("c-9", person="p-1")).status_code == 200
    as_owner()
    receipts = PartnerReceipt.objects.filter(source_record="c-9").order_by("pk")
    assert list(receipts.values_list("outcome", "problem")) == [("stored", None), ("merged", None)]


def test_nobody_records_about_a_person_of_another_area(community: Sender, sender: Any, clock: Clock) -> None:
    there = sender("community-2", "community", ("health_checks",), area="drill/county-2")
    assert community.send("/facts/health_checks", check(person="p-1")).status_code == 201
    followed(clock.moment, all_of_it=True)
    refused = there.send("/facts/health_checks", check("c-9", person="p-1"))
    absent = there.get("/records/health_checks/c-8")
    assert problem(refused, 404, "not-found")["detail"] == problem(absent, 404, "not-found")["detail"]
    assert len(rows("health_checks")) == 1


def test_a_partner_reads_its_own_records_and_nobody_elses(laboratory: Sender, sender: Any) -> None:
    other = sender("lab-2", "laboratory", ("results",), organisation="lab-2")
    laboratory.send("/facts/results", result())
    problem(other.get("/records/results/r-1"), 404, "not-found")
    assert laboratory.get("/records/results/r-1").status_code == 200


def test_every_read_and_write_is_in_the_audit(laboratory: Sender, community: Sender) -> None:
    community.send("/facts/health_checks", check())
    community.get("/records/health_checks/c-1")
    laboratory.send("/facts/results", result())
    as_owner()
    found = set(AuditEntry.objects.exclude(what="partner").values_list("account", "deed", "what"))
    assert {
        ("community-1", "record", "health_checks"),
        ("community-1", "read", "health_checks"),
        ("lab-1", "record", "results"),
    } <= found
    assert not AuditEntry.objects.filter(subject__in=("c-1", "p-1")).exists()


def test_a_key_never_makes_a_session_and_a_session_is_no_key(
    laboratory: Sender, person_in_office: Any
) -> None:
    answer = laboratory.send("/facts/results", result())
    assert not answer.cookies
    assert "Set-Cookie" not in answer.headers
    as_owner()
    account = person_in_office("laboratory", "drill/county-1", "lab-1")
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    laboratory.client.force_login(account, backend=backend)
    answer = laboratory.client.get("/api/v1/key")
    problem(answer, 401, "no-key")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="sizao"'
    key = {"Authorization": f"Bearer {laboratory.issued.text}"}
    assert laboratory.client.__class__().get("/", headers=key).status_code == 302, "a page sends to sign in"


def test_a_full_or_absent_database_is_said_and_asks_to_come_again(
    laboratory: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OperationalError("could not extend file")

    monkeypatch.setattr(api, "record_from_partner", full)
    answer = laboratory.send("/facts/results", result())
    problem(answer, 503, "not-now")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_bug_is_told_without_a_word_of_what_was_sent(
    laboratory: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("tube-r-1")

    monkeypatch.setattr(api, "record_from_partner", broken)
    answer = laboratory.send("/facts/results", result())
    problem(answer, 500, "bug")
    assert b"tube-r-1" not in answer.content


def test_an_unknown_address_or_method_is_a_problem_too(laboratory: Sender) -> None:
    problem(laboratory.get("/nowhere"), 404, "not-found")
    answer = laboratory.get("/facts/results")
    problem(answer, 405, "method")
    assert answer.headers["Allow"] == "POST"


def test_the_description_is_what_the_key_may_send(laboratory: Sender) -> None:
    mine = laboratory.get("/openapi.json").json()
    facts = ("samples", "sample_members", "results")
    assert {path for path in mine["paths"] if path.startswith(("/api/v1/facts/", "/api/v1/streams/"))} == {
        f"/api/v1/facts/{fact}{way}" for fact in facts for way in ("", "/batches")
    }
    fields = mine["components"]["schemas"]["results"]["properties"]
    assert "positive" in fields["result"]["enum"]
    assert "阳性" in fields["result"]["description"]
    assert door.UNDER in next(iter(mine["paths"]))
