"""Why a row is there: told on a page from the few facts around it, to who sees the row and to nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from equality.engine import tables
from reference.histories import batch
from shell.ledger.recorded import adoptions, record
from sizao.obligations.explain import explain
from sizao.obligations.schema import OBLIGATIONS
from sizao.policy.adopting import adopt_as_recorded
from sizao_web.records.actions.record_facts import Given, record_facts
from sizao_web.records.ledger import runs
from sizao_web.records.models import FACT_MODELS, Obligation, PersonAccess
from sizao_web.records.reading.pack import policy_in_use
from sizao_web.records.reading.stories import story

HERE, THERE = "drill/county-1/street/community-1", "drill/county-1/street/community-2"
LONG_AGO = datetime(2020, 1, 1)


@pytest.fixture(autouse=True)
def _fresh_copy(fresh_ledger: None) -> None:
    """Of every test here."""


@pytest.mark.parametrize("seed", range(3))
def test_the_story_from_the_facts_around_a_row_is_the_story_from_all_facts(
    person_in_office: Any, as_scope: Any, seed: int
) -> None:
    drawn = batch("training", seed, 3)
    facts = {**drawn.together(), "adoptions": adoptions(drawn.policy, LONG_AGO)}
    record(facts)
    moment = drawn.as_of.replace(tzinfo=UTC, second=0, microsecond=0)
    runs.whole(moment)
    everything = tables(facts)
    policy = adopt_as_recorded(policy_in_use(), everything["adoptions"], drawn.as_of).policy
    roots = {row.area.split("/")[0] for row in Obligation.objects.exclude(area=None)}
    told = 0
    for root in sorted(roots):
        with as_scope(person_in_office("command", root)) as scope:
            rows = list(Obligation.objects.filter(withdrawn_at=None))
            for row in rows[:: max(1, len(rows) // 12)]:
                bare = {name: getattr(row, name) for name in OBLIGATIONS.names}
                bare = {k: v.replace(tzinfo=None) if isinstance(v, datetime) else v for k, v in bare.items()}
                as_of = moment.replace(tzinfo=None)
                whole = explain(bare, policy, everything, as_of=as_of, known_by=as_of, language="zh")
                little = story(scope, moment, row.obligation_id, "zh")
                assert little is not None
                assert little.story.text() == whole.text()
                told += 1
    assert told > 10


@pytest.fixture
def contact(person_in_office: Any, as_scope: Any, moment: datetime) -> Callable[[], str]:
    """A close contact in HERE of a case in THERE; answers the key of the designation."""
    record({"adoptions": adoptions(policy_in_use(), LONG_AGO)})
    officer = person_in_office("cdc", "drill/county-1", name="officer")
    values = {
        "areas": [
            {"path": "drill", "label_zh": "演练市", "label_en": "drill city", "level": "city"},
            {"path": HERE, "label_zh": "灯塔社区", "label_en": "Lantern community", "level": "community"},
            {"path": THERE, "label_zh": "帆影社区", "label_en": "Sail community", "level": "community"},
        ],
        "offices": [
            {"office": "office/1", "task": "community", "covers": HERE, "from_on": date(2020, 1, 1)},
            {"office": "office/2", "task": "community", "covers": THERE, "from_on": date(2020, 1, 1)},
        ],
        "residences": [
            {"person": "contact", "located_in": HERE, "from_on": date(2015, 1, 1)},
            {"person": "case", "located_in": THERE, "from_on": date(2015, 1, 1)},
        ],
    }

    def make() -> str:
        with as_scope(person_in_office("command", "drill", name="command")) as scope:
            given = [Given(f, row, str(uuid4())) for f in ("areas", "offices") for row in values[f]]
            record_facts(scope, moment - timedelta(days=3), given)
        with as_scope(officer) as scope:
            given = [Given("residences", row, str(uuid4())) for row in values["residences"]]
            designation = {
                "person": "contact", "case": "c1", "case_person": "case", "class": "close",
                "last_exposed_on": date(2020, 11, 8), "designated_on": date(2020, 11, 9),
            }  # fmt: skip
            given.append(Given("designations", designation, "the-designation"))
            record_facts(scope, moment - timedelta(hours=12), given)
        runs.whole(moment - timedelta(hours=1))
        return str(FACT_MODELS["designations"].objects.get().source_record)

    return make


def test_who_sees_the_row_is_told_why_and_its_neighbour_is_not(
    contact: Any, person_in_office: Any, browser: Any
) -> None:
    contact()
    row = Obligation.objects.get(about="contact", verb="central_quarantine")
    ours = browser(person_in_office("community", HERE)).get(f"/why/{row.obligation_id}/")
    page = ours.content.decode()
    assert "人员contact于2020年11月9日判定为人员case（病例c1）的密切接触者" in page
    assert f"/policy/rules/{row.rule}/" in page
    assert browser(person_in_office("community", THERE)).get(f"/why/{row.obligation_id}/").status_code == 404


def test_the_page_leads_to_what_proves_the_row_with_what_is_known_filled_in(
    contact: Any, person_in_office: Any, browser: Any
) -> None:
    contact()
    row = Obligation.objects.get(about="contact", verb="check_health", status="open")
    worker = browser(person_in_office("community", HERE, "office/1"))
    page = worker.get(f"/why/{row.obligation_id}/").content.decode()
    assert f"/facts/health_checks/new/?person=contact&amp;next=%2Fwhy%2F{row.obligation_id}%2F" in page
    officer = browser(person_in_office("cdc", "drill/county-1"))
    page = officer.get(f"/why/{row.obligation_id}/").content.decode()
    assert "/facts/health_checks/new/" not in page
    assert "由集中隔离点管理、社区（村）防控登记" in page


def test_a_withdrawn_row_tells_what_withdrew_it(
    contact: Any, person_in_office: Any, browser: Any, moment: datetime
) -> None:
    from sizao.terms.identifiers import hex_key

    contact()
    row = Obligation.objects.get(about="contact", verb="central_quarantine")
    link = FACT_MODELS["designations"].objects.get()
    key = hex_key(link.key_hi, link.key_lo)
    officer = browser(person_in_office("cdc", "drill/county-1"))
    retracted = officer.post(f"/facts/designations/{key}/retract/", {"reason": "认错人", "seen": "1"})
    assert retracted.status_code == 302
    runs.touched(moment + timedelta(minutes=1))
    row.refresh_from_db()
    assert (row.withdrawn_why, row.withdrawn_by) == ("retracted_fact", f"designations:{key}")
    page = officer.get(f"/why/{row.obligation_id}/").content.decode()
    assert "已于" in page
    assert "依据的事实已撤回" in page
    assert "认错人" in page
    assert f"/facts/designations/{key}/" in page


def test_a_link_leads_only_to_facts_that_the_reader_may_open(
    contact: Any, person_in_office: Any, browser: Any
) -> None:
    contact()
    row = Obligation.objects.get(about="contact", verb="central_quarantine")
    supervisor = browser(person_in_office("supervision", "drill/county-1"))
    assert "/facts/designations/" in supervisor.get(f"/why/{row.obligation_id}/").content.decode()
    PersonAccess.objects.filter(person="contact").delete()
    assert "/facts/designations/" not in supervisor.get(f"/why/{row.obligation_id}/").content.decode()


def test_what_is_not_known_leads_to_what_must_be_found_out(
    person_in_office: Any, browser: Any, as_scope: Any, moment: datetime
) -> None:
    record({"adoptions": adoptions(policy_in_use(), LONG_AGO)})
    account = person_in_office("community", HERE, "office/1")
    with as_scope(account) as scope:
        came, left = date(2020, 11, 1), date(2020, 11, 9)
        rows = [
            ("residences", {"person": "p1", "located_in": HERE, "from_on": date(2015, 1, 1)}),
            ("arrivals", {"person": "p1", "arrived_on": left, "origin": "far", "declared": "declared"}),
            ("stays", {"person": "p1", "located_in": "far", "from_on": came, "until_on": left}),
        ]
        given = [Given(fact, values, str(uuid4())) for fact, values in rows]
        record_facts(scope, moment - timedelta(hours=2), given)
    runs.whole(moment)
    worker = browser(account)
    listed = worker.get("/lists/obligations/not-known/").content.decode()
    found = re.search(r"/why/arrivals/[0-9a-f]{32}/", listed)
    assert found is not None
    page = worker.get(found[0]).content.decode()
    assert "查明far的风险等级" in page
    assert "/facts/stays/new/?person=p1" in page
    elsewhere = browser(person_in_office("community", THERE, "office/2"))
    assert elsewhere.get(found[0]).status_code == 404
