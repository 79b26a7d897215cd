"""`sizao derive`, `sizao explain`, `sizao compare`: what must be done, why, and what another pack would
change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.compute as pc
import typer

from sizao.cli.deriving import Answer, answer_for, answered, counts, opened, remarks, summary, write_answer
from sizao.cli.options import (
    AsOf,
    FactsFolder,
    Json,
    KnownBy,
    Language,
    Memory,
    PackFolder,
    Threads,
    moment,
    pack,
)
from sizao.cli.screen import Screen, Wrong, records, taken_as_input
from sizao.obligations.compare import REASONS, Side
from sizao.obligations.compare import compare as comparison
from sizao.obligations.explain import STATUSES, explain_unknown
from sizao.obligations.explain import explain as story_of
from sizao.obligations.story import Story
from sizao.store.running import Session
from sizao.terms.time import local_time

Out = Annotated[Path | None, typer.Option("--out", help="Folder to write the four results to, as Parquet.")]
Csv = Annotated[bool, typer.Option("--csv", help="Write the results as CSV beside the Parquet files.")]
Obligation = Annotated[
    str,
    typer.Argument(help="Id of an obligation, or its first digits; or fact:key of a line that is not known."),
]
PackA = Annotated[Path, typer.Argument(help="Folder of the pack on the one side.", metavar="A")]
PackB = Annotated[
    Path | None,
    typer.Argument(help="Folder of the pack on the other side; without it, A at two moments.", metavar="[B]"),
]
AsOfs = Annotated[
    list[str], typer.Option("--as-of", help="The moment asked about; given twice: of A and of B.")
]
KnownBys = Annotated[
    list[str] | None,
    typer.Option("--known-by", help="Only what was known by then; given twice: of A and of B."),
]
AreaParts = Annotated[
    int, typer.Option("--area-parts", help="Rooms are summed over areas of so many parts of the path.", min=1)
]
Examples = Annotated[int, typer.Option("--examples", help="How many examples of each reason.", min=0)]
AMBIGUOUS_SHOWN = 10


def derive(
    context: typer.Context,
    facts: FactsFolder,
    policy: PackFolder,
    as_of: AsOf,
    known_by: KnownBy = None,
    out: Out = None,
    csv: Csv = False,
    threads: Threads = None,
    memory: Memory = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """Every obligation of a policy for one moment, with its status and reasons, as known at one moment."""
    screen: Screen = context.obj
    if csv and out is None:
        raise Wrong(
            "--csv needs --out DIR: the folder to write to.", "--csv须与--out同用：写明写入的文件夹。"
        )
    answer = answered(screen, facts, policy, as_of, known_by, threads=threads, memory=memory)
    notes = remarks(screen, answer)
    if out is not None:
        write_answer(out, answer, csv=csv, notes=notes)
    if as_json:
        screen.json(summary(answer, notes))
        return
    _show_counts(screen, answer)
    for note in notes:
        screen.note(note)
    screen.note(screen.say(f"用时{answer.seconds:.1f}秒。", f"{answer.seconds:.1f} seconds."))
    if out is not None:
        screen.note(screen.say(f"结果已写入{out}。", f"The results are in {out}."))


def _show_counts(screen: Screen, answer: Answer) -> None:
    found: dict[str, dict[str, int]] = {}
    for row in counts(answer.tables["obligations"]):
        found.setdefault(str(row["verb"]), {})[str(row["status"])] = int(str(row["rows"]))
    statuses = [status for status in STATUSES if any(status in row for row in found.values())]
    headings = [
        screen.say("动作", "verb"),
        *(STATUSES[one].get(screen.language) for one in statuses),
        screen.say("合计", "all"),
    ]
    labels = {} if answer.policy is None else {name: verb.label for name, verb in answer.policy.verbs.items()}
    screen.table(
        headings,
        [
            [labels[verb].get(screen.language) if verb in labels else verb]
            + [row.get(status, 0) for status in statuses]
            + [sum(row.values())]
            for verb, row in found.items()
        ],
    )
    number = {name: table.num_rows for name, table in answer.tables.items()}
    screen.text(
        screen.say(
            f"任务{number['obligations']:,}行；受限人员{number['standing']:,}人；"
            f"不明{number['unknown']:,}行；发现过晚{number['too_late']:,}行。",
            f"{number['obligations']:,} obligations; {number['standing']:,} people restricted; "
            f"{number['unknown']:,} lines not known; {number['too_late']:,} found too late.",
        )
    )


def explain(
    context: typer.Context,
    obligation: Obligation,
    facts: FactsFolder,
    policy: PackFolder,
    as_of: AsOf,
    known_by: KnownBy = None,
    threads: Threads = None,
    memory: Memory = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """The story of one obligation: what, by whom, when, why, what proves it, and what happens otherwise."""
    screen: Screen = context.obj
    answer = answered(screen, facts, policy, as_of, known_by, threads=threads, memory=memory)
    for note in remarks(screen, answer)[:1]:
        screen.note(note)
    story = _story(screen, obligation, answer)
    if as_json:
        screen.json(story.document())
    else:
        screen.text(story.text())


def _story(screen: Screen, name: str, answer: Answer) -> Story:
    assert answer.policy is not None
    assert answer.facts is not None
    when, language = answer.when, screen.language
    if ":" in name:
        row = _one(answer.tables["unknown"], "trigger_key", name.partition(":")[2])
        return explain_unknown(row, answer.policy, answer.facts, known_by=when.known_by, language=language)
    row = _one(answer.tables["obligations"], "obligation_id", name)
    return story_of(
        row, answer.policy, answer.facts, as_of=when.as_of, known_by=when.known_by, language=language
    )


def _one(table: pa.Table, column: str, prefix: str) -> dict[str, Any]:
    found = table.filter(pc.starts_with(table[column], prefix.lower()))
    if found.num_rows == 1:
        return records(found)[0]
    if found.num_rows == 0:
        raise Wrong(
            f"No obligation begins with {prefix} at this moment. `sizao worklist` lists those there are.",
            f"此刻没有以{prefix}开头的任务。用 sizao worklist 查看有哪些。",
        )
    some = "\n".join(
        f"  {row[column]}  {row['rule']}  {row.get('step', '')}  {row['about']}"
        for row in records(found.slice(0, AMBIGUOUS_SHOWN))
    )
    raise Wrong(
        f"{found.num_rows} obligations begin with {prefix}; give more digits:\n{some}",
        f"有{found.num_rows}个任务以{prefix}开头，请多写几位：\n{some}",
    )


def compare(
    context: typer.Context,
    pack_a: PackA,
    facts: FactsFolder,
    as_of: AsOfs,
    pack_b: PackB = None,
    known_by: KnownBys = None,
    area_parts: AreaParts = 4,
    examples: Examples = 3,
    out: Out = None,
    threads: Threads = None,
    memory: Memory = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """What would change: two packs on the same facts, or one pack at two moments, with the reason of each
    difference."""
    screen: Screen = context.obj
    one, other = pack(pack_a), pack(pack_b or pack_a)
    if len(as_of) > 2 or len(known_by or []) > 2:
        raise Wrong(
            "--as-of and --known-by can be given once, or twice: first of A, then of B.",
            "--as-of和--known-by可写一次或两次：先A后B。",
        )
    known: list[str | None] = list(known_by) if known_by else [None]
    if pack_b is None and len(as_of) == 1 and len(known) == 1:
        raise Wrong(
            "There is only one side: name a second pack, or give --as-of or --known-by twice.",
            "只有一方：请写第二个规则包，或把--as-of或--known-by写两次。",
        )
    first, second = (
        moment(as_of[min(side, len(as_of) - 1)], known[min(side, len(known) - 1)], one.zone)
        for side in (0, 1)
    )
    given = opened(screen, facts, one)
    before = answer_for(screen, given, one, first, threads, memory)
    after = answer_for(screen, given, other, second, threads, memory)
    found = _compared(screen, before, after, area_parts, examples, threads, memory)
    if out is not None:
        _write(out, found)
    if as_json:
        screen.json({name: records(table) for name, table in found.items() if name != "changes"})
    else:
        _show_comparison(screen, found, before, after)


def _compared(
    screen: Screen,
    before: Answer,
    after: Answer,
    area_parts: int,
    examples: int,
    threads: int | None,
    memory: str | None,
) -> dict[str, pa.Table]:
    assert before.policy is not None
    assert after.policy is not None
    assert before.facts is not None
    with taken_as_input():
        query = comparison(
            Side(before.policy, before.when.as_of, before.when.known_by),
            Side(after.policy, after.when.as_of, after.when.known_by),
            area_parts=area_parts,
            examples=examples,
        )
    tables = {name: before.facts.source(name) for name in query.inputs if name in before.facts}
    for side, answer in (("before", before), ("after", after)):
        tables |= {f"{side}_{name}": answer.tables[name] for name in ("obligations", "standing")}
    with (
        Session(tables, threads=threads, memory=memory, keep=False) as session,
        screen.progress(screen.say("比较", "compare")) as report,
    ):
        return session.run(query, report=report)


def _write(folder: Path, found: dict[str, pa.Table]) -> None:
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    for name, table in found.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")


KINDS = {
    "added": ("新增", "added"),
    "removed": ("消失", "removed"),
    "changed": ("变化", "changed"),
    "newly_bound": ("新受限", "newly bound"),
    "released": ("解除", "released"),
    "stricter": ("更严", "stricter"),
    "looser": ("更宽", "looser"),
    "longer": ("更长", "longer"),
    "shorter": ("更短", "shorter"),
}


def _show_comparison(screen: Screen, found: dict[str, pa.Table], before: Answer, after: Answer) -> None:
    def kind(row: dict[str, Any]) -> str:
        return screen.say(*KINDS[row["kind"]])

    def reason(row: dict[str, Any]) -> str:
        return REASONS[row["reason"]].get(screen.language)

    say = screen.say
    screen.table(
        (
            say("规则", "rule"),
            say("动作", "verb"),
            say("变化", "change"),
            say("原因", "reason"),
            say("行", "rows"),
            say("对象", "about"),
        ),
        [
            (r["rule"], r["verb"], kind(r), reason(r), r["row_count"], r["abouts"])
            for r in records(found["by_rule"])
        ],
        title=say("任务的变化", "Obligations that differ"),
    )
    bound = found["bound"].group_by("kind").aggregate([("person", "count")]).to_pylist()
    screen.table(
        (say("人员", "people"), say("人数", "number")),
        [(kind(r), r["person_count"]) for r in sorted(bound, key=lambda r: list(KINDS).index(r["kind"]))],
        title=say("受限人员的变化", "People whose restriction differs"),
    )
    sums = [r for r in records(found["burden"]) if r["rule"] or r["person_days"]]
    screen.table(
        (
            say("一方", "side"),
            say("规则", "rule"),
            say("限制人日", "person-days"),
            say("人数", "people"),
            say("检测", "tests"),
            say("填表", "forms"),
            say("上门", "visits"),
        ),
        [
            (
                _side(screen, r["side"]),
                r["rule"] or say("（合计，不重复）", "(all, counted once)"),
                r["person_days"],
                r["persons"],
                r["tests"],
                r["forms"],
                r["visits"],
            )
            for r in sums
        ],
        title=say("负担", "Burden"),
    )
    screen.table(
        (
            say("一方", "side"),
            say("地区", "area"),
            say("高峰用房", "rooms at the peak"),
            say("时间", "when"),
            say("容量", "capacity"),
            say("不足", "too few"),
        ),
        [
            (
                _side(screen, r["side"]),
                r["area"],
                r["rooms_at_peak"],
                local_time(r["peak_at"], before.zone),
                r["capacity"],
                r["too_few"],
            )
            for r in records(found["rooms"])
        ],
        title=say("集中隔离用房", "Rooms for central quarantine"),
    )
    screen.table(
        (
            say("规则", "rule"),
            say("步骤", "step"),
            say("对象", "about"),
            say("变化", "change"),
            say("原因", "reason"),
            say("说明", "stated"),
            say("之前", "before"),
            say("之后", "after"),
            say("编号", "id"),
        ),
        [
            (
                r["rule"],
                r["step"],
                r["about"],
                kind(r),
                reason(r),
                r["stated_reason"] or (r["ended_by"] if r["reason"] == "ended_subject" else None),
                _was(r, "before", before.zone),
                _was(r, "after", after.zone),
                r["obligation_id"][:12],
            )
            for r in records(found["examples"])
        ],
        title=say("举例", "Examples"),
    )
    for note in {*remarks(screen, before), *remarks(screen, after)}:
        screen.note(note)


def _side(screen: Screen, side: str) -> str:
    return screen.say("之前", "before") if side == "before" else screen.say("之后", "after")


def _was(row: dict[str, Any], side: str, zone: str) -> str:
    """Status and limit on one side, in local time."""
    if row[f"{side}_status"] is None:
        return "–"
    return f"{row[f'{side}_status']}, {local_time(row[f'{side}_due_at'], zone):%Y-%m-%d %H:%M}"
