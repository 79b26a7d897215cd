"""From the texts of a pack to its policy, or to every problem in them at once. Opens no file.

The folder of a pack is read by `sizao.store.packs`; the format is in docs/reference/pack-format.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from sizao.facts.declaration import Words
from sizao.policy.adopting import capped
from sizao.policy.context import UNITS, Context, Dated, Value, elements, entries, in_force
from sizao.policy.fields import (
    Fields,
    chosen,
    duration_of,
    integer_of,
    one_word,
    replaced,
    tell_shape,
    words_of,
)
from sizao.policy.model import Policy, RuleVersion, Running, Span
from sizao.policy.model import Source as Basis
from sizao.policy.overlays import end_of, overlaid, tell_looser
from sizao.policy.problems import Fix, PackProblems, Problem, nearest
from sizao.policy.rules import RUNNING, Draft, SubjectEnd, Window, read_text, read_window
from sizao.policy.texts import Entry, Item, Map, Problems, Scalar, Source, read
from sizao.policy.verbs import ABOUT_KINDS, read_ending, read_verb

_PACK_KEYS = (
    "pack",
    "label",
    "zone",
    "horizon_days",
    "look_ahead_days",
    "strictness",
    "grades",
    "grounds",
    "sources",
    "extends",
    "gaps",
    "exercise",
    "subject_ends",
)
_PACK_REQUIRED = ("pack", "label", "zone", "strictness", "grades", "grounds", "sources")
_FOLDERS = ("parameters", "rules", "examples")
_DEFAULTS = {"zone": "Asia/Shanghai", "grades": "[low, medium, high]"}
# Stands in for a source that is told to be wrong, so that the value still counts.
_UNREAD = Basis("", "", "M")
_ENTRY_KEYS = ("from", "value", "unit", "source", "running", "legal_basis")


@dataclass
class Pack:
    """The texts of one pack as maps, before anything in them is understood."""

    pack: Map
    verbs: dict[str, Entry] = field(default_factory=dict)
    parameters: dict[str, list[Entry]] = field(default_factory=dict)
    rules: dict[str, list[Entry]] = field(default_factory=dict)


def load_pack(files: Mapping[str, str], others: Mapping[str, Mapping[str, str]] | None = None) -> Policy:
    """The policy that the texts of a pack state (relative path -> text).

    others: the texts of the packs that it may extend, by name. PackProblems tells every problem.
    """
    context = Context()
    pack = _gathered(files, "", others or {}, context.problems, ())
    policy = None if pack is None else _understood(pack, _digest(files, others or {}), context)
    found = _without_echoes(tuple(context.problems))
    if found or policy is None:
        raise PackProblems(found)
    return policy


def _without_echoes(found: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Of a pack with a file that cannot be read, no complaint that something of that file is unknown."""
    if all(problem.kind != "yaml" for problem in found):
        return found
    return tuple(problem for problem in found if problem.kind not in ("rule", "verb", "parameter", "source"))


# Gathering the texts


def _digest(files: Mapping[str, str], others: Mapping[str, Mapping[str, str]]) -> str:
    """Of everything that decides what the pack says: not of examples."""
    parts = [("", files), *sorted(others.items())]
    whole = sha256()
    for name, texts in parts:
        for path in sorted(texts):
            if path.endswith(".yaml") and not path.startswith("examples/"):
                whole.update(f"{name}\x1f{path}\x1f{texts[path]}\x1f".encode())
    return whole.hexdigest()[:12]


def _gathered(
    files: Mapping[str, str],
    prefix: str,
    others: Mapping[str, Mapping[str, str]],
    problems: Problems,
    within: tuple[str, ...],
) -> Pack | None:
    if "pack.yaml" not in files:
        where = Source.of(f"{prefix}pack.yaml", "").place(0, 0)
        problems.add("file", where, Words("没有 pack.yaml", "there is no pack.yaml"), expected=("pack.yaml",))
        return None
    maps = {path: _top(path, files[path], prefix, problems) for path in sorted(files) if _is_text(path)}
    whole = maps["pack.yaml"]
    if whole is None:
        if not any(problem.file == f"{prefix}pack.yaml" for problem in problems):
            where = Source.of(f"{prefix}pack.yaml", "").place(0, 0)
            message = Words("pack.yaml 是空的", "pack.yaml is empty")
            problems.add("file", where, message, expected=_PACK_REQUIRED)
        return None
    pack = Pack(whole)
    for path, top in maps.items():
        if top is not None:
            _sort_in(pack, path, top, problems)
    base = whole.get("extends")
    if base is None:
        return pack
    return _extended(pack, base, others, problems, within)


