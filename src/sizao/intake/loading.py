"""Plan, preview and load a sheet: the three things a caller asks of intake.

Intake opens the sheets and mapping files it is given; the tables that exist and the way to write tables are
handed in, so that a folder, a database or a test may stand behind them. Nothing here reads the clock:
`recorded_at` is the moment of the run, UTC.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Keyed
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from sizao.facts.declaration import Column
from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import arrow_schema
from sizao.intake.building import Built, build
from sizao.intake.checking import ITEM
from sizao.intake.compiling import names_area
from sizao.intake.mapping import FactEntry, LookUp, Mapping, columns_of, columns_read, values_of
from sizao.intake.nodes import Complaints, Node, read_nodes
from sizao.intake.problems import IntakeRefused, Problem, listed, nearest
from sizao.intake.reading import read_mapping
from sizao.intake.receipts import Receipt, Rejected
from sizao.intake.sheets import LINE, Sheet, headers_of_pages, read_sheet
from sizao.intake.templates import all_headings, headings, own_columns_mapping
from sizao.terms.identifiers import uuids7
from sizao.terms.words import Words

Tables = Keyed[str, pa.Table]
Write = Callable[[Tables], None]
RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True)
class Plan:
    """A sheet that was read, the mapping that fits it, and the sheets it looks things up in."""

    sheet: Sheet
    mapping: Mapping
    look_ups: Keyed[str, Sheet]
    area: str | None  # of facts for which the mapping names none

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that rows of the sheet may give."""
        return tuple(dict.fromkeys(entry.fact for entry in self.mapping.facts))


@dataclass(frozen=True)
class Preview:
    """What a load would do: the receipt it would give, the first facts, how columns are used."""

    receipt: Receipt
    first: Keyed[str, pa.Table]  # fact → its first rows, with the line each comes from
    mapped: Keyed[str, tuple[str, ...]]  # column of the sheet → "fact.column" it is read for, or "when"
    not_used: tuple[str, ...]


def plan(
    sheet: Path | str,
    *,
    mapping: Path | str | None = None,
    fact: str | None = None,
    zone: str = "Asia/Shanghai",
    area: str | None = None,
    source_system: str | None = None,
    beside: Sequence[Path | str] = (),
    expected_rows: int | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    page: str | None = None,
) -> Plan:
    """Read a sheet and what it needs. IntakeRefused names every reason why it cannot be taken at all.

    Either `mapping`, a mapping file, or `fact`: then the sheet has the dictionary's own columns, with
    clock times in `zone`. The sheets of look-ups are sought in the sheet's own folder, in the folders
    `beside`, and in that of the mapping file. `expected_rows` is the number of rows the sender says were
    sent; a sheet with another number is refused. `encoding`, `separator` and `page` (of a workbook) come
    before what the mapping says.
    """
    path = Path(sheet)
    stated = read_mapping(_read_text(Path(mapping)), Path(mapping).name) if mapping is not None else None
    found = _read(path, stated, encoding, separator, page)
    if stated is None:
        stated = _own_columns(found, fact, zone, source_system or "intake")
    problems = [*column_problems(found, stated), *row_count_problems(found, expected_rows)]
    if page is None and stated.page is None:
        problems = [*_other_page(path, found, stated), *problems]
    look_ups: dict[str, Sheet] = {}
    folders = [path.parent, *map(Path, beside), *([Path(mapping).parent] if mapping is not None else [])]
    for look_up in stated.look_ups:
        try:
            look_ups[look_up.name] = _look_up_sheet(look_up, stated, folders)
        except IntakeRefused as cause:
            problems += cause.problems
    if not problems:
        problems += _look_up_problems(stated, look_ups)
    if area is None:
        problems += [_no_area(found, entry.fact) for entry in stated.facts if not names_area(entry)][:1]
    if problems:
        raise IntakeRefused(problems)
    return Plan(found, stated, look_ups, area)


@dataclass(frozen=True)
class Prepared:
    """Rows of a sheet as facts, each once, whatever is stored.

    fresh: fact → its table, with LINE and `entry` (which of several facts of a row it is). again: fact →
    lines and entries of facts that an earlier row of the sheet gave too, with the line of that row.
    """

    fresh: dict[str, pa.Table]
    again: dict[str, list[tuple[int, int, int]]]
    rejected: tuple[Rejected, ...]


