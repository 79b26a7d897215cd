"""One field of an entry form for each column of a fact: what it is called, how it is asked, how it is read.

A value is judged by the dictionary's own check; only moments are read as local time here, because nobody at a
desk thinks in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms

from sizao.facts.checks import Problem, expected, read_value
from sizao.facts.declaration import Column, ColumnType, heading_key
from sizao.facts.schemas import StoredColumn
from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import local_time, zone_of
from sizao.terms.words import Words
from sizao_web.pages.language import language, said, say
from sizao_web.pages.meant import meant

RADIOS = 6  # a list of so many codes is shown as a whole; a longer one is a select
UNITS: Mapping[str, Words] = {
    "people": Words("人", "people"),
    "rooms": Words("间", "rooms"),
    "year": Words("年", "year"),
}


def label(column: StoredColumn) -> Words:
    """What a column is called on a form: its meaning without asides."""
    heading = heading_key(column.declared.meaning.en).removeprefix("the ")
    zh, en = column.declared.heading, heading[:1].upper() + heading[1:]
    if column.name.endswith("_earliest") and column.declared.type is ColumnType.IMPRECISE_DATE:
        return Words(f"{zh}：最早", f"{en}: earliest possible")
    if column.name.endswith("_latest") and column.declared.type is ColumnType.IMPRECISE_DATE:
        return Words(f"{zh}：最晚（含当日）", f"{en}: latest possible, this day included")
    return Words(zh, en)


def help_of(column: StoredColumn, zone: str) -> Words:
    """What helps to fill it in: the whole meaning where the label is shorter, the zone."""
    declared = column.declared
    parts = []
    if declared.meaning.zh != declared.heading:
        parts.append(declared.meaning)
    if declared.type is ColumnType.INSTANT:
        parts.append(Words(f"本地时间（{zone}）", f"local time ({zone})"))
    if column.name.endswith("_latest") and declared.type is ColumnType.IMPRECISE_DATE:
        parts.append(Words("确知为某一天时可不填", "leave it empty when the day is known exactly"))
    return Words("；".join(one.zh for one in parts), "; ".join(one.en for one in parts))


class ColumnField(forms.Field):
    """The field of one stored column."""

    def __init__(self, column: StoredColumn, zone: str, codes: Mapping[str, Words] | None = None) -> None:
        self.column, self.zone = column, zone
        self.offered: Mapping[str, Words] = {}  # of which some words may be typed instead of the number
        self.codes = _codes(column.declared) if codes is None else codes
        # A column that must be filled in is judged by read_value, in the library's words.
        super().__init__(
            required=False,
            label=said(label(column)),
            help_text=said(help_of(column, zone)),
            widget=self._widget(),
        )

    @property
    def needed(self) -> bool:
        """Whether it must be filled in; of an imprecise date the earliest day only."""
        latest = self.column.declared.type is ColumnType.IMPRECISE_DATE and self.column.name.endswith(
            "_latest"
        )
        return self.column.declared.required and not latest

    @property
    def unit(self) -> str:
        """The unit that stands behind the value."""
        unit = self.column.declared.unit or ""
        return said(UNITS.get(unit, Words(unit, unit)))

    def _widget(self) -> forms.Widget:
        declared = self.column.declared
        match declared.type:
            case ColumnType.CODE if self.codes:
                return self._choice([(code, said(words)) for code, words in self.codes.items()])
            case ColumnType.FLAG:
                return self._choice([("true", say("是", "Yes")), ("false", say("否", "No"))])
            case ColumnType.DATE | ColumnType.IMPRECISE_DATE:
                return forms.DateInput(attrs={"type": "date", "class": "form-control"})
            case ColumnType.INSTANT:
                return forms.DateTimeInput(
                    attrs={"type": "datetime-local", "class": "form-control", "data-moment": "1"}
                )
            case ColumnType.NUMBER:
                return forms.TextInput(attrs={"inputmode": "decimal", "class": "form-control"})
            case ColumnType.COUNT:
                return forms.TextInput(attrs={"inputmode": "numeric", "class": "form-control"})
        attributes = {"class": "form-control", "autocomplete": "off", "autocapitalize": "none"}
        return forms.TextInput(attrs=attributes)

    def _choice(self, options: list[tuple[str, str]]) -> forms.Widget:
        if len(options) > RADIOS:
            return forms.Select(
                choices=[("", say("请选择", "Please choose")), *options], attrs={"class": "form-select"}
            )
        if not self.needed:
            options = [*options, ("", say("未填", "Not given"))]
        return forms.RadioSelect(choices=options, attrs={"class": "form-check-input"})

    def clean(self, value: Any) -> Any:
        """The typed value. ValidationError says what stands there and what should."""
        text = "" if value is None else str(value).strip()
        if self.column.declared.type is ColumnType.INSTANT:
            text = _as_utc(text, self.zone)
        if self.offered:
            chosen = meant(text, self.offered)
            if chosen.several:
                raise forms.ValidationError(said(chosen.ask(text, self._expected())), code="several")
            text = chosen.value or text
        column = (
            self.column if self.needed else replace(self.column, declared=_optional(self.column.declared))
        )
        found = read_value(column, text)
        if isinstance(found, Problem):
            raise forms.ValidationError(self._say(found, value), code="problem")
        if self.codes and found is not None and found not in self.codes:
            raise forms.ValidationError(
                self._say(Problem(column.name, text, expected(column.declared)), value)
            )
        if isinstance(found, datetime):
            return found.replace(tzinfo=UTC)
        return found + timedelta(days=1) if isinstance(found, date) and self._exclusive else found

    @property
    def _exclusive(self) -> bool:
        """People say the last possible day, tables hold the day after."""
        return self.column.declared.type is ColumnType.IMPRECISE_DATE and self.column.name.endswith("_latest")

    def shown(self, value: Any) -> str:
        """A stored value as the form writes it."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, datetime):
            bare = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
            local = local_time(bare, self.zone)
            whole = not local.second and not local.microsecond
            return local.strftime("%Y-%m-%dT%H:%M" if whole else "%Y-%m-%dT%H:%M:%S")
        if isinstance(value, date):
            return (value - timedelta(days=1) if self._exclusive else value).isoformat()
        return f"{value:g}" if isinstance(value, float) else str(value)

    def _say(self, problem: Problem, value: Any) -> str:
        """The library's sentence, with the column called as the form calls it and codes by their labels."""
        found = None if problem.found is None else str(value).strip()
        named = replace(problem, column=said(label(self.column)), found=found, expected=self._expected())
        if named.nearest in self.codes:
            named = replace(named, nearest=said(self.codes[named.nearest or ""]))
        return named.say(language())

    def _expected(self) -> Words:
        declared = self.column.declared
        if declared.type is ColumnType.INSTANT:
            return Words("日期和时间，如 2020-06-18 08:00", "a day and a time such as 2020-06-18 08:00")
        if self.codes:
            zh, en = (
                "、".join(one.zh for one in self.codes.values()),
                ", ".join(one.en for one in self.codes.values()),
            )
            return Words(f"下列之一：{zh}", f"one of: {en}")
        if declared.type is ColumnType.FLAG:
            return Words("“是”或“否”", "yes or no")
        if declared.type is ColumnType.AREA and self.offered:
            return Words("列表中一个区域的名称", "the name of an area on the list")
        return expected(declared)


def _codes(column: Column) -> dict[str, Words]:
    if column.type is not ColumnType.CODE or column.codes is None:
        return {}
    return {one.code: one.label for one in CODE_LISTS[column.codes].codes}


def _optional(column: Column) -> Column:
    return replace(column, required=False)


def _as_utc(text: str, zone: str) -> str:
    """A local moment as text in UTC; what is no moment stays as it is, to be refused in its own words."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) <= len("2020-06-18"):
        return text
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone_of(zone))
    return local.astimezone(UTC).isoformat()
