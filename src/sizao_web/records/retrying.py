"""How often a job that failed is tried again, and that nobody behind it waits with it."""

from __future__ import annotations

from dataclasses import dataclass

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from sizao_web.records.room import NoRoom

ROOM_LOOKED_FOR = 60  # seconds between two looks for room on a full disk


@dataclass(frozen=True)
class Again(BaseRetryStrategy):
    """So many tries of a job, with a wait between them that grows by a factor; then it is put aside
    (`sizao jobs`).

    It waits under another lock: those behind it go on. While the disk is full it waits and uses up no try.
    """

    tries: int
    wait: int  # seconds after the first
    growing: int = 1

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When it is tried again; None when it was tried often enough."""
        beside = f"again/{job.task_name}"
        if isinstance(exception, NoRoom):
            return RetryDecision(retry_in={"seconds": ROOM_LOOKED_FOR}, lock=beside)
        if job.attempts + 1 >= self.tries:
            return None
        return RetryDecision(retry_in={"seconds": self.wait * self.growing**job.attempts}, lock=beside)