def prepare(
    plan: Plan, *, recorded_at: datetime, recorded_by: str, random_bytes: RandomBytes = os.urandom
) -> Prepared:
    """The facts that the rows of a sheet give. What is stored already, whoever stores them must find out."""
    built = build(plan.sheet, plan.mapping, plan.look_ups, {}, recorded_at, plan.area)
    bad = pa.array([row.line for row in built.rejected], pa.int64())
    fresh, again = {}, {}
    for fact, rows in built.fresh.items():
        whole = _whole(fact, rows, recorded_at, recorded_by, random_bytes)
        for name in (LINE, "entry"):
            whole = whole.append_column(name, rows[name])
        fresh[fact] = whole
        again[fact] = _again(built.made[fact], rows, bad)
    return Prepared(fresh, again, built.rejected)


def _again(made: pa.Table, fresh: pa.Table, bad: pa.Array) -> list[tuple[int, int, int]]:
    good = made.filter(pc.invert(pc.is_in(made[LINE], bad)))
    if good.num_rows == fresh.num_rows:
        return []
    keys = ("key_hi", "key_lo", "source_version")
    first = dict(zip(_lists(fresh, *keys), fresh[LINE].to_pylist(), strict=True))
    taken = set(_lists(fresh, LINE, "entry"))
    every = zip(_lists(good, LINE, "entry"), _lists(good, *keys), strict=True)
    return [(*place, first[key]) for place, key in every if place not in taken]


def _lists(table: pa.Table, *names: str) -> list[tuple[int, ...]]:
    return list(zip(*(table[name].to_pylist() for name in names), strict=True))


def preview(plan: Plan, facts: Tables, *, recorded_at: datetime, rows: int = 5) -> Preview:
    """What `load` would do with these facts in place, and the first rows of each fact. Nothing is written."""
    built = build(plan.sheet, plan.mapping, plan.look_ups, _existing(plan, facts), recorded_at, plan.area)
    mapped: dict[str, list[str]] = {}
    for entry in plan.mapping.facts:
        for name, columns in _columns_by_target(plan, entry):
            for column in columns:
                mapped.setdefault(column, []).append(f"{entry.fact}.{name}")
    for column in columns_read(plan.mapping):
        if column in plan.sheet.columns:
            mapped.setdefault(column, ["when"])
    return Preview(
        _receipt(plan, built, recorded_at),
        {name: _shown(table.slice(0, rows)) for name, table in built.made.items()},
        {column: tuple(dict.fromkeys(mapped[column])) for column in plan.sheet.columns if column in mapped},
        tuple(column for column in plan.sheet.columns if column not in mapped),
    )


def load(
    plan: Plan,
    facts: Tables,
    write: Write,
    *,
    recorded_at: datetime,
    recorded_by: str = "intake",
    random_bytes: RandomBytes = os.urandom,
) -> Receipt:
    """Take a sheet in: hand `write` the whole new table of every fact that gains rows; answers the receipt.

    `facts` are the tables that exist. Rows that are there already are merged, so sending a sheet again
    changes nothing and `write` is not called. A row is taken with all its facts or not at all.
    """
    receipts = load_all(
        [plan], facts, write, recorded_at=recorded_at, recorded_by=recorded_by, random_bytes=random_bytes
    )
    return receipts[0]


def load_all(
    plans: Iterable[Plan],
    facts: Tables,
    write: Write,
    *,
    recorded_at: datetime,
    recorded_by: str = "intake",
    random_bytes: RandomBytes = os.urandom,
) -> list[Receipt]:
    """`load` for several sheets, one after the other, with one call of `write` at the end."""
    changed: dict[str, pa.Table] = {}
    receipts: list[Receipt] = []
    for one in plans:
        existing = {
            name: changed[name] if name in changed else facts[name]
            for name in one.facts
            if name in changed or name in facts
        }
        built = build(one.sheet, one.mapping, one.look_ups, existing, recorded_at, one.area)
        for name, rows in built.fresh.items():
            if rows.num_rows:
                whole = _whole(name, rows, recorded_at, recorded_by, random_bytes)
                changed[name] = pa.concat_tables([existing[name], whole]) if name in existing else whole
        receipts.append(_receipt(one, built, recorded_at))
    if changed:
        write(changed)
    return receipts


