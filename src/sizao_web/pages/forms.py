"""Entry forms made from the dictionary: any fact, its columns, their checks, and what the scope offers.

A form keeps what was typed, says each problem at its column and, of columns together, at its head. A number
that is on no record here is asked about once more: a slip of the pen would otherwise make a new person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pyarrow as pa
from django import forms
from django.conf import settings

from sizao.facts.declaration import ColumnType, Fact
from sizao.facts.row_checks import broken, demand
from sizao.facts.schemas import StoredColumn, own_columns
from sizao.terms.words import Words
from sizao_web.pages.entry_fields import ColumnField, label
from sizao_web.pages.language import said, say
from sizao_web.pages.offered import Offered
from sizao_web.records.access.giving import withheld
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import choices
from sizao_web.records.reading.labels import area_labels, office_labels, place_labels

DEFINES = {"people": "person", "places": "place", "offices": "office", "areas": "path"}
"""The column in which a fact makes a number known, so that it may be new."""

NAMED = {"area": area_labels, "place": place_labels, "office": office_labels}
"""What has a name that is no secret -> who tells it."""

ELSEWHERE = {("stays", "located_in"), ("arrivals", "origin")}
"""Columns (fact, name) for areas that mostly lie outside the duty's own."""

CHECKED = ("person", "place", "office")
ALWAYS_NEEDED = ("reason", "members")


