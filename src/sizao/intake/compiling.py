"""A mapping as SQL over the text cells of a sheet: one typed query per fact entry, and the checks that find bad cells.

Every expression gives NULL where it cannot read a cell; the checks then find such cells. So no bad cell stops the run.
The sheet is the table `sheet`: `line`, the columns by name, computed columns, and looked-up columns as `name.column`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Keyed
from dataclasses import dataclass

from sizao.facts.declaration import Column, ColumnType
from sizao.facts.dictionary import FACTS
from sizao.intake.dates import ISO, sql_ambiguous, sql_date, sql_day_at, sql_imprecise, sql_instant
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
    Mapping,
    Matches,
    OneOf,
    Template,
    Value,
    columns_of,
)
from sizao.terms.codes import CODE_LISTS
from sizao.terms.queries import literal
from sizao.terms.words import Words

ITEM = "item"
# Columns of a fact that begin and end a period, and whether they may be equal.
PERIODS = (("from_on", "until_on", False), ("from_at", "until_at", False), ("first_on", "last_on", True))
NO_FORMULA = "({0} LIKE '=%' OR {0} IN ('#REF!', '#N/A', '#VALUE!', '#NAME?', '#DIV/0!', '#NULL!', '#NUM!'))"


@dataclass(frozen=True)
class Check:
    """Finds cells that cannot be used: `fails` is an SQL condition over `source`."""

    kind: str
    column: str
    source: str  # FROM item: the sheet, or the sheet split into items
    fails: str
    expected: Words
    fix: Words
    known: tuple[str, ...] = ()  # words among which the nearest is sought
    known_sql: str | None = None  # or the query that gives them
    look_up: str | None = None  # the look-up that finds no row for such a cell


@dataclass(frozen=True)
class Compiled:
    """A fact entry as SQL."""

    entry: FactEntry
    select: str  # line and every column of the fact that intake fills, `source_record` included
    checks: tuple[Check, ...]


def cell(column: str) -> str:
    """The SQL name of a sheet's column."""
    return '"' + column.replace('"', '""') + '"'


def condition_sql(condition: Condition) -> str:
    """An SQL condition that is never NULL."""
    match condition:
        case Given(column=column, given=given):
            return f"({cell(column)} IS {'NOT ' if given else ''}NULL)"
        case OneOf(column=column, texts=texts, wanted=wanted):
            listed = ", ".join(literal(text) for text in texts)
            return f"({'' if wanted else 'NOT '}coalesce({cell(column)}, '') IN ({listed}))"
        case Matches(column=column, pattern=pattern):
            return f"coalesce(regexp_full_match({cell(column)}, {literal(pattern)}), false)"
        case Differs(column=column, other=other, wanted=wanted):
            return f"({cell(column)} IS {'' if wanted else 'NOT '}DISTINCT FROM {cell(other)})"
        case Before(first=first, second=second, wanted=wanted):
            return f"coalesce(({date_sql(first)}) {'<' if wanted else '>='} ({date_sql(second)}), false)"
        case AnyOf(conditions=conditions):
            return "(" + (" OR ".join(condition_sql(one) for one in conditions) or "false") + ")"


def all_of(conditions: Iterable[Condition]) -> str:
    """All of the conditions."""
    return " AND ".join(condition_sql(one) for one in conditions) or "true"


def text_sql(value: Value) -> str:
    """The value as text, NULL when missing."""
    match value:
        case FromColumn(column=column, codes=codes):
            return _coded(cell(column), codes) if codes is not None else cell(column)
        case Constant(text=text):
            return literal(text)
        case Template(parts=parts):
            pieces = [piece for before, column, slug in parts for piece in _pieces(before, column, slug)]
            return "(" + " || ".join(pieces or ["''"]) + ")"
        case Choice(kind="first_of", values=values):
            return f"coalesce({', '.join(text_sql(one) for one in values)})"
        case Assigned(by=by, among=among):
            chosen = ", ".join(literal(one) for one in among)
            return f"[{chosen}][1 + (('0x' || substr(md5({text_sql(by)}), 1, 8))::UBIGINT % {len(among)})::BIGINT]"
        case _:
            return f"CAST({date_sql(value)} AS VARCHAR)"


