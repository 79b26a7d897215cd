"""From the text of a condition to its checked tree, or to what is wrong with it.

sqlglot is used as a parser only, with its own functions emptied. Nothing passes that is not on a list:
the columns of the scope, the functions of the registry, comparisons, and, or, not, in, between, is null,
and written values. Types are checked before anything runs: a date is never compared with an instant, nor a
code with an unknown word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.parser import Parser as SqlParser

from sizao.facts.declaration import Column, ColumnType, Words
from sizao.policy.expressions.functions import FUNCTIONS, Argument, Function
from sizao.policy.expressions.tree import (
    All,
    Any,
    Call,
    ColumnOf,
    Compare,
    IsMissing,
    Literal,
    Node,
    Not,
    OneOf,
    Position,
    Type,
)
from sizao.policy.problems import nearest

_LONGEST = 4000  # characters of one expression
_ORDERED = (Type.DATE, Type.INSTANT, Type.DAYS, Type.DURATION, Type.NUMBER)
_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_TYPES = {
    ColumnType.ID: Type.ID,
    ColumnType.CODE: Type.CODE,
    ColumnType.AREA: Type.AREA,
    ColumnType.DATE: Type.DATE,
    ColumnType.IMPRECISE_DATE: Type.IMPRECISE,
    ColumnType.INSTANT: Type.INSTANT,
    ColumnType.NUMBER: Type.NUMBER,
    ColumnType.COUNT: Type.NUMBER,
    ColumnType.FLAG: Type.BOOL,
    ColumnType.TEXT: Type.TEXT,
}
_TYPE_ZH = {
    Type.DATE: "日期",
    Type.INSTANT: "时刻",
    Type.DAYS: "天数",
    Type.DURATION: "时长",
    Type.IMPRECISE: "不精确日期",
    Type.CODE: "代码",
    Type.NUMBER: "数字",
    Type.BOOL: "真或假",
    Type.ID: "编号",
    Type.AREA: "地区",
    Type.TEXT: "文字",
    Type.STAYS: "旅居史",
}


class _Tokenizer(Dialect):
    """SQL without a single built-in function: every name with a bracket is one of ours or a mistake."""

    class Parser(SqlParser):
        FUNCTIONS: ClassVar = {}
        FUNCTION_PARSERS: ClassVar = {}
        NO_PAREN_FUNCTIONS: ClassVar = {}
        NO_PAREN_FUNCTION_PARSERS: ClassVar = {}


_DIALECT = _Tokenizer()


@dataclass(frozen=True)
class Known:
    """What is known of a name or a value before anything runs. A written value has no type of its own."""

    node: Node
    type: Type | None
    codes: str | None = None  # code list of a CODE
    of: str | None = None  # what an ID names


@dataclass(frozen=True)
class Scope:
    """What an expression may name: columns, `let` names and step constants, and the code lists."""

    columns: Mapping[str, Known]
    codes: Mapping[str, tuple[str, ...]]
    # step.<name>; None: told elsewhere to be wrong, fits anything
    constants: Mapping[str, str | int | float | None] = field(default_factory=dict)

    def with_names(self, names: Mapping[str, Known]) -> Scope:
        """This scope with more names, which hide columns of the same name."""
        return replace(self, columns={**self.columns, **names})


def column_known(column: Column) -> Known:
    """A declared column as a name of an expression."""
    kind = _TYPES[column.type]
    return Known(ColumnOf(column.name, kind, Position(1, 1)), kind, column.codes, column.of)


@dataclass(frozen=True)
class Mistake:
    """One mistake in an expression: characters [start, end) of its text, and the edit that mends it."""

    kind: str
    start: int
    end: int
    message: Words
    found: str = ""
    expected: tuple[str, ...] = ()
    near: str | None = None
    fix: tuple[int, int, str] | None = None


@dataclass(frozen=True)
class Parsed:
    """The tree, or the mistakes; known says code list and kind of the value."""

    known: Known | None
    mistakes: tuple[Mistake, ...]


class ExpressionError(ValueError):
    """An expression that cannot be used, with every mistake in it."""

    def __init__(self, text: str, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(f"{m.message.en} at character {m.start + 1} of: {text}" for m in mistakes))


def checked(text: str, scope: Scope, wanted: Iterable[Type] = (Type.BOOL,)) -> Node:
    """The tree of one expression; ExpressionError tells every mistake."""
    parsed = parse(text, scope, wanted)
    if parsed.known is None:
        raise ExpressionError(text, parsed.mistakes)
    return parsed.known.node


def parse(text: str, scope: Scope, wanted: Iterable[Type] = (Type.BOOL,)) -> Parsed:
    """The tree of one expression of one of the `wanted` types (none given: any type)."""
    if len(text) > _LONGEST:
        message = Words(
            f"条件过长（超过{_LONGEST}字）", f"the expression has more than {_LONGEST} characters"
        )
        return Parsed(None, (Mistake("expression", 0, 1, message, found=f"{len(text)}"),))
    try:
        tree = _tree(text)
        if isinstance(tree, Mistake):
            return Parsed(None, (tree,))
        checker = _Checker(text, scope)
        known = checker.whole(tree, tuple(wanted))
    except RecursionError:
        message = Words("条件嵌套过深", "the expression is nested too deeply")
        return Parsed(None, (Mistake("expression", 0, 1, message),))
    return Parsed(None if checker.mistakes else known, tuple(checker.mistakes))


@lru_cache(maxsize=4096)
def _tree(text: str) -> exp.Expr | Mistake:
    """sqlglot's tree. Callers never change it, so that it can be remembered."""
    try:
        trees = _DIALECT.parse_into(exp.Condition, text)
    except ParseError as error:
        return _syntax(text, error)
    except (SqlglotError, ValueError, TypeError, AttributeError, IndexError, KeyError):
        # The tokenizer gives no place; nearly always a quote is not closed.
        return _not_closed(text)
    if len(trees) != 1 or trees[0] is None:
        at = text.find(";")
        message = Words("此处应恰有一个条件", "there must be exactly one expression here")
        return Mistake("expression", max(at, 0), max(at, 0) + 1, message, found=text.strip()[:40])
    return trees[0]


