"""A file arrives, is kept, and its rows are stored: each once, however often the file comes or the job is
killed.

received   kept and durable; nobody has said yet how its columns are read
waiting    that is said; a job is there
storing    some of its rows are stored; a job that is killed goes on where the last commit was
stored     every row has its outcome, and there is a receipt
refused    nothing was stored: `problems` says why
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO

from django.db import connection
from django.db.models import Q

from sizao.intake.problems import IntakeRefused, ReadingInterrupted
from sizao.intake.sheets import digest_of
from sizao.terms.identifiers import uuid7
from sizao_web.accounts.models import Account
from sizao_web.records import audit, room
from sizao_web.records.access.scope import Scope, assignments_in_force
from sizao_web.records.deliveries import spool
from sizao_web.records.deliveries.settling import refuse
from sizao_web.records.deliveries.taking import store
from sizao_web.records.deliveries.wording import DUTY_ENDED, problem
from sizao_web.records.models import Delivery
from sizao_web.records.writing import NotAllowed

READ_AGAIN = 3  # readings of a file before its job is put off


@dataclass(frozen=True)
class Received:
    """A file that is kept. again: the very same file was there already, and this is its delivery."""

    id: str
    state: str
    again: bool
    receipt: str | None


def receive(
    scope: Scope,
    moment: datetime,
    *,
    name: str,
    content: BinaryIO | bytes,
    fact: str | None = None,
    mapping: str | None = None,
    source_system: str | None = None,
    manifest: Mapping[str, Any] | None = None,
    request: str | None = None,
) -> Received:
    """Keep a file. With `fact` (headed as in the dictionary) or `mapping` (YAML) its job is there too.

    The file is durable when the transaction is. manifest: `rows` and `sha256` that the sender says. The
    same file for the same source is not kept twice: the answer is the delivery that it had. NotAllowed for a
    duty that records nothing, or not this fact.
    """
    _check_allowed(scope, fact)
    room.need()
    file = BytesIO(content) if isinstance(content, bytes) else content
    digest = digest_of(file)
    source = source_system or source_of(scope)
    rows = (manifest or {}).get("rows")
    if (there := _same_file(scope, source, digest, fact, mapping, rows)) is not None:
        return Received(str(there.pk), there.state, True, there.receipt)
    size = file.seek(0, os.SEEK_END)
    one = Delivery(
        id=uuid7(int(moment.timestamp() * 1000), os.urandom(10)),
        name=name[:200],
        size=size,
        sha256=digest,
        account=scope.account,
        role=scope.role,
        area=scope.area,
        organisation=scope.seen_organisation or None,
        purpose=scope.purpose,
        source_system=source,
        fact=fact,
        mapping=mapping,
        manifest=dict(manifest) if manifest else None,
        request=request,
        received_at=moment,
        state="waiting" if fact or mapping else "received",
    )
    Delivery.objects.bulk_create([one])
    spool.keep(str(one.pk), file)
    audit.note(scope, moment, "deliver", "delivery", [str(one.pk)], request)
    if one.state == "waiting":
        _defer(str(one.pk))
    return Received(str(one.pk), one.state, False, None)


def source_of(scope: Scope) -> str:
    """The source of what somebody sends by hand: the office or place, or where there is none the account."""
    return f"sheet/{scope.seen_organisation or scope.account}"


def choose(
    scope: Scope,
    moment: datetime,
    delivery: str,
    *,
    fact: str | None = None,
    mapping: str | None = None,
    request: str | None = None,
) -> bool:
    """Say how the columns of a file that waits for that are read, and have it stored; False when it does
    not wait."""
    _check_allowed(scope, fact)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery SET fact = %s, mapping = %s, state = 'waiting'"
            " WHERE id = %s AND state = 'received' AND account = %s",
            [fact, mapping, delivery, scope.account],
        )
        if not cursor.rowcount:
            return False
    audit.note(scope, moment, "take_in", "delivery", [delivery], request)
    _defer(delivery)
    return True


def _check_allowed(scope: Scope, fact: str | None) -> None:
    if not scope.duty.gives or (fact is not None and not scope.may_give(fact)):
        raise NotAllowed(f"{scope.role} may not record {fact or 'anything'}.")


def _same_file(
    scope: Scope, source: str, digest: str, fact: str | None, mapping: str | None, rows: object
) -> Delivery | None:
    """The delivery that the same file had. Said to have another number of rows than then it is read anew, and
    refused: one of the two is wrong."""
    found = Delivery.objects.filter(
        source_system=source, sha256=digest, account=scope.account, role=scope.role, area=scope.area
    ).exclude(state="refused")
    if fact or mapping:
        found = found.filter(fact=fact, mapping=mapping)
    if rows is not None:
        found = found.filter(Q(manifest__rows=rows) | Q(manifest__isnull=True))
    return found.order_by("received_at").first()


def _defer(delivery: str) -> None:
    from sizao_web.records.deliveries.tasks import take_in as job

    job.defer(delivery=delivery)


def take_in(delivery: str, moment: datetime) -> Delivery:
    """Read, check and store a delivery that waits; the delivery as it then is. Works as the jobs' role."""
    one = Delivery.objects.get(pk=delivery)
    if one.state not in ("waiting", "storing"):
        return one
    for left in reversed(range(READ_AGAIN)):
        try:
            scope = sender_of(one, moment)
            with spool.opened(str(one.pk)) as file:
                store(one, scope, file, moment)
            break
        except ReadingInterrupted:
            if not left:
                raise  # the job comes again, and the watch sees it when that does not help
        except IntakeRefused as refused:
            refuse(one, refused.problems, moment)
            break
    return Delivery.objects.get(pk=delivery)


def sender_of(one: Delivery, moment: datetime) -> Scope:
    """The scope of who sent it; IntakeRefused when the duty has ended since."""
    scope = Scope(one.account, one.role, one.area, one.organisation, one.purpose)
    account = Account.objects.filter(username=one.account, is_active=True).first()
    duties = assignments_in_force(account, moment) if account else []
    if not any((duty.role, duty.area) == (one.role, one.area) for duty in duties):
        raise IntakeRefused([problem(one, "duty_ended", one.role, *DUTY_ENDED)])
    return scope
