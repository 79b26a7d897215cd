"""Recording facts through forms made from the dictionary: what is offered, refused, and how it is said."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from sizao.facts.dictionary import FACTS
from sizao.terms.identifiers import natural_key
from sizao_web.accounts.roles import REOPENING, ROLES, STAFF
from sizao_web.records.models import FACT_MODELS

HERE, THERE = "drill/county-1/street/community-1", "drill/county-1/street/community-2"

KEY = re.compile(r"/facts/(\w+)/([0-9a-f]{32})/")


def test_every_fact_that_some_duty_gives_has_a_form_that_opens(person_in_office: Any, browser: Any) -> None:
    # A resident has pages of their own.
    given = [(name, fact) for name in STAFF for fact in ROLES[name].gives]
    roles = {role for role, _ in given}
    decided = {fact for role in ROLES.values() for fact in role.decides}
    assert {fact for _, fact in given} | decided - {REOPENING} == set(FACTS), "somebody records every fact"
    desks = {role: browser(person_in_office(role, "drill/county-1", "office/1")) for role in roles}
    for role, fact in given:
        assert desks[role].get(f"/facts/{fact}/new/").status_code == 200, (fact, role)


def test_a_duty_is_offered_what_it_gives_and_nothing_else(person_in_office: Any, browser: Any) -> None:
    worker = browser(person_in_office("community", HERE))
    assert "/facts/visits/new/" in worker.get("/facts/").content.decode()
    assert "/facts/waivers/new/" not in worker.get("/facts/").content.decode()
    assert worker.get("/facts/waivers/new/").status_code == 403
    assert worker.get("/facts/no-such-fact/new/").status_code == 404


@pytest.fixture
def worker(person_in_office: Any, browser: Any, obligation: Any) -> Any:
    """A community worker who answers for p1."""
    obligation(about="p1")
    return browser(person_in_office("community", HERE, "office/1"))


def visit(**changes: str) -> dict[str, str]:
    return {
        "record": str(uuid4()), "person": "p1", "visited_at": "2020-11-10T08:30", "purpose": "observation",
        "by": "", "findings": "well", **changes,
    }  # fmt: skip


def test_a_moment_is_local_time(worker: Any) -> None:
    assert worker.post("/facts/visits/new/", visit()).status_code == 302
    (row,) = FACT_MODELS["visits"].objects.all()
    assert row.visited_at.isoformat() == "2020-11-10T00:30:00+00:00"
    assert (row.recorded_by, row.area) == (f"community-{HERE}-office/1".replace("/", "."), HERE)


def test_the_same_page_sent_twice_is_one_record(worker: Any) -> None:
    page = visit()
    for _ in range(2):
        assert worker.post("/facts/visits/new/", page).status_code == 302
    assert FACT_MODELS["visits"].objects.count() == 1


def test_a_page_sent_again_with_other_words_is_not_taken_for_the_first(worker: Any) -> None:
    page = visit()
    worker.post("/facts/visits/new/", page)
    again = worker.post("/facts/visits/new/", {**page, "findings": "symptoms"})
    assert again.status_code == 422
    assert "更正" in again.content.decode()
    assert FACT_MODELS["visits"].objects.get().findings == "well"


def test_what_is_wrong_is_said_at_its_place_and_the_rest_is_kept(worker: Any) -> None:
    answer = worker.post("/facts/visits/new/", visit(visited_at="yesterday", purpose=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“访视时间”应为日期和时间" in page
    assert "“目的”应为下列之一" in page
    assert 'value="yesterday"' in page
    assert re.search(r'name="findings" value="well"[^>]*checked', page)
    assert page.index("autofocus") < page.index('name="purpose"')
    assert FACT_MODELS["visits"].objects.count() == 0


def test_an_unknown_person_is_asked_about_before_a_slip_makes_a_new_one(worker: Any) -> None:
    slip = visit(person="p11")
    asked = worker.post("/facts/visits/new/", slip)
    assert asked.status_code == 422
    assert 'name="sure-person" value="p11"' in asked.content.decode()
    assert FACT_MODELS["visits"].objects.count() == 0
    assert worker.post("/facts/visits/new/", {**slip, "sure-person": "p11"}).status_code == 302


def test_a_person_of_the_neighbours_is_as_unknown_as_nobody(worker: Any, obligation: Any) -> None:
    obligation(about="theirs", area=THERE, done_by="office/2", responsible="office/2")
    theirs, nobodys = (
        worker.post("/facts/visits/new/", visit(person=person)).content.decode().replace(person, "…")
        for person in ("theirs", "nobodys")
    )
    hidden = re.compile(r'name="(csrfmiddlewaretoken|record)"[^>]*>')
    assert hidden.sub("", theirs) == hidden.sub("", nobodys)


def test_columns_that_contradict_each_other_are_said_at_the_head(worker: Any) -> None:
    stay = {
        "record": str(uuid4()), "person": "p1", "located_in": HERE, "place": "", "sure-located_in": HERE,
        "from_on": "2020-11-09", "until_on": "2020-11-08",
    }  # fmt: skip
    page = worker.post("/facts/stays/new/", stay).content.decode()
    assert "应满足：离开次日 晚于 到达日期" in page


def test_the_address_fills_in_what_it_names(worker: Any) -> None:
    page = worker.get("/facts/visits/new/?person=p1&purpose=follow_up").content.decode()
    assert re.search(r'name="person" value="p1"', page)
    assert re.search(r'value="follow_up"[^>]*checked', page)
    assert 'name="visited_at" value=""' in page, "no moment is filled in by itself"


def test_a_date_that_is_known_exactly_needs_one_day_only(
    person_in_office: Any, browser: Any, obligation: Any
) -> None:
    obligation(about="p1")
    officer = browser(person_in_office("cdc", "drill/county-1"))
    case = {
        "record": str(uuid4()), "person": "p1", "case": "c1", "class": "confirmed", "origin": "local",
        "found_by": "", "classified_on": "2020-11-09", "onset_earliest": "2020-11-06", "onset_latest": "",
    }  # fmt: skip
    assert officer.post("/facts/classifications/new/", case).status_code == 302
    row = FACT_MODELS["classifications"].objects.get()
    assert (row.onset_earliest.isoformat(), row.onset_latest.isoformat()) == ("2020-11-06", "2020-11-07")


def test_a_tube_is_recorded_with_everybody_in_it_or_not_at_all(
    person_in_office: Any, browser: Any, obligation: Any
) -> None:
    obligation(about="p1")
    obligation(about="p2")
    worker = browser(person_in_office("community", HERE))
    tube = {
        "record": str(uuid4()), "sample": "t1", "taken_at": "2020-11-10T08:00", "place": "", "kind": "single",
        "laboratory": "", "members": "p1\np2",
    }  # fmt: skip
    refused = worker.post("/facts/samples/new/", tube)
    assert "单采只能有一人" in refused.content.decode()
    assert FACT_MODELS["samples"].objects.count() == 0
    for _ in range(2):
        assert worker.post("/facts/samples/new/", {**tube, "kind": "household"}).status_code == 302
    members = FACT_MODELS["sample_members"].objects.values_list("sample", "person")
    assert sorted(members) == [("t1", "p1"), ("t1", "p2")]


def test_what_was_recorded_last_can_be_undone(worker: Any) -> None:
    worker.post("/facts/visits/new/", visit())
    page = worker.get("/facts/").content.decode()
    fact, key = KEY.search(page).groups()  # type: ignore[union-attr]
    undone = worker.post(f"/facts/{fact}/{key}/retract/", {"reason": "另一人", "seen": "1"})
    assert undone.status_code == 302
    assert FACT_MODELS["visits"].objects.filter(action="retract", reason="另一人").count() == 1
    assert "已撤回" in worker.get(f"/facts/{fact}/{key}/").content.decode()


def test_what_cannot_be_true_is_said_at_the_form_which_keeps_what_was_typed(worker: Any) -> None:
    typed = {"record": str(uuid4()), "person": "p1", "checked_at": "2020-11-10T08:30", "temperature": "98.6"}
    again = worker.post("/facts/health_checks/new/", {**typed, "symptoms": "false"})
    assert again.status_code == 422
    page = again.content.decode()
    assert "体温应在30至45℃之间" in page
    assert "核对后改正再提交" in page
    assert 'value="98.6"' in page
    assert not FACT_MODELS["health_checks"].objects.exists()
    right = worker.post("/facts/health_checks/new/", {**typed, "temperature": "36.6", "symptoms": "false"})
    assert right.status_code == 302


@pytest.fixture
def areas(db: None, moment: Any) -> None:
    """The duty's own community, and two areas of another city."""
    for path, zh in ((HERE, "本社区"), ("near/north", "邻市北岸区"), ("near/south", "邻市南岸区")):
        key = str(uuid4())
        hi, lo = natural_key("areas", "test", key)
        FACT_MODELS["areas"].objects.create(
            fact_id=uuid4(), key_hi=hi, key_lo=lo, source_system="test", source_record=key, source_version=1,
            action="record", happened_at=moment, known_at=moment, recorded_at=moment, recorded_by="test",
            area="drill", history=False, derived=False, body=b"1", path=path, label_zh=zh, label_en=path,
            level="county",
        )  # fmt: skip


def test_an_area_is_found_by_a_part_of_its_name_also_where_it_lies_elsewhere(
    worker: Any, areas: None
) -> None:
    stay = {"record": str(uuid4()), "person": "p1", "from_on": "2020-11-01", "until_on": "2020-11-03"}
    page = worker.get("/facts/stays/new/").content.decode()
    assert '<option value="邻市北岸区">' in page
    unclear = worker.post("/facts/stays/new/", {**stay, "located_in": "岸区"})
    assert unclear.status_code == 422
    assert "可能是：邻市北岸区、邻市南岸区" in unclear.content.decode()
    nowhere = worker.post("/facts/stays/new/", {**stay, "located_in": "somewhere else"}).content.decode()
    assert "列表中一个区域的名称" in nowhere
    assert worker.post("/facts/stays/new/", {**stay, "located_in": "北岸"}).status_code == 302
    assert FACT_MODELS["stays"].objects.get().located_in == "near/north"
