"""What the ledger adds to an answer of derive: who is responsible, the household, who may see a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sizao.obligations.changed import Between, changed_sql
from sizao.obligations.effective import canonical_steps, effective_steps
from sizao.terms.queries import Query, SqlStep, literal
from sizao.terms.time import local_day
from sizao.worklists import households, responsibility

FACTS = (
    *responsibility.FACTS,
    *households.FACTS,
    "stays",
    "room_stays",
    "places",
    "offices",
    "people",
    "referrals",
    "encounters",
    "medicine_sales",
    "admissions",
    "discharges",
    "escorts",
    "appointments",
)
_SEEN = ("encounters", "medicine_sales", "referrals", "admissions", "discharges", "escorts", "appointments")
"""Facts by which a place sees somebody, and that end it."""


def completion(
    *,
    as_of: datetime,
    known_by: datetime,
    zone: str,
    seen_for: float | None,
    plain: Collection[str],
    touched: bool,
) -> Query:
    """Results: completed (the obligations with responsible and household) and access (person, area,
    organisation). Inputs: `obligations`, the facts in FACTS; touched: only about `touched_subjects`.

    seen_for: days for which a place sees somebody after they were there; None: without an end. plain: facts
    in whose tables nothing is corrected.
    """
    day = local_day(as_of, zone)
    after = None if seen_for is None else as_of - timedelta(days=seen_for)
    among = " AND p.person IN (SELECT subject FROM touched_subjects)" if touched else ""
    return Query(
        (
            *effective_steps(FACTS, known_by, plain),
            *canonical_steps(),
            *responsibility.responsibility_steps(as_of),
            households.home_step(day),
            SqlStep("completed", _COMPLETED, "obligations with office and household"),
            SqlStep(
                "access_found",
                _found(literal(day), literal(as_of), among, _seen(after)),
                "where each person belongs",
            ),
            SqlStep("access_rows", _ACCESS, "the same under every id"),
        ),
        ("obligations", *FACTS, *(["touched_subjects"] if touched else [])),
        {"completed": "completed", "access": "access_rows"},
    )


def sights_ended(between: Between, *, seen_for: float | None, zone: str) -> Query:
    """Result `changed`: fact, key_hi, key_lo of that by which a place saw somebody until the earlier run."""
    days = timedelta(days=seen_for or 0)
    shifted = Between(between.known_to, between.known_to, between.as_of_from - days, between.as_of_to - days)
    sql = changed_sql(() if seen_for is None else _SEEN, shifted, zone, _NO_KEY)
    return Query((SqlStep("keys_ended", sql, "sights that ended"),), _SEEN, {"changed": "keys_ended"})


_NO_KEY = "SELECT '' AS fact, CAST(0 AS BIGINT) AS key_hi, CAST(0 AS BIGINT) AS key_lo WHERE false"

# Who is in place is covered until this very moment, whenever one looks; kept, it would change with every run.
_COMPLETED = """
SELECT o.* REPLACE (CASE WHEN o.in_place THEN NULL ELSE o.covered_until END AS covered_until),
       r.responsible, h.household
FROM obligations AS o
JOIN responsibility AS r ON r.obligation_id = o.obligation_id
LEFT JOIN homes AS h ON h.person = o.about AND o.about_kind = 'person'"""


def _seen(after: datetime | None) -> str:
    """The places that saw somebody, sold them a medicine, sent them on, to which they were sent, in which
    they are a patient or stay with one, or to which they come by appointment: until some days after that.

    after: what ended by then is seen no more; None: nothing ends. A patient is let go by whichever hospital
    says so, under whichever number of the person.
    """
    nothing = "CAST(NULL AS VARCHAR)"

    def since(end: str, *, lasting: str = "") -> str:
        return "" if after is None else f" WHERE {lasting}{end} > {literal(after)}"

    left = """
SELECT 1 FROM eff_discharges AS d LEFT JOIN canonical AS c ON c.person = d.person
WHERE coalesce(c.canonical, d.person) = a.same AND d.discharged_at >= a.admitted_at"""
    gone = "" if after is None else f" WHERE NOT EXISTS ({left} AND d.discharged_at <= {literal(after)})"
    return f"""
