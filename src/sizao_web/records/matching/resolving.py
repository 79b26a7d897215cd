"""Rows that name somebody by document, telephone or birth date: whom each of them means.

Compared is only with people whom the sender sees, and with earlier rows of the file. So what the sender is
answered never depends on whether somebody of another area exists; that is found out by a job afterwards
(`comparing`), which answers nobody. The people who may be meant are asked for in one question.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import connection, transaction

from sizao.intake.persons import NUMBER, Likeness, NotADay, Said, compare, said_in, weights
from sizao.intake.problems import Problem
from sizao.intake.sheets import Sheet
from sizao.terms.words import Words
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.deliveries.storing import as_sender
from sizao_web.records.matching.known import (
    canonical,
    last_said,
    parts_of,
    people_under,
    same_persons,
    sealed,
    tokens_for,
)
from sizao_web.records.models import Identity, Match, NameToken
from sizao_web.records.sealing import pseudonyms, tokens

_WHO = ("document", "telephone", "birth_on", "address")
LONGEST = {"name": 120, "document": 40, "telephone": 40, "address": 300}


@dataclass
class Resolved:
    """Whom the rows mean, by line. newcomers, filled: what is to be recorded of a person, and for which
    lines; matches: line -> the likeness by which somebody who was known is meant."""

    persons: dict[int, str] = field(default_factory=dict)
    problems: dict[int, Problem] = field(default_factory=dict)
    matches: dict[int, Likeness] = field(default_factory=dict)
    to_record: dict[str, Said] = field(default_factory=dict)
    lines: dict[str, set[int]] = field(default_factory=dict)


def resolve(scope: Scope, moment: datetime, source: str, sheet: Sheet, who: Mapping[str, str]) -> Resolved:
    """Whom each row means. who: what is said of somebody -> heading. Works as the jobs' role."""
    found = Resolved()
    rows: list[tuple[int, Said, tuple[str, ...]]] = []
    every = sheet.cells.to_pylist()
    for line, cells in zip(sheet.lines.to_pylist(), every, strict=True):
        said = said_in(cells, who)
        problem = wrong_in(sheet.name, line, said, who)
        if problem is not None or isinstance(said, NotADay):
            found.problems[line] = problem or _not_a_day(sheet.name, line, "", who)
        else:
            rows.append((line, said, numbers_of(source, cells)))
    with transaction.atomic(), as_sender(scope):
        Among(found, [(said, numbers) for _, said, numbers in rows], scope, moment).place(rows)
    return found


def unclear(sheet: Sheet, who: Mapping[str, str]) -> dict[int, Problem]:
    """Line -> why nobody can be meant by it; without looking anybody up."""
    found = {}
    for line, cells in zip(sheet.lines.to_pylist(), sheet.cells.to_pylist(), strict=True):
        problem = wrong_in(sheet.name, line, said_in(cells, who), who)
        if problem is not None:
            found[line] = problem
    return found


class Among:
    """The people whom rows are compared with: those whom the sender sees, and who came by earlier rows."""

    def __init__(
        self,
        found: Resolved,
        asked: Sequence[tuple[Said, tuple[str, ...]]],
        scope: Scope,
        moment: datetime,
    ) -> None:
        self.found = found
        self.weigh = weights()
        self.under = people_under(part for said, _ in asked for part in parts_of(said))
        came = {number for _, numbers in asked for number in numbers}
        persons = {person for people in self.under.values() for person in people} | came
        self.known = last_said(persons)
        self.there = came & set(self.known)
        self.same = same_persons() if scope.may_read("merges") else {}
        audit.note(scope, moment, "match", "identity", sorted(self.known))

    def place(self, rows: Sequence[tuple[int, Said, tuple[str, ...]]]) -> None:
        """Whom each row means, in the order of the rows."""
        for line, said, numbers in rows:
            again = next((number for number in numbers if number in self.there), None)
            if again is not None:
                self._take(line, again)
                continue
            person, likeness = self._meant(said)
            if person is None or likeness is None:
                person = numbers[0]
                self._add(person, said)
            else:
                self.found.matches[line] = likeness
                self._fill(person, said)
            self._take(line, person)

    def _take(self, line: int, person: str) -> None:
        self.found.persons[line] = person
        self.found.lines.setdefault(person, set()).add(line)

    def _add(self, person: str, said: Said) -> None:
        self.known[person] = said
        self.there.add(person)
        self.found.to_record[person] = said
        for part in parts_of(said):
            self.under.setdefault(part, []).append(person)

    def _fill(self, person: str, said: Said) -> None:
        """What nobody had said of the person yet is kept; what was said before stays."""
        before = self.known[person]
        lacking = {
            name: value for name in _WHO if getattr(before, name) is None and (value := getattr(said, name))
        }
        if lacking:
            filled = replace(before, **lacking)
            self.known[person] = self.found.to_record[person] = filled
            for part in parts_of(filled):
                people = self.under.setdefault(part, [])
                if person not in people:
                    people.append(person)

    def _meant(self, said: Said) -> tuple[str | None, Likeness | None]:
        """Who it surely is; nobody where two people might be."""
        best: dict[str, tuple[Likeness, str]] = {}
        for person in dict.fromkeys(one for part in parts_of(said) for one in self.under.get(part, ())):
            if person not in self.known:
                continue
            likeness = compare(said, self.known[person], self.weigh)
            stands = canonical(person, self.same)
            if stands not in best or best[stands][0].score < likeness.score:
                best[stands] = (likeness, person)
        order = sorted(best.items(), key=lambda one: (-one[1][0].score, one[0]))
        if not order or not order[0][1][0].is_sure(self.weigh):
            return None, None
        close = self.weigh.contested_within
        if len(order) > 1 and order[0][1][0].score - order[1][1][0].score <= close:
            return None, None
        stands, (likeness, person) = order[0]
        return (stands if stands in self.known else person), likeness


