"""Who may add which row of a fact: by duty, in the own area and name, about people one answers for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sizao.facts.dictionary import FACTS
from sizao_web.accounts.roles import DECIDED, OF_PLACES, REFERENCE, givers_of
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
    }
)
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
    persons = {
        "adoptions": f" AND {table}.adopted_by = meant.proposed_by AND {table}.approved_by = said.decided_by"
    }
    return (
        "EXISTS (SELECT 1 FROM proposal_decision AS said"
        " JOIN proposal AS meant ON meant.id = said.proposal_id"
        f" WHERE said.decision = 'approved' AND said.decided_by = {setting('account')}"
        f" AND meant.proposed_by <> said.decided_by AND meant.kind = '{fact}'"
        f" AND {table}.source_record LIKE 'proposal/' || meant.id || '/%'{persons.get(fact, '')})"
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
        "area": InArea("area", "area").sql(table),
        "name": f"{table}.recorded_by = {setting('account')}",
    }
    if fact in _ABOUT:
        found["about"] = _ABOUT[fact].sql(table)
    if about_person and fact not in _WITHOUT_SEEING:
        found["person"] = OfPerson("person").sql(table)
    if fact == "hand_over_acceptances":
        found["offer"] = _OFFERED
    if fact in DECIDED:
        found["decision"] = _decided(fact)
    if fact in OF_PLACES:
        found["place"] = AnyOf((OfOrganisation("place"), PlaceIn("place"))).sql(table)
    found["correction"] = _correcting(fact, about_person)
    return found


def _correcting(fact: str, about_person: bool) -> str:
    """A correction is of a record that one sees, about the same person: else it would hide or move rows."""
    table = f"fact_{fact}"
    person = f"{table}.person" if about_person else "NULL"
    within = setting("area") if fact in REFERENCE else "NULL"
    return (
        f"({table}.action = 'record' OR"
        f" sizao_may_correct('{fact}', {table}.key_hi, {table}.key_lo, {person}, {within}))"
    )
