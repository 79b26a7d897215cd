"""Worlds for the tests of access: each table with a row at each position, or with rows drawn at random."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction

from shell.access import statement
from sizao.facts.declaration import Column, ColumnType
from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import own_columns
from sizao.terms.codes import CODE_LISTS
from sizao_web.accounts.models import Account, Assignment
from sizao_web.records.access.scope import Scope, enter, scope_of
from sizao_web.records.models import (
    FACT_MODELS,
    Alarm,
    AlarmSeen,
    AuditEntry,
    AuditLink,
    AuditRoot,
    ControlDay,
    Count,
    Delivery,
    DeliveryPart,
    DeliveryRow,
    DeliveryStored,
    Doubt,
    DoubtDecision,
    Heard,
    Identity,
    LegalHold,
    Match,
    NameToken,
    Partner,
    PartnerConflict,
    PartnerKey,
    PersonAccess,
    Photo,
    Proposal,
    ProposalDecision,
    Question,
    RecordMatch,
    RetentionRun,
    Run,
    SheetMapping,
    StreamBatch,
    StreamConflict,
    StreamMove,
    StreamOpening,
    Switch,
    Watched,
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
        record_meant(at.person)
        for row in result_rows(f"person/{position}", "person", at, of_persons=True):
            row.save(force_insert=True)
    for position in chosen:
        for about in ("person", "place"):
            for row in result_rows(f"{about}/{position}", about, spot(position)):
                row.save(force_insert=True)
    for position in chosen:
        photograph(position)
        propose(f"proposal/{position}", spot(position).area, "somebody", "office-other")
        for row in stream_rows(f"stream/{position}", spot(position).area):
            row.save(force_insert=True)
        sent(f"delivery/{position}", spot(position).area, spot(position).organisation, "somebody")
    _made(StreamMove, done_at=MOMENT)
    for duty in statement.DUTIES:
        sent(f"delivery/of-{duty}", AREAS["elsewhere"], None, name_of_reader(duty))
        took_to_mean(f"delivery/of-{duty}", [f"p-{position}" for position in PEOPLE])
    for one, other in zip(PEOPLE, (*PEOPLE[1:], PEOPLE[0]), strict=True):
        doubt(f"p-{one}", f"p-{other}")
    doubt("p-own", "p-sibling")
    doubt("p-sibling", "p-child")
    _made(RetentionRun, removed={}, waiting={})
    _made(LegalHold)
    _name_us_once()
    _about_the_installation()


def _about_the_installation() -> None:
    """What belongs to no person, place or area, and a proposal about somebody."""
    waiver = propose("waiver/own", AREAS["own"], "somebody", "office-other")
    Proposal.objects.filter(pk=waiver.pk).update(kind="waivers")
    alarm = Alarm.objects.create(kind="disk", about="data", values={"gigabytes": "1.0"}, raised_at=MOMENT)
    AlarmSeen.objects.create(alarm=alarm, seen_by="somebody", seen_at=MOMENT)
    Switch.objects.create(
        name="exports_off", value="on", reason="nobody/own", set_by="somebody", set_at=MOMENT, until=MOMENT
    )
    Heard.objects.create(source="laboratory", last_at=MOMENT)
    Watched.objects.create(looked_at=MOMENT, until="")
    ControlDay.objects.create(kind="reports", subject="laboratory", day=MOMENT, found=1, drawn_at=MOMENT)
    AuditLink.objects.create(place=1, entry=1, hash=b"-")
    AuditRoot.objects.create(number=1, last=1, body="-", signature="-", horizon="1")


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


def public_of(position: str) -> str:
    """What names the key of the partner at a position."""
    return uuid5(NAMESPACE_URL, f"key/{position}").hex[:12]


def partner_at(position: str) -> int:
    """A laboratory that sends by machine, with a key and a conflict, at a position; the conflict's number."""
    at, name = spot(position), f"partner-{position}"
    account = Account.objects.create_user(name, None)
    duty = Assignment.objects.create(
        account=account, role="laboratory", area=at.area, organisation=at.organisation, from_at=SINCE
    )
    made = Partner.objects.create(
        name=name, label_zh=name, label_en=name, assignment=duty, account=name, area=at.area,
        per_minute=1, per_day=1, made_at=SINCE, made_by="world",
    )  # fmt: skip
    PartnerKey.objects.create(
        partner=made, public=public_of(position), digest=b"-", facts=["results"], area=at.area,
        made_at=SINCE, made_by="world", not_before=MOMENT, not_after=MOMENT + timedelta(days=90),
    )  # fmt: skip
    return PartnerConflict.objects.create(
        account=name, role="laboratory", area=at.area, organisation=at.organisation, kind="record",
        fact="results", source_record="x", source_version=1, second={}, digest=b"-", received_at=MOMENT,
    ).pk  # fmt: skip


def photo_number(position: str) -> UUID:
    """The number of the photograph of the finding at a position."""
    return uuid5(NAMESPACE_URL, f"photo/{position}")


