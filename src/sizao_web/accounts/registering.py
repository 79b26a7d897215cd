"""Making accounts and giving them duties; called by the administrator's actions and by the command line.

Nothing here asks who is asking: the actions do, and the row policies. Nothing here writes the audit.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sizao.terms.words import Words
from sizao_web.accounts import lock_out, second_factor
from sizao_web.accounts.models import Account, Assignment
from sizao_web.accounts.roles import ROLES

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_PATH = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*")
# Without signs that look alike: it is read out or copied from a slip of paper.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


class NotRegistered(Exception):
    """Nothing was changed. problems: field -> why, in both languages."""

    def __init__(self, problems: dict[str, Words]) -> None:
        super().__init__("; ".join(words.en for words in problems.values()))
        self.problems = problems


@dataclass(frozen=True)
class Duty:
    """What an account is to do, for which area or organisation, from when until when."""

    role: str
    area: str
    organisation: str | None
    from_at: datetime
    until_at: datetime | None = None
    person: str | None = None  # of a resident: who they are


@dataclass(frozen=True)
class Registered:
    """The account, and the password to hand over, which is kept nowhere."""

    account: Account
    password: str


def create_account(
    username: str, *, name_zh: str = "", name_en: str = "", email: str = "", language: str = "zh"
) -> Registered:
    """A new account with a password that its owner must change at once. NotRegistered says why not."""
    name = username.strip().lower()
    if not _NAME.fullmatch(name):
        raise NotRegistered({"username": _BAD_NAME})
    password = new_password()
    try:
        with transaction.atomic():
            account = Account.objects.create_user(
                name,
                password,
                name_zh=name_zh.strip(),
                name_en=name_en.strip(),
                email=email.strip(),
                language=language,
                password_given=True,
            )
    except IntegrityError:
        raise NotRegistered({"username": Words("已有此用户名。", "This user name is taken.")}) from None
    return Registered(account, password)


def assign(account: Account, duty: Duty) -> Assignment:
    """Give the account a duty. NotRegistered says what is wrong with it."""
    problems = _problems(duty)
    if problems:
        raise NotRegistered(problems)
    return Assignment.objects.create(
        account=account,
        role=duty.role,
        area=duty.area,
        organisation=duty.organisation or None,
        person=duty.person or None,
        from_at=duty.from_at,
        until_at=duty.until_at,
    )


def end_assignment(assignment: Assignment, moment: datetime) -> bool:
    """End a duty now; whether it had not ended before. Whoever works under it is stopped at the next page."""
    if assignment.until_at is not None and assignment.until_at <= moment:
        return False
    # A duty that has not begun never does.
    assignment.until_at = max(moment, assignment.from_at)
    assignment.save(update_fields=["until_at"])
    return True


def give_password(account: Account) -> str:
    """A new password to hand over; open sessions end with the old one."""
    password = new_password()
    account.set_password(password)
    account.password_given = True
    account.save(update_fields=["password", "password_given"])
    lock_out.unlock(account.username)
    return password


def choose_password(account: Account, password: str) -> None:
    """The owner's own choice. NotRegistered says what is wrong with it."""
    try:
        validate_password(password, account)
    except ValidationError as cause:
        raise NotRegistered({"password": said_of(cause)}) from cause
    account.set_password(password)
    account.password_given = False
    account.save(update_fields=["password", "password_given"])


def reset_second_factor(account: Account) -> None:
    """For a lost telephone: the next sign-in needs the password alone, and then a new second factor."""
    second_factor.remove(account)


def unlock(account: Account) -> int:
    """Let a locked account try again at once."""
    return lock_out.unlock(account.username)


def close(account: Account) -> None:
    """Nobody signs in by it any more; what it recorded keeps its name."""
    account.is_active = False
    account.save(update_fields=["is_active"])


def reopen(account: Account) -> None:
    """Let it sign in again."""
    account.is_active = True
    account.save(update_fields=["is_active"])


def new_password() -> str:
    """Four groups of five random signs: 99 bits, and readable over a telephone."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(4))


def said_of(cause: ValidationError) -> Words:
    """What Django's rules find wrong with a password, in both languages."""
    codes = {str(error.code) for error in cause.error_list}
    found = [words for code, words in _WRONG_PASSWORD.items() if code in codes]
    return Words("".join(one.zh for one in found), " ".join(one.en for one in found))


_BAD_NAME = Words(
    "用户名须为2至40个小写字母、数字、点、横线，以字母或数字开头。",
    "A user name is 2 to 40 small letters, digits, dots and hyphens, and begins with a letter or digit.",
)
_WRONG_PASSWORD = {
    "password_too_short": Words("密码至少12位。", "The password needs at least 12 characters."),
    "password_too_common": Words("这是常见密码，请换一个。", "This password is a common one; take another."),
    "password_too_similar": Words(
        "密码与姓名、用户名或邮箱太相似。", "The password is too like the name, user name or address."
    ),
}


def _problems(duty: Duty) -> dict[str, Words]:
    found: dict[str, Words] = {}
    if duty.role not in ROLES:
        found["role"] = Words("请选择职责。", "Choose a duty.")
    if not _PATH.fullmatch(duty.area):
        found["area"] = Words("请选择地区。", "Choose an area.")
    if duty.role in ROLES and ROLES[duty.role].sees == "organisation" and not duty.organisation:
        found["organisation"] = Words(
            "此职责须指定单位：只看得到该单位负责的内容。",
            "This duty needs an office or place: it sees what that one must do.",
        )
    resident = duty.role in ROLES and ROLES[duty.role].sees == "self"
    if resident and not duty.person:
        found["person"] = Words(
            "居民须填本人的人员编号，由核对过证件的社区给出。",
            "A resident needs their own number as a person, from the community that checked their document.",
        )
    if duty.role in ROLES and not resident and duty.person:
        found["person"] = Words("只有居民填人员编号。", "Only a resident has a number as a person.")
    if duty.until_at is not None and duty.until_at <= duty.from_at:
        found["until_at"] = Words("结束须晚于开始。", "The end must be after the beginning.")
    return found
