"""What pages may do to which table. A table that does not stand here is closed to them, and stops the start.

Reading is ruled row by row in `policies`; here stands what may be added, changed and removed, and by whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sizao.facts.dictionary import FACTS, STREAMS
from sizao.terms.queries import literal
from sizao_web.accounts.roles import DECIDING, OWN_ACCOUNT, PROPOSED, STAFF, TRACING, givers_of, senders_of
from sizao_web.records.access.giving import may_add
from sizao_web.records.access.policies import NAMING, POLICIES
from sizao_web.records.access.rules import WATCHING, AllOf, InArea, OfPerson, Roles, setting
from sizao_web.records.chain.hashing import COLUMNS

_ADMINISTRATOR = f"({setting('role')} = 'administrator')"
_OWN_ID = f"(SELECT own.id FROM account AS own WHERE own.username = {setting('account')})"
_OWN_SESSION = "(session_key = (SELECT current_setting('sizao.session', true)))"


@dataclass(frozen=True)
class Guard:
    """Conditions in SQL over a row: to read it, to add it, to change it, to remove it. None: nobody.

    adding, changing: the columns that may be given, and changed; empty: every column.
    """

    reads: str | None = None
    adds: str | None = None
    changes: str | None = None
    removes: str | None = None
    changing: tuple[str, ...] = ()
    adding: tuple[str, ...] = ()


def _works_for(office: str) -> str:
    """The asker works for this office, under the duty of this scope."""
    return (
        "EXISTS (SELECT 1 FROM account_assignment AS works JOIN account AS own ON own.id = works.account_id"
        f" WHERE own.username = {setting('account')} AND works.role = {setting('role')}"
        f" AND works.organisation = {office} AND (works.until_at IS NULL OR works.until_at > now()))"
    )


_KINDS = " OR ".join(
    f"(proposal.kind = '{kind}' AND {Roles(givers_of(kind)).sql('proposal')})" for kind in sorted(PROPOSED)
)
# Another pack may be tried by whoever decides anything; there is nothing to approve in that.
_TRIES_A_PACK = f"(proposal.kind = 'pack' AND {Roles(tuple(sorted(DECIDING))).sql('proposal')})"
_PROPOSES = (
    f"(proposal.proposed_by = {setting('account')} AND proposal.area = {setting('area')}"
    f" AND proposal.state = 'waiting' AND proposal.compared IS NULL AND ({_KINDS} OR {_TRIES_A_PACK})"
    f" AND {_works_for('proposal.proposed_office')})"
)
# Whoever proposed may take it back and nothing else; approving takes a second person of another office.
_DECIDES = (
    f"(proposal_decision.decided_by = {setting('account')} AND EXISTS (SELECT 1 FROM proposal"
    f" WHERE proposal.id = proposal_decision.proposal_id AND proposal.area = proposal_decision.area"
    f" AND ({_KINDS}) AND CASE proposal_decision.decision"
    " WHEN 'withdrawn' THEN proposal.proposed_by = proposal_decision.decided_by"
    " WHEN 'refused' THEN proposal.proposed_by <> proposal_decision.decided_by"
    " WHEN 'approved' THEN proposal.proposed_by <> proposal_decision.decided_by"
    " AND proposal.proposed_office <> proposal_decision.decided_office AND proposal.state = 'compared'"
    f" ELSE false END) AND {_works_for('proposal_decision.decided_office')})"
)

# Of a finding that the asker sees, and under its place and area, so that both are seen by the same.
_PHOTOGRAPHS = (
    f"(photo.recorded_by = {setting('account')} AND photo.withdrawn_at IS NULL AND EXISTS (SELECT 1"
    " FROM fact_findings AS found WHERE found.finding = photo.finding AND found.place = photo.place"
    " AND found.area = photo.area) AND CASE photo.stage"
    f" WHEN 'found' THEN {Roles(givers_of('findings')).sql('photo')}"
    f" WHEN 'rectified' THEN {Roles(givers_of('rectifications')).sql('photo')} ELSE false END)"
)


_SENDS = " OR ".join(
    f"(stream_conflict.stream = '{name}' AND {Roles(senders_of(name)).sql('stream_conflict')})"
    for name in STREAMS
)
_KEEPS_CONFLICT = (
    f"(stream_conflict.recorded_by = {setting('account')}"
    f" AND {InArea('area', 'area').sql('stream_conflict')} AND ({_SENDS}))"
)
# The register of a place is opened around a case that is confirmed as last classified, and in whom a
# laboratory found the virus: a case made up at a desk opens nothing.
_OPENS = (
    f"(stream_opening.opened_by = {setting('account')} AND stream_opening.purpose = {setting('purpose')}"
    f" AND {Roles(TRACING).sql('stream_opening')} AND {InArea('area', 'area').sql('stream_opening')}"
    " AND stream_opening.from_at < stream_opening.until_at"
    " AND (stream_opening.place IS NULL OR EXISTS (SELECT 1 FROM fact_places AS door"
    f" WHERE door.place = stream_opening.place AND {InArea('located_in').sql('door')}))"
    ' AND sizao_case_is_proved(stream_opening."case"))'
)

_DELIVERS = (
    f"delivery.account = {setting('account')} AND delivery.role = {setting('role')}"
    f" AND delivery.area = {setting('area')}"
    f" AND delivery.organisation IS NOT DISTINCT FROM {setting('sees_organisation')}"
)


_IN_KEEPERS_AREA = f"({_ADMINISTRATOR} AND {{}})"


def _of_partners(reads: Mapping[str, str]) -> dict[str, Guard]:
    """What administrators do to partners and keys, and a partner to what is its own."""
    keeps = {
        table: _IN_KEEPERS_AREA.format(InArea("area", "area").sql(table))
        for table in ("partner", "partner_key")
    }
    own = {
        table: f"({table}.account = {setting('account')})"
        for table in (
            "partner_answer",
            "partner_receipt",
            "partner_parcel",
            "partner_manifest",
            "partner_conflict",
        )
    }
    settles = f"({reads['partner_conflict']} AND partner_conflict.account <> {setting('account')})"
    return {
        "partner": Guard(
            reads["partner"],
            keeps["partner"],
            keeps["partner"],
            changing=("per_minute", "per_day", "ended_at"),
        ),
        "partner_key": Guard(
            reads["partner_key"],
            keeps["partner_key"],
            keeps["partner_key"],
            changing=("revoked_at", "not_after"),
        ),
        "partner_use": Guard(reads["partner_use"]),
        "partner_answer": Guard(
            reads["partner_answer"],
            own["partner_answer"],
            own["partner_answer"],
            changing=("record", "status", "body"),
        ),
        "partner_receipt": Guard(reads["partner_receipt"], own["partner_receipt"]),
        "partner_parcel": Guard(reads["partner_parcel"], own["partner_parcel"]),
        "partner_manifest": Guard(reads["partner_manifest"], own["partner_manifest"]),
        # Not by the partner itself: what it sent second it sends again as a correction.
        "partner_conflict": Guard(
            reads["partner_conflict"],
            own["partner_conflict"],
            settles,
            changing=("state", "settled_by", "settled_at", "why"),
        ),
    }


def _of_records() -> dict[str, Guard]:
    guards = {table: Guard(reads=rule.sql(table)) for table, rule in POLICIES.items()}
    for name in FACTS:
        table = f"fact_{name}"
        guards[table] = Guard(reads=guards[table].reads, adds=may_add(name))
    for table in ("identity", "identity_token"):
        named = AllOf((Roles(NAMING), OfPerson("person"))).sql(table)
        guards[table] = Guard(reads=guards[table].reads, adds=named)
    guards["person_record_match"] = Guard(
        reads=guards["person_record_match"].reads,
        adds=f"({guards['person_record_match'].reads}"
        f" AND person_record_match.matched_by = {setting('account')})",
    )
    # A pair is found by a job alone; who sees both says what they are, in the own name.
    guards["person_doubt_decision"] = Guard(
        reads=guards["person_doubt_decision"].reads,
        adds=f"({guards['person_doubt_decision'].reads}"
        f" AND person_doubt_decision.decided_by = {setting('account')})",
    )
    asks = (
        f"({Roles(STAFF).sql('past_question')} AND past_question.asked_by = {setting('account')}"
        " AND past_question.state = 'waiting')"
    )
    guards["past_question"] = Guard(reads=guards["past_question"].reads, adds=asks)
    guards["photo"] = Guard(
        reads=guards["photo"].reads,
        adds=_PHOTOGRAPHS,
        changes=f"(photo.recorded_by = {setting('account')})",
        changing=("content", "withdrawn_at"),
    )
    guards["delivery"] = Guard(
        reads=guards["delivery"].reads,
        adds=f"({_DELIVERS} AND delivery.state IN ('received', 'waiting') AND delivery.receipt IS NULL"
        " AND delivery.next_line = 0)",
        # Until a job has begun with it: how its columns are read; afterwards that it is to be taken back.
        changes=f"({_DELIVERS})",
        changing=("state", "fact", "mapping", "manifest", "undone_reason"),
    )
    guards["delivery_part"] = Guard(
        reads=guards["delivery_part"].reads,
        adds="EXISTS (SELECT 1 FROM delivery WHERE delivery.id = delivery_part.delivery_id"
        f" AND delivery.state IN ('received', 'waiting') AND {_DELIVERS})",
    )
    guards["sheet_mapping"] = Guard(
        reads=guards["sheet_mapping"].reads,
        adds=f"(sheet_mapping.saved_by = {setting('account')} AND sheet_mapping.area = {setting('area')}"
        f" AND sheet_mapping.organisation IS NOT DISTINCT FROM {setting('sees_organisation')})",
    )
    guards["proposal"] = Guard(reads=guards["proposal"].reads, adds=_PROPOSES)
    guards["proposal_decision"] = Guard(reads=guards["proposal_decision"].reads, adds=_DECIDES)
    guards["stream_conflict"] = Guard(reads=guards["stream_conflict"].reads, adds=_KEEPS_CONFLICT)
    guards["stream_opening"] = Guard(reads=guards["stream_opening"].reads, adds=_OPENS)
    guards.update(_of_partners({table: str(guard.reads) for table, guard in guards.items()}))
    guards["alarm_seen"] = Guard(
        reads=guards["alarm_seen"].reads,
        adds=f"({Roles(WATCHING).sql('alarm_seen')} AND alarm_seen.seen_by = {setting('account')})",
    )
    guards["switch"] = Guard(
        reads=guards["switch"].reads,
        adds=f"({Roles(('command', 'administrator')).sql('switch')} AND switch.set_by = {setting('account')}"
        " AND switch.reverted_at IS NULL AND switch.until <= switch.set_at + interval '31 days')",
    )
    guards["audit_entry"] = Guard(
        reads=guards["audit_entry"].reads,
        adds=f"(audit_entry.account = {setting('account')}"
        f" AND audit_entry.role = coalesce({setting('role')}, '')"
        f" AND audit_entry.purpose = coalesce({setting('purpose')}, {literal(OWN_ACCOUNT)}))",
        # Not its number, nor that of its transaction: by a forged one it would never get a place in the
        # chain.
        adding=tuple(name for name in COLUMNS if name != "id"),
    )
    return guards


_IN_OWN_AREA = InArea("area", "area").sql("account_assignment")


def _administers(account: str) -> str:
    """The asker is an administrator in whose area all duties of the account lie."""
    return (
        f"({_ADMINISTRATOR} AND NOT EXISTS (SELECT 1 FROM account_assignment AS duty"
        f" WHERE duty.account_id = {account} AND (duty.until_at IS NULL OR duty.until_at > now())"
        f" AND NOT {InArea('area', 'area').sql('duty')}))"
    )


_OWN_ACCOUNT = f"(account.username = {setting('account')})"
_OF_ACCOUNTS = {
    "account": Guard(
        reads="true",  # who recorded something is shown by name; what an account may do is no secret
        adds=_ADMINISTRATOR,
        changes=f"({_OWN_ACCOUNT} OR {_administers('account.id')})",
        changing=(
            "password",
            "last_login",
            "language",
            "name_zh",
            "name_en",
            "email",
            "is_active",
            "password_given",
        ),
    ),
    "account_assignment": Guard(
        # Which person a resident is, is known to themselves and to who gave them the account.
        reads=f"(account_assignment.person IS NULL OR account_assignment.account_id = {_OWN_ID}"
        f" OR {_ADMINISTRATOR})",
        # Within the administrator's own area, and never to themselves.
        adds=f"({_ADMINISTRATOR} AND {_IN_OWN_AREA}"
        f" AND account_assignment.account_id IS DISTINCT FROM {_OWN_ID})",
        changes=f"({_ADMINISTRATOR} AND {_IN_OWN_AREA})",
        changing=("until_at",),
    ),
    "django_session": Guard(
        reads=_OWN_SESSION, adds=_OWN_SESSION, changes=_OWN_SESSION, removes=_OWN_SESSION
    ),
    "mfa_authenticator": Guard(
        reads=f"(mfa_authenticator.user_id = {_OWN_ID} OR {_ADMINISTRATOR})",
        adds=f"(mfa_authenticator.user_id = {_OWN_ID})",
        changes=f"(mfa_authenticator.user_id = {_OWN_ID})",
        removes=f"(mfa_authenticator.user_id = {_OWN_ID} OR {_administers('mfa_authenticator.user_id')})",
    ),
}
_TRIES = ("axes_accessattempt", "axes_accessattemptexpiration", "axes_accessfailurelog", "axes_accesslog")
_OF_EVERYBODY = {
    # Failed tries to sign in are counted before anybody is somebody.
    **{table: Guard("true", "true", "true", "true") for table in _TRIES},
    "django_migrations": Guard(reads="true"),
}

GUARDS: Mapping[str, Guard] = MappingProxyType({**_of_records(), **_OF_ACCOUNTS, **_OF_EVERYBODY})
"""Table -> what pages may do to its rows."""

CLOSED = frozenset(
    {
        # Not used: duties come from assignments, not from groups and permissions; no address is verified.
        "auth_permission",
        "auth_group",
        "auth_group_permissions",
        "django_content_type",
        "account_emailaddress",
        "account_emailconfirmation",
        # Jobs are put there by procrastinate_defer_jobs_v1, which is all that pages may call.
        "procrastinate_jobs",
        "procrastinate_events",
        "procrastinate_periodic_defers",
        "procrastinate_workers",
        # The key of the seal on scopes.
        "sizao_seal",
    }
)
"""Tables in which pages have no business."""
