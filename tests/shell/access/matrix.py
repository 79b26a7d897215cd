"""The cases of the matrix of pages: every route × who asks × how × for an object where, and the right answer.

Routes are those that are served; the answers come from `statement_of_pages`, never from the routes' own
declarations. Where nobody stated an answer the test fails and says what to add.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from shell.access import statement
from shell.access import statement_of_pages as stated
from shell.access.asking import Answer
from shell.access.world import PEOPLE, delivery_number, fact_row, photo_number, public_of, spot
from sizao.facts.dictionary import FACTS
from sizao.terms.identifiers import hex_key
from sizao_web.pages.routes import Access, View
from sizao_web.pages.routes import routes as every_route

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
ASKERS = ("nobody", "no duty", *statement.DUTIES)
FACTS_ASKED = ("health_checks", "institution_reports", "samples", "shifts")
NOWHERE = "nowhere"
# Parts of an address that name no object of anybody.
GIVEN = {
    "kind": "adoptions",
    "pack": "cn-covid-ed6",
    "which": "overdue",
    "what": "teams",
    "rule": "contact-temperature",
    "fact": "health_checks",
    "topic": "why",
    "source_record": "r-1",
    "day": "2020-11-10",
    "delivery": "00000000-0000-7000-8000-000000000000",
    "stream": "check_ins",
}
GIVEN_AT = {
    "/command/past/<int:question>/<slug:which>/": {"which": "current"},
    "/policy/packs/<slug:pack>/rules/<slug:rule>/": {"rule": "contact-tests"},
}
NEW = "/facts/<slug:fact>/new/"
PROPOSE = "/policy/proposals/new/<slug:kind>/"
ANSWERED = {200, 204, 302, 400, 409, 422}
REACHED = 299
NUMBERS: dict[str, str] = {}
"""Numbers that the database gave: of a question, and at each position of the duty of an account there."""


@dataclass(frozen=True)
class Route:
    """One route: its pattern, its view, and what the code says of it."""

    pattern: str
    view: View

    @property
    def access(self) -> Access:
        """What the code says."""
        found: Access = self.view.access  # type: ignore[attr-defined]
        return found

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parts of the address that vary."""
        return tuple(re.findall(r"<(?:\w+:)?(\w+)>", self.pattern))

    def address(self, values: dict[str, str]) -> str:
        """The address with these values."""
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: values[part[1]], self.pattern)


@dataclass(frozen=True)
class Case:
    """One question: who, how, what, at which position, and what the answer must be."""

    asker: str
    verb: str
    address: str
    position: str
    expected: str  # reached | answered | no error | 403 | 404 | 405 | sign in
    typed: dict[str, str] | None = None

    def is_right(self, answer: Answer) -> bool:
        """Whether the answer is the expected one."""
        match self.expected:
            case "reached":
                return answer.status == REACHED
            case "answered":
                return answer.status in ANSWERED
            case "no error":  # an empty form: refused or not, it was looked at
                return answer.status in ANSWERED | {403, 404}
            case "sign in":
                return answer.status == 302 and answer.to.startswith("/sign-in/")
            case status:
                return answer.status == int(status)

    def told(self, answer: Answer) -> str:
        """What was asked and what came."""
        asked = f"{self.asker} {self.verb} {self.address} [{self.position}]"
        return f"{asked}: {answer} instead of {self.expected}"


ROUTES = [Route(pattern, view) for pattern, view in every_route()]


def of_every_verb() -> Iterator[Case]:
    """Whether a page is reached at all: every route, asker and verb."""
    for route in ROUTES:
        for asker in ASKERS:
            for verb in VERBS:
                yield reaching(route, asker, verb)


def reaching(route: Route, asker: str, verb: str) -> Case:
    """Whether somebody reaches a page by a verb."""
    methods = stated.methods_of(route.pattern)
    allowed = (*methods, "HEAD") if "GET" in methods else methods
    right = "405" if verb not in allowed else refusal_of(route, asker) or "reached"
    return _case(route, asker, verb, "own", FACTS_ASKED[0], right)


def refusal_of(route: Route, asker: str) -> str | None:
    """How somebody is turned away who may not open the page."""
    who = stated.who_may_open(route.pattern)
    if who is None:
        pytest.fail(f"Say in tests/shell/access/statement_of_pages.py (WHO) who may open {route.pattern}.")
    if who == stated.ANYBODY:
        return None
    if who == stated.KEY:
        return "401"
    if asker == "nobody":
        return "sign in"
    if who == stated.SIGNED_IN:
        return None
    if asker == "no duty" or (who != stated.EVERY_DUTY and asker not in who):
        return "403"
    return None


def of_every_object(asker: str, routes: list[Route]) -> Iterator[Case]:
    """What the pages somebody may open answer, for an object at each position and where there is none."""
    for route in routes:
        if refusal_of(route, asker) is not None:
            continue
        about = stated.object_of(route.pattern)
        for verb in stated.methods_of(route.pattern):
            for thing in _things(route.pattern, about):
                for position in _positions(route.pattern, about, verb):
                    right = _right(route.pattern, about, asker, verb, position, thing)
                    yield _case(route, asker, verb, position, thing, right)


def _things(pattern: str, about: str | None) -> tuple[str, ...]:
    if pattern == PROPOSE:
        return ("adoptions", "area_grades", "response_levels", "standing_instructions", "waivers")
    if pattern == NEW:
        return tuple(FACTS)
    return FACTS_ASKED if about == "fact" else ("",)


