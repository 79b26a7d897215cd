"""What became of a visit, for the page and for the phone that sent it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sizao_web.desks.community import presenters as words
from sizao_web.desks.community.cards import PAGE
from sizao_web.pages import demands
from sizao_web.pages.language import say
from sizao_web.pages.telling import Telling
from sizao_web.records.actions.record_visit import Entry
from sizao_web.records.reading.identities import names_of
from sizao_web.records.reading.places import fever_clinics_near
from sizao_web.records.reading.visits import recorded_in


@dataclass(frozen=True)
class Line:
    """One person's answer: what became of it and what is on record now."""

    person: str
    name: str
    outcome: str
    said: str
    why: str
    recorded: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """A visit after it was recorded. clinics: where somebody with symptoms goes."""

    visit: str
    lines: tuple[Line, ...]
    clinics: tuple[str, ...]
    ill: tuple[str, ...]
    in_need: tuple[str, ...] = ()
    left: tuple[tuple[str, str], ...] = ()  # who depends on somebody taken away: (number, name)
    needing: tuple[str, ...] = ()  # the persons of in_need, by their numbers

    @property
    def ill_said(self) -> str:
        """Who has symptoms, in one line."""
        return say("、", ", ").join(self.ill)

    @property
    def in_need_said(self) -> str:
        """Who needs help, in one line."""
        return say("、", ", ").join(self.in_need)

    @property
    def kept(self) -> list[str]:
        """Whose answers are on record and can be taken back."""
        return [one.person for one in self.lines if one.recorded]

    def plain(self) -> list[dict[str, str]]:
        """For the phone that sent the form; without names."""
        return [
            {"person": one.person, "outcome": one.outcome, "said": one.said, "why": one.why}
            for one in self.lines
        ]


def result_of(telling: Telling, visit: str, people: Sequence[str], entries: Sequence[Entry]) -> Result:
    """What stands on record of this visit, and what became of each entry that was sent now."""
    kept = recorded_in(telling.scope, visit, people)
    outcomes = {one.person: one for one in entries}
    named = {*people, *(row["dependant"] for fact, row in kept if fact == "dependants" and row["dependant"])}
    names = names_of(telling.scope, telling.moment, sorted(named), PAGE)
    lines = []
    for person in people:
        told = tuple(
            _told(telling, fact, row, names) for fact, row in kept if _whose(fact, row, kept) == person
        )
        entry = outcomes.get(person) or (Entry(person, "stored") if told else None)
        if entry is not None:
            said = telling.said(words.OUTCOMES[entry.outcome])
            why = telling.said(entry.why) if entry.why else ""
            lines.append(
                Line(person, names.get(person, ""), entry.outcome, said, why, tuple(t for t in told if t))
            )
    ill = tuple(names.get(one, "") or one for one in dict.fromkeys(_ill(kept)))
    needing = tuple(dict.fromkeys(_in_need(kept)))
    in_need = tuple(names.get(one, "") or one for one in needing)
    clinics, left = _clinics(telling) if ill else (), _left(telling, kept)
    return Result(visit, tuple(lines), clinics, ill, in_need, left, needing)


def _left(telling: Telling, kept: list[tuple[str, dict[str, Any]]]) -> tuple[tuple[str, str], ...]:
    """Of whom this duty says next who cares for them."""
    found = [row["dependant"] for fact, row in kept if fact == "dependants" and row["kind"] != "none"]
    if not found or not telling.scope.may_give("carers"):
        return ()
    names = names_of(telling.scope, telling.moment, found, PAGE)
    return tuple((one, names.get(one, "") or one) for one in dict.fromkeys(found))


def _ill(kept: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [
        row["person"]
        for fact, row in kept
        if fact == "health_checks" and (row["symptoms"] or demands.feverish(row["temperature"]))
    ]


def _in_need(kept: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [row["person"] for fact, row in kept if fact == "visits" and row["findings"] == "needs_help"]


def _whose(fact: str, row: dict[str, Any], kept: list[tuple[str, dict[str, Any]]]) -> str | None:
    """The person of a row; a tube belongs to the first of its people."""
    if fact != "samples":
        return row["person"] if fact != "sample_members" else None
    members = [
        one["person"] for name, one in kept if name == "sample_members" and one["sample"] == row["sample"]
    ]
    return min(members, default=None)


def _told(telling: Telling, fact: str, row: dict[str, Any], names: dict[str, str]) -> str:
    said = words.told(fact, row, names)
    return telling.said(said) if said else ""


def _clinics(telling: Telling) -> tuple[str, ...]:
    found = fever_clinics_near(telling.scope, telling.moment, telling.scope.area)
    rows = [{"place": place, "area": area} for place, area in found]
    telling.meet(rows, areas=("area",), offices=("place",))
    return tuple(f"{telling.office(row['place'])} · {telling.area(row['area'])}" for row in rows)
