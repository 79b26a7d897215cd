"""What a desk sees: the right rows, the same order every time, totals that agree with the list."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from drawn import NOON, answer, obligations, result
from sizao.worklists.lists import not_known, of_person, overdue, to_do, unowned, upcoming
from sizao.worklists.selection import Page, Selection

ALL = Selection()
FIRST = Page()
DUE = datetime(2020, 6, 20, 16)


def whom(lines: list[dict[str, object]]) -> list[object]:
    return [line["about"] for line in lines]


def test_what_is_overdue_comes_first_and_then_what_is_due_sooner() -> None:
    rows = obligations(
        {"about": "due-later", "due_at": DUE + timedelta(hours=4)},
        {"about": "late", "status": "overdue", "due_at": DUE - timedelta(days=1)},
        {"about": "due-soon"},
        {"about": "very-late", "status": "overdue", "due_at": DUE - timedelta(days=2)},
        {"about": "done", "status": "met"},
        {"about": "tomorrow", "status": "upcoming"},
    )
    lines = answer(to_do(ALL, FIRST), {"obligations": rows})["lines"]
    assert whom(lines) == ["very-late", "late", "due-soon", "due-later"]
    assert [line["position"] for line in lines] == [1, 2, 3, 4]


def test_the_order_does_not_depend_on_how_the_rows_arrived() -> None:
    rows = obligations(*({"about": f"person-{number}"} for number in range(20)))
    backwards = rows.take(list(reversed(range(20))))
    lines = answer(to_do(ALL, FIRST), {"obligations": rows})["lines"]
    assert lines == answer(to_do(ALL, FIRST), {"obligations": backwards})["lines"]


def test_pages_follow_each_other_without_a_hole_or_an_overlap() -> None:
    rows = obligations(*({"about": f"person-{number}"} for number in range(7)))
    pages = [answer(to_do(ALL, Page(number, 3)), {"obligations": rows})["lines"] for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [line["position"] for page in pages for line in page] == list(range(1, 8))


def test_the_total_counts_the_whole_list_not_the_page() -> None:
    rows = obligations(
        *({"about": f"person-{number}"} for number in range(7)), {"about": "x", "status": "overdue"}
    )
    found = answer(to_do(ALL, Page(1, 2)), {"obligations": rows})
    assert {total["status"]: total["lines"] for total in found["total"]} == {"open": 7, "overdue": 1}


def test_a_page_before_the_first_is_refused() -> None:
    with pytest.raises(ValueError, match="pages count from 1"):
        Page(0)


def test_an_area_brings_what_lies_below_it_but_not_what_only_begins_alike() -> None:
    rows = obligations(
        {"about": "in-the-street", "area": "cn/51/5113/511302/001"},
        {"about": "in-the-county", "area": "cn/51/5113/511302"},
        {"about": "next-county", "area": "cn/51/5113/5113021"},
    )
    lines = answer(to_do(Selection(area="cn/51/5113/511302"), FIRST), {"obligations": rows})["lines"]
    assert sorted(map(str, whom(lines))) == ["in-the-county", "in-the-street"]


def test_an_area_with_a_percent_sign_is_taken_by_the_letter() -> None:
    rows = obligations(
        {"about": "a", "area": "cn/5%"}, {"about": "b", "area": "cn/51"}, {"about": "c", "area": "cn/5%/1"}
    )
    lines = answer(to_do(Selection(area="cn/5%"), FIRST), {"obligations": rows})["lines"]
    assert sorted(map(str, whom(lines))) == ["a", "c"]


def test_an_office_sees_its_own_rows_due_before_its_next_shift() -> None:
    rows = obligations(
        {"about": "mine"},
        {"about": "mine-later", "due_at": DUE + timedelta(days=2)},
        {"about": "theirs", "done_by": "sampling-2"},
    )
    wanted = Selection(done_by="sampling-1", due_before=DUE + timedelta(seconds=1))
    assert whom(answer(to_do(wanted, FIRST), {"obligations": rows})["lines"]) == ["mine"]


@pytest.mark.orders("D2-37")
def test_overdue_upcoming_and_unowned_lists_hold_what_they_say() -> None:
    rows = obligations(
        {"about": "open"},
        {"about": "late", "status": "overdue"},
        {"about": "next", "status": "upcoming"},
        {"about": "nobodys", "owned": False, "done_by": None},
        {"about": "nobodys-but-done", "owned": False, "status": "met"},
    )
    tables = {"obligations": rows}
    assert whom(answer(overdue(ALL, FIRST), tables)["lines"]) == ["late"]
    assert whom(answer(upcoming(ALL, FIRST), tables)["lines"]) == ["next"]
    assert whom(answer(unowned(ALL, FIRST), tables)["lines"]) == ["nobodys"]


def test_everything_about_a_person_includes_what_is_done() -> None:
    rows = obligations({"about": "traveller", "status": "met"}, {"about": "somebody-else"})
    assert whom(answer(of_person("traveller", FIRST), {"obligations": rows})["lines"]) == ["traveller"]


@pytest.mark.orders("D2-37")
def test_not_known_is_a_list_of_what_to_find_out_the_longest_waiting_first() -> None:
    common = {"version": 1, "trigger_fact": "arrivals", "event_on": date(2020, 6, 17), "area": "cn/51"}
    rows = result(
        "unknown",
        {**common, "rule": "arrivals", "trigger_key": "b", "about": "new", "first_known_at": NOON},
        {
            **common,
            "rule": "arrivals",
            "trigger_key": "a",
            "about": "old",
            "first_known_at": NOON - timedelta(days=2),
        },
    )
    found = answer(not_known(ALL, FIRST), {"unknown": rows})
    assert whom(found["lines"]) == ["old", "new"]
    assert [(total["rule"], total["lines"]) for total in found["total"]] == [("arrivals", 2)]


def test_a_filter_that_a_list_cannot_apply_is_refused_instead_of_left_out() -> None:
    with pytest.raises(ValueError, match="done_by"):
        not_known(Selection(done_by="sampling-1"), FIRST)
