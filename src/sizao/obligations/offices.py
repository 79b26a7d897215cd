"""Which office must act on a row, and to which offices it answers.

Statement: docs/explanation/semantics.md, section 5. Where a person lives or stays is joined to the rows once;
offices are sought for the few distinct combinations of area, task and time between two changes of offices,
never per row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sizao.obligations.discharge import nothing
from sizao.obligations.items import Item
from sizao.policy.model import OfficeOf
from sizao.terms.codes import CODE_LISTS, OFFICE_TASK_LEVEL
from sizao.terms.queries import SqlStep, Step, literal

FAR = "DATE '9999-12-31'"
LONG_AGO = "DATE '0001-01-01'"


@dataclass(frozen=True)
class Place:
    """One fact that says where somebody or something is, and the column it gives to the rows."""

    column: str
    fact: str
    subject: str
    of_persons: bool


RESIDENCE = Place("home_area", "residences", "person", True)
STAY = Place("stay_area", "stays", "person", True)
SITE = Place("site_area", "places", "place", False)


@dataclass(frozen=True)
class Places:
    """The kinds of places that a policy asks for, and how they are joined to rows by `asked_on`."""

    asked: tuple[Place, ...]

    def columns(self, row: str) -> str:
        """The further columns of a row: one area per kind asked for."""
        del row
        return "".join(f", {one.column}_of.area AS {one.column}" for one in self.asked)

    def joins(self, row: str) -> str:
        """The joins that give them; each finds one row or none."""
        return "\n".join(
            f"LEFT JOIN {one.column}s AS {one.column}_of ON {one.column}_of.subject = {row}.person"
            f" AND {row}.asked_on >= {one.column}_of.from_on AND {row}.asked_on < {one.column}_of.until_on"
            for one in self.asked
        )


def places_of(items: Iterable[Item]) -> Places:
    """The kinds of places by which the offices of these items are sought."""
    selectors = {office.selector for item in items for office in (item.done_by, *item.answers_to)}
    asked = []
    if selectors & {"residence", "place_of_stay"}:
        asked.append(RESIDENCE)
    if "place_of_stay" in selectors:
        asked.append(STAY)
    if "place" in selectors:
        asked.append(SITE)
    return Places(tuple(asked))


def where_steps(places: Places, *, subjects: str) -> list[Step]:
    """For each kind of place a step `<column>s`: subject, from_on, until_on, area, never two at one time.

    Of several rows in force on a day the one that began last counts, then the greater key. subjects: a step
    with the column `person`. Reads the effective facts and `canonical`.
    """
    return [step for place in places.asked for step in _spells(place, subjects)]


def _spells(place: Place, subjects: str) -> list[Step]:
    told, several, out = f"{place.column}s_told", f"{place.column}s_several", f"{place.column}s"
    subject, source = f"t.{place.subject}", f"eff_{place.fact} AS t"
    if place.of_persons:
        subject = f"coalesce(c.canonical, t.{place.subject})"
        source += f" LEFT JOIN canonical AS c ON c.person = t.{place.subject}"
    return [
        SqlStep(
            told,
            f"""
SELECT {subject} AS subject, t.from_on, coalesce(t.until_on, {FAR}) AS until_on, t.located_in AS area,
       t.k_hi, t.k_lo
FROM {source}
WHERE {subject} IN (SELECT person FROM {subjects})
  AND (t.until_on IS NULL OR t.from_on < t.until_on)""",
            f"the {place.fact} of those whom rows are about",
            in_written_order=True,
        ),
        SqlStep(
            several,
            f"SELECT subject FROM {told} GROUP BY subject HAVING count(*) > 1",
            "those of whom more than one is told",
        ),
        SqlStep(
            out,
            f"""
SELECT t.subject, t.from_on, t.until_on, t.area
FROM {told} AS t ANTI JOIN {several} AS s ON s.subject = t.subject
UNION ALL
SELECT e.subject, e.edge AS from_on, e.next_edge AS until_on,
       max(struct_pack(from_on := t.from_on, k_hi := t.k_hi, k_lo := t.k_lo, area := t.area)).area AS area
