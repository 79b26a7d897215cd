"""Whom a change touches, so that a run after a few new facts derives only their rows.

A touched run gives every row about the subjects it is asked for, exactly as a whole run would. The rows of
a whole run at the later moment are therefore

    rows of the earlier run whose `about` is not among the touched subjects  +  rows of the touched run

(`person` instead of `about` in standing). `touched_subjects` finds these subjects: from facts that became
known in between, from facts that begin or end in between, from rows whose status changes in between, and
by asking every look-up, ending and proof of the policy backwards. It may name too many subjects, never too
few. It does not see a change of the policy itself: when adoptions differ, run the whole.

Whoever keeps answers beside facts that go on arriving cannot go by `known_at` alone: a transaction commits
after a run that was asked for a later moment, a batch of history was known long ago. `touched_by_arrivals`
takes beside the moments the keys of all rows that the earlier run had not before it. And it leaves out who
is in place and stays there: of such a row nothing moves but `covered_until`, which is as_of itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sizao.facts.declaration import ColumnType
from sizao.facts.readings import PARTS, READINGS, fact_or_reading
from sizao.facts.schemas import own_columns
from sizao.obligations.effective import canonical_steps, effective_steps, facts_of
from sizao.obligations.items import Items, plan_items
from sizao.obligations.lookups import GRADED, READS
from sizao.obligations.windows import expressions_of
from sizao.policy.expressions.emit import Scope, emit, lookups_in
from sizao.policy.expressions.tree import Call, Node, Type
from sizao.policy.model import Calendar, Policy, Rolling, RuleVersion, StepText
from sizao.terms.queries import Query, SqlStep, literal
from sizao.terms.time import local_day, sql_midnight

TOUCHED = "SELECT subject FROM touched"

# Facts from which offices are found. Offices and areas decide for everybody.
_OF_PERSONS = ("residences", "stays")
_OF_EVERYBODY = ("offices", "areas")


def touched_steps(*, related: bool) -> list[SqlStep]:
    """Step `touched`: the given subjects under every id of a person; `touched_carers`: who cares for them."""
    everyone = """
WITH same AS (
  SELECT coalesce(c.canonical, s.subject) AS subject
  FROM touched_subjects AS s LEFT JOIN canonical AS c ON c.person = s.subject)
SELECT subject FROM same
UNION SELECT subject FROM touched_subjects
UNION SELECT c.person FROM canonical AS c WHERE c.canonical IN (SELECT subject FROM same)"""
    steps = [SqlStep("touched", everyone, "the touched subjects under every id")]
    if related:
        carers = f"""
WITH carers AS (SELECT r.person FROM related_dependants AS r WHERE r.canonical_dependant IN ({TOUCHED}))
SELECT person AS subject FROM carers
UNION SELECT c.person FROM canonical AS c WHERE c.canonical IN (SELECT person FROM carers)"""
        steps.append(SqlStep("touched_carers", carers, "who cares for touched dependants, under every id"))
    return steps


def touched_subjects(
    policy: Policy,
    *,
    known_from: datetime,
    known_to: datetime,
    as_of_from: datetime,
    as_of_to: datetime,
) -> Query:
    """Whose rows may differ between (as_of_from, known_from) and (as_of_to, known_to).

    Result `touched_subjects`: subject, one row each, to be bound as the input of `derive(..., touched=True)`.
    Inputs: the fact tables and, of the earlier run, its results as `obligations_before` and
    `too_late_before`.
    """
    return _Search(policy, known_from, known_to, as_of_from, as_of_to).query()


def touched_by_arrivals(
    policy: Policy,
    *,
    known_from: datetime,
    known_to: datetime,
    as_of_from: datetime,
    as_of_to: datetime,
    beside: Collection[str] = (),
    empty: Collection[str] = (),
    uncorrected: Collection[str] = (),
) -> Query:
    """Whose rows may differ when, beside the moments, rows of facts arrived whenever they were known.

    As `touched_subjects`, with one more input: arrived(fact, key_hi, key_lo), the keys of the links that the
    earlier run had not before it. Of rows with in_place the later `covered_until` is as_of_to, whether or not
    their subject is named here. beside: facts of which the caller makes something itself; whom their rows
    name is touched too. empty, uncorrected: what is known of the tables now, as for `derive`.
    """
    search = _Search(policy, known_from, known_to, as_of_from, as_of_to)
    search.arrivals = True
    search.beside, search.plain = frozenset(beside), frozenset(empty) | frozenset(uncorrected)
    return search.query()


@dataclass
class _Search:
    policy: Policy
    known_from: datetime
    known_to: datetime
    as_of_from: datetime
    as_of_to: datetime
    arrivals: bool = False
    beside: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()  # facts in whose tables nothing is corrected
    items: Items = field(init=False)

    def __post_init__(self) -> None:
        self.items = plan_items(self.policy)

    def query(self) -> Query:
        """Changed rows of every fact the policy reads, then their subjects by every way back."""
        facts = sorted(self._facts())
        parts = dict.fromkeys(self._parts())
        subjects = f"""