def plan_batch(
    batch: Path | str, *, data: Path | str | None = None, zone: str = "Asia/Shanghai", area: str | None = None
) -> list[Plan]:
    """The plans of a batch file: a list of sheets, each with `map` (a mapping file) or `as` (a fact).

    Mapping files stand beside the batch file; sheets stand in `data`, or else beside the batch file.
    `zone` and `area` are for the sheets of which the batch file names none, as in `plan`.
    """
    path = Path(batch)
    root = read_nodes(_read_text(path), path.name)
    complaints = Complaints(path.name)
    if complaints.keys(root, ("batch", "label", "files"), ("files",)):
        for one in root["files"].items:
            complaints.keys(one, ("file", "map", "as", "zone", "area", "source_system", "rows"), ("file",))
            rows = one.get("rows")
            if rows is not None and not (rows.text or "").isdecimal():
                complaints.add(
                    "wrong_number",
                    rows,
                    rows.text,
                    Words("行数", "a number of rows"),
                    Words("只写数字", "Write digits only."),
                )
    complaints.refuse()
    folders = [Path(data)] if data is not None else []
    folders.append(path.parent)
    plans: list[Plan] = []
    problems: list[Problem] = []
    for one in root["files"].items:
        try:
            plans.append(_plan_listed(one, path.parent, folders, zone, area))
        except IntakeRefused as cause:
            problems += cause.problems
    if problems:
        raise IntakeRefused(problems)
    return plans


def _plan_listed(one: Node, maps: Path, folders: Sequence[Path], zone: str, area: str | None) -> Plan:
    def said(key: str) -> str | None:
        node = one.get(key)
        return node.text if node is not None else None

    name = said("file") or ""
    path = next((folder / name for folder in folders if (folder / name).exists()), folders[0] / name)
    rows = said("rows")
    return plan(
        path,
        mapping=maps / (said("map") or "") if "map" in one else None,
        fact=said("as"),
        zone=said("zone") or zone,
        area=said("area") or area,
        source_system=said("source_system"),
        beside=folders,
        expected_rows=int(rows) if rows else None,
    )


def _read(
    path: Path, mapping: Mapping | None, encoding: str | None, separator: str | None, page: str | None
) -> Sheet:
    if not path.is_file():
        raise IntakeRefused([_missing_file(path)])
    if mapping is None:
        return read_sheet(path, encoding=encoding, separator=separator, page=page)
    return read_sheet(
        path,
        encoding=encoding or mapping.encoding,
        separator=separator or mapping.separator,
        page=page or mapping.page,
    )


def _read_text(path: Path) -> str:
    if not path.is_file():
        raise IntakeRefused([_missing_file(path)])
    return path.read_text(encoding="utf-8")


def _missing_file(path: Path) -> Problem:
    beside = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
    return Problem(
        "missing_file",
        path.name,
        None,
        None,
        None,
        Words("可读的文件", "a file that can be read"),
        Words("检查路径和文件名", "Check the path and the name."),
        nearest(path.name, beside),
    )


def _own_columns(sheet: Sheet, fact: str | None, zone: str, source_system: str) -> Mapping:
    if fact is None or fact not in FACTS:
        near = nearest(fact, FACTS) if fact else None
        raise IntakeRefused(
            [
                Problem(
                    "unknown_fact",
                    sheet.name,
                    None,
                    None,
                    fact,
                    Words(f"数据字典中的事实：{listed(FACTS)}", f"a fact of the dictionary: {listed(FACTS)}"),
                    Words(
                        "写明该表给出的事实，或给出映射文件",
                        "Name the fact the sheet gives, or a mapping file.",
                    ),
                    near,
                )
            ]
        )
    return own_columns_mapping(fact, sheet.columns, zone, source_system)


def column_problems(sheet: Sheet, mapping: Mapping) -> list[Problem]:
    """Columns that the mapping reads and the sheet lacks, and columns of the sheet that nobody spoke of."""
    read = _columns_wanted(mapping)
    known = {*read, *mapping.not_used}
    likely = known
    if mapping.own_columns:
        likely = known | set(all_headings(mapping.facts[0].fact))
    missing = [name for name in read if name not in sheet.columns]
    extra = [name for name in sheet.columns if name not in known]
    problems: list[Problem] = []
    for name in missing:
        near = nearest(name, extra)
        if near is not None:
            extra.remove(near)
        if near is None and mapping.own_columns:
            problems.append(_missing_own_column(sheet, FACTS[mapping.facts[0].fact].column(name)))
        else:
            problems.append(_missing_column(sheet, name, near, None if mapping.own_columns else mapping.file))
    return problems + [_extra_column(sheet, name, nearest(name, likely), mapping) for name in extra]


