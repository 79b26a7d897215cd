"""What pages may do to which table. A table that does not stand here is closed to them, and stops the start.

Reading is ruled row by row in `policies`; here stands what may be added, changed and removed, and by whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sizao.facts.dictionary import FACTS
from sizao_web.accounts.roles import DECIDED, DECIDING, givers_of
from sizao_web.records.access.giving import may_add
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.rules import InArea, Roles, setting

_ADMINISTRATOR = f"({setting('role')} = 'administrator')"
_OWN_ID = f"(SELECT own.id FROM account AS own WHERE own.username = {setting('account')})"
_OWN_SESSION = "(session_key = (SELECT current_setting('sizao.session', true)))"


@dataclass(frozen=True)
class Guard:
    """Conditions in SQL over a row: to read it, to add it, to change it, to remove it. None: nobody.

    changing: the columns that may be changed; empty: every column.
    """

    reads: str | None = None
    adds: str | None = None
    changes: str | None = None
    removes: str | None = None
    changing: tuple[str, ...] = ()


def _works_for(office: str) -> str:
    """The asker works for this office, under the duty of this scope."""
    return (
        "EXISTS (SELECT 1 FROM account_assignment AS works JOIN account AS own ON own.id = works.account_id"
        f" WHERE own.username = {setting('account')} AND works.role = {setting('role')}"
        f" AND works.organisation = {office} AND (works.until_at IS NULL OR works.until_at > now()))"
    )


_KINDS = " OR ".join(
    f"(proposal.kind = '{kind}' AND {Roles(givers_of(kind)).sql('proposal')})" for kind in sorted(DECIDED)
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


def _of_records() -> dict[str, Guard]:
    guards = {table: Guard(reads=rule.sql(table)) for table, rule in POLICIES.items()}
    for name in FACTS:
        table = f"fact_{name}"
        guards[table] = Guard(reads=guards[table].reads, adds=may_add(name))
    for table in ("identity", "identity_token"):
        guards[table] = Guard(reads=guards[table].reads, adds=guards[table].reads)
    asks = f"(past_question.asked_by = {setting('account')} AND past_question.state = 'waiting')"
    guards["past_question"] = Guard(reads=guards["past_question"].reads, adds=asks)
    guards["proposal"] = Guard(reads=guards["proposal"].reads, adds=_PROPOSES)
    guards["proposal_decision"] = Guard(reads=guards["proposal_decision"].reads, adds=_DECIDES)
    guards["audit_entry"] = Guard(
        reads=guards["audit_entry"].reads,
        adds=f"(audit_entry.account = {setting('account')}"
        f" AND audit_entry.role = coalesce({setting('role')}, ''))",
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
        reads="true",
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
