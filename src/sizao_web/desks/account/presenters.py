"""Words for what was done to accounts, for duties and for the state of an account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sizao.terms.words import Words
from sizao_web.accounts.models import Assignment
from sizao_web.accounts.roles import ROLES
from sizao_web.records.reading.accounts import Deed

DEEDS: Mapping[str, Words] = MappingProxyType(
    {
        "sign_in": Words("登录", "signed in"),
        "sign_out": Words("退出", "signed out"),
        "choose_password": Words("更改密码", "changed the password"),
        "set_up_second_factor": Words("设置两步验证", "set up a second factor"),
        "remove_second_factor": Words("解除两步验证", "removed the second factor"),
        "new_recovery_codes": Words("更换恢复码", "made new recovery codes"),
        "create": Words("建立账号", "made the account"),
        "reset_second_factor": Words("重置两步验证", "reset the second factor"),
        "give_password": Words("重发密码", "gave a new password"),
        "unlock": Words("解除锁定", "unlocked it"),
        "close": Words("停用账号", "closed the account"),
        "reopen": Words("恢复账号", "opened the account again"),
    }
)


@dataclass(frozen=True)
class ToldDeed:
    """One deed in words."""

    happened_at: datetime
    account: str
    words: Words


def told_deeds(deeds: Iterable[Deed]) -> list[ToldDeed]:
    """Deeds in words; those about a duty name it."""
    return [ToldDeed(one.happened_at, one.account, _words(one.deed)) for one in deeds]


def _words(deed: str) -> Words:
    verb, _, role = deed.partition(" ")
    if verb in ("assign", "end") and role in ROLES:
        label = ROLES[role].label
        if verb == "assign":
            return Words(f"授予职责：{label.zh}", f"gave the duty: {label.en}")
        return Words(f"结束职责：{label.zh}", f"ended the duty: {label.en}")
    return DEEDS.get(deed, Words(deed, deed))


def state(assignment: Assignment, moment: datetime) -> str:
    """coming, present or past."""
    if assignment.until_at is not None and assignment.until_at <= moment:
        return "past"
    return "present" if assignment.from_at <= moment else "coming"
