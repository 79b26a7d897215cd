"""The duties a person can have here: what each sees, what each may read and write, and for which purpose.

One table for everything: the ORM's filters, the database's row policies and the routes' checks read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sizao.facts.dictionary import FACTS
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words

REFERENCE = frozenset(
    {
        "areas",
        "places",
        "offices",
        "enrolments",
        "closures",
        "standing_instructions",
        "area_grades",
        "response_levels",
        "area_counts",
        "adoptions",
        "published_totals",
    }
)
"""Facts about the city and not about anybody in it; whoever signs in may read them."""

OF_PLACES = frozenset(
    {
        "institution_reports", "place_checks", "absences", "absence_causes", "equipment", "beds", "works",
        "works_steps", "inspections", "findings", "rectifications", "place_requests",
        "place_request_outcomes", "resumption_applications", "resumption_decisions",
    }
)  # fmt: skip
"""Facts about places."""

OF_OFFICES = frozenset(
    {
        "shifts", "staffing", "incidents", "incident_reports", "assignments", "assignment_reports",
        "deployments", "staff_care", "campaigns", "campaign_reports", "publications", "stock_counts",
        "movements", "allocations", "budget_lines",
    }
)  # fmt: skip
"""Facts about what offices have and do."""

OF_PERSONS = frozenset(FACTS) - REFERENCE - OF_PLACES - OF_OFFICES
"""Facts about somebody, by number; names are apart."""

_CLINICAL = frozenset(
    {
        "classifications", "exposures", "designations", "case_reports", "investigations", "samples",
        "sample_members", "results", "admissions", "discharges", "deaths", "visits", "referrals",
        "medicine_sales", "encounters", "health_checks", "escorts",
    }
)  # fmt: skip
_WHEREABOUTS = OF_PERSONS - _CLINICAL


DECIDED = frozenset({"adoptions", "area_grades", "response_levels"})
"""Facts that nobody records alone: one proposes, somebody of another office approves."""


@dataclass(frozen=True)
class Role:
    """A duty.

    sees: `area` (everything in the area of the assignment), `organisation` (what that office or place must
    do, and the people it must do it for), `reference` (no rows about anybody). reads: facts. gives: facts it
    may record. decides: facts that it may propose, and approve when another office proposes them.
    identities: whether names may be read. purposes: the first is taken unless another is stated.
    """

    name: str
    label: Words
    sees: str
    reads: frozenset[str]
    gives: frozenset[str]
    identities: bool
    purposes: tuple[str, ...]
    decides: frozenset[str] = frozenset()


PURPOSES: Mapping[str, Words] = MappingProxyType(
    {
        "epidemic_control": Words("疫情防控", "epidemic control"),
        "care": Words("诊疗照护", "care and treatment"),
        "supervision": Words("督导检查", "supervision"),
        "public_administration": Words("政策与账号管理", "administration of policy and accounts"),
    }
)
"""The closed list of purposes; none is police work and none is commerce."""


def _given_by(task: str) -> frozenset[str]:
    return frozenset(name for name, fact in FACTS.items() if task in fact.given_by)


def _office(
    task: str,
    sees: str,
    reads: frozenset[str],
    *,
    identities: bool = True,
    purposes: tuple[str, ...] = ("epidemic_control",),
    gives: frozenset[str] = frozenset(),
) -> Role:
    label, given = CODE_LISTS["office_tasks"].label_of(task), _given_by(task) | gives
    read = reads | REFERENCE | OF_OFFICES
    return Role(task, label, sees, read, given - DECIDED, identities, purposes, given & DECIDED)


_ALL = OF_PERSONS | OF_PLACES
_TUBES = frozenset({"samples", "sample_members", "results"})
_TESTS = _TUBES | {"people", "residences", "stays", "households"}

_ROLES = (
    _office("command", "area", _ALL),
    _office("cdc", "area", _ALL, gives=frozenset({"people", "residences", "households", "orders"})),
    _office("site", "organisation", OF_PERSONS, gives=frozenset({"visits"})),
    _office("community", "area", OF_PERSONS, gives=frozenset({"samples", "sample_members"})),
    _office("street", "area", OF_PERSONS),
    _office("sampling_team", "organisation", _TESTS),
    _office("county_hospital", "organisation", OF_PERSONS, purposes=("care", "epidemic_control")),
    _office("family_doctor", "organisation", OF_PERSONS, purposes=("care", "epidemic_control")),
    _office("laboratory", "organisation", _TUBES, identities=False),
    _office("education", "area", OF_PLACES, identities=False),
    _office("market_regulation", "area", OF_PLACES | {"medicine_sales"}, identities=False),
    _office("health_commission", "area", _ALL),
    _office("port_health", "organisation", _WHEREABOUTS | _TESTS, gives=frozenset({"people", "stays"})),
    _office("supervision", "area", _ALL, identities=False, purposes=("supervision",)),
    _office("civil_affairs", "area", _WHEREABOUTS | {"visits"}, purposes=("care",)),
    _office("supplies", "area", OF_PLACES, identities=False),
    _office("finance", "area", frozenset(), identities=False, purposes=("public_administration",)),
    _office("publicity", "area", frozenset(), identities=False),
    _office("commerce", "area", OF_PLACES, identities=False),
    Role(
        "institution",
        Words("学校、药店等单位", "school, pharmacy or another place"),
        "organisation",
        OF_PLACES | REFERENCE,
        frozenset(
            {
                "institution_reports",
                "place_checks",
                "absences",
                "absence_causes",
                "equipment",
                "beds",
                "rectifications",
                "place_requests",
                "resumption_applications",
            }
        ),
        False,
        ("epidemic_control",),
    ),
    Role(
        "policy_officer",
        Words("政策管理员", "policy officer"),
        "reference",
        REFERENCE,
        frozenset(),
        False,
        ("public_administration",),
        frozenset({"adoptions"}),
    ),
    Role(
        "administrator",
        Words("账号管理员", "administrator of accounts"),
        "reference",
        REFERENCE,
        frozenset(),
        False,
        ("public_administration",),
    ),
)

ROLES: Mapping[str, Role] = MappingProxyType({role.name: role for role in _ROLES})
"""Role -> what it may do."""


def readers_of(fact: str) -> tuple[str, ...]:
    """The roles that may read a fact."""
    return tuple(name for name, role in ROLES.items() if fact in role.reads)


def givers_of(fact: str) -> tuple[str, ...]:
    """The roles that may record a fact, alone or by a decision of two."""
    return tuple(name for name, role in ROLES.items() if fact in role.gives | role.decides)


DECIDING = frozenset(name for name, role in ROLES.items() if role.decides)
"""The roles that propose and approve."""