WITH found AS (
  SELECT DISTINCT subject FROM ({" UNION ALL ".join(parts)}) AS parts WHERE subject IS NOT NULL),
same AS (
  SELECT coalesce(c.canonical, f.subject) AS subject
  FROM found AS f LEFT JOIN canonical AS c ON c.person = f.subject)
SELECT subject FROM found
UNION SELECT subject FROM same
UNION SELECT c.person AS subject FROM canonical AS c WHERE c.canonical IN (SELECT subject FROM same)"""
        return Query(
            (
                *effective_steps(facts, self.known_to, self.plain),
                *canonical_steps(),
                *(self._changed(fact) for fact in facts),
                SqlStep("persons_found", self._changed_persons(facts), "persons of whom a row changed"),
                SqlStep("samples_found", self._changed_samples(facts), "samples of which a row changed"),
                SqlStep("subjects_found", subjects, "whom the changes touch"),
            ),
            (*facts, "obligations_before", "too_late_before", *(["arrived"] if self.arrivals else [])),
            {"touched_subjects": "subjects_found"},
        )

    # -- what changed ------------------------------------------------------------------------------

    def _facts(self) -> set[str]:
        versions = self.policy.versions()
        readings = {version.for_each for version in versions} | {
            proof.reading for _, proof in self.items.proofs
        }
        readings |= {
            ending.reading for version in versions for ending in (*version.ends_when, *version.subject_ends)
        }
        called = {call.function for _, call in self._calls()}
        found = facts_of(readings) | {name for function in called for name in READS[function]}
        found |= self.beside
        found |= {"merges", "waivers", "places", "closures", *_OF_PERSONS, *_OF_EVERYBODY}
        if any(step.related for version in versions for step in version.steps):
            found.add("dependants")
        return found

    def _calls(self) -> Iterator[tuple[RuleVersion, Call]]:
        for version in self.policy.versions():
            for step in version.steps:
                for node in expressions_of(version, step):
                    for call in lookups_in(node):
                        yield version, call

    def _changed(self, fact: str) -> SqlStep:
        """Every link of each key that changed or that begins, ends or happens between the two moments."""
        learnt = f"known_at > {literal(self.known_from)} AND known_at <= {literal(self.known_to)}"
        keys = [f"SELECT key_hi, key_lo FROM {fact} WHERE {learnt}"]
        if self.arrivals:
            keys.append(f"SELECT key_hi, key_lo FROM arrived WHERE fact = {literal(fact)}")
        if self.as_of_from < self.as_of_to:
            moments = [
                f'"{column.name}"'
                if column.sql == "TIMESTAMP"
                else sql_midnight(f'"{column.name}"', self.policy.zone)
                for column in own_columns(fact_or_reading(fact))
                if column.sql in ("TIMESTAMP", "DATE")
            ]
            between = " OR ".join(
                f"({moment} > {literal(self.as_of_from)} AND {moment} <= {literal(self.as_of_to)})"
                for moment in (*moments, "happened_at")
            )
            keys.append(f"SELECT key_hi, key_lo FROM {fact} WHERE {between}")
        sql = f"""
SELECT f.* FROM {fact} AS f
WHERE f.known_at <= {literal(self.known_to)} AND EXISTS (
  SELECT 1 FROM ({" UNION ALL ".join(keys)}) AS k WHERE k.key_hi = f.key_hi AND k.key_lo = f.key_lo)"""
        return SqlStep(f"changed_{fact}", sql, f"links of {fact} that may change an answer")

    def _changed_persons(self, facts: Iterable[str]) -> str:
        """Every person column of every changed row, and who shares a changed sample; under every id."""
        named = [
            f'SELECT "{column.name}" AS person FROM changed_{fact}'
            for fact in facts
            for column in own_columns(fact_or_reading(fact))
            if column.declared.of == "person"
        ]
        if "sample_members" in facts:
            named.append(
                "SELECT m.person FROM eff_sample_members AS m WHERE m.sample IN"
                f" ({self._changed_samples(facts)})"
            )
        return f"""
