"""Who may what, stated a second time and by hand: the tests compare the code with this, never with itself.

Whoever changes the table of roles in `sizao_web.accounts.roles` changes it here too, knowing why.
"""

from __future__ import annotations


def named(text: str) -> set[str]:
    """The words of a text."""
    return set(text.split())


REFERENCE = named(
    "areas places offices enrolments closures rooms room_conditions standing_instructions area_grades "
    "response_levels area_counts adoptions published_totals notices public_contacts"
)
ABOUT_PLACES = named(
    "institution_reports place_checks absences absence_causes equipment beds laboratory_capacities works "
    "works_steps inspections "
    "findings rectifications place_requests place_request_outcomes resumption_applications "
    "resumption_decisions appointment_slots"
)
ABOUT_OFFICES = named(
    "shifts rosters staffing teams incidents incident_reports assignments assignment_reports deployments "
    "staff_care campaigns campaign_reports publications stock_counts movements allocations budget_lines"
)
CLINICAL = named(
    "classifications exposures designations case_reports investigations samples "
    "sample_members sample_receipts results admissions discharges deaths visits referrals medicine_sales "
    "encounters health_checks escorts appointments"
)
WHEREABOUTS = named(
    "people merges households dependants carers closed_loop_stays residences stays arrivals occupations "
    "orders "
    "room_stays releases hand_overs hand_over_acceptances transfers waivers declarations pushed_entries "
    "dispositions requests request_outcomes appeals appeal_decisions"
)
OF_SAMPLES = named("samples sample_receipts results")
ABOUT_PEOPLE = CLINICAL | WHEREABOUTS
_TUBES = named("samples sample_members sample_receipts results")
_TESTING = _TUBES | named("people residences stays households")

# duty: what it sees rows by, which facts it reads beside the reference facts and, an office's, those about
# offices, whether it reads names
DUTIES: dict[str, tuple[str, set[str], bool]] = {
    "command": ("area", ABOUT_PEOPLE | ABOUT_PLACES, True),
    "cdc": ("area", ABOUT_PEOPLE | ABOUT_PLACES, True),
    "health_commission": ("area", ABOUT_PEOPLE | ABOUT_PLACES, True),
    "community": ("area", ABOUT_PEOPLE, True),
    "street": ("area", ABOUT_PEOPLE, True),
    "civil_affairs": ("area", WHEREABOUTS | {"visits"}, True),
    "supervision": ("area", ABOUT_PEOPLE | ABOUT_PLACES, False),
    "education": ("area", ABOUT_PLACES, False),
    "market_regulation": ("area", ABOUT_PLACES | {"medicine_sales"}, False),
    "site": ("organisation", ABOUT_PEOPLE, True),
    "county_hospital": ("organisation", ABOUT_PEOPLE | {"beds"}, True),
    "family_doctor": ("organisation", ABOUT_PEOPLE, True),
    "port_health": ("organisation", WHEREABOUTS | _TESTING | {"place_checks"}, True),
    "sampling_team": ("organisation", _TESTING, True),
    "laboratory": ("organisation", _TUBES | {"laboratory_capacities"}, False),
    "supplies": ("area", ABOUT_PLACES, False),
    "finance": ("area", set(), False),
    "publicity": ("area", set(), False),
    "commerce": ("area", ABOUT_PLACES, False),
    "institution": ("organisation", ABOUT_PLACES, False),
    "pharmacy": ("organisation", ABOUT_PLACES | named("people medicine_sales referrals"), True),
    "clinic": (
        "organisation",
        ABOUT_PLACES
        | _TESTING
        | named("referrals encounters medicine_sales escorts admissions discharges orders appointments"),
        True,
    ),
    "policy_officer": ("reference", set(), False),
    "administrator": ("reference", set(), False),
    "resident": (
        "self",
        named(
            "people residences households dependants occupations stays arrivals declarations orders "
            "room_stays releases health_checks samples sample_members results visits admissions "
            "discharges encounters referrals medicine_sales escorts appointments classifications requests "
            "request_outcomes appeals appeal_decisions"
        ),
        True,
    ),
}

NO_OFFICE = {"institution", "pharmacy", "clinic", "policy_officer", "administrator", "resident"}
DUTIES = {
    duty: (by, reads if duty in NO_OFFICE else reads | ABOUT_OFFICES, names)
    for duty, (by, reads, names) in DUTIES.items()
}

