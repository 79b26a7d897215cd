"""A fact entry of a mapping as one typed query over the sheet, with the checks of its cells."""

from __future__ import annotations

from dataclasses import dataclass

from sizao.facts.declaration import Column, ColumnType
from sizao.facts.dictionary import FACTS
from sizao.intake.checking import ITEM, Check, value_checks
from sizao.intake.dates import sql_day_at
from sizao.intake.mapping import FactEntry, Mapping, Value, columns_of
from sizao.intake.sheets import LINE
from sizao.intake.values import all_of, cell, date_sql, instant_sql, text_sql, typed_sql
from sizao.terms.queries import literal
from sizao.terms.words import Words

STATED = "_stated_at"  # happened_at where the sheet gives it, else NULL; no column of a fact begins so
_OPTIONAL = ("action", "source_version", "happened_at")


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


@dataclass(frozen=True)
class Compiled:
    """A fact entry as SQL."""

    entry: FactEntry
    select: str  # LINE and every column of the fact that intake fills, `source_record` included
    checks: tuple[Check, ...]


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
        checks += value_checks(value, column, typed[0], source, where, required, mapping.zone)
    common, more = _common(entry, mapping, source, where, action, recorded_at, default_area)
    statement = f"SELECT {LINE}, {', '.join([*selected, *common])} FROM {source} WHERE {where}"
    return Compiled(entry, statement, tuple(checks + more))


def names_area(entry: FactEntry) -> bool:
    """Whether the mapping says in which area facts of this entry are recorded."""
    return (entry.area or _own_area(entry)) is not None


def _source(entry: FactEntry) -> str:
    if entry.split is None:
        return "sheet"
    column, separator = entry.split
    parts = f"list_transform(string_split({cell(column)}, {literal(separator)}), lambda part: trim(part))"
    parts = f"list_distinct(list_filter({parts}, lambda part: part <> ''))"
    return f"(SELECT *, unnest({parts}) AS {ITEM} FROM sheet WHERE {cell(column)} IS NOT NULL) AS split"


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
    record = text_sql(entry.key) if entry.key else "NULL"
    stated = instant_sql(entry.happened_at, zone) if entry.happened_at else "NULL"
    selected = [
        f"{system} AS source_system",
        f"CAST({record} AS VARCHAR) AS source_record",
        f"CAST({version} AS BIGINT) AS source_version",
        f"coalesce({action}, 'record') AS action",
        f"CAST({reason} AS VARCHAR) AS reason",
        f"{happened} AS happened_at",
        f"{known} AS known_at",
        f"CAST({area} AS VARCHAR) AS area",
        f"{'true' if entry.known_at else 'false'} AS history",
        f"{derived} AS derived",
        f"CAST({stated} AS TIMESTAMP) AS {STATED}",
    ]
    checks: list[Check] = []
    for name, type_, value, result in (
        ("source_record", ColumnType.TEXT, entry.key, record),
        ("known_at", ColumnType.INSTANT, entry.known_at, known),
        ("happened_at", ColumnType.INSTANT, entry.happened_at, happened),
        ("area", ColumnType.AREA, stated_area, area),
        ("action", ColumnType.CODE, entry.action, action),
        ("source_version", ColumnType.COUNT, entry.version, version),
    ):
        if value is not None:
            codes = "actions" if name == "action" else None
            required = name not in _OPTIONAL and (name != "source_record" or entry.key_required)
            declared = Column(name, type_, Words(name, name), codes=codes, required=required)
            needed = "true" if declared.required else None
            checks += value_checks(value, declared, result, source, where, needed, zone)
    if entry.version is not None:
        checks.append(
            Check(
                "wrong_version",
                columns_of(entry.version)[0] if columns_of(entry.version) else "source_version",
                source,
                f"{where} AND {version} < 1",
                Words("从 1 起的版本号", "a version from 1"),
                Words("首条记录为 1，每次更正加一", "The record is 1, each correction one more."),
            )
        )
    if entry.action is not None:
        if not entry.key_required:
            checks.append(
                Check(
                    "missing_record",
                    "source_record",
                    source,
                    f"{where} AND {action} <> 'record' AND {record} IS NULL",
                    Words("更正或撤回的来源记录", "the record that is corrected or retracted"),
                    Words("写明来源记录 source_record", "Fill in source_record."),
                )
            )
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
