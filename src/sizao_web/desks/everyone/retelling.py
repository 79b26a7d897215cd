"""The library's sentences for a page: offices and areas by name, sources apart, facts one click away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from sizao.facts.readings import PARTS
from sizao.obligations.asked import teller
from sizao.obligations.recorded import Recorded, Row
from sizao.obligations.story import Section, Story
from sizao.policy.model import Policy
from sizao_web.pages.names import plainly
from sizao_web.pages.telling import Telling


@dataclass(frozen=True)
class Said:
    """One sentence. source: since when it is known and from where, told smaller; facts: (fact, key)."""

    text: str
    source: str
    level: int
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Part:
    """One section of a story."""

    heading: str
    sentences: tuple[Said, ...]


class Retelling:
    """Says a story again for one reader."""

    def __init__(
        self,
        story: Story,
        facts: Mapping[str, pa.Table],
        policy: Policy,
        *,
        known_by: datetime,
        known: Telling,
        seen: set[str],
    ) -> None:
        """known: names that the page has met; seen: citations that the reader may open."""
        self._recorded = Recorded(facts, known_by=known_by)
        self._teller = teller(self._recorded, policy, story.language)
        self._story, self._seen = story, seen
        self._known = known

    def parts(self) -> dict[str, Part]:
        """The sections by their names."""
        return {section.name: self._part(section) for section in self._story.sections}

    def because(self, trigger: str) -> str:
        """What set the row off, in one sentence; empty where that is not effective any more."""
        row = self._row(trigger)
        return "" if row is None else self._named(self._teller.fact(row))

    def _part(self, section: Section) -> Part:
        said = []
        below = {cite for one in section.sentences if one.level for cite in one.cites}
        for one in section.sentences:
            text, source = self._split(one.text, one.cites)
            # A fact that is told below its sentence is opened from there.
            mine = [fact_of(cite) for cite in one.cites if one.level or cite not in below]
            facts = [tuple(cite.split(":")) for cite in mine if cite in self._seen]
            said.append(Said(self._named(text), self._named(source), one.level, tuple(facts)))  # type: ignore[arg-type]
        return Part(section.heading, tuple(said))

    def _split(self, text: str, cites: Iterable[str]) -> tuple[str, str]:
        """A sentence about one fact, and its source where the library says it behind the sentence."""
        for cite in cites:
            row = self._row(cite)
            source = "" if row is None else self._teller.source(row)
            for opening, closing in (("（", "）。"), (" (", ").")):
                if source and text.endswith(opening + source + closing):
                    return text.removesuffix(opening + source + closing) + closing[-1], source
        return text, ""

    def _row(self, cite: str) -> Row | None:
        fact, _, key = cite.partition(":")
        if fact not in PARTS:
            return self._recorded.row(cite)
        return None if not key else self._recorded.row(fact_of(cite))

    def _named(self, text: str) -> str:
        return plainly(text, self._known)


def fact_of(cite: str) -> str:
    """A citation by the fact whose key it is: readings are made of facts."""
    name, _, key = cite.partition(":")
    return f"{PARTS[name][0] if name in PARTS else name}:{key}"
