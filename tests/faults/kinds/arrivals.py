"""What comes again, what contradicts, what comes in another order, and clocks that jump."""

from __future__ import annotations

import json
from collections.abc import Callable

from faults.installation import Installation
from faults.registry import Fault, Outcome, Stage
from sizao_web.settings import embedded

WITHOUT_RECORDS = ("orders", "cuts")
"""What is done to sheets and facts alone; the database is not asked."""


def _inside(
    name: str, role: str = "owner", bug: bool = False, most: int | None = None
) -> Callable[[Stage], Outcome]:
    def run(stage: Stage) -> Outcome:
        size = stage.size if most is None else min(stage.size, most)
        words = [name, str(size), str(stage.seed), *(["bug"] if bug else [])]
        if name in WITHOUT_RECORDS:
            said = Installation(stage.template).run("faults.inside", *words, role=role)
            return Outcome(**json.loads(said.splitlines()[-1]))
        with stage.installation("planted" if bug else "kept") as installation:
            embedded.start(installation.cluster)
            said = installation.run("faults.inside", *words, role=role)
        return Outcome(**json.loads(said.splitlines()[-1]))

    return run


FAULTS = (
    Fault(
        name="sent-again",
        does="records, batches and sheets sent ten times more: seconds, an hour, a month, a year later, "
        "their "
        "rows shuffled, their file under another name",
        expects="each answer says that everything was there already",
        bug="what was seen is remembered in memory only, and forgotten by a restart",
        run=_inside("repeats"),
        planted=_inside("repeats", bug=True, most=3),
        sizes={"short": 3, "full": 20, "long": 1000},
        threats=("F9",),
    ),
    Fault(
        name="another-content-under-the-same-key",
        does="a second record with another content under a key that is taken",
        expects="it is refused as a conflict, and the first one stays as it was",
        bug="what has the same key is called the same without a look at its content",
        run=_inside("conflicts"),
        planted=_inside("conflicts", bug=True, most=20),
        sizes={"short": 20, "full": 1000, "long": 10_000},
        threats=("F10",),
    ),
    Fault(
        name="any-order-of-arrival",
        does="the records, corrections and retractions of sixty days, arriving in an order by lot, "
        "corrections "
        "before what they correct",
        expects="the same facts count in the end, with the same content",
        bug="who arrives last is believed, whatever it corrects",
        run=_inside("orders"),
        planted=_inside("orders", bug=True, most=200),
        sizes={"short": 400, "full": 10_000, "long": 100_000},
        threats=("F12",),
    ),
    Fault(
        name="clock-jumps",
        does="the clock an hour, a day, a year, ten years off, forwards and back, over 29 February, while "
        "people record and the ledger is brought up",
        expects="back at the right time every restriction that was in force is in force, and the ledger "
        "is the "
        "whole derivation",
        bug="a run of the ledger believes that the clock only ever goes forward",
        run=_inside("clocks"),
        planted=_inside("clocks", bug=True, most=3),
        sizes={"full": 10, "long": 100},
        threats=("F15",),
    ),
    Fault(
        name="cut-off-sheets",
        does="sheets of 200 rows (CSV, workbooks, Parquet), sent with the number of their rows, cut off "
        "at places "
        "by lot",
        expects="each is refused whole, and the whole ones are taken",
        bug="nobody asks how many rows were sent",
        run=_inside("cuts"),
        planted=_inside("cuts", bug=True, most=60),
        sizes={"short": 30, "full": 1000, "long": 10_000},
        threats=("F8",),
    ),
    Fault(
        name="two-persons-at-once",
        does="eight people decide the same proposal in the same moment: approve, refuse, take back; half "
        "of them "
        "of the office that proposed it",
        expects="one of them decides, nobody of the office that proposed it approves, and what was "
        "approved is "
        "recorded once",
        bug="nobody is asked who they are, and the database is asked as its owner",
        run=_inside("deciding"),
        planted=_inside("deciding", bug=True, most=60),  # of that office somebody comes first one time in six
        sizes={"full": 40, "long": 2000},
        threats=("F18",),
    ),
)
