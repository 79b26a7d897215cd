"""What the database does for machines before anybody is somebody: it knows a key, and it counts.

Both run with the rights of the jobs' role, because a request that has only a key sees no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sizao_web.records.access.functions import Function

NOTED_EVERY = "5 minutes"
"""More often the last use of a key is not written."""

PARTNER_OF_KEY = Function(
    "sizao_partner_of_key(text,bytea,timestamp with time zone)",
    "presented text, secret bytea, moment timestamptz",
    "TABLE(partner bigint, name text, facts jsonb, not_after timestamp with time zone, per_minute integer,"
    " per_day integer, account text, role text, area text, organisation text)",
    "plpgsql",
    f"""DECLARE
  found bigint;
  noted timestamptz;
BEGIN
  SELECT k.id, k.last_used_at, p.id, p.name, k.facts, k.not_after, p.per_minute, p.per_day,
      a.username, d.role, d.area, d.organisation
    INTO found, noted, partner, name, facts, not_after, per_minute, per_day, account, role, area, organisation
  FROM partner_key AS k JOIN partner AS p ON p.id = k.partner_id
    JOIN account_assignment AS d ON d.id = p.assignment_id JOIN account AS a ON a.id = d.account_id
  WHERE k.public = presented AND k.digest = secret
    AND k.not_before <= moment AND k.not_after > moment AND k.revoked_at IS NULL
    AND p.ended_at IS NULL AND a.is_active
    AND d.from_at <= moment AND (d.until_at IS NULL OR d.until_at > moment);
  IF found IS NULL THEN RETURN; END IF;
  IF noted IS NULL OR noted < moment - interval '{NOTED_EVERY}' THEN
    UPDATE partner_key SET last_used_at = moment WHERE id = found;
  END IF;
  RETURN NEXT;
END""",
    volatility="VOLATILE",
)

TAKE_REQUESTS = Function(
    "sizao_take_requests(bigint,integer,timestamp with time zone,timestamp with time zone,integer)",
    "who bigint, wanted integer, moment timestamptz, day_began timestamptz, capacity integer",
    "TABLE(granted integer, limited_by text)",
    "plpgsql",
    # One at a time, and only for the moment of counting. A partner is active who asked in this minute or the
    # one before; each has an equal share of what the installation answers in a minute. Whoever is above it
    # takes what is left when the shares of the others are set aside, so that a noisy one cannot crowd out
    # who asks rarely, and nothing lies idle where nobody else asks.
    """DECLARE
  this_minute timestamptz := date_trunc('minute', moment);
  own integer;
  own_day integer;
  most_minute integer;
  most_day integer;
  total integer;
  active integer;
  reserved integer;
  share integer;
  free integer;
BEGIN
  PERFORM pg_advisory_xact_lock(4242005);
  SELECT p.per_minute, p.per_day INTO most_minute, most_day FROM partner AS p WHERE p.id = who;
  IF most_minute IS NULL OR wanted < 1 THEN granted := 0; limited_by := 'minute'; RETURN NEXT; RETURN; END IF;
  SELECT coalesce(sum(u.taken) FILTER (WHERE u.minute = this_minute), 0), coalesce(sum(u.taken), 0)
    INTO own, own_day FROM partner_use AS u WHERE u.partner_id = who AND u.minute >= day_began;
  SELECT coalesce(sum(u.taken) FILTER (WHERE u.minute = this_minute), 0),
         count(DISTINCT u.partner_id) FILTER (WHERE u.partner_id <> who) + 1
    INTO total, active FROM partner_use AS u WHERE u.minute >= this_minute - interval '1 minute';
  share := greatest(capacity / active, 1);
  SELECT coalesce(sum(greatest(share - used.taken, 0)), 0) INTO reserved FROM (
    SELECT coalesce(sum(u.taken) FILTER (WHERE u.minute = this_minute), 0) AS taken
    FROM partner_use AS u
    WHERE u.minute >= this_minute - interval '1 minute' AND u.partner_id <> who GROUP BY u.partner_id
  ) AS used;
  free := greatest(share - own, capacity - total - reserved);
  granted := greatest(least(wanted, most_minute - own, most_day - own_day, free), 0);
  limited_by := CASE WHEN granted > 0 THEN NULL WHEN most_day <= own_day THEN 'day'
    WHEN most_minute <= own THEN 'minute' ELSE 'share' END;
  IF granted > 0 THEN
    INSERT INTO partner_use AS u (partner_id, minute, taken) VALUES (who, this_minute, granted)
    ON CONFLICT ON CONSTRAINT partner_use_once DO UPDATE SET taken = u.taken + excluded.taken;
  END IF;
  RETURN NEXT;
END""",
    volatility="VOLATILE",
)

MACHINES: Mapping[str, Function] = MappingProxyType(
    {one.signature: one for one in (PARTNER_OF_KEY, TAKE_REQUESTS)}
)
"""Signature -> function."""
