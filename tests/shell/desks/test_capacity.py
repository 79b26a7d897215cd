"""Capacity: what runs out first, who must act, and reports of one tap that show what was said before."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from sizao.terms.identifiers import natural_key
from sizao_web.records.models import FACT_MODELS

CITY, COUNTY = "drill", "drill/county-1"
STREET = "drill/county-1/street-1"
WARD, SITE, BENCH = "hospital/1", "site/1", "laboratory/1"
HOSPITAL, COMMISSION, KEEPER, TEAM = "office/hospital", "office/commission", "office/supplies", "office/team"
SITE_OFFICE = "office/site"
SINCE = date(2020, 1, 1)


@pytest.fixture
def fact(db: None, moment: datetime) -> Callable[..., None]:
    """Put a fact on record, known an hour ago where nothing else is said."""

    def put(name: str, area: str = STREET, *, ago: timedelta = timedelta(hours=1), **values: Any) -> None:
        key, at = str(uuid4()), moment - ago
        hi, lo = natural_key(name, "test", key)
        FACT_MODELS[name].objects.create(
            fact_id=uuid4(), key_hi=hi, key_lo=lo, source_system="test", source_record=key, source_version=1,
            action="record", happened_at=at, known_at=at, recorded_at=at, recorded_by="test", area=area,
            history=False, derived=False, body=key.encode(), **values,
        )  # fmt: skip

    return put


@pytest.fixture
def county(fact: Any) -> None:
    """A hospital, a site and a laboratory with the offices that answer for them."""
    for place, kind in ((WARD, "hospital"), (SITE, "quarantine_site"), (BENCH, "laboratory")):
        fact("places", place=place, kind=kind, located_in=STREET, from_on=SINCE)
    for office, task in (
        (HOSPITAL, "county_hospital"), (COMMISSION, "health_commission"), (KEEPER, "supplies"),
        (TEAM, "sampling_team"), (SITE_OFFICE, "site"),
    ):  # fmt: skip
        fact("offices", office=office, task=task, covers=COUNTY, from_on=SINCE)


@pytest.fixture
def as_(person_in_office: Any, browser: Any, county: None) -> Callable[..., Any]:
    """Somebody at work under a duty."""

    def sign_in(role: str, organisation: str, area: str = COUNTY) -> Any:
        return browser(person_in_office(role, area, organisation))

    return sign_in


@pytest.fixture
def said(fact: Any, moment: datetime) -> Callable[..., None]:
    """What somebody said yesterday."""

    def put(name: str, **values: Any) -> None:
        day = timedelta(days=1)
        fact(name, ago=day, counted_at=moment - day, **values)

    return put


def part(page: Any, name: str) -> str:
    """One list of the first screen."""
    found = re.search(rf'id="{name}"[^>]*>(.*?)</(?:ul|p)>', page.content.decode(), re.DOTALL)
    assert found is not None, name
    return found.group(1)


def rows(name: str) -> list[Any]:
    return list(FACT_MODELS[name].objects.filter(source_system="sizao"))


@pytest.mark.orders("D1-55", "D1-66")
def test_what_runs_out_first_stands_first_and_what_lasts_stands_apart(
    as_: Any, said: Any, obligation: Any
) -> None:
    said("stock_counts", office=KEEPER, item="suits", quantity=300, daily_use=100)
    said("stock_counts", office=KEEPER, item="masks", quantity=90_000, daily_use=100)
    said("beds", place=WARD, kind="isolation", total=40, reserved=10, occupied=10)
    obligation(
        "patient", rule="case-admission", step="admit", verb="admit", area=STREET, done_by=HOSPITAL,
        responsible=HOSPITAL, trigger_fact="classifications",
    )  # fmt: skip
    page = as_("health_commission", COMMISSION).get("/capacity/")
    short = part(page, "short")
    assert short.index("隔离床位") < short.index("防护服"), "beds are missing today, suits in three days"
    assert "今天缺 1 张" in short
    assert "还够 3 天" in short
    assert "医用口罩" not in short
    assert "医用口罩" in part(page, "enough")
    assert COMMISSION in short, "who must act is named"


def test_a_shortage_is_assigned_with_its_words_and_says_so_until_it_is_done(as_: Any, said: Any) -> None:
    said("stock_counts", office=KEEPER, item="suits", quantity=100, daily_use=100)
    command = as_("command", "office/command", CITY)
    to = re.search(r'href="(/on-duty/assignments/new/[^"]+)"', part(command.get("/capacity/"), "short"))
    assert to is not None
    asked = {
        name: value for name, (value,) in parse_qs(urlsplit(to.group(1).replace("&amp;", "&")).query).items()
    }
    assert asked["office-1"] == KEEPER
    form = command.get(to.group(1).replace("&amp;", "&")).content.decode()
    assert "防护服" in form, "the form is filled in"
    assert not rows("assignments"), "nothing is recorded before it is sent"
    answer = command.post("/on-duty/assignments/new/", {**asked, "form": str(uuid4())})
    assert answer.status_code == 302
    (given,) = rows("assignments")
    assert (given.office, given.meeting) == (KEEPER, f"capacity/stock/{KEEPER}/suits")
    short = part(command.get("/capacity/"), "short")
    assert "已交办，未办结" in short
    assert "/on-duty/assignments/new/" not in short, "nobody assigns the same thing twice by mistake"


@pytest.mark.orders("D1-55")
def test_one_tap_says_that_nothing_changed_and_a_day_counts_once(as_: Any, said: Any) -> None:
    said("beds", place=WARD, kind="isolation", total=40, reserved=12, occupied=9)
    hospital = as_("county_hospital", HOSPITAL)
    assert "今天未报" in part(hospital.get("/capacity/"), "report")
    for _ in range(2):
        assert hospital.post("/capacity/report/", {"same": "all"}).status_code == 302
    (told,) = rows("beds")
    assert (told.place, told.kind, told.total, told.reserved, told.occupied) == (WARD, "isolation", 40, 12, 9)
    assert "今天已报" in hospital.get("/capacity/").content.decode()


@pytest.mark.parametrize("typed", ["", "x", "-1"])
def test_what_is_no_number_is_refused_and_said(as_: Any, typed: str) -> None:
    bench = as_("laboratory", BENCH, STREET)
    card = f"tubes:{BENCH}:"
    answer = bench.post("/capacity/report/", {"card": card, "tubes_a_day": typed})
    assert answer.status_code == 422
    assert not rows("laboratory_capacities")
    assert "没有登记" in answer.content.decode()
    assert (
        f'name="tubes_a_day" inputmode="decimal" autocomplete="off" maxlength="12" value="{typed}"'
        in part(answer, "report")
    ), "what was typed stands there, to be mended"
    bench.post("/capacity/report/", {"card": card, "tubes_a_day": "0"})
    (told,) = rows("laboratory_capacities")
    assert told.tubes_a_day == 0, "nothing is a number, too"


def test_nobody_reports_what_somebody_else_has(as_: Any, said: Any) -> None:
    said("beds", place=WARD, kind="isolation", total=40, reserved=12, occupied=9)
    team = as_("sampling_team", TEAM)
    team.post(
        "/capacity/report/",
        {"card": f"beds:{WARD}:isolation", "total": "1", "reserved": "1", "occupied": "0"},
    )
    assert not rows("beds")
    assert team.post("/capacity/move/", {"item": "masks", "kind": "used", "quantity": "5"}).status_code == 403


def test_tubes_a_day_are_set_against_samples_due_as_the_rule_lets_people_share(
    as_: Any, said: Any, obligation: Any
) -> None:
    said("laboratory_capacities", place=BENCH, tubes_a_day=1)
    for number in range(3):
        obligation(
            f"worker-{number}", rule="recovered-monthly-test", step="test", verb="test", area=STREET,
            done_by=TEAM, responsible=TEAM, trigger_fact="discharges",
        )  # fmt: skip
    short = part(as_("health_commission", COMMISSION).get("/capacity/"), "short")
    assert "今天缺 2 管" in short, "each is alone in the tube: three are due, one can be tested"


def test_a_lack_of_tubes_is_for_the_commission_where_the_laboratory_is(
    as_: Any, said: Any, fact: Any, obligation: Any
) -> None:
    fact("offices", office="office/a", task="health_commission", covers="drill/county-0", from_on=SINCE)
    said("laboratory_capacities", place=BENCH, tubes_a_day=0)
    obligation(
        "worker", rule="recovered-monthly-test", step="test", verb="test", area=STREET, done_by=TEAM,
        responsible=TEAM, trigger_fact="discharges",
    )  # fmt: skip
    short = part(as_("command", "office/command", "drill").get("/capacity/"), "short")
    assert "今天缺 1 管" in short
    assert f"/offices/{COMMISSION}/" in short
    assert "/offices/office/a/" not in short


@pytest.mark.orders("D1-66")
def test_stock_is_the_last_count_with_what_moved_since(
    as_: Any, said: Any, fact: Any, moment: datetime
) -> None:
    fact(
        "movements",
        office=KEEPER,
        kind="used",
        item="suits",
        quantity=999,
        moved_at=moment - timedelta(days=3),
    )
    said("stock_counts", office=KEEPER, item="suits", quantity=500, daily_use=10, reserve=600)
    keeper = as_("supplies", KEEPER)
    form = {"form": str(uuid4()), "item": "suits", "kind": "dispatched", "quantity": "120"}
    for _ in range(2):
        assert keeper.post("/capacity/move/", form).status_code == 302
    keeper.post(
        "/capacity/move/", {"form": str(uuid4()), "item": "suits", "kind": "donated", "quantity": "20"}
    )
    assert len(rows("movements")) == 2, "sent twice, counted once; before the count, counted in it"
    page = keeper.get("/capacity/")
    assert "现有 400" in page.content.decode()
    keeper.post("/capacity/report/", {"same": "all"})
    (counted,) = rows("stock_counts")
    assert (counted.quantity, counted.reserve) == (400, 600), "one tap counts what the book says"
    assert (
        keeper.post("/capacity/move/", {"item": "suits", "kind": "used", "quantity": "0"}).status_code == 422
    )
    assert len(rows("movements")) == 2


def test_a_room_that_somebody_left_is_to_be_disinfected_and_each_number_has_its_rows(
    as_: Any, fact: Any, moment: datetime
) -> None:
    for room in ("101", "102", "103"):
        fact("rooms", place=SITE, room=room, floor="1", beds=1, use="quarantine", from_on=SINCE)
    gone = {"person": "left", "kind": "central", "place": SITE, "room": "102"}
    fact("room_stays", **gone, from_at=moment - timedelta(days=3), until_at=moment - timedelta(hours=2))
    fact("residences", person="left", located_in=STREET, from_on=SINCE)
    fact(
        "room_conditions",
        place=SITE,
        room="103",
        condition="out_of_use",
        stated_at=moment - timedelta(hours=3),
    )
    from sizao_web.records.models import PersonAccess

    PersonAccess.objects.create(person="left", area=STREET)
    command = as_("command", "office/command", CITY)
    for state, room in (("ready", "101"), ("to_disinfect", "102"), ("out_of_use", "103")):
        listed = part(command.get(f"/capacity/rooms/?state={state}"), "rooms")
        assert re.findall(r"<strong>(\d+) 室</strong>", listed) == [room]


@pytest.mark.parametrize(("waiting", "short"), [(2, False), (4, False), (5, True)])
def test_rooms_run_short_on_overview_and_page_when_more_come_than_are_free_or_become_free(
    as_: Any, fact: Any, obligation: Any, moment: datetime, waiting: int, short: bool
) -> None:
    for room in ("101", "102", "103"):
        fact("rooms", place=SITE, room=room, floor="1", beds=1, use="quarantine", from_on=SINCE)
    bound = {
        "rule": "contact-quarantine", "step": "quarantine", "verb": "quarantine", "restricts": True,
        "place": "central", "area": STREET, "responsible": SITE_OFFICE, "done_by": SITE_OFFICE,
    }  # fmt: skip
    inside = {"kind": "central", "place": SITE, "from_at": moment - timedelta(days=3)}
    for person, room in (("first", "101"), ("stray", "no such room")):
        obligation(person, **bound)  # who is inside is not awaited any more
        fact("room_stays", person=person, room=room, **inside)
    for number in range(waiting):
        obligation(f"p{number}", **bound)
    command = as_("command", "office/command", CITY)
    told = "隔离房间" in part(command.get("/capacity/"), "short")
    assert told is short, "102 and 103 are free, and who is inside is bound by nothing any more"
    overview = command.get("/command/").content.decode()
    assert ("先缺：隔离房间。" in overview) is short


@pytest.mark.orders("D1-56", "D1-57", "D1-58", "D1-59")
def test_works_stand_by_their_day_and_a_station_without_a_thermometer_is_named(
    as_: Any, fact: Any, moment: datetime
) -> None:
    today = moment.date()
    for name, due, stage in (("late", -2, None), ("soon", 5, "formalities"), ("done", 9, "built")):
        fact(
            "works",
            works=name,
            place=WARD,
            kind="fever_clinic",
            from_on=SINCE,
            due_on=today + timedelta(days=due),
        )
        if stage:
            fact("works_steps", works=name, place=WARD, stage=stage, reached_at=moment - timedelta(days=1))
    for place in ("station/1", "station/2"):
        fact("places", place=place, kind="station", located_in=STREET, from_on=SINCE)
    fact("equipment", place="station/1", kind="fixed_thermometer", installed_at=moment, units=2)
    page = as_("health_commission", COMMISSION).get("/capacity/works/")
    listed = part(page, "works")
    assert re.findall(r"· (late|soon|done)<", listed) == ["late", "soon"]
    assert "已过期" in listed
    assert re.findall(r"station/\d", part(page, "missing"))[0] == "station/2"
    assert "station/1" not in part(page, "missing")
    first = as_("supplies", KEEPER).get("/capacity/").content.decode()
    assert re.search(r'works/"><strong class="count">2<', first)


def test_a_movement_that_is_refused_keeps_what_was_typed(as_: Any) -> None:
    keeper, number = as_("supplies", KEEPER), str(uuid4())
    typed = {"form": number, "item": "suits", "kind": "donated", "quantity": "many"}
    answer = keeper.post("/capacity/move/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not rows("movements")
    for kept in ('value="suits" selected', 'value="donated" selected', 'value="many"', f'value="{number}"'):
        assert kept in page
    assert keeper.post("/capacity/move/", {**typed, "quantity": "20"}).status_code == 302
    assert len(rows("movements")) == 1


def test_works_are_listed_in_pages_and_exported_whole(as_: Any, fact: Any) -> None:
    for number in range(60):
        fact("works", place=WARD, works=f"works-{number:02}", kind="fever_clinic", from_on=SINCE)
    commission = as_("health_commission", COMMISSION)
    first, last = (commission.get(f"/capacity/works/?page={one}").content.decode() for one in (1, 2))
    assert 'data-total="60"' in first
    assert (first.count("data-row"), last.count("data-row")) == (50, 10)
    file = commission.get("/capacity/works/?as=csv")
    assert "works-60-rows.csv" in file["Content-Disposition"]
    assert file.content.decode("utf-8-sig").count("works-") == 60
