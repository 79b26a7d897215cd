"""Sampling teams and laboratories: whom to sample where, what a tube may hold, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from sizao_web.records.models import FACT_MODELS, PersonAccess
from sizao_web.records.reading.proofs import largest_tube

DISTRICT, STREET = "drill/county-1", "drill/county-1/street/community-1"
TEAM, LABORATORY = "office/samplers", "laboratory/1"
SOMEBODY = "somebody-who-is-due"  # as "p1" stands in some tokens of a form, which are drawn


@pytest.fixture
def sampler(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("sampling_team", DISTRICT, TEAM))


@pytest.fixture
def due(obligation: Any) -> Callable[..., Any]:
    """A sample due of somebody; rule: contacts are sampled alone, cold-chain workers in a pool too."""

    def make(person: str, status: str = "open", rule: str = "cold-chain-tests", **values: Any) -> Any:
        PersonAccess.objects.get_or_create(person=person, area=None, organisation=TEAM)
        office = {"responsible": TEAM, "done_by": TEAM, "area": STREET}
        return obligation(person, status, rule=rule, step="test", verb="test", **{**office, **values})

    return make


@pytest.fixture
def fact(db: None, moment: datetime) -> Callable[..., Any]:
    """Put a fact on record."""

    def put(name: str, area: str = STREET, **values: Any) -> Any:
        key = uuid4()
        common = {
            "fact_id": key, "key_hi": key.int >> 65, "key_lo": key.int & 0xFFFF_FFFF, "source_system": "test",
            "source_record": str(key), "source_version": 1, "action": "record", "happened_at": moment,
            "known_at": moment - timedelta(hours=1), "recorded_at": moment, "recorded_by": "test",
            "area": area, "history": False, "derived": False, "body": key.bytes,
        }  # fmt: skip
        return FACT_MODELS[name].objects.create(**{**common, **values})

    return put


def tube(moment: datetime, number: str, *people: str, form: str | None = None, **more: str) -> dict[str, Any]:
    fields = {"visit": form or str(uuid4()), "at": moment.isoformat(), "spot": STREET, "tube": number}
    return {**fields, "person": list(people), **more}


def kept(name: str) -> list[Any]:
    """What counts of a fact: the last link of each record, unless it retracts."""
    rows: dict[str, Any] = {}
    for row in FACT_MODELS[name].objects.order_by("source_version"):
        rows[row.source_record] = row
    return [row for row in rows.values() if row.action != "retract"]


def sent(sampler: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """What a phone is told."""
    answer = sampler.post("/laboratory/sampling/record/", fields, headers={"Accept": "application/json"})
    (entry,) = answer.json()["entries"]
    return dict(entry)


def listed(page: Any) -> list[str]:
    return re.findall(r'class="who[^"]*" data-row data-person="([^"]+)"', page.content.decode())


# who is due here


@pytest.mark.orders("D1-48")
def test_the_first_page_says_where_to_go_first_for_how_many_and_what_happens_otherwise(
    sampler: Any, due: Any
) -> None:
    due("later", area=f"{DISTRICT}/street/community-2")
    due("late", "overdue")
    due("open")
    page = sampler.get("/laboratory/sampling/").content.decode()
    assert page.index(STREET.rsplit("/", 1)[1]) < page.index("community-2"), "the overdue place comes first"
    assert '<strong class="count">3</strong>' in page
    assert "逾期 1 人" in page
    assert "漏做" in page or "一直算逾期" in page, "what happens otherwise"


def test_a_sampling_team_begins_at_its_desk(sampler: Any) -> None:
    assert sampler.get("/").headers["Location"] == "/laboratory/sampling/"


def test_a_place_lists_those_who_are_due_there_and_nobody_else(
    sampler: Any, due: Any, obligation: Any
) -> None:
    due("here")
    due("elsewhere", area=f"{DISTRICT}/street/community-2")
    obligation("of-another-office", rule="cold-chain-tests", step="test", verb="test")
    due("not-yet", "upcoming")
    assert listed(sampler.get(f"/laboratory/sampling/session/?at={STREET}")) == ["here"]


def test_who_stays_at_a_quarantine_site_is_sampled_there(sampler: Any, due: Any, fact: Any) -> None:
    due("guest")
    fact("places", place="site/1", kind="quarantine_site", located_in=STREET, from_on=date(2019, 1, 1))
    fact("stays", person="guest", located_in=STREET, place="site/1", from_on=date(2020, 1, 1))
    assert listed(sampler.get("/laboratory/sampling/session/?at=site/1")) == ["guest"]
    assert not listed(sampler.get(f"/laboratory/sampling/session/?at={STREET}"))


def test_the_printed_list_names_everybody_and_leaves_room_for_the_tube(sampler: Any, due: Any) -> None:
    due("p1")
    due("p2")
    page = sampler.get(f"/laboratory/sampling/list/?at={STREET}").content.decode()
    assert page.count('<td class="to-fill"></td>') == 2


def test_the_pack_says_how_many_may_share_the_tube_that_proves_a_row() -> None:
    assert largest_tube("cold-chain-tests", 1, "test") == 5
    assert largest_tube("contact-tests", 1, "test") == 1
    assert largest_tube("no-such-rule", 1, "test") is None


# a tube


def test_one_person_makes_a_single_sample_and_nobody_is_asked_for_its_kind(
    sampler: Any, due: Any, fact: Any, moment: datetime
) -> None:
    due("p1")
    fact("places", place=LABORATORY, kind="laboratory", located_in=STREET, from_on=date(2019, 1, 1))
    page = sampler.get(f"/laboratory/sampling/session/?at={STREET}").content.decode()
    assert f'name="laboratory" value="{LABORATORY}"' in page, "the only laboratory is filled in"
    assert sent(sampler, tube(moment, "T1", "p1", laboratory=LABORATORY))["outcome"] == "stored"
    (sample,), (member,) = kept("samples"), kept("sample_members")
    assert (sample.sample, sample.kind, sample.laboratory) == ("T1", "single", LABORATORY)
    assert member.person == "p1"


def test_people_of_one_household_make_a_household_tube_and_others_a_pool(
    sampler: Any, due: Any, fact: Any, moment: datetime
) -> None:
    for person, household in (("father", "H1"), ("mother", "H1"), ("neighbour", "H2")):
        due(person, household=household)
        fact("households", household=household, person=person, from_on=date(2019, 1, 1))
    sent(sampler, tube(moment, "T1", "father", "mother"))
    sent(sampler, tube(moment, "T2", "father", "neighbour", anyway="yes"))
    assert {row.sample: row.kind for row in kept("samples")} == {"T1": "household", "T2": "pool"}


def test_a_tube_sent_twice_counts_once(sampler: Any, due: Any, moment: datetime) -> None:
    due("p1")
    form = tube(moment, "T1", "p1")
    assert sent(sampler, form)["outcome"] == "stored"
    assert sent(sampler, form)["outcome"] == "merged"
    assert FACT_MODELS["samples"].objects.count() == 1
    assert FACT_MODELS["sample_members"].objects.count() == 1


def test_a_full_tube_is_refused_with_the_number_of_the_pack(sampler: Any, due: Any, moment: datetime) -> None:
    people = [f"p{number}" for number in range(6)]
    for person in people:
        due(person)
    refused = sent(sampler, tube(moment, "T1", *people, anyway="yes"))
    assert refused["outcome"] == "refused"
    assert "最多 5 人" in refused["why"]
    assert not kept("samples")
    assert sent(sampler, tube(moment, "T1", *people[:5]))["outcome"] == "stored"


def test_who_must_be_alone_is_in_no_pool(sampler: Any, due: Any, moment: datetime) -> None:
    due("contact", rule="contact-tests")
    due("worker")
    refused = sent(sampler, tube(moment, "T1", "contact", "worker", anyway="yes"))
    assert "contact 必须单采" in refused["why"]
    assert sent(sampler, tube(moment, "T1", "contact"))["outcome"] == "stored"


def test_a_number_is_used_for_one_tube(sampler: Any, due: Any, moment: datetime) -> None:
    due("p1")
    due("p2")
    sent(sampler, tube(moment, "T1", "p1"))
    refused = sent(sampler, tube(moment, "T1", "p2", anyway="yes"))
    assert "T1 已用过" in refused["why"]
    assert [row.person for row in kept("sample_members")] == ["p1"]


@pytest.mark.parametrize("person", ["done-already", "not-due", "nobody"])
def test_what_may_be_meant_is_asked_about_once(sampler: Any, due: Any, moment: datetime, person: str) -> None:
    due("done-already")
    sent(sampler, tube(moment, "T0", "done-already"))
    PersonAccess.objects.get_or_create(person="not-due", area=None, organisation=TEAM)
    form = tube(moment, "T1", person)
    refused = sent(sampler, form)
    assert refused["outcome"] == "refused"
    assert person in refused["why"]
    assert "照样采" in refused["why"], "and how to do it all the same"
    assert sent(sampler, {**form, "anyway": "yes"})["outcome"] == "stored"


def test_who_was_sampled_waits_for_the_result_and_is_asked_for_no_second_tube(
    sampler: Any, due: Any, moment: datetime
) -> None:
    due("p1")
    sent(sampler, tube(moment, "T1", "p1"))
    page = sampler.get(f"/laboratory/sampling/session/?at={STREET}")
    assert not listed(page)
    assert "在等结果" in page.content.decode()


@pytest.mark.parametrize("days", [1, 2, 5])
def test_a_tube_proves_what_was_open_when_it_was_taken_however_long_its_result_is_awaited(
    sampler: Any, due: Any, fact: Any, moment: datetime, days: int
) -> None:
    taken = moment - timedelta(days=days)
    due("waits", opens_at=taken - timedelta(hours=1))
    due("again", opens_at=taken + timedelta(hours=1))
    for person in ("waits", "again"):
        fact("samples", sample=f"T-{person}", taken_at=taken, kind="single")
        fact("sample_members", sample=f"T-{person}", person=person, happened_at=taken)
    assert listed(sampler.get(f"/laboratory/sampling/session/?at={STREET}")) == ["again"]
    fact("results", sample="T-waits", result="invalid", resulted_at=moment)
    assert listed(sampler.get(f"/laboratory/sampling/session/?at={STREET}")) == ["again", "waits"]


def test_a_refused_tube_comes_back_with_everything_that_was_typed(
    sampler: Any, due: Any, moment: datetime
) -> None:
    due("p1")
    answer = sampler.post("/laboratory/sampling/record/", tube(moment, "", "p1", other="stranger"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="person" value="p1" checked' in page
    assert 'name="other" value="stranger"' in page
    assert "试管号" in page


def test_a_number_unlike_those_of_the_tubes_here_is_told_at_once_with_what_was_typed(
    sampler: Any, due: Any, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A digit left out would be found when the tube comes to the bench, hours later."""
    due("p1")
    monkeypatch.setattr(settings, "SIZAO", replace(settings.SIZAO, tubes=("TJ####", "S-@##")))
    answer = sampler.post("/laboratory/sampling/record/", tube(moment, "TJ123", "p1"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“TJ123”：试管号应形如TJ####或S-@##（#一位数字，@一位大写字母）" in page
    assert 'name="tube" value="TJ123"' in page
    assert 'name="person" value="p1" checked' in page
    (form,) = re.findall(r'data-tubes="([^"]+)"', page)
    assert [bool(re.search(form, one)) for one in ("TJ1234", "S-A12", "TJ12345", "S-112")] == [
        True, True, False, False,
    ], "the page asks the same before it sends"  # fmt: skip
    assert not kept("samples")
    assert sent(sampler, tube(moment, "TJ12", "p1", anyway="yes"))["outcome"] == "refused"
    assert sent(sampler, tube(moment, "TJ1234", "p1"))["outcome"] == "stored"


def test_where_no_form_is_stated_any_number_will_do(sampler: Any, due: Any, moment: datetime) -> None:
    due("p1")
    assert "data-tubes" not in sampler.get(f"/laboratory/sampling/session/?at={STREET}").content.decode()
    assert sent(sampler, tube(moment, "管 7", "p1"))["outcome"] == "stored"


def test_a_mistake_is_taken_back_until_the_result_is_there(
    sampler: Any, due: Any, fact: Any, moment: datetime
) -> None:
    due("p1")
    sent(sampler, tube(moment, "T1", "p1"))
    fact("results", sample="T1", result="negative", resulted_at=moment)
    sampler.post("/laboratory/sampling/take-back/", {"tube": "T1"})
    assert len(kept("samples")) == 1, "its result is there"
    sent(sampler, tube(moment, "T2", "p1", anyway="yes"))
    sampler.post("/laboratory/sampling/take-back/", {"tube": "T2"})
    assert [row.sample for row in kept("samples")] == ["T1"]
    assert [row.sample for row in kept("sample_members")] == ["T1"]
    assert FACT_MODELS["samples"].objects.filter(action="retract").count() == 1, "nothing is overwritten"


def test_a_clock_that_is_wrong_is_told_so(sampler: Any, due: Any, moment: datetime) -> None:
    due("p1")
    ahead = tube(moment + timedelta(hours=2), "T1", "p1")
    answer = sampler.post("/laboratory/sampling/record/", ahead, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert "时钟" in answer.json()["problem"]


# what becomes of it


def test_the_time_to_a_result_is_the_pack_s_and_late_ones_stand_on_the_first_page(
    sampler: Any, due: Any, moment: datetime
) -> None:
    due("p1", opens_at=moment - timedelta(days=2))
    due("p2", opens_at=moment - timedelta(days=2))
    sent(sampler, tube(moment - timedelta(hours=13), "T-late", "p1"))
    sent(sampler, tube(moment - timedelta(hours=11), "T-soon", "p2"))
    page = sampler.get("/laboratory/sampling/").content.decode()
    late = page[page.index('id="late"') :]
    assert "T-late" in late
    assert "T-soon" not in late
    assert "逾期 1 小时" in late


@pytest.mark.orders("D1-48")
def test_a_positive_pool_names_those_to_be_sampled_alone_with_their_tube(
    sampler: Any, due: Any, fact: Any, moment: datetime
) -> None:
    taken = moment - timedelta(hours=20)
    fact("samples", sample="P1", taken_at=taken, kind="pool")
    for person in ("p1", "p2"):
        due(person, rule="pool-resample", opens_at=taken)
        fact("sample_members", sample="P1", person=person, happened_at=taken)
    fact("results", sample="P1", result="positive", resulted_at=moment - timedelta(hours=2))
    page = sampler.get("/laboratory/sampling/").content.decode()
    pools = page[page.index('id="pools"') : page.index('id="late-title"')]
    assert "P1" in pools
    assert "阳性" in pools
    assert "还有 2 人" in pools
    assert "必须单采" in sampler.get(f"/laboratory/sampling/session/?at={STREET}").content.decode()
    assert sent(sampler, tube(moment, "S1", "p1"))["outcome"] == "stored"
    assert "已单采，等结果" in sampler.get("/laboratory/sampling/").content.decode()


def test_the_hand_over_list_has_every_tube_of_the_day(sampler: Any, due: Any, moment: datetime) -> None:
    due("p1")
    due("p2")
    sent(sampler, tube(moment, "T1", "p1"))
    sent(sampler, tube(moment, "T2", "p2"))
    page = sampler.get("/laboratory/sampling/tubes/").content.decode()
    assert page.count('<tr role="row" data-row>') == 2
    assert "2 支管，2 人" in page


def test_the_page_for_no_connection_names_nobody(sampler: Any, due: Any) -> None:
    due(SOMEBODY)
    assert SOMEBODY not in sampler.get("/laboratory/sampling/offline/").content.decode()
    assert "/laboratory/sampling/offline/" in sampler.get("/laboratory/sampling/worker.js").content.decode()


# the laboratory


@pytest.fixture
def technician(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("laboratory", DISTRICT, LABORATORY))


@pytest.fixture
def tube_sent(fact: Any, moment: datetime) -> Callable[..., None]:
    """A tube that a team has sent to this laboratory; received: the laboratory has it."""

    def put(sample: str, hours_ago: float = 2, kind: str = "single", received: bool = True) -> None:
        taken = moment - timedelta(hours=hours_ago)
        fact("samples", sample=sample, taken_at=taken, kind=kind, laboratory=LABORATORY)
        if received:
            fact("sample_receipts", sample=sample, received_at=moment, laboratory=LABORATORY)

    return put


def batch(moment: datetime, *samples: str, form: str | None = None, **results: str) -> dict[str, Any]:
    """A sheet of results as its page sends it; in names of tubes a hyphen is written as an underscore."""
    at = (moment + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")
    marks = {f"result:{sample}": results.get(sample, "") for sample in samples}
    return {"form": form or str(uuid4()), "at": at, "sample": list(samples), "rest": "", **marks}


def given() -> dict[str, str]:
    return {row.sample: row.result for row in kept("results")}


def test_a_laboratory_begins_at_its_desk_and_sees_what_is_late_before_what_is_on_its_way(
    technician: Any, tube_sent: Any
) -> None:
    tube_sent("late", hours_ago=13)
    tube_sent("soon", hours_ago=1)
    tube_sent("coming", received=False)
    assert technician.get("/").headers["Location"] == "/laboratory/"
    page = technician.get("/laboratory/").content.decode()
    assert '<strong class="count">2</strong> 支管待出结果' in page
    assert '<strong class="count">1</strong> 支已逾期' in page
    assert '<strong class="count">1</strong> 支在途' in page
    assert page.index("逾期，先办") < page.index('id="coming"')


def test_a_tube_is_received_once_and_one_that_nobody_announced_is_said(
    technician: Any, tube_sent: Any
) -> None:
    tube_sent("T1", received=False)
    sent_in = {"form": str(uuid4()), "tubes": "T1\nT1\nstranger"}
    page = technician.post("/laboratory/receive/", sent_in).content.decode()
    assert "已接收 2 支" in page
    assert "没有采样记录：stranger" in page
    again = technician.post("/laboratory/receive/", {"form": str(uuid4()), "tubes": "T1"}).content.decode()
    assert "早已接收，未重复：T1" in again
    assert sorted(row.sample for row in kept("sample_receipts")) == ["T1", "stranger"]
    assert "没有在途的试管" in technician.get("/laboratory/").content.decode()


def test_everything_that_is_on_its_way_is_received_by_one_tap(technician: Any, tube_sent: Any) -> None:
    for number in range(3):
        tube_sent(f"T{number}", received=False)
    technician.post("/laboratory/receive/", {"form": str(uuid4()), "all": "yes"})
    assert len(kept("sample_receipts")) == 3


def test_nothing_scanned_is_said_and_records_nothing(technician: Any) -> None:
    answer = technician.post("/laboratory/receive/", {"form": str(uuid4()), "tubes": "  "})
    assert answer.status_code == 422
    assert "请扫描" in answer.content.decode()


def test_all_are_negative_but_these_and_these_are_read_back_first(
    technician: Any, tube_sent: Any, moment: datetime
) -> None:
    for number in range(4):
        tube_sent(f"T{number}", kind="pool")
    sheet = {**batch(moment, "T0", "T1", "T2", "T3", T2="positive"), "rest": "negative"}
    page = technician.post("/laboratory/results/", sheet).content.decode()
    assert "这些不是阴性" in page
    assert page.count('class="state state-overdue"') == 1
    assert "逐人单采复检" in page, "what follows for each person of the pool"
    assert "复阳" not in page, (
        "what follows only from a result of one person alone does not follow from a pool"
    )
    assert not given(), "nothing is saved before it was read back"
    marks = dict(re.findall(r'name="result:(\w+)" value="(\w+)"', page))
    confirmed = {
        **sheet,
        **{f"result:{sample}": one for sample, one in marks.items()},
        "sure": "yes",
    }
    assert 'name="rest" value="negative"' in page, "that the rest is negative is said once more with the save"
    technician.post("/laboratory/results/", confirmed)
    assert given() == {"T0": "negative", "T1": "negative", "T2": "positive", "T3": "negative"}
    technician.post("/laboratory/results/", confirmed)
    assert FACT_MODELS["results"].objects.count() == 4, "sent twice counts once"


def test_going_back_from_the_reading_leaves_the_rest_unmarked(
    technician: Any, tube_sent: Any, moment: datetime
) -> None:
    """Else tubes that nobody tested yet would be negative once only the marked ones are saved."""
    for number in range(3):
        tube_sent(f"T{number}")
    sheet = {**batch(moment, "T0", "T1", "T2", T1="positive"), "rest": "negative"}
    page = technician.post("/laboratory/results/", sheet).content.decode()
    read = re.findall(r'<input type="hidden" name="((?!csrf)[^"]+)" value="([^"]*)"', page)
    back: dict[str, Any] = {name: value for name, value in read if name != "sample"}
    back["sample"] = [value for name, value in read if name == "sample"]
    page = technician.post("/laboratory/results/", {**back, "back": "yes"}).content.decode()
    assert re.findall(r'name="result:(\w+)" value="(\w*)" checked', page) == [
        ("T0", ""),
        ("T1", "positive"),
        ("T2", ""),
    ]
    marked = {**batch(moment, "T0", "T1", "T2", T1="positive"), "sure": "yes"}
    technician.post("/laboratory/results/", marked)
    assert given() == {"T1": "positive"}


def test_a_number_in_small_letters_is_the_tube_that_was_announced(technician: Any, tube_sent: Any) -> None:
    tube_sent("AB-1", received=False)
    tube_sent("x-1", received=False)
    tube_sent("X-1", received=False)
    page = technician.post(
        "/laboratory/receive/", {"form": str(uuid4()), "tubes": "ab-1 ＡＢ-1\nX-1"}
    ).content.decode()
    assert "没有采样记录" not in page
    assert sorted(row.sample for row in kept("sample_receipts")) == ["AB-1", "X-1"], (
        "the exact one of two alike"
    )


def test_a_tube_whose_number_was_read_wrongly_can_be_taken_back(
    technician: Any, tube_sent: Any, moment: datetime
) -> None:
    tube_sent("T1")
    technician.post("/laboratory/receive/", {"form": str(uuid4()), "tubes": "T7"})
    page = technician.get("/laboratory/results/").content.decode()
    (to,) = re.findall(r'href="(/facts/sample_receipts/\w+/retract/)"', page)
    assert technician.get(to).status_code == 200, "of the one that nobody announced, and of no other"
    read_back = technician.post(
        "/laboratory/results/", {**batch(moment, "T1", "T7", T1="positive"), "rest": "negative"}
    ).content.decode()
    assert "其中没有采样记录的：T7" in read_back


def test_only_what_is_marked_is_saved_where_some_are_not_tested_yet(
    technician: Any, tube_sent: Any, moment: datetime
) -> None:
    tube_sent("T1")
    tube_sent("T2")
    technician.post("/laboratory/results/", batch(moment, "T1", "T2", T1="negative"))
    assert given() == {"T1": "negative"}
    page = technician.get("/laboratory/results/").content.decode()
    assert 'value="T2"' in page
    assert 'value="T1"' not in page


def test_a_sheet_without_a_mark_or_with_a_time_ahead_comes_back_as_it_was(
    technician: Any, tube_sent: Any, moment: datetime
) -> None:
    tube_sent("T1")
    assert technician.post("/laboratory/results/", batch(moment, "T1")).status_code == 422
    ahead = {**batch(moment, "T1", T1="doubtful"), "at": "2030-01-01T00:00"}
    answer = technician.post("/laboratory/results/", ahead)
    assert answer.status_code == 422
    assert re.search(r'value="doubtful" checked', answer.content.decode())
    assert not given()


def test_a_result_on_record_is_left_alone_and_corrected_instead(
    technician: Any, tube_sent: Any, fact: Any, moment: datetime
) -> None:
    tube_sent("T1")
    fact("results", sample="T1", result="negative", resulted_at=moment, laboratory=LABORATORY)
    sheet = {**batch(moment, "T1", T1="positive"), "sure": "yes"}
    page = technician.post("/laboratory/results/", sheet, follow=True).content.decode()
    assert "已有结果，没有改动：T1" in page
    assert given() == {"T1": "negative"}


def test_two_results_that_differ_stand_side_by_side_until_one_is_taken_back(
    technician: Any, tube_sent: Any, fact: Any, moment: datetime
) -> None:
    tube_sent("T1")
    for result, hours in (("negative", 3), ("invalid", 1)):
        at = moment - timedelta(hours=hours)
        fact("results", sample="T1", result=result, resulted_at=at, laboratory=LABORATORY)
    page = technician.get("/laboratory/").content.decode()
    part = page[page.index('id="contradicting"') : page.index('id="given-title"')]
    assert part.count("/correct/") == 2
    assert "阴性" in part
    assert "无效" in part


def test_the_time_from_sampling_to_the_result_is_counted_against_the_pack_s(
    technician: Any, tube_sent: Any, fact: Any, moment: datetime
) -> None:
    for sample, hours in (("quick", 6), ("slow", 13)):
        tube_sent(sample, hours_ago=hours)
        fact("results", sample=sample, result="negative", resulted_at=moment, laboratory=LABORATORY)
    page = technician.get("/laboratory/").content.decode()
    row = page[page.index('<table class="table speed">') :]
    assert re.search(r"<td>2</td><td>9[.]5</td><td>13[.]0</td><td>1 / 2</td>", row)


def test_a_laboratory_sees_no_other_s_tubes_and_nobody_s_name(
    technician: Any, due: Any, fact: Any, moment: datetime
) -> None:
    due(SOMEBODY)
    fact("samples", sample="of-another", taken_at=moment, kind="single", laboratory="laboratory/2")
    fact("sample_members", sample="of-another", person=SOMEBODY, happened_at=moment)
    for path in ("", "receive/", "results/"):
        page = technician.get(f"/laboratory/{path}").content.decode()
        assert "of-another" not in page
        assert SOMEBODY not in page
    assert technician.get("/laboratory/sampling/").status_code == 403
