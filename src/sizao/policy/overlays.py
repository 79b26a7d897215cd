"""What a pack may do with a rule of the pack that it extends: end it, or tighten it. Never loosen it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sizao.facts.declaration import Words
from sizao.policy.context import Context, entries
from sizao.policy.fields import Fields
from sizao.policy.model import (
    Calendar,
    Deadline,
    Plan,
    Rolling,
    RuleVersion,
    Running,
    Source,
    Span,
    StepText,
)
from sizao.policy.texts import Entry, Item, Map, without

_TIGHTEN_KEYS = ("from", "catches_from", "running", "source", "legal_basis", "steps")
_STEP_KEYS = (
    "days",
    "months",
    "within",
    "every_days",
    "on_days",
    "grace_days",
    "closes_after",
    "min_gap",
    "max_pool",
    "place",
)
# What is running when a rule is ended goes on (keep) or ends that day (lighten).
ENDINGS = (Running.KEEP.value, Running.LIGHTEN.value)
_TIGHTEN = Words("“tighten”", '"tighten"')


@dataclass(frozen=True)
class End:
    """The day on which a rule is ended, whence, and what becomes of what is running."""

    on: date
    source: Source | None
    running: Running


def end_of(entry: Entry, known: bool, context: Context) -> End | None:
    """What a pack says of the end of a rule below it."""
    whole = Fields(entry.value, Words("规则的终止", "the end of a rule"), context.problems, ("end",))
    item = whole.sub("end")
    if item is None or not _is_known(entry, known, context):
        return None
    fields = Fields(
        item,
        Words("“end”", '"end"'),
        context.problems,
        ("on", "source", "running"),
        ("on", "source"),
        at=whole.key("end"),
    )
    what = Words(f"规则“{entry.key.text}”的终止", f'the end of the rule "{entry.key.text}"')
    source = context.source(fields, what)
    day = fields.date("on")
    running = fields.choice("running", ENDINGS, "running") or Running.KEEP.value
    return None if day is None else End(day, source, Running(running))


def overlaid(base: Map | None, entry: Entry, context: Context) -> Map | None:
    """The last text of the base with what the overlay tightens put in."""
    whole = Fields(entry.value, Words("规则的收紧", "tightening a rule"), context.problems, ("tighten",))
    item = whole.sub("tighten")
    if item is None or not _is_known(entry, base is not None, context):
        return None
    required = ("from", "running", "source", "steps")
    fields = Fields(
        item, _TIGHTEN, context.problems, _TIGHTEN_KEYS, required, {"running": "keep"}, whole.key("tighten")
    )
    steps, since = fields.sub("steps"), item.entries.get("from")
    if base is None or steps is None or since is None:
        return None
    merged = dict(base.entries)
    merged["in_force"] = Entry(since.key, replace(item, entries={"from": since}))
    merged.pop("catches_from", None)
    for key in ("catches_from", "running", "source", "legal_basis"):
        if key in item.entries:
            merged[key] = item.entries[key]
    must = base.entries.get("must")
    if must is not None:
        merged["must"] = Entry(must.key, _steps(must.value, steps, context))
    return replace(base, entries=merged)


def _is_known(entry: Entry, known: bool, context: Context) -> bool:
    if not known:
        context.problems.add(
            "overlay",
            entry.key,
            Words(
                f"被扩展的包没有规则“{entry.key.text}”", f'the extended pack has no rule "{entry.key.text}"'
            ),
            found=entry.key.text,
        )
    return known


def _steps(must: Item, steps: Map, context: Context) -> Item:
    if not isinstance(must, Map):
        return must
    Fields(steps, Words("“steps”", '"steps"'), context.problems, must.entries)
    merged = dict(must.entries)
    for name, entry in steps.entries.items():
        if name not in merged:
            continue
        Fields(entry.value, Words(f"步骤“{name}”", f'the step "{name}"'), context.problems, _STEP_KEYS)
        old = merged[name].value
        if isinstance(old, Map):
            own = {key: one for key, one in entries(entry.value).items() if key in _STEP_KEYS}
            merged[name] = Entry(merged[name].key, replace(old, entries={**old.entries, **own}))
    return replace(must, entries=merged)


def tell_looser(before: RuleVersion, after: RuleVersion, entry: Entry, context: Context) -> None:
    """Every key of the overlay that loosens the step it stands in."""
    written = entries(entries(entries(entry.value).get("tighten", entry).value).get("steps", entry).value)
    old = {step.name: step for step in before.steps}
    for step in after.steps:
        if step.name not in written or step.name not in old:
            continue
        for key, loose in _looser(old[step.name], step, context).items():
            changed = entries(written[step.name].value).get(key)
            if loose and changed is not None:
                context.problems.add(
                    "looser",
                    changed.key,
                    Words(f"“{key}”放宽了原规则", f'"{key}" loosens the rule; an overlay only tightens'),
                    found=key,
                    fix=without(changed.key, changed.value),
                )


def _looser(old: StepText, new: StepText, context: Context) -> dict[str, bool]:
    loose = _looser_timing(old, new)
    if old.place in context.strictness and new.place in context.strictness:
        order = context.strictness
        loose["place"] = order.index(str(new.place)) < order.index(str(old.place))
    longest = timedelta.max
    loose["closes_after"] = (new.closes_after or longest) > (old.closes_after or longest)
    return loose


def _looser_timing(old: StepText, new: StepText) -> dict[str, bool]:
    was, now = old.timing, new.timing
    if isinstance(was, Span) and isinstance(now, Span):
        return {
            "days": (now.days or 0) < (was.days or 0),
            "months": (now.months or 0) < (was.months or 0),
            "within": now.within > was.within,
        }
    if isinstance(was, Plan) and isinstance(now, Plan):
        return {
            "on_days": not set(was.on_days) <= set(now.on_days),
            "grace_days": now.grace_days > was.grace_days,
        }
    if isinstance(was, Deadline) and isinstance(now, Deadline):
        longest = timedelta.max
        return {"within": (now.within or longest) > (was.within or longest)}
    if isinstance(was, Rolling) and isinstance(now, Rolling):
        return {"every_days": now.every_days > was.every_days, "min_gap": now.min_gap < was.min_gap}
    assert isinstance(was, Calendar | Span | Plan | Deadline | Rolling)
    return {}
