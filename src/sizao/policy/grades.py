"""A set of grade rules as a pack writes it in grades/*.yaml: checked, and its conditions parsed."""

from __future__ import annotations

from collections.abc import Mapping

from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS
from sizao.policy.context import Context, elements
from sizao.policy.expressions.parse import Known, Scope
from sizao.policy.expressions.tree import ColumnOf, Position, Type
from sizao.policy.fields import Fields, chosen, one_word, words_of
from sizao.policy.grading import CAME_FROM, DAYS_IN_GRADE, ClusterRule, GradeSet, Measure, Move, Rest
from sizao.policy.model import Source
from sizao.policy.rules import legal_basis_of, order_of, read_window
from sizao.policy.texts import Entry, Item, Map, Scalar
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words

SET_REQUIRED = (
    "label",
    "basis",
    "source",
    "legal_basis",
    "authority",
    "unit",
    "in_force",
    "measures",
    "up",
    "down",
)
SET_KEYS = (*SET_REQUIRED, "rest", "clusters", "strategy")
KINDS = ("sum", "on_day", "days_since")
MEASURE_KEYS = ("label", *KINDS, "days", "in_grade", "since_last", "from_day")
MOVE_KEYS = ("from", "to", "when", "source")
COUNTED = tuple(column.name for column in FACTS["area_counts"].columns if column.type is ColumnType.COUNT)


def read_grade_set(name: str, found: list[Entry], context: Context) -> GradeSet | None:
    """The set of that name; None when it cannot stand, with every reason noted. Of two packs the overlay's
    counts."""
    entry = found[-1]
    what = Words(f"分级规则“{name}”", f'the grade rules "{name}"')
    whole = Fields(entry.value, what, context.problems, SET_KEYS, SET_REQUIRED, at=entry.key)
    if not isinstance(entry.value, Map):
        return None
    window = read_window(entry.value, entry.key, context)
    label, legal_basis, source = (
        whole.words("label"),
        legal_basis_of(whole, what, context),
        context.source(whole, what),
    )
    basis = tuple(order_of(item, context) for item in whole.many("basis"))
    authority = whole.choice("authority", CODE_LISTS["area_levels"].names())
    unit = whole.choice("unit", CODE_LISTS["area_levels"].names())
    measures = _measures(whole, context)
    fallback = source or Source("", "", "M")
    moves = _Moves(whole, _scope(measures, context), fallback, context)
    up, down = moves.read("up"), moves.read("down")
    _tell_dead_ends(whole, up, down, context)
    rest, cluster, strategy = _rest(whole, context), _clusters(whole, context), _strategy(whole, context)
    if None in (label, legal_basis, source, authority, unit, window):
        return None
    assert label is not None
    assert legal_basis is not None
    assert source is not None
    assert authority is not None
    assert unit is not None
    assert window is not None
    return GradeSet(
        name=name,
        label=label,
        basis=tuple(order for order in basis if order),
        source=source,
        legal_basis=legal_basis,
        authority=authority,
        unit=unit,
        in_force_from=window.since,
        in_force_until=window.until,
        grades=context.grades,
        measures=measures,
        up=up,
        down=down,
        rest=rest,
        cluster=cluster,
        strategy=strategy,
        file=entry.key.source.file,
        line=entry.key.place().line,
    )


def _measures(whole: Fields, context: Context) -> dict[str, Measure]:
    item = whole.sub("measures")
    read = [] if item is None else [_measure(name, entry, context) for name, entry in item.entries.items()]
    return {one.name: one for one in read if one is not None}


def _measure(name: str, entry: Entry, context: Context) -> Measure | None:
    what = Words(f"测量值“{name}”", f'the measure "{name}"')
    fields = Fields(entry.value, what, context.problems, MEASURE_KEYS, ("label",), at=entry.key)
    label = fields.words("label")
    kinds = [key for key in KINDS if key in fields]
    if len(kinds) != 1:
        context.problems.add(
            "measure",
            entry.key,
            Words(
                f"{what.zh}应恰有“sum”“on_day”“days_since”之一",
                f'{what.en} has exactly one of "sum", "on_day" and "days_since"',
            ),
            found=", ".join(kinds),
            expected=KINDS,
        )
        return None
    columns = _columns(fields, kinds[0], context)
    _tell_together(fields, kinds[0], entry.key, context)
    days, from_day = fields.integer("days", 1), fields.integer("from_day")
    if label is None or not columns:
        return None
    return Measure(
        name=name,
        label=label,
        columns=columns,
        days_since=kinds[0] == "days_since",
        days=1 if kinds[0] == "on_day" else days,
        in_grade=fields.flag("in_grade", False),
        since_last=_columns(fields, "since_last", context),
        from_day=from_day or 0,
    )


def _tell_together(fields: Fields, kind: str, where: Item, context: Context) -> None:
    """Of `days`, `in_grade` and `since_last` a sum has at most one; `from_day` belongs to `since_last`."""
    windows = [key for key in ("days", "in_grade", "since_last") if key in fields]
    wrong = windows[1:] if kind == "sum" else windows
    if "from_day" in fields and "since_last" not in fields:
        wrong = [*wrong, "from_day"]
    for key in wrong:
        context.problems.add(
            "measure",
            fields.key(key),
            Words(
                f"“{key}”不能用在这里：合计至多写 days、in_grade、since_last 之一，from_day 随 since_last",
                f'"{key}" cannot stand here: a sum has at most one of days, in_grade and since_last; '
                "from_day belongs to since_last",
            ),
            found=key,
            expected=("days", "in_grade", "since_last"),
        )


