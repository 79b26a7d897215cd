"""A partner's day: what it says it sent beside what is here, and what got lost on the way by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from shell.gateway.conftest import CITY, HERE, KEEPER, MOMENT, THERE, Clock, Sender, check, result
from shell.gateway.test_batches import NDJSON, check_in, headers_of, lines, parcel, sheet, stored
from shell.gateway.test_sending import as_owner, problem
from sizao.cli.running import run
from sizao_web.accounts.models import Account
from sizao_web.command import partners as command
from sizao_web.records.actions.resume_delivery import resume
from sizao_web.records.ledger import runs
from sizao_web.records.models import Partner, PartnerParcel
from sizao_web.records.reading.partner_days import lines as lines_of_day
from sizao_web.records.reading.reconciliation import reconcile


def declared(*records: str, version: int = 1) -> list[dict[str, Any]]:
    """Results that the laboratory says it sent."""
    return [{"fact": "results", "source_record": record, "source_version": version} for record in records]


def test_a_day_is_closed_when_everything_sent_is_stored_merged_or_rejected(
    laboratory: Sender, clock: Clock
) -> None:
    laboratory.send("/facts/results", result("r-0"))
    clock.forward(days=1)
    laboratory.send("/facts/results", result("r-0"))  # stored the day before: merged today
    laboratory.send("/facts/results", result("r-1"))
    laboratory.send("/facts/results", result("r-1"))  # its answer was lost; it still counts as stored
    laboratory.send("/facts/results", result("r-2", result="?"))  # rejected
    said = {"records": declared("r-0", "r-1", "r-2")}
    assert laboratory.send("/days/2020-11-11/manifest", said).status_code == 201
    found = laboratory.get("/days/2020-11-11/reconciliation").json()
    counts = {name: found[name] for name in ("sent", "stored", "merged", "rejected", "missing", "difference")}
    assert counts == {"sent": 3, "stored": 1, "merged": 1, "rejected": 1, "missing": 0, "difference": 0}
    assert found["rejected_records"] == declared("r-2")
    assert found["by_fact"] == {"results": {"stored": 1, "merged": 1, "rejected": 1, "missing": 0}}


def test_a_record_lost_on_the_way_is_found_by_name(laboratory: Sender) -> None:
    for record in ("r-1", "r-2", "r-4"):
        laboratory.send("/facts/results", result(record))
    laboratory.send("/days/2020-11-10/manifest", {"records": declared("r-1", "r-2", "r-3")})
    found = laboratory.get("/days/2020-11-10/reconciliation").json()
    assert (found["sent"], found["stored"], found["difference"]) == (3, 2, 1)
    assert found["missing_records"] == declared("r-3")
    assert found["not_declared"] == declared("r-4")
    laboratory.send("/facts/results", result("r-3"))
    assert laboratory.get("/days/2020-11-10/reconciliation").json()["difference"] == 0


def test_the_last_declaration_counts(laboratory: Sender) -> None:
    laboratory.send("/days/2020-11-10/manifest", {"records": declared("r-1")})
    laboratory.send("/days/2020-11-10/manifest", {"records": declared("r-1", "r-1", "r-2")})
    found = laboratory.get("/days/2020-11-10/manifest").json()
    assert found["records"] == declared("r-1", "r-2"), "named twice it is one record"


def test_a_day_is_its_partners_own(laboratory: Sender, sender: Any) -> None:
    other = sender("lab-2", "laboratory", ("results",), organisation="lab-2")
    laboratory.send("/facts/results", result("r-1"))
    laboratory.send("/days/2020-11-10/manifest", {"records": declared("r-1")})
    problem(other.get("/days/2020-11-10/manifest"), 404, "not-found")
    problem(other.get("/days/2020-11-10/reconciliation"), 404, "not-found")
    other.send("/days/2020-11-10/manifest", {"records": declared("r-1")})
    assert other.get("/days/2020-11-10/reconciliation").json()["missing"] == 1


def test_what_cannot_be_a_declaration_is_refused(laboratory: Sender) -> None:
    for body, status, code in (
        ({"records": [{"fact": "health_checks", "source_record": "x"}]}, 422, "wrong-values"),
        ({"files": [{"name": "a", "sha256": "x", "rows": 1}]}, 422, "wrong-values"),
        ({"files": [{"name": "a\x00", "sha256": "0" * 64, "rows": 1}]}, 422, "wrong-values"),
        ({"file": []}, 400, "unknown-field"),
        (b"{", 400, "malformed"),
    ):
        problem(laboratory.send("/days/2020-11-10/manifest", body), status, code)
    for day in ("2020-10-01", "2020-11-13", "9999-12-31", "today"):
        problem(laboratory.send(f"/days/{day}/manifest", {"records": []}), 422, "wrong-values")
    problem(laboratory.get("/days/2020-11-10/reconciliation"), 404, "not-found")


@pytest.fixture
def door(sender: Callable[..., Sender]) -> Sender:
    """A place that scans codes and measures temperatures at its door."""
    return sender("gate-1", "institution", ("check_ins", "temperatures"), organisation="venue-1")


def warm(record: str) -> dict[str, Any]:
    """Somebody's temperature at the door."""
    said = {"source_record": record, "person": "p-1", "place": "venue-1", "celsius": 36.6}
    return {**said, "measured_at": "2020-11-10T00:30:00Z"}


