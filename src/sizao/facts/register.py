"""The register of everything that is asked: who owns each answer, and whether anybody is asked twice (D2-83).

An *answer* is a column that somebody must be asked for: not the subject of its fact, not the beginning and
end of a period, not a reference to another record, not the signature of whoever decided. Its *concept* is
what it asks: the code list of a code, else its Chinese heading, unless CONCEPTS says otherwise.

Two answers ask the same subject the same thing when the facts are about one kind of subject, the concepts
are equal, and the rows can speak of the same time. A fact speaks of a *period* (it has an end, or holds for
good), of a *day* or of a *moment*. What is measured or counted at two moments is two things; so is where two
acts took place. Everything else overlaps. An answer that is taken over from another fact stands in REUSES:
it is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sizao.facts.declaration import Column, ColumnType, Fact
from sizao.facts.dictionary import DECLARED

# What a column asks, where neither its code list nor its heading tells it apart: "fact.column" -> concept.
CONCEPTS: Mapping[str, str] = {
    "designations.designated_on": "接触者判定日期",  # a contact is designated, a case is classified
    "room_stays.kind": "实际管控方式",  # where somebody is, beside where the order says they must be
    "escorts.place": "陪护的医疗机构",  # where somebody accompanies a patient, not where they are treated
    # Through whose door somebody went and where they were measured, beside where they stay.
    "check_ins.place": "进入的场所",
    "temperatures.place": "测温的场所",
    # Where a notice holds and what kind of text it is, beside the level of an area and what an office did.
    "notices.covers": "公告适用区域",
    "notices.kind": "公告文本类别",
    # What is on the shelf, what crossed the threshold and what is promised are three things.
    "movements.item": "出入账物资",
    "allocations.item": "调配物资",
}

# Answers that are taken over from what is on record, and from where: "fact.column" -> "fact.column".
REUSES: Mapping[str, str] = {
    "designations.case_person": "exposures.case_person",
    "institution_reports.duty": "enrolments.duty",
    "shifts.kind": "rosters.kind",
    "room_conditions.room": "rooms.room",
    "residences.household": "households.household",
    "request_outcomes.kind": "requests.kind",
    "place_request_outcomes.kind": "place_requests.kind",
}

_ASKED_FOR = ("person", "place", "office", "household", "subject")
_BOUNDS = ("from_on", "until_on", "from_at", "until_at")
_DIFFER_BY_MOMENT = (
    ColumnType.NUMBER,
    ColumnType.COUNT,
    ColumnType.FLAG,
    ColumnType.ID,
    ColumnType.INSTANT,
    ColumnType.DATE,
)


@dataclass(frozen=True)
class Answer:
    """One answer of the register. time: period, day or moment; owner: the first role that may give it."""

    fact: str
    column: Column
    subject: str
    concept: str
    time: str
    owner: str
    reuses: str | None

    @property
    def name(self) -> str:
        """`fact.column`."""
        return f"{self.fact}.{self.column.name}"


@dataclass(frozen=True)
class AskedTwice:
    """Two answers that ask one kind of subject the same thing."""

    first: Answer
    second: Answer

    def __str__(self) -> str:
        one, other = self.first, self.second
        return (
            f"{one.name} and {other.name} both ask a {one.subject} for {one.concept!r}. Take one out, "
            f"or say in REUSES of sizao.facts.register that it is taken over; or, where they ask different "
            f"things, name these in CONCEPTS."
        )


def answers(
    facts: Iterable[Fact] = tuple(DECLARED.values()),
    concepts: Mapping[str, str] = CONCEPTS,
    reuses: Mapping[str, str] = REUSES,
) -> tuple[Answer, ...]:
    """Every answer that the facts ask for, in the order of facts and columns."""
    return tuple(
        Answer(
            fact=fact.name,
            column=column,
            subject=_subject(fact),
            concept=concepts.get(f"{fact.name}.{column.name}", column.codes or column.heading),
            time=_time(fact),
            owner=fact.given_by[0] if fact.given_by else "",
            reuses=reuses.get(f"{fact.name}.{column.name}"),
        )
        for fact in facts
        for column in fact.columns
        if _is_answer(fact, column)
    )


def asked_twice(register: Iterable[Answer]) -> tuple[AskedTwice, ...]:
    """Every pair that asks one kind of subject the same thing; what is taken over is not asked."""
    by_question: dict[tuple[str, str], list[Answer]] = {}
    for answer in register:
        if answer.reuses is None:
            by_question.setdefault((answer.subject, answer.concept), []).append(answer)
    return tuple(
        AskedTwice(first, second)
        for alike in by_question.values()
        for place, first in enumerate(alike)
        for second in alike[place + 1 :]
        if first.fact != second.fact and _overlap(first, second)
    )


def reused_by(register: Iterable[Answer]) -> dict[str, tuple[str, ...]]:
    """For each answer that others take over: their names."""
    found: dict[str, tuple[str, ...]] = {}
    for answer in register:
        if answer.reuses is not None:
            found[answer.reuses] = (*found.get(answer.reuses, ()), answer.name)
    return found


def _is_answer(fact: Fact, column: Column) -> bool:
    if column.name in (fact.subjects[0], *_BOUNDS):
        return False
    return column.type is not ColumnType.ID or column.of in _ASKED_FOR


def _subject(fact: Fact) -> str:
    """What the first subject names: person, place, office, case, area …"""
    first = next((column for column in fact.columns if column.name == fact.subjects[0]), None)
    return fact.subjects[0] if first is None else first.of or first.codes or first.type.value


def _time(fact: Fact) -> str:
    names = {column.name for column in fact.columns}
    if fact.event not in names or names & {"until_on", "until_at"}:
        return "period"
    return "moment" if fact.column(fact.event).type is ColumnType.INSTANT else "day"


def _overlap(first: Answer, second: Answer) -> bool:
    at_moments = first.time == second.time == "moment"
    return not (at_moments and first.column.type in _DIFFER_BY_MOMENT)
