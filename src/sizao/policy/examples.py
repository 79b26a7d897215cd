"""Examples of a pack: situations, and what the rules must and must not make of them.

`examples/setting.yaml` says what all situations share; every other file is about one rule:

    rule: contact-quarantine
    given: {facts of all examples of this file}
    examples:
      - name: {zh: ..., en: ...}
        facts: {designations: [{person: p1, ...}]}
        as_of: 2020-06-20 09:00
        must: [{step: quarantine, about: p1, due: 2020-06-20 21:00, status: overdue}]
        must_not: [{about: p2}]

Every instant in an example is a local time of the pack; a date alone is its 00:00; `none` is no value.
An entry of `must` fits exactly one row, an entry of `must_not` none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sizao.policy.gathering import bases_of
from sizao.policy.problems import Problem, nearest
from sizao.policy.situations import Row, Situation, read_facts, read_instant
from sizao.policy.texts import Item, Map, Problems, Scalar, Seq, read
from sizao.terms.time import local_time
from sizao.terms.words import Words

SETTING = "examples/setting.yaml"

_INSTANTS = {"opens": "opens_at", "due": "due_at", "closes": "closes_at", "met": "met_at"}
_INSTANTS |= {"covered_until": "covered_until", "next_change": "next_change_at", "until": "until"}
_WORDS = {name: name for name in ("rule", "step", "about", "status", "place", "done_by", "verb", "kind")}
_WORDS |= {"occurrence": "occurrence", "marks": "marks", "area": "area", "person": "person"}
_NUMBERS = {"version": "version", "gaps": "gaps", "row_count": "row_count"}
_FLAGS = {
    "in_place": "in_place",
    "reported_late": "reported_late",
    "owned": "owned",
    "restricts": "restricts",
}
_LISTS = {"answers_to": "answers_to"}
_COLUMN = {**_INSTANTS, **_WORDS, **_NUMBERS, **_FLAGS, **_LISTS}
_TABLES = {"must": "obligations", "must_not": "obligations", "unknown": "unknown"}
_TABLES |= {"too_late": "too_late", "standing": "standing"}
_EXAMPLE = ("name", "facts", "as_of", "known_by", "count", *_TABLES)

Rows = Mapping[
    str, list[dict[str, Any]]
]  # result of derive -> rows with the columns of obligations/schema.py


@dataclass(frozen=True)
class Expectation:
    """One row that must or must not be in a result: column -> value; `words` as written."""

    table: str
    present: bool
    values: Mapping[str, Any]
    words: str
    line: int

    def fits(self, row: Mapping[str, Any]) -> bool:
        """True when every value stated is the row's."""
        return not self.differences(row)

    def differences(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """The columns in which the row differs."""
        return tuple(name for name, value in self.values.items() if not _same(name, value, row.get(name)))


@dataclass(frozen=True)
class Example:
    """One situation. rules: the ids it speaks of; counts: (rule, step or "") -> number of rows."""

    file: str
    line: int
    name: Words
    rules: tuple[str, ...]
    situation: Situation
    as_of: datetime
    known_by: datetime
    expectations: tuple[Expectation, ...]
    counts: Mapping[tuple[str, str], int]

    @property
    def place(self) -> str:
        """File and line, as an editor takes them."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class _Shared:
    """What the examples of one file share."""

    file: str
    rule: str | None
    zone: str
    setting: Situation
    as_of: Item | None


def parse_examples(
    files: Mapping[str, str], zone: str, others: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[tuple[Example, ...], tuple[Problem, ...]]:
    """The examples of a pack's files (`examples/*.yaml`) in the pack's zone, and every mistake in them.

    others: the texts of the packs on which it may rest, by name. Their settings stand before its own.
    """
    problems = Problems()
    maps = {
        file: item
        for file, text in sorted(files.items())
        if file.startswith("examples/")
        for item in [read(file, text, problems)]
        if isinstance(item, Map)
    }
    setting, as_of = Situation(), None
    for whole in (*_settings_below(files, others or {}), maps.get(SETTING)):
        if isinstance(whole, Map):
            known = _checked(whole, ("area", "as_of", "facts", "defaults"), problems)
            setting, as_of = read_facts(known, setting, zone, problems), known.get("as_of", as_of)
    found: list[Example] = []
    for file, whole in maps.items():
        if file != SETTING:
            found += _examples_of(file, whole, _Shared(file, None, zone, setting, as_of), problems)
    return tuple(found), tuple(problems)


def _settings_below(
    files: Mapping[str, str], others: Mapping[str, Mapping[str, str]]
) -> Iterable[Item | None]:
    """The settings of the packs below, the deepest first; their mistakes are told where they stand."""
    for name, texts in reversed(bases_of(files, others).items()):
        if SETTING in texts:
            yield read(f"../{name}/{SETTING}", texts[SETTING], Problems())


def mismatches(example: Example, rows: Rows, zone: str) -> list[str]:
    """What is not as the example says, one sentence each; empty when all is."""
    found = []
    for wanted in example.expectations:
        table = [row for row in rows.get(wanted.table, []) if _concerns(wanted, row)]
        fitting = [row for row in table if wanted.fits(row)]
        if wanted.present and len(fitting) != 1:
            found.append(_missed(example, wanted, table, len(fitting), zone))
        elif not wanted.present and fitting:
            found.append(
                f"{example.file}:{wanted.line}: there must be no row {wanted.words}, but there is one"
            )
    for (rule, step), number in example.counts.items():
        counted = sum(1 for r in rows["obligations"] if r["rule"] == rule and step in ("", r["step"]))
        if counted != number:
            found.append(
                f"{example.place}: {rule}/{step or '*'} must give {number} rows, but gives {counted}"
            )
    return found


def companions(examples: Iterable[Example]) -> dict[str, frozenset[str]]:
    """For each rule the other rules of which its examples speak."""
    found: dict[str, set[str]] = {}
    for example in examples:
        for rule in example.rules:
            found.setdefault(rule, set()).update(example.rules)
    return {rule: frozenset(others - {rule}) for rule, others in found.items()}


def _examples_of(file: str, whole: Map, shared: _Shared, problems: Problems) -> Iterable[Example]:
    known = _checked(whole, ("rule", "as_of", "given", "examples"), problems)
    rule, given, examples = known.get("rule"), known.get("given"), known.get("examples")
    setting = shared.setting
    if isinstance(given, Map):
        setting = read_facts({"facts": given}, setting, shared.zone, problems)
    shared = _Shared(
        file,
        rule.text if isinstance(rule, Scalar) else None,
        shared.zone,
        setting,
        known.get("as_of", shared.as_of),
    )
    for item in examples.items if isinstance(examples, Seq) else ():
        if isinstance(item, Map):
            example = _example(item, shared, problems)
            if example is not None:
                yield example


def _tell_missing(item: Map, has_name: bool, has_as_of: bool, problems: Problems) -> None:
    """Only what the example lacks; as_of may also stand once for all, in the file or in the setting."""
    if not has_name:
        words = Words("示例没有 name（两种文字的名称）", "the example has no name {zh, en}")
        problems.add("example", item, words, expected=("name",))
    if not has_as_of:
        words = Words(
            f"示例没有 as_of（所问时刻）；可写在示例、本文件开头或 {SETTING} 中",
            f"the example has no as_of; write it in the example, at the head of its file, or in {SETTING}",
        )
        problems.add("example", item, words, expected=("as_of",))


def _example(item: Map, shared: _Shared, problems: Problems) -> Example | None:
    known = _checked(item, _EXAMPLE, problems)
    as_of_item = known.get("as_of", shared.as_of)
    name = known.get("name")
    if not isinstance(as_of_item, Scalar) or not isinstance(name, Map):
        _tell_missing(item, isinstance(name, Map), isinstance(as_of_item, Scalar), problems)
        return None
    as_of = read_instant(as_of_item, shared.zone, problems)
    known_by_item = known.get("known_by")
    known_by = (
        read_instant(known_by_item, shared.zone, problems) if isinstance(known_by_item, Scalar) else as_of
    )
    expectations = tuple(
        _expectation(entry, key, shared, problems)
        for key in _TABLES
        for entry in _entries(known.get(key))
        if isinstance(entry, Map)
    )
    counts = _counts(known.get("count"), shared)
    rules = {e.values["rule"] for e in expectations if "rule" in e.values} | {rule for rule, _ in counts}
    rules |= {shared.rule} if shared.rule else set()
    return Example(
        file=shared.file,
        line=item.place().line,
        name=Words(_text(name.get("zh")), _text(name.get("en"))),
        rules=tuple(sorted(rules)),
        situation=read_facts(known, shared.setting, shared.zone, problems),
        as_of=as_of,
        known_by=known_by,
        expectations=expectations,
        counts=counts,
    )


def _expectation(item: Map, key: str, shared: _Shared, problems: Problems) -> Expectation:
    values: dict[str, Any] = {}
    table = _TABLES[key]
    if shared.rule is not None and table != "standing":
        values["rule"] = shared.rule
    for name, value in _checked(item, tuple(_COLUMN), problems).items():
        values[_COLUMN[name]] = _value(name, value, shared.zone, problems)
    words = item.source.text[item.start : item.end].strip().replace("\n", " ")
    return Expectation(table, key != "must_not", values, words, item.place().line)


def _value(name: str, item: Item, zone: str, problems: Problems) -> Any:
    if isinstance(item, Seq):
        return ",".join(_text(part) for part in item.items)
    text = _text(item)
    if text == "none" and name not in ("answers_to", "marks"):
        return None
    if name in _INSTANTS and isinstance(item, Scalar):
        return read_instant(item, zone, problems)
    if name in _NUMBERS:
        return int(text) if text.isdigit() else text
    if name in _FLAGS:
        return text in ("yes", "true")
    return "" if text == "none" else text


def _counts(item: Item | None, shared: _Shared) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for key, entry in item.entries.items() if isinstance(item, Map) else ():
        rule, _, step = key.rpartition("/")
        counts[(rule or shared.rule or "", "" if key == "all" else step)] = int(_text(entry.value))
    return counts


def _concerns(wanted: Expectation, row: Mapping[str, Any]) -> bool:
    """Rows of the same rule and step; of another step a mismatch tells nothing."""
    return all(_same(name, wanted.values[name], row.get(name)) for name in ("rule",) if name in wanted.values)


def _same(name: str, wanted: Any, found: Any) -> bool:
    if name == "occurrence" and isinstance(found, str) and wanted != found:
        return bool(wanted == found.split("/")[0])
    return bool(wanted == found)


def _missed(
    example: Example, wanted: Expectation, table: list[dict[str, Any]], fitting: int, zone: str
) -> str:
    start = f"{example.file}:{wanted.line}: {wanted.words} must fit one row of {wanted.table}"
    if fitting:
        return f"{start}, but fits {fitting}"
    if not table:
        return f"{start}, but there is none of that rule"
    near = min(table, key=lambda row: len(wanted.differences(row)))
    told = ", ".join(
        f"{name} {_said(near.get(name), zone)} (wanted {_said(wanted.values[name], zone)})"
        for name in wanted.differences(near)
    )
    return f"{start}; in the nearest row: {told}"


def _said(value: Any, zone: str) -> str:
    return f"{local_time(value, zone):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)


def _checked(item: Map, keys: tuple[str, ...], problems: Problems) -> dict[str, Item]:
    """The entries with known keys; a problem for every other key."""
    for key, entry in item.entries.items():
        if key not in keys:
            words = Words(f"例子中没有“{key}”这个键", f'an example has no key "{key}"')
            problems.add("example_key", entry.key, words, found=key, expected=keys, near=nearest(key, keys))
    return {key: entry.value for key, entry in item.entries.items() if key in keys}


def _entries(item: Item | None) -> tuple[Item, ...]:
    return item.items if isinstance(item, Seq) else ()


def _text(item: Item | None) -> str:
    return item.text if isinstance(item, Scalar) else ""


__all__ = ["SETTING", "Example", "Expectation", "Row", "Rows", "companions", "mismatches", "parse_examples"]
