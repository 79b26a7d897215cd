"""The duties a person can have here: what each sees, what each may read and write, and for which purpose.

One table for everything: the ORM's filters, the database's row policies and the routes' checks read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sizao.facts.dictionary import FACTS, STREAMS
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words

REFERENCE = frozenset(
    {
        "areas",
        "places",
        "offices",
        "enrolments",
        "closures",
        "rooms",
        "room_conditions",
        "standing_instructions",
        "area_grades",
        "response_levels",
        "area_counts",
        "adoptions",
        "published_totals",
        "notices",
        "public_contacts",
    }
)
"""Facts about the city and not about anybody in it; whoever signs in may read them."""

OF_PLACES = frozenset(
    {
        "institution_reports", "place_checks", "absences", "absence_causes", "equipment", "beds",
        "laboratory_capacities", "works", "works_steps", "inspections", "findings", "rectifications",
        "place_requests", "appointment_slots",
        "place_request_outcomes", "resumption_applications", "resumption_decisions",
    }
)  # fmt: skip
"""Facts about places."""

OF_OFFICES = frozenset(
    {
        "shifts", "rosters", "staffing", "teams", "incidents", "incident_reports", "assignments",
        "assignment_reports", "deployments", "staff_care", "campaigns", "campaign_reports", "publications",
        "stock_counts", "movements", "allocations", "budget_lines",
    }
)  # fmt: skip
"""Facts about what offices have and do."""

OF_PERSONS = frozenset(FACTS) - REFERENCE - OF_PLACES - OF_OFFICES
"""Facts about somebody, by number; names are apart."""

_CLINICAL = frozenset(
    {
        "classifications", "exposures", "designations", "case_reports", "investigations", "samples",
        "sample_members", "sample_receipts", "results", "admissions", "discharges", "deaths", "visits",
        "referrals", "medicine_sales", "encounters", "health_checks", "escorts", "appointments",
    }
)  # fmt: skip
_WHEREABOUTS = OF_PERSONS - _CLINICAL


DECIDED = frozenset(
    {"adoptions", "area_grades", "notices", "response_levels", "standing_instructions", "waivers"}
)
"""Facts that nobody records alone: one proposes, somebody of another office approves."""

SIGNED: Mapping[str, tuple[str, str | None, str, str | None]] = MappingProxyType(
    {
        "adoptions": ("adopted_by", None, "approved_by", None),
        "standing_instructions": ("adopted_by", None, "approved_by", None),
        "waivers": ("decided_by", "decided_office", "approved_by", "approved_office"),
    }
)
"""Fact -> its columns of who decided and of which office, who approved and of which office: nobody types
them."""
BEGINS: Mapping[str, str] = MappingProxyType({"adoptions": "happened_at", "waivers": "from_at"})
"""Fact -> the moment from which it holds, which is that of the decision."""

REOPENING = "reopening"
"""What two decide and what is no fact of its own: results of a laboratory in an interval are opened again."""
PROPOSED = DECIDED | {REOPENING}
"""Everything that one proposes and somebody of another office approves."""
_REOPENS = ("cdc", "health_commission")

ABOUT_SOMEBODY = frozenset({"waivers"})
"""Of these, the facts about one person or place: their proposals are seen by who decides such ones."""


BY_PEOPLE = frozenset(
    {"orders", "waivers", "merges", "hand_overs", "hand_over_acceptances", "standing_instructions"}
)
"""Facts that restrict somebody, free somebody, or say who somebody is or answers for whom: a person records
them, no machine (design 1.5)."""


@dataclass(frozen=True)
class Role:
    """A duty.

    sees: `area` (everything in the area of the assignment), `organisation` (what that office or place must
    do, and the people it must do it for), `self` (the one person of the assignment and those whom they care
    for), `reference` (no rows about anybody). reads: facts. gives: facts it
    may record. decides: facts that it may propose, and approve when another office proposes them.
    identities: whether names may be read. purposes: the first is taken unless another is stated. sends: the
    streams whose rows it may send. traces: whether it may look up, around a confirmed case, who was where.
    """

    name: str
    label: Words
    sees: str
    reads: frozenset[str]
    gives: frozenset[str]
    identities: bool
    purposes: tuple[str, ...]
    decides: frozenset[str] = frozenset()
    sends: frozenset[str] = frozenset()
    traces: bool = False

    @property
    def gives_by_machine(self) -> frozenset[str]:
        """The facts and streams that a partner under this duty may send."""
        return (self.gives - BY_PEOPLE) | self.sends if self.is_work else frozenset()

    @property
    def is_work(self) -> bool:
        """Whether it is a duty of an office or place; a resident acts for themselves."""
        return self.sees != "self"


PURPOSES: Mapping[str, Words] = MappingProxyType(
    {
        "epidemic_control": Words("疫情防控", "epidemic control"),
        "care": Words("诊疗照护", "care and treatment"),
        "supervision": Words("督导检查", "supervision"),
        "public_administration": Words("政策与账号管理", "administration of policy and accounts"),
        "own_affairs": Words("本人事务", "one's own affairs"),
    }
)
"""The closed list of purposes; none is police work and none is commerce."""
OWN_ACCOUNT = "own_account"
"""What somebody does with their own account, under no duty yet; no row about anybody is read for it."""


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
    sent = frozenset(name for name, stream in STREAMS.items() if task in stream.given_by)
    decides = (given & DECIDED) | ({REOPENING} if task in _REOPENS else frozenset())
    return Role(task, label, sees, read, given - DECIDED, identities, purposes, decides, sent, task == "cdc")


_ALL = OF_PERSONS | OF_PLACES
_TUBES = frozenset({"samples", "sample_members", "sample_receipts", "results"})
_SAMPLING = frozenset({"samples", "sample_members"})
_TESTS = _TUBES | {"people", "residences", "stays", "households"}

_ARRIVING = _WHEREABOUTS | _TESTS | {"place_checks"}

_OF_INSTITUTIONS = frozenset(
    {
        "institution_reports", "place_checks", "absences", "absence_causes", "equipment", "beds",
        "rectifications", "place_requests", "resumption_applications", "closures",
    }
)  # fmt: skip
"""What a place says of itself."""
_SEEN_BY_A_DOCTOR = _TESTS | {
    "referrals", "encounters", "medicine_sales", "escorts", "admissions", "discharges", "orders",
    "appointments",
}  # fmt: skip

_OF_ONESELF = frozenset(
    {
        "people", "residences", "households", "dependants", "occupations", "stays", "arrivals",
        "declarations", "orders", "room_stays", "releases", "health_checks", "samples", "sample_members",
        "results", "visits", "admissions", "discharges", "encounters", "referrals", "medicine_sales",
        "escorts", "appointments", "classifications", "requests", "request_outcomes",
        "appeals", "appeal_decisions",
    }
)  # fmt: skip
"""What a resident reads about themselves: nothing that names a contact or who told."""
SELF = "resident"
"""The one duty that is nobody's work: somebody reads about themselves and whom they care for."""

