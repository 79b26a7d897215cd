"""Whom a change touches, so that a run after a few new facts derives only their rows.

A touched run gives every row about the subjects it is asked for, exactly as a whole run would. The rows of
a whole run at the later moment are therefore

    rows of the earlier run whose `about` is not among the touched subjects  +  rows of the touched run

(`person` instead of `about` in standing). `touched_subjects` finds these subjects: from facts that became
known in between (`changed.py`), from facts that begin or end in between, from rows whose status changes in
between, and by asking every look-up, ending and proof of the policy backwards. It may name too many subjects,
never too few. It does not see a change of the policy itself: when adoptions differ, run the whole.

Whoever keeps answers beside facts that go on arriving asks in small steps instead: `changed_keys`, what
changed; `touched_by`, whom it touches, asking back only from facts that did change; then `reach.py`, which
rules can have a row about these at all. `touched_by` leaves out who is in place and stays there: of such a
row nothing moves but `covered_until`, which is as_of itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sizao.facts.declaration import ColumnType
from sizao.facts.dictionary import FACTS
from sizao.facts.readings import PARTS, READINGS, fact_or_reading
from sizao.facts.schemas import own_columns
from sizao.obligations.changed import CHANGED, Between, changed_sql, changed_step, links_step
from sizao.obligations.effective import canonical_steps, effective_steps, facts_of
from sizao.obligations.items import Items, plan_items
from sizao.obligations.lookups import GRADED, READS
from sizao.obligations.reach import abouts_of, cares, triggers_of
from sizao.obligations.windows import expressions_of
from sizao.policy.expressions.emit import Scope, emit, lookups_in
from sizao.policy.expressions.tree import Call, Node, Type
from sizao.policy.model import Calendar, Policy, Rolling, RuleVersion, StepText
from sizao.terms.queries import Query, SqlStep, literal
from sizao.terms.time import local_day

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
    between = Between(known_from, known_to, as_of_from, as_of_to)
    return _Search(policy, between).with_changes()


def changed_keys(policy: Policy, between: Between, *, beside: Collection[str] = ()) -> Query:
    """Result `changed`: fact, key_hi, key_lo of every fact of which something changed between two runs.

    Beside what the moments say, everything that the earlier run had not before it changed, whenever it was
    known: input arrived(fact, key_hi, key_lo). beside: facts of which the caller makes something itself.
    """
    facts = sorted(_Search(policy, between).facts() | set(beside))
    sql = changed_sql(facts, between, policy.zone, "SELECT fact, key_hi, key_lo FROM arrived")
    step = SqlStep("keys_changed", sql, "keys of rows that may change an answer")
    return Query((step,), ("arrived", *facts), {"changed": step.name})


def touched_by(
    policy: Policy,
    changed: Collection[str],
    between: Between,
    *,
    empty: Collection[str] = (),
    uncorrected: Collection[str] = (),
) -> Query:
    """Whose rows may differ, given the keys that changed: result `touched_subjects`, under every id.

    changed: the facts of these keys, which are the input `changed` (see `changed_keys`). Of rows with
    in_place the later covered_until is as_of_to, whether or not their subject is named. empty, uncorrected:
    what is known of the tables now, as for `derive`. Inputs beside: as for `touched_subjects`.
    """
    search = _Search(policy, between, frozenset(changed), frozenset(empty) | frozenset(uncorrected))
    return search.of_changes()


@dataclass
class _Search:
    """Ways back from what changed. changed: facts that can have; None: any. plain: those uncorrected."""

    policy: Policy
    between: Between
    changed: frozenset[str] | None = None
    plain: frozenset[str] = frozenset()
    items: Items = field(init=False)

    def __post_init__(self) -> None:
        self.items = plan_items(self.policy)

    def with_changes(self) -> Query:
        """The changed keys of every fact the policy reads, then whom they touch."""
        facts = sorted(self.facts())
        search = self.of_changes()
        inputs = dict.fromkeys((*facts, *(name for name in search.inputs if name != CHANGED)))
        step = changed_step(facts, self.between, self.policy.zone)
        return Query((step, *search.steps), tuple(inputs), search.results)

    def of_changes(self) -> Query:
        """Whom the keys of the table `changed` touch."""
        changing = [fact for fact in sorted(self.facts()) if self.changed is None or fact in self.changed]
        changing += sorted((self.changed or set()) - set(changing))
        alive = {f"changed_{fact}" for fact in changing}
        alive |= {"persons_found"} if any(map(_names_persons, changing)) else set()
        alive |= {"samples_found", "persons_found"} if any(map(_names_samples, changing)) else set()
        parts = [part for part in dict.fromkeys(self._parts(changing)) if _can_answer(part, alive)]
        subjects = f"""
