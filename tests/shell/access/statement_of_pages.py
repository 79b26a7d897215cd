"""Whose page is which, what it answers to and what it is about, stated by hand as in `statement`."""

from __future__ import annotations

from shell.access.statement import (
    DECIDES,
    DUTIES,
    GIVES,
    IN_AREA,
    SEES_PROPOSALS,
    delivery_seen,
    doubt_seen,
    fact_seen,
    person_seen,
    proposal_seen,
    result_seen,
)

ANYBODY, SIGNED_IN, EVERY_DUTY = "anybody", "signed in", "every duty"
KEY = "a key"  # of a partner: whoever signed in is turned away like anybody else
AT_WORK = set(DUTIES) - {"resident"}
SEEING_ROWS = {duty for duty, (by, _, _) in DUTIES.items() if by not in ("reference", "self")}
HANDING_OVER = {duty for duty, facts in GIVES.items() if "hand_overs" in facts}
SUPERVISING = {duty for duty, (_, reads, _) in DUTIES.items() if "findings" in reads}
OFFICES = {duty for duty, facts in GIVES.items() if "shifts" in facts}
RECTIFYING = {duty for duty, facts in GIVES.items() if "rectifications" in facts}
INSPECTING = {duty for duty, facts in GIVES.items() if "inspections" in facts}
# Who may settle conflicts of partners: every duty under which a machine can send.
SETTLING = {duty for duty, facts in GIVES.items() if facts and duty != "resident"}
CAPACITY = {
    "command", "health_commission", "cdc", "site", "county_hospital", "laboratory", "sampling_team",
    "supplies",
}  # fmt: skip
COMMANDING = {"command", "cdc", "health_commission", "street", "supervision"}

# Whose pages begin with which address; the longest beginning counts, and "/" is the first page alone.
WHO: dict[str, str | set[str]] = {
    "/": EVERY_DUTY,
    "/sign-in/": ANYBODY,
    "/sign-out/": ANYBODY,
    "/language/": ANYBODY,
    "/duty/": EVERY_DUTY,
    "/account/": SIGNED_IN,
    "/accounts/": {"administrator"},
    "/lists/": SEEING_ROWS,
    "/why/": SEEING_ROWS,
    "/persons/": SEEING_ROWS,
    "/places/": AT_WORK,
    "/offices/": AT_WORK,
    "/search/": AT_WORK,
    "/help/": EVERY_DUTY,
    "/hand-overs/": HANDING_OVER,
    "/facts/": AT_WORK,
    "/deliveries/": SETTLING,
    "/policy/": AT_WORK,
    "/policy/proposals/": SEES_PROPOSALS,
    "/policy/proposals/new/": set(DECIDES),
    "/command/": COMMANDING,
    "/community/": {"community", "street"},
    "/community/carers/": {"community", "civil_affairs"},
    "/community/offline/": ANYBODY,
    "/community/worker.js": ANYBODY,
    "/on-duty/": OFFICES,
    "/supervision/": SUPERVISING,
    "/supervision/inspect/": INSPECTING,
    "/supervision/check-again/": INSPECTING,
    "/supervision/rectify/": RECTIFYING,
    "/supervision/photos/add/": RECTIFYING,
    "/supervision/photos/take-back/": RECTIFYING,
    "/investigation/": {"cdc"},
    "/watch/alarms/": {"command", "cdc", "health_commission", "supervision", "administrator"},
    "/watch/charts/": {"command", "cdc", "health_commission", "supervision", "administrator"},
    "/watch/switches/": {"command", "administrator"},
    "/watch/reads/": {"supervision"},
    "/quarantine/": {"site"},
    "/laboratory/": {"laboratory"},
    "/laboratory/sampling/": {"sampling_team"},
    "/laboratory/sampling/offline/": ANYBODY,
    "/laboratory/sampling/worker.js": ANYBODY,
    "/institution/": {"institution", "pharmacy", "clinic"},
    "/clinic/": {"clinic"},
    "/clinic/pharmacy/": {"pharmacy"},
    "/recovered/": {"county_hospital", "family_doctor"},
    "/capacity/": CAPACITY,
    "/capacity/report/": CAPACITY - {"command", "health_commission"},
    "/capacity/move/": {"supplies"},
    "/entry/": {"port_health"},
    "/entry/pushed/": {"port_health", "community", "street", "cdc", "command"},
    "/health/": ANYBODY,
    "/public/": ANYBODY,
    "/public/own/": {"resident"},
    "/demo/": ANYBODY,
    "/api/": KEY,
    "/api/v1/openapi.json": ANYBODY,
    "/partners/": {"administrator"},
    "/conflicts/": SETTLING,
    "/doubts/": {"cdc"},
    "/appeals/": {"command", "health_commission"},
}


