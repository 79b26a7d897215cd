"""Worlds for the tests of access: each table with a row at each position, or with rows drawn at random."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction

from sizao.facts.declaration import Column, ColumnType
from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import own_columns
from sizao.terms.codes import CODE_LISTS
from sizao_web.accounts.models import Account, Assignment
from sizao_web.records.access.scope import Scope, enter, scope_of
from sizao_web.records.models import (
    FACT_MODELS,
    AuditEntry,
    Count,
    Identity,
    NameToken,
    PersonAccess,
    Proposal,
    ProposalDecision,
    Question,
    Run,
)
from sizao_web.records.sealing import seal

OWN = "drill/county-1/street-1"
AREAS = {
    "own": OWN,
    "child": f"{OWN}/community-1",
    "parent": "drill/county-1",
    "sibling": "drill/county-1/street-2",
    "lookalike": f"{OWN}0",
    "elsewhere": "other/county-1/street-1",
}
ORGANISATIONS = {"office": "office-own", "other_office": "office-other"}
PEOPLE = (*AREAS, *ORGANISATIONS)
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
MOMENT = datetime(2020, 11, 10, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Spot:
    """Where a row is: recorded where, about whom, with which place or office in its columns."""

    area: str
    person: str
    organisation: str


def spot(position: str) -> Spot:
    """The spot of a position of the statement."""
    if position in AREAS:
        return Spot(AREAS[position], f"p-{position}", f"pl-{position}")
    if position in ORGANISATIONS:
        return Spot(AREAS["elsewhere"], f"p-{position}", ORGANISATIONS[position])
    return {
        "recorded_here": Spot(OWN, "p-elsewhere", "pl-elsewhere"),
        "recorded_there": Spot(AREAS["elsewhere"], "p-own", "pl-own"),
        "names_us": Spot(AREAS["elsewhere"], "p-elsewhere", "office-own"),
    }[position]


def fact_row(fact: str, name: str, at: Spot) -> models.Model:
    """A row of a fact; `name` tells it from others."""
    given: dict[str, Any] = {}
    for column in own_columns(FACTS[fact]):
        field = next(
            one for one in FACT_MODELS[fact]._meta.fields if column.name in (one.column, one.attname)
        )
        given[field.attname] = _value(column.declared, column.name, field, name, at)
    number = uuid5(NAMESPACE_URL, f"{fact}/{name}")
    return FACT_MODELS[fact](
        fact_id=number,
        key_hi=number.int >> 65,
        key_lo=number.int & (1 << 62) - 1,
        source_system="world",
        source_record=f"{fact}/{name}",
        source_version=1,
        action="record",
        happened_at=SINCE,
        known_at=SINCE,
        recorded_at=SINCE,
        recorded_by="world",
        area=at.area,
        history=False,
        derived=False,
        body=number.bytes,
        **given,
    )


def _value(declared: Column, column: str, field: models.Field[Any, Any], name: str, at: Spot) -> Any:
    if column in ("path", "located_in", "covers", "graded", "origin"):
        return at.area
    if column.startswith("until"):
        return None
    if declared.type is ColumnType.CODE:
        names = CODE_LISTS[declared.codes or ""].names()
        return names[0] if names else "x"  # some lists are open
    match declared.of:
        case "person" | "subject":
            return at.person
        case "place" | "office":
            return at.organisation
        case "sample":
            return f"s-{name}"
        case "hand_over":
            return f"h-{name}"
    match field.get_internal_type():
        case "DateTimeField":
            return SINCE
        case "DateField":
            return date(2020, 1, 1)
        case "BooleanField":
            return False
        case "IntegerField" | "BigIntegerField" | "FloatField":
            return 0
        case _:
            return f"{column}-{name}"


def lay_out(positions: Iterator[str]) -> None:
    """One row of each table at each position, and the places and people that they name."""
    chosen = list(positions)
    for fact, model in FACT_MODELS.items():
        model._default_manager.bulk_create(fact_row(fact, position, spot(position)) for position in chosen)
    # Where the places are: of those that a row names, its own row of the reference fact.
    FACT_MODELS["places"]._default_manager.all().delete()
    FACT_MODELS["places"]._default_manager.bulk_create(
        fact_row("places", position, spot(position)) for position in PEOPLE
    )
    for position in PEOPLE:
        at = spot(position)
        if position in ORGANISATIONS:
            PersonAccess.objects.create(person=at.person, organisation=at.organisation)
        else:
            PersonAccess.objects.create(person=at.person, area=at.area)
        name = seal(at.person, "name", "某人")
        Identity.objects.create(person=at.person, name=name, recorded_at=SINCE, recorded_by="world")
        NameToken.objects.create(person=at.person, token=b"-")
        for row in result_rows(f"person/{position}", "person", at, of_persons=True):
            row.save(force_insert=True)
    for position in chosen:
        for about in ("person", "place"):
            for row in result_rows(f"{about}/{position}", about, spot(position)):
                row.save(force_insert=True)
    for position in chosen:
        propose(f"proposal/{position}", spot(position).area, "somebody", "office-other")
    _name_us_once()


def _name_us_once() -> None:
    """Rows elsewhere that name the reader's office or place in one column only."""
    at = spot("elsewhere")
    for fact in FACT_MODELS:
        for column in own_columns(FACTS[fact]):
            if column.declared.of in ("place", "office", "subject") and fact != "places":
                row = fact_row(fact, f"only-{column.name}", at)
                setattr(row, column.name, "office-own")
                row.save(force_insert=True)
    for column in ("about", "responsible", "done_by"):
        for row in result_rows(f"place/only-{column}", "place", at):
            if any(field.attname == column for field in row._meta.fields):
                setattr(row, column, "office-own")
                row.save(force_insert=True)


