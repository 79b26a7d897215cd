"""Who may add which row of a fact: by duty, in the own area and name, about people one answers for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS
from sizao.terms.areas import is_within
from sizao_web.accounts.roles import DECIDED, OF_PLACES, REFERENCE, ROLES, SELF, SIGNED, givers_of
from sizao_web.records.access.policies import POSTS, WARDS
from sizao_web.records.access.rules import (
    AnyOf,
    InArea,
    OfOrganisation,
    OfPerson,
    PlaceIn,
    Roles,
    Rule,
    setting,
)
from sizao_web.records.access.scope import Scope

# What somebody records about a person decides whose the person becomes: who could record a stay of anybody
# in the own street would thereby see everything about them. So one writes about people whom one sees, and
# about people whom nobody knew (`sizao_claim_person`). A passer-by's sample gives no access, and is free.
_ABOUT: Mapping[str, Rule] = MappingProxyType(
    {
        "merges": OfPerson("same_as"),
        "dependants": OfPerson("dependant"),
        "waivers": AnyOf((OfPerson("about"), OfOrganisation("about"), PlaceIn("about"))),
        "areas": InArea("path", "area"),
        "places": InArea("located_in", "area"),
        "offices": InArea("covers", "area"),
        "rooms": PlaceIn("place", "area"),
        "room_conditions": PlaceIn("place", "area"),
        "closures": AnyOf((OfOrganisation("place"), PlaceIn("place"))),
    }
)
OF_OWN_DAYS = frozenset({"institution_reports", "absences", "absence_causes"})
"""What a place says of its own days: one report for each, which it corrects wherever it was recorded."""
_ABOUT_PEOPLE = frozenset({"merges", "dependants", "waivers"})
"""Facts of which `about` is a condition on somebody besides `person`."""
CORRECTED_BY_SELF = frozenset({"declarations"})
"""What a resident may correct of what they recorded; the rest they ask an office to correct."""
_AHEAD = (
    f"(fact_closures.place IS DISTINCT FROM {setting('sees_organisation')}"
    " OR fact_closures.from_on > (fact_closures.known_at AT TIME ZONE 'UTC')::date"
    " OR fact_closures.action = 'retract')"
)
"""A place says ahead that it will be closed, and changes that as long as it lies ahead: what it owes today it
does not wipe away itself."""
_UNCHECKED = (
    f"(fact_rectifications.place IS DISTINCT FROM {setting('sees_organisation')}"
    " OR fact_rectifications.rechecked_at IS NULL)"
)
"""A place says that it put something right; that it was checked again, who inspects says."""
_WITHOUT_SEEING = frozenset({"sample_members", "hand_over_acceptances"})
_OFFERED = (
    "EXISTS (SELECT 1 FROM fact_hand_overs AS offered"
    " WHERE offered.hand_over = fact_hand_over_acceptances.hand_over"
    " AND offered.person = fact_hand_over_acceptances.person"
    f" AND offered.to_office = {setting('sees_organisation')}"
    " AND fact_hand_over_acceptances.accepted_office = offered.to_office)"
)


def _decided(fact: str) -> str:
    """The row belongs to a proposal of somebody else that the asker approved."""
    table = f"fact_{fact}"
    first, its_office, second, their_office = SIGNED.get(fact, (None,) * 4)
    signed = (
        (first, "meant.proposed_by"),
        (its_office, "meant.proposed_office"),
        (second, "said.decided_by"),
        (their_office, "said.decided_office"),
    )
    by = "".join(f" AND {table}.{column} = {who}" for column, who in signed if column)
    return (
        "EXISTS (SELECT 1 FROM proposal_decision AS said"
        " JOIN proposal AS meant ON meant.id = said.proposal_id"
        f" WHERE said.decision = 'approved' AND said.decided_by = {setting('account')}"
        f" AND meant.proposed_by <> said.decided_by AND meant.kind = '{fact}'"
        f" AND {table}.source_record LIKE 'proposal/' || meant.id || '/%'{by})"
    )


def withheld(fact: str, role: str) -> tuple[str, ...]:
    """Columns that somebody of this duty does not fill in, though they may record the fact."""
    inspects = role in givers_of("inspections")
    return ("rechecked_at",) if fact == "rectifications" and not inspects else ()


def may_yet_be_allowed(fact: str, forbidden_by: Collection[str]) -> bool:
    """Whether a run of the ledger may yet allow a row that these conditions forbid: it is about somebody who
    is not the sender's, and nothing else forbids it than what hangs on that."""
    of_people = {"person", "about"} if fact in _ABOUT_PEOPLE else {"person"}
    return not of_people.isdisjoint(forbidden_by) and of_people.union(("correction",)).issuperset(
        forbidden_by
    )