def _columns(fields: Fields, key: str, context: Context) -> tuple[str, ...]:
    """One column of area_counts, or a list of them."""
    names = []
    for item in elements(fields.item(key)):
        scalar = one_word(item, key, context.problems)
        name = None if scalar is None else chosen(scalar, COUNTED, context.problems, "column")
        names.append(name or "")
    return tuple(name for name in names if name)


def _scope(measures: Mapping[str, Measure], context: Context) -> Scope:
    """What a condition may name: the measures, how many days the area has its grade, whence it came."""
    at = Position(1, 1)
    columns = {
        name: Known(ColumnOf(name, Type.NUMBER, at), Type.NUMBER) for name in (*measures, DAYS_IN_GRADE)
    }
    columns[CAME_FROM] = Known(ColumnOf(CAME_FROM, Type.CODE, at), Type.CODE, "grades")
    return Scope(columns, context.codes)


class _Moves:
    """Reads `up` and `down`, each a list of steps."""

    def __init__(self, whole: Fields, scope: Scope, source: Source, context: Context) -> None:
        self.whole, self.scope, self.source, self.context = whole, scope, source, context

    def read(self, key: str) -> tuple[Move, ...]:
        """The steps in the order written; one that goes the wrong way is a mistake."""
        moves = [self._move(key, item) for item in self.whole.many(key)]
        return tuple(move for move in moves if move is not None)

    def _move(self, key: str, item: Item) -> Move | None:
        what = Words(f"“{key}”的一步", f'a step of "{key}"')
        required = ("to", "when") if key == "up" else ("from", "to", "when")
        fields = Fields(item, what, self.context.problems, MOVE_KEYS, required)
        start, to = (
            fields.choice("from", self.context.grades, "grade"),
            fields.choice("to", self.context.grades, "grade"),
        )
        when = self.context.expression(fields.item("when"), "when", self.scope, (Type.BOOL,))
        source = self.context.source(fields, what) if "source" in fields else self.source
        if to is None or when is None or (key == "down" and start is None):
            return None
        if start is not None and (self._rank(to) > self._rank(start)) != (key == "up"):
            self._tell_direction(key, fields, start, to)
            return None
        return Move(start, to, when.node, source or self.source, item.place().line)

    def _rank(self, grade: str) -> int:
        return self.context.grades.index(grade)

    def _tell_direction(self, key: str, fields: Fields, start: str, to: str) -> None:
        fitting = [
            one
            for one in self.context.grades
            if one != start and (self._rank(one) > self._rank(start)) == (key == "up")
        ]
        self.context.problems.add(
            "direction",
            fields.item("to") or fields.where,
            Words(
                f"“{key}”的一步不能从{start}到{to}",
                f'a step of "{key}" cannot lead from {start} to {to}',
            ),
            found=to,
            expected=tuple(fitting),
        )


def _tell_dead_ends(whole: Fields, up: tuple[Move, ...], down: tuple[Move, ...], context: Context) -> None:
    """A grade above the lowest that nothing leads to, or that nothing leads away from."""
    for grade in context.grades[1:]:
        for key, there in (
            ("up", any(grade == move.to for move in (*up, *down))),
            ("down", any(grade == move.start for move in down)),
        ):
            if there or key not in whole:
                continue
            context.problems.add(
                "dead_end",
                whole.key(key),
                Words(
                    f"没有一步到达{grade}" if key == "up" else f"没有一步离开{grade}：定了就不能下调",
                    f"no step leads to {grade}"
                    if key == "up"
                    else f"no step leads down from {grade}: once given it would stay for ever",
                ),
                expected=(f"{{to: {grade}, when: …}}" if key == "up" else f"{{from: {grade}, to: …}}",),
            )


def _rest(whole: Fields, context: Context) -> Rest | None:
    item = whole.item("rest")
    if item is None:
        return None
    what = Words("“rest”", '"rest"')
    fields = Fields(item, what, context.problems, ("of", "grade"), ("of", "grade"), at=whole.key("rest"))
    of, grade = (
        fields.choice("of", CODE_LISTS["area_levels"].names()),
        fields.choice("grade", context.grades, "grade"),
    )
    return None if of is None or grade is None else Rest(of, grade)


def _clusters(whole: Fields, context: Context) -> ClusterRule | None:
    item = whole.item("clusters")
    if item is None:
        return None
    what = Words("“clusters”", '"clusters"')
    fields = Fields(
        item,
        what,
        context.problems,
        ("cases", "days", "source"),
        ("cases", "days", "source"),
        at=whole.key("clusters"),
    )
    cases, days, source = fields.integer("cases", 2), fields.integer("days", 1), context.source(fields, what)
    if cases is None or days is None or source is None:
        return None
    return ClusterRule(cases, days, source)


def _strategy(whole: Fields, context: Context) -> dict[str, Words] | None:
    item = whole.sub("strategy")
    if item is None:
        return None
    found: dict[str, Words] = {}
    for entry in item.entries.values():
        key: Scalar = entry.key
        grade = chosen(key, context.grades, context.problems, "grade")
        words = words_of(entry.value, key.text, context.problems)
        if grade is not None and words is not None:
            found[grade] = words
    return found
