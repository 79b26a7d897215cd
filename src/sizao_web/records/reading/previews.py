"""What a delivered file would give, before anything of it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from sizao.intake.apart import reading
from sizao.intake.loading import prepare
from sizao.intake.pieces import Piece
from sizao.intake.problems import IntakeRefused, Problem
from sizao.intake.sheets import Sheet, sheet_of
from sizao.intake.suggestions import Proposed, proposals
from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope
from sizao_web.records.deliveries import mapped, spool
from sizao_web.records.deliveries.plausible import without_the_impossible
from sizao_web.records.matching.resolving import unclear, with_numbers
from sizao_web.records.models import Delivery
from sizao_web.records.sealing import Unreadable
from sizao_web.settings.clock import bare

CHECKED = 5_000  # rows that are looked at; all are checked when the file is taken in
SHOWN = 10
KINDS = 40  # different values of a column that are offered to be given codes


@dataclass(frozen=True)
class Preview:
    """columns and first rows of the file; problems: why it cannot be taken as it is; wrong: rows with
    theirs."""

    columns: tuple[str, ...] = ()
    rows: int = 0
    checked: int = 0
    first: Sequence[tuple[int, Sequence[str | None]]] = ()
    values: dict[str, tuple[str, ...]] | None = None
    problems: tuple[Problem, ...] = ()
    wrong: Sequence[tuple[int, tuple[Problem, ...]]] = ()
    proposed: tuple[Proposed, ...] = ()


def preview(scope: Scope, one: Delivery, *, fact: str | None = None, mapping: str | None = None) -> Preview:
    """The file as it is, which facts its headings look like, and, with `fact` or `mapping`, what its rows
    would give."""
    try:
        columns, rows, checked = _read(one)
    except IntakeRefused as refused:
        return Preview(problems=refused.problems)
    except Unreadable:
        return Preview(problems=(_gone(one),))
    sheet = sheet_of(one.name, columns, checked, one.sha256, None, None)
    found = {
        "columns": columns,
        "rows": rows,
        "checked": sheet.sent,
        "first": _first(sheet.cells, sheet.lines),
        "values": {name: _kinds(sheet.cells[name]) for name in columns},
        "proposed": proposals(columns, sorted(scope.duty.gives)),
    }
    if not fact and not mapping:
        return Preview(**found)
    try:
        stated = mapped.mapping_for(one, columns, fact=fact, text=mapping)
        wrong = unclear(sheet, stated.who) if stated.who else {}
        plan = mapped.plan_for(one, _numbered(sheet, wrong) if stated.who else sheet, stated)
    except IntakeRefused as refused:
        return Preview(**found, problems=refused.problems)
    prepared = prepare(plan, recorded_at=bare(one.received_at), recorded_by=scope.account)
    prepared = without_the_impossible(one.name, prepared)
    told = [
        (row.line, (wrong[row.line],) if row.line in wrong else row.problems) for row in prepared.rejected
    ]
    return Preview(**found, wrong=told)


def _numbered(sheet: Sheet, wrong: Mapping[int, Problem]) -> Sheet:
    """With a number for whoever is named: whom it means is found out when the file is taken in."""
    lines = sheet.lines.to_pylist()
    return with_numbers(sheet, {line: f"line-{line}" for line in lines if line not in wrong})


def _read(one: Delivery) -> tuple[tuple[str, ...], int, list[Piece]]:
    kept: list[Piece] = []
    rows = 0
    encoding = (one.manifest or {}).get("encoding")
    with spool.opened(str(one.pk)) as file, reading(file, one.name, encoding=encoding) as found:
        for piece in found.pieces():
            if rows < CHECKED:
                kept.append(Piece(piece.cells.slice(0, CHECKED - rows), piece.ragged))
            rows += piece.cells.num_rows + len(piece.ragged)
        return found.head.columns, rows, kept


def _first(cells: pa.Table, lines: pa.Array) -> list[tuple[int, list[str | None]]]:
    rows = cells.slice(0, SHOWN).to_pylist()
    return [(line, list(row.values())) for line, row in zip(lines.to_pylist(), rows, strict=False)]


def _kinds(column: pa.ChunkedArray) -> tuple[str, ...]:
    found = [value for value in column.unique().to_pylist() if value is not None]
    return tuple(found) if len(found) <= KINDS else ()


def _gone(one: Delivery) -> Problem:
    return Problem(
        "not_kept",
        one.name,
        None,
        None,
        None,
        Words("仍保存的文件", "a file that is still kept"),
        Words("重新报送该文件", "Send the file again."),
    )
