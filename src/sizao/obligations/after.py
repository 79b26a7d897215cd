"""Rows stratum by stratum: a step that waits for another is planned when the other's rows are settled.

Statement: docs/explanation/semantics.md, sections 2 and 3. In each stratum: planned rows, then what was
known too late, then endings; a later stratum reads where its stages start from the rows (and proofs) of
the earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sizao.facts.readings import key_fact
from sizao.obligations.discharge import Matches, points
from sizao.obligations.endings import Endings
from sizao.obligations.hits import hex_sql
from sizao.obligations.items import Item, Items, fact_number
from sizao.obligations.narrow import Narrow, narrow
from sizao.obligations.recurring import (
    calendar_select,
    operating_days_steps,
    period_steps,
    rolling_select,
    rolling_steps,
)
from sizao.obligations.rows import (
    COLUMNS,
    Planned,
    Rule,
    is_plain,
    own_selects,
    plain_selects,
    whole_days,
)
from sizao.obligations.spans import spans
from sizao.obligations.touched import TOUCHED
from sizao.obligations.windows import RECURRING
from sizao.policy.expressions.emit import interval
from sizao.policy.model import Calendar, Plan, Policy, Rolling, Running
from sizao.terms.identifiers import text_key
from sizao.terms.queries import SqlStep, Step, literal
from sizao.terms.time import midnight, sql_local_day, sql_midnight

NAMES = ", ".join(name for name, _ in COLUMNS)


@dataclass
class Strata:
    """Builds the steps of all rows. `rows_all` has them; `too_late_rows` has what was known too late."""

    policy: Policy
    items: Items
    rules: list[Rule]
    endings: Endings
    as_of: datetime
    touched: bool = False
    merged: bool = True  # whether anybody may be another person
    matching: Matches = field(default_factory=dict)
    planned: list[Planned] = field(default_factory=list)
    _too_late: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        by_version = {id(version): rule for rule in self.rules for version in rule.versions}
        every = [
            Planned(item, by_version[id(item.version)])
            for item in self.items.steps()
            if id(item.version) in by_version
        ]
        self.planned = [one for one in every if not self._recurs_later(one)]
        for one in self.planned:
            self.endings.add(one)

    def _recurs_later(self, one: Planned) -> bool:
        """Whether the step only recurs after the last instant at which a recurring row is written."""
        in_force = midnight(one.item.version.in_force_from, self.policy.zone)
        return isinstance(one.step.timing, RECURRING) and in_force > self.limit

    @property
    def cutoff(self) -> datetime:
        """Rows that ended before it lie outside the horizon."""
        return self.as_of - whole_days(self.policy.horizon_days)

    @property
    def limit(self) -> datetime:
        """Recurring rows that open after it are not written."""
        return self.as_of + whole_days(self.policy.look_ahead_days)

    def depths(self) -> list[list[Planned]]:
        """The items of each stratum."""
        found: dict[int, list[Planned]] = {}
        for one in self.planned:
            found.setdefault(one.rule.depth(one.step.name), []).append(one)
        return [found[depth] for depth in sorted(found)]

    def kept(self) -> frozenset[int]:
        """Items whose rows count even outside the horizon: awaited, exclusive, or replaced when late."""
        awaited = {
            (one.item.version.rule, one.step.after.step) for one in self.planned if one.step.after is not None
        }
        return frozenset(
            one.item.number
            for one in self.planned
            if (one.item.version.rule, one.step.name) in awaited
            or one.item.proof.exclusive
            or one.step.at_once_when_late
        )

    @property
    def narrow(self) -> Narrow:
        """The columns that these rows can fill."""
        return narrow(self.policy, self.items, ended=self.endings.some(), merged=self.merged)

    def steps(self) -> list[Step]:
        """Every step from hits to `rows_all` and `too_late_rows`."""
        zone = self.policy.zone
        steps: list[Step] = [*period_steps(self.planned, self.limit, zone)]
        steps += operating_days_steps(self.limit, self.planned, zone)
        depths = self.depths()
        for depth, planned in enumerate(depths):
            steps += self._stratum(depth, planned)
        only = f" WHERE person IN ({TOUCHED})" if self.touched else ""
        union = "\nUNION ALL\n".join(
            f"SELECT {NAMES} FROM rows_{depth}{only}" for depth in range(len(depths))
        )
        steps.append(SqlStep("rows_all", union or _no_rows(), "every planned row", materialize=False))
        steps.append(self._too_late_step())
        return steps

    # -- one stratum -------------------------------------------------------------------------------

    def _stratum(self, depth: int, planned: list[Planned]) -> list[Step]:
        steps: list[Step] = []
        started, stages = self._stages(depth, planned)
        steps += stages
        plain = [one for one in planned if is_plain(one)]
        others = [one for one in planned if not is_plain(one)]
        parts: list[str] = []
        if plain:
            own = self.narrow.of_plain_rules()
            selects = plain_selects(plain, own.carried(), keep_from=self.cutoff, kept=self.kept())
            steps.append(
                SqlStep(f"plain_{depth}", "\nUNION ALL\n".join(selects), "rows of plain rules as planned")
            )
            parts.append(f"SELECT {own.whole()}, late, is_span FROM plain_{depth}")
        if others:
            more, selects = self._others(depth, others, started)
            steps += more
            union = "\nUNION ALL\n".join(selects)
            sql = f"SELECT {', '.join(self.narrow.carried())}, late, is_span FROM ({union}) AS every"
            steps.append(SqlStep(f"other_{depth}", sql, "all other rows as planned"))
            parts.append(f"SELECT {self.narrow.whole()}, late, is_span FROM other_{depth}")
        union = "\nUNION ALL\n".join(parts)
        steps.append(
            SqlStep(f"planned_{depth}", union, f"rows of stratum {depth} as planned", materialize=False)
        )
        steps += self._settled(depth, planned)
        return steps

    def _others(
        self, depth: int, planned: list[Planned], started: dict[tuple[str, str], dict[str, str]]
    ) -> tuple[list[Step], list[str]]:
        steps: list[Step] = []
        by_rule: dict[str, list[str]] = {}
        rolling = [one for one in planned if isinstance(one.step.timing, Rolling)]
        name = f"rolling_{depth}"
        sources = {one.item.number: self._source(one, started) for one in planned}
        if rolling:
            starts = {
                one.item.number: (sources[one.item.number][0], self._start(one, started)) for one in rolling
            }
            steps += rolling_steps(rolling, starts, name, self.as_of)
        for one in planned:
            source, names = sources[one.item.number]
            if isinstance(one.step.timing, Calendar):
                selects = [calendar_select(one, source, self._start(one, started))]
            elif isinstance(one.step.timing, Rolling):
                selects = [rolling_select(one, name, self.limit)]
            else:
                selects = own_selects(one, source, names)
            by_rule.setdefault(one.item.version.rule, []).extend(selects)
        rules = {rule.versions[0].rule: rule for rule in self.rules}
        selects = [
            text
            for rule, texts in by_rule.items()
            for text in ([_earlier_stay(texts)] if _may_repeat(rules[rule]) else texts)
        ]
        return steps, selects

    def _source(
        self, one: Planned, started: dict[tuple[str, str], dict[str, str]]
    ) -> tuple[str, dict[str, str]]:
        """FROM text of an item, and `step.event` -> SQL of when that stage starts."""
        hits = one.rule.hits
        stages = started.get((one.item.version.rule, one.step.name), {})
        joins = "".join(
            f"\n  LEFT JOIN {step} ON {step}.k_hi = h.k_hi AND {step}.k_lo = h.k_lo"
            for step in stages.values()
        )
        return f"{hits.name} AS h{joins}", {key: f"{step}.started" for key, step in stages.items()}

    def _start(self, one: Planned, started: dict[tuple[str, str], dict[str, str]]) -> str | None:
        after = one.step.after
        return None if after is None else self._source(one, started)[1][f"{after.step}.{after.event}"]

    # -- where stages start ------------------------------------------------------------------------

    def _stages(
        self, depth: int, planned: list[Planned]
    ) -> tuple[dict[tuple[str, str], dict[str, str]], list[Step]]:
        """For each (rule, step) the steps that say when what it waits for happened."""
        started: dict[tuple[str, str], dict[str, str]] = {}
        wanted: dict[tuple[str, str, str], str] = {}
        steps: list[Step] = []
        for one in planned:
            after = one.step.after
            if after is None:
                continue
            rule = one.item.version.rule
            key = (rule, after.step, after.event)
            name = wanted.setdefault(key, f"stage_{depth}_{len(wanted)}")
            started.setdefault((rule, one.step.name), {})[f"{after.step}.{after.event}"] = name
        if not wanted:
            return started, steps
        before = f"rows_before_{depth}"
        union = "\nUNION ALL\n".join(f"SELECT {NAMES} FROM rows_{earlier}" for earlier in range(depth))
        steps.append(SqlStep(before, union, "rows of the strata before", materialize=False))
        awaited = {
            key: [
                one.item
                for one in self.planned
                if one.item.version.rule == key[0] and one.step.name == key[1]
            ]
            for key in wanted
        }
        met = [item for key, items in awaited.items() if key[2] == "met" for item in items]
        if met:
            steps += self._met(depth, met, before)
        for key, name in wanted.items():
            numbers = ", ".join(str(item.number) for item in awaited[key]) or "0"
            steps.append(
                SqlStep(name, _stage(key[2], numbers, before, depth), f"when {key[1]} of {key[0]} {key[2]}")
            )
        return started, steps

    def _met(self, depth: int, met: list[Item], before: str) -> list[Step]:
        asked = list(met)
        if any(item.proof.exclusive for item in met):
            # Who takes an exclusive proof depends on every row before that might.
            there = {one.item.number for one in self.planned if one.rule.depth(one.step.name) < depth}
            asked += [
                item
                for item in self.items.steps()
                if item.proof.exclusive and item.number in there and item not in met
            ]
        return [
            *points(asked, rows=before, out=f"met_points_{depth}", as_of=self.as_of, matching=self.matching),
            *spans(asked, rows=before, out=f"met_spans_{depth}", as_of=self.as_of),
        ]

    # -- late knowledge and endings ----------------------------------------------------------------

    def _settled(self, depth: int, planned: list[Planned]) -> list[Step]:
        steps: list[Step] = []
        base = f"SELECT {NAMES}, is_span FROM planned_{depth} WHERE late = 0 AND opens_at <= due_at"
        replaced = ""
        at_once = [one for one in planned if self._at_once(one)]
        if at_once:
            steps.append(self._late(depth, at_once))
            base += f"\nUNION ALL\nSELECT {NAMES}, is_span FROM late_{depth} WHERE opens_at <= due_at"
            replaced = f" ANTI JOIN late_{depth} AS z ON z.planned_hi = p.id_hi AND z.planned_lo = p.id_lo"
        self._too_late.append(f"SELECT p.* FROM planned_{depth} AS p{replaced} WHERE p.late IN (1, 2)")
        steps.append(SqlStep(f"base_{depth}", base, "rows known in time", materialize=False))
        cuts = self.endings.cuts(
            {one.item.number for one in planned}, rows=f"base_{depth}", out=f"ends_{depth}"
        )
        if cuts is None:
            rows = f"SELECT {NAMES} FROM base_{depth}"
        else:
            steps.append(cuts)
            rows = _ended(depth)
        steps.append(SqlStep(f"rows_{depth}", rows, f"rows of stratum {depth}", materialize=False))
        return steps

    def _at_once(self, one: Planned) -> bool:
        """Whether any text of the step replaces what was known too late."""
        return any(
            step.at_once_when_late and step.name == one.step.name
            for version in one.rule.versions
            for step in version.steps
        )

    def _late(self, depth: int, planned: list[Planned]) -> SqlStep:
        zone = self.policy.zone
        late = text_key("late")
        values = ", ".join(
            f"({one.item.number}, {literal(one.step.at_once_when_late)},"
            f" CAST({one.item.key[0] ^ late[0]} AS BIGINT), CAST({one.item.key[1] ^ late[1]} AS BIGINT),"
            f" {_grace_days(one)}, {_closes_after(one)})"
            for one in planned
        )
        due_on = f"CAST({sql_local_day('known_at', zone)} + 2 AS DATE)"
        closes_on = f"CAST({sql_local_day('known_at', zone)} + 2 + grace_days AS DATE)"
        due = sql_midnight(due_on, zone)
        texts = {
            "id_hi": "xor(xor(k_hi, l_hi), coalesce(rel_lo, 0))",
            "id_lo": "xor(xor(k_lo, l_lo), coalesce(rel_hi, 0))",
            "occ": "'late'",
            "opens_at": "known_at",
            "due_at": f"least({due}, closes)",
            "closes_at": "closes",
        }
        named = ", ".join(f"{texts.get(name, name)} AS {name}" for name, _ in COLUMNS)
        closes = (
            f"CASE WHEN grace_days IS NULL THEN {due} + closes_after ELSE {sql_midnight(closes_on, zone)} END"
        )
        sql = f"""
