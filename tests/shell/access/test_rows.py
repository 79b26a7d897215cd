"""Which rows a duty sees: the database against a statement by hand, the pages' filter against the database.

Then the policies are spoiled one part at a time, and each spoiling must be noticed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction

from shell.access import statement
from shell.access.judging import replace_reading
from shell.access.world import (
    PEOPLE,
    as_reader,
    key_of,
    lay_out,
    model_of,
    partner_at,
    random_world,
    reader,
    scope,
    seen_by_policy,
    sent,
    spot,
)
from sizao.facts.dictionary import FACTS
from sizao_web.accounts.roles import ROLES
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.rules import AllOf, AnyOf, Roles, Rule
from sizao_web.records.access.scope import Scope

# What belongs to an account and not to a place: test_other_tables attacks it.
TABLES = sorted(one for one in set(POLICIES) - {"audit_entry"} if not one.startswith("partner"))
RESULTS = [table for table in TABLES if table.startswith(("ledger_", "past_"))]


_PAIR = "substr(one, 3) || '/' || substr(other, 3)"
# What is about two: both positions, as "own/sibling".
_NAMED = {
    "person_match": "(SELECT split_part(name, '/', 2) FROM delivery WHERE delivery.id = delivery_id)"
    " || '/' || substr(person, 3)",
    "person_doubt": _PAIR,
    "person_doubt_decision": f"(SELECT {_PAIR} FROM person_doubt WHERE person_doubt.id = doubt_id)",
}


@pytest.fixture
def world(db: None) -> dict[str, dict[str, str]]:
    """Table -> key of each row -> what it is about and its position, as "person/own"."""
    lay_out(iter(statement.POSITIONS))
    for position in statement.POSITIONS:
        partner_at(position)
        sent(f"partner/{position}", spot(position).area, None, f"partner-{position}")
    named: dict[str, dict[str, str]] = {}
    for fact in FACTS:
        rows = model_of(f"fact_{fact}")._default_manager.values_list("fact_id", "source_record")
        named[f"fact_{fact}"] = {str(key): f"fact/{record.split('/')[1]}" for key, record in rows}
    by_person = {spot(position).person: position for position in PEOPLE}
    for table in set(TABLES) - set(named):
        columns = {field.attname for field in model_of(table)._meta.fields}
        column = next(
            (
                one
                for one in ("person", "rule", "reason", "why", "source_system", "opened_by", "finding")
                if one in columns
            ),
            None,
        )
        if table in ("delivery", "sheet_mapping"):
            column = "name"
        if table in ("delivery_part", "delivery_row", "delivery_stored"):
            column = f"(SELECT name FROM delivery WHERE delivery.id = {table}.delivery_id)"
        column = _NAMED.get(table, column)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {key_of(table)}::text, {column or 'NULL'} FROM {table}")
            named[table] = {
                key: f"person/{by_person[name]}"
                if column == "person"
                else (name or "nobody/own").replace("finding-", "place/")
                for key, name in cursor.fetchall()
            }
    return named


def expected(duty: str, table: str, name: str) -> bool:
    """What the statement says of a row."""
    about, position = name.split("/")
    if table.startswith("fact_"):
        return statement.fact_seen(duty, table.removeprefix("fact_"), position)
    if table in ("alarm", "alarm_seen", "watch_heard", "watch_look", "watch_chart"):
        return duty in statement.WATCHES
    if table in ("audit_link", "audit_root"):
        return table == "audit_root" and duty in ("supervision", "administrator")
    if table == "proposal" and about == "waiver":
        return duty in ("command", "health_commission", "supervision")
    if table in ("proposal", "proposal_decision"):
        return statement.proposal_seen(duty, position)
    if about == "partner":  # who keeps a partner sees that its file came, and nothing of what is in it
        keeps = duty == "administrator" and position in statement.IN_AREA | {"recorded_here"}
        return table == "delivery" and keeps
    if table in ("delivery", "delivery_part", "delivery_row", "delivery_stored", "sheet_mapping"):
        return statement.delivery_seen(duty, position)
    if table == "person_match":
        return statement.delivery_seen(duty, about) and statement.names_seen(duty, position)
    if table in ("person_doubt", "person_doubt_decision"):
        return statement.doubt_seen(duty, about, position)
    if table == "proposal_example":
        shown = statement.result_seen(duty, "ledger_obligation", about, position)
        return shown and duty != "resident"  # what a proposal would change is the business of offices
    if table == "retention_run":
        return duty in ("command", "supervision", "administrator")
    if table == "legal_hold":
        return False
    if table.startswith("stream_"):
        return statement.stream_seen(duty, table, position)
    if table == "photo":
        return statement.fact_seen(duty, "findings", position)
    if table in RESULTS:
        return statement.result_seen(duty, table, about, position)
    if table in ("identity_token", "person_record_match"):  # by which people are searched for, were found
        return duty != "resident" and statement.names_seen(duty, position)
    if table == "identity":
        return statement.names_seen(duty, position)
    if table == "person_access":
        return statement.person_seen(duty, position)
    return True


@pytest.fixture
def readers(db: None) -> dict[str, Scope]:
    """A scope of each duty, in the reader's area and organisation."""
    return {duty: scope(reader(duty)) for duty in statement.DUTIES}


