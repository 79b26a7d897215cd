"""Response levels as a pack writes them in levels/*.yaml: who starts each, what it switches on, what lapses.

A response level belongs to an event and an area; it is neither the risk grade of an area nor what binds a
person. Which level is in force is a fact (response_levels); this says what follows from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sizao.policy.context import Context
from sizao.policy.fields import Fields, chosen, one_word
from sizao.policy.model import LegalBasis, Source
from sizao.policy.rules import legal_basis_of, order_of, read_window
from sizao.policy.texts import Entry, Map
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words

PLAN_REQUIRED = ("label", "basis", "source", "legal_basis", "in_force", "measures", "levels", "lowering")
LEVEL_KEYS = ("event", "started_by", "measures")
MEASURE_KEYS = ("label", "lapses", "rules", "source")
LOWERING_KEYS = ("by", "after")
# From the gravest to the least; as in the code list of the fact response_levels.
LEVELS = ("level_1", "level_2", "level_3", "level_4")
# Who may lower a level: the body that started it or one above it, or only that body.
LOWERED_BY = ("starter_or_above", "starter")


@dataclass(frozen=True)
class LevelMeasure:
    """Something that a level switches on. lapses: it ends by itself when the level no longer names it; else
    somebody must decide that it ends. rules: those of the pack that it stands for."""

    name: str
    label: Words
    lapses: bool
    rules: tuple[str, ...]
    source: Source


@dataclass(frozen=True)
class ResponseLevel:
    """One level: what kind of event it is for, the level of government that starts it, its measures."""

    level: str
    event: Words
    started_by: str
    measures: tuple[str, ...]


@dataclass(frozen=True)
class LevelPlan:
    """The levels of one plan, the gravest first, and how a level is lowered."""

    name: str
    label: Words
    basis: tuple[str, ...]
    source: Source
    legal_basis: LegalBasis
    in_force_from: date
    in_force_until: date | None
    measures: Mapping[str, LevelMeasure]
    levels: Mapping[str, ResponseLevel]
    lowered_by: str
    lowered_after: Words
    file: str = ""
    line: int = 0


def read_level_plan(
    name: str, found: list[Entry], rules: tuple[str, ...], context: Context
) -> LevelPlan | None:
    """The plan of that name; None when it cannot stand. rules: the ids that measures may name."""
    entry = found[-1]
    what = Words(f"响应分级“{name}”", f'the response levels "{name}"')
    whole = Fields(entry.value, what, context.problems, PLAN_REQUIRED, PLAN_REQUIRED, at=entry.key)
    if not isinstance(entry.value, Map):
        return None
    window = read_window(entry.value, entry.key, context)
    label, legal_basis = whole.words("label"), legal_basis_of(whole, what, context)
    source = context.source(whole, what)
    basis = tuple(order_of(item, context) for item in whole.many("basis"))
    measures = _measures(whole, source, rules, context)
    levels = _levels(whole, tuple(measures), context)
    lowering = _lowering(whole, context)
    if label is None or legal_basis is None or source is None or window is None or lowering is None:
        return None
    return LevelPlan(
        name=name,
        label=label,
        basis=tuple(order for order in basis if order),
        source=source,
        legal_basis=legal_basis,
        in_force_from=window.since,
        in_force_until=window.until,
        measures=measures,
        levels={level: levels[level] for level in LEVELS if level in levels},
        lowered_by=lowering[0],
        lowered_after=lowering[1],
        file=entry.key.source.file,
        line=entry.key.place().line,
    )


def _measures(
    whole: Fields, source: Source | None, rules: tuple[str, ...], context: Context
) -> dict[str, LevelMeasure]:
    item = whole.sub("measures")
    found: dict[str, LevelMeasure] = {}
    for name, entry in ({} if item is None else item.entries).items():
        what = Words(f"措施“{name}”", f'the measure "{name}"')
        fields = Fields(entry.value, what, context.problems, MEASURE_KEYS, ("label", "lapses"), at=entry.key)
        label, lapses = fields.words("label"), fields.flag("lapses", False)
        own = context.source(fields, what) if "source" in fields else source
        named = tuple(
            rule
            for one in (fields.many("rules") if "rules" in fields else ())
            if (scalar := one_word(one, "rules", context.problems)) is not None
            and (rule := chosen(scalar, rules, context.problems, "rule")) is not None
        )
        if label is not None:
            found[name] = LevelMeasure(name, label, lapses, named, own or Source("", "", "M"))
    return found


def _levels(whole: Fields, measures: tuple[str, ...], context: Context) -> dict[str, ResponseLevel]:
    item = whole.sub("levels")
    found: dict[str, ResponseLevel] = {}
    for entry in ({} if item is None else item.entries).values():
        level = chosen(entry.key, LEVELS, context.problems, "level")
        what = Words(f"响应级别“{entry.key.text}”", f'the response level "{entry.key.text}"')
        fields = Fields(entry.value, what, context.problems, LEVEL_KEYS, LEVEL_KEYS, at=entry.key)
        event = fields.words("event")
        starter = fields.choice("started_by", CODE_LISTS["area_levels"].names())
        named = tuple(
            measure
            for one in fields.many("measures")
            if (scalar := one_word(one, "measures", context.problems)) is not None
            and (measure := chosen(scalar, measures, context.problems, "measure")) is not None
        )
        if level is not None and event is not None and starter is not None:
            found[level] = ResponseLevel(level, event, starter, named)
    return found


def _lowering(whole: Fields, context: Context) -> tuple[str, Words] | None:
    item = whole.item("lowering")
    if item is None:
        return None
    what = Words("“lowering”", '"lowering"')
    fields = Fields(item, what, context.problems, LOWERING_KEYS, LOWERING_KEYS, at=whole.key("lowering"))
    by, after = fields.choice("by", LOWERED_BY), fields.words("after")
    return None if by is None or after is None else (by, after)