def counts_of(found: dict[str, Any]) -> tuple[int, ...]:
    """sent, stored, merged, rejected, missing, difference."""
    names = ("sent", "stored", "merged", "rejected", "missing", "difference")
    return tuple(found[name] for name in names)


def test_a_day_of_streams_is_closed_when_every_parcel_came(door: Sender) -> None:
    first, second = lines(check_in("a"), check_in("b")), lines(warm("t-1"), warm("t-2"), warm("t-3"))
    contradicting = lines(check_in("a", person="p-2"), check_in("c"))
    wrong = lines(check_in("d", checked_in_at="yesterday"), check_in("e"))
    for stream, body in (
        ("check_ins", first),
        ("temperatures", second),
        ("check_ins", first),  # its answer was lost
        ("check_ins", contradicting),
        ("check_ins", wrong),
    ):
        door.send(f"/streams/{stream}", body, **NDJSON)
    declared = [parcel(first, 2), parcel(second, 3, "temperatures"), parcel(contradicting, 2)]
    said = {"parcels": [*declared, parcel(wrong, 2)]}
    answer = door.send("/days/2020-11-10/manifest", said)
    assert answer.status_code == 201, answer.content
    found = door.get("/days/2020-11-10/reconciliation").json()
    assert counts_of(found) == (9, 6, 0, 3, 0, 0)
    assert found["by_fact"] == {
        "check_ins": {"stored": 3, "merged": 0, "rejected": 3, "missing": 0},
        "temperatures": {"stored": 3, "merged": 0, "rejected": 0, "missing": 0},
    }
    assert [one["sha256"] for one in found["rejected_parcels"]] == sorted(
        sha256(one).hexdigest() for one in (contradicting, wrong)
    )
    assert found["parcels_not_declared"] == []


def test_a_parcel_that_was_lost_is_found_and_sent_again_it_closes_the_day(door: Sender) -> None:
    came, lost, beside = lines(check_in("a")), lines(check_in("b"), check_in("c")), lines(check_in("d"))
    door.send("/streams/check_ins", came, **NDJSON)
    door.send("/streams/check_ins", beside, **NDJSON)
    door.send("/days/2020-11-10/manifest", {"parcels": [parcel(came, 1), parcel(lost, 2)]})
    found = door.get("/days/2020-11-10/reconciliation").json()
    assert counts_of(found) == (3, 1, 0, 0, 2, 2)
    assert found["missing_parcels"] == [parcel(lost, 2)]
    assert found["parcels_not_declared"] == [parcel(beside, 1)]
    door.send("/streams/check_ins", lost, **NDJSON)
    assert counts_of(door.get("/days/2020-11-10/reconciliation").json()) == (3, 3, 0, 0, 0, 0)


def test_a_parcel_that_came_the_day_before_was_there_already(door: Sender, clock: Clock) -> None:
    body = lines(check_in("a"), check_in("b"))
    door.send("/streams/check_ins", body, **NDJSON)
    clock.forward(days=1)
    door.send("/days/2020-11-11/manifest", {"parcels": [parcel(body, 2)]})
    assert counts_of(door.get("/days/2020-11-11/reconciliation").json()) == (2, 0, 2, 0, 0, 0)
    door.send("/streams/check_ins", body, **NDJSON)
    assert counts_of(door.get("/days/2020-11-11/reconciliation").json()) == (2, 0, 2, 0, 0, 0)


def test_a_parcel_of_another_number_of_rows_leaves_the_day_open(door: Sender) -> None:
    body = lines(check_in("a"), check_in("b"))
    door.send("/streams/check_ins", body, **NDJSON)
    door.send("/days/2020-11-10/manifest", {"parcels": [parcel(body, 5)]})
    assert counts_of(door.get("/days/2020-11-10/reconciliation").json()) == (5, 2, 0, 0, 3, 3)


