"""From the files of rules to rules, or to everything that is wrong in them, at its place.

    results:                             the fact
      sample-before-result:              the rule's name, unique among all
        from: 2020-01-01                 rows recorded before are not judged by it
        outcome: refuse                  refuse: it cannot be true; question: somebody should look
        reads:                           values of other facts, under names of their own
          taken_at: {fact: samples, by: sample, column: taken_at}
          age: {fact: people, by: person, column: birth_year, years: yes}      years from it to the event
        holds: resulted_at > taken_at    an expression as in packs; where it is not known nothing is said
        says: {zh: …, en: …}             what the row should be, to stand after "should"
        source: {zh: …, en: …, mark: M}
        examples:                        both sides of the boundary: own columns, and those read
          holds: [{resulted_at: …, taken_at: …}]
          fails: [{…}]

Instead of `holds` a rule may look at a group of rows that arrive together:

        group: {by: [laboratory, resulted_at], least: 20, of: result = 'positive', most: 0.5}

questions the rows of every group of at least `least` rows in which a larger share than `most` is so; with an
empty `by` all rows that arrive together are one group.

A rule under "*" with `of: place` is one for every column that names a place, in every fact but places and
those in its list `except`; "*" then stands for the column in `by`, and `it` in expressions and examples.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import own_columns
from sizao.policy.context import Context
from sizao.policy.expressions.emit import walk
from sizao.policy.expressions.functions import FUNCTIONS
from sizao.policy.expressions.parse import Known, Scope, column_known
from sizao.policy.expressions.tree import Call, ColumnOf, Node, Position, Type
from sizao.policy.fields import Fields
from sizao.policy.problems import PackProblems, nearest
from sizao.policy.texts import Item, Map, Problems, Scalar, Seq, read
from sizao.terms.words import Words

FOLDER = Path(__file__).parent / "rules"
OUTCOMES = ("refuse", "question")
MARKS = ("S", "M", "D")
UNSUPPORTED = frozenset({"earliest", "latest_day", "is_in"})
EVERY = "*"
_KEYS = ("from", "outcome", "of", "except", "reads", "holds", "group", "says", "source", "examples")
_COMMON = {
    "happened_at": Type.INSTANT,
    "known_at": Type.INSTANT,
    "recorded_at": Type.INSTANT,
    "area": Type.AREA,
    "event_on": Type.DATE,  # the local day of happened_at
    "recorded_on": Type.DATE,
    "event_year": Type.NUMBER,
    "recorded_year": Type.NUMBER,
}


@dataclass(frozen=True)
class Read:
    """A value of another fact: of its rows whose `key` is the row's `by`. name: how the rule calls it.

    years: it is a year, and what is meant is how many lie between it and the event.
    """

    name: str
    fact: str
    by: str
    key: str
    column: str
    years: bool = False


@dataclass(frozen=True)
class Group:
    """Rows that arrive together and agree in `by`: of `least` or more no larger share than `most` is so."""

    by: tuple[str, ...]
    least: int
    of: Node
    most: float


@dataclass(frozen=True)
class Rule:
    """One rule. holds: what should be true of a row; None for a rule of groups."""

    name: str
    fact: str
    since: date
    outcome: str
    reads: tuple[Read, ...]
    holds: Node | None
    group: Group | None
    says: Words
    source: Words
    mark: str
    examples: Mapping[str, tuple[Mapping[str, Any], ...]]


@lru_cache(maxsize=1)
def shipped() -> tuple[Rule, ...]:
    """The rules that are shipped. PackProblems tells every mistake in them."""
    return load_rules({one.name: one.read_text(encoding="utf-8") for one in sorted(FOLDER.glob("*.yaml"))})


@lru_cache(maxsize=256)
def rules_of(fact: str) -> tuple[Rule, ...]:
    """The shipped rules of a fact."""
    return tuple(one for one in shipped() if one.fact == fact)


def load_rules(files: Mapping[str, str]) -> tuple[Rule, ...]:
    """The rules of these files, name -> text. PackProblems tells every mistake in them."""
    context = Context()
    context.begin_codes()
    found: list[Rule] = []
    names: set[str] = set()
    for file, text in files.items():
        whole = read(file, text, context.problems)
        plain = YAML(typ="safe").load(text) if whole is not None else {}
        for fact, entry in whole.entries.items() if isinstance(whole, Map) else ():
            if fact not in FACTS and fact != EVERY:
                _tell(context.problems, entry.key, "fact", fact, FACTS, "事实", "fact")
                continue
            rules = entry.value
            for name, one in rules.entries.items() if isinstance(rules, Map) else ():
                if name in names:
                    words = Words(f"已有规则“{name}”", f'there is a rule "{name}" already')
                    context.problems.add("twice", one.key, words, found=name)
                names.add(name)
                for where, column in _columns(fact, one.value, context.problems):
                    reader = _Reader(context, where, name, column)
                    rule = reader.rule(one.value, one.key, plain[fact][name])
                    found += [rule] if rule is not None else []
    if listed := tuple(context.problems):
        raise PackProblems(listed)
    return tuple(found)


def _columns(fact: str, rule: Item, problems: Problems) -> list[tuple[str, str]]:
    """The fact of a rule; of a rule under "*" every fact and column that names what its `of` says."""
    if fact != EVERY:
        return [(fact, "")]
    of = rule.get("of") if isinstance(rule, Map) else None
    kinds = {column.of for one in FACTS.values() for column in one.columns if column.of}
    if not isinstance(of, Scalar) or of.text not in kinds:
        found = of.text if isinstance(of, Scalar) else ""
        _tell(problems, of or rule, "of", found, sorted(kinds), "编号种类", "kind of identifier")
        return []
    excepted = _excepted(rule, problems)
    excepted.add(f"{of.text}s")  # the fact that says which there are
    return [
        (one.name, column.name)
        for one in FACTS.values()
        if one.name not in excepted
        for column in one.columns
        if column.of == of.text
    ]


def _excepted(rule: Item, problems: Problems) -> set[str]:
    """The facts that a rule under "*" leaves out."""
    listed = rule.get("except") if isinstance(rule, Map) else None
    found = set()
    for one in listed.items if isinstance(listed, Seq) else ():
        if isinstance(one, Scalar):
            found.add(one.text)
            if one.text not in FACTS:
                _tell(problems, one, "fact", one.text, FACTS, "事实", "fact")
    return found


def _tell(
    problems: Problems, at: Item, kind: str, found: str, known: Iterable[str], zh: str, en: str
) -> None:
    names = tuple(known)
    words = Words(f"没有{zh}“{found}”", f'there is no {en} "{found}"')
    problems.add(kind, at, words, found=found, expected=names, near=nearest(found, names))


class _Reader:
    """Reads one rule of one fact."""

    def __init__(self, context: Context, fact: str, name: str, column: str) -> None:
        self.context, self.problems, self.fact = context, context.problems, fact
        self.name, self.every = name, column

    def rule(self, item: Item, at: Item, plain: Any) -> Rule | None:
        what = Words(f"规则“{self.name}”", f'rule "{self.name}"')
        required = ("from", "outcome", "says", "source", "examples")
        fields = Fields(item, what, self.problems, _KEYS, required, at=at)
        if fields.map is None:
            return None
        since = self._day(fields)
        outcome = self._one_of(fields.scalar("outcome"), OUTCOMES, "outcome")
        reads = tuple(self._reads(fields.item("reads")))
        scope = self._scope(reads)
        holds = self._expression(fields.item("holds"), "holds", scope)
        group = self._group(fields.item("group"), scope)
        if ("holds" in fields) == ("group" in fields):
            words = Words("写holds或group之一", 'a rule has either "holds" or "group"')
            self.problems.add("missing_key", at, words, found=self.name, expected=("holds", "group"))
        says = self._words(fields.item("says"), "says")
        source, mark = self._source(fields.item("source"))
        listed = fields.item("examples")
        examples = self._examples(listed, plain, reads) if listed is not None else {}
        if since is None or outcome is None or says is None or source is None or mark is None:
            return None
        if holds is None and group is None:
            return None
        name = f"{self.name}.{self.fact}.{self.every}" if self.every else self.name
        return Rule(name, self.fact, since, outcome, reads, holds, group, says, source, mark, examples)

    def _day(self, fields: Fields) -> date | None:
        scalar = fields.scalar("from")
        if scalar is None:
            return None
        try:
            return date.fromisoformat(scalar.text)
        except ValueError:
            words = Words("from须为日期", '"from" is a date')
            self.problems.add("date", fields.key("from"), words, found=scalar.text, expected=("2020-01-01",))
            return None

    def _one_of(self, scalar: Scalar | None, known: tuple[str, ...], noun: str) -> str | None:
        if scalar is None or scalar.text in known:
            return None if scalar is None else scalar.text
        _tell(self.problems, scalar, noun, scalar.text, known, noun, noun)
        return None

    def _words(self, item: Item | None, noun: str) -> Words | None:
        if item is None:
            return None
        fields = Fields(item, Words(noun, f'"{noun}"'), self.problems, ("zh", "en"), ("zh", "en"))
        zh, en = fields.scalar("zh"), fields.scalar("en")
        return None if zh is None or en is None else Words(zh.text, en.text)

    def _source(self, item: Item | None) -> tuple[Words | None, str | None]:
        if item is None:
            return None, None
        fields = Fields(
            item, Words("出处", '"source"'), self.problems, ("zh", "en", "mark"), ("zh", "en", "mark")
        )
        zh, en = fields.scalar("zh"), fields.scalar("en")
        mark = self._one_of(fields.scalar("mark"), MARKS, "mark")
        return (None if zh is None or en is None else Words(zh.text, en.text)), mark

    def _reads(self, item: Item | None) -> Iterable[Read]:
        for name, entry in item.entries.items() if isinstance(item, Map) else ():
            fields = Fields(
                entry.value,
                Words(f"reads的“{name}”", f'"{name}" of "reads"'),
                self.problems,
                ("fact", "by", "key", "column", "years"),
                ("fact", "by", "column"),
                at=entry.key,
            )
            fact, by, column = (fields.scalar(key) for key in ("fact", "by", "column"))
            if fact is None or by is None or column is None:
                continue
            if fact.text not in FACTS:
                _tell(self.problems, fact, "fact", fact.text, FACTS, "事实", "fact")
                continue
            key = fields.scalar("key") or by
            theirs = {one.name for one in own_columns(FACTS[fact.text])}
            mine = {one.name for one in own_columns(FACTS[self.fact])}
            fine = True
            for scalar, known in ((by, mine | {EVERY}), (key, theirs), (column, theirs)):
                if scalar.text not in known or (scalar.text == EVERY and not self.every):
                    _tell(self.problems, scalar, "column", scalar.text, sorted(known), "列", "column")
                    fine = False
            if fine:
                own = self.every if by.text == EVERY else by.text
                theirs_by = self.every if key.text == EVERY else key.text
                yield Read(name, fact.text, own, theirs_by, column.text, fields.flag("years", False))

    def _scope(self, reads: tuple[Read, ...]) -> Scope:
        columns = {one.name: column_known(one) for one in FACTS[self.fact].columns}
        here = Position(1, 1)
        columns |= {name: Known(ColumnOf(name, kind, here), kind) for name, kind in _COMMON.items()}
        if self.every:
            columns["it"] = columns[self.every]
        for one in reads:
            known = column_known(FACTS[one.fact].column(one.column))
            assert isinstance(known.node, ColumnOf)
            node = ColumnOf(one.name, known.node.type, here)
            columns[one.name] = Known(node, known.type, known.codes, known.of)
        return Scope(columns, self.context.codes)

    def _expression(self, item: Item | None, what: str, scope: Scope) -> Node | None:
        known = self.context.expression(item, what, scope, (Type.BOOL,))
        if known is None or item is None:
            return None
        for one in walk(known.node):
            if isinstance(one, Call) and (one.function in UNSUPPORTED or FUNCTIONS[one.function].is_lookup):
                words = Words(
                    f"{one.function}不能用在这里：用reads取别处的值",
                    f"{one.function} is not available here: take values of other facts by reads",
                )
                self.problems.add("expression_function", item, words, found=one.function)
                return None
        return known.node

    def _group(self, item: Item | None, scope: Scope) -> Group | None:
        if item is None:
            return None
        keys = ("by", "least", "of", "most")
        fields = Fields(item, Words("group", '"group"'), self.problems, keys, keys)
        by = fields.item("by")
        names = tuple(one.text for one in by.items if isinstance(one, Scalar)) if isinstance(by, Seq) else ()
        known = {one.name for one in own_columns(FACTS[self.fact])}
        for one in by.items if isinstance(by, Seq) else ():
            if isinstance(one, Scalar) and one.text not in known:
                _tell(self.problems, one, "column", one.text, sorted(known), "列", "column")
        node = self._expression(fields.item("of"), "of", scope)
        least, most = fields.scalar("least"), fields.scalar("most")
        if node is None or least is None or most is None:
            return None
        try:
            count, share = int(least.text), float(most.text)
        except ValueError:
            count, share = 0, -1.0
        if count < 2 or not 0 <= share < 1:
            words = Words(
                "least须为2以上的整数，most须为0到1之间的份额",
                '"least" is a whole number from 2, "most" a share from 0 and below 1',
            )
            self.problems.add("number", least, words, found=f"{least.text}, {most.text}")
            return None
        return Group(names, count, node, share)

    def _examples(
        self, item: Item, plain: Any, reads: tuple[Read, ...]
    ) -> dict[str, tuple[Mapping[str, Any], ...]]:
        fields = Fields(
            item, Words("examples", '"examples"'), self.problems, ("holds", "fails"), ("holds", "fails")
        )
        known = (
            {one.name for one in own_columns(FACTS[self.fact])} | set(_COMMON) | {one.name for one in reads}
        )
        for side in ("holds", "fails"):
            rows = fields.item(side)
            for row in rows.items if isinstance(rows, Seq) else ():
                for name, entry in row.entries.items() if isinstance(row, Map) else ():
                    if name not in known and name not in ("times", "it"):
                        _tell(self.problems, entry.key, "column", name, sorted(known), "列", "column")
            if not isinstance(rows, Seq) or not rows.items:
                words = Words(
                    "每条规则在界限两侧都要有例子", "a rule has examples on both sides of its boundary"
                )
                self.problems.add("examples", fields.key(side), words, found=self.name, expected=(side,))
        return {
            side: tuple(
                {self.every if name == "it" else name: value for name, value in row.items()}
                for row in plain["examples"].get(side) or ()
            )
            for side in ("holds", "fails")
        }
