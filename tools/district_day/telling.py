"""What came of the day, as text and as a dated page of evidence."""

from __future__ import annotations

import os
import platform
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from textwrap import fill

from tools.district_day.busy import PART, PEOPLE
from tools.district_day.comparing import ROOT
from tools.district_day.day import AT_PAGES, Lived
from tools.district_day.readers import PAGE, READING

EVIDENCE = ROOT / "docs" / "reference" / "evidence"
ORDER = ("met", "met_late", "open", "overdue", "missed", "waived", "upcoming")
GOAL_MS = 300
DEAREST = 25
REMARKS = "## Remarks\n\nWritten by hand; `--write` keeps everything from here on."


def told(lived: Lived) -> str:
    """The page without its heading."""
    return "\n\n".join(
        (
            _size(lived),
            _outcome(lived),
            _hour(lived),
            _pages(lived),
            _costs(lived),
            _rows(lived),
            _rest(lived),
        )
    )


def write(lived: Lived) -> Path:
    """The dated page under docs/reference/evidence; what somebody has written under its remarks stays."""
    today = datetime.now(UTC).date()
    file = EVIDENCE / f"district-day-{today}.md"
    kept = file.read_text(encoding="utf-8").partition(REMARKS)[2] if file.exists() else ""
    text = f"# Evidence: a district's day, {today}\n\n{_HEAD}\n\n{told(lived)}\n\n{REMARKS}"
    file.write_text(text + (kept or "\n\nNone yet.\n"), encoding="utf-8")
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
* Of records about people for whom the sender does not answer {answers.rightly} were refused, as they must
  be. Sent again because the ledger was behind: {answers.later:,}.
* Refused although they must be kept: **{len(answers.refused)}** records."""
    lines = [text]
    lines += [f"  * {one}" for one in answers.refused]
    lines += [f"* Wrong: {one}" for one in answers.wrong]
    if answers.refused:
        follow = set(lived.differences) - set(lived.unexplained)
        lines.append(
            f"* {len(follow)} of the rows that differ are not expected by a plan without the refused records."
            f" Against that plan {len(lived.unexplained)} rows differ, for reasons that nothing here tells:"
        )
    return "\n".join([*lines, *(f"  * Differs: {one}" for one in lived.unexplained)])


def _hour(lived: Lived) -> str:
    """What pages take when as much happens as in the busiest hour."""
    hour = lived.hour
    if hour is None:
        return "The busiest hour was not lived."
    of, waits = hour.hour, _waits_of(lived, PART)
    pages = [wait for kind, found in waits.items() if kind.startswith(PAGE) for wait in found]
    rows, files = sum(len(one.told) for one in of.files), len(of.files)
    begins, ends = f"{of.begins:%H:%M}", f"{of.begins.hour + 1:02d}:00"
    least, most = (f"{seconds:.0f}" for seconds in READING)
    came = f"{hour.singles} single records came one by one and {hour.rows} rows in files ({hour.files})"
    text = f"""Most is told from {begins} to {ends}: {len(of.singles):,} single records and {rows:,} rows in
        {files} files; a form now and then is left out. {hour.minutes:g} minutes of it were lived at that
        pace: {came}, evenly spread (the latest {hour.late:.1f} s after its time), while {PEOPLE} people,
        signed in as the readers below, asked one page about every 20 seconds each ({least} to {most} after
        the one before), and the ledger followed{_runs(hour.runs)}. Server, jobs, database, senders and
        readers ran on this one machine. Refused then, and told again: {len(hour.left)}."""
    lines = ["## What pages take in the busiest hour", "", fill(" ".join(text.split()), 110), "", _HOUR]
    lines += [_line(kind.removeprefix(PAGE), waits[kind], with_99=True) for kind in sorted(waits)]
    if pages:
        lines.append(_line("**all pages**", pages, with_99=True))
        met = "met" if _cuts(pages)[1] <= GOAL_MS else "missed"
        lines.append(f"\np95 of all pages at most {GOAL_MS} ms: **{met}**.")
    return "\n".join(lines)


def _pages(lived: Lived) -> str:
    waits = {kind: found for kind, found in _waits_of(lived, "").items() if not kind.startswith(PART)}
    pages = [wait for kind, found in waits.items() if kind.startswith(PAGE) for wait in found]
    lines = [_PRESSED]
    lines += [_line(kind.removeprefix(PAGE), waits[kind]) for kind in sorted(waits)]
    if pages:
        lines.append(_line("**all pages**", pages))
    return "\n".join(lines)


_HOUR = """| what | asked | p50 ms | p95 ms | p99 ms | longest |
|---|---:|---:|---:|---:|---:|"""
_PRESSED = """## While the day is pressed into minutes

Everything is told as fast as the installation takes it while others ask page after page without reading:
this shows how requests queue then, and not what people wait.

| what | asked | p50 ms | p95 ms | longest |
|---|---:|---:|---:|---:|"""


def _runs(seconds: list[float]) -> str:
    if not seconds:
        return ""
    many, longest = len(seconds), max(seconds)
    return f" in {many} runs, the middle one {median(seconds):.1f} s, the longest {longest:.1f} s"


def _waits_of(lived: Lived, part: str) -> dict[str, list[float]]:
    """Kind -> milliseconds, of one part of the day."""
    return {
        kind.removeprefix(part): found for kind, found in lived.answers.waits.items() if kind.startswith(part)
    }


def _costs(lived: Lived) -> str:
    """What pages cost one after the other at the end of the day, when nobody else asks."""
    lines = [
        "## Pages alone\n",
        "Asked one after the other at the end of the day, dearest first:\n",
        "| page | processor ms | p50 ms by the clock |",
        "|---|---:|---:|",
    ]
    return "\n".join(
        [*lines, *(f"| {one.page} | {one.processor:.0f} | {one.wall:.0f} |" for one in lived.costs[:DEAREST])]
    )


def _line(what: str, waits: list[float], *, with_99: bool = False) -> str:
    middle, high, highest = _cuts(waits)
    more = f" {highest:.0f} |" if with_99 else ""
    return f"| {what} | {len(waits):,} | {middle:.0f} | {high:.0f} |{more} {max(waits):.0f} |"


def _cuts(waits: list[float]) -> tuple[float, float, float]:
    cuts = quantiles(waits, n=100, method="inclusive") if len(waits) > 1 else waits * 99
    return cuts[49], cuts[94], cuts[98]


def _rows(lived: Lived) -> str:
    shown = [one for one in ORDER if any(one in of for of in lived.statuses.values())]
    lines = ["## Rows of the ledger\n", f"| rule | {' | '.join(shown)} |", f"|---|{'---:|' * len(shown)}"]
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
