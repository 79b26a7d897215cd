"""What came of the day, as text and as a dated page of evidence."""

from __future__ import annotations

import os
import platform
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

from tools.district_day.comparing import ROOT
from tools.district_day.day import AT_PAGES, Lived

EVIDENCE = ROOT / "docs" / "reference" / "evidence"
ORDER = ("met", "met_late", "open", "overdue", "missed", "waived", "upcoming")
GOAL_MS = 300
DEAREST = 25
MOST = 60
"""So many of what is wrong are listed."""


def told(lived: Lived) -> str:
    """The page without its heading."""
    return "\n\n".join(
        (_size(lived), _outcome(lived), _pages(lived), _costs(lived), _rows(lived), _rest(lived))
    )


def write(lived: Lived) -> Path:
    """The dated page under docs/reference/evidence."""
    today = datetime.now(UTC).date()
    file = EVIDENCE / f"district-day-{today}.md"
    text = f"# Evidence: a district's day, {today}\n\n{_HEAD}\n\n{told(lived)}\n"
    file.write_text(text, encoding="utf-8")
    return file


_HEAD = """Written by `python -m tools.district_day --write`; everything in it is invented. A served
installation lives through Monday 30 November 2020: its clock is moved through the day, machines send
with their keys, people fill in forms in a browser, others read pages all the while. What must have
become of every obligation is told by a script of its own (`tools/district_day/expecting`), which reads
the plan, the moments at which records became known, and the numbers of the pack, and none of Sizao's
code. Ledger and script are compared row for row: rule, step, about, due, status."""


def _size(lived: Lived) -> str:
    of, plan = lived.district, lived.plan
    day = [one for one in plan.told if one.phase]
    ways = Counter(one.via for one in day)
    people = {one.giver for one in day if one.via in AT_PAGES}
    givers = {one.giver for one in day} - people
    before = len(plan.told) - len(day)
    at_pages = ways["form"] + ways["zero"]
    return f"""{of.people:,} residents, {of.quarantined:,} people in quarantine, {of.schools} schools,
{of.pharmacies} pharmacies, {of.clinics} clinics; seed {of.seed}. Before the day {before:,} facts beside those
about where residents live; in the day {len(day):,}: {ways["one"]:,} single records, {ways["batch"]:,} in
batches and {ways["sheet"]:,} in sheets by {len(givers)} partners, and {at_pages} at pages by {len(people)}
people in Chromium."""


def _outcome(lived: Lived) -> str:
    answers = lived.answers
    status = Counter[int]()
    for (_, code), many in answers.statuses.items():
        status[code] += many
    said = ", ".join(f"{code}: {many:,}" for code, many in sorted(status.items()))
    found = "; ".join(f"{what}: {many} rows differ" for what, many in lived.found.items())
    differ = len(lived.differences)
    text = f"""* **{lived.ledger:,} rows of the ledger lie in the day; {differ} differ from what was
  expected.**
* Planted mistakes that the same comparison must find: {found}.
* Answers by status: {said}. From 500 on: **{sum(answers.broken.values())}**.
* Sent again because the ledger had not yet said whom the sender answers for: {answers.again:,} records."""
    wrong = [f"* Wrong: {one}" for one in answers.wrong[:MOST]]
    return "\n".join([text, *wrong, *(f"* Differs: {one}" for one in lived.differences[:MOST])])


def _pages(lived: Lived) -> str:
    waits = {kind: found for kind, found in lived.answers.waits.items() if len(found) > 1}
    pages = [wait for kind, found in waits.items() if kind.startswith("page: ") for wait in found]
    lines = ["| what | asked | p50 ms | p95 ms | longest |", "|---|---:|---:|---:|---:|"]
    lines += [_line(kind.removeprefix("page: "), waits[kind]) for kind in sorted(waits)]
    if pages:
        lines.append(_line("**all pages**", pages))
        met = "met" if _cuts(pages)[1] <= GOAL_MS else "missed"
        lines.append(f"\np95 of all pages at most {GOAL_MS} ms: **{met}**.")
    return "\n".join(lines)


def _costs(lived: Lived) -> str:
    """What pages cost one after the other at the end of the day, when nobody else asks."""
    lines = [
        "Pages asked one after the other at the end of the day, dearest first:\n",
        "| page | processor ms | p50 ms by the clock |",
        "|---|---:|---:|",
    ]
    return "\n".join(
        [*lines, *(f"| {one.page} | {one.processor:.0f} | {one.wall:.0f} |" for one in lived.costs[:DEAREST])]
    )


def _line(what: str, waits: list[float]) -> str:
    middle, high = _cuts(waits)
    return f"| {what} | {len(waits):,} | {middle:.0f} | {high:.0f} | {max(waits):.0f} |"


def _cuts(waits: list[float]) -> tuple[float, float]:
    cuts = quantiles(waits, n=100, method="inclusive")
    return cuts[49], cuts[94]


def _rows(lived: Lived) -> str:
    shown = [one for one in ORDER if any(one in of for of in lived.statuses.values())]
    lines = [f"| rule | {' | '.join(shown)} |", f"|---|{'---:|' * len(shown)}"]
    for rule, of in lived.statuses.items():
        lines.append(f"| `{rule}` | {' | '.join(str(of.get(one, '')) for one in shown)} |")
    total = Counter[str]()
    for of in lived.statuses.values():
        total.update(of)
    lines.append(f"| **all** | {' | '.join(f'{total[one]:,}' for one in shown)} |")
    return "\n".join(lines)


def _rest(lived: Lived) -> str:
    parts = ", ".join(f"{what} {seconds:.0f} s" for what, seconds in lived.seconds.items())
    return (
        f"{os.cpu_count()} CPUs, Python {platform.python_version()}; load of the machine after each part:"
        f" {', '.join(lived.load)}. Wall time: {parts}."
    )
