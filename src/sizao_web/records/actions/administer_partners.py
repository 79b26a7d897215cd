"""What an administrator does to partners and their keys: made, exchanged, revoked; each deed audited."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from sizao.terms.words import Words
from sizao_web.accounts import registering
from sizao_web.accounts.models import Account
from sizao_web.accounts.registering import Duty, NotRegistered
from sizao_web.accounts.roles import ROLES
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Partner, PartnerKey
from sizao_web.records.models.partners import LONGEST_DAYS
from sizao_web.records.reading.partners import PARTNER, digest_of, usable
from sizao_web.records.writing import TYPED, NotAllowed

__all__ = ["LONGEST_DAYS", "NotAllowed", "NotRegistered"]

PREFIX = "szk"
"""What every key begins with, so that a scanner finds one that lies where it should not."""
PER_MINUTE, PER_DAY = 600, 200_000  # invented: nothing measured at a partner yet
OVERLAP_DAYS = 7  # invented: how long the old key still holds when it is exchanged
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True)
class Issued:
    """A key, and the text of it to hand over, which is kept nowhere."""

    key: PartnerKey
    text: str


def add(
    scope: Scope,
    moment: datetime,
    name: str,
    *,
    label: Words,
    duty: Duty,
    per_minute: int = PER_MINUTE,
    per_day: int = PER_DAY,
) -> Partner:
    """A partner with an account of its own and one duty. NotRegistered says what is wrong, NotAllowed."""
    _check(scope, duty.area)
    name = name.strip().lower()
    problems = _problems(name, duty, per_minute, per_day)
    if problems:
        raise NotRegistered(problems)
    try:
        with transaction.atomic():
            account = Account.objects.create_user(name, None, name_zh=label.zh, name_en=label.en)
            made = Partner.objects.create(
                name=name,
                label_zh=label.zh or name,
                label_en=label.en or label.zh or name,
                assignment=registering.assign(account, duty),
                account=name,
                area=duty.area,
                per_minute=per_minute,
                per_day=per_day,
                made_at=moment,
                made_by=scope.account,
            )
    except IntegrityError:
        raise NotRegistered({"name": Words("已有此名称的账号。", "This name is taken.")}) from None
    _note(scope, moment, "create", made)
    return made


def issue(
    scope: Scope,
    moment: datetime,
    partner: Partner,
    facts: Iterable[str],
    *,
    days: int = LONGEST_DAYS,
    not_before: datetime | None = None,
) -> Issued:
    """A new key; its text is shown this once. NotRegistered, NotAllowed."""
    _check(scope, partner.area)
    chosen = sorted(set(facts))
    gives = ROLES[partner.assignment.role].gives_by_machine
    problems: dict[str, Words] = {}
    if partner.ended_at is not None:
        problems["partner"] = Words("此接入方已停用。", "This partner has ended.")
    if foreign := [fact for fact in chosen if fact not in gives]:
        problems["facts"] = Words(
            f"该职责不能登记：{'、'.join(foreign)}。可选：{'、'.join(sorted(gives))}。",
            f"This duty does not record {', '.join(foreign)}. It records: {', '.join(sorted(gives))}.",
        )
    elif not chosen:
        problems["facts"] = Words("至少选一种事实。", "Choose one fact at least.")
    if not 1 <= days <= LONGEST_DAYS:
        problems["days"] = Words(
            f"有效期为1至{LONGEST_DAYS}天。", f"A key holds from 1 to {LONGEST_DAYS} days."
        )
    if problems:
        raise NotRegistered(problems)
    begins = not_before or moment
    public, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    made = PartnerKey.objects.create(
        partner=partner,
        public=public,
        digest=digest_of(secret),
        facts=chosen,
        area=partner.area,
        made_at=moment,
        made_by=scope.account,
        not_before=begins,
        not_after=begins + timedelta(days=days),
    )
    _note(scope, moment, "issue_key", partner)
    return Issued(made, f"{PREFIX}_{public}_{secret}")


def rotate(
    scope: Scope, moment: datetime, key: PartnerKey, *, days: int = LONGEST_DAYS, overlap: int = OVERLAP_DAYS
) -> Issued:
    """A new key for the same facts; the old one holds on for the days of the overlap. NotRegistered."""
    _check(scope, key.area)
    if not usable(key, moment):
        raise NotRegistered(
            {"key": Words("此密钥已失效，请发新的。", "This key holds no more: issue a new one.")}
        )
    if not 0 <= overlap <= LONGEST_DAYS:
        raise NotRegistered(
            {"overlap": Words(f"重叠期为0至{LONGEST_DAYS}天。", f"The overlap is 0 to {LONGEST_DAYS} days.")}
        )
    made = issue(scope, moment, key.partner, key.facts, days=days)
    ends = max(moment + timedelta(days=overlap), key.not_before + timedelta(seconds=1))
    if ends < key.not_after:
        key.not_after = ends
        key.save(update_fields=["not_after"])
    _note(scope, moment, "rotate_key", key.partner)
    return made


def revoke(scope: Scope, moment: datetime, key: PartnerKey) -> None:
    """The key holds no more, from the next request on; revoked already, nothing changes."""
    _check(scope, key.area)
    if key.revoked_at is None:
        key.revoked_at = moment
        key.save(update_fields=["revoked_at"])
        _note(scope, moment, "revoke_key", key.partner)


def limit(scope: Scope, moment: datetime, partner: Partner, *, per_minute: int, per_day: int) -> None:
    """Other limits, from the next handful of requests on. NotRegistered, NotAllowed."""
    _check(scope, partner.area)
    if problems := _limits(per_minute, per_day):
        raise NotRegistered(problems)
    partner.per_minute, partner.per_day = per_minute, per_day
    partner.save(update_fields=["per_minute", "per_day"])
    _note(scope, moment, "limit", partner)


def end(scope: Scope, moment: datetime, partner: Partner) -> None:
    """No key of the partner holds any more; what it sent stays under its name."""
    _check(scope, partner.area)
    if partner.ended_at is None:
        partner.ended_at = moment
        partner.save(update_fields=["ended_at"])
        _note(scope, moment, "end", partner)


def _check(scope: Scope, area: str) -> None:
    inside = area == scope.area or area.startswith(f"{scope.area}/")
    if scope.role != "administrator" or not inside:
        raise NotAllowed(f"Partners are kept by an administrator of {area}.")


def _problems(name: str, duty: Duty, per_minute: int, per_day: int) -> dict[str, Words]:
    found = _limits(per_minute, per_day)
    if not _NAME.fullmatch(name):
        found["name"] = Words(
            "名称须为2至40个小写字母、数字、点、横线，以字母或数字开头。",
            "A name is 2 to 40 small letters, digits, dots and hyphens, and begins with a letter or digit.",
        )
    elif name in (TYPED, "folder"):
        found["name"] = Words("此名称另有用途，请换一个。", "This name means something else; take another.")
    if duty.role in ROLES and not ROLES[duty.role].gives_by_machine:
        found["role"] = Words("此职责不登记任何事实。", "This duty records no fact.")
    return found


def _limits(per_minute: int, per_day: int) -> dict[str, Words]:
    if per_minute < 1 or per_day < 1:
        return {"per_minute": Words("限额须为正整数。", "A limit is a whole number from 1.")}
    return {}


def _note(scope: Scope, moment: datetime, deed: str, partner: Partner) -> None:
    audit.note(scope, moment, deed, PARTNER, [f"{PARTNER}:{partner.name}"])
