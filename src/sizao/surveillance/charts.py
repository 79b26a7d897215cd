"""Control charts: is this laboratory's positivity, discordance, or this reporter's number of rows as ever?

Each answers a query with the result `chart`. One row is a subject and a day: tested and found (of reports:
found alone), expected, lower and upper (counts of that day that are no signal), verdict (low, high, silent,
jump; NULL: nothing), days (the window that showed it).

A laboratory is compared with its own baseline, moved by what the other laboratories of the same days found:
in a wave that comes or goes all of them change, and none is to blame. Immensa (Wolverhampton, 2021) gave some
43,000 false negatives in five weeks before anybody noticed; its share of positives was far below that of the
others from the first day. Days with a signal enter no later baseline, or a fault would become the norm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa

from sizao.surveillance.counting import effective_step
from sizao.surveillance.limits import Limits
from sizao.surveillance.predictive import (
    limits_of_count,
    limits_of_share,
    tails_of_count,
    tails_of_share,
)
from sizao.terms.queries import KernelStep, Query, SqlStep, literal
from sizao.terms.time import sql_local_day

LABORATORIES = ("results", "samples")
REPORTERS = ("results", "samples", "health_checks", "institution_reports", "encounters", "medicine_sales")
SCHEMA = pa.schema(
    [
        pa.field("subject", pa.string(), nullable=False),
        pa.field("day", pa.date32(), nullable=False),
        pa.field("tested", pa.int64()),
        pa.field("found", pa.int64(), nullable=False),
        pa.field("expected", pa.float64()),
        pa.field("lower", pa.int64()),
        pa.field("upper", pa.int64()),
        pa.field("verdict", pa.string()),
        pa.field("days", pa.int64()),
    ]
)


def positivity(first: date, last: date, *, known_by: datetime, zone: str, limits: Limits) -> Query:
    """Of each laboratory and day from `first` to `last`: results and positive ones among them.

    A result counts on the local day of its moment; doubtful and invalid ones are not counted. The laboratory
    is the result's own, or its sample's where it names none.
    """
    tests = f"""
SELECT coalesce(r.laboratory, s.laboratory) AS subject, {sql_local_day("r.resulted_at", zone)} AS day,
       count(*) AS tested, count(*) FILTER (WHERE r.result = 'positive') AS found
FROM eff_results AS r
LEFT JOIN (SELECT DISTINCT sample, laboratory FROM eff_samples) AS s ON s.sample = r.sample
WHERE r.result IN ('positive', 'negative') AND coalesce(r.laboratory, s.laboratory) IS NOT NULL
GROUP BY 1, 2"""
    return _shares(tests, LABORATORIES, known_by, _Asked(first, last, limits, with_others=True))


def discordance(first: date, last: date, *, known_by: datetime, zone: str, limits: Limits) -> Query:
    """Of each laboratory and day: pairs of results of one sample, and those among them that disagree.

    A pair are two results, one of them of this laboratory and of this day, the other of any laboratory within
    two days; positive beside negative disagrees. Too few is no signal.
    """
    pairs = f"""
SELECT a.laboratory AS subject, {sql_local_day("a.resulted_at", zone)} AS day, count(*) AS tested,
       count(*) FILTER (WHERE a.result <> b.result) AS found
FROM eff_results AS a JOIN eff_results AS b
  ON b.sample = a.sample AND (b.key_hi <> a.key_hi OR b.key_lo <> a.key_lo)
 AND b.resulted_at BETWEEN a.resulted_at - INTERVAL '2' DAY AND a.resulted_at + INTERVAL '2' DAY
WHERE a.laboratory IS NOT NULL
  AND a.result IN ('positive', 'negative') AND b.result IN ('positive', 'negative')
