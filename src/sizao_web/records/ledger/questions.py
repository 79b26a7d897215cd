"""Answers to questions about a past moment: derived anew from the facts known by then, and kept for a while.

It reads its own copy of the facts and no lock of the ledger, so that no new fact waits for an old question.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from time import perf_counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction

from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import arrow_schema
from sizao.obligations.derive import derive
from sizao.store.running import Session
from sizao.terms.queries import literal
from sizao_web.records.ledger import cases
from sizao_web.records.ledger.completing import completion
from sizao_web.records.ledger.reading_facts import copied_out, selected
from sizao_web.records.ledger.staging import copy_in
from sizao_web.records.ledger.tables import KEPT
from sizao_web.records.ledger.texts import in_force
from sizao_web.records.models import (
    PastCase,
    PastObligation,
    PastStanding,
    PastTooLate,
    PastUnknown,
    Question,
)
from sizao_web.records.reading.answers import QUESTIONS_KEPT
from sizao_web.records.reading.measures import window_from
from sizao_web.settings.clock import bare, now

TABLES: Mapping[str, Any] = {
    "obligations": PastObligation,
    "standing": PastStanding,
    "unknown": PastUnknown,
    "too_late": PastTooLate,
    "cases": PastCase,
}


def answer(question: int) -> None:
    """Answer one question and keep its rows; once answered, do nothing."""
    found = Question.objects.filter(pk=question).first()
    if found is None or found.state == "answered":
        return
    try:
        _answer(found)
    except BaseException:
        Question.objects.filter(pk=question).update(state="failed")
        raise


def _answer(found: Question) -> None:
    clock = perf_counter()
    as_of, known_by = bare(found.as_of), bare(found.known_by)
    _at(found, "facts")
    facts = facts_known(known_by)
    policy = in_force(facts["adoptions"], known_by).policy
    empty = frozenset(name for name, rows in facts.items() if not rows.num_rows)
    with Session(facts) as session:
        _at(found, "derive")
        uncorrected = frozenset(name for name, rows in facts.items() if not corrected(rows))
        query = derive(policy, as_of=as_of, known_by=known_by, empty=empty, uncorrected=uncorrected)
        results = dict(session.run(query, ordered=False))
        session.bind("obligations", results["obligations"])
        query = completion(
            as_of=as_of, known_by=known_by, zone=policy.zone, seen_for=None, plain=empty | uncorrected,
            touched=False,
        )  # fmt: skip
        results["obligations"] = session.run(query, ordered=False)["completed"]
        _at(found, "cases")
        results["cases"] = cases.cases(session, as_of=as_of, known_by=known_by, zone=policy.zone)
    _at(found, "keep")
    results["obligations"] = _shown(results["obligations"], found)
    with transaction.atomic():
        number = sum(_keep(name, rows, found) for name, rows in results.items())
        Question.objects.filter(pk=found.pk).update(
            state="answered", step="", answered_at=now(), seconds=perf_counter() - clock, rows=number
        )
        forget_old()


def _at(found: Question, step: str) -> None:
    """Say what the answer is at; outside any transaction, so that the page sees it."""
    Question.objects.filter(pk=found.pk).update(state="working", step=step)


def facts_known(known_by: datetime) -> dict[str, pa.Table]:
    """Every link of every fact that was known by then, read in one snapshot."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        where = f"known_at <= {literal(known_by)} AT TIME ZONE 'UTC'"
        return {name: copied_out(selected(name, where), arrow_schema(name)) for name in FACTS}


def corrected(rows: pa.Table) -> bool:
    """Whether some row of a fact replaces or retracts another."""
    return bool(pc.any(pc.not_equal(rows["action"], "record")).as_py())


def _shown(rows: pa.Table, found: Question) -> pa.Table:
    """The obligations that the overview counts: what is to be done or coming, what fell due in its window,
    and live restrictions. Those that were over long before are not kept: they are most of all rows."""
    window = bare(window_from(found.as_of))
    ahead = pc.is_in(rows["status"], pa.array(["overdue", "open", "upcoming"]))
    recent = pc.greater_equal(rows["due_at"], pa.scalar(window, pa.timestamp("us")))
    lasting = pc.fill_null(
        pc.greater(rows["closes_at"], pa.scalar(bare(found.as_of), pa.timestamp("us"))), False
    )
    live = pc.and_(rows["restricts"], lasting)
    return rows.filter(pc.or_(pc.or_(ahead, recent), live))


def _keep(name: str, rows: pa.Table, found: Question) -> int:
    """COPY the rows of one result under their question; how many."""
    model = TABLES[name]
    rows = rows.select(KEPT[name].columns if name in KEPT else cases.SCHEMA.names)
    model.objects.filter(question=found).delete()
    table, columns = model._meta.db_table, ", ".join(f'"{one}"' for one in rows.column_names)
    with connection.cursor() as cursor:
        # Not straight into the table: PostgreSQL copies into none with row policies.
        cursor.execute("DROP TABLE IF EXISTS pg_temp.answer_arriving")
        cursor.execute(
            f"CREATE TEMP TABLE answer_arriving ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA"
        )
        copy_in(cursor, "pg_temp.answer_arriving", rows)
        cursor.execute(
            f"INSERT INTO {table} ({columns}, question_id) SELECT {columns}, %s FROM pg_temp.answer_arriving",
            [found.pk],
        )
    return int(rows.num_rows)


def forget_old() -> None:
    """Delete the rows of all but the last questions; the questions stay, and can be asked again."""
    answered = Question.objects.filter(state="answered").order_by("-answered_at")
    old = list(answered.values_list("pk", flat=True)[QUESTIONS_KEPT:])
    if old:
        for model in TABLES.values():
            model.objects.filter(question__in=old).delete()
        Question.objects.filter(pk__in=old).update(state="forgotten", rows=None)
