"""Who cares for somebody whose carer was taken away: named, asked, and never assumed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sizao.terms.identifiers import hex_key, natural_key
from sizao_web.records.models import FACT_MODELS, PersonAccess, Run, Standing

HERE = "drill/county-1/street/community-1"
CHILD, FATHER, AUNT, NEIGHBOUR = "child", "father", "aunt", "neighbour"

pytestmark = pytest.mark.orders("D2-77")


@pytest.fixture
def fact(db: None, moment: datetime) -> Callable[..., None]:
    """Put a fact on record here, and who it is about."""

    def put(name: str, **values: Any) -> None:
        for column in ("person", "dependant", "carer"):
            if column in values:
                PersonAccess.objects.get_or_create(person=values[column], area=HERE, organisation=None)
        key = uuid4()
        hi, lo = natural_key(name, "test", str(key))
        FACT_MODELS[name].objects.create(
            fact_id=key, key_hi=hi, key_lo=lo, source_system="test",
            source_record=str(key), source_version=1, action="record", happened_at=moment, known_at=moment,
            recorded_at=moment, recorded_by="test", area=HERE, history=False, derived=False, body=key.bytes,
            **values,
        )  # fmt: skip

    return put


@pytest.fixture
def home(fact: Any) -> None:
    """A child whose father was taken away; an aunt lives there, and depends on nobody."""
    for person in (CHILD, FATHER, AUNT):
        fact("households", household="H1", person=person, from_on=date(2019, 1, 1))
    fact("dependants", person=FATHER, dependant=CHILD, kind="child", from_on=date(2020, 1, 1))
    PersonAccess.objects.get_or_create(person=NEIGHBOUR, area=HERE, organisation=None)


@pytest.fixture
def taken_away(db: None, moment: datetime) -> Callable[[str], None]:
    """Somebody is in central quarantine."""

    def put(person: str) -> None:
        run = Run.objects.create(
            kind="whole", as_of=moment, known_by=moment, facts_until="0", pack="training-2020",
            pack_digest="0", texts="", rows_changed=0, rows_withdrawn=0, rows_sealed=0, began_at=moment,
            seconds=0.0,
        )  # fmt: skip
        Standing.objects.create(
            person=person, place="central", until=moment + timedelta(days=7), rows="0" * 32, row_count=1,
            changed_in=run,
        )  # fmt: skip

    return put


@pytest.fixture
def worker(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("community", HERE, "office/1"))


def said(worker: Any, **fields: str) -> Any:
    form = {"do": "answer", "answer": "accepted", "form": str(uuid4()), **fields}
    return worker.post(f"/community/carers/{CHILD}/", form, follow=True)


def kept() -> list[Any]:
    """What counts of `carers`: the last link of each record, unless it retracts."""
    rows: dict[str, Any] = {}
    for row in FACT_MODELS["carers"].objects.order_by("source_version"):
        rows[row.source_record] = row
    return [row for row in rows.values() if row.action != "retract"]


def key_of(row: Any) -> str:
    """How a page names a record."""
    return hex_key(row.key_hi, row.key_lo)


def part(page: Any, name: str) -> str:
    """One list of the page."""
    text = page.content.decode()
    return text.partition(f'id="{name}"')[2].partition("</section>")[0]


def test_who_is_at_home_is_offered_and_names_themselves_with_one_tap(
    worker: Any, home: None, taken_away: Any
) -> None:
    taken_away(FATHER)
    page = worker.get(f"/community/carers/{CHILD}/")
    assert AUNT in part(page, "at-home")
    assert FATHER not in part(page, "at-home"), "who is away cannot care"
    page = said(worker, carer=AUNT)
    assert AUNT in part(page, "caring")
    (row,) = kept()
    assert (row.person, row.carer, row.answer, row.until_at) == (CHILD, AUNT, "accepted", None)


def test_the_same_form_sent_twice_counts_once(worker: Any, home: None) -> None:
    form = str(uuid4())
    for _ in range(2):
        said(worker, carer=AUNT, form=form)
    assert len(kept()) == 1


def test_who_is_in_quarantine_themselves_is_refused_with_words(
    worker: Any, home: None, taken_away: Any
) -> None:
    taken_away(NEIGHBOUR)
    page = said(worker, carer=NEIGHBOUR)
    assert page.status_code == 422
    assert "正在集中隔离或住院" in page.content.decode()
    assert kept() == []


def test_a_carer_who_is_taken_away_later_is_said_so(worker: Any, home: None, taken_away: Any) -> None:
    said(worker, carer=NEIGHBOUR)
    taken_away(NEIGHBOUR)
    assert "请另请一人" in part(worker.get(f"/community/carers/{CHILD}/"), "caring")


def test_who_declined_stays_on_the_page_and_is_not_offered_again(worker: Any, home: None) -> None:
    page = said(worker, carer=AUNT, answer="declined")
    assert AUNT in part(page, "before")
    assert AUNT not in part(page, "at-home")
    assert AUNT not in part(page, "caring")


def test_somebody_new_needs_a_name_and_a_telephone_and_what_was_typed_is_kept(
    worker: Any, home: None
) -> None:
    page = said(worker, name="演姨")
    assert page.status_code == 422
    assert 'value="演姨"' in page.content.decode()
    assert kept() == []
    page = said(worker, name="演姨", telephone="000-1")
    (row,) = kept()
    assert row.carer.startswith("C-")
    assert "演姨" in part(page, "caring")
    assert 'href="tel:000-1"' in part(page, "caring")


def test_care_that_ends_is_a_correction_and_what_was_a_mistake_is_retracted(
    worker: Any, home: None, fact: Any, moment: datetime
) -> None:
    fact("carers", person=CHILD, carer=AUNT, answer="accepted", from_at=moment - timedelta(hours=9))
    key = key_of(kept()[0])
    page = worker.post(f"/community/carers/{CHILD}/", {"do": "end", "key": key}, follow=True)
    assert AUNT not in part(page, "caring")
    assert AUNT in part(page, "before")
    assert kept()[0].until_at is not None
    worker.post(f"/community/carers/{CHILD}/", {"do": "take-back", "key": key})
    assert kept() == []


def test_a_record_of_somebody_else_is_not_ended_from_this_page(
    worker: Any, home: None, fact: Any, moment: datetime
) -> None:
    fact("carers", person=NEIGHBOUR, carer=AUNT, answer="accepted", from_at=moment - timedelta(hours=9))
    form = {"do": "end", "key": key_of(kept()[0])}
    answer = worker.post(f"/community/carers/{CHILD}/", form)
    assert answer.status_code == 404
    assert kept()[0].until_at is None


def test_the_card_of_the_door_leads_to_the_page_for_who_may_name_carers(
    worker: Any, home: None, obligation: Any, person_in_office: Any, browser: Any
) -> None:
    obligation(CHILD, household="H1", rule="dependants-of-quarantined", step="carer", verb="in_named_care")
    link = f'href="/community/carers/{CHILD}/"'
    assert link in worker.get("/community/").content.decode()
    street = browser(person_in_office("street", "drill/county-1/street", "office/1"))
    assert link not in street.get("/community/").content.decode()
