"""One answer of derive for the commands that need one: from a folder of facts and a pack, or from a
folder of results."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sizao.cli.options import Moment, moment, pack
from sizao.cli.screen import Screen, Wrong, as_csv
from sizao.obligations.derive import derive
from sizao.obligations.schema import RESULTS
from sizao.policy.adopting import Adoption, adopt
from sizao.policy.model import Policy
from sizao.store.folder import Facts, open_folder
from sizao.store.running import Report, Session
from sizao.store.spark import NoCluster, as_stated, sail
from sizao.store.spark import run as run_on_spark
from sizao.terms.queries import Query
from sizao.terms.words import Words

RUN_FILE = "run.json"


@dataclass(frozen=True)
class Answer:
    """The four results for one moment. policy: as adopted by then; facts: None when read from a folder of
    results."""

    when: Moment
    zone: str
    tables: dict[str, pa.Table]
    policy: Policy | None
    facts: Facts | None
    verbs: Mapping[str, Words]  # name -> label
    seconds: float
    adoption: Adoption | None
    pack: Policy | None = None  # with every text, adopted or not


def answered(
    screen: Screen,
    folder: Path,
    pack_folder: Path,
    as_of: str,
    known_by: str | None,
    *,
    threads: int | None = None,
    memory: str | None = None,
    spark: OnSpark | None = None,
) -> Answer:
    """Derive; progress on a terminal. Every exception of reading facts and packs is wrong input."""
    policy = pack(pack_folder)
    facts, when = opened(screen, folder, policy), moment(as_of, known_by, policy.zone)
    return answer_for(screen, facts, policy, when, threads, memory, spark=spark)


@dataclass(frozen=True)
class OnSpark:
    """Derive on Spark SQL instead of DuckDB. address: of a cluster; None: Sail in this process."""

    address: str | None = None

    def run(self, query: Query, facts: Facts, report: Report) -> dict[str, pa.Table]:
        """The results, as `obligations.schema` states them."""
        try:
            with nullcontext(self.address) if self.address else sail() as address:
                return as_stated(run_on_spark(query, facts, str(address), report=report), RESULTS)
        except NoCluster as cause:
            raise Wrong(
                str(cause),
                "引擎 spark 需要附加组件 cluster：pip install 'sizao[cluster]'（在代码库中：make env）。",
            ) from cause


def opened(screen: Screen, folder: Path, policy: Policy) -> Facts:
    """The facts of a folder, with what was set aside said beside."""
    facts = open_folder(folder, zone=policy.zone)
    for note in facts.notes:
        screen.note(note.words.get(screen.language))
    return facts


def answer_for(
    screen: Screen,
    facts: Facts,
    policy: Policy,
    when: Moment,
    threads: int | None,
    memory: str | None,
    about: Sequence[str] | None = None,
    spark: OnSpark | None = None,
) -> Answer:
    """Derive for a policy and facts at hand; about: only the rows about these, which is quicker."""
    adoption = adopt(policy, facts["adoptions"], when.known_by)
    adopted = adoption.policy
    began = perf_counter()
    query = derive(
        adopted,
        as_of=when.as_of,
        known_by=when.known_by,
        empty=facts.empty,
        uncorrected=facts.uncorrected,
        touched=about is not None,
    )
    with screen.progress(screen.say("推导", "derive")) as report:
        if spark is not None:
            tables = spark.run(query, facts, report)
        else:
            with Session(facts, threads=threads, memory=memory, keep=False) as session:
                if about is not None:
                    session.bind("touched_subjects", pa.table({"subject": pa.array(about, pa.string())}))
                tables = session.run(query, report=report)
    labels = {name: verb.label for name, verb in policy.verbs.items()}
    return Answer(when, policy.zone, tables, adopted, facts, labels, perf_counter() - began, adoption, policy)


def remarks(screen: Screen, answer: Answer) -> list[str]:
    """What a reader of the answer must know about it."""
    policy = answer.policy
    found = [] if answer.adoption is None else _adoption(screen, answer.adoption)
    if policy is not None and policy.exercise:
        found.append(screen.say("这是演练规则包。", "This is an exercise pack; nobody's rules in force."))
    if policy is not None and policy.gaps:
        found.append(
            screen.say(
                f"{policy.pack}有{len(policy.gaps)}个缺口：可读可比，不能采纳。",
                f"{policy.pack} has {len(policy.gaps)} gaps: it may be read and compared, but not adopted.",
            )
        )
    return found


_LISTED = 10  # so many ignored adoptions are named; of more only how many


def _adoption(screen: Screen, adoption: Adoption) -> list[str]:
    """How many texts count, and each adoption that adopts nothing."""
    pack, texts, adopted = adoption.policy.pack, adoption.texts, adoption.adopted
    if adoption.from_beginning:
        first = screen.say(
            f"{pack}没有有效的采纳记录：全部{texts}个文本视为自始采纳。",
            f"{pack} has no adoptions on record that count: all {texts} texts count as adopted from the "
            "beginning of time.",
        )
    else:
        first = screen.say(
            f"{pack}的{texts}个文本中已采纳{adopted}个；其余不施行。",
            f"{adopted} of {texts} texts of {pack} are adopted; the others are not in force.",
        )
    found = [first]
    for one in adoption.ignored[:_LISTED]:
        found.append(
            screen.say(
                f"采纳记录 {one.cite}（规则 {one.rule}，文本 {one.version}）不计：{one.why.zh}。",
                f"{one.cite} (rule {one.rule}, text {one.version}) adopts nothing: {one.why.en}.",
            )
        )
    more = len(adoption.ignored) - _LISTED
    if more > 0:
        found.append(screen.say(f"另有{more}条采纳记录不计。", f"{more} more adoptions adopt nothing."))
    return found


def write_answer(folder: Path, answer: Answer, *, csv: bool, notes: list[str]) -> None:
    """Write the results as Parquet (and CSV), and `run.json`: for which moment and with which pack."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in answer.tables.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
        if csv:
            as_csv(table, folder / f"{name}.csv")
    (folder / RUN_FILE).write_text(
        json.dumps(summary(answer, notes), ensure_ascii=False, indent=2), encoding="utf-8"
    )


