"""Rows of a sheet become facts: which are new, which are there already, which cannot be taken and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping as Keyed
from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sizao.facts.completion import row_records
from sizao.facts.declaration import Different, Formed, OneGiven, Ordered, RowCheck
from sizao.facts.dictionary import FACTS
from sizao.facts.row_checks import broken, columns_in, demand
from sizao.facts.schemas import own_columns
from sizao.intake.checking import Check, found_mark, row_checks
from sizao.intake.compiling import STATED, compile_entry
from sizao.intake.mapping import FactEntry, FromColumn, InOrder, Mapping, columns_of
from sizao.intake.problems import NO_FACT, Problem, nearest
from sizao.intake.receipts import Count, Rejected, Remarked
from sizao.intake.sheets import LINE, Sheet
from sizao.intake.suggestions import suggestion
from sizao.intake.values import all_of, cell, in_order_sql, read_columns, text_sql
from sizao.terms.identifiers import natural_keys
from sizao.terms.queries import literal
from sizao.terms.words import Words

SHOWN_LINES = 5
Link = tuple[int, int, int]  # key_hi, key_lo, source_version


@dataclass(frozen=True)
class Built:
    """The facts that are new, and what became of every row."""

    made: dict[str, pa.Table]  # fact → what all rows with usable cells gave, with LINE
    fresh: dict[str, pa.Table]  # fact → new rows with LINE and entry, without what only storing gives
    rows: Count
    facts: dict[str, Count]
    rejected: tuple[Rejected, ...]
    remarks: tuple[Remarked, ...]


FEW = 100_000  # rows up to which one thread is as quick


def build(
    sheet: Sheet,
    mapping: Mapping,
    look_ups: Keyed[str, Sheet],
    existing: Keyed[str, pa.Table],
    recorded_at: datetime,
    area: str | None = None,
) -> Built:
    """Facts of a sheet beside those that exist. `look_ups`: the sheet of each look-up of the mapping."""
    # To hand a few thousand rows out to several threads costs more than it saves.
    with duckdb.connect(":memory:") as connection:
        if sheet.cells.num_rows <= FEW:
            connection.execute("SET threads = 1")
        connection.execute("SET TimeZone = 'UTC'")
        return _Building(connection, sheet, mapping, recorded_at, area).run(look_ups, existing)


class _Building:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        sheet: Sheet,
        mapping: Mapping,
        recorded_at: datetime,
        area: str | None,
    ) -> None:
        self.connection = connection
        self.sheet = sheet
        self.mapping = mapping
        self.entries = [
            compile_entry(entry, mapping, recorded_at.isoformat(sep=" "), area) for entry in mapping.facts
        ]
        self.problems: defaultdict[int, list[Problem]] = defaultdict(list)

    def run(self, look_ups: Keyed[str, Sheet], existing: Keyed[str, pa.Table]) -> Built:
        self._make_sheet(look_ups)
        for problem in self.sheet.ragged:
            self.problems[problem.line or 0].append(problem)
        self._check_cells()
        made = {name: self._make(name) for name in dict.fromkeys(entry.entry.fact for entry in self.entries)}
        self._reject_broken_rows(made)
        self._reject_empty_rows(made)
        made = {name: self._good(table) for name, table in made.items()}
        refused = self._count_refused()
        self._reject_conflicts(made, existing)
        return self._settle(made, existing, refused)

    # the sheet with its computed and looked-up columns

    def _make_sheet(self, look_ups: Keyed[str, Sheet]) -> None:
        self._register("own", self.sheet, self.mapping.computed)
        joins: list[str] = []
        columns = ["own.*"]
        for look_up in self.mapping.look_ups:
            other = cell("sheet " + look_up.name)
            self._register("sheet " + look_up.name, look_ups[look_up.name], look_up.computed)
            names = [*look_ups[look_up.name].columns, *look_up.computed]
            renamed = ", ".join(f"{cell(name)} AS {cell(look_up.name + '.' + name)}" for name in names)
            found = f"'found' AS {cell(found_mark(look_up.name))}"
            key = cell("key of " + look_up.name)
            one = f"(SELECT {text_sql(look_up.key)} AS {key}, {found}, {renamed} FROM {other}"
            one += f" QUALIFY row_number() OVER (PARTITION BY {text_sql(look_up.key)} ORDER BY {LINE}) = 1)"
            alias = cell("found " + look_up.name)
            by = text_sql(look_up.by)
            joins.append(f" LEFT JOIN {one} AS {alias} ON {alias}.{cell('key of ' + look_up.name)} = {by}")
            columns.append(f"{alias}.* EXCLUDE ({cell('key of ' + look_up.name)})")
        whole = f"SELECT {', '.join(columns)} FROM own{''.join(joins)}"
        read = "".join(f", {sql} AS {cell(name)}" for name, sql in read_columns(self.mapping).items())
        self.connection.execute(f"CREATE TEMP TABLE sheet AS SELECT *{read} FROM ({whole}) AS whole")

    def _register(self, name: str, sheet: Sheet, computed: Keyed[str, InOrder]) -> None:
        table = sheet.cells.append_column(LINE, sheet.lines)
        self.connection.register("arriving", table)
        columns = [self._cleaned(column) for column in sheet.columns]
        plain = f"SELECT {', '.join([LINE, *columns])} FROM arriving"
        more = "".join(f", {in_order_sql(order)} AS {cell(column)}" for column, order in computed.items())
        self.connection.execute(f"CREATE TEMP TABLE {cell(name)} AS SELECT *{more} FROM ({plain}) AS plain")
        self.connection.unregister("arriving")

    def _cleaned(self, column: str) -> str:
        if not self.mapping.empty:
            return cell(column)
        empty = ", ".join(literal(text) for text in self.mapping.empty)
        return f"CASE WHEN {cell(column)} NOT IN ({empty}) THEN {cell(column)} END AS {cell(column)}"

    # cells that cannot be used

    def _check_cells(self) -> None:
        checks = list(
            dict.fromkeys(
                [*row_checks(self.mapping), *(check for entry in self.entries for check in entry.checks)]
            )
        )
        if not checks:
            return
        union = " UNION ALL ".join(
            f"SELECT DISTINCT {number} AS number, {LINE}, {self._found(check)} AS found"
            f" FROM {check.source} WHERE {check.fails}"
            for number, check in enumerate(checks)
        )
        known: dict[int, tuple[str, ...]] = {}
        seen: set[tuple[int, str]] = set()
        missing: set[tuple[int, str]] = set()
        ordered = f"SELECT number, {LINE}, found FROM ({union}) AS failing ORDER BY {LINE}, number"
        for number, line, found in self.connection.execute(ordered).fetchall():
            check = checks[number]
            if (line, check.column) in seen:  # one complaint about one cell
                continue
            seen.add((line, check.column))
            if check.kind == "unknown_reference" and check.look_up is not None:
                missing.add((line, check.look_up))
            looked_up_in, dot, _ = check.column.partition(".")
            if dot and (line, looked_up_in) in missing:  # nothing was looked up: said already
                continue
            if number not in known:
                known[number] = self._known(check)
            self.problems[line].append(self._problem(check, line, found, known[number]))

    def _found(self, check: Check) -> str:
        columns = {*self.sheet.columns, *self.mapping.computed, "item"}
        looked_up = "." in check.column
        return cell(check.column) if check.column in columns or looked_up else "NULL"

    def _known(self, check: Check) -> tuple[str, ...]:
        if check.known_sql is None:
            return check.known
        rows = self.connection.execute(check.known_sql).fetchall()
        return tuple(sorted(row[0] for row in rows if row[0] is not None))

    def _problem(self, check: Check, line: int, found: str | None, known: tuple[str, ...]) -> Problem:
        near = None
        if found:
            near = nearest(found, known) if known else suggestion(check.kind, found)
        return Problem(
            check.kind, self.sheet.name, line, check.column, found, check.expected, check.fix, near
        )

    # facts

    def _make(self, fact: str) -> pa.Table:
        """The facts of one kind that good rows give, with LINE and the two halves of the key."""
        selects = [
            f"SELECT {number} AS entry, * FROM ({entry.select}) AS made_{number}"
            for number, entry in enumerate(self.entries)
            if entry.entry.fact == fact
        ]
        self._register_lines("bad_lines", list(self.problems))
        table = self.connection.execute(
            f"SELECT * FROM ({' UNION ALL BY NAME '.join(selects)}) AS made"
            f" WHERE {LINE} NOT IN (SELECT {LINE} FROM bad_lines) ORDER BY {LINE}, entry"
        ).to_arrow_table()
        place = table.schema.get_field_index("source_record")
        records = table["source_record"]
        if records.null_count:
            records = pc.coalesce(records, row_records(FACTS[fact], table, table[STATED].combine_chunks()))
        high, low = natural_keys(fact, table["source_system"], records)
        table = table.set_column(place, "source_record", records).drop_columns([STATED])
        return table.append_column("key_hi", high).append_column("key_lo", low)

    def _good(self, table: pa.Table) -> pa.Table:
        """The facts of rows in which nothing is wrong so far."""
        bad = pa.array(list(self.problems), pa.int64())
        return table.filter(pc.invert(pc.is_in(table[LINE], bad)))

    def _reject_broken_rows(self, made: Keyed[str, pa.Table]) -> None:
        """Reject rows whose columns do not hold together as their fact demands."""
        for fact, table in made.items():
            for check, places in broken(FACTS[fact], table):
                for place in places:
                    line, entry = table[LINE][place].as_py(), table["entry"][place].as_py()
                    self.problems[line].append(self._broken(check, line, self.entries[entry].entry))

    def _broken(self, check: RowCheck, line: int, entry: FactEntry) -> Problem:
        values = (entry.columns.get(name) for name in columns_in(check))
        names = [name for value in values if value is not None for name in columns_of(value)]
        name = names[0] if names else None
        found = None
        if name in self.sheet.columns:
            found = self.sheet.cells[name][pc.index(self.sheet.lines, line).as_py()].as_py()
        kind, fix = _BROKEN[type(check)]
        read = entry.columns.items()
        headings = {own: value.column for own, value in read if isinstance(value, FromColumn)}
        return Problem(kind, self.sheet.name, line, name, found, demand(check, headings), fix)

    def _count_refused(self) -> dict[str, int]:
        """How many facts the rows with bad cells would have given, by fact."""
        if not self.problems:
            return dict.fromkeys((entry.entry.fact for entry in self.entries), 0)
        self._register_lines("bad_lines", list(self.problems))
        refused: dict[str, int] = {}
        for entry in self.entries:
            counted = self.connection.execute(
                f"SELECT count(*) FROM ({entry.select}) AS made"
                f" WHERE {LINE} IN (SELECT {LINE} FROM bad_lines)"
            ).fetchone()
            refused[entry.entry.fact] = refused.get(entry.entry.fact, 0) + (counted[0] if counted else 0)
        return refused

    def _register_lines(self, name: str, lines: list[int]) -> None:
        self.connection.register(name, pa.table({LINE: pa.array(lines, pa.int64())}))

    def _reject_empty_rows(self, made: Keyed[str, pa.Table]) -> None:
        giving = {line for table in made.values() for line in table[LINE].to_pylist()}
        for line in self.sheet.lines.to_pylist():
            if line not in giving and line not in self.problems:
                self.problems[line].append(Problem(NO_FACT, self.sheet.name, line, None, None, *_NO_FACT))

    # rows that are there already, and rows that contradict others

    def _reject_conflicts(self, made: Keyed[str, pa.Table], existing: Keyed[str, pa.Table]) -> None:
        """Reject rows whose fact has another body than an accepted one of the same key and version."""
        stored: dict[tuple[str, Link], str] = {}
        arriving: defaultdict[int, list[_Arriving]] = defaultdict(list)
        for fact, table in made.items():
            if _all_new(table, existing.get(fact)):
                continue
            self._register_links(fact, table, existing.get(fact))
            for row in self._contested():
                link = (row.key_hi, row.key_lo, row.version)
                if row.line is None:
                    stored[fact, link] = row.body
                    if row.action == "record":
                        stored[fact, (row.key_hi, row.key_lo, 0)] = str(row.version)
                else:
                    arriving[row.line].append(_Arriving(fact, row))
        self._judge(stored, arriving)

    def _register_links(self, fact: str, table: pa.Table, existing: pa.Table | None) -> None:
        self.connection.register("arriving", table)
        select = f"{LINE}, key_hi, key_lo, source_version, action, source_record"
        union = f"SELECT {select}, {_body(fact)} AS body FROM arriving"
        if existing is not None and existing.num_rows:
            self.connection.register("existing", existing)
            union += (
                " UNION ALL SELECT CAST(NULL AS BIGINT), key_hi, key_lo, source_version, action,"
                f" source_record, {_body(fact)} FROM existing"
            )
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE links AS {union}")

    def _contested(self) -> Iterator[_Row]:
        """The links of keys that hold two bodies for one version, or two records."""
        found = self.connection.execute(
            f"""
  WITH contested AS ( SELECT key_hi, key_lo FROM links GROUP BY key_hi, key_lo, source_version HAVING
  count(DISTINCT body) > 1 UNION SELECT key_hi, key_lo FROM links WHERE action = 'record' GROUP BY key_hi,
  key_lo HAVING count(DISTINCT source_version) > 1) SELECT {LINE}, links.key_hi, links.key_lo,
  source_version, action, body, source_record
