"""Which rules would catch a fact that is not recorded yet, so that a page can say so before it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from sizao.facts.dictionary import FACTS
from sizao.obligations.recorded import Recorded, Row
from sizao.obligations.values import Evaluator
from sizao.policy.model import RuleVersion
from sizao.terms.time import local_day
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.facts import effective, plain
from sizao_web.records.reading.pack import policy_in_use
from sizao_web.records.reading.stories import arrow_rows
from sizao_web.settings.clock import bare


def would_catch(scope: Scope, moment: datetime, fact: str, values: Mapping[str, Any]) -> list[RuleVersion]:
    """The texts of the pack in force now that catch this row of a fact, in order of their ids.

    Of look-ups only those about places are answered; a rule that asks for more is not known here, and left
    out.
    """
    policy, day = policy_in_use(), local_day(bare(moment), settings.SIZAO.zone)
    columns = FACTS[fact].columns
    named = {values[one.name] for one in columns if one.of == "place" and values.get(one.name)}
    places = plain(effective(scope, "places", moment).filter(place__in=named)) if named else []
    recorded = Recorded({"places": arrow_rows("places", places)}, known_by=bare(moment))
    row = Row(fact, "0" * 32, {name: _bare(value) for name, value in values.items()}, bare(moment))
    evaluator = Evaluator(recorded, row, zone=policy.zone, grades=policy.grades)
    return [
        text
        for text in sorted(policy.versions(), key=lambda one: one.rule)
        if text.for_each == fact
        and text.in_force_from <= day
        and (text.in_force_until is None or day < text.in_force_until)
        and (text.when is None or evaluator.truth(text.when) is True)
    ]


def demanding(texts: Iterable[RuleVersion], *readings: str) -> list[RuleVersion]:
    """Of these texts those with a step that one of these readings proves."""
    return [text for text in texts if any(step.proof.reading in readings for step in text.steps)]


def against(texts: Iterable[RuleVersion], about: str) -> list[RuleVersion]:
    """Of these texts those that demand something about a kind of thing: a place, a person."""
    return [text for text in texts if any(step.verb.about_kind == about for step in text.steps)]


def _bare(value: Any) -> Any:
    return bare(value) if isinstance(value, datetime) else value