SELECT {named}, is_span, id_hi AS planned_hi, id_lo AS planned_lo
FROM (
  SELECT *, {closes} AS closes
  FROM (
    SELECT p.*, i.at_once, i.l_hi, i.l_lo, i.grace_days, i.closes_after,
           row_number() OVER (PARTITION BY p.k_hi, p.k_lo, i.l_hi, i.l_lo, p.rel_hi, p.rel_lo
                              ORDER BY p.due_at DESC, p.occ DESC) AS n
    FROM planned_{depth} AS p
    JOIN (VALUES {values}) AS i (item, at_once, l_hi, l_lo, grace_days, closes_after) ON i.item = p.item
    WHERE p.late = 1) AS numbered
  WHERE n = 1 AND at_once) AS latest"""
        return SqlStep(f"late_{depth}", sql, "the latest row known too late, to be done at once")

    def _too_late_step(self) -> SqlStep:
        union = "\nUNION ALL\n".join(self._too_late) or f"SELECT *, 0 AS late FROM ({_no_rows()}) AS nothing"
        facts = " ".join(
            f"WHEN {fact_number(name)} THEN {literal(name)}"
            for name in sorted({key_fact(one.item.version.for_each) for one in self.planned})
        )
        only = f" AND p.person IN ({TOUCHED})" if self.touched else ""
        fact = f"CASE i.trigger_fact {facts} END" if facts else "''"
        sql = f"""
