"""What the database tells everybody, signed in or not: clinics, areas, contacts and notices, never a person.

A page without a scope sees no row of any table. These functions are its only way to what is public anyhow,
and each names its columns one by one: what a fact gains later does not become public by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sizao.facts.dictionary import FACTS
from sizao_web.records.access.functions import Function

_ASKED = "asked timestamp with time zone"
CLINIC_COLUMNS = ("place", "label_zh", "label_en", "kind", "level", "located_in", "from_on", "until_on")
CONTACT_COLUMNS = (
    "subject", "name_zh", "name_en", "telephone", "address_zh", "address_en", "hours_zh", "hours_en",
    "from_on", "until_on",
)  # fmt: skip
NOTICE_COLUMNS = (
    "notice", "kind", "covers", "title_zh", "title_en", "text_zh", "text_en", "from_on", "until_on",
    "announced_by", "basis", "known_at",
)  # fmt: skip
AREA_COLUMNS = ("path", "label_zh", "label_en", "level")
_TYPES = {"from_on": "date", "until_on": "date", "known_at": "timestamp with time zone"}


def _last(fact: str) -> str:
    """SQL: of each key of a fact the link that ranks last of those known by then, if it counts."""
    return (
        f"(SELECT DISTINCT ON (key_hi, key_lo) * FROM fact_{fact} WHERE known_at <= asked"
        " ORDER BY key_hi, key_lo, source_version DESC, known_at DESC, fact_id DESC)"
    )


def _function(name: str, more: str, fact: str, columns: tuple[str, ...], where: str) -> Function:
    declared = {one.name for one in FACTS[fact].columns} | {"known_at"}
    assert declared.issuperset(columns), (fact, columns)
    types = ", ".join(f"{one} {_TYPES.get(one, 'text')}" for one in columns)
    kinds = ["timestamp with time zone", *(["text"] if more else [])]
    return Function(
        f"{name}({','.join(kinds)})",
        ", ".join([_ASKED, *([f"{more} text"] if more else [])]),
        f"TABLE({types})",
        "sql",
        f"SELECT {', '.join(f'last.{one}' for one in columns)} FROM {_last(fact)} AS last"
        f" WHERE last.action <> 'retract' AND ({where})",
    )


_BEGUN = "last.from_on <= (asked AT TIME ZONE 'UTC')::date + 1"
"""What begins later is not public yet; the page, which knows the city's zone, cuts to the day."""

PUBLIC: Mapping[str, Function] = MappingProxyType(
    {
        one.signature: one
        for one in (
            _function(
                "sizao_public_clinics",
                "",
                "places",
                CLINIC_COLUMNS,
                f"(last.kind = 'fever_clinic' OR last.fever_clinic) AND {_BEGUN}",
            ),
            _function("sizao_public_contacts", "", "public_contacts", CONTACT_COLUMNS, _BEGUN),
            _function("sizao_public_notices", "", "notices", NOTICE_COLUMNS, _BEGUN),
            # One step around an area: itself, those it lies in, and those just below it; "" for the widest.
            _function(
                "sizao_public_areas",
                "around",
                "areas",
                AREA_COLUMNS,
                "last.path = around OR starts_with(around, last.path || '/')"
                " OR starts_with(last.path, around || '/')"
                " AND position('/' IN substr(last.path, length(around) + 2)) = 0"
                " OR around = '' AND position('/' IN last.path) = 0",
            ),
        )
    }
)
"""Signature -> function that every page may call."""
