"""`sizao worklist` and `sizao indicators`: who has to do what now, and how much of it is done."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from sizao.cli.deriving import Answer, answered, read_answer
from sizao.cli.options import Json, KnownBy, Language, Memory, Threads, day_of, moment, pack
from sizao.cli.screen import Screen, Wrong, records, taken_as_input
from sizao.indicators.coverage import (
    due_steps_done,
    due_tests_done,
    expected_reports_received,
    live_spans_in_place,
)
from sizao.indicators.daily import compared_with_published, days_of
from sizao.indicators.definition import Frame
from sizao.indicators.earlies import Limits, four_earlies
from sizao.obligations.explain import STATUSES
from sizao.policy.model import Policy
from sizao.store.folder import Source, open_folder
from sizao.store.running import Session
from sizao.terms.queries import Query
from sizao.terms.time import local_day, local_time, midnight
from sizao.worklists.lists import not_known, of_person, overdue, to_do, unowned, upcoming
from sizao.worklists.selection import Page, Selection
from sizao.worklists.visits import visits

Results = Annotated[Path | None, typer.Option("--results", help="Folder that `sizao derive --out` wrote.")]
MaybeFacts = Annotated[Path | None, typer.Option("--facts", help="Folder with one file per fact.")]
MaybePack = Annotated[Path | None, typer.Option("--policy", help="Folder of the policy pack.")]
MaybeAsOf = Annotated[
    str | None, typer.Option("--as-of", help="The moment asked about; see `sizao derive --help`.")
]
Which = Annotated[
    str,
    typer.Option(
        "--list", help="to-do, overdue, upcoming, unowned, unknown, visits or about (with --about)."
    ),
]
DoneBy = Annotated[str | None, typer.Option("--done-by", help="Only what this office must do.")]
InArea = Annotated[str | None, typer.Option("--area", help="Only this area and everything below it.")]
DueBefore = Annotated[str | None, typer.Option("--due-before", help="Only what is due before; as --as-of.")]
OfRule = Annotated[str | None, typer.Option("--rule", help="Only this rule.")]
OfVerb = Annotated[list[str] | None, typer.Option("--verb", help="Only this verb; of visits, more than one.")]
About = Annotated[str | None, typer.Option("--about", help="Only this person, place or office.")]
PageNumber = Annotated[int, typer.Option("--page", help="Which page, from 1.")]
PageSize = Annotated[int, typer.Option("--size", help="Lines on a page.")]
Name = Annotated[
    str, typer.Argument(help="tests, steps, in-place, reports, earlies or daily.", metavar="INDICATOR")
]
From = Annotated[
    str | None, typer.Option("--from", help="First day of the window; without it, 14 days back.")
]
To = Annotated[
    str | None, typer.Option("--to", help="Last day of the window; without it, the day asked about.")
]
By = Annotated[
    list[str] | None, typer.Option("--by", help="Group by rule, verb, sector, done_by, area or about_kind.")
]
SmallestCell = Annotated[
    int,
    typer.Option(
        "--smallest-cell", help="Counts below it, and their complements, are not handed out.", min=0
    ),
]
Limit = Annotated[
    list[str] | None,
    typer.Option("--limit", help="Days after onset that count as early: sample=2, report=1 …"),
]
LISTS = {"to-do": to_do, "overdue": overdue, "upcoming": upcoming, "unowned": unowned, "unknown": not_known}
SHOWN = ("obligation_id", "status", "due_at", "rule", "step", "occurrence", "about", "done_by", "area")
# What a line has for machines: its place in the list, and the ids of the rows that a visit settles.
LEFT_OUT = ("position", "rows", "household")
MILESTONES = ("sample", "report", "isolation", "admission")


def worklist(
    context: typer.Context,
    results: Results = None,
    facts: MaybeFacts = None,
    policy: MaybePack = None,
    as_of: MaybeAsOf = None,
    known_by: KnownBy = None,
    which: Which = "to-do",
    done_by: DoneBy = None,
    area: InArea = None,
    due_before: DueBefore = None,
    rule: OfRule = None,
    verb: OfVerb = None,
    about: About = None,
    page: PageNumber = 1,
    size: PageSize = 100,
    threads: Threads = None,
    memory: Memory = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """What is to be done, the overdue first, with the totals of the same list."""
    screen: Screen = context.obj
    answer = _answer(screen, results, facts, policy, as_of, known_by, threads, memory)
    limit = None if due_before is None else moment(due_before, None, answer.zone).as_of
    one_verb = verb[0] if verb and which != "visits" else None
    chosen = Selection(done_by=done_by, area=area, due_before=limit, rule=rule, verb=one_verb, about=about)
    with taken_as_input():
        query = _list(which, chosen, Page(page, size), answer, verb or [])
    found = _run(query, answer, facts, threads, memory)
    if as_json:
        screen.json({name: records(table) for name, table in found.items()})
        return
    names = found["lines"].column_names
    columns = [name for name in (SHOWN if "obligation_id" in names else names) if name not in LEFT_OUT]
    screen.table(
        columns,
        [
            [_cell(screen, answer.zone, name, row[name]) for name in columns]
            for row in records(found["lines"])
        ],
    )
    for row in records(found["total"]):
        screen.note(
            "  ".join(f"{name}: {_cell(screen, answer.zone, name, value)}" for name, value in row.items())
        )


def _list(which: str, chosen: Selection, page: Page, answer: Answer, verbs: list[str]) -> Query:
    if which == "visits":
        when = answer.when
        return visits(chosen, page, verbs=verbs, zone=answer.zone, as_of=when.as_of, known_by=when.known_by)
    if which == "about":
        if chosen.about is None:
            raise Wrong(
                "--list about needs --about: the person, place or office.",
                "--list about须写--about：人员、场所或机构。",
            )
        return of_person(chosen.about, page)
    if which not in LISTS:
        raise Wrong(
            f"--list {which}: there is no such list. Lists: {', '.join([*LISTS, 'visits', 'about'])}.",
            f"--list {which}：没有这一清单。可选：{'、'.join([*LISTS, 'visits', 'about'])}。",
        )
    return LISTS[which](chosen, page)


def indicators(
    context: typer.Context,
    name: Name,
    policy: MaybePack = None,
    results: Results = None,
    facts: MaybeFacts = None,
    as_of: MaybeAsOf = None,
    known_by: KnownBy = None,
    first: From = None,
    last: To = None,
    area: InArea = None,
    by: By = None,
    smallest_cell: SmallestCell = 0,
    limit: Limit = None,
    threads: Threads = None,
    memory: Memory = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """A share with its counts, the four earlies, or the daily count as known then beside the published
    one."""
    screen: Screen = context.obj
    if policy is None:
        raise Wrong(
            "--policy PACK is needed: which steps an indicator counts is read from the pack.",
            "须写--policy：指标统计哪些任务由规则包决定。",
        )
    read = pack(policy)
    answer = _answer(screen, results, facts, policy, as_of, known_by, threads, memory)
    until = local_day(answer.when.as_of - timedelta(microseconds=1), answer.zone)
    end = until if last is None else day_of(last, "--to")
    begin = end - timedelta(days=13) if first is None else day_of(first, "--from")
    with taken_as_input():
        frame = _frame(answer, begin, end, area, smallest_cell)
        query = _indicator(name, read, frame, by or [], _limits(limit or []), answer.zone, (begin, end))
    found = _run(query, answer, facts, threads, memory)
    if as_json:
        screen.json({result: records(table) for result, table in found.items() if result != "cases"})
        return
    table = found["indicator"] if "indicator" in found else found["compared"]
    screen.table(
        table.column_names,
        [[_cell(screen, answer.zone, name, value) for name, value in row.items()] for row in records(table)],
    )


def _frame(answer: Answer, first: date, last: date, area: str | None, smallest_cell: int) -> Frame:
    zone, when = answer.zone, answer.when
    ends = midnight(last + timedelta(days=1), zone)
    return Frame(when.as_of, when.known_by, midnight(first, zone), ends, area, smallest_cell)


def _indicator(
    name: str, policy: Policy, frame: Frame, by: list[str], limits: Limits, zone: str, days: tuple[date, date]
) -> Query:
    match name:
        case "tests":
            return due_tests_done(policy, frame, by=by)
        case "steps":
            return due_steps_done(policy, frame, by=by or ("rule", "verb"))
        case "in-place":
            return live_spans_in_place(frame, by=by)
        case "reports":
            return expected_reports_received(policy, frame, by=by or ("rule",))
        case "earlies":
            return four_earlies(frame, limits, zone=zone)
        case "daily":
            return compared_with_published(days_of(*days), zone=zone)
    raise Wrong(
        f"there is no indicator {name!r}. Indicators: tests, steps, in-place, reports, earlies, daily.",
        f"没有指标{name}。可选：tests、steps、in-place、reports、earlies、daily。",
    )


def _limits(stated: list[str]) -> Limits:
    days = dict.fromkeys(MILESTONES, 2)
    for one in stated:
        milestone, _, number = one.partition("=")
        if milestone not in days or not number.isdigit():
            raise Wrong(
                f"--limit {one}: write a milestone and its days, as sample=2. "
                f"Milestones: {', '.join(MILESTONES)}.",
                f"--limit {one}：写环节和天数，如sample=2。环节：{'、'.join(MILESTONES)}。",
            )
        days[milestone] = int(number)
    return Limits(**days)


def _answer(
    screen: Screen,
    results: Path | None,
    facts: Path | None,
    policy: Path | None,
    as_of: str | None,
    known_by: str | None,
    threads: int | None,
    memory: str | None,
) -> Answer:
    if results is not None:
        return read_answer(results)
    if facts is None or policy is None or as_of is None:
        raise Wrong(
            "Say from what: --results DIR, or --facts DIR with --policy PACK and --as-of T.",
            "请说明从何而来：--results 文件夹，或--facts、--policy和--as-of。",
        )
    return answered(screen, facts, policy, as_of, known_by, threads=threads, memory=memory)


def _run(
    query: Query, answer: Answer, folder: Path | None, threads: int | None, memory: str | None
) -> dict[str, pa.Table]:
    tables: dict[str, Source] = dict(answer.tables)
    needed = [name for name in query.inputs if name not in tables]
    if needed and answer.facts is None and folder is None:
        raise Wrong(
            f"--facts DIR is needed beside --results: {', '.join(needed)} are read from it.",
            f"除--results外还须写--facts：要从中读取{'、'.join(needed)}。",
        )
    if needed:
        facts = answer.facts or open_folder(folder or Path(), zone=answer.zone)
        tables |= {name: facts.source(name) for name in needed}
    with Session(tables, threads=threads, memory=memory, keep=False) as session:
        return session.run(query)


def _cell(screen: Screen, zone: str, name: str, value: object) -> object:
    """A value for a person: local times, short ids, statuses in words."""
    if isinstance(value, datetime):
        return local_time(value, zone)
    if name == "status" and isinstance(value, str):
        return STATUSES[value].get(screen.language)
    if name == "obligation_id" and isinstance(value, str):
        return value[:12]
    return value
