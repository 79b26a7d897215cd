"""Dates and instants as sheets write them, read by SQL expressions over text; what cannot be read is NULL."""

from __future__ import annotations

from sizao.terms.time import sql_instant_at

# Name of a format → (the form of the whole text, how DuckDB reads it).
FORMATS = {
    "YYYY-MM-DD": (r"\d{4}-\d{2}-\d{2}", "%Y-%m-%d"),
    "YYYY-M-D": (r"\d{4}-\d{1,2}-\d{1,2}", "%Y-%m-%d"),
    "YYYY/M/D": (r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    "YYYY.M.D": (r"\d{4}\.\d{1,2}\.\d{1,2}", "%Y.%m.%d"),
    "YYYYMMDD": (r"\d{8}", "%Y%m%d"),
    "YYYY年M月D日": (r"\d{4}年\d{1,2}月\d{1,2}日", "%Y年%m月%d日"),
    "D/M/YYYY": (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"),
    "M/D/YYYY": (r"\d{1,2}/\d{1,2}/\d{4}", "%m/%d/%Y"),
    "D.M.YYYY": (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
}
ISO = ("YYYY-MM-DD",)
FIRST_YEAR, LAST_YEAR = 1900, 2100  # a date outside was mistyped
_TIME = r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2}(\.\d{1,6})?)?"
_OFFSET = r"(Z|[+-]\d{2}:?\d{2})"


def sql_date(text: str, formats: tuple[str, ...]) -> str:
    """SQL: the date that the text states in the first format that fits."""
    readings = [_reading(text, name) for name in formats or ISO]
    return readings[0] if len(readings) == 1 else f"coalesce({', '.join(readings)})"


def sql_formed(text: str, formats: tuple[str, ...]) -> str:
    """SQL: whether the text has the form of one of the formats, be it a day of the calendar or not."""
    forms = (f"regexp_full_match({text}, '{FORMATS[name][0]}')" for name in formats or ISO)
    return f"({' OR '.join(forms)})"


def sql_ambiguous(text: str, formats: tuple[str, ...]) -> str | None:
    """SQL: whether two of the formats read different dates; None when that cannot be."""
    if not {"D/M/YYYY", "M/D/YYYY"} <= set(formats):
        return None
    return f"({_reading(text, 'D/M/YYYY')}) <> ({_reading(text, 'M/D/YYYY')})"


def sql_imprecise(text: str, formats: tuple[str, ...]) -> tuple[str, str]:
    """SQL: the first possible day and the day after the last possible one.

    Beside a whole date: `2020`, `2020-01`, and `2020-01-18/2020-01-21` with both days included.
    """
    first, last = f"split_part({text}, '/', 1)", f"split_part({text}, '/', 2)"
    is_range = rf"regexp_full_match({text}, '[0-9-]+/[0-9-]+') AND length({text}) > 10"
    earliest = f"CASE WHEN {is_range} THEN {_span(first, ())[0]} ELSE {_span(text, formats)[0]} END"
    latest = f"CASE WHEN {is_range} THEN {_span(last, ())[1]} ELSE {_span(text, formats)[1]} END"
    whole = f"({latest}) > ({earliest})"
    return f"CASE WHEN {whole} THEN {earliest} END", f"CASE WHEN {whole} THEN {latest} END"


def sql_instant(text: str, zone: str, at: str | None, formats: tuple[str, ...]) -> str:
    """SQL: the instant (UTC) of `2020-01-21 08:00`, with an offset if one is written, else in `zone`.

    A text that gives only the day is read when a clock time `at` is named for it.
    """
    plain = f"regexp_full_match({text}, '{_TIME}')"
    offset = f"regexp_full_match({text}, '{_TIME}{_OFFSET}')"
    local = f"TRY_CAST(replace({text}, 'T', ' ') AS TIMESTAMP)"
    cases = [
        f"WHEN {plain} THEN {sql_instant_at(local, zone)}",
        f"WHEN {offset} THEN {_less_offset(text)}",
    ]
    other = "NULL"
    if at is not None:
        other = sql_day_at(sql_date(text, formats), zone, at)
    return f"(CASE {' '.join(cases)} ELSE {other} END)"


def sql_day_at(day: str, zone: str, at: str) -> str:
    """SQL: the instant (UTC) at the clock time `at` of a date."""
    hours, minutes = at.split(":")
    since = int(hours) * 60 + int(minutes)
    return sql_instant_at(f"(CAST({day} AS TIMESTAMP) + INTERVAL '{since}' MINUTE)", zone)


def _less_offset(text: str) -> str:
    """SQL: the clock time of the text less the offset that it ends with ("Z" is none)."""
    stamp = f"TRY_CAST(replace(regexp_extract({text}, '^{_TIME}'), 'T', ' ') AS TIMESTAMP)"
    hours = f"coalesce(TRY_CAST(regexp_extract({text}, '[+-](\\d{{2}}):?\\d{{2}}$', 1) AS INTEGER), 0)"
    minutes = f"coalesce(TRY_CAST(regexp_extract({text}, '[+-]\\d{{2}}:?(\\d{{2}})$', 1) AS INTEGER), 0)"
    ahead = f"CASE WHEN regexp_matches({text}, '[+]\\d{{2}}:?\\d{{2}}$') THEN 1 ELSE -1 END"
    return f"({stamp} - to_minutes(CAST(({ahead}) * ({hours} * 60 + {minutes}) AS BIGINT)))"


def _reading(text: str, name: str) -> str:
    form, how = FORMATS[name]
    day = f"TRY_CAST(try_strptime({text}, '{how}') AS DATE)"
    limits = f"year({day}) BETWEEN {FIRST_YEAR} AND {LAST_YEAR}"
    return f"CASE WHEN regexp_full_match({text}, '{form}') AND {limits} THEN {day} END"


def _span(text: str, formats: tuple[str, ...]) -> tuple[str, str]:
    day = sql_date(text, formats)
    month = _reading(f"({text} || '-01')", "YYYY-MM-DD")
    year = _reading(f"({text} || '-01-01')", "YYYY-MM-DD")
    is_month = rf"regexp_full_match({text}, '\d{{4}}-\d{{2}}')"
    is_year = rf"regexp_full_match({text}, '\d{{4}}')"
    earliest = f"(CASE WHEN {is_month} THEN {month} WHEN {is_year} THEN {year} ELSE {day} END)"
    latest = (
        f"CAST((CASE WHEN {is_month} THEN {month} + INTERVAL 1 MONTH"
        f" WHEN {is_year} THEN {year} + INTERVAL 1 YEAR ELSE {day} + INTERVAL 1 DAY END) AS DATE)"
    )
    return earliest, latest