def summary(answer: Answer, notes: list[str]) -> dict[str, object]:
    """What was asked and how much came of it, for run.json and --json."""
    policy = answer.policy
    return {
        "pack": None if policy is None else policy.pack,
        "pack_digest": None if policy is None else policy.digest,
        "zone": answer.zone,
        "as_of": answer.when.as_of.isoformat(),
        "known_by": answer.when.known_by.isoformat(),
        "seconds": round(answer.seconds, 3),
        "notes": notes,
        "verbs": {name: {"zh": label.zh, "en": label.en} for name, label in answer.verbs.items()},
        "rows": {name: table.num_rows for name, table in answer.tables.items()},
        "nobody_owns": nobody_owns(answer.tables["obligations"]),
        "by_verb_and_status": counts(answer.tables["obligations"]),
    }


def counts(obligations: pa.Table) -> list[dict[str, object]]:
    """Rows by verb and status, in order."""
    grouped = obligations.group_by(["verb", "status"]).aggregate([("obligation_id", "count")])
    rows = sorted(grouped.to_pylist(), key=lambda row: (row["verb"], row["status"]))
    return [
        {"verb": row["verb"], "status": row["status"], "rows": row["obligation_id_count"]} for row in rows
    ]


def nobody_owns(obligations: pa.Table) -> int:
    """How many rows have no office of the level that their task asks for."""
    return int(pc.sum(pc.invert(obligations["owned"])).as_py() or 0)


def read_answer(folder: Path) -> Answer:
    """An answer that `sizao derive --out` wrote."""
    stated = folder / RUN_FILE
    missing = [name for name in RESULTS if not (folder / f"{name}.parquet").is_file()]
    if missing or not stated.is_file():
        raise Wrong(
            f"{folder}: this is no folder of results. Write one with: sizao derive --out {folder}",
            f"{folder}：不是结果文件夹。可用 sizao derive --out {folder} 写出。",
        )
    about = json.loads(stated.read_text(encoding="utf-8"))
    when = Moment(datetime.fromisoformat(about["as_of"]), datetime.fromisoformat(about["known_by"]))
    tables = {name: pq.read_table(folder / f"{name}.parquet") for name in RESULTS}
    verbs = {name: Words(label["zh"], label["en"]) for name, label in about["verbs"].items()}
    return Answer(when, about["zone"], tables, None, None, verbs, 0.0, None)
