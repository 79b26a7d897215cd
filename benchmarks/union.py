"""The peer in SQL: the thirty plain rules as one UNION ALL in DuckDB, written as a good analyst would.

It uses what makes such a query fast: worst grades once for all rules, columns only where needed, an
equality and range join for the proofs. It answers what Sizao answers for plain rules: identity, text,
person, times, status, proof, offices and reasons.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from benchmarks.city import FIRST_DAY
from benchmarks.plain_rules import PlainRule, plain_rules

from sizao.terms.identifiers import text_key

_ZONE = "INTERVAL 8 HOUR"


def bind(folder: Path) -> list[str]:
    """One view per fact file."""
    return [
        f"CREATE VIEW {file.stem} AS SELECT * FROM read_parquet('{file}')"
        for file in sorted(folder.glob("*.parquet"))
    ]


def statements(as_of: datetime, known_by: datetime, digests: dict[str, str]) -> list[str]:
    """The statements that make the table `obligations`; `digests` are the texts' hashes by rule."""
    known = f"action = 'record' AND known_at <= TIMESTAMP '{known_by}'"
    branches = "\nUNION ALL\n".join(_branch(rule, digests[rule.name]) for rule in plain_rules())
    return [
        f"""CREATE TEMP TABLE arrivals_graded AS
        SELECT arrival.key_hi, arrival.key_lo, arrival.person, arrival.arrived_on, arrival.known_at,
               CASE max(CASE grade.grade WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END)
                    WHEN 3 THEN 'high' WHEN 2 THEN 'medium' ELSE 'low' END AS worst,
               min({{rank: CASE grade.grade WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END,
                    grade_hi: grade.key_hi, grade_lo: grade.key_lo, stay_hi: stay.key_hi,
                    stay_lo: stay.key_lo}}) AS witness
        FROM (SELECT * FROM arrivals WHERE {known}) AS arrival
        JOIN (SELECT * FROM stays WHERE {known}) AS stay
          ON stay.person = arrival.person AND stay.from_on <= arrival.arrived_on
         AND stay.until_on > arrival.arrived_on - 14
        JOIN (SELECT * FROM area_grades WHERE {known} AND graded <> 'city') AS grade
          ON grade.graded = stay.located_in AND grade.from_on <= least(arrival.arrived_on, stay.until_on - 1)
         AND grade.until_on > greatest(arrival.arrived_on - 14, stay.from_on)
        GROUP BY ALL""",
        f"""CREATE TEMP TABLE rows_due AS
        {branches}""".replace("{known}", known),
        f"""CREATE TEMP TABLE taken AS
        SELECT member.person, sample.taken_at, member.key_hi, member.key_lo,
               greatest(member.known_at, sample.known_at, result.known_at) AS known_at
        FROM sample_members AS member
        JOIN samples AS sample USING (sample) JOIN results AS result USING (sample)
        WHERE member.{known.replace(" known_at", " member.known_at")}
          AND sample.{known.replace(" known_at", " sample.known_at")}
          AND result.{known.replace(" known_at", " result.known_at")}
          AND sample.taken_at <= TIMESTAMP '{as_of}'""",
        """CREATE TEMP TABLE proofs AS
        SELECT row.id_hi, row.id_lo,
               min({met_at: taken.taken_at, hi: taken.key_hi, lo: taken.key_lo,
                    known_at: taken.known_at}) AS first_proof
        FROM rows_due AS row JOIN taken ON taken.person = row.about AND taken.taken_at >= row.opens_at
         AND taken.taken_at < coalesce(row.closes_at, TIMESTAMP '9999-01-01')
        GROUP BY ALL""",
        f"""CREATE TEMP TABLE office_of AS
        SELECT path, min(CASE WHEN task = 'community' AND covers = path THEN office END) AS community,
               min(CASE WHEN task = 'sampling_team' THEN office END) AS team
        FROM areas JOIN (SELECT * FROM offices WHERE {known})
          ON path = covers OR starts_with(path, covers || '/')
        GROUP BY path""",
        f"""CREATE TABLE obligations AS
        SELECT row.id_hi, row.id_lo, row.rule, row.version, row.rule_version, row.step, row.occurrence,
               row.verb, row.sector, row.about, row.trigger_fact, row.key_hi, row.key_lo, row.event_on,
               row.first_known_at, row.opens_at, row.due_at, row.closes_at,
               CASE WHEN first_proof IS NOT NULL AND first_proof.met_at < due_at THEN 'met'
                    WHEN first_proof IS NOT NULL THEN 'met_late'
                    WHEN TIMESTAMP '{as_of}' < opens_at THEN 'upcoming'
                    WHEN TIMESTAMP '{as_of}' < due_at THEN 'open'
                    WHEN closes_at IS NULL OR TIMESTAMP '{as_of}' < closes_at THEN 'overdue'
                    ELSE 'missed' END AS status,
               first_proof.met_at AS met_at, first_proof.hi AS met_hi, first_proof.lo AS met_lo,
               coalesce(first_proof.known_at > due_at, false) AS reported_late,
               office_of.team AS done_by, office_of.community AS answers_to,
               coalesce(residence.located_in, 'city') AS area,
               row.witness.grade_hi AS grade_hi, row.witness.grade_lo AS grade_lo,
               row.witness.stay_hi AS stay_hi, row.witness.stay_lo AS stay_lo
        FROM rows_due AS row
        LEFT JOIN proofs USING (id_hi, id_lo)
        LEFT JOIN (SELECT * FROM residences WHERE {known}) AS residence ON residence.person = row.about
        LEFT JOIN office_of ON office_of.path = residence.located_in""",
    ]


