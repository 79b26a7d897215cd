"""At which door a person is found on a day: the household of the latest membership, else of the residence."""

from __future__ import annotations

from datetime import date

from sizao.terms.queries import SqlStep, literal

FACTS = ("households", "residences")


def home_step(day: date) -> SqlStep:
    """Step `homes`: person, household; one row per person of `obligations` who belongs to one on that day.

    The latest membership that holds the day counts, else the residence that does. Reads `obligations` and the
    effective rows (`eff_`) of FACTS.
    """
    there = f"""household IS NOT NULL AND person IN (SELECT about FROM obligations)
          AND from_on <= {literal(day)} AND (until_on IS NULL OR until_on > {literal(day)})"""
    columns = "person, household, from_on, k_hi, k_lo"
    homes = f"""
SELECT person, household FROM (
  SELECT person, household,
         row_number() OVER (PARTITION BY person ORDER BY rank, from_on DESC, k_hi DESC, k_lo DESC) AS n
  FROM (SELECT 0 AS rank, {columns} FROM eff_households WHERE {there}
        UNION ALL SELECT 1, {columns} FROM eff_residences WHERE {there}) AS found) AS ranked
WHERE n = 1"""
    return SqlStep("homes", homes, "the household of each person on the day asked")
