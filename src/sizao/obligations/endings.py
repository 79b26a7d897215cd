"""What ends rows early: the rule's `ends_when` and the pack's `subject_ends`.

Statement: docs/explanation/semantics.md, section 3, Ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sizao.facts.declaration import ColumnType
from sizao.facts.readings import READINGS, fact_or_reading
from sizao.obligations.effective import select_tests
from sizao.obligations.hits import Hits
from sizao.obligations.rows import Planned
from sizao.policy.expressions.emit import Scope, emit, signature
from sizao.policy.model import Ending, Policy
from sizao.terms.queries import SqlStep, literal
from sizao.terms.time import sql_midnight


@dataclass(frozen=True)
class _Use:
    """One ending of one item: `value` is the SQL of what must be equal, over r (rows) and h (hits)."""

    item: int
    ending: int
    from_event: bool
    count: int
    hits: Hits | None  # None: the row's own person
    value: str


@dataclass
class Endings:
    """The endings of a policy: distinct facts that end something, and which items they end."""

    policy: Policy
    _distinct: dict[tuple[str, str, str, str], tuple[int, Ending]] = field(default_factory=dict)
    _uses: list[_Use] = field(default_factory=list)

    def add(self, planned: Planned) -> None:
        """Ask for the endings of an item."""
        version, step = planned.item.version, planned.item.step
        of_the_rule = [(ending, ending.from_event) for ending in version.ends_when]
        of_the_pack = [(ending, True) for ending in version.subject_ends]
        for ending, from_event in of_the_rule + of_the_pack:
            if ending.steps and step.name not in ending.steps:
                continue
            where = "" if ending.where is None else signature(ending.where)
            key = (ending.reading, ending.match[0], ending.at, where)
            number, _ = self._distinct.setdefault(key, (len(self._distinct) + 1, ending))
            column = ending.match[1]
            own = column == "about" or (column == step.about and step.related is None)
            hits = None if own else planned.rule.hits
            value = "r.person" if hits is None else self._value(hits, ending, column)
            self._uses.append(_Use(planned.item.number, number, from_event, ending.count, hits, value))

    @staticmethod
    def _value(hits: Hits, ending: Ending, column: str) -> str:
        return hits.person(column) if _is_person(ending) else hits.own(column)

    def readings(self) -> set[str]:
        """The facts and readings that end something."""
        return {ending.reading for _, ending in self._distinct.values()}

    def some(self) -> bool:
        """Whether anything ends a row early."""
        return bool(self._uses)

    def steps(self) -> list[SqlStep]:
        """Step `endings`: ending, value, ended_at, e_hi, e_lo."""
        if not self._distinct:
            return []
        steps = [self._tests(name) for name in sorted(self.readings() & set(READINGS))]
        parts = [self._happened(number, ending) for number, ending in self._distinct.values()]
        steps.append(SqlStep("endings", "\nUNION ALL\n".join(parts), "facts that end rows early"))
        return steps

    @staticmethod
    def _tests(name: str) -> SqlStep:
        members = """(SELECT m.* FROM eff_sample_members AS m LEFT JOIN canonical AS c ON c.person = m.person
  WHERE coalesce(c.canonical, m.person) IN (SELECT person FROM due_subjects))"""
        tests = select_tests(members, results=name == "tests", with_members=name == "tests")
        return SqlStep(f"ending_{name}", tests, f"{name} that may end rows early", in_written_order=True)

    def _happened(self, number: int, ending: Ending) -> str:
        declared = fact_or_reading(ending.reading)
        source = f"ending_{ending.reading}" if ending.reading in READINGS else f"eff_{ending.reading}"
        at = f'f."{ending.at}"'
        if ending.at not in ("happened_at", "known_at") and (
            declared.column(ending.at).type is not ColumnType.INSTANT
        ):
            at = sql_midnight(at, self.policy.zone)
        value, join = f'f."{ending.match[0]}"', ""
        if _is_person(ending):
            join = f"\nLEFT JOIN canonical AS c ON c.person = {value}"
            value = f"coalesce(c.canonical, {value})"
        where = ""
        if ending.where is not None:
            where = " AND " + emit(ending.where, Scope(self.policy.zone, 'f."{}"'.format))
        return f"""
SELECT CAST({number} AS INTEGER) AS ending, {value} AS value, {at} AS ended_at, f.k_hi AS e_hi, f.k_lo AS e_lo
FROM {source} AS f{join}
WHERE {at} IS NOT NULL{where}"""

    def cuts(self, items: set[int], *, rows: str, out: str) -> SqlStep | None:
        """Step `out`: id_hi, id_lo, end_at of rows that something ends; None when nothing ends the items."""
        uses = [use for use in self._uses if use.item in items]
        if not uses:
            return None
        shapes: dict[tuple[str, str], list[_Use]] = {}
        for use in uses:
            shapes.setdefault((use.hits.name if use.hits else "", use.value), []).append(use)
        parts = [self._qualifying(list(group), rows) for group in shapes.values()]
        union = "\nUNION ALL\n".join(parts)
        if all(use.count == 1 for use in uses):
            sql = f"SELECT id_hi, id_lo, min(ended_at) AS end_at FROM ({union}) AS q GROUP BY id_hi, id_lo"
        else:
            sql = f"""
SELECT id_hi, id_lo, min(ended_at) AS end_at
FROM (
  SELECT *, row_number() OVER (PARTITION BY id_hi, id_lo, use ORDER BY ended_at, e_hi, e_lo) AS n
  FROM ({union}) AS q) AS numbered
WHERE n = needed
GROUP BY id_hi, id_lo"""
        return SqlStep(out, sql, f"when rows of {rows} end early")

    def _qualifying(self, uses: list[_Use], rows: str) -> str:
        values = ", ".join(
            f"({use.item}, {use.ending}, {literal(use.from_event)}, {use.count}, {number})"
            for number, use in enumerate(uses)
        )
        hits = uses[0].hits
        join = "" if hits is None else f"\nJOIN {hits.name} AS h ON h.k_hi = r.k_hi AND h.k_lo = r.k_lo"
        event = sql_midnight("r.event_on", self.policy.zone)
        earliest = f"CASE WHEN i.from_event THEN {event} ELSE r.opens_at END"
        # The same facts, counted apart: two endings of one item differ by ending and by what must be equal.
        use = f"{literal(uses[0].value)} || '.' || CAST(i.use AS VARCHAR)"
        return f"""
SELECT r.id_hi, r.id_lo, {use} AS use, i.needed, e.ended_at, e.e_hi, e.e_lo
FROM {rows} AS r
JOIN (VALUES {values}) AS i (item, ending, from_event, needed, use) ON i.item = r.item{join}
JOIN endings AS e ON e.ending = i.ending AND e.value = {uses[0].value}
WHERE e.ended_at >= {earliest}"""


def _is_person(ending: Ending) -> bool:
    return fact_or_reading(ending.reading).column(ending.match[0]).of == "person"
