"""Shares with both their counts, what stands beside them, and small cells that are not handed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest

from drawn import NOON, answer, facts, obligations, result
from drawn_policy import policy, rule, step
from sizao.indicators.coverage import (
    due_steps_done,
    due_tests_done,
    expected_reports_received,
    live_spans_in_place,
)
from sizao.indicators.definition import Frame
from sizao.terms.identifiers import hex_key, natural_key

DUE = datetime(2020, 6, 20, 16)
FRAME = Frame(
    as_of=datetime(2020, 6, 21, 4),
    known_by=datetime(2020, 6, 21, 4),
    window_from=DUE - timedelta(days=1),
    window_until=DUE + timedelta(days=1),
)
PACK = policy(
    rule("arrivals", step("test"), step("quarantine", span=True)),
    rule("schools", step("report", reading="institution_reports", about_kind="place"), for_each="enrolments"),
)


def too_late(*rows: Mapping[str, object]) -> pa.Table:
    plain = {
        "kind": "skipped",
        "rule": "arrivals",
        "version": 1,
        "step": "test",
        "occurrence": "d3",
        "trigger_fact": "arrivals",
        "trigger_key": "0",
        "about": "found-late",
        "due_at": DUE,
        "first_known_at": DUE + timedelta(hours=2),
        "area": "cn/51/5113/511302",
    }
    return result("too_late", *({**plain, **row} for row in rows))


def tables(*rows: Mapping[str, object], late: pa.Table | None = None) -> dict[str, pa.Table]:
    return {"obligations": obligations(*rows), "too_late": too_late() if late is None else late}


@pytest.mark.orders("D2-80")
def test_coverage_is_what_was_met_over_what_was_due_without_the_waived() -> None:
    world = tables(
        {"about": "a", "status": "met"},
        {"about": "b", "status": "met"},
        {"about": "c", "status": "met_late"},
        {"about": "d", "status": "overdue"},
        {"about": "e", "status": "waived"},
    )
    (figure,) = answer(due_tests_done(PACK, FRAME), world)["indicator"]
    assert (figure["numerator"], figure["denominator"], figure["share"]) == (2, 4, 0.5)
    assert (figure["late"], figure["waived"], figure["found_too_late"]) == (1, 1, 0)
    assert (figure["as_of"], figure["known_by"]) == (FRAME.as_of, FRAME.known_by)


def test_a_step_that_is_not_yet_due_is_in_neither_count_even_when_already_done() -> None:
    later = FRAME.as_of + timedelta(minutes=1)
    world = tables({"about": "a", "status": "met"}, {"about": "b", "status": "met", "due_at": later})
    (figure,) = answer(due_tests_done(PACK, FRAME), world)["indicator"]
    assert (figure["numerator"], figure["denominator"]) == (1, 1)


def test_a_step_due_before_the_window_is_left_out() -> None:
    world = tables({"about": "a", "status": "missed", "due_at": FRAME.window_from - timedelta(seconds=1)})
    (figure,) = answer(due_tests_done(PACK, FRAME), world)["indicator"]
    assert (figure["numerator"], figure["denominator"], figure["share"]) == (0, 0, None)


def test_steps_found_too_late_are_shown_beside_the_share_and_not_in_it() -> None:
    world = tables(
        {"about": "a", "status": "met"}, late=too_late({}, {"about": "another"}, {"kind": "span_over"})
    )
    (figure,) = answer(due_tests_done(PACK, FRAME), world)["indicator"]
    assert (figure["denominator"], figure["found_too_late"]) == (1, 2)


@pytest.mark.orders("D1-48", "D2-35")
def test_the_tested_share_counts_no_reports_and_no_spans() -> None:
    world = tables(
        {"about": "a", "status": "met"},
        {"about": "school", "rule": "schools", "step": "report", "verb": "report", "status": "overdue"},
        {"about": "a", "step": "quarantine", "verb": "quarantine", "occurrence": "once", "status": "missed"},
    )
    (figure,) = answer(due_tests_done(PACK, FRAME), world)["indicator"]
    assert figure["denominator"] == 1
    figures = answer(due_steps_done(PACK, FRAME), world)["indicator"]
    assert [(figure["rule"], figure["denominator"]) for figure in figures] == [
        ("arrivals", 1),
        ("schools", 1),
    ]


def test_coverage_can_be_asked_for_one_area_with_all_below_it() -> None:
    world = tables(
        {"about": "a", "status": "met", "area": "cn/51/5113/511302/001"},
        {"about": "b", "status": "met", "area": "cn/51/5113/511303"},
    )
    (figure,) = answer(due_tests_done(PACK, replace(FRAME, area="cn/51/5113/511302")), world)["indicator"]
    assert (figure["denominator"], figure["within_area"]) == (1, "cn/51/5113/511302")


@pytest.mark.orders("D1-16", "D1-17", "D1-18", "D2-36")
def test_live_spans_in_place_leaves_out_waived_ended_and_coming_ones() -> None:
    opens, closes = FRAME.as_of - timedelta(days=2), FRAME.as_of + timedelta(days=2)
    live = {
        "step": "quarantine",
        "verb": "quarantine",
        "restricts": True,
        "opens_at": opens,
        "closes_at": closes,
    }
    rows = obligations(
        {**live, "about": "in-place", "in_place": True, "status": "met"},
        {**live, "about": "missing", "in_place": False, "status": "overdue"},
        {**live, "about": "excused", "in_place": False, "status": "waived"},
        {**live, "about": "over", "closes_at": FRAME.as_of, "in_place": False, "status": "met"},
        {**live, "about": "tomorrow", "opens_at": FRAME.as_of + timedelta(days=1), "status": "upcoming"},
    )
    (figure,) = answer(live_spans_in_place(FRAME), {"obligations": rows})["indicator"]
    assert (figure["numerator"], figure["denominator"], figure["waived"]) == (1, 2, 1)


@pytest.mark.orders("D1-34")
def test_a_zero_report_counts_as_received_and_is_told_apart() -> None:
    report = {"rule": "schools", "step": "report", "verb": "report", "about_kind": "place"}
    reports = facts(
        "institution_reports",
        {
            "id": "zero",
            "place": "s1",
            "duty": "daily_report",
            "reported_at": NOON,
            "for_on": date(2020, 6, 20),
        }
        | {"absent": 0, "feverish": 0},
        {
            "id": "some",
            "place": "s2",
            "duty": "daily_report",
            "reported_at": NOON,
            "for_on": date(2020, 6, 20),
        }
        | {"absent": 3, "feverish": 1},
    )

    def key(record: str) -> str:
        return "institution_reports:" + hex_key(*natural_key("institution_reports", "test", record))

    world = tables(
        {**report, "about": "s1", "status": "met", "met_by": key("zero")},
        {**report, "about": "s2", "status": "met_late", "met_by": key("some")},
        {**report, "about": "s3", "status": "overdue"},
    ) | {"institution_reports": reports}
    (figure,) = answer(expected_reports_received(PACK, FRAME), world)["indicator"]
    assert (figure["numerator"], figure["denominator"], figure["late"], figure["zero_reports"]) == (
        1,
        3,
        1,
        1,
    )


def test_a_small_cell_or_its_complement_is_not_handed_out_nor_what_would_give_it_away() -> None:
    hidden = replace(FRAME, smallest_cell=5)
    nearly_all = [{"about": str(n), "status": "met"} for n in range(18)]
    world = tables(*nearly_all, {"about": "x", "status": "overdue"}, {"about": "y", "status": "met_late"})
    (figure,) = answer(due_tests_done(PACK, hidden), world)["indicator"]
    assert figure["suppressed"]
    assert [figure[name] for name in ("numerator", "denominator", "share", "late")] == [None] * 4
    (open_figure,) = answer(due_tests_done(PACK, FRAME), world)["indicator"]
    assert (open_figure["suppressed"], open_figure["numerator"]) == (False, 18)


def test_an_unknown_group_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="group by any of rule, verb"):
        due_tests_done(PACK, FRAME, by=("colour",))


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="is empty"):
        Frame(FRAME.as_of, FRAME.known_by, DUE, DUE)


def test_a_pack_without_tests_has_none_due() -> None:
    spans_only = policy(rule("arrivals", step("quarantine", span=True)))
    (figure,) = answer(due_tests_done(spans_only, FRAME), tables({"about": "a", "status": "met"}))[
        "indicator"
    ]
    assert (figure["numerator"], figure["denominator"]) == (0, 0)
