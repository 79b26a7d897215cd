"""Whatever somebody typed, it stays a text: on every page, in every list, in every form that comes back.

The world of the matrix has a script in each free text of each table. Every page is drawn for whom it is
there, every form on it is sent with scripts in its fields, and every answer is read as a browser reads it. No
answer, refusals and errors among them, goes out without the strict policy of contents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.template.context import Context
from django.test import Client, RequestFactory, override_settings

from shell.access import statement_of_pages as stated
from shell.access.asking import MIDDLEWARE, Asker, entered
from shell.access.matrix import ROUTES, Route, of_every_object, refusal_of
from shell.access.world import PEOPLE, spot
from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS
from sizao_web.records.models import FACT_MODELS
from sizao_web.records.sealing import seal

PROBE = "xss-probe"
SCRIPT = f"</script></title></textarea></style>\"'><{PROBE} onfocus=alert(1)>{{{{7*7}}}}"  # fits 80 signs
OTHER_TEXTS = {
    "delivery": ("name", "undone_reason"),
    "proposal": ("reason",),
    "proposal_decision": ("why",),
    "partner": ("label_zh", "label_en"),
    "account": ("name_zh", "name_en"),
    "switch": ("reason",),
    "partner_conflict": ("why",),
    "legal_hold": ("ground",),
}
"""Free texts beside facts and names."""
ASKED_FIRST = (
    "command", "cdc", "community", "health_commission", "site", "supervision", "institution", "sampling_team",
    "laboratory", "port_health", "policy_officer", "administrator",
)  # fmt: skip
NOT_STRICT = ("'unsafe-eval'", "'unsafe-hashes'", "*", "http:", "https:", "blob:")
WHOLE = [
    "django.middleware.security.SecurityMiddleware",
    "sizao_web.gateway.door.Door",
    "csp.middleware.CSPMiddleware",
    "sizao_web.pages.headers.HeadersMiddleware",
    "sizao_web.pages.uploads.UploadLimitMiddleware",
    *MIDDLEWARE,
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


@dataclass
class Form:
    """A form as a page shows it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Browser(HTMLParser):
    """Reads a page as a browser does: what became an element, an attribute, a script."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at, self.wrong, self.forms, self.seen = at, [], [], 0  # type: ignore[var-annotated]
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element: not the probe, with no script of its own and no address that is one."""
        values = {name: value or "" for name, value in attrs}
        self.seen += sum(PROBE in value for value in values.values())
        if tag == PROBE or any(name.startswith("on") for name in values):
            self.wrong.append(f"{self.at}: <{tag} {sorted(values)}>")
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "xlink:href"):
            if values.get(name, "").strip().lower().startswith(("javascript:", "data:text", "vbscript:")):
                self.wrong.append(f"{self.at}: {name} is a script")
        if tag == "script":
            self._in_script = True
            if not {"nonce", "src"} & set(values) and values.get("type") != "application/json":
                self.wrong.append(f"{self.at}: a script without a nonce")
        if tag == "form":
            self.forms.append(Form(values.get("action", ""), values.get("method", "get").lower()))
        if tag in ("input", "textarea", "select", "button") and self.forms and values.get("name"):
            kind = values.get("type", tag)
            chosen = values.get("value", "") if kind in ("hidden", "submit", "button") else SCRIPT
            if kind != "file":
                self.forms[-1].fields[values["name"]] = chosen

    def handle_endtag(self, tag: str) -> None:
        """The end of a script."""
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        """Text; in a script no sign of ours may stand as it is."""
        self.seen += PROBE in data
        if self._in_script and f"<{PROBE}" in data:
            self.wrong.append(f"{self.at}: in a script")


@dataclass
class Findings:
    """What was wrong, how many answers were read, how many pages showed the probe."""

    wrong: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    answers: int = 0
    showing: int = 0
    statuses: set[int] = field(default_factory=set)


class Site:
    """Every page, drawn, behind the middleware that is left when nobody has to sign in."""

    def __init__(self) -> None:
        self._handler = BaseHandler()
        self._handler.load_middleware()
        self._requests = RequestFactory()
        self.found = Findings()

    def ask(self, verb: str, address: str, typed: dict[str, str] | None = None) -> list[Form]:
        """Ask, judge the answer, and say which forms it has; what was written is undone."""
        at = f"{verb} {address}"
        if verb == "POST":
            request = self._requests.post(address, typed or {})
        else:
            request = self._requests.generic(verb, address)
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        with transaction.atomic():
            response = self._handler.get_response(request)
            # Read, not closed: closing would end the connection of the test.
            whole = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
        return judged(self.found, at, response, bytes(whole))


def judged(found: Findings, at: str, response: Any, content: bytes) -> list[Form]:
    """Add what an answer shows to the findings; its forms."""
    found.answers += 1
    found.statuses.add(response.status_code)
    if response.status_code >= 500 and at != "error":
        found.broken.append(at)
    found.wrong += [f"{at}: {why}" for why in loose(response)]
    if not response.headers.get("Content-Type", "text/html").startswith("text/html"):
        return []
    reader = Browser(at)
    reader.feed(content.decode())
    reader.close()
    found.wrong += reader.wrong
    found.showing += bool(reader.seen)
    return reader.forms


def loose(response: Any) -> list[str]:
    """What is not strict in the headers of an answer."""
    said = response.headers.get("Content-Security-Policy", "")
    policy = {part.split()[0]: part.split()[1:] for part in said.split(";") if part.strip()}
    found = [] if policy.get("default-src") == ["'none'"] else ["default-src is not 'none'"]
    for name, sources in policy.items():
        if any(source in NOT_STRICT for source in sources):
            found.append(f"{name} {sources}")
        if "'unsafe-inline'" in sources and name != "style-src-attr":
            found.append(f"{name} takes what stands in the page")
    if "sandbox" not in policy:
        for name, right in (("base-uri", "'none'"), ("frame-ancestors", "'none'"), ("form-action", "'self'")):
            if policy.get(name) != [right]:
                found.append(f"{name} {policy.get(name)}")
    if response.headers.get("X-Content-Type-Options") != "nosniff":
        found.append("a browser may guess the type")
    return found