def photograph(position: str) -> Photo:
    """A photograph of the finding at a position."""
    at, drawn = spot(position), f"photo/{position}".encode()
    return Photo.objects.create(
        id=photo_number(position),
        finding=f"finding-{position}",
        place=at.organisation,
        area=at.area,
        stage="found",
        kind="image/png",
        content=drawn,
        sha256=sha256(drawn).digest(),
        width=1,
        height=1,
        recorded_at=SINCE,
        recorded_by="world",
    )


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


def stream_rows(name: str, area: str) -> list[models.Model]:
    """A batch of a stream, a row that contradicts one, and an opening of a register, in this area."""
    common = {"stream": "check_ins", "day": MOMENT.date(), "area": area, "recorded_at": MOMENT}
    sent = {"source_system": name, "recorded_by": "somebody", **common}
    return [
        StreamBatch(rows=1, arrived_in="1", **sent),
        StreamConflict(key=uuid5(NAMESPACE_URL, name), body=1, source_record="r", row={}, **sent),
        StreamOpening(
            case="c", from_at=SINCE, until_at=MOMENT, opened_by=name, opened_at=MOMENT, area=area, purpose="x"
        ),
    ]


def delivery_number(name: str) -> UUID:
    """The number of a delivery of this name."""
    return uuid5(NAMESPACE_URL, name)


def sent(name: str, area: str, organisation: str | None, account: str) -> None:
    """A file that somebody sent, a piece and a row of it, and a mapping of theirs."""
    made = Delivery.objects.create(
        id=delivery_number(name), name=name, size=1, sha256="x", account=account, role="x", area=area,
        organisation=organisation, purpose="x", source_system="x", received_at=SINCE, receipt="{}",
    )  # fmt: skip
    DeliveryPart.objects.create(delivery=made, position=0, sealed=b"-")
    DeliveryRow.objects.create(delivery=made, line=2, part=0, outcome="merged")
    DeliveryStored.objects.create(
        delivery=made, fact="visits", first_line=3, lines=[3], parts=[0], key_hi=[1], key_lo=[1]
    )
    SheetMapping.objects.create(
        name=name, version=1, area=area, organisation=organisation, headings=[], text="", saved_by=account,
        saved_at=SINCE,
    )  # fmt: skip


def took_to_mean(name: str, persons: list[str]) -> None:
    """Rows of a delivery that were taken to mean these."""
    for line, person in enumerate(persons, start=2):
        Match.objects.create(
            delivery_id=delivery_number(name), line=line, person=person, score=1, levels={}, matched_at=MOMENT
        )


def record_meant(person: str) -> None:
    """A record by machine that was taken to mean this person."""
    RecordMatch.objects.create(
        fact="visits", fact_id=uuid5(NAMESPACE_URL, f"meant/{person}"), person=person, score=1, levels={},
        matched_by="somebody", matched_at=MOMENT,
    )  # fmt: skip


def doubt(one: str, other: str) -> Doubt:
    """Two who may be one person, and what somebody said of them."""
    made: Doubt = Doubt.objects.create(one=one, other=other, score=0.5, levels={}, found_at=MOMENT)
    DoubtDecision.objects.create(
        doubt=made, number=1, decision="apart", decided_by="nobody", decided_at=MOMENT, why="x"
    )
    return made


def doubt_with_own(position: str) -> int:
    """The number of the doubt whether somebody of the own area is the person of a position."""
    other = spot(position).person
    pair = ("p-own", other if other != "p-own" else "p-office")
    made = Doubt.objects.filter(one=pair[0], other=pair[1]).first() or doubt(*pair)
    return int(made.pk)


def run() -> Run:
    """A run of the ledger that the rows can belong to, and that had each of them before it."""
    return Run.objects.first() or _made(Run, facts_until=f"{10**18}:{10**18}:")


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
    account = Account.objects.create_user(name_of_reader(duty, area, organisation), None)
    resident = duty == "resident"
    Assignment.objects.create(
        account=account, role=duty, area=area, organisation=None if resident else organisation,
        person="p-own" if resident else None, from_at=SINCE,
    )  # fmt: skip
    return account


def name_of_reader(duty: str, area: str = OWN, organisation: str | None = "office-own") -> str:
    """The account of `reader`."""
    return f"{duty}-{area}-{organisation}".replace("/", ".")


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
        if fact in ("sample_members", "samples", "sample_receipts", "results"):
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
        office = draw.choice([*organisations, None])
        sent(f"delivery/{number}", draw.choice(areas), office, f"account-{number % 3}")
        took_to_mean(f"delivery/{number}", draw.sample(people, 3))
    for number in range(rows):
        doubt(people[number], draw.choice(people[:number] or people))
    for person in draw.sample(people, rows // 2):
        for row in result_rows(f"of-{person}", "person", Spot("", person, ""), of_persons=True):
            row.save(force_insert=True)
        Identity.objects.create(person=person, name=b"-", recorded_at=SINCE, recorded_by="x")
        record_meant(person)
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
