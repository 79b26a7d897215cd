"""How a delivery ends: counted and receipted, answered as the one before it, or refused whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Func

from sizao.intake.mapping import Mapping as SheetMapping
from sizao.intake.problems import Problem
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.deliveries import receipts
from sizao_web.records.models import Delivery
from sizao_web.records.writing import wake_ledger


def answered_before(one: Delivery, content: str, moment: datetime) -> bool:
    """Whether the same rows came before, perhaps in another order or under another name: the same receipt
    then."""
    with transaction.atomic():
        earlier = (
            Delivery.objects.filter(
                source_system=one.source_system,
                content=content,
                fact=one.fact,
                mapping=one.mapping,
                account=one.account,
                state="stored",
            )
            .exclude(pk=one.pk)
            .order_by("received_at")
            .first()
        )
        if earlier is None:
            return False
        # Locked: where its rows wait it is settled once more, and those that are the same with it.
        earlier = Delivery.objects.select_for_update().get(pk=earlier.same_as or earlier.pk)
        Delivery.objects.filter(pk=one.pk).update(
            state="stored",
            same_as=earlier.pk,
            content=content,
            receipt=earlier.receipt,
            sent=earlier.sent,
            stored=earlier.stored,
            merged=earlier.merged,
            rejected=earlier.rejected,
            waiting=earlier.waiting,
            blank=earlier.blank,
            finished_at=moment,
        )
        return True


def counts(delivery: str) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Rows and facts of a delivery by outcome. A row counts as stored when one of its facts was new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT best, count(*) FROM (SELECT min(best) AS best FROM ("
            "SELECT unnest(lines) AS line, 1 AS best FROM delivery_stored WHERE delivery_id = %s UNION ALL"
            " SELECT line, CASE outcome WHEN 'merged' THEN 2 WHEN 'rejected' THEN 3 WHEN 'waiting' THEN 5"
            " ELSE 4 END"
            " FROM delivery_row WHERE delivery_id = %s) AS facts GROUP BY line) AS rows GROUP BY best",
            [delivery, delivery],
        )
        by = dict(cursor.fetchall())
        cursor.execute(
            "SELECT fact, 'stored', sum(cardinality(lines)) FROM delivery_stored WHERE delivery_id = %s"
            " GROUP BY fact UNION ALL"
            " SELECT fact, outcome, count(*) FROM delivery_row WHERE delivery_id = %s AND fact IS NOT NULL"
            " GROUP BY fact, outcome ORDER BY 1, 2",
            [delivery, delivery],
        )
        facts: dict[str, dict[str, int]] = {}
        for fact, outcome, count in cursor.fetchall():
            facts.setdefault(fact, {})[outcome] = int(count)
    rows = {
        "stored": by.get(1, 0),
        "merged": by.get(2, 0),
        "rejected": by.get(3, 0) + by.get(4, 0),
        "conflict": by.get(4, 0),
        "waiting": by.get(5, 0),
    }
    return {"sent": sum(rows.values()) - rows["conflict"], **rows}, facts


def finish(one: Delivery, scope: Scope, mapping: SheetMapping, moment: datetime) -> None:
    """Write the receipt of a delivery whose rows are all stored, unless another job did."""
    with transaction.atomic():
        locked = Delivery.objects.select_for_update().get(pk=one.pk)
        if locked.state != "storing":
            return
        settle(locked, scope, moment, mapping.name)


def settle(one: Delivery, scope: Scope, moment: datetime, mapping_name: str) -> None:
    """Count the rows of a delivery and write its receipt; where rows wait, see to it that the ledger runs.

    Deliveries that brought the same rows have the same receipt.
    """
    rows, facts = counts(str(one.pk))
    if rows["sent"] != one.sent:
        raise RuntimeError(f"{one.pk}: {one.sent} rows were sent, and {rows['sent']} have an outcome.")
    stated = {
        "delivery": str(one.pk),
        "name": one.name,
        "sha256": one.sha256,
        "content": one.content,
        "received_at": one.received_at.isoformat(),
        "finished_at": moment.isoformat(),
        "source_system": one.source_system,
        "mapping": mapping_name,
        "blank_lines": one.blank,
        "rows": rows,
        "facts": facts,
    }
    if one.receipt:
        stated["follows"] = json.loads(one.receipt)["signature"]
    told = {
        **{name: rows[name] for name in ("stored", "merged", "rejected", "waiting")},
        "receipt": receipts.signed(stated),
        "finished_at": moment,
    }
    Delivery.objects.filter(pk=one.pk).update(
        state="stored",
        waits_in=Func(function="pg_current_xact_id") if rows["waiting"] else None,
        **told,
    )
    Delivery.objects.filter(same_as=one.pk, state="stored").update(**told)
    if rows["waiting"]:
        # The facts of this file may have been followed already: without another job no run would come.
        wake_ledger()
    audit.note(scope, moment, "store", "delivery", [str(one.pk)], one.request)


def refuse(one: Delivery, problems: Sequence[Problem], moment: datetime) -> None:
    """Nothing of a refused file is stored: it is read to its end before its first row is."""
    Delivery.objects.filter(pk=one.pk, state="waiting").update(
        state="refused", problems=[problem.record() for problem in problems[:100]], finished_at=moment
    )
