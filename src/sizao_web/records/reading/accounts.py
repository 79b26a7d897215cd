"""Accounts and their duties, for administrators of an area; nothing here is about anybody's health."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from sizao.terms.words import Words
from sizao_web.accounts import lock_out, second_factor
from sizao_web.accounts.models import Account, Assignment
from sizao_web.records.access.rules import InArea
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import AuditEntry
from sizao_web.records.sealing import pseudonyms

ACCOUNT = "account"
"""`what` of the audit's rows about accounts."""
_OWN = InArea("area", "area")


@dataclass(frozen=True)
class Deed:
    """Something that was done to an account."""

    happened_at: datetime
    account: str
    deed: str


@dataclass(frozen=True)
class Holder:
    """Who works by an account. role, organisation: of the duty in force, else of the last one."""

    name: Words
    role: str
    area: str
    organisation: str | None


@dataclass(frozen=True)
class Condition:
    """How an account stands."""

    account: Account
    assignments: list[Assignment]
    second_factor: bool
    locked: bool
    deeds: list[Deed]


def accounts(scope: Scope, moment: datetime, text: str = "") -> QuerySet[Account]:
    """Accounts that this administrator looks after: with a duty in the own area, or without any now."""
    if scope.role != "administrator":
        return Account.objects.none()
    in_force = Assignment.objects.filter(_now(moment), account=OuterRef("pk"))
    rows = Account.objects.filter(Exists(in_force.filter(_OWN.q(scope))) | ~Exists(in_force))
    for word in text.split():
        rows = rows.filter(
            Q(username__icontains=word) | Q(name_zh__icontains=word) | Q(name_en__icontains=word)
        )
    return rows.order_by("username")


def account_of(scope: Scope, moment: datetime, username: str) -> Account | None:
    """The account of that name, where this administrator looks after it."""
    return accounts(scope, moment).filter(username=username).first()


def looks_after(scope: Scope, moment: datetime, account: Account) -> bool:
    """Whether every duty the account has or will have lies in the own area."""
    coming = account.assignments.filter(_now(moment))
    return scope.role == "administrator" and coming.count() == coming.filter(_OWN.q(scope)).count()


def condition(scope: Scope, account: Account) -> Condition:
    """Everything that an administrator is told of an account."""
    return Condition(
        account=account,
        assignments=list(account.assignments.order_by("-from_at", "-id")),
        second_factor=second_factor.is_set_up(account),
        locked=lock_out.is_locked(account.username),
        deeds=deeds(scope, account),
    )


def deeds(scope: Scope, account: Account, most: int = 50) -> list[Deed]:
    """What was done to an account, the last first; what others did, for administrators only."""
    rows = AuditEntry.objects.filter(what=ACCOUNT, subject__in=pseudonyms(subject(account)))
    if scope.role != "administrator":
        rows = rows.filter(account=scope.account)
    return [
        Deed(row.happened_at, row.account, row.deed) for row in rows.order_by("-happened_at", "-id")[:most]
    ]


def assignment_of(scope: Scope, account: Account, number: int) -> Assignment | None:
    """A duty of the account that this administrator may end: one in the own area."""
    return account.assignments.filter(_OWN.q(scope), pk=number).first()


def subject(account: Account) -> str:
    """What the audit's keyed hash is made of."""
    return f"account:{account.username}"


def _now(moment: datetime) -> Q:
    return Q(Q(until_at__isnull=True) | Q(until_at__gt=moment))


def names_of(usernames: Iterable[str]) -> dict[str, Words]:
    """What the holders of these accounts are called: who decided something is no secret."""
    return {one.username: one.name for one in Account.objects.filter(username__in=set(usernames))}


def holders(moment: datetime, usernames: Iterable[str]) -> dict[str, Holder]:
    """Who works by these accounts, for pages that say who recorded or read something.

    A resident is not among them: that name is a person's, and is told to those alone who may know it.
    """
    duties = Assignment.objects.filter(account__username__in=set(usernames), person__isnull=True)
    found: dict[str, Holder] = {}
    for duty in sorted(
        duties.select_related("account"),
        key=lambda one: (one.until_at is None or one.until_at > moment, one.from_at, one.pk),
    ):
        found[duty.account.username] = Holder(duty.account.name, duty.role, duty.area, duty.organisation)
    return found
