"""What was recorded is never overwritten: corrections stand beside it with their reasons, all of them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sizao.terms.identifiers import hex_key, natural_key
from sizao_web.accounts.models import Account, Assignment
from sizao_web.records.actions.record_facts import Given, record_facts
from sizao_web.records.models import FACT_MODELS

HERE, THERE = "drill/county-1/street/community-1", "drill/county-1/street/community-2"
CHECKS = FACT_MODELS["health_checks"]
KEY = hex_key(*natural_key("health_checks", "sizao", "the-check"))
PAGE = f"/facts/health_checks/{KEY}/"


@pytest.fixture
def worker(person_in_office: Any, as_scope: Any, browser: Any, obligation: Any, moment: datetime) -> Any:
    """A community worker who recorded a temperature of p1, to the second."""
    obligation(about="p1")
    account = person_in_office("community", HERE, name="worker")
    with as_scope(account) as scope:
        values = {
            "person": "p1",
            "checked_at": datetime(2020, 11, 9, 23, 30, 21, tzinfo=UTC),
            "temperature": 36.5,
            "symptoms": False,
        }
        given = [Given("health_checks", values, "the-check")]
        record_facts(scope, moment - timedelta(hours=1), given)
    return browser(account)


def correction(page: str, **changes: str) -> dict[str, str]:
    """The form as it stands on the page, with some fields filled in otherwise."""
    page = page.split('<form method="post" class="entry-form"')[1]
    fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', page))
    checked = re.findall(r'<input type="radio" name="(\w+)" value="(\w*)"[^>]*checked', page)
    return {**fields, **dict(checked), **changes}


def test_a_correction_is_a_new_version_under_the_same_key_with_its_reason(worker: Any) -> None:
    form = correction(worker.get(f"{PAGE}correct/").content.decode(), temperature="38.5", reason="抄错")
    assert worker.post(f"{PAGE}correct/", form)["Location"] == PAGE
    links = list(CHECKS.objects.order_by("source_version"))
    assert [(one.action, one.source_version, one.temperature, one.reason) for one in links] == [
        ("record", 1, 36.5, None),
        ("replace", 2, 38.5, "抄错"),
    ]
    assert (links[1].source_record, links[1].area) == (links[0].source_record, links[0].area)
    page = worker.get(PAGE).content.decode()
    assert "<del>36.5 °C</del> → <ins>38.5 °C</ins>" in page
    assert "抄错" in page


def test_what_the_form_cannot_show_in_full_stays_as_it_was(worker: Any) -> None:
    form = correction(worker.get(f"{PAGE}correct/").content.decode(), temperature="38.5", reason="抄错")
    worker.post(f"{PAGE}correct/", form)
    assert CHECKS.objects.get(action="replace").checked_at.second == 21


def test_two_who_correct_the_same_version_are_both_kept_and_shown(worker: Any) -> None:
    seen = worker.get(f"{PAGE}correct/").content.decode()
    for temperature in ("38.5", "39.5"):
        form = correction(seen, temperature=temperature, reason="抄错")
        assert worker.post(f"{PAGE}correct/", form).status_code == 302
    assert sorted(CHECKS.objects.filter(action="replace").values_list("source_version", "temperature")) == [
        (2, 38.5),
        (2, 39.5),
    ]
    page = worker.get(PAGE).content.decode()
    assert "同一版有多条不同的更正" in page
    assert page.count("并存的更正") == 2


def test_the_same_correction_sent_twice_is_one(worker: Any) -> None:
    form = correction(worker.get(f"{PAGE}correct/").content.decode(), temperature="38.5", reason="抄错")
    for _ in range(2):
        assert worker.post(f"{PAGE}correct/", form).status_code == 302
    assert CHECKS.objects.count() == 2


def test_a_correction_must_say_why_and_keeps_what_was_typed(worker: Any) -> None:
    form = correction(worker.get(f"{PAGE}correct/").content.decode(), temperature="38.5", reason=" ")
    answer = worker.post(f"{PAGE}correct/", form)
    assert answer.status_code == 422
    assert "须写明更正理由" in answer.content.decode()
    assert 'value="38.5"' in answer.content.decode()
    assert CHECKS.objects.count() == 1


def test_a_correction_never_moves_a_record_to_somebody_else(worker: Any, obligation: Any) -> None:
    obligation(about="p2")
    form = correction(
        worker.get(f"{PAGE}correct/").content.decode(), person="p2", temperature="38.5", reason="x"
    )
    worker.post(f"{PAGE}correct/", form)
    assert set(CHECKS.objects.values_list("person", flat=True)) == {"p1"}


def test_what_was_retracted_counts_no_more_and_comes_back_by_a_correction(worker: Any) -> None:
    assert worker.post(f"{PAGE}retract/", {"reason": "", "seen": "1"}).status_code == 422
    assert worker.post(f"{PAGE}retract/", {"reason": "登错人", "seen": "1"}).status_code == 302
    again = worker.post(f"{PAGE}retract/", {"reason": "登错人", "seen": "2"})
    assert "已经撤回" in again.content.decode()
    page = worker.get(PAGE).content.decode()
    assert "恢复并更正" in page
    form = correction(worker.get(f"{PAGE}correct/").content.decode(), reason="没有登错")
    worker.post(f"{PAGE}correct/", form)
    assert "已撤回" not in worker.get(PAGE).content.decode().split("经过")[0]


def test_only_the_area_of_a_record_and_those_around_it_correct_it(
    worker: Any, person_in_office: Any, browser: Any, obligation: Any
) -> None:
    street = browser(person_in_office("street", "drill/county-1/street"))
    assert street.get(PAGE).status_code == 200
    assert street.get(f"{PAGE}correct/").status_code == 403, "the street does not give this fact"
    obligation(about="p1", area=THERE, responsible="office/2", done_by="office/2")
    neighbour = browser(person_in_office("community", THERE))
    assert neighbour.get(PAGE).status_code == 200, "the person is known there too"
    assert f"{PAGE}correct/" not in neighbour.get(PAGE).content.decode()
    assert neighbour.get(f"{PAGE}correct/").status_code == 403
    stranger = browser(person_in_office("community", "drill/county-2/street/community-1"))
    assert stranger.get(PAGE).status_code == 404


def test_the_page_of_a_fact_names_the_rows_that_rest_on_it(worker: Any, obligation: Any) -> None:
    row = obligation(about="p1", status="met", met_by=f"health_checks:{KEY}")
    other = obligation(about="p1", status="met", met_by="health_checks:" + "0" * 32)
    page = worker.get(PAGE).content.decode()
    assert f"/why/{row.obligation_id}/" in page
    assert f"/why/{other.obligation_id}/" not in page


def test_who_recorded_and_who_looked_are_named_with_their_office_and_the_account_beside(
    worker: Any, on_record: Any, obligation: Any
) -> None:
    account = Account.objects.get(username="worker")
    account.name_zh, account.name_en = "网格员 小林", "Xiao Lin"
    account.save()
    Assignment.objects.filter(account=account).update(organisation="office/1")
    office = {"task": "community", "covers": HERE, "from_on": date(2020, 1, 1)}
    on_record("drill", "offices", office="office/1", **office)
    told = plain(worker.get(PAGE))
    assert "由 网格员 小林 worker · drill/county-1/street/community-1 · 社区" in told
    page = worker.get("/persons/p1/")
    looked = plain(page).split("谁看过")[1]
    assert "网格员 小林 worker · drill/county-1/street/community-1 · 社区" in looked
    worker.post("/language/", {"language": "en"})
    assert "by Xiao Lin worker" in plain(worker.get(PAGE))


def test_a_resident_is_not_named_to_whoever_reads_what_they_recorded(
    worker: Any, person_in_office: Any, as_scope: Any, moment: datetime, obligation: Any
) -> None:
    """The name of their account is the name of a person, which pages show to those alone who may know it."""
    resident = person_in_office("resident", HERE, person="p1", name="their-account")
    resident.name_zh = "顾某"
    resident.save()
    with as_scope(resident) as scope:
        values = {"person": "p1", "declared_at": moment, "receiver": "community", "symptoms": False}
        record_facts(scope, moment, [Given("declarations", values, "declared")])
    key = hex_key(*natural_key("declarations", "sizao", "declared"))
    told = plain(worker.get(f"/facts/declarations/{key}/"))
    assert "由 their-account 登记" in told
    assert "顾某" not in told


def plain(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))
