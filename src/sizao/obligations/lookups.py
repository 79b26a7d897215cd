"""Look-ups as steps: one narrow table per look-up, its value and its witnesses for each trigger that asks.

Statement: docs/explanation/semantics.md, sections 6 and 7. A look-up is asked only for triggers whose other
conditions do not already rule it out, and once for all rules that ask the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sizao.obligations.effective import select_tests
from sizao.obligations.items import FACT_NUMBERS, Items
from sizao.policy.expressions.emit import Scope, emit, lookups_in, named_in, signature, within_any
from sizao.policy.expressions.tree import All, Call, Node
from sizao.policy.model import Policy, RuleVersion
from sizao.terms.queries import SqlStep, literal
from sizao.terms.time import sql_local_day, sql_midnight

GRADED = frozenset({"worst_grade", "last_day_graded", "grade_of"})
FIRST_DAY, LAST_DAY = "DATE '0001-01-01'", "DATE '9999-12-31'"

# Function -> the facts of its witnesses, one per slot.
_SLOTS: Mapping[str, tuple[str, ...]] = {
    "worst_grade": ("area_grades", "stays"),
    "last_day_graded": ("area_grades", "stays"),
    "last_day_at": ("stays",),
    "grade_of": ("area_grades",),
    "negative_tests": ("sample_members",) * 3,
    "members_of": ("sample_members",) * 3,
    "result_of": ("results",),
    "classification_of": ("classifications",),
    "discharge_of": ("discharges",),
    "occupation_of": ("occupations",),
    "place_kind": ("places",),
    "place_level": ("places",),
}

# Function -> the facts that its steps read.
READS: Mapping[str, tuple[str, ...]] = {
    "worst_grade": ("area_grades", "stays"),
    "last_day_graded": ("area_grades", "stays"),
    "last_day_at": ("stays",),
    "grade_of": ("area_grades",),
    "negative_tests": ("sample_members", "samples", "results"),
    "members_of": ("sample_members",),
    "result_of": ("results",),
    "classification_of": ("classifications",),
    "discharge_of": ("discharges", "admissions"),
    "occupation_of": ("occupations",),
    "place_kind": ("places",),
    "place_level": ("places",),
}

_OF_A_PERSON = frozenset(
    {
        "worst_grade", "last_day_graded", "last_day_at", "negative_tests", "classification_of",
        "discharge_of", "occupation_of",
    }
)  # fmt: skip

_MARKS = "(CASE WHEN {0}.derived THEN 2 ELSE 0 END + CASE WHEN {0}.history THEN 4 ELSE 0 END)"


@dataclass(frozen=True)
class Lookup:
    """One look-up of the triggers of one fact; its step has k_hi, k_lo, value and witnesses."""

    number: int
    trigger: str
    call: Call
    reach_back: bool

    @property
    def step(self) -> str:
        """The name of its step."""
        return f"look_{self.number}"


@dataclass
class Lookups:
    """The distinct look-ups of a policy; numbers follow their dependence, an inner one first."""

    policy: Policy
    asked: dict[tuple[str, str, bool], Lookup] = field(default_factory=dict)
    users: dict[int, list[tuple[RuleVersion, Node]]] = field(default_factory=dict)

    def add(self, version: RuleVersion, node: Node) -> None:
        """Ask for every look-up of an expression of a version."""
        for call in reversed(lookups_in(node)):
            key = self._key(version, call)
            found = self.asked.setdefault(key, Lookup(len(self.asked) + 1, key[0], call, key[2]))
            self.users.setdefault(found.number, []).append((version, node))

    def find(self, version: RuleVersion, call: Call) -> Lookup:
        """The look-up that answers a call in an expression of the version."""
        return self.asked[self._key(version, call)]

    def of(self, trigger: str) -> list[Lookup]:
        """The look-ups of the triggers of a fact, inner ones first."""
        return [one for one in self.asked.values() if one.trigger == trigger]

    def facts(self) -> set[str]:
        """The facts that the look-ups read."""
        return {name for one in self.asked.values() for name in READS[one.call.function]}

    @staticmethod
    def _key(version: RuleVersion, call: Call) -> tuple[str, str, bool]:
        graded = any(inner.function in GRADED for inner in lookups_in(call))
        return version.for_each, signature(call), graded and version.grade_reach_back

    def scope(self, version: RuleVersion, column: Callable[[str], str]) -> Scope:
        """Names of a trigger expression where step `look_n` is joined under the name `look_n`."""
        return Scope(self.policy.zone, column, lambda call: f"{self.find(version, call).step}.value")

    def joins(self, lookups: list[Lookup], trigger: str = "t") -> str:
        """LEFT JOINs of the steps to the triggers."""
        return "".join(
            f"\nLEFT JOIN {one.step} ON {one.step}.k_hi = {trigger}.k_hi AND {one.step}.k_lo = {trigger}.k_lo"
            for one in lookups
        )

    def steps(self, event_on: Mapping[str, str]) -> list[SqlStep]:
        """All look-up steps. event_on: trigger fact -> SQL of its event day over t."""
        asks = [self._ask(one, event_on[one.trigger]) for one in self.asked.values()]
        # An outer look-up needs the answers of inner ones; shared tables wait for the asks of their level.
        steps: list[SqlStep] = []
        pending = list(zip(self.asked.values(), asks, strict=True))
        level = 0
        while pending:
            answered = {one.number for one, _ in pending}
            now = [pair for pair in pending if not answered & self._inner(pair[0])]
            pending = [pair for pair in pending if pair not in now]
            steps += [ask for _, ask in now]
            steps += self._shared([one for one, _ in now], level)
            steps += [
                SqlStep(one.step, self._answer(one, level), f"{signature(one.call)} of {one.trigger}")
                for one, _ in now
            ]
            level += 1
        return steps

    def _inner(self, one: Lookup) -> set[int]:
        version = self.users[one.number][0][0]
        return {self.find(version, call).number for call in lookups_in(one.call)[1:]}

    def _ask(self, one: Lookup, event_on: str) -> SqlStep:
        version = self.users[one.number][0][0]
        inner = [self.find(version, call) for call in lookups_in(one.call)[1:]]
        scope = self.scope(version, lambda name: f't."{name}"')
        arguments = [
            emit(argument.arguments[0], scope)
            if isinstance(argument, Call) and argument.function == "stays_of"
            else emit(argument, scope)
            for argument in one.call.arguments
        ]
        wanted = " OR ".join(
            dict.fromkeys(self._wanted(user, node, event_on, scope) for user, node in self.users[one.number])
        )
        columns = ", ".join(f"{text} AS a{place}" for place, text in enumerate(arguments))
        known = " AND ".join(f"a{place} IS NOT NULL" for place in range(len(arguments)))
        source = f"trig_{one.trigger} AS t{self.joins(inner)}"
        asked = f"SELECT t.k_hi, t.k_lo, {columns}\nFROM {source}\nWHERE {wanted}"
        person = one.call.function in _OF_A_PERSON
        if person:
            rest = "".join(f", a.a{place}" for place in range(1, len(arguments)))
            sql = f"""