def may_add(fact: str) -> str:
    """SQL over a new row of a fact."""
    return " AND ".join(conditions(fact).values())


def conditions(fact: str) -> dict[str, str]:
    """What must hold of a new row, by name; all of it."""
    table = f"fact_{fact}"
    about_person = any(column.name == "person" for column in FACTS[fact].columns)
    found = {
        "duty": Roles(givers_of(fact)).sql(table),
        "area": _area(fact),
        "name": f"{table}.recorded_by = {setting('account')}",
    }
    if fact in _ABOUT:
        found["about"] = _ABOUT[fact].sql(table)
    if about_person and fact not in _WITHOUT_SEEING:
        found["person"] = OfPerson("person").sql(table)
    if fact == "hand_over_acceptances":
        found["offer"] = _OFFERED
    if fact == "closures":
        found["ahead"] = _AHEAD
    if fact == "rectifications":
        found["unchecked"] = _UNCHECKED
    if fact in DECIDED:
        found["decision"] = _decided(fact)
    if fact in OF_PLACES:
        posts = {"place_checks": (POSTS,), "beds": (WARDS,)}.get(fact, ())
        found["place"] = AnyOf((OfOrganisation("place"), PlaceIn("place"), *posts)).sql(table)
    found["correction"] = _correcting(fact)
    return found


def may_follow(scope: Scope, fact: str, record: Mapping[str, Any]) -> bool:
    """Whether the next link of a record is this duty's to write, as far as the area decides that."""
    own = fact in OF_OWN_DAYS and record["place"] == scope.seen_organisation
    return own or is_within(record["area"], scope.area)


def _area(fact: str) -> str:
    """The row belongs to the own area; of the own days of a place, to that of the record which it follows."""
    table = f"fact_{fact}"
    here = InArea("area", "area").sql(table)
    if fact not in OF_OWN_DAYS:
        return here
    # The area of a record never changes: its department sees what became of it, and no other area does.
    there = f"jsonb_build_object('place', {table}.place, 'area', {table}.area)::text"
    follows = f"sizao_may_correct('{fact}', {table}.key_hi, {table}.key_lo, {there}, NULL)"
    return f"({here} OR {table}.action <> 'record' AND {OfOrganisation('place').sql(table)} AND {follows})"


def kept_columns(fact: str) -> tuple[str, ...]:
    """The columns that a correction must not change, because visibility of the whole chain hangs on them.

    A reader of the old person would not see that the record is no longer about them, and whom it is moved to
    would be bound by what was found of somebody else.
    """
    of = FACTS[fact]
    return tuple(
        column.name
        for column in of.columns
        if column.type is ColumnType.ID and (column.name in of.subjects or column.name in ("person", "place"))
    )


def _correcting(fact: str) -> str:
    """A correction is of a record that one sees, about the same: else it would hide or move rows."""
    table = f"fact_{fact}"
    about = ", ".join(f"'{name}', {table}.\"{name}\"" for name in kept_columns(fact))
    within = setting("area") if fact in REFERENCE else "NULL"
    kept = f"jsonb_build_object({about})"
    allowed = ""
    if fact in ROLES[SELF].gives:
        # A resident corrects what they declared themselves, and nothing that an office recorded or that
        # restricts them: whoever could retract their own stay would lift their own quarantine.
        own = f"jsonb_build_object('recorded_by', {setting('account')})"
        kept = f"({kept} || CASE WHEN {setting('role')} = '{SELF}' THEN {own} ELSE '{{}}'::jsonb END)"
        allowed = "" if fact in CORRECTED_BY_SELF else f"{setting('role')} <> '{SELF}' AND "
    return (
        f"({table}.action = 'record' OR {allowed}sizao_may_correct('{fact}', {table}.key_hi, {table}.key_lo,"
        f" {kept}::text, {within}))"
    )
