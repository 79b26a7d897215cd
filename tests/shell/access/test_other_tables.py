"""Tables beside the facts: what somebody may not do there, and that each condition is what forbids it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from shell.access.world import OWN, as_reader, lay_out, propose, reader, scope
from sizao_web.records.access.installing import policies
from sizao_web.records.access.scope import Scope
from sizao_web.records.access.tables import GUARDS
from sizao_web.records.models import Proposal

_AUDIT = (
    "INSERT INTO audit_entry (happened_at, account, role, area, purpose, deed, subject, what) VALUES"
    " (now(), '{}', '{}', 'x', 'x', 'read', 'x', 'x')"
)
_ACCOUNT = (
    "INSERT INTO account (username, password, name_zh, name_en, email, language, is_active, persona,"
    " password_given, created_at) VALUES ('new', '', '', '', '', 'zh', true, false, false, now())"
)
_ASSIGN = (
    "INSERT INTO account_assignment (account_id, role, area, from_at)"
    " VALUES ({other}, 'command', '{area}', now())"
)
_PROLONG = "UPDATE account_assignment SET until_at = NULL WHERE id = {duty}"
_AUTHENTICATOR = (
    "INSERT INTO mfa_authenticator (user_id, type, data, created_at)"
    " VALUES ({other}, 'recovery_codes', '{{}}', now())"
)
_IDENTITY = "INSERT INTO identity (person, name, recorded_at, recorded_by) VALUES ('{}', 'x', now(), 'x')"
_TOKEN = "INSERT INTO identity_token (person, token) VALUES ('{}', 'y')"
_QUESTION = (
    "INSERT INTO past_question (as_of, known_by, pack_digest, asked_at, asked_by, state, step)"
    " VALUES (now(), now(), 'x', now(), '{}', '{}', '')"
)
_PROPOSE = (
    "INSERT INTO proposal (kind, facts, effect_at, reason, pack_digest, area, proposed_by, proposed_office,"
    " proposed_at, state, step) VALUES ('{kind}', '[]', now(), 'x', 'x', '{area}', '{by}', '{office}', now(),"
    " '{state}', '')"
)
_DECIDE = (
    "INSERT INTO proposal_decision (proposal_id, decision, decided_by, decided_office, decided_at, why, area)"
    " VALUES ({{{which}}}, '{decision}', '{by}', '{office}', now(), '', '{area}')"
)


def _proposing(**other: str) -> str:
    """What command may propose, but for this."""
    right = {"kind": "adoptions", "area": OWN, "by": "{name}", "office": "office-own", "state": "waiting"}
    return _PROPOSE.format(**{**right, **other})


def _deciding(**other: str) -> str:
    """What command may decide, but for this."""
    right = {"which": "theirs", "decision": "approved", "by": "{name}", "office": "office-own", "area": OWN}
    return _DECIDE.format(**{**right, **other})


_SESSION = "INSERT INTO django_session (session_key, session_data, expire_date) VALUES ('new', '', now())"

# duty that asks, table, which part of its guard forbids it, statement
ATTACKS = [
    ("community", "account", "adds", _ACCOUNT),
    ("community", "account", "changes", "UPDATE account SET password = 'mine' WHERE id = {other}"),
    ("administrator", "account", "changes", "UPDATE account SET password = 'mine' WHERE id = {far}"),
    ("community", "account_assignment", "adds", _ASSIGN.replace("{area}", OWN)),
    ("administrator", "account_assignment", "adds", _ASSIGN.replace("{area}", "drill/county-2")),
    ("administrator", "account_assignment", "adds", _ASSIGN.replace("other", "own").replace("{area}", OWN)),
    ("community", "account_assignment", "changes", _PROLONG),
    ("community", "django_session", "reads", "SELECT 1 FROM django_session"),
    ("community", "django_session", "adds", _SESSION),
    ("community", "django_session", "changes", "UPDATE django_session SET session_data = ''"),
    ("community", "django_session", "removes", "DELETE FROM django_session"),
    ("community", "mfa_authenticator", "reads", "SELECT 1 FROM mfa_authenticator"),
    ("community", "mfa_authenticator", "adds", _AUTHENTICATOR),
    ("administrator", "mfa_authenticator", "adds", _AUTHENTICATOR),
    ("community", "mfa_authenticator", "changes", "UPDATE mfa_authenticator SET data = '{{}}'"),
    ("administrator", "mfa_authenticator", "changes", "UPDATE mfa_authenticator SET data = '{{}}'"),
    ("community", "mfa_authenticator", "removes", "DELETE FROM mfa_authenticator"),
    ("administrator", "mfa_authenticator", "removes", "DELETE FROM mfa_authenticator WHERE user_id = {far}"),
    ("community", "audit_entry", "reads", "SELECT 1 FROM audit_entry WHERE account = 'somebody'"),
    ("administrator", "audit_entry", "reads", "SELECT 1 FROM audit_entry WHERE what = 'stays'"),
    ("community", "audit_entry", "adds", _AUDIT.format("somebody", "community")),
    ("community", "audit_entry", "adds", _AUDIT.format("{name}", "command")),
    ("community", "identity", "adds", _IDENTITY.format("p-sibling")),
    ("supervision", "identity", "adds", _IDENTITY.format("p-own")),
    ("community", "identity_token", "adds", _TOKEN.format("p-sibling")),
    ("supervision", "identity_token", "adds", _TOKEN.format("p-own")),
    ("command", "past_question", "adds", _QUESTION.format("somebody", "waiting")),
    ("command", "past_question", "adds", _QUESTION.format("{name}", "answered")),
    ("command", "proposal", "adds", _proposing(by="somebody")),
    ("command", "proposal", "adds", _proposing(area="drill/county-2")),
    ("command", "proposal", "adds", _proposing(office="office-far")),
    ("command", "proposal", "adds", _proposing(state="compared")),
    ("command", "proposal", "adds", _proposing(kind="waivers")),
    ("health_commission", "proposal", "adds", _proposing()),
    ("community", "proposal", "adds", _proposing()),
    ("community", "proposal", "adds", _proposing(kind="pack")),
    ("command", "proposal_decision", "adds", _deciding(by="somebody")),
    ("command", "proposal_decision", "adds", _deciding(which="mine")),
    ("command", "proposal_decision", "adds", _deciding(which="mine", decision="refused")),
    ("command", "proposal_decision", "adds", _deciding(decision="withdrawn")),
    ("command", "proposal_decision", "adds", _deciding(decision="invented")),
    ("command", "proposal_decision", "adds", _deciding(which="colleagues")),
    ("command", "proposal_decision", "adds", _deciding(which="uncompared")),
    ("command", "proposal_decision", "adds", _deciding(which="tried")),
    ("command", "proposal_decision", "adds", _deciding(office="office-far")),
    ("health_commission", "proposal_decision", "adds", _deciding()),
    ("supervision", "proposal_decision", "adds", _deciding(decision="refused")),
]  # fmt: skip


@pytest.fixture
def named(db: None) -> dict[str, Any]:
    """Accounts that a statement may mean: another one here, one of another area."""
    lay_out(iter(("own", "sibling")))
    other, far = reader("street"), reader("street", "drill/county-2")
    with connection.cursor() as cursor:
        for account in (other, far):
            cursor.execute(_AUTHENTICATOR.format(other=account.pk).replace("recovery_codes", "totp"))
        cursor.execute(_SESSION.replace("'new'", "'kept'"))
        cursor.execute(_AUDIT.format("somebody", "x"))
        cursor.execute(_AUDIT.format("somebody", "x").replace("'x')", "'stays')"))
    commander = f"command-{OWN}-office-own".replace("/", ".")
    made = {
        "theirs": propose("proposal/theirs", OWN, "somebody", "office-other", decided=False),
        "mine": propose("proposal/mine", OWN, commander, "x", decided=False),
        "colleagues": propose("proposal/colleagues", OWN, "somebody", "office-own", decided=False),
        "tried": propose("proposal/tried", OWN, "somebody", "office-other", decided=False),
        "uncompared": propose("proposal/waits", OWN, "somebody", "office-other", decided=False),
    }
    Proposal.objects.filter(pk=made["uncompared"].pk).update(state="waiting")
    Proposal.objects.filter(pk=made["tried"].pk).update(kind="pack")
    numbers = {name: one.pk for name, one in made.items()}
    return {"other": other.pk, "far": far.pk, "duty": other.assignments.get().pk, **numbers}


def test_each_guard_forbids_what_it_is_for_and_nothing_else_does(
    named: dict[str, Any], refused: Callable[[str], bool], say: Callable[[str], None]
) -> None:
    scopes: dict[str, Scope] = {}
    survivors = []
    for duty, table, part, statement in ATTACKS:
        if duty not in scopes:
            account = reader(duty)
            scopes[duty] = scope(account)
            named[f"{duty}-own"] = account.pk
        words = {**named, "own": named[f"{duty}-own"], "name": scopes[duty].account}
        text = statement.format(**words)
        with transaction.atomic():
            with as_reader(scopes[duty]):
                forbidden = refused(text)
            open_guard(table, part)
            with as_reader(scopes[duty]):
                allowed = not refused(text)
            transaction.set_rollback(True)
        if not (forbidden and allowed):
            survivors.append((duty, text, forbidden, allowed))
    say(f"other tables: {len(ATTACKS)} attacks, {len(survivors)} not forbidden, or not by their guard")
    assert not survivors


def test_every_guard_that_is_not_open_to_all_has_its_attack() -> None:
    attacked = {(table, part) for _, table, part, _ in ATTACKS}
    for table, guard in GUARDS.items():
        if table.startswith(("fact_", "ledger_", "person_")):
            continue  # test_rows and test_adding
        for part in ("adds", "changes", "removes"):
            condition = getattr(guard, part)
            assert condition in (None, "true") or (table, part) in attacked, f"{table}: {part}"


def open_guard(table: str, part: str) -> None:
    """The policies of a table with one part holding for every row, as if the code said so."""
    with connection.cursor() as cursor:
        for name, _ in policies(table, GUARDS[table]):
            cursor.execute(f"DROP POLICY {name} ON {table}")
        # A row that is changed or removed must be seen too, and so must one whose number is asked back.
        opened = {part: "true"} if part == "reads" else {part: "true", "reads": "true"}
        for name, text in policies(table, replace(GUARDS[table], **opened)):
            cursor.execute(f"CREATE POLICY {name} ON {table} {text}")
