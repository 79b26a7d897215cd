"""Put a finding right, and check it again: what the place says, and what the inspector then saw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from sizao.terms.identifiers import hex_key
from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.correct_fact import correct_fact
from sizao_web.records.actions.keep_photo import keep_photo
from sizao_web.records.actions.retract_fact import retract_fact
from sizao_web.records.reading.facts import links
from sizao_web.records.reading.history import History, history
from sizao_web.records.writing import TYPED, Given, NotAllowed, Refused, write

ALREADY = Words(
    "这个问题已经登记整改，正等待复查。", "This is already recorded as put right and waits for the check."
)
NOTHING_TO_CHECK = Words(
    "还没有登记整改，没有可复查的。", "Nothing is recorded as put right, so there is nothing to check."
)
CHECKED_ALREADY = Words("这次整改已经复查过。", "This was checked again already.")
WITHOUT_WORDS = Words("未整改到位的，请写明还差什么。", "Say what is still missing: the place must know.")


def rectify(
    scope: Scope,
    moment: datetime,
    finding: dict[str, Any],
    *,
    form: str,
    note: str,
    photos: Sequence[bytes] = (),
    request: str | None = None,
) -> bool:
    """Whether it is new: the place says that it put the finding right. finding: its row.

    Refused where it waits for the check already, or a photograph cannot be kept; NotAllowed.
    """
    record = str(UUID(form))
    if links(scope, "rectifications").filter(source_system=TYPED, source_record=record).exists():
        return False
    if last_rectification(scope, finding["finding"]) is not None:
        raise Refused([(0, ALREADY)])
    values = {"finding": finding["finding"], "place": finding["place"]}
    with transaction.atomic():
        write(
            scope,
            moment,
            [Given("rectifications", {**values, "rectified_at": moment, "note": note or None}, record)],
            request=request,
        )
        _photos(scope, moment, finding, photos, "rectified", request)
    return True


def check_again(
    scope: Scope,
    moment: datetime,
    finding: dict[str, Any],
    *,
    right: bool,
    note: str,
    form: str,
    photos: Sequence[bytes] = (),
    request: str | None = None,
) -> None:
    """Put on record what the second check saw.

    Right: the rectification was checked at this moment. Not right: it did not take place, so it is retracted
    with the reason, what was to be put right is due again as it was, and that somebody was there stays as an
    inspection. Refused, NotAllowed.
    """
    said = last_rectification(scope, finding["finding"])
    if said is None:
        raise Refused([(0, NOTHING_TO_CHECK)])
    if said.last["rechecked_at"] is not None:
        raise Refused([(0, CHECKED_ALREADY)])
    version = said.last["source_version"]
    with transaction.atomic():
        if right:
            values = {**_own(said), "rechecked_at": moment}
            reason = note or "checked again on the spot: put right"
            correct_fact(scope, moment, said, version=version, values=values, reason=reason, request=request)
        else:
            if not note:
                raise Refused([(0, WITHOUT_WORDS)])
            _was_there(scope, moment, finding, form, request)
            retract_fact(scope, moment, said, version=version, reason=note, request=request)
        _photos(scope, moment, finding, photos, "found", request)


def last_rectification(scope: Scope, finding: str) -> History | None:
    """The rectification that counts; None where there is none, or the last was not right."""
    keys = links(scope, "rectifications").filter(finding=finding).values_list("key_hi", "key_lo").distinct()
    found = [history(scope, "rectifications", hex_key(*key)) for key in keys]
    live = [one for one in found if one is not None and not one.retracted and one.record is not None]
    return max(live, key=lambda one: one.last["rectified_at"], default=None)


def _was_there(
    scope: Scope, moment: datetime, finding: dict[str, Any], form: str, request: str | None
) -> None:
    if not scope.may_give("inspections") or scope.organisation is None:
        raise NotAllowed(f"{scope.role} inspects nothing.")
    number = UUID(form)
    values = {
        "inspection": f"inspection/{number.hex[:12]}",
        "place": finding["place"],
        "inspected_at": moment,
        "by": scope.organisation,
    }
    write(scope, moment, [Given("inspections", values, str(number))], request=request)


def _own(of: History) -> dict[str, Any]:
    return {name: of.last[name] for name in ("finding", "place", "rectified_at", "rechecked_at", "note")}


def _photos(
    scope: Scope,
    moment: datetime,
    finding: dict[str, Any],
    photos: Sequence[bytes],
    stage: str,
    request: str | None,
) -> None:
    for photo in photos:
        keep_photo(
            scope, moment, photo, finding=finding["finding"], place=finding["place"], area=finding["area"],
            stage=stage, request=request,
        )  # fmt: skip