WITH found AS (
  SELECT DISTINCT subject FROM ({" UNION ALL ".join(parts) or _NOBODY}) AS parts WHERE subject IS NOT NULL),
same AS (
  SELECT coalesce(c.canonical, f.subject) AS subject
  FROM found AS f LEFT JOIN canonical AS c ON c.person = f.subject)
SELECT subject FROM found
UNION SELECT subject FROM same
UNION SELECT c.person AS subject FROM canonical AS c WHERE c.canonical IN (SELECT subject FROM same)"""
        asking = [
            SqlStep("persons_found", self._changed_persons(changing), "persons of whom a row changed"),
            SqlStep("samples_found", self._changed_samples(changing), "samples of which a row changed"),
            SqlStep("subjects_found", subjects, "whom the changes touch"),
        ]
        words = set(_WORD.findall(" ".join(step.sql for step in asking)))
        links = [fact for fact in FACTS if f"changed_{fact}" in words]
        effective = [fact for fact in FACTS if f"eff_{fact}" in words or fact == "merges"]
        return Query(
            (
                *effective_steps(effective, self.between.known_to, self.plain),
                *canonical_steps(),
                *(links_step(fact, self.between.known_to, can_have=fact in changing) for fact in links),
                *asking,
            ),
            (*dict.fromkeys((*links, *effective)), CHANGED, "obligations_before", "too_late_before"),
            {"touched_subjects": "subjects_found"},
        )

    # -- what the policy reads ---------------------------------------------------------------------

    def facts(self) -> set[str]:
        """Every fact a change of which may change an answer."""
        versions = self.policy.versions()
        readings = {version.for_each for version in versions} | {
            proof.reading for _, proof in self.items.proofs
        }
        readings |= {
            ending.reading for version in versions for ending in (*version.ends_when, *version.subject_ends)
        }
        called = {call.function for _, call in self._calls()}
        found = facts_of(readings) | {name for function in called for name in READS[function]}
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

    def _changed_persons(self, changing: Iterable[str]) -> str:
        """Every person column of every changed row, and who shares a changed sample; under every id."""
        named = [
            f'SELECT "{column}" AS person FROM changed_{fact}'
            for fact in changing
            for column in _names_persons(fact)
        ]
        if any(map(_names_samples, changing)):
            named.append(
                "SELECT m.person FROM eff_sample_members AS m WHERE m.sample IN"
                f" ({self._changed_samples(changing)})"
            )
        if not named:
            return "SELECT CAST(NULL AS VARCHAR) AS person WHERE FALSE"
        return f"""
WITH named AS ({" UNION ".join(named)}),
same AS (
  SELECT coalesce(c.canonical, n.person) AS person
  FROM named AS n LEFT JOIN canonical AS c ON c.person = n.person)
