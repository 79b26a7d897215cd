"""The same records written and read by many at once, through kills: is there one order that explains it all?

A record is a set of versions with their contents that only grows, with one first version. So a history has
such an order exactly when a reading shows whatever was acknowledged, or read by anybody, before it began,
each once; and nothing that was refused, or that nobody had begun to write before it ended.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from faults.hands import Deed, deeds
from faults.installation import STOPPING, Installation
from faults.oracle import tables
from faults.registry import Fault, Outcome, Stage
from faults.storm import recorded, settle, storm, until_recorded

HANDS = 8
KINDS = ("pages", "database", "session")


def _run(stage: Stage) -> Outcome:
    with stage.installation() as installation:
        journals = stage.journals("kept")
        installation.start()
        times = max(1, stage.size // 500)
        report = storm(
            installation,
            journals,
            kinds=KINDS,
            times=times,
            seed=stage.seed,
            jobs=False,
            at_work=lambda: _hands_at_work(installation, journals, stage.seed),
        )
        with _hands_at_work(installation, journals, stage.seed + 1):
            until_recorded(journals, max(10, stage.size - recorded(journals)))
        settle(installation)
        installation.stop()
        found = judged(deeds(journals))
        found.said += report.lines()
        found.add(tables(installation))
    return found


def _planted(stage: Stage) -> Outcome:
    with stage.installation("planted", "remembering") as installation:
        journals = stage.journals("planted")
        installation.start()
        with _hands_at_work(installation, journals, stage.seed):
            until_recorded(journals, 40)
        installation.stop()
        return judged(deeds(journals))


@contextmanager
def _hands_at_work(installation: Installation, journals: Path, seed: int) -> Iterator[None]:
    words = [installation.address, str(journals), str(HANDS), str(seed)]
    with (installation.data / "hands.log").open("ab") as log:
        working = subprocess.Popen(
            [sys.executable, "-m", "faults.hands", *words],
            env=installation.environment,
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        working.send_signal(signal.SIGTERM)
        working.wait(STOPPING)


def judged(done: Sequence[Deed]) -> Outcome:
    """Which readings and writings no order explains."""
    found = Outcome(points=len(done))
    histories: dict[str, list[Deed]] = defaultdict(list)
    for one in done:
        histories[one.record].append(one)
    wrong: dict[str, int] = defaultdict(int)
    for history in histories.values():
        writes = [one for one in history if one.kind == "write"]
        reads = sorted((one for one in history if one.answer == "read"), key=lambda one: one.ended)
        kept = [one for one in writes if one.answer == "acknowledged"]
        found.acknowledged += len(kept)
        wrong["first versions beside another"] += max(
            0, len({one.content for one in kept if one.version == 1}) - 1
        )
        for place, read in enumerate(reads):
            seen = {_what(*one) for one in read.seen}
            found.double += len(read.seen) - len(seen)
            known = {_what(one.version, one.content) for one in kept if one.ended < read.began}
            found.lost += len(known - seen)
            before = [one for one in reads[:place] if one.ended < read.began]
            earlier = {_what(*one) for other in before for one in other.seen}
            wrong["versions seen once and gone later"] += len(earlier - known - seen)
            begun = [one for one in writes if one.began < read.ended and one.answer != "refused"]
            wrong["versions seen that nobody wrote"] += len(
                seen - {_what(one.version, one.content) for one in begun}
            )
    found.wrong = sum(wrong.values())
    found.said += [f"{count} {what}" for what, count in wrong.items() if count]
    reads_in_all = sum(1 for one in done if one.answer == "read")
    refused = sum(1 for one in done if one.answer == "refused")
    unknown = sum(1 for one in done if one.answer == "sent")
    found.said.append(
        f"{HANDS} at {len(histories)} records: {reads_in_all:,} readings, {refused:,} writings refused, "
        f"because there was another first version, {unknown:,} not answered"
    )
    return found


def _what(version: int, content: float) -> tuple[int, float]:
    return version, content


FAULTS = (
    Fault(
        name="one-record-in-many-hands",
        does=f"{HANDS} machines of a partner write versions of the same few records and read them, while "
        "pages, the database and its sessions are killed",
        expects="there is one order, which agrees with the clock, in which each answer is right: nothing "
        "that was acknowledged or seen is missing from a later reading, and of two first versions one is "
        "refused",
        bug="pages remember for two seconds what they answered, and answer it again",
        run=_run,
        planted=_planted,
        sizes={"full": 1000, "long": 10_000},
        threats=("F1", "F3", "F18"),
    ),
)
