"""The rows as people and other programs read them: every column of the schema, texts and hex digits made only
here.

A view over the narrow rows, so that a count pays for no text. Statement: docs/explanation/semantics.md,
sections 3 and 6.
"""

from __future__ import annotations

from sizao.facts.readings import key_fact
from sizao.obligations.discharge import nothing
from sizao.obligations.items import FACT_NUMBERS, Item, Items
from sizao.obligations.known import hex_of
from sizao.obligations.offices import KEY, Places, desk_key
from sizao.obligations.schema import OBLIGATIONS
from sizao.obligations.status import STATUSES
from sizao.terms.queries import SqlStep, Step, literal

MARKS = ((2, "derived"), (4, "history"), (1, "imprecise"))
"""The bits of a row's marks, in the order in which they are written."""

MOST_REASONS = 8

WITNESSES = 3
"""The most rows that one look-up names."""


def wide_steps(items: Items, places: Places, *, rows: str, out: str) -> list[Step]:
    """Steps that end in `out`: the obligations in schema order, over narrow rows with status.

    Reads plan_items, item_desks, day_periods, desks, witnesses and item_lookups.
    """
    return [
        _item_facts(items),
        *_reasons(),
        SqlStep(out, _wide(places, rows), "the obligations", materialize=False),
    ]


def _item_facts(items: Items) -> SqlStep:
    """Step `item_facts`: item, and the names of the facts that its keys belong to."""
    columns = (
        ("item", "INTEGER"),
        ("trigger_name", "VARCHAR"),
        ("met_name", "VARCHAR"),
        ("anchor_name", "VARCHAR"),
        ("related_name", "VARCHAR"),
    )
    rows = ", ".join(f"({', '.join(map(literal, _facts_of(items, item)))})" for item in items.items)
    names = ", ".join(name for name, _ in columns)
    typed = ", ".join(f"CAST({name} AS {type_}) AS {name}" for name, type_ in columns)
    sql = f"SELECT {typed} FROM (VALUES {rows}) AS v ({names})" if rows else nothing(columns)
    return SqlStep("item_facts", sql, "the facts that an item's keys belong to")


def _facts_of(items: Items, item: Item) -> tuple[int | str | None, ...]:
    step = item if item.escalation_of is None else items.items[item.escalation_of - 1]
    return (
        item.number,
        key_fact(item.version.for_each),
        key_fact(item.proof.reading),
        key_fact(step.proof.reading),
        None if item.step.related is None else key_fact(item.step.related),
    )


def _reasons() -> list[SqlStep]:
    """View `reasons`: reasons_of, k_hi, k_lo, the witnesses of `when` as a text (said), their marks.

    Items of one fact that ask the same look-ups share their reasons: step `item_reasons` says which. One
    look-up names at most three rows, all different; where there are several, each must be named once, and
    the trigger, which is named before them, not again.
    """
    facts = ", ".join(f"({number}, {literal(name)})" for name, number in FACT_NUMBERS.items())
    shared = """
SELECT item, min(item) OVER (PARTITION BY lookups, trigger_fact) AS reasons_of
FROM (SELECT l.item, i.trigger_fact, string_agg(l.lookup, ',' ORDER BY l.position) AS lookups
      FROM item_lookups AS l JOIN plan_items AS i ON i.item = l.item
      GROUP BY l.item, i.trigger_fact) AS asked"""
    named = f"""
SELECT s.reasons_of, s.trigger_fact, s.several, w.k_hi, w.k_lo, w.n, w.fact, w.hi, w.lo, w.marks, s.position,
       f.name || ':' || {hex_of("w.hi", "w.lo")} AS said
FROM (SELECT l.item AS reasons_of, i.trigger_fact, l.lookup, l.position,
             count(*) OVER (PARTITION BY l.item) > 1
        AS several
      FROM item_lookups AS l
      JOIN plan_items AS i ON i.item = l.item
      WHERE l.item IN (SELECT reasons_of FROM item_reasons)) AS s
JOIN witnesses AS w ON w.lookup = s.lookup
JOIN (VALUES {facts}) AS f (fact, name) ON f.fact = w.fact"""
    is_trigger = "fact = trigger_fact AND hi = k_hi AND lo = k_lo"
    slots = ", ".join(
        f"max(CASE WHEN n = {slot} AND NOT ({is_trigger}) THEN said END)" for slot in range(1, WITNESSES + 1)
    )
    few = f"""
SELECT reasons_of, k_hi, k_lo, bit_or(marks) AS marks, nullif(concat_ws(',', {slots}), '') AS said
FROM ({named}) AS named WHERE NOT several GROUP BY reasons_of, k_hi, k_lo"""
    many = f"""
SELECT reasons_of, k_hi, k_lo, bit_or(marks) AS marks,
       string_agg(said, ',' ORDER BY turn) FILTER (WHERE NOT is_trigger AND turn < {MOST_REASONS}) AS said
FROM (
  SELECT *, row_number() OVER (PARTITION BY reasons_of, k_hi, k_lo, is_trigger ORDER BY place) AS turn
  FROM (
    SELECT reasons_of, k_hi, k_lo, said, {is_trigger} AS is_trigger, bit_or(marks) AS marks,
           min(position * 10 + n) AS place
    FROM ({named}) AS named WHERE several
    GROUP BY reasons_of, k_hi, k_lo, said, {is_trigger}) AS once) AS placed
GROUP BY reasons_of, k_hi, k_lo"""
    return [
        SqlStep("item_reasons", shared, "items that share the look-ups of their conditions"),
        SqlStep(
            "reasons",
            f"{few}\nUNION ALL{many}",
            "the witnesses of each condition as text",
            materialize=False,
        ),
    ]