WITH named AS ({" UNION ".join(named)}),
same AS (
  SELECT coalesce(c.canonical, n.person) AS person
  FROM named AS n LEFT JOIN canonical AS c ON c.person = n.person)
SELECT person FROM named WHERE person IS NOT NULL
UNION SELECT person FROM same WHERE person IS NOT NULL
UNION SELECT c.person FROM canonical AS c WHERE c.canonical IN (SELECT person FROM same)"""

    @staticmethod
    def _changed_samples(facts: Iterable[str]) -> str:
        parts = [
            f"SELECT sample FROM changed_{fact}"
            for fact in facts
            if any(column.name == "sample" for column in own_columns(fact_or_reading(fact)))
        ]
        return " UNION ".join(parts) or "SELECT CAST(NULL AS VARCHAR) AS sample WHERE FALSE"

    # -- ways back ---------------------------------------------------------------------------------

    def _parts(self) -> Iterator[str]:
        yield "SELECT person AS subject FROM persons_found"
        yield from self._named_subjects()
        yield from self._by_column()
        for version, call in self._calls():
            yield from self._asking(version, call)
        yield from self._time_passing()
        yield from self._waived()
        yield from self._dependants()
        for fact in _OF_EVERYBODY:
            for trigger in self._triggers():
                yield from self._abouts(trigger, f"EXISTS (SELECT 1 FROM changed_{fact})")

    def _named_subjects(self) -> Iterator[str]:
        """Places, offices and whatever else a changed row names that rows may be about."""
        for fact in sorted(self._facts()):
            for column in own_columns(fact_or_reading(fact)):
                if column.declared.type is ColumnType.ID and column.declared.of != "person":
                    yield f'SELECT "{column.name}" AS subject FROM changed_{fact}'

    def _triggers(self) -> list[str]:
        return sorted({version.for_each for version in self.policy.versions()})

    def _abouts(self, trigger: str, where: str) -> Iterator[str]:
        """Everything that rows of the triggers fulfilling `where` (over t) may be about."""
        table = f"eff_{PARTS[trigger][0] if trigger in READINGS else trigger}"
        columns = {
            step.about
            for version in self.policy.versions()
            for step in version.steps
            if version.for_each == trigger and step.related is None
        }
        for column in sorted(columns | {fact_or_reading(trigger).subjects[0]}):
            yield f'SELECT t."{column}" AS subject FROM {table} AS t WHERE {where}'
        if self._cares(trigger):
            carer = f"eff_dependants AS d JOIN {table} AS t ON {_SAME}"
            yield f"SELECT d.dependant AS subject FROM {carer} WHERE {where}"

    def _cares(self, trigger: str) -> bool:
        return any(
            step.related
            for version in self.policy.versions()
            if version.for_each == trigger
            for step in version.steps
        )

    def _by_column(self) -> Iterator[str]:
        """Triggers that an ending fact names by another column, and all abouts of one trigger."""
        for version in self.policy.versions():
            for ending in (*version.ends_when, *version.subject_ends):
                column, named = ending.match
                if named == "about":
                    continue
                values = self._values_changed(ending.reading, column)
                yield from self._abouts(version.for_each, f't."{named}" IN ({values})')
        for trigger in self._triggers():
            columns = [
                column.name
                for column in own_columns(fact_or_reading(trigger))
                if column.declared.of == "person" and trigger not in READINGS
            ]
            for column in columns or ["person"] * (trigger in READINGS):
                yield from self._abouts(trigger, f't."{column}" IN (SELECT person FROM persons_found)')

    def _values_changed(self, reading: str, column: str) -> str:
        if fact_or_reading(reading).column(column).of == "person":
            return "SELECT person FROM persons_found"
        if column == "sample":
            return "SELECT sample FROM samples_found"
        return f'SELECT "{column}" FROM changed_{reading}'

    def _asking(self, version: RuleVersion, call: Call) -> Iterator[str]:
        """Triggers whose look-up reads a changed row."""
        key = call.arguments[0]
        if isinstance(key, Call) and key.function == "stays_of":
            key = key.arguments[0]
        if version.for_each in READINGS or lookups_in(key):
            everything = " OR ".join(
                f"EXISTS (SELECT 1 FROM changed_{fact})" for fact in READS[call.function]
            )
            yield from self._abouts(version.for_each, f"({everything})")
            return
        asked = emit(key, Scope(self.policy.zone, 't."{}"'.format))
        yield from self._abouts(version.for_each, self._key_changed(call, key, asked))

    def _key_changed(self, call: Call, key: Node, asked: str) -> str:
        """SQL over t: what the look-up is asked about is among what changed."""
        if call.function in GRADED:
            if key.type is Type.AREA:
                return f"EXISTS (SELECT 1 FROM changed_area_grades AS g WHERE {_near(asked)})"
            near = (
                f"SELECT s.person FROM eff_stays AS s, changed_area_grades AS g WHERE {_near('s.located_in')}"
            )
            return f"{asked} IN (SELECT person FROM persons_found UNION {_every_id(near)})"
        if READS[call.function] == ("places",):
            return f"{asked} IN (SELECT place FROM changed_places)"
        if call.function in ("result_of", "members_of"):
            return f"{asked} IN (SELECT sample FROM samples_found)"
        return f"{asked} IN (SELECT person FROM persons_found)"

    def _dependants(self) -> Iterator[str]:
        """Dependants of persons who changed: their rows may come from a trigger of who cares for them."""
        if "dependants" in self._facts():
            carers = "SELECT person FROM persons_found"
            yield f"SELECT dependant AS subject FROM eff_dependants WHERE person IN ({carers})"

    def _waived(self) -> Iterator[str]:
        yield (
            "SELECT b.about AS subject FROM obligations_before AS b JOIN changed_waivers AS w"
            " ON w.obligation = b.obligation_id OR (w.obligation IS NULL AND w.rule = b.rule)"
        )

    def _time_passing(self) -> Iterator[str]:
        """Rows that change, leave the horizon, or recur because as_of moved."""
        if self.as_of_from == self.as_of_to:
            return
        cutoff = literal(self.as_of_to - timedelta(days=self.policy.horizon_days))
        changing = f"next_change_at <= {literal(self.as_of_to)}"
        yield f"SELECT about AS subject FROM obligations_before WHERE {changing}"
        # How far a live span is covered, and with how many gaps, moves with as_of while the status stays.
        yield (
            "SELECT about AS subject FROM obligations_before"
            f" WHERE {'NOT in_place' if self.arrivals else 'in_place IS NOT NULL'} AND met_at IS NOT NULL"
            f" AND closes_at > {literal(self.as_of_from)}"
            f" AND (in_place OR covered_until >= {literal(self.as_of_from - self._longest_tolerance())})"
        )
        yield (
            "SELECT about AS subject FROM obligations_before"
            " WHERE CASE WHEN in_place IS NULL AND met_at IS NOT NULL THEN greatest(due_at, met_at)"
            f" ELSE coalesce(closes_at, due_at) END < {cutoff}"
        )
        yield f"SELECT about AS subject FROM too_late_before WHERE coalesce(closes_at, due_at) < {cutoff}"
        recurring = {
            version.for_each
            for version in self.policy.versions()
            for step in version.steps
            if self._may_recur(step)
        }
        for trigger in sorted(recurring):
            yield from self._abouts(trigger, "TRUE")

    def _longest_tolerance(self) -> timedelta:
        """For how long after the last cover a gap may not have been counted yet."""
        return max((verb.gap_tolerance for verb in self.policy.verbs.values()), default=timedelta(0))

    def _may_recur(self, step: StepText) -> bool:
        """Whether an occurrence that no fact brings may have come within what is looked ahead.

        Periods and first rows open at a midnight. A rolling row opens its gap after the proof it counts from,
        and is written with that proof unless the gap is longer than what is looked ahead.
        """
        ahead = timedelta(days=self.policy.look_ahead_days)
        first, last = (local_day(at + ahead, self.policy.zone) for at in (self.as_of_from, self.as_of_to))
        if isinstance(step.timing, Rolling):
            return first < last or step.timing.min_gap > ahead or step.after is not None
        return isinstance(step.timing, Calendar) and (first < last or step.after is not None)


_SAME = """coalesce((SELECT c.canonical FROM canonical AS c WHERE c.person = d.person), d.person)
   = coalesce((SELECT c.canonical FROM canonical AS c WHERE c.person = t.person), t.person)"""


def _near(area: str) -> str:
    """SQL over g: a grade row that may count for an area."""
    return (
        f"({area} = g.graded OR starts_with({area}, g.graded || '/') OR starts_with(g.graded, {area} || '/'))"
    )


def _every_id(persons: str) -> str:
    return f"""
SELECT p.person FROM ({persons}) AS p
UNION SELECT c.canonical FROM ({persons}) AS p JOIN canonical AS c ON c.person = p.person
UNION SELECT o.person FROM ({persons}) AS p
  LEFT JOIN canonical AS c ON c.person = p.person
  JOIN canonical AS o ON o.canonical = coalesce(c.canonical, p.person)"""
