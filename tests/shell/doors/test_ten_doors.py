"""Through no door can a restriction be set on a person without rule, record, end and appeal (Zhengzhou,
2022).

1,317 people were coded red there to keep them from travelling. Each door below is tried with one attempt or
several. After each, what binds people is what it was; after all of them a run of the ledger over everything
that the attempts left binds nobody who was not bound.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from shell.doors import files, machines
from shell.doors.hand import FREE, Hand, sql, standing, values_of
from shell.ledger.recorded import record
from shell.ledger.world import aware, derived, facts_of, history, kept
from sizao.cli.running import run as command
from sizao_web.records.access.scope import enter, scope_of
from sizao_web.records.actions.decide_proposal import decide_proposal
from sizao_web.records.actions.propose import NotAllowed, Refused, propose
from sizao_web.records.actions.record_facts import record_facts
from sizao_web.records.ledger import runs
from sizao_web.records.ledger.grounds import groundless
from sizao_web.records.ledger.restoring import renumber
from sizao_web.records.matching.known import canonical, same_persons
from sizao_web.records.models import FACT_MODELS, Alarm, AuditEntry, Obligation, Proposal, Run, Standing
from sizao_web.records.watch.watching import watch
from sizao_web.records.writing import Given


def under(scope: Any, statement: str) -> None:
    """A statement smuggled into a page of somebody."""
    enter(scope)
    sql(statement)


def rogue(moment: Any, rows: str = "f" * 32) -> None:
    """What somebody with the jobs' rights could write."""
    sql(
        "INSERT INTO ledger_standing (person, place, until, rows, row_count, changed_in_id)"
        " VALUES (%s, 'central', %s, %s, 1, %s)",
        FREE, moment + timedelta(days=14), rows, Run.objects.latest("pk").pk,
    )  # fmt: skip


def rogue_obligation(moment: Any) -> str:
    """A whole row of a true rule, copied from somebody else's, about the one who is to be kept at home."""
    one = Obligation.objects.filter(restricts=True, about_kind="person", withdrawn_at__isnull=True).first()
    assert one is not None
    one.pk = one.obligation_id = "f" * 32
    one.about, one.closes_at, one.trigger_key = FREE, moment + timedelta(days=14), "e" * 32
    one.save(force_insert=True)
    return str(one.obligation_id)


# -- pages -----------------------------------------------------------------------------------------


def entry_forms(hand: Hand) -> None:
    chief = hand.browser("command")
    for name in ("standing", "obligations", "ledger_standing", "codes"):
        assert chief.get(f"/facts/{name}/new/").status_code == 404
        assert chief.post(f"/facts/{name}/new/", {"person": FREE, "place": "central"}).status_code == 404


def an_order_alone(hand: Hand) -> None:
    """What an authority wrote is a fact; no rule of the pack binds the one it was written about."""
    with hand.under("cdc") as scope:
        order = {"order": "o1", "person": FREE, "place": "central", "ground_rule": "contact-quarantine"}
        days = {"from_on": date(2020, 11, 1), "until_on": date(2020, 12, 1)}
        order = {**order, **days, "appeal_to": "office/2"}
        assert record_facts(scope, hand.moment, [Given("orders", order, str(uuid4()))]).stored


def corrections_of_records(hand: Hand) -> None:
    """A designation of somebody else, moved to the one who is to be kept at home."""
    row = FACT_MODELS["designations"]._default_manager.filter(action="record").first()
    assert row is not None
    values = {**values_of("designations", row), "person": FREE}
    with hand.under("cdc") as scope:
        for action in ("replace", "retract"):
            moved = Given(
                "designations", values, row.source_record, source_version=2, action=action,
                reason="mistake", source_system=row.source_system, area=row.area,
            )  # fmt: skip
            with pytest.raises((NotAllowed, Refused)):
                record_facts(scope, hand.moment, [moved])


def decisions_of_two_by_one(hand: Hand) -> None:
    for fact in ("adoptions", "waivers", "standing_instructions"):
        row = FACT_MODELS[fact]._default_manager.filter(action="record").first()
        values = values_of(fact, row)
        with hand.under("command") as scope:
            for action in ("record", "replace", "retract"):
                link = {} if action == "record" else {"source_version": 2, "reason": "mistake"}
                one = Given(fact, values, getattr(row, "source_record", "x"), action=action, **link)
                with pytest.raises((NotAllowed, Refused)):
                    record_facts(scope, hand.moment, [one])


