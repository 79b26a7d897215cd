"""Who may add which row of a fact: the database against a statement by hand; each condition left out once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models, transaction

from shell.access import statement
from shell.access.world import (
    AREAS,
    MOMENT,
    OWN,
    Spot,
    add,
    as_reader,
    fact_row,
    lay_out,
    propose,
    reader,
    scope,
    spot,
)
from sizao.facts.dictionary import FACTS
from sizao_web.accounts.roles import DECIDED
from sizao_web.records.access.giving import conditions
from sizao_web.records.access.installing import policies
from sizao_web.records.access.scope import Scope
from sizao_web.records.access.tables import Guard
from sizao_web.records.models import Proposal, ProposalDecision

UNSEEN = AREAS["sibling"]


@pytest.fixture
def readers(db: None) -> dict[str, Scope]:
    """A scope of each duty in a world in which there is something to correct."""
    lay_out(iter(("own", "sibling", "office")))
    return {duty: scope(reader(duty)) for duty in statement.DUTIES}


def right_row(fact: str, mine: Scope) -> Any:
    """A row of the fact that this scope may add if its duty may."""
    about_own = statement.DUTIES[mine.role][0] in ("area", "self")
    at = spot("own") if about_own else Spot(OWN, "p-office", "office-own")
    row = fact_row(fact, "new", at)
    row.recorded_by = mine.account
    if fact in ("rooms", "room_conditions"):
        row.place = "pl-own"  # whose rooms they are is decided by where the site lies, not by an office
    if fact == "closures":
        row.from_on = row.known_at.date() + timedelta(days=1)  # what a place says of itself lies ahead
    if fact == "rectifications":
        row.rechecked_at = None  # that it was checked again is not the place's to say
    if fact in DECIDED:
        _approve(fact, row, mine)
    if fact == "hand_over_acceptances":
        offer = fact_row("hand_overs", "new", at)
        offer.to_office = row.accepted_office = "office-own"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        offer.save(force_insert=True)
    return row


# What stands in a row of who decided and who approved it.
SIGNED = {
    "adoptions": {"adopted_by": "somebody", "approved_by": "mine"},
    "standing_instructions": {"adopted_by": "somebody", "approved_by": "mine"},
    "waivers": {
        "decided_by": "somebody",
        "decided_office": "office-other",
        "approved_by": "mine",
        "approved_office": "office-own",
    },
}


def _approve(fact: str, row: Any, mine: Scope) -> None:
    """The row belongs to a proposal of somebody else that this scope has approved."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    meant = propose(f"proposal/{fact}", mine.area, "somebody", "office-other", decided=False)
    Proposal.objects.filter(pk=meant.pk).update(kind=fact)
    ProposalDecision.objects.create(
        proposal=meant, decision="approved", decided_by=mine.account, decided_office="office-own",
        decided_at=MOMENT, area=mine.area,
    )  # fmt: skip
    row.source_record = f"proposal/{meant.pk}/0"
    for column, value in SIGNED.get(fact, {}).items():
        setattr(row, column, mine.account if value == "mine" else value)


def may_add(duty: str, fact: str) -> bool:
    """Whether the duty records the fact alone, or by the decision that `right_row` puts on record."""
    return fact in statement.GIVES[duty] | statement.DECIDES.get(duty, set())


def test_each_duty_adds_the_facts_that_the_statement_says_and_no_others(
    readers: dict[str, Scope], say: Callable[[str], None]
) -> None:
    cases, wrong = 0, []
    for duty, mine in readers.items():
        for fact in FACTS:
            cases += 1
            with transaction.atomic():
                row = right_row(fact, mine)
                with as_reader(mine):
                    taken = add(row)
                transaction.set_rollback(True)
            if taken != may_add(duty, fact):
                wrong.append(f"{duty} {'adds' if taken else 'does not add'} {fact}")
    say(f"adding: {cases:,} cases (duty x fact), {len(wrong)} wrong")
    assert not wrong


def spoil(fact: str, condition: str, row: models.Model) -> None:
    """Make the row break this one condition and no other."""
    match condition, fact:
        case "area", _:
            row.area = UNSEEN
        case "name", _:
            row.recorded_by = "somebody-else"
        case "person", _:
            row.person = "p-sibling"
        case "about", "waivers":
            row.about = "p-sibling"
        case "about", "merges":
            row.same_as = "p-sibling"
        case "about", "dependants":
            row.dependant = "p-sibling"
        case "about", "areas":
            row.path = UNSEEN
        case "about", "places":
            row.located_in = UNSEEN
        case "about", "offices":
            row.covers = UNSEEN
        case "ahead", "closures":
            row.from_on = row.known_at.date()
        case "unchecked", "rectifications":
            row.place, row.rechecked_at = "office-own", row.known_at
        case "about", "rooms" | "room_conditions" | "closures":
            row.place = "pl-sibling"
        case "place", _:
            row.place = "pl-sibling"
        case "decision", _:
            row.source_record = "proposal/0/0"
        case "offer", _:
            row.hand_over = "h-unknown"
        case "correction", _:
            kept = fact_row(fact, "sibling", spot("sibling"))
            row.key_hi, row.key_lo = kept.key_hi, kept.key_lo
            row.action, row.source_version, row.reason = "retract", 2, "mistake"
        case _:
            pytest.fail(
                f"Say in test_adding.py how a row of {fact} breaks the condition {condition!r} alone."
            )


def test_each_condition_of_adding_is_missed_when_it_is_gone(
    readers: dict[str, Scope], say: Callable[[str], None]
) -> None:
    noticed, survivors = 0, []
    for fact in FACTS:
        duties = [duty for duty in statement.DUTIES if may_add(duty, fact)]
        for condition in conditions(fact):
            # Only of a place itself its closures must lie ahead, and it does not check itself again.
            breaking = "institution" if condition in ("ahead", "unchecked") else duties[0]
            if condition == "duty":
                breaking = next(
                    duty
                    for duty in ("supervision", "street", "command", "education", "institution")
                    if not may_add(duty, fact)
                )
            with transaction.atomic():
                mine = readers[breaking]
                row = right_row(fact, mine)
                if condition != "duty":
                    spoil(fact, condition, row)
                with as_reader(mine):
                    refused = not add(row)
                replace_adding(fact, without=condition)
                with as_reader(mine):
                    taken = add(row)
                if refused and taken:
                    noticed += 1
                else:
                    survivors.append(f"{fact}: {condition} (refused {refused}, taken without it {taken})")
                transaction.set_rollback(True)
    say(f"conditions of adding: {noticed} left out and noticed, {len(survivors)} survived")
    assert not survivors
    assert noticed >= 4 * len(FACTS)


def replace_adding(fact: str, without: str) -> None:
    """The policy of adding with one condition less, as if the code said so."""
    table = f"fact_{fact}"
    rest = " AND ".join(text for name, text in conditions(fact).items() if name != without)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP POLICY sizao_adds ON {table}")
        for name, text in policies(table, Guard(adds=rest)):
            if name == "sizao_adds":
                cursor.execute(f"CREATE POLICY {name} ON {table} {text}")