FROM links JOIN contested USING (key_hi, key_lo) ORDER BY {LINE} NULLS FIRST, source_version, body"""
        )
        return (_Row(*row) for row in found.fetchall())

    def _judge(self, taken: dict[tuple[str, Link], str], arriving: Keyed[int, list[_Arriving]]) -> None:
        first: dict[tuple[str, Link], int] = {}
        for line in sorted(arriving):
            complaints = [
                problem
                for one in arriving[line]
                if (problem := self._contradiction(line, one, taken, first)) is not None
            ]
            if complaints:
                self.problems[line] += complaints[:1]
                continue
            for one in arriving[line]:
                for place, value in one.claims():
                    taken.setdefault(place, value)
                    first.setdefault(place, line)

    def _contradiction(
        self,
        line: int,
        one: _Arriving,
        taken: Keyed[tuple[str, Link], str],
        first: Keyed[tuple[str, Link], int],
    ) -> Problem | None:
        for place, value in one.claims():
            if taken.get(place, value) != value:
                where = f"line {first[place]}" if place in first else "what is stored"
                where_zh = f"第 {first[place]} 行" if place in first else "已入库的内容"
                second = place[1][2] == 0
                return Problem(
                    "second_record" if second else "key_conflict",
                    self.sheet.name,
                    line,
                    None,
                    one.row.record,
                    Words(
                        f"{one.fact} 与{where_zh}{'同版本' if second else '同键同内容'}",
                        f"{one.fact} with the {'version of' if second else 'same content as'} {where},"
                        " which has this key",
                    ),
                    Words(
                        "若是更正，以更高的版本号和动作 replace 送来；若是另一条记录，给它另一个键",
                        "If it corrects, send it as action replace with a higher version; if it is another"
                        " record, give it another key.",
                    ),
                )
        return None

    # the sum

    def _settle(
        self, made: Keyed[str, pa.Table], existing: Keyed[str, pa.Table], refused: Keyed[str, int]
    ) -> Built:
        self._register_lines("bad_lines", list(self.problems))
        fresh: dict[str, pa.Table] = {}
        facts: dict[str, Count] = {}
        storing: set[int] = set()
        for fact, table in made.items():
            fresh[fact], accepted = self._fresh(table, existing.get(fact))
            stored = fresh[fact].num_rows
            sent = table.num_rows + refused[fact]
            facts[fact] = Count(sent, stored, accepted - stored, sent - accepted)
            storing.update(fresh[fact][LINE].to_pylist())
        rejected = len(self.problems)
        rows = Count(self.sheet.sent, len(storing), self.sheet.sent - len(storing) - rejected, rejected)
        return Built(
            dict(made),
            fresh,
            rows,
            facts,
            tuple(Rejected(line, tuple(self.problems[line])) for line in sorted(self.problems)),
            tuple(self._remarks()),
        )

    def _fresh(self, table: pa.Table, existing: pa.Table | None) -> tuple[pa.Table, int]:
        """The facts of accepted rows that are not there yet, each once; how many accepted rows gave."""
        if _all_new(table, existing):
            accepted = self._good(table)
            return accepted, accepted.num_rows
        self.connection.register("arriving", table)
        good = f"SELECT * FROM arriving WHERE {LINE} NOT IN (SELECT {LINE} FROM bad_lines)"
        there = ""
        if existing is not None and existing.num_rows:
            self.connection.register("existing", existing)
            there = " ANTI JOIN existing USING (key_hi, key_lo, source_version)"
        fresh = self.connection.execute(
            f"SELECT * FROM ({good}) AS good{there}"
            " QUALIFY row_number() OVER"
            f" (PARTITION BY key_hi, key_lo, source_version ORDER BY {LINE}, entry) = 1"
            f" ORDER BY {LINE}, entry"
        ).to_arrow_table()
        counted = self.connection.execute(f"SELECT count(*) FROM ({good}) AS good").fetchone()
        return fresh, counted[0] if counted else 0

    def _remarks(self) -> Iterator[Remarked]:
        if self.sheet.remark is not None:
            yield Remarked(self.sheet.remark, 1, ())
        for remark in self.mapping.remarks:
            lines = [
                row[0]
                for row in self.connection.execute(
                    f"SELECT {LINE} FROM sheet WHERE {all_of(remark.when)}"
                    f" AND {LINE} NOT IN (SELECT {LINE} FROM bad_lines) ORDER BY {LINE}"
                ).fetchall()
            ]
            if lines:
                yield Remarked(remark.say, len(lines), tuple(lines[:SHOWN_LINES]))


def _all_new(table: pa.Table, existing: pa.Table | None) -> bool:
    """Whether no key comes twice and nothing is there to compare with, which is nearly always so."""
    if existing is not None and existing.num_rows:
        return False
    keys = np.empty(table.num_rows, [("hi", np.int64), ("lo", np.int64)])
    keys["hi"], keys["lo"] = (table[name].to_numpy() for name in ("key_hi", "key_lo"))
    # The first half alone tells nearly all apart, and is sorted far more quickly than the pair.
    return len(np.unique(keys["hi"])) == len(keys) or len(np.unique(keys)) == len(keys)


@dataclass(frozen=True)
class _Row:
    line: int | None
    key_hi: int
    key_lo: int
    version: int
    action: str
    body: str
    record: str


@dataclass(frozen=True)
class _Arriving:
    fact: str
    row: _Row

    def claims(self) -> Iterator[tuple[tuple[str, Link], str]]:
        """What the link claims for itself: its body, and, under version 0, to be the record of its key."""
        row = self.row
        yield (self.fact, (row.key_hi, row.key_lo, row.version)), row.body
        if row.action == "record":
            yield (self.fact, (row.key_hi, row.key_lo, 0)), str(row.version)


def _body(fact: str) -> str:
    """SQL: everything a link says, as one text; the moment of knowledge only where the source named it."""
    own = [cell(column.name) for column in own_columns(FACTS[fact])]
    said = [*own, "action", "reason", "happened_at", "area", "derived", "history"]
    known = "CASE WHEN history THEN known_at END"
    texts = ", ".join(f"CAST({one} AS VARCHAR)" for one in [*said, known])
    return f"md5(CAST(to_json(list_value({texts})) AS VARCHAR))"


_BROKEN = {
    Ordered: ("wrong_order", Words("改正其中一个日期", "Correct one of the two dates.")),
    Different: ("not_two", Words("写明两个不同的人或机构", "Name two different ones.")),
    OneGiven: ("missing_value", Words("填写其中一项", "Fill in one of them.")),
    Formed: ("wrong_form", Words("照原样抄写", "Copy it as it is shown, whole and in small letters.")),
}
_NO_FACT = (
    Words("至少给出一个事实的行", "a row that gives at least one fact"),
    Words("补填该行，或在映射中说明它给出什么", "Fill in the row, or say in the mapping what it gives."),
)
