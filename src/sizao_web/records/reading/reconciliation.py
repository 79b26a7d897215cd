"""A partner's day: what it says it sent, beside what is here; what is missing by name.

sent = stored + merged + rejected + waiting + missing, for each fact, each stream and each file. difference is
what is missing: 0 closes the day. Rows of a file that wait for the ledger are here, and become one of the
others by themselves. A record counts once, whatever way and however often it came; rows of a stream that
came together are a parcel, and count once however often it came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import PartnerManifest, PartnerParcel, PartnerReceipt
from sizao_web.records.reading.deliveries import deliveries

Record = tuple[str, str, int]  # fact, source_record, source_version
OUTCOMES = ("stored", "merged", "rejected", "waiting", "missing")
_OF_FACTS = ("stored", "merged", "rejected", "missing")  # only rows of files wait
_RANK = {"stored": 0, "merged": 1, "rejected": 2}
NAMED = 1_000
"""So many of what is missing or rejected are named; the count is of all."""


@dataclass(frozen=True)
class FileDeclared:
    """One file as the partner declares it."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, order=True)
class ParcelDeclared:
    """Rows of a stream that the partner says it sent together: the digest of the body names them."""

    stream: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Manifest:
    """The last that the partner said about a day."""

    day: date
    declared_at: datetime
    files: tuple[FileDeclared, ...]
    records: tuple[Record, ...]
    parcels: tuple[ParcelDeclared, ...] = ()


@dataclass(frozen=True)
class Delivered:
    """What became of a file or a parcel that came: its rows by outcome. delivery: "" of a parcel."""

    delivery: str
    stored: int
    merged: int
    rejected: int
    waiting: int = 0


@dataclass(frozen=True)
class Reconciled:
    """The day. counts: outcome -> rows; files, parcels: each declared one and what became of it, None where
    it did not come; records: each declared one and its outcome; missing, rejected: of these, by name; beside,
    parcels_beside: came on the day and was not declared."""

    manifest: Manifest
    counts: Mapping[str, int]
    by_fact: Mapping[str, Mapping[str, int]]
    files: tuple[tuple[FileDeclared, Delivered | None], ...]
    parcels: tuple[tuple[ParcelDeclared, Delivered | None], ...]
    records: Mapping[Record, str]
    missing: tuple[Record, ...]
    rejected: tuple[Record, ...]
    beside: tuple[Record, ...]
    parcels_beside: tuple[ParcelDeclared, ...]

    @property
    def sent(self) -> int:
        """Records that the partner says it sent, by themselves, in files and in parcels."""
        together = (*self.manifest.files, *self.manifest.parcels)
        return len(self.manifest.records) + sum(one.rows for one in together)

    @property
    def difference(self) -> int:
        """How many of them are neither stored nor merged nor rejected, and do not wait either."""
        return self.sent - sum(self.counts[outcome] for outcome in OUTCOMES if outcome != "missing")

    @property
    def missing_files(self) -> tuple[FileDeclared, ...]:
        """Files that did not come."""
        return tuple(one for one, came in self.files if came is None)

    @property
    def missing_parcels(self) -> tuple[ParcelDeclared, ...]:
        """Parcels that did not come."""
        return tuple(sorted(one for one, came in self.parcels if came is None))[:NAMED]

    @property
    def rejected_parcels(self) -> tuple[ParcelDeclared, ...]:
        """Parcels of which some rows were rejected."""
        return tuple(sorted(one for one, came in self.parcels if came and came.rejected))[:NAMED]


def days_declared(scope: Scope, account: str, most: int) -> list[date]:
    """The last days for which a partner declared something, the newest first."""
    rows = PartnerManifest.objects.filter(POLICIES["partner_manifest"].q(scope), account=account)
    return list(rows.order_by("-day").values_list("day", flat=True).distinct()[:most])


def manifest_of(scope: Scope, day: date, account: str | None = None) -> Manifest | None:
    """What a partner last declared for a day; account: of the partner, where it does not ask itself."""
    account = account or scope.account
    rows = PartnerManifest.objects.filter(POLICIES["partner_manifest"].q(scope), account=account, day=day)
    found = rows.order_by("-declared_at", "-pk").first()
    if found is None:
        return None
    files = tuple(FileDeclared(one["name"], one["sha256"], one["rows"]) for one in found.files)
    records = tuple((fact, str(record), int(version)) for fact, record, version in found.records)
    parcels = tuple(ParcelDeclared(one["stream"], one["sha256"], one["rows"]) for one in found.parcels)
    return Manifest(day, found.declared_at, files, records, parcels)


def reconcile(scope: Scope, day: date, account: str | None = None) -> Reconciled | None:
    """The day of a partner; None where it declared nothing. account: as of `manifest_of`."""
    account = account or scope.account
    manifest = manifest_of(scope, day, account)
    if manifest is None:
        return None
    outcomes = _outcomes(_Asked(scope, account, day), manifest.records)
    files = tuple((one, _delivered(scope, account, one)) for one in manifest.files)
    parcels = _parcels(_Asked(scope, account, day), manifest.parcels)
    by_fact: dict[str, Counter[str]] = {}
    for record, outcome in outcomes.items():
        by_fact.setdefault(record[0], Counter())[outcome] += 1
    counts = Counter(outcomes.values())
    for declared, delivered in files:
        counts.update(_of_rows(declared.rows, delivered))
    for parcel, came in parcels:
        rows = _of_rows(parcel.rows, came)
        counts.update(rows)
        by_fact.setdefault(parcel.stream, Counter()).update(rows)
    on_day = {record for record, _ in _receipts(_Asked(scope, account, day))}
    return Reconciled(
        manifest,
        {outcome: counts[outcome] for outcome in OUTCOMES},
        {fact: {outcome: found[outcome] for outcome in _OF_FACTS} for fact, found in by_fact.items()},
        files,
        parcels,
        outcomes,
        tuple(sorted(one for one, outcome in outcomes.items() if outcome == "missing"))[:NAMED],
        tuple(sorted(one for one, outcome in outcomes.items() if outcome == "rejected"))[:NAMED],
        tuple(sorted(on_day - set(manifest.records)))[:NAMED],
        _beside(_Asked(scope, account, day), manifest.parcels),
    )


