"""What a resident reads about themselves, and that nothing of anybody else reaches them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from shell.access.world import as_pages
from sizao.terms.identifiers import hex_key, natural_key
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope, enter
from sizao_web.records.models import FACT_MODELS, Identity, Obligation, PersonAccess, Standing
from sizao_web.records.sealing import seal

HOME = "drill/county-1/street-1/community-1"
SINCE = date(2020, 1, 1)
CDC = Scope("officer-wang", "cdc", "drill", "office/cdc", "epidemic_control")


@pytest.fixture
def fact(db: None, moment: datetime) -> Callable[..., str]:
    """Put a fact on record; its key, by which rows cite it."""

    def put(name: str, by: str = "test", **values: Any) -> str:
        key, at = str(uuid4()), moment - timedelta(hours=1)
        hi, lo = natural_key(name, "test", key)
        FACT_MODELS[name].objects.create(
            fact_id=uuid4(), key_hi=hi, key_lo=lo, source_system="test", source_record=key, source_version=1,
            action="record", happened_at=at, known_at=at, recorded_at=at, recorded_by=by, area=HOME,
            history=False, derived=False, body=key.encode(), **values,
        )  # fmt: skip
        return hex_key(hi, lo)

    return put


@pytest.fixture
def people(fact: Any, moment: datetime) -> None:
    """A contact, her child, the case whom she met, and a neighbour: all known in one community."""
    for person, name in (("p1", "甲某"), ("child", "小甲"), ("case", "病例乙"), ("neighbour", "邻居丙")):
        fact("people", person=person)
        fact("residences", person=person, located_in=HOME, from_on=SINCE)
        PersonAccess.objects.create(person=person, area=HOME)
        named = seal(person, "name", name)
        Identity.objects.create(person=person, name=named, recorded_at=moment, recorded_by="test")


@pytest.fixture
def resident(person_in_office: Any, browser: Any, people: None) -> Any:
    return browser(person_in_office("resident", HOME, person="p1"))


@pytest.fixture
def bound(fact: Any, people: None, obligation: Any, moment: datetime) -> Obligation:
    """A row that restricts p1 since she was designated a close contact of the case."""
    own = fact(
        "designations", person="p1", case="case/7", case_person="case", class_named="close",
        designated_on=date(2020, 11, 8), last_exposed_on=date(2020, 11, 7),
    )  # fmt: skip
    theirs = fact(
        "classifications", person="case", case="case/7", class_named="confirmed", classified_on=SINCE
    )
    row = obligation(
        "p1", rule="contact-quarantine", step="quarantine", verb="quarantine", restricts=True, area=HOME,
        place="central", closes_at=moment + timedelta(days=5), trigger_fact="designations", trigger_key=own,
        because=f"classifications:{theirs}",
    )  # fmt: skip
    Standing.objects.create(
        person="p1", place="central", until=moment + timedelta(days=5), rows=row.obligation_id, row_count=1,
        changed_in=row.changed_in,
    )  # fmt: skip
    return row


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_the_first_page_says_what_binds_me_until_when_and_what_is_due(
    resident: Any, bound: Obligation, obligation: Any
) -> None:
    obligation("p1", area=HOME)
    obligation("neighbour", area=HOME, step="test", verb="test")
    text = text_of(resident.get("/", follow=True))
    assert "集中隔离医学观察" in text
    assert "还有 5 天" in text
    assert "甲某" in text
    assert f"/public/own/why/{bound.obligation_id}/" in text
    assert text.count("/public/own/why/") == 2, "the restriction and the check, and nothing of the neighbour"


def test_who_is_bound_by_nothing_is_told_so(resident: Any) -> None:
    assert "现在没有任何限制" in text_of(resident.get("/public/own/"))


def test_why_tells_the_fact_about_me_and_the_rule_and_never_who_the_case_is(
    resident: Any, bound: Obligation
) -> None:
    text = text_of(resident.get(f"/public/own/why/{bound.obligation_id}/"))
    assert "2020-11-07" in text
    assert "密切接触者" in text
    assert "另有 1 条是关于其他人的" in text
    for hidden in ("case/7", "病例乙", "confirmed", "确诊病例"):
        assert hidden not in text.split("规则全文", 1)[0], hidden
    assert "出处" in text
    assert "法律依据" in text
    assert "可向" in text, "to whom to appeal"


def test_rows_and_papers_of_others_are_not_there(
    resident: Any, bound: Obligation, obligation: Any, fact: Any
) -> None:
    other = obligation("neighbour", area=HOME)
    fact(
        "orders", order="order/9", person="neighbour", place="central", ground_rule="contact-quarantine",
        from_on=SINCE, until_on=SINCE, appeal_to="office/1",
    )  # fmt: skip
    assert resident.get(f"/public/own/why/{other.obligation_id}/").status_code == 404
    for page in ("order", "release", "looked"):
        assert resident.get(f"/public/own/{page}/neighbour/").status_code == 404, page
    for desk in (
        "/persons/p1/",
        f"/why/{bound.obligation_id}/",
        "/search/",
        "/lists/obligations/",
        "/facts/",
    ):
        assert resident.get(desk).status_code == 403, desk


def test_the_order_is_read_and_printed_by_whom_it_is_about(resident: Any, fact: Any) -> None:
    fact(
        "orders", order="order/1", person="p1", place="central", ground_rule="contact-quarantine",
        from_on=date(2020, 11, 8), until_on=date(2020, 11, 22), appeal_to="office/hc",
    )  # fmt: skip
    text = text_of(resident.get("/public/own/order/p1/"))
    assert "order/1" in text
    assert "2020-11-22" in text
    assert "甲某" in text


def test_a_carer_sees_whom_they_care_for_and_only_as_long_as_they_do(
    resident: Any, fact: Any, obligation: Any, moment: datetime
) -> None:
    row = obligation("child", area=HOME)
    assert resident.get(f"/public/own/why/{row.obligation_id}/").status_code == 404
    fact("dependants", person="p1", dependant="child", kind="child", from_on=SINCE)
    assert resident.get(f"/public/own/why/{row.obligation_id}/").status_code == 200
    assert "小甲" in text_of(resident.get("/public/own/"))
    fact(
        "dependants", person="p1", dependant="neighbour", kind="older", from_on=SINCE, until_on=moment.date()
    )
    assert "邻居丙" not in text_of(resident.get("/public/own/")), "that care has ended"


def test_who_looked_is_told_by_office_and_purpose_and_without_the_name(
    resident: Any, moment: datetime
) -> None:
    audit.note(CDC, moment, "read", "person", ["p1"])
    audit.note(CDC, moment, "read", "person", ["neighbour"])
    text = text_of(resident.get("/public/own/looked/p1/"))
    assert "疾" in text
    assert "疫情防控" in text
    assert "个人情况" in text
    assert "officer-wang" not in text
    assert text.count("疫情防控") == 1, "one look at p1; the one at the neighbour is the neighbour's"


@pytest.fixture
def as_resident(person_in_office: Any, people: None, as_scope: Any) -> Any:
    return as_scope(person_in_office("resident", HOME, person="p1"))


def test_the_database_itself_shows_a_resident_their_own_rows_alone(
    as_resident: Any, bound: Obligation, obligation: Any
) -> None:
    obligation("neighbour", area=HOME)
    with as_resident, connection.cursor() as cursor:
        for table, column in (
            ("fact_people", "person"),
            ("fact_residences", "person"),
            ("person_access", "person"),
            ("identity", "person"),
            ("ledger_obligation", "about"),
            ("ledger_standing", "person"),
        ):
            cursor.execute(f"SELECT DISTINCT {column} FROM {table}")
            assert cursor.fetchall() == [("p1",)], table
        for table in (
            "fact_designations",
            "fact_exposures",
            "fact_waivers",
            "ledger_count",
            "identity_token",
        ):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table


def test_no_function_of_the_database_tells_a_resident_of_others(as_resident: Any, bound: Obligation) -> None:
    audit.note(CDC, bound.due_at, "read", "person", ["p1"])
    with as_resident, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sizao_story_facts(%s)", [bound.obligation_id])
        assert cursor.fetchone() == (0,), "the story that offices are told names the case"
        cursor.execute("SELECT told::text FROM sizao_own_reasons(%s)", [bound.obligation_id])
        told = [row[0] for row in cursor.fetchall()]
        assert len(told) == 1
        assert "case" not in told[0]
        cursor.execute("SELECT account FROM sizao_who_looked('p1', %s)", [audit.pseudonyms("p1")])
        assert cursor.fetchall() == [("",)]
        cursor.execute(
            "SELECT count(*) FROM sizao_who_looked('neighbour', %s)", [audit.pseudonyms("neighbour")]
        )
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT sizao_claim_person('a-newcomer')")
        assert cursor.fetchone() == (False,)


def test_an_office_gets_no_reasons_by_the_function_of_residents(
    person_in_office: Any, as_scope: Any, bound: Obligation
) -> None:
    with as_scope(person_in_office("community", HOME)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sizao_own_reasons(%s)", [bound.obligation_id])
        assert cursor.fetchone() == (0,)


def test_a_resident_cannot_retract_what_restricts_them_nor_rename_themselves(
    as_resident: Any, fact: Any, refused: Any
) -> None:
    fact("stays", person="p1", located_in="drill/far", from_on=SINCE)
    fact(
        "declarations",
        person="p1",
        receiver="community",
        declared_at=datetime.fromisoformat("2020-11-09T00:00Z"),
    )
    with as_resident as scope:
        for name in ("stays", "declarations"):
            copy = (
                f"INSERT INTO fact_{name} SELECT (jsonb_populate_record(NULL::fact_{name}, to_jsonb(t) ||"
                " jsonb_build_object('action', 'retract', 'source_version', 2, 'reason', 'x',"
                " 'recorded_by', %s, 'area', %s, 'fact_id', gen_random_uuid()))).* FROM"
                f" fact_{name} AS t WHERE person = 'p1'"
            )
            assert refused(copy, scope.account, HOME), f"{name} of an office"
        assert refused("INSERT INTO identity (person, recorded_at, recorded_by) VALUES ('p1', now(), 'x')")
        assert refused("UPDATE account_assignment SET until_at = now()")


def test_the_binding_of_a_resident_is_known_to_themselves_and_administrators_alone(
    person_in_office: Any, as_scope: Any
) -> None:
    person_in_office("resident", HOME, person="p1", name="neighbour-account")
    asked = "SELECT count(*) FROM account_assignment WHERE person IS NOT NULL"
    for role, seen in (("cdc", 0), ("administrator", 1)):
        with as_scope(person_in_office(role, "drill", "office/x")), connection.cursor() as cursor:
            cursor.execute(asked)
            assert cursor.fetchone() == (seen,), role


def test_a_scope_that_names_people_without_being_a_residents_sees_none_of_them(people: None) -> None:
    forged = Scope("community-x", "community", "elsewhere", None, "epidemic_control", ("p1",))
    enter(forged)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM person_access")
            assert cursor.fetchone() == (0,)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def typed(**more: Any) -> dict[str, Any]:
    return {
        "form": str(uuid4()),
        "person": "p1",
        "receivers": ["community", "street"],
        "symptoms": "no",
        **more,
    }


def count(fact: str, **of: Any) -> int:
    return int(FACT_MODELS[fact].objects.filter(**of).count())


def test_a_declaration_goes_to_each_receiver_once_with_the_journey(resident: Any, fact: Any) -> None:
    fact(
        "area_grades",
        graded="north",
        grade="medium",
        from_on=SINCE,
        counts_upward=False,
        announced_by="office/1",
    )
    said = typed(been_in="north", from_on="2020-11-01", until_on="2020-11-05")
    for _ in range(2):  # a second tap on a slow phone
        assert resident.post("/public/own/declare/", said).status_code == 302
    assert count("declarations", person="p1", symptoms=False) == 2
    assert count("stays", person="p1", located_in="north", until_on=date(2020, 11, 5)) == 1
    text = text_of(resident.get("/public/own/declare/"))
    assert text.count("无症状") == 2
    assert "2020-11-05" in text.split('id="journeys"')[1], "the journey is shown too"
    assert 'name="name"' not in text, "nothing on record is asked"


def test_a_wrong_declaration_keeps_what_was_typed_and_says_what_to_do(resident: Any) -> None:
    answer = resident.post("/public/own/declare/", typed(symptoms="", from_on="yesterday"))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "请选择有没有症状" in text
    assert "2020-11-10 的形式" in text
    assert 'value="yesterday"' in text
    assert resident.post("/public/own/declare/", typed(person="neighbour")).status_code == 404
    assert count("declarations") == 0


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"been_in": "north", "from_on": "2020-11-20"}, "不能晚于今天"),
        ({"been_in": "north", "from_on": "2020-11-01", "until_on": "2020-11-20"}, "空着"),
        ({"from_on": "2020-11-01"}, "请选到过哪里"),
    ],
)
def test_a_journey_lies_behind_and_has_its_place(
    resident: Any, fact: Any, wrong: dict[str, str], reason: str
) -> None:
    grade = {"graded": "north", "grade": "medium", "from_on": SINCE, "announced_by": "office/1"}
    fact("area_grades", counts_upward=False, **grade)
    answer = resident.post("/public/own/declare/", typed(**wrong))
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert count("stays") == count("declarations") == 0


def test_who_declares_symptoms_is_told_where_to_go(resident: Any) -> None:
    answer = resident.post("/public/own/declare/", typed(symptoms="yes"), follow=True)
    assert "到发热门诊就诊" in text_of(answer)


def test_what_somebody_declared_they_correct_and_nobody_elses(resident: Any, fact: Any) -> None:
    theirs = fact(
        "declarations", person="p1", receiver="street", symptoms=False,
        declared_at=datetime.fromisoformat("2020-11-09T00:00Z"),
    )  # fmt: skip
    assert resident.get(f"/public/own/declarations/{theirs}/correct/").status_code == 404, "of an office"
    resident.post("/public/own/declare/", typed(receivers=["community"]))
    row = FACT_MODELS["declarations"].objects.get(receiver="community")
    page = f"/public/own/declarations/{hex_key(row.key_hi, row.key_lo)}/correct/"
    assert resident.post(page, {"symptoms": "yes", "reason": ""}).status_code == 422, "a reason is needed"
    assert resident.post(page, {"symptoms": "yes", "reason": "记错了"}).status_code == 302
    assert count("declarations", receiver="community", action="replace", symptoms=True) == 1
    assert count("declarations", receiver="community", action="record", symptoms=False) == 1, "kept"


def test_a_request_reaches_the_community_and_its_answer_comes_back(
    resident: Any, browser: Any, person_in_office: Any
) -> None:
    said = {"form": str(uuid4()), "kind": "medicine", "person": "p1"}
    for _ in range(2):
        assert resident.post("/public/own/ask/", said).status_code == 302
    assert count("requests", person="p1", kind="medicine") == 1
    assert resident.post("/public/own/ask/", {"kind": ""}).status_code == 422
    worker = browser(person_in_office("community", HOME))
    assert "慢性病用药" in text_of(worker.get("/community/requests/"))
    number = FACT_MODELS["requests"].objects.get().request
    worker.post("/community/requests/", {"request": number, "outcome": "done"})
    assert "慢性病用药" not in text_of(worker.get("/community/requests/"))
    assert "办结" in text_of(resident.get("/public/own/ask/"))


def test_a_process_that_is_not_the_owner_of_the_tables_finds_whose_account_it_is(
    resident: Any, bound: Obligation
) -> None:
    with as_pages():
        assert "还有 5 天" in text_of(resident.get("/public/own/"))
