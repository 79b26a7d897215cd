"""`sizao facts`: the data dictionary on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from sizao.cli.options import Json, Language
from sizao.cli.screen import Screen, Wrong
from sizao.facts.declaration import Column, Fact
from sizao.facts.dictionary import COMMON, DECLARED
from sizao.facts.dictionary import fact as fact_named
from sizao.facts.register import Answer, answers, reused_by
from sizao.terms.codes import CODE_LISTS

Name = Annotated[
    str | None, typer.Argument(help="A fact; without it, all of them are listed.", metavar="[NAME]")
]
Fields = Annotated[
    bool, typer.Option("--fields", help="Everything that is asked: of whom, who owns it, where it is reused.")
]


def facts(
    context: typer.Context,
    name: Name = None,
    fields: Fields = False,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """The data dictionary: every fact, or the columns, codes and keys of one."""
    screen: Screen = context.obj
    if fields:
        _register(screen, name, as_json)
        return
    if name is None:
        _list(screen, as_json)
        return
    try:
        declared = fact_named(name)
    except KeyError as cause:
        raise Wrong(str(cause.args[0])) from cause
    if as_json:
        screen.json(_document(declared))
    else:
        _show(screen, declared)


def _list(screen: Screen, as_json: bool) -> None:
    if as_json:
        screen.json([_document(declared) for declared in DECLARED.values()])
        return
    screen.table(
        (
            screen.say("事实", "fact"),
            screen.say("含义", "meaning"),
            screen.say("事由日", "event"),
            screen.say("列", "columns"),
        ),
        (
            (name, one.meaning.get(screen.language), one.event, len(one.columns))
            for name, one in DECLARED.items()
        ),
    )


def _register(screen: Screen, name: str | None, as_json: bool) -> None:
    """The one-form register, of all facts or of one."""
    register = answers()
    taken = reused_by(register)
    listed = [one for one in register if name in (None, one.fact)]
    if not listed:
        raise Wrong(f"{name}: no fact of that name asks for anything. `sizao facts` lists them.")
    if as_json:
        screen.json([_field(one, taken) for one in listed])
        return
    screen.table(
        (
            screen.say("列", "field"),
            screen.say("问的是", "asks"),
            screen.say("问谁的", "about a"),
            screen.say("时间", "time"),
            screen.say("归谁管", "owner"),
            screen.say("取自", "taken from"),
            screen.say("供其取用", "reused by"),
        ),
        (
            (
                one.name,
                one.column.meaning.get(screen.language),
                one.subject,
                one.time,
                one.owner,
                one.reuses,
                ", ".join(taken.get(one.name, ())) or None,
            )
            for one in listed
        ),
    )


def _field(one: Answer, taken: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    return {
        "field": one.name,
        "asks": {"zh": one.column.meaning.zh, "en": one.column.meaning.en},
        "concept": one.concept,
        "subject": one.subject,
        "time": one.time,
        "owner": one.owner,
        "reuses": one.reuses,
        "reused_by": list(taken.get(one.name, ())),
    }


def _settable(declared: Fact, screen: Screen) -> str:
    if declared.retention_between is None:
        return ""
    least, most = declared.retention_between
    return screen.say(f"（可设{least}至{most}天）", f" (settable from {least} to {most})")


def _show(screen: Screen, declared: Fact) -> None:
    screen.text(f"{declared.name}: {declared.meaning.get(screen.language)}")
    within = _settable(declared, screen)
    screen.text(
        screen.say(
            f"事由日：{declared.event}；保存{declared.retention_days}天{within}",
            f"event day: {declared.event}; kept for {declared.retention_days} days{within}",
        )
    )
    headings = (
        screen.say("列", "column"),
        screen.say("类型", "type"),
        screen.say("必填", "required"),
        screen.say("含义", "meaning"),
        screen.say("代码", "codes"),
    )
    screen.table(headings, (_line(screen, column) for column in (*declared.columns, *COMMON)))


def _line(screen: Screen, column: Column) -> tuple[object, ...]:
    codes = ""
    if column.codes is not None and column.codes in CODE_LISTS:
        labels = CODE_LISTS[column.codes].codes
        codes = ", ".join(f"{one.code} ({one.label.get(screen.language)})" for one in labels)
    kind = column.type.value if column.of is None else f"{column.type.value}: {column.of}"
    return column.name, kind, column.required, column.meaning.get(screen.language), codes


def _document(declared: Fact) -> dict[str, Any]:
    return {
        "name": declared.name,
        "meaning": {"zh": declared.meaning.zh, "en": declared.meaning.en},
        "event": declared.event,
        "subjects": list(declared.subjects),
        "orders": list(declared.orders),
        "retention_days": declared.retention_days,
        "columns": [
            {
                "name": column.name,
                "type": column.type.value,
                "of": column.of,
                "unit": column.unit,
                "required": column.required,
                "meaning": {"zh": column.meaning.zh, "en": column.meaning.en},
                "codes": _codes(column),
            }
            for column in (*declared.columns, *COMMON)
        ],
    }


def _codes(column: Column) -> list[str] | None:
    known = CODE_LISTS.get(column.codes or "")
    return None if known is None else list(known.names())
