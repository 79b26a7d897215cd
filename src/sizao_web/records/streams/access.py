"""Who may put rows into a stream, said in the database, where no row policy could: a batch is one row.

Pages have no right to the tables. They call one function, which asks whether the asker may send the stream
and answers for every place that is named, notes the keys, and lays the columns down as they came. A key that
is there already ends the statement, and the action finds out which rows those are.
"""

from __future__ import annotations

from collections.abc import Iterator

from sizao.facts.dictionary import STREAMS
from sizao.terms.queries import literal
from sizao_web.accounts.roles import TRACING, senders_of
from sizao_web.records.access.functions import Function
from sizao_web.records.access.rules import AnyOf, InArea, OfOrganisation, PlaceIn
from sizao_web.records.streams.keys import GROUP, Way
from sizao_web.records.streams.tables import MARK_OF_WAY, PLACE, SLOTS, TEXTS, slot_tables, values_of

# Inside a function that runs with its owner's rights the role that was set is still that of the asker.
_FOR_A_PAGE = (
    "(CASE current_setting('role') WHEN 'none' THEN session_user::text ELSE current_setting('role') END"
    " = 'sizao_web')"
)
_MAY_SEND = " OR ".join(
    f"(stream = {literal(name)} AND sizao_said('role') IN ({', '.join(map(literal, senders_of(name)))}))"
    for name in STREAMS
)

_MARK = r"E'\x1f'"  # between the texts of a column
_ANSWERS_FOR = AnyOf((OfOrganisation("place"), PlaceIn("place"))).sql("door")


def _laid_down() -> str:
    """A row in the table of blocks, for whichever stream it is."""
    parts = []
    for stream in STREAMS:
        values = values_of(stream)
        columns = ", ".join((*TEXTS, PLACE, "door", *values))
        given = ", ".join(("records", "persons", "places", "doors", *("moments", "numbers")[: len(values)]))
        parts.append(
            f"IF stream = {literal(stream)} THEN INSERT INTO stream_{stream}_blocks"
            f" (slot, batch, rows, {columns}) VALUES (slot, given, n, {given});"
        )
    return (
        f"{' ELS'.join(parts)} ELSE RAISE invalid_parameter_value USING MESSAGE = 'No such stream.'; END IF;"
    )


def _count(of: str) -> str:
    return f"octet_length({of}) - octet_length(replace({of}, {_MARK}, '')) + 1"