def propose(name: str, area: str, account: str, office: str, *, decided: bool = True) -> Proposal:
    """A compared proposal of a duty in this area, told from others by its reason, and its refusal."""
    made: Proposal = _made(
        Proposal, kind="adoptions", facts=[], reason=name, area=area, proposed_by=account,
        proposed_office=office, state="compared",
    )  # fmt: skip
    if decided:
        ProposalDecision.objects.create(
            proposal=made, decision="refused", decided_by="nobody", decided_office="office-far",
            decided_at=MOMENT, why=name, area=area,
        )  # fmt: skip
    return made


def run() -> Run:
    """A run of the ledger that the rows can belong to."""
    return Run.objects.first() or _made(Run)


def question() -> Question:
    """A question about a past moment that rows can answer."""
    return Question.objects.first() or _made(Question)


def proposal() -> Proposal:
    """A proposal that rows can be examples of."""
    return Proposal.objects.first() or propose("proposal/elsewhere", AREAS["elsewhere"], "somebody", "x")


def _made(model: Any, **given: Any) -> Any:
    values = {field.attname: _blank(field) for field in model._meta.fields if not field.primary_key}
    return model.objects.create(**{**values, **given})


def result_models(*, of_persons: bool) -> list[type[models.Model]]:
    """Tables of what derive answers, now and for past moments: of one row for each person, or others."""
    return [
        model
        for model in apps.get_app_config("records").get_models()
        if model._meta.db_table.startswith(("ledger_", "past_", "proposal_example"))
        and model not in (Run, Question)
        and any(field.attname == "person" for field in model._meta.fields) == of_persons
    ]


def result_rows(name: str, about: str, at: Spot, *, of_persons: bool = False) -> list[models.Model]:
    """A row of each such table about a person or a place."""
    concerned = at.person if about == "person" else at.organisation
    given = {
        "about": concerned,
        "person": at.person,
        "about_kind": about,
        "area": at.area,
        "done_by": at.organisation,
        "responsible": at.organisation,
        "changed_in_id": run().pk,
        "question_id": question().pk,
        "proposal_id": proposal().pk,
    }
    made = []
    for model in result_models(of_persons=of_persons):
        has = {field.attname for field in model._meta.fields}
        values = {column: value for column, value in given.items() if column in has}
        if model is Count and about == "person":
            values["about"] = None  # counts are of rows, and say of nobody that there are some
        made.append(_row(model, name, **values))
    return made


def _row(model: type[models.Model], name: str, **given: Any) -> models.Model:
    values = {
        field.attname: _blank(field, name)
        for field in model._meta.fields
        if not field.null and not (field.primary_key and field.get_internal_type() == "BigAutoField")
    }
    for link in ("changed_in_id", "question_id", "proposal_id"):
        values.pop(link, None)
    return model(**{**values, **given})


# What pages look up words for must have words.
WORDED = {
    "verb": "check_health",
    "step": "check_health",
    "status": "open",
    "sector": "health",
    "state": "waiting",
}


def _blank(field: models.Field[Any, Any], name: str = "x") -> Any:
    if field.attname in WORDED:
        return WORDED[field.attname]
    match field.get_internal_type():
        case "DateTimeField":
            return MOMENT
        case "DateField":
            return MOMENT.date()
        case "TextField" | "CharField":
            return "whole" if field.choices else name
        case "JSONField":
            return {}
        case "BooleanField":
            return False
        case _:
            return 0


