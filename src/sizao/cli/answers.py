"""`sizao derive`, `sizao explain`, `sizao compare`: what must be done, why, and what another pack would
change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from sizao.cli.burdens import AreaParts, four_weeks, parts_of_sites
from sizao.cli.comparison import show_comparison
from sizao.cli.deriving import (
    Answer,
    OnSpark,
    answer_for,
    answered,
    counts,
    nobody_owns,
    opened,
    read_answer,
    remarks,
    summary,
    write_answer,
)
from sizao.cli.finding import Search, beginning, lines_not_known, one_obligation
from sizao.cli.options import (
    AsOf,
    Engine,
    FactsFolder,
    Json,
    KnownBy,
    Language,
    MaybeAsOf,
    Memory,
    PackFolder,
    Spark,
    Threads,
    moment,
    pack,
)
from sizao.cli.screen import Screen, Wrong, records, taken_as_input
from sizao.obligations.compare import Side
from sizao.obligations.compare import compare as comparison
from sizao.obligations.explain import STATUSES, explain_unknown
from sizao.obligations.explain import explain as story_of
from sizao.obligations.story import Story
from sizao.store.running import Session

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
Examples = Annotated[int, typer.Option("--examples", help="How many examples of each reason.", min=0)]
Earlier = Annotated[
    Path | None,
    typer.Option(
        "--from",
        help="Folder that `sizao derive --out` wrote: only the rows about whom the obligation is about are "
        "derived, which is quicker.",
    ),
]
# Where no site is recorded, rooms are summed over areas of so many parts.


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
    engine: Engine = "duckdb",
    spark: Spark = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """Every obligation of a policy for one moment, with its status and reasons, as known at one moment."""
    screen: Screen = context.obj
    if csv and out is None:
        raise Wrong(
            "--csv needs --out DIR: the folder to write to.", "--csv须与--out同用：写明写入的文件夹。"
        )
    on_spark = _on_spark(engine, spark, threads, memory)
    answer = answered(screen, facts, policy, as_of, known_by, threads=threads, memory=memory, spark=on_spark)
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


def _on_spark(engine: str, address: str | None, threads: int | None, memory: str | None) -> OnSpark | None:
    """What --engine and --spark mean; Wrong for what does not go together."""
    if engine not in ("duckdb", "spark"):
        raise Wrong(
            f"--engine {engine}: there is duckdb and spark.", f"--engine {engine}：只有 duckdb 和 spark。"
        )
    if engine == "duckdb":
        if address is not None:
            raise Wrong("--spark needs --engine spark.", "--spark须与--engine spark同用。")
        return None
    if threads is not None or memory is not None:
        raise Wrong(
            "--threads and --memory are DuckDB's: a cluster has its own settings. Leave them out.",
            "--threads和--memory只用于DuckDB；集群有自己的设置。请去掉。",
        )
    return OnSpark(address)


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
    if unowned := nobody_owns(answer.tables["obligations"]):
        screen.text(
            screen.say(
                f"其中{unowned:,}行任务无机构承担；用sizao explain看其中一行的原因。",
                f"Nobody owns {unowned:,} of the obligations; sizao explain says why of each.",
            )
        )


def explain(
    context: typer.Context,
    obligation: Obligation,
    facts: FactsFolder,
    policy: PackFolder,
    as_of: MaybeAsOf = None,
    known_by: KnownBy = None,
    earlier: Earlier = None,
    threads: Threads = None,
    memory: Memory = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """The story of one obligation: what, by whom, when, why, what proves it, and what happens otherwise."""
    screen: Screen = context.obj
    before = None if earlier is None else read_answer(earlier)
    read = pack(policy)
    if as_of is None and before is None:
        raise Wrong(
            "--as-of T is needed: the moment asked about. With --from DIR it is that of the results.",
            "须写--as-of：所问时刻。用--from时即为该结果的时刻。",
        )
    when = before.when if as_of is None and before is not None else moment(as_of or "", known_by, read.zone)
    if as_of is None and known_by is not None:
        raise Wrong("--known-by goes with --as-of.", "--known-by须与--as-of同用。")
    about = None if before is None else _about(before, obligation)
    answer = answer_for(screen, opened(screen, facts, read), read, when, threads, memory, about=about)
    stories = _stories(Search(screen, answer, threads, memory), obligation)
    for note in remarks(screen, answer)[:1]:
        screen.note(note)
    if as_json:
        documents = [story.document() for story in stories]
        screen.json(documents[0] if len(documents) == 1 else documents)
    else:
        screen.text("\n".join(story.text() for story in stories))


def _about(before: Answer, name: str) -> list[str] | None:
    """Whom the row is about in earlier results, so that only their rows are derived; None: derive all."""
    fact, _, key = name.rpartition(":")
    column, table = ("trigger_key", "unknown") if fact else ("obligation_id", "obligations")
    found = set(beginning(before.tables[table], column, key)["about"].to_pylist())
    return None if len(found) != 1 or None in found else [str(one) for one in found]


def _stories(search: Search, name: str) -> list[Story]:
    answer, language = search.answer, search.screen.language
    assert answer.policy is not None
    assert answer.facts is not None
    when = answer.when
    if ":" in name:
        return [
            explain_unknown(row, answer.policy, answer.facts, known_by=when.known_by, language=language)
            for row in lines_not_known(answer, name)
        ]
    row = one_obligation(search, name)
    return [
        story_of(
            row, answer.policy, answer.facts, as_of=when.as_of, known_by=when.known_by, language=language
        )
    ]


def compare(
    context: typer.Context,
    pack_a: PackA,
    facts: FactsFolder,
    as_of: AsOfs,
    pack_b: PackB = None,
    known_by: KnownBys = None,
    area_parts: AreaParts = None,
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
    parts = area_parts or parts_of_sites(given)
    found = _compared(screen, before, after, parts, examples, threads, memory)
    found |= four_weeks(before, after, parts, threads=threads, memory=memory)
    if out is not None:
        _write(out, found)
    if as_json:
        screen.json({name: records(table) for name, table in found.items() if name != "changes"})
    else:
        show_comparison(screen, found, before, after, parts)


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
