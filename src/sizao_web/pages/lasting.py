"""What there is, in words: rooms, beds, tubes, teams, stock; how soon something is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.records.reading.capacity import Resource

WHAT: Mapping[str, tuple[Words, Words]] = MappingProxyType(
    {
        "rooms": (Words("隔离房间", "quarantine rooms"), Words("间", "rooms")),
        "beds": (Words("床位", "beds"), Words("张", "beds")),
        "tubes": (Words("每日检测能力", "tubes a day"), Words("管", "tubes")),
        "teams": (Words("队伍", "teams"), Words("支", "teams")),
        "stock": (Words("物资", "stock"), Words("", "")),
    }
)
"""What there is: its name, and what it is counted in."""
KINDS: Mapping[str, str] = MappingProxyType(
    {"beds": "bed_kinds", "teams": "team_kinds", "stock": "supply_items"}
)
"""What there is -> the code list of its kinds."""


def kind_words(what: str, kind: str) -> Words:
    """What a kind is called; what it is of where there are no kinds."""
    return CODE_LISTS[KINDS[what]].label_of(kind) if kind and what in KINDS else WHAT[what][0]


def short_words(one: Resource, today: date) -> Words:
    """How soon something is missing, and how much; or that it lasts."""
    short = one.short
    unit = WHAT[one.what][1]
    if short is None:
        return Words("够用", "lasts")
    ahead = (short.day - today).days
    if one.what == "stock":
        return Words(f"还够 {ahead} 天", f"lasts {ahead} days")
    when = Words("今天", "today") if ahead == 0 else Words(f"{ahead} 天后", f"in {ahead} days")
    return Words(f"{when.zh}缺 {short.missing} {unit.zh}", f"{short.missing} {unit.en} missing {when.en}")