def _wide(places: Places, rows: str) -> str:
    key = desk_key(places, "d", "x")
    same_desk = " AND ".join(f"o.{name} = {key[name]}" for name in KEY)
    itself = {name: f"d.{name}" for name in OBLIGATIONS.names}
    columns = {**itself, **_columns()}
    chosen = ",\n       ".join(f"{columns[name]} AS {name}" for name in OBLIGATIONS.names)
    return f"""
SELECT {chosen}
FROM {rows} AS d
JOIN plan_items AS i ON i.item = d.item
JOIN item_facts AS f ON f.item = d.item
JOIN item_desks AS x ON x.item = d.item
JOIN day_periods AS y ON y.asked_on = d.asked_on
LEFT JOIN desks AS o ON o.desk = x.desk AND o.period = y.period AND {same_desk}
LEFT JOIN item_reasons AS g ON g.item = d.item
LEFT JOIN reasons AS q ON q.reasons_of = g.reasons_of AND q.k_hi = d.k_hi AND q.k_lo = d.k_lo"""


def _columns() -> dict[str, str]:
    trigger, anchor = hex_of("d.k_hi", "d.k_lo"), hex_of("d.anc_hi", "d.anc_lo")
    related = hex_of("d.rel_hi", "d.rel_lo")
    return {
        "obligation_id": hex_of("d.id_hi", "d.id_lo"),
        "plan_id": hex_of("xor(d.k_hi, i.plan_hi)", "xor(d.k_lo, i.plan_lo)"),
        "rule": "i.rule",
        "version": "i.version",
        "rule_version": "i.rule_version",
        "step": "i.step",
        "occurrence": f"CASE WHEN d.rel_hi IS NULL AND d.anc_hi IS NULL THEN d.occ"
        f" ELSE concat_ws('/', d.occ, {_given('rel', related)}, {_given('anc', anchor)}) END",
        "verb": "i.verb",
        "sector": "i.sector",
        "about_kind": "i.about_kind",
        "trigger_fact": "f.trigger_name",
        "trigger_key": trigger,
        "related": _given("rel", f"f.related_name || ':' || {related}"),
        "anchor": _given("anc", f"f.anchor_name || ':' || {anchor}"),
        "parent_id": _given("par", hex_of("d.par_hi", "d.par_lo")),
        "place": "i.place",
        "restricts": "i.restricts",
        "first_known_at": "d.known_at",
        "status": "CASE d.status "
        + " ".join(f"WHEN {n} THEN '{name}'" for n, name in enumerate(STATUSES))
        + " END",
        "met_by": _given("met", f"f.met_name || ':' || {hex_of('d.met_hi', 'd.met_lo')}"),
        "waived_by": f"CASE WHEN d.w_hi IS NOT NULL THEN 'waivers:' || {hex_of('d.w_hi', 'd.w_lo')} END",
        "done_by": "o.done_by",
        "answers_to": "coalesce(o.answers_to, '')",
        "owned": "coalesce(o.owned, FALSE)",
        "area": "o.area",
        "marks": _marks(),
        "because": _because(f"f.trigger_name || ':' || {trigger}", related, anchor),
    }


def _given(which: str, sql: str) -> str:
    return f"CASE WHEN d.{which}_hi IS NOT NULL THEN {sql} END"


def _marks() -> str:
    """The text of each of the few combinations of bits."""
    bits = "(d.marks | coalesce(q.marks, 0))"
    cases = (
        f"WHEN {number} THEN {literal(','.join(name for bit, name in MARKS if number & bit))}"
        for number in range(8)
    )
    return f"CASE {bits} {' '.join(cases)} END"


def _because(trigger: str, related: str, anchor: str) -> str:
    """Trigger, witnesses, related row, anchor and parent, each once, the first eight.

    Only a row with a related row, an anchor or a parent has to be put together; most have none.
    """
    basis = f"concat_ws(',', {trigger}, q.said)"
    related_name, anchor_name = f"f.related_name || ':' || {related}", f"f.anchor_name || ':' || {anchor}"
    parent = f"'obligations:' || {hex_of('d.par_hi', 'd.par_lo')}"
    all_named = (
        f"list_value({trigger}) || coalesce(string_split(q.said, ','), CAST([] AS VARCHAR[]))"
        f" || list_value({_given('rel', related_name)}, {_given('anc', anchor_name)},"
        f" {_given('par', parent)})"
    )
    once = f"list_filter({all_named}, lambda name: name IS NOT NULL)"
    distinct = f"list_filter({once}, lambda name, place: list_position({once}, name) = place)"
    return (
        "CASE WHEN d.rel_hi IS NULL AND d.anc_hi IS NULL AND d.par_hi IS NULL"
        f" THEN {basis} ELSE array_to_string(list_slice({distinct}, 1, {MOST_REASONS}), ',') END"
    )
