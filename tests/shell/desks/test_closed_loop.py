"""Those who work in the closed loop of a site: who goes in, who comes out and why, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sizao.terms.identifiers import natural_key
from sizao_web.records.models import FACT_MODELS, PersonAccess

AREA, GROUNDS = "drill/county-1", "drill/county-1/street/grounds"
OFFICE, SITE = "office/site", "quarantine-site/1"
PAGE = "/quarantine/staff/"


@pytest.fixture
def fact(db: None, moment: datetime) -> Callable[..., None]:
    """Put a fact on record; the office sees whom it is about."""

    def put(name: str, known: datetime | None = None, **values: Any) -> None:
        if "person" in values:
            PersonAccess.objects.get_or_create(person=values["person"], area=None, organisation=OFFICE)
        key, at = uuid4(), known or moment - timedelta(days=9)
        hi, lo = natural_key(name, "test", str(key))
        FACT_MODELS[name].objects.create(
            fact_id=key, key_hi=hi, key_lo=lo, source_system="test", source_record=str(key),
            source_version=1, action="record", happened_at=at, known_at=at, recorded_at=at,
            recorded_by="test", area=AREA, history=False, derived=False, body=key.bytes, **values,
        )  # fmt: skip

    return put


@pytest.fixture
def manager(fact: Any, person_in_office: Any, browser: Any) -> Any:
    fact("offices", office=OFFICE, task="site", covers=AREA, from_on=date(2020, 1, 1))
    fact("places", place=SITE, kind="quarantine_site", located_in=GROUNDS, from_on=date(2020, 1, 1))
    return browser(person_in_office("site", AREA, OFFICE))


@pytest.fixture
def nurse(fact: Any, moment: datetime) -> str:
    """In the loop for ten days, and on the grounds."""
    since = moment - timedelta(days=10)
    fact("closed_loop_stays", person="nurse", place=SITE, post="medical", from_at=since)
    fact("stays", person="nurse", located_in=GROUNDS, place=SITE, from_on=since.date())
    return "nurse"


@pytest.fixture
def cook(fact: Any, moment: datetime) -> str:
    """Came out a month ago: may go in again."""
    out = moment - timedelta(days=30)
    fact(
        "closed_loop_stays", person="cook", place=SITE, post="catering", from_at=out - timedelta(days=9),
        until_at=out, left_for="relieved",
    )  # fmt: skip
    return "cook"


def kept(name: str, person: str) -> list[Any]:
    """What counts of a fact about somebody: of each record the last link, unless it retracts."""
    rows: dict[str, Any] = {}
    for row in FACT_MODELS[name].objects.filter(person=person).order_by("source_version"):
        rows[row.source_record] = row
    return [row for row in rows.values() if row.action != "retract"]


def part(page: Any, name: str) -> str:
    """One list of the page."""
    return page.content.decode().partition(f'id="{name}"')[2].partition("</section>")[0]


def send(manager: Any, do: str, **fields: Any) -> Any:
    return manager.post(PAGE, {"do": do, "form": str(uuid4()), **fields}, follow=True)


def test_who_must_be_relieved_and_who_must_be_sampled_stand_first(
    manager: Any, nurse: str, obligation: Any
) -> None:
    loop = {"rule": "closed-loop-work", "responsible": OFFICE, "done_by": OFFICE, "closes_at": None}
    obligation(nurse, "overdue", AREA, step="relieve", verb="relieve_from_loop", **loop)
    obligation(nurse, "open", AREA, step="test", verb="test", **loop)
    page = manager.get(PAGE)
    assert nurse in part(page, "relieve")
    assert nurse in part(page, "sample")
    assert "第 11 天" in part(page, "inside")


def test_whose_fourteenth_day_is_far_is_not_on_the_list_of_the_relieved(
    manager: Any, nurse: str, obligation: Any, moment: datetime
) -> None:
    obligation(
        nurse, "open", AREA, rule="closed-loop-work", step="relieve", verb="relieve_from_loop",
        responsible=OFFICE, done_by=OFFICE, closes_at=None, due_at=moment + timedelta(days=4),
    )  # fmt: skip
    assert nurse not in part(manager.get(PAGE), "relieve")


@pytest.mark.orders("D2-48")
def test_who_is_relieved_leaves_the_grounds_too_and_it_can_be_taken_back(manager: Any, nurse: str) -> None:
    page = send(manager, "out", person=nurse, left_for="relieved")
    assert nurse in part(page, "out")
    (row,) = kept("closed_loop_stays", nurse)
    assert row.left_for == "relieved"
    assert row.until_at is not None
    assert kept("stays", nurse)[0].until_on is not None
    page = send(manager, "take-back", person=nurse)
    assert nurse in part(page, "inside")
    (row,) = kept("closed_loop_stays", nurse)
    assert (row.until_at, row.left_for) == (None, None)
    assert any(stay.until_on is None for stay in kept("stays", nurse)), "on the grounds again"


def test_two_who_let_somebody_out_at_once_do_it_once(manager: Any, nurse: str) -> None:
    send(manager, "out", person=nurse, left_for="ill")
    send(manager, "out", person=nurse, left_for="breach")
    (row,) = kept("closed_loop_stays", nurse)
    assert (row.left_for, row.source_version) == ("ill", 2)


def test_who_was_here_before_goes_in_with_the_post_of_last_time(manager: Any, cook: str) -> None:
    page = manager.get(PAGE)
    assert cook in part(page, "free")
    assert '<option value="catering" selected>' in part(page, "free")
    send(manager, "in", person=cook, **{f"post:{cook}": "catering"})
    running = [row for row in kept("closed_loop_stays", cook) if row.until_at is None]
    assert [(row.place, row.post) for row in running] == [(SITE, "catering")]
    assert [(row.place, row.located_in) for row in kept("stays", cook)] == [(SITE, GROUNDS)]


def test_nobody_is_in_the_loop_twice_or_in_quarantine_and_at_work(
    manager: Any, nurse: str, fact: Any, moment: datetime
) -> None:
    page = send(manager, "in", person=nurse, **{f"post:{nurse}": "medical"})
    assert page.status_code == 422
    assert "已在闭环内" in page.content.decode()
    fact("room_stays", person="guest", place=SITE, room="201", kind="central", from_at=moment - timedelta(1))
    page = send(manager, "in", person="guest", **{"post:guest": "security"})
    assert page.status_code == 422
    assert "隔离" in page.content.decode()
    assert len(kept("closed_loop_stays", nurse)) == 1
    assert kept("closed_loop_stays", "guest") == []


def test_somebody_new_needs_name_telephone_and_post_and_what_was_typed_is_kept(manager: Any) -> None:
    typed = {"new": "yes", "name": "演护", "telephone": "000-1"}
    page = send(manager, "in", **typed)
    assert page.status_code == 422
    assert 'value="演护"' in page.content.decode()
    page = send(manager, "in", **typed, post="medical")
    assert "演护" in part(page, "inside")


def test_who_never_went_in_leaves_nothing_behind(manager: Any, cook: str) -> None:
    send(manager, "in", person=cook, **{f"post:{cook}": "catering"})
    send(manager, "take-back", person=cook)
    assert [row.until_at is None for row in kept("closed_loop_stays", cook)] == [False]
    assert kept("stays", cook) == []
