"""The desk of a quarantine site: rooms, rounds of temperature, taking in, letting out, requests."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sizao.terms.identifiers import natural_key
from sizao_web.records.access.functions import FUNCTIONS
from sizao_web.records.models import FACT_MODELS, PersonAccess, Run, Standing
from sizao_web.records.reading.sites import due_about

AREA, GROUNDS = "drill/county-1", "drill/county-1/street/grounds"
OFFICE, SITE = "office/site", "quarantine-site/1"


@pytest.fixture
def fact(db: None, moment: datetime) -> Callable[..., None]:
    """Put a fact on record."""

    def put(name: str, area: str = AREA, known: datetime | None = None, **values: Any) -> None:
        key, at = uuid4(), known or moment - timedelta(days=9)
        hi, lo = natural_key(name, "test", str(key))
        FACT_MODELS[name].objects.create(
            fact_id=key, key_hi=hi, key_lo=lo, source_system="test",
            source_record=str(key), source_version=1, action="record", happened_at=at, known_at=at,
            recorded_at=at, recorded_by="test", area=area, history=False, derived=False, body=key.bytes,
            **values,
        )  # fmt: skip

    return put


@pytest.fixture
def site(fact: Any) -> str:
    """A site with a single, a double and a broken room."""
    fact("offices", office=OFFICE, task="site", covers=AREA, from_on=date(2020, 1, 1))
    fact("areas", path=GROUNDS, label_zh="驻地", label_en="Grounds", level="community")
    fact("places", place=SITE, kind="quarantine_site", located_in=GROUNDS, from_on=date(2020, 1, 1))
    for room, beds in (("201", 1), ("202", 2), ("301", 1)):
        fact(
            "rooms",
            place=SITE,
            room=room,
            floor=room[0],
            beds=beds,
            use="quarantine",
            from_on=date(2020, 1, 1),
        )
    return SITE


@pytest.fixture
def manager(person_in_office: Any, browser: Any, site: str) -> Any:
    return browser(person_in_office("site", AREA, OFFICE))


@pytest.fixture
def inside(fact: Any, moment: datetime) -> Callable[..., None]:
    """Put somebody into a room; until: when the last restriction ends, none for whom nothing binds."""

    def put(person: str, room: str, until: datetime | None = None) -> None:
        PersonAccess.objects.get_or_create(person=person, area=None, organisation=OFFICE)
        fact(
            "room_stays", person=person, place=SITE, room=room, kind="central",
            from_at=moment - timedelta(days=3),
        )  # fmt: skip
        if until is not None:
            Standing.objects.create(
                person=person, place="central", until=until, rows="", row_count=1,
                changed_in=Run.objects.first() or _run(moment),
            )  # fmt: skip

    return put


@pytest.fixture
def expected(obligation: Any, moment: datetime) -> Callable[..., Any]:
    """Somebody whom a rule sends to the site."""

    def put(person: str, status: str = "open", **values: Any) -> Any:
        PersonAccess.objects.get_or_create(person=person, area=None, organisation=OFFICE)
        row = {
            "rule": "contact-quarantine", "step": "quarantine", "verb": "central_quarantine",
            "place": "central", "responsible": OFFICE, "done_by": OFFICE, "restricts": True,
            "closes_at": moment + timedelta(days=6),
        }  # fmt: skip
        return obligation(person, status, AREA, **{**row, **values})

    return put


def _run(moment: datetime) -> Run:
    return Run.objects.create(
        kind="whole", as_of=moment, known_by=moment, facts_until="0", pack="training-2020", pack_digest="0",
        texts="", rows_changed=0, rows_withdrawn=0, rows_sealed=0, began_at=moment, seconds=0.0,
    )  # fmt: skip


def kept(name: str) -> list[Any]:
    """What counts of a fact: of each record the last link, unless it retracts."""
    rows: dict[str, Any] = {}
    for row in FACT_MODELS[name].objects.order_by("source_version"):
        rows[row.source_record] = row
    return [row for row in rows.values() if row.action != "retract"]


def round_of(
    moment: datetime, degrees: dict[str, str], form: str | None = None, **more: str
) -> dict[str, Any]:
    local = (moment + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")
    fields: dict[str, Any] = {"visit": form or str(uuid4()), "at": local, "person": list(degrees), **more}
    return {**fields, **{f"temperature:{person}": said for person, said in degrees.items()}}


def placing(moment: datetime, rooms: dict[str, str], **more: str) -> dict[str, Any]:
    local = (moment + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")
    return {
        "form": str(uuid4()), "at": local, "person": list(rooms), **more,
        **{f"room:{person}": room for person, room in rooms.items()},
    }  # fmt: skip


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


# -- the first screen ----------------------------------------------------------------------------------


def test_an_office_without_a_site_is_told_who_records_one(person_in_office: Any, browser: Any) -> None:
    page = browser(person_in_office("site", AREA, OFFICE)).get("/quarantine/")
    assert "没有在册的隔离点" in text_of(page)


def test_who_must_be_taken_in_stands_first_the_overdue_before_the_others(manager: Any, expected: Any) -> None:
    expected("later")
    expected("late", "overdue")
    page = manager.get("/quarantine/").content.decode()
    assert page.index("/quarantine/admit/late/") < page.index("/quarantine/admit/later/")


def test_a_household_is_one_line_and_who_is_inside_is_expected_no_more(
    manager: Any, expected: Any, inside: Any
) -> None:
    for person in ("mother", "child", "here"):
        expected(person, household="H1")
    inside("here", "201")
    page = manager.get("/quarantine/").content.decode()
    assert len(re.findall(r"/quarantine/admit/", page)) == 1
    assert "here" not in page[page.index('id="parties"') : page.index('id="round-title"')]


def test_the_outlook_says_how_many_rooms_will_be_missing(manager: Any, expected: Any) -> None:
    for number in range(5):
        expected(f"p{number}")
    assert "缺 2 间" in text_of(manager.get("/quarantine/")), "three rooms, five people"


# -- taking in -----------------------------------------------------------------------------------------


@pytest.mark.orders("D1-16", "D1-17", "D1-18")
def test_taking_in_records_the_room_the_stay_and_the_hand_over_at_once(
    manager: Any, expected: Any, fact: Any, moment: datetime
) -> None:
    expected("traveller")
    fact(
        "hand_overs", hand_over="h1", person="traveller", from_office="office/port", to_office=OFFICE,
        offered_at=moment - timedelta(hours=1),
    )  # fmt: skip
    answer = manager.post("/quarantine/admit/traveller/", placing(moment, {"traveller": "201"}))
    assert answer.status_code == 302, text_of(answer)
    (stay,) = kept("room_stays")
    assert (stay.person, stay.place, stay.room, stay.kind) == ("traveller", SITE, "201", "central")
    (there,) = kept("stays")
    assert (there.located_in, there.place) == (GROUNDS, SITE)
    (accepted,) = kept("hand_over_acceptances")
    assert accepted.accepted_office == OFFICE


def test_the_same_form_sent_twice_is_one_stay(manager: Any, expected: Any, moment: datetime) -> None:
    expected("traveller")
    form = placing(moment, {"traveller": "201"})
    for _ in range(2):
        manager.post("/quarantine/admit/traveller/", form)
    assert len(kept("room_stays")) == 1


def test_the_household_is_offered_one_room_that_holds_all_of_it(
    manager: Any, expected: Any, fact: Any
) -> None:
    for person in ("mother", "child"):
        expected(person, household="H1")
        fact("households", household="H1", person=person, from_on=date(2019, 1, 1))
    page = manager.get("/quarantine/admit/mother/").content.decode()
    assert len(re.findall(r'<option value="202" selected>', page)) == 2


def test_a_room_that_breaks_a_limit_is_taken_only_when_it_is_confirmed(
    manager: Any, expected: Any, inside: Any, moment: datetime
) -> None:
    expected("stranger")
    inside("other", "202")
    form = placing(moment, {"stranger": "202"})
    page = manager.post("/quarantine/admit/stranger/", form)
    assert page.status_code == 422
    assert "没有关联的人每间最多 1 人" in text_of(page)
    assert '<option value="202" selected>' in page.content.decode(), "what was chosen is kept"
    assert len(kept("room_stays")) == 1
    assert manager.post("/quarantine/admit/stranger/", {**form, "sure": "yes"}).status_code == 302
    assert len(kept("room_stays")) == 2


@pytest.mark.parametrize("room", ["201", "999", ""])
def test_a_full_or_unknown_room_is_refused_also_when_it_is_confirmed(
    manager: Any, expected: Any, inside: Any, moment: datetime, room: str
) -> None:
    expected("stranger")
    inside("other", "201")
    page = manager.post("/quarantine/admit/stranger/", placing(moment, {"stranger": room}, sure="yes"))
    assert page.status_code == 422
    assert len(kept("room_stays")) == 1


def test_two_people_do_not_get_the_last_bed(manager: Any, expected: Any, moment: datetime) -> None:
    for person in ("a", "b"):
        expected(person, household="H1")
    page = manager.post("/quarantine/admit/a/", placing(moment, {"a": "201", "b": "201"}, sure="yes"))
    assert page.status_code == 422
    assert "只有 1 张床" in text_of(page)


def test_somebody_whom_the_office_does_not_answer_for_is_not_there(manager: Any, moment: datetime) -> None:
    assert manager.get("/quarantine/admit/foreign/").status_code == 404
    assert manager.post("/quarantine/admit/foreign/", placing(moment, {"foreign": "201"})).status_code == 404


# -- rooms ---------------------------------------------------------------------------------------------


def test_a_move_ends_the_one_stay_begins_the_other_and_leaves_a_room_to_be_disinfected(
    manager: Any, inside: Any, moment: datetime
) -> None:
    inside("guest", "201")
    assert manager.post("/quarantine/move/guest/", placing(moment, {"guest": "301"})).status_code == 302
    stays = {row.room: row.until_at for row in kept("room_stays")}
    assert stays["201"] is not None
    assert stays["301"] is None
    page = text_of(manager.get("/quarantine/rooms/?state=to_disinfect"))
    assert "201" in page
    assert "301 在住" not in page


def test_a_room_that_was_left_is_free_again_only_when_it_was_disinfected(
    manager: Any, inside: Any, expected: Any, moment: datetime
) -> None:
    inside("guest", "201")
    manager.post("/quarantine/leave/guest/")
    expected("next")
    refused = manager.post("/quarantine/admit/next/", placing(moment, {"next": "201"}, sure="yes"))
    assert "待终末消毒" in text_of(refused)
    manager.post("/quarantine/rooms/condition/", {"room": "201", "condition": "ready"})
    assert manager.post("/quarantine/admit/next/", placing(moment, {"next": "201"})).status_code == 302


def test_who_is_in_a_room_on_no_record_is_shown_all_the_same(manager: Any, inside: Any) -> None:
    inside("guest", "777")
    assert "777" in text_of(manager.get("/quarantine/rooms/"))


# -- the round of temperatures -------------------------------------------------------------------------


@pytest.mark.orders("D1-24")
def test_a_floor_is_recorded_at_once_and_who_was_not_measured_leaves_nothing(
    manager: Any, inside: Any, moment: datetime
) -> None:
    for person, room in (("a", "201"), ("b", "202"), ("c", "301")):
        inside(person, room)
    answer = manager.post("/quarantine/checks/", round_of(moment, {"a": "36.5", "b": "368", "c": ""}))
    assert answer.status_code == 302
    assert {row.person: row.temperature for row in kept("health_checks")} == {"a": 36.5, "b": 36.8}


def test_a_wrong_temperature_is_marked_and_the_others_are_saved_once(
    manager: Any, inside: Any, moment: datetime
) -> None:
    inside("a", "201")
    inside("b", "202")
    form = round_of(moment, {"a": "38.5", "b": "3.65"})
    page = manager.post("/quarantine/checks/", form)
    assert "应在 34 到 43" in text_of(page)
    assert 'value="3.65"' in page.content.decode(), "what was typed is kept"
    assert "已保存 1 人" in text_of(page)
    assert "留在房间" in text_of(page), "a fever does not wait until the sheet is right"
    assert {row.person: row.temperature for row in kept("health_checks")} == {"a": 38.5}, "saved, as it says"
    assert manager.post("/quarantine/checks/", {**form, "temperature:b": "36.6"}).status_code == 302
    assert {row.person: row.temperature for row in kept("health_checks")} == {"a": 38.5, "b": 36.6}


def test_a_round_in_which_everything_is_wrong_is_refused(manager: Any, inside: Any, moment: datetime) -> None:
    inside("a", "201")
    page = manager.post("/quarantine/checks/", round_of(moment, {"a": "3.65"}))
    assert page.status_code == 422
    assert "已保存" not in text_of(page)
    assert not kept("health_checks")


def test_a_fever_names_the_fever_clinic_and_a_round_can_be_taken_back(
    manager: Any, inside: Any, fact: Any, moment: datetime
) -> None:
    fact("places", place="fever-clinic/1", kind="fever_clinic", located_in=GROUNDS, from_on=date(2020, 1, 1))
    inside("a", "201")
    form = round_of(moment, {"a": "38.2"})
    saved = manager.get(manager.post("/quarantine/checks/", form).headers["Location"])
    assert "发热或有症状" in text_of(saved)
    assert "fever-clinic/1" in text_of(saved)
    manager.post("/quarantine/checks/take-back/", {"visit": form["visit"]})
    assert kept("health_checks") == []


@pytest.mark.parametrize("wrong", [{"visit": "x"}, {"at": "soon"}, {"at": "2031-01-01T08:00"}, {"at": ""}])
def test_a_broken_sheet_is_refused_in_words_and_comes_back_as_it_was_typed(
    manager: Any, inside: Any, moment: datetime, wrong: Any
) -> None:
    inside("a", "201")
    answer = manager.post("/quarantine/checks/", {**round_of(moment, {"a": "36.5"}), **wrong})
    assert answer.status_code == 422
    assert "所填体温都还在" in answer.content.decode()
    assert 'name="temperature:a" value="36.5"' in answer.content.decode()
    assert kept("health_checks") == []


def test_a_check_that_is_due_stands_on_the_sheet_whoever_owes_it(
    manager: Any, inside: Any, obligation: Any
) -> None:
    inside("a", "201")
    obligation("a", area="elsewhere", responsible="office/community", done_by="office/community")
    assert "待测" in text_of(manager.get("/quarantine/checks/?due=1"))


# -- leaving -------------------------------------------------------------------------------------------


@pytest.mark.orders("D2-44")
def test_nobody_is_released_and_no_paper_is_printed_while_anything_binds_them(
    manager: Any, inside: Any, moment: datetime
) -> None:
    inside("bound", "201", moment + timedelta(hours=1))
    assert "现在不能解除" in text_of(manager.get("/quarantine/release/bound/"))
    assert manager.post("/quarantine/release/bound/", {"form": str(uuid4())}).status_code == 422
    assert kept("releases") == []
    assert manager.get("/quarantine/papers/release/bound/").status_code == 302


def test_a_restriction_of_another_office_is_told_too(
    manager: Any, inside: Any, obligation: Any, moment: datetime
) -> None:
    inside("bound", "201", moment + timedelta(days=2))
    obligation(
        "bound", "met", area="elsewhere", responsible="office/other", done_by="office/other", restricts=True,
        place="home", rule="secondary-observation", step="stay_home", verb="home_observation",
        closes_at=moment + timedelta(days=2),
    )  # fmt: skip
    assert "密接的密接居家医学观察" in text_of(manager.get("/quarantine/release/bound/"))


def test_who_is_bound_by_nothing_is_released_with_a_paper_and_leaves_the_room(
    manager: Any, inside: Any, fact: Any, moment: datetime
) -> None:
    inside("free", "201")
    fact("orders", order="order/1", person="free", place="central", ground_rule="contact-quarantine",
         from_on=date(2020, 10, 27), until_on=date(2020, 11, 10), appeal_to="office/1")  # fmt: skip
    paper = manager.post("/quarantine/release/free/", {"form": str(uuid4())}, follow=True)
    assert "解除隔离医学观察告知书" in text_of(paper)
    assert "order/1" in text_of(paper)
    assert [row.order for row in kept("releases")] == ["order/1"]
    assert [row.until_at is not None for row in kept("room_stays")] == [True]


def test_the_order_is_a_document_with_its_ground_and_where_to_appeal(
    manager: Any, inside: Any, fact: Any
) -> None:
    inside("guest", "201")
    assert "没有决定书" in text_of(manager.get("/quarantine/papers/order/guest/"))
    fact("orders", order="order/1", person="guest", place="central", ground_rule="contact-quarantine",
         from_on=date(2020, 11, 8), until_on=date(2020, 11, 15), appeal_to="office/appeals")  # fmt: skip
    page = text_of(manager.get("/quarantine/papers/order/guest/"))
    assert "密切接触者集中隔离医学观察" in page
    assert "第三十九条" in page
    assert "office/appeals" in page


def test_what_is_due_of_somebody_is_told_to_the_office_that_has_them_and_to_no_other(
    obligation: Any, person_in_office: Any, browser: Any, site: str
) -> None:
    """The function behind the sheet asks itself who is asking; without that it would tell of everybody."""
    body = FUNCTIONS["sizao_due_about(text[])"].body.replace(
        "(SELECT sizao_said('role'))", "sizao_said('role')"
    )
    assert "sizao_said('role') IN ('site', 'clinic', 'county_hospital', 'family_doctor')" in body
    obligation("foreign", area="elsewhere")
    assert due_about(["foreign"]) == [], "nobody has entered a scope here"


# -- requests ------------------------------------------------------------------------------------------


@pytest.mark.orders("D2-24", "D2-78")
def test_a_request_is_recorded_stands_open_and_is_answered(manager: Any, inside: Any) -> None:
    inside("guest", "201")
    asked = {"person": "guest", "kind": "medicine", "form": str(uuid4())}
    assert manager.post("/quarantine/needs/", asked).status_code == 302
    assert "慢性病用药" in text_of(manager.get("/quarantine/"))
    (row,) = kept("requests")
    for _ in range(2):
        manager.post("/quarantine/needs/answer/", {"request": row.request, "outcome": "done"})
    assert [one.outcome for one in kept("request_outcomes")] == ["done"]
    assert "没有未办的诉求" in text_of(manager.get("/quarantine/"))


@pytest.mark.parametrize(
    "asked", [{"person": "foreign", "kind": "medicine"}, {"person": "guest", "kind": "gold"}]
)
def test_a_request_of_nobody_or_of_no_kind_is_refused(
    manager: Any, inside: Any, asked: dict[str, str]
) -> None:
    inside("guest", "201")
    assert manager.post("/quarantine/needs/", asked).status_code == 422
    assert kept("requests") == []


def test_the_list_of_guests_is_a_file_too(manager: Any, inside: Any) -> None:
    inside("guest", "201")
    answer = manager.get("/quarantine/guests/?as=csv")
    assert "guest" in b"".join(answer.streaming_content).decode()