PUT = Function(
    "sizao_stream_put(text,date,text,text,text,timestamp with time zone,uuid[],uuid[],integer[],smallint[],"
    "bigint[],text,text,text,integer[],timestamp with time zone[],double precision[])",
    "stream text, day date, source_system text, in_area text, by_account text, at timestamptz,"
    " keys uuid[], groups uuid[], ends integer[], members smallint[], bodies bigint[],"
    " records text, persons text, places text,"
    " doors integer[], moments timestamptz[], numbers double precision[]",
    "bigint",
    "plpgsql",
    # keys: of rows that have one alone; groups: of several, each of the members up to its end; bodies: of
    # those alone, then of the members. places: each place once; doors: of each row the place of its own.
    # Keys and groups come in their order: two who send the same rows wait for each other, and never in a
    # circle. A slice of an array that the language keeps would copy all of it each time: so [:], once.
    f"""DECLARE
  home text := sizao_said('area');
  slot integer := (day - DATE '2000-01-01') % {SLOTS};
  seen text := 'stream_seen_' || stream || '_' || lpad(slot::text, 2, '0');
  alone integer := cardinality(keys);
  n integer := cardinality(keys) + cardinality(members);
  taken bigint;
  given bigint;
BEGIN
  IF {_FOR_A_PAGE} THEN
    IF NOT coalesce(({_MAY_SEND}) AND by_account = sizao_said('account')
      AND (in_area = home OR in_area >= home || '/' AND in_area < home || '0'), false)
    THEN RAISE insufficient_privilege USING MESSAGE = 'This duty may not send rows of the stream.'; END IF;
    IF EXISTS (SELECT 1 FROM string_to_table(places, {_MARK}) AS door (place)
               WHERE NOT coalesce({_ANSWERS_FOR}, false))
    THEN RAISE insufficient_privilege
      USING MESSAGE = 'A row is of a place that this duty does not answer for.'; END IF;
  END IF;
  IF NOT coalesce(n > 0 AND n = ALL (ARRAY[cardinality(bodies), cardinality(doors), cardinality(moments),
        {_count("records")}, {_count("persons")}])
      AND cardinality(groups) = cardinality(ends)
      AND coalesce(ends[cardinality(ends)], 0) = cardinality(members)
      AND NOT EXISTS (SELECT 1 FROM (SELECT e, lag(e, 1, 0) OVER (ORDER BY place) AS before
        FROM unnest(ends) WITH ORDINALITY AS a (e, place)) AS a WHERE (e > before) IS NOT TRUE)
      AND 0 <= ALL (members) AND {GROUP} > ALL (members)
      AND 1 <= ALL (doors) AND {_count("places")} >= ALL (doors)
      AND array_position(moments, NULL) IS NULL
      AND (numbers IS NULL OR cardinality(numbers) = n AND array_position(numbers, NULL) IS NULL), false)
  THEN RAISE invalid_parameter_value USING MESSAGE = 'The columns are not of the same rows.'; END IF;
  INSERT INTO stream_batch
    (stream, day, source_system, area, recorded_by, recorded_at, rows, arrived_in, tries)
    VALUES (stream, day, source_system, in_area, by_account, at, n, pg_current_xact_id(), 0)
    RETURNING id INTO given;
  IF alone > 0 THEN
    EXECUTE format('INSERT INTO public.%I (key, body) SELECT unnest($1), unnest($2)', seen)
      USING keys, bodies[:alone];
  END IF;
  IF n > alone THEN
    EXECUTE format('INSERT INTO public.%I AS there (key, members, bodies)
      SELECT key, $3[before + 1:till], $4[before + 1:till]
      FROM (SELECT key, till, place, lag(till, 1, 0) OVER (ORDER BY place) AS before
        FROM unnest($1, $2) WITH ORDINALITY AS a (key, till, place)) AS one ORDER BY place
      ON CONFLICT (key) DO UPDATE
        SET members = there.members || excluded.members, bodies = there.bodies || excluded.bodies
        WHERE NOT there.members && excluded.members', seen)
      USING groups, ends, members[:], bodies[alone + 1:];
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF taken < cardinality(groups)
    THEN RAISE unique_violation USING MESSAGE = 'A row is there already.'; END IF;
  END IF;
  {_laid_down()}
  RETURN given;
END""",
    volatility="VOLATILE",
)

KNOWN = Function(
    "sizao_stream_known(text,integer,bytea,bytea,bytea)",
    "stream text, slot integer, keys bytea, members bytea, bodies bytea",
    "TABLE(place integer, same boolean)",
    "plpgsql",
    # keys: 16 bytes each; members: one byte each, 255 where the key is of one row; bodies: 8 bytes each.
    # Whoever knows the key of a row learns whether it is there.
    f"""BEGIN
  IF {_FOR_A_PAGE} AND NOT coalesce({_MAY_SEND}, false) THEN RETURN; END IF;
  RETURN QUERY EXECUTE format(
    'SELECT n, found = asked.body FROM (
       SELECT n, encode(substr($1, n * 16 + 1, 16), ''hex'')::uuid AS key,
         nullif(get_byte($2, n), 255)::smallint AS member,
         (''x'' || encode(substr($3, n * 8 + 1, 8), ''hex''))::bit(64)::bigint AS body
       FROM generate_series(0, length($1) / 16 - 1) AS n) AS asked
     JOIN public.%I AS seen ON seen.key = asked.key
     CROSS JOIN LATERAL (SELECT CASE WHEN member IS NULL THEN seen.body
       ELSE seen.bodies[array_position(seen.members, member)] END AS found) AS one
     WHERE found IS NOT NULL',
    'stream_seen_' || stream || '_' || lpad(slot::text, 2, '0')) USING keys, members, bodies;
END""",
    volatility="VOLATILE",
)

