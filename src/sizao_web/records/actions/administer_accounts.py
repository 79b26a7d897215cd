"""What an administrator does to accounts: each deed checked, done by `accounts.registering`, and audited."""

from __future__ import annotations

from datetime import datetime

from sizao_web.accounts import registering
from sizao_web.accounts.models import Account, Assignment
from sizao_web.accounts.registering import Duty, Registered
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Partner
from sizao_web.records.reading.accounts import ACCOUNT, account_of, assignment_of, looks_after, subject
from sizao_web.records.writing import NotAllowed


def create(
    scope: Scope, moment: datetime, username: str, *, name_zh: str, name_en: str, email: str, language: str
) -> Registered:
    """A new account without a duty, and the password to hand over. NotRegistered, NotAllowed."""
    _check(scope)
    made = registering.create_account(
        username, name_zh=name_zh, name_en=name_en, email=email, language=language
    )
    _note(scope, moment, "create", made.account)
    return made


def assign(scope: Scope, moment: datetime, account: Account, duty: Duty) -> Assignment:
    """Give somebody else a duty in the own area. NotRegistered, NotAllowed."""
    _check(scope, moment, account)
    if account.username == scope.account:
        raise NotAllowed("Nobody gives themselves a duty: another administrator does.")
    if duty.area != scope.area and not duty.area.startswith(f"{scope.area}/"):
        raise NotAllowed(f"An administrator of {scope.area} gives duties there only.")
    made = registering.assign(account, duty)
    _note(scope, moment, f"assign {duty.role}", account)
    return made


def end_assignment(scope: Scope, moment: datetime, account: Account, assignment: Assignment) -> None:
    """End a duty now; ended already, nothing changes."""
    _check(scope, moment, account)
    if assignment_of(scope, account, assignment.pk) is None:
        raise NotAllowed("This duty lies outside the own area.")
    if registering.end_assignment(assignment, moment):
        _note(scope, moment, f"end {assignment.role}", account)


def reset_second_factor(scope: Scope, moment: datetime, account: Account) -> None:
    """For a lost telephone."""
    _check_whole(scope, moment, account)
    registering.reset_second_factor(account)
    _note(scope, moment, "reset_second_factor", account)


def give_password(scope: Scope, moment: datetime, account: Account) -> str:
    """A new password to hand over; never to a partner's account, which works by its keys alone."""
    _check_whole(scope, moment, account)
    if Partner.objects.filter(account=account.username).exists():
        raise NotAllowed("A partner's account is nobody's to sign in by.")
    password = registering.give_password(account)
    _note(scope, moment, "give_password", account)
    return password


def unlock(scope: Scope, moment: datetime, account: Account) -> None:
    """Let a locked account try again at once."""
    _check(scope, moment, account)
    registering.unlock(account)
    _note(scope, moment, "unlock", account)


def close(scope: Scope, moment: datetime, account: Account) -> None:
    """Nobody signs in by it any more."""
    _check_whole(scope, moment, account)
    registering.close(account)
    _note(scope, moment, "close", account)


def reopen(scope: Scope, moment: datetime, account: Account) -> None:
    """Let it sign in again."""
    _check_whole(scope, moment, account)
    registering.reopen(account)
    _note(scope, moment, "reopen", account)


def _check(scope: Scope, moment: datetime | None = None, account: Account | None = None) -> None:
    if scope.role != "administrator":
        raise NotAllowed(f"{scope.role} does not administer accounts.")
    if account is not None and moment is not None and account_of(scope, moment, account.username) is None:
        raise NotAllowed("This account has a duty outside the own area only.")


def _check_whole(scope: Scope, moment: datetime, account: Account) -> None:
    """For what concerns the account as a whole, wherever it has duties; and never the own one."""
    _check(scope, moment, account)
    if account.username == scope.account:
        raise NotAllowed("The own account is changed on its own page, or by another administrator.")
    if not looks_after(scope, moment, account):
        raise NotAllowed("This account has duties outside the own area: whoever administers both changes it.")


def _note(scope: Scope, moment: datetime, deed: str, account: Account) -> None:
    audit.note(scope, moment, deed, ACCOUNT, [subject(account)])
