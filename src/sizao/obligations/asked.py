"""One obligation with everything its story is told from: rule, step, trigger, values, and the words of
one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pyarrow as pa

from sizao.obligations.recorded import Recorded, Row
from sizao.obligations.telling import Teller
from sizao.obligations.values import Evaluator
from sizao.policy.aloud import say as say_node
from sizao.policy.expressions.tree import Node
from sizao.policy.model import (
    Calendar,
    Escalation,
    OfficeOf,
    Plan,
    Policy,
    Rolling,
    RuleVersion,
    StepText,
    Verb,
)
from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import local_day, midnight
from sizao.terms.wording import say_duration, say_limit
from sizao.terms.words import Words

SELECTORS = {
    "residence": Words("居住地", "of the residence"),
    "place_of_stay": Words("停留地", "of the place of stay"),
    "recorded_area": Words("记录地", "of the area where it was recorded"),
    "place": Words("场所所在地", "of the area of the place"),
    "itself": Words("本单位", "itself"),
}


KEY_DIGITS = 32


class NoSuchText(LookupError):
    """The policy has no such rule, text or step: the row was derived with another pack."""


@dataclass(frozen=True)
class Asked:
    """What a story is about. row: one row of `obligations`; trigger: None when it is not effective any
    more."""

    row: Mapping[str, Any]
    policy: Policy
    version: RuleVersion
    step: StepText
    escalation: Escalation | None
    recorded: Recorded
    trigger: Row | None
    values: Evaluator | None
    teller: Teller
    as_of: datetime
    began: datetime | None  # when the stage began, for a step that follows another

    @property
    def verb(self) -> Verb:
        """What is to be done; of an escalation, its own verb."""
        return self.step.verb if self.escalation is None else self.escalation.verb

    @property
    def done_by(self) -> OfficeOf:
        """The office as the text names it."""
        return self.step.done_by if self.escalation is None else self.escalation.done_by

    def say(self, zh: str, en: str) -> str:
        """The words in the language of the story."""
        return self.teller.say(zh, en)

    def limit(self, instant: datetime) -> str:
        """An exclusive limit in words: by the end of a day, or before an instant."""
        return say_limit(instant, self.policy.zone, self.teller.language)

    def at(self, instant: datetime) -> str:
        """An instant in words."""
        return self.teller.at(instant)

    def on(self, day: date) -> str:
        """A day in words."""
        return self.teller.on(day)

    def lasting(self, first: datetime, second: datetime) -> str:
        """The time between two instants in words."""
        return say_duration(abs(second - first), self.teller.language)

    def words(self, words: Words) -> str:
        """Words of the pack in the language of the story."""
        return words.get(self.teller.language)

    def aloud(self, node: Node, reading: str | None = None) -> str:
        """An expression in words; reading: the fact whose row it is about, the trigger's where none is
        given."""
        return say_node(node, self.teller.language, reading or self.version.for_each, self.policy.zone)

    def office(self, office: OfficeOf) -> str:
        """An office as a text names it: sampling team of the place of stay."""
        where = self.words(SELECTORS[office.selector])
        if office.task is None:
            return where
        task = self.words(CODE_LISTS["office_tasks"].label_of(office.task))
        return self.say(f"{where}{task}", f"{task} {where}")


def asked(
    row: Mapping[str, Any],
    policy: Policy,
    facts: Mapping[str, pa.Table],
    *,
    as_of: datetime,
    known_by: datetime,
    language: str,
) -> Asked:
    """Everything about one row. NoSuchText when the policy has no such rule, text or step."""
    version = _version(row["rule"], row["version"], policy)
    name, _, escalated = row["step"].partition("!")
    step = next((one for one in version.steps if one.name == name), None)
    if step is None or (escalated and step.escalation is None):
        raise NoSuchText(
            f"rule {version.rule}, text {version.number} has no step {row['step']!r} in pack {policy.pack}; "
            "explain the row with the pack it was derived with"
        )
    recorded = Recorded(facts, known_by=known_by)
    trigger = recorded.row(f"{row['trigger_fact']}:{row['trigger_key']}")
    began = stage_start(row, step, policy.zone)
    return Asked(
        row=row,
        policy=policy,
        version=version,
        step=step,
        escalation=step.escalation if escalated else None,
        recorded=recorded,
        trigger=trigger,
        values=None if trigger is None else evaluator(trigger, recorded, policy, version, began),
        began=began,
        teller=teller(recorded, policy, language),
        as_of=as_of,
    )


def teller(recorded: Recorded, policy: Policy, language: str) -> Teller:
    """The words of one language, with the labels of areas and the names of places as recorded."""
    areas = {
        area.values["path"]: Words(area.values["label_zh"], area.values["label_en"])
        for area in recorded.all("areas")
        if area.values["label_zh"] and area.values["label_en"]
    }

    @cache
    def place_name(place: str) -> Words | None:
        """Asked of each place that is told: a city has more of them than a story names."""
        for row in recorded.where("places", "place", [place])[-1:]:
            zh, en = row.values.get("label_zh") or "", row.values.get("label_en") or ""
            return Words(zh or en, en or zh) if zh or en else None
        return None

    return Teller(language, policy.zone, areas, policy.grounds, place_name)


def evaluator(
    trigger: Row,
    recorded: Recorded,
    policy: Policy,
    version: RuleVersion,
    stage_start: datetime | None = None,
) -> Evaluator:
    """Values of the expressions of one text for one trigger."""
    return Evaluator(
        recorded,
        trigger,
        zone=policy.zone,
        grades=policy.grades,
        reach_back=version.grade_reach_back,
        stage_start=stage_start,
    )


def stage_start(row: Mapping[str, Any], step: StepText, zone: str) -> datetime | None:
    """When the stage of a step that follows another began; None when none is followed or the row does not
    tell.

    A span or a limit opens when its stage begins, day k of a plan k days after its day zero.
    """
    if step.after is None or isinstance(step.timing, Calendar | Rolling):
        return None
    if not isinstance(step.timing, Plan):
        opens: datetime = row["opens_at"]
        return opens
    number = occurrence_of(row)[1:]
    if not number.isdigit():
        return None
    days = int(number) + step.timing.numbering.shift
    return midnight(local_day(row["opens_at"], zone) - timedelta(days=days), zone)


def occurrence_of(row: Mapping[str, Any]) -> str:
    """The text of an occurrence, without the key of a related row or a proof; empty when it is only a key."""
    return next((part for part in str(row["occurrence"]).split("/") if len(part) != KEY_DIGITS), "")


def _version(rule: str, number: int, policy: Policy) -> RuleVersion:
    texts = policy.rules.get(rule, ())
    for text in texts:
        if text.number == number:
            return text
    known = (
        f"it has texts {', '.join(str(text.number) for text in texts)}" if texts else "it has no such rule"
    )
    raise NoSuchText(
        f"rule {rule}, text {number} is not in pack {policy.pack} ({known}); "
        "explain the row with the pack it was derived with"
    )