FROM (
  SELECT subject, edge, lead(edge) OVER (PARTITION BY subject ORDER BY edge) AS next_edge
  FROM (SELECT t.subject, t.from_on AS edge FROM {told} AS t JOIN {several} AS s ON s.subject = t.subject
        UNION
        SELECT t.subject, t.until_on AS edge
        FROM {told} AS t JOIN {several} AS s ON s.subject = t.subject) AS edges) AS e
JOIN {told} AS t ON t.subject = e.subject AND t.from_on <= e.edge AND t.until_on > e.edge
WHERE e.next_edge IS NOT NULL
GROUP BY e.subject, e.edge, e.next_edge""",
            f"the {place.fact} that count, day by day",
        ),
    ]


Desk = tuple[OfficeOf, tuple[OfficeOf, ...]]


def desk_numbers(items: Iterable[Item]) -> dict[Desk, int]:
    """A number from 1 for each distinct combination of done_by and answers_to."""
    numbers: dict[Desk, int] = {}
    for item in items:
        numbers.setdefault((item.done_by, item.answers_to), len(numbers) + 1)
    return numbers


KEY = ("home", "stay", "site", "told", "itself")


def desk_key(places: Places, row: str, desk: str) -> dict[str, str]:
    """What decides the offices of a row beside desk and period: the areas and names asked for, others empty.

    SQL expressions over the row and over a row of `item_desks`, by name of the key column in `desks`.
    """
    columns = {place.column for place in places.asked}
    home = f"{row}.home_area, {row}.area" if "home_area" in columns else f"{row}.area"
    stay = f"{row}.stay_area, {home}" if "stay_area" in columns else home
    site = f"{row}.site_area, {row}.area" if "site_area" in columns else f"{row}.area"
    sources = {"home": home, "stay": stay, "site": site, "told": f"{row}.area", "itself": f"{row}.about"}
    return {
        name: f"CASE WHEN {desk}.by_{name} THEN coalesce({source}, '') ELSE '' END"
        for name, source in sources.items()
    }


def desk_steps(items: tuple[Item, ...], places: Places, *, rows: str) -> list[Step]:
    """Steps that end in `item_desks`, `day_periods` and `desks`.

    item_desks: item, desk and which key columns count; day_periods: asked_on, period (the last day on which
    an office began or ended); desks: desk, period and the key columns, then done_by, owned, area, answers_to.
    """
    numbers = desk_numbers(items)
    key = desk_key(places, "r", "x")
    areas_above = """
SELECT area, depth, array_to_string(list_slice(parts, 1, depth), '/') AS path
FROM (SELECT area, parts, CAST(unnest(range(1, array_length(parts) + 1)) AS INTEGER) AS depth
      FROM (SELECT area, string_split(area, '/') AS parts
            FROM (SELECT DISTINCT sought AS area FROM desk_questions WHERE sought <> '') AS areas
           ) AS split) AS prefixes"""
    required = ", ".join(f"({literal(task)}, {_rank(level)})" for task, level in OFFICE_TASK_LEVEL.items())
    levels = " ".join(
        f"WHEN {literal(level)} THEN {_rank(level)}" for level in CODE_LISTS["area_levels"].names()
    )
    return [
        SqlStep("item_desks", _item_desks(items, numbers), "the offices that each item asks for"),
        SqlStep(
            "day_periods",
            f"""
SELECT asked.asked_on, coalesce(max(edges.edge), {LONG_AGO}) AS period
FROM (SELECT DISTINCT asked_on FROM {rows}) AS asked
LEFT JOIN (SELECT from_on AS edge FROM eff_offices UNION SELECT until_on AS edge FROM eff_offices) AS edges
  ON edges.edge <= asked.asked_on
GROUP BY asked.asked_on""",
            "between which changes of offices each day lies",
        ),
        SqlStep(
            "desks_asked",
            f"""
SELECT DISTINCT x.desk, y.period, {", ".join(f"{sql} AS {name}" for name, sql in key.items())}
FROM {rows} AS r JOIN item_desks AS x ON x.item = r.item JOIN day_periods AS y ON y.asked_on = r.asked_on""",
            "the distinct combinations for which offices are sought",
        ),
        SqlStep(
            "desk_questions",
            f"""
SELECT a.*, o.place_in_order, o.task, o.selector,
       CASE o.selector WHEN 'residence' THEN a.home WHEN 'place_of_stay' THEN a.stay WHEN 'place' THEN a.site
            ELSE a.told END AS sought
