"""Small worlds under the shipped pack, what derive answers about them, and what the ledger keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, TextField, When

from equality.engine import tables
from reference.histories import Batch, Facts, batch
from shell.ledger.recorded import adoptions, link
from sizao.obligations.derive import derive
from sizao.obligations.schema import RESULTS
from sizao.store.running import run
from sizao_web.records.models import Count, Obligation, PersonAccess, Standing, TooLate, Unknown

LONG_AGO = datetime(2020, 1, 1)
MODELS = {"obligations": Obligation, "standing": Standing, "unknown": Unknown, "too_late": TooLate}


def history(seed: int) -> Batch:
    """Some small worlds under the shipped pack, all of whose texts are adopted."""
    return batch("training", seed, 2)


def facts_of(drawn: Batch) -> Facts:
    """The facts of the worlds, with people handed from office to office in the last days."""
    facts = drawn.together()
    return {**facts, **handed_over(drawn, facts), "adoptions": adoptions(drawn.policy, LONG_AGO)}


def handed_over(drawn: Batch, facts: Facts) -> Facts:
    """Twenty offers, two thirds of them accepted, now and then by an office that was not asked."""
    chance = Random(drawn.as_of.toordinal())
    persons = sorted({row["person"] for row in facts["arrivals"]})
    offices = sorted({row["office"] for row in facts["offices"]})
    offers, acceptances = [], []
    for number in range(20):
        name, person = f"h{number}", chance.choice(persons)
        giver, receiver, other = chance.sample(offices, 3)
        at = drawn.as_of - timedelta(hours=chance.randint(0, 72))
        own = {"hand_over": name, "person": person, "from_office": giver, "to_office": receiver}
        offers.append(link("hand_overs", at, name, **own, offered_at=at))
        if number % 3:
            taken = at + timedelta(hours=chance.randint(-2, 20))
            office = other if number % 5 == 0 else receiver
            own = {"hand_over": name, "person": person, "accepted_office": office, "accepted_at": taken}
            acceptances.append(link("hand_over_acceptances", max(taken, at), name, **own))
    return {"hand_overs": offers, "hand_over_acceptances": acceptances}


def kept(name: str) -> list[tuple[Any, ...]]:
    """The rows of the ledger, in the columns of derive."""
    found = MODELS[name].objects.all()
    if name == "obligations":
        found = found.filter(withdrawn_at=None)
    return sorted(
        (tuple(_bare(getattr(row, column)) for column in RESULTS[name].names) for row in found), key=str
    )


def _bare(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def derived(drawn: Batch, as_of: datetime) -> dict[str, list[tuple[Any, ...]]]:
    answer = run(derive(drawn.policy, as_of=as_of, known_by=as_of), tables(facts_of(drawn)))
    rows = {name: table.to_pylist() for name, table in answer.items()}
    for row in rows["obligations"]:
        if row["in_place"]:
            row["covered_until"] = None  # it is as_of itself, and the ledger does not keep that
    return {name: sorted((tuple(row.values()) for row in found), key=str) for name, found in rows.items()}


def aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


def late_arrivals(facts: Facts, steps: list[datetime], seed: int) -> list[Facts]:
    """For each run the rows that arrive before it: a third of them one or two runs late, in no order."""
    arrivals: list[Facts] = [{} for _ in steps]
    last = len(steps) - 1
    for name, links in facts.items():
        for number, one in enumerate(links):
            due = next((place for place, step in enumerate(steps) if one["known_at"] <= step), last)
            late = 0 if name == "adoptions" or (number + seed) % 3 else (number // 3) % 3
            arrivals[min(due + late, last)].setdefault(name, []).append(one)
    return arrivals


KINDS = ("area", "responsible", "done_by", "about_kind", "rule", "verb", "sector", "status", "owned")


def counted() -> dict[tuple[Any, ...], int]:
    """What the table of counts says."""
    found = Count.objects.values_list(*KINDS, "about", "rows")
    return {row[:-1]: row[-1] for row in found}


def counts_of_rows() -> dict[tuple[Any, ...], int]:
    """What counting the rows says."""
    of_what = Case(When(~Q(about_kind="person"), then=F("about")), output_field=TextField())
    live = Obligation.objects.filter(withdrawn_at=None).annotate(of_what=of_what)
    found = live.values_list(*KINDS, "of_what").annotate(number=models.Count("pk")).order_by()
    return {row[:-1]: row[-1] for row in found}


def seen_by() -> set[tuple[Any, ...]]:
    return set(PersonAccess.objects.values_list("person", "area", "organisation"))
