"""What the texts of one pack share while they are read: its words, parameters, verbs, and the problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sizao.facts.declaration import Column, ColumnType, Fact, Words
from sizao.facts.dictionary import FACTS
from sizao.facts.readings import READINGS
from sizao.policy.expressions.parse import Known, Mistake, Scope, column_known, parse
from sizao.policy.expressions.tree import ColumnOf, Literal, Position, Type
from sizao.policy.fields import Fields, chosen, duration_of, integer_of, one_word, replaced, words_of
from sizao.policy.model import ParameterValue, Running, Source, Verb
from sizao.policy.problems import Fix, Warned, nearest
from sizao.policy.texts import Entry, Item, Map, Problems, Scalar, Seq
from sizao.terms.codes import CODE_LISTS

MARKS = ("D", "A", "B", "M")
READABLE: Mapping[str, Fact] = {**FACTS, **READINGS}

Value = ParameterValue

# Units of parameters, and for what a value with that unit can be used.
UNITS: Mapping[str, tuple[str, ...]] = {
    "days": ("days", "day_list", "duration"),
    "months": ("months",),
    "hours": ("duration",),
    "minutes": ("duration",),
    "duration": ("duration",),
    "people": ("number",),
    "persons": ("number",),
    "times": ("number", "count"),
    "celsius": ("number",),
    "ratio": ("number",),
    "areas": ("names",),
    "places": ("names",),
}
_SECONDS = {"days": 86_400, "hours": 3600, "minutes": 60}


@dataclass(frozen=True)
class Dated:
    """One value of a parameter, in force from a day until the next one."""

    since: date
    value: Value
    unit: str
    source: Source
    running: Running | None
    own_basis: bool  # the entry names a legal basis of its own
    place: Item  # its `from`
    running_place: Item | None  # its `running`
    unit_place: Item


@dataclass(frozen=True)
class VerbText:
    """A verb and the map of its proof, which every step fills with its own constants."""

    verb: Verb
    proof: Map | None
    where: Item


@dataclass
class Context:
    """Everything a rule may refer to."""

    problems: Problems = field(default_factory=Problems)
    strictness: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    grounds: dict[str, Words] = field(default_factory=dict)
    sources: dict[str, Words] = field(default_factory=dict)
    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: dict[str, tuple[Dated, ...]] = field(default_factory=dict)
    verbs: dict[str, VerbText] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)  # parameters that the version now being read has used
    used_verbs: set[str] = field(default_factory=set)
    scopes: dict[str, Scope] = field(default_factory=dict)
    warnings: list[Warned] = field(default_factory=list)

    def begin_codes(self) -> None:
        """The code lists of the dictionary, with what the pack itself lays down."""
        self.codes = {name: known.names() for name, known in CODE_LISTS.items() if not known.open}
        if self.grades:
            self.codes["grades"] = self.grades
        self.codes["waiver_grounds"] = tuple(self.grounds)

    def warn(self, zh: str, en: str, kind: Words | None = None) -> None:
        """Adds a warning once; kind: what many warnings have in common, to be told as one line."""
        words = Warned(zh, en, kind)
        if words not in self.warnings:
            self.warnings.append(words)

    def scope(self, reading: str) -> Scope:
        """What an expression about a row of a fact or reading may name."""
        if reading not in self.scopes:
            columns = {column.name: column_known(column) for column in READABLE[reading].columns}
            columns["happened_at"] = _common("happened_at", Type.INSTANT)
            columns["known_at"] = _common("known_at", Type.INSTANT)
            columns["area"] = _common("area", Type.AREA)
            self.scopes[reading] = Scope(columns, self.codes)
        return self.scopes[reading]

    def expression(self, item: Item | None, what: str, scope: Scope, wanted: Iterable[Type]) -> Known | None:
        """A checked expression; its mistakes are told at their place in the file."""
        if item is None:
            return None
        scalar = one_word(item, what, self.problems)
        if scalar is None:
            return None
        parsed = parse(scalar.text, scope, wanted)
        for mistake in parsed.mistakes:
            self._tell(scalar, mistake)
        return parsed.known

    def _tell(self, scalar: Scalar, mistake: Mistake) -> None:
        start = scalar.index(mistake.start)
        end = scalar.index(mistake.end - 1) + 1 if mistake.end > mistake.start else start
        fix = None
        if mistake.fix is not None:
            first, last, words = mistake.fix
            begin = scalar.index(first)
            stop = scalar.index(last - 1) + 1 if last > first else begin
            if first == last and first:
                begin = stop = scalar.index(first - 1) + 1
            fix = Fix(scalar.source.file, begin, stop, words)
            if scalar.source.text[scalar.start : scalar.start + 1] == "'" and not scalar.plain:
                fix = Fix(scalar.source.file, begin, stop, words.replace("'", "''"))
        self.problems.add(
            f"expression_{mistake.kind}" if mistake.kind != "expression" else "expression",
            scalar.source.place(start, max(end, start + 1)),
            mistake.message,
            found=mistake.found,
            expected=mistake.expected,
            near=mistake.near,
            fix=fix,
        )

    def column(
        self,
        item: Item | None,
        what: str,
        reading: str,
        types: tuple[ColumnType, ...],
        of: str | None = None,
        without: tuple[str, ...] = (),
    ) -> Column | None:
        """A column of a fact or reading, of one of the types, naming `of` if given, and not in `without`."""
        if item is None:
            return None
        scalar = one_word(item, what, self.problems)
        if scalar is None:
            return None
        fitting = {
            column.name: column
            for column in columns_of(reading)
            if column.type in types
            and (of is None or column.of is None or column.of == of)
            and column.name not in without
        }
        name = chosen(scalar, fitting, self.problems, "column")
        return None if name is None else fitting[name]

    def quantity(self, fields: Fields, key: str, use: str, at: date, least: int = 0) -> Value | None:
        """A number, list of numbers or duration, written or taken from a parameter in force on `at`."""
        item = fields.item(key)
        if item is None:
            return None
        if isinstance(item, Map):
            return self._parameter(item, key, use, at)
        if use == "day_list":
            return self._days(fields, key)
        scalar = one_word(item, key, self.problems)
        if scalar is None:
            return None
        if use == "duration":
            return duration_of(scalar, self.problems)
        return integer_of(scalar, self.problems, least)

    def _days(self, fields: Fields, key: str) -> tuple[int, ...] | None:
        items = fields.many(key)
        days = []
        for item in items:
            scalar = one_word(item, key, self.problems)
            day = None if scalar is None else integer_of(scalar, self.problems)
            if day is not None:
                days.append(day)
        if len(days) != len(items) or not days:
            return None
        if days != sorted(set(days)):
            whole = fields.item(key)
            assert whole is not None
            ordered = ", ".join(str(day) for day in sorted(set(days)))
            self.problems.add(
                "order",
                whole,
                Words("日序应由小到大且不重复", "day numbers go up and none is given twice"),
                found=", ".join(str(day) for day in days),
                expected=(ordered,),
                fix=replaced(whole, f"[{ordered}]"),
            )
        return tuple(days)

    def length(self, fields: Fields, key: str, at: date) -> timedelta | None:
        """A duration, written or taken from a parameter."""
        value = self.quantity(fields, key, "duration", at)
        return value if isinstance(value, timedelta) else None

    def _parameter(self, item: Map, what: str, use: str, at: date) -> Value | None:
        fields = Fields(item, Words(f"“{what}”", f'"{what}"'), self.problems, ("parameter",), ("parameter",))
        scalar = fields.scalar("parameter")
        if scalar is None:
            return None
        name = chosen(scalar, self.parameters, self.problems, "parameter")
        if name is None:
            return None
        self.used.add(name)
        if not self.parameters[name]:
            return None  # why is told where the parameter stands
        dated = in_force(self.parameters[name], at)
        if dated is None:
            first = self.parameters[name][0]
            self.problems.add(
                "parameter_too_late",
                scalar,
                Words(
                    f"参数 {name} 在{at.isoformat()}尚无取值",
                    f"the parameter {name} has no value yet on {at.isoformat()}",
                ),
                found=first.since.isoformat(),
                expected=(f"<= {at.isoformat()}",),
                also=(first.place,),
                fix=replaced(first.place, at.isoformat()),
            )
            return None
        return self._converted(dated, use, scalar)

    def _converted(self, dated: Dated, use: str, scalar: Scalar) -> Value | None:
        uses = UNITS[dated.unit]
        value = dated.value
        if use in uses:
            if use == "duration" and isinstance(value, int):
                return timedelta(seconds=value * _SECONDS[dated.unit])
            if use == "day_list":
                return value if isinstance(value, tuple) else (int(value),) if isinstance(value, int) else ()
            if not isinstance(value, tuple) or use == "names":
                return value
        fitting = tuple(unit for unit, fits in UNITS.items() if use in fits)
        others = tuple(
            name for name, values in self.parameters.items() if any(v.unit in fitting for v in values)
        )
        self.problems.add(
            "parameter_unit",
            scalar,
            Words(
                f"参数的单位是 {dated.unit}，此处需要 {'、'.join(fitting)}",
                f"the parameter counts {dated.unit}, {' or '.join(fitting)} are needed here",
            ),
            found=dated.unit,
            expected=fitting,
            near=nearest(scalar.text, others),
            also=(dated.place,),
        )
        return None

    def source(self, fields: Fields, about: Words) -> Source | None:
        """A source with its mark; M gives a warning that names what it is about."""
        item = fields.sub("source")
        if item is None:
            return None
        source = Fields(
            item,
            Words("“source”", '"source"'),
            self.problems,
            ("document", "article", "mark"),
            ("document", "article", "mark"),
            {"mark": "M"},
            at=fields.key("source"),
        )
        document = source.choice("document", self.sources, "source")
        article, mark = self._article(source), source.choice("mark", MARKS, "mark")
        if mark == "M":
            self.warn(
                f"{about.zh}的来源为 M（凭记忆，未核对）",
                f"{about.en}: its source is marked M (from memory, to be checked)",
                Words("来源为 M（凭记忆，未核对）", "sources marked M (from memory, to be checked)"),
            )
        if document is None or article is None or mark is None:
            return None
        return Source(document, article, mark)

    def _article(self, source: Fields) -> str | Words | None:
        """One word for both languages, or {zh, en}."""
        item = source.item("article")
        return words_of(item, "article", self.problems) if isinstance(item, Map) else source.text("article")


def in_force(values: tuple[Dated, ...], at: date) -> Dated | None:
    """The value of a parameter on a day."""
    found = None
    for dated in values:
        if dated.since <= at:
            found = dated
    return found


def columns_of(reading: str) -> tuple[Column, ...]:
    """Own columns and those common columns that a text may name."""
    return (*READABLE[reading].columns, *_COMMON)


def entries(item: Item | None) -> Mapping[str, Entry]:
    """The entries of a map; none for anything else."""
    return item.entries if isinstance(item, Map) else {}


def elements(item: Item | None) -> tuple[Item, ...]:
    """The items of a list, or the item alone."""
    if item is None:
        return ()
    return item.items if isinstance(item, Seq) else (item,)


def literal(value: int | float | str, kind: Type) -> Known:
    """A constant as a name of an expression."""
    return Known(Literal(value, kind, Position(1, 1)), kind)


def _common(name: str, kind: Type) -> Known:
    return Known(ColumnOf(name, kind, Position(1, 1)), kind)


_COMMON = (
    Column("happened_at", ColumnType.INSTANT, Words("发生时间", "moment it happened")),
    Column("known_at", ColumnType.INSTANT, Words("知悉时间", "moment the responsible authority knew")),
    Column("area", ColumnType.AREA, Words("记录地", "area where it was recorded")),
)
