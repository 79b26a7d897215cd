"""One run at work: derive, set beside what was kept, find why rows vanished, keep the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

import pyarrow as pa
import pyarrow.compute as pc

from sizao.obligations.changed import Between
from sizao.obligations.derive import derive
from sizao.obligations.reach import of_triggers, triggers_touched
from sizao.obligations.schema import RESULTS
from sizao.obligations.touched import changed_keys, touched_by
from sizao.obligations.withdrawn import withdrawals
from sizao.terms.time import local_day
from sizao_web.records.ledger import cases, keeping, sealing
from sizao_web.records.ledger.access import keep_access
from sizao_web.records.ledger.changes import (
    changes_of_touched,
    changes_of_whole,
    counts_of_all,
    counts_of_changes,
)
from sizao_web.records.ledger.completing import FACTS as COMPLETING
from sizao_web.records.ledger.completing import completion, sights_ended
from sizao_web.records.ledger.mirror import Mirror
from sizao_web.records.ledger.tables import COUNTS, KEPT, plain
from sizao_web.records.ledger.texts import InForce, changed_rules
from sizao_web.records.models import Run
from sizao_web.records.reading.pack import SEEN_FOR, number_of
from sizao_web.settings.clock import now

Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class Work:
    """What a run works with. last: the run before; as_of: this one's moment, UTC without a zone mark."""

    mirror: Mirror
    last: Run | None
    as_of: datetime
    texts: InForce

    @property
    def anything_arrived(self) -> bool:
        """Whether there is a fact that the last run had not before it, or no run yet."""
        last = self.last
        begins = last is None or not last.facts_until or last.texts != self.texts.digest
        return begins or self.mirror.arrived.num_rows > 0


def run_whole(work: Work) -> Run:
    """Everything from the horizon on."""
    return _keep(work, None)


def run_touched(work: Work) -> Run | None:
    """Whom something touched since the last run; None when nothing did."""
    last = work.last
    restored = last is None or not last.facts_until
    if last is None or restored or last.texts != work.texts.digest or _bare(last.as_of) > work.as_of:
        return run_whole(work)
    subjects = _subjects(work, last)
    return _keep(work, subjects) if subjects.num_rows else None


def _subjects(work: Work, last: Run) -> pa.Table:
    """Whom facts that arrived or time that passed since the last run may touch."""
    session, policy, as_of = work.mirror.session, work.texts.policy, work.as_of
    between = Between(_bare(last.known_by), as_of, _bare(last.as_of), as_of)
    session.bind("arrived", work.mirror.arrived)
    changed = session.run(changed_keys(policy, between, beside=COMPLETING), ordered=False)["changed"]
    ended = sights_ended(between, seen_for=_seen_for(work), zone=policy.zone)
    changed = pa.concat_tables([changed, session.run(ended, ordered=False)["changed"]])
    session.bind("changed", changed)
    facts = pc.unique(changed["fact"]).to_pylist()
    query = touched_by(policy, facts, between, empty=work.mirror.empty, uncorrected=work.mirror.uncorrected)
    return session.run(query, ordered=False)["touched_subjects"]


def _seen_for(work: Work) -> float | None:
    """For how many days a place still sees somebody who was there."""
    policy = work.texts.policy
    return number_of(policy, SEEN_FOR, local_day(work.as_of, policy.zone))


