"""Bring every fact that may prove something into one table: which proof, whose, from when, until when, which
fact.

Statement: docs/explanation/semantics.md, section 4. One row per (distinct proof, effective fact that fulfils
its condition). Tests and samplings, the largest readings, are joined for the persons who have rows, never for
a whole city.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
    ("matched", "VARCHAR"),
)

SOURCES = {name: f"proof_{name}" for name in READINGS}


def evidence_steps(
    policy: Policy, items: Items, *, as_of: datetime, subjects: str | None = None
) -> list[Step]:
    """Steps that end in `evidence`: proof, person (canonical subject), proved_at, proved_until, p_hi, p_lo,
    known_at, matched (what must equal a column of the trigger; canonical where it is a person).

    subjects: a step with the column `person`; only their proofs are kept (every canonical person, place and
    office that a row may be about). Proofs of points lie at or before as_of; those of spans may lie ahead.
    Reads `canonical` and the effective facts `eff_<fact>`.
    """
    asked = {proof.reading for _, proof in items.proofs}
    steps: list[Step] = []
    if asked & set(READINGS):
        steps += [_members(subjects), *_SAMPLINGS.steps()]
    if "tests" in asked:
        steps += _TESTS.steps()
    if any(_names_members(proof) for _, proof in items.proofs):
        steps.append(_pools())
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
        if _names_members(proof):
            pooled = f"{SOURCES['tests']} AS t JOIN proof_pools AS n ON n.sample = t.sample"
            source = f"(SELECT t.*, n.members FROM {pooled}) AS p"
    elif of_persons:
        person = f"coalesce(c.canonical, p.{proof.subject})"
        source = f"eff_{proof.reading} AS p LEFT JOIN canonical AS c ON c.person = p.{proof.subject}"
    else:
        person, source = f"p.{proof.subject}", f"eff_{proof.reading} AS p"
    matched = "CAST(NULL AS VARCHAR)"
    if proof.match is not None:
        matched = f'p."{proof.match[0]}"'
        if fact_or_reading(proof.reading).column(proof.match[0]).of == "person":
            source += f" LEFT JOIN canonical AS o ON o.person = {matched}"
            matched = f"coalesce(o.canonical, {matched})"
    if subjects is not None and proof.reading not in READINGS:
        kept.append(f"{person} IN (SELECT person FROM {subjects})")
    return f"""
SELECT CAST({number} AS INTEGER) AS proof, {person} AS person, {begins} AS proved_at, {until} AS proved_until,
       p.k_hi AS p_hi, p.k_lo AS p_lo, p.known_at, {matched} AS matched
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
    return SqlStep("proof_members", sql, "the samples of everybody who may have rows", in_written_order=True)


@dataclass(frozen=True)
class _Joined:
    """A reading made of another one and the rows of a fact about the same samples."""

    name: str
    of: str  # the step that gives person, sample, k_hi, k_lo, known_at
    fact: str
    kept: tuple[str, ...]  # columns of the step that stay
    told: tuple[str, ...]  # columns of the fact that come in

    def steps(self) -> Iterator[Step]:
        """Steps that end in `proof_<name>`, one row per member.

        Members of a sample that is told more than once are settled apart: there are few. Anti-joins are
        written as such, because NOT EXISTS is planned as a subquery that keeps every row of the city.
        """
        out, retold = SOURCES[self.name], f"{SOURCES[self.name]}_retold"
        mine = ", ".join(f"m.{column}" for column in ("person", "sample", *self.kept, "k_hi", "k_lo"))
        theirs = ", ".join(f"f.{column}" for column in self.told)
        chosen = f"SELECT {mine}, {theirs}, greatest(m.known_at, f.known_at) AS known_at"
        yield SqlStep(
            f"{out}_told",
            f"{chosen}\nFROM eff_{self.fact} AS f JOIN {self.of} AS m ON m.sample = f.sample",
            f"{self.name} of these members, as often as they are told",
            in_written_order=True,
        )
        yield SqlStep(
            retold,
            f"""
SELECT m.* FROM {self.of} AS m
JOIN (SELECT k_hi, k_lo FROM {out}_told GROUP BY k_hi, k_lo HAVING count(*) > 1) AS d
  ON d.k_hi = m.k_hi AND d.k_lo = m.k_lo""",
            f"members for whom {self.fact} tell several times of a sample",
        )
        yield SqlStep(
            f"{out}_settled",
            f"""{chosen}
FROM {retold} AS m
JOIN (SELECT * FROM eff_{self.fact} WHERE sample IN (SELECT sample FROM {retold})) AS f ON f.sample = m.sample
QUALIFY row_number() OVER (
  PARTITION BY m.k_hi, m.k_lo ORDER BY f.happened_at DESC, f.k_hi DESC, f.k_lo DESC) = 1""",
            "of these the one that happened last",
        )
        yield SqlStep(
            out,
            f"""
SELECT t.* FROM {out}_told AS t ANTI JOIN {retold} AS d ON d.k_hi = t.k_hi AND d.k_lo = t.k_lo
UNION ALL
SELECT * FROM {out}_settled""",
            f"{self.name} of everybody who may have rows",
            materialize=False,
        )


_SAMPLINGS = _Joined("samplings", "proof_members", "samples", (), ("taken_at",))
_TESTS = _Joined("tests", SOURCES["samplings"], "results", ("taken_at",), ("result", "resulted_at"))


def _pools() -> SqlStep:
    sql = """
SELECT sample, count(*) AS members FROM eff_sample_members
WHERE sample IN (SELECT sample FROM proof_members) GROUP BY sample"""
    return SqlStep("proof_pools", sql, "how many people are in each of these samples")


def _names_members(proof: Proof) -> bool:
    return proof.reading == "tests" and proof.where is not None and "members" in columns_in(proof.where)
