"""A laboratory of the invented district that sends by machine, and one number that it gave to two results."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction

from sizao.terms.words import Words
from sizao_web.accounts.registering import Duty
from sizao_web.records.access.scope import Scope, enter, scope_of
from sizao_web.records.actions import administer_partners as deed
from sizao_web.records.actions.declare_day import declare_day
from sizao_web.records.actions.keep_conflict import keep_conflict
from sizao_web.records.actions.record_from_partner import Sent, day_of, record_from_partner
from sizao_web.records.models import Partner

NAME, AREA, LABORATORY = "lab-harbour", "drill/harbour", "laboratory/harbour"
KEEPER = Scope("administrator", "administrator", AREA, None, "public_administration")
LABEL = Words("港湾区检测实验室系统（虚构）", "system of the Harbour laboratory (invented)")
SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def make_partner(moment: datetime) -> None:
    """The partner, a key of which nobody has the text, and the conflict; there already, nothing changes."""
    if Partner.objects.filter(name=NAME).exists():
        return
    with transaction.atomic():
        enter(KEEPER)
        duty = Duty("laboratory", AREA, LABORATORY, SINCE)
        made = deed.add(KEEPER, moment, NAME, label=LABEL, duty=duty)
        deed.issue(KEEPER, moment, made, ["samples", "sample_members", "results"])
    laboratory = scope_of(made.assignment)
    at = moment - timedelta(hours=14)
    first = {"sample": "tube/machine-1", "result": "negative", "resulted_at": at, "laboratory": LABORATORY}
    sent = Sent("results", "run-7/0113", values=first)
    second = {**first, "source_record": "run-7/0113", "result": "positive", "resulted_at": at.isoformat()}
    with transaction.atomic():
        enter(laboratory)
        record_from_partner(laboratory, moment, sent)
        about = {"fact": "results", "source_record": sent.source_record, "source_version": 1}
        keep_conflict(laboratory, moment, kind="record", record=about, second=second)
        _declare(laboratory, moment)


def _declare(laboratory: Scope, moment: datetime) -> None:
    """The laboratory says what it sent today; one of it did not come."""
    sent = [("results", "run-7/0113", 1), ("results", "run-7/0114", 1)]
    declare_day(laboratory, moment, day_of(moment), files=(), records=sent)
