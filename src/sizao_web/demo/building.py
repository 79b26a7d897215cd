"""Fill the database of a demonstration: real cases of 2020, an invented district, the policy in force.

Run again it changes nothing: every fact has its natural key, every name is there already.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count

from sizao.facts.completion import Defaults, complete
from sizao.facts.dictionary import FACTS, fact
from sizao.facts.schemas import arrow_schema
from sizao.intake.loading import plan_batch
from sizao.policy.model import Policy
from sizao.terms.time import local_day, midnight
from sizao.terms.words import Words
from sizao_web.demo.city_files import CORRECTIONS, PROPOSED_BECAUSE, SOURCE, CityFile, city
from sizao_web.demo.drawing import gate
from sizao_web.demo.partners import make_partner
from sizao_web.demo.personas import make_personas
from sizao_web.records.access.persons import sees_person
from sizao_web.records.access.scope import Scope, enter
from sizao_web.records.actions.declare_arrival import Declared, declare_arrival, number_of
from sizao_web.records.actions.declare_oneself import Said, declare_oneself
from sizao_web.records.actions.keep_photo import keep_photo
from sizao_web.records.actions.propose import propose
from sizao_web.records.actions.record_identity import record_identity
from sizao_web.records.actions.take_in_sheet import take_in_rows, take_in_sheets
from sizao_web.records.ledger import runs
from sizao_web.records.ledger.proposed import compare_proposal
from sizao_web.records.ledger.texts import pack
from sizao_web.records.matching.comparing import compare_all
from sizao_web.records.models import FACT_MODELS, Obligation, Proposal, Standing, TooLate, Unknown
from sizao_web.records.reading.own import declared
from sizao_web.records.watch.charts import draw
from sizao_web.settings.clock import bare, now

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "taiwan-2020" / "taiwan.yaml"
CITY = Scope("demo", "command", "drill", "office/drill/command", "epidemic_control")
COMMISSION = Scope(
    "health-commission",
    "health_commission",
    "drill/harbour",
    "office/drill/harbour/health_commission",
    "epidemic_control",
)
INSPECTORS = Scope(
    "supervision", "supervision", "drill/harbour", "office/drill/harbour/supervision", "supervision"
)
STATION = Scope("station", "port_health", "drill", "office/drill/port_health", "epidemic_control")
RESIDENT = Scope("resident", "resident", "drill/harbour/quay/sail", None, "own_affairs", ("H20-1",))
TRAVELLERS = (
    ("钟演帆", "neighbour/north", "drill/harbour/quay/sail", "000-0900-0000"),
    ("林演江", "far", "drill/harbour/hill/orchard", "000-0131-1221"),
)
"""Name, where from, where to, telephone: the one from an area graded medium, the other from where no grade is
known; the other may be H13-1, who lives here."""
RECEIPTS = "receipts"

Progress = Callable[[Words], None]


class NotHere(Exception):
    """A demonstration is never made where real people's data may be."""


def build(progress: Progress = lambda said: None) -> dict[str, Any]:
    """Make or complete the demonstration; answers named counts. Works as the owner of the tables.

    facts: rows of every fact; obligations: verb -> status -> rows; withdrawn, standing, unknown, too_late;
    input: sheet -> sent, stored, merged, rejected. `progress` is told each part as it begins.
    """
    if settings.SIZAO.production:
        raise NotHere("SIZAO_MODE is production: a demonstration is not made here. Set SIZAO_MODE=demo.")
    progress(Words("建表和权限", "tables and access rules"))
    call_command("migrate", verbosity=0, interactive=False)
    make_personas()
    moment = now()
    files = {one.name: one for one in city(settings.SIZAO.zone, moment)}
    late = files.pop(CORRECTIONS)
    outcome: dict[str, dict[str, int]] = {}
    progress(Words("2020年的真实病例", "real cases of 2020"))
    with _worker():
        outcome |= _sheets(moment)
    progress(Words("虚构的港湾区", "the invented Harbour district"))
    with _worker():
        for one in (*files.values(), _adoptions(moment)):
            outcome |= _rows(moment, one)
    make_partner(moment)
    progress(Words("推导义务", "deriving obligations"))
    _ledger()
    progress(Words("虚构的姓名", "invented names"))
    _names([name for one in files.values() for name in one.names], moment)
    progress(Words("昨夜的更正", "last night's corrections"))
    with _worker():
        corrected = _rows(moment, late)
    if any(rows["stored"] for rows in corrected.values()):
        _ledger()
    progress(Words("今早到站的人", "who came on the morning train"))
    _declared(moment)
    _travellers(moment)
    with _worker():
        compare_all(moment)
        draw(moment)
    progress(Words("一件等待决定的报批", "a proposal that waits for a decision"))
    _proposal(moment)
    _photo(moment)
    runs.forget()
    return {**counts(), "input": outcome | corrected}


def counts() -> dict[str, Any]:
    """Rows of every fact, and of the ledger."""
    found: dict[str, Counter[str]] = {}
    live = Obligation.objects.filter(withdrawn_at__isnull=True)
    for row in live.values("verb", "status").annotate(rows=Count("pk")).order_by("verb", "status"):
        found.setdefault(row["verb"], Counter())[row["status"]] = row["rows"]
    return {
        "facts": {name: FACT_MODELS[name]._default_manager.count() for name in FACTS},
        "obligations": {verb: dict(by_status) for verb, by_status in found.items()},
        "withdrawn": Obligation.objects.filter(withdrawn_at__isnull=False).count(),
        "standing": Standing.objects.count(),
        "unknown": Unknown.objects.count(),
        "too_late": TooLate.objects.count(),
    }


