"""What inspections found: each finding with what became of it, its limits and its photographs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from sizao.terms.identifiers import hex_key, parse_hex_key
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Obligation, Photo
from sizao_web.records.reading.facts import effective, links, plain
from sizao_web.records.reading.ledger import every_obligation, obligations

Row = dict[str, Any]


@dataclass(frozen=True)
class Finding:
    """One finding. rectified: the rectification that counts; refused: those that the second check refused.

    rows: its obligations, in order of their limits.
    """

    row: Row
    rectified: Row | None = None
    refused: tuple[Row, ...] = ()
    rows: tuple[Obligation, ...] = ()
    photos: tuple[Photo, ...] = field(default=())

    @property
    def state(self) -> str:
        """open | rectified | closed: not put right, put right and not checked, checked."""
        if self.rectified is None:
            return "open"
        return "rectified" if self.rectified["rechecked_at"] is None else "closed"

    @property
    def key(self) -> str:
        """Its key, for addresses."""
        return hex_key(self.row["key_hi"], self.row["key_lo"])


def finding(scope: Scope, moment: datetime, name: str) -> Finding | None:
    """One finding by its number; None where the scope sees none."""
    rows = plain(effective(scope, "findings", moment).filter(finding=name))
    return next(iter(_whole(scope, moment, rows[:1], rows_of=every_obligation(scope))), None)


def findings_of(scope: Scope, moment: datetime, **which: str) -> list[Finding]:
    """Findings of an inspection or at a place, the last first."""
    rows = plain(effective(scope, "findings", moment).filter(**which).order_by("-found_at", "finding"))
    return _whole(scope, moment, rows, rows_of=obligations(scope))


def inspection(scope: Scope, moment: datetime, name: str) -> Row | None:
    """One inspection by its number; None where the scope sees none."""
    return next(iter(plain(effective(scope, "inspections", moment).filter(inspection=name))), None)


def due_of_findings(scope: Scope) -> QuerySet[Obligation]:
    """What is to be done about findings now: overdue and open rows, the earlier due first."""
    rows = obligations(scope).filter(trigger_fact="findings", status__in=("overdue", "open"))
    return rows.order_by("due_at", "obligation_id")


def found_by_key(scope: Scope, moment: datetime, keys: Iterable[str]) -> dict[str, Row]:
    """Key of a finding -> its row, of the findings that set off rows."""
    wanted = set(keys)
    rows = effective(scope, "findings", moment).filter(key_lo__in=[parse_hex_key(one)[1] for one in wanted])
    named = {hex_key(row["key_hi"], row["key_lo"]): row for row in plain(rows)}
    return {key: row for key, row in named.items() if key in wanted}


def every_finding(scope: Scope, moment: datetime) -> QuerySet[Any]:
    """Findings that count, for a list; is_rectified, is_checked: what became of each."""
    said = effective(scope, "rectifications", moment).filter(finding=OuterRef("finding"))
    return effective(scope, "findings", moment).annotate(
        is_rectified=Exists(said), is_checked=Exists(said.filter(rechecked_at__isnull=False))
    )


def every_inspection(scope: Scope, moment: datetime) -> QuerySet[Any]:
    """Inspections that count, for a list."""
    return effective(scope, "inspections", moment)


def photo(scope: Scope, name: str) -> Photo | None:
    """A photograph that was not taken back; None where the scope sees none."""
    return Photo.objects.filter(POLICIES["photo"].q(scope), id=name, withdrawn_at__isnull=True).first()


def state_of(row: Mapping[str, Any]) -> str:
    """The state of a row of `every_finding`, as of `Finding.state`."""
    return "closed" if row["is_checked"] else "rectified" if row["is_rectified"] else "open"


def in_state(state: str) -> Q:
    """The rows of `every_finding` in a state."""
    return Q(is_checked=state == "closed") & (
        Q() if state == "closed" else Q(is_rectified=state == "rectified")
    )


def _whole(
    scope: Scope, moment: datetime, rows: list[Row], *, rows_of: QuerySet[Obligation]
) -> list[Finding]:
    names = [row["finding"] for row in rows]
    keys = {hex_key(row["key_hi"], row["key_lo"]): row["finding"] for row in rows}
    said: Mapping[str, list[Row]] = _grouped(
        plain(effective(scope, "rectifications", moment).filter(finding__in=names)), "finding"
    )
    refused = _grouped(
        plain(
            links(scope, "rectifications").filter(finding__in=names, action="retract", known_at__lte=moment)
        ),
        "finding",
    )
    due: dict[str, list[Obligation]] = {}
    of_findings = rows_of.filter(trigger_fact="findings", trigger_key__in=keys)
    for row in of_findings.order_by(F("withdrawn_at").asc(nulls_first=True), "due_at", "obligation_id"):
        due.setdefault(keys[row.trigger_key], []).append(row)
    seen = Photo.objects.filter(
        POLICIES["photo"].q(scope), finding__in=names, withdrawn_at__isnull=True
    ).defer("content")
    photos: dict[str, list[Photo]] = {}
    for one in seen.order_by("recorded_at", "id"):
        photos.setdefault(one.finding, []).append(one)
    return [
        Finding(
            row,
            max(said.get(row["finding"], ()), key=lambda one: one["rectified_at"], default=None),
            tuple(sorted(refused.get(row["finding"], ()), key=lambda one: one["known_at"])),
            tuple(due.get(row["finding"], ())),
            tuple(photos.get(row["finding"], ())),
        )
        for row in rows
    ]


def _grouped(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found