def _keep(work: Work, subjects: pa.Table | None) -> Run:
    """Derive about the subjects, or everybody (None), and keep the difference. One transaction's work."""
    began, clock = now(), perf_counter()
    session = work.mirror.session
    if subjects is not None:
        session.bind("touched_subjects", subjects)
    access = _answer(work, touched=subjects is not None)
    changes = changes_of_whole() if subjects is None else changes_of_touched()
    found = session.run(changes, ordered=False)
    gone = {name: found[f"gone_{name}"] for name in KEPT}
    new = {name: found[f"new_{name}"].cast(plain(kept.schema)) for name, kept in KEPT.items()}
    over, causes = _vanished(work, gone["obligations"])
    run = _recorded(work, began, subjects, new, causes)
    sealing.unseal(new["obligations"])
    keeping.keep(run, gone, new)
    keeping.withdraw(run, causes)
    run.rows_sealed = sealing.seal(run, over)
    if subjects is None:
        run.rows_sealed += sealing.seal_withdrawn(run, work.texts.policy)
    if subjects is None or cases.matter(work.mirror.arrived):
        zone = work.texts.policy.zone
        cases.keep(run, cases.cases(session, as_of=work.as_of, known_by=work.as_of, zone=zone))
    keep_access(access, subjects)
    _count(work, gone["obligations"], new["obligations"], whole=subjects is None)
    work.mirror.keep(run, gone, new)
    work.mirror.texts = work.texts.policy
    session.unbind(*(kept.after for kept in KEPT.values()), *_PASSING)
    run.seconds = perf_counter() - clock
    run.save(update_fields=["seconds", "rows_sealed"])
    return run


def _answer(work: Work, *, touched: bool) -> pa.Table:
    """Bind <name>_after; answer the rows of access."""
    mirror, session = work.mirror, work.mirror.session
    policy = work.texts.policy
    if touched:
        triggers = session.run(triggers_touched(policy), ordered=False)["triggers"]
        policy = of_triggers(policy, triggers["trigger"].to_pylist())
    query = derive(
        policy,
        as_of=work.as_of,
        known_by=work.as_of,
        touched=touched,
        empty=mirror.empty,
        uncorrected=mirror.uncorrected,
    )
    answer = session.run(query, ordered=False)
    session.bind("obligations", answer["obligations"])
    query = completion(
        as_of=work.as_of,
        known_by=work.as_of,
        zone=work.texts.policy.zone,
        seen_for=_seen_for(work),
        plain=mirror.empty | mirror.uncorrected,
        touched=touched,
    )
    completed = session.run(query, ordered=False)
    after = {**answer, "obligations": completed["completed"]}
    for name, kept in KEPT.items():
        session.bind(kept.after, after[name].select(kept.columns))
    return completed["access"]


def _vanished(work: Work, gone: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Rows that left the horizon; of the others obligation_id, why and by."""
    session, last = work.mirror.session, work.last
    if not gone.num_rows or last is None:
        return gone, pa.table({name: pa.array([], pa.string()) for name in ("obligation_id", "why", "by")})
    session.bind("gone", gone)
    parted = session.run(sealing.over(work.texts.policy, work.as_of), ordered=False)
    session.bind("gone", parted["vanished"].select(RESULTS["obligations"].names))
    session.bind("arrived", work.mirror.arrived)
    query = withdrawals(
        work.texts.policy,
        changed_rules=changed_rules(work.mirror.texts, work.texts.policy, last.texts, work.texts.digest),
        known_from=_bare(last.known_by),
        known_to=max(work.as_of, _bare(last.known_by)),
    )
    return parted["over"], session.run(query, ordered=False)["withdrawals"]


def _recorded(work: Work, began: datetime, subjects: pa.Table | None, new: Tables, causes: pa.Table) -> Run:
    moment = work.as_of.replace(tzinfo=UTC)
    return Run.objects.create(
        kind="whole" if subjects is None else "touched",
        as_of=moment,
        known_by=moment,
        facts_until=str(work.mirror.snapshot),
        pack=work.texts.policy.pack,
        pack_digest=work.texts.policy.digest,
        texts=work.texts.digest,
        subjects=None if subjects is None else subjects.num_rows,
        rows_changed=sum(rows.num_rows for rows in new.values()),
        rows_withdrawn=causes.num_rows,
        rows_sealed=0,
        began_at=began,
        seconds=0.0,
    )


def _count(work: Work, gone: pa.Table, new: pa.Table, *, whole: bool) -> None:
    session = work.mirror.session
    if not whole:
        session.bind("gone_obligations", gone)
        session.bind("new_obligations", new)
    found = session.run(counts_of_all() if whole else counts_of_changes(), ordered=False)
    keeping.keep_counts(found["gone"], found["new"])
    work.mirror.replace(COUNTS, found["gone"], found["new"])


_PASSING = ("obligations", "gone", "gone_obligations", "new_obligations")
"""Tables bound for one run only."""


def _bare(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
