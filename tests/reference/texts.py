"""Section 2: which text of a rule binds a trigger, and what later texts do to what is still ahead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from reference.facts import Row, World, believed
from reference.rows import (
    RECURRING,
    Obligation,
    Trigger,
    Window,
    as_rows,
    calendar_windows,
    opened,
    rolling_windows,
    windows,
)
from sizao.policy.model import Calendar, Policy, Rolling, RuleVersion, Running, Span, StepText

StageStart = Callable[[StepText], datetime | None]
Proofs = Callable[[StepText, str], list[Row]]


def counting_versions(world: World, versions: Sequence[RuleVersion]) -> list[RuleVersion]:
    """The versions adopted by known_by, in order; each ends where the next begins, if not before."""
    adopted = adopted_texts(world)
    if adopted is None:
        return list(versions)
    counting = [version for version in versions if (version.rule, version.digest) in adopted]
    found = []
    for version, following in zip(counting, [*counting[1:], None], strict=False):
        ends = [version.stated_until, None if following is None else following.in_force_from]
        until = min((day for day in ends if day is not None), default=None)
        found.append(replace(version, in_force_until=until))
    return found


def adopted_texts(world: World) -> set[tuple[str, str]] | None:
    """(rule, digest) of the texts adopted by known_by; None: the pack is adopted at the beginning of time.

    An adoption that takes effect later adopts nothing yet, but the pack has had it.

    A retracted adoption is looked at as it was written before: it adopts nothing, but the pack has had it.
    """
    known = [link for link in world.facts.get("adoptions", ()) if link["known_at"] <= world.known_by]
    kept = [link for link in known if link["action"] != "retract"]
    in_force = {row.key for row in believed("adoptions", known, world.known_by)}
    counted = [row for row in believed("adoptions", kept, world.known_by) if _counts(world.policy, row)]
    if not counted:
        return None
    return {
        (row["rule"], row["version"])
        for row in counted
        if row.key in in_force and row["happened_at"] <= world.known_by
    }


def _counts(policy: Policy, row: Row) -> bool:
    """Decided and approved by two persons, a text of this pack, and a pack without gaps."""
    deciders = {row["adopted_by"], row["approved_by"]} - {None, ""}
    texts = {(version.rule, version.digest) for version in policy.versions()}
    of_the_pack = row["pack"] == policy.pack and (row["rule"], row["version"]) in texts
    return of_the_pack and len(deciders) == 2 and not policy.gaps


def dates_fit(trigger: Trigger, version: RuleVersion) -> bool:
    until = version.in_force_until
    return trigger.event_on >= version.catches_from and (until is None or trigger.event_on < until)


def base_text(trigger: Trigger, versions: Sequence[RuleVersion]) -> int | None:
    """The place in the order of the first text that catches the trigger before its own end."""
    for place, version in enumerate(versions):
        if dates_fit(trigger, version) and trigger.catches(version):
            return place
    return None


def not_known(trigger: Trigger, versions: Sequence[RuleVersion]) -> RuleVersion | None:
    """The first text whose dates fit, when no text of those can say whether it catches."""
    fitting = [version for version in versions if dates_fit(trigger, version)]
    if fitting and all(trigger.when(version)[0] is None for version in fitting):
        return fitting[0]
    return None


def step_of(version: RuleVersion, name: str) -> StepText | None:
    return next((step for step in version.steps if step.name == name), None)


def rows_of_step(
    trigger: Trigger, versions: Sequence[RuleVersion], name: str, stage_start: StageStart, proofs: Proofs
) -> list[Obligation]:
    """All rows of one step for one trigger, after transitions; late knowledge and endings come next."""
    rows = _recurring(trigger, versions, name, stage_start, proofs)
    rows += _planned(trigger, versions, name, stage_start)
    of_each_id: dict[object, Obligation] = {}
    for row in sorted(rows, key=lambda row: row.version.number):
        of_each_id.setdefault(row.key, row)
    return list(of_each_id.values())


# -- recurring steps -------------------------------------------------------------------------------


def _recurring(
    trigger: Trigger, versions: Sequence[RuleVersion], name: str, stage_start: StageStart, proofs: Proofs
) -> list[Obligation]:
    world, rows = trigger.world, []
    limit = world.as_of + timedelta(world.policy.look_ahead_days)
    catching = [version for version in versions if trigger.catches(version)]
    for version in catching:
        step = step_of(version, name)
        if step is None or not isinstance(step.timing, RECURRING):
            continue
        start = stage_start(step)
        if step.after is not None and start is None:
            continue
        if isinstance(step.timing, Calendar):
            found = calendar_windows(trigger, version, step, start, limit)
            governed = [(window, window.opens) for window in found]
        else:
            about = trigger.row[step.about]
            not_before = world.instant(catching[0].in_force_from)
            chain = proofs(step, about) if about is not None else []
            found = rolling_windows(trigger, version, step, start, not_before, chain)
            governed = [(window, _counted_from(world, window, step)) for window in found]
        for window, instant in governed:
            if window.opens <= limit and _in_window(world, version, instant):
                rows += as_rows(trigger, version, step, window)
    return rows


def _counted_from(world: World, window: Window, step: StepText) -> datetime:
    """The instant a rolling row counts from: its anchor, or the opening of the first row."""
    if window.anchor is None:
        return window.opens
    at = world.as_instant(window.anchor[step.proof.at])
    assert at is not None
    return at


def _in_window(world: World, version: RuleVersion, instant: datetime) -> bool:
    day = world.local_day(instant)
    until = version.in_force_until
    return version.in_force_from <= day and (until is None or day < until)


# -- spans, plans and deadlines --------------------------------------------------------------------


def _planned(
    trigger: Trigger, versions: Sequence[RuleVersion], name: str, stage_start: StageStart
) -> list[Obligation]:
    base = base_text(trigger, versions)
    if base is None:
        return []
    world = trigger.world
    in_force = world.instant(versions[base].in_force_from)
    rows = _under(trigger, versions[base], name, stage_start, not_before=in_force)
    for version in versions[base + 1 :]:
        effect = world.instant(version.in_force_from)
        catches = trigger.catches(version)
        if version.running is Running.LIGHTEN:
            rows = _lightened(rows, _limit(trigger, version, effect) if catches else effect)
        elif version.running is Running.REPLACE:
            new = _under(trigger, version, name, stage_start) if catches else []
            ends = _end_under(trigger, version, name, stage_start) if catches else None
            rows = _replaced(rows, new, effect, ends)
    return rows


def _under(
    trigger: Trigger,
    version: RuleVersion,
    name: str,
    stage_start: StageStart,
    not_before: datetime | None = None,
) -> list[Obligation]:
    """The rows of one text."""
    step = step_of(version, name)
    if step is None or isinstance(step.timing, RECURRING):
        return []
    rows = []
    for planned in windows(trigger, version, step, stage_start(step)):
        window = opened(planned, step, trigger.row.known_at, not_before)
        if window is not None:
            rows += as_rows(trigger, version, step, window)
    return rows


def _lightened(rows: list[Obligation], limit: datetime | None) -> list[Obligation]:
    if limit is None:
        return rows
    left = [row for row in rows if row.opens < limit]
    for row in left:
        if row.is_span():
            row.closes = min(row.closes, limit)
    return left


def _limit(trigger: Trigger, version: RuleVersion, effect: datetime) -> datetime | None:
    """The end of the plan under the new text, never before it took effect; None: the text limits nothing."""
    spans = [step for step in version.steps if isinstance(step.timing, Span)]
    if not spans:
        return None
    ends = []
    for step in spans:
        for window in _as_planned(trigger, version, step):
            if window.closes is not None and window.opens < window.closes:
                ends.append(window.closes)
    return max([effect, *ends])


def _as_planned(trigger: Trigger, version: RuleVersion, step: StepText) -> list[Window]:
    """The windows of a step when nothing but its own text is asked."""
    if step.after is None:
        return windows(trigger, version, step, None)
    other = step_of(version, step.after.step)
    if step.after.event == "met" or other is None or isinstance(other.timing, RECURRING):
        return []
    before = [window.closes for window in _as_planned(trigger, version, other) if window.closes is not None]
    return windows(trigger, version, step, before[0]) if before else []


def _end_under(trigger: Trigger, version: RuleVersion, name: str, stage_start: StageStart) -> datetime | None:
    step = step_of(version, name)
    if step is None or not isinstance(step.timing, Span):
        return None
    found = windows(trigger, version, step, stage_start(step))
    return found[0].closes if found else None


def _replaced(
    rows: list[Obligation], new: list[Obligation], effect: datetime, ends: datetime | None
) -> list[Obligation]:
    left = []
    for row in rows:
        if row.opens >= effect:
            continue
        if row.is_span() and row.closes is not None and row.closes > effect:
            row = replace(row, closes=effect if ends is None else max(ends, effect))
        left.append(row)
    there = {row.key for row in left}
    return left + [row for row in new if row.opens >= effect and row.key not in there]


# -- order of the stages ---------------------------------------------------------------------------


def depth(version: RuleVersion, step: StepText, only_met: bool) -> int:
    """How many steps come before this one; with only_met, how many of them must be met first."""
    if step.after is None:
        return 0
    other = step_of(version, step.after.step)
    if other is None:
        return 0
    own = 1 if step.after.event == "met" or not only_met else 0
    return own + depth(version, other, only_met)


def steps_in_order(versions: Sequence[RuleVersion]) -> list[tuple[int, str]]:
    """(stage, step name), each step after the one it waits for."""
    stage: dict[str, int] = {}
    order: dict[str, int] = {}
    for version in versions:
        for step in version.steps:
            stage[step.name] = max(stage.get(step.name, 0), depth(version, step, only_met=True))
            order[step.name] = max(order.get(step.name, 0), depth(version, step, only_met=False))
    return [(stage[name], name) for name in sorted(stage, key=lambda name: (stage[name], order[name], name))]


def recurs(step: StepText) -> bool:
    return isinstance(step.timing, Calendar | Rolling)
