"""A person's page, a place's, an office's; search and hand-overs: within the range, and nowhere beyond it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from sizao_web.records.actions.record_facts import Given, record_facts
from sizao_web.records.actions.record_identity import record_identity
from sizao_web.records.models import FACT_MODELS, AuditEntry, PersonAccess, Standing

HERE, THERE = "drill/county-1/street/community-1", "drill/county-1/street/community-2"
OURS, THEIRS = "office/here", "office/there"


@pytest.fixture
def city(person_in_office: Any, as_scope: Any, moment: datetime) -> Any:
    """Two communities with their offices and a school; answers who may record for the first one."""
    since = date(2020, 1, 1)
    with as_scope(person_in_office("command", "drill", name="the-command")) as scope:
        rows = [
            ("areas", {"path": HERE, "label_zh": "灯塔社区", "label_en": "Lantern", "level": "community"}),
            ("areas", {"path": THERE, "label_zh": "帆影社区", "label_en": "Sail", "level": "community"}),
            ("offices", {"office": OURS, "task": "community", "covers": HERE, "from_on": since}),
            ("offices", {"office": THEIRS, "task": "community", "covers": THERE, "from_on": since}),
            ("places", {"place": "school/1", "kind": "school", "located_in": HERE, "from_on": since}),
        ]  # fmt: skip
        given = [Given(fact, values, str(uuid4())) for fact, values in rows]
        record_facts(scope, moment - timedelta(days=2), given)
    return person_in_office("community", HERE, OURS, name="worker")


@pytest.fixture
def lin(city: Any, as_scope: Any, moment: datetime) -> Callable[..., None]:
    """Record a person who lives in HERE and was well yesterday."""

    def make(person: str = "lin", name: str = "林演练") -> None:
        with as_scope(city) as scope:
            home = {"person": person, "located_in": HERE, "household": "h1", "from_on": date(2015, 1, 1)}
            well = {"person": person, "checked_at": moment - timedelta(days=1), "symptoms": False}
            given = [
                Given("residences", home, str(uuid4())),
                Given("health_checks", well, f"check-{person}"),
            ]
            record_facts(scope, moment - timedelta(hours=20), given)
            record_identity(scope, moment, person, name=name, telephone="13900000001")

    return make


def test_a_person_is_shown_to_who_answers_for_them_and_the_look_is_kept(
    lin: Any, city: Any, browser: Any, person_in_office: Any
) -> None:
    lin()
    page = browser(city).get("/persons/lin/").content.decode()
    assert "林演练" in page
    assert "灯塔社区" in page
    assert "接受健康监测" in page
    assert AuditEntry.objects.filter(deed="read", what="person", account="worker").count() == 1
    neighbour = browser(person_in_office("community", THERE, THEIRS))
    assert neighbour.get("/persons/lin/").status_code == 404
    assert neighbour.get("/persons/nobody/").status_code == 404


def test_a_duty_without_names_sees_the_number_only(lin: Any, browser: Any, person_in_office: Any) -> None:
    lin()
    page = browser(person_in_office("supervision", "drill/county-1")).get("/persons/lin/").content.decode()
    assert "林演练" not in page
    assert "13900000001" not in page
    assert "接受健康监测" in page


def test_as_known_then_leaves_out_what_became_known_later(lin: Any, city: Any, browser: Any) -> None:
    lin()
    page = browser(city).get("/persons/lin/?known_by=2020-11-09T12:00").content.decode()
    assert "接受健康监测" not in page
    later = browser(city).get("/persons/lin/?known_by=2020-11-09T14:00").content.decode()
    assert "接受健康监测" in later
    assert "看不懂这个时间" in browser(city).get("/persons/lin/?known_by=soon").content.decode()


def test_what_was_taken_back_stays_in_the_timeline_marked_so(lin: Any, city: Any, browser: Any) -> None:
    lin()
    worker = browser(city)
    address = re.search(r"/facts/health_checks/[0-9a-f]{32}/", worker.get("/persons/lin/").content.decode())
    assert address is not None
    worker.post(f"{address[0]}retract/", {"reason": "录错", "seen": "1"})
    page = worker.get("/persons/lin/").content.decode()
    assert "已撤回" in page
    assert "录错" in page


def test_what_binds_a_person_is_shown_with_every_row_that_does(
    lin: Any, city: Any, browser: Any, obligation: Any, moment: datetime
) -> None:
    lin()
    row = obligation(
        about="lin", verb="home_observation", rule="secondary-observation", step="observe", place="home",
        restricts=True, closes_at=moment + timedelta(days=3), responsible=OURS, done_by=OURS,
    )  # fmt: skip
    Standing.objects.create(
        person="lin", place="home", until=row.closes_at, rows=row.obligation_id, row_count=1,
        changed_in=row.changed_in,
    )  # fmt: skip
    page = browser(city).get("/persons/lin/").content.decode()
    assert "居家医学观察</strong> 至" in page
    assert page.count(f"/why/{row.obligation_id}/") == 2, "once as what binds, once as what is to be done"


def test_every_count_of_a_person_leads_to_a_list_with_as_many_rows(
    lin: Any, city: Any, browser: Any, obligation: Any
) -> None:
    lin()
    for status in ("overdue", "open", "open", "upcoming", "met"):
        obligation(about="lin", status=status)
    obligation(about="other")
    worker = browser(city)
    counts = re.findall(
        r'<a class="count" href="([^"]+about=lin)">(\d+)</a>', worker.get("/persons/lin/").content.decode()
    )
    assert {count for _, count in counts} == {"3", "1"}
    for address, count in counts:
        assert f"共 {count} 条" in worker.get(address).content.decode()


def test_a_case_stands_first_and_its_contacts_are_those_of_the_own_range(
    lin: Any, city: Any, browser: Any, person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    lin("case-person")
    lin("contact")
    PersonAccess.objects.create(person="far", area="drill/county-1")
    with as_scope(person_in_office("cdc", "drill/county-1", name="officer")) as scope:
        case = {
            "person": "case-person",
            "case": "c1",
            "class": "confirmed",
            "classified_on": date(2020, 11, 9),
        }
        given = [Given("classifications", case, str(uuid4()))]
        for contact in ("contact", "far"):
            exposure = {
                "person": contact, "case": "c1", "case_person": "case-person", "kind": "meal",
                "first_on": date(2020, 11, 7), "last_on": date(2020, 11, 8),
            }  # fmt: skip
            given.append(Given("exposures", exposure, str(uuid4())))
        record_facts(scope, moment - timedelta(hours=1), given)
    page = browser(city).get("/persons/case-person/").content.decode()
    assert page.index("病例 c1") < page.index("现在的管控")
    assert "/persons/contact/" in page
    assert "/persons/far/" not in page


# -- search ------------------------------------------------------------------------------------------


def test_search_finds_by_number_by_name_and_by_telephone_and_only_in_the_range(
    lin: Any, city: Any, browser: Any, person_in_office: Any
) -> None:
    lin()
    worker = browser(city)
    assert worker.post("/search/", {"q": "lin"})["Location"] == "/persons/lin/"
    for text in ("林演练", "13900000001"):
        assert "/persons/lin/" in worker.post("/search/", {"q": text}).content.decode(), text
    neighbour = browser(person_in_office("community", THERE, THEIRS))
    for text in ("lin", "林演练", "13900000001"):
        page = neighbour.post("/search/", {"q": text}).content.decode()
        assert "/persons/lin/" not in page, text
        assert text == "lin" or "没有找到" in page, "rules have these letters too"


def test_search_leads_to_rows_places_offices_areas_rules_and_forms(
    city: Any, browser: Any, obligation: Any
) -> None:
    row = obligation(about="p9")
    obligation(about="p8")
    worker = browser(city)
    found = worker.post("/search/", {"q": row.obligation_id})
    assert found["Location"] == f"/why/{row.obligation_id}/"
    assert worker.post("/search/", {"q": "school/1"})["Location"] == "/places/school/1/"
    assert "/places/school/1/" in worker.post("/search/", {"q": "学校"}).content.decode()
    assert f"/offices/{OURS}/" in worker.post("/search/", {"q": "灯塔"}).content.decode()
    assert "to-do/?area=" in worker.post("/search/", {"q": "Lantern"}).content.decode()
    assert "/policy/rules/" in worker.post("/search/", {"q": "密切接触者"}).content.decode()
    assert "/facts/visits/new/" in worker.post("/search/", {"q": "访视"}).content.decode()


def test_a_row_of_the_neighbours_is_not_found_by_its_number(city: Any, browser: Any, obligation: Any) -> None:
    row = obligation(about="p9", area=THERE, done_by=THEIRS, responsible=THEIRS)
    page = browser(city).post("/search/", {"q": row.obligation_id})
    assert page.status_code == 200
    assert row.obligation_id not in page.content.decode().replace(f'value="{row.obligation_id}"', "").replace(
        f"“{row.obligation_id}”", ""
    )


# -- hand-overs --------------------------------------------------------------------------------------


def test_responsibility_is_offered_from_the_persons_page_and_passes_only_when_accepted(
    lin: Any, city: Any, browser: Any, person_in_office: Any
) -> None:
    lin()
    ours = browser(city)
    assert "/hand-overs/offer/?person=lin" in ours.get("/persons/lin/").content.decode()
    offer = {"person": "lin", "to_office": "帆影社区 · 社区（村）防控", "record": str(uuid4())}
    for _ in range(2):
        assert ours.post("/hand-overs/offer/", offer)["Location"] == "/hand-overs/"
    given = FACT_MODELS["hand_overs"].objects.get()
    assert (given.from_office, given.to_office) == (OURS, THEIRS)
    assert "帆影社区" in ours.get("/hand-overs/").content.decode()
    theirs = browser(person_in_office("community", THERE, THEIRS))
    assert f'value="{given.hand_over}"' in theirs.get("/hand-overs/").content.decode()
    for _ in range(2):
        assert theirs.post("/hand-overs/accept/", {"hand_over": given.hand_over}).status_code == 302
    assert FACT_MODELS["hand_over_acceptances"].objects.count() == 1
    assert f'value="{given.hand_over}"' not in theirs.get("/hand-overs/").content.decode()


def test_nobody_accepts_what_was_offered_to_another_office(
    lin: Any, city: Any, browser: Any, person_in_office: Any
) -> None:
    lin()
    browser(city).post("/hand-overs/offer/", {"person": "lin", "to_office": THEIRS, "record": str(uuid4())})
    given = FACT_MODELS["hand_overs"].objects.get()
    third = browser(person_in_office("street", "drill/county-1/street", "office/street"))
    assert third.post("/hand-overs/accept/", {"hand_over": given.hand_over}).status_code == 403
    assert FACT_MODELS["hand_over_acceptances"].objects.count() == 0


def test_an_office_that_is_none_is_refused_and_the_words_are_kept(lin: Any, city: Any, browser: Any) -> None:
    lin()
    answer = browser(city).post(
        "/hand-overs/offer/", {"person": "lin", "to_office": "office/nowhere", "record": str(uuid4())}
    )
    assert answer.status_code == 422
    assert 'value="office/nowhere"' in answer.content.decode()


# -- workplaces, start, help -------------------------------------------------------------------------


def test_an_office_shows_its_rows_and_each_number_has_its_list(
    city: Any, browser: Any, obligation: Any
) -> None:
    for status in ("overdue", "open", "upcoming", "upcoming", "met"):
        obligation(about="p1", status=status, responsible=OURS, done_by=OURS)
    obligation(about="p1", responsible=THEIRS, done_by=THEIRS)
    worker = browser(city)
    page = worker.get(f"/offices/{OURS}/").content.decode()
    assert "灯塔社区" in page
    numbers = re.findall(r'<li><a href="([^"]+)"><strong class="count">(\d+)</strong>', page)
    assert [count for _, count in numbers] == ["1", "2", "2", "1", "0"]
    for address, count in numbers:
        said = worker.get(address).content.decode()
        assert f"共 {count} 条" in said if count != "0" else "0 条" in said


def test_a_place_shows_what_it_is_and_what_it_owes(city: Any, browser: Any, obligation: Any) -> None:
    obligation(about="school/1", about_kind="place", verb="report_daily", rule="school-daily-report")
    page = browser(city).get("/places/school/1/").content.decode()
    assert "学校和托幼机构" in page
    assert "每日健康报告" in page
    assert browser(city).get("/places/no-such/").status_code == 404


def test_each_number_of_the_start_page_has_its_list(
    browser: Any, person_in_office: Any, obligation: Any
) -> None:
    for status in ("overdue", "open", "open", "upcoming"):
        obligation(about="p1", status=status, responsible="office/site", done_by="office/site")
    site = browser(person_in_office("health_commission", "drill/county-1", "office/site"))
    page = site.get("/").content.decode()
    numbers = re.findall(r'<li><a href="([^"]+)"><strong class="count">(\d+)</strong>', page)
    assert [count for _, count in numbers[:4]] == ["1", "3", "3", "1"]
    for address, count in numbers[:4]:
        assert f"共 {count} 条" in site.get(address.replace("&amp;", "&")).content.decode(), address


def test_every_duty_has_a_first_screen(browser: Any, person_in_office: Any) -> None:
    from sizao_web.accounts.roles import ROLES

    for role in ROLES:
        answer = browser(person_in_office(role, "drill", "office/x")).get("/", follow=True)
        assert answer.status_code == 200, role


def test_every_page_has_help_in_both_languages(browser: Any, person_in_office: Any) -> None:
    from django.urls import get_resolver

    from sizao_web.desks.everyone.help_topics import OF_PAGES, TOPICS

    account = person_in_office("community", HERE)
    worker = browser(account)
    for language in ("zh", "en"):
        account.language = language
        account.save()
        for topic in TOPICS:
            page = worker.get(f"/help/{topic}/").content.decode()
            assert TOPICS[topic].get(language) in unescape(page), topic
    pages = {
        f"{resolver.app_name}:{name}"
        for resolver in get_resolver().url_patterns
        if getattr(resolver, "app_name", None) in ("everyone", "community", "policy", "command")
        for name in resolver.reverse_dict
        if isinstance(name, str)
    }
    silent = pages - set(OF_PAGES) - WITHOUT_HELP
    assert not silent, f"no help for {sorted(silent)}"


WITHOUT_HELP = {
    "everyone:help", "everyone:help-topic", "everyone:accept-hand-over",  # help itself; no page of its own
    "community:record", "community:take-back", "community:worker", "policy:parameters", "policy:help",
    "command:help",
}  # fmt: skip