def reader(duty: str, area: str = OWN, organisation: str | None = "office-own") -> Account:
    """Somebody with a duty."""
    account = Account.objects.create_user(f"{duty}-{area}-{organisation}".replace("/", "."), None)
    Assignment.objects.create(account=account, role=duty, area=area, organisation=organisation, from_at=SINCE)
    return account


def scope(account: Account) -> Scope:
    """The scope of somebody's only duty."""
    return scope_of(account.assignments.get())


@contextmanager
def as_reader(mine: Scope) -> Iterator[None]:
    """Enter a scope, as a request does, and come back as the owner."""
    with transaction.atomic():
        enter(mine)
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")


@contextmanager
def as_pages() -> Iterator[None]:
    """The connection itself is the pages' login, not only what a request makes of it."""
    with connection.cursor() as cursor:
        # What an earlier scope of the test said would otherwise go on: a test is one transaction.
        cursor.execute("SELECT set_config('sizao.seal', '', true)")
        cursor.execute("SET SESSION AUTHORIZATION sizao_web")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET SESSION AUTHORIZATION")


def add(row: models.Model) -> bool:
    """Whether the database takes the row; as the write path, it asks for nothing back."""
    fields = [field for field in row._meta.fields if field.attname != "arrived_in"]
    names = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {row._meta.db_table} ({names}) VALUES ({marks})", values)
    except ProgrammingError as cause:
        if cause.__cause__.sqlstate != "42501":  # type: ignore[union-attr]
            raise
        return False
    return True


def seen_by_policy(tables: list[str]) -> dict[str, set[str]]:
    """Table -> keys of the rows that the database shows now."""
    return _keys(dict.fromkeys(tables, "true"))


def _keys(conditions: dict[str, str]) -> dict[str, set[str]]:
    parts = [
        f"SELECT '{table}', {key_of(table)}::text FROM {table} WHERE {condition}"
        for table, condition in conditions.items()
    ]
    found: dict[str, set[str]] = {table: set() for table in conditions}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        for table, key in cursor.fetchall():
            found[table].add(key)
    return found


def key_of(table: str) -> str:
    """The column that tells rows of a table apart."""
    return str(model_of(table)._meta.pk.column)


def model_of(table: str) -> type[models.Model]:
    """The model of a table of the records."""
    return next(one for one in apps.get_app_config("records").get_models() if one._meta.db_table == table)


def random_world(seed: int, rows: int) -> None:
    """Rows of every table, each at a spot drawn at random: some belong together, some nowhere."""
    draw = random.Random(seed)
    areas = [*AREAS.values(), "drill", "drill/county-2/street-1", "drill/county-1/street-1/community-2", "d"]
    organisations = ["office-own", "office-other", "site-1", "school-1"]
    people = [f"p{number}" for number in range(rows)]

    def drawn() -> Spot:
        return Spot(draw.choice(areas), draw.choice(people), draw.choice(organisations))

    PersonAccess.objects.bulk_create(
        (
            PersonAccess(
                person=draw.choice(people),
                area=draw.choice([*areas, None]),
                organisation=draw.choice([*organisations, None, None]),
            )
            for _ in range(rows)
        ),
        ignore_conflicts=True,
    )
    for fact, model in FACT_MODELS.items():
        made = [fact_row(fact, f"{number}", drawn()) for number in range(rows)]
        for one in made:
            for field in model._meta.fields:
                if field.null and field.attname != "reason" and draw.random() < 0.15:
                    setattr(one, field.attname, None)
        if fact in ("sample_members", "samples", "results"):
            for one in made:
                one.sample = f"s{draw.randrange(rows)}"  # type: ignore[attr-defined]
        model._default_manager.bulk_create(made)
    for number in range(rows):
        for row in result_rows(f"{number}", draw.choice(["person", "place"]), drawn()):
            for field in ("area", "about", "responsible", "done_by"):
                if hasattr(row, field) and row._meta.get_field(field).null and draw.random() < 0.15:
                    setattr(row, field, None)
            row.save(force_insert=True)
        propose(f"proposal/{number}", draw.choice(areas), "somebody", draw.choice(organisations))
    for person in draw.sample(people, rows // 2):
        for row in result_rows(f"of-{person}", "person", Spot("", person, ""), of_persons=True):
            row.save(force_insert=True)
        Identity.objects.create(person=person, name=b"-", recorded_at=SINCE, recorded_by="x")
        NameToken.objects.create(person=person, token=b"-")
    for number in range(rows):
        AuditEntry.objects.create(
            happened_at=SINCE,
            account=f"account-{number % 3}",
            role="x",
            area="x",
            purpose="x",
            deed="read",
            subject="x",
            what=draw.choice(["account", "stays"]),
        )
