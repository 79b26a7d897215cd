"""Messages that nobody can do: put aside after a few tries, told, and done when their cause is gone."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.request import urlopen

from faults.installation import Installation
from faults.kinds.kills import resend
from faults.oracle import examine
from faults.registry import Fault, Outcome, Stage
from faults.storm import clients_at_work, until_recorded

MOST_TRIES = 5
PARKING = 900.0  # seconds
POISON = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
VALUES ('ledger', 'ledger.tick', 'ledger', %s)
"""


def _run(stage: Stage) -> Outcome:
    with stage.installation() as installation:
        journals = stage.journals("kept")
        installation.start()
        installation.until_working(None)
        found = Outcome(points=stage.size)
        with clients_at_work(installation, journals, stage.seed):
            for number in range(stage.size):
                until_recorded(journals, 5)
                _poison(installation, number)
            found.back.append(_parked(installation, stage.size))
            until_recorded(journals, 20)
        parked = json.loads(_sizao(installation, "jobs", "list", "--json"))
        told = json.loads(urlopen(f"{installation.address}/health/ready").read())["ledger"]["jobs_failed"]
        found.wrong += len(parked) != stage.size or told != stage.size
        found.wrong += sum(1 for one in parked if one["tries"] > MOST_TRIES)
        _mend(installation)
        _sizao(installation, "jobs", "again", "--all")
        judged = examine(installation, journals, lambda: resend(installation, journals))
        tries = max(one["tries"] for one in parked)
        judged.said.append(
            f"put aside after {tries} tries at most, told by health and `sizao jobs`, done after"
        )
    found.add(judged)
    return found


def _planted(stage: Stage) -> Outcome:
    """Nothing is put aside, and what stands behind is not done."""
    with stage.installation("planted", "stubborn") as installation:
        journals = stage.journals("planted")
        installation.start()
        installation.until_working(None)
        with clients_at_work(installation, journals, stage.seed):
            until_recorded(journals, 5)
            _poison(installation, 0)
            until_recorded(journals, 20)
        time.sleep(10)
        waiting = _count(installation, "status = 'todo'")
        return Outcome(wrong=int(waiting > 0 and _count(installation, "status = 'failed'") == 0))


def _poison(installation: Installation, number: int) -> None:
    with installation.asked() as connection:
        connection.execute(POISON, [json.dumps({"poison": number})])


def _mend(installation: Installation) -> None:
    """The cause is gone: what was asked for can be done now."""
    with installation.asked() as connection:
        connection.execute(
            "UPDATE procrastinate_jobs SET args = '{\"timestamp\": 0}' WHERE status = 'failed'"
        )


def _parked(installation: Installation, count: int) -> float:
    """Wait until all are put aside; the seconds that took."""
    began = time.monotonic()
    while time.monotonic() - began < PARKING:
        if _count(installation, "status = 'failed'") >= count:
            return time.monotonic() - began
        time.sleep(0.2)
    raise AssertionError(f"Not put aside within {PARKING:.0f} s.")


def _count(installation: Installation, which: Any) -> int:
    with installation.asked() as connection:
        found = connection.execute(f"SELECT count(*) FROM procrastinate_jobs WHERE {which}").fetchone()
    return int(found[0]) if found else 0


def _sizao(installation: Installation, *words: str) -> str:
    return installation.run("sizao_web.command", *words, role="worker")


FAULTS = (
    Fault(
        name="poison-among-the-jobs",
        does="jobs that fail every time, put among those of the ledger while 4 clients record",
        expects=f"they are put aside after {MOST_TRIES} tries at most, the others go on meanwhile, "
        f"/health/ready "
        "and `sizao jobs` tell of them, and `sizao jobs again` does them when their cause is gone",
        bug="what fails is tried again for ever, and what stands behind it waits",
        run=_run,
        planted=_planted,
        sizes={"full": 6, "long": 1000},
        threats=("F19",),
    ),
)
