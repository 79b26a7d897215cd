"""Do the examples of a pack pin its rules down? Change one number, date or comparison and see who notices.

A mutation is an edit of one place of a pack. It is *killed* when the changed pack no longer loads or when an
example of a rule it touches fails; otherwise it *survives*, and the examples leave that number open.
Nothing here runs an example: the caller hands in what does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sizao.policy.gathering import bases_of
from sizao.policy.texts import Item, Map, Problems, Scalar, Seq, read

# What is not changed, and why: no example of a rule could notice it.
LEFT_OUT: Mapping[str, str] = {
    "horizon_days, look_ahead_days": "they say how much is written down, not what is due",
    "the first `from` of a parameter, one day earlier": "no rule takes the value on that day",
    "`in_force.from` one day earlier, when all steps recur by week or month": "no period opens on that day",
    "`first_day` of a step with `on_days`": "day k of a plan is the date day_zero + k in any case",
    "`lighten` to `replace`": "the same wherever the new text is the shorter one",
    "subject_ends": "they end rows of every rule at once; no one rule has examples that answer for them",
    "`running` where all steps recur": "each occurrence belongs to the text in force when it opens",
    "sharing": "whether one proof serves two rows is a property of the verb, shown by examples of its rules",
    "label, source, mark, basis, legal basis": "they are words for people",
}

_EXPRESSIONS = ("when", "where", "day_zero", "counted_from", "by", "from", "until")
_DATES = ("catches_from", "on", "from")
# Words that decide something, and what each is exchanged for.
_CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "running": {"keep": ("lighten", "replace"), "lighten": ("keep",), "replace": ("keep", "lighten")},
    "waivable": {"yes": ("no",), "no": ("yes",)},
    "late_start": {"skip": ("at_once",), "at_once": ("skip",)},
    "from_event": {"yes": ("no",), "no": ("yes",)},
    "every": {"day": ("week",), "week": ("day", "month"), "month": ("week",)},
    "event": {"end": ("met",), "met": ("end",)},
}
_RUNNING = tuple(_CHOICES["running"])
_SKIPPED = (
    "label",
    "source",
    "legal_basis",
    "basis",
    "burden",
    "answers_to",
    "done_by",
    "match",
    "on_day_names",
)
_DURATION = re.compile(r"(\d+)(\s*(?:d|h|min|s))")
_TOKEN = re.compile(
    r"(?P<date>date\s*'(?P<day>\d{4}-\d\d-\d\d)')|(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<operator><=|>=|<>|!=|<|>|=)|(?P<isnot>is\s+not\s+null)|(?P<is>is\s+null)"
    r"|(?P<notin>not\s+in\b)|(?P<in>in\b)|(?P<and>and\b)|(?P<or>or\b)|(?P<word>[A-Za-z_][A-Za-z_0-9.]*)",
    re.IGNORECASE,
)
_OPERATORS = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "=": ("<>",),
    "<>": ("=",),
    "!=": ("=",),
}
_WORDS = {"isnot": "is null", "is": "is not null", "notin": "in", "in": "not in", "and": "or", "or": "and"}


@dataclass(frozen=True)
class Mutation:
    """Put `replacement` for `was`, the characters [start, end) of `file`; it touches `rules`."""

    file: str
    line: int
    column: int
    start: int
    end: int
    was: str
    replacement: str
    rules: tuple[str, ...]

    def apply(self, files: Mapping[str, str]) -> dict[str, str]:
        """The files with the edit made."""
        text = files[self.file]
        return {**files, self.file: text[: self.start] + self.replacement + text[self.end :]}

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.was} -> {self.replacement or '(left out)'}"


Texts = Mapping[str, str]
Others = Mapping[str, Texts]


def mutations(files: Texts, others: Others | None = None) -> tuple[Mutation, ...]:
    """Every mutation of a pack's verbs, parameters and rules, in the order of files and places.

    others: the texts of the packs on which it may rest, by name. What stands in them is proved there; but a
    parameter or verb of this pack may touch their rules.
    """
    pack = _Pack(files, others or {})
    found = []
    for file, whole in pack.maps.items():
        for name, entry in whole.entries.items():
            rules = pack.touched(file, name)
            if rules:
                left_out = _left_out(entry.value, file)
                idle = _RUNNING if pack.recur(rules) else ()
                found += [
                    m
                    for m in _of(entry.value, name, file, rules)
                    if not _is_earlier(m, left_out) and m.was not in idle
                ]
    return tuple(sorted(set(found), key=lambda m: (m.file, m.start, m.end, m.replacement)))


def survivors(
    files: Texts,
    changed: tuple[Mutation, ...],
    examples_hold: Callable[[Texts, Others, tuple[str, ...]], bool],
    companions: Mapping[str, frozenset[str]] | None = None,
    others: Others | None = None,
) -> Iterator[Mutation]:
    """The mutations that no example notices.

    examples_hold(files, others, rules): True when the pack loads and every example that speaks of one of the
    rules is as it says. companions: the other rules that examples of a rule speak of; they stay in the pack.
    """
    pack = _Pack(files, others or {})
    beside = companions or {}
    for mutation in changed:
        kept = {*mutation.rules, *(other for rule in mutation.rules for other in beside.get(rule, ()))}
        if examples_hold(*pack.only(tuple(sorted(kept)), mutation), mutation.rules):
            yield mutation


def only_rules(files: Texts, rules: tuple[str, ...]) -> dict[str, str]:
    """The pack reduced to some rules and what they use; every line keeps its number."""
    return _Pack(files, {}).only(rules, None)[0]


def rules_written_in(files: Texts, others: Others | None = None) -> frozenset[str]:
    """The rules that a pack writes, tightens or ends itself, or whose numbers or verbs it sets."""
    pack = _Pack(files, others or {})
    return frozenset(
        rule
        for file, whole in pack.maps.items()
        for name in whole.entries
        for rule in pack.touched(file, name)
    )


class _Layer:
    """The verbs, parameters and rules of one pack by file."""

    def __init__(self, files: Texts) -> None:
        self.files = {file: text for file, text in files.items() if not file.startswith("examples/")}
        problems = Problems()
        self.maps: dict[str, Map] = {}
        for file, text in sorted(self.files.items()):
            if file == "verbs.yaml" or file.startswith(("rules/", "parameters/")):
                item = read(file, text, problems)
                if isinstance(item, Map):
                    self.maps[file] = item

    def rules(self) -> Iterator[tuple[str, str]]:
        """Name and text of every rule."""
        for file, whole in self.maps.items():
            if file.startswith("rules/"):
                for name, entry in whole.entries.items():
                    yield name, entry.value.source.text[entry.value.start : entry.value.end]


class _Pack:
    """A pack and those it rests on: which rule uses what."""

    def __init__(self, files: Texts, others: Others) -> None:
        self.own = _Layer(files)
        self.maps = self.own.maps
        self.bases = {name: _Layer(texts) for name, texts in bases_of(files, others).items()}
        self.parameters: dict[str, set[str]] = {}
        self.verbs: dict[str, set[str]] = {}
        for layer in (self.own, *self.bases.values()):
            for rule, text in layer.rules():
                used = re.findall(r"parameter:\s*([\w.]+)", text)
                named = re.findall(r"\bverb:\s*(\w+)", text) + re.findall(r"^\s+(\w+):\s*$", text, re.M)
                self.parameters.setdefault(rule, set()).update(used)
                self.verbs.setdefault(rule, set()).update(named)

    def touched(self, file: str, name: str) -> tuple[str, ...]:
        """The rules that a change of this entry can change."""
        if file.startswith("rules/"):
            return (name,)
        uses = self.verbs if file == "verbs.yaml" else self.parameters
        return tuple(sorted(rule for rule, names in uses.items() if name in names))

    def recur(self, rules: tuple[str, ...]) -> bool:
        """Whether all steps of all texts of these rules recur."""
        texts = [
            text
            for layer in (self.own, *self.bases.values())
            for file, whole in layer.maps.items()
            if file.startswith("rules/")
            for name, entry in whole.entries.items()
            if name in rules
            for text in (entry.value.items if isinstance(entry.value, Seq) else (entry.value,))
            if _inside(text, "end") is None
        ]
        return all(_recurs(text) for text in texts)

    def only(self, rules: tuple[str, ...], mutation: Mutation | None) -> tuple[dict[str, str], Others]:
        """The files and those of the bases, reduced to some rules, with the mutation made."""
        bases = {name: self._reduced(layer, rules, None) for name, layer in self.bases.items()}
        return self._reduced(self.own, rules, mutation), bases

    def _reduced(self, layer: _Layer, rules: tuple[str, ...], mutation: Mutation | None) -> dict[str, str]:
        reduced = dict(layer.files)
        for file, whole in layer.maps.items():
            kept = {name for name in whole.entries if set(self.touched(file, name)) & set(rules)}
            text = whole.source.text
            changed = mutation is not None and mutation.file == file
            if not kept:
                del reduced[file]
                continue
            parts = []
            starts = [whole.entries[name].key.start for name in whole.entries] + [len(text)]
            for name, start, end in zip(whole.entries, starts, starts[1:], strict=False):
                piece = text[start:end]
                if name not in kept:
                    piece = "\n" * piece.count("\n")
                elif changed and mutation is not None and start <= mutation.start < end:
                    piece = text[start : mutation.start] + mutation.replacement + text[mutation.end : end]
                parts.append(piece)
            reduced[file] = "\n" * text[: starts[0]].count("\n") + "".join(parts)
        if "pack.yaml" in reduced:
            reduced["pack.yaml"] = _naming_only(reduced["pack.yaml"], rules)
        return reduced


def _naming_only(text: str, rules: tuple[str, ...]) -> str:
    """pack.yaml without the exceptions for rules that are left out."""

    def kept(found: re.Match[str]) -> str:
        names = [name.strip() for name in found.group(1).split(",")]
        return f"except: [{', '.join(name for name in names if name in rules)}]"

    return re.sub(r"except:\s*\[([^\]]*)\]", kept, text)


def _of(item: Item, key: str, file: str, rules: tuple[str, ...]) -> Iterator[Mutation]:
    """The mutations inside one value; `key` is the key it stands under."""
    if isinstance(item, Map):
        skipped = (*_SKIPPED, "first_day") if "on_days" in item.entries else _SKIPPED
        if key == "value":  # areas or places by name: each once another
            for entry in item.entries.values():
                yield _mutation(entry.key, 0, len(entry.key.text), "nowhere", rules)
            return
        for name, entry in item.entries.items():
            if name not in skipped:
                inner = "let" if key == "let" else f"in_force.{name}" if key == "in_force" else name
                yield from _of(entry.value, inner, file, rules)
    elif isinstance(item, Seq):
        for part in item.items:
            yield from _of(part, key, file, rules)
    elif isinstance(item, Scalar):
        for start, end, replacement in _edits(key, item, file):
            yield _mutation(item, start, end, replacement, rules)


def _left_out(item: Item, file: str) -> frozenset[int]:
    """Where the dates start that may be one day earlier without any effect (see LEFT_OUT)."""
    entries = item.items if isinstance(item, Seq) else (item,)
    if file.startswith("parameters/"):
        entries = entries[:1]
    else:
        entries = tuple(entry for entry in entries if _by_week_or_month(entry))
    dates = [_inside(entry, "from") or _inside(_inside(entry, "in_force"), "from") for entry in entries]
    return frozenset(day.start for day in dates if day is not None)


def _by_week_or_month(version: Item) -> bool:
    steps = _inside(version, "must")
    rhythms = (
        [_inside(entry.value, "every") for entry in steps.entries.values()] if isinstance(steps, Map) else []
    )
    return all(isinstance(every, Scalar) and every.text in ("week", "month") for every in rhythms)


def _recurs(version: Item) -> bool:
    steps = _inside(version, "must")
    if not isinstance(steps, Map):
        return False
    found = [entry.value for entry in steps.entries.values()]
    return all(
        _inside(step, "every") is not None or _inside(step, "every_days") is not None for step in found
    )


def _inside(item: Item | None, key: str) -> Item | None:
    return item.get(key) if isinstance(item, Map) else None


def _is_earlier(mutation: Mutation, left_out: frozenset[int]) -> bool:
    return mutation.start in left_out and mutation.replacement < mutation.was


def _edits(key: str, item: Scalar, file: str) -> Iterator[tuple[int, int, str]]:
    """Edits of one written value as (start, end, replacement) in its text."""
    text = item.text
    for other in _CHOICES.get(key, {}).get(text, ()):
        yield 0, len(text), other
    is_date = re.fullmatch(r"\d{4}-\d\d-\d\d", text)
    if is_date and (key in _DATES or key.startswith("in_force.") or file.startswith("parameters/")):
        for day in _next_days(text):
            yield 0, len(text), day
    elif key in _EXPRESSIONS or key == "let":
        yield from _expression_edits(text)
    elif re.fullmatch(r"\d\d:\d\d", text):
        clock = datetime.fromisoformat(f"2020-01-01T{text}")
        for minutes in (-1, 1):
            yield 0, len(text), f"{clock + timedelta(minutes=minutes):%H:%M}"
    elif match := _DURATION.fullmatch(text):
        for number in _next_numbers(match.group(1)):
            yield 0, len(text), f"{number}{match.group(2)}"
    elif re.fullmatch(r"\d+(\.\d+)?", text):
        for number in _next_numbers(text):
            yield 0, len(text), number


def _expression_edits(text: str) -> Iterator[tuple[int, int, str]]:
    for token in _TOKEN.finditer(text):
        kind, start, end = token.lastgroup, token.start(), token.end()
        if token.group("date"):
            for day in _next_days(token.group("day")):
                yield start, end, f"date '{day}'"
        elif kind == "number":
            for number in _next_numbers(token.group()):
                yield start, end, number
        elif kind == "operator":
            for other in _OPERATORS[token.group()]:
                yield start, end, other
        elif kind in _WORDS:
            yield start, end, _WORDS[kind]
            if kind in ("in", "notin"):
                yield from _items_left_out(text, end)


def _items_left_out(text: str, after: int) -> Iterator[tuple[int, int, str]]:
    """The list after `in`, once without each of its items."""
    listed = re.compile(r"\s*\(([^)]*)\)").match(text, after)
    items = listed.group(1).split(",") if listed else []
    for number in range(len(items) if listed and len(items) > 1 else 0):
        rest = ",".join(items[:number] + items[number + 1 :]).strip()
        assert listed is not None
        yield listed.start(1), listed.end(1), rest


def _next_days(text: str) -> tuple[str, str]:
    day = date.fromisoformat(text)
    return (day - timedelta(days=1)).isoformat(), (day + timedelta(days=1)).isoformat()


def _next_numbers(text: str) -> tuple[str, ...]:
    """One unit of the last written digit less and more, never below zero."""
    number = Decimal(text)
    unit = Decimal(1).scaleb(int(number.as_tuple().exponent))
    return tuple(str(n) for n in (number - unit, number + unit) if n >= 0)


def _mutation(item: Scalar, start: int, end: int, replacement: str, rules: tuple[str, ...]) -> Mutation:
    first, last = item.index(start), item.index(end - 1) + 1
    place = item.source.place(first, last)
    was = item.source.text[first:last]
    return Mutation(item.source.file, place.line, place.column, first, last, was, replacement, rules)