SELECT a.k_hi, a.k_lo, coalesce(c.canonical, a.a0) AS a0{rest}
FROM ({asked}) AS a LEFT JOIN canonical AS c ON c.person = a.a0
WHERE {known}"""
        else:
            sql = f"SELECT * FROM ({asked}) AS a WHERE {known}"
        return SqlStep(f"ask_{one.number}", sql, f"triggers of {one.trigger} for which this is asked")

    @staticmethod
    def _wanted(version: RuleVersion, node: Node, event_on: str, scope: Scope) -> str:
        """A condition that holds for every trigger whose answer can matter to the version."""
        parts = [f"{event_on} >= {literal(version.catches_from)}"]
        if version.when is not None:
            conjuncts = version.when.items if isinstance(version.when, All) else (version.when,)
            # Only what is false rules a trigger out: what is not known must stay not known.
            parts += [f"{emit(item, scope)} IS NOT FALSE" for item in conjuncts if not lookups_in(item)]
        return "(" + " AND ".join(parts) + ")"

    def _shared(self, lookups: list[Lookup], level: int) -> list[SqlStep]:
        steps: list[SqlStep] = []
        over_stays = [f"ask_{one.number}" for one in lookups if "stays" in READS[one.call.function]]
        if over_stays:
            steps.append(_asked_stays(over_stays, level))
        graded = [one for one in lookups if one.call.function in GRADED]
        for reach in sorted({one.reach_back for one in graded}):
            areas = [
                f"SELECT a0 AS area FROM ask_{one.number}"
                for one in graded
                if one.call.function == "grade_of" and one.reach_back == reach
            ]
            if over_stays:
                areas.append(f"SELECT located_in AS area FROM asked_stays_{level}")
            steps += _graded_days(" UNION ".join(areas), self.policy, reach, level)
        tests = [f"ask_{one.number}" for one in lookups if one.call.function == "negative_tests"]
        if tests:
            steps += _asked_tests(tests, level)
        return steps

    def _answer(self, one: Lookup, level: int) -> str:
        ask = f"ask_{one.number}"
        days = f"graded_days_{int(one.reach_back)}_{level}"
        zone = self.policy.zone
        match one.call.function:
            case "worst_grade":
                return _worst_grade(ask, days, level, self.policy.grades)
            case "last_day_graded":
                return _last_day_graded(ask, days, level, self.policy.grades)
            case "last_day_at":
                return _last_day_at(ask, level, named_in(one.call))
            case "grade_of":
                return _grade_of(ask, days, self.policy.grades)
            case "negative_tests":
                return _first_three(
                    ask,
                    f"asked_tests_{level}",
                    "r.person = a.a0 AND r.result = 'negative'"
                    f" AND r.taken_at >= {sql_midnight('a.a1', zone)}"
                    f" AND r.taken_at < {sql_midnight('CAST(a.a2 + 1 AS DATE)', zone)}",
                    "r.taken_at, r.k_hi, r.k_lo",
                )
            case "members_of":
                return _first_three(ask, "eff_sample_members", "r.sample = a.a0", "r.k_hi, r.k_lo")
            case "result_of":
                return _last_row(ask, "eff_results", "r.sample = a.a0", "r.happened_at", "r.result")
            case "classification_of":
                until = sql_midnight("CAST(a.a1 + 1 AS DATE)", zone)
                return _last_row(
                    ask,
                    _by_canonical("eff_classifications"),
                    f"r.canonical = a.a0 AND r.happened_at < {until}",
                    "r.happened_at",
                    "r.class",
                )
            case "discharge_of":
                return _discharge_of(ask, sql_midnight("CAST(a.a1 + 1 AS DATE)", zone))
            case "occupation_of":
                return _last_row(
                    ask,
                    _by_canonical("eff_occupations"),
                    "r.canonical = a.a0 AND r.from_on <= a.a1 AND (r.until_on IS NULL OR r.until_on > a.a1)",
                    "r.from_on",
                    "r.occupation",
                )
            case "place_kind" | "place_level":
                column = "r.kind" if one.call.function == "place_kind" else "r.level"
                return _last_row(ask, "eff_places", "r.place = a.a0", "r.from_on", column)
        raise ValueError(f"The engine has no step for the look-up {one.call.function}.")

    def witnesses(self, items: Items) -> list[SqlStep]:
        """Steps `witnesses` (lookup, k_hi, k_lo, n, fact, hi, lo, marks) and `item_lookups`.

        item_lookups: item, lookup, position of the look-up in the item's condition.
        """
        used: dict[int, Lookup] = {}
        pairs: list[str] = []
        for item in items.items:
            when = item.version.when
            found = [] if when is None else [self.find(item.version, call) for call in lookups_in(when)]
            for position, one in enumerate(dict.fromkeys(found)):
                used[one.number] = one
                pairs.append(f"({item.number}, {one.number}, {position})")
        slots = [
            f"""