SELECT person, {nothing} AS area, place AS organisation FROM eff_encounters{since("seen_at")}
UNION ALL SELECT person, {nothing}, place FROM eff_medicine_sales{since("sold_at")}
UNION ALL SELECT person, {nothing}, from_place FROM eff_referrals{since("referred_at")}
UNION ALL SELECT person, {nothing}, to_place FROM eff_referrals{since("referred_at")}
UNION ALL SELECT a.person, {nothing}, a.place FROM (
      SELECT e.*, coalesce(c.canonical, e.person) AS same
      FROM eff_admissions AS e LEFT JOIN canonical AS c ON c.person = e.person) AS a{gone}
UNION ALL SELECT person, {nothing}, place FROM eff_escorts{since("until_at", lasting="until_at IS NULL OR ")}
UNION ALL SELECT person, {nothing}, place FROM eff_appointments{since("from_at")}"""


def _found(day: str, now: str, among: str, seen: str) -> str:
    """The areas where a person lives or stays, now or later, and where something is owed about them; the
    organisations that owe it, in whose rooms they are, or that took them over; the places that see them.

    Whoever runs a quarantine site sees those in its rooms as long as they are there, also when nothing is
    owed about them any more: a case that turned out to be none ends the quarantine of its contacts, and
    somebody must let them out. A person of whom nothing but a place that saw them is known belongs to the
    area that recorded them, too.
    """
    lasting = f"(until_on IS NULL OR until_on > {day})"
    in_force = f"(o.from_on <= {day} AND (o.until_on IS NULL OR o.until_on > {day}))"
    about = "FROM obligations AS o WHERE o.about_kind = 'person'"
    nothing = "CAST(NULL AS VARCHAR)"
    places = f"""
SELECT person, located_in AS area, {nothing} AS organisation FROM eff_residences WHERE {lasting}
UNION ALL SELECT person, located_in, {nothing} FROM eff_stays WHERE {lasting}
UNION ALL SELECT person, {nothing}, place FROM eff_room_stays WHERE until_at IS NULL OR until_at > {now}
UNION ALL SELECT s.person, {nothing}, o.office
      FROM eff_room_stays AS s JOIN eff_places AS p ON p.place = s.place AND p.kind = 'quarantine_site'
      JOIN eff_offices AS o ON o.task = 'site' AND {in_force}
           AND (p.located_in = o.covers OR starts_with(p.located_in, o.covers || '/'))
      WHERE s.until_at IS NULL OR s.until_at > {now}
UNION ALL SELECT o.about, o.area, {nothing} {about}
UNION ALL SELECT o.about, {nothing}, o.done_by {about}
UNION ALL SELECT o.about, {nothing}, r.responsible
      FROM obligations AS o JOIN responsibility AS r ON r.obligation_id = o.obligation_id
      WHERE o.about_kind = 'person'
UNION ALL SELECT person, {nothing}, arg_max(office, n) FROM hand_over_held WHERE since <= {now} AND n > 0
      GROUP BY person, done_by"""
    return f"""
WITH placed AS (
  SELECT DISTINCT coalesce(c.canonical, p.person) AS person, p.area, p.organisation
  FROM ({places}) AS p LEFT JOIN canonical AS c ON c.person = p.person
  WHERE p.person IS NOT NULL AND (p.area IS NOT NULL OR p.organisation IS NOT NULL){among}),
seen AS (
  SELECT DISTINCT coalesce(c.canonical, p.person) AS person, p.area, p.organisation
  FROM ({seen}) AS p LEFT JOIN canonical AS c ON c.person = p.person
  WHERE p.person IS NOT NULL AND p.organisation IS NOT NULL{among}),
known AS (
  SELECT DISTINCT coalesce(c.canonical, p.person) AS person, p.area
  FROM eff_people AS p LEFT JOIN canonical AS c ON c.person = p.person WHERE p.person IS NOT NULL{among})
SELECT * FROM placed
UNION
SELECT * FROM seen
UNION ALL
SELECT person, area, {nothing} FROM known WHERE person NOT IN (SELECT person FROM placed)"""


_ACCESS = """
SELECT person, area, organisation FROM access_found
UNION
SELECT c.person, a.area, a.organisation
FROM access_found AS a JOIN canonical AS c ON c.canonical = a.person"""