def _columns_wanted(mapping: Mapping) -> list[str]:
    """The columns that the mapping reads in the sheet itself."""
    prefixes = tuple(f"{look_up.name}." for look_up in mapping.look_ups)
    made = {*mapping.computed, *([ITEM] if any(entry.split for entry in mapping.facts) else [])}
    return [name for name in columns_read(mapping) if name not in made and not name.startswith(prefixes)]


def _other_page(path: Path, sheet: Sheet, mapping: Mapping) -> list[Problem]:
    """When the first page of a workbook lacks columns: the other pages, and the one that has them all."""
    wanted = set(_columns_wanted(mapping))
    if wanted <= set(sheet.columns):
        return []
    pages = headers_of_pages(path)
    if len(pages) < 2:
        return []
    first, *others = pages
    fits = [name for name in others if _has_columns(mapping, pages[name])]
    if not fits and 2 * len(wanted & set(sheet.columns)) >= len(wanted):
        return []  # it is the page that was meant, and only lacks a column
    return [
        Problem(
            "wrong_page",
            sheet.name,
            None,
            None,
            first,
            Words("有这些列的一页", "a page with the columns that are read"),
            Words(
                f"该工作簿还有 {'、'.join(others)}：用 --page 或映射中的 page 写明一页",
                f"The workbook has {', '.join(others)} too: name one by --page, or by page: in the mapping.",
            ),
            fits[0] if fits else None,
        )
    ]


def _has_columns(mapping: Mapping, columns: Sequence[str]) -> bool:
    if mapping.own_columns:
        fact = mapping.facts[0].fact
        return {column.name for column in FACTS[fact].columns if column.required} <= set(
            headings(fact, columns)
        )
    return set(_columns_wanted(mapping)) <= set(columns)


def _missing_column(sheet: Sheet, name: str, near: str | None, mapping: str | None = None) -> Problem:
    """`near` is a column of the sheet that was probably meant; `mapping` the file that reads the column."""
    if near is not None:
        rename = Words(f"把列 {near} 改名为 {name}", f"Rename the column {near} to {name}.")
        if mapping is not None:
            rename = Words(
                f"在 {mapping} 中写 {near}，或把表中的列改名为 {name}",
                f"Write {near} in {mapping}, or rename the column of the sheet to {name}.",
            )
        return Problem(
            "misspelled_column",
            sheet.name,
            1,
            near,
            near,
            Words(f"列 {name}", f"a column {name}"),
            rename,
            name,
        )
    return Problem(
        "missing_column",
        sheet.name,
        1,
        None,
        listed(sheet.columns),
        Words(f"列 {name}", f"the column {name}"),
        Words("请补上", "Add it."),
    )


def _missing_own_column(sheet: Sheet, column: Column) -> Problem:
    named = Words(f"{column.name}（{column.heading}）", f"{column.name} ({column.heading})")
    return replace(
        _missing_column(sheet, column.name, None),
        expected=Words(f"列 {named.zh}", f"the column {named.en}"),
    )


def _extra_column(sheet: Sheet, name: str, near: str | None, mapping: Mapping) -> Problem:
    if mapping.own_columns:
        fact = mapping.facts[0].fact
        return Problem(
            "extra_column",
            sheet.name,
            1,
            name,
            name,
            Words(f"{fact} 的列，每列一次", f"columns of {fact}, each once"),
            Words(
                "改名或删去该列，或写映射文件并把它列入 not_used",
                "Rename or remove it, or write a mapping file that lists it under not_used.",
            ),
            near,
        )
    return Problem(
        "extra_column",
        sheet.name,
        1,
        name,
        name,
        Words("映射读取或列为不用的列", "columns that the mapping reads or lists under not_used"),
        Words(
            f"映射它，或在 not_used 中列出 {name}，或删去该列",
            f"Map it, list {name} under not_used, or remove the column.",
        ),
        near,
    )


def _no_area(sheet: Sheet, fact: str) -> Problem:
    return Problem(
        "missing_area",
        sheet.name,
        1,
        None,
        listed(sheet.columns),
        Words(f"记录 {fact} 的区域", f"the area where {fact} are recorded"),
        Words(
            "加上列 area，或为整张表写明一个区域",
            "Add a column area, or name one area for the whole sheet.",
        ),
    )