# What every office may give beside what stands here.
OF_EVERY_OFFICE = named(
    "shifts rosters staffing incidents incident_reports assignments assignment_reports deployments "
    "staff_care publications"
)
_OF_INSTITUTIONS = named(
    "institution_reports place_checks absences absence_causes equipment beds rectifications place_requests "
    "resumption_applications closures"
)
GIVES: dict[str, set[str]] = {
    "command": named(
        "appeals appeal_decisions "
        "public_contacts areas places offices rooms arrivals orders published_totals "
        "equipment works works_steps pushed_entries declarations requests "
        "request_outcomes place_requests place_request_outcomes resumption_applications "
        "resumption_decisions campaigns campaign_reports stock_counts movements allocations teams"
    ),
    "cdc": named(
        "people merges residences households stays classifications exposures designations "
        "orders releases hand_overs hand_over_acceptances transfers deaths "
        "case_reports investigations area_counts pushed_entries dispositions teams "
        "inspections findings rectifications"
    ),
    "health_commission": named(
        "appeals appeal_decisions "
        "public_contacts places rooms enrolments closures occupations classifications "
        "institution_reports admissions discharges deaths case_reports referrals encounters area_counts "
        "published_totals inspections findings "
        "rectifications place_checks equipment beds works works_steps escorts requests "
        "request_outcomes place_requests place_request_outcomes resumption_applications "
        "resumption_decisions campaigns campaign_reports stock_counts movements allocations teams "
        "closed_loop_stays appointment_slots appointments "
        "laboratory_capacities"
    ),
    "community": named(
        "appeals "
        "people households dependants carers residences stays arrivals occupations room_stays "
        "health_checks releases hand_overs hand_over_acceptances visits samples sample_members declarations "
        "dispositions requests request_outcomes stock_counts movements"
    ),
    "street": named(
        "appeals "
        "hand_overs hand_over_acceptances declarations dispositions requests request_outcomes stock_counts "
        "movements"
    ),
    "civil_affairs": named("dependants carers visits requests request_outcomes stock_counts movements"),
    "supervision": named("inspections findings rectifications place_checks"),
    "education": named(
        "enrolments closures occupations institution_reports place_checks absences absence_causes "
        "inspections findings rectifications place_requests place_request_outcomes "
        "resumption_applications resumption_decisions"
    ),
    "market_regulation": named(
        "enrolments closures institution_reports medicine_sales inspections findings rectifications "
        "place_checks equipment "
        "place_requests place_request_outcomes resumption_applications resumption_decisions"
    ),
    "site": named(
        "appeals "
        "rooms room_conditions stays room_stays health_checks releases hand_overs hand_over_acceptances "
        "transfers visits requests request_outcomes teams people closed_loop_stays"
    ),
    "county_hospital": named(
        "admissions discharges visits beds escorts requests request_outcomes samples sample_members "
        "hand_overs hand_over_acceptances appointment_slots appointments"
    ),
    "family_doctor": named("visits samples sample_members hand_overs hand_over_acceptances"),
    "port_health": named(
        "people stays arrivals hand_overs hand_over_acceptances transfers declarations pushed_entries "
        "place_checks"
    ),
    "sampling_team": named("samples sample_members teams"),
    "laboratory": named("samples sample_members sample_receipts results laboratory_capacities"),
    "supplies": named(
        "equipment stock_counts movements allocations place_requests place_request_outcomes "
        "resumption_applications resumption_decisions"
    ),
    "finance": {"budget_lines"},
    "publicity": named("campaigns campaign_reports"),
    "commerce": named(
        "stock_counts movements place_requests place_request_outcomes resumption_applications "
        "resumption_decisions"
    ),
    "institution": _OF_INSTITUTIONS,
    "pharmacy": _OF_INSTITUTIONS | named("people medicine_sales referrals"),
    "clinic": _OF_INSTITUTIONS
    | named("people encounters referrals admissions discharges escorts samples sample_members")
    | named("appointment_slots appointments"),
    "policy_officer": set(),
    "administrator": set(),
    "resident": named("declarations stays requests appeals"),
}
GIVES = {duty: facts if duty in NO_OFFICE else facts | OF_EVERY_OFFICE for duty, facts in GIVES.items()}

# What nobody records alone: one proposes, and another of another office approves.
DECIDES: dict[str, set[str]] = {
    "command": {
        "adoptions",
        "area_grades",
        "notices",
        "response_levels",
        "standing_instructions",
        "waivers",
    },
    "health_commission": {"area_grades", "notices", "response_levels", "waivers", "reopening"},
    "publicity": {"notices"},
    "cdc": {"standing_instructions", "reopening"},
    "policy_officer": {"adoptions"},
}
WATCHES = named("command cdc health_commission supervision administrator")
SEES_PROPOSALS = {*DECIDES, "supervision"}

# Where the objects of the tests are, seen from the reader. The reader works in area OWN and, where they have
# one, in the organisation "office-own". A row's person, area, place and office are at one of these.
POSITIONS = {
    "own": "in the reader's area",
    "child": "in an area within it",
    "parent": "in the area above it, not within it",
    "sibling": "in the neighbouring area",
    "lookalike": "in an area whose path begins with the same letters",
    "elsewhere": "in another city",
    "office": "in another city, of the reader's own office or place",
    "other_office": "in another city, of another office or place",
    "recorded_here": "recorded in the reader's area, about somebody in another city",
    "recorded_there": "recorded in another city, about somebody in the reader's area",
    "names_us": "in another city, with the reader's office or place in every column that names one",
}
IN_AREA = {"own", "child"}
# A row elsewhere that names the reader's office or place in one column, "only-<column>", is theirs by these.
CONCERNING = {
    "hand_overs": {"from_office", "to_office"},
    "hand_over_acceptances": {"accepted_office"},
    "waivers": {"about"},
    "samples": {"laboratory"},
    "results": {"laboratory"},
    "sample_receipts": {"laboratory"},
    **{fact: {"place"} for fact in ABOUT_PLACES},
    **{fact: {"office"} for fact in ABOUT_OFFICES},
    "assignments": {"office", "by"},
    "deployments": {"office", "sender"},
    "allocations": {"office", "by"},
    "movements": {"office", "counterpart"},
    "obligation": {"about", "responsible", "done_by"},
    "count": {"about", "responsible", "done_by"},
    "sealed": {"responsible"},
    "unknown": {"about"},
    "too_late": {"about"},
}


