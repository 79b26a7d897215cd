"""`sizao worklist` and `sizao indicators`: who has to do what now, and how much of it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer

from sizao.cli.deriving import Answer, answered, read_answer
from sizao.cli.headings import MILESTONES, heading
from sizao.cli.options import Json, KnownBy, Language, MaybeAsOf, Memory, Threads, day_of, moment, pack
from sizao.cli.screen import SHORT_ID, Heading, Screen, Share, Wrong, records, taken_as_input
from sizao.indicators.coverage import (
    COVERAGE,
    IN_PLACE,
    REPORTED,
    TESTED,
    due_steps_done,
    due_tests_done,
    expected_reports_received,
    live_spans_in_place,
)
from sizao.indicators.daily import CONFIRMED, compared_with_published, days_of, last_evening
from sizao.indicators.definition import Frame
from sizao.indicators.earlies import EARLIES, Limits, four_earlies
from sizao.obligations.asked import occurrence_of
from sizao.obligations.explain import STATUSES
from sizao.obligations.telling import capital
from sizao.policy.model import Policy
from sizao.store.folder import Source, open_folder
from sizao.store.running import Session
from sizao.terms.codes import CODE_LISTS
from sizao.terms.queries import Query
from sizao.terms.time import local_day, local_time, midnight
from sizao.worklists.lists import not_known, of_person, overdue, to_do, unowned, upcoming
from sizao.worklists.selection import Page, Selection
from sizao.worklists.visits import visits

Results = Annotated[Path | None, typer.Option("--results", help="Folder that `sizao derive --out` wrote.")]
MaybeFacts = Annotated[Path | None, typer.Option("--facts", help="Folder with one file per fact.")]
MaybePack = Annotated[Path | None, typer.Option("--policy", help="Folder of the policy pack.")]
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
SHOWN = ("obligation_id", "status", "due_at", "rule", "verb", "occurrence", "about", "done_by", "area")
SHOWN_UNKNOWN = ("unknown_id", "rule", "about", "event_on", "first_known_at", "area")
SHOWN_VISITS = (
    "visit_on",
    "done_by",
    "door",
    "persons",
    "row_count",
    "overdue",
    "earliest_due_at",
    "area",
)
# Columns that stand whole, to be copied or compared, and those that a narrow terminal does without.
WHOLE = ("obligation_id", "unknown_id", "status", "due_at", "visit_on", "earliest_due_at", "day")
SPARE = ("occurrence", "area", "rule")
# In this order the totals are told; it is that of the lists.
URGENT = {"overdue": -3, "open": -2, "upcoming": -1}
# What every figure of an indicator carries is said once, below the table.
STATED = ("indicator", "within_area", "window_from", "window_until", "as_of", "known_by")
DEFINITIONS = {
    "tests": TESTED,
    "steps": COVERAGE,
    "in-place": IN_PLACE,
    "reports": REPORTED,
    "earlies": EARLIES,
    "daily": CONFIRMED,
}


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
    _show_list(screen, answer, found)


def _show_list(screen: Screen, answer: Answer, found: Mapping[str, pa.Table]) -> None:
    lines = records(found["lines"])
    columns = _columns(found["lines"].column_names)
    for row in lines:
        if "unknown_id" in columns:
            row["unknown_id"] = f"{row['trigger_fact']}:{row['trigger_key'][:SHORT_ID]}"
        if "occurrence" in columns:
            row["occurrence"] = _which(screen, row)
    if not any(row.get("occurrence") for row in lines):
        columns = tuple(name for name in columns if name != "occurrence")
    _draw(screen, answer, columns, lines)
    for row in sorted(records(found["total"]), key=lambda row: URGENT.get(row.get("status", ""), 0)):
        screen.note(_total(screen, answer, row))
    _say_zone(screen, answer)


def _columns(names: Sequence[str]) -> tuple[str, ...]:
    if "obligation_id" in names:
        return SHOWN
    return SHOWN_UNKNOWN if "trigger_key" in names else SHOWN_VISITS


def _which(screen: Screen, row: Mapping[str, Any]) -> str:
    """Which of several a row is, in words; nothing for an only one."""
    occurrence = occurrence_of(row)
    if occurrence == "once":
        return ""
    if occurrence == "late":
        return screen.say("补做", "at once")
    if occurrence[:1] == "d" and occurrence[1:].isdigit():
        return screen.say(f"第{occurrence[1:]}天", f"day {occurrence[1:]}")
    return occurrence


def _draw(
    screen: Screen, answer: Answer, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], title: str = ""
) -> None:
    headings = [
        Heading(heading(name, screen.language), whole=name in WHOLE, spare=name in SPARE) for name in columns
    ]
    screen.table(
        headings, [[_cell(screen, answer, name, row[name]) for name in columns] for row in rows], title
    )


def _total(screen: Screen, answer: Answer, row: Mapping[str, Any]) -> str:
    """One line of the totals of a list."""

    def at(instant: datetime) -> str:
        return f"{local_time(instant, answer.zone):%Y-%m-%d %H:%M}"

    if "status" in row:
        status, lines, first = STATUSES[row["status"]], row["lines"], row["earliest_due_at"]
        due = "was due" if first <= answer.when.as_of else "is due"
        return screen.say(
            f"{status.zh}：{lines:,}项，涉及{row['abouts']:,}个对象，最早一项的期限是{at(first)}。",
            f"{status.en}: {_many(lines, 'line')} about {row['abouts']:,}; the first {due} {at(first)}.",
        )
    if "visits" in row:
        return screen.say(
            f"{row['visit_on']}：上门{row['visits']:,}次，办理{row['row_count']:,}项任务。",
            f"{row['visit_on']}: {_many(row['visits'], 'visit')} for {_many(row['row_count'], 'task')}.",
        )
    return screen.say(
        f"{row['rule']}：{row['lines']:,}项须先查明，最早一项{at(row['earliest_known_at'])}知悉。",
        f"{row['rule']}: {_many(row['lines'], 'line')} to find out about, the first known since "
        f"{at(row['earliest_known_at'])}.",
    )


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _say_zone(screen: Screen, answer: Answer) -> None:
    screen.note(
        screen.say(f"时间均为当地时间（{answer.zone}）。", f"Times are local times of {answer.zone}.")
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
    begin, end = _window(screen, name, answer, first, last)
    with taken_as_input():
        frame = _frame(answer, begin, end, area, smallest_cell)
        query = _indicator(name, read, frame, by or [], _limits(limit or []), answer.zone, (begin, end))
    found = _run(query, answer, facts, threads, memory)
    if as_json:
        screen.json({result: records(table) for result, table in found.items() if result != "cases"})
        return
    _show_indicator(screen, answer, name, found["indicator" if "indicator" in found else "compared"], frame)


def _window(
    screen: Screen, name: str, answer: Answer, first: str | None, last: str | None
) -> tuple[date, date]:
    """The first and last day. A daily count stops at the last evening of which everything can be known."""
    when = answer.when
    until = local_day(when.as_of - timedelta(microseconds=1), answer.zone)
    if name == "daily":
        until = last_evening(when.as_of, when.known_by, answer.zone)
    end = until if last is None else day_of(last, "--to")
    if name == "daily" and end > until:
        screen.note(
            screen.say(
                f"到{until}为止：此后的日子在所问时刻还没有过完，或当时还不知悉。",
                f"Until {until}: later days were not over at the moment asked about, or not known by then.",
            )
        )
        end = until
    return end - timedelta(days=13) if first is None else day_of(first, "--from"), end


def _show_indicator(screen: Screen, answer: Answer, name: str, table: pa.Table, frame: Frame) -> None:
    definition, language = DEFINITIONS[name], screen.language
    hidden = {"suppressed"} if frame.smallest_cell <= 1 else set()
    columns = [one for one in table.column_names if one not in STATED and one not in hidden]
    _draw(screen, answer, columns, records(table), capital(definition.label.get(language)))
    zh, en = _asked_for(answer, name, frame)
    if name != "daily":
        numerator, denominator = definition.numerator, definition.denominator
        zh = f"分子：{numerator.zh}；分母：{denominator.zh}；{definition.exclusions.zh}。\n{zh}"
        en = (
            f"Numerator: {numerator.en}. Denominator: {denominator.en}. "
            f"{definition.exclusions.en[:1].upper()}{definition.exclusions.en[1:]}.\n{en}"
        )
    screen.note(screen.say(zh, en))


def _asked_for(answer: Answer, name: str, frame: Frame) -> tuple[str, str]:
    """For which window, area and moment the figures are, with the zone of the times, in both languages."""
    zone = answer.zone
    as_of, known = (f"{local_time(one, zone):%Y-%m-%d %H:%M}" for one in (frame.as_of, frame.known_by))
    zh = f"所问时刻{as_of}，只计{known}之前知悉的事实；时间均为当地时间（{zone}）。"
    en = f"As of {as_of}, as known by {known}; times are local times of {zone}."
    if name not in ("in-place", "daily"):
        first = local_day(frame.window_from, zone)
        last = local_day(frame.window_until - timedelta(microseconds=1), zone)
        zh, en = f"统计期{first}至{last}；{zh}", f"From {first} to {last}. {en}"
    if frame.area is not None:
        zh, en = f"{frame.area}及其下级；{zh}", f"In {frame.area} and below. {en}"
    return zh, en


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
            return compared_with_published(days_of(*days), zone=zone, known_by=frame.known_by)
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


def _cell(screen: Screen, answer: Answer, name: str, value: Any) -> object:
    """A value for a person: local times, short ids, codes in words."""
    language = screen.language
    match name:
        case _ if isinstance(value, datetime):
            return local_time(value, answer.zone)
        case "status":
            return STATUSES[value].get(language)
        case "obligation_id":
            return value[:SHORT_ID]
        case "verb" if value in answer.verbs:
            return answer.verbs[value].get(language)
        case "milestone":
            return MILESTONES[value].get(language)
        case "figure":
            return CODE_LISTS["published_figures"].label_of(value).get(language)
        case "share" if value is not None:
            return Share(value)
    return value