def test_parcels_of_a_stream_that_the_key_does_not_send_are_not_declared(laboratory: Sender) -> None:
    for stream in ("check_ins", "results", "nothing"):
        said = {"parcels": [parcel(b"x", 1, stream)]}
        problem(laboratory.send("/days/2020-11-10/manifest", said), 422, "wrong-values")


def test_another_content_under_the_same_number_is_rejected_in_the_day(
    laboratory: Sender, clock: Clock
) -> None:
    laboratory.send("/facts/results", result("r-1"))
    clock.forward(days=1)
    problem(laboratory.send("/facts/results", result("r-1", result="positive")), 409, "conflict")
    laboratory.send("/days/2020-11-11/manifest", {"records": declared("r-1")})
    found = laboratory.get("/days/2020-11-11/reconciliation").json()
    assert counts_of(found) == (1, 0, 0, 1, 0, 0), "what was sent that day is kept and does not count"


@pytest.fixture
def keeper(person_in_office: Callable[..., Account], browser: Callable[..., Client]) -> Client:
    """The administrator of the city."""
    return browser(person_in_office("administrator", CITY))


def a_day(laboratory: Sender) -> tuple[bytes, bytes]:
    """A file that came and one that was lost, a record that came and one that was lost."""
    morning, noon = sheet("r-1", "r-2"), sheet("r-3", "r-4", "r-5")
    number = laboratory.send("/facts/results/batches", morning, **headers_of(morning, 2)).json()["delivery"]
    stored(number)
    laboratory.send("/facts/results", result("r-8"))
    files = [
        {"name": name, "sha256": sha256(content).hexdigest(), "rows": rows}
        for name, content, rows in (("morning.csv", morning, 2), ("noon.csv", noon, 3))
    ]
    laboratory.send("/days/2020-11-10/manifest", {"files": files, "records": declared("r-8", "r-9")})
    as_owner()
    return morning, noon


def test_who_keeps_partners_sees_the_day_and_what_is_missing_by_name(
    laboratory: Sender, keeper: Client
) -> None:
    _, noon = a_day(laboratory)
    address = "/partners/of/lab-1/day/"
    page = keeper.get(address).content.decode()
    assert "差额 4" in page
    assert "noon.csv" in page
    missing = keeper.get(f"{address}?day=2020-11-10&of=missing").content.decode()
    assert "noon.csv" in missing
    assert "r-9" in missing
    assert "morning.csv" not in missing
    assert "r-8" not in missing
    file = keeper.get(f"{address}?day=2020-11-10&of=missing&as=csv")
    assert [line.split(",")[1] for line in file.content.decode().splitlines()[1:]] == ["noon.csv", "results"]
    laboratory.send("/facts/results", result("r-9"))
    number = laboratory.send("/facts/results/batches", noon, **headers_of(noon, 3)).json()["delivery"]
    stored(number)
    as_owner()
    assert "差额 0" in keeper.get(address).content.decode()
    assert keeper.get(f"{address}?day=x").status_code == 422
    assert "没有申报" in keeper.get(f"{address}?day=2020-11-09").content.decode()


