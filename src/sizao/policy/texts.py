"""YAML as maps, lists and words that know where they stand.

No value is guessed: `no` and `12:30` stay words.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sizao.facts.declaration import Words
from sizao.policy.problems import Fix, Place, Problem

_DEEPEST = 40  # levels of nesting; more is a mistake or an attack, never a rule


@dataclass(frozen=True, eq=False)
class Source:
    """One file of a pack with the starts of its lines."""

    file: str
    text: str
    starts: tuple[int, ...] = field(repr=False)

    @staticmethod
    def of(file: str, text: str) -> Source:
        starts = [0]
        starts += [at + 1 for at, character in enumerate(text) if character == "\n"]
        return Source(file, text, tuple(starts))

    def place(self, start: int, end: int) -> Place:
        """Line, column and the line's words for the characters [start, end)."""
        start = max(0, min(start, len(self.text)))
        line = bisect_right(self.starts, start)
        first = self.starts[line - 1]
        last = self.starts[line] - 1 if line < len(self.starts) else len(self.text)
        length = max(1, min(end, last) - start)
        return Place(self.file, line, start - first + 1, length, self.text[first:last].rstrip("\r"))


@dataclass(frozen=True, eq=False)
class Item:
    """Anything with a place: the characters [start, end) of a file."""

    source: Source
    start: int
    end: int

    def place(self) -> Place:
        return self.source.place(self.start, self.end)


@dataclass(frozen=True, eq=False)
class Scalar(Item):
    """One word, number, date or expression, as it was written (without its quotes)."""

    text: str
    plain: bool  # written without quotes

    def index(self, offset: int) -> int:
        """Where in the file the character `offset` of the text stands, also in folded and quoted text."""
        raw = self.source.text
        at = self.start
        if raw[at : at + 1] in "|>" and not self.plain:
            at = raw.find("\n", at) + 1
        elif raw[at : at + 1] in "'\"" and not self.plain:
            at += 1
        for position, character in enumerate(self.text):
            if not character.isspace():
                # A quote doubled in single quotes or a backslash in double ones: skip to the character meant.
                while at < self.end and raw[at] != character:
                    at += 1
            if position >= offset:
                return at
            if character.isspace():
                while at < self.end and raw[at].isspace():
                    at += 1
            else:
                at += 1
                if character == "'" and raw[self.start] == "'" and raw[at : at + 1] == "'":
                    at += 1
        return min(at, self.end)


@dataclass(frozen=True, eq=False)
class Entry:
    key: Scalar
    value: Item


@dataclass(frozen=True, eq=False)
class Map(Item):
    """Keys in the order written; a key given twice is reported when the file is read."""

    entries: dict[str, Entry]
    flow: bool  # written in { }

    def get(self, key: str) -> Item | None:
        entry = self.entries.get(key)
        return None if entry is None else entry.value

    def insertion(self, line: str) -> Fix:
        """The edit that adds `key: value` as the first entry."""
        if self.flow:
            comma = ", " if self.entries else ""
            return Fix(self.source.file, self.start + 1, self.start + 1, f"{line}{comma}")
        column = self.source.place(self.start, self.start).column - 1
        return Fix(self.source.file, self.start, self.start, f"{line}\n{' ' * column}")


@dataclass(frozen=True, eq=False)
class Seq(Item):
    items: tuple[Item, ...]