def wrong_rows(duty: str, table: str, seen: set[str], named: dict[str, dict[str, str]]) -> list[str]:
    """Where what is seen differs from the statement."""
    return [
        f"{duty} {'sees' if key in seen else 'does not see'} {table} {name}"
        for key, name in named[table].items()
        if (key in seen) != expected(duty, table, name)
    ]


def test_the_statement_names_every_duty_and_every_fact() -> None:
    assert set(statement.DUTIES) == set(ROLES) == set(statement.GIVES)
    stated = [
        statement.REFERENCE,
        statement.ABOUT_PLACES,
        statement.ABOUT_OFFICES,
        statement.CLINICAL,
        statement.WHEREABOUTS,
    ]
    assert sorted(name for group in stated for name in group) == sorted(FACTS)


def test_each_duty_sees_the_rows_that_the_statement_says_and_no_others(
    world: dict[str, dict[str, str]], readers: dict[str, Scope], say: Callable[[str], None]
) -> None:
    cases, wrong = 0, []
    for duty, mine in readers.items():
        with as_reader(mine):
            seen = seen_by_policy(TABLES)
        for table in TABLES:
            cases += len(world[table])
            wrong += wrong_rows(duty, table, seen[table], world)
    say(f"rows: {cases:,} cases (duty x table x position of the row), {len(wrong)} wrong")
    assert not wrong
    assert cases >= 9_000


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
def test_the_filter_of_pages_and_the_policy_of_the_database_show_the_same_rows(
    seed: int, db: None, say: Callable[[str], None]
) -> None:
    random_world(seed, rows=30)
    draw = random.Random(seed)
    readers = [
        scope(reader(duty, area, organisation))
        for duty in statement.DUTIES
        for area, organisation in draw.sample(SCOPES, 3)
    ]
    compared, shown, different = 0, 0, []
    for mine in (*readers, replace(readers[0], account="account-1")):
        by_filter = seen_by_filter(mine)
        with as_reader(mine):
            by_policy = seen_by_policy(list(POLICIES))
        for table in POLICIES:
            compared += 30
            shown += len(by_filter[table])
            if by_filter[table] != by_policy[table]:
                different.append((mine, table, by_filter[table] ^ by_policy[table]))
    say(f"seed {seed}: {compared:,} rows compared, {shown:,} of them shown, {len(different)} differences")
    assert not different
    assert 0.05 < shown / compared < 0.6, "a world in which nothing or everything is shown proves nothing"


SCOPES = [
    ("drill", None),
    ("drill/county-1", "office-own"),
    ("drill/county-1/street-1", None),
    ("drill/county-1/street-1", "site-1"),
    ("drill/county-1/street-10", "school-1"),
    ("other/county-1/street-1", "office-other"),
    ("d", "office-own"),
]


def seen_by_filter(mine: Scope) -> dict[str, set[str]]:
    """Table -> keys of the rows that the pages' filter lets through, all in one statement."""
    parts, values = [], []
    for table, rule in POLICIES.items():
        rows = model_of(table)._default_manager.filter(rule.q(mine)).values_list(key_of(table))
        try:
            text, given = rows.query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"SELECT '{table}', keys.key::text FROM ({text}) AS keys(key)")
        values += given
    found: dict[str, set[str]] = {table: set() for table in POLICIES}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        for table, key in cursor.fetchall():
            found[table].add(key)
    return found


EVERYBODY = Roles(tuple(ROLES))


def spoiled(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """The rule with one part made to hold always, or never: each a mistake somebody could make."""
    yield "holds always", EVERYBODY
    yield "holds never", Roles(())
    yield from _parts(rule, lambda one: one)


def _parts(rule: Rule, put: Callable[[Rule], Rule]) -> Iterator[tuple[str, Rule]]:
    """Each part left out of an "all of", and each left out of an "any of", however deep."""
    if not isinstance(rule, AllOf | AnyOf):
        return
    for place, part in enumerate(rule.rules):
        rest = rule.rules[:place] + rule.rules[place + 1 :]
        if rest:
            yield f"without {part}", put(replace(rule, rules=rest))

        def inside(one: Rule, place: int = place) -> Rule:
            return put(replace(rule, rules=(*rule.rules[:place], one, *rule.rules[place + 1 :])))

        yield from _parts(part, inside)


def test_each_part_of_each_row_policy_is_missed_when_it_is_gone(
    world: dict[str, dict[str, str]], readers: dict[str, Scope], say: Callable[[str], None]
) -> None:
    noticed, survivors = 0, []
    for table in TABLES:
        for what, rule in spoiled(POLICIES[table]):
            if rule == POLICIES[table] or (
                what == "holds always"
                and isinstance(POLICIES[table], Roles)
                and set(POLICIES[table].names) == set(ROLES)
            ):
                continue
            with transaction.atomic():
                replace_reading(table, rule.sql(table))
                if any(
                    wrong_rows(duty, table, seen_as(mine, table), world) for duty, mine in readers.items()
                ):
                    noticed += 1
                else:
                    survivors.append(f"{table}: {what}")
                transaction.set_rollback(True)
    say(f"row policies: {noticed} spoilings noticed, {len(survivors)} survived")
    assert not survivors
    assert noticed > 3 * len(TABLES)


def seen_as(mine: Scope, table: str) -> set[str]:
    with as_reader(mine):
        return seen_by_policy([table])[table]
