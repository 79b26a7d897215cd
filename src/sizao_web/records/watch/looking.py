"""One look at the installation: what must be an alarm now."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from django.conf import settings
from django.db import connection
from django.db.models import Max

from sizao.terms.time import local_day
from sizao_web.accounts.models import Account
from sizao_web.records.chain.glancing import first_broken
from sizao_web.records.ledger.grounds import groundless
from sizao_web.records.models import ControlDay, Heard, Partner, PartnerKey, Watched
from sizao_web.records.reading import condition
from sizao_web.records.watch.charts import VERDICTS, WARNS
from sizao_web.records.watch.limits import limit, limits_of
from sizao_web.records.watch.switches import value_of
from sizao_web.settings.clock import bare

LAST_BACKUP = "last-backup.json"


@dataclass(frozen=True)
class Noticed:
    """Something that must be an alarm while it lasts."""

    kind: str
    about: str
    values: dict[str, Any]


def noticed(moment: datetime, look: Watched, trouble: str) -> Iterator[Noticed]:
    """Everything that is an alarm at this moment. trouble: why the witness was not told, if it was not."""
    yield from silent(moment)
    yield from ending(moment)
    yield from out_of_control(moment)
    yield from _chain(look)
    if trouble:
        yield Noticed("witness", "witness", {"why": trouble})
    if people := groundless():
        yield Noticed("groundless", "standing", {"people": people})
    yield from _jobs(moment)
    yield from _disk()
    yield from _backup(moment)


def silent(moment: datetime) -> Iterator[Noticed]:
    """Sources that were heard regularly and are not any more."""
    for one in Heard.objects.order_by("source"):
        usual = _usual(one, moment)
        quiet = (moment - one.last_at).total_seconds()
        if usual is not None and quiet > limit("silence_intervals") * usual:
            yield Noticed("silence", one.source, {"hours": _hours(quiet), "usual": _hours(usual)})


def _usual(one: Heard, moment: datetime) -> float | None:
    """Seconds between two deliveries: as somebody set it for a time, else the median of the last; or not
    known."""
    said = value_of("interval", moment, one.source)
    if said is not None:
        return float(said) * 3600
    gaps = sorted(one.gaps)
    return gaps[len(gaps) // 2] if len(gaps) >= limit("silence_learned_from") else None


def ending(moment: datetime) -> Iterator[Noticed]:
    """Keys, certificates and secrets that end soon: one alarm for each of the days before it."""
    today = local_day(bare(moment), settings.SIZAO.zone)
    for name, day in sorted(_endings().items()):
        left = (day - today).days
        for before in limits_of("ending_days"):
            if left <= before:
                yield Noticed(
                    "ending", f"{name}/{before}", {"name": name, "days": left, "day": day.isoformat()}
                )


def out_of_control(moment: datetime) -> Iterator[Noticed]:
    """Laboratories and sources whose control chart shows a signal of the last days. Of people who type it is
    on the chart alone: an alarm names nobody."""
    since = local_day(bare(moment), settings.SIZAO.zone) - WARNS
    people = set(Account.objects.values_list("username", flat=True)) - set(
        Partner.objects.values_list("account", flat=True)
    )
    found = ControlDay.objects.filter(day__gte=since, verdict__isnull=False).exclude(subject__in=people)
    for one in found.order_by("kind", "subject", "day"):
        verdict, expected = VERDICTS[one.verdict or ""], round(one.expected or 0.0, 1)
        values = {
            "subject": one.subject,
            "day": one.day.isoformat(),
            "found": one.found,
            "expected": expected,
        }
        values |= {"lower": one.lower, "upper": one.upper, "tested": one.tested}
        values |= {"verdict_zh": verdict.zh, "verdict_en": verdict.en}
        yield Noticed(f"chart_{one.kind}", f"{one.subject}/{one.day.isoformat()}", values)


def _endings() -> dict[str, date]:
    """Name -> the day on which it ends: as stated, of certificates on this machine, of keys of partners."""
    found = dict(settings.SIZAO.endings)
    for file in settings.SIZAO.certificates:
        try:
            read = x509.load_pem_x509_certificates(file.read_bytes())
        except (OSError, ValueError):
            found[f"{file.name} (?)"] = date.min  # what cannot be read is as good as ended
            continue
        for number, one in enumerate(read):
            name = file.name if not number else f"{file.name} ({number + 1})"
            found[name] = local_day(bare(one.not_valid_after_utc), settings.SIZAO.zone)
    return {**found, **_keys_of_partners()}


def _keys_of_partners() -> dict[str, date]:
    """When the last key of each partner ends: one that was exchanged already is no trouble."""
    held = PartnerKey.objects.filter(revoked_at__isnull=True, partner__ended_at__isnull=True)
    last = held.values_list("partner__name").annotate(Max("not_after"))
    return {f"{name} (key)": local_day(bare(until), settings.SIZAO.zone) for name, until in last}


def _chain(look: Watched) -> Iterator[Noticed]:
    place, look.checked = first_broken(look.checked)
    if place is not None:
        yield Noticed("chain", "chain", {"place": place})


def _jobs(moment: datetime) -> Iterator[Noticed]:
    found = condition.ledger(moment)
    if (found.oldest_job or 0.0) > limit("worker_late"):
        values = {"jobs": found.waiting, "seconds": round(found.oldest_job or 0.0)}
        yield Noticed("worker", "worker", values)
    if found.failed:
        yield Noticed("job", "jobs", {"jobs": found.failed})


def _disk() -> Iterator[Noticed]:
    free = shutil.disk_usage(settings.SIZAO.data).free
    if free < limit("least_free"):
        yield Noticed("disk", "data", {"gigabytes": f"{free / 1024**3:.1f}"})


def _backup(moment: datetime) -> Iterator[Noticed]:
    """The clock outside counts: how old a file is has nothing to do with the day a demonstration tells of."""
    made = last_backup(settings.SIZAO.data)
    outside = moment + timedelta(seconds=settings.SIZAO.clock_behind)
    if made is not None:
        days = (outside - made).days
        if days >= limit("backup_days"):
            yield Noticed("backup", "backup", {"days": days})
    elif settings.SIZAO.production:
        yield Noticed("backup_none", "backup", {})


def last_backup(data: Path) -> datetime | None:
    """When `sizao backup` last wrote a file that came back whole; None where it never did from here."""
    try:
        said = json.loads((data / LAST_BACKUP).read_text(encoding="utf-8"))
        return datetime.fromisoformat(said["made_at"]).astimezone(UTC)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _hours(seconds: float) -> str:
    """Hours; to a hundredth where it is less than one: a system that sends each minute is not "0.0"."""
    hours = seconds / 3600
    return f"{hours:.1f}" if hours >= 1 else f"{max(hours, 0.01):.2f}"


# -- hearing ---------------------------------------------------------------------------------------

KEPT_GAPS = 31


def hear(look: Watched, typed: str) -> None:
    """Note which sources gave facts or rows of streams since the last look. typed: the source of what people
    type here, which is no partner. Rows taken in as history say nothing of when their source was heard."""
    from sizao_web.records.ledger.reading_facts import Snapshot, current_snapshot

    now = current_snapshot()
    if look.until:
        for source, last in _arrived(Snapshot.parse(look.until).unseen(), typed).items():
            _heard(source, last)
    else:
        for source, last in _arrived("TRUE", typed).items():
            Heard.objects.get_or_create(source=source, defaults={"last_at": last})
    look.until = str(now)


def _heard(source: str, last: datetime) -> None:
    one, new = Heard.objects.get_or_create(source=source, defaults={"last_at": last})
    gap = (last - one.last_at).total_seconds()
    if new or gap <= 0:
        return
    if gap >= limit("silence_same_delivery"):
        one.gaps = [*one.gaps, gap][-KEPT_GAPS:]
    one.last_at = last
    one.save(update_fields=["last_at", "gaps"])


def _arrived(where: str, typed: str) -> dict[str, datetime]:
    from sizao.facts.dictionary import FACTS

    asked = [
        f"SELECT source_system, max(recorded_at) AS last FROM fact_{name}"
        f" WHERE {where} AND NOT history AND source_system <> %(typed)s GROUP BY 1"
        for name in FACTS
    ]
    # Who sends check-ins or temperatures alone gives no facts, and may fall silent too.
    asked.append(
        "SELECT source_system, max(recorded_at) AS last FROM stream_batch"
        f" WHERE {where} AND source_system <> %(typed)s GROUP BY 1"
    )
    parts = " UNION ALL ".join(asked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT source_system, max(last) FROM ({parts}) AS f GROUP BY 1", {"typed": typed})
        return dict(cursor.fetchall())