FROM desks_asked AS a JOIN ({_offices_asked(numbers)}) AS o ON o.desk = a.desk""",
            "one question per office asked for",
        ),
        SqlStep(
            "offices_found",
            f"""
SELECT f.task, f.sought, f.period, f.best.office AS office,
       coalesce(l.level >= q.level, FALSE) AS owned
FROM (
  SELECT s.task, s.sought, s.period,
         min(struct_pack(above := -a.depth, office := o.office, covers := o.covers)) AS best
  FROM (SELECT DISTINCT task, sought, period FROM desk_questions WHERE task IS NOT NULL) AS s
  JOIN ({areas_above}) AS a ON a.area = s.sought
  JOIN eff_offices AS o ON o.task = s.task AND o.covers = a.path AND o.from_on <= s.period
   AND (o.until_on IS NULL OR o.until_on > s.period)
  GROUP BY s.task, s.sought, s.period) AS f
LEFT JOIN (VALUES {required}) AS q (task, level) ON q.task = f.task
LEFT JOIN (SELECT path, CASE last.level {levels} END AS level
           FROM (SELECT path, max(struct_pack(happened_at := happened_at, k_hi := k_hi, k_lo := k_lo,
                                              level := level)) AS last
                 FROM eff_areas GROUP BY path) AS areas_told) AS l ON l.path = f.best.covers""",
            "the office of each task for each area",
        ),
        SqlStep(
            "desks",
            f"""
SELECT q.desk, q.period, {", ".join(f"q.{name}" for name in KEY)},
       max(CASE WHEN q.selector = 'itself' THEN q.itself ELSE f.office END)
         FILTER (WHERE q.place_in_order = 0) AS done_by,
       coalesce(bool_or(CASE WHEN q.selector = 'itself' THEN TRUE ELSE f.owned END)
                FILTER (WHERE q.place_in_order = 0), FALSE) AS owned,
       nullif(max(q.sought) FILTER (WHERE q.place_in_order = 0), '') AS area,
       coalesce(string_agg(CASE WHEN q.selector = 'itself' THEN q.itself ELSE f.office END, ','
                           ORDER BY q.place_in_order)
                FILTER (WHERE q.place_in_order > 0), '') AS answers_to
FROM desk_questions AS q
LEFT JOIN offices_found AS f ON f.task = q.task AND f.sought = q.sought AND f.period = q.period
GROUP BY q.desk, q.period, {", ".join(f"q.{name}" for name in KEY)}""",
            "who acts and who hears of it, for each distinct combination",
        ),
    ]


def _rank(level: str) -> int:
    return CODE_LISTS["area_levels"].names().index(level)


def _item_desks(items: tuple[Item, ...], numbers: dict[Desk, int]) -> str:
    if not items:
        flags = tuple((f"by_{name}", "BOOLEAN") for name in KEY)
        return nothing((("item", "INTEGER"), ("desk", "INTEGER"), *flags))
    rows = ", ".join(
        f"({item.number}, {numbers[item.done_by, item.answers_to]}, {', '.join(map(literal, _flags(item)))})"
        for item in items
    )
    return f"SELECT * FROM (VALUES {rows}) AS v (item, desk, {', '.join(f'by_{name}' for name in KEY)})"


def _flags(item: Item) -> tuple[bool, ...]:
    selectors = {office.selector for office in (item.done_by, *item.answers_to)}
    told = bool(selectors & {"recorded_area", "itself"})
    return (
        "residence" in selectors,
        "place_of_stay" in selectors,
        "place" in selectors,
        told,
        "itself" in selectors,
    )


def _offices_asked(numbers: dict[Desk, int]) -> str:
    rows = [
        f"({number}, {order}, {literal(office.task)}, {literal(office.selector)})"
        for (done_by, answers_to), number in numbers.items()
        for order, office in enumerate((done_by, *answers_to))
    ]
    columns = (
        ("desk", "INTEGER"),
        ("place_in_order", "INTEGER"),
        ("task", "VARCHAR"),
        ("selector", "VARCHAR"),
    )
    if not rows:
        return nothing(columns)
    return f"SELECT * FROM (VALUES {', '.join(rows)}) AS v (desk, place_in_order, task, selector)"
