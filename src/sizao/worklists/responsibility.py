"""Which office answers for each obligation: the one that must do it, or the one that took the person over.

An office that hands a person over stays responsible until the other one accepts. Then what it had to do about
that person falls to the receiver; so does what falls to it later, until somebody else hands over in turn.
Other people's rows stay where they are.
"""

from __future__ import annotations

from datetime import datetime

from sizao.obligations.effective import canonical_steps, effective_steps
from sizao.terms.queries import Query, SqlStep, literal

FACTS = ("hand_overs", "hand_over_acceptances", "merges")

# An acceptance counts when it names an offer of the same person to the same office; it takes effect when it
# was accepted, or when it was offered where that is stated later. Of two for one offer the first counts.
_MOVES = """
SELECT person, from_office, to_office, passed_at,
       row_number() OVER (PARTITION BY person ORDER BY passed_at, k_hi, k_lo) AS n
FROM (
  SELECT coalesce(c.canonical, o.person) AS person, o.from_office, o.to_office,
         greatest(a.accepted_at, o.offered_at) AS passed_at, o.k_hi, o.k_lo,
         row_number() OVER (PARTITION BY o.k_hi, o.k_lo ORDER BY a.accepted_at, a.k_hi, a.k_lo) AS first
  FROM eff_hand_overs AS o
  LEFT JOIN canonical AS c ON c.person = o.person
  JOIN eff_hand_over_acceptances AS a ON a.hand_over = o.hand_over AND a.accepted_office = o.to_office
  LEFT JOIN canonical AS b ON b.person = a.person
  WHERE coalesce(c.canonical, o.person) = coalesce(b.canonical, a.person)) AS accepted
WHERE first = 1"""

# One walk for each office that ever handed the person over: who has what it had, move by move.
_HELD = """
WITH RECURSIVE walk (person, done_by, office, n, since) AS (
  SELECT DISTINCT person, from_office, from_office, CAST(0 AS BIGINT), TIMESTAMP '1900-01-01 00:00:00'
  FROM hand_over_moves
  UNION ALL
  SELECT w.person, w.done_by, CASE WHEN m.from_office = w.office THEN m.to_office ELSE w.office END, m.n,
         m.passed_at
  FROM walk AS w JOIN hand_over_moves AS m ON m.person = w.person AND m.n = w.n + 1)
SELECT person, done_by, office, n, since FROM walk"""


def responsibility(*, as_of: datetime, known_by: datetime) -> Query:
    """One row per obligation: obligation_id and responsible, the office that answers for it.

    Of what is not decided (upcoming, open, overdue) the office responsible at as_of, of the rest the one
    responsible when it was due. NULL where no office must do it. Inputs: `obligations` as derive answers them
    for these moments, and the facts in FACTS.
    """
    return Query(
        (*effective_steps(FACTS, known_by), *canonical_steps(), *responsibility_steps(as_of)),
        ("obligations", *FACTS),
        {"responsibility": "responsibility"},
    )


def responsibility_steps(as_of: datetime) -> list[SqlStep]:
    """Steps that end in `responsibility`; they read `obligations`, `canonical` and the effective FACTS."""
    asked = f"""
SELECT o.obligation_id, o.done_by, coalesce(c.canonical, o.about) AS person,
       CASE WHEN o.status IN ('upcoming', 'open', 'overdue') THEN {literal(as_of)}
            ELSE least(o.due_at, {literal(as_of)}) END AS moment
FROM obligations AS o LEFT JOIN canonical AS c ON c.person = o.about
WHERE o.about_kind = 'person' AND coalesce(c.canonical, o.about) IN (SELECT person FROM hand_over_moves)"""
    passed = """
SELECT a.obligation_id, arg_max(h.office, h.n) AS office
FROM responsibility_asked AS a
JOIN hand_over_held AS h ON h.person = a.person AND h.done_by = a.done_by AND h.since <= a.moment
GROUP BY a.obligation_id"""
    responsible = """
SELECT o.obligation_id, coalesce(p.office, o.done_by) AS responsible
FROM obligations AS o LEFT JOIN responsibility_passed AS p ON p.obligation_id = o.obligation_id"""
    return [
        SqlStep("hand_over_moves", _MOVES, "offers that were accepted, person by person in order"),
        SqlStep("hand_over_held", _HELD, "who has what an office had, after each move"),
        SqlStep("responsibility_asked", asked, "rows about persons who were ever handed over"),
        SqlStep("responsibility_passed", passed, "who has them at the moment that counts"),
        SqlStep("responsibility", responsible, "the office that answers for each row"),
    ]
