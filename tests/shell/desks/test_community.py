"""The community worker's desk: one knock at each door, and what is found there proves what was due."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sizao_web.desks.community.presenters import told
from sizao_web.records.models import FACT_MODELS, PersonAccess
from sizao_web.records.reading import facts as facts_reading
from sizao_web.records.reading.proofs import verbs_at_the_door, way_of

HERE, THERE = "drill/county-1/street/community-1", "drill/county-1/street/community-2"
OFFICE = "office/1"
FAMILY = ("father", "mother", "infant", "grandmother")


@pytest.fixture
def worker(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("community", HERE, OFFICE))


@pytest.fixture
def at_home(db: None, moment: datetime) -> Callable[[str, str], None]:
    """Put on record that a person belongs to a household here."""

    def put(household: str, person: str, area: str = HERE) -> None:
        PersonAccess.objects.get_or_create(person=person, area=area, organisation=None)
        _fact("households", moment, area, household=household, person=person, from_on=date(2019, 1, 1))

    return put


@pytest.fixture
def office(db: None, moment: datetime) -> Callable[[str, str, str], None]:
    """Put an office on record."""

    def put(name: str, task: str, covers: str) -> None:
        _fact("offices", moment, covers, office=name, task=task, covers=covers, from_on=date(2019, 1, 1))

    return put


@pytest.fixture
def family(obligation: Any, at_home: Any) -> str:
    """A household of four; of each the temperature is due."""
    for person in FAMILY:
        at_home("H1", person)
        obligation(person, household="H1")
    return "H1"


def _fact(name: str, moment: datetime, area: str, **values: Any) -> None:
    key = uuid4()
    FACT_MODELS[name].objects.create(
        fact_id=key, key_hi=key.int >> 65, key_lo=key.int & 0xFFFF_FFFF, source_system="test",
        source_record=str(key), source_version=1, action="record", happened_at=moment, known_at=moment,
        recorded_at=moment, recorded_by="test", area=area, history=False, derived=False, body=key.bytes,
        **values,
    )  # fmt: skip


def form(moment: datetime, people: dict[str, str], visit: str | None = None, **more: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "visit": visit or str(uuid4()), "at": moment.isoformat(), "door": "H1", "household": "H1",
        "office": OFFICE,
        "person": list(people),
    }  # fmt: skip
    for person, answer in people.items():
        fields[f"answer:{person}"] = answer
        fields[f"way:{person}"] = "health_checks"
    return {**fields, **more}


def kept(fact: str) -> list[Any]:
    """What counts of a fact: the last link of each record, unless it retracts."""
    rows: dict[str, Any] = {}
    for row in FACT_MODELS[fact].objects.order_by("source_version"):
        rows[row.source_record] = row
    return [row for row in rows.values() if row.action != "retract"]


def doors_on(page: Any) -> list[str]:
    return re.findall(r'<span class="door-address">(.*?)</span>', page.content.decode())


@pytest.mark.orders("D2-83")
def test_one_household_is_one_knock_at_the_door(worker: Any, family: str, obligation: Any) -> None:
    obligation("neighbour", household="H2")
    page = worker.get("/community/")
    assert doors_on(page) == ["H1", "H2"]
    assert "上门：2 户" in page.content.decode()


def test_what_is_overdue_is_done_on_today_s_visit_and_first(
    worker: Any, family: str, obligation: Any
) -> None:
    obligation("neighbour", household="H2")
    obligation(
        "infant",
        "overdue",
        household="H1",
        rule="dependants-of-quarantined",
        step="visit",
        verb="welfare_visit",
    )
    assert doors_on(worker.get("/community/")) == ["H1", "H2"]
    assert doors_on(worker.get("/community/?when=overdue")) == ["H1"]


def test_visits_stand_in_the_group_of_their_limit(worker: Any, obligation: Any, moment: datetime) -> None:
    noon = moment.replace(hour=4)  # 12:00 in the city
    for household, due in (
        ("before-noon", noon),
        ("in-the-afternoon", noon + timedelta(hours=1)),
        ("by-midnight", noon + timedelta(hours=12)),
        ("tomorrow", noon + timedelta(hours=13)),
    ):
        obligation(f"p-{household}", household=household, due_at=due)
    assert doors_on(worker.get("/community/?when=noon")) == ["before-noon"]
    assert doors_on(worker.get("/community/?when=today")) == ["in-the-afternoon", "by-midnight"]
    assert doors_on(worker.get("/community/?when=later")) == ["tomorrow"]


def test_each_count_is_the_number_of_doors_behind_it(worker: Any, obligation: Any, moment: datetime) -> None:
    for number in range(30):
        obligation(f"p{number}", "overdue" if number < 7 else "open", household=f"H{number:02}")
    page = worker.get("/community/").content.decode()
    links = re.findall(r'href="(\?when=\w+)"[^>]*>[^<]*<span class="count">(\d+)</span>', page)
    assert dict(links)["?when=overdue"] == "7"
    for address, count in links:
        shown = len(doors_on(worker.get(f"/community/{address}")))
        shown += len(doors_on(worker.get(f"/community/{address}&page=2"))) if int(count) > 25 else 0
        assert shown == int(count)


def test_another_office_s_rows_are_no_visit_of_this_one(worker: Any, obligation: Any) -> None:
    obligation("p1", household="H1", done_by="office/samplers", responsible="office/samplers")
    obligation("p2", household="H2", area=THERE)
    assert doors_on(worker.get("/community/")) == ["H2"], "the office answers for p2"
    obligation("p3", household="H3", area=THERE, responsible="office/2")
    assert doors_on(worker.get("/community/")) == ["H2"]


def test_a_household_of_four_is_done_in_six_taps(worker: Any, family: str, moment: datetime) -> None:
    page = worker.get("/community/").content.decode()
    assert page.count('value="well"') == len(FAMILY), "open, one tap for each of four, save"
    worker.post("/community/record/", form(moment, dict.fromkeys(FAMILY, "well")))
    checks = kept("health_checks")
    assert {row.person for row in checks} == set(FAMILY)
    assert not any(row.symptoms for row in checks)


def test_a_form_sent_twice_counts_once(worker: Any, family: str, moment: datetime) -> None:
    sent = form(moment, {"father": "well", "mother": "symptoms"})
    first = worker.post("/community/record/", sent, headers={"Accept": "application/json"}).json()
    again = worker.post("/community/record/", sent, headers={"Accept": "application/json"}).json()
    assert [one["outcome"] for one in first["entries"]] == ["stored", "stored"]
    assert [one["outcome"] for one in again["entries"]] == ["merged", "merged"]
    assert FACT_MODELS["health_checks"].objects.count() == 2


def test_each_duty_is_proved_by_the_fact_that_its_rule_names(
    worker: Any, obligation: Any, moment: datetime
) -> None:
    rows = (
        ("check", "contact-temperature", "check_health", "check_health", "health_checks"),
        ("call", "dependants-of-quarantined", "visit", "welfare_visit", "visits:welfare"),
        ("verify", "arrivals-verification", "verify", "verify", "visits:observation"),
        ("stay", "secondary-observation", "stay_home", "home_observation", "room_stays:home"),
    )
    sent = form(moment, {person: "well" for person, *_ in rows})
    for person, rule, step, verb, way in rows:
        obligation(
            person,
            household="H1",
            rule=rule,
            step=step,
            verb=verb,
            place="home" if verb == "home_observation" else None,
        )
        sent[f"way:{person}"] = way
        assert str(way_of(rule, 1, step, "home")) == way
        assert f'name="way:{person}" value="{way}"' in worker.get("/community/").content.decode()
    worker.post("/community/record/", sent)
    assert [row.person for row in kept("health_checks")] == ["check"]
    assert {(row.person, row.purpose, row.findings, row.by) for row in kept("visits")} == {
        ("call", "welfare", "well", OFFICE),
        ("verify", "observation", "well", OFFICE),
    }
    assert [(row.person, row.kind, row.place) for row in kept("room_stays")] == [("stay", "home", "home/H1")]


def test_every_verb_of_a_community_can_be_answered_at_the_door() -> None:
    assert {
        "check_health",
        "welfare_visit",
        "verify",
        "home_observation",
        "test",
        "record_dependants",
    } <= verbs_at_the_door()
    assert not {"report_case", "investigate", "rectify"} & verbs_at_the_door()


def test_symptoms_say_what_follows(worker: Any, family: str, moment: datetime) -> None:
    page = worker.post(
        "/community/record/", form(moment, {"infant": "symptoms"}), follow=True
    ).content.decode()
    assert "发热门诊" in page
    assert [row.symptoms for row in kept("health_checks")] == [True]


def test_a_fever_says_what_follows_even_when_the_person_feels_well(
    worker: Any, family: str, moment: datetime
) -> None:
    sent = form(moment, {"infant": "well"}, **{"temperature:infant": "38.2"})
    assert "发热门诊" in worker.post("/community/record/", sent, follow=True).content.decode()
    sent = form(moment, {"father": "well"}, **{"temperature:father": "36.6"})
    assert "发热门诊" not in worker.post("/community/record/", sent, follow=True).content.decode()


def test_one_wrong_answer_keeps_what_was_typed_and_undoes_no_other(
    worker: Any, family: str, moment: datetime
) -> None:
    sent = form(moment, {"father": "well", "infant": "well"}, **{"temperature:infant": "466"})
    page = worker.post("/community/record/", sent).content.decode()
    assert [row.person for row in kept("health_checks")] == ["father"]
    assert 'value="466"' in page
    assert "34 到 43" in page
    assert f'name="visit" value="{sent["visit"]}"' in page, "sent again it is the same visit"
    sent["temperature:infant"] = "366"
    worker.post("/community/record/", sent)
    assert {row.person: row.temperature for row in kept("health_checks")} == {"father": None, "infant": 36.6}


def test_nobody_is_recorded_of_whom_this_office_knows_nothing(
    worker: Any, family: str, obligation: Any, moment: datetime
) -> None:
    obligation("stranger", area=THERE, responsible="office/2")
    sent = form(moment, {"father": "well", "stranger": "well"})
    answer = worker.post("/community/record/", sent, headers={"Accept": "application/json"}).json()
    assert {one["person"]: one["outcome"] for one in answer["entries"]} == {
        "father": "stored",
        "stranger": "refused",
    }
    assert [row.person for row in kept("health_checks")] == ["father"]


def test_not_met_leaves_nothing_on_record(worker: Any, family: str, moment: datetime) -> None:
    worker.post("/community/record/", form(moment, {"father": "", "mother": ""}))
    assert not kept("health_checks")


def test_a_household_tube_is_one_sample_of_several(worker: Any, family: str, moment: datetime) -> None:
    sent = form(
        moment,
        {"father": "well", "mother": "well"},
        **{"tube:father": "T1", "tube:mother": "T1", "tube:infant": ""},
    )
    worker.post("/community/record/", sent)
    assert [(row.sample, row.kind) for row in kept("samples")] == [("T1", "household")]
    assert sorted(row.person for row in kept("sample_members")) == ["father", "mother"]


def test_taking_back_leaves_nothing_that_counts_and_everything_on_record(
    worker: Any, family: str, moment: datetime
) -> None:
    sent = form(moment, {"father": "well", "mother": "well"}, **{"tube:father": "T1"})
    page = worker.post("/community/record/", sent, follow=True).content.decode()
    assert "撤回" in page
    worker.post("/community/take-back/", {"visit": sent["visit"], "person": ["father", "mother"]})
    assert not kept("health_checks")
    assert not kept("samples")
    assert FACT_MODELS["health_checks"].objects.count() == 4
    worker.post("/community/take-back/", {"visit": sent["visit"], "person": ["father", "mother"]})
    assert FACT_MODELS["health_checks"].objects.count() == 4, "taken back once"


def test_a_retraction_is_seen_by_whoever_saw_the_record(
    worker: Any, family: str, moment: datetime, person_in_office: Any, as_scope: Any
) -> None:
    sent = form(moment, {"father": "well"})
    worker.post("/community/record/", sent)
    worker.post("/community/take-back/", {"visit": sent["visit"], "person": ["father"]})
    with as_scope(person_in_office("street", "drill/county-1/street")) as scope:
        assert facts_reading.links(scope, "health_checks").count() == 2
        assert facts_reading.effective(scope, "health_checks", moment).count() == 0


def test_nobody_takes_back_what_somebody_else_recorded(
    worker: Any, family: str, moment: datetime, person_in_office: Any, browser: Any
) -> None:
    sent = form(moment, {"father": "well"})
    worker.post("/community/record/", sent)
    colleague = browser(person_in_office("community", HERE, OFFICE, name="colleague"))
    colleague.post("/community/take-back/", {"visit": sent["visit"], "person": ["father"]})
    assert len(kept("health_checks")) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("visit", "1"), ("at", "yesterday"), ("at", "2020-11-10T09:00"), ("at", "2020-11-12T00:00:00Z")],
)
def test_a_broken_form_writes_nothing_and_says_so(
    worker: Any, family: str, moment: datetime, field: str, value: str
) -> None:
    sent = form(moment, {"father": "well"}, **{field: value})
    answer = worker.post("/community/record/", sent, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["problem"]
    assert not kept("health_checks")


def test_the_page_of_a_household_shows_all_its_people(worker: Any, at_home: Any, obligation: Any) -> None:
    for person in FAMILY:
        at_home("H1", person)
    obligation("infant", household="H1")
    page = worker.get("/community/household/H1/").content.decode()
    assert all(f'name="answer:{person}"' in page for person in FAMILY)


def test_the_page_of_a_door_stays_when_everything_is_done_there(worker: Any, obligation: Any) -> None:
    row = obligation("alone")
    assert "今天没有待办" not in worker.get("/community/person/alone/").content.decode()
    row.status = "met"
    row.save()
    page = worker.get("/community/person/alone/")
    assert page.status_code == 200
    assert "今天没有待办" in page.content.decode()
    assert worker.get("/community/person/somebody-elsewhere/").status_code == 404


def test_a_household_elsewhere_is_not_found(worker: Any, at_home: Any) -> None:
    at_home("H9", "stranger", area=THERE)
    assert worker.get("/community/household/H9/").status_code == 404
    assert worker.get("/community/household/nowhere/").status_code == 404


def test_the_card_says_what_happens_otherwise(worker: Any, obligation: Any) -> None:
    obligation("p1", household="H1", rule="dependants-of-quarantined", step="visit", verb="welfare_visit")
    assert "转民政部门" in worker.get("/community/").content.decode()


def test_the_offline_page_says_nothing_about_anybody(worker: Any, family: str) -> None:
    for page in (
        worker.get("/community/offline/").content.decode(),
        worker.get("/community/worker.js").content.decode(),
    ):
        assert not any(person in page for person in FAMILY)


def test_a_street_office_sees_the_visits_of_its_communities(
    person_in_office: Any, browser: Any, obligation: Any, office: Any
) -> None:
    office("office/1", "community", HERE)
    office("office/2", "community", THERE)
    office("office/elsewhere", "community", "drill/county-2/street/community-1")
    obligation("p1", household="H1")
    obligation("p2", household="H2", area=THERE, responsible="office/2")
    obligation("p3", household="H3", responsible="office/street")
    obligation("p4", household="H4", responsible="office/samplers")
    reader = browser(person_in_office("street", "drill/county-1/street", "office/street"))
    assert sorted(doors_on(reader.get("/community/"))) == ["H1", "H2", "H3"]


@pytest.mark.orders("D2-77")
def test_who_needs_help_is_named_after_saving(worker: Any, family: str, moment: datetime) -> None:
    page = worker.post(
        "/community/record/", form(moment, {"grandmother": "help"}), follow=True
    ).content.decode()
    assert "需要帮助：grandmother" in page
    assert "/facts/requests/new/?person=grandmother" in page
    assert worker.get("/facts/requests/new/?person=grandmother").status_code == 200
    assert [(row.purpose, row.findings) for row in kept("visits")] == [("welfare", "needs_help")]


def test_who_depends_on_somebody_is_told_by_name() -> None:
    row = {"person": "mother", "dependant": "son", "kind": "child"}
    said = told("dependants", row, {"son": "小演"})
    assert said is not None
    assert "小演" in said.zh
    assert "小演" in said.en


@pytest.fixture
def taken_away(obligation: Any, family: str) -> str:
    """The mother is taken to quarantine: it must be asked who depends on her."""
    obligation(
        "mother", household="H1", rule="dependants-of-quarantined", step="record", verb="record_dependants",
        trigger_fact="orders",
    )  # fmt: skip
    return "mother"


@pytest.mark.orders("D2-77")
def test_of_somebody_taken_away_each_of_the_household_is_asked_about(
    worker: Any, taken_away: str, moment: datetime
) -> None:
    page = worker.get("/community/").content.decode()
    asked = {one for one in FAMILY if f'name="depends:mother:{one}"' in page}
    assert asked == {"father", "infant", "grandmother"}
    said = {
        "depends:mother:infant": "child",
        "depends:mother:grandmother": "older",
        "depends:mother:father": "",
    }
    sent = form(moment, {}, person=["mother"], **said)
    shown = worker.post("/community/record/", sent, follow=True).content.decode()
    assert "每天上门" in shown
    assert sorted((row.person, row.dependant, row.kind) for row in kept("dependants")) == [
        ("mother", "grandmother", "older"),
        ("mother", "infant", "child"),
    ]
    worker.post("/community/record/", sent)
    assert len(kept("dependants")) == 2, "sent again it counts once"
    worker.post("/community/take-back/", {"visit": sent["visit"], "person": ["mother"]})
    assert not kept("dependants")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"depends:mother:infant": "child", "nobody:mother": "yes"}, "请留一个"),
        ({"depends:mother:infant": "pet"}, "没有这个选项"),
    ],
)
def test_what_cannot_be_said_of_dependants_is_refused(
    worker: Any, taken_away: str, moment: datetime, said: dict[str, str], why: str
) -> None:
    page = worker.post("/community/record/", form(moment, {}, person=["mother"], **said)).content.decode()
    assert why in page
    assert not kept("dependants")