SELECT CAST({one.number} AS INTEGER) AS lookup, k_hi, k_lo, CAST({slot} AS INTEGER) AS n,
       CAST({FACT_NUMBERS[fact]} AS SMALLINT) AS fact, w{slot}_hi AS hi, w{slot}_lo AS lo,
       CAST(w{slot}_marks AS TINYINT) AS marks
FROM {one.step} WHERE w{slot}_hi IS NOT NULL"""
            for one in used.values()
            for slot, fact in enumerate(_SLOTS[one.call.function], start=1)
        ]
        if not slots:
            slots = [_NO_WITNESS]
        values = ", ".join(pairs) or "(0, 0, 0)"
        pairs_sql = (
            "SELECT CAST(item AS INTEGER) AS item, CAST(lookup AS INTEGER) AS lookup,"
            f" CAST(position AS INTEGER) AS position FROM (VALUES {values}) AS v (item, lookup, position)"
            " WHERE item > 0"
        )
        return [
            SqlStep(
                "witnesses", "\nUNION ALL\n".join(slots), "rows that gave the answers", materialize=False
            ),
            SqlStep("item_lookups", pairs_sql, "the look-ups of each item's condition, in order"),
        ]


_NO_WITNESS = """
SELECT CAST(0 AS INTEGER) AS lookup, CAST(0 AS BIGINT) AS k_hi, CAST(0 AS BIGINT) AS k_lo,
       CAST(0 AS INTEGER) AS n, CAST(0 AS SMALLINT) AS fact, CAST(0 AS BIGINT) AS hi, CAST(0 AS BIGINT) AS lo,
       CAST(0 AS TINYINT) AS marks
