"""The four earlies as distributions: days from onset to sample, report, isolation and admission."""

from __future__ import annotations

from dataclasses import dataclass

from sizao.facts.declaration import Words
from sizao.indicators.definition import Frame, Indicator, share_of, stated, suppressed, within
from sizao.obligations.known import believed, spells_of
from sizao.terms.queries import Query, SqlStep, literal
from sizao.terms.time import sql_local_day

EARLIES = Indicator(
    name="four_earlies",
    label=Words("四早", "the four earlies"),
    counts=Words("确诊病例", "confirmed cases"),
    numerator=Words(
        "发病后限定天数内达到该环节", "reached the milestone within the limit of days after onset"
    ),
    denominator=Words(
        "统计期内确诊、发病日期已知、已达到该环节或已超过限期",
        "confirmed in the window, onset known, milestone reached or limit passed",
    ),
    exclusions=Words("发病日期未知的另列", "cases without a known onset are listed beside it"),
    orders=("D2-06", "D2-37", "D2-39"),
)


@dataclass(frozen=True)
class Limits:
    """Within how many days after the onset day each milestone counts as early; parameters of the reader, not
    of this file.

    look_back_days: how long before the onset an event still belongs to this illness (a positive sample, a
    report, a room or a bed already there at onset counts as day zero or earlier).
    """

    sample: int
    report: int
    isolation: int
    admission: int
    look_back_days: int = 14


def four_earlies(frame: Frame, limits: Limits, *, zone: str) -> Query:
    """Days from onset to each of four milestones, over cases confirmed in the window. One row per milestone.

    The onset is the earliest possible day of the latest effective classification that names one. Milestones:
    the first sample from the onset day on, or an earlier positive one; the first report of the case; the
    first stay in a room or at home under restriction; the first admission. Days are whole calendar days of
    `zone` and negative before the onset. median_days and p90_days are over the cases that reached the
    milestone; not_reached stands beside them, because a distribution of those who made it flatters. in_limit
    is over the cases that reached it or whose limit has passed. found_too_late: cases about whom a duty could
    no more be written when its reason became known.
    """
    steps = (
        *_days(frame, limits, zone),
        SqlStep(
            "early_figures", _figures(frame, sql_local_day(literal(frame.as_of), zone)), "the distributions"
        ),
    )
    return Query(steps=steps, inputs=(*FACTS, "too_late"), results={"indicator": "early_figures"})


def days_of_cases(frame: Frame, *, zone: str, look_back_days: int = 14) -> Query:
    """Result `cases`: the cases that `four_earlies` counts in this frame, each with its days. One row a case.

    Columns: case, person, area (where its latest classification was recorded), origin ("unknown" where the
    latest classification states none), confirmed_at (UTC; of its first classification as confirmed),
    onset_on, imprecise, and sample_days, report_days, isolation_days, admission_days (NULL: not reached, or
    no onset).
    """
    limits = Limits(sample=0, report=0, isolation=0, admission=0, look_back_days=look_back_days)
    columns = ", ".join(
        f"CAST(min(days) FILTER (WHERE milestone = {literal(name)}) AS INTEGER) AS {name}_days"
        for name in MILESTONES
    )
    days = ", ".join(f"d.{name}_days" for name in MILESTONES)
    cases = f"""
SELECT c."case", c.person, c.area, c.origin, c.confirmed_at, c.onset_on,
       coalesce(c.imprecise, FALSE) AS imprecise, {days}
FROM early_cases AS c
LEFT JOIN (SELECT "case" AS of_case, {columns} FROM early_days GROUP BY "case") AS d ON d.of_case = c."case"
"""
    steps = (*_days(frame, limits, zone), SqlStep("early_of_cases", cases, "days from onset, a line a case"))
    return Query(steps=steps, inputs=FACTS, results={"cases": "early_of_cases"})


def _days(frame: Frame, limits: Limits, zone: str) -> tuple[SqlStep, ...]:
    """The steps up to `early_cases` and `early_days`."""
    events = {
        "sample": (_samples(frame), "e.positive OR event_on >= c.onset_on", limits.sample),
        "report": (_of_case(frame), "TRUE", limits.report),
        "isolation": (_of_person("room_stays", "from_at", frame), "TRUE", limits.isolation),
        "admission": (_of_person("admissions", "admitted_at", frame), "TRUE", limits.admission),
    }
    day = sql_local_day("e.at", zone)
    parts = [
        f"""
SELECT {literal(name)} AS milestone, CAST({limit} AS INTEGER) AS limit_days, "case", c.person, c.onset_on,
  c.imprecise,
       min(event_on) - c.onset_on AS days
FROM early_cases AS c LEFT JOIN (SELECT e.*, {day} AS event_on FROM early_{name} AS e) AS e
  ON e.subject = c.{"case" if name == "report" else "person"} AND ({rule})
 AND event_on >= c.onset_on - {limits.look_back_days}
GROUP BY "case", c.person, c.onset_on, c.imprecise"""
        for name, (_, rule, limit) in events.items()
    ]
    return (
        *(spells_of(fact) for fact in FACTS),
        SqlStep("early_cases", _cases(frame), "confirmed cases of the window with their onset"),
        *(SqlStep(f"early_{name}", event[0], f"{name}: what counts") for name, event in events.items()),
        SqlStep("early_days", " UNION ALL ".join(parts), "days from onset, by case and milestone"),
    )


