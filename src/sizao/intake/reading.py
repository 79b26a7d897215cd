"""Reading a mapping file: every mistake with its line, what was found and expected, the nearest word."""

from __future__ import annotations

import re
from typing import Any

from sizao.facts.checks import Problem, read_value
from sizao.facts.declaration import Column, ColumnType, Fact
from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import stored
from sizao.intake.dates import FORMATS
from sizao.intake.mapping import (
    AnyOf,
    Assigned,
    Before,
    Choice,
    Condition,
    Constant,
    Differs,
    FactEntry,
    FromColumn,
    Given,
    InOrder,
    Later,
    LookUp,
    Mapping,
    Matches,
    OneOf,
    Remark,
    RowCheck,
    Template,
    Value,
)
from sizao.intake.nodes import Complaints, Node, read_nodes
from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import UnknownZone, zone_of
from sizao.terms.words import Words

MAPPING_KEYS = [
    "mapping",
    "label",
    "zone",
    "source_system",
    "encoding",
    "separator",
    "page",
    "empty",
    "not_used",
    "computed",
    "look_ups",
    "checks",
    "remarks",
    "defaults",
    "facts",
]
COMMON_KEYS = ("known_at", "happened_at", "area", "version", "action", "reason")
ENTRY_KEYS = ("fact", "key", "columns", "when", "split", "repeat", "derived", *COMMON_KEYS)
VALUE_HEADS = ("column", "constant", "text", "first_of", "earliest", "latest", "assigned", "date")
COLUMN_KEYS = ("column", "codes", "formats", "at", "edge")
CONDITION_KEYS = ("column", "given", "in", "not_in", "matches", "differs_from", "same_as", "any")
CELL = re.compile(r"\{([^{}|]+)(\|slug)?\}")
ACTIONS = ("record", "replace", "retract")


def read_mapping(text: str, file: str) -> Mapping:
    """The mapping that the YAML text states. IntakeRefused with all its problems when it has any."""
    root = read_nodes(text, file)
    reader = _Reader(Complaints(file))
    mapping = reader.mapping(root)
    reader.complaints.refuse()
    if mapping is None:  # a mapping is missing only with a complaint
        raise AssertionError("no mapping and no complaint")
    return mapping


