"""Edit by form how a sheet is read: which of its columns is which of the fact's, what its words mean as
codes, and what is the same in every row and stands in none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from sizao.facts.declaration import Column, ColumnType
from sizao.facts.dictionary import FACTS
from sizao.intake.dates import FORMATS
from sizao.intake.templates import headings
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.pages.language import said

KEY = "source_record"
_COMMON = ("area", "action", "source_version", "reason")
_AS = {"source_version": "version"}
EVERY_ROW = "="
"""Begins the value of a choice that is no column but the same value in every row."""
OWN_PLACE = Words("本单位（每一行）", "our own place (every row)")


def fields(
    fact: str,
    columns: Sequence[str],
    values: Mapping[str, Sequence[str]],
    typed: Mapping[str, str],
    place: str | None = None,
) -> list[dict[str, Any]]:
    """One field for each column of the fact: the chosen heading, and for codes what each word of the sheet
    means. place: whose sheet it is; a place does not write in its own sheet which place it is."""
    given = headings(fact, columns)
    found = []
    for column in (*FACTS[fact].columns, *(_common(name) for name in (KEY, *_COMMON))):
        same = _same_in_every_row(column, place)
        usual = f"{EVERY_ROW}{place}" if column.name == "place" and column.required and same else ""
        chosen = typed.get(f"column.{column.name}", given.get(column.name, usual))
        found.append(
            {
                "column": column,
                "name": f"column.{column.name}",
                "chosen": chosen if chosen in columns or chosen in dict(same) else "",
                "same": same,
                "codes": _codes(column, values.get(chosen, ()), typed),
                "formats": _formats(column, typed),
            }
        )
    return found


def _same_in_every_row(column: Column, place: str | None) -> list[tuple[str, str]]:
    """Choices instead of a column of the sheet, with their words."""
    if column.name == "place" and column.of == "place" and place:
        return [(f"{EVERY_ROW}{place}", said(OWN_PLACE))]
    if column.type is not ColumnType.CODE or column.codes is None or CODE_LISTS[column.codes].open:
        return []
    if column.name in _COMMON:
        return []
    words = Words("每一行都是：", "every row: ")
    return [
        (f"{EVERY_ROW}{one.code}", said(words) + said(one.label)) for one in CODE_LISTS[column.codes].codes
    ]


def lacking(shown: Sequence[Mapping[str, Any]]) -> list[Column]:
    """Columns that every row needs and of which nothing is chosen."""
    return [field["column"] for field in shown if field["column"].required and not field["chosen"]]


def _common(name: str) -> Column:
    from sizao.facts.dictionary import COMMON

    found = next(column for column in COMMON if column.name == name)
    return Column(found.name, found.type, found.meaning, required=False)


def _codes(column: Column, words: Sequence[str], typed: Mapping[str, str]) -> list[dict[str, Any]]:
    if column.type is not ColumnType.CODE or column.codes is None or CODE_LISTS[column.codes].open:
        return []
    codes = CODE_LISTS[column.codes].codes
    own = {one.code for one in codes}
    means = {label: one.code for one in codes for label in (one.code, one.label.zh, one.label.en)}
    return (
        [
            {
                "word": word,
                "name": f"code.{column.name}.{word}",
                "chosen": typed.get(f"code.{column.name}.{word}", means.get(word, "")),
                "options": [(one.code, said(one.label)) for one in codes],
            }
            for word in words
            if word
        ]
        if not set(words) <= own
        else []
    )


def _formats(column: Column, typed: Mapping[str, str]) -> dict[str, Any] | None:
    if column.type not in (ColumnType.DATE, ColumnType.IMPRECISE_DATE):
        return None
    return {
        "name": f"format.{column.name}",
        "chosen": typed.get(f"format.{column.name}", ""),
        "options": list(FORMATS),
    }


def as_mapping(fact: str, columns: Sequence[str], shown: Sequence[Mapping[str, Any]], name: str) -> str:
    """What the form says as a mapping file. JSON is YAML."""
    chosen = {field["column"].name: _value(field) for field in shown if field["chosen"]}
    used = {field["chosen"] for field in shown if field["chosen"]}
    own = {column.name for column in FACTS[fact].columns}
    key = chosen.get(KEY) or {
        "text": " / ".join("{" + field["chosen"] + "}" for field in shown if _makes_a_key(fact, field))
    }
    entry = {
        "fact": fact,
        "key": key,
        "columns": {one: value for one, value in chosen.items() if one in own},
        **{_AS.get(one, one): chosen[one] for one in _COMMON if one in chosen},
    }
    stated = {
        "mapping": name,
        "zone": settings.SIZAO.zone,
        "source_system": "sheet",
        "not_used": [heading for heading in columns if heading not in used],
        "facts": [entry],
    }
    return json.dumps(stated, ensure_ascii=False, indent=1)


def _makes_a_key(fact: str, field: Mapping[str, Any]) -> bool:
    column = field["column"]
    own = column.required and any(column is one for one in FACTS[fact].columns)
    return bool(field["chosen"]) and own and not _is_same(field)


def _is_same(field: Mapping[str, Any]) -> bool:
    return field["chosen"] in dict(field["same"])


def _value(field: Mapping[str, Any]) -> dict[str, Any]:
    if _is_same(field):
        return {"constant": field["chosen"].removeprefix(EVERY_ROW)}
    value: dict[str, Any] = {"column": field["chosen"]}
    meant = {one["word"]: one["chosen"] for one in field["codes"] if one["chosen"]}
    if meant:
        value["codes"] = meant
    if field["formats"] and field["formats"]["chosen"]:
        value["formats"] = [field["formats"]["chosen"]]
    return value
