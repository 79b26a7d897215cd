"""An appeal goes from the person to the office that decides, and comes back with its reasons."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sizao.terms.identifiers import hex_key
from sizao_web.records.models import FACT_MODELS, Identity, Obligation, PersonAccess
from sizao_web.records.reading.pack import policy_in_use
from sizao_web.records.sealing import seal

HOME = "drill/county-1/street-1/community-1"

pytestmark = pytest.mark.orders("D2-25", "D2-44")


@pytest.fixture
def people(db: None, moment: Any) -> None:
    for person, name in (("p1", "甲某"), ("neighbour", "邻居丙")):
        PersonAccess.objects.create(person=person, area=HOME)
        named = seal(person, "name", name)
        Identity.objects.create(person=person, name=named, recorded_at=moment, recorded_by="test")


@pytest.fixture
def resident(person_in_office: Any, browser: Any, people: None) -> Any:
    return browser(person_in_office("resident", HOME, person="p1"))


@pytest.fixture
def commission(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("health_commission", "drill/county-1", "office/hc"))


def said(**more: str) -> dict[str, str]:
    return {
        "form": str(uuid4()),
        "against": "restriction",
        "ground": "not_there",
        "statement": "当天在外地",
        **more,
    }


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_an_appeal_is_decided_with_reasons_which_the_person_reads(
    resident: Any, commission: Any, obligation: Any
) -> None:
    row: Obligation = obligation("p1", area=HOME)
    form = said(obligation=row.obligation_id)
    for _ in range(2):
        assert resident.post("/public/own/appeal/", form).status_code == 302
    assert FACT_MODELS["appeals"].objects.count() == 1
    assert "审理中" in text_of(resident.get("/public/own/appeal/"))
    listed = text_of(commission.get("/appeals/"))
    assert "当天在外地" in listed
    assert f"/why/{row.obligation_id}/" in listed
    decision = {"appeal": form["form"], "outcome": "granted", "why": ""}
    assert commission.post("/appeals/", decision).status_code == 422, "no decision without reasons"
    assert commission.post("/appeals/", {**decision, "why": "出入登记证实不在场"}).status_code == 302
    told = text_of(resident.get("/public/own/appeal/"))
    assert "出入登记证实不在场" in told
    assert "成立" in told
    assert "审理中" not in told
    row.refresh_from_db()
    assert row.withdrawn_at is None, "a decision frees nobody by itself"


COMMISSION = {"task": "health_commission", "covers": "drill/county-1", "from_on": date(2020, 1, 1)}


def test_both_read_who_hears_an_appeal_since_when_and_by_when(
    resident: Any, commission: Any, obligation: Any, on_record: Any, moment: Any
) -> None:
    on_record("drill", "offices", office="office/hc", **COMMISSION)
    on_record("drill", "offices", office="office/far", **{**COMMISSION, "covers": "drill"})
    on_record(
        "drill", "public_contacts", subject="office/hc", name_zh="县卫健委", name_en="Commission",
        telephone="000-1", from_on=date(2020, 1, 1),
    )  # fmt: skip
    resident.post("/public/own/appeal/", said())
    pages = [(resident, "/public/own/appeal/"), (resident, "/public/own/"), (commission, "/appeals/")]
    for who, page in pages:
        told = plain_text(who.get(page))
        assert "卫生健康行政部门" in told, page
        assert "自 2020-11-10 09:00 起" in told, page
        assert "规则没有规定" in told, page
    assert "000-1" in plain_text(resident.get("/public/own/appeal/"))

    # The pack has a rule: its row says who must decide, and until when.
    (appeal,) = FACT_MODELS["appeals"].objects.all()
    row = obligation(
        "p1", area=HOME, rule="appeal-decided", verb="decide_appeal", responsible="office/far",
        done_by="office/far", trigger_fact="appeals", trigger_key=hex_key(appeal.key_hi, appeal.key_lo),
        due_at=moment + timedelta(hours=24),
    )  # fmt: skip
    told = plain_text(resident.get("/public/own/appeal/"))
    assert "应在 2020-11-11 09:00 前答复" in told
    assert "000-1" not in told, "another office hears it"
    assert "2020-11-11 09:00 前决定" in plain_text(commission.get("/appeals/"))
    row.due_at = moment - timedelta(hours=1)
    row.save()
    assert "已过期限" in plain_text(resident.get("/public/own/"))


def test_an_appeal_goes_to_the_office_that_the_text_of_the_row_names(
    resident: Any, obligation: Any, on_record: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_record("drill", "offices", office="office/hc", **COMMISSION)
    on_record("drill", "offices", office="office/cdc", **{**COMMISSION, "task": "cdc"})
    monkeypatch.setattr("sizao_web.records.reading.appeals._task", lambda row: "cdc")
    row = obligation("p1", area=HOME)
    resident.post("/public/own/appeal/", said(obligation=row.obligation_id))
    told = plain_text(resident.get("/public/own/appeal/"))
    assert "疾病预防控制中心" in told.split("我的申诉")[1]


def test_where_texts_of_a_pack_send_appeals_to_several_offices_none_is_named_for_one_without_a_row(
    resident: Any, on_record: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_record("drill", "offices", office="office/hc", **COMMISSION)
    on_record("drill", "offices", office="office/cdc", **{**COMMISSION, "task": "cdc"})
    resident.post("/public/own/appeal/", said())
    assert "卫生健康行政部门" in plain_text(resident.get("/public/own/appeal/")).split("我的申诉")[1]

    policy = policy_in_use()
    rule, texts = next((rule, texts) for rule, texts in policy.rules.items() if texts[0].appeal)
    rules = {**policy.rules, rule: tuple(replace(one, appeal="cdc") for one in texts)}
    other = replace(policy, rules=rules)
    monkeypatch.setattr("sizao_web.records.reading.appeals.policy_in_use", lambda: other)
    told = plain_text(resident.get("/public/own/appeal/")).split("我的申诉")[1]
    assert "卫生健康行政部门" not in told
    assert "疾病预防控制中心" not in told


def plain_text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(answer)))


def test_a_wrong_appeal_keeps_what_was_typed(resident: Any) -> None:
    answer = resident.post("/public/own/appeal/", said(ground=""))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "请选择理由" in text
    assert "当天在外地" in text


def test_nobody_appeals_for_another_or_sees_their_appeal(
    resident: Any, obligation: Any, browser: Any, person_in_office: Any
) -> None:
    theirs = obligation("neighbour", area=HOME)
    assert resident.get(f"/public/own/appeal/?obligation={theirs.obligation_id}").status_code == 404
    assert resident.post("/public/own/appeal/", said(person="neighbour")).status_code == 404
    resident.post("/public/own/appeal/", said())
    other = browser(person_in_office("resident", HOME, person="neighbour", name="the-neighbour"))
    assert "当天在外地" not in text_of(other.get("/public/own/appeal/"))


def test_an_office_elsewhere_neither_reads_nor_decides_it(
    resident: Any, browser: Any, person_in_office: Any
) -> None:
    form = said()
    resident.post("/public/own/appeal/", form)
    elsewhere = browser(person_in_office("health_commission", "other", "office/other"))
    assert "当天在外地" not in text_of(elsewhere.get("/appeals/"))
    decision = {"appeal": form["form"], "outcome": "upheld", "why": "x"}
    assert elsewhere.post("/appeals/", decision).status_code == 422
    assert not FACT_MODELS["appeal_decisions"].objects.exists()
