"""A file is read, checked and stored, some rows at a time; a job that is killed goes on where the last commit
was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from sizao.intake.apart import reading
from sizao.intake.loading import Prepared
from sizao.intake.mapping import Mapping as SheetMapping
from sizao.intake.pieces import Piece
from sizao.intake.problems import BEHIND, NOT_ALLOWED, IntakeRefused
from sizao.intake.sheets import Sheet, sheet_of
from sizao_web.records.access.scope import Scope
from sizao_web.records.deliveries.mapped import Named, check_given, mapping_for, plan_for, prepare_for
from sizao_web.records.deliveries.preparing import Ready, made_ready, one_ahead
from sizao_web.records.deliveries.rows import write_rows
from sizao_web.records.deliveries.settling import answered_before, finish
from sizao_web.records.deliveries.storing import Overtaken, Stored, arriving, store_for
from sizao_web.records.deliveries.wording import (
    NOT_CERTAIN_YET,
    checksum_said,
    conflict,
    forbidden,
    problem,
    rows_said,
)
from sizao_web.records.matching.resolving import keep
from sizao_web.records.models import Delivery, DeliveryRow
from sizao_web.records.writing import ledger_is_behind, wake_ledger

HELD = (
    64 << 20
)  # bytes of cells up to which a file is read once; a longer one is checked whole, then read again
RAGGED = 1_000  # bytes that a row with too many or too few cells is counted as
AGAIN = 3  # tries where others store the same rows at the same moment


def store(one: Delivery, scope: Scope, file: BinaryIO, moment: datetime) -> None:
    """Store the rows of a file, each once, and settle it. IntakeRefused: nothing of it was stored."""
    _check_manifest(one)
    held: list[Piece] | None = []
    size = 0
    with reading(file, one.name, encoding=_said(one, "encoding"), page=_said(one, "page")) as found:
        head = found.head
        mapping = mapping_for(one, head.columns)
        plan_for(one, sheet_of(one.name, head.columns, [], one.sha256, None, None), mapping)
        check_given(one, scope, mapping)
        for piece in found.pieces():
            size += piece.cells.nbytes + RAGGED * len(piece.ragged)
            held = [*held, piece] if held is not None and size <= HELD else None
        end = found.end
    assert end is not None
    stated = (one.manifest or {}).get("rows")
    if stated is not None and stated != end.sent:
        raise IntakeRefused([problem(one, "wrong_row_count", f"{end.sent} rows", *rows_said(stated))])
    if one.state == "waiting" and answered_before(one, end.content, moment):
        return
    Delivery.objects.filter(pk=one.pk).update(
        content=end.content, sent=end.sent, blank=end.blank, state="storing"
    )
    pieces = held if held is not None else _read_again(one, file)
    after = Delivery.objects.values_list("next_line", flat=True).get(pk=one.pk)
    for ready in _made_ready(one, scope, mapping, head.columns, pieces, after, moment):
        _store_rows(one, scope, ready, moment)
    finish(one, scope, mapping, moment)


def _read_again(one: Delivery, file: BinaryIO) -> Iterator[Piece]:
    with reading(file, one.name, encoding=_said(one, "encoding"), page=_said(one, "page")) as found:
        yield from found.pieces()


def _said(one: Delivery, what: str) -> str | None:
    found = (one.manifest or {}).get(what)
    return str(found) if found else None


def _check_manifest(one: Delivery) -> None:
    stated = (one.manifest or {}).get("sha256")
    if stated and str(stated).lower() != one.sha256:
        raise IntakeRefused([problem(one, "wrong_checksum", one.sha256, *checksum_said(str(stated)))])


def _made_ready(
    one: Delivery,
    scope: Scope,
    mapping: SheetMapping,
    columns: Sequence[str],
    pieces: Iterable[Piece],
    after: int,
    moment: datetime,
) -> Iterator[Ready]:
    """Rows one step ahead of the database; but whom rows mean is asked when those before them are stored."""

    def sheet(chunk: Sequence[Piece]) -> Sheet:
        return sheet_of(one.name, columns, chunk, one.sha256, None, None)

    def checked(sheet: Sheet) -> Prepared:
        return prepare_for(one, scope, sheet, mapping, moment, one.received_at)

    ready = made_ready(pieces, sheet, checked, after=after)
    return ready if mapping.who else one_ahead(ready)


def _store_rows(one: Delivery, scope: Scope, ready: Ready, moment: datetime) -> None:
    for left in reversed(range(AGAIN)):
        try:
            with transaction.atomic():
                locked = Delivery.objects.select_for_update().get(pk=one.pk)
                if ready.last <= locked.next_line:  # another job was here
                    return
                stored = store_for(scope, ready.arriving)
                keep_outcomes(locked, ready.sheet, ready.prepared, stored)
                if isinstance(ready.prepared, Named):
                    keep(scope, moment, str(one.pk), ready.prepared.resolved, lines_of(stored))
                Delivery.objects.filter(pk=one.pk).update(next_line=ready.last)
                wake_ledger()
            return
        except Overtaken:
            if not left:
                raise


def take_kept(
    one: Delivery,
    scope: Scope,
    sheet: Sheet,
    mapping: SheetMapping,
    moment: datetime,
    *,
    known_at: datetime,
    were: Sequence[str],
) -> None:
    """Let rows that were not taken go the way of new ones; those that are good now leave the list.

    were: the outcomes that they had. What waited for a run of the ledger, and is taken up because there was
    one, is judged for good.
    """
    prepared = prepare_for(one, scope, sheet, mapping, moment, known_at)
    forget_rows(one, sheet, were)
    stored = store_for(scope, arriving(prepared.fresh))
    if "waiting" in were:
        stored.for_good.update(stored.refused)
    keep_outcomes(one, sheet, prepared, stored)
    if isinstance(prepared, Named):
        keep(scope, moment, str(one.pk), prepared.resolved, lines_of(stored))
    wake_ledger()


def forget_rows(one: Delivery, sheet: Sheet, were: Sequence[str]) -> None:
    """Drop what was said of these rows: it is said anew."""
    lines = sheet.lines.to_pylist()
    DeliveryRow.objects.filter(delivery=one, line__in=lines, outcome__in=were).delete()


def lines_of(stored: Stored) -> set[int]:
    """The rows of which a fact was taken, or was there."""
    by_outcome = (stored.stored, stored.merged)
    return {line for found in by_outcome for places in found.values() for line, _ in places}


def keep_outcomes(one: Delivery, sheet: Sheet, prepared: Prepared, stored: Stored) -> None:
    """Write what became of each row of a sheet; what is wrong with a row, in words."""
    wrong = {row.line: row.problems for row in prepared.rejected}
    waits = _waits(stored)
    for line, names in stored.refused.items():
        if line in waits:
            wrong[line] = (problem(one, BEHIND, None, *NOT_CERTAIN_YET, line=line),)
            continue
        wrong[line] = tuple(
            problem(one, f"{NOT_ALLOWED}{name}", None, *forbidden(name), line=line)
            for name in dict.fromkeys(names)
        )
    for line, fact in stored.conflicts.items():
        wrong[line] = (problem(one, "key_conflict", None, *conflict(fact), line=line),)
    # What a row says again shares the lot of the row that said it first.
    for places in prepared.again.values():
        for line, _, first in places:
            if first in wrong and line not in wrong:
                wrong[line] = tuple(replace(problem, line=line) for problem in wrong[first])
    again = {
        fact: [(line, part) for line, part, _ in places if line not in wrong]
        for fact, places in prepared.again.items()
    }
    write_rows(str(one.pk), prepared.fresh, stored, again, wrong, sheet)


def _waits(stored: Stored) -> set[int]:
    """Rows about somebody who may yet turn out to be the sender's: facts wait for the ledger, be it those
    that came with these rows. It depends on what the sender sent and on how far the ledger is, never on the
    person."""
    waits = stored.refused.keys() - stored.for_good
    if waits and (any(stored.stored.values()) or ledger_is_behind()):
        return waits
    return set()