SELECT person FROM named WHERE person IS NOT NULL
UNION SELECT person FROM same WHERE person IS NOT NULL
UNION SELECT c.person FROM canonical AS c WHERE c.canonical IN (SELECT person FROM same)"""

    @staticmethod
    def _changed_samples(changing: Iterable[str]) -> str:
        parts = [f"SELECT sample FROM changed_{fact}" for fact in changing if _names_samples(fact)]
        return " UNION ".join(parts) or "SELECT CAST(NULL AS VARCHAR) AS sample WHERE FALSE"

    # -- ways back ---------------------------------------------------------------------------------

    def _parts(self, changing: Iterable[str]) -> Iterator[str]:
        yield "SELECT person AS subject FROM persons_found"
        yield from self._named_subjects(changing)
        yield from self._by_column()
        for version, call in self._calls():
            yield from self._asking(version, call)
        yield from self._time_passing()
        yield from self._waived()
        yield from self._dependants()
        for fact in _OF_EVERYBODY:
            for trigger in triggers_of(self.policy):
                yield from self._abouts(trigger, f"EXISTS (SELECT 1 FROM changed_{fact})")

    @staticmethod
    def _named_subjects(changing: Iterable[str]) -> Iterator[str]:
        """Places, offices and whatever else a changed row names that rows may be about."""
        for fact in changing:
            for column in own_columns(fact_or_reading(fact)):
                if column.declared.type is ColumnType.ID and column.declared.of != "person":
                    yield f'SELECT "{column.name}" AS subject FROM changed_{fact}'

    def _abouts(self, trigger: str, where: str) -> Iterator[str]:
        """Everything that rows of the triggers fulfilling `where` (over t) may be about."""
        table = f"eff_{PARTS[trigger][0] if trigger in READINGS else trigger}"
        for column in abouts_of(self.policy, trigger):
            yield f'SELECT t."{column}" AS subject FROM {table} AS t WHERE {where}'
        if cares(self.policy, trigger):
            carer = f"eff_dependants AS d JOIN {table} AS t ON {_SAME}"
            yield f"SELECT d.dependant AS subject FROM {carer} WHERE {where}"

    def _by_column(self) -> Iterator[str]:
        """Triggers that an ending fact names by another column, and all abouts of one trigger."""
        for version in self.policy.versions():
            for ending in (*version.ends_when, *version.subject_ends):
                column, named = ending.match
                if named == "about":
                    continue
                values = self._values_changed(ending.reading, column)
                yield from self._abouts(version.for_each, f't."{named}" IN ({values})')
        for trigger in triggers_of(self.policy):
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
        if "dependants" in self.facts():
            carers = "SELECT person FROM persons_found"
            yield f"SELECT dependant AS subject FROM eff_dependants WHERE person IN ({carers})"

    def _waived(self) -> Iterator[str]:
        yield (
            "SELECT b.about AS subject FROM obligations_before AS b JOIN changed_waivers AS w"
            " ON w.obligation = b.obligation_id OR (w.obligation IS NULL AND w.rule = b.rule)"
        )

    def _time_passing(self) -> Iterator[str]:
        """Rows that change, leave the horizon, or recur because as_of moved."""
        if self.between.as_of_from == self.between.as_of_to:
            return
        cutoff = literal(self.between.as_of_to - timedelta(days=self.policy.horizon_days))
        changing = f"next_change_at <= {literal(self.between.as_of_to)}"
        yield f"SELECT about AS subject FROM obligations_before WHERE {changing}"
        # How far a live span is covered, and with how many gaps, moves with as_of while the status stays.
        spans = "in_place IS NOT NULL" if self.changed is None else "NOT in_place"
        uncounted = literal(self.between.as_of_from - self._longest_tolerance())
        yield (
            f"SELECT about AS subject FROM obligations_before WHERE {spans} AND met_at IS NOT NULL"
            f" AND closes_at > {literal(self.between.as_of_from)}"
            f" AND (in_place OR covered_until >= {uncounted})"
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
        first, last = (
            local_day(at + ahead, self.policy.zone) for at in (self.between.as_of_from, self.between.as_of_to)
        )
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


_NOBODY = "SELECT CAST(NULL AS VARCHAR) AS subject WHERE FALSE"
_WORD = re.compile(r"\w+")
_FOUND = frozenset({"persons_found", "samples_found", *(f"changed_{fact}" for fact in FACTS)})


def _can_answer(part: str, alive: Collection[str]) -> bool:
    """Whether a way back can lead anywhere: it asks of no change, or of one that may have been."""
    asked = _FOUND & set(_WORD.findall(part))
    return not asked or not asked.isdisjoint(alive)


def _names_persons(fact: str) -> list[str]:
    return [one.name for one in own_columns(fact_or_reading(fact)) if one.declared.of == "person"]


def _names_samples(fact: str) -> bool:
    return any(one.name == "sample" for one in own_columns(fact_or_reading(fact)))
