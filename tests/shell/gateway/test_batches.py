"""A partner sends files and rows of streams: kept before the answer, stored once, refused when cut off."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection

from shell.gateway.conftest import MOMENT, Clock, Sender, result
from shell.gateway.test_sending import as_owner, problem, rows
from sizao_web.records.actions.deliver import take_in
from sizao_web.records.models import Delivery

CSV = "text/csv"


def headers_of(content: bytes, number: int, kind: str = CSV) -> dict[str, str]:
    """What a sender says of its file."""
    digest = b64encode(sha256(content).digest()).decode()
    return {"Content_Type": kind, "Sizao_Rows": str(number), "Content_Digest": f"sha-256=:{digest}:"}


def sheet(*records: str) -> bytes:
    """Results as a file."""
    lines = ["sample,result,resulted_at,laboratory,source_record"]
    lines += [f"tube-{one},negative,2020-11-10T00:30:00Z,lab-1,{one}" for one in records]
    return "\n".join(lines).encode()


def stored(delivery: str) -> Delivery:
    """The delivery after its job, done under the role of jobs: their row policies bind it too."""
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE sizao_worker")
    done = take_in(delivery, MOMENT)
    as_owner()
    return done


def test_a_file_is_kept_and_its_rows_are_stored_in_the_partners_name(laboratory: Sender) -> None:
    content = sheet("r-1", "r-2", "r-3")
    answer = laboratory.send("/facts/results/batches", content, **headers_of(content, 3))
    assert answer.status_code == 202, answer.content
    number = answer.json()["delivery"]
    assert stored(number).state == "stored"
    said = laboratory.get(f"/deliveries/{number}").json()
    assert (said["sent"], said["stored"], said["rejected"]) == (3, 3, 0)
    assert [row["outcome"] for row in said["rows"]] == ["stored"] * 3
    assert said["receipt"]
    assert {row.source_system for row in rows("results")} == {"lab-1"}
    again = laboratory.send("/facts/results/batches", content, **headers_of(content, 3)).json()
    assert (again["delivery"], again["again"]) == (number, True)


def test_what_came_by_itself_is_merged_when_it_comes_in_a_file(laboratory: Sender) -> None:
    laboratory.send("/facts/results", result("r-1", resulted_at="2020-11-10T00:30:00Z"))
    content = sheet("r-1", "r-2")
    number = laboratory.send("/facts/results/batches", content, **headers_of(content, 2)).json()["delivery"]
    done = stored(number)
    assert (done.stored, done.merged) == (1, 1)


def test_a_file_that_is_cut_off_or_says_nothing_of_itself_is_refused_whole(laboratory: Sender) -> None:
    content = sheet("r-1", "r-2")
    said = headers_of(content, 2)
    problem(laboratory.send("/facts/results/batches", content[:-9], **said), 422, "refused")
    for missing in ("Sizao_Rows", "Content_Digest"):
        without = {name: value for name, value in said.items() if name != missing}
        problem(laboratory.send("/facts/results/batches", content, **without), 400, "wrong-header")
    problem(
        laboratory.send("/facts/results/batches", content, **{**said, "Content_Type": "text/plain"}),
        415,
        "media-type",
    )
    as_owner()
    assert not Delivery.objects.exists()
    number = laboratory.send("/facts/results/batches", content, **headers_of(content, 3)).json()["delivery"]
    assert stored(number).state == "refused", "two rows instead of three"
    assert not rows("results")


def test_a_retraction_in_a_file_need_not_repeat_the_record(laboratory: Sender) -> None:
    first = sheet("r-1", "r-2")
    stored(laboratory.send("/facts/results/batches", first, **headers_of(first, 2)).json()["delivery"])
    head = "sample,result,resulted_at,source_record,source_version,action,reason\n"
    second = head + "".join(f",,,{one},2,retract,wrong tube\n" for one in ("r-1", "r-9"))
    number = sent_whole(laboratory, second, 2)
    assert stored(number).state == "stored", "and does not stand in 'storing' for ever"
    found = laboratory.get(f"/deliveries/{number}").json()
    assert [row["outcome"] for row in found["rows"]] == ["stored", "rejected"]
    why = found["rows"][1]["problems"][0]["en"]
    assert "no record to correct" in why
    assert "found nothing" not in why, "nothing is empty in this row"
    record, retracted = laboratory.get("/records/results/r-1").json()["versions"]
    assert retracted["action"] == "retract"
    for name in ("sample", "result", "resulted_at", "happened_at"):
        assert retracted[name] == record[name], "who sees the record must see that it no longer holds"
    later = sent_whole(laboratory, head + ",,,r-1,2,retract,wrong tube\n", 1)
    assert stored(later).merged == 1


def sent_whole(laboratory: Sender, text: str, number: int) -> str:
    """The delivery of a file of results."""
    said = headers_of(text.encode(), number)
    return str(laboratory.send("/facts/results/batches", text.encode(), **said).json()["delivery"])


def test_a_file_in_the_encoding_of_a_chinese_spreadsheet_is_read_where_it_says_so(laboratory: Sender) -> None:
    text = "样本编号,结果,出结果时间,来源记录\ntube-1,negative,2020-11-10 08:30,登记-1\n"
    content = text.encode("gbk")
    unsaid = laboratory.send("/facts/results/batches", content, **headers_of(content, 1)).json()["delivery"]
    assert stored(unsaid).state == "refused"
    assert "charset=gb18030" in laboratory.get(f"/deliveries/{unsaid}").json()["problems"][0]["fix"]["en"]
    other = headers_of(text.encode("utf-16"), 1, "text/csv; charset=utf-16")
    answer = laboratory.send("/facts/results/batches", text, **other)  # the client writes it as the type says
    assert "GB18030" in problem(answer, 415, "media-type")["detail_en"]
    said = headers_of(content, 1, "text/csv; charset=GBK")
    number = laboratory.send("/facts/results/batches", text, **said).json()["delivery"]
    assert stored(number).stored == 1, laboratory.get(f"/deliveries/{number}").json()
    assert [row.source_record for row in rows("results")] == ["登记-1"]


def test_a_file_that_is_there_is_not_there_again_with_another_count(laboratory: Sender) -> None:
    content = sheet("r-1", "r-2")
    number = laboratory.send("/facts/results/batches", content, **headers_of(content, 2)).json()["delivery"]
    stored(number)
    other = laboratory.send("/facts/results/batches", content, **headers_of(content, 5)).json()
    assert (other["again"], other["delivery"] == number) == (False, False)
    assert stored(other["delivery"]).state == "refused", "its sender lost three rows, or counted wrong"
    again = laboratory.send("/facts/results/batches", content, **headers_of(content, 2)).json()
    assert (again["again"], again["delivery"]) == (True, number)


def test_what_is_wrong_with_a_row_is_told_to_machines_too(laboratory: Sender) -> None:
    text = (
        "sample,result,resulted_at,laboratory,source_record\n"
        "tube-1,negatif,2020-11-10T00:30:00Z,lab-1,r-1\n"
        "tube-2,negative,2020-11-19T00:30:00Z,lab-1,r-2\n"
    )
    number = sent_whole(laboratory, text, 2)
    stored(number)
    code, late = (row["problems"][0] for row in laboratory.get(f"/deliveries/{number}").json()["rows"])
    assert (code["kind"], code["column"], code["nearest"]) == ("wrong_code", "result", "negative")
    assert late["kind"].startswith("implausible_")
    assert "found nothing" not in late["en"], "the cell is not empty"
    assert "读到 空" not in late["zh"]


def test_a_day_is_declared_before_it_is_reconciled_and_that_is_said(laboratory: Sender) -> None:
    for address in ("reconciliation", "manifest"):
        said = problem(laboratory.get(f"/days/2020-11-10/{address}"), 404, "not-found")
        assert "/manifest" in said["next_en"]


def test_a_delivery_is_its_senders_own(laboratory: Sender, sender: Any) -> None:
    other = sender("lab-2", "laboratory", ("results",), organisation="lab-2")
    content = sheet("r-1")
    number = laboratory.send("/facts/results/batches", content, **headers_of(content, 1)).json()["delivery"]
    problem(other.get(f"/deliveries/{number}"), 404, "not-found")
    problem(laboratory.get("/deliveries/00000000-0000-7000-8000-000000000000"), 404, "not-found")


def test_the_day_finds_the_one_file_that_was_lost(laboratory: Sender) -> None:
    morning, noon = sheet("r-1", "r-2"), sheet("r-3", "r-4", "r-5")
    number = laboratory.send("/facts/results/batches", morning, **headers_of(morning, 2)).json()["delivery"]
    stored(number)
    laboratory.send("/facts/results", result("r-9"))
    files = [
        {"name": name, "sha256": sha256(content).hexdigest(), "rows": number}
        for name, content, number in (("morning.csv", morning, 2), ("noon.csv", noon, 3))
    ]
    records = [{"fact": "results", "source_record": "r-9", "source_version": 1}]
    laboratory.send("/days/2020-11-10/manifest", {"files": files, "records": records})
    found = laboratory.get("/days/2020-11-10/reconciliation").json()
    assert (found["sent"], found["stored"], found["missing"], found["difference"]) == (6, 3, 3, 3)
    assert found["missing_files"] == ["noon.csv"]
    number = laboratory.send("/facts/results/batches", noon, **headers_of(noon, 3)).json()["delivery"]
    assert laboratory.get("/days/2020-11-10/reconciliation").json()["difference"] == 3, "it is not stored yet"
    stored(number)
    found = laboratory.get("/days/2020-11-10/reconciliation").json()
    assert (found["sent"], found["stored"], found["difference"], found["missing_files"]) == (6, 6, 0, [])


@pytest.fixture
def gate(sender: Any) -> Sender:
    """A place that scans codes at its door."""
    return sender("gate-1", "institution", ("check_ins",), organisation="venue-1")


def check_in(record: str, **other: Any) -> dict[str, Any]:
    """Somebody came through the door."""
    said = {"source_record": record, "person": "p-1", "place": "venue-1"}
    said |= {"checked_in_at": "2020-11-10T00:30:00Z"}
    return {**said, **other}


def lines(*rows_: dict[str, Any]) -> bytes:
    """One JSON object a line."""
    return "\n".join(json.dumps(row) for row in rows_).encode()


NDJSON = {"Content_Type": "application/x-ndjson"}


def parcel(content: bytes, number: int, stream: str = "check_ins") -> dict[str, Any]:
    """What a sender says of rows that it sent together."""
    return {"stream": stream, "sha256": sha256(content).hexdigest(), "rows": number}


def test_rows_of_a_stream_are_stored_before_the_answer_and_once(gate: Sender) -> None:
    sent = lines(check_in("a"), check_in("b"))
    first = gate.send("/streams/check_ins", sent, **NDJSON)
    assert first.status_code == 200, first.content
    assert first.json() == {"sent": 2, "stored": 2, "merged": 0, "conflicts": []}
    assert gate.send("/streams/check_ins", sent, **NDJSON).json()["merged"] == 2
    other = lines(check_in("a", person="p-2"), check_in("c"))
    assert gate.send("/streams/check_ins", other, **NDJSON).json() == {
        "sent": 2, "stored": 1, "merged": 0, "conflicts": ["a"],
    }  # fmt: skip


def test_what_is_wrong_in_a_stream_is_named_by_line(gate: Sender, clock: Clock) -> None:
    address, bare = "/streams/check_ins", {"source_record": "a"}
    said = problem(gate.send(address, lines(bare), **NDJSON), 422, "wrong-values")
    assert all(fault["pointer"].startswith("/0/") for fault in said["errors"])
    problem(gate.send(address, lines({**bare, "x": 1}), **NDJSON), 400, "unknown-field")
    problem(gate.send(address, b"\n", **NDJSON), 400, "malformed")
    problem(gate.send(address, b"{}"), 415, "media-type")
    problem(gate.send("/streams/temperatures", lines(check_in("a")), **NDJSON), 404, "not-found")
    problem(gate.send("/facts/check_ins", check_in("a")), 404, "not-found")
