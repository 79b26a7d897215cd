"""How the columns of a file are read, and the facts that its rows then give; nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from sizao.facts.dictionary import FACTS
from sizao.intake.loading import Plan, Prepared, column_problems, prepare
from sizao.intake.mapping import Mapping as SheetMapping
from sizao.intake.mapping import columns_read
from sizao.intake.persons import NUMBER, who_columns
from sizao.intake.problems import IntakeRefused
from sizao.intake.reading import read_mapping
from sizao.intake.sheets import Sheet
from sizao.intake.templates import ADDED, headings, own_columns_mapping
from sizao_web.records.access.scope import Scope
from sizao_web.records.deliveries.plausible import without_the_impossible
from sizao_web.records.deliveries.wording import NO_LOOK_UPS, NO_NAMES, NOT_GIVEN, SAY_WHICH, problem
from sizao_web.records.matching.resolving import Resolved, resolve, with_numbers
from sizao_web.records.models import Delivery
from sizao_web.settings.clock import bare


def mapping_for(
    one: Delivery, columns: Sequence[str], *, fact: str | None = None, text: str | None = None
) -> SheetMapping:
    """How the columns are read: by the stated mapping, or as those of the dictionary.

    Whatever a mapping says, the records are those of the sender's own source, and become known now.
    """
    text, fact = (text, fact) if text or fact else (one.mapping, one.fact)
    who = who_columns(columns)
    if text:
        stated = read_mapping(text, "mapping.yaml")
        if stated.look_ups:
            raise IntakeRefused([problem(one, "look_ups", None, *NO_LOOK_UPS)])
        who = {} if set(who.values()).intersection(columns_read(stated)) else who
    elif fact in FACTS:
        given = headings(fact, columns)
        who = who_columns(columns, given.values()) if NUMBER not in given else {}
        named = (*columns, NUMBER) if who and _names_a_person(fact) else columns
        stated = own_columns_mapping(fact, named, settings.SIZAO.zone, one.source_system)
    else:
        raise IntakeRefused([problem(one, "unknown_fact", fact, *SAY_WHICH)])
    entries = tuple(replace(entry, known_at=None) for entry in stated.facts)
    unused = [name for name in columns if name in _OF_THE_SYSTEM or name in _HEADED or name in ADDED]
    if NUMBER in columns or NUMBER not in columns_read(stated):
        who = {}
    return replace(
        stated,
        source_system=one.source_system,
        source_system_column=None,
        facts=entries,
        not_used=(*stated.not_used, *unused, *who.values()),
        who=who,
    )


def _names_a_person(fact: str) -> bool:
    return any(column.name == NUMBER and column.of == "person" for column in FACTS[fact].columns)


_OF_THE_SYSTEM = ("source_system", "known_at")

_HEADED = ("来源系统", "获知时刻")


def plan_for(one: Delivery, sheet: Sheet, mapping: SheetMapping) -> Plan:
    """The sheet read by the mapping; IntakeRefused with all reasons when they do not fit."""
    if mapping.who and NUMBER not in sheet.columns:
        sheet = with_numbers(sheet, {})
    problems = column_problems(sheet, mapping)
    if problems:
        raise IntakeRefused(problems)
    return Plan(sheet, mapping, {}, one.area)


@dataclass(frozen=True)
class Named(Prepared):
    """Rows that named somebody without a number, and whom they mean."""

    resolved: Resolved


def prepare_for(
    one: Delivery, scope: Scope, sheet: Sheet, mapping: SheetMapping, moment: datetime, known_at: datetime
) -> Prepared:
    """The facts that the rows of a sheet give, `Named` where they name somebody without a number.

    Asks the database whom they mean, and otherwise nothing.
    """
    if not mapping.who:
        return _checked(one, scope, sheet, mapping, known_at)
    resolved = resolve(scope, moment, one.source_system, sheet, mapping.who)
    found = _checked(one, scope, with_numbers(sheet, resolved.persons), mapping, known_at)
    told = tuple(
        replace(row, problems=(resolved.problems[row.line],)) if row.line in resolved.problems else row
        for row in found.rejected
    )
    return Named(found.fresh, found.again, told, resolved)


def _checked(
    one: Delivery, scope: Scope, sheet: Sheet, mapping: SheetMapping, known_at: datetime
) -> Prepared:
    plan = plan_for(one, sheet, mapping)
    prepared = prepare(plan, recorded_at=bare(known_at), recorded_by=scope.account)
    return without_the_impossible(one.name, prepared)


def check_given(one: Delivery, scope: Scope, mapping: SheetMapping) -> None:
    """IntakeRefused when the mapping names people to a duty that may not, or makes a fact that it does not
    record."""
    if mapping.who and not scope.duty.identities:
        raise IntakeRefused([problem(one, "names_not_given", None, *NO_NAMES)])
    for fact in dict.fromkeys(entry.fact for entry in mapping.facts):
        if not scope.may_give(fact):
            raise IntakeRefused([problem(one, "not_given", fact, *NOT_GIVEN)])
