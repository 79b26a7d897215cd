"""Who may depend on somebody who is taken away: the others of the household, asked about one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.pages.telling import Telling
from sizao_web.records.actions.record_visit import DEPENDING
from sizao_web.records.reading.identities import names_of
from sizao_web.records.reading.proofs import way_of
from sizao_web.records.reading.visits import members_of


@dataclass(frozen=True)
class Mate:
    """Somebody of the same household. field: the part of the field's name that says who depends on whom."""

    person: str
    name: str
    field: str

    @property
    def shown(self) -> str:
        """What the page calls them."""
        return self.name or self.person


def kinds() -> dict[str, Words]:
    """What may be answered of somebody: not dependent, or why they are."""
    named = CODE_LISTS["dependant_kinds"]
    return {"": Words("不需要", "does not"), **{one: named.label_of(one) for one in DEPENDING}}


def mates_of(telling: Telling, rows: Sequence[Mapping[str, Any]], page: str) -> dict[str, tuple[Mate, ...]]:
    """Person of whom it must be asked who depends on them -> the others of the household."""
    asked = {
        row["about"]: row["household"]
        for row in rows
        if row["household"]
        and (way := way_of(row["rule"], row["version"], row["step"], row["place"])) is not None
        and way.reading == "dependants"
    }
    if not asked:
        return {}
    there = members_of(telling.scope, telling.moment, telling.zone, set(asked.values()))
    others = {one for household in there.values() for one in household}
    names = names_of(telling.scope, telling.moment, others, page)
    return {
        person: tuple(
            Mate(one, names.get(one, ""), f"{person}:{one}") for one in there[household] if one != person
        )
        for person, household in asked.items()
    }
