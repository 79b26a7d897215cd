"""A fact gets into its table once, within the duty of who gives it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from sizao.terms.identifiers import hex_key, natural_key
from sizao_web.records import plausible
from sizao_web.records.actions.correct_fact import correct_fact
from sizao_web.records.actions.record_facts import record_facts
from sizao_web.records.models import FACT_MODELS, AuditEntry
from sizao_web.records.reading import facts
from sizao_web.records.reading.history import history
from sizao_web.records.writing import Conflict, Given, NotAllowed, Refused

HERE, THERE = "drill/county-1/street/community-1", "drill/county-1/street/community-2"


def well(person: str, moment: datetime, record: str | None = None, symptoms: bool = False) -> Given:
    values = {"person": person, "checked_at": moment, "temperature": 36.5, "symptoms": symptoms}
    return Given("health_checks", values, record or str(uuid4()))


def test_a_fact_sent_twice_counts_once(person_in_office: Any, as_scope: Any, moment: datetime) -> None:
    with as_scope(person_in_office("community", HERE)) as scope:
        first = record_facts(scope, moment, [well("p1", moment, "r1")])
        again = record_facts(scope, moment, [well("p1", moment, "r1")])
        assert (len(first.stored), first.merged, len(again.stored), again.merged) == (1, 0, 0, 1)
        assert facts.links(scope, "health_checks").count() == 1


def test_another_content_under_the_same_key_is_refused(
    person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("community", HERE)) as scope:
        record_facts(scope, moment, [well("p1", moment, "r1")])
        with pytest.raises(Conflict):
            record_facts(scope, moment, [well("p1", moment, "r1", symptoms=True)])


def test_a_neighbouring_community_neither_sees_nor_counts(
    person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("community", HERE)) as scope:
        record_facts(scope, moment, [well("p1", moment)])
    with as_scope(person_in_office("community", THERE)) as scope:
        assert facts.links(scope, "health_checks").count() == 0
        assert FACT_MODELS["health_checks"].objects.count() == 0, "the row policy holds without the filter"


def test_a_role_records_only_what_it_may_give(person_in_office: Any, as_scope: Any, moment: datetime) -> None:
    with as_scope(person_in_office("policy_officer", "drill")) as scope, pytest.raises(NotAllowed):
        record_facts(scope, moment, [well("p1", moment)])


def test_what_is_wrong_is_said_and_nothing_is_written(
    person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("community", HERE)) as scope:
        wrong = Given("health_checks", {"person": "p1", "symptoms": False}, "r9")
        with pytest.raises(Refused) as refused:
            record_facts(scope, moment, [well("p2", moment), wrong])
        assert "checked_at" in str(refused.value)
        assert facts.links(scope, "health_checks").count() == 0


def test_every_write_leaves_an_audit_row_without_the_person(
    person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("community", HERE)) as scope:
        record_facts(scope, moment, [well("p1", moment)])
        entries = list(AuditEntry.objects.values_list("deed", "what", "subject"))
        assert {(deed, what) for deed, what, _ in entries} == {("record", "health_checks")}
        assert not any(subject == "p1" for *_, subject in entries)


@pytest.mark.parametrize("ruled", [True, False], ids=["with the rules", "without"])
def test_what_cannot_be_true_is_not_written_and_said_so_that_it_can_be_mended(
    person_in_office: Any,
    as_scope: Any,
    moment: datetime,
    monkeypatch: pytest.MonkeyPatch,
    ruled: bool,
) -> None:
    if not ruled:
        monkeypatch.setattr(plausible, "rules_of", lambda fact: ())
    fahrenheit = {"person": "p1", "checked_at": moment, "temperature": 98.6, "symptoms": False}
    with as_scope(person_in_office("community", HERE)) as scope:
        given = [well("p1", moment), Given("health_checks", fahrenheit, "r1")]
        if not ruled:
            assert len(record_facts(scope, moment, given).stored) == 2
            return
        with pytest.raises(Refused) as refused:
            record_facts(scope, moment, given)
        assert [place for place, _ in refused.value.problems] == [1], "which of them, and none is written"
        words = refused.value.problems[0][1]
        assert "Not plausible" in words.en
        assert "不合常理" in words.zh
        assert facts.links(scope, "health_checks").count() == 0


def test_what_cannot_be_true_is_not_corrected_to_either(
    person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("community", HERE)) as scope:
        record_facts(scope, moment, [well("p1", moment, "r1")])
        found = history(scope, "health_checks", hex_key(*natural_key("health_checks", "sizao", "r1")))
        assert found is not None
        values = {**well("p1", moment).values, "temperature": 98.6}
        with pytest.raises(Refused, match="Not plausible"):
            correct_fact(scope, moment, found, version=1, values=values, reason="typed wrong")
