"""Tables beside the facts: what somebody may not do there, and that each condition is what forbids it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from shell.access.world import MOMENT, OWN, as_reader, doubt, lay_out, propose, reader, scope
from sizao_web.accounts.models import Account
from sizao_web.records.access.installing import policies
from sizao_web.records.access.scope import Scope
from sizao_web.records.access.tables import GUARDS
from sizao_web.records.models import Alarm, Partner, Proposal

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


_CONFLICT = (
    "INSERT INTO stream_conflict (stream, day, key, body, source_system, source_record, row, area,"
    " recorded_by, recorded_at) VALUES ('check_ins', now(), gen_random_uuid(), 1, 'x', 'x', '{{{{}}}}',"
    " '{area}', '{by}', now())"
)
# A place of the own area, and a case that is none; everything else is right.
_OPENING = (
    'INSERT INTO stream_opening ("case", place, from_at, until_at, opened_by, opened_at, area, purpose)'
    " VALUES ('{case}', {place}, now() - interval '1 day', now(), '{by}', now(), '{area}', '{purpose}')"
)


def _opening(**other: str) -> str:
    right = {"case": "case-made-up", "place": "'pl-own'", "by": "{name}", "area": OWN}
    return _OPENING.format(**{**right, "purpose": "epidemic_control", **other})


_PHOTO = (
    "INSERT INTO photo (id, finding, place, area, stage, kind, content, sha256, width, height, recorded_at,"
    " recorded_by) VALUES (gen_random_uuid(), 'finding-{of}', '{place}', '{area}', '{stage}', 'image/png',"
    " 'x', sha256('x'), 1, 1, now(), '{by}')"
)


def _photographing(**other: str) -> str:
    """A photograph that an inspector may add, but for this."""
    right = {"of": "own", "place": "pl-own", "area": OWN, "stage": "found", "by": "{name}"}
    return _PHOTO.format(**{**right, **other})


_THEIRS = "00000000-0000-7000-8000-000000000001"  # a delivery of somebody else


def _delivering(**other: str) -> str:
    """What a community may deliver, but for this."""
    right = {
        "number": "gen_random_uuid()",
        "by": "{name}",
        "role": "community",
        "area": OWN,
        "state": "received",
    }
    return (
        "INSERT INTO delivery (id, name, size, sha256, account, role, area, organisation, purpose,"
        " source_system, received_at, state, next_line, blank, sent, stored, merged, rejected,"
        " waiting)"
        " VALUES ({number}, 'x', 1, 'x', '{by}', '{role}', '{area}', sizao_said('sees_organisation'), 'x',"
        " 'x', now(), '{state}', 0, 0, 0, 0, 0, 0, 0)"
    ).format(**{**right, **other})


def _mapping(by: str = "{name}", area: str = OWN) -> str:
    """A mapping that a community may save, but for this."""
    return (
        "INSERT INTO sheet_mapping (name, version, area, organisation, headings, text, saved_by, saved_at)"
        f" VALUES ('x', 1, '{area}', sizao_said('sees_organisation'), '[]', '', '{by}', now())"
    )


_SEE = "INSERT INTO alarm_seen (alarm_id, seen_by, seen_at, remark) VALUES ({{alarm}}, '{by}', now(), '')"


def _set(by: str = "{name}", days: str = "1", reverted: str = "NULL") -> str:
    """A switch that command may set, but for this."""
    return (
        "INSERT INTO switch (name, about, value, reason, set_by, set_at, until, reverted_at) VALUES"
        f" ('exports_off', '', 'on', 'x', '{by}', now(), now() + interval '{days} days', {reverted})"
    )


_SAY = (
    "INSERT INTO person_doubt_decision (doubt_id, number, decision, decided_by, decided_at, why)"
    " VALUES ({{{pair}}}, 7, 'same', '{by}', now(), 'x')"
)
_SESSION = "INSERT INTO django_session (session_key, session_data, expire_date) VALUES ('new', '', now())"

_PARTNER = (
    "INSERT INTO partner (name, label_zh, label_en, assignment_id, account, area, per_minute, per_day,"
    " made_at, made_by) VALUES ('new', 'x', 'x', {{spare}}, 'new', '{}', 1, 1, now(), 'x')"
)
_KEY = (
    "INSERT INTO partner_key (partner_id, public, digest, facts, area, made_at, made_by, not_before,"
    " not_after)"
    " VALUES ({{partner}}, 'new', 'x', '[]', '{}', now(), 'x', now(), now() + interval '1 day')"
)
_ANSWER = (
    "INSERT INTO partner_answer (account, request_key, digest, answered_at)"
    " VALUES ('somebody', 'k', 'x', now())"
)
_RECEIPT = (
    "INSERT INTO partner_receipt (account, day, received_at, fact, source_record, source_version, action,"
    " outcome) VALUES ('somebody', now(), now(), 'x', 'x', 1, 'record', 'stored')"
)
_MANIFEST = (
    "INSERT INTO partner_manifest (account, day, declared_at, files, records, parcels)"
    " VALUES ('somebody', now(), now(), '[]', '[]', '[]')"
)
_PARCEL = (
    "INSERT INTO partner_parcel (account, day, received_at, stream, sha256, rows, stored, merged, rejected)"
    " VALUES ('somebody', now(), now(), 'check_ins', 'x', 1, 1, 0, 0)"
)
_MEANT = (
    "INSERT INTO person_record_match (fact, fact_id, person, score, levels, matched_by, matched_at)"
    " VALUES ('visits', gen_random_uuid(), '{}', 1, '{{{{}}}}', '{}', now())"
)
_DAY_OF = "SELECT 1 FROM {} WHERE account = 'far_partner'"
_TWO = (
    "INSERT INTO partner_conflict (account, role, area, organisation, kind, fact, source_record,"
    " source_version, second, digest, received_at, state, why)"
    " VALUES ('{}', '{}', '{}', '{}', 'record', 'results', '{}', 1, '{{{{}}}}', 'x', now(), 'open', '')"
)
_BOTH = "SELECT 1 FROM partner_conflict WHERE source_record = '{}'"
_SETTLE = "UPDATE partner_conflict SET state = 'kept' WHERE source_record = '{}'"

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
    ("supervision", "audit_entry", "reads", "SELECT 1 FROM audit_entry WHERE account = 'somebody'"),
    ("community", "audit_root", "reads", "SELECT 1 FROM audit_root"),
    ("supervision", "audit_link", "reads", "SELECT 1 FROM audit_link"),
    ("community", "audit_entry", "adds", _AUDIT.format("somebody", "community")),
    ("community", "audit_entry", "adds", _AUDIT.format("{name}", "community")),
    ("community", "audit_entry", "adds", _AUDIT.format("{name}", "command")),
    ("community", "alarm_seen", "adds", _SEE.format(by="{name}")),
    ("command", "alarm_seen", "adds", _SEE.format(by="somebody")),
    ("community", "switch", "adds", _set(by="{name}")),
    ("supervision", "switch", "adds", _set(by="{name}")),
    ("command", "switch", "adds", _set(by="somebody")),
    ("command", "switch", "adds", _set(days="40")),
    ("command", "switch", "adds", _set(reverted="now()")),
    ("community", "identity", "adds", _IDENTITY.format("p-sibling")),
    ("supervision", "identity", "adds", _IDENTITY.format("p-own")),
    ("community", "identity_token", "adds", _TOKEN.format("p-sibling")),
    ("supervision", "identity_token", "adds", _TOKEN.format("p-own")),
    ("cdc", "person_doubt_decision", "adds", _SAY.format(pair="seen_pair", by="somebody")),
    ("cdc", "person_doubt_decision", "adds", _SAY.format(pair="half_seen", by="{name}")),
    ("command", "person_doubt_decision", "adds", _SAY.format(pair="seen_pair", by="{name}")),
    ("community", "person_doubt_decision", "adds", _SAY.format(pair="seen_pair", by="{name}")),
    ("supervision", "photo", "adds", _photographing(by="somebody")),
    ("supervision", "photo", "adds", _photographing(of="sibling", place="pl-sibling")),
    ("supervision", "photo", "adds", _photographing(place="office-own")),
    ("supervision", "photo", "adds", _photographing(area="drill/county-2")),
    ("command", "photo", "adds", _photographing()),
    ("command", "photo", "adds", _photographing(stage="rectified")),
    ("supervision", "photo", "changes", "UPDATE photo SET withdrawn_at = now(), content = ''"),
    ("command", "past_question", "adds", _QUESTION.format("somebody", "waiting")),
    ("command", "past_question", "adds", _QUESTION.format("{name}", "answered")),
    ("command", "proposal", "adds", _proposing(by="somebody")),
    ("command", "proposal", "adds", _proposing(area="drill/county-2")),
    ("command", "proposal", "adds", _proposing(office="office-far")),
    ("command", "proposal", "adds", _proposing(state="compared")),
    ("command", "proposal", "adds", _proposing(kind="orders")),
    ("cdc", "proposal", "adds", _proposing(kind="waivers")),
    ("policy_officer", "proposal", "adds", _proposing(kind="waivers")),
    ("policy_officer", "proposal", "reads", "SELECT 1 FROM proposal WHERE kind = 'waivers'"),
    ("cdc", "proposal", "reads", "SELECT 1 FROM proposal WHERE kind = 'waivers'"),
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
    ("institution", "stream_conflict", "adds", _CONFLICT.format(area=OWN, by="somebody")),
    ("institution", "stream_conflict", "adds", _CONFLICT.format(area="drill/county-2", by="{name}")),
    ("community", "stream_conflict", "adds", _CONFLICT.format(area=OWN, by="{name}")),
    ("cdc", "stream_opening", "adds", _opening()),
    ("command", "stream_opening", "adds", _opening()),
    ("community", "partner", "reads", "SELECT 1 FROM partner WHERE id = {partner}"),
    ("administrator", "partner", "reads", "SELECT 1 FROM partner WHERE id = {far_partner}"),
    ("community", "partner", "adds", _PARTNER.format(OWN)),
    ("administrator", "partner", "adds", _PARTNER.format("drill/county-2")),
    ("community", "partner", "changes", "UPDATE partner SET per_day = 9 WHERE id = {partner}"),
    ("administrator", "partner", "changes", "UPDATE partner SET per_day = 9 WHERE id = {far_partner}"),
    ("community", "partner_key", "reads", "SELECT 1 FROM partner_key WHERE partner_id = {partner}"),
    ("administrator", "partner_key", "reads", "SELECT 1 FROM partner_key WHERE partner_id = {far_partner}"),
    ("community", "partner_key", "adds", _KEY.format(OWN)),
    ("administrator", "partner_key", "adds", _KEY.format("drill/county-2")),
    ("community", "partner_key", "changes", "UPDATE partner_key SET revoked_at = NULL"),
    ("administrator", "partner_key", "changes",
     "UPDATE partner_key SET revoked_at = NULL WHERE partner_id = {far_partner}"),
    ("administrator", "partner_use", "reads", "SELECT 1 FROM partner_use"),
    ("cdc", "partner_answer", "reads", "SELECT 1 FROM partner_answer"),
    ("cdc", "partner_answer", "adds", _ANSWER.replace("'k'", "'new'")),
    ("cdc", "partner_answer", "changes", "UPDATE partner_answer SET status = 200"),
    ("cdc", "partner_receipt", "reads", "SELECT 1 FROM partner_receipt"),
    ("cdc", "partner_receipt", "adds", _RECEIPT),
    ("cdc", "partner_manifest", "reads", "SELECT 1 FROM partner_manifest"),
    ("cdc", "partner_manifest", "adds", _MANIFEST),
    ("cdc", "partner_parcel", "reads", "SELECT 1 FROM partner_parcel"),
    ("cdc", "partner_parcel", "adds", _PARCEL),
    *(("administrator", table, "reads", _DAY_OF.format(table)) for table in
      ("partner_receipt", "partner_manifest", "partner_parcel")),
    ("administrator", "delivery", "reads", f"SELECT 1 FROM delivery WHERE id = '{_THEIRS}'"),
    ("community", "person_record_match", "adds", _MEANT.format("p-own", "somebody")),
    ("community", "person_record_match", "adds", _MEANT.format("p-elsewhere", "{name}")),
    ("community", "partner_conflict", "reads", _BOTH.format("ours")),
    ("institution", "partner_conflict", "reads", _BOTH.format("ours")),
    ("cdc", "partner_conflict", "reads", _BOTH.format("far")),
    ("laboratory", "partner_conflict", "reads", _BOTH.format("far")),
    ("laboratory", "partner_conflict", "adds",
     _TWO.format("somebody", "laboratory", OWN, "office-own", "new")),
    ("community", "partner_conflict", "changes", _SETTLE.format("ours")),
    ("cdc", "partner_conflict", "changes", _SETTLE.format("far")),
    ("cdc", "partner_conflict", "changes", _SETTLE.format("of-cdc")),
    ("community", "delivery", "adds", _delivering(by="somebody")),
    ("community", "delivery", "adds", _delivering(role="cdc")),
    ("community", "delivery", "adds", _delivering(area="drill/county-2")),
    ("community", "delivery", "adds", _delivering(state="stored")),
    ("community", "delivery", "changes", f"UPDATE delivery SET state = 'waiting' WHERE id = '{_THEIRS}'"),
    ("community", "delivery_part", "adds",
     f"INSERT INTO delivery_part (delivery_id, position, sealed) VALUES ('{_THEIRS}', 7, 'x')"),
    ("community", "sheet_mapping", "adds", _mapping(by="somebody")),
    ("community", "sheet_mapping", "adds", _mapping(area="drill/county-2")),
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
        theirs = _delivering(number=f"'{_THEIRS}'", by="somebody").replace(
            "sizao_said('sees_organisation')", "'x'"
        )
        cursor.execute(theirs)
        cursor.execute(_AUDIT.format("somebody", "x"))
        cursor.execute(_AUDIT.format("somebody", "x").replace("'x')", "'stays')"))
    with connection.cursor() as cursor:
        partners = _partners(cursor, other, far)
        for text in (_ANSWER, _RECEIPT, _MANIFEST, _PARCEL):
            cursor.execute(text)
        for text in (_RECEIPT, _MANIFEST, _PARCEL):
            cursor.execute(text.replace("'somebody'", "'far_partner'"))
        officer = f"cdc-{OWN}-office-own".replace("/", ".")
        for account, role, area, office, record in (
            ("somebody", "laboratory", OWN, "office-own", "ours"),
            ("somebody", "laboratory", "drill/county-2", "office-other", "far"),
            (officer, "cdc", OWN, "office-own", "of-cdc"),
        ):
            cursor.execute(_TWO.format(account, role, area, office, record).format())
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
    Proposal.objects.filter(pk=propose("proposal/waiver", OWN, "somebody", "x").pk).update(kind="waivers")
    alarm = Alarm.objects.create(kind="disk", about="other", values={}, raised_at=MOMENT)
    numbers = {"alarm": alarm.pk, **{name: one.pk for name, one in made.items()}}
    numbers |= {"seen_pair": doubt("p-own", "p-office").pk, "half_seen": doubt("p-own", "p-elsewhere").pk}
    return {"other": other.pk, "far": far.pk, "duty": other.assignments.get().pk, **numbers, **partners}


def _partners(cursor: Any, near: Account, far: Account) -> dict[str, int]:
    """A partner of this area and one of another, each with a key and a count."""
    found = {}
    for name, account, area in (("partner", near, OWN), ("far_partner", far, "drill/county-2")):
        duty = account.assignments.get().pk
        made = Partner.objects.create(
            name=name, label_zh="x", label_en="x", assignment_id=duty, account=name, area=area,
            per_minute=1, per_day=1, made_at=MOMENT, made_by="x",
        )  # fmt: skip
        found[name] = made.pk
        cursor.execute(_KEY.format(area).format(partner=made.pk).replace("'new'", f"'{name}'"))
        cursor.execute("INSERT INTO partner_use (partner_id, minute, taken) VALUES (%s, now(), 1)", [made.pk])
    return {**found, "spare": reader("street", "drill/county-3").assignments.get().pk}


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