def _positions(pattern: str, about: str | None, verb: str) -> tuple[str, ...]:
    if about is None:
        return ("own",)
    if about == "question":
        return ("own", NOWHERE)
    if about in ("place", "office"):  # reference facts: the same for every duty, wherever it is
        return ("own", "elsewhere", NOWHERE)
    # Reading asks everywhere; writing goes through the same door, and is asked on each side of it.
    if verb != "GET":
        return ("own", "sibling", "office", NOWHERE)
    if pattern in stated.FORMS:
        return ("own", "child", "parent", "sibling", "office", "recorded_here", "recorded_there", NOWHERE)
    return (*(PEOPLE if about == "account" else tuple(statement.POSITIONS)), NOWHERE)


def _right(pattern: str, about: str | None, asker: str, verb: str, position: str, thing: str) -> str:
    if pattern == PROPOSE:
        return "answered" if thing in statement.DECIDES[asker] else "403"
    if pattern == NEW:
        return "answered" if thing in statement.GIVES[asker] else "403"
    if about is None:
        return "answered" if verb == "GET" else "no error"
    if about == "fact" and thing not in statement.DUTIES[asker][1]:
        return "403"
    if position == NOWHERE or not stated.object_seen(asker, about, position, thing):
        return "404"
    if about == "proposal" and verb == "POST" and "adoptions" not in statement.DECIDES.get(asker, ()):
        return "403"
    if pattern.endswith(("/correct/", "/retract/")) and not stated.may_change_fact(asker, thing, position):
        return "403"
    return "answered"


def _case(route: Route, asker: str, verb: str, position: str, thing: str, right: str) -> Case:
    about = stated.object_of(route.pattern)
    given = {**GIVEN, **GIVEN_AT.get(route.pattern, {}), **values_of(about, position, thing)}
    if thing and "fact" in route.parameters:
        given["fact"] = thing
    if thing and "kind" in route.parameters:
        given["kind"] = thing
    if unknown := [name for name in route.parameters if name not in given]:
        pytest.fail(
            f"{route.pattern} has {', '.join(unknown)} in its address. Say in tests/shell/access/matrix.py "
            "(GIVEN) what stands there."
        )
    address, typed = route.address(given), None
    if (name := stated.IN_QUERY.get(route.pattern)) is not None:
        typed = {name: given[name]} if verb == "POST" else None
        address += "" if typed else f"?{name}={given[name]}"
    return Case(asker, verb, address, position, right, typed)


def values_of(about: str | None, position: str, fact: str) -> dict[str, str]:
    """What stands in the address for the object of a kind at a position."""
    at = spot("elsewhere" if position == NOWHERE else position)
    missing = position == NOWHERE
    match about:
        case None:
            return {}
        case "person":
            return {"person": NOWHERE if missing else at.person}
        case "household":
            return {"household": NOWHERE if missing else f"household-{position}"}
        case "place":
            return {"place": NOWHERE if missing else at.organisation}
        case "office":
            return {"office": NOWHERE if missing else at.organisation}
        case "account":
            name = f"community-{at.area}-of-{position}".replace("/", ".")
            return {"account": NOWHERE if missing else name, "assignment": NUMBERS.get(position, "0")}
        case "obligation":
            return {"obligation": NOWHERE if missing else f"person-{position}"}
        case "unknown":
            return {"fact": "designations", "key": key_of_unknown(NOWHERE if missing else position)}
        case "finding":
            return {"finding": NOWHERE if missing else f"finding-{position}"}
        case "incident" | "assignment":
            return {about: NOWHERE if missing else f"{about}-{position}"}
        case "inspection":
            return {"inspection": NOWHERE if missing else f"inspection-{position}"}
        case "photo":
            return {"photo": str(photo_number(NOWHERE if missing else position))}
        case "partner":
            where = NOWHERE if missing else position
            return {"partner": f"partner-{where}", "public": public_of(where)}
        case "conflict":
            return {"conflict": "0" if missing else NUMBERS[f"conflict/{position}"]}
        case "doubt":
            return {"doubt": "0" if missing else NUMBERS[f"doubt/{position}"]}
        case "delivery":
            return {"delivery": str(delivery_number(NOWHERE if missing else f"delivery/{position}"))}
        case "proposal":
            return {"proposal": "0" if missing else NUMBERS[f"proposal/{position}"]}
        case "question":
            return {"question": "0" if missing else NUMBERS["question"]}
        case "declaration":
            told: Any = fact_row("declarations", NOWHERE if missing else position, at)
            return {"key": hex_key(told.key_hi, told.key_lo)}
        case "fact":
            row: Any = fact_row(fact, NOWHERE if missing else position, at)
            return {"fact": fact, "key": hex_key(row.key_hi, row.key_lo)}
    pytest.fail(
        f'A page is about a "{about}". Say in tests/shell/access/matrix.py (values_of) what its address is '
        "for one at a position, and in statement_of_pages.object_seen who sees it."
    )


def key_of_unknown(position: str) -> str:
    """The key of what set off a row that is not known, about somebody at a position."""
    row: Any = fact_row("designations", f"unknown-{position}", spot("own"))
    return hex_key(row.key_hi, row.key_lo)


def undeclared(route: Route) -> list[str]:
    """Where the code's declaration of a route differs from the statement, beside who may open it."""
    about, wrong = stated.object_of(route.pattern), []
    if route.pattern in stated.IN_QUERY:  # what stands in a query stands in no address
        about = None
    if route.access.about != about:
        wrong.append(f"{route.pattern}: about={route.access.about!r} instead of {about!r}")
    if route.access.methods != stated.methods_of(route.pattern):
        wrong.append(f"{route.pattern}: methods={route.access.methods}")
    return wrong