SELECT CASE WHEN p.late = 2 THEN 'span_over' ELSE 'skipped' END AS kind, i.rule, i.version, i.step,
       p.occ || CASE WHEN p.rel_hi IS NULL THEN '' ELSE '/' || {hex_sql("p.rel_hi", "p.rel_lo")} END
         AS occurrence,
       {fact} AS trigger_fact, {hex_sql("p.k_hi", "p.k_lo")} AS trigger_key, p.about, p.due_at, p.closes_at,
       p.known_at AS first_known_at, p.area
FROM ({union}) AS p JOIN plan_items AS i ON i.item = p.item
WHERE coalesce(p.closes_at, p.due_at) >= {literal(self.cutoff)}{only}"""
        return SqlStep("too_late_rows", sql, "steps that were over before their trigger was known")


def _grace_days(one: Planned) -> str:
    timing = one.step.timing
    return str(timing.grace_days) if isinstance(timing, Plan) else "CAST(NULL AS INTEGER)"


def _closes_after(one: Planned) -> str:
    after = one.step.closes_after
    return "CAST(NULL AS INTERVAL)" if after is None else interval(after)


def _stage(event: str, numbers: str, before: str, depth: int) -> str:
    if event == "end":
        return f"""
SELECT k_hi, k_lo, max(least(closes_at, ends_at)) AS started FROM {before}
WHERE item IN ({numbers}) AND (closes_at IS NOT NULL OR ends_at IS NOT NULL) GROUP BY k_hi, k_lo"""
    return f"""
