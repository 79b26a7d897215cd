"""What places report: schools, pharmacies, fever clinics."""

from __future__ import annotations

from sizao.facts.columns import code, count, day, identifier, instant
from sizao.facts.declaration import Fact
from sizao.terms.words import Words

INSTITUTION_REPORTS = Fact(
    name="institution_reports",
    meaning=Words("单位日报告、零报告", "Institution reports: the daily report of a place, zero included"),
    columns=(
        identifier("place", "place", "报告单位", "the place that reports"),
        code("duty", "enrolment_duties", "报告义务", "the report"),
        instant("reported_at", "报告时间", "moment of the report"),
        day("for_on", "报告所属日期", "day it is about"),
        count("present", "在岗（校）人数", "people present", unit="people", required=False),
        count("absent", "缺勤（课）人数", "people absent", unit="people"),
        count("feverish", "发热人数", "people with fever", unit="people"),
    ),
    event="for_on",
    subjects=("place",),
    orders=("D1-32", "D1-33", "D1-34", "D1-44"),
    given_by=("education", "market_regulation", "health_commission"),
)