def _is_text(path: str) -> bool:
    return path.endswith((".yaml", ".yml")) and not path.startswith("examples/")


def _top(path: str, text: str, prefix: str, problems: Problems) -> Map | None:
    item = read(f"{prefix}{path}", text, problems)
    if item is None or isinstance(item, Map):
        return item
    tell_shape(item, Words("文件", "the file"), Words("一组“键: 值”", "a map of keys and values"), problems)
    return None


def _sort_in(pack: Pack, path: str, top: Map, problems: Problems) -> None:
    if path == "pack.yaml":
        return
    if path == "verbs.yaml":
        pack.verbs.update(top.entries)
        return
    folder = path.split("/")[0]
    if "/" not in path or folder not in _FOLDERS or path.endswith(".yml"):
        near = nearest(folder, ("pack.yaml", "verbs.yaml", *(f"{name}/" for name in _FOLDERS)))
        problems.add(
            "file",
            top.source.place(0, 1),
            Words(f"包中没有“{path}”的位置", f'a pack has no place for "{path}"'),
            found=path,
            expected=("pack.yaml", "verbs.yaml", "parameters/*.yaml", "rules/*.yaml", "examples/*.yaml"),
            near=near,
        )
        return
    known = pack.parameters if folder == "parameters" else pack.rules
    for name, entry in top.entries.items():
        if name in known:
            kind = Words("参数", "parameter") if folder == "parameters" else Words("规则", "rule")
            problems.add(
                "duplicate_id",
                entry.key,
                Words(f"{kind.zh}“{name}”在两个文件中", f'the {kind.en} "{name}" stands in two files'),
                found=name,
                also=(known[name][0].key,),
                fix=replaced(entry.key, _free(name, known)),
            )
            name = _free(name, known)
        known.setdefault(name, []).append(entry)


def _free(name: str, known: Mapping[str, object]) -> str:
    number = 2
    while f"{name}-{number}" in known:
        number += 1
    return f"{name}-{number}"


def _extended(
    pack: Pack,
    base: Item,
    others: Mapping[str, Mapping[str, str]],
    problems: Problems,
    within: tuple[str, ...],
) -> Pack | None:
    scalar = one_word(base, "extends", problems)
    if scalar is None:
        return None
    name = chosen(scalar, others, problems, "extends")
    if name is None:
        return None
    if name in within:
        problems.add(
            "extends",
            scalar,
            Words("包互相扩展", "the packs extend each other"),
            found=" → ".join((*within, name)),
        )
        return None
    under = _gathered(others[name], f"../{name}/", others, problems, (*within, name))
    return None if under is None else _laid_over(under, pack)


def _laid_over(under: Pack, over: Pack) -> Pack:
    """The base with the overlay's keys, verbs and dated values; rules are joined by id when they are read."""
    merged = replace(over.pack, entries={**under.pack.entries, **over.pack.entries})
    for key in ("grounds", "sources"):
        both = {**entries(under.pack.get(key)), **entries(over.pack.get(key))}
        own = over.pack.entries.get(key) or under.pack.entries.get(key)
        if own is not None and isinstance(own.value, Map):
            merged.entries[key] = Entry(own.key, replace(own.value, entries=both))
    both_parameters = {name: list(found) for name, found in under.parameters.items()}
    for name, found in over.parameters.items():
        both_parameters.setdefault(name, []).extend(found)
    both_rules = {name: list(found) for name, found in under.rules.items()}
    for name, found in over.rules.items():
        both_rules.setdefault(name, []).extend(found)
    return Pack(merged, {**under.verbs, **over.verbs}, both_parameters, both_rules)


# Understanding them