def receipts_of(scope: Scope, fact: str, source_record: str) -> list[PartnerReceipt]:
    """What became of each sending of one record of this partner, the first first."""
    rows = PartnerReceipt.objects.filter(
        POLICIES["partner_receipt"].q(scope), account=scope.account, fact=fact, source_record=source_record
    )
    return list(rows.order_by("pk")[:NAMED])


@dataclass(frozen=True)
class _Asked:
    """Whose day, and who asks."""

    scope: Scope
    account: str
    day: date


def _outcomes(asked: _Asked, declared: Iterable[Record]) -> dict[Record, str]:
    """The best that became of each record on the day; where nothing came then, whether it is here already."""
    on_day: dict[Record, str] = {}
    for record, outcome in _receipts(asked):
        if record not in on_day or _RANK[outcome] < _RANK[on_day[record]]:
            on_day[record] = outcome
    wanted = list(dict.fromkeys(declared))
    elsewhere = _stored_on_other_days(asked, [one for one in wanted if one not in on_day])
    return {
        record: on_day.get(record) or ("merged" if record in elsewhere else "missing") for record in wanted
    }


def _receipts(asked: _Asked) -> list[tuple[Record, str]]:
    rows = PartnerReceipt.objects.filter(
        POLICIES["partner_receipt"].q(asked.scope), account=asked.account, day=asked.day
    ).values_list("fact", "source_record", "source_version", "outcome")
    return [((fact, record, version), outcome) for fact, record, version, outcome in rows]


def _stored_on_other_days(asked: _Asked, sought: list[Record]) -> set[Record]:
    rows = (
        PartnerReceipt.objects.filter(POLICIES["partner_receipt"].q(asked.scope), account=asked.account)
        .exclude(day=asked.day)
        .exclude(outcome="rejected")
    )
    found: set[Record] = set()
    for fact in {one[0] for one in sought}:
        named = [record for of, record, _ in sought if of == fact]
        same = rows.filter(fact=fact, source_record__in=named)
        found |= set(same.values_list("fact", "source_record", "source_version"))
    return found & set(sought)


def _delivered(scope: Scope, account: str, declared: FileDeclared) -> Delivered | None:
    """What became of a file, by its digest; a file that was refused whole rejected every row."""
    rows = deliveries(scope, account=account, sha256=declared.sha256)
    found = rows.exclude(state="refused").first() or rows.first()
    if found is None:
        return None
    if found.state == "refused":
        return Delivered(str(found.pk), 0, 0, declared.rows)
    return Delivered(str(found.pk), found.stored, found.merged, found.rejected, found.waiting)


def _parcels(
    asked: _Asked, declared: Iterable[ParcelDeclared]
) -> tuple[tuple[ParcelDeclared, Delivered | None], ...]:
    """What became of each parcel: on the day, or, where it came then not at all, on another one."""
    wanted = list(declared)
    rows = PartnerParcel.objects.filter(
        POLICIES["partner_parcel"].q(asked.scope),
        account=asked.account,
        sha256__in={one.sha256 for one in wanted},
    )
    came: dict[tuple[str, str], list[PartnerParcel]] = {}
    for row in rows:
        came.setdefault((row.stream, row.sha256), []).append(row)
    return tuple((one, _best(came.get((one.stream, one.sha256), []), asked.day)) for one in wanted)


def _best(sent: list[PartnerParcel], day: date) -> Delivered | None:
    """The best that became of a parcel on the day: its rows were stored then by whichever sending was first.
    Of one that came on another day only, what was stored is there already."""
    on_day = [one for one in sent if one.day == day]
    if on_day:
        best = min(on_day, key=lambda one: (one.rejected, -one.stored))
        return Delivered("", best.stored, best.merged, best.rejected)
    if not sent:
        return None
    best = min(sent, key=lambda one: one.rejected)
    return Delivered("", 0, best.stored + best.merged, best.rejected)


def _beside(asked: _Asked, declared: Iterable[ParcelDeclared]) -> tuple[ParcelDeclared, ...]:
    rows = PartnerParcel.objects.filter(
        POLICIES["partner_parcel"].q(asked.scope), account=asked.account, day=asked.day
    ).values_list("stream", "sha256", "rows")
    named = {(one.stream, one.sha256) for one in declared}
    return tuple(sorted({ParcelDeclared(*row) for row in rows if row[:2] not in named}))[:NAMED]


def _of_rows(rows: int, delivered: Delivered | None) -> dict[str, int]:
    if delivered is None:
        return {"missing": rows}
    known = delivered.stored + delivered.merged + delivered.rejected + delivered.waiting
    return {
        "stored": delivered.stored,
        "merged": delivered.merged,
        "rejected": delivered.rejected,
        "waiting": delivered.waiting,
        "missing": max(rows - known, 0),
    }