def date_sql(value: Value) -> str:
    """The value as a date, NULL when missing or unreadable."""
    match value:
        case FromColumn(edge="earliest"):
            return _read(value, "earliest")
        case FromColumn(edge="latest"):
            return f"CAST({_read(value, 'latest')} - INTERVAL 1 DAY AS DATE)"
        case FromColumn():
            return _read(value, "date")
        case Choice(kind=kind, values=values):
            function = {"first_of": "coalesce", "earliest": "least", "latest": "greatest"}[kind]
            return f"{function}({', '.join(date_sql(one) for one in values)})"
        case Later(value=inner, days=days):
            return f"CAST(({date_sql(inner)}) + INTERVAL ({days}) DAY AS DATE)"
        case _:
            return sql_date(text_sql(value), ISO)


def instant_sql(value: Value, zone: str) -> str:
    """The value as an instant (UTC), NULL when missing or unreadable."""
    match value:
        case FromColumn(at=at, edge=edge):
            if edge is not None and at is not None:
                return sql_day_at(date_sql(value), zone, at)
            return _read(value, "instant")
        case Choice(kind=kind, values=values):
            function = {"first_of": "coalesce", "earliest": "least", "latest": "greatest"}[kind]
            return f"{function}({', '.join(instant_sql(one, zone) for one in values)})"
        case _:
            return sql_instant(text_sql(value), zone, "00:00", ())


def typed_sql(value: Value, type_: ColumnType, zone: str) -> tuple[str, ...]:
    """The value as the stored column or, for an imprecise date, as its two."""
    text = text_sql(value) if type_ not in _DATED else ""
    match type_:
        case ColumnType.DATE:
            return (date_sql(value),)
        case ColumnType.INSTANT:
            return (instant_sql(value, zone),)
        case ColumnType.IMPRECISE_DATE:
            return _imprecise_sql(value)
        case ColumnType.NUMBER:
            return (f"CASE WHEN regexp_full_match({text}, '{_NUMBER}') THEN TRY_CAST({text} AS DOUBLE) END",)
        case ColumnType.COUNT:
            return (f"CASE WHEN regexp_full_match({text}, '\\d+') THEN TRY_CAST({text} AS BIGINT) END",)
        case ColumnType.FLAG:
            return (f"CASE lower({text}) {_FLAGS} END",)
        case ColumnType.ID:
            return (f"CASE WHEN NOT regexp_matches({text}, '[\\s\\x00-\\x1f]') THEN {text} END",)
        case ColumnType.AREA:
            return (f"CASE WHEN regexp_full_match({text}, '{_AREA}') THEN {text} END",)
    return (text,)


def compile_entry(entry: FactEntry, mapping: Mapping, recorded_at: str, default_area: str | None) -> Compiled:
    """The entry as a query over `sheet`, with its checks."""
    fact = FACTS[entry.fact]
    source = _source(entry)
    where = all_of(entry.when)
    action = text_sql(entry.action) if entry.action else "'record'"
    selected: list[str] = []
    checks: list[Check] = []
    for column in fact.columns:
        names = (
            (f"{column.name}_earliest", f"{column.name}_latest")
            if column.type is ColumnType.IMPRECISE_DATE
            else (column.name,)
        )
        value = entry.columns.get(column.name)
        if value is None:
            kind = "DATE" if len(names) == 2 else _SQL_TYPES[column.type]
            selected += [f"CAST(NULL AS {kind}) AS {cell(name)}" for name in names]
            continue
        typed = typed_sql(value, column.type, mapping.zone)
        selected += [f"{sql} AS {cell(name)}" for sql, name in zip(typed, names, strict=True)]
        required = f"{action} <> 'retract'" if column.required else None
        checks += _value_checks(value, column, typed[0], source, where, required, mapping.zone)
    checks += _period_checks(selected, entry, source, where)
    common, more = _common(entry, mapping, source, where, action, recorded_at, default_area)
    statement = f"SELECT line, {', '.join([*selected, *common])} FROM {source} WHERE {where}"
    return Compiled(entry, statement, tuple(checks + more))