def _understood(pack: Pack, digest: str, context: Context) -> Policy | None:
    problems = context.problems
    whole = Fields(
        pack.pack, Words("pack.yaml", "pack.yaml"), problems, _PACK_KEYS, _PACK_REQUIRED, _DEFAULTS
    )
    name, label = whole.text("pack"), whole.words("label")
    zone = _zone(whole, problems)
    context.strictness = _codes_of(whole, "strictness", problems)
    context.grades = _codes_of(whole, "grades", problems)
    context.grounds = _labelled(whole, "grounds", problems)
    context.sources = _labelled(whole, "sources", problems)
    context.begin_codes()
    horizon, ahead = whole.integer("horizon_days", 1), whole.integer("look_ahead_days")
    exercise = whole.flag("exercise", False)
    context.parameters = {key: _parameter(key, found, context) for key, found in pack.parameters.items()}
    for verb, entry in pack.verbs.items():
        read_one = read_verb(verb, entry, context)
        if read_one is not None:
            context.verbs[verb] = read_one
    ends = tuple(
        _subject_end(item, tuple(pack.rules), context) for item in elements(whole.item("subject_ends"))
    )
    real_ends = tuple(end for end in ends if end is not None)
    rules = {rule: _rule(rule, found, real_ends, context) for rule, found in pack.rules.items()}
    if name is None or label is None or zone is None:
        return None
    return Policy(
        pack=name,
        digest=digest,
        label=label,
        zone=zone,
        horizon_days=horizon or 400,
        look_ahead_days=14 if ahead is None else ahead,
        rules={rule: rules[rule] for rule in sorted(rules)},
        verbs={verb: text.verb for verb, text in context.verbs.items()},
        grounds=context.grounds,
        sources=context.sources,
        strictness=context.strictness,
        grades=context.grades,
        gaps=tuple(_gap(item, problems) for item in elements(whole.item("gaps"))),
        warnings=tuple(context.warnings),
        exercise=exercise,
    )


def _gap(item: Item, problems: Problems) -> Words:
    if isinstance(item, Scalar):
        return Words(item.text.strip(), item.text.strip())
    return words_of(item, "gaps", problems) or Words("", "")


def _zone(whole: Fields, problems: Problems) -> str | None:
    scalar = whole.scalar("zone")
    if scalar is None:
        return None
    try:
        return ZoneInfo(scalar.text.strip()).key
    except (ValueError, OSError, KeyError):
        return chosen(scalar, sorted(available_timezones()), problems, "zone")


def _codes_of(whole: Fields, key: str, problems: Problems) -> tuple[str, ...]:
    found = [one_word(item, key, problems) for item in whole.many(key)]
    return tuple(scalar.text.strip() for scalar in found if scalar is not None)


def _labelled(whole: Fields, key: str, problems: Problems) -> dict[str, Words]:
    found = {name: words_of(entry.value, name, problems) for name, entry in entries(whole.sub(key)).items()}
    return {name: words or Words(name, name) for name, words in found.items()}


# Parameters


def _parameter(name: str, found: list[Entry], context: Context) -> tuple[Dated, ...]:
    """The dated values in order; of two with one date the later text (an overlay's) counts."""
    by_date: dict[date, Dated] = {}
    for entry in found:
        values = [_dated(name, item, entry, context) for item in elements(entry.value)]
        known = [value for value in values if value is not None]
        _tell_unordered(known, context)
        by_date |= {value.since: value for value in known}
    dated = tuple(by_date[since] for since in sorted(by_date))
    for value in dated[1:]:
        if value.unit != dated[0].unit:
            context.problems.add(
                "unit",
                value.unit_place,
                Words(f"参数 {name} 的单位前后不同", f"the unit of the parameter {name} changes"),
                found=value.unit,
                expected=(dated[0].unit,),
                also=(dated[0].unit_place,),
                fix=replaced(value.unit_place, dated[0].unit),
            )
    return tuple(replace(value, unit=dated[0].unit) for value in dated)


def _tell_unordered(values: list[Dated], context: Context) -> None:
    for before, after in pairwise(values):
        if after.since <= before.since:
            context.problems.add(
                "parameter_order",
                after.place,
                Words("参数取值应按日期先后排列", "the values of a parameter go by date, each day once"),
                found=after.since.isoformat(),
                expected=(f"> {before.since.isoformat()}",),
                also=(before.place,),
                fix=replaced(after.place, (before.since + timedelta(days=1)).isoformat()),
            )


def _dated(name: str, item: Item, entry: Entry, context: Context) -> Dated | None:
    problems = context.problems
    what = Words(f"参数“{name}”", f'the parameter "{name}"')
    fields = Fields(item, what, problems, _ENTRY_KEYS, ("from", "value", "unit", "source"), at=entry.key)
    since, unit = fields.date("from"), fields.choice("unit", UNITS, "unit")
    source = context.source(fields, what)
    running = fields.choice("running", RUNNING, "running")
    own = fields.item("legal_basis")
    if own is not None:
        words_of(own, "legal_basis", problems)
    value = None if unit is None else _value(fields, unit, problems)
    place, unit_place = fields.item("from"), fields.item("unit")
    if since is None or unit is None or value is None or place is None or unit_place is None:
        return None
    return Dated(
        since,
        value,
        unit,
        source or _UNREAD,
        None if running is None else Running(running),
        own is not None,
        place,
        fields.item("running"),
        unit_place,
    )


