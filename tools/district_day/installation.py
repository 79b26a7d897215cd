"""The installation in which the day is lived: made anew, served with its jobs, its clock moved on."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tools.browsing.site import NotServing, Site
from tools.district_day.clock import OFFSET, PHASES, at
from tools.district_day.district import District


@dataclass
class Installation(Site):
    """A site whose clock stands at a phase of the day when it begins to serve."""

    district: District = field(default_factory=District)
    threads: int = 8

    def make_district(self) -> None:
        """Tables, background, keys, accounts; nothing is served yet."""
        self.data.mkdir(parents=True, exist_ok=True)
        self._stand_at(0)
        done = subprocess.run(
            [sys.executable, "-m", "tools.district_day.making", str(self.data)],
            env={**self._environment(), "SIZAO_ROLE": "owner"}, check=False,
        )  # fmt: skip
        if done.returncode:
            raise NotServing("The district could not be made, for the reason above.")

    def serve_at(self, phase: int) -> None:
        """Stop, and go on with the clock at this phase."""
        self.stop()
        self._stand_at(phase)
        self._run("serve", "--threads", str(self.threads))
        self._ready()

    def _stand_at(self, phase: int) -> None:
        local = at(PHASES[phase])
        behind = datetime.now(UTC).replace(tzinfo=None) - (local - OFFSET)
        self.clock_behind = int(behind.total_seconds())

    def _environment(self) -> dict[str, str]:
        return {**super()._environment(), **self.district.environment()}

    def last_run(self) -> datetime:
        """As of when the ledger stands, in local time."""
        ((moment,),) = self.ask("SELECT as_of FROM ledger_run ORDER BY id DESC LIMIT 1")
        return moment.astimezone(UTC).replace(tzinfo=None) + OFFSET
