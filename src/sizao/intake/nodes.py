"""YAML as nodes that know where they stand, so that every complaint has a file, a line and a column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from sizao.intake.problems import IntakeRefused, Problem, listed, nearest
from sizao.terms.words import Words


@dataclass(frozen=True)
class Node:
    """A scalar (text), a list of nodes, or a mapping from text to node."""

    value: str | list[Node] | dict[str, Node] | None
    line: int
    column: int

    @property
    def text(self) -> str | None:
        """The scalar; None for a list, a mapping and an empty value."""
        return self.value if isinstance(self.value, str) else None

    @property
    def items(self) -> list[Node]:
        """The elements of a list; a single value counts as a list of one."""
        if isinstance(self.value, list):
            return self.value
        return [] if self.value is None else [self]

    @property
    def fields(self) -> dict[str, Node]:
        """The entries of a mapping; none for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def __getitem__(self, key: str) -> Node:
        return self.fields[key]

    def __contains__(self, key: str) -> bool:
        return key in self.fields

    def get(self, key: str) -> Node | None:
        """The node under `key`, or None."""
        return self.fields.get(key)

    def filled(self, blanks: Mapping[str, str]) -> Node:
        """The same node with `<name>` replaced by its value in every text and key."""
        if isinstance(self.value, str):
            return replace(self, value=_fill(self.value, blanks))
        if isinstance(self.value, list):
            return replace(self, value=[one.filled(blanks) for one in self.value])
        if isinstance(self.value, dict):
            return replace(
                self, value={_fill(key, blanks): one.filled(blanks) for key, one in self.value.items()}
            )
        return self


class Complaints:
    """Collects the problems of one file, so that all of them are shown at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(
        self,
        kind: str,
        node: Node,
        found: str | None,
        expected: Words,
        fix: Words,
        near: str | None = None,
    ) -> None:
        """Note one problem at the place of `node`."""
        self.problems.append(
            Problem(kind, self.file, node.line, str(node.column), found, expected, fix, near)
        )

    def unknown(self, kind: str, node: Node, found: str | None, known: Collection[str], what: Words) -> None:
        """Note that `found` is none of the `known` words."""
        near = nearest(found, known) if found else None
        fix = (
            Words(f"改为 {near}", f"Write {near}.")
            if near
            else Words("用列出的词之一", "Use one of these words.")
        )
        words = listed(sorted(known))
        self.add(kind, node, found, Words(f"{what.zh}：{words}", f"{what.en}: {words}"), fix, near)

    def keys(self, node: Node, allowed: Collection[str], required: Collection[str] = ()) -> bool:
        """Check that `node` is a mapping with these keys only; whether it can be read on."""
        if not isinstance(node.value, dict):
            self.add(
                "wrong_shape",
                node,
                node.text or "a list",
                Words(f"键：{listed(sorted(allowed))}", f"keys: {listed(sorted(allowed))}"),
                Words("写成 键: 值", "Write it as key: value."),
            )
            return False
        for key, one in node.fields.items():
            if key not in allowed:
                self.unknown("unknown_key", replace(one), key, allowed, Words("键", "a key"))
        for key in required:
            if key not in node:
                self.add(
                    "missing_key",
                    node,
                    listed(node.fields),
                    Words(f"键 {key}", f"the key {key}"),
                    Words(f"加上 {key}:", f"Add {key}:"),
                    nearest(key, [one for one in node.fields if one not in allowed]),
                )
        return all(key in node for key in required)

    def refuse(self) -> None:
        """Raise IntakeRefused when there is any problem."""
        if self.problems:
            once = dict.fromkeys(self.problems)  # defaults are read for every fact that takes them
            raise IntakeRefused(sorted(once, key=lambda one: (one.line or 0, int(one.column or 0))))


def read_nodes(text: str, file: str) -> Node:
    """The YAML text as nodes. IntakeRefused when it is no YAML."""
    yaml = YAML(typ="rt")
    try:
        loaded = yaml.load(text)
    except MarkedYAMLError as cause:
        mark = cause.problem_mark or cause.context_mark
        problem = Problem(
            "no_yaml",
            file,
            mark.line + 1 if mark else None,
            str(mark.column + 1) if mark else None,
            str(cause.problem or "").splitlines()[0] if cause.problem else None,
            Words("YAML", "YAML"),
            Words(
                "检查缩进、引号和冒号，每个键只写一次",
                "Check indentation, quotation marks and colons; each key once.",
            ),
        )
        raise IntakeRefused([problem]) from cause
    return _node(loaded, 1, 1)


def _node(value: Any, line: int, column: int) -> Node:
    if isinstance(value, CommentedMap):
        return Node(
            {
                _scalar(key) or "": _node(one, *_place(value.lc.value(key), line, column))
                for key, one in value.items()
            },
            line,
            column,
        )
    if isinstance(value, CommentedSeq):
        return Node(
            [_node(one, *_place(value.lc.item(at), line, column)) for at, one in enumerate(value)],
            line,
            column,
        )
    return Node(_scalar(value), line, column)


def _place(mark: tuple[int, int] | None, line: int, column: int) -> tuple[int, int]:
    return (mark[0] + 1, mark[1] + 1) if mark else (line, column)


def _scalar(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _fill(text: str, blanks: Mapping[str, str]) -> str:
    for name, value in blanks.items():
        text = text.replace(f"<{name}>", value)
    return text


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it."""
    yield node
    for one in node.items if isinstance(node.value, list) else node.fields.values():
        yield from walk(one)
