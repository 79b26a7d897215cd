"""The jobs: does somebody take them, did one fail, is the ledger kept."""

from __future__ import annotations

from collections.abc import Iterator

from sizao.terms.words import Words
from sizao_web.command.checks.findings import Finding, finding

LATE = 120.0
A_DAY_AND_SOME = 26 * 3600.0

WORK = Words(
    "启动后台任务：sizao work（或不带--no-work的sizao serve）。",
    "Start the jobs: sizao work, or sizao serve without --no-work.",
)


def work() -> Iterator[Finding]:
    """Jobs that wait, that failed, that a dead worker holds; the age of the ledger."""
    from sizao_web.records.reading.condition import ledger
    from sizao_web.settings.clock import now

    found = ledger(now())
    oldest = found.oldest_job or 0.0
    said = Words(
        f"等待{found.waiting}项，最久{oldest:.0f}秒",
        f"{found.waiting} waiting, the oldest for {oldest:.0f} s",
    )
    yield finding("jobs_waiting", oldest <= LATE, said, WORK)
    failed = Words(f"{found.failed}项", str(found.failed))
    todo = Words(
        "原因见后台任务的日志（logger为procrastinate的error）。解决后用sizao jobs again --all放回。",
        "The log of the jobs has the reason (logger procrastinate, error). Then: sizao jobs again --all",
    )
    yield finding("jobs_failed", found.failed == 0, failed, todo)
    yield _stalled(found.stalled)
    yield _age(found.last_run)
    yield _parked()


def _parked() -> Finding:
    """Batches of check-ins and temperatures that could not be moved to the lake, and stay where they are."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT parked FROM sizao_stream_condition()")
        (parked,) = cursor.fetchone()
    todo = Words(
        "sizao lake check 说明缺什么；解决后用 sizao lake release 批次号。",
        "sizao lake check says what is missing; when it is right: sizao lake release BATCH.",
    )
    return finding("streams_parked", parked == 0, Words(f"{parked}批", f"{parked} batches"), todo)


def _stalled(held: int) -> Finding:
    todo = Words(
        "重新启动后台任务：启动时会收回。", "Start the jobs again: they take these back at the start."
    )
    return finding("jobs_stalled", held == 0, Words(f"{held}项", str(held)), todo)


def _age(seconds: float | None) -> Finding:
    if seconds is None:
        return finding("ledger", False, Words("尚未运行", "no run yet"), WORK)
    hours = seconds / 3600
    said = Words(f"{hours:.1f}小时前", f"{hours:.1f} h ago")
    return finding("ledger", seconds <= A_DAY_AND_SOME, said, WORK)
