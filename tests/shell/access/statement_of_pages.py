"""Whose page is which, what it answers to and what it is about, stated by hand as in `statement`."""

from __future__ import annotations

from shell.access.statement import (
    DECIDES,
    DUTIES,
    GIVES,
    IN_AREA,
    SEES_PROPOSALS,
    fact_seen,
    person_seen,
    proposal_seen,
    result_seen,
)

ANYBODY, SIGNED_IN, EVERY_DUTY = "anybody", "signed in", "every duty"
SEEING_ROWS = {duty for duty, (by, _, _) in DUTIES.items() if by != "reference"}
HANDING_OVER = {duty for duty, facts in GIVES.items() if "hand_overs" in facts}
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
    "/places/": EVERY_DUTY,
    "/offices/": EVERY_DUTY,
    "/search/": EVERY_DUTY,
    "/help/": EVERY_DUTY,
    "/hand-overs/": HANDING_OVER,
    "/facts/": EVERY_DUTY,
    "/policy/": EVERY_DUTY,
    "/policy/proposals/": SEES_PROPOSALS,
    "/policy/proposals/new/": set(DECIDES),
    "/command/": COMMANDING,
    "/community/": {"community", "street"},
    "/community/offline/": ANYBODY,
    "/community/worker.js": ANYBODY,
    "/health/": ANYBODY,
    "/demo/": ANYBODY,
}


# What is asked of a page: all are read by GET, but for these.
FORMS = {  # GET and POST
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
    "/facts/<slug:fact>/<slug:key>/correct/",
    "/facts/<slug:fact>/<slug:key>/retract/",
    "/command/past/",
    "/policy/packs/<slug:pack>/",
    "/policy/proposals/new/<slug:kind>/",
    "/policy/proposals/<int:proposal>/",
    "/demo/personas/",
}
DEEDS = {  # POST alone
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
}

# Part of an address -> what it is the number of. A "key" names what its page is about.
NUMBER_OF = {
    "account": "account",
    "household": "household",
    "office": "office",
    "obligation": "obligation",
    "person": "person",
    "place": "place",
    "proposal": "proposal",
    "question": "question",
}
KEY_OF = {"/facts/": "fact", "/why/": "unknown"}
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
        case "place" | "office":
            return True  # places and offices are reference facts
        case "question":
            return True  # which moment was asked about is no secret; each sees their own rows of the answer
        case "proposal":
            return proposal_seen(duty, position)
        case "account":
            return position in IN_AREA
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


def may_change_fact(duty: str, fact: str, position: str) -> bool:
    """Whether the reader may correct or retract the fact at this position: recorded in the own area."""
    recorded_in_own_area = position in IN_AREA | {"recorded_here"}
    return fact in GIVES[duty] and fact_seen(duty, fact, position) and recorded_in_own_area
