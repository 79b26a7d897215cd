"""The checks that find cells which cannot be used, and what is said of such a cell."""

from __future__ import annotations

from dataclasses import dataclass

from sizao.facts.declaration import Column, ColumnType
from sizao.intake.dates import ISO, sql_ambiguous, sql_formed
from sizao.intake.mapping import Constant, FromColumn, Mapping, OneOf, Template, Value, columns_of
from sizao.intake.values import all_of, cell, condition_sql, leaves, text_sql, typed_sql
from sizao.terms.codes import CODE_LISTS
from sizao.terms.queries import literal
from sizao.terms.words import Words

ITEM = "item"  # the name of one part of a cell that is split
FORMULA = "({0} LIKE '=%' OR {0} IN ('#REF!', '#N/A', '#VALUE!', '#NAME?', '#DIV/0!', '#NULL!', '#NUM!'))"


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


def found_mark(look_up: str) -> str:
    """The column that is filled when a look-up found its row."""
    return f"{look_up}.found"


def value_checks(
    value: Value,
    column: Column,
    result: str,
    source: str,
    where: str,
    required: str | None,
    zone: str,
) -> list[Check]:
    checks = [check for leaf in leaves(value) for check in _leaf_checks(leaf, column, source, where, zone)]
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


def _leaf_checks(leaf: Value, column: Column, source: str, where: str, zone: str) -> list[Check]:
    checks: list[Check] = []
    for name in columns_of(leaf):
        # Whatever the row gives: a formula in a cell that is read may be worth anything. Said once per cell.
        where_it_stands = source if name == ITEM else "sheet"
        checks.append(Check("formula", name, where_it_stands, FORMULA.format(cell(name)), *_NO_FORMULA))
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
        formed = f"{where} AND ({read}) IS NULL AND {sql_formed(raw, leaf.formats)}"
        checks.append(Check("impossible_date", name, source, formed, *_A_DAY))
    kind = _WRONG.get(column.type, "wrong_value")
    fails = f"{where} AND {raw} IS NOT NULL AND ({read}) IS NULL AND NOT {FORMULA.format(raw)}"
    expected = _expected(column, leaf)
    fix = _fix(column.type)
    if isinstance(leaf, FromColumn) and leaf.at is not None and column.type is ColumnType.INSTANT:
        fix = _fix(ColumnType.DATE)
    checks.append(Check(kind, name, source, fails, expected, fix, tuple(one for one in known if one)))
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
            if isinstance(value, FromColumn) and value.at is not None:
                moment = "YYYY-MM-DD HH:MM"
                return Words(
                    f"日期，写作 {written}，或时刻，写作 {moment}",
                    f"a day written {written}, or a moment written {moment}",
                )
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
        "改用该写法，或在映射的 formats 中注明格式",
        "Write it so, or name its format in formats of the mapping.",
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
_A_DAY = (
    Words("日历上有的日期", "a day of the calendar"),
    Words("改正该日期", "Correct the date."),
)
_ONE_FORMAT = (
    Words("只有一种读法的日期", "a date that can be read in one way only"),
    Words("在映射的 formats 中只留一种格式", "Leave one format in formats of the mapping."),
)