WHERE FALSE"""


def _by_canonical(table: str) -> str:
    return (
        f"(SELECT f.*, coalesce(c.canonical, f.person) AS canonical"
        f" FROM {table} AS f LEFT JOIN canonical AS c ON c.person = f.person)"
    )


def _asked_stays(asks: list[str], level: int) -> SqlStep:
    persons = " UNION ".join(f"SELECT a0 FROM {ask}" for ask in asks)
    sql = f"""
SELECT f.canonical AS person, f.located_in, f.place, f.from_on, coalesce(f.until_on, {LAST_DAY}) AS until_on,
  f.k_hi, f.k_lo,
       {_MARKS.format("f")} AS marks
FROM {_by_canonical("eff_stays")} AS f
WHERE f.canonical IN ({persons})"""
    return SqlStep(f"asked_stays_{level}", sql, "stays of the persons asked about")


def _asked_tests(asks: list[str], level: int) -> list[SqlStep]:
    persons = " UNION ".join(f"SELECT a0 FROM {ask}" for ask in asks)
    members = f"SELECT f.* FROM {_by_canonical('eff_sample_members')} AS f WHERE f.canonical IN ({persons})"
    tests = f"""
SELECT coalesce(c.canonical, f.person) AS person, f.taken_at, f.result, f.k_hi, f.k_lo, f.derived, f.history
FROM ({select_tests(f"asked_members_{level}")}) AS f LEFT JOIN canonical AS c ON c.person = f.person"""
    return [
        SqlStep(f"asked_members_{level}", members, "samples of the persons asked about"),
        SqlStep(f"asked_tests_{level}", tests, "tests of the persons asked about", in_written_order=True),
    ]


def _rank(text: str, grades: tuple[str, ...]) -> str:
    cases = " ".join(f"WHEN {literal(grade)} THEN {rank}" for rank, grade in enumerate(grades))
    return f"CASE {text} {cases} END"


def _grade(rank: str, grades: tuple[str, ...]) -> str:
    cases = " ".join(f"WHEN {number} THEN {literal(grade)}" for number, grade in enumerate(grades))
    return f"CASE {rank} {cases} END"


def _above(table: str, column: str) -> str:
    """Rows (of, prefix, steps): each path of `column`, itself and every ancestor, and how far up it is."""
    return f"""(
  SELECT {column} AS of, array_to_string(list_slice(parts, 1, n), '/') AS prefix,
         array_length(parts) - n AS steps
  FROM (SELECT {column}, parts, unnest(range(1, array_length(parts) + 1)) AS n
        FROM (SELECT DISTINCT {column}, string_split({column}, '/') AS parts
          FROM {table}) AS split) AS numbered)"""


def _graded_days(areas: str, policy: Policy, reach_back: bool, level: int) -> list[SqlStep]:
    """Steps ending in `graded_days_<reach>_<level>`: area, from_on, until_on, rank (NULL: not known), the
    row that gave it. The periods of one area have no hole and do not overlap."""
    name = f"{int(reach_back)}_{level}"
    known = (
        "f.from_on" if reach_back else f"greatest(f.from_on, {sql_local_day('f.happened_at', policy.zone)})"
    )
    grades = f"""
SELECT graded, rank, from_on, until_on, counts_upward, k_hi, k_lo, marks
FROM (
  SELECT f.graded, {_rank("f.grade", policy.grades)} AS rank, {known} AS from_on,
         coalesce(f.until_on, {LAST_DAY}) AS until_on, f.counts_upward, f.k_hi, f.k_lo,
           {_MARKS.format("f")} AS marks
  FROM eff_area_grades AS f) AS g
WHERE from_on < until_on"""
    counting = f"""
SELECT up.of AS area, g.*, up.steps, 0 AS upward
FROM {_above(f"asked_areas_{name}", "area")} AS up
JOIN grades_{name} AS g ON g.graded = up.prefix
UNION ALL
SELECT a.area, g.*, 0 AS steps, 1 AS upward
FROM (SELECT * FROM grades_{name} WHERE counts_upward) AS g
JOIN {_above(f"grades_{name}", "graded")} AS up ON up.of = g.graded AND up.steps > 0
JOIN asked_areas_{name} AS a ON a.area = up.prefix"""
    days = f"""