def proposals(hand: Hand) -> None:
    for kind in ("standing", "orders", "designations", "pack"):
        with hand.under("command") as scope, pytest.raises(NotAllowed):
            propose(scope, hand.moment, kind, [{"person": FREE}], effect_at=hand.moment, reason="stay home")


def waivers_of_two(hand: Hand) -> None:
    """A waiver that two offices decide relieves somebody; about the free one there is nothing to waive."""
    facts = {"obligation": None, "rule": "contact-quarantine", "about": FREE, "ground": "medical"}
    facts |= {"from_at": hand.moment, "until_at": hand.moment + timedelta(days=2)}
    with hand.under("health_commission", "office/hc") as scope:
        made = propose(scope, hand.moment, "waivers", [facts], effect_at=hand.moment, reason="stay home")
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    Proposal.objects.filter(pk=made.pk).update(state="compared")
    with hand.under("command", "office/command") as scope, suppress(NotAllowed):
        decide_proposal(scope, hand.moment, Proposal.objects.get(pk=made.pk), "approved", "")


def hand_overs(hand: Hand) -> None:
    """Whoever holds a person may offer them, and whom it was offered to may take them; neither binds them."""
    own = {"hand_over": "h", "person": FREE}
    offer = {**own, "from_office": "office/1", "to_office": "office/2", "offered_at": hand.moment}

    def taking(office: str) -> Given:
        taken = {**own, "accepted_office": office, "accepted_at": hand.moment}
        return Given("hand_over_acceptances", taken, str(uuid4()))

    with hand.under("site", "office/site") as scope, pytest.raises(NotAllowed):
        record_facts(scope, hand.moment, [Given("hand_overs", offer, str(uuid4()))])
    with hand.under("cdc") as scope:
        assert record_facts(scope, hand.moment, [Given("hand_overs", offer, str(uuid4()))]).stored
    with hand.under("site", "office/site") as scope:
        for office in ("office/site", "office/2"):
            with pytest.raises(NotAllowed):
                record_facts(scope, hand.moment, [taking(office)])
    with hand.under("site", "office/2") as scope:
        assert record_facts(scope, hand.moment, [taking("office/2")]).stored


# -- files, machines, commands ---------------------------------------------------------------------


def sheets(hand: Hand) -> None:
    sheet = hand.folder / "red.csv"
    sheet.write_text(f"person,place,until\n{FREE},central,2020-12-31\n", encoding="utf-8")
    for fact in ("standing", "obligations", "codes"):
        assert command(["intake", str(sheet), "--as", fact, "--into", str(hand.folder / "facts")], {}) == 1


def machines_and_administration_sites(hand: Hand) -> None:
    administrator = hand.browser("administrator")
    for address in ("/api/v1/standing", "/api/v1/facts/standing", "/api/standing/", "/admin/"):
        for verb in ("get", "post", "put", "patch"):
            answer = getattr(administrator, verb)(address, {"person": FREE, "place": "central"})
            assert answer.status_code in (401, 403, 404, 405, 415, 422), (verb, address)


def commands(hand: Hand) -> None:
    for words in (["standing", "set", FREE], ["restrict", FREE], ["codes", "set", FREE, "red"]):
        assert command(words, {}) != 0, words


def routes_of_the_demonstration(hand: Hand) -> None:
    chief = hand.browser("command")
    for typed in ({"person": FREE, "standing": "red"}, {"username": FREE}, {}):
        assert chief.post("/demo/personas/", typed).status_code in (302, 400, 403, 404, 422)


# -- the pages' role, jobs -------------------------------------------------------------------------

