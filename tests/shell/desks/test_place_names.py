"""Places are told by their names; the number stands beside a name that does not tell them apart."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sizao.terms.codes import CODE_LISTS
from sizao.terms.identifiers import hex_key, natural_key
from sizao.terms.words import Words
from sizao_web.pages.names import plainly
from sizao_web.pages.offered import Offered
from sizao_web.pages.telling import Telling
from sizao_web.records.actions.record_facts import Given, record_facts
from sizao_web.records.models import FACT_MODELS
from sizao_web.records.reading import labels
from sizao_web.records.writing import write

COUNTY, HERE = "drill/county-1", "drill/county-1/street/community-1"
SCHOOL, OTHER, SHOP = "school/lantern", "school/sail", "pharmacy/1"
LISTS = "/lists/obligations/"


@pytest.fixture
def place(person_in_office: Any, as_scope: Any, moment: datetime) -> Callable[..., str]:
    """Put a place on record, long ago; answers the number of its record."""
    command = person_in_office("command", "drill", name="command")

    def make(number: str, kind: str = "school", zh: str | None = None, en: str | None = None) -> str:
        record = str(uuid4())
        values = {
            "place": number, "kind": kind, "located_in": HERE, "from_on": date(2020, 1, 1),
            "label_zh": zh, "label_en": en,
        }  # fmt: skip
        with as_scope(command) as scope:
            record_facts(scope, moment - timedelta(days=30), [Given("places", values, record)])
        return record

    return make


@pytest.fixture
def department(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("education", COUNTY))


def owed(obligation: Any, place: str, **values: Any) -> Any:
    """A report that a place owes."""
    return obligation(
        about=place, about_kind="place", verb="report", sector="education", done_by=place, responsible=place,
        **values,
    )  # fmt: skip


def text_of(response: Any) -> str:
    return re.sub("<[^>]*>", "", response.content.decode())


def lines_of(response: Any) -> list[dict[str, str]]:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_list_tells_the_name_in_the_language_of_the_reader_and_not_the_number(
    department: Any, place: Any, obligation: Any
) -> None:
    place(SCHOOL, zh="灯塔小学", en="Lantern primary school")
    owed(obligation, SCHOOL)
    shown = text_of(department.get(f"{LISTS}to-do/"))
    assert "灯塔小学" in shown
    assert SCHOOL not in shown
    department.post("/language/", {"language": "en"})
    assert "Lantern primary school" in text_of(department.get(f"{LISTS}to-do/"))


def test_a_name_in_one_language_only_is_told_in_both(department: Any, place: Any, obligation: Any) -> None:
    place(SCHOOL, zh="灯塔小学")
    owed(obligation, SCHOOL)
    department.post("/language/", {"language": "en"})
    assert "灯塔小学" in text_of(department.get(f"{LISTS}to-do/"))


def test_a_place_without_a_name_is_told_by_kind_and_number(
    department: Any, place: Any, obligation: Any
) -> None:
    place(SCHOOL)
    owed(obligation, SCHOOL)
    page = department.get(f"{LISTS}to-do/").content.decode()
    kind = CODE_LISTS["place_kinds"].label_of("school").zh
    assert f'{kind} <small class="number">{SCHOOL}</small>' in page


def test_two_places_of_one_name_are_told_apart_by_their_numbers(
    department: Any, place: Any, obligation: Any
) -> None:
    for number in (SCHOOL, OTHER):
        place(number, zh="中心小学", en="Central school")
    place(SHOP, "pharmacy", zh="灯塔大药房")
    owed(obligation, SCHOOL)
    owed(obligation, SHOP)
    page = department.get(f"{LISTS}to-do/").content.decode()
    assert f'中心小学 <small class="number">{SCHOOL}</small>' in page
    assert f'灯塔大药房 <small class="number">{SHOP}</small>' not in page


@pytest.mark.parametrize(
    ("language", "named"), [("zh", "由灯塔小学（本单位）负责"), ("en", "by Lantern (itself)")]
)
def test_a_sentence_that_names_a_place_with_its_number_is_told_with_the_name_once(
    person_in_office: Any, as_scope: Any, place: Any, moment: datetime, language: str, named: str
) -> None:
    place(SCHOOL, zh="灯塔小学", en="Lantern")
    with as_scope(person_in_office("education", COUNTY)) as scope:
        known = Telling(scope, moment, language, "Asia/Shanghai")
        known.meet([{"place": SCHOOL}], offices=["place"])
        said = {"zh": f"由灯塔小学（{SCHOOL}）（本单位）负责", "en": f"by Lantern ({SCHOOL}) (itself)"}[
            language
        ]
        assert plainly(said, known) == named
        assert plainly(f"{SCHOOL}!", known) == f"{known.said(known.places[SCHOOL])}!"


def test_a_file_has_the_name_beside_the_number(department: Any, place: Any, obligation: Any) -> None:
    place(SCHOOL, zh="灯塔小学")
    owed(obligation, SCHOOL)
    obligation(about="p1", responsible=SCHOOL)
    by_about = {row["对象"]: row for row in lines_of(department.get(f"{LISTS}to-do/?as=csv"))}
    row = by_about[SCHOOL]
    assert (row["场所或机构名称"], row["承担机构"], row["承担机构编号"]) == ("灯塔小学", "灯塔小学", SCHOOL)


def test_a_place_is_found_by_its_name_and_by_its_number(department: Any, place: Any, obligation: Any) -> None:
    for number, zh, en in ((SCHOOL, "灯塔小学", "Lantern primary"), (OTHER, "帆影小学", "Sail primary")):
        place(number, zh=zh, en=en)
        owed(obligation, number)
    for asked in ("text=灯塔小", "text=lantern", "about=灯塔小学", f"about={SCHOOL}", "about=Lantern"):
        (row,) = lines_of(department.get(f"{LISTS}to-do/?{asked}&as=csv"))
        assert row["对象"] == SCHOOL, asked
    for typed in ("灯塔", "LANTERN PRIM", SCHOOL[:8]):
        found = department.post("/search/", {"q": typed}).content.decode()
        assert f'灯塔小学 <small class="number">{SCHOOL}</small>' in found, typed


def test_the_page_of_a_place_says_its_name_and_its_number(department: Any, place: Any) -> None:
    place(SCHOOL, zh="灯塔小学")
    page = department.get(f"/places/{SCHOOL}/").content.decode()
    assert f'<h1>灯塔小学 <small class="number">{SCHOOL}</small></h1>' in page
    assert re.search("<title>\\s*灯塔小学", page)


def test_a_page_asks_for_the_names_of_all_its_places_at_once(
    department: Any, place: Any, obligation: Any
) -> None:
    def statements(places: int) -> int:
        for number in range(places):
            place(f"school/{places}-{number}", zh=f"第{places}{number:02d}小学")
            owed(obligation, f"school/{places}-{number}")
        labels.forget()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert f"第{places}00小学" in text_of(department.get(f"{LISTS}to-do/?size=100"))
        return sum('FROM "fact_places"' in one["sql"] for one in asked)

    assert statements(20) == statements(2)


def test_a_corrected_name_is_told_from_then_on_and_the_old_one_stays_on_record(
    place: Any, person_in_office: Any, browser: Any, obligation: Any
) -> None:
    place(SCHOOL, zh="灯搭小学")
    owed(obligation, SCHOOL)
    command = browser(person_in_office("command", "drill", name="second"))
    page = command.get(f"/places/{SCHOOL}/")
    assert "灯搭小学" in text_of(page)
    row = FACT_MODELS["places"].objects.get(place=SCHOOL)
    at = f"/facts/places/{hex_key(row.key_hi, row.key_lo)}/"
    form = command.get(f"{at}correct/").content.decode().split('<form method="post" class="entry-form"')[1]
    fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', form))
    fields |= {"kind": "school", "fever_clinic": "", "sure-located_in": HERE}
    answer = command.post(f"{at}correct/", {**fields, "label_zh": "灯塔小学", "reason": "错字"})
    assert answer.status_code == 302
    labels.forget()
    assert "灯塔小学" in text_of(command.get(f"/places/{SCHOOL}/"))
    told = text_of(command.get(at))
    assert "灯搭小学" in told
    assert "错字" in told


def test_a_place_recorded_again_as_before_it_had_a_name_is_the_same_record(
    place: Any, person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    record = place(SCHOOL)
    values = {"place": SCHOOL, "kind": "school", "located_in": HERE, "from_on": date(2020, 1, 1)}
    with as_scope(person_in_office("command", "drill", name="again")) as scope:
        record_facts(scope, moment, [Given("places", values, record)])
    assert FACT_MODELS["places"].objects.count() == 1


def test_a_form_shows_names_where_numbers_stood_and_takes_either(
    place: Any, person_in_office: Any, browser: Any, as_scope: Any, moment: datetime
) -> None:
    for number, zh, en in ((SCHOOL, "灯塔小学", "Lantern primary"), (OTHER, "帆影小学", "Sail primary")):
        place(number, zh=zh, en=en)
    department = browser(person_in_office("education", COUNTY))
    page = department.get(f"/facts/enrolments/new/?place={SCHOOL}").content.decode()
    kind = CODE_LISTS["place_kinds"].label_of("school")
    assert f'name="place" value="灯塔小学 · {kind.zh}"' in page
    assert f'<option value="灯塔小学 · {kind.zh}">灯塔小学 {SCHOOL}</option>' in page
    for typed in (f"帆影小学 · {kind.zh}", f"Sail primary · {kind.en}", "帆影小学", OTHER):
        form = {
            "record": str(uuid4()), "place": typed, "duty": "daily_report", "operating": "weekdays",
            "from_on": "2020-11-01", "until_on": "",
        }  # fmt: skip
        assert department.post("/facts/enrolments/new/", form).status_code == 302, typed
    assert set(FACT_MODELS["enrolments"].objects.values_list("place", flat=True)) == {OTHER}


def test_places_of_one_name_are_chosen_by_their_numbers(
    place: Any, person_in_office: Any, browser: Any
) -> None:
    for number in (SCHOOL, OTHER):
        place(number, zh="中心小学")
    department = browser(person_in_office("education", COUNTY))
    page = department.get(f"/facts/enrolments/new/?place={SCHOOL}").content.decode()
    assert f'name="place" value="{SCHOOL}"' in page
    form = {
        "record": str(uuid4()), "place": "中心小学", "duty": "daily_report", "operating": "weekdays",
        "from_on": "2020-11-01", "until_on": "",
    }  # fmt: skip
    assert department.post("/facts/enrolments/new/", form).status_code == 422


def test_a_correction_names_the_place_that_it_keeps_and_the_area_that_may_change(
    place: Any, person_in_office: Any, browser: Any, as_scope: Any, moment: datetime
) -> None:
    record = place(SCHOOL, zh="灯塔小学")
    second = person_in_office("command", "drill", name="second")
    with as_scope(second) as scope:
        area = {"path": HERE, "label_zh": "灯塔社区", "label_en": "Lantern", "level": "community"}
        record_facts(scope, moment - timedelta(days=30), [Given("areas", area, str(uuid4()))])
    at = f"/facts/places/{hex_key(*natural_key('places', 'sizao', record))}/correct/"
    page = browser(second).get(at).content.decode()
    assert f'<strong>灯塔小学</strong> <small class="number">{SCHOOL}</small>' in page
    assert 'name="located_in" value="灯塔社区"' in page
    assert HERE in page, "the path stands beside it for who wants to be sure"


def test_a_printed_notice_says_the_name_that_it_said_when_it_was_made_out(
    place: Any, person_in_office: Any, browser: Any, as_scope: Any, moment: datetime
) -> None:
    record = place(SHOP, "pharmacy", zh="灯搭药店")
    command = person_in_office("command", "drill", name="second")
    inspection = {
        "inspection": "inspection/1", "place": SHOP, "inspected_at": moment - timedelta(days=2),
        "by": "office/supervision",
    }  # fmt: skip
    inspectors = person_in_office("supervision", COUNTY, "office/supervision")
    with as_scope(inspectors) as scope:
        record_facts(scope, moment - timedelta(days=2), [Given("inspections", inspection, "i1")])
    with as_scope(command) as scope:
        values = {
            "place": SHOP, "kind": "pharmacy", "located_in": HERE, "from_on": date(2020, 1, 1),
            "label_zh": "灯塔药店",
        }  # fmt: skip
        again = Given("places", values, record, source_version=2, action="replace", reason="错字")
        write(scope, moment - timedelta(days=1), [again])
    reader = browser(inspectors)
    assert "灯搭药店" in text_of(reader.get("/supervision/notices/inspection/1/"))
    assert "灯塔药店" in text_of(reader.get("/supervision/inspections/inspection/1/"))


def test_beside_what_is_chosen_stand_its_number_and_as_many_words_as_tell_it_apart() -> None:
    offered = Offered(
        "offered",
        {
            "office/1": Words("灯塔社区 · 疾控", "Lantern · CDC"),
            "office/2": Words("灯塔社区 · 街道", "Lantern · street"),
            SCHOOL: Words("灯塔小学 · 学校", "Lantern primary · school"),
        },
    )
    assert offered.options == [
        ("灯塔社区 · 疾控", "灯塔社区 · 疾控 office/1"),
        ("灯塔社区 · 街道", "灯塔社区 · 街道 office/2"),
        ("灯塔小学 · 学校", f"灯塔小学 {SCHOOL}"),
    ]