def test_rows_that_wait_for_the_ledger_are_here_and_come_in_by_themselves(
    community: Sender, sender: Callable[..., Sender], keeper: Client
) -> None:
    runs.forget()
    there = sender("community-2", "community", ("health_checks",), area=THERE)
    for person in ("p-1", "p-2"):
        assert community.send("/facts/health_checks", check(f"c-{person}", person)).status_code == 201
    as_owner()
    runs.touched(MOMENT)
    moved = {"source_record": "s-1", "person": "p-1", "located_in": THERE, "from_on": "2020-11-10"}
    assert community.send("/facts/stays", moved).status_code == 201
    content = "\n".join(
        json.dumps(check(f"r-{person}", person), ensure_ascii=False) for person in ("p-1", "p-2", "new")
    ).encode()
    headers = headers_of(content, 3, "application/x-ndjson")
    number = there.send("/facts/health_checks/batches", content, **headers).json()["delivery"]
    assert stored(number).state == "stored"
    files = [{"name": "a.ndjson", "sha256": sha256(content).hexdigest(), "rows": 3}]
    assert there.send("/days/2020-11-10/manifest", {"files": files}).status_code == 201
    said = there.get(f"/deliveries/{number}").json()
    assert [row["outcome"] for row in said["rows"]] == ["waiting", "waiting", "stored"]
    assert said["rows"][0]["problems"][0]["en"].partition(", ")[2] == (
        said["rows"][1]["problems"][0]["en"].partition(", ")[2].replace("line 2", "line 1")
    )
    day = there.get("/days/2020-11-10/reconciliation").json()
    assert (day["waiting"], *counts_of(day)) == (2, 3, 1, 0, 0, 0, 0)
    assert (day["files"][0]["stored"], day["files"][0]["waiting"]) == (1, 2)
    as_owner()
    (line,) = lines_of_day(reconciled("community-2"))
    assert (line.outcome, line.stored, line.waiting, line.missing) == ("waiting", 1, 2, 0)
    address = "/partners/of/community-2/day/?day=2020-11-10"
    assert "等台账" in keeper.get(f"{address}&of=waiting").content.decode()
    file = keeper.get(f"{address}&as=csv").content.decode("utf-8-sig").splitlines()
    assert file[0] == "种类,内容,编号或摘要,行,入库,合并（已有）,拒收,等台账,缺失,收到但未申报"
    assert file[1].endswith(",3,1,0,0,2,0,0")
    as_owner()
    runs.touched(MOMENT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'deliveries.resume'")
        ((job,),) = cursor.fetchall()
        cursor.execute("SET LOCAL ROLE sizao_worker")
    resume(**(json.loads(job) if isinstance(job, str) else job), moment=MOMENT)
    as_owner()
    said = there.get(f"/deliveries/{number}").json()
    assert [row["outcome"] for row in said["rows"]] == ["stored", "rejected", "stored"]
    assert (said["waiting"], said["stored"], said["rejected"]) == (0, 2, 1)
    day = there.get("/days/2020-11-10/reconciliation").json()
    assert (day["waiting"], *counts_of(day)) == (0, 3, 2, 0, 1, 0, 0)
    runs.forget()


def reconciled(partner: str) -> Any:
    """The day of a partner, as who keeps it reads it."""
    account = Partner.objects.get(name=partner).account
    return reconcile(KEEPER, MOMENT.date(), account)


def test_a_day_is_not_seen_by_the_keeper_of_another_city(
    laboratory: Sender, door: Sender, person_in_office: Callable[..., Account], browser: Callable[..., Client]
) -> None:
    a_day(laboratory)
    door.send("/streams/check_ins", lines(check_in("a")), **NDJSON)
    as_owner()
    assert PartnerParcel.objects.count() == 1
    other = browser(person_in_office("administrator", "elsewhere"))
    assert other.get("/partners/of/lab-1/day/").status_code == 404


def test_the_lines_of_a_day_add_up_to_its_counts(
    laboratory: Sender, as_scope: Any, person_in_office: Any
) -> None:
    a_day(laboratory)
    laboratory.send("/facts/results", result("r-7"))
    as_owner()
    with as_scope(person_in_office("administrator", HERE)) as scope:
        found = reconcile(scope, MOMENT.date(), "lab-1")
    assert found is not None
    every = lines_of_day(found)
    for outcome, count in found.counts.items():
        assert sum(getattr(one, outcome) for one in every) == count
        assert sum(getattr(one, outcome) for one in lines_of_day(found, outcome)) == count
    assert [one.number for one in lines_of_day(found, "not_declared")] == ["r-7"]


def test_the_command_says_what_is_missing_until_the_day_is_closed(
    laboratory: Sender, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "administrating", nullcontext)  # another process elsewhere, here this one
    _, noon = a_day(laboratory)
    capsys.readouterr()
    assert run(["partner", "day", "lab-1", "2020-11-10"], {}) == 1
    said = capsys.readouterr()
    assert "3 rows are missing: noon.csv" in said.out
    assert "1 rows are missing: results r-9" in said.out
    assert "the difference is 4" in said.err
    as_owner()
    laboratory.send("/facts/results", result("r-9"))
    number = laboratory.send("/facts/results/batches", noon, **headers_of(noon, 3)).json()["delivery"]
    stored(number)
    as_owner()
    capsys.readouterr()
    assert run(["partner", "day", "lab-1", "2020-11-10", "--json"], {}) == 0
    assert json.loads(capsys.readouterr().out)["difference"] == 0
    as_owner()
    for wrong in ("2020-11-09", "someday"):
        assert run(["partner", "day", "lab-1", wrong], {}) == 1
        as_owner()