def with_numbers(sheet: Sheet, persons: Mapping[int, str]) -> Sheet:
    """The sheet with the column of the number."""
    numbers = pa.array([persons.get(line) for line in sheet.lines.to_pylist()], pa.string())
    return replace(sheet, columns=(*sheet.columns, NUMBER), cells=sheet.cells.append_column(NUMBER, numbers))


def keep(scope: Scope, moment: datetime, delivery: str, resolved: Resolved, stored: Collection[int]) -> None:
    """Record who came, and why a row was taken to mean somebody, of the lines that were taken."""
    lines = set(stored)
    fresh = {
        person: said
        for person, said in resolved.to_record.items()
        if not lines.isdisjoint(resolved.lines.get(person, ()))
    }
    Match.objects.bulk_create(
        (
            Match(
                delivery_id=delivery,
                line=line,
                person=resolved.persons[line],
                score=likeness.score,
                levels=dict(likeness.levels),
                matched_at=moment,
            )
            for line, likeness in resolved.matches.items()
            if line in lines
        ),
        batch_size=5_000,
        ignore_conflicts=True,
    )
    if not fresh:
        return
    with as_sender(scope):
        with connection.cursor() as cursor:
            cursor.execute("SELECT sizao_claim_persons(%s)", [sorted(fresh)])
        record(fresh, moment, scope.account)
        audit.note(scope, moment, "record", "identity", sorted(fresh))


def record(fresh: Mapping[str, Said], moment: datetime, by: str) -> None:
    """Write what these people are known by, and the hashes by which they are found and compared."""
    Identity.objects.bulk_create(
        (
            Identity(person=person, recorded_at=moment, recorded_by=by, **sealed(person, said))
            for person, said in fresh.items()
        ),
        batch_size=2_000,
    )
    found_by = (
        NameToken(person=person, token=token)
        for person, said in fresh.items()
        for token in dict.fromkeys((*tokens(said.name, said.document, said.telephone), *tokens_for(said)))
    )
    NameToken.objects.bulk_create(found_by, ignore_conflicts=True, batch_size=10_000)


def numbers_of(source: str, cells: Mapping[str, Any]) -> tuple[str, ...]:
    """The number of whom a row makes known, under every key: the same row again is the same person."""
    text = json.dumps(["row", source, cells], ensure_ascii=False, sort_keys=True)
    return tuple(f"D-{one[:16]}" for one in pseudonyms(text))


def wrong_in(name: str, line: int, said: Said | NotADay, who: Mapping[str, str]) -> Problem | None:
    """Why nobody can be meant by what is said; None where somebody can."""
    if isinstance(said, NotADay):
        return _not_a_day(name, line, said.text, who)
    for field_, most in LONGEST.items():
        if len(getattr(said, field_) or "") > most:
            words = Words(f"最多{most}字", f"at most {most} characters")
            fix = Words("只写这一项", "Write this alone.")
            return Problem("too_long", name, line, who[field_], None, words, fix)
    if not said.name or not parts_of(said):
        return Problem("nobody_named", name, line, who["name"], said.name, *_SAY_WHO)
    return None


def _not_a_day(name: str, line: int, text: str, who: Mapping[str, str]) -> Problem:
    return Problem("wrong_date", name, line, who.get("birth_on"), text, *_SAY_DAY)


_SAY_WHO = (
    Words(
        "姓名，以及证件号码、电话、出生日期、带门牌号的住址中至少一项",
        "a name, and a document, a telephone number, a birth date or an address with its number",
    ),
    Words("补上其中一项", "Add one of them."),
)
_SAY_DAY = (
    Words("日期，如 1980-01-31", "a date such as 1980-01-31"),
    Words("改正出生日期，或留空", "Correct the birth date, or leave it empty."),
)