class Problems:
    """Collects problems, so that all are told at once."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.found)

    def add(
        self,
        kind: str,
        where: Item | Place,
        message: Words,
        *,
        found: str = "",
        expected: tuple[str, ...] = (),
        near: str | None = None,
        also: tuple[Item, ...] = (),
        fix: Fix | None = None,
    ) -> None:
        place = where.place() if isinstance(where, Item) else where
        self.found.append(
            Problem(
                place.file,
                place.line,
                place.column,
                kind,
                found,
                expected,
                near,
                message,
                place.length,
                place.text,
                tuple(item.place() for item in also),
                fix,
            )
        )


def read(file: str, text: str, problems: Problems) -> Item | None:
    """The text of one YAML file; None when it is empty or cannot be read (then a problem says why)."""
    item, found = _read(file, text)
    problems.found.extend(found)
    return item


# Most of the time of loading goes into YAML, and who tries out changes of a pack changes one file of it.
@lru_cache(maxsize=256)
def _read(file: str, text: str) -> tuple[Item | None, tuple[Problem, ...]]:
    problems = Problems()
    return _composed(file, text, problems), tuple(problems)


def _composed(file: str, text: str, problems: Problems) -> Item | None:
    source = Source.of(file, text)
    try:
        # Not the round-trip loader: that one marks the folds of folded text with a character of its own.
        node = YAML(typ="safe", pure=True).compose(text)
        return None if node is None else _item(node, source, problems, 0)
    except MarkedYAMLError as error:
        _tell_syntax(error, source, problems)
    except (YAMLError, RecursionError, ValueError) as error:
        where = source.place(getattr(error, "position", 0) or 0, 0)
        problems.add(
            "yaml",
            where,
            Words("不是可读的 YAML 文本", "this is not readable YAML"),
            found=type(error).__name__,
        )
    return None


# What the parser says, in Chinese; anything else is passed on as it is.
_SYNTAX = (
    ("mapping values are not allowed here", "此处不能再有“键: 值”，检查缩进或给文字加引号"),
    ("found character", "此处不能有这个字符；缩进请用空格，不用制表符"),
    ("could not find expected ':'", "缺少冒号"),
    ("expected ',' or", "缺少逗号，或括号没有结束"),
    ("expected <block end>", "缩进不一致"),
    ("expected the node content", "此处缺少内容"),
    ("found unexpected end of stream", "引号没有结束"),
    ("found undefined alias", "没有这个别名"),
    ("did not find expected", "缩进不一致"),
)


def _tell_syntax(error: MarkedYAMLError, source: Source, problems: Problems) -> None:
    mark = error.problem_mark or error.context_mark
    at = 0 if mark is None else mark.index
    words = " ".join(str(error.problem or error.context or "").split())
    zh = next((said for start, said in _SYNTAX if words.startswith(start)), words)
    fix = None
    if source.text[at : at + 1] == "\t":
        fix = Fix(source.file, at, at + 1, "  ")
    problems.add(
        "yaml",
        source.place(at, at + 1),
        Words(f"YAML 格式错误：{zh}", f"this is not YAML: {words}"),
        found=source.text[at : at + 1].strip(),
        fix=fix,
    )


def _item(node: Node, source: Source, problems: Problems, depth: int) -> Item:
    start, end = node.start_mark.index, node.end_mark.index
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(node, MappingNode):
        return _map(node, source, problems, depth)
    if isinstance(node, SequenceNode):
        items = tuple(_item(child, source, problems, depth + 1) for child in node.value)
        return Seq(source, start, end, items)
    assert isinstance(node, ScalarNode)
    return Scalar(source, start, end, str(node.value), node.style not in ("'", '"', "|", ">"))


def _map(node: MappingNode, source: Source, problems: Problems, depth: int) -> Map:
    entries: dict[str, Entry] = {}
    for key_node, value_node in node.value:
        key = _item(key_node, source, problems, depth + 1)
        value = _item(value_node, source, problems, depth + 1)
        if value.start == value.end:
            # Nothing was written: YAML puts the empty value at the next word, people look at the key.
            value = replace(value, start=key.start, end=key.end)
        if not isinstance(key, Scalar):
            problems.add("key", key, Words("键必须是一个词", "a key must be one word"))
        elif key.text in entries:
            problems.add(
                "duplicate_key",
                key,
                Words(f"键“{key.text}”出现两次", f'the key "{key.text}" is given twice'),
                found=key.text,
                also=(entries[key.text].key,),
                fix=without(key, value),
            )
        else:
            entries[key.text] = Entry(key, value)
    return Map(source, node.start_mark.index, node.end_mark.index, entries, bool(node.flow_style))


def without(key: Item, value: Item) -> Fix:
    """The edit that removes an entry: its whole lines in block style, up to the comma in flow style."""
    text = key.source.text
    line = text.rfind("\n", 0, key.start) + 1
    if not text[line : key.start].strip():
        stop = text.find("\n", max(key.end, value.end - 1))
        return Fix(key.source.file, line, len(text) if stop < 0 else stop + 1, "")
    start = key.start
    while start > 0 and text[start - 1] in " \n":
        start -= 1
    if text[start - 1] == ",":
        return Fix(key.source.file, start - 1, value.end, "")
    stop = value.end
    while stop < len(text) and text[stop] in ", ":
        stop += 1
    return Fix(key.source.file, key.start, stop, "")
