"""Before anything is removed the clock is compared with the time that went by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sizao_web.records.models import RetentionRun, Run
from sizao_web.records.retention.clock import ClockDoubtful, Uptime, check

pytestmark = pytest.mark.django_db
LAST = datetime(2020, 6, 1, tzinfo=UTC)
DAY = 86_400.0


@pytest.fixture(autouse=True)
def _ran() -> None:
    RetentionRun.objects.create(as_of=LAST, boot="one", uptime=1000.0, removed={}, waiting={})


@pytest.mark.parametrize(
    ("later", "now", "said"),
    [
        (timedelta(days=1), Uptime("one", 1000.0 + DAY), None),
        (timedelta(days=20), Uptime("one", 1000.0 + 20 * DAY), None),
        (timedelta(days=2), Uptime("two", 5.0), None),
        (timedelta(days=3651), Uptime("one", 1000.0 + DAY), "it was set"),
        (timedelta(days=2), Uptime("one", 1000.0 + DAY), "it was set"),
        (timedelta(days=-1), Uptime("one", 1000.0 + DAY), "before the last run"),
        (timedelta(days=-1), Uptime("two", 5.0), "before the last run"),
        (timedelta(days=4), Uptime("two", 5.0), "another start"),
    ],
)
def test_a_clock_that_was_set_removes_nothing(later: timedelta, now: Uptime, said: str | None) -> None:
    if said is None:
        check(LAST + later, now)
        return
    with pytest.raises(ClockDoubtful, match=said):
        check(LAST + later, now)


def test_before_the_first_run_the_ledger_says_what_the_time_was() -> None:
    RetentionRun.objects.all().delete()
    check(LAST, Uptime("one", 5.0))
    Run.objects.create(
        kind="whole", as_of=LAST, known_by=LAST, facts_until="", pack="p", pack_digest="0", texts="",
        rows_changed=0, rows_withdrawn=0, rows_sealed=0, began_at=LAST, seconds=0.0,
    )  # fmt: skip
    check(LAST + timedelta(days=2), Uptime("one", 5.0))
    with pytest.raises(ClockDoubtful, match="never ran"):
        check(LAST + timedelta(days=3650), Uptime("one", 5.0))