# What is asked of a page: all are read by GET, but for these.
FORMS = {  # GET and POST
    "/appeals/",
    "/institution/correct/",
    "/public/own/appeal/",
    "/community/requests/",
    "/community/carers/<path:person>/",
    "/public/own/declare/",
    "/public/own/ask/",
    "/public/own/declarations/<slug:key>/correct/",
    "/sign-in/",
    "/sign-in/code/",
    "/account/password/",
    "/account/second-factor/",
    "/account/second-factor/remove/",
    "/account/second-factor/codes/",
    "/accounts/new/",
    "/hand-overs/offer/",
    "/search/",
    "/facts/<slug:fact>/new/",
    "/deliveries/",
    "/deliveries/<uuid:delivery>/choose/",
    "/deliveries/<uuid:delivery>/undo/",
    "/facts/<slug:fact>/<slug:key>/correct/",
    "/facts/<slug:fact>/<slug:key>/retract/",
    "/command/past/",
    "/on-duty/incidents/new/",
    "/on-duty/assignments/new/",
    "/supervision/inspect/",
    "/investigation/",
    "/investigation/cases/<path:person>/",
    "/policy/packs/<slug:pack>/",
    "/policy/proposals/new/<slug:kind>/",
    "/policy/proposals/<int:proposal>/",
    "/watch/alarms/",
    "/watch/switches/",
    "/demo/personas/",
    "/api/v1/days/<day>/manifest",
    "/partners/new/",
    "/conflicts/<int:conflict>/",
    "/doubts/<int:doubt>/",
    "/entry/declare/",
    "/clinic/pharmacy/sale/",
    "/clinic/register/",
    "/clinic/gates/",
    "/clinic/wards/",
    "/clinic/wards/admit/",
    "/clinic/slots/",
    "/entry/arrivals/<path:person>/",
    "/laboratory/receive/",
    "/laboratory/results/",
    "/quarantine/checks/",
    "/quarantine/needs/",
    "/quarantine/staff/",
    "/quarantine/admit/<path:person>/",
    "/quarantine/move/<path:person>/",
    "/quarantine/release/<path:person>/",
}
DEEDS = {  # POST alone
    "/deliveries/<uuid:delivery>/retry/",
    "/sign-out/",
    "/duty/",
    "/language/",
    "/accounts/of/<str:account>/assign/",
    "/accounts/of/<str:account>/end/<int:assignment>/",
    "/accounts/of/<str:account>/unlock/",
    "/accounts/of/<str:account>/password/",
    "/accounts/of/<str:account>/second-factor/",
    "/accounts/of/<str:account>/close/",
    "/accounts/of/<str:account>/reopen/",
    "/hand-overs/accept/",
    "/community/record/",
    "/community/take-back/",
    "/on-duty/take-over/",
    "/on-duty/hand-on/",
    "/on-duty/plan/",
    "/on-duty/incidents/report/<path:incident>/",
    "/on-duty/assignments/report/<path:assignment>/",
    "/supervision/rectify/<path:finding>/",
    "/supervision/check-again/<path:finding>/",
    "/supervision/photos/add/<path:finding>/",
    "/supervision/photos/take-back/<uuid:photo>/",
    "/api/v1/facts/<slug:fact>",
    "/api/v1/facts/<slug:fact>/batches",
    "/api/v1/streams/<slug:stream>",
    "/partners/of/<str:partner>/key/",
    "/partners/of/<str:partner>/limits/",
    "/partners/of/<str:partner>/end/",
    "/partners/of/<str:partner>/rotate/<slug:public>/",
    "/partners/of/<str:partner>/revoke/<slug:public>/",
    "/institution/report/",
    "/institution/absences/",
    "/institution/cause/",
    "/institution/close/",
    "/entry/count/",
    "/entry/look-up/",
    "/clinic/look-up/",
    "/clinic/pharmacy/look-up/",
    "/clinic/samples/<path:person>/",
    "/recovered/record/<path:person>/",
    "/recovered/hand-over/<path:person>/",
    "/recovered/accept/",
    "/capacity/report/",
    "/capacity/move/",
    "/entry/pushed/settle/",
    "/laboratory/sampling/record/",
    "/laboratory/sampling/take-back/",
    "/quarantine/checks/take-back/",
    "/quarantine/rooms/condition/",
    "/quarantine/needs/answer/",
    "/quarantine/leave/<path:person>/",
}

