"""`sizao policy burden`: what a policy costs people, places and offices in a window of days."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.compute as pc
import typer

from sizao.cli.deriving import Answer, answered, remarks
from sizao.cli.options import AsOf, FactsFolder, Json, KnownBy, Language, Memory, Threads, day_of
from sizao.cli.screen import Screen, Wrong, records, shown, taken_as_input
from sizao.obligations.burden import NOT_KNOWN, burden
from sizao.store.folder import Facts
from sizao.store.running import Session
from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import local_day, midnight

Pack = Annotated[Path, typer.Argument(help="Folder of the policy pack.", metavar="PACK")]
From = Annotated[
    str | None, typer.Option("--from", help="First day; without it, the seventh day back from the last.")
]
To = Annotated[str | None, typer.Option("--to", help="Last day; without it, the day asked about.")]
AreaParts = Annotated[
    int | None,
    typer.Option(
        "--area-parts",
        help="Rooms are summed over areas of so many parts of the path; without it, as the quarantine sites "
        "are recorded.",
        min=1,
    ),
]
PARTS_WITHOUT_SITES = 2
WEEK = timedelta(days=7)
SUMS = ("person_days", "tests", "visits", "forms")


def burden_command(
    context: typer.Context,
    folder: Pack,
    facts: FactsFolder,
    as_of: AsOf,
    known_by: KnownBy = None,
    first: From = None,
    last: To = None,
    area_parts: AreaParts = None,
    threads: Threads = None,
    memory: Memory = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """What a policy costs in a week, by office, subject and area: person-days, tests, visits, forms."""
    screen: Screen = context.obj
    answer = answered(screen, facts, folder, as_of, known_by, threads=threads, memory=memory)
    begins, ends = window(answer, first, last)
    assert answer.facts is not None
    parts = area_parts or parts_of_sites(answer.facts)
    found = burdens(answer, begins, ends, parts, threads=threads, memory=memory)
    if as_json:
        screen.json(
            {"window_from": begins, "window_until": ends, **{k: records(t) for k, t in found.items()}}
        )
        return
    _show(screen, found, (ends - begins) / WEEK, answer.zone)
    first_day, last_day = local_day(begins, answer.zone), local_day(ends, answer.zone) - timedelta(days=1)
    screen.note(
        screen.say(
            f"统计期：{first_day}至{last_day}，折合每周。人日为受限天数，同一人重叠的只计一次。",
            f"From {first_day} to {last_day}, per week. Person-days are days under restriction; what "
            "overlaps for one person counts once.",
        )
    )
    for note in remarks(screen, answer):
        screen.note(note)


def window(answer: Answer, first: str | None, last: str | None) -> tuple[datetime, datetime]:
    """The window that the options mean (UTC, half-open); by default the week up to the day asked about."""
    zone = answer.zone
    asked = local_day(answer.when.as_of - timedelta(microseconds=1), zone)
    until = day_of(last, "--to") if last is not None else asked
    since = day_of(first, "--from") if first is not None else until - WEEK + timedelta(days=1)
    if until < since:
        raise Wrong(
            f"--from {since} lies after --to {until}; give the earlier day first.",
            f"--from {since}晚于--to {until}；请先写较早的一天。",
        )
    return midnight(since, zone), midnight(until + timedelta(days=1), zone)


def burdens(
    answer: Answer,
    begins: datetime,
    ends: datetime,
    parts: int,
    *,
    threads: int | None = None,
    memory: str | None = None,
) -> dict[str, pa.Table]:
    """The three tables of `sizao.obligations.burden` for one answer, in order of their keys."""
    assert answer.policy is not None
    assert answer.facts is not None
    with taken_as_input():
        query = burden(
            answer.policy,
            window_from=begins,
            window_until=ends,
            known_by=answer.when.known_by,
            area_parts=parts,
        )
    tables = {name: answer.facts.source(name) for name in query.inputs if name in answer.facts}
    tables["obligations"] = answer.tables["obligations"]
    with Session(tables, threads=threads, memory=memory, keep=False) as session:
        found = session.run(query)
    return {name: table.sort_by([(key, "ascending") for key in KEYS[name]]) for name, table in found.items()}


def four_weeks(
    before: Answer, after: Answer, parts: int, *, threads: int | None = None, memory: str | None = None
) -> dict[str, pa.Table]:
    """Both sides of a comparison in the two weeks up to its day and the two after it: four_weeks_<name>, with
    the column side."""
    sides = []
    for side, answer in (("before", before), ("after", after)):
        _, end_of_day = window(answer, None, None)
        around = (end_of_day - 2 * WEEK, end_of_day + 2 * WEEK)
        for name, table in burdens(answer, *around, parts, threads=threads, memory=memory).items():
            column = pa.array([side] * table.num_rows, pa.string())
            sides.append((f"four_weeks_{name}", table.add_column(0, "side", column)))
    return {
        name: pa.concat_tables([table for found, table in sides if found == name])
        for name, _ in dict(sides).items()
    }


KEYS = {"by_office": ("doer_kind", "doer", "subject"), "by_subject": ("subject",), "by_area": ("area",)}


def parts_of_sites(facts: Facts) -> int:
    """The fewest parts of an area's path at which a quarantine site is recorded: there every room counts."""
    places = facts["places"]
    sites = places.filter(pc.equal(places["kind"], "quarantine_site"))["located_in"].drop_null()
    return min((path.count("/") + 1 for path in sites.to_pylist()), default=PARTS_WITHOUT_SITES)