WITH edges AS (
  SELECT area, {FIRST_DAY} AS edge FROM asked_areas_{name}
  UNION SELECT area, from_on FROM counting_{name}
  UNION SELECT area, until_on FROM counting_{name}),
periods AS (
  SELECT area, edge AS from_on, lead(edge, 1, {LAST_DAY}) OVER (PARTITION BY area ORDER BY edge) AS until_on
  FROM edges WHERE edge < {LAST_DAY}),
covering AS (
  SELECT p.area, p.from_on, p.until_on, c.rank, c.upward, c.steps, c.k_hi, c.k_lo, c.marks,
         min(CASE WHEN c.upward = 0 THEN c.steps END) OVER (PARTITION BY p.area, p.from_on) AS nearest
  FROM periods AS p
  LEFT JOIN counting_{name} AS c ON c.area = p.area AND c.from_on <= p.from_on AND c.until_on > p.from_on),
deciding AS (
  SELECT *, max(rank) OVER (PARTITION BY area, from_on) AS best
  FROM covering WHERE rank IS NULL OR upward = 1 OR steps = nearest)
SELECT area, from_on, until_on, best AS rank, first.k_hi AS g_hi, first.k_lo AS g_lo, first.marks AS g_marks
FROM (
  SELECT area, from_on, until_on, best, min(struct_pack(k_hi := k_hi, k_lo := k_lo, marks := marks)) AS first
  FROM deciding WHERE best IS NULL OR rank = best
  GROUP BY area, from_on, until_on, best) AS given"""
    asked = f"SELECT DISTINCT area FROM ({areas}) AS a WHERE area IS NOT NULL"
    return [
        SqlStep(f"asked_areas_{name}", asked, "areas whose grade is asked"),
        SqlStep(f"grades_{name}", grades, "announced grades with the days on which they are in force"),
        SqlStep(f"counting_{name}", counting, "the grade rows that count for each area"),
        SqlStep(f"graded_days_{name}", days, "the grade of each area in each period"),
    ]


_SHARED = "greatest(a.{first}, s.from_on)", "least(CAST(a.{last} + 1 AS DATE), s.until_on)"
_WITNESS_PAIR = (
    "g_hi := g.g_hi, g_lo := g.g_lo, s_hi := s.k_hi, s_lo := s.k_lo, gm := g.g_marks, sm := s.marks"
)
_PAIR_COLUMNS = """first.g_hi AS w1_hi, first.g_lo AS w1_lo, first.gm AS w1_marks,
       first.s_hi AS w2_hi, first.s_lo AS w2_lo, first.sm AS w2_marks"""


def _shared_days(ask: str, days: str, level: int, first: str, last: str) -> str:
    begins, ends = (text.format(first=first, last=last) for text in _SHARED)
    return f"""
  FROM {ask} AS a
  JOIN asked_stays_{level} AS s ON s.person = a.a0 AND s.from_on <= a.{last} AND s.until_on > a.{first}
  JOIN {days} AS g ON g.area = s.located_in AND g.from_on < {ends} AND g.until_on > {begins}
  WHERE {begins} < {ends}"""


def _worst_grade(ask: str, days: str, level: int, grades: tuple[str, ...]) -> str:
    return f"""
SELECT k_hi, k_lo, {_grade("worst", grades)} AS value, {_PAIR_COLUMNS}
FROM (
  SELECT a.k_hi, a.k_lo, max(g.rank) AS worst, max(CASE WHEN g.rank IS NULL THEN 1 ELSE 0 END) AS gaps,
         min(CASE WHEN g.rank IS NOT NULL THEN struct_pack(r := -g.rank, {_WITNESS_PAIR}) END) AS first
  {_shared_days(ask, days, level, "a1", "a2")}
  GROUP BY a.k_hi, a.k_lo) AS found
WHERE worst > 0 OR (worst = 0 AND gaps = 0)"""


def _last_day_graded(ask: str, days: str, level: int, grades: tuple[str, ...]) -> str:
    last = "least(g.until_on, CAST(a.a3 + 1 AS DATE), s.until_on)"
    return f"""
