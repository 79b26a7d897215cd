"""The ledger at the end beside what was expected: row for row, and what differs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tools.browsing.site import Site
from tools.district_day.clock import DAY, OFFSET

Key = tuple[str, str, str, str, str]
ROOT = Path(__file__).resolve().parents[2]


def expected(plan: Path, answers: Path, pack: Path, moment: datetime) -> Counter[Key]:
    """What the separate script says, in a process of its own."""
    said = subprocess.run(
        [sys.executable, "-m", "tools.district_day.expecting", str(plan), str(answers), str(pack),
         moment.isoformat()],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return Counter(tuple(json.loads(line)) for line in said.stdout.splitlines())


def in_ledger(site: Site) -> Counter[Key]:
    """Rule, step, about, due and status of every live row that lies in the day."""
    begins = datetime.combine(DAY, datetime.min.time()) - OFFSET
    rows = site.ask(
        "SELECT rule, step, about, due_at, status FROM ledger_obligation WHERE withdrawn_at IS NULL"
        " AND opens_at < %s AND (closes_at IS NULL OR closes_at > %s)",
        [(begins + timedelta(days=1)).replace(tzinfo=UTC), begins.replace(tzinfo=UTC)],
    )
    return Counter((rule, step, about, _local(due), status) for rule, step, about, due, status in rows)


def _local(moment: datetime) -> str:
    return (moment.astimezone(UTC).replace(tzinfo=None) + OFFSET).isoformat()


def differences(ledger: Counter[Key], wanted: Counter[Key]) -> list[str]:
    """One line for each row that only one of them has."""
    return [
        *(f"only expected: {' '.join(key)}" for key in sorted((wanted - ledger).elements())),
        *(f"only in the ledger: {' '.join(key)}" for key in sorted((ledger - wanted).elements())),
    ]


def without(plan: Path, links: set[tuple[str, int]]) -> dict[str, Any]:
    """The plan as if these links, by record and version, had never been told."""
    whole = json.loads(plan.read_text(encoding="utf-8"))
    told = [one for one in whole["told"] if (one["record"], one["version"]) not in links]
    return {**whole, "told": told}


def spoilt(plan: Path) -> dict[str, dict[str, Any]]:
    """Two wrong plans, by what is wrong in them: a report that never came, and one that came late."""
    whole = json.loads(plan.read_text(encoding="utf-8"))
    told = whole["told"]
    chains = Counter(one["record"] for one in told)
    day, noon = f"{DAY}T", f"{DAY}T11:00:00"
    reports = [
        number
        for number, one in enumerate(told)
        if one["fact"] == "institution_reports" and one["values"].get("duty") == "daily_report"
        and one["at"].startswith(day) and one["values"]["reported_at"] < f"{DAY}T10:00:00"
        and chains[one["record"]] == 1
    ]  # fmt: skip
    dropped = {**whole, "told": [one for number, one in enumerate(told) if number != reports[0]]}
    late = json.loads(json.dumps(whole))
    late["told"][reports[1]]["values"]["reported_at"] = noon
    return {"a report was dropped": dropped, "a report was made late": late}