WAY = Function(
    "sizao_stream_way(text,integer)",
    "stream text, slot integer",
    "integer",
    "plpgsql",
    # A day goes on as it began, or what was sent before an upgrade and comes again would count twice. Both
    # asked in one statement: between two the first of all may have come. Asked again when this is the first:
    # somebody else may have been.
    f"""DECLARE
  seen text := 'stream_seen_' || stream || '_' || lpad(slot::text, 2, '0');
  way bigint;
  begun boolean;
BEGIN
  IF {_FOR_A_PAGE} AND NOT coalesce({_MAY_SEND}, false)
  THEN RAISE insufficient_privilege USING MESSAGE = 'This duty may not send rows of the stream.'; END IF;
  EXECUTE format('SELECT (SELECT body FROM public.%I WHERE key = $1), EXISTS (SELECT 1 FROM public.%I)',
    seen, seen) INTO way, begun USING uuid {literal(MARK_OF_WAY)};
  IF way IS NULL AND NOT begun THEN
    EXECUTE format('INSERT INTO public.%I (key, body) VALUES ($1, {Way.GROUPED:d}) ON CONFLICT DO NOTHING',
      seen) USING uuid {literal(MARK_OF_WAY)};
    EXECUTE format('SELECT body FROM public.%I WHERE key = $1', seen) INTO way
      USING uuid {literal(MARK_OF_WAY)};
  END IF;
  RETURN coalesce(way, {Way.PLAIN:d});
END""",
    volatility="VOLATILE",
)

_WITHIN = InArea("located_in").sql("there")

OPENED = Function(
    "sizao_stream_staged(bigint,text)",
    "opening bigint, stream text",
    "TABLE(batch bigint, person text, place text, at timestamp with time zone, celsius double precision,"
    " source_system text, source_record text)",
    "plpgsql",
    # The lock before the snapshot: a day whose table is emptied while it is read would seem empty.
    f"""DECLARE o stream_opening%ROWTYPE; event text; value text; own text;
BEGIN
  SELECT * INTO o FROM stream_opening AS s WHERE s.id = opening AND s.opened_by = sizao_said('account')
    AND sizao_said('role') IN ({", ".join(literal(name) for name in TRACING)});
  IF NOT FOUND THEN RETURN; END IF;
  IF stream = 'check_ins' THEN event := 'checked_in_at'; value := 'NULL::double precision';
  ELSIF stream = 'temperatures' THEN event := 'measured_at'; value := 's.celsius';
  ELSE RETURN; END IF;
  own := 'stream_' || stream;
  EXECUTE format('LOCK TABLE public.%I IN ACCESS SHARE MODE', own || '_blocks');
  RETURN QUERY EXECUTE format(
    'SELECT s.batch, s.person, s.place, s.%I, %s, b.source_system, s.source_record
     FROM public.%I AS s JOIN public.stream_batch AS b ON b.id = s.batch
     WHERE s.%I >= $1 AND s.%I < $2 AND ($3 IS NULL OR s.place = $3) AND ($3 IS NOT NULL OR s.person IN (
       SELECT c.person FROM public.fact_classifications AS c WHERE c."case" = $4))',
    event, value, own, event, event) USING o.from_at, o.until_at, o.place, o."case";
END""",
    volatility="VOLATILE",
)

CONDITION = Function(
    "sizao_stream_condition()",
    "",
    "TABLE(staged bigint, oldest double precision, parked bigint)",
    "sql",
    # For whoever watches the installation: how many batches and how old, never what is in them.
    """SELECT count(*) FILTER (WHERE parked_at IS NULL),
  extract(epoch FROM max(now() - b.recorded_at) FILTER (WHERE parked_at IS NULL))::double precision,
  count(*) FILTER (WHERE parked_at IS NOT NULL)
FROM stream_batch AS b LEFT JOIN stream_move AS m ON m.id = b.move_id WHERE m.done_at IS NULL""",
)

STREAM_FUNCTIONS = (WAY, PUT, KNOWN, OPENED, CONDITION)
"""Functions that pages may call."""


def grants(worker: str) -> Iterator[str]:
    """What jobs may do with the tables of the days, beside what they may with every table."""
    for _, _, staged, seen in slot_tables():
        yield f"GRANT TRUNCATE ON {staged}, {seen} TO {worker}"
