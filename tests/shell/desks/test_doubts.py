"""Two numbers that may be one person, at the desk of who sees both: decided, merged, parted again.

All names, documents and numbers are made up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from sizao_web.accounts.models import Account
from sizao_web.records.access.scope import scope_of
from sizao_web.records.actions.record_identity import record_identity
from sizao_web.records.deliveries.storing import as_sender
from sizao_web.records.matching.comparing import compare_all
from sizao_web.records.matching.known import canonical, same_persons
from sizao_web.records.models import FACT_MODELS, AuditEntry, Doubt

HERE, THERE = "drill/county-1/street/community-1", "drill/county-2/street/community-9"

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(person_in_office: Callable[..., Account], moment: datetime) -> Doubt:
    """Somebody of two counties under two numbers, with one document."""
    for area, person, name in ((HERE, "first", "张伟"), (THERE, "second", "Zhang Wei")):
        scope = scope_of(person_in_office("community", area).assignments.get())
        with as_sender(scope):
            record_identity(scope, moment, person, name=name, document="11010119800101002X")
    compare_all(moment)
    return Doubt.objects.get()


def test_a_pair_is_listed_with_its_reasons_and_shown_side_by_side(
    pair: Doubt, browser: Any, person_in_office: Any
) -> None:
    officer = browser(person_in_office("cdc", "drill", "office/drill/cdc"))
    listed = officer.get("/doubts/").content.decode()
    for word in ("张伟", "Zhang Wei", "证件号码相同", "99.9%"):
        assert word in listed
    shown = officer.get(f"/doubts/{pair.pk}/").content.decode()
    assert "first" in shown
    assert "11010119800101002X" in shown
    assert shown.count("不同</strong>") >= 1
    looked = AuditEntry.objects.filter(account__startswith="cdc", deed="read", what="doubts")
    assert looked.count() == 2


def test_who_does_not_see_both_is_told_of_neither(pair: Doubt, browser: Any, person_in_office: Any) -> None:
    one_county = browser(person_in_office("cdc", "drill/county-1", "office/county-1/cdc"))
    assert "张伟" not in one_county.get("/doubts/?all=1").content.decode()
    assert one_county.get(f"/doubts/{pair.pk}/").status_code == 404
    for duty in ("community", "command", "supervision"):
        assert browser(person_in_office(duty, "drill", "office/x")).get("/doubts/").status_code == 403


def test_one_person_is_a_merge_on_record_and_two_people_take_it_back(
    pair: Doubt, browser: Any, person_in_office: Any
) -> None:
    officer = browser(person_in_office("cdc", "drill", "office/drill/cdc", "qian"))
    address = f"/doubts/{pair.pk}/"
    kept = officer.post(address, {"decision": "same", "why": " "})
    assert kept.status_code == 422
    assert "checked" in kept.content.decode(), "what was chosen stays"
    assert officer.post(address, {"why": "called"}).status_code == 422
    assert officer.post(address, {"decision": "same", "why": "called both numbers"}).status_code == 302
    merge = FACT_MODELS["merges"].objects.get()
    assert (merge.person, merge.same_as, merge.recorded_by) == ("second", "first", "qian")
    assert merge.reason == "called both numbers"
    assert canonical("second", same_persons()) == "first"
    assert officer.post(address, {"decision": "same", "why": "again"}).status_code == 422
    assert "second" in officer.get("/persons/first/").content.decode(), (
        "the page of a person has both numbers"
    )
    assert pair.pk not in [one.pk for one in Doubt.objects.filter(decisions__isnull=True)]
    assert compare_all(pair.found_at + timedelta(hours=1)) == 0

    assert officer.post(address, {"decision": "apart", "why": "twins"}).status_code == 302
    assert same_persons() == {}
    assert [(row.source_version, row.action, row.reason) for row in _links()] == [
        (1, "record", "called both numbers"),
        (2, "retract", "twins"),
    ]
    assert officer.post(address, {"decision": "same", "why": "not twins"}).status_code == 302
    assert canonical("second", same_persons()) == "first"
    said = [one.decision for one in pair.decisions.order_by("number")]
    assert said == ["same", "apart", "same"]
    entries = AuditEntry.objects.filter(account="qian", deed__startswith="doubt_")
    assert entries.count() == 2 * 3


def _links() -> list[Any]:
    found: Any = FACT_MODELS["merges"].objects
    return list(found.order_by("source_version"))
