"""The report of a day as it is typed: who is absent and why, by number and without a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from django.http import HttpRequest

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.pages.language import say
from sizao_web.records.actions.report_daily import NOT_KNOWN, Report

LARGEST = 99_999  # more people belong to no place: a slip of the finger
MOST_ABSENT = 500  # as many absences as one report takes one by one
ABSENTEES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"daily_report": ("pupil", "staff"), "care_home_report": ("resident", "staff")}
)
"""Reports that count people and absences, and whose; the others say that there was nothing, or how much."""
GridRow = tuple[str, Words, list[tuple[str, str]]]
"""A cause, what it is called, and (name, what was typed) of its fields."""


def read_report(request: HttpRequest, place: str, duty: str, day: date) -> tuple[Report | None, str]:
    """The report that was sent, or what is wrong with it."""
    form = request.POST
    roster = number(form.get("roster", ""))
    if form.get("zero") == "yes":
        return Report(place, duty, day, roster, 0, 0), ""
    if duty not in ABSENTEES:
        absent, feverish = number(form.get("absent", "0")), number(form.get("feverish", "0"))
        if absent is None or feverish is None:
            return None, say("请填整数，没有填 0。", "Enter whole numbers, 0 where there is nothing.")
        return Report(place, duty, day, None, absent, feverish), ""
    absences: dict[tuple[str, str], int] = {}
    for who in ABSENTEES[duty]:
        for cause in (*CODE_LISTS["absence_causes"].names(), NOT_KNOWN):
            typed = form.get(f"{who}:{cause}", "").strip()
            many = number(typed) if typed else 0
            if many is None or many > MOST_ABSENT:
                return None, say(f"“{typed}”不是人数。", f"“{typed}” is no number of people.")
            if many:
                absences[(who, cause)] = many
    absent = sum(absences.values())
    feverish = sum(many for (_, cause), many in absences.items() if cause == "fever")
    if not absent:
        return None, say(
            "没有填缺勤人数；全部到齐请点“零报告”。",
            "Nobody is entered; if all are there, send the zero report.",
        )
    if absent > MOST_ABSENT:
        return None, say(f"一次最多登记 {MOST_ABSENT} 人。", f"At most {MOST_ABSENT} absences at once.")
    if roster is not None and absent > roster:
        return None, say("缺勤人数超过应到人数。", "More are absent than belong here.")
    return Report(
        place, duty, day, None if roster is None else roster - absent, absent, feverish, absences
    ), ""


def grid(request: HttpRequest, duty: str, *, typed: bool) -> list[GridRow]:
    """Cause -> the fields of those who were absent by it, with what was typed."""
    causes = CODE_LISTS["absence_causes"].codes
    rows = [(one.code, one.label) for one in causes if one.code != "not_traced"]
    rows.append((NOT_KNOWN, Words("还不知道，待追查", "not known yet, to be traced")))
    return [
        (
            code,
            label,
            [
                (f"{who}:{code}", request.POST.get(f"{who}:{code}", "") if typed else "")
                for who in ABSENTEES.get(duty, ())
            ],
        )
        for code, label in rows
    ]


def number(text: str) -> int | None:
    """The whole number that was typed; None where it is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and int(text) <= LARGEST else None