GROUP BY 1, 2"""
    return _shares(pairs, ("results",), known_by, _Asked(first, last, limits, with_others=False, low=False))


def reports(first: date, last: date, *, known_by: datetime, zone: str, limits: Limits, typed: str) -> Query:
    """Of each reporter and day: rows that became known, of the facts in REPORTERS.

    A reporter is a source system, or for rows typed in this system (`typed`) the account. A day without a row
    counts as none from the reporter's first day on.
    """
    rows = " UNION ALL ".join(
        f"SELECT CASE WHEN source_system = {literal(typed)} THEN recorded_by ELSE source_system END"
        f" AS subject, {sql_local_day('recorded_at', zone)} AS day FROM {name}"
        f" WHERE recorded_at <= {literal(known_by)} AND NOT history"
        for name in REPORTERS
    )
    counted = f"SELECT subject, day, NULL AS tested, count(*) AS found FROM ({rows}) AS r GROUP BY 1, 2"
    asked = _Asked(first, last, limits, with_others=False)
    return Query(
        (
            SqlStep("counted", counted, "rows of each reporter and day"),
            KernelStep("chart", ("counted",), asked.counts, "against each reporter's own past"),
        ),
        REPORTERS,
        {"chart": "chart"},
    )


def _shares(counted: str, facts: tuple[str, ...], known_by: datetime, asked: _Asked) -> Query:
    return Query(
        (
            *(effective_step(fact, known_by) for fact in facts),
            SqlStep("counted", counted, "tests and findings of each laboratory and day"),
            KernelStep("chart", ("counted",), asked.shares, "against each laboratory's own past"),
        ),
        facts,
        {"chart": "chart"},
    )


@dataclass(frozen=True)
class _Day:
    tested: int
    found: int


@dataclass(frozen=True)
class _Asked:
    """Which days, and how they are judged."""

    first: date
    last: date
    limits: Limits
    with_others: bool
    low: bool = True  # whether too few is a signal

    def shares(self, tables: Mapping[str, pa.Table]) -> pa.Table:
        """The chart of laboratories."""
        counted = _counted(tables["counted"])
        rows = [row for subject in sorted(counted) for row in self._laboratory(subject, counted)]
        return pa.Table.from_pylist(rows, schema=SCHEMA)

    def counts(self, tables: Mapping[str, pa.Table]) -> pa.Table:
        """The chart of reporters."""
        counted = _counted(tables["counted"])
        rows = [row for subject, days in sorted(counted.items()) for row in self._reporter(subject, days)]
        return pa.Table.from_pylist(rows, schema=SCHEMA)

    def _laboratory(self, subject: str, counted: dict[str, dict[date, _Day]]) -> list[dict[str, object]]:
        own = counted[subject]
        others = _others(counted, subject) if self.with_others else {}
        rows: list[dict[str, object]] = []
        signals: set[date] = set()
        for day in _days(min(own), self.last):
            if day not in own:
                continue
            verdict, window = None, None
            basis = self._basis(day, own, signals)
            row = _row(subject, day, own[day])
            if len(basis) >= self.limits.least_baseline_days:
                row |= self._expected(day, 1, basis, own, others)
                verdict, window = self._judged(day, basis, own, others)
            if verdict:
                signals.add(day)
            rows.append({**row, "verdict": verdict, "days": window})
        return [row for row in rows if self.first <= row["day"]]  # type: ignore[operator]

    def _basis(self, day: date, own: dict[date, _Day], signals: set[date]) -> list[date]:
        """The days of the baseline: before the longest window, without signals."""
        past = [one for one in sorted(own) if one < day and one not in signals]
        return past[-self.limits.baseline_days :]

    def _share(
        self, days: Sequence[date], basis: list[date], own: dict[date, _Day], others: dict[date, _Day]
    ) -> tuple[float, int]:
        """The share expected on these days, and from how many tests it is known."""
        tested, found = _sum(own, basis)
        share = (found + 0.5) / (tested + 1)
        then, now = _sum(others, basis), _sum(others, days)
        if then[1] >= self.limits.least_expected and now[0] and now[1] >= self.limits.least_expected:
            moved = (now[1] / now[0]) / (then[1] / then[0])
            # What moves the expectation is itself known from so many findings only.
            known = 1 / (1 / max(found, 0.5) + 1 / now[1] + 1 / then[1])
            share = min(0.999, share * moved)
            tested = max(1, int(min(tested, known / share)))
        return share, tested

    def _expected(
        self, day: date, window: int, basis: list[date], own: dict[date, _Day], others: dict[date, _Day]
    ) -> dict[str, object]:
        share, weight = self._share([day], basis, own, others)
        lower, upper = limits_of_share(own[day].tested, share, weight, self.limits.tail)
        return {
            "expected": share * own[day].tested,
            "lower": lower if self.low and share * own[day].tested >= self.limits.least_expected else 0,
            "upper": upper,
        }

    def _judged(
        self, day: date, basis: list[date], own: dict[date, _Day], others: dict[date, _Day]
    ) -> tuple[str | None, int | None]:
        for window in self.limits.windows:
            days = [one for one in _days(day - timedelta(days=window - 1), day) if one in own]
            before = [one for one in basis if one < days[0]]
            if len(before) < self.limits.least_baseline_days or (window > 1 and len(days) < 2):
                continue
            share, weight = self._share(days, before, own, others)
            tested, found = _sum(own, days)
            below, above = tails_of_share(found, tested, share, weight)
            if self.low and below < self.limits.tail and share * tested >= self.limits.least_expected:
                return "low", window
            if above < self.limits.tail:
                return "high", window
        return None, None

    def _reporter(self, subject: str, given: dict[date, _Day]) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        signals: set[date] = set()
        for day in _days(min(given), self.last):
            found = given[day].found if day in given else 0
            row: dict[str, object] = _row(subject, day, _Day(0, found)) | {"tested": None}
            basis = [
                given[one].found if one in given else 0
                for one in _days(max(min(given), day - timedelta(days=self.limits.baseline_days)), day)[:-1]
                if one not in signals and (one.weekday() >= 5) == (day.weekday() >= 5)
            ]
            if len(basis) >= self.limits.least_baseline_days - (3 if day.weekday() >= 5 else 0):
                mean = max(sum(basis) / len(basis), 0.1)
                variance = max(mean, sum((one - mean) ** 2 for one in basis) / (len(basis) - 1))
                # The mean itself is known from so many days only.
                variance *= 1 + 1 / len(basis)
                tail = self.limits.false_alarms
                lower, upper = limits_of_count(mean, variance, tail)
                below, above = tails_of_count(found, mean, variance)
                verdict = None
                if below < tail and mean >= self.limits.least_expected:
                    verdict = "silent" if found == 0 else "low"
                elif above < tail:
                    verdict = "jump"
                row |= {"expected": mean, "lower": lower, "upper": upper, "verdict": verdict, "days": 1}
                if verdict:
                    signals.add(day)
                else:
                    row["days"] = None
            rows.append({"verdict": None, "days": None, **row})
        return [row for row in rows if self.first <= row["day"]]  # type: ignore[operator]


def _row(subject: str, day: date, counted: _Day) -> dict[str, object]:
    empty = dict.fromkeys(("expected", "lower", "upper"))
    return {"subject": subject, "day": day, "tested": counted.tested, "found": counted.found, **empty}


def _counted(rows: pa.Table) -> dict[str, dict[date, _Day]]:
    found: dict[str, dict[date, _Day]] = {}
    for row in rows.to_pylist():
        found.setdefault(row["subject"], {})[row["day"]] = _Day(row["tested"] or 0, row["found"])
    return found


def _others(counted: dict[str, dict[date, _Day]], subject: str) -> dict[date, _Day]:
    """All other laboratories together."""
    found: dict[date, _Day] = {}
    for name, days in counted.items():
        if name != subject:
            for day, one in days.items():
                before = found.get(day, _Day(0, 0))
                found[day] = _Day(before.tested + one.tested, before.found + one.found)
    return found


def _sum(counted: dict[date, _Day], days: Sequence[date]) -> tuple[int, int]:
    chosen = [counted[day] for day in days if day in counted]
    return sum(one.tested for one in chosen), sum(one.found for one in chosen)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