def row_checks(mapping: Mapping) -> list[Check]:
    """What the mapping demands of cells and of look-ups, whatever facts the row gives."""
    checks = [
        Check(
            "wrong_form",
            check.condition.column,
            "sheet",
            f"NOT {condition_sql(check.condition)}",
            check.expected,
            Words("改正该单元格", "Correct the cell in its source."),
            check.condition.texts if isinstance(check.condition, OneOf) else (),
        )
        for check in mapping.checks
    ]
    for look_up in mapping.look_ups:
        if look_up.required_when is not None:
            checks.append(
                Check(
                    "unknown_reference",
                    columns_of(look_up.by)[0],
                    "sheet",
                    f"{all_of(look_up.required_when)} AND {cell(found_mark(look_up.name))} IS NULL",
                    Words(f"{look_up.file} 中有的编号", f"an identifier that stands in {look_up.file}"),
                    Words("改正编号，或先补上那一行", "Correct the identifier, or add its row there first."),
                    known_sql=f"SELECT {text_sql(look_up.key)} FROM {cell('sheet ' + look_up.name)}",
                    look_up=look_up.name,
                )
            )
    return checks


def read_columns(mapping: Mapping) -> dict[str, str]:
    """Column name → SQL of every cell that is read as a date or an instant, so that each is read once."""
    columns: dict[str, str] = {}
    for leaf, how in _dated_cells(mapping):
        text, formats = cell(leaf.column), leaf.formats
        if how == "date":
            sql = sql_date(text, formats)
        elif how == "instant":
            sql = sql_instant(text, mapping.zone, leaf.at, formats)
        else:
            sql = sql_imprecise(text, formats)[0 if how == "earliest" else 1]
        columns[_read_name(leaf, how)] = sql
    return columns


def _dated_cells(mapping: Mapping) -> Iterator[tuple[FromColumn, str]]:
    for entry in mapping.facts:
        common = ((entry.known_at, ColumnType.INSTANT), (entry.happened_at, ColumnType.INSTANT))
        own = ((value, FACTS[entry.fact].column(name).type) for name, value in entry.columns.items())
        for value, type_ in (*common, *own):
            if value is not None and type_ in _DATED:
                yield from _cells_read(value, type_)
        yield from _cells_compared(entry.when)
    for remark in mapping.remarks:
        yield from _cells_compared(remark.when)


def _cells_compared(conditions: Iterable[Condition]) -> Iterator[tuple[FromColumn, str]]:
    for condition in conditions:
        if isinstance(condition, Before):
            yield from _cells_read(condition.first, ColumnType.DATE)
            yield from _cells_read(condition.second, ColumnType.DATE)
        elif isinstance(condition, AnyOf):
            yield from _cells_compared(condition.conditions)


def _cells_read(value: Value, type_: ColumnType) -> Iterator[tuple[FromColumn, str]]:
    if isinstance(value, Later) and type_ is ColumnType.INSTANT:
        type_ = ColumnType.DATE
    for leaf in _leaves(value):
        if not isinstance(leaf, FromColumn):
            continue
        if leaf.edge is not None:
            yield leaf, leaf.edge
        elif type_ is ColumnType.IMPRECISE_DATE and leaf is value:
            yield leaf, "earliest"
            yield leaf, "latest"
        else:
            yield leaf, "instant" if type_ is ColumnType.INSTANT else "date"
            yield leaf, "date"  # the event of a fact is a day even where its column is an instant


def _read_name(leaf: FromColumn, how: str) -> str:
    return " ".join(filter(None, (f"{leaf.column} as {how}", *leaf.formats, leaf.at)))


def _read(leaf: FromColumn, how: str) -> str:
    return cell(_read_name(leaf, how))


def found_mark(look_up: str) -> str:
    """The column that is filled when a look-up found its row."""
    return f"{look_up}.found"


def in_order_sql(order: InOrder) -> str:
    """The computed day of announcement (see `InOrder`) as text over the sheet's own columns."""
    day = sql_date(cell(order.date), ISO)
    by = f"ORDER BY TRY_CAST({cell(order.number)} AS BIGINT)"
    before = f"max({day}) OVER ({by} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    return f"CAST(CASE WHEN ({day}) < ({before}) THEN coalesce(lead({day}) OVER ({by}), {day}) ELSE {day} END AS VARCHAR)"


def _source(entry: FactEntry) -> str:
    if entry.split is None:
        return "sheet"
    column, separator = entry.split
    parts = f"list_distinct(list_filter(list_transform(string_split({cell(column)}, {literal(separator)}), x -> trim(x)), x -> x <> ''))"
    return f"(SELECT *, unnest({parts}) AS {ITEM} FROM sheet WHERE {cell(column)} IS NOT NULL) AS split"


