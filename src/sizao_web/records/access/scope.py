"""The scope of a request: on whose behalf, for which area or organisation, for what purpose rows are read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

from sizao_web.accounts.models import Account, Assignment
from sizao_web.accounts.roles import ROLES, Role
from sizao_web.records.access.seal import seal
from sizao_web.records.prepared import prepared


@dataclass(frozen=True)
class Scope:
    """One assignment of one account, for one purpose. There is no scope that sees everything."""

    account: str
    role: str
    area: str
    organisation: str | None
    purpose: str
    persons: tuple[str, ...] = ()  # of a resident: themselves, then whom they care for

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

    @property
    def seen_persons(self) -> tuple[str, ...]:
        """The people whose rows a resident sees; of every other duty none."""
        return self.persons if self.duty.sees == "self" else ()

    def of_area(self, area: str) -> Scope:
        """The same duty as far as it sees one area, which lies in its own; not by organisation or person."""
        return replace(self, area=area, organisation=None, persons=())

    def may_read(self, fact: str) -> bool:
        """Whether the role reads this fact at all."""
        return fact in self.duty.reads

    def may_give(self, fact: str) -> bool:
        """Whether the role may record this fact, or send this stream."""
        return fact in self.duty.gives or fact in self.duty.sends


def scope_of(assignment: Assignment, purpose: str | None = None) -> Scope:
    """The scope of an assignment; NoSuchPurpose for a purpose that its role does not have."""
    purposes = ROLES[assignment.role].purposes
    if purpose is not None and purpose not in purposes:
        raise NoSuchPurpose(f"{assignment.role} has no purpose {purpose!r}; it has {', '.join(purposes)}.")
    return Scope(
        account=assignment.account.username,
        role=assignment.role,
        area=assignment.area,
        organisation=assignment.organisation or None,
        purpose=purpose or purposes[0],
        persons=(assignment.person,) if assignment.person else (),
    )


def assignments_in_force(account: Account, moment: datetime) -> list[Assignment]:
    """What the account is assigned to at this moment, in the order in which it was assigned."""
    found = account.assignments.select_related("account").filter(from_at__lte=moment)
    return [one for one in found if one.until_at is None or one.until_at > moment]


BETWEEN = "\n"
"""Stands between the people of a scope; no number of a person holds it."""


class NoSuchPurpose(ValueError):
    """Somebody would read for what their duty is not there for."""


class Unsealed(Exception):
    """The database does not believe this process."""


def enter(scope: Scope | None, account: str = "") -> None:
    """Tell the database on whose behalf the rest of this transaction reads; None sees no row about anybody.

    account: who has signed in but works under no duty yet; they may change their own account. Needs an open
    transaction, with whose end it is forgotten.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A scope lasts for one transaction: open one before entering it.")
    if scope is not None and scope.purpose not in scope.duty.purposes:
        raise NoSuchPurpose(
            f"{scope.role} reads for {', '.join(scope.duty.purposes)}, not for {scope.purpose!r}."
        )
    said = {
        "account": scope.account if scope else account,
        "role": scope.role if scope else "",
        "area": scope.area if scope else "",
        "sees_area": scope.seen_area if scope else "",
        "sees_organisation": scope.seen_organisation if scope else "",
        "sees_persons": BETWEEN.join(scope.seen_persons) if scope else "",
        "purpose": scope.purpose if scope else "",
    }
    told = {"role": "sizao_web", **{f"sizao.{name}": value for name, value in said.items()}}
    told["sizao.seal"] = seal(said)
    calls = ", ".join("set_config(%s, %s, true)" for _ in told)
    with prepared() as cursor:
        # Told in full before it is asked whether the seal is believed.
        cursor.execute(
            f"WITH told AS MATERIALIZED (SELECT {calls})"
            " SELECT coalesce(sizao_said('account'), '') FROM told",
            [word for pair in told.items() for word in pair],
        )
        if cursor.fetchone() != (said["account"],):
            raise Unsealed(
                "SIZAO_SECRET of this process is not the one with which the database was set up: it shows "
                "nothing to a process it does not know. Run `sizao migrate` with the same SIZAO_SECRET."
            )