def subject_said(screen: Screen, subject: str) -> str:
    """People, offices, or the kind of place in words."""
    if subject in CODE_LISTS["place_kinds"].names():
        return CODE_LISTS["place_kinds"].label_of(subject).get(screen.language)
    words = {
        "person": ("人员", "people"),
        "office": ("机构", "offices"),
        NOT_KNOWN: ("类别不明的场所", "places of unknown kind"),
    }
    return screen.say(*words[subject]) if subject in words else subject


def doer_said(screen: Screen, row: dict[str, Any]) -> str:
    """The office, or that places of a kind act for themselves, or nobody."""
    if row["doer_kind"] == "nobody":
        return screen.say("（无人负责）", "(nobody)")
    if row["doer_kind"] == "place":
        kind = subject_said(screen, row["doer"] or NOT_KNOWN)
        return screen.say(f"（{kind}自身）", f"({kind} themselves)")
    return str(row["doer"])


def _show(screen: Screen, found: dict[str, pa.Table], weeks: float, zone: str) -> None:
    say = screen.say
    sums = (
        say("对象数", "subjects"),
        say("人日", "person-days"),
        say("检测", "tests"),
        say("上门", "visits"),
        say("填表", "forms"),
    )

    def figures(row: dict[str, Any]) -> tuple[object, ...]:
        return (row["subjects"], *(_per_week(row[name], weeks) for name in SUMS))

    screen.table(
        (say("由谁做", "who must act"), say("为谁", "for"), *sums),
        [
            (doer_said(screen, row), subject_said(screen, row["subject"]), *figures(row))
            for row in records(found["by_office"])
        ],
        title=say("各机构的负担（每周）", "By office, per week"),
    )
    screen.table(
        (say("对象", "falls on"), *sums),
        [(subject_said(screen, row["subject"]), *figures(row)) for row in records(found["by_subject"])],
        title=say("各类对象的负担（每周）", "By subject, per week"),
    )
    screen.table(
        (
            say("地区", "area"),
            say("单日最多检测", "tests on the worst day"),
            say("日期", "day"),
            say("高峰用房", "rooms at the peak"),
            say("房间", "rooms"),
            say("高峰床位", "beds at the peak"),
            say("预留床位", "beds reserved"),
            say("不足", "too few"),
        ),
        [
            (
                row["area"],
                row["tests_on_worst_day"],
                row["worst_day"],
                row["rooms_at_peak"],
                row["rooms"],
                row["beds_at_peak"],
                row["beds"],
                _too_few(screen, row),
            )
            for row in records(found["by_area"])
        ],
        title=say("各地区与登记的容量", "By area, beside the capacity recorded there"),
    )


def _per_week(value: float, weeks: float) -> float | int:
    scaled = value / weeks
    return int(scaled) if scaled == int(scaled) else scaled


def show_four_weeks(screen: Screen, found: dict[str, pa.Table]) -> None:
    """What offices and subjects carry in four weeks, where it is not the same on both sides."""
    say = screen.say
    titles = {
        "by_office": say(
            "各机构在所问之日前后各两周的负担（之前→之后）",
            "By office, two weeks before the day asked about and two after it (before → after)",
        ),
        "by_subject": say(
            "各类对象在同期的负担（之前→之后）", "By subject, in the same weeks (before → after)"
        ),
    }
    for name, title in titles.items():
        keys = KEYS[name]
        both: dict[tuple[str, ...], dict[str, dict[str, Any]]] = {}
        for row in records(found[f"four_weeks_{name}"]):
            both.setdefault(tuple(row[key] for key in keys), {})[row["side"]] = row
        lines = [
            (*_who(screen, sides.get("after") or sides["before"], name), *_two_sides(sides))
            for _, sides in sorted(both.items())
            if _two_sides(sides, whole=False)
        ]
        who = (say("由谁做", "who must act"), say("为谁", "for")) if name == "by_office" else ()
        headings = who or (say("对象", "falls on"),)
        screen.table(
            (
                *headings,
                say("人日", "person-days"),
                say("检测", "tests"),
                say("上门", "visits"),
                say("填表", "forms"),
            ),
            lines,
            title=title,
        )


def _who(screen: Screen, row: dict[str, Any], name: str) -> tuple[str, ...]:
    subject = subject_said(screen, row["subject"])
    return (doer_said(screen, row), subject) if name == "by_office" else (subject,)


def _two_sides(sides: dict[str, dict[str, Any]], whole: bool = True) -> tuple[str, ...]:
    """before → after of each sum; nothing when both sides are alike and not the whole is asked for."""
    pairs = [tuple(sides.get(side, {}).get(name, 0) for side in ("before", "after")) for name in SUMS]
    if not whole and all(one == other for one, other in pairs):
        return ()
    return tuple(shown(one) if one == other else f"{shown(one)} → {shown(other)}" for one, other in pairs)


def _too_few(screen: Screen, row: dict[str, Any]) -> str | None:
    short = [
        words
        for column, words in (
            ("too_few_rooms", screen.say("房间", "rooms")),
            ("too_few_beds", screen.say("床位", "beds")),
        )
        if row[column]
    ]
    known = row["too_few_rooms"] is not None or row["too_few_beds"] is not None
    return screen.say("、", ", ").join(short) if known else None
