"""Edit by form how a sheet is read: which of its columns is which of the fact's, and what its words mean as
codes."""

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
from sizao_web.pages.language import said

KEY = "source_record"
_COMMON = ("area", "action", "source_version", "reason")
_AS = {"source_version": "version"}


def fields(
    fact: str, columns: Sequence[str], values: Mapping[str, Sequence[str]], typed: Mapping[str, str]
) -> list[dict[str, Any]]:
    """One field for each column of the fact: the chosen heading, and for codes what each word of the sheet
    means."""
    given = headings(fact, columns)
    found = []
    for column in (*FACTS[fact].columns, *(_common(name) for name in (KEY, *_COMMON))):
        chosen = typed.get(f"column.{column.name}", given.get(column.name, ""))
        found.append(
            {
                "column": column,
                "name": f"column.{column.name}",
                "chosen": chosen if chosen in columns else "",
                "codes": _codes(column, values.get(chosen, ()), typed),
                "formats": _formats(column, typed),
            }
        )
    return found


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
    return bool(field["chosen"]) and column.required and any(column is one for one in FACTS[fact].columns)


def _value(field: Mapping[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = {"column": field["chosen"]}
    meant = {one["word"]: one["chosen"] for one in field["codes"] if one["chosen"]}
    if meant:
        value["codes"] = meant
    if field["formats"] and field["formats"]["chosen"]:
        value["formats"] = [field["formats"]["chosen"]]
    return value
