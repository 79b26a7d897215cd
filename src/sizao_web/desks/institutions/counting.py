"""The report of a day as it is typed: who is absent and why, by number and without a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from django.http import HttpRequest

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.pages.language import said, say
from sizao_web.records.actions.report_daily import NOT_KNOWN, Report

LARGEST = 99_999  # more people belong to no place: a slip of the finger
FEVER = "fever"  # of the code list of causes of absence
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
    absences, problem = read_absences(form, duty)
    if problem:
        return None, problem
    here = number(form.get("here_feverish", "").strip() or "0")
    if here is None:
        return None, say("“在这里但发热”请填人数。", "Say how many are here with a fever, as a number.")
    absent = sum(absences.values())
    feverish = here + sum(many for (_, cause), many in absences.items() if cause == FEVER)
    if not absent and not here:
        return None, say(
            "没有填人数；全部到齐、无人发热请点“零报告”。",
            "Nobody is entered; if all are there and nobody has a fever, send the zero report.",
        )
    if roster is not None and absent + here > roster:
        return None, say("缺勤人数超过应到人数。", "More are absent than belong here.")
    return Report(
        place, duty, day, None if roster is None else roster - absent, absent, feverish, absences
    ), ""


def read_absences(form: Mapping[str, str], duty: str) -> tuple[dict[tuple[str, str], int], str]:
    """(who, cause) -> how many of the absences that were typed, and what is wrong with them."""
    absences: dict[tuple[str, str], int] = {}
    for who in ABSENTEES[duty]:
        for cause, label, _ in grid({}, duty):
            typed = form.get(f"{who}:{cause}", "").strip()
            many = number(typed) if typed else 0
            if many is None or many > MOST_ABSENT:
                where = f"{said(CODE_LISTS['absentee_kinds'].label_of(who))} · {said(label)}"
                return {}, say(
                    f"{where}：“{typed}”不是人数，请填数字。", f"{where}: “{typed}” is no number of people."
                )
            if many:
                absences[(who, cause)] = many
    if sum(absences.values()) > MOST_ABSENT:
        return {}, say(f"一次最多登记 {MOST_ABSENT} 人。", f"At most {MOST_ABSENT} absences at once.")
    return absences, ""


def grid(typed: Mapping[str, str], duty: str) -> list[GridRow]:
    """Cause -> the fields of those who were absent by it, with what was typed."""
    causes = CODE_LISTS["absence_causes"].codes
    rows = [(one.code, one.label) for one in causes if one.code != "not_traced"]
    rows.append((NOT_KNOWN, Words("还不知道，待追查", "not known yet, to be traced")))
    return [
        (
            code,
            label,
            [(f"{who}:{code}", typed.get(f"{who}:{code}", "")) for who in ABSENTEES.get(duty, ())],
        )
        for code, label in rows
    ]


def number(text: str) -> int | None:
    """The whole number that was typed; None where it is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and int(text) <= LARGEST else None


def typed_of(absences: Mapping[tuple[str, str], int]) -> dict[str, str]:
    """The fields of the grid as they would be typed for these absences: (who, cause) -> how many."""
    return {f"{who}:{cause}": str(many) for (who, cause), many in absences.items()}
