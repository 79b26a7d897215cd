"""The desk of places that report: zero by one tap, absences with their cause, one report a day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sizao.terms.identifiers import hex_key, natural_key
from sizao_web.records.models import FACT_MODELS

SCHOOL, AREA = "school/1", "drill/county-1/street"
TODAY = date(2020, 11, 10)


@pytest.fixture
def fact(db: None, moment: datetime) -> Callable[..., None]:
    """Put a fact on record."""

    def put(name: str, **values: Any) -> None:
        key, at = str(uuid4()), moment - timedelta(days=9)
        hi, lo = natural_key(name, "test", key)
        FACT_MODELS[name].objects.create(
            fact_id=uuid4(), key_hi=hi, key_lo=lo, source_system="test", source_record=key, source_version=1,
            action="record", happened_at=at, known_at=at, recorded_at=at, recorded_by="test",
            history=False, derived=False, body=key.encode(), **{"area": AREA, **values},
        )  # fmt: skip

    return put


@pytest.fixture
def school(fact: Any) -> None:
    """A school that owes the daily report and said yesterday that 9 of 621 were absent."""
    fact("places", place=SCHOOL, kind="school", located_in=AREA, from_on=date(2020, 1, 1))
    fact("enrolments", place=SCHOOL, duty="daily_report", operating="weekdays", from_on=date(2020, 10, 1))
    fact("institution_reports", place=SCHOOL, duty="daily_report", for_on=date(2020, 11, 9), present=612,
         absent=9, feverish=1, reported_at=datetime.fromisoformat("2020-11-09T00:35:00+00:00"))  # fmt: skip


@pytest.fixture
def nurse(person_in_office: Any, browser: Any, school: None) -> Any:
    return browser(person_in_office("institution", AREA, SCHOOL))


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def of_today() -> list[Any]:
    return list(FACT_MODELS["institution_reports"].objects.filter(for_on=TODAY))


def sent(nurse: Any, **fields: str) -> Any:
    return nurse.post("/institution/report/", {"duty": "daily_report", **fields})


@pytest.mark.orders("D1-34", "D2-83")
def test_zero_is_one_tap_and_counts_those_who_were_there_last_time(nurse: Any) -> None:
    page = nurse.get("/institution/").content.decode()
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.S) if "零报告" in one)
    fields = dict(re.findall(r'name="(duty|zero|roster)" value="([^"]*)"', form))
    assert fields == {"duty": "daily_report", "zero": "yes", "roster": "621"}, "nothing is left to type"
    assert nurse.post("/institution/report/", fields).status_code == 302
    (row,) = of_today()
    assert (row.present, row.absent, row.feverish) == (621, 0, 0)
    assert "今天已报" in text_of(nurse.get("/institution/"))


def test_a_second_report_of_the_day_is_not_a_second_report(nurse: Any) -> None:
    sent(nurse, zero="yes", roster="621")
    page = nurse.post(
        "/institution/report/", {"duty": "daily_report", "roster": "621", "pupil:fever": "2"}, follow=True
    )
    assert "今天已经报过" in text_of(page)
    assert [row.absent for row in of_today()] == [0]
    assert not FACT_MODELS["absences"].objects.exists(), "the refused report left nothing"


@pytest.mark.orders("D1-33")
def test_absences_are_counted_by_cause_and_who_has_none_is_to_be_traced(nurse: Any) -> None:
    answer = sent(nurse, roster="621", **{"pupil:fever": "2", "pupil:not_ill": "1", "staff:": "1"})
    assert answer.status_code == 302
    (row,) = of_today()
    assert (row.present, row.absent, row.feverish) == (617, 4, 2)
    assert FACT_MODELS["absences"].objects.count() == 4
    assert sorted(one.cause for one in FACT_MODELS["absence_causes"].objects.all()) == [
        "fever", "fever", "not_ill",
    ]  # fmt: skip
    page = nurse.get("/institution/").content.decode()
    absence = re.search(r'name="absence" value="([^"]+)"', page)
    assert absence is not None
    for _ in range(2):
        nurse.post("/institution/cause/", {"absence": absence.group(1), "cause": "respiratory"})
    assert FACT_MODELS["absence_causes"].objects.count() == 4
    assert "没有待追查的缺勤" in text_of(nurse.get("/institution/"))


@pytest.mark.orders("D1-33")
def test_a_cause_that_was_taken_back_is_traced_anew_by_the_same_button(nurse: Any) -> None:
    sent(nurse, roster="621", **{"pupil:": "1"})
    (absence,) = FACT_MODELS["absences"].objects.all()
    asked = {"absence": absence.absence, "cause": "fever"}
    nurse.post("/institution/cause/", asked)
    (traced,) = FACT_MODELS["absence_causes"].objects.all()
    back = f"/facts/absence_causes/{hex_key(traced.key_hi, traced.key_lo)}/retract/"
    assert nurse.post(back, {"reason": "看错了人", "seen": "1"}).status_code == 302
    assert f'name="absence" value="{absence.absence}"' in text(nurse, "/institution/"), "it waits again"
    for _ in range(2):
        nurse.post("/institution/cause/", asked | {"cause": "respiratory"})
    assert counts(nurse) == {"呼吸道症状": 1}
    assert "没有待追查的缺勤" in text_of(nurse.get("/institution/"))
    links = FACT_MODELS["absence_causes"].objects.order_by("source_version")
    assert [(one.action, one.cause) for one in links] == [
        ("record", "fever"), ("retract", "fever"), ("replace", "respiratory"),
    ], "what was said before stays on record"  # fmt: skip


def test_who_is_here_with_a_fever_is_not_absent(nurse: Any) -> None:
    assert sent(nurse, roster="621", here_feverish="1", **{"pupil:fever": "2"}).status_code == 302
    (row,) = of_today()
    assert (row.present, row.absent, row.feverish) == (619, 2, 3)


def by_the_form(nurse: Any, **values: str) -> None:
    """The report of today is corrected by the entry form, as its department does, without its causes."""
    (row,) = of_today()
    page = f"/facts/institution_reports/{hex_key(row.key_hi, row.key_lo)}/correct/"
    fields = dict(re.findall(r'name="(record|seen|reported_at|for_on)" value="([^"]*)"', text(nurse, page)))
    said = {"duty": "daily_report", "present": "619", "absent": "2", "feverish": "1", "reason": "two more"}
    assert nurse.post(page, {**fields, **said, **values}).status_code == 302


def text(nurse: Any, page: str) -> str:
    return str(nurse.get(page).content.decode())


def test_a_correction_that_counts_more_absent_asks_why_they_are(nurse: Any) -> None:
    sent(nurse, zero="yes", roster="621")
    by_the_form(nurse)
    assert "其中 2 人还没有登记原因" in text(nurse, "/institution/")
    add = {"duty": "daily_report", "pupil:fever": "1", "pupil:": "2"}
    refused = nurse.post("/institution/absences/", add)
    assert "还差 2 人，填了 3 人" in refused.content.decode()
    assert 'name="pupil:" value="2"' in refused.content.decode()
    for _ in range(2):
        nurse.post("/institution/absences/", add | {"pupil:": "1"})
    assert FACT_MODELS["absences"].objects.count() == 2
    assert "还没有登记原因" not in text(nurse, "/institution/")


def test_a_corrected_report_that_does_not_add_up_says_where(nurse: Any) -> None:
    """Zero was reported by mistake, and only the absent were corrected."""
    sent(nurse, zero="yes", roster="621")
    assert "合计应到" not in text(nurse, "/institution/")
    by_the_form(nurse, present="621")
    nurse.post("/institution/absences/", {"duty": "daily_report", "pupil:fever": "2"})
    (report,) = [row for row in of_today() if row.source_version == 2]
    page = text(nurse, "/institution/")
    assert f"合计应到 {report.present + report.absent} 人，上次 621 人" in page
    assert f"登记的缺勤里有 2 人发热，报告里发热 {report.feverish} 人" in page


OF_TODAY = "/institution/correct/?duty=daily_report&on=2020-11-10"


def filled(nurse: Any, address: str = OF_TODAY) -> dict[str, str]:
    """The form of a correction as it opens: everything that a browser would send."""
    (form,) = re.findall(r'<form[^>]*action="/institution/correct/".*?</form>', text(nurse, address), re.S)
    return dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*?value="([^"]*)"', form))


def counts(nurse: Any) -> dict[str, int]:
    """The causes of today as the page of the place counts them."""
    page = text_of(nurse.get("/institution/"))
    lately = page[page.index("最近一周缺勤") :] if "最近一周缺勤" in page else ""
    return {cause: int(many) for cause, many in re.findall(r"2020-11-10 (\S+) (\d+) 人", lately)}


def test_a_report_is_corrected_on_the_desk_beginning_with_what_was_sent(nurse: Any) -> None:
    sent(nurse, roster="621", here_feverish="1", **{"pupil:fever": "3", "staff:not_ill": "1", "pupil:": "1"})
    assert OF_TODAY.replace("&", "&amp;") in text(nurse, "/institution/"), "the page of the day leads there"
    form = filled(nurse)
    told = {name: value for name, value in form.items() if value and name not in ("csrfmiddlewaretoken",)}
    assert told == {
        "duty": "daily_report", "on": "2020-11-10", "seen": "1", "roster": "621", "here_feverish": "1",
        "pupil:fever": "3", "staff:not_ill": "1", "pupil:": "1",
    }  # fmt: skip
    # One of the three had no fever but a cough, whom nobody knew about has one, too, and one was not absent.
    changed = {
        "pupil:fever": "2",
        "pupil:respiratory": "2",
        "pupil:": "",
        "staff:not_ill": "",
        "reason": "核对",
    }
    assert nurse.post("/institution/correct/", form | changed)["Location"] == "/institution/"
    first, second = sorted(of_today(), key=lambda row: row.source_version)
    assert (first.present, first.absent, first.feverish) == (616, 5, 4), "what was sent stays"
    assert (second.present, second.absent, second.feverish) == (617, 4, 3)
    assert (second.action, second.reason) == ("replace", "核对")
    assert counts(nurse) == {"发热": 2, "呼吸道症状": 2}
    again = text_of(nurse.get(OF_TODAY))
    assert "缺 5" in again
    assert "缺 4" in again
    assert "核对" in again


def test_a_corrected_zero_report_asks_for_the_causes_in_the_same_form(nurse: Any) -> None:
    sent(nurse, zero="yes", roster="621")
    form = filled(nurse)
    assert 'name="pupil:fever"' in text(nurse, OF_TODAY)
    nothing = nurse.post("/institution/correct/", form | {"reason": "核对"})
    assert nothing.status_code == 422
    nurse.post("/institution/correct/", form | {"pupil:fever": "2", "reason": "来得晚"})
    (report,) = [row for row in of_today() if row.source_version == 2]
    assert (report.present, report.absent, report.feverish) == (619, 2, 2)
    assert counts(nurse) == {"发热": 2}
    assert "还没有登记原因" not in text(nurse, "/institution/")


def test_absences_that_were_none_are_taken_back_with_their_causes(nurse: Any) -> None:
    sent(nurse, roster="621", **{"pupil:fever": "2", "pupil:": "1"})
    nurse.post("/institution/correct/", filled(nurse) | {"zero": "yes", "reason": "另一所学校的数"})
    (report,) = [row for row in of_today() if row.source_version == 2]
    assert (report.present, report.absent, report.feverish) == (621, 0, 0)
    assert counts(nurse) == {}
    assert "没有待追查的缺勤" in text_of(nurse.get("/institution/"))
    gone = FACT_MODELS["absences"].objects.filter(action="retract")
    assert {row.reason for row in gone} == {"另一所学校的数"}
    assert gone.count() == 3
    # and it is corrected once more: they were absent after all
    nurse.post("/institution/correct/", filled(nurse) | {"pupil:fever": "2", "reason": "查清"})
    assert counts(nurse) == {"发热": 2}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": " "}, "更正须写明理由"),
        ({"pupil:fever": "many"}, "不是人数"),
        ({"roster": ""}, "请填应到人数"),
        ({"pupil:fever": "1"}, "与已报的完全一样"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_kept_as_typed(
    nurse: Any, wrong: dict[str, str], said: str
) -> None:
    sent(nurse, roster="621", **{"pupil:fever": "1"})
    asked = filled(nurse) | {"pupil:fever": "4", "reason": "核对"} | wrong
    page = nurse.post("/institution/correct/", asked)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert f'name="pupil:fever" value="{asked["pupil:fever"]}"' in page.content.decode()
    assert len(of_today()) == 1


def test_a_correction_sent_twice_is_one_and_a_colleague_is_not_overwritten(nurse: Any) -> None:
    sent(nurse, roster="621", **{"pupil:fever": "1"})
    mine = filled(nurse) | {"pupil:fever": "2", "reason": "核对"}
    for _ in range(2):
        assert nurse.post("/institution/correct/", mine).status_code == 302
    assert len(of_today()) == 2
    late = nurse.post("/institution/correct/", mine | {"pupil:fever": "5"})
    assert "您打开之后这份报告已被更正" in late.content.decode()
    assert 'name="pupil:fever" value="5"' in late.content.decode()
    assert len(of_today()) == 2


def test_a_report_that_was_taken_back_is_reported_anew(nurse: Any) -> None:
    sent(nurse, roster="621", **{"pupil:fever": "1", "pupil:not_ill": "1"})
    (row,) = of_today()
    page = f"/facts/institution_reports/{hex_key(row.key_hi, row.key_lo)}/retract/"
    assert nurse.post(page, {"reason": "另一天的", "seen": "1"}).status_code == 302
    assert "零报告" in text(nurse, "/institution/"), "it is asked for again"
    told = text_of(nurse.post("/institution/report/", {
        "duty": "daily_report", "roster": "621", "pupil:fever": "2"}, follow=True))  # fmt: skip
    assert "报告已收到" in told
    last = max(of_today(), key=lambda row: row.source_version)
    assert (last.action, last.absent, last.feverish) == ("replace", 2, 2)
    assert counts(nurse) == {"发热": 2}, "the absences are those of the report that counts"
    assert "今天已经报过" in text_of(sent_again(nurse))


def sent_again(nurse: Any) -> Any:
    return nurse.post(
        "/institution/report/", {"duty": "daily_report", "zero": "yes", "roster": "621"}, follow=True
    )


def test_a_report_of_an_earlier_day_is_corrected_from_the_list(nurse: Any) -> None:
    of_yesterday = "/institution/correct/?duty=daily_report&on=2020-11-09"
    assert of_yesterday.replace("&", "&amp;") in text(nurse, "/institution/reports/")
    page = text(nurse, of_yesterday)
    assert "其中 9 人没有按原因登记" in page
    assert nurse.get("/institution/correct/?duty=daily_report&on=2020-11-01").status_code == 302
    asked = {"pupil:not_ill": "8", "here_feverish": "1", "reason": "核对"}
    answer = nurse.post("/institution/correct/", filled(nurse, of_yesterday) | asked)
    assert answer["Location"] == "/institution/reports/"
    reports = FACT_MODELS["institution_reports"].objects.filter(for_on=date(2020, 11, 9))
    assert sorted((row.source_version, row.absent) for row in reports) == [(1, 9), (2, 8)]


def test_a_report_that_the_department_recorded_for_the_county_is_corrected_on_the_desk(
    nurse: Any, fact: Any, moment: datetime
) -> None:
    """Education took it by telephone, and with it one absence and its cause."""
    department = {"area": "drill/county-1"}
    fact("institution_reports", place=SCHOOL, duty="daily_report", for_on=TODAY, present=620, absent=1,
         feverish=1, reported_at=moment, **department)  # fmt: skip
    fact("absences", absence="a/1", place=SCHOOL, who="pupil", absent_on=TODAY, **department)
    fact("absence_causes", absence="a/1", place=SCHOOL, cause="fever", traced_at=moment, **department)
    changed = {"pupil:fever": "", "pupil:respiratory": "1", "staff:not_ill": "1", "reason": "核对"}
    assert nurse.post("/institution/correct/", filled(nurse) | changed).status_code == 302
    first, second = sorted(of_today(), key=lambda row: row.source_version)
    assert (second.present, second.absent, second.feverish) == (619, 2, 0)
    assert (first.area, second.area) == ("drill/county-1",) * 2, "it stays where its department sees it"
    assert counts(nurse) == {"呼吸道症状": 1, "非因病": 1}


def test_each_finding_to_be_put_right_says_which_it_is_and_leads_to_its_page(
    nurse: Any, obligation: Any, moment: datetime
) -> None:
    record = str(uuid4())
    hi, lo = natural_key("findings", "test", record)
    FACT_MODELS["findings"].objects.create(
        fact_id=uuid4(), key_hi=hi, key_lo=lo, source_system="test", source_record=record, source_version=1,
        action="record", happened_at=moment, known_at=moment, recorded_at=moment, recorded_by="test",
        area=AREA, history=False, derived=False, body=b"1", finding="finding/1", inspection="inspection/1",
        place=SCHOOL, kind="infection_control", severity="minor", found_at=moment, note="门常开",
    )  # fmt: skip
    obligation(
        SCHOOL, about_kind="place", rule="finding-minor", step="rectify", verb="rectify", responsible=SCHOOL,
        done_by=SCHOOL, trigger_fact="findings", trigger_key=hex_key(hi, lo),
    )  # fmt: skip
    page = text(nurse, "/institution/")
    others = page[page.index('id="others"') : page.index('id="closed-title"')]
    assert "院感防控不到位" in others
    assert "门常开" in others
    assert "/supervision/findings/finding/1/" in others


@pytest.mark.parametrize(
    "wrong",
    [{"pupil:fever": "many"}, {"roster": "3", "pupil:fever": "4"}, {"roster": "621"}, {"pupil:fever": "501"}],
)
def test_a_report_that_cannot_be_is_refused_and_kept_as_typed(nurse: Any, wrong: dict[str, str]) -> None:
    page = sent(nurse, **wrong)
    assert page.status_code == 422
    for value in wrong.values():
        assert f'value="{value}"' in page.content.decode()
    assert of_today() == []


def test_a_report_that_the_place_does_not_owe_is_refused(nurse: Any) -> None:
    assert nurse.post("/institution/report/", {"duty": "pharmacy_report", "zero": "yes"}).status_code == 403
    assert not FACT_MODELS["institution_reports"].objects.filter(duty="pharmacy_report").exists()


def test_the_limit_its_consequence_and_its_why_stand_above_the_button(nurse: Any, obligation: Any) -> None:
    row = obligation(
        SCHOOL, about_kind="place", rule="school-daily-report", step="report", verb="report_daily",
        responsible=SCHOOL, done_by=SCHOOL, occurrence="2020-11-10", trigger_fact="enrolments",
    )  # fmt: skip
    page = nurse.get("/institution/")
    assert f"/why/{row.obligation_id}/" in page.content.decode()
    assert "到场核查" in text_of(page), "who comes when no report does"


@pytest.mark.orders("D1-34")
def test_on_a_closed_day_no_report_is_asked_for(nurse: Any, fact: Any) -> None:
    fact("closures", place=SCHOOL, from_on=TODAY, until_on=date(2020, 11, 12), ground="holiday")
    assert "今天停业或放假" in text_of(nurse.get("/institution/"))


def test_a_place_without_an_enrolment_is_told_who_enrols_it(person_in_office: Any, browser: Any) -> None:
    page = browser(person_in_office("institution", AREA, "shop/1")).get("/institution/")
    assert "没有在册的报告义务" in text_of(page)


def test_what_was_reported_is_a_list_and_a_file(nurse: Any) -> None:
    assert "2020-11-09" in text_of(nurse.get("/institution/reports/"))
    answer = nurse.get("/institution/reports/?as=csv")
    assert "612" in b"".join(answer.streaming_content).decode()


def closed(nurse: Any, first: str, last: str, **more: str) -> Any:
    asked = {"form": str(uuid4()), "from_on": first, "until_on": last, "ground": "outbreak", **more}
    return nurse.post("/institution/close/", asked)


@pytest.mark.orders("D1-34")
def test_a_place_says_ahead_that_it_will_be_closed(nurse: Any) -> None:
    assert closed(nurse, "2020-11-11", "2020-11-16").status_code == 302
    (row,) = FACT_MODELS["closures"].objects.all()
    assert (row.place, row.from_on, row.until_on, row.ground) == (
        SCHOOL, date(2020, 11, 11), date(2020, 11, 16), "outbreak",
    )  # fmt: skip
    assert "疫情" in text_of(nurse.get("/institution/"))


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2020-11-10", "2020-11-12", "最早是明天"),
        ("2020-11-12", "2020-11-12", "恢复日应在停业首日之后"),
        ("2020-11-12", "2021-11-12", "恢复日应在停业首日之后"),
        ("", "2020-11-12", "请填写停业首日"),
    ],
)
def test_what_is_owed_today_is_not_wiped_away(nurse: Any, first: str, last: str, said: str) -> None:
    answer = closed(nurse, first, last)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not FACT_MODELS["closures"].objects.exists()


def test_neither_is_it_by_the_entry_form_nor_by_a_correction(nurse: Any) -> None:
    today = {"place": SCHOOL, "from_on": "2020-11-10", "until_on": "2020-11-12", "ground": "holiday"}
    answer = nurse.post("/facts/closures/new/", {**today, "record": str(uuid4())})
    assert answer.status_code == 422
    assert not FACT_MODELS["closures"].objects.exists()


def test_who_comes_to_check_stands_on_the_page_of_the_school(nurse: Any, obligation: Any) -> None:
    obligation(
        SCHOOL, about_kind="place", rule="school-cluster", step="check", verb="check_on_site",
        responsible="office/cdc", done_by="office/cdc", trigger_fact="institution_reports",
    )  # fmt: skip
    assert "到场核查" in text_of(nurse.get("/institution/"))


def test_a_care_home_counts_residents_and_not_pupils(person_in_office: Any, browser: Any, fact: Any) -> None:
    fact("places", place="home/1", kind="care_home", located_in=AREA, from_on=date(2020, 1, 1))
    fact("enrolments", place="home/1", duty="care_home_report", operating="every_day", from_on=TODAY)
    nurse = browser(person_in_office("institution", AREA, "home/1"))
    page = nurse.get("/institution/").content.decode()
    assert 'name="resident:fever"' in page
    assert 'name="pupil:fever"' not in page
    nurse.post("/institution/report/", {"duty": "care_home_report", "roster": "88", "resident:fever": "1"})
    (row,) = of_today()
    assert (row.present, row.absent, row.feverish) == (87, 1, 1)
