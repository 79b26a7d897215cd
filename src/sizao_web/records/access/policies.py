"""Which rule guards which table. A table of this app without an entry here is refused at start-up."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sizao.facts.dictionary import FACTS
from sizao_web.accounts.roles import (
    ABOUT_SOMEBODY,
    DECIDING,
    OF_OFFICES,
    OF_PERSONS,
    OF_PLACES,
    REFERENCE,
    ROLES,
    SELF,
    STAFF,
    TRACING,
    givers_of,
    readers_of,
)
from sizao_web.records.access.rules import (
    ACCESS,
    WATCHING,
    AllOf,
    AnyOf,
    InArea,
    Is,
    IsNot,
    OfDelivery,
    OfDoubt,
    OfOrganisation,
    OfPartner,
    OfPerson,
    OfSample,
    OfSelf,
    OwnAccount,
    OwnRole,
    PlaceIn,
    Roles,
    Rule,
)

EVERYBODY = tuple(ROLES)
PERSONAL = tuple(name for name, role in ROLES.items() if "stays" in role.reads)
"""Duties that have to do with people: who supervises schools sees what schools owe, nobody's quarantine."""
NUMBERING = tuple(name for name, role in ROLES.items() if (role.reads | role.gives) & OF_PERSONS)
GIVING = tuple(name for name, role in ROLES.items() if role.gives and role.is_work)
NAMING = tuple(name for name, role in ROLES.items() if role.identities and role.is_work)
MERGING = tuple(name for name, role in ROLES.items() if "merges" in role.gives and role.identities)