@contextmanager
def _worker() -> Iterator[None]:
    """One transaction as the worker, who may take in what many offices gave."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE sizao_worker")
        yield


def _sheets(moment: datetime) -> dict[str, dict[str, int]]:
    receipts = take_in_sheets(CITY, moment, plan_batch(EXAMPLE))
    folder = settings.SIZAO.data / RECEIPTS
    folder.mkdir(parents=True, exist_ok=True)
    for one in receipts:
        file = folder / one.file_name()
        if not file.exists():  # the first receipt of a sheet is never replaced
            text = json.dumps(one.record(), ensure_ascii=False, indent=2, default=str)
            file.write_text(text, encoding="utf-8")
    return {one.sheet: one.rows.record() for one in receipts}


def _rows(moment: datetime, one: CityFile) -> dict[str, dict[str, int]]:
    found = take_in_rows(CITY, moment, one.name, one.tables)
    return {
        f"{one.name}#{name}": {
            "sent": one.tables[name].num_rows,
            "stored": stored.stored,
            "merged": stored.merged,
            "rejected": len(stored.refused),
        }
        for name, stored in found.items()
    }


def _adoptions(moment: datetime) -> CityFile:
    """Every text of the pack, decided and approved by two invented officials two days before it begins."""
    policy = pack()
    rows = [
        _adoption(policy, version.rule, version.digest, version.in_force_from)
        for version in policy.versions()
    ]
    schema = arrow_schema("adoptions")
    columns = {key: pa.array([row[key] for row in rows], schema.field(key).type) for key in rows[0]}
    columns["recorded_at"] = pa.array([bare(moment)] * len(rows), schema.field("recorded_at").type)
    table, problems = complete(fact("adoptions"), pa.table(columns), Defaults(settings.SIZAO.zone, "drill"))
    if problems:
        raise RuntimeError("; ".join(words.en for _, words in problems))
    return CityFile(policy.pack, {"adoptions": table}, ())


def _adoption(policy: Policy, rule: str, digest: str, in_force_from: Any) -> dict[str, Any]:
    decided = midnight(in_force_from - timedelta(days=2), policy.zone) + timedelta(hours=10)
    return {
        "pack": policy.pack,
        "rule": rule,
        "version": digest,
        "adopted_by": "official-a-invented",
        "approved_by": "official-b-invented",
        "happened_at": decided,
        "known_at": decided,
        "source_system": SOURCE,
        "recorded_by": "demo",
        "source_record": f"{policy.pack}/{rule}/{digest}",
        "history": True,
        "derived": False,
    }


def _ledger() -> None:
    """Bring the ledger up to now; the first time that is a whole run."""
    runs.touched(now())


def _proposal(moment: datetime) -> None:
    """A neighbour city announced a grade; the district's commission proposes that it counts here."""
    if Proposal.objects.exists():
        return
    first = local_day(bare(moment), settings.SIZAO.zone) - timedelta(days=6)
    grade = {
        "graded": "neighbour/south",
        "grade": "medium",
        "from_on": first,
        "counts_upward": False,
        "announced_by": "office/neighbour/command",
    }
    with transaction.atomic():
        enter(COMMISSION)
        made = propose(
            COMMISSION,
            moment,
            "area_grades",
            [grade],
            effect_at=midnight(first, settings.SIZAO.zone).replace(tzinfo=UTC),
            reason=PROPOSED_BECAUSE,
        )
    compare_proposal(made.pk)


def _photo(moment: datetime) -> None:
    """The photograph of a gate without a thermometer, drawn and not taken."""
    with transaction.atomic():
        enter(INSPECTORS)
        where = {"place": "market/harbour", "area": "drill/harbour/quay/sail"}
        keep_photo(INSPECTORS, moment, gate(), finding="finding/harbour-4", stage="found", **where)


def _travellers(moment: datetime) -> None:
    """Two invented people whom the team at the station has taken down and not handed over yet."""
    today = local_day(bare(moment), settings.SIZAO.zone)
    with transaction.atomic():
        enter(STATION)
        for number, (name, origin, staying, telephone) in enumerate(TRAVELLERS):
            form = f"00000000-0000-4000-8000-{number + 1:012d}"
            if sees_person(STATION, number_of(form)):
                continue
            said = Declared(
                person=None, name=name, document=f"000000-{10 + number * 37}（虚构）",
                telephone=telephone,
                arrived_on=today, origin=origin, origin_country=None, stayed_from=today - timedelta(days=20),
                conveyance="train", conveyance_number="G0000（虚构）", seat=f"7车0{number + 4}A",
                staying_in=staying, symptoms=False, code_scanned=True,
            )  # fmt: skip
            declare_arrival(STATION, moment, said, form=form)
    _ledger()


def _declared(moment: datetime) -> None:
    """What a resident declared on their own page."""
    with transaction.atomic():
        enter(RESIDENT)
        if not declared(RESIDENT, moment):
            declare_oneself(RESIDENT, moment, Said(UUID(int=20), "H20-1", ("community",), False))


def _names(names: list[Any], moment: datetime) -> None:
    with transaction.atomic():
        enter(CITY)
        for one in names:
            record_identity(
                CITY, moment, one.person, name=one.name, telephone=one.telephone, address=one.address
            )