def _branch(rule: PlainRule, digest: str) -> str:
    item_hi, item_lo = text_key(f"{rule.name}\x1ftest")
    occurrence = f"d{rule.day}" if rule.plan else "once"
    occurrence_hi, occurrence_lo = text_key(occurrence)
    source = "arrivals_graded" if rule.fact == "arrivals" else f"(SELECT * FROM {rule.fact} WHERE {{known}})"
    event = {
        "arrivals": "arrived_on",
        "occupations": "from_on",
        "designations": "designated_on",
        "discharges": f"CAST(discharged_at + {_ZONE} AS DATE)",
    }[rule.fact]
    anchor = event if rule.anchor.startswith("day_of") else rule.anchor
    start = f"TIMESTAMP '{FIRST_DAY}' - {_ZONE}"
    if rule.plan:
        opens = f"greatest(CAST({anchor} + {rule.day - 1} AS TIMESTAMP) - {_ZONE}, {start})"
        due = f"CAST({anchor} + {rule.day} AS TIMESTAMP) - {_ZONE}"
        closes = f"CAST({anchor} + {rule.day + 2} AS TIMESTAMP) - {_ZONE}"
    else:
        opens = f"greatest(CAST({event} AS TIMESTAMP) - {_ZONE}, known_at)"
        due = f"CAST({anchor} + {rule.day} AS TIMESTAMP) - {_ZONE}"
        closes = "CAST(NULL AS TIMESTAMP)"
    witness = (
        "witness"
        if rule.fact == "arrivals"
        else "CAST(NULL AS STRUCT(rank INTEGER, grade_hi BIGINT, grade_lo BIGINT, "
        "stay_hi BIGINT, stay_lo BIGINT))"
    )
    return f"""SELECT xor(key_hi, {item_hi ^ occurrence_hi}) AS id_hi,
        xor(key_lo, {item_lo ^ occurrence_lo}) AS id_lo, '{rule.name}' AS rule, 1 AS version,
        '{digest}' AS rule_version, 'test' AS step, '{occurrence}' AS occurrence,
        'test' AS verb, 'health' AS sector, person AS about, '{rule.fact}' AS trigger_fact, key_hi, key_lo,
        {event} AS event_on, known_at AS first_known_at,
        {opens} AS opens_at, {due} AS due_at, {closes} AS closes_at, {witness} AS witness
        FROM {source}
        WHERE {event} >= DATE '{FIRST_DAY}' AND {rule.when_sql} AND {due} > known_at AND {opens} <= {due}"""
