"""The command overview: every number is the list behind it, for readers of different areas, now and then."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from tools.browsing.reading import read

from sizao.indicators.coverage import IN_PLACE, REPORTED, TESTED
from sizao.indicators.earlies import EARLIES
from sizao_web.records.models import Case, PersonAccess, Run, Standing, TooLate, Unknown

CITY, COUNTY = "drill", "drill/county-1"
HERE, THERE = "drill/county-1/street/community-1", "drill/county-2/street/community-1"


def numbers_of(page: str) -> list[tuple[str, int]]:
    """Every number that is a link, with the address behind it."""
    return [(address, number) for number, address in read(page).counts]


def total_of(response: Any) -> int:
    """How many rows a list says it has."""
    (total,) = read(response.content.decode()).totals
    return total


@pytest.fixture
def world(obligation: Any, moment: datetime) -> Run:
    """Work of every kind in two counties, as a run would have left it."""
    for area, office in ((HERE, "office/1"), (THERE, "office/2")):
        many = 3 if area == HERE else 1
        for number in range(many):
            about = f"{office[-1]}-{number}"
            obligation(about, "overdue", area, responsible=office)
            obligation(about, "open", area, responsible=office)
            obligation(about, "upcoming", area, responsible=office)
            tested = {"rule": "contact-tests", "step": "test", "verb": "test"}
            obligation(about, "met", area, **tested)
            obligation(about, "missed", area, **tested)
            obligation(about, "waived", area, **tested)
            live = {
                "rule": "contact-quarantine",
                "step": "quarantine",
                "verb": "central_quarantine",
                "restricts": True,
                "opens_at": moment - timedelta(hours=2),
                "due_at": moment - timedelta(hours=1),
                "closes_at": moment + timedelta(days=5),
            }
            obligation(about, "met", area, in_place=True, **live)
            obligation(f"{about}-away", "overdue", area, in_place=False, responsible=office, **live)
        obligation(f"{office[-1]}-alone", "open", area, owned=False, responsible=None, done_by=None)
    run = Run.objects.latest("pk")
    for number, person in enumerate(("1-0", "1-1", "2-0")):
        area = HERE if person.startswith("1") else THERE
        Case.objects.create(
            case=f"case-{person}",
            person=person,
            area=area,
            origin="imported" if number else "local",
            confirmed_at=moment - timedelta(days=number),
            onset_on=date(2020, 11, 5) if number != 1 else None,
            imprecise=False,
            sample_days=number if number != 1 else None,
            report_days=4 if number == 0 else None,
            changed_in=run,
        )
        Standing.objects.create(
            person=person,
            place="central",
            until=datetime(2020, 11, 10, 16, tzinfo=UTC) if number == 0 else moment + timedelta(days=5),
            rows="x",
            row_count=1,
            changed_in=run,
        )
        TooLate.objects.create(
            kind="skipped", rule="contact-tests", version=1, step="test", occurrence="d1",
            trigger_fact="designations", trigger_key="0", about=person, due_at=moment, first_known_at=moment,
            area=area, changed_in=run,
        )  # fmt: skip
        Unknown.objects.create(
            rule="contact-tests", version=1, trigger_fact="designations", trigger_key=f"{number}",
            about=person, area=area, event_on=moment.date(), first_known_at=moment, changed_in=run,
        )  # fmt: skip
        PersonAccess.objects.get_or_create(person=person, area=area, organisation=None)
    return run


READERS = [
    ("command", CITY, None),
    ("cdc", "drill/county-2", None),
    ("health_commission", CITY, "office/1"),
    ("street", "drill/county-1/street", None),
]


@pytest.mark.parametrize(("role", "area", "office"), READERS)
def test_every_number_is_the_length_of_the_list_behind_it(
    role: str, area: str, office: str | None, world: Run, person_in_office: Any, browser: Any
) -> None:
    reader = browser(person_in_office(role, area, office))
    numbers = list(numbers_of(reader.get("/command/").content.decode()))
    assert len(numbers) > 20
    for address, number in numbers:
        assert total_of(reader.get(address)) == number, address


def test_readers_of_different_areas_count_different_rows(
    world: Run, person_in_office: Any, browser: Any
) -> None:
    seen = {}
    for role, area in (("command", CITY), ("command", COUNTY), ("cdc", "drill/county-2")):
        page = browser(person_in_office(role, area)).get("/command/").content.decode()
        found = dict(numbers_of(page))
        seen[area] = next(
            number
            for address, number in found.items()
            if f"counted=overdue&area={area.replace('/', '%2F')}" in address
        )
    assert seen == {CITY: 8, COUNTY: 6, "drill/county-2": 2}


def test_drilling_down_narrows_and_an_area_outside_the_scope_is_not_found(
    world: Run, person_in_office: Any, browser: Any
) -> None:
    city = browser(person_in_office("command", CITY))
    county = browser(person_in_office("command", COUNTY))
    narrowed = list(numbers_of(city.get(f"/command/?area={COUNTY}").content.decode()))
    own = list(numbers_of(county.get("/command/").content.decode()))
    assert narrowed == own
    for address, number in narrowed:
        assert total_of(city.get(address)) == number, address
    assert county.get("/command/?area=drill").status_code == 404
    assert county.get("/command/?area=drill/county-10").status_code == 404
    assert county.get("/command/?area=drill/county-2").status_code == 404


def test_before_noon_says_what_for_whom_and_what_happens_otherwise(
    world: Run, person_in_office: Any, browser: Any
) -> None:
    page = browser(person_in_office("command", CITY, "office/1")).get("/command/").content.decode()
    first = page[page.index('class="actions"') : page.index("</ol>", page.index('class="actions"'))]
    lines = re.findall(r"<strong>(.*?)</strong>", first)
    assert lines[0] == "本机构自己要办的"
    assert lines[1] == "指定承担机构"
    # Who must be in place and is not comes before whatever is merely overdue.
    assert lines[2:] == ["集中隔离医学观察", "测温和健康监测", "查清不明情况"]
    assert "可能再传给别人" in first
    assert first.count("不办：") == len(lines)


def test_a_poll_answers_only_when_the_ledger_has_changed(
    world: Run, obligation: Any, person_in_office: Any, browser: Any
) -> None:
    reader = browser(person_in_office("command", CITY))
    page = reader.get("/command/").content.decode()
    poll = unescape(re.search(r'id="now" hx-get="([^"]+)"', page)[1])
    htmx = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#now"}
    assert reader.get(poll, headers=htmx).status_code == 204
    Run.objects.create(
        kind="touched", as_of=world.as_of + timedelta(minutes=1), known_by=world.as_of, facts_until="1",
        pack="p", pack_digest="d", texts="t", rows_changed=1, rows_withdrawn=0, rows_sealed=0,
        began_at=world.as_of, seconds=0,
    )  # fmt: skip
    changed = reader.get(poll, headers=htmx)
    assert changed.status_code == 200
    assert "<html" not in changed.content.decode()
    assert 'id="now"' in changed.content.decode()


def test_a_community_worker_has_no_command_overview(person_in_office: Any, browser: Any) -> None:
    assert browser(person_in_office("community", HERE)).get("/command/").status_code == 403


def test_an_empty_ledger_says_so(person_in_office: Any, browser: Any) -> None:
    page = browser(person_in_office("command", CITY)).get("/command/").content.decode()
    assert "中午前没有必须办的事" in page
    assert "没有机构逾期" in page


def test_the_curve_has_the_same_figures_in_its_table_as_in_its_chart(
    world: Run, person_in_office: Any, browser: Any
) -> None:
    page = browser(person_in_office("command", CITY)).get("/command/").content.decode()
    option = json.loads(re.search(r'<script id="data-curve" type="application/json">(.*?)</script>', page)[1])
    drawn = sum(bar["value"] for one in option["option"]["series"] for bar in one["data"])
    table = page[page.index('data-table-of="chart-curve"') :]
    days = [int(number) for address, number in numbers_of(table) if "origin" not in address]
    assert drawn == sum(days) == 3


def test_figures_that_time_has_passed_say_that_they_are_behind(
    world: Run, moment: datetime, person_in_office: Any, browser: Any, obligation: Any
) -> None:
    reader = browser(person_in_office("command", CITY))
    assert "还没有算进来" not in reader.get("/command/").content.decode()
    obligation("passed", "open", HERE, next_change_at=moment - timedelta(minutes=20))
    assert "还没有算进来" in reader.get("/command/").content.decode()


def test_the_help_names_every_indicator_in_its_own_words(person_in_office: Any, browser: Any) -> None:
    shown = browser(person_in_office("command", CITY)).get("/command/help/").content.decode()
    for one in (TESTED, IN_PLACE, REPORTED, EARLIES):
        assert one.label.zh in shown
        assert one.denominator.zh in shown