_ROLES = (
    _office("command", "area", _ALL),
    _office("cdc", "area", _ALL, gives=frozenset({"people", "residences", "households", "orders"})),
    _office("site", "organisation", OF_PERSONS, gives=frozenset({"visits", "people"})),
    _office("community", "area", OF_PERSONS, gives=frozenset({"samples", "sample_members"})),
    _office("street", "area", OF_PERSONS),
    _office("sampling_team", "organisation", _TESTS),
    _office(
        "county_hospital",
        "organisation",
        OF_PERSONS | {"beds"},
        purposes=("care", "epidemic_control"),
        gives=_SAMPLING,
    ),
    _office(
        "family_doctor", "organisation", OF_PERSONS, purposes=("care", "epidemic_control"), gives=_SAMPLING
    ),
    _office("laboratory", "organisation", _TUBES | {"laboratory_capacities"}, identities=False),
    _office("education", "area", OF_PLACES, identities=False),
    _office("market_regulation", "area", OF_PLACES | {"medicine_sales"}, identities=False),
    _office("health_commission", "area", _ALL),
    _office("port_health", "organisation", _ARRIVING, gives=frozenset({"people", "stays"})),
    _office("supervision", "area", _ALL, identities=False, purposes=("supervision",)),
    _office("civil_affairs", "area", _WHEREABOUTS | {"visits"}, purposes=("care",)),
    _office("supplies", "area", OF_PLACES, identities=False),
    _office("finance", "area", frozenset(), identities=False, purposes=("public_administration",)),
    _office("publicity", "area", frozenset(), identities=False),
    _office("commerce", "area", OF_PLACES, identities=False),
    Role(
        "pharmacy",
        Words("药店", "pharmacy"),
        "organisation",
        OF_PLACES | REFERENCE | {"people", "medicine_sales", "referrals"},
        _OF_INSTITUTIONS | {"people", "medicine_sales", "referrals"},
        True,
        ("epidemic_control",),
    ),
    Role(
        "clinic",
        Words("发热门诊和医疗机构门诊", "fever clinic or door of a medical institution"),
        "organisation",
        OF_PLACES | REFERENCE | _SEEN_BY_A_DOCTOR,
        _OF_INSTITUTIONS
        | {"people", "encounters", "referrals", "admissions", "discharges", "escorts", "samples"}
        | {"sample_members", "appointment_slots", "appointments"},
        True,
        ("care", "epidemic_control"),
    ),
    Role(
        "institution",
        Words("学校、药店等单位", "school, pharmacy or another place"),
        "organisation",
        OF_PLACES | REFERENCE,
        _OF_INSTITUTIONS,
        False,
        ("epidemic_control",),
        sends=frozenset(STREAMS),  # whose door it is
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
    Role(
        SELF,
        Words("居民", "resident"),
        "self",
        REFERENCE | _OF_ONESELF,
        frozenset({"declarations", "stays", "requests", "appeals"}),
        True,
        ("own_affairs",),
    ),
)

ROLES: Mapping[str, Role] = MappingProxyType({role.name: role for role in _ROLES})
"""Role -> what it may do."""
STAFF = tuple(name for name, role in ROLES.items() if role.is_work)
"""The duties of offices and places."""


def readers_of(fact: str) -> tuple[str, ...]:
    """The roles that may read a fact."""
    return tuple(name for name, role in ROLES.items() if fact in role.reads)


def givers_of(fact: str) -> tuple[str, ...]:
    """The roles that may record a fact, alone or by a decision of two."""
    return tuple(name for name, role in ROLES.items() if fact in role.gives | role.decides)


def senders_of(stream: str) -> tuple[str, ...]:
    """The roles that may send rows of a stream."""
    return tuple(name for name, role in ROLES.items() if stream in role.sends)


TRACING = tuple(name for name, role in ROLES.items() if role.traces)
"""The roles that may look up, around a confirmed case, who was where."""

DECIDING = frozenset(name for name, role in ROLES.items() if role.decides)
"""The roles that propose and approve."""
