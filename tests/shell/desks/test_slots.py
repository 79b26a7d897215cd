"""Appointments by slots: a full one says where the next place is; booked, arrived, taken back, exported."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread, current_thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from shell.waiting import somebody_waits_for_a_lock
from sizao_web.records.actions.newcomers import write_with
from sizao_web.records.models import FACT_MODELS, Identity, PersonAccess

AREA, HOSPITAL, PAGE = "drill/county-1/street-1/community-1", "hospital/1", "/clinic/slots/"
LONGEST = 600.0  # seconds that each of two may take, on the slowest machine
TODAY, TOMORROW = "2020-11-10", "2020-11-11"

pytestmark = pytest.mark.orders("D1-30")


def at(day: str, clock: str) -> datetime:
    """What the clocks of the city show, as an instant."""
    return datetime.fromisoformat(f"{day}T{clock}:00+08:00").astimezone(UTC)


@pytest.fixture
def fact(on_record: Callable[..., str]) -> Callable[..., str]:
    """Put a fact on record; the hospital sees whom it is about. Its key."""

    def put(name: str, **values: Any) -> str:
        if "person" in values:
            PersonAccess.objects.get_or_create(person=values["person"], area=None, organisation=HOSPITAL)
        return on_record(AREA, name, **values)

    return put


@pytest.fixture
def desk(fact: Any, person_in_office: Any, browser: Any) -> Any:
    fact(
        "places", place=HOSPITAL, kind="hospital", level="level_2", located_in=AREA, from_on=date(2020, 1, 1)
    )
    return browser(person_in_office("clinic", AREA, HOSPITAL))


@pytest.fixture
def slot(fact: Any) -> Callable[..., str]:
    """A slot of an hour. Its key."""

    def put(day: str, clock: str, capacity: int = 2, service: str = "outpatient") -> str:
        begins = at(day, clock)
        key: str = fact(
            "appointment_slots", place=HOSPITAL, service=service, from_at=begins,
            until_at=begins + timedelta(hours=1), capacity=capacity,
        )  # fmt: skip
        return key

    return put


@pytest.fixture
def booked(fact: Any, moment: datetime) -> Callable[..., str]:
    """Somebody who has booked. The key of the appointment."""

    def put(person: str, day: str, clock: str, **more: Any) -> str:
        key: str = fact(
            "appointments", person=person, place=HOSPITAL, service="outpatient", from_at=at(day, clock),
            booked_at=moment - timedelta(hours=1), **more,
        )  # fmt: skip
        return key

    return put


def send(desk: Any, do: str, on: str = TODAY, **fields: str) -> Any:
    return desk.post(PAGE, {"do": do, "on": on, "form": str(uuid4()), **fields}, follow=True)


def row(page: Any, key: str) -> str:
    """One slot of the page, as text."""
    found = page.content.decode().partition(f'id="slot-{key}"')[2].partition('<li id="slot-')[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.partition("</section>")[0]))


def kept(name: str) -> list[Any]:
    """What counts of a fact: of each record the last link, unless it retracts."""
    rows: dict[str, Any] = {}
    for one in FACT_MODELS[name].objects.order_by("source_version"):
        rows[one.source_record] = one
    return [one for one in rows.values() if one.action != "retract"]


def test_a_full_slot_says_when_the_next_place_is_free(desk: Any, slot: Any, booked: Any) -> None:
    nine, ten = slot(TODAY, "09:00", capacity=1), slot(TODAY, "10:00", capacity=1)
    booked("p1", TODAY, "09:00")
    page = desk.get(PAGE)
    assert "约满" in row(page, nine)
    assert "10:00" in row(page, nine)
    assert "余 1" in row(page, ten)
    booked("p2", TODAY, "10:00")
    assert "后面没有空号" in row(desk.get(PAGE), nine)
    slot(TOMORROW, "08:00")
    told = row(desk.get(PAGE), nine)
    assert "下一个空号" in told
    assert "08:00" in told
    slot(TOMORROW, "07:00", service="testing")
    assert "07:00" not in row(desk.get(PAGE), nine), "another service is no place for this one"


def test_who_cancelled_holds_no_place_and_who_came_does(desk: Any, slot: Any, booked: Any) -> None:
    nine = slot(TODAY, "09:00", capacity=2)
    booked("p1", TODAY, "09:00", outcome="cancelled")
    booked("p2", TODAY, "09:00", outcome="arrived")
    told = row(desk.get(PAGE), nine)
    assert "已约 1/2" in told
    assert "已到 1" in told


def test_who_is_on_record_books_by_a_look_and_a_tap(desk: Any, slot: Any, fact: Any) -> None:
    nine = slot(TODAY, "09:00")
    fact("people", person="p1", sex="male", birth_year=1990)
    page = send(desk, "find", q="p1")
    assert "已在册，不用再问" in page.content.decode()
    page = send(desk, f"book:{nine}", person="p1")
    (mine,) = kept("appointments")
    assert (mine.person, mine.service, mine.from_at) == ("p1", "outpatient", at(TODAY, "09:00"))
    assert "已约 1/2" in row(page, nine)
    page = send(desk, f"book:{nine}", person="p1")
    assert page.status_code == 422
    assert "此人已约了这一段" in page.content.decode()
    assert len(kept("appointments")) == 1


def test_somebody_new_gives_name_and_number_and_keeps_what_was_typed(desk: Any, slot: Any) -> None:
    nine = slot(TODAY, "09:00")
    page = send(desk, "find", q="演客")
    assert 'name="name" value="演客"' in page.content.decode()
    page = send(desk, f"book:{nine}", new="yes", name="演客")
    assert page.status_code == 422
    assert 'value="演客"' in page.content.decode()
    assert not kept("appointments")
    page = send(desk, f"show:{TOMORROW}", new="yes", name="演客", telephone="1")
    assert 'value="演客"' in page.content.decode(), "another day, the same person"
    page = send(desk, f"book:{nine}", new="yes", name="演客", telephone="13800000000")
    assert "演客" in row(page, nine)
    assert Identity.objects.count() == 1


def test_a_full_slot_and_one_that_is_over_take_nobody(desk: Any, slot: Any, booked: Any, fact: Any) -> None:
    fact("people", person="p3", sex="male", birth_year=1990)
    full, over = slot(TODAY, "10:00", capacity=1), slot(TODAY, "07:00")
    booked("p1", TODAY, "10:00")
    for key, words in ((full, "这一段已约满"), (over, "这一段已经结束")):
        page = send(desk, f"book:{key}", person="p3")
        assert page.status_code == 422
        assert words in page.content.decode()
    assert len(kept("appointments")) == 1


@pytest.fixture
def two_at_once(
    desk: Any, person_in_office: Any, browser: Any, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Any, Any]]:
    """Two of the hospital ask on two connections; what both are answered.

    The first has booked and its transaction is still open when the second asks and waits for the slot.
    earlier: so many seconds before the first the second had asked, and yet came later to the slot.
    """
    desks = {"first": desk, "second": browser(person_in_office("clinic", AREA, HOSPITAL, name="colleague"))}
    held, go_on = Event(), Event()

    def written(*given: Any, **named: Any) -> Any:
        found = write_with(*given, **named)
        if current_thread().name == "first":
            held.set()
            assert go_on.wait(LONGEST)
        return found

    monkeypatch.setattr("sizao_web.records.actions.book_slot.write_with", written)

    def ask_both(first: dict[str, str], second: dict[str, str], *, earlier: int = 0) -> tuple[Any, Any]:
        asked_at = {"first": moment, "second": moment - timedelta(seconds=earlier)}
        monkeypatch.setattr(
            "sizao_web.records.access.middleware.now", lambda: asked_at.get(current_thread().name, moment)
        )
        answers: dict[str, Any] = {}

        def ask(name: str, sent: dict[str, str]) -> None:
            try:
                answers[name] = send(desks[name], **sent)
            finally:
                connection.close()

        threads = [
            Thread(target=ask, name=name, args=(name, sent))
            for name, sent in (("first", first), ("second", second))
        ]
        threads[0].start()
        while not held.wait(0.1):
            assert threads[0].is_alive(), f"the first was answered before it booked: {answers}"
        threads[1].start()
        try:
            assert somebody_waits_for_a_lock(threads[1], advisory=True), (
                "it waits for what the first may still take"
            )
        finally:
            go_on.set()
            for one in threads:
                one.join(LONGEST)
        return answers["first"], answers["second"]

    return ask_both


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("earlier", [0, 5])
def test_the_last_place_goes_to_one_of_two_who_ask_at_the_same_moment(
    earlier: int, two_at_once: Any, slot: Any, fact: Any
) -> None:
    for person in ("p1", "p2"):
        fact("people", person=person, sex="male", birth_year=1990)
    ten = slot(TODAY, "10:00", capacity=1)
    first, second = two_at_once(
        {"do": f"book:{ten}", "person": "p1"}, {"do": f"book:{ten}", "person": "p2"}, earlier=earlier
    )
    assert first.status_code == 200
    assert "已约：p1" in first.content.decode()
    assert second.status_code == 422
    told = second.content.decode()
    assert "这一段已约满，请另选一段" in told
    assert 'name="person" value="p2"' in told, "for whom it was asked is kept"
    assert [one.person for one in kept("appointments")] == ["p1"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("second", "said"),
    [({"do": "capacity", "capacity": "0"}, "不能少于已约的 1 人"), ({"do": "close"}, "已有人约了这一段")],
)
def test_a_slot_is_not_made_smaller_or_taken_back_while_somebody_books_it(
    second: dict[str, str], said: str, two_at_once: Any, slot: Any, fact: Any
) -> None:
    fact("people", person="p1", sex="male", birth_year=1990)
    ten = slot(TODAY, "10:00", capacity=1)
    _, answer = two_at_once({"do": f"book:{ten}", "person": "p1"}, {**second, "key": ten}, earlier=5)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert [(one.capacity, one.action) for one in kept("appointment_slots")] == [(1, "record")]


def test_who_came_by_a_tap_and_it_is_taken_back(desk: Any, slot: Any, booked: Any, moment: datetime) -> None:
    nine, key = slot(TODAY, "09:00"), booked("p1", TODAY, "09:00")
    page = send(desk, "outcome", key=key, outcome="arrived")
    assert "已到 1" in row(page, nine)
    (mine,) = kept("appointments")
    assert (mine.outcome, mine.outcome_at) == ("arrived", moment)
    page = send(desk, "outcome", key=key, outcome="")
    assert "已到 0" in row(page, nine)
    assert send(desk, "outcome", key="0" * 32, outcome="arrived").status_code == 404
    assert send(desk, "outcome", key=key, outcome="late").status_code == 404


def test_a_visit_on_record_says_that_somebody_came_and_nobody_ticks_it(
    desk: Any, slot: Any, booked: Any, fact: Any
) -> None:
    nine = slot(TODAY, "09:00")
    booked("p1", TODAY, "09:00")
    fact("encounters", person="p1", place=HOSPITAL, seen_at=at(TODAY, "08:40"), kind="outpatient")
    told = row(desk.get(PAGE), nine)
    assert "已到 1" in told
    assert "到了" not in told


def test_how_many_a_slot_takes_is_changed_but_not_below_who_has_booked(
    desk: Any, slot: Any, booked: Any
) -> None:
    nine = slot(TODAY, "09:00", capacity=2)
    booked("p1", TODAY, "09:00")
    assert "已约 1/5" in row(send(desk, "capacity", key=nine, capacity="5"), nine)
    assert send(desk, "capacity", key=nine, capacity="0").status_code == 422
    assert send(desk, "capacity", key=nine, capacity="many").status_code == 422
    assert send(desk, "close", key=nine).status_code == 422, "somebody has booked it"
    ten = slot(TODAY, "10:00")
    assert ten not in send(desk, "close", key=ten).content.decode()


def test_slots_of_one_length_are_opened_at_once_and_again_by_one_tap(desk: Any) -> None:
    opened = {"service": "outpatient", "first": "08:00", "last": "10:10", "minutes": "30", "capacity": "4"}
    send(desk, "open", **opened)
    assert sorted((one.from_at, one.capacity) for one in kept("appointment_slots")) == [
        (at(TODAY, clock), 4) for clock in ("08:00", "08:30", "09:00", "09:30")
    ]
    send(desk, "open", **opened)
    assert len(kept("appointment_slots")) == 4, "what is open already stays as it is"
    assert "照 " in desk.get(PAGE, {"on": TOMORROW}).content.decode()
    send(desk, "copy", on=TOMORROW)
    send(desk, "copy", on=TOMORROW)
    found = sorted(one.from_at for one in kept("appointment_slots"))
    assert found[4:] == [at(TOMORROW, clock) for clock in ("08:00", "08:30", "09:00", "09:30")]


@pytest.mark.parametrize(
    "wrong",
    [{"first": "10:00"}, {"minutes": "7"}, {"capacity": ""}, {"capacity": "0"}, {"service": "surgery"}],
)
def test_what_is_wrong_with_slots_is_said_and_what_was_typed_is_kept(
    desk: Any, wrong: dict[str, str]
) -> None:
    typed = {"service": "testing", "first": "08:00", "last": "09:00", "minutes": "30", "capacity": "4"}
    page = send(desk, "open", **{**typed, **wrong})
    assert page.status_code == 422
    assert not kept("appointment_slots")
    assert send(desk, "open", on="2020-11-09", **typed).status_code == 422, "of a day that is over"


def test_the_file_of_a_day_has_every_slot_and_nobody_s_name(desk: Any, slot: Any, booked: Any) -> None:
    slot(TODAY, "09:00", capacity=2)
    slot(TODAY, "10:00", capacity=3)
    slot(TOMORROW, "09:00")
    booked("p1", TODAY, "09:00", outcome="arrived")
    booked("p2", TODAY, "09:00", outcome="cancelled")
    answer = desk.get(PAGE, {"on": TODAY, "as": "csv"})
    heading, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert heading[0] == "项目"
    assert lines == [
        ["门诊", "2020-11-10 09:00:00", "2020-11-10 10:00:00", "2", "1", "1", "0", "1", "1"],
        ["门诊", "2020-11-10 10:00:00", "2020-11-10 11:00:00", "3", "0", "0", "0", "0", "3"],
    ]
    assert b"p1" not in answer.content


def test_another_hospital_sees_neither_who_booked_nor_changes_anything(
    desk: Any, slot: Any, booked: Any, person_in_office: Any, browser: Any
) -> None:
    nine, key = slot(TODAY, "09:00"), booked("p1", TODAY, "09:00")
    other = browser(person_in_office("clinic", AREA, "hospital/2"))
    assert "p1" not in other.get(PAGE).content.decode()
    for do, fields in (
        ("outcome", {"key": key, "outcome": "arrived"}),
        ("capacity", {"key": nine, "capacity": "9"}),
        (f"book:{nine}", {"new": "yes", "name": "演客", "telephone": "1"}),
    ):
        assert send(other, do, **fields).status_code == 404


def test_a_day_whose_bookings_are_seen_no_more_is_not_told_as_empty(
    desk: Any, slot: Any, booked: Any
) -> None:
    """Of thirty days ago some who booked are gone from sight: what is left is not the day."""
    for day in ("2020-10-12", "2020-10-11"):
        slot(day, "09:00")
        booked(f"p-{day}", day, "09:00")
    kept_, gone = (desk.get(f"{PAGE}?on={day}").content.decode() for day in ("2020-10-12", "2020-10-11"))
    assert "p-2020-10-12" in kept_
    assert "as=csv" in kept_
    assert "p-2020-10-11" not in gone
    assert "as=csv" not in gone
    assert "本院只看得到 30 天" in gone
    assert desk.get(f"{PAGE}?on=2020-10-11&as=csv")["Content-Type"].startswith("text/html")
    assert desk.get(f"{PAGE}?on=2020-10-12&as=csv")["Content-Type"].startswith("text/csv")
