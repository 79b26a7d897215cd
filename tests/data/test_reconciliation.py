"""Our count of every evening, as known then, beside the published one; each difference has a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from data.reconciliation import Notice, reconcile

EARLIER_NOTICE = "the earlier of two notices of that day; the line list gives days, not hours"
AFTER_NOTICE = "a case of that day was announced after the notice; the next notice counts it"
# (day, difference by origin: ours minus published) → reason
REASONS = {
    (date(2020, 1, 26), ("imported", 1)): EARLIER_NOTICE,
    (date(2020, 1, 28), ("local", 1)): EARLIER_NOTICE,
    (date(2020, 2, 1), ("imported", 1)): EARLIER_NOTICE,
    (date(2020, 2, 4), ("imported", 1)): AFTER_NOTICE,
    (date(2020, 2, 6), ("imported", 3)): EARLIER_NOTICE,
    (date(2020, 2, 15), ("local", 2)): "two cases of that day were announced after the notice",
    (date(2020, 2, 19), ("local", 1)): EARLIER_NOTICE,
    (date(2020, 3, 24), ("local", 1)): AFTER_NOTICE,
    (
        date(2020, 4, 18),
        ("imported", -3),
        ("ship", 3),
    ): "the first three of the ship were counted as imported that day",
    (date(2020, 4, 23), ("ship", -1)): "the file says 30, the text of the notice 29, as we count",
    (date(2020, 5, 3), ("ship", 4)): "four cases of that day were announced after the notice",
    (date(2020, 5, 4), ("ship", 1)): AFTER_NOTICE,
}


def test_at_least_two_hundred_notices_equal_our_count_as_known_then(
    tables: dict[str, pa.Table], say: Callable[[str], None]
) -> None:
    notices = reconcile(tables)
    equal = sum(notice.equal for notice in notices)
    say(f"{equal} of {len(notices)} published totals equal ours as known then")
    for notice in notices:
        if not notice.equal:
            reason = REASONS.get(signature(notice), "no reason known")
            say(f"{notice.day}: ours minus published {notice.difference}: {reason}")
    assert len(notices) == 223
    assert equal == 211
    assert {signature(notice) for notice in notices if not notice.equal} == set(REASONS)


def test_dropping_one_case_makes_the_count_fall(tables: dict[str, pa.Table]) -> None:
    cases = tables["classifications"]
    without = {**tables, "classifications": cases.filter(pc.not_equal(cases["person"], "I100"))}
    before, after = reconcile(tables), reconcile(without)
    changed = [new for old, new in zip(before, after, strict=True) if old.counted != new.counted]
    assert sum(notice.equal for notice in after) < 100
    assert {new.day for new in changed} == {
        notice.day for notice in before if notice.day >= date(2020, 3, 18)
    }


def test_without_the_withdrawn_case_nine_notices_of_october_differ(tables: dict[str, pa.Table]) -> None:
    cases = tables["classifications"]
    without = {**tables, "classifications": cases.filter(pc.not_equal(cases["person"], "I530"))}
    lost = [
        new
        for old, new in zip(reconcile(tables), reconcile(without), strict=True)
        if old.equal and not new.equal
    ]
    assert len(lost) == 9
    assert {notice.day.isoformat()[:7] for notice in lost} == {"2020-10"}


def signature(notice: Notice) -> tuple[date | tuple[str, int], ...]:
    return (notice.day, *sorted(notice.difference.items()))