SELECT k_hi, k_lo, CAST(DATE '1970-01-01' + CAST(-first.r AS INTEGER) AS DATE) AS value, {_PAIR_COLUMNS}
FROM (
  SELECT a.k_hi, a.k_lo,
         min(struct_pack(r := -CAST({last} - DATE '1970-01-01' - 1 AS BIGINT), {_WITNESS_PAIR})) AS first
  {_shared_days(ask, days, level, "a2", "a3")} AND g.rank >= {_rank("a.a1", grades)}
  GROUP BY a.k_hi, a.k_lo) AS found"""


def _last_day_at(ask: str, level: int, named: tuple[str, ...]) -> str:
    begins, ends = (text.format(first="a2", last="a3") for text in _SHARED)
    places = ", ".join(literal(one) for one in named)
    return f"""
SELECT k_hi, k_lo, CAST(DATE '1970-01-01' + CAST(-first.r AS INTEGER) AS DATE) AS value,
       first.s_hi AS w1_hi, first.s_lo AS w1_lo, first.sm AS w1_marks
FROM (
  SELECT a.k_hi, a.k_lo,
         min(struct_pack(r := -CAST({ends} - DATE '1970-01-01' - 1 AS BIGINT),
           s_hi := s.k_hi, s_lo := s.k_lo, sm := s.marks)) AS first
  FROM {ask} AS a
  JOIN asked_stays_{level} AS s ON s.person = a.a0 AND s.from_on <= a.a3 AND s.until_on > a.a2
  WHERE {begins} < {ends} AND ({within_any("s.located_in", named)} OR s.place IN ({places}))
  GROUP BY a.k_hi, a.k_lo) AS found"""


def _grade_of(ask: str, days: str, grades: tuple[str, ...]) -> str:
    return f"""
SELECT a.k_hi, a.k_lo, {_grade("g.rank", grades)} AS value, g.g_hi AS w1_hi, g.g_lo AS w1_lo,
  g.g_marks AS w1_marks
FROM {ask} AS a JOIN {days} AS g ON g.area = a.a0 AND g.from_on <= a.a1 AND g.until_on > a.a1
WHERE g.rank IS NOT NULL"""


def _first_three(ask: str, table: str, on: str, order: str) -> str:
    slots = ",\n       ".join(
        f"max(CASE WHEN n = {slot} THEN r_hi END) AS w{slot}_hi,"
        f" max(CASE WHEN n = {slot} THEN r_lo END) AS w{slot}_lo,"
        f" max(CASE WHEN n = {slot} THEN marks END) AS w{slot}_marks"
        for slot in (1, 2, 3)
    )
    return f"""
SELECT k_hi, k_lo, count(r_hi) AS value,
       {slots}
FROM (
  SELECT a.k_hi, a.k_lo, r.k_hi AS r_hi, r.k_lo AS r_lo, {_MARKS.format("r")} AS marks,
         row_number() OVER (PARTITION BY a.k_hi, a.k_lo ORDER BY {order}) AS n
  FROM {ask} AS a LEFT JOIN {table} AS r ON {on}) AS numbered
GROUP BY k_hi, k_lo"""


def _last_row(ask: str, table: str, on: str, order: str, value: str, *, more: str = "") -> str:
    """The value of the row that is last by (order, key). more: further columns of the answer."""
    return f"""
SELECT k_hi, k_lo, last.given AS value, last.r_hi AS w1_hi, last.r_lo AS w1_lo,
       last.marks AS w1_marks{more}
FROM (
  SELECT a.k_hi, a.k_lo,
         max(struct_pack(o := {order}, r_hi := r.k_hi, r_lo := r.k_lo, given := {value},
           marks := {_MARKS.format("r")}))
           AS last
  FROM {ask} AS a JOIN {table} AS r ON {on}
  GROUP BY a.k_hi, a.k_lo) AS found"""


def _discharge_of(ask: str, until: str) -> str:
    """The outcome of the last discharge before `until` that no admission follows by then."""
    again = f"""
SELECT a.k_hi, a.k_lo, max(r.happened_at) AS at
FROM {ask} AS a JOIN {_by_canonical("eff_admissions")} AS r ON r.canonical = a.a0 AND r.happened_at < {until}
GROUP BY a.k_hi, a.k_lo"""
    last = _last_row(
        ask,
        _by_canonical("eff_discharges"),
        f"r.canonical = a.a0 AND r.happened_at < {until}",
        "r.happened_at",
        "r.outcome",
        more=", last.o AS at",
    )
    return f"""
SELECT d.k_hi, d.k_lo, d.value, d.w1_hi, d.w1_lo, d.w1_marks
FROM ({last}) AS d LEFT JOIN ({again}) AS i ON i.k_hi = d.k_hi AND i.k_lo = d.k_lo
WHERE i.at IS NULL OR i.at < d.at"""
