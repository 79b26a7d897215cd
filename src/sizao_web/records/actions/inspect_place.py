"""Record an inspection with everything that it found, and the photographs of it: all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.keep_photo import keep_photo
from sizao_web.records.reading.facts import links
from sizao_web.records.writing import TYPED, Given, Refused, write

WITHOUT_OFFICE = Words(
    "您的岗位没有所属机构，不能登记检查。请联系账号管理员。",
    "Your duty belongs to no office, so it inspects nothing. Ask the administrator of accounts.",
)


@dataclass(frozen=True)
class Found:
    """Something that is wrong. kind, severity: codes; photos: files as they came."""

    kind: str
    severity: str
    note: str
    photos: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Inspection:
    """One inspection. form: the UUID its page made, so that sent twice it is there once."""

    form: str
    place: str
    found: tuple[Found, ...]

    @property
    def name(self) -> str:
        """Its number."""
        return f"inspection/{UUID(self.form).hex[:12]}"

    def finding(self, number: int) -> str:
        """The number of what was found, counted from 1."""
        return f"finding/{UUID(self.form).hex[:12]}-{number}"


def inspect_place(
    scope: Scope, moment: datetime, inspection: Inspection, *, request: str | None = None
) -> bool:
    """Whether it is new. Refused, NotAllowed; a photograph that cannot be kept refuses the whole."""
    office = scope.organisation
    if office is None:
        raise Refused([(0, WITHOUT_OFFICE)])
    if links(scope, "inspections").filter(source_system=TYPED, source_record=inspection.form).exists():
        return False
    common = {"inspection": inspection.name, "place": inspection.place}
    given = [Given("inspections", {**common, "inspected_at": moment, "by": office}, inspection.form)]
    for number, one in enumerate(inspection.found, 1):
        told = {"severity": one.severity, "kind": one.kind, "note": one.note or None, "found_at": moment}
        given.append(
            Given(
                "findings",
                {"finding": inspection.finding(number), **common, **told},
                f"{inspection.form}/{number}",
            )
        )
    with transaction.atomic():
        write(scope, moment, given, request=request)
        for number, one in enumerate(inspection.found, 1):
            for photo in one.photos:
                keep_photo(
                    scope, moment, photo, finding=inspection.finding(number), place=inspection.place,
                    area=scope.area, stage="found", request=request,
                )  # fmt: skip
    return True
