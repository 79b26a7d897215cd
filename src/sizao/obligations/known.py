"""When each link of a fact was the one to believe: for answers that ask about several moments of
knowledge at once.

derive asks about one moment and uses `effective.py`. Comparisons and daily counts "as known then" ask
about many; for them every link gets the time in which it was the effective one.
"""

from __future__ import annotations

from datetime import datetime

from sizao.terms.queries import SqlStep, literal


def spells_of(fact: str) -> SqlStep:
    """Step `spells_<fact>`: every link with believed_from and believed_until (UTC, half-open; NULL = until
    now).

    A link is believed from the moment it and an original are known, until a link of higher rank is known:
    rank is (source_version, known_at, fact_id). Corrections without an original are never believed.
    Retractions are kept, with their action, so that a reader can name them.
    """
    whole = "PARTITION BY key_hi, key_lo"
    rank = f"{whole} ORDER BY source_version, known_at, fact_id"
    higher = f"{rank} ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING"
    return SqlStep(
        f"spells_{fact}",
        f"""
SELECT * FROM (
  SELECT *,
         greatest(known_at, min(known_at) FILTER (WHERE action = 'record') OVER ({whole})) AS believed_from,
         min(known_at) OVER ({higher}) AS believed_until,
         min(known_at) FILTER (WHERE action = 'record') OVER ({whole}) AS original_at
  FROM {fact}) AS links
WHERE original_at IS NOT NULL AND (believed_until IS NULL OR believed_from < believed_until)""",
        f"when each link of {fact} was believed",
    )


def believed(fact: str, known_by: datetime | str, alias: str = "") -> str:
    """A FROM item over `spells_<fact>`: the rows effective at an instant (or at the instant in the named
    column)."""
    moment = literal(known_by) if isinstance(known_by, datetime) else known_by
    name = alias or f"now_{fact}"
    return f"""(SELECT * FROM spells_{fact}
  WHERE action <> 'retract' AND believed_from <= {moment} AND (believed_until IS NULL OR believed_until >
    {moment})) AS {name}"""


def hex_of(high: str, low: str) -> str:
    """The 32 hex digits of a key from its two signed halves, as written in the results."""
    return f"lpad(lower(to_hex({high})), 16, '0') || lpad(lower(to_hex({low})), 16, '0')"
