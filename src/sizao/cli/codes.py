"""`sizao codes`: the standing of people as the colours of a local code. Nothing makes colours but this."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sizao.cli.deriving import answered
from sizao.cli.options import (
    LAST_MOMENT,
    AsOf,
    FactsFolder,
    Json,
    KnownBy,
    Language,
    PackFolder,
    pack,
)
from sizao.cli.screen import SHORT_ID, Screen, Wrong, as_csv
from sizao.obligations.colours import colours
from sizao.policy.codes import CodeSet, say_codes
from sizao.store.running import run
from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import local_day, local_time

Codes = Annotated[Path, typer.Option("--codes", help="Folder of the pack with the colours.")]
Named = Annotated[str | None, typer.Option("--set", help="Which set of colours, where the pack has several.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write all rows to this CSV file.")]
SHOWN = 20


def codes(
    context: typer.Context,
    facts: FactsFolder,
    policy: PackFolder,
    codes: Codes,
    as_of: AsOf,
    known_by: KnownBy = None,
    named: Named = None,
    out: Out = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """Who has which colour of a local code: a projection of what binds them, which changes nothing."""
    screen: Screen = context.obj
    local = pack(codes)
    one = _chosen(list(local.code_sets.values()), named, local.pack)
    answer = answered(screen, facts, policy, as_of, known_by)
    day = local_day(answer.when.as_of - LAST_MOMENT, answer.zone)  # 24:00 belongs to the day that ends
    if not one.in_force(day):
        raise Wrong(
            f"{one.name} was in use from {one.in_force_from} to before {one.in_force_until}, not on {day}.",
            f"{one.name}的使用期为{one.in_force_from}至{one.in_force_until}（不含），{day}不在其中。",
        )
    found = run(colours(one), {"standing": answer.tables["standing"]})["colours"]
    if out is not None:
        as_csv(found, out)
    if as_json:
        screen.json({"set": one.name, "rest": one.rest.name, "rows": found.to_pylist()})
        return
    screen.text(say_codes(one, screen.language, local.sources) + "\n")
    labels = {colour.name: colour.label.get(screen.language) for colour in one.colours}
    rows = found.to_pylist()
    screen.table(
        (screen.say("颜色", "colour"), screen.say("人数", "people")),
        [(label, sum(row["colour"] == name for row in rows)) for name, label in labels.items()],
    )
    places = CODE_LISTS["restriction_places"]
    screen.table(
        (
            screen.say("人员", "person"),
            screen.say("颜色", "colour"),
            screen.say("因", "because of"),
            screen.say("至", "until"),
            screen.say("任务", "obligations"),
        ),
        [
            (
                row["person"],
                labels[row["colour"]],
                places.label_of(row["place"]).get(screen.language),
                f"{local_time(row['until'], answer.zone):%Y-%m-%d %H:%M}",
                " ".join(identity[:SHORT_ID] for identity in row["rows"].split(",")),
            )
            for row in rows[:SHOWN]
        ],
    )
    if len(rows) > SHOWN:
        screen.note(
            screen.say(
                f"另有{len(rows) - SHOWN}人；--out FILE.csv写出全部。",
                f"{len(rows) - SHOWN} more; --out FILE.csv writes all.",
            )
        )


def _chosen(sets: list[CodeSet], named: str | None, name: str) -> CodeSet:
    found = [one for one in sets if named in (None, one.name)]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(one.name for one in sets)
    raise Wrong(
        f"{name} has {len(sets)} sets of colours{': ' + listed if listed else ''}; name one with --set.",
        f"{name}有{len(sets)}套码规则{'：' + listed if listed else ''}；请用--set指定一套。",
    )