def row_count_problems(sheet: Sheet, expected_rows: int | None) -> list[Problem]:
    """The number of rows is not the one that the sender says."""
    if expected_rows is None or expected_rows == sheet.sent:
        return []
    return [
        Problem(
            "wrong_row_count",
            sheet.name,
            None,
            None,
            f"{sheet.sent} rows",
            Words(
                f"发送方说的 {expected_rows} 行", f"the {expected_rows} rows that the sender says were sent"
            ),
            Words(
                "请发送方核对后重发整个文件", "Ask the sender to compare, and to send the whole file again."
            ),
        )
    ]


def _look_up_sheet(look_up: LookUp, mapping: Mapping, folders: Sequence[Path]) -> Sheet:
    path = next((folder / look_up.file for folder in folders if (folder / look_up.file).is_file()), None)
    if path is None:
        near = nearest(
            look_up.file, [one.name for folder in folders if folder.is_dir() for one in folder.iterdir()]
        )
        raise IntakeRefused(
            [
                Problem(
                    "missing_file",
                    mapping.file,
                    look_up.line,
                    str(look_up.column),
                    look_up.file,
                    Words("表旁边的一个文件", "a file beside the sheet"),
                    Words(
                        "放到该表所在文件夹，或改正文件名",
                        "Put it into the sheet's folder, or correct its name.",
                    ),
                    near,
                )
            ]
        )
    return read_sheet(path)


def _look_up_problems(mapping: Mapping, look_ups: Keyed[str, Sheet]) -> list[Problem]:
    problems: list[Problem] = []
    for look_up in mapping.look_ups:
        sheet = look_ups[look_up.name]
        prefix = f"{look_up.name}."
        wanted = [name[len(prefix) :] for name in columns_read(mapping) if name.startswith(prefix)]
        wanted += [column for _, column, _ in look_up.key.parts if column]
        wanted += [name for order in look_up.computed.values() for name in (order.date, order.number)]
        for name in dict.fromkeys(wanted):
            if name not in sheet.columns and name not in look_up.computed:
                problems.append(_missing_column(sheet, name, nearest(name, sheet.columns)))
    return problems


def _existing(plan: Plan, facts: Tables) -> dict[str, pa.Table]:
    return {name: facts[name] for name in plan.facts if name in facts}


def _columns_by_target(plan: Plan, entry: FactEntry) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for name, value in values_of(entry):
        columns = [entry.split[0] if entry.split and one == ITEM else one for one in columns_of(value)]
        found.append((name, [one for one in columns if one in plan.sheet.columns]))
    return found


def _shown(table: pa.Table) -> pa.Table:
    """The line and the columns of the fact; what only intake needs is left out."""
    kept = [name for name in table.column_names if name not in ("entry", "key_hi", "key_lo")]
    names = ["line" if name == LINE and "line" not in kept else name for name in kept]
    return table.select(kept).rename_columns(names)


def _receipt(plan: Plan, built: Built, recorded_at: datetime) -> Receipt:
    derived: dict[str, list[Words]] = {}
    for entry in plan.mapping.facts:
        if entry.derived is not None and entry.derived not in derived.setdefault(entry.fact, []):
            derived[entry.fact].append(entry.derived)
    return Receipt(
        plan.sheet.name,
        plan.sheet.sha256,
        plan.mapping.name,
        plan.sheet.encoding,
        plan.sheet.separator,
        recorded_at,
        built.rows,
        plan.sheet.blank,
        built.facts,
        built.rejected,
        built.remarks,
        {name: tuple(words) for name, words in derived.items()},
        tuple(column for column in plan.sheet.columns if column in plan.mapping.not_used),
    )


def _whole(
    fact: str, rows: pa.Table, recorded_at: datetime, recorded_by: str, random_bytes: RandomBytes
) -> pa.Table:
    """The rows in the schema of their fact, with identifiers and the moment of recording."""
    count = rows.num_rows
    milliseconds = int(recorded_at.replace(tzinfo=UTC).timestamp() * 1000)
    given = {
        "fact_id": uuids7(milliseconds, random_bytes(10 * count)),
        "recorded_at": pa.repeat(pa.scalar(recorded_at, pa.timestamp("us")), count),
        "recorded_by": pa.repeat(pa.scalar(recorded_by), count),
    }
    schema = arrow_schema(fact)
    columns = [
        (given[field.name] if field.name in given else rows[field.name]).cast(field.type) for field in schema
    ]
    return pa.table(columns, schema=schema)
