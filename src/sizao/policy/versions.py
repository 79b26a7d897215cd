"""The texts of one rule in order of their dates: windows, splits at parameter dates, what follows what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from sizao.facts.declaration import Words
from sizao.policy.adopting import capped
from sizao.policy.context import Context, Dated, elements, entries, in_force
from sizao.policy.expressions.tree import Literal, Position, Type
from sizao.policy.fields import replaced, tell_shape
from sizao.policy.model import RuleVersion, Running, Span
from sizao.policy.overlays import End, end_of, overlaid, tell_looser
from sizao.policy.problems import Fix
from sizao.policy.rules import RUNNING, Draft, SubjectEnd, Window, digest_of, read_text, read_window
from sizao.policy.texts import Entry, Item, Map


@dataclass(frozen=True)
class _Text:
    """One text of a rule: as written, or made by an overlay that tightens the last one."""

    key: Item
    text: Map
    window: Window
    tightened: Entry | None = None


def read_rule(
    rule: str, found: list[Entry], ends: tuple[SubjectEnd, ...], context: Context
) -> tuple[RuleVersion, ...]:
    texts: list[_Text] = []
    end: End | None = None
    for entry in found:
        end = _add_texts(texts, rule, entry, context) or end
    _tell_windows(texts, context)
    drafts: list[Draft] = []
    for number, text in enumerate(texts):
        following = texts[number + 1].window.since if number + 1 < len(texts) else None
        own = _drafts(rule, text, following, ends, context)
        if text.tightened is not None and drafts and own:
            tell_looser(drafts[-1].version, own[0].version, text.tightened, context)
        drafts += own
    _tell_transitions(drafts, texts, context)
    versions = [draft.version for draft in drafts]
    if end is not None and versions and end.running is Running.LIGHTEN:
        versions.append(_released(versions[-1], end))
    return _numbered(versions)


def _released(last: RuleVersion, end: End) -> RuleVersion:
    """A text that binds nobody: what runs under the one before ends on its day."""
    nobody = Literal(False, Type.BOOL, Position(1, 1))
    text = replace(
        last,
        when=nobody,
        in_force_from=end.on,
        in_force_until=None,
        stated_until=None,
        catches_from=end.on,
        running=Running.LIGHTEN,
        source=end.source or last.source,
        numbers=(),
    )
    return replace(text, digest=digest_of(text))


def _add_texts(texts: list[_Text], rule: str, entry: Entry, context: Context) -> End | None:
    """The texts of one entry: a version, a list of versions, or `tighten` or `end` of those below.

    Gives the end, when it is one.
    """
    if isinstance(entry.value, Map) and "end" in entry.value.entries:
        end = end_of(entry, bool(texts), context)
        if end is not None:
            texts[:] = _ended(texts, end.on)
        return end
    if isinstance(entry.value, Map) and "tighten" in entry.value.entries:
        tighter = overlaid(texts[-1].text if texts else None, entry, context)
        window = None if tighter is None else read_window(tighter, entry.key, context)
        if tighter is not None and window is not None:
            texts.append(_Text(entry.key, tighter, window, entry))
        return None
    several = not isinstance(entry.value, Map)
    for item in elements(entry.value):
        if not isinstance(item, Map):
            what = Words(f"规则“{rule}”", f'the rule "{rule}"')
            wanted = Words("一组“键: 值”", "a map of keys and values")
            tell_shape(item, what, wanted, context.problems)
            continue
        key = replace(item, end=item.start + 1) if several else entry.key
        window = read_window(item, key, context)
        if window is None:
            window = _stand_in(texts)
        texts.append(_Text(key, item, window))
    return None


def _stand_in(texts: list[_Text]) -> Window:
    """Dates for a text without usable ones (already told), so that the rest of it is checked too."""
    since = date(2020, 1, 1) if not texts else texts[-1].window.since + timedelta(days=1)
    return Window(since, None, since, Running.KEEP)


def _ended(texts: list[_Text], day: date) -> list[_Text]:
    kept = [text for text in texts if text.window.since < day]
    if kept:
        last = kept[-1]
        kept[-1] = replace(last, window=replace(last.window, until=min(day, last.window.until or day)))
    return kept


def _drafts(
    rule: str, text: _Text, following: date | None, ends: tuple[SubjectEnd, ...], context: Context
) -> list[Draft]:
    """The text as it stands at its beginning, and at each day on which a parameter it uses changes."""
    window = text.window
    first = read_text(rule, text.key, text.text, window, window.since, ends, context)
    if first is None:
        return []
    limit = min((day for day in (window.until, following) if day is not None), default=None)
    drafts = [first]
    for day in _changes(first.used, window.since, limit, context):
        changed = replace(window, running=_running_at(first.used, day, text, context))
        draft = read_text(rule, text.key, text.text, changed, day, ends, context)
        if draft is not None:
            drafts.append(draft)
    return drafts


def _changes(used: frozenset[str], since: date, limit: date | None, context: Context) -> list[date]:
    days = {
        dated.since
        for name in used
        for before, dated in pairwise(context.parameters[name])
        if dated.since > since and (limit is None or dated.since < limit) and dated.value != before.value
    }
    return sorted(days)


def _running_at(used: frozenset[str], day: date, text: _Text, context: Context) -> Running | None:
    """What the changed values say of running plans; each must say it, and all of one day the same."""
    found: Running | None = None
    first: Dated | None = None
    for name in sorted(used):
        dated = in_force(context.parameters[name], day)
        if dated is None or dated.since != day:
            continue
        if dated.running is None:
            _tell_running(dated.place, name, text, context)
        elif found is not None and first is not None and dated.running is not found:
            context.problems.add(
                "running_differs",
                dated.place,
                Words(
                    "同日变更的参数对已在执行的安排规定不同",
                    "parameters that change on one day say different things of running plans",
                ),
                found=dated.running.value,
                expected=(found.value,),
                also=(first.place, text.key),
            )
        else:
            found, first = dated.running, dated
    return found


def _tell_running(place: Item, name: str, text: _Text, context: Context) -> None:
    at = place.place()
    line = f"running: keep, from: {at.text[at.column - 1 : at.column - 1 + at.length]}"
    start = place.source.text.rfind("from", 0, place.start)
    in_flow = place.source.text[place.start : place.end]
    block = "{" not in at.text
    indent = start - place.source.starts[at.line - 1]
    words = f"running: keep\n{' ' * indent}from: {in_flow}" if block else line
    context.problems.add(
        "running",
        place,
        Words(
            f"参数 {name} 在规则有效期内变更，须写明“running”",
            f'the parameter {name} changes while a rule is in force: say "running"',
        ),
        found=in_flow,
        expected=RUNNING,
        also=(text.key,),
        fix=Fix(place.source.file, start, place.end, words),
    )


def _tell_windows(texts: list[_Text], context: Context) -> None:
    """Texts of a rule follow each other; a stated end does not reach into the next text."""
    for before, after in pairwise(texts):
        place = _date_item(after, "from")
        if after.window.since <= before.window.since:
            context.problems.add(
                "versions_order",
                place,
                Words("各版本应按生效日期先后排列", "the versions of a rule go by their date in force"),
                found=after.window.since.isoformat(),
                expected=(f"> {before.window.since.isoformat()}",),
                also=(_date_item(before, "from"),),
                fix=replaced(place, (before.window.since + timedelta(days=1)).isoformat()),
            )
        elif before.window.until is not None and before.window.until > after.window.since:
            until = _date_item(before, "until")
            context.problems.add(
                "versions_overlap",
                until,
                Words("版本的有效期重叠", "the version runs on after the next one is in force"),
                found=before.window.until.isoformat(),
                expected=(f"<= {after.window.since.isoformat()}",),
                also=(place,),
                fix=replaced(until, after.window.since.isoformat()),
            )
        if after.window.running is None and "running" not in after.text.entries:
            context.problems.add(
                "running",
                after.key,
                Words(
                    "后续版本须写明“running”：已在执行的安排怎么办",
                    'a later version says what becomes of running plans: "running"',
                ),
                expected=RUNNING,
                also=(before.key,),
                fix=after.text.insertion("running: keep"),
            )


def _date_item(text: _Text, key: str) -> Item:
    return (
        entries(text.text.get("in_force"))[key].value
        if key in entries(text.text.get("in_force"))
        else text.key
    )


def _tell_transitions(drafts: list[Draft], texts: list[_Text], context: Context) -> None:
    by_key = {id(text.key): text for text in texts}
    for before, after in pairwise(drafts):
        version = after.version
        text = by_key[id(after.where)]
        if version.running is Running.REPLACE and not _own_basis(before, after, context):
            step = _lengthened(before.version, version)
            if step is not None:
                _tell_lengthened(before, after, text, step, context)
        cut_short = version.running is Running.LIGHTEN and before.where is not after.where
        if cut_short and "catches_from" not in text.text.entries:
            context.warn(
                f"规则“{version.rule}”自{version.in_force_from}起：lighten 而无 catches_from，"
                "此前触发的安排当日即止",
                f'the rule "{version.rule}" from {version.in_force_from}: lighten without catches_from '
                "ends on that day what was triggered before",
            )


def _own_basis(before: Draft, after: Draft, context: Context) -> bool:
    """Whether a text names a legal basis that is not just the one before it."""
    if before.where is not after.where:
        return before.version.legal_basis != after.version.legal_basis
    day = after.version.in_force_from
    values = [in_force(context.parameters[name], day) for name in after.used]
    changed = [value for value in values if value is not None and value.since == day]
    return bool(changed) and any(value.own_basis for value in changed)


def _lengthened(before: RuleVersion, after: RuleVersion) -> str | None:
    """The first restricting step that lasts longer than before, or is new."""
    old = {step.name: step.timing for step in before.steps if step.verb.restricts}
    for step in after.steps:
        timing = step.timing
        if not step.verb.restricts or not isinstance(timing, Span):
            continue
        was = old.get(step.name)
        if not isinstance(was, Span):
            return step.name
        longer = was.days is not None and timing.days is not None and timing.days > was.days
        more_months = was.months is not None and timing.months is not None and timing.months > was.months
        if longer or more_months:
            return step.name
    return None


def _tell_lengthened(before: Draft, after: Draft, text: _Text, step: str, context: Context) -> None:
    day = after.version.in_force_from
    where: Item = text.key
    running = text.text.get("running")
    also: tuple[Item, ...] = (before.where,)
    if before.where is after.where:
        values = [in_force(context.parameters[name], day) for name in sorted(after.used)]
        value = next(value for value in values if value is not None and value.since == day)
        where, running, also = value.place, value.running_place, (text.key,)
    elif "legal_basis" in text.text.entries:
        where = text.text.entries["legal_basis"].key
    context.problems.add(
        "lengthened",
        where,
        Words(
            f"自{day}起以 replace 延长对人的限制（{step}），须有自己的法律依据",
            f'from {day} "replace" lengthens a restriction ({step}): it needs a legal basis of its own',
        ),
        found="replace",
        expected=("keep", "lighten", "legal_basis"),
        also=also,
        fix=_kept(running),
    )


def _kept(running: Item | None) -> Fix | None:
    """Running plans stay as they are, unless the text earns more."""
    return None if running is None else replaced(running, "keep")


def _numbered(versions: list[RuleVersion]) -> tuple[RuleVersion, ...]:
    """Numbers in order of the dates, each window ended by the next text."""
    return capped([replace(version, number=number) for number, version in enumerate(versions, start=1)])