BY_HAND = (
    (
        "INSERT INTO ledger_standing (person, place, until, rows, row_count, changed_in_id)"
        " VALUES ('{free}', 'central', now(), 'x', 1, {run})"
    ),
    "UPDATE ledger_standing SET person = '{free}'",
    "UPDATE ledger_standing SET until = until + interval '1 year'",
    "UPDATE ledger_obligation SET about = '{free}'",
    "INSERT INTO ledger_obligation SELECT * FROM ledger_obligation LIMIT 1",
    "INSERT INTO ledger_run DEFAULT VALUES",
    "UPDATE fact_designations SET person = '{free}'",
    "DELETE FROM fact_waivers",
    "UPDATE fact_adoptions SET rule = 'mine'",
    "ALTER TABLE ledger_standing DISABLE ROW LEVEL SECURITY",
    "CREATE RULE mine AS ON SELECT TO ledger_run DO INSTEAD NOTHING",
)  # fmt: skip


def the_pages_login(hand: Hand) -> None:
    scope = scope_of(hand.make("command", "drill", "office/1", "smuggler").assignments.get())
    run = Run.objects.latest("pk").pk
    for statement in BY_HAND:
        with pytest.raises(ProgrammingError) as refused, transaction.atomic():
            under(scope, statement.format(free=FREE, run=run))
        assert refused.value.__cause__.sqlstate in ("42501", "42809"), statement  # type: ignore[union-attr]


def jobs_replayed_or_invented(hand: Hand) -> None:
    from procrastinate.contrib.django import app

    with hand.under("command"):
        for name, said in (("ledger.touch", {}), ("ledger.restrict", {"person": FREE})):
            app.configure_task(name, allow_unknown=True, queue="ledger").defer(**said)
        with pytest.raises(DatabaseError), transaction.atomic():
            sql("UPDATE procrastinate_jobs SET args = '{}'")
    assert "ledger.restrict" not in app.tasks, "the worker fails a job that it does not know"


DOORS: tuple[Callable[[Hand], None], ...] = (
    entry_forms,
    an_order_alone,
    corrections_of_records,
    decisions_of_two_by_one,
    proposals,
    waivers_of_two,
    hand_overs,
    sheets,
    machines_and_administration_sites,
    commands,
    routes_of_the_demonstration,
    the_pages_login,
    jobs_replayed_or_invented,
    *machines.DOORS,
    *files.DOORS,
)
"""Tried one after the other; three more have tests of their own below: the jobs' role, a backup, the files of
the pack."""
LOCKS = {**machines.LOCKS, **files.LOCKS}
"""What is taken off for the planted controls, by the name of its door."""