def _period_checks(selected: list[str], entry: FactEntry, source: str, where: str) -> list[Check]:
    """A period must not end before it begins."""
    typed = {name: sql for sql, _, name in (one.rpartition(" AS ") for one in selected)}
    checks: list[Check] = []
    for begins, ends, same in PERIODS:
        if begins not in entry.columns or ends not in entry.columns:
            continue
        names = columns_of(entry.columns[ends]) or columns_of(entry.columns[begins])
        if not names:
            continue
        wrong = ">" if same else ">="
        checks.append(
            Check(
                "wrong_order",
                names[0],
                source,
                f"{where} AND ({typed[cell(begins)]}) {wrong} ({typed[cell(ends)]})",
                Words(f"{ends} 晚于 {begins}", f"{ends} later than {begins}"),
                Words("改正其中一个日期", "Correct one of the two dates."),
            )
        )
    return checks


def _common(
    entry: FactEntry,
    mapping: Mapping,
    source: str,
    where: str,
    action: str,
    recorded_at: str,
    default_area: str | None,
) -> tuple[list[str], list[Check]]:
    zone = mapping.zone
    event = FACTS[entry.fact].event
    known = instant_sql(entry.known_at, zone) if entry.known_at else f"TIMESTAMP '{recorded_at}'"
    happened = _happened(entry, event, known, zone)
    stated_area = entry.area or _own_area(entry)
    area = text_sql(stated_area) if stated_area else literal(default_area)
    derived = "true" if entry.derived else "false"
    if entry.derived_flag:
        derived = f"coalesce({typed_sql(entry.derived_flag, ColumnType.FLAG, zone)[0]}, false)"
    version = "1"
    if entry.version:
        version = f"coalesce({typed_sql(entry.version, ColumnType.COUNT, zone)[0]}, 1)"
    system = literal(mapping.source_system)
    if mapping.source_system_column:
        system = f"coalesce({cell(mapping.source_system_column)}, {system})"
    reason = text_sql(entry.reason) if entry.reason else "NULL"
    selected = [
        f"{system} AS source_system",
        f"CAST({text_sql(entry.key)} AS VARCHAR) AS source_record",
        f"CAST({version} AS BIGINT) AS source_version",
        f"coalesce({action}, 'record') AS action",
        f"CAST({reason} AS VARCHAR) AS reason",
        f"{happened} AS happened_at",
        f"{known} AS known_at",
        f"CAST({area} AS VARCHAR) AS area",
        f"{'true' if entry.known_at else 'false'} AS history",
        f"{derived} AS derived",
    ]
    checks: list[Check] = []
    for name, type_, value, result in (
        ("source_record", ColumnType.TEXT, entry.key, text_sql(entry.key)),
        ("known_at", ColumnType.INSTANT, entry.known_at, known),
        ("happened_at", ColumnType.INSTANT, entry.happened_at, happened),
        ("area", ColumnType.AREA, stated_area, area),
        ("action", ColumnType.CODE, entry.action, action),
        ("source_version", ColumnType.COUNT, entry.version, version),
    ):
        if value is not None:
            codes = "actions" if name == "action" else None
            declared = Column(name, type_, Words(name, name), codes=codes, required=name not in _OPTIONAL)
            needed = "true" if declared.required else None
            checks += _value_checks(value, declared, result, source, where, needed, zone)
    if entry.action is not None:
        checks.append(
            Check(
                "missing_reason",
                "reason",
                source,
                f"{where} AND {action} = 'retract' AND {reason} IS NULL",
                Words("撤回的理由", "the reason of a retraction"),
                Words("写明为何撤回", "Say why it is retracted."),
            )
        )
    return selected, checks


_OPTIONAL = ("action", "source_version", "happened_at")


def names_area(entry: FactEntry) -> bool:
    """Whether the mapping says in which area facts of this entry are recorded."""
    return (entry.area or _own_area(entry)) is not None


def _own_area(entry: FactEntry) -> Value | None:
    """The first area among the fact's own columns."""
    for column in FACTS[entry.fact].columns:
        if column.type is ColumnType.AREA and column.required:
            return entry.columns.get(column.name)
    return None


def _happened(entry: FactEntry, event: str, known: str, zone: str) -> str:
    if entry.happened_at is not None:
        stated = instant_sql(entry.happened_at, zone)
        return f"coalesce({stated}, {known})" if event == "happened_at" else stated
    value = entry.columns.get(event)
    if event == "happened_at" or value is None:
        return known
    type_ = FACTS[entry.fact].column(event).type
    if type_ is ColumnType.INSTANT:
        return instant_sql(value, zone)
    return sql_day_at(date_sql(value), zone, "00:00")