@pytest.fixture
def poisoned(askers: dict[str, Asker]) -> dict[str, Asker]:
    """The world of the matrix, with the script in every free text."""
    with connection.cursor() as cursor:
        for name, fact in FACTS.items():
            model = FACT_MODELS[name]
            texts = [one.name for one in fact.columns if one.type is ColumnType.TEXT]
            if texts:
                said = ", ".join(f'"{text}" = %s' for text in texts)
                cursor.execute(f"UPDATE {model._meta.db_table} SET {said}", [SCRIPT] * len(texts))
        for table, columns in OTHER_TEXTS.items():
            said = ", ".join(f'"{one}" = %s' for one in columns)
            cursor.execute(f"UPDATE {table} SET {said}", [SCRIPT] * len(columns))
        for position in PEOPLE:
            person = spot(position).person
            name = seal(person, "name", SCRIPT)
            cursor.execute("UPDATE identity SET name = %s WHERE person = %s", [name, person])
    return askers


@contextmanager
def drawn() -> Iterator[Site]:
    """The pages, drawn."""
    with override_settings(MIDDLEWARE=WHOLE, DEBUG_PROPAGATE_EXCEPTIONS=False):
        yield Site()


def asked_by(route: Route) -> list[str]:
    """Who asks a page: the first of those for whom it is there."""
    return [one for one in (*ASKED_FIRST, "nobody") if refusal_of(route, one) is None][:1]


def visited(site: Site, askers: dict[str, Asker], routes: list[Route]) -> None:
    """Draw each page for who may open it, and send each form on it with scripts in its fields."""
    by_asker: dict[str, list[Route]] = {}
    for route in routes:
        for name in asked_by(route):
            by_asker.setdefault(name, []).append(route)
    for name, mine in by_asker.items():
        with entered(askers[name]):
            sent: set[str] = set()
            for address in dict.fromkeys(addresses(name, mine)):
                for form in site.ask("GET", address):
                    target = form.action or address
                    shape = f"{target.split('?')[0]} {sorted(form.fields)}"
                    if urlsplit(target).netloc or shape in sent:
                        continue
                    sent.add(shape)
                    if form.method == "post":
                        site.ask("POST", target, form.fields)


def addresses(asker: str, routes: list[Route]) -> Iterator[str]:
    """The pages of these routes for the asker's own objects."""
    for route in routes:
        if "GET" not in stated.methods_of(route.pattern):
            continue
        cases = [one for one in of_every_object(asker, [route]) if one.verb == "GET"]
        for case in cases:
            if case.position in ("own", "recorded_here") and case.expected == "answered":
                yield case.address


def test_no_text_becomes_a_script_and_every_answer_has_the_strict_policy(
    poisoned: dict[str, Asker], as_pages: Any, say: Callable[[str], None]
) -> None:
    with as_pages(), drawn() as site:
        visited(site, poisoned, ROUTES)
    found = site.found
    say(f"scripts: {found.answers} answers ({sorted(found.statuses)}), {found.showing} pages show the probe")
    assert not found.wrong, "\n".join(dict.fromkeys(found.wrong))
    assert not found.broken, "\n".join(found.broken)
    assert found.answers >= 200
    assert found.showing >= 40, "a world without the probe would prove nothing"


def test_control_pages_that_do_not_escape_are_noticed(
    poisoned: dict[str, Asker], as_pages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Context.__init__

    def raw(self: Any, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        self.autoescape = False

    monkeypatch.setattr(Context, "__init__", raw)
    some = [route for route in ROUTES if route.pattern in ("/facts/<slug:fact>/<slug:key>/", "/deliveries/")]
    assert some
    with as_pages(), drawn() as site:
        visited(site, poisoned, some)
    assert any(PROBE in line for line in site.found.wrong)


@pytest.mark.parametrize(
    ("verb", "address", "status"),
    [
        ("get", "/sign-in/", 200),
        ("get", "/", 302),
        ("get", f"/nowhere/<{PROBE}>", 404),
        ("put", "/sign-in/", 405),
        ("get", "/static/nowhere.js", 404),
        ("get", "/api/v1/key", 401),
        ("get", f"/api/v1/<{PROBE}>", 404),
        ("delete", "/api/v1/key", 405),
        ("get", "/health/live", 200),
    ],
)
def test_refusals_have_the_policy_too(db: None, verb: str, address: str, status: int) -> None:
    found = Findings()
    answer = getattr(Client(), verb)(address)
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    judged(found, address, answer, whole)
    assert answer.status_code == status
    assert not found.wrong


def test_errors_have_the_policy_too(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    client = Client(raise_request_exception=False)
    for cause, status in ((RuntimeError(SCRIPT), 500), (OperationalError(SCRIPT), 503)):

        def broken(*_: Any, cause: Exception = cause, **__: Any) -> Any:
            raise cause

        found = Findings()
        with monkeypatch.context() as patch:
            patch.setattr("sizao_web.records.access.middleware.set_scope", broken)
            answer = client.get("/sign-in/")
        judged(found, "error", answer, answer.content)
        assert (answer.status_code, found.wrong) == (status, [])
    large = client.post("/sign-in/", b"x", "text/plain", headers={"Content-Length": str(1 << 40)})
    assert loose(large) == []