SELECT r.k_hi, r.k_lo, max(m.met_at) AS started
FROM {before} AS r
JOIN (SELECT id_hi, id_lo, met_at FROM met_points_{depth}
      UNION ALL SELECT id_hi, id_lo, met_at FROM met_spans_{depth}) AS m
  ON m.id_hi = r.id_hi AND m.id_lo = r.id_lo
WHERE r.item IN ({numbers}) AND m.met_at IS NOT NULL
GROUP BY r.k_hi, r.k_lo"""


def _ended(depth: int) -> str:
    texts = {
        "due_at": "CASE WHEN is_span THEN least(due_at, end_at) ELSE due_at END",
        # A point that ends before it is due has no closing: proved by then it stays, else it is no row.
        "closes_at": "CASE WHEN is_span OR end_at >= due_at THEN least(closes_at, end_at) ELSE closes_at END",
        "ends_at": "end_at",
    }
    named = ", ".join(f"{texts[name]} AS {name}" if name in texts else f"b.{name}" for name, _ in COLUMNS)
    return f"""
SELECT {named}
FROM base_{depth} AS b
LEFT JOIN ends_{depth} AS e ON e.id_hi = b.id_hi AND e.id_lo = b.id_lo
WHERE e.end_at IS NULL OR b.opens_at < e.end_at"""


def _may_repeat(rule: Rule) -> bool:
    """Whether two texts of the rule can plan a row with one id."""
    if len(rule.versions) == 1:
        return False
    replaces = any(version.running is Running.REPLACE for version in rule.versions)
    return replaces or any(isinstance(step.timing, Rolling) for one in rule.versions for step in one.steps)


def _earlier_stay(selects: Iterable[str]) -> str:
    """Of rows with one id the one of the earlier text stays; items are numbered in the order of the texts."""
    union = "\nUNION ALL\n".join(selects)
    return f"""
SELECT {NAMES}, late, is_span
FROM (
  SELECT *, row_number() OVER (PARTITION BY id_hi, id_lo ORDER BY item) AS n
  FROM ({union}) AS every) AS numbered
WHERE n = 1"""


def _no_rows() -> str:
    columns = ", ".join(f"CAST(NULL AS {type_}) AS {name}" for name, type_ in COLUMNS)
    return f"SELECT {columns} WHERE FALSE"