def _value_checks(
    value: Value,
    column: Column,
    result: str,
    source: str,
    where: str,
    required: str | None,
    zone: str,
) -> list[Check]:
    checks = [check for leaf in _leaves(value) for check in _leaf_checks(leaf, column, source, where, zone)]
    if required is not None:
        names = columns_of(value)
        empty = " AND ".join(f"{cell(name)} IS NULL" for name in names) if names else f"{result} IS NULL"
        if isinstance(value, Template):
            empty = " OR ".join(f"{cell(name)} IS NULL" for name in names) or "false"
        # A code table may give a meaning to the empty cell.
        checks.append(
            Check(
                "missing_value",
                names[0] if names else column.name,
                source,
                f"{where} AND {required} AND ({result}) IS NULL AND ({empty})",
                _expected(column, value),
                Words("填写该单元格", "Fill in the cell."),
            )
        )
    return checks


def _leaves(value: Value) -> list[Value]:
    match value:
        case Choice(values=values):
            return [leaf for one in values for leaf in _leaves(one)]
        case Later(value=inner):
            return _leaves(inner)
        case Assigned(by=by):
            return _leaves(by)
    return [value]


def _leaf_checks(leaf: Value, column: Column, source: str, where: str, zone: str) -> list[Check]:
    checks: list[Check] = []
    for name in columns_of(leaf):
        formula = f"{where} AND {NO_FORMULA.format(cell(name))}"
        checks.append(Check("formula", name, source, formula, *_NO_FORMULA))
    if isinstance(leaf, Constant) or not columns_of(leaf):
        return checks
    name = columns_of(leaf)[0]
    raw = text_sql(leaf) if isinstance(leaf, Template) else cell(name)
    read = typed_sql(leaf, column.type, zone)[0]
    code_list = CODE_LISTS.get(column.codes or "")
    known: tuple[str, ...] = ()
    if column.type is ColumnType.CODE:
        known = tuple(leaf.codes) if isinstance(leaf, FromColumn) and leaf.codes is not None else ()
        if not known and code_list is not None and not code_list.open:
            known = code_list.names()
            read = f"CASE WHEN {read} IN ({', '.join(literal(one) for one in known)}) THEN {read} END"
    if isinstance(leaf, FromColumn) and column.type in (ColumnType.DATE, ColumnType.IMPRECISE_DATE):
        ambiguous = sql_ambiguous(raw, leaf.formats)
        if ambiguous is not None:
            checks.append(Check("ambiguous_date", name, source, f"{where} AND {ambiguous}", *_ONE_FORMAT))
    kind = _WRONG.get(column.type, "wrong_value")
    fails = f"{where} AND {raw} IS NOT NULL AND ({read}) IS NULL AND NOT {NO_FORMULA.format(raw)}"
    expected = _expected(column, leaf)
    checks.append(
        Check(kind, name, source, fails, expected, _fix(column.type), tuple(one for one in known if one))
    )
    return checks


def _expected(column: Column, value: Value) -> Words:
    formats = value.formats if isinstance(value, FromColumn) else ()
    written = " / ".join(formats or ISO)
    match column.type:
        case ColumnType.DATE:
            partial = isinstance(value, FromColumn) and value.edge is not None
            more = " / YYYY-MM / YYYY" if partial else ""
            return Words(f"日期，写作 {written}{more}", f"a date written {written}{more}")
        case ColumnType.IMPRECISE_DATE:
            return Words(
                f"日期，写作 {written} / YYYY-MM / YYYY", f"a date written {written} / YYYY-MM / YYYY"
            )
        case ColumnType.INSTANT:
            return Words("时刻，写作 YYYY-MM-DD HH:MM", "a moment written YYYY-MM-DD HH:MM")
        case ColumnType.NUMBER:
            unit = f" {column.unit}" if column.unit else ""
            return Words(f"数字，单位{unit}", f"a number{' in' + unit if unit else ''}")
        case ColumnType.COUNT:
            return Words("非负整数", "a whole number, 0 or more")
        case ColumnType.FLAG:
            return Words("true 或 false", "true or false")
        case ColumnType.AREA:
            return Words("区域路径，如 a/b/c", "the path of an area such as a/b/c")
        case ColumnType.ID:
            return Words("不含空格的编号", "an identifier without blanks")
        case ColumnType.CODE:
            return _expected_code(column, value)
    return Words(f"{column.meaning.zh}", f"{column.meaning.en}")


