"""The words of this desk."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.pages.presenters import Status

STATES: Mapping[str, Status] = MappingProxyType(
    {
        "open": Status(Words("未整改", "not put right"), "state-overdue"),
        "rectified": Status(Words("已报整改，待复查", "put right, to be checked again"), "state-open"),
        "closed": Status(Words("复查通过", "checked again: right"), "state-met"),
    }
)
"""State of a finding -> how it is shown."""

SEVERITY_COLOUR: Mapping[str, str] = MappingProxyType({"serious": "state-overdue", "minor": "state-upcoming"})


def kind(code: str | None) -> Words:
    """What kind of thing is wrong."""
    return CODE_LISTS["finding_kinds"].label_of(code) if code else Words("未分类", "no kind given")


def severity(code: str) -> Status:
    """How serious it is."""
    return Status(CODE_LISTS["finding_severities"].label_of(code), SEVERITY_COLOUR.get(code, "state-open"))
