"""`sizao intake`: take sheets into a folder of facts, with a receipt that accounts for every row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from sizao.cli.options import Json, Language
from sizao.cli.screen import Screen, Wrong
from sizao.facts.dictionary import FACTS
from sizao.intake.loading import Plan, load_all, plan, plan_batch, preview
from sizao.intake.receipts import Receipt
from sizao.store.folder import alone_in, open_folder, write_folder

Sheet = Annotated[
    Path, typer.Argument(help="A sheet (CSV, XLSX …), or a batch file (.yaml) that lists sheets.")
]
AsFact = Annotated[str | None, typer.Option("--as", help="The fact whose own columns the sheet has.")]
Map = Annotated[Path | None, typer.Option("--map", help="Mapping file: which column becomes what.")]
Into = Annotated[Path, typer.Option("--into", help="Folder of facts to add to; made when missing.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder in which the sheets of a batch stand.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")]
Rows = Annotated[int | None, typer.Option("--rows", help="How many rows the sender says were sent.")]
ReceiptFile = Annotated[
    Path | None,
    typer.Option(
        "--receipt",
        help="Write the receipt there too as JSON; it is kept in DIR/receipts in any case. Rejected rows are "
        "listed in it and are no error.",
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", help="Encoding of the sheet, such as gb18030; else found out."),
]
Separator = Annotated[
    str | None, typer.Option("--separator", help="What separates the columns, such as ';'; else found out.")
]
SheetPage = Annotated[
    str | None, typer.Option("--page", help="Page of a workbook, by its name; without it, the first.")
]
Zone = Annotated[
    str,
    typer.Option(
        "--zone",
        help="Zone of clock times and days that state none; of a batch, in files for which it names none.",
    ),
]
Area = Annotated[
    str | None,
    typer.Option(
        "--area", help="Area of rows that state none; of a batch, in files for which it names none."
    ),
]
RECEIPTS = "receipts"
UNSTATED = "unstated"  # the area of a sheet by itself that names none; a batch must name it


@dataclass(frozen=True)
class Reading:
    """How a sheet is read, where its sender has to say; it comes before what a mapping says."""

    encoding: str | None = None
    separator: str | None = None
    page: str | None = None


def intake(
    context: typer.Context,
    sheet: Sheet,
    into: Into,
    as_fact: AsFact = None,
    mapping: Map = None,
    data: Data = None,
    dry_run: DryRun = False,
    rows: Rows = None,
    receipt: ReceiptFile = None,
    encoding: Encoding = None,
    separator: Separator = None,
    page: SheetPage = None,
    zone: Zone = "Asia/Shanghai",
    area: Area = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """Take a sheet, or a batch of sheets, into a folder of facts: sent = stored + merged + rejected.

    A row without known_at becomes known now: asked as of an earlier day, it does not exist yet.
    """
    screen: Screen = context.obj
    reading = Reading(encoding, separator, page)
    plans = _plans(sheet, as_fact, mapping, data, rows, zone, area, reading)
    now = datetime.now(UTC).replace(tzinfo=None)
    if dry_run:
        existing = open_folder(into, zone=zone, area=area or UNSTATED) if into.is_dir() else {}
        receipts = [_preview(screen, one, existing, now, as_json) for one in plans]
        screen.note(screen.say("试运行：未写入任何内容。", "Dry run: nothing was written."))
    else:
        with alone_in(into):
            existing = open_folder(into, zone=zone, area=area or UNSTATED)
            receipts = load_all(plans, existing, lambda tables: write_folder(into, tables), recorded_at=now)
            kept = [_keep(into / RECEIPTS, one) for one in receipts]
        where = str(kept[0]) if len(kept) == 1 else str(into / RECEIPTS)
        screen.note(screen.say(f"回执存于{where}。", f"Kept: {where}"))
    document = [one.record() for one in receipts]
    if receipt is not None:
        receipt.write_text(json.dumps(document, ensure_ascii=False, indent=2, default=str), encoding="utf-8")
    if as_json:
        screen.json(document)
    else:
        for one in receipts:
            screen.text(one.text(screen.language))


def _plans(
    sheet: Path,
    fact: str | None,
    mapping: Path | None,
    data: Path | None,
    rows: int | None,
    zone: str,
    area: str | None,
    reading: Reading,
) -> list[Plan]:
    if fact is not None and mapping is not None:
        raise Wrong(
            "--as and --map exclude each other: a sheet has the dictionary's own columns, or a mapping.",
            "--as与--map不能同用：表用字典的列，或用映射文件。",
        )
    if fact is None and mapping is None:
        if sheet.suffix in (".yaml", ".yml"):
            if reading != Reading():
                raise Wrong(
                    "--encoding, --separator and --page are of one sheet; for a batch, write them in the "
                    "mapping files as encoding:, separator: and page:.",
                    "--encoding、--separator和--page只用于一张表；批次请写在映射文件的encoding:、separator:、"
                    "page:中。",
                )
            return plan_batch(sheet, data=data, zone=zone, area=area)
        raise Wrong(
            f"{sheet}: say what the sheet holds: --as FACT when it has the dictionary's own columns "
            f"(see `sizao facts`), "
            "else --map FILE.",
            f"{sheet}：请说明表里是什么：列与字典相同写--as 事实（见 sizao facts），否则写--map 文件。",
        )
    if fact is not None and fact not in FACTS:
        raise Wrong(
            f"--as {fact}: there is no such fact. `sizao facts` lists them.",
            f"--as {fact}：没有这一事实。用 sizao facts 查看。",
        )
    beside = [] if data is None else [data]
    return [
        plan(
            sheet,
            mapping=mapping,
            fact=fact,
            zone=zone,
            area=area or UNSTATED,
            beside=beside,
            expected_rows=rows,
            encoding=reading.encoding,
            separator=reading.separator,
            page=reading.page,
        )
    ]


def _keep(folder: Path, receipt: Receipt) -> Path:
    """Keep a receipt beside the facts. A sheet that came twice has two: the first is never replaced."""
    folder.mkdir(exist_ok=True)
    first = folder / receipt.file_name()
    again = (first.with_name(f"{first.stem}-{number}.json") for number in count(2))
    for file in chain([first], again):
        try:
            with file.open("x", encoding="utf-8") as opened:
                json.dump(receipt.record(), opened, ensure_ascii=False, indent=2, default=str)
        except FileExistsError:
            continue
        return file
    raise AssertionError("there are numbers without end")


def _preview(
    screen: Screen, one: Plan, existing: Mapping[str, pa.Table], now: datetime, as_json: bool
) -> Receipt:
    found = preview(one, existing, recorded_at=now)
    if not as_json:
        screen.table(
            (screen.say("表中的列", "column of the sheet"), screen.say("用于", "read for")),
            (
                *((column, ", ".join(targets)) for column, targets in found.mapped.items()),
                *((column, screen.say("（不用）", "(not used)")) for column in found.not_used),
            ),
        )
        for name, table in found.first.items():
            shown = table.select(table.column_names[: min(8, table.num_columns)])
            screen.table(shown.column_names, (tuple(row.values()) for row in shown.to_pylist()), title=name)
    return found.receipt
