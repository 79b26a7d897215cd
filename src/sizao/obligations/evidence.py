"""Bring every fact that may prove something into one table: which proof, whose, from when, until when, which
fact.

Statement: docs/explanation/semantics.md, section 4. One row per (distinct proof, effective fact that fulfils
its condition). Tests and samplings, the largest readings, are joined for the persons who have rows, never for
a whole city.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sizao.facts.declaration import ColumnType
from sizao.facts.readings import READINGS, fact_or_reading
from sizao.obligations.discharge import nothing
from sizao.obligations.items import Items
from sizao.policy.expressions.emit import Scope, columns_in, emit
from sizao.policy.model import Policy, Proof
from sizao.terms.queries import SqlStep, Step, literal
from sizao.terms.time import sql_midnight

EVIDENCE_COLUMNS = (
    ("proof", "INTEGER"),
    ("person", "VARCHAR"),
    ("proved_at", "TIMESTAMP"),
    ("proved_until", "TIMESTAMP"),
    ("p_hi", "BIGINT"),
    ("p_lo", "BIGINT"),
    ("known_at", "TIMESTAMP"),
)

SOURCES = {name: f"proof_{name}" for name in READINGS}


def evidence_steps(
    policy: Policy, items: Items, *, as_of: datetime, subjects: str | None = None
) -> list[Step]:
    """Steps that end in `evidence`: proof, person (canonical subject), proved_at, proved_until, p_hi, p_lo,
    known_at.

    subjects: a step with the column `person`; only their proofs are kept (every canonical person, place and
    office that a row may be about). Proofs of points lie at or before as_of; those of spans may lie ahead.
    Reads `canonical` and the effective facts `eff_<fact>`.
    """
    asked = {proof.reading for _, proof in items.proofs}
    pools = any(_names_members(proof) for _, proof in items.proofs)
    steps: list[Step] = [_members(subjects)] if asked & set(READINGS) else []
    for name in sorted(asked & set(READINGS)):
        steps += _reading(name, with_members=pools and name == "tests")
    parts = [_proved(policy, number, proof, as_of, subjects) for number, proof in items.proofs]
    sql = "\nUNION ALL\n".join(parts) if parts else nothing(EVIDENCE_COLUMNS)
    steps.append(SqlStep("evidence", sql, "every fact that may prove something"))
    return steps


def _proved(policy: Policy, number: int, proof: Proof, as_of: datetime, subjects: str | None) -> str:
    begins = _instant(policy, proof.reading, proof.at)
    until = "CAST(NULL AS TIMESTAMP)"
    kept = [f"{begins} IS NOT NULL"]
    if proof.until is None:
        kept.append(f"{begins} <= {literal(as_of)}")
    else:
        until = _instant(policy, proof.reading, proof.until)
    if proof.where is not None:
        kept.append(emit(proof.where, Scope(policy.zone, "p.{}".format)))
    of_persons = fact_or_reading(proof.reading).column(proof.subject).of == "person"
    if proof.reading in READINGS:
        person, source = "p.person", f"{SOURCES[proof.reading]} AS p"
    elif of_persons:
        person = f"coalesce(c.canonical, p.{proof.subject})"
        source = f"eff_{proof.reading} AS p LEFT JOIN canonical AS c ON c.person = p.{proof.subject}"
    else:
        person, source = f"p.{proof.subject}", f"eff_{proof.reading} AS p"
    if subjects is not None and proof.reading not in READINGS:
        kept.append(f"{person} IN (SELECT person FROM {subjects})")
    return f"""
SELECT CAST({number} AS INTEGER) AS proof, {person} AS person, {begins} AS proved_at, {until} AS proved_until,
       p.k_hi AS p_hi, p.k_lo AS p_lo, p.known_at