def _value(fields: Fields, unit: str, problems: Problems) -> Value | None:
    item = fields.item("value")
    if item is None:
        return None
    if unit == "days" and not isinstance(item, Scalar):
        scalars = [one_word(one, "value", problems) for one in fields.many("value")]
        numbers = [None if scalar is None else integer_of(scalar, problems) for scalar in scalars]
        return tuple(number for number in numbers if number is not None)
    scalar = one_word(item, "value", problems)
    if scalar is None:
        return None
    if unit == "duration" or (unit in ("hours", "minutes") and not scalar.text.strip().isdigit()):
        return duration_of(scalar, problems)
    if unit in ("celsius", "ratio"):
        return _decimal(scalar, problems)
    return integer_of(scalar, problems)


def _decimal(scalar: Scalar, problems: Problems) -> float | None:
    try:
        return float(scalar.text)
    except ValueError:
        integer_of(scalar, problems)
        return None


# Endings of every rule


def _subject_end(item: Item, rules: tuple[str, ...], context: Context) -> SubjectEnd | None:
    ending = read_ending(item, None, (), context, ("applies_to",))
    whole = Fields(
        item, Words("“subject_ends”", '"subject_ends"'), context.problems, entries(item), ("applies_to",)
    )
    target = whole.sub("applies_to")
    if ending is None or target is None:
        return None
    fields = Fields(
        target,
        Words("“applies_to”", '"applies_to"'),
        context.problems,
        ("about", "except"),
        ("about",),
        {"about": "person"},
        whole.key("applies_to"),
    )
    about = fields.choice("about", ABOUT_KINDS)
    excepted = set()
    for one in fields.many("except"):
        scalar = one_word(one, "except", context.problems)
        rule = None if scalar is None else chosen(scalar, rules, context.problems, "rule")
        excepted.add(rule or "")
    return None if about is None else SubjectEnd(about, frozenset(excepted), ending)


# Rules and their texts


@dataclass(frozen=True)
class _Text:
    """One text of a rule: as written, or made by an overlay that tightens the last one."""

    key: Item
    text: Map
    window: Window
    tightened: Entry | None = None


def _rule(
    rule: str, found: list[Entry], ends: tuple[SubjectEnd, ...], context: Context
) -> tuple[RuleVersion, ...]:
    texts: list[_Text] = []
    for entry in found:
        _add_texts(texts, rule, entry, context)
    _tell_windows(texts, context)
    drafts: list[Draft] = []
    for number, text in enumerate(texts):
        following = texts[number + 1].window.since if number + 1 < len(texts) else None
        own = _drafts(rule, text, following, ends, context)
        if text.tightened is not None and drafts and own:
            tell_looser(drafts[-1].version, own[0].version, text.tightened, context)
        drafts += own
    _tell_transitions(drafts, texts, context)
    return _numbered([draft.version for draft in drafts])


def _add_texts(texts: list[_Text], rule: str, entry: Entry, context: Context) -> None:
    """The texts of one entry: a version, a list of versions, or an overlay's `tighten` or `end`."""
    if isinstance(entry.value, Map) and "end" in entry.value.entries:
        day = end_of(entry, bool(texts), context)
        if day is not None:
            texts[:] = _ended(texts, day)
        return
    if isinstance(entry.value, Map) and "tighten" in entry.value.entries:
        tighter = overlaid(texts[-1].text if texts else None, entry, context)
        window = None if tighter is None else read_window(tighter, entry.key, context)
        if tighter is not None and window is not None:
            texts.append(_Text(entry.key, tighter, window, entry))
        return
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


def _stand_in(texts: list[_Text]) -> Window:
    """Dates for a text without usable ones (already told), so that the rest of it is checked too."""
    since = date(2020, 1, 1) if not texts else texts[-1].window.since + timedelta(days=1)
    return Window(since, None, since, Running.KEEP)


def _ended(texts: list[_Text], day: date) -> list[_Text]:
    kept = [text for text in texts if text.window.since < day]
    return [
        replace(text, window=replace(text.window, until=min(day, text.window.until or day))) for text in kept
    ]


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
