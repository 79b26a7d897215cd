"""Every page of the site with an object to show on it, from the table of routes; what is missing is said."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

from playwright.sync_api import Browser
from tools.browsing.asking import Asker, persona
from tools.browsing.site import Site
from tools.browsing.watching import Visitor, visiting

from sizao.terms.identifiers import hex_key
from sizao_web.demo.personas import personas
from sizao_web.pages.routes import routes

Values = Callable[[Site], Sequence[str]]


class Uncovered(Exception):
    """Routes for which there is no object to show, or which show nobody a page."""


@dataclass(frozen=True)
class Sample:
    """One page: the pattern of its route, an address of it, and who opens it (None: not signed in)."""

    pattern: str
    address: str
    username: str | None
    html: bool = True

    @property
    def name(self) -> str:
        """Its name as a part of a file name."""
        return re.sub(r"[^a-z0-9.-]+", "-", self.address.strip("/").lower()) or "start"


def _key_of(fact: str, where: str) -> Values:
    def keys(site: Site) -> Sequence[str]:
        rows = site.ask(
            f"SELECT key_hi, key_lo FROM fact_{fact} WHERE {where} ORDER BY known_at DESC LIMIT 1"
        )
        return [hex_key(*row) for row in rows]

    return keys


def _obligations(site: Site) -> Sequence[str]:
    """One to do, one that is overdue, one withdrawn."""
    found = []
    for where in (
        "status = 'open' AND about = 'H02-1' AND verb = 'check_health'",
        "status = 'overdue' AND area LIKE 'drill/harbour/quay/lantern%%'",
        "withdrawn_at IS NOT NULL",
    ):
        rows = site.ask(f"SELECT obligation_id FROM ledger_obligation WHERE {where} ORDER BY 1 LIMIT 1")
        found += [str(one) for (one,) in rows]
    return found


def _these(*values: str) -> Values:
    return lambda site: values


def _deliveries(site: Site) -> Sequence[str]:
    """One that was taken in, and one that is still to be looked at."""
    rows = site.ask(
        "SELECT id FROM delivery WHERE state IN ('stored', 'received') ORDER BY state DESC LIMIT 2"
    )
    return [str(one) for (one,) in rows]


def _photos(site: Site) -> Sequence[str]:
    return [str(one) for (one,) in site.ask("SELECT id FROM photo ORDER BY id LIMIT 1")]


def _questions(site: Site) -> Sequence[str]:
    return [str(number) for (number,) in site.ask("SELECT id FROM past_question WHERE state = 'answered'")]


def _conflicts(site: Site) -> Sequence[str]:
    return [str(number) for (number,) in site.ask("SELECT id FROM partner_conflict ORDER BY id")]


def _doubts(site: Site) -> Sequence[str]:
    return [str(number) for (number,) in site.ask("SELECT id FROM person_doubt ORDER BY id LIMIT 1")]


def _proposals(site: Site) -> Sequence[str]:
    return [str(number) for (number,) in site.ask("SELECT id FROM proposal ORDER BY id")]


OBJECTS: Mapping[str, Values] = MappingProxyType(
    {
        "question": _questions,
        "person": _these("H02-1", "H07-1"),
        "household": _these("household/H02"),
        "fact": _these("health_checks"),
        "key": _key_of("health_checks", "person = 'H02-1'"),
        "obligation": _obligations,
        "which": _these("to-do", "overdue", "withdrawn"),
        "rule": _these("contact-quarantine", "school-daily-report"),
        "area": _these("drill/harbour/quay/lantern"),
        "case": _these("case/harbour-1"),
        "account": _these("community"),
        "assignment": _these("assignment/harbour-1"),
        "incident": _these("incident/harbour-1"),
        "finding": _these("finding/harbour-3", "finding/harbour-4"),
        "inspection": _these("inspection/harbour-4"),
        "photo": _photos,
        "delivery": _deliveries,
        "kind": _these("adoptions", "area_grades"),
        "pack": _these("cn-covid-ed6", "cn-covid-ed3"),
        "proposal": _proposals,
        "partner": _these("lab-harbour"),
        "conflict": _conflicts,
        "doubt": _doubts,
        "topic": _these("lists"),
        "place": _these("school/harbour-middle", "quarantine-site/harbour"),
        "office": _these("office/drill/harbour/quay/lantern/community"),
    }
)
"""Part of an address -> what may stand there in the demonstration."""

TOGETHER: Mapping[str, Callable[[Site], Sequence[tuple[str, ...]]]] = MappingProxyType(
    {
        # Of whom it is not known whether a rule holds: who came from where no grade was announced.
        "/why/<slug:fact>/<slug:key>/": lambda site: [
            ("arrivals", key) for key in _key_of("arrivals", "person = 'H16-1'")(site)
        ],
        "/command/past/<int:question>/<slug:which>/": lambda site: [
            (number, "current") for number in _questions(site)
        ],
        "/policy/packs/<slug:pack>/rules/<slug:rule>/": lambda site: [("cn-covid-ed6", "contact-tests")],
        # Declared this morning.
        "/entry/arrivals/<path:person>/": lambda site: [("E-000000000001",), ("E-000000000002",)],
        "/entry/receipts/<path:person>/": lambda site: [("E-000000000001",)],
        # Expected at the site, in a room of it, and somebody whose quarantine is over.
        "/quarantine/admit/<path:person>/": lambda site: [("H12-1",)],
        "/quarantine/move/<path:person>/": lambda site: [("H21-1",)],
        "/quarantine/release/<path:person>/": lambda site: [("H25-1",), ("H41-1",)],
        "/quarantine/papers/release/<path:person>/": lambda site: [("H42-1",)],
        "/quarantine/papers/order/<path:person>/": lambda site: [("H25-1",), ("H27-1",)],
        # Sold a medicine by the pharmacy and sent on; sent by the health centre and seen at the fever clinic.
        "/clinic/pharmacy/slips/<path:person>/": lambda site: [("H43-1",)],
        "/clinic/patients/<path:person>/": lambda site: [("H43-2",)],
        "/clinic/sent/<path:person>/": lambda site: [("H43-2",)],
        # What concerns a resident: in quarantine since yesterday; released yesterday.
        "/public/own/why/<slug:obligation>/": lambda site: [
            (str(one),)
            for (one,) in site.ask(
                "SELECT obligation_id FROM ledger_obligation WHERE about = 'H20-1' AND withdrawn_at IS NULL"
                " AND restricts ORDER BY 1 LIMIT 1"
            )
        ],
        "/public/own/order/<path:person>/": lambda site: [("H20-1",)],
        "/public/own/release/<path:person>/": lambda site: [("H42-1",)],
        "/public/own/looked/<path:person>/": lambda site: [("H20-1",)],
        "/public/own/declarations/<slug:key>/correct/": lambda site: [
            (key,) for key in _key_of("declarations", "recorded_by = 'resident'")(site)
        ],
        # Followed after the discharge: positive again, handed over; somebody whom nobody follows.
        "/recovered/people/<path:person>/": lambda site: [("H44-1",), ("H30-1",), ("H01-1",)],
        "/capacity/rows/<slug:what>/": lambda site: [("beds",), ("teams",), ("stock",), ("movements",)],
        "/recovered/receipts/<path:person>/": lambda site: [("H30-1",)],
        # Somebody without a household on record.
        "/community/person/<path:person>/": lambda site: [("H08-1",)],
        # Nobody cares for her yet, and somebody was asked.
        "/community/carers/<path:person>/": lambda site: [("H08-1",)],
    }
)
"""Routes whose parts belong together -> what may stand in them."""

ASKED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "/hand-overs/offer/": ("?person=H02-1",),
        "/search/": ("", "?q=H02", "?q=许演"),
        "/clinic/register/": ("", "?person=H43-1"),
        "/clinic/slots/": ("", "?on=2020-11-11"),
        "/institution/correct/": ("?duty=daily_report&on=2020-11-09",),
        "/laboratory/sampling/session/": ("?at=drill/harbour/quay/lantern", ""),
        "/laboratory/sampling/list/": ("?at=drill/harbour/quay/lantern",),
        "/laboratory/sampling/tubes/": ("?on=2020-11-09",),
    }
)
"""Routes that are asked something -> what."""

SIGN_IN = "/sign-in/"
ANSWERED_WITHIN = 180.0  # seconds; a whole city is derived anew

FIRST = ("community", "command", "cdc", "site", "station", "school", "policy", "administrator")
"""Whom pages are shown to, shared out among these; to everybody else what none of them may open."""


def samples(site: Site, browser: Browser) -> list[Sample]:
    """All pages that are read (GET), each as HTML. Uncovered names every route that could not be shown."""
    with visiting(browser, site.address) as visitor:
        ask_about_the_past(site, visitor)
    with visiting(browser, site.address) as visitor:
        deliver_files(site, visitor)
    opening = _Opening(site)
    try:
        found = [one for pattern, roles in _read_routes() for one in opening.route(pattern, roles)]
    finally:
        opening.close()
    if opening.missing:
        raise Uncovered("\n".join(opening.missing))
    return found


MACHINES = "/api/"
"""Where machines ask with a key: no pages for people; tests/shell/gateway asks there."""


def _read_routes() -> Iterator[tuple[str, frozenset[str] | None]]:
    for pattern, view in routes():
        access = view.access  # type: ignore[attr-defined]
        if "GET" in access.methods and not pattern.startswith(MACHINES):
            yield pattern, access.roles


def _address(pattern: str, names: Sequence[str], values: Sequence[str]) -> str:
    for name, value in zip(names, values, strict=True):
        pattern = re.sub(rf"<(?:\w+:)?{name}>", value, pattern, count=1)
    return pattern


def ask_about_the_past(site: Site, visitor: Visitor) -> None:
    """One question about a past moment, answered, so that there is a page of its answer."""
    visitor.sign_in("command")
    visitor.go("/command/past/")
    visitor.page.fill("#as_of", "2020-10-20")
    with visitor.leaving():
        visitor.page.locator("form.ask button.btn-primary").click()
    _once(lambda: _questions(site), 1, "question about the past is answered")


def deliver_files(site: Site, visitor: Visitor) -> None:
    """Two files of checks: one taken in with a row that is wrong, one still to be looked at."""
    visitor.sign_in("community")
    page = visitor.page
    for number, taken in ((1, True), (2, False)):
        rows = f"H02-1,2020-11-0{number} 08:00,36.5,false,page-{number}\n"
        rows += f"H02-1,no day,36.5,false,wrong-{number}\n"
        content = f"person,checked_at,temperature,symptoms,source_record\n{rows}".encode()
        visitor.go("/deliveries/")
        page.set_input_files(
            "#file", files=[{"name": f"checks-{number}.csv", "mimeType": "text/csv", "buffer": content}]
        )
        with visitor.leaving():
            page.locator("form[enctype] button.btn-primary").click()
        if taken:
            with visitor.leaving():
                page.locator("button[value=take-in]").click()
    _once(lambda: _deliveries(site), 2, "files are delivered")


def _once(ask: Callable[[], Sequence[str]], number: int, what: str) -> None:
    """Wait until that many are there."""
    until = time.monotonic() + ANSWERED_WITHIN
    while len(found := ask()) < number:
        if time.monotonic() > until:
            raise Uncovered(f"Within {ANSWERED_WITHIN:.0f} s {len(found)} of {number} {what}.")
        time.sleep(0.2)


class _Opening:
    """Finds for each route an address and somebody who may open it, by asking the server."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.askers: dict[str | None, Asker] = {None: Asker(site.address, ())}
        self.shown: Counter[str | None] = Counter()  # so many pages each is shown: the work is shared out
        self.missing: list[str] = []

    def route(self, pattern: str, roles: frozenset[str] | None) -> Iterator[Sample]:
        names = re.findall(r"<(?:\w+:)?(\w+)>", pattern)
        unknown = [name for name in names if name not in OBJECTS]
        if unknown and pattern not in TOGETHER:
            self.missing.append(
                f"{pattern}: nothing says what <{unknown[0]}> may be (tools/browsing/pages.py)."
            )
            return
        answers: list[str] = []
        found = [
            one
            for values in self._objects(pattern, names)
            for asked in ASKED.get(pattern, ("",))
            for one in self._open(pattern, _address(pattern, names, values) + asked, roles, answers)
        ]
        if not found:
            self.missing.append(f"{pattern}: nobody is shown it. {'; '.join(answers[:6]) or 'No object.'}")
        yield from (one for one in found if one.html)

    def _open(
        self, pattern: str, address: str, roles: frozenset[str] | None, answers: list[str]
    ) -> Iterator[Sample]:
        """The page for the first who is shown it; what everybody was answered goes to `answers`."""
        for username in self._who(roles):
            status, html = self._answer(username, address)
            answers.append(f"{username or 'nobody'} {address}: {status}{'' if html else ', no page'}")
            if status == 200:
                self.shown[username] += 1
                yield Sample(pattern, address, username, html=html)
                return

    def _objects(self, pattern: str, names: list[str]) -> Iterable[tuple[str, ...]]:
        if pattern in TOGETHER:
            return TOGETHER[pattern](self.site)
        return product(*(OBJECTS[name](self.site) for name in names))

    def _who(self, roles: frozenset[str] | None) -> list[str | None]:
        if roles is None:
            return [None, *FIRST]  # somebody who has signed in, where nobody is only asked to
        may = [one.username for one in personas() if one.role in roles]
        return sorted(may, key=lambda name: (name not in FIRST, self.shown[name]))

    def _answer(self, username: str | None, address: str) -> tuple[int, bool]:
        if username not in self.askers:
            self.askers[username] = persona(self.site.address, str(username))
        answer = self.askers[username].get(address)
        turned_away = answer.path.startswith(SIGN_IN) and not address.startswith(SIGN_IN)
        return (302 if turned_away else answer.status), answer.html

    def close(self) -> None:
        """End the connections."""
        for asker in self.askers.values():
            asker.close()
