"""The desk where people arrive: declare, the grade at departure with its source, hand over, pushed names."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sizao.terms.identifiers import natural_key
from sizao_web.records.models import FACT_MODELS, Identity, PersonAccess, Run, Standing

AREA, HOME, OFFICE = "drill", "drill/county-1/street/community-1", "office/port"
SAW_ALL, SAW_NOTHING = f"{10**18}:{10**18}:", "3:3:"  # what a run had before it, as snapshots
SITE, COMMUNITY = "office/site", "office/community-1"
DOCUMENT, OTHER = "350000199001010000", "350000199001010019"


@pytest.fixture
def fact(db: None, moment: datetime) -> Callable[..., None]:
    """Put a fact on record."""

    def put(name: str, area: str = AREA, **values: Any) -> None:
        key, at = str(uuid4()), moment - timedelta(days=9)
        hi, lo = natural_key(name, "test", key)
        FACT_MODELS[name].objects.create(
            fact_id=uuid4(), key_hi=hi, key_lo=lo, source_system="test", source_record=key, source_version=1,
            action="record", happened_at=at, known_at=at, recorded_at=at, recorded_by="test", area=area,
            history=False, derived=False, body=key.encode(), **values,
        )  # fmt: skip

    return put


@pytest.fixture
def city(fact: Any) -> None:
    """A city with a community and a site, and a neighbour of which one part is graded."""
    for path, zh in (
        (AREA, "本市"),
        (HOME, "社区一"),
        ("near", "邻市"),
        ("near/north", "北岸区"),
        ("far", "远方"),
    ):
        fact("areas", path=path, label_zh=zh, label_en=path, level="county")
    fact("offices", office=SITE, task="site", covers="drill/county-1", from_on=date(2020, 1, 1))
    fact("offices", office=COMMUNITY, task="community", covers=HOME, from_on=date(2020, 1, 1))
    fact("offices", office="office/near", task="command", covers="near", from_on=date(2020, 1, 1))
    for graded, grade in (("near", "low"), ("near/north", "medium")):
        fact("area_grades", graded=graded, grade=grade, from_on=date(2020, 10, 1), counts_upward=False,
             announced_by="office/near")  # fmt: skip
    fact("places", place="station/1", kind="station", located_in=HOME, from_on=date(2020, 1, 1))


@pytest.fixture
def team(person_in_office: Any, browser: Any, city: None) -> Any:
    return browser(person_in_office("port_health", AREA, OFFICE))


def test_whom_they_stay_with_is_a_community_and_neither_a_county_nor_the_grounds_of_a_site(
    team: Any, fact: Any
) -> None:
    for path, zh, level in (
        ("drill/county-2", "二区", "county"),
        ("drill/county-2/street/community-3", "社区三", "community"),
        ("drill/county-2/street/grounds", "驻地", "community"),
    ):
        fact("areas", path=path, label_zh=zh, label_en=path, level=level)
    grounds = "drill/county-2/street/grounds"
    fact("offices", office=SITE, task="community", covers=grounds, from_on=date(2020, 1, 1))
    page = team.get("/entry/declare/").content.decode()
    offered = re.findall(r'<option value="([^"]*)"', page.split('<datalist id="inside">')[1])
    assert offered == ["社区三"]
    for refused in ("二区", "驻地"):
        answer = team.post("/entry/declare/", said(staying_in=refused))
        assert answer.status_code == 422
        assert "请从列表选择将住的社区" in answer.content.decode()
        assert f'value="{refused}"' in answer.content.decode()


def said(form: str | None = None, **more: str) -> dict[str, str]:
    return {
        "form": form or str(uuid4()), "document": DOCUMENT, "name": "某人", "telephone": "1",
        "origin": "北岸区",
        "arrived_on": "2020-11-10", "conveyance": "train", "conveyance_number": "G1", "staying_in": "社区一",
        "symptoms": "no", "code_scanned": "yes", **more,
    }  # fmt: skip


def run_of(moment: datetime, saw: str) -> Run:
    """A run at this moment, with these facts before it."""
    return Run.objects.create(
        kind="whole", as_of=moment, known_by=moment, facts_until=saw, pack="training-2020", pack_digest="0",
        texts="", rows_changed=0, rows_withdrawn=0, rows_sealed=0, began_at=moment, seconds=0.0,
    )  # fmt: skip


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def declared(team: Any, **more: str) -> str:
    """Declare somebody; the number of the person."""
    answer = team.post("/entry/declare/", said(**more))
    assert answer.status_code == 302, text_of(answer)
    found = re.fullmatch(r"/entry/arrivals/(.+)/", answer.headers["Location"])
    assert found is not None
    return found.group(1)


@pytest.mark.orders("D1-16", "D1-17", "D1-21", "D1-22")
def test_a_declaration_leaves_the_arrival_both_stays_and_the_identity(team: Any) -> None:
    person = declared(team)
    (came,) = FACT_MODELS["arrivals"].objects.all()
    assert (came.person, came.origin, came.conveyance_number) == (person, "near/north", "G1")
    stays = {row.located_in: (row.from_on, row.until_on) for row in FACT_MODELS["stays"].objects.all()}
    assert stays == {
        "near/north": (date(2020, 10, 27), date(2020, 11, 10)),  # as far back as the pack looks
        HOME: (date(2020, 11, 10), None),
    }
    assert Identity.objects.get().person == person


def test_other_stays_of_the_last_days_go_with_the_declaration(team: Any) -> None:
    more = {"was_in-1": "远", "was_from-1": "2020-10-30", "was_until-1": "2020-11-02"}
    person = declared(team, stayed_from="2020-11-02", **more)
    stays = {row.located_in: (row.from_on, row.until_on) for row in FACT_MODELS["stays"].objects.all()}
    assert stays["far"] == (date(2020, 10, 30), date(2020, 11, 2)), "a part of its name is enough"
    assert len(stays) == 3
    assert "等级不明" in text_of(team.get(f"/entry/arrivals/{person}/")), "each stay has its grade"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"was_in-2": "远方", "was_from-2": "2020-11-02"}, "写明哪天到、哪天离开"),
        ({"was_in-2": "远方", "was_from-2": "2020-11-02", "was_until-2": "2020-11-11"}, "不晚于到达"),
        ({"was_in-2": "nowhere", "was_from-2": "2020-11-02"}, "请从列表选择还住过哪里"),
        ({"origin": "岸"}, None),
        ({"origin": "near/n"}, "请从列表选择来自哪里"),
    ],
)
def test_a_stay_that_cannot_be_read_is_said_and_what_was_typed_stays(
    team: Any, more: dict[str, str], words: str | None
) -> None:
    answer = team.post("/entry/declare/", said(**more))
    if words is None:
        assert answer.status_code == 302, "only one area has it in its name"
        return
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert all(f'value="{value}"' in answer.content.decode() for value in more.values())
    assert not FACT_MODELS["arrivals"].objects.exists()


def test_the_same_form_sent_twice_is_one_person_and_one_arrival(team: Any) -> None:
    form = str(uuid4())
    assert declared(team, form=form) == declared(team, form=form)
    assert FACT_MODELS["arrivals"].objects.count() == FACT_MODELS["people"].objects.count() == 1


def test_the_grade_on_the_day_of_departure_is_shown_with_who_announced_it(team: Any) -> None:
    page = text_of(team.get(f"/entry/arrivals/{declared(team)}/"))
    assert "中风险" in page
    assert "来源" in page
    assert "2020-10-01" in page


def test_where_nothing_was_announced_the_grade_is_not_known_and_never_low(team: Any) -> None:
    page = text_of(team.get(f"/entry/arrivals/{declared(team, origin='远方')}/"))
    assert "等级不明" in page
    assert "低风险" not in page.replace("不明不等于低风险", "")


def test_a_wide_area_says_which_part_of_it_is_graded_higher(team: Any) -> None:
    page = text_of(team.get(f"/entry/arrivals/{declared(team, origin='邻市')}/"))
    assert "其中等级更高的：北岸区" in page.replace("： ", "：")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"document": "", "telephone": ""}, {"origin": "不在列表"}, {"staying_in": "邻市"},
        {"symptoms": ""}, {"arrived_on": "2031-01-01"}, {"stayed_from": "2020-11-11"},
    ],
)  # fmt: skip
def test_a_declaration_that_lacks_something_is_kept_and_says_what(team: Any, wrong: dict[str, str]) -> None:
    page = team.post("/entry/declare/", said(**wrong))
    assert page.status_code == 422
    assert 'value="G1"' in page.content.decode(), "what was typed is kept"
    assert not FACT_MODELS["arrivals"].objects.exists()


def test_the_next_of_the_same_train_is_asked_for_the_person_alone(team: Any) -> None:
    page = team.get(f"/entry/declare/?like={declared(team)}").content.decode()
    for kept in ('value="北岸区"', 'value="G1"', 'value="社区一"'):
        assert kept in page
    assert "某人" not in page


def test_looking_up_finds_by_document_and_else_declares_with_what_was_typed(team: Any) -> None:
    person = declared(team)
    assert team.post("/entry/look-up/", {"q": DOCUMENT}).headers["Location"] == f"/entry/arrivals/{person}/"
    assert f'value="{OTHER}"' in team.post("/entry/look-up/", {"q": OTHER}).content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("13800001111", "telephone"), ("0571-8888 0000", "telephone"), ("+8613800001111", "telephone"),
        ("350000199001010000", "document"), ("G12345678", "document"), ("某人", "name"),
    ],
)  # fmt: skip
def test_what_was_looked_up_stands_in_the_field_it_belongs_to(team: Any, typed: str, field: str) -> None:
    page = team.post("/entry/look-up/", {"q": typed}).content.decode()
    assert re.search(rf'name="{field}"[^>]*value="{re.escape(typed)}"', page)


def test_the_page_of_an_arrival_leads_to_the_stays_from_which_the_rules_follow(team: Any) -> None:
    person = declared(team)
    page = team.get(f"/entry/arrivals/{person}/").content.decode()
    assert f"/facts/stays/new/?person={person}" in page
    assert team.get(f"/facts/stays/new/?person={person}").status_code == 200


def test_who_is_bound_to_central_quarantine_is_handed_to_the_site_and_else_to_the_community(
    team: Any, moment: datetime
) -> None:
    person = declared(team)
    page = team.get(f"/entry/arrivals/{person}/").content.decode()
    assert re.search(r'name="to_office"[^>]*value=""', page), "before it is derived nobody can say"
    run = run_of(moment, SAW_ALL)
    page = team.get(f"/entry/arrivals/{person}/").content.decode()
    assert re.search(r'name="to_office"[^>]*value="[^"]*社区一[^"]*"', page)
    Standing.objects.create(
        person=person,
        place="central",
        until=moment + timedelta(days=13),
        rows="",
        row_count=1,
        changed_in=run,
    )
    page = team.get(f"/entry/arrivals/{person}/").content.decode()
    assert re.search(r'name="to_office"[^>]*value="[^"]*隔离点[^"]*"', page)


def test_nobody_is_said_to_be_free_before_a_run_has_seen_that_they_came(team: Any, moment: datetime) -> None:
    """Even when a run began after the request: its snapshot was older than what the request recorded."""
    person = declared(team)
    run_of(moment + timedelta(seconds=1), SAW_NOTHING)
    page = team.get(f"/entry/arrivals/{person}/")
    assert "正在按规则推导" in text_of(page)
    assert "没有规则限制此人" not in text_of(page)
    assert "正在推导" in text_of(team.get("/entry/"))
    run_of(moment + timedelta(seconds=2), SAW_ALL)
    assert "没有规则限制此人" in text_of(team.get(f"/entry/arrivals/{person}/"))
    assert "没有管控" in text_of(team.get("/entry/"))


def test_while_it_is_derived_the_page_renews_what_binds_and_leaves_the_rest_as_typed(
    team: Any, moment: datetime
) -> None:
    person = declared(team)
    here = f"/entry/arrivals/{person}/"
    page, part = team.get(here), {"HTTP_HX_REQUEST": "true"}
    assert "Refresh" not in page.headers, "it would take away what somebody is typing"
    assert f'hx-get="{here}" hx-trigger="every 3s" hx-select="#disposition"' in page.content.decode()
    assert 'id="to-office"' not in team.get(here, **part).content.decode(), "an office is typed: it stays"
    run_of(moment, SAW_ALL)
    page = team.get(here, **part).content.decode()
    assert 'id="to-office"' in page, "now it is known who takes over"
    assert 'hx-trigger="every' not in page, "and nothing more is waited for"


@pytest.mark.orders("D1-19")
def test_a_hand_over_with_a_vehicle_has_a_receipt_that_says_who_still_answers(team: Any) -> None:
    person = declared(team)
    form = {"form": str(uuid4()), "to_office": SITE, "vehicle": "车1"}
    for _ in range(2):
        team.post(f"/entry/arrivals/{person}/", form)
    assert FACT_MODELS["hand_overs"].objects.count() == FACT_MODELS["transfers"].objects.count() == 1
    page = text_of(team.get(f"/entry/receipts/{person}/"))
    assert "车1" in page
    assert "尚未接收" in page
    assert "已移交，对方还没接收" in text_of(team.get("/entry/"))


def test_a_hand_over_to_no_office_is_refused(team: Any) -> None:
    person = declared(team)
    answer = team.post(f"/entry/arrivals/{person}/", {"form": str(uuid4()), "to_office": "无此机构"})
    assert answer.status_code == 422
    assert not FACT_MODELS["hand_overs"].objects.exists()


def test_somebody_whom_the_station_does_not_answer_for_is_not_there(team: Any) -> None:
    PersonAccess.objects.create(person="foreign", area="other")
    assert team.get("/entry/arrivals/foreign/").status_code == 404


@pytest.mark.orders("D1-46", "D1-71")
def test_flow_and_queue_are_counted_and_summed(team: Any) -> None:
    for people, queue in (("200", "15"), ("0", "40")):
        answer = team.post("/entry/count/", {"place": "station/1", "people": people, "queue": queue})
        assert answer.status_code == 302
    assert "今天已通过 200 人，最长排队 40 人" in text_of(team.get("/entry/"))


@pytest.mark.parametrize("wrong", [{"people": "many"}, {"queue": ""}, {"place": "station/elsewhere"}])
def test_a_count_that_is_none_is_refused(team: Any, wrong: dict[str, str]) -> None:
    asked = {"place": "station/1", "people": "1", "queue": "1", **wrong}
    assert team.post("/entry/count/", asked).status_code == 422
    assert not FACT_MODELS["place_checks"].objects.exists()


@pytest.mark.orders("D1-19", "D1-20")
def test_a_pushed_name_is_settled_and_fed_back_once(
    person_in_office: Any, browser: Any, city: None, fact: Any, moment: datetime
) -> None:
    worker = browser(person_in_office("community", HOME, COMMUNITY))
    PersonAccess.objects.create(person="pushed", area=HOME)
    fact("pushed_entries", entry="e1", person="pushed", source="data_centre",
         pushed_at=moment - timedelta(hours=20))  # fmt: skip
    assert "已等 20 小时" in text_of(worker.get("/entry/pushed/"))
    for _ in range(2):
        worker.post("/entry/pushed/settle/", {"entry": "e1", "disposition": "home"})
    (row,) = FACT_MODELS["dispositions"].objects.all()
    assert (row.disposition, row.fed_back_at) == ("home", moment)
    assert "没有等待核查的推送" in text_of(worker.get("/entry/pushed/"))


def test_a_pushed_name_of_another_community_is_neither_seen_nor_settled(
    person_in_office: Any, browser: Any, city: None, fact: Any, moment: datetime
) -> None:
    worker = browser(person_in_office("community", HOME, COMMUNITY))
    PersonAccess.objects.create(person="pushed", area="drill/county-1/street/community-2")
    fact("pushed_entries", entry="e1", person="pushed", source="data_centre", pushed_at=moment)
    assert "pushed" not in text_of(worker.get("/entry/pushed/"))
    worker.post("/entry/pushed/settle/", {"entry": "e1", "disposition": "home"})
    assert not FACT_MODELS["dispositions"].objects.exists()
