"""Which rule guards which table. A table of this app without an entry here is refused at start-up."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sizao.facts.dictionary import FACTS
from sizao_web.accounts.roles import (
    DECIDING,
    OF_OFFICES,
    OF_PERSONS,
    OF_PLACES,
    REFERENCE,
    ROLES,
    readers_of,
)
from sizao_web.records.access.rules import (
    ACCESS,
    AllOf,
    AnyOf,
    InArea,
    Is,
    IsNot,
    OfOrganisation,
    OfPerson,
    OfSample,
    OwnAccount,
    PlaceIn,
    Roles,
    Rule,
)

EVERYBODY = tuple(ROLES)
PERSONAL = tuple(name for name, role in ROLES.items() if "stays" in role.reads)
"""Duties that have to do with people: who supervises schools sees what schools owe, nobody's quarantine."""
NUMBERING = tuple(name for name, role in ROLES.items() if (role.reads | role.gives) & OF_PERSONS)
NAMING = tuple(name for name, role in ROLES.items() if role.identities)

_PERSON = OfPerson("person")
_SAMPLE = AnyOf((InArea("area"), OfSample(), OfOrganisation("laboratory")))
_HANDED = AnyOf((_PERSON, OfOrganisation("from_office"), OfOrganisation("to_office")))
_OF_FACT: Mapping[str, Rule] = {
    "samples": _SAMPLE,
    "results": _SAMPLE,
    "waivers": AnyOf((InArea("area"), OfPerson("about"), OfOrganisation("about"))),
    "hand_overs": _HANDED,
    "hand_over_acceptances": AnyOf((_PERSON, OfOrganisation("accepted_office"))),
}


def _rule_of_fact(name: str) -> Rule:
    readers = Roles(readers_of(name))
    if name in REFERENCE:
        return readers
    if name in _OF_FACT:
        return AllOf((readers, _OF_FACT[name]))
    if name in OF_PLACES:
        return AllOf((readers, AnyOf((InArea("area"), PlaceIn("place"), OfOrganisation("place")))))
    if name in OF_OFFICES:
        named = tuple(OfOrganisation(one.name) for one in FACTS[name].columns if one.of == "office")
        return AllOf((readers, AnyOf((InArea("area"), *named))))
    return AllOf((readers, _PERSON))


_AREA_S = AllOf((InArea("area"), AnyOf((Roles(PERSONAL), IsNot("about_kind", "person")))))
# A duty that sees by neither area nor organisation has none to see by: no list of duties is needed here.
_OBLIGATION = AnyOf(
    (_AREA_S, OfOrganisation("responsible"), OfOrganisation("done_by"), OfOrganisation("about"))
)
_NOT_DERIVED = AnyOf(
    (
        AllOf((InArea("area"), AnyOf((Roles(PERSONAL), PlaceIn("about"))))),
        AllOf((OfPerson("about"), Roles(PERSONAL))),
        OfOrganisation("about"),
    )
)

# Before it is decided a proposal is nobody's business but theirs who decide; it then is a fact for all.
_PROPOSAL = AllOf((Roles(tuple(sorted({*DECIDING, "supervision"}))), InArea("area", "area")))

# What derive answers, as it is now and as it was answered for a past moment: who sees one sees the other.
_RESULTS: Mapping[str, Rule] = {
    "obligation": _OBLIGATION,
    "standing": AllOf((Roles(readers_of("orders")), _PERSON)),
    "unknown": _NOT_DERIVED,
    "too_late": _NOT_DERIVED,
    "case": AllOf((Roles(readers_of("classifications")), _PERSON)),
}

POLICIES: Mapping[str, Rule] = MappingProxyType(
    {
        **{f"fact_{name}": _rule_of_fact(name) for name in FACTS},
        **{f"ledger_{name}": rule for name, rule in _RESULTS.items()},
        **{f"past_{name}": rule for name, rule in _RESULTS.items()},
        "ledger_count": _OBLIGATION,
        "ledger_sealed": AnyOf((_AREA_S, OfOrganisation("responsible"))),
        "past_question": Roles(EVERYBODY),
        "ledger_run": Roles(EVERYBODY),
        "proposal": _PROPOSAL,
        "proposal_decision": _PROPOSAL,
        "proposal_example": _OBLIGATION,
        "person_access": AllOf((Roles(NUMBERING), ACCESS)),
        "identity": AllOf((Roles(NAMING), _PERSON)),
        "identity_token": AllOf((Roles(NAMING), _PERSON)),
        "audit_entry": AnyOf((OwnAccount(), AllOf((Roles(("administrator",)), Is("what", "account"))))),
    }
)
"""Table -> the rule of its rows."""