def _expected_code(column: Column, value: Value) -> Words:
    if isinstance(value, FromColumn) and value.codes is not None:
        words = ", ".join(one for one in value.codes if one)
    elif column.codes is not None and column.codes in CODE_LISTS:
        words = ", ".join(CODE_LISTS[column.codes].names())
    else:
        words = column.codes or ""
    return Words(f"代码之一：{words}", f"one of {words}")


def _fix(type_: ColumnType) -> Words:
    return _FIXES.get(type_, Words("改正该单元格", "Correct the cell."))


def _coded(text: str, codes: Keyed[str, str]) -> str:
    cases = " ".join(f"WHEN {literal(key)} THEN {literal(code)}" for key, code in codes.items())
    return f"(CASE coalesce({text}, '') {cases} END)"


def _pieces(before: str, column: str | None, slug: bool) -> list[str]:
    pieces = [literal(before)] if before else []
    if column:
        bare = cell(column)
        pieces.append(f"regexp_replace({bare}, '[\\s/]+', '-', 'g')" if slug else bare)
    return pieces


def _imprecise_sql(value: Value) -> tuple[str, str]:
    match value:
        case FromColumn(edge=None):
            return _read(value, "earliest"), _read(value, "latest")
    day = date_sql(value)
    return day, f"CAST({day} + INTERVAL 1 DAY AS DATE)"


_DATED = (ColumnType.DATE, ColumnType.INSTANT, ColumnType.IMPRECISE_DATE)
_NUMBER = r"-?\d+(\.\d+)?"
_AREA = r"[^\s/]+(/[^\s/]+)*"
_FLAGS = " ".join(
    [f"WHEN '{word}' THEN true" for word in ("true", "1", "yes", "是")]
    + [f"WHEN '{word}' THEN false" for word in ("false", "0", "no", "否")]
)
_SQL_TYPES = {
    ColumnType.DATE: "DATE",
    ColumnType.INSTANT: "TIMESTAMP",
    ColumnType.NUMBER: "DOUBLE",
    ColumnType.COUNT: "BIGINT",
    ColumnType.FLAG: "BOOLEAN",
    ColumnType.ID: "VARCHAR",
    ColumnType.CODE: "VARCHAR",
    ColumnType.AREA: "VARCHAR",
    ColumnType.TEXT: "VARCHAR",
    ColumnType.IMPRECISE_DATE: "DATE",
}
_WRONG = {
    ColumnType.DATE: "wrong_date",
    ColumnType.IMPRECISE_DATE: "wrong_date",
    ColumnType.INSTANT: "wrong_instant",
    ColumnType.NUMBER: "wrong_number",
    ColumnType.COUNT: "wrong_count",
    ColumnType.FLAG: "wrong_flag",
    ColumnType.AREA: "wrong_area",
    ColumnType.CODE: "wrong_code",
    ColumnType.ID: "wrong_identifier",
}
_FIXES = {
    ColumnType.DATE: Words(
        "改成日历上有的日期，或在映射中注明格式",
        "Write a day of the calendar, or name the format in the mapping.",
    ),
    ColumnType.INSTANT: Words("写明日期和时刻", "Write the day and the clock time."),
    ColumnType.NUMBER: Words("只写数字，不写单位", "Write the number only, without its unit."),
    ColumnType.COUNT: Words(
        "只写非负整数，不写单位和千位分隔符", "Write digits only: no sign, unit or separator."
    ),
    ColumnType.CODE: Words(
        "改成列出的代码，或在映射的 codes 中加上它", "Write one of these, or add it to codes in the mapping."
    ),
    ColumnType.FLAG: Words("写 true 或 false", "Write true or false."),
    ColumnType.AREA: Words("各级以 / 连接，不含空格", "Join the parts by /, without blanks."),
    ColumnType.ID: Words("删去空格", "Remove the blanks."),
}
_FIXES[ColumnType.IMPRECISE_DATE] = _FIXES[ColumnType.DATE]
_NO_FORMULA = (
    Words("值，不是公式或公式的错误", "a value, not a formula or its error"),
    Words("把公式的结果作为值粘贴", "Paste the result of the formula as a value."),
)
_ONE_FORMAT = (
    Words("只有一种读法的日期", "a date that can be read in one way only"),
    Words("在映射的 formats 中只留一种格式", "Leave one format in formats of the mapping."),
)