def person_seen(duty: str, position: str) -> bool:
    """Whether somebody at this position belongs to the reader."""
    by, reads, _ = DUTIES[duty]
    if by == "self":  # the reader is the person of the own area
        return position in {"own", "recorded_there"}
    if by == "reference" or not (reads | GIVES[duty]) & ABOUT_PEOPLE:
        return False
    return position == "office" or (by == "area" and position in IN_AREA | {"recorded_there"})


def fact_seen(duty: str, fact: str, position: str) -> bool:
    """Whether the reader sees a row of a fact at this position."""
    by, reads, _ = DUTIES[duty]
    if fact in REFERENCE:
        return True
    if fact not in reads:
        return False
    here = by == "area" and position in IN_AREA | {"recorded_here"}
    place_here = by == "area" and position in IN_AREA | {"recorded_there"}
    ours = by not in ("reference", "self") and (
        position in {"office", "names_us"} or concerns(fact, position)
    )
    person = person_seen(duty, position)
    match fact:
        case "samples" | "sample_receipts" | "results":  # where taken, whose sample, which laboratory
            return here or person or ours
        case "waivers":
            return here or person or concerns(fact, position)
        case "hand_overs" | "hand_over_acceptances":
            return person or ours
        case "beds" if duty == "county_hospital":  # of the hospitals in its area, whoever counted
            return ours or position in IN_AREA | {"recorded_there"}
        case "place_checks" if duty == "port_health":  # of the stations in its area, whoever counted
            return ours or position in IN_AREA | {"recorded_there"}
        case _ if fact in ABOUT_PLACES:
            return here or place_here or ours
        case _ if fact in ABOUT_OFFICES:
            return here or ours
        case _:
            return person


def concerns(table: str, position: str) -> bool:
    """Whether the one column that names the reader's office or place makes the row theirs."""
    return position.startswith("only-") and position.removeprefix("only-") in CONCERNING.get(table, set())


def reads_of_people(duty: str) -> bool:
    """Whether the duty has to do with people at all."""
    return "stays" in DUTIES[duty][1]


def result_seen(duty: str, table: str, about: str, position: str) -> bool:
    """Whether the reader sees a row of the ledger, or of an answer about the past, at a position."""
    by, reads, _ = DUTIES[duty]
    kind = table.removeprefix("ledger_").removeprefix("past_")
    if kind == "question":
        return duty != "resident"  # about nobody
    if kind == "run":
        return True
    if by == "reference":
        return False
    if kind == "standing":
        return "orders" in reads and person_seen(duty, position)
    if kind == "case":
        return "classifications" in reads and person_seen(duty, position)
    if by == "self":
        own = {"obligation", "unknown", "too_late"}
        return kind in own and about == "person" and person_seen(duty, position)
    here = by == "area" and position in IN_AREA | {"recorded_here"}
    ours = position in {"office", "names_us"} or concerns(kind, position)
    if about == "person" and not reads_of_people(duty):
        here = False
    if kind in ("obligation", "count", "sealed"):
        return here or ours
    person = about == "person" and reads_of_people(duty) and person_seen(duty, position)
    if about == "place":
        place_here = by == "area" and position in IN_AREA | {"recorded_there"}
        here = here if reads_of_people(duty) else here and place_here
        return here or ours
    return here or person


def names_seen(duty: str, position: str) -> bool:
    """Whether the reader reads the name of somebody at this position."""
    return DUTIES[duty][2] and person_seen(duty, position)


def doubt_seen(duty: str, one: str, other: str) -> bool:
    """Whether the reader sees that these two may be one person."""
    return "merges" in GIVES[duty] and names_seen(duty, one) and names_seen(duty, other)


def stream_seen(duty: str, table: str, position: str) -> bool:
    """Whether the reader sees what came in with a stream, or who opened a register, recorded there."""
    seeing = {
        "stream_move": set(),
        "stream_batch": {"cdc"},
        "stream_conflict": {"cdc"},
        "stream_opening": {"cdc", "supervision"},
    }
    return duty in seeing[table] and position in IN_AREA | {"recorded_here"}


def proposal_seen(duty: str, position: str) -> bool:
    """Whether the reader sees a proposal made by a duty at this position."""
    return duty in SEES_PROPOSALS and position in IN_AREA | {"recorded_here"}


def delivery_seen(duty: str, position: str) -> bool:
    """Whether the reader sees a file, and the mapping beside it, sent at a position or by the account of a
    duty."""
    if not GIVES[duty] or duty == "resident":
        return False
    return position == f"of-{duty}" or position in {"office", "names_us"}
