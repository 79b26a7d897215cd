"""The scope of a request: on whose behalf, for which area or organisation, for what purpose rows are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from sizao_web.accounts.models import Account, Assignment
from sizao_web.accounts.roles import ROLES, Role


@dataclass(frozen=True)
class Scope:
    """One assignment of one account, for one purpose. There is no scope that sees everything."""

    account: str
    role: str
    area: str
    organisation: str | None
    purpose: str

    @property
    def duty(self) -> Role:
        """What the role may do."""
        return ROLES[self.role]

    @property
    def seen_area(self) -> str:
        """The area whose rows are seen; empty when none is."""
        return self.area if self.duty.sees == "area" else ""

    @property
    def seen_organisation(self) -> str:
        """The organisation whose rows are seen; empty when none is."""
        return (self.organisation or "") if self.duty.sees in ("area", "organisation") else ""

    def may_read(self, fact: str) -> bool:
        """Whether the role reads this fact at all."""
        return fact in self.duty.reads

    def may_give(self, fact: str) -> bool:
        """Whether the role may record this fact."""
        return fact in self.duty.gives


def scope_of(assignment: Assignment, purpose: str | None = None) -> Scope:
    """The scope of an assignment; ValueError for a purpose that its role does not have."""
    purposes = ROLES[assignment.role].purposes
    if purpose is not None and purpose not in purposes:
        raise ValueError(f"{assignment.role} has no purpose {purpose!r}; it has {', '.join(purposes)}.")
    return Scope(
        account=assignment.account.username,
        role=assignment.role,
        area=assignment.area,
        organisation=assignment.organisation or None,
        purpose=purpose or purposes[0],
    )


def assignments_in_force(account: Account, moment: datetime) -> list[Assignment]:
    """What the account is assigned to at this moment, in the order in which it was assigned."""
    found = account.assignments.select_related("account").filter(from_at__lte=moment)
    return [one for one in found if one.until_at is None or one.until_at > moment]


def enter(scope: Scope | None) -> None:
    """Tell the database on whose behalf the rest of this transaction reads; None sees no row at all.

    Needs an open transaction, with whose end it is forgotten.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A scope lasts for one transaction: open one before entering it.")
    values = _settings(scope)
    said = ", ".join("set_config(%s, %s, true)" for _ in values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {said}", [word for pair in values.items() for word in pair])


def _settings(scope: Scope | None) -> dict[str, str]:
    return {
        "role": "sizao_web",
        "sizao.account": scope.account if scope else "",
        "sizao.role": scope.role if scope else "",
        "sizao.area": scope.area if scope else "",
        "sizao.sees_area": scope.seen_area if scope else "",
        "sizao.sees_organisation": scope.seen_organisation if scope else "",
        "sizao.purpose": scope.purpose if scope else "",
    }