FROM {source}
WHERE {" AND ".join(kept)}"""


def _instant(policy: Policy, reading: str, column: str) -> str:
    """The instant of a column; a date begins at its local midnight."""
    if column in ("happened_at", "known_at"):
        return f"p.{column}"
    if fact_or_reading(reading).column(column).type is ColumnType.DATE:
        return sql_midnight(f"p.{column}", policy.zone)
    return f"p.{column}"


def _members(subjects: str | None) -> SqlStep:
    kept = (
        ""
        if subjects is None
        else f"WHERE coalesce(c.canonical, m.person) IN (SELECT person FROM {subjects})"
    )
    sql = f"""
SELECT m.sample, coalesce(c.canonical, m.person) AS person, m.k_hi, m.k_lo, m.known_at
FROM eff_sample_members AS m LEFT JOIN canonical AS c ON c.person = m.person {kept}"""
    return SqlStep("proof_members", sql, "the samples of everybody who may have rows")


def _reading(name: str, *, with_members: bool) -> Iterator[Step]:
    """A reading of these members. Members of a sample that is told twice are settled apart: there are few.

    Anti-joins are written as such: NOT EXISTS would be planned as a subquery for each row of the city.
    """
    tests = name == "tests"
    told, retold, settled = f"proof_{name}_told", f"proof_{name}_retold", f"proof_{name}_settled"
    own = "s.taken_at, r.result, r.resulted_at" if tests else "s.taken_at"
    known = "greatest(m.known_at, s.known_at, r.known_at)" if tests else "greatest(m.known_at, s.known_at)"
    results = "JOIN eff_results AS r ON r.sample = m.sample" if tests else ""
    among = f"WHERE sample IN (SELECT sample FROM {retold})"
    columns = ", ".join(
        (
            "person",
            "sample",
            "taken_at",
            *(("result", "resulted_at") if tests else ()),
            "k_hi",
            "k_lo",
            "known_at",
        )
    )
    chosen = f"SELECT m.person, m.sample, {own}, m.k_hi, m.k_lo, {known} AS known_at"
    yield SqlStep(
        told,
        f"{chosen}\nFROM proof_members AS m\nJOIN eff_samples AS s ON s.sample = m.sample {results}",
        f"{name} of these members, one row per sample and result told",
    )
    yield SqlStep(
        retold,
        f"""
SELECT m.* FROM proof_members AS m
JOIN (SELECT k_hi, k_lo FROM {told} GROUP BY k_hi, k_lo HAVING count(*) > 1) AS d
  ON d.k_hi = m.k_hi AND d.k_lo = m.k_lo""",
        "members whose sample is told twice",
    )
    order = "s.happened_at DESC, s.k_hi DESC, s.k_lo DESC"
    if tests:
        order += ", r.happened_at DESC, r.k_hi DESC, r.k_lo DESC"
    yield SqlStep(
        settled,
        f"""{chosen}
FROM {retold} AS m
JOIN (SELECT * FROM eff_samples {among}) AS s ON s.sample = m.sample {results}
QUALIFY row_number() OVER (PARTITION BY m.k_hi, m.k_lo ORDER BY {order}) = 1""",
        "what counts of a sample that is told twice: what happened last",
    )
    sql = f"""
SELECT {columns} FROM {told} AS t ANTI JOIN {retold} AS d ON d.k_hi = t.k_hi AND d.k_lo = t.k_lo
UNION ALL
SELECT {columns} FROM {settled}"""
    if with_members:
        yield SqlStep(
            "proof_pools",
            """
SELECT sample, count(*) AS members FROM eff_sample_members
WHERE sample IN (SELECT sample FROM proof_members) GROUP BY sample""",
            "how many people are in each of these samples",
        )
        sql = f"SELECT t.*, n.members FROM ({sql}) AS t JOIN proof_pools AS n ON n.sample = t.sample"
    yield SqlStep(SOURCES[name], sql, f"{name} of everybody who may have rows", materialize=False)


def _names_members(proof: Proof) -> bool:
    return proof.reading == "tests" and proof.where is not None and "members" in columns_in(proof.where)