class FactForm(forms.Form):
    """The entry form of one fact. `values()` are own columns, ready for an action."""

    record = forms.CharField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(widget=forms.TextInput(attrs={"class": "form-control"}), required=False)

    def __init__(
        self,
        fact: Fact,
        scope: Scope,
        moment: datetime,
        *,
        data: Mapping[str, Any] | None = None,
        prefill: Mapping[str, str] | None = None,
        link: Mapping[str, Any] | None = None,
        kept: tuple[str, ...] = (),
        grounds: Mapping[str, Words] | None = None,
        without: tuple[str, ...] = (),
    ) -> None:
        """link: the row that is corrected; kept: its columns that stay. prefill: texts of an address.
        without: columns that nobody types."""
        self.fact, self.scope, self.moment, self.link, self.kept = fact, scope, moment, link, kept
        left_out = {*without, *withheld(fact.name, scope.role)}
        self.columns = [one for one in own_columns(fact) if one.name not in left_out]
        zone = settings.SIZAO.zone
        fields = {one.name: ColumnField(one, zone, self._codes(one, grounds)) for one in self.columns}
        initial = {name: _prefilled(field, prefill or {}) for name, field in fields.items()}
        if link is not None:
            initial = {name: field.shown(link[name]) for name, field in fields.items()}
        initial |= {"record": str(uuid4()), "seen": 0 if link is None else link["source_version"]}
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.fields.update(fields)
        self.order_fields([*fields, "reason", "record", "seen"])
        self.offered = dict(self._offers())
        self._kept = self._kept_words()
        self._show_words()
        self.doubted: dict[str, str] = {}
        if link is None:
            del self.fields["reason"], self.fields["seen"]
        else:
            self._ask_why(zone)

    @staticmethod
    def _codes(column: StoredColumn, grounds: Mapping[str, Words] | None) -> Mapping[str, Words] | None:
        return grounds if grounds and column.declared.codes == "waiver_grounds" else None

    def _ask_why(self, zone: str) -> None:
        reason = self.fields["reason"]
        reason.label = say("更正理由", "Reason for the correction")
        reason.help_text = say("写明原记录错在哪里；不写姓名", "Say what was wrong; write no names")
        for name in self.kept:
            self.fields[name].disabled = True

    def _offers(self) -> Iterator[tuple[str, Offered]]:
        columns: dict[str, list[StoredColumn]] = {}
        for column in self.columns:
            if column.name not in self.kept and DEFINES.get(self.fact.name) != column.name:
                columns.setdefault(self._source(column), []).append(column)
        for source, asked in columns.items():
            if source in choices.SOURCES:
                of, words = _of(asked[0]), choices.SOURCES[source](self.scope, self.moment)
                there = {str(self.initial.get(one.name) or "") for one in asked} - {"", *words}
                if there and of in NAMED:  # what stands in the field already, from elsewhere
                    words = {**words, **NAMED[of](self.scope, self.moment, there)}
                if words:
                    offered = Offered(f"offered-{source}", words, named=of in NAMED)
                    for one in asked:
                        self._suggest(one, offered)
                    yield source, offered

    def _suggest(self, column: StoredColumn, offered: Offered) -> None:
        field = self.fields[column.name]
        assert isinstance(field, ColumnField)
        field.widget.attrs["list"] = offered.name
        if offered.named:
            field.offered = offered.words

    def _source(self, column: StoredColumn) -> str:
        """Where the suggestions of a column come from."""
        elsewhere = (self.fact.name, column.declared.name) in ELSEWHERE
        return "area-anywhere" if elsewhere else _of(column)

    def _show_words(self) -> None:
        """The words of what stands in a field, where they tell it from everything else."""
        for column in self.columns:
            offered = self.offered.get(self._source(column))
            if offered and column.name not in self.kept and DEFINES.get(self.fact.name) != column.name:
                self.initial[column.name] = offered.shown(str(self.initial.get(column.name) or ""))

    def _kept_words(self) -> dict[str, tuple[str, str]]:
        """(what it is called, its number) of the columns that a correction keeps; of people the number."""
        found = {}
        for column in self.columns:
            if self.link is not None and column.name in self.kept:
                number = str(self.link[column.name] or "")
                look_up = NAMED.get(_of(column))
                words = look_up(self.scope, self.moment, {number}).get(number) if look_up else None
                told = number if words is None else said(words).removesuffix(f" {number}")
                found[column.name] = (told, "" if told == number else number)
        return found

    # -- reading ---------------------------------------------------------------------------------------

    def clean_record(self) -> str:
        """The number of the record that the page made; the same page sent twice is one record."""
        text = str(self.cleaned_data["record"])
        try:
            return str(UUID(text))
        except ValueError:
            raise forms.ValidationError(
                say("页面已过期，请重新打开再填。", "This page is out of date. Open the form again.")
            ) from None

    def clean_reason(self) -> str:
        """Why it is corrected."""
        text = str(self.cleaned_data["reason"]).strip()
        if not text:
            raise forms.ValidationError(
                say("须写明更正理由。", "Say why it is corrected: the reason stays with the record.")
            )
        return text

    def clean(self) -> dict[str, Any]:
        """What the columns must hold together, and numbers that are on no record."""
        found = self.cleaned_data
        for column in self.columns:
            if column.name in self.kept:
                found[column.name] = self.link[column.name]
            elif self.link is not None and self._untouched(column.name):
                # What the form cannot show in full, such as fractions of a second, stays as it was.
                found[column.name] = self.link[column.name]
            elif column.declared.type is ColumnType.IMPRECISE_DATE and column.name.endswith("_latest"):
                self._fill_exact_day(column)
        self._ask_about_unknown()
        if not self.errors:
            for words in self._together():
                self.add_error(None, said(words))
        return found

    def _untouched(self, name: str) -> bool:
        field = self.fields[name]
        assert isinstance(field, ColumnField)
        return str(self.data.get(name, "")).strip() == field.shown(self.link[name])

    def _fill_exact_day(self, column: StoredColumn) -> None:
        first = self.cleaned_data.get(f"{column.declared.name}_earliest")
        if (
            first is not None
            and self.cleaned_data.get(column.name) is None
            and column.name not in self.errors
        ):
            field = self.fields[column.name]
            self.cleaned_data[column.name] = field.clean(first.isoformat())

    def _ask_about_unknown(self) -> None:
        for of in (*CHECKED, "area"):
            columns = [
                one.name
                for one in self.columns
                if _of(one) == of and one.name not in self.kept and DEFINES.get(self.fact.name) != one.name
            ]
            typed = {name: self.cleaned_data[name] for name in columns if self.cleaned_data.get(name)}
            if not typed:
                continue
            known = choices.on_record(self.scope, of, typed.values(), self.moment)
            for name, value in typed.items():
                if value not in known:
                    self.doubt(name, value, said(NOT_ON_RECORD[of]).format(value))

    def doubt(self, name: str, value: str, words: str) -> None:
        """Ask once more about a value; who ticks the box below it has been asked."""
        self.doubted[name] = value
        if self.data.get(f"sure-{name}") != value:
            self.add_error(name, words)

    def _together(self) -> Iterator[Words]:
        schema = pa.schema(
            [pa.field(one.name, one.arrow) for one in own_columns(self.fact)]
            + [pa.field("action", pa.string())]
        )
        row = {one.name: _bare(self.cleaned_data.get(one.name)) for one in own_columns(self.fact)} | {
            "action": "record"
        }
        headings = {one.name: said(label(one)) for one in self.columns}
        for check, _ in broken(self.fact, pa.Table.from_pylist([row], schema)):
            wanted = demand(check, headings)
            yield Words(f"应满足：{wanted.zh}。", f"Expected {wanted.en}.")

    def values(self) -> dict[str, Any]:
        """The own columns of the fact, typed."""
        return {one.name: self.cleaned_data.get(one.name) for one in self.columns}

    def facts(self) -> list[tuple[str, dict[str, Any], str]]:
        """What is recorded on this occasion: fact, values, number of the record."""
        return [(self.fact.name, self.values(), self.cleaned_data["record"])]

    # -- showing ---------------------------------------------------------------------------------------

    def rows(self) -> Iterator[dict[str, Any]]:
        """What the template needs of each visible field; the first one with an error takes the focus."""
        first = next((one.name for one in self.visible_fields() if one.errors), None)
        for bound in self.visible_fields():
            field = bound.field
            if bound.name == first:
                field.widget.attrs["autofocus"] = True
            yield {
                "bound": bound,
                "needed": bound.name in ALWAYS_NEEDED or getattr(field, "needed", False),
                "unit": getattr(field, "unit", ""),
                "kept": self._kept.get(bound.name),
                "named": self._named(bound),
                "typed": self.doubted.get(bound.name),
                "is_moment": "data-moment" in field.widget.attrs,
            }

    def _named(self, bound: forms.BoundField) -> str:
        """What the number that stands in a field is called, where it was offered."""
        if not isinstance(bound.field, ColumnField) or _of(bound.field.column) not in (*NAMED, "case"):
            return ""
        offered = self.offered.get(self._source(bound.field.column))
        return offered.other(str(bound.value() or "")) if offered else ""

    def problems(self) -> list[tuple[str, str, str]]:
        """Every problem for the summary: id of the field, its label, the words."""
        return [
            (bound.id_for_label or bound.auto_id, str(bound.label), str(words))
            for bound in self.visible_fields()
            for words in bound.errors
        ]


NOT_ON_RECORD: Mapping[str, Words] = {
    "person": Words(
        "本辖区没有编号为 {} 的人员。请核对；确属新登记人员时，勾选下面一项再保存。",
        "Nobody with the number {} is on record here. Check it; for a new person tick below and save again.",
    ),
    "place": Words(
        "没有编号为 {} 的场所。请核对，或勾选下面一项照所填保存。",
        "No place with the number {} is on record. Check it, or tick below to save it as typed.",
    ),
    "office": Words(
        "没有编号为 {} 的机构。请核对，或勾选下面一项照所填保存。",
        "No office with the number {} is on record. Check it, or tick below to save it as typed.",
    ),
    "area": Words(
        "区域 {} 不在册。市外区域可勾选下面一项照所填保存。",
        "The area {} is not on record. For an area outside the city, tick below to save it as typed.",
    ),
}


def _of(column: StoredColumn) -> str:
    return "area" if column.declared.type is ColumnType.AREA else column.declared.of or ""


def _prefilled(field: ColumnField, prefill: Mapping[str, str]) -> str:
    return prefill.get(field.column.name) or prefill.get(field.column.declared.name) or ""


def _bare(value: Any) -> Any:
    return (
        value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value
    )
