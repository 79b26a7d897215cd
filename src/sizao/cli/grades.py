"""`sizao grade`: propose grades of areas from counts, and look up a grade that was announced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer

from sizao.cli.options import Area, Json, KnownBy, Language, day_of, moment, pack
from sizao.cli.screen import Heading, Screen, Wrong, as_csv, records
from sizao.intake.loading import load, plan
from sizao.policy.grades_aloud import say_grade, say_move
from sizao.policy.grading import GradeSet, Move
from sizao.policy.levels import LevelPlan
from sizao.policy.model import Policy
from sizao.policy.problems import nearest
from sizao.risk.levels import Doubt, InForce, announced_levels, doubts, in_force, recorded_levels
from sizao.risk.look_up import EVER, LookedUp, look_up, recorded
from sizao.risk.machine import propose as proposed
from sizao.store.folder import open_folder
from sizao.store.running import Tables, run
from sizao.terms.codes import CODE_LISTS

app = typer.Typer(
    help="Propose grades of areas from counts; look up a grade that was announced.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Rules = Annotated[Path, typer.Option("--rules", help="Folder of the pack with the grade rules.")]
Named = Annotated[
    str | None, typer.Option("--set", help="Which grade rules of the pack; without it, the only ones.")
]
MaybeFacts = Annotated[Path | None, typer.Option("--facts", help="Folder with one file per fact.")]
FactsFolder = Annotated[Path, typer.Option("--facts", help="Folder with one file per fact.")]
Counts = Annotated[
    Path | None,
    typer.Option("--counts", help="A sheet of counts, a row per area and day, instead of facts."),
]
Map = Annotated[Path | None, typer.Option("--map", help="Mapping file: which column becomes what.")]
FromCases = Annotated[
    bool,
    typer.Option("--from-cases", help="Count the cases on record instead of what areas reported."),
]
First = Annotated[str, typer.Option("--from", help="First day, 2020-06-01.")]
Last = Annotated[str, typer.Option("--to", help="Last day, included.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Folder to write proposals, daily and rest to, as CSV.")
]
LevelRules = Annotated[Path, typer.Option("--rules", help="Folder of the pack with the response levels.")]
Place = Annotated[str, typer.Option("--place", help="A place in words, or the path of an area.")]
On = Annotated[str, typer.Option("--on", help="The day asked about.")]


@app.command("propose")
def propose_grades(
    context: typer.Context,
    rules: Rules,
    first: First,
    last: Last,
    named: Named = None,
    facts: MaybeFacts = None,
    counts: Counts = None,
    mapping: Map = None,
    from_cases: FromCases = False,
    known_by: KnownBy = None,
    area: Area = "unstated",
    out: Out = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """What grade the rules propose for each area and day, each change with what it rests on."""
    screen: Screen = context.obj
    policy = pack(rules)
    chosen = _chosen(policy, named)
    begin, end = day_of(first, "--from"), day_of(last, "--to")
    tables = _tables(facts, counts, mapping, policy.zone, area, from_cases)
    known = (
        moment(last, known_by, policy.zone).known_by
        if facts is not None
        else datetime.now(UTC).replace(tzinfo=None)
    )
    found = run(proposed(chosen, first=begin, last=end, known_by=known, from_cases=from_cases), tables)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name in ("proposals", "daily", "rest"):
            as_csv(found[name], out / f"{name}.csv")
    if as_json:
        screen.json(
            {
                "rules": chosen.name,
                "proposals": records(found["proposals"]),
                "last_day": _on_last_day(found["daily"]),
            }
        )
        return
    _show(screen, policy, chosen, found)


def _show(screen: Screen, policy: Policy, rules: GradeSet, found: Mapping[str, pa.Table]) -> None:
    zh = screen.language == "zh"
    rows = sorted(records(found["proposals"]), key=lambda one: (one["from_on"], one["area"]))
    screen.table(
        (
            screen.say("区域", "area"),
            Heading(screen.say("自", "from"), whole=True),
            screen.say("原等级", "was"),
            screen.say("拟定", "proposed"),
            screen.say("依据", "because"),
        ),
        (
            (
                row["area"],
                str(row["from_on"]),
                say_grade(row["was"], screen.language),
                say_grade(row["grade"], screen.language),
                _because(rules, row, screen.language),
            )
            for row in rows
        ),
    )
    daily = found["daily"]
    if daily.num_rows:
        day, by_grade, unknown = _last_day(daily)
        listed = ("、" if zh else ", ").join(
            f"{say_grade(grade, screen.language)} {by_grade.get(grade, 0)}"
            for grade in reversed(rules.grades)
        )
        screen.note(screen.say(f"{day}：{listed}。", f"On {day}: {listed}."))
        if unknown:
            screen.note(
                screen.say(
                    f"其中{unknown}个区域缺少计数，有一步无法判断，等级照旧。",
                    f"Of these {unknown} areas lack counts: a step could not be decided and the grade stays.",
                )
            )
    faults = Counter(one for one in found["counts"]["fault"].to_pylist() if one is not None)
    if faults:
        screen.note(
            screen.say(
                f"累计数的毛病：下降{faults['fall']}行（按无新增计），缺日后上升{faults['gap']}行（计在当日）。",
                f"Faults of the totals: {faults['fall']} rows fall (counted as nothing new), "
                f"{faults['gap']} rise after days without a row (counted on that day).",
            )
        )
    screen.note(
        screen.say(
            "这只是建议；由有权机关决定并公告，公告记为事实 area_grades。",
            "This proposes only. Who has the power decides and announces: the fact area_grades.",
        )
    )


def _because(rules: GradeSet, row: Mapping[str, Any], language: str) -> str:
    kind, number = row["step"].split("/")
    move: Move = (rules.up if kind == "up" else rules.down)[int(number) - 1]
    stop = "；" if language == "zh" else "; "
    more = row["at_least"].split(",")
    values = stop.join(
        f"{measure.label.get(language)}{'：' if language == 'zh' else ': '}"
        f"{'≥ ' if name in more else ''}{row[name]}"
        for name, measure in rules.measures.items()
    )
    return f"{say_move(rules, move, language)} [{row['counts_through']}{stop}{values}]"


def _last_day(daily: pa.Table) -> tuple[date, Counter[str], int]:
    rows = records(daily)
    day: date = max(row["day"] for row in rows)
    there = [row for row in rows if row["day"] == day]
    return day, Counter(row["grade"] for row in there), sum(row["not_known"] for row in there)


def _on_last_day(daily: pa.Table) -> dict[str, Any]:
    if not daily.num_rows:
        return {}
    day, by_grade, unknown = _last_day(daily)
    return {"day": day, "areas": dict(by_grade), "not_decided": unknown}


def _chosen(policy: Policy, named: str | None) -> GradeSet:
    sets = policy.grade_sets
    if named is None and len(sets) == 1:
        return next(iter(sets.values()))
    if named is not None and named in sets:
        return sets[named]
    listed = ", ".join(sets)
    if not sets:
        raise Wrong(
            f"{policy.pack} has no grade rules. Packs such as policies/cn-risk-ed9 have them, in grades/.",
            f"{policy.pack}没有分级规则；有的如policies/cn-risk-ed9，写在grades/中。",
        )
    near = nearest(named or "", sets)
    raise Wrong(
        f"Say which grade rules of {policy.pack} with --set: {listed}."
        + (f" Did you mean {near!r}?" if near else ""),
        f"请用--set指明{policy.pack}的哪套分级规则：{listed}。" + (f"是否指{near}？" if near else ""),
    )


def _tables(
    facts: Path | None, counts: Path | None, mapping: Path | None, zone: str, area: str, from_cases: bool
) -> Tables:
    if (facts is None) == (counts is None):
        raise Wrong(
            "Say where the counts are: either --facts DIR or --counts FILE.",
            "请指明计数在何处：--facts 文件夹，或--counts 文件，二选一。",
        )
    if facts is not None:
        return open_folder(facts, zone=zone)
    if from_cases:
        raise Wrong(
            "--from-cases counts the cases of a folder of facts; a sheet of counts has none. Leave it out.",
            "--from-cases是数事实文件夹中的病例；计数表中没有病例，请去掉。",
        )
    assert counts is not None
    one = plan(
        counts,
        mapping=mapping,
        fact=None if mapping is not None else "area_counts",
        zone=zone,
        area=area,
    )
    taken: dict[str, pa.Table] = {}
    receipt = load(one, {}, taken.update, recorded_at=datetime.now(UTC).replace(tzinfo=None))
    if receipt.rows.rejected:
        first = receipt.rejected[0]
        raise Wrong(
            f"{counts}: {receipt.rows.rejected} rows cannot be taken, the first on line {first.line}. "
            f"`sizao intake {counts} --as area_counts --into DIR --dry-run` says why.",
            f"{counts}：{receipt.rows.rejected}行不能收入，首行在第{first.line}行。"
            f"用 sizao intake {counts} --as area_counts --into 文件夹 --dry-run 查看原因。",
        )
    return taken


@app.command("look-up")
def look_up_grade(
    context: typer.Context,
    place: Place,
    on: On,
    facts: FactsFolder,
    rules: Rules = Path("policies/cn-risk-ed9"),
    known_by: KnownBy = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """The grade of a place on a day as announced; not known where no list covers the day."""
    screen: Screen = context.obj
    policy = pack(rules)
    day = day_of(on, "--on")
    known = EVER if known_by is None else moment(on, known_by, policy.zone).known_by
    tables = run(recorded(known), open_folder(facts, zone=policy.zone))
    found = look_up(place, day, tables, grades=policy.grades)
    if as_json:
        screen.json(found.record())
        return
    _say_looked_up(screen, found)


def _say_looked_up(screen: Screen, found: LookedUp) -> None:
    screen.text(found.say(screen.language))
    if found.rows:
        screen.table(
            (
                screen.say("区域", "area"),
                screen.say("等级", "grade"),
                Heading(screen.say("自", "from"), whole=True),
                Heading(screen.say("至（不含）", "until"), whole=True),
            ),
            (
                (row.area, say_grade(row.grade, screen.language), str(row.from_on), str(row.until_on or "–"))
                for row in found.rows
            ),
        )


@app.command("level")
def level_in_force(
    context: typer.Context,
    area: Annotated[str, typer.Option("--area", help="Path of the area.")],
    on: On,
    facts: FactsFolder,
    rules: LevelRules = Path("policies/cn-response-levels"),
    known_by: KnownBy = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """The response level of an area on a day: what it switches on, what lapsed, what must be ended."""
    screen: Screen = context.obj
    policy = pack(rules)
    if len(policy.level_plans) != 1:
        raise Wrong(
            f"{policy.pack} has {len(policy.level_plans)} plans of response levels; one is needed. "
            "policies/cn-response-levels has one.",
            f"{policy.pack}有{len(policy.level_plans)}套响应级别，应恰有一套，如policies/cn-response-levels。",
        )
    (plan,) = policy.level_plans.values()
    known = EVER if known_by is None else moment(on, known_by, policy.zone).known_by
    found = run(recorded_levels(known), open_folder(facts, zone=policy.zone))["levels"]
    rows = announced_levels(found.to_pylist())
    answer, wrong = in_force(plan, rows, area, day_of(on, "--on")), doubts(plan, rows)
    if as_json:
        screen.json({**vars(answer), "doubts": [vars(one) for one in wrong]})
        return
    _say_level(screen, plan, answer, wrong)


def _say_level(screen: Screen, plan: LevelPlan, answer: InForce, wrong: list[Doubt]) -> None:
    def words(names: tuple[str, ...]) -> str:
        labels = [plan.measures[name].label.get(screen.language) for name in names]
        return screen.say("、", ", ").join(labels) or screen.say("无", "none")

    label = screen.say("没有级别在施行。", "No level is in force.")
    if answer.level is not None:
        named = CODE_LISTS["response_levels"].label_of(answer.level).get(screen.language)
        label = screen.say(f"{named}响应，自{answer.since}起。", f"{named}, since {answer.since}.")
    screen.text(label)
    screen.text(screen.say(f"措施：{words(answer.measures)}。", f"Measures: {words(answer.measures)}."))
    screen.text(screen.say(f"已自行终止：{words(answer.lapsed)}。", f"Lapsed: {words(answer.lapsed)}."))
    screen.text(
        screen.say(
            f"须决定终止：{words(answer.to_be_ended)}。",
            f"To be ended by decision: {words(answer.to_be_ended)}.",
        )
    )
    for one in wrong:
        below = screen.say("低于应作决定的机关", "below the body that must decide")
        screen.note(f"{one.area} {one.from_on} {one.level}: {below}")
