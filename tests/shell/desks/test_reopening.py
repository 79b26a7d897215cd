"""A kit is recalled: a laboratory's results of an interval count no more, by decision of two."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from shell.ledger.recorded import adoptions, link, record
from sizao.cli.screen import Wrong
from sizao_web.command.results import _check_known
from sizao_web.records.access.scope import scope_of
from sizao_web.records.actions.propose import Refused, propose
from sizao_web.records.deliveries.storing import as_sender
from sizao_web.records.ledger import proposed, runs
from sizao_web.records.models import FACT_MODELS, AuditEntry, Obligation, Proposal
from sizao_web.records.reading.pack import policy_in_use
from sizao_web.records.reopening import reopen

LAB = "laboratory/recalled"
HOUR = timedelta(hours=1)


class City:
    """Two suspected patients, each tested alone and negative by the laboratory; one was released since."""

    def __init__(self, moment: datetime) -> None:
        runs.forget()
        self.moment = moment
        day = moment.astimezone(UTC).replace(tzinfo=None) - timedelta(hours=21)  # 12:00 of the day before
        facts: dict[str, list[Any]] = {"adoptions": adoptions(policy_in_use(), datetime(2019, 1, 1))}

        def add(fact: str, name: str, at: datetime, **own: Any) -> None:
            facts.setdefault(fact, []).append(link(fact, at, name, area="drill", **own))

        for person in ("first", "second"):
            tube, case = f"tube-{person}", f"case-{person}"
            early = day - timedelta(hours=4)
            on = {"class": "suspected", "classified_on": day.date()}
            add("classifications", person, early, person=person, case=case, happened_at=early, **on)
            add("residences", person, early, person=person, located_in="drill", from_on=date(2019, 1, 1))
            add("samples", person, day, sample=tube, taken_at=day, kind="single", laboratory=LAB)
            add("sample_members", person, day, sample=tube, person=person)
            found = day + HOUR
            add("results", person, found, sample=tube, result="negative", resulted_at=found, laboratory=LAB)
        add("releases", "first", day + 2 * HOUR, person="first", released_at=day + 2 * HOUR)
        record(facts)
        runs.whole(self.moment)

    def later(self) -> datetime:
        self.moment += HOUR
        return self.moment

    def proved(self) -> list[str]:
        """Who has a live row that a test proves."""
        rows = Obligation.objects.filter(withdrawn_at=None, met_by__contains="sample_members:")
        return sorted(rows.values_list("about", flat=True))


@pytest.fixture
def city(db: None, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> City:
    found = City(moment)
    monkeypatch.setattr(proposed, "now", lambda: found.moment)
    return found


def typed(**changes: str) -> dict[str, str]:
    wide = {"laboratory": LAB, "from_at": "2020-01-01", "until_at": "2021-01-01", "undoes": ""}
    return {**wide, "why": "the maker recalled the kit", **changes}


def decided(city: City, proposal: Proposal, chief: Any) -> None:
    proposed.compare_proposal(proposal.pk)
    proposal.refresh_from_db()
    assert proposal.state == "compared"
    assert proposal.compared["rows"] > 0, "what it would change is told before"
    answer = chief.post(f"/policy/proposals/{proposal.pk}/", {"decision": "approved"})
    assert answer.status_code == 302, answer.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE sizao_worker")
    reopen(proposal.pk, city.later())
    assert reopen(proposal.pk, city.moment) == 0, "once"
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    runs.touched(city.later())


@pytest.fixture
def officer(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("cdc", "drill", "office/drill/cdc", "officer"))


@pytest.fixture
def chief(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("health_commission", "drill", "office/drill/commission", "chief"))


def test_the_command_names_the_laboratory_that_was_meant(city: City) -> None:
    _check_known(LAB)
    with pytest.raises(Wrong, match=f"Did you mean {LAB}"):
        _check_known("laboratory/recaled")


@pytest.mark.orders("D2-35")
def test_what_rested_on_results_is_open_again_until_they_are_corrected_or_the_decision_undone(
    city: City, officer: Any, chief: Any
) -> None:
    assert city.proved() == ["first", "second"], "something rests on them, or this proves nothing"
    assert officer.post("/policy/proposals/new/reopening/", typed()).status_code == 302
    proposal = Proposal.objects.get()
    assert city.proved() == ["first", "second"], "a proposal opens nothing"
    own = officer.post(f"/policy/proposals/{proposal.pk}/", {"decision": "approved"})
    assert own.status_code == 422, "nobody approves their own"
    decided(city, proposal, chief)
    assert city.proved() == []
    rows = Obligation.objects.filter(withdrawn_at=None, rule="suspected-test")
    assert {row.status for row in rows} <= {"open", "overdue"}
    assert rows.count() == 2
    assert AuditEntry.objects.filter(account="chief", deed="reopen", what="results").count() == 2
    shown = officer.get(f"/policy/proposals/{proposal.pk}/").content.decode()
    assert LAB in shown
    released = shown.split("因这些结果被解除管控的人（1）")[1].split("</ul>")[0]
    assert "/persons/first/" in released, "who was released on it is listed"
    assert "/persons/second/" not in released
    assert f"undoes={proposal.pk}" in shown

    # The laboratory corrects one of them under its next version: that one proves again.
    retracted: Any = FACT_MODELS["results"]._default_manager.filter(
        action="retract", reason__startswith="pro"
    )
    last = retracted.filter(sample="tube-first").values().get()
    again = {name: value for name, value in last.items() if name not in ("arrived_in", "body")}
    now = city.later().astimezone(UTC).replace(tzinfo=None)
    again = {name: _bare(value) for name, value in again.items()} | {
        "fact_id": "0" * 31 + "1", "source_version": last["source_version"] + 1, "action": "replace",
        "reason": "tested again", "known_at": now, "recorded_at": now,
    }  # fmt: skip
    record({"results": [again]})
    runs.touched(city.later())
    assert city.proved() == ["first"]

    # And the decision is taken back by another: the others hold as before, the corrected one is corrected.
    undo = officer.post("/policy/proposals/new/reopening/", typed(undoes=str(proposal.pk), why="wrong lot"))
    assert undo.status_code == 302
    decided(city, Proposal.objects.latest("pk"), chief)
    assert city.proved() == ["first", "second"]
    kept = FACT_MODELS["results"]._default_manager.filter(sample="tube-first").order_by("known_at")
    assert [row.action for row in kept] == ["record", "retract", "replace"], "and is not touched again"


def _bare(value: Any) -> Any:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


def test_what_cannot_be_reopened_is_said_and_other_duties_propose_none(
    person_in_office: Any, browser: Any, officer: Any, moment: datetime
) -> None:
    for wrong in ({"laboratory": ""}, {"until_at": "2019-01-01"}, {"from_at": "soon"}, {"undoes": "77"}):
        answer = officer.post("/policy/proposals/new/reopening/", typed(**wrong))
        assert answer.status_code == 422, wrong
    kept = officer.post("/policy/proposals/new/reopening/", typed(until_at="2019-01-01"))
    assert LAB in kept.content.decode(), "what was typed stays"
    worker = browser(person_in_office("command", "drill", "office/drill/command"))
    assert worker.get("/policy/proposals/new/reopening/").status_code == 403
    scope = scope_of(person_in_office("cdc", "drill", None, "alone").assignments.get())
    with as_sender(scope), pytest.raises(Refused, match="no office"):
        propose(
            scope,
            moment,
            "reopening",
            [{"laboratory": LAB, "from_at": moment - HOUR, "until_at": moment}],
            effect_at=moment,
            reason="x",
        )
