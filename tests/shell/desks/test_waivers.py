"""Nobody waives alone: proposed from its obligation, approved by another office, over at its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from sizao_web.records.access.scope import enter, scope_of
from sizao_web.records.models import FACT_MODELS, AuditEntry, Proposal
from sizao_web.records.sealing import pseudonyms

CITY, OURS, THEIRS = "drill", "office/drill/health_commission", "office/drill/command"
WAIVE = "/policy/proposals/new/waivers/"


@pytest.fixture
def commission(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("health_commission", CITY, OURS, "commission"))


@pytest.fixture
def chief(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("command", CITY, THEIRS, "chief"))


@pytest.fixture
def row(obligation: Any) -> Any:
    """An obligation of somebody whose rows both see."""
    return obligation(about="p1")


def typed(row: Any, **changes: str) -> dict[str, str]:
    return {
        "record": "7f9b1f0e-8d4c-4b5e-9a52-6d1d6a6a1a11", "obligation": row.obligation_id, "rule": "",
        "about": row.about, "from_at": "2020-11-10T09:00", "until_at": "2020-11-12T00:00",
        "ground": "medical", "why": "As the hospital wrote.", **changes,
    }  # fmt: skip


def compared(proposal: Proposal) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(state="compared")


def waivers() -> int:
    return int(FACT_MODELS["waivers"]._default_manager.count())


def test_the_page_of_an_obligation_leads_to_a_waiver_for_those_who_may_propose_one(
    row: Any, chief: Any, person_in_office: Any, browser: Any
) -> None:
    page = chief.get(f"/why/{row.obligation_id}/").content.decode()
    assert f"{WAIVE}?obligation={row.obligation_id}" in page
    worker = browser(person_in_office("community", row.area, "office/1"))
    assert WAIVE not in worker.get(f"/why/{row.obligation_id}/").content.decode()


def test_nobody_types_who_decided_and_the_grounds_are_those_of_the_pack(row: Any, commission: Any) -> None:
    page = commission.get(f"{WAIVE}?obligation={row.obligation_id}&about=p1").content.decode()
    for column in ("decided_by", "decided_office", "approved_by", "approved_office"):
        assert f'name="{column}"' not in page
    assert 'value="medical"' in page


def test_a_waiver_is_a_fact_only_when_another_office_has_approved_it(
    row: Any, commission: Any, chief: Any
) -> None:
    assert commission.post(WAIVE, typed(row)).status_code == 302
    proposal = Proposal.objects.get()
    assert waivers() == 0
    compared(proposal)
    assert commission.post(f"/policy/proposals/{proposal.pk}/", {"decision": "approved"}).status_code == 422
    assert chief.post(f"/policy/proposals/{proposal.pk}/", {"decision": "approved"}).status_code == 302
    waiver = FACT_MODELS["waivers"]._default_manager.get()
    assert (waiver.decided_by, waiver.decided_office) == ("commission", OURS)
    assert (waiver.approved_by, waiver.approved_office) == ("chief", THEIRS)
    about = AuditEntry.objects.filter(subject__in=pseudonyms("p1")).values_list("account", "deed", "what")
    assert {("commission", "propose", "waivers"), ("chief", "approved", "waivers")} <= set(about)


def test_an_approval_that_comes_late_waives_nothing_before_it(
    row: Any, commission: Any, chief: Any, moment: datetime
) -> None:
    commission.post(WAIVE, typed(row, from_at="2020-11-01T00:00"))
    proposal = Proposal.objects.get()
    compared(proposal)
    chief.post(f"/policy/proposals/{proposal.pk}/", {"decision": "approved"})
    assert FACT_MODELS["waivers"]._default_manager.get().from_at == moment


def test_a_waiver_that_is_over_before_it_is_approved_is_not_approved(
    row: Any, commission: Any, chief: Any, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    commission.post(WAIVE, typed(row))
    proposal = Proposal.objects.get()
    compared(proposal)
    later = moment + timedelta(days=5)
    monkeypatch.setattr("sizao_web.records.access.middleware.now", lambda: later)
    assert chief.post(f"/policy/proposals/{proposal.pk}/", {"decision": "approved"}).status_code == 422
    assert waivers() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"ground": "unpaid-debts"},
        {"ground": ""},
        {"until_at": ""},
        {"until_at": "2020-11-09T00:00"},
        {"about": "p2", "sure-about": "p2"},
        {"obligation": "f" * 32},
        {"obligation": "", "rule": "no-such-rule"},
        {"obligation": "", "rule": ""},
        {"why": ""},
    ],
)
def test_a_waiver_needs_ground_object_end_and_reason(
    changes: dict[str, str], row: Any, commission: Any
) -> None:
    answer = commission.post(WAIVE, typed(row, **changes))
    assert answer.status_code == 422
    assert not Proposal.objects.exists()


def test_a_waiver_and_a_standing_instruction_have_no_entry_form(row: Any, chief: Any) -> None:
    for fact in ("waivers", "standing_instructions"):
        assert chief.get(f"/facts/{fact}/new/").status_code == 403
        assert chief.post(f"/facts/{fact}/new/", typed(row)).status_code == 403


def test_a_proposal_about_somebody_is_not_shown_to_who_decides_other_things(
    row: Any, commission: Any, person_in_office: Any, browser: Any
) -> None:
    commission.post(WAIVE, typed(row))
    number = Proposal.objects.get().pk
    for role in ("policy_officer", "cdc"):
        other = browser(person_in_office(role, CITY, "office/x"))
        assert other.get(f"/policy/proposals/{number}/").status_code == 404


@pytest.mark.parametrize("forged", ["approved_by", "approved_office", "decided_by", "decided_office"])
def test_the_database_takes_no_other_name_in_a_waiver_than_those_who_decided(
    forged: str, row: Any, commission: Any, chief: Any, person_in_office: Any
) -> None:
    """With a statement of one's own, after a true approval."""
    commission.post(WAIVE, typed(row))
    proposal = Proposal.objects.get()
    compared(proposal)
    chief.post(f"/policy/proposals/{proposal.pk}/", {"decision": "approved"})
    columns = [one.column for one in FACT_MODELS["waivers"]._meta.fields if one.column != "arrived_in"]
    kept = dict(zip(columns, FACT_MODELS["waivers"]._default_manager.values_list(*(
        one.attname for one in FACT_MODELS["waivers"]._meta.fields if one.column != "arrived_in"
    )).get(), strict=True))  # fmt: skip
    row_of = {
        **kept,
        "fact_id": "00000000-0000-7000-8000-000000000001",
        "key_hi": 1,
        "source_record": f"proposal/{proposal.pk}/7",
    }
    names = ", ".join(f'"{one}"' for one in columns)
    statement = f"INSERT INTO fact_waivers ({names}) VALUES ({', '.join(['%s'] * len(columns))})"
    from sizao_web.accounts.models import Account

    def add(values: dict[str, Any]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            enter(scope_of(Account.objects.get(username="chief").assignments.get()))
            cursor.execute(statement, [values[one] for one in columns])

    with pytest.raises(ProgrammingError, match="row-level security"):
        add({**row_of, forged: "somebody-else"})
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    add(row_of)  # the control: with the true names it is taken
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