MILESTONES = ("sample", "report", "isolation", "admission")
FACTS = (
    "classifications",
    "samples",
    "sample_members",
    "results",
    "case_reports",
    "room_stays",
    "admissions",
)


def _cases(frame: Frame) -> str:
    order = 'PARTITION BY "case" ORDER BY happened_at, key_hi, key_lo'
    return f"""
SELECT "case", person, area, origin, confirmed_at, onset_on, imprecise FROM (
  SELECT "case", person, area, class, coalesce(origin, 'unknown') AS origin,
         last_value(onset_earliest IGNORE NULLS) OVER so_far AS onset_on,
         last_value(CASE WHEN onset_earliest IS NOT NULL THEN onset_latest - onset_earliest > 1 END IGNORE
           NULLS)
           OVER so_far AS imprecise,
         min(happened_at) FILTER (WHERE class = 'confirmed') OVER so_far AS confirmed_at,
         lead(key_hi) OVER in_order IS NULL AS newest
  FROM {believed("classifications", frame.known_by)} WHERE happened_at <= {literal(frame.as_of)}
  WINDOW so_far AS ({order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), in_order AS ({order})
) AS classified
WHERE newest AND class = 'confirmed' AND confirmed_at >= {literal(frame.window_from)}
  AND confirmed_at < {literal(frame.window_until)} AND {within("area", frame.area)}"""


def _samples(frame: Frame) -> str:
    return f"""
SELECT m.person AS subject, s.taken_at AS at, coalesce(bool_or(r.result = 'positive'), FALSE) AS positive
FROM {believed("sample_members", frame.known_by, "m")}
JOIN {believed("samples", frame.known_by, "s")} ON s.sample = m.sample
LEFT JOIN {believed("results", frame.known_by, "r")} ON r.sample = s.sample
WHERE s.taken_at <= {literal(frame.as_of)} GROUP BY m.person, s.sample, s.taken_at"""


def _of_case(frame: Frame) -> str:
    return f"""
SELECT "case" AS subject, reported_at AS at FROM {believed("case_reports", frame.known_by)}
WHERE reported_at <= {literal(frame.as_of)}"""


def _of_person(fact: str, column: str, frame: Frame) -> str:
    return f"""
SELECT person AS subject, {column} AS at FROM {believed(fact, frame.known_by)}
WHERE {column} <= {literal(frame.as_of)}"""


def _figures(frame: Frame, today: str) -> str:
    reached = "days IS NOT NULL"
    decided = f"onset_on IS NOT NULL AND ({reached} OR onset_on + limit_days < {today})"
    sums = f"""
SELECT milestone, limit_days, {_number("onset_on IS NOT NULL")} AS cases, {_number("onset_on IS NULL")} AS
  onset_not_known,
       {_number("imprecise")} AS imprecise, {_number(reached)} AS reached,
       {_number(f"onset_on IS NOT NULL AND NOT {reached}")} AS not_reached,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS median_days,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY days) AS p90_days,
       {_number(f"{decided} AND days <= limit_days")} AS numerator, {_number(decided)} AS denominator,
       {_number("person IN (SELECT about FROM too_late)")} AS found_too_late
FROM early_days GROUP BY milestone, limit_days"""
    hidden = suppressed(frame)
    beside = (
        "cases",
        "onset_not_known",
        "imprecise",
        "reached",
        "not_reached",
        "median_days",
        "p90_days",
        "found_too_late",
    )
    others = ", ".join(f"CASE WHEN {hidden} THEN NULL ELSE {column} END AS {column}" for column in beside)
    columns = f"milestone, limit_days, {share_of(frame)}, {others}, {stated(EARLIES.name, frame)}"
    return f"SELECT {columns} FROM ({sums}) AS sums"


def _number(condition: str) -> str:
    return f"CAST(count(*) FILTER (WHERE {condition}) AS BIGINT)"
