"""Change a setting for a time, with a reason; or end such a change before its time."""

from __future__ import annotations

from datetime import datetime

from sizao.terms.words import Words
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Switch
from sizao_web.records.watch.switches import LONGEST, SWITCHES
from sizao_web.records.writing import NotAllowed, Refused

SETTING = frozenset({"command", "administrator"})
"""Duties that may change a setting."""
NO_SUCH = Words("没有这个开关。", "There is no such switch.")
NO_REASON = Words("写明理由。", "Say why.")
NO_ABOUT = Words("写明针对哪一来源。", "Say for which source.")
NO_END = Words(
    "写明到期时刻：须在现在之后、31天之内，到期自动复原。",
    "Say until when: after now and within 31 days. It then reverts by itself.",
)
NO_NUMBER = Words("间隔须为大于0的小时数。", "The interval is a number of hours above 0.")


def set_switch(
    scope: Scope, moment: datetime, name: str, about: str, value: str, *, reason: str, until: datetime | None
) -> Switch:
    """The change, in force at once. Refused, NotAllowed."""
    if scope.role not in SETTING:
        raise NotAllowed(f"{scope.role} changes no setting.")
    setting = SWITCHES.get(name)
    checks = (
        (setting is None, NO_SUCH),
        (not reason.strip(), NO_REASON),
        (setting is not None and setting.about is not None and not about.strip(), NO_ABOUT),
        (until is None or not moment < until <= moment + LONGEST, NO_END),
        (setting is not None and setting.unit is not None and not _is_hours(value), NO_NUMBER),
    )
    if problems := [(0, words) for wrong, words in checks if wrong]:
        raise Refused(problems)
    about = about.strip() if setting is not None and setting.about is not None else ""
    return _made(scope, moment, name, about, value.strip() or "on", reason.strip(), until or moment)


def end_switch(scope: Scope, moment: datetime, switch: Switch, *, reason: str) -> Switch:
    """End a change before its time: a row without a value follows it. Refused, NotAllowed."""
    if scope.role not in SETTING:
        raise NotAllowed(f"{scope.role} changes no setting.")
    if not reason.strip():
        raise Refused([(0, NO_REASON)])
    return _made(scope, moment, switch.name, switch.about, "", reason.strip(), switch.until)


def _made(
    scope: Scope, moment: datetime, name: str, about: str, value: str, reason: str, until: datetime
) -> Switch:
    made = Switch.objects.create(
        name=name, about=about, value=value, reason=reason, set_by=scope.account, set_at=moment, until=until
    )
    audit.note(scope, moment, "set" if value else "end", "switch", [f"{name}/{about}"])
    return made


def _is_hours(value: str) -> bool:
    try:
        return 0 < float(value) < 10_000
    except ValueError:
        return False