def test_through_no_door_is_a_restriction_set(
    city: Any,
    moment: Any,
    person_in_office: Any,
    as_scope: Any,
    browser: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sizao_web.gateway.door.now", lambda: moment)
    before = standing()
    hand = Hand(moment, person_in_office, as_scope, browser, tmp_path)
    for door in DOORS:
        door(hand)
        sql("RESET ROLE")
        assert standing() == before, door.__name__
    capsys.readouterr()
    assert not unnoticed(hand, monkeypatch), "control: each lock of machines and files, taken off"
    for _ in range(2):  # and the job once more
        runs.touched(moment + timedelta(seconds=1))
        assert [row for row in standing() if row[0] == FREE] == []
    assert {person for person, *_ in standing()} <= {person for person, *_ in before}
    assert groundless() == 0
    done = set(AuditEntry.objects.values_list("deed", "what"))
    assert {("record", "hand_overs"), ("propose", "waivers")} <= done, "what was taken is in the audit"


def unnoticed(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The locks that could be taken off without the door's own attempts noticing it."""
    found = []
    for holds, (door, take_off) in LOCKS.items():
        with transaction.atomic(), monkeypatch.context() as patch:
            take_off(patch)
            try:
                door(hand)
            except (AssertionError, pytest.fail.Exception):
                pass
            else:
                found.append(holds)
            transaction.set_rollback(True)
        sql("RESET ROLE")
    return found


def test_what_somebody_writes_with_the_jobs_rights_is_an_alarm_and_gone_by_the_night(
    city: Any, moment: Any
) -> None:
    """The jobs must write the ledger; so what only a hand can have written there is found and taken out."""
    sql("SET ROLE sizao_worker")
    rogue(moment)
    sql("RESET ROLE")
    assert groundless() == 1
    watch(moment + timedelta(minutes=1))
    assert Alarm.objects.get(kind="groundless").values == {"people": 1}
    runs.whole(moment + timedelta(minutes=2))
    assert Standing.objects.filter(person=FREE).exists(), "control: a run that trusts its own copy leaves it"
    night = (moment + timedelta(days=1)).replace(hour=20)
    run = runs.tick(lambda: night)
    assert run is not None
    assert run.kind == "whole"
    assert not Standing.objects.filter(person=FREE).exists()
    watch(night + timedelta(minutes=1))
    assert not Alarm.objects.filter(kind="groundless", ended_at__isnull=True).exists()


def test_a_restored_backup_with_forged_rows_is_derived_anew(city: Any, moment: Any) -> None:
    """Whoever forges the dump and its statement of contents gets past no run: the first is a whole one."""
    rogue(moment, rows=rogue_obligation(moment))
    assert groundless() == 1
    connection.ensure_connection()
    renumber(connection.connection)
    runs.forget()
    run = runs.touched(moment + timedelta(seconds=1))
    assert run is not None
    assert run.kind == "whole"
    assert not Standing.objects.filter(person=FREE).exists()
    assert groundless() == 0


def test_a_rule_in_the_files_binds_nobody_before_two_persons_have_adopted_it(
    db: None, moment: Any, drawn: Any
) -> None:
    facts = facts_of(drawn)
    alone = [{**one, "approved_by": one["adopted_by"]} for one in facts["adoptions"]]
    record({**facts, "adoptions": alone})
    runs.whole(moment)
    assert standing() == []


# -- what holds of everybody who is bound ----------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, *(pytest.param(one, marks=pytest.mark.long) for one in range(2, 12))])
def test_everybody_who_is_bound_is_so_on_a_live_chain_that_the_facts_alone_give_again(seed: int) -> None:
    history_of = history(seed)
    record(facts_of(history_of))
    runs.whole(aware(history_of.as_of))
    bound = standing()
    assert bound, "a city in which nobody is bound would prove nothing"
    assert kept("standing") == derived(history_of, history_of.as_of)["standing"]
    assert groundless() == 0
    same = same_persons()
    for row in Standing.objects.all():
        reasons = Obligation.objects.filter(pk__in=row.rows.split(","))
        assert len(reasons) == row.row_count > 0
        for one in reasons:
            assert canonical(one.about, same) == row.person
            assert one.restricts
            assert one.closes_at is not None
            versions = history_of.policy.rules[one.rule]
            assert all(version.appeal for version in versions if version.bears)
            assert FACT_MODELS[one.trigger_fact]._default_manager.filter(key_hi__isnull=False).exists()


SPOILING: dict[str, Callable[[Any], Any]] = {
    "no row": lambda one: Obligation.objects.filter(pk=one.pk).delete(),
    "a row withdrawn": lambda one: Obligation.objects.filter(pk=one.pk).update(withdrawn_at=one.opens_at),
    "no rule": lambda one: Obligation.objects.filter(pk=one.pk).update(rule="because"),
    "no end": lambda one: Obligation.objects.filter(pk=one.pk).update(closes_at=None),
    "no record": lambda one: Obligation.objects.filter(pk=one.pk).update(trigger_key="e" * 32),
    "no such fact": lambda one: Obligation.objects.filter(pk=one.pk).update(trigger_fact="rumours"),
    "another person": lambda one: Obligation.objects.filter(pk=one.pk).update(about=FREE),
    "no restriction": lambda one: Obligation.objects.filter(pk=one.pk).update(restricts=False),
}


def test_control_each_link_of_the_chain_is_missed_when_it_is_gone(city: Any, moment: Any) -> None:
    assert groundless() == 0
    row = Standing.objects.first()
    assert row is not None
    one = Obligation.objects.get(pk=row.rows.split(",")[0])
    missed = []
    for missing, spoil in SPOILING.items():
        with transaction.atomic():
            spoil(one)
            if groundless() != 1:
                missed.append(missing)
            transaction.set_rollback(True)
    assert not missed
    for rows in ("", "f" * 32):
        with transaction.atomic():
            rogue(moment, rows)
            assert groundless() == 1
            transaction.set_rollback(True)