_PERSON = OfPerson("person")
_SAMPLE = AnyOf((InArea("area"), OfSample(), OfOrganisation("laboratory")))
_HANDED = AnyOf((_PERSON, OfOrganisation("from_office"), OfOrganisation("to_office")))
# How long the queue of a station is concerns the team that works there, whoever counted it.
POSTS = AllOf((Roles(("port_health",)), PlaceIn("place", "area")))
# A county hospital is an office; the beds it counts stand in the hospitals of its area.
WARDS = AllOf((Roles(("county_hospital",)), PlaceIn("place", "area")))
_OF_FACT: Mapping[str, Rule] = {
    "place_checks": AnyOf((InArea("area"), PlaceIn("place"), OfOrganisation("place"), POSTS)),
    "beds": AnyOf((InArea("area"), PlaceIn("place"), OfOrganisation("place"), WARDS)),
    "samples": _SAMPLE,
    "results": _SAMPLE,
    "sample_receipts": _SAMPLE,
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
_OF_OFFICES = (_AREA_S, OfOrganisation("responsible"), OfOrganisation("done_by"), OfOrganisation("about"))
_COUNTED = AnyOf(_OF_OFFICES)
_OBLIGATION = AnyOf((*_OF_OFFICES, OfSelf("about")))
_NOT_DERIVED = AnyOf(
    (
        AllOf((InArea("area"), AnyOf((Roles(PERSONAL), PlaceIn("about"))))),
        AllOf((OfPerson("about"), Roles(PERSONAL))),
        OfOrganisation("about"),
    )
)

# Before it is decided a proposal is nobody's business but theirs who decide; it then is a fact for all.
_DECISION = AllOf((Roles(tuple(sorted({*DECIDING, "supervision"}))), InArea("area", "area")))
# One about somebody is seen by those who decide such ones, and they see people there.
_PROPOSAL = AllOf(
    (
        _DECISION,
        *(
            AnyOf((IsNot("kind", kind), Roles((*givers_of(kind), "supervision"))))
            for kind in sorted(ABOUT_SOMEBODY)
        ),
    )
)

# What derive answers, as it is now and as it was answered for a past moment: who sees one sees the other.
_RESULTS: Mapping[str, Rule] = {
    "obligation": _OBLIGATION,
    "standing": AllOf((Roles(readers_of("orders")), _PERSON)),
    "unknown": _NOT_DERIVED,
    "too_late": _NOT_DERIVED,
    "case": AllOf((Roles(readers_of("classifications")), _PERSON)),
}

# An administrator of the area keeps partners and keys; a partner sees what is its own, by its own account.
_KEEPS_PARTNERS = AllOf((Roles(("administrator",)), InArea("area", "area")))
_OWN = OwnAccount()
_OF_PARTNERS: Mapping[str, Rule] = {
    "partner": AnyOf((_KEEPS_PARTNERS, _OWN)),
    "partner_key": _KEEPS_PARTNERS,
    "partner_use": Roles(()),  # counted by functions of the database alone
    "partner_answer": _OWN,
    # From these a day is reconciled: by the partner, and by who keeps it.
    "partner_receipt": AnyOf((_OWN, OfPartner(_KEEPS_PARTNERS))),
    "partner_parcel": AnyOf((_OWN, OfPartner(_KEEPS_PARTNERS))),
    "partner_manifest": AnyOf((_OWN, OfPartner(_KEEPS_PARTNERS))),
    # Both contents are settled by the centre for disease control, or by people of the partner's own place.
    "partner_conflict": AnyOf(
        (
            _OWN,
            AllOf((Roles(("cdc",)), InArea("area"))),
            AllOf((OwnRole(), OfOrganisation("organisation"))),
        )
    ),
}

# What was sent is seen by who sent it and by those of the same organisation; who works for none, sees the
# own.
_DELIVERY = AllOf((Roles(GIVING), AnyOf((OwnAccount(), OfOrganisation("organisation")))))
_DELIVERED = AnyOf((_DELIVERY, OfPartner(_KEEPS_PARTNERS)))  # that a file of a partner came, not its rows
_MAPPING = AllOf((Roles(GIVING), AnyOf((OwnAccount("saved_by"), OfOrganisation("organisation")))))

# Who may say that two numbers are one person, and sees both already: nobody else learns of the pair.
_DOUBT = AllOf((Roles(MERGING), OfPerson("one"), OfPerson("other")))

POLICIES: Mapping[str, Rule] = MappingProxyType(
    {
        **{f"fact_{name}": _rule_of_fact(name) for name in FACTS},
        **{f"ledger_{name}": rule for name, rule in _RESULTS.items()},
        **{f"past_{name}": rule for name, rule in _RESULTS.items()},
        **_OF_PARTNERS,
        "ledger_count": _COUNTED,
        "ledger_sealed": AnyOf((_AREA_S, OfOrganisation("responsible"))),
        "photo": _rule_of_fact("findings"),
        "past_question": Roles(STAFF),
        "ledger_run": Roles(EVERYBODY),
        "proposal": _PROPOSAL,
        "proposal_decision": _DECISION,
        "proposal_example": _COUNTED,
        # What the mover does is nobody's page; batches and what contradicts the tracers of the area see.
        "stream_move": Roles(()),
        "stream_batch": AllOf((Roles(TRACING), InArea())),
        "stream_conflict": AllOf((Roles(TRACING), InArea())),
        "stream_opening": AllOf((Roles((*TRACING, "supervision")), InArea())),
        "delivery": _DELIVERED,
        "delivery_part": OfDelivery(_DELIVERY),
        "delivery_row": OfDelivery(_DELIVERY),
        "delivery_stored": OfDelivery(_DELIVERY),
        "sheet_mapping": _MAPPING,
        "retention_run": Roles(("command", "supervision", "administrator")),
        "legal_hold": Roles(()),
        "person_access": AllOf((Roles(NUMBERING), ACCESS)),
        "identity": AllOf((Roles((*NAMING, SELF)), _PERSON)),
        "identity_token": AllOf((Roles(NAMING), _PERSON)),
        "person_match": AllOf((Roles(NAMING), OfDelivery(_DELIVERY), _PERSON)),
        "person_record_match": AllOf((Roles(NAMING), _PERSON)),
        "person_doubt": _DOUBT,
        "person_doubt_decision": OfDoubt(_DOUBT),
        "audit_entry": AnyOf(
            (
                OwnAccount(),
                AllOf((Roles(("administrator",)), Is("what", "account"))),
                AllOf((Roles(("supervision",)), InArea("area"))),
            )
        ),
        # That there is a chain is no secret; what stands in it is only read by whoever verifies it.
        "alarm": Roles(WATCHING),
        "alarm_seen": Roles(WATCHING),
        "switch": Roles(EVERYBODY),  # what holds for a time holds for everybody, who may know why
        "watch_heard": Roles(WATCHING),
        "watch_chart": Roles(WATCHING),
        "watch_look": Roles(WATCHING),
        "audit_link": Roles(()),
        "audit_root": Roles(("supervision", "administrator")),
    }
)
"""Table -> the rule of its rows."""