class _Reader:
    def __init__(self, complaints: Complaints) -> None:
        self.complaints = complaints

    def mapping(self, root: Node) -> Mapping | None:
        if not self.complaints.keys(root, MAPPING_KEYS, ("mapping", "zone", "source_system", "facts")):
            return None
        self._zone(root["zone"])
        defaults = root.get("defaults")
        if defaults is not None:
            self.complaints.keys(defaults, ("known_at", "area"))
        return Mapping(
            file=self.complaints.file,
            name=root["mapping"].text or "",
            label=self._words(root.get("label"))
            or Words(root["mapping"].text or "", root["mapping"].text or ""),
            zone=root["zone"].text or "",
            source_system=root["source_system"].text or "",
            facts=tuple(self._entries(root["facts"], defaults)),
            encoding=_text(root.get("encoding")),
            separator=_text(root.get("separator")),
            page=_text(root.get("page")),
            empty=_texts(root.get("empty")),
            not_used=_texts(root.get("not_used")),
            computed=self._computed(root.get("computed")),
            look_ups=tuple(self._look_ups(root.get("look_ups"))),
            checks=tuple(self._checks(root.get("checks"))),
            remarks=tuple(self._remarks(root.get("remarks"))),
        )

    def _zone(self, node: Node) -> None:
        try:
            zone_of(node.text or "")
        except UnknownZone as cause:
            self.complaints.add(
                "unknown_zone",
                node,
                node.text,
                Words("时区名，如 Asia/Shanghai", "a time zone such as Asia/Shanghai"),
                Words("写出 IANA 时区名", str(cause)),
            )

    def _entries(self, node: Node, defaults: Node | None) -> list[FactEntry]:
        entries: list[FactEntry] = []
        for one in node.items:
            if not self.complaints.keys(one, ENTRY_KEYS, ("fact", "key", "columns")):
                continue
            repeat = one.get("repeat")
            for blanks in repeat.items if repeat is not None else [None]:
                texts = {name: _text(value) or "" for name, value in blanks.fields.items()} if blanks else {}
                entry = self._entry(one.filled(texts), defaults.filled(texts) if defaults else None)
                if entry:
                    entries.append(entry)
        return entries

    def _entry(self, node: Node, defaults: Node | None) -> FactEntry | None:
        fact = FACTS.get(node["fact"].text or "")
        if fact is None:
            self.complaints.unknown(
                "unknown_fact",
                node["fact"],
                node["fact"].text,
                FACTS,
                Words("数据字典中的事实", "a fact of the dictionary"),
            )
            return None
        common = {name: node.get(name) or (defaults or node).get(name) for name in COMMON_KEYS}
        values: dict[str, Any] = {name: self._value(one) for name, one in common.items() if one is not None}
        if isinstance(values.get("action"), Constant):
            self._known_code(node["action"], node["action"].text, ACTIONS, Words("动作", "an action"))
        derived = node.get("derived")
        split = node.get("split")
        if split is not None:
            self.complaints.keys(split, ("column", "by"), ("column", "by"))
        key = self._value(node["key"])
        return FactEntry(
            fact=fact.name,
            columns=self._columns(node["columns"], fact),
            key=key or Constant(""),
            when=tuple(self._conditions(node.get("when"))),
            split=((_text(split.get("column")) or "", _text(split.get("by")) or ",") if split else None),
            derived=self._words(derived) if derived else None,
            **{name: value for name, value in values.items() if value is not None},
        )

    def _columns(self, node: Node, fact: Fact) -> dict[str, Value]:
        names = [column.name for column in fact.columns]
        columns: dict[str, Value] = {}
        for name, one in node.fields.items():
            if name not in names:
                self.complaints.unknown(
                    "unknown_column", one, name, names, Words(f"{fact.name} 的列", f"a column of {fact.name}")
                )
                continue
            value = self._value(one)
            if value is not None:
                columns[name] = value
                self._check_codes(one, value, fact.column(name))
                self._check_constant(one, value, fact.column(name))
        for column in fact.columns:
            if column.required and column.name not in node:
                self.complaints.add(
                    "missing_key",
                    node,
                    ", ".join(node.fields) or None,
                    Words(f"必填列 {column.name}", f"the required column {column.name}"),
                    Words(f"加上 {column.name}:", f"Add {column.name}:"),
                )
        return columns

    def _check_codes(self, node: Node, value: Value, column: Column) -> None:
        if column.type is not ColumnType.CODE or column.codes is None or column.codes not in CODE_LISTS:
            return
        known = [code.code for code in CODE_LISTS[column.codes].codes]
        what = Words(f"代码表 {column.codes}", f"a code of {column.codes}")
        if isinstance(value, Constant):
            self._known_code(node, value.text, known, what)
        if isinstance(value, FromColumn) and value.codes:
            for one in node["codes"].fields.values():
                self._known_code(one, one.text, known, what)

    def _check_constant(self, node: Node, value: Value, column: Column) -> None:
        if not isinstance(value, Constant) or column.type in (ColumnType.CODE, ColumnType.IMPRECISE_DATE):
            return
        (place,) = stored((column,))
        read = read_value(place, value.text)
        if isinstance(read, Problem):
            self.complaints.add(
                "wrong_constant",
                node,
                value.text,
                read.expected,
                Words("改正该常数", "Correct the constant."),
                read.nearest,
            )

    def _known_code(
        self, node: Node, found: str | None, known: list[str] | tuple[str, ...], what: Words
    ) -> None:
        if found is not None and found not in known:
            self.complaints.unknown("unknown_code", node, found, known, what)

    def _value(self, node: Node) -> Value | None:
        if node.text is not None:
            return _template(node.text) if CELL.search(node.text) else FromColumn(node.text)
        heads = [head for head in VALUE_HEADS if head in node]
        if len(heads) != 1:
            self.complaints.unknown(
                "wrong_value",
                node,
                ", ".join(node.fields) or None,
                VALUE_HEADS,
                Words("恰好一个键", "exactly one of"),
            )
            return None
        head = heads[0]
        return {
            "column": self._from_column,
            "constant": self._constant,
            "text": self._template,
            "assigned": self._assigned,
            "date": self._later,
        }.get(head, self._choice)(node)

    def _from_column(self, node: Node) -> Value | None:
        if not self.complaints.keys(node, COLUMN_KEYS, ("column",)):
            return None
        formats = _texts(node.get("formats"))
        for one, text in zip(node["formats"].items if formats else [], formats, strict=True):
            if text not in FORMATS:
                self.complaints.unknown(
                    "unknown_format", one, text, FORMATS, Words("日期格式", "a date format")
                )
        edge = node.get("edge")
        if edge is not None and edge.text not in ("earliest", "latest"):
            self.complaints.unknown(
                "unknown_edge", edge, edge.text, ("earliest", "latest"), Words("端点", "an edge")
            )
        at = node.get("at")
        if at is not None and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", at.text or ""):
            self.complaints.add(
                "wrong_clock",
                at,
                at.text,
                Words("时刻，如 08:00", "a clock time such as 08:00"),
                Words('写成 "08:00"', 'Write it as "08:00".'),
            )
        codes = node.get("codes")
        return FromColumn(
            node["column"].text or "",
            {key: one.text or "" for key, one in codes.fields.items()} if codes else None,
            formats,
            _text(at),
            _text(edge),
        )

    def _constant(self, node: Node) -> Value | None:
        return Constant(node["constant"].text or "") if self.complaints.keys(node, ("constant",)) else None

    def _template(self, node: Node) -> Value | None:
        return _template(node["text"].text or "") if self.complaints.keys(node, ("text",)) else None

    def _choice(self, node: Node) -> Value | None:
        kind = next(head for head in ("first_of", "earliest", "latest") if head in node)
        if not self.complaints.keys(node, (kind,)):
            return None
        values = [self._value(one) for one in node[kind].items]
        return Choice(kind, tuple(value for value in values if value is not None))

    def _assigned(self, node: Node) -> Value | None:
        inner = node["assigned"]
        if not self.complaints.keys(node, ("assigned",)) or not self.complaints.keys(
            inner, ("by", "among"), ("by", "among")
        ):
            return None
        by = self._value(inner["by"])
        return Assigned(by, _texts(inner["among"])) if by is not None else None

    def _later(self, node: Node) -> Value | None:
        if not self.complaints.keys(node, ("date", "plus_days"), ("date", "plus_days")):
            return None
        days = node["plus_days"].text or ""
        if not re.fullmatch(r"-?\d+", days):
            self.complaints.add(
                "wrong_number",
                node["plus_days"],
                days,
                Words("整数天数", "a whole number of days"),
                Words("例如 14", "For example 14."),
            )
            return None
        value = self._value(node["date"])
        return Later(value, int(days)) if value is not None else None

    def _conditions(self, node: Node | None) -> list[Condition]:
        found = [self._condition(one) for one in (node.items if node else [])]
        return [one for one in found if one is not None]

    def _condition(self, node: Node) -> Condition | None:
        if "any" in node:
            return (
                AnyOf(tuple(self._conditions(node["any"]))) if self.complaints.keys(node, ("any",)) else None
            )
        if "before" in node or "not_before" in node:
            return self._before(node)
        if not self.complaints.keys(node, CONDITION_KEYS, ("column",)):
            return None
        column = node["column"].text or ""
        if "given" in node:
            return Given(column, node["given"].text == "true")
        if "in" in node or "not_in" in node:
            wanted = "in" in node
            return OneOf(column, _texts(node["in" if wanted else "not_in"]), wanted)
        if "matches" in node:
            return self._matches(column, node["matches"])
        if "differs_from" in node or "same_as" in node:
            wanted = "differs_from" in node
            return Differs(column, node["differs_from" if wanted else "same_as"].text or "", wanted)
        self.complaints.unknown(
            "wrong_condition",
            node,
            ", ".join(node.fields),
            CONDITION_KEYS[1:],
            Words("列加上其中之一", "column and one of"),
        )
        return None

    def _before(self, node: Node) -> Condition | None:
        head = "before" if "before" in node else "not_before"
        if not self.complaints.keys(node, ("date", head), ("date", head)):
            return None
        first, second = self._value(node["date"]), self._value(node[head])
        return Before(first, second, head == "before") if first is not None and second is not None else None

    def _matches(self, column: str, node: Node) -> Matches | None:
        try:
            re.compile(node.text or "")
        except re.error as cause:
            self.complaints.add(
                "wrong_pattern",
                node,
                node.text,
                Words("正则表达式", "a regular expression"),
                Words("改正该表达式", f"Mend it: {cause}."),
            )
            return None
        return Matches(column, node.text or "")

    def _computed(self, node: Node | None) -> dict[str, InOrder]:
        computed: dict[str, InOrder] = {}
        for name, one in (node.fields if node else {}).items():
            if self.complaints.keys(one, ("in_order",), ("in_order",)):
                inner = one["in_order"]
                if self.complaints.keys(inner, ("date", "number"), ("date", "number")):
                    computed[name] = InOrder(inner["date"].text or "", inner["number"].text or "")
        return computed

    def _look_ups(self, node: Node | None) -> list[LookUp]:
        found: list[LookUp] = []
        allowed = ("file", "key", "by", "required_when", "computed")
        for name, one in (node.fields if node else {}).items():
            if not self.complaints.keys(one, allowed, ("file", "key", "by")):
                continue
            required = one.get("required_when")
            found.append(
                LookUp(
                    name,
                    one["file"].text or "",
                    _template(one["key"].text or ""),
                    _template(one["by"].text or ""),
                    tuple(self._conditions(required)) if required else None,
                    self._computed(one.get("computed")),
                    one.line,
                    one.column,
                )
            )
        return found

    def _checks(self, node: Node | None) -> list[RowCheck]:
        checks: list[RowCheck] = []
        for one in node.items if node else []:
            if not self.complaints.keys(
                one, ("column", "matches", "in", "given", "expected"), ("column", "expected")
            ):
                continue
            bare = Node(
                {key: value for key, value in one.fields.items() if key != "expected"}, one.line, one.column
            )
            condition = self._condition(bare)
            words = self._words(one["expected"])
            if isinstance(condition, Matches | OneOf | Given) and words:
                checks.append(RowCheck(condition, words))
        return checks

    def _remarks(self, node: Node | None) -> list[Remark]:
        remarks: list[Remark] = []
        for one in node.items if node else []:
            if self.complaints.keys(one, ("when", "say"), ("when", "say")):
                words = self._words(one["say"])
                if words:
                    remarks.append(Remark(tuple(self._conditions(one["when"])), words))
        return remarks

    def _words(self, node: Node | None) -> Words | None:
        if node is None or not self.complaints.keys(node, ("zh", "en"), ("zh", "en")):
            return None
        return Words(node["zh"].text or "", node["en"].text or "")


def _template(text: str) -> Template:
    parts: list[tuple[str, str | None, bool]] = []
    at = 0
    for cell in CELL.finditer(text):
        parts.append((text[at : cell.start()], cell[1].strip(), bool(cell[2])))
        at = cell.end()
    if at < len(text) or not parts:
        parts.append((text[at:], None, False))
    return Template(tuple(parts))


def _text(node: Node | None) -> str | None:
    return node.text if node is not None else None


def _texts(node: Node | None) -> tuple[str, ...]:
    return tuple(one.text or "" for one in node.items) if node is not None else ()