def _syntax(text: str, error: ParseError) -> Mistake:
    first = error.errors[0] if error.errors else {}
    word = str(first.get("highlight") or "")
    line, column = int(first.get("line") or 1), int(first.get("col") or 1)
    end = _offset(text, line, column)
    start = max(0, end - len(word))
    if word and text[start:end] != word:
        start = max(0, text.rfind(word, 0, end + 1))
        end = start + len(word)
    if not word:
        message = Words("此处应有一个条件", "an expression is missing here")
        return Mistake("expression", start, max(end, start + 1), message)
    if text.count("(") > text.count(")"):
        message = Words("缺少右括号", "a closing bracket is missing")
        return Mistake("bracket", start, end, message, word, (")",), None, (len(text), len(text), ")"))
    if text.count("(") < text.count(")") and word == ")":
        message = Words("多出一个右括号", "there is one closing bracket too many")
        return Mistake("bracket", start, end, message, word, (), None, (start, end, ""))
    message = Words(f"不能理解“{word}”处", f'the expression cannot be understood at "{word}"')
    fix = (start, end, "=") if word == "==" else None
    return Mistake("expression", start, end, message, word, (), None, fix)


def _offset(text: str, line: int, column: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = text.find("\n", at) + 1
    return min(len(text), at + column)


def _not_closed(text: str) -> Mistake:
    at = text.rfind("'")
    if text.count("'") % 2 and at >= 0:
        message = Words("引号没有成对", "a quotation mark is not closed")
        word = re.match(r"'[\w.-]*", text[at:])
        end = at + (word.end() if word else 1)
        return Mistake("quote", at, end, message, text[at:end], ("'",), None, (end, end, "'"))
    message = Words("不能读作条件", "this cannot be read as an expression")
    return Mistake("expression", 0, max(1, len(text)), message, text[:40])


class _Checker:
    """Walks sqlglot's tree once; every method gives None after it has noted a mistake."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope
        self.mistakes: list[Mistake] = []

    # What is asked of the whole

    def whole(self, tree: exp.Expr, wanted: tuple[Type, ...]) -> Known | None:
        known = self.check(tree)
        if known is None or not wanted:
            return known
        return self.as_type(known, tree, wanted)

    def as_type(
        self,
        known: Known,
        tree: exp.Expr,
        wanted: tuple[Type, ...],
        codes: str | None = None,
        of: str | None = None,
    ) -> Known | None:
        """`known` as one of the wanted types: a written value takes the type, another type is a mistake."""
        if known.type is None:
            return self.written(known, tree, wanted, codes)
        if known.type not in wanted:
            return self.wrong_type(known.type, tree, wanted)
        if codes and known.codes and codes != known.codes:
            return self.note(
                "code_list",
                tree,
                Words(
                    f"代码表不同：{known.codes} 与 {codes}",
                    f"the code lists differ: {known.codes} and {codes}",
                ),
                found=known.codes,
                expected=(codes,),
            )
        if of and known.of and of != known.of:
            return self.note(
                "identifier",
                tree,
                Words(
                    f"此处应为{of}的编号，而不是{known.of}的",
                    f"this names {_a(known.of)}, {_a(of)} is needed",
                ),
                found=known.of,
                expected=(of,),
            )
        return known

    def written(
        self, known: Known, tree: exp.Expr, wanted: tuple[Type, ...], codes: str | None
    ) -> Known | None:
        literal = known.node
        assert isinstance(literal, Literal)
        value = literal.value
        if value is None:
            return Known(replace(literal, type=wanted[0]), wanted[0], codes, None)
        if isinstance(value, str):
            return self.written_word(literal, value, tree, wanted, codes)
        for kind in (Type.DAYS, Type.NUMBER):
            if kind in wanted and not (kind is Type.DAYS and not isinstance(value, int)):
                return Known(replace(literal, type=kind), kind)
        found = Type.NUMBER if Type.DAYS not in wanted else Type.TEXT
        if Type.DAYS in wanted:
            return self.note(
                "type",
                tree,
                Words("天数必须是整数", "a number of days is a whole number"),
                found=str(value),
                expected=("days",),
            )
        return self.wrong_type(found, tree, wanted)

    def written_word(
        self, literal: Literal, value: str, tree: exp.Expr, wanted: tuple[Type, ...], codes: str | None
    ) -> Known | None:
        if Type.CODE in wanted:
            if codes is not None and value not in self.scope.codes.get(codes, (value,)):
                return self.unknown_code(value, tree, codes)
            return Known(replace(literal, type=Type.CODE), Type.CODE, codes)
        for kind in (Type.ID, Type.AREA, Type.TEXT):
            if kind in wanted:
                return Known(replace(literal, type=kind), kind)
        start, _ = self.span(tree)
        fix = None
        if Type.DATE in wanted and _is_date(value):
            fix = (start, start, "date ")
        return self.wrong_type(Type.TEXT, tree, wanted, fix)

    def unknown_code(self, value: str, tree: exp.Expr, codes: str) -> Known | None:
        known = self.scope.codes[codes]
        near = nearest(value, known)
        start, end = self.span(tree)
        return self.note(
            "code",
            tree,
            Words(f"代码表 {codes} 中没有“{value}”", f'the code list {codes} has no "{value}"'),
            found=value,
            expected=known,
            near=near,
            fix=None if near is None else (start, end, f"'{near}'"),
        )

    def wrong_type(
        self,
        found: Type,
        tree: exp.Expr,
        wanted: tuple[Type, ...],
        fix: tuple[int, int, str] | None = None,
    ) -> Known | None:
        start, end = self.span(tree)
        wrap = {
            (Type.INSTANT, Type.DATE): "day_of",
            (Type.IMPRECISE, Type.DATE): "latest_day",
            (Type.DATE, Type.INSTANT): "start_of",
        }
        for kind in wanted:
            if fix is None and (found, kind) in wrap:
                fix = (start, end, f"{wrap[found, kind]}({self.text[start:end]})")
        names = tuple(kind.value for kind in wanted)
        more_zh, more_en = "", ""
        if found is Type.IMPRECISE:
            more_zh = "；请写明 earliest(…) 或 latest_day(…)"
            more_en = "; say earliest(...) or latest_day(...)"
        return self.note(
            "type",
            tree,
            Words(
                f"此处是{_TYPE_ZH[found]}，应为{'或'.join(_TYPE_ZH[kind] for kind in wanted)}{more_zh}",
                f"this is {_a(found.value)}, {' or '.join(_a(name) for name in names)} is needed{more_en}",
            ),
            found=found.value,
            expected=names,
            fix=fix,
        )

    # The kinds of node

    def check(self, tree: exp.Expr) -> Known | None:
        if isinstance(tree, exp.Paren):
            return self.check(tree.this)
        if isinstance(tree, exp.And | exp.Or):
            return self.connected(tree)
        if isinstance(tree, exp.Not):
            return self.negated(tree)
        if type(tree) in _OPERATORS:
            return self.compared(tree, _OPERATORS[type(tree)], tree.this, tree.expression)
        if isinstance(tree, exp.Between):
            return self.between(tree)
        if isinstance(tree, exp.In):
            return self.one_of(tree)
        if isinstance(tree, exp.Is):
            return self.missing(tree)
        if isinstance(tree, exp.Column):
            return self.named(tree)
        if isinstance(tree, exp.Anonymous):
            return self.called(tree)
        return self.value(tree)

    def value(self, tree: exp.Expr) -> Known | None:
        if isinstance(tree, exp.Literal):
            return self.literal(tree)
        if isinstance(tree, exp.Boolean):
            return Known(Literal(bool(tree.this), Type.BOOL, self.at(tree)), Type.BOOL)
        if isinstance(tree, exp.Neg) and isinstance(tree.this, exp.Literal | exp.Column):
            return self.negative(tree, tree.this)
        if isinstance(tree, exp.Cast):
            return self.dated(tree)
        if isinstance(tree, exp.Null):
            return self.note(
                "null",
                tree,
                Words("缺失要写作 is null", 'a missing value is asked for with "is null"'),
                found="null",
                expected=("is null", "is not null"),
            )
        return self.not_allowed(tree)

    def negative(self, tree: exp.Neg, number: exp.Literal | exp.Column) -> Known | None:
        """A written number, or a name of `let` that stands for one, with its sign turned."""
        known = self.literal(number) if isinstance(number, exp.Literal) else self.named(number)
        if known is None:
            return None
        node = known.node
        if known.type is None and isinstance(node, Literal) and isinstance(node.value, int | float):
            return Known(replace(node, value=-node.value), None)
        return self.not_allowed(tree)

    def literal(self, tree: exp.Literal) -> Known | None:
        text = str(tree.this)
        if tree.is_string:
            return Known(Literal(text, Type.TEXT, self.at(tree)), None)
        if re.fullmatch(r"\d{1,15}", text):
            return Known(Literal(int(text), Type.NUMBER, self.at(tree)), None)
        if re.fullmatch(r"\d{1,15}\.\d{1,9}", text):
            return Known(Literal(float(text), Type.NUMBER, self.at(tree)), None)
        return self.note("number", tree, Words("数字写法不对", "this is not a plain number"), found=text)

    def dated(self, tree: exp.Cast) -> Known | None:
        literal = tree.this
        written = isinstance(literal, exp.Literal) and literal.is_string
        start, end = self.span(tree)
        if not written or not re.match(r"date\s*'", self.text[start:end], re.IGNORECASE):
            return self.not_allowed(tree)
        text = str(literal.this)
        if not _is_date(text):
            return self.note(
                "date",
                literal,
                Words(f"没有“{text}”这一天", f'"{text}" is not a day'),
                found=text,
                expected=("date '2020-06-18'",),
            )
        return Known(Literal(date.fromisoformat(text), Type.DATE, self.at(tree)), Type.DATE)

    def not_allowed(self, tree: exp.Expr) -> Known | None:
        fix = self.arithmetic(tree)
        what = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Star: "*"}.get(
            type(tree), tree.key
        )
        return self.note(
            "not_allowed",
            tree,
            Words(f"条件中不能使用“{what}”", f'"{what}" is not part of these expressions'),
            found=what,
            expected=("add_days", "days_between") if isinstance(tree, exp.Add | exp.Sub) else (),
            fix=fix,
        )

    def arithmetic(self, tree: exp.Expr) -> tuple[int, int, str] | None:
        """`day + 1` as add_days, `day - day` as days_between; None for anything else."""
        if not isinstance(tree, exp.Add | exp.Sub):
            return None
        quiet = _Checker(self.text, self.scope)
        left, right = quiet.check(tree.this), quiet.check(tree.expression)
        if left is None or right is None or left.type is not Type.DATE:
            return None
        (start, middle), (first, end) = self.span(tree.this), self.span(tree.expression)
        one, two = self.text[start:middle], self.text[first:end]
        if isinstance(tree, exp.Sub) and right.type is Type.DATE:
            return start, end, f"days_between({two}, {one})"
        if right.type is None:
            sign = "-" if isinstance(tree, exp.Sub) else ""
            return start, end, f"add_days({one}, {sign}{two})"
        return None

    def connected(self, tree: exp.And | exp.Or) -> Known | None:
        kind = type(tree)
        items: list[Node] = []
        whole = True
        for part in _parts(tree, kind):
            known = self.check(part)
            if known is not None:
                known = self.as_type(known, part, (Type.BOOL,))
            if known is None:
                whole = False
            else:
                items.append(known.node)
        if not whole:
            return None
        node: Node = (All if kind is exp.And else Any)(tuple(items), self.at(tree))
        return Known(node, Type.BOOL)

    def negated(self, tree: exp.Not) -> Known | None:
        known = self.check(tree.this)
        if known is not None:
            known = self.as_type(known, tree.this, (Type.BOOL,))
        return None if known is None else Known(Not(known.node, self.at(tree)), Type.BOOL)

    def compared(self, tree: exp.Expr, operator: str, left: exp.Expr, right: exp.Expr) -> Known | None:
        if isinstance(right, exp.Null):
            return self.compared_with_null(tree, operator, left, right)
        one, two = self.check(left), self.check(right)
        if one is None or two is None:
            return None
        pair = self.same_type(one, left, two, right)
        if pair is None:
            return None
        one, two = pair
        assert one.type is not None
        ordered = operator not in ("=", "<>")
        if one.type in (Type.STAYS, Type.IMPRECISE) or (ordered and one.type not in _ORDERED):
            if one.type is Type.IMPRECISE:
                return self.wrong_type(Type.IMPRECISE, left, (Type.DATE,))
            return self.note(
                "order",
                tree,
                Words(
                    f"{_TYPE_ZH[one.type]}没有大小，请用 in (…)",
                    f"{_a(one.type.value)} has no order, use in (...)",
                ),
                found=operator,
                expected=("=", "<>", "in"),
            )
        return Known(Compare(operator, one.node, two.node, self.at(tree)), Type.BOOL)

    def compared_with_null(
        self, tree: exp.Expr, operator: str, left: exp.Expr, right: exp.Expr
    ) -> Known | None:
        _, end = self.span(left)
        closing = re.compile(r"\s*(<>|!=|=)\s*null", re.IGNORECASE).match(self.text, end)
        words = "is null" if operator == "=" else "is not null"
        fix = None if closing is None else (end, closing.end(), f" {words}")
        return self.note(
            "null",
            tree,
            Words(f"缺失要写作 {words}", f'a missing value is asked for with "{words}"'),
            found=f"{operator} null",
            expected=(words,),
            near=words,
            fix=fix,
        )

    def same_type(
        self, one: Known, left: exp.Expr, two: Known, right: exp.Expr
    ) -> tuple[Known, Known] | None:
        """Both sides with one type; a written value takes the type of the other side."""
        if one.type is None and two.type is None:
            if _fits_anything(one) or _fits_anything(two):
                return replace(one, type=Type.TEXT), replace(two, type=Type.TEXT)
            self.note(
                "constant",
                left,
                Words("两边都是写定的值", "both sides are written values; name a column on one side"),
                found=self.text[slice(*self.span(left))],
            )
            return None
        if one.type is None:
            assert two.type is not None
            known = self.as_type(one, left, (two.type,), two.codes)
            return None if known is None else (known, two)
        if two.type is not None and one.type is Type.DATE and two.type is Type.INSTANT:
            self.wrong_type(Type.INSTANT, right, (Type.DATE,))
            return None
        if two.type is Type.DATE and one.type in (Type.INSTANT, Type.IMPRECISE):
            self.wrong_type(one.type, left, (Type.DATE,))
            return None
        known = self.as_type(two, right, (one.type,), one.codes, one.of)
        return None if known is None else (one, known)

    def between(self, tree: exp.Between) -> Known | None:
        low, high = tree.args["low"], tree.args["high"]
        first = self.compared(tree, ">=", tree.this, low)
        second = self.compared(tree, "<=", tree.this, high)
        if first is None or second is None:
            return None
        return Known(All((first.node, second.node), self.at(tree)), Type.BOOL)

    def one_of(self, tree: exp.In) -> Known | None:
        value = self.check(tree.this)
        options = tree.expressions
        if not options:
            return self.note(
                "options",
                tree,
                Words("in 之后应是写定的值", 'after "in" there must be written values in brackets'),
                expected=("in ('a', 'b')",),
            )
        literals: list[Literal] = []
        for option in options:
            known = self.check(option)
            if known is None or value is None:
                continue
            if not isinstance(known.node, Literal):
                self.note(
                    "options",
                    option,
                    Words("in 之后只能是写定的值", 'after "in" only written values may stand'),
                    found=self.text[slice(*self.span(option))],
                )
                continue
            pair = self.same_type(value, tree.this, known, option)
            if pair is not None and isinstance(pair[1].node, Literal):
                literals.append(pair[1].node)
        if value is None or len(literals) != len(options):
            return None
        return Known(OneOf(value.node, tuple(literals), self.at(tree)), Type.BOOL)

    def missing(self, tree: exp.Is) -> Known | None:
        known = self.check(tree.this)
        if not isinstance(tree.expression, exp.Null):
            return self.not_allowed(tree)
        if known is None:
            return None
        if known.type is None or known.type is Type.STAYS:
            return self.not_allowed(tree)
        return Known(IsMissing(known.node, self.at(tree)), Type.BOOL)

    def named(self, tree: exp.Column) -> Known | None:
        identifier = tree.this
        if not isinstance(identifier, exp.Identifier):
            return self.not_allowed(tree)
        name = str(identifier.this)
        start, end = self.span(tree)
        if identifier.args.get("quoted"):
            return self.note(
                "quote",
                tree,
                Words("代码要用单引号", "codes are written in single quotes"),
                found=f'"{name}"',
                expected=(f"'{name}'",),
                fix=(start, end, f"'{name}'"),
            )
        if tree.args.get("table") is not None:
            return self.constant(tree, name)
        known = self.scope.columns.get(name)
        if known is None:
            return self.unknown_name(name, tree)
        node = known.node
        return replace(known, node=replace(node, at=self.at(tree)) if isinstance(node, ColumnOf) else node)

    def unknown_name(self, name: str, tree: exp.Expr) -> Known | None:
        known = tuple(self.scope.columns)
        near = nearest(name, known)
        start, end = self.span(tree)
        return self.note(
            "column",
            tree,
            Words(f"此处没有名为“{name}”的列", f'there is no column "{name}" here'),
            found=name,
            expected=known,
            near=near,
            fix=None if near is None else (start, end, near),
        )

    def constant(self, tree: exp.Column, name: str) -> Known | None:
        table = str(tree.args["table"].this)
        if table != "step" or name not in self.scope.constants or tree.args.get("db") is not None:
            known = tuple(f"step.{constant}" for constant in self.scope.constants)
            written = f"{table}.{name}"
            near = nearest(written, known)
            start, end = self.span(tree)
            return self.note(
                "constant_of_step",
                tree,
                Words(f"步骤中没有“{name}”", f'the step does not say "{name}"'),
                found=written,
                expected=known,
                near=near,
                fix=None if near is None else (start, end, near),
            )
        value = self.scope.constants[name]
        kind = Type.TEXT if isinstance(value, str) else Type.NUMBER
        return Known(Literal(value, kind, self.at(tree)), None)

    def called(self, tree: exp.Anonymous) -> Known | None:
        name = str(tree.this)
        function = FUNCTIONS.get(name)
        if function is None:
            return self.unknown_function(name, tree)
        given = tree.expressions
        if len(given) != len(function.arguments):
            return self.note(
                "arguments",
                tree,
                Words(
                    f"函数 {name} 需要{len(function.arguments)}个参数，写了{len(given)}个",
                    f"{name} takes {len(function.arguments)} arguments, {len(given)} are given",
                ),
                found=str(len(given)),
                expected=tuple(argument.name for argument in function.arguments),
            )
        knowns = [self.check(argument) for argument in given]
        if any(known is None for known in knowns):
            return None
        whole = [known for known in knowns if known is not None]
        if function.result is None:
            return self.called_any(function, tree, whole)
        arguments = [
            self.argument(known, part, argument)
            for known, part, argument in zip(whole, given, function.arguments, strict=True)
        ]
        nodes = tuple(known.node for known in arguments if known is not None)
        if len(nodes) != len(given):
            return None
        return Known(Call(name, nodes, function.result, self.at(tree)), function.result, function.codes)

    def argument(self, known: Known, tree: exp.Expr, argument: Argument) -> Known | None:
        assert argument.type is not None
        fitting = self.as_type(known, tree, (argument.type,), argument.codes, argument.of)
        if argument.written and fitting is not None and not isinstance(fitting.node, Literal):
            return self.not_allowed(tree)
        return fitting

    def called_any(self, function: Function, tree: exp.Anonymous, given: list[Known]) -> Known | None:
        """A function whose arguments share one type that is not fixed, as if_missing."""
        parts = tree.expressions
        pair = self.same_type(given[0], parts[0], given[1], parts[1])
        if pair is None:
            return None
        kind = pair[0].type
        if kind is None or kind in (Type.STAYS, Type.IMPRECISE):
            return self.not_allowed(tree)
        nodes = (pair[0].node, pair[1].node)
        return Known(Call(function.name, nodes, kind, self.at(tree)), kind, pair[0].codes, pair[0].of)

    def unknown_function(self, name: str, tree: exp.Expr) -> Known | None:
        near = nearest(name, FUNCTIONS)
        start, _ = self.span(tree)
        return self.note(
            "function",
            tree,
            Words(f"没有函数“{name}”", f'there is no function "{name}"'),
            found=name,
            expected=tuple(FUNCTIONS),
            near=near,
            fix=None if near is None else (start, start + len(name), near),
            length=len(name),
        )

    # Places

    def note(
        self,
        kind: str,
        tree: exp.Expr,
        message: Words,
        *,
        found: str = "",
        expected: tuple[str, ...] = (),
        near: str | None = None,
        fix: tuple[int, int, str] | None = None,
        length: int | None = None,
    ) -> Known | None:
        start, end = self.span(tree)
        if length is not None:
            end = start + length
        self.mistakes.append(Mistake(kind, start, end, message, found, expected, near, fix))
        return None

    def span(self, tree: exp.Expr) -> tuple[int, int]:
        """Characters [start, end) of a node; sqlglot marks only names, values and calls."""
        places = [node.meta for node in tree.walk() if "start" in node.meta]
        if not places:
            return 0, max(1, len(self.text))
        start = min(int(place["start"]) for place in places)
        end = max(int(place["end"]) for place in places) + 1
        if isinstance(tree, exp.Cast):
            before = re.search(r"date\s*$", self.text[:start], re.IGNORECASE)
            start = before.start() if before else start
        # What is opened within the span is closed with it: the bracket of a call has no mark of its own.
        return start, _closed(self.text, start, end)

    def at(self, tree: exp.Expr) -> Position:
        start, _ = self.span(tree)
        line = self.text.count("\n", 0, start) + 1
        return Position(line, start - self.text.rfind("\n", 0, start))


def _fits_anything(known: Known) -> bool:
    """A stand-in for something that is wrong and told elsewhere."""
    return known.type is None and isinstance(known.node, Literal) and known.node.value is None


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _parts(tree: exp.Expr, kind: type[exp.Expr]) -> list[exp.Expr]:
    """The items of a chain of and, or of or, from left to right, without recursion."""
    parts: list[exp.Expr] = []
    left = tree
    while type(left) is kind:
        parts.append(left.expression)
        left = left.this
    parts.append(left)
    return parts[::-1]


def _closed(text: str, start: int, end: int) -> int:
    """The end of [start, end) after the brackets that it opens are closed; quoted text does not count."""
    depth, quoted, position = 0, False, start
    while position < len(text) and (position < end or depth > 0):
        character = text[position]
        if character == "'":
            quoted = not quoted
        elif not quoted:
            depth += (character == "(") - (character == ")")
        position += 1
    return max(end, position) if depth <= 0 else end


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
