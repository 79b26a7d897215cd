"""Rules read aloud: sentences that an official could sign, with the words of the dictionary."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from drawn import facts
from sizao.facts.schemas import empty_tables
from sizao.obligations.derive import derive
from sizao.policy.aloud import say, say_rule, say_step, say_value
from sizao.policy.context import Context
from sizao.policy.expressions.parse import Scope, checked
from sizao.policy.expressions.tree import Literal, Position, Type
from sizao.policy.loading import load_pack
from sizao.store.running import run
from sizao.terms.time import midnight
from unit.policy.small_pack import FILES, changed

POLICY = load_pack(FILES)


def said(text: str, reading: str) -> tuple[str, str]:
    context = Context()
    context.begin_codes()
    found = context.scope(reading)
    node = checked(text, Scope(found.columns, found.codes))
    return say(node, "zh", reading), say(node, "en", reading)


@pytest.mark.parametrize(
    ("text", "reading", "zh", "en"),
    [
        (
            "worst_grade(stays_of(person), add_days(arrived_on, -14), arrived_on) in ('medium', 'high')",
            "arrivals",
            "有关人员的旅居史（抵达日期前14天至抵达日期）所涉地区的最高风险等级为中风险或高风险",
            (
                "the highest risk grade of the areas in the stays of the person from 14 days before "
                "the day of arrival to the day of arrival is medium or high"
            ),
        ),
        (
            "members <= 5",
            "tests",
            "样本中的人数不超过5人",
            "the number of people in the sample is at most 5",
        ),
        (
            "arrived_on >= date '2020-06-18'",
            "arrivals",
            "抵达日期不早于2020年6月18日",
            "the day of arrival is not before 18 June 2020",
        ),
        (
            "days_between(first_on, last_on) > 2",
            "exposures",
            "从首次接触日期到末次接触日期的天数超过2天",
            "the number of days from the first day of contact to the last day of contact is more than 2 days",
        ),
        (
            "add_days(add_days(arrived_on, 14), 1) > arrived_on",
            "arrivals",
            "抵达日期后15天晚于抵达日期",
            "15 days after the day of arrival is after the day of arrival",
        ),
        (
            "if_missing(classification_of(person, arrived_on), 'excluded') in ('confirmed', 'asymptomatic')",
            "arrivals",
            "有关人员截至抵达日期的病例分类（没有记录的按“排除”算）为确诊病例或无症状感染者",
            (
                "the case class of the person as of the day of arrival (taken as excluded when nothing is "
                "recorded) is confirmed or asymptomatic infection"
            ),
        ),
        ("symptoms", "health_checks", "是否有症状：是", "whether there are symptoms: yes"),
        ("not symptoms", "health_checks", "是否有症状：否", "whether there are symptoms: no"),
        (
            "temperature >= 37.3",
            "health_checks",
            "体温不少于37.3℃",
            "the body temperature is at least 37.3 °C",
        ),
        ("origin is null", "arrivals", "没有来源区域", "the area of origin is not recorded"),
        ("origin is not null", "arrivals", "有来源区域", "the area of origin is recorded"),
        (
            "class not in ('excluded', 'suspected')",
            "classifications",
            "分类不是排除或疑似病例",
            "the class is other than excluded or suspected",
        ),
        (
            "class = 'confirmed' and (onset is null or origin = 'local')",
            "classifications",
            "分类为确诊病例，且（没有发病日期，或者感染来源为本土）",
            "the class is confirmed, and (the day of onset is not recorded, or the origin is local)",
        ),
        (
            "result = 'negative' and members <= 5 or result = 'positive'",
            "tests",
            "结果为阴性，且样本中的人数不超过5人；或者结果为阳性",
            (
                "the result is negative, and the number of people in the sample is at most 5; "
                "or the result is positive"
            ),
        ),
        (
            "day_of(discharged_at) = date '2020-03-01'",
            "discharges",
            "出院当日为2020年3月1日",
            "the day of discharge is 1 March 2020",
        ),
        (
            "negative_tests(person, arrived_on, arrived_on) < 2",
            "arrivals",
            "有关人员在抵达日期至抵达日期采样且结果为阴性的检测次数少于2次",
            (
                "the number of negative tests of the person from the day of arrival to the day of arrival "
                "is less than 2"
            ),
        ),
    ],
)
def test_a_condition_is_said_in_both_languages(text: str, reading: str, zh: str, en: str) -> None:
    assert said(text, reading) == (zh, en)


@pytest.mark.orders("D2-44")
def test_a_rule_is_read_as_a_notice() -> None:
    notice = say_rule(POLICY.rules["contact-stay"][1], "zh", POLICY.sources)
    assert "自2020年6月1日起至2020年7月31日施行，适用于2020年1月20日及以后发生的情形" in notice
    assert "为期14天，即第1天至第14天（末次暴露日期为第0天）" in notice
    assert "“集中隔离”结束之时" in notice
    assert "“核酸检测”完成之时" in notice
    assert "不服的，可向疫情防控指挥部申诉。" in notice
    assert "出处：通知（虚构），第二条（D）" in notice
    english = say_rule(POLICY.rules["contact-stay"][1], "en", POLICY.sources)
    assert (
        "In force from 1 June 2020 to 31 July 2020, for what happened on or after 20 January 2020" in english
    )
    assert "for 14 days, days 1 to 14 (the last day of exposure being day 0)" in english
    assert "An appeal goes to: command." in english


def test_a_report_with_its_escalation_is_said() -> None:
    (step,) = POLICY.rules["school-report"][0].steps
    assert say_step(step, "zh", "enrolments") == (
        "由该单位自身对场所落实“日报告”，自起始日期起至终止日期前，每个运行日10:00前一次，迟做的当日结束后12小时内仍算；"
        "向该场所所在地的教育主管部门负责；以“单位日报告、零报告（报告义务为日报告、零报告）”记录为证；"
        "逾期2小时仍未完成的，由该场所所在地的教育主管部门4小时内落实“到场核查”。"
    )
    assert say_step(step, "en", "enrolments").startswith(
        'The place or office itself must see to "Daily report" for the place once on every operating day, '
        "before 10:00, from the first day of the duty until"
    )


@pytest.mark.parametrize(
    ("every", "period", "ended", "zh"),
    [
        ("day", "2020-03-05", date(2020, 3, 6), "当日"),
        ("week", "2020-W10", date(2020, 3, 9), "当周"),
        ("month", "2020-03", date(2020, 4, 1), "当月"),
    ],
)
def test_how_long_a_late_report_counts_is_said_as_it_is_derived(
    every: str, period: str, ended: date, zh: str
) -> None:
    """The row closes twelve hours after its period ends, wherever in the period its limit lies."""
    files = changed("rules/schools.yaml", "every: day", f"every: {every}")
    files["rules/schools.yaml"] = files["rules/schools.yaml"].replace(" and place_kind(place) = 'school'", "")
    policy = load_pack(files)
    enrolment = {"place": "s1", "duty": "daily_report", "operating": "every_day", "from_on": date(2020, 3, 1)}
    moment = datetime(2020, 3, 5)
    answer = run(
        derive(policy, as_of=moment, known_by=moment),
        {**empty_tables(), "enrolments": facts("enrolments", enrolment)},
    )
    (row,) = (
        one
        for one in answer["obligations"].to_pylist()
        if (one["step"], one["occurrence"]) == ("report", period)
    )
    assert row["closes_at"] == midnight(ended, policy.zone) + timedelta(hours=12)
    (step,) = policy.rules["school-report"][0].steps
    assert f"(late ones count until 12 hours after the end of the {every})" in say_step(step, "en")
    assert f"迟做的{zh}结束后12小时内仍算" in say_step(step, "zh")


def test_the_sources_of_the_numbers_of_a_text_are_said_with_their_marks() -> None:
    files = changed("parameters/numbers.yaml", "article: 第二条, mark: D", "article: 第二条, mark: B")
    notice = say_rule(load_pack(files).rules["contact-stay"][2], "en", POLICY.sources)
    assert "Numbers: 7 days from Notice (invented), 第二条 (B); days 1, 4 and 7 and 5 people from" in notice
    assert "数值：7天据通知（虚构），第二条（B）" in say_rule(
        load_pack(files).rules["contact-stay"][2], "zh", POLICY.sources
    )


def test_an_article_may_be_said_in_both_languages() -> None:
    files = changed(
        "rules/schools.yaml", "article: 第四条, mark: D", "article: {zh: 第四条, en: article 4}, mark: D"
    )
    (version,) = load_pack(files).rules["school-report"]
    assert "Notice (invented), article 4 (D)" in say_rule(version, "en", POLICY.sources)
    assert "通知（虚构），第四条（D）" in say_rule(version, "zh", POLICY.sources)


def test_no_number_of_a_rule_is_left_unsaid() -> None:
    files = changed("rules/schools.yaml", "every_days: 5", "every_days: 37")
    files["rules/schools.yaml"] = files["rules/schools.yaml"].replace("min_gap: 24h", "min_gap: 29h")
    (version,) = load_pack(files).rules["staff-tests"]
    for language in ("zh", "en"):
        notice = say_rule(version, language)
        assert "37" in notice
        assert "29" in notice


def test_every_rule_can_be_said_without_a_name_of_the_program() -> None:
    for version in POLICY.versions():
        for language in ("zh", "en"):
            notice = say_rule(version, language, POLICY.sources)
            assert "_" not in notice
            assert "None" not in notice


def test_a_filled_in_instant_is_said_in_the_zone_asked_for() -> None:
    node = Literal(datetime(2020, 6, 17, 16), Type.INSTANT, Position(1, 1))
    assert say(node, "en", zone="Asia/Shanghai") == "18 June 2020 00:00"
    assert say(node, "zh", zone="Asia/Shanghai") == "2020年6月18日 00:00"


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (1, "people", "1人", "1 person"),
        (5, "people", "5人", "5 people"),
        (1, "times", "1次", "1 time"),
        (1, "celsius", "1℃", "1 °C"),
    ],
)
def test_one_of_something_is_not_told_as_several(value: int, unit: str, zh: str, en: str) -> None:
    assert (say_value(value, unit, "zh"), say_value(value, unit, "en")) == (zh, en)
