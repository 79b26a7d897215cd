"""Who may what, stated a second time and by hand: the tests compare the code with this, never with itself.

Whoever changes the table of roles in `sizao_web.accounts.roles` changes it here too, knowing why.
"""

from __future__ import annotations


def named(text: str) -> set[str]:
    """The words of a text."""
    return set(text.split())


REFERENCE = named(
    "areas places offices enrolments closures standing_instructions area_grades response_levels area_counts "
    "adoptions published_totals"
)
ABOUT_PLACES = named(
    "institution_reports place_checks absences absence_causes equipment beds works works_steps inspections "
    "findings rectifications place_requests place_request_outcomes resumption_applications "
    "resumption_decisions"
)
ABOUT_OFFICES = named(
    "shifts staffing incidents incident_reports assignments assignment_reports deployments staff_care "
    "campaigns campaign_reports publications stock_counts movements allocations budget_lines"
)
CLINICAL = named(
    "classifications exposures designations case_reports investigations samples "
    "sample_members results admissions discharges deaths visits referrals medicine_sales "
    "encounters health_checks escorts"
)
WHEREABOUTS = named(
    "people merges households dependants residences stays arrivals occupations orders "
    "room_stays releases hand_overs hand_over_acceptances waivers declarations pushed_entries "
    "dispositions requests request_outcomes"
)
OF_SAMPLES = named("samples results")
ABOUT_PEOPLE = CLINICAL | WHEREABOUTS
_TUBES = named("samples sample_members results")
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
    "county_hospital": ("organisation", ABOUT_PEOPLE, True),
    "family_doctor": ("organisation", ABOUT_PEOPLE, True),
    "port_health": ("organisation", WHEREABOUTS | _TESTING, True),
    "sampling_team": ("organisation", _TESTING, True),
    "laboratory": ("organisation", _TUBES, False),
    "supplies": ("area", ABOUT_PLACES, False),
    "finance": ("area", set(), False),
    "publicity": ("area", set(), False),
    "commerce": ("area", ABOUT_PLACES, False),
    "institution": ("organisation", ABOUT_PLACES, False),
    "policy_officer": ("reference", set(), False),
    "administrator": ("reference", set(), False),
}

NO_OFFICE = {"institution", "policy_officer", "administrator"}
DUTIES = {
    duty: (by, reads if duty in NO_OFFICE else reads | ABOUT_OFFICES, names)
    for duty, (by, reads, names) in DUTIES.items()
}

# What every office may give beside what stands here.
OF_EVERY_OFFICE = named(
    "shifts staffing incidents incident_reports assignments assignment_reports deployments staff_care "
    "publications"
)
GIVES: dict[str, set[str]] = {
    "command": named(
        "areas places offices arrivals standing_instructions orders waivers published_totals "
        "equipment works works_steps pushed_entries declarations requests "
        "request_outcomes place_requests place_request_outcomes resumption_applications "
        "resumption_decisions campaigns campaign_reports stock_counts movements allocations"
    ),
    "cdc": named(
        "people merges residences households stays classifications exposures designations "
        "standing_instructions orders releases hand_overs hand_over_acceptances deaths "
        "case_reports investigations area_counts pushed_entries dispositions"
    ),
    "health_commission": named(
        "places enrolments closures occupations classifications institution_reports admissions "
        "discharges deaths case_reports referrals encounters area_counts published_totals "
        "rectifications place_checks equipment beds works works_steps escorts requests "
        "request_outcomes place_requests place_request_outcomes resumption_applications "
        "resumption_decisions campaigns campaign_reports stock_counts movements allocations"
    ),
    "community": named(
        "people households dependants residences stays arrivals occupations room_stays "
        "health_checks releases hand_overs hand_over_acceptances visits samples sample_members declarations "
        "dispositions requests request_outcomes stock_counts movements"
    ),
    "street": named(
        "hand_overs hand_over_acceptances declarations dispositions requests request_outcomes stock_counts "
        "movements"
    ),
    "civil_affairs": named("dependants visits requests request_outcomes stock_counts movements"),
    "supervision": named("inspections findings rectifications place_checks"),
    "education": named(
        "enrolments closures occupations institution_reports place_checks absences absence_causes "
        "place_requests place_request_outcomes resumption_applications resumption_decisions"
    ),
    "market_regulation": named(
        "enrolments closures institution_reports medicine_sales rectifications place_checks equipment "
        "place_requests place_request_outcomes resumption_applications resumption_decisions"
    ),
    "site": named("room_stays health_checks releases hand_overs hand_over_acceptances visits"),
    "county_hospital": named("admissions discharges visits beds escorts requests request_outcomes"),
    "family_doctor": {"visits"},
    "port_health": named(
        "people stays arrivals hand_overs hand_over_acceptances declarations pushed_entries"
    ),
    "sampling_team": named("samples sample_members"),
    "laboratory": named("samples sample_members results"),
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
    "institution": named(
        "institution_reports place_checks absences absence_causes equipment beds rectifications "
        "place_requests resumption_applications"
    ),
    "policy_officer": set(),
    "administrator": set(),
}
GIVES = {duty: facts if duty in NO_OFFICE else facts | OF_EVERY_OFFICE for duty, facts in GIVES.items()}

# What nobody records alone: one proposes, and another of another office approves.
DECIDES: dict[str, set[str]] = {
    "command": {"adoptions", "area_grades", "response_levels"},
    "health_commission": {"area_grades", "response_levels"},
    "policy_officer": {"adoptions"},
}
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
    ours = by != "reference" and (position in {"office", "names_us"} or concerns(fact, position))
    person = person_seen(duty, position)
    match fact:
        case "samples" | "results":  # where taken, whose sample, which laboratory
            return here or person or ours
        case "waivers":
            return here or person or concerns(fact, position)
        case "hand_overs" | "hand_over_acceptances":
            return person or ours
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
    if kind in ("run", "question"):
        return True  # about nobody
    if by == "reference":
        return False
    if kind == "standing":
        return "orders" in reads and person_seen(duty, position)
    if kind == "case":
        return "classifications" in reads and person_seen(duty, position)
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


def proposal_seen(duty: str, position: str) -> bool:
    """Whether the reader sees a proposal made by a duty at this position."""
    return duty in SEES_PROPOSALS and position in IN_AREA | {"recorded_here"}