# Part of an address -> what it is the number of. A "key" names what its page is about.
NUMBER_OF = {
    "delivery": "delivery",
    "account": "account",
    "assignment": "assignment",
    "finding": "finding",
    "incident": "incident",
    "inspection": "inspection",
    "photo": "photo",
    "conflict": "conflict",
    "doubt": "doubt",
    "partner": "partner",
    "household": "household",
    "office": "office",
    "obligation": "obligation",
    "person": "person",
    "place": "place",
    "proposal": "proposal",
    "question": "question",
}
KEY_OF = {"/facts/": "fact", "/why/": "unknown", "/public/own/declarations/": "declaration"}
IN_QUERY = {"/hand-overs/offer/": "person"}
"""Pages whose object stands in the query or in the form, and not in the address."""


def methods_of(route: str) -> tuple[str, ...]:
    """What the page answers to; HEAD goes with GET."""
    if route in DEEDS:
        return ("POST",)
    return ("GET", "POST") if route in FORMS else ("GET",)


def object_of(route: str) -> str | None:
    """What the page is about, by its address."""
    if route in IN_QUERY:
        return IN_QUERY[route]
    named = [part.strip("<>").rpartition(":")[2] for part in route.split("/") if part.startswith("<")]
    if "key" in named:
        return next(kind for start, kind in KEY_OF.items() if route.startswith(start))
    return next((NUMBER_OF[part] for part in named if part in NUMBER_OF), None)


def who_may_open(route: str) -> str | set[str] | None:
    """Whose page it is; None where nobody said."""
    if route == "/":
        return WHO["/"]
    fitting = [start for start in WHO if start != "/" and route.startswith(start)]
    return WHO[max(fitting, key=len)] if fitting else None


def object_seen(duty: str, about: str, position: str, thing: str) -> bool:
    """Whether the reader is shown the object at this position. thing: of facts, which one."""
    match about:
        case "person" | "household":
            return person_seen(duty, position)
        case "declaration":
            return False  # somebody else recorded it, and it is theirs to correct
        case "place" | "office":
            return True  # places and offices are reference facts
        case "question":
            return True  # which moment was asked about is no secret; each sees their own rows of the answer
        case "finding" | "photo":
            return fact_seen(duty, "findings", position)
        case "incident" | "assignment":
            return fact_seen(duty, f"{about}s", position)
        case "inspection":
            return fact_seen(duty, "inspections", position)
        case "delivery":
            return delivery_seen(duty, position)
        case "proposal":
            return proposal_seen(duty, position)
        case "account":
            return position in IN_AREA
        case "partner":
            return position in IN_AREA | {"recorded_here"}
        case "conflict":
            return conflict_seen(duty, position)
        case "doubt":
            return doubt_seen(duty, "own", position)
        case "obligation":
            return result_seen(duty, "ledger_obligation", "person", position)
        case "unknown":
            return result_seen(duty, "ledger_unknown", "person", position)
        case "fact":
            return fact_seen(duty, thing, position)
    raise NotImplementedError(
        f'A page is about a "{about}". Say in tests/shell/access/statement_of_pages.py (object_seen) who is '
        "shown one."
    )


def conflict_seen(duty: str, position: str) -> bool:
    """Whether the reader is shown a conflict of a laboratory at this position."""
    here = duty == "cdc" and position in IN_AREA | {"recorded_here"}
    return here or (duty == "laboratory" and position in {"office", "names_us"})


OF_OWN_DAYS = {"institution_reports", "absences", "absence_causes"}


def may_change_fact(duty: str, fact: str, position: str) -> bool:
    """Whether the reader may correct or retract the fact at this position: recorded in the own area, or what
    the own place says of its days."""
    recorded_in_own_area = position in IN_AREA | {"recorded_here"}
    of_our_days = fact in OF_OWN_DAYS and position in {"office", "names_us"}
    return fact in GIVES[duty] and fact_seen(duty, fact, position) and (recorded_in_own_area or of_our_days)
