"""Which rule versions catch which triggers: one narrow table per trigger fact, its answers as a bit mask.

Statement: docs/explanation/semantics.md, section 2. The step `hits_<fact>` reads its fact once for all
rules; it carries beside the masks only the days, instants and names that rows are made of.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sizao.facts.declaration import Column, ColumnType
from sizao.facts.readings import fact_or_reading, key_fact
from sizao.obligations.lookups import Lookups
from sizao.policy.expressions.emit import (
    STAGE_START,
    Scope,
    as_day,
    as_instant,
    columns_in,
    emit,
)
from sizao.policy.expressions.tree import ColumnOf, Node, Type
from sizao.policy.model import Policy, RuleVersion
from sizao.terms.queries import SqlStep, literal
from sizao.terms.time import sql_local_day

BITS = 62
"""Rule versions per mask; a signed 64-bit number stays positive."""


@dataclass
class Hits:
    """The triggers of one fact, the versions asked about them, and the columns that rows need from them.

    Everything that rows are made of is asked for before `step` is called; names are those over alias h.
    """

    policy: Policy
    fact: str
    versions: tuple[RuleVersion, ...]
    lookups: Lookups
    _columns: dict[str, tuple[str, str]] = field(default_factory=dict)  # text over q -> (name, text)
    _persons: dict[str, str] = field(
        default_factory=dict
    )  # column of the trigger -> name of its canonical person

    @property
    def name(self) -> str:
        """The step's name."""
        return f"hits_{self.fact}"

    def words(self) -> range:
        """The numbers of the masks."""
        return range((len(self.versions) + BITS - 1) // BITS)

    def mask(self, version: RuleVersion) -> tuple[int, int]:
        """The mask (its number) and the bit of a version."""
        place = next(place for place, one in enumerate(self.versions) if one is version)
        return place // BITS, 1 << (place % BITS)

    def caught(self, version: RuleVersion) -> str:
        """SQL over h: the version catches the trigger."""
        word, bit = self.mask(version)
        return f"(h.m{word} & {bit}) <> 0"

    def event_on(self) -> str:
        """SQL over t: the event day of a trigger."""
        declared = fact_or_reading(self.fact)
        if declared.event == "happened_at":
            return sql_local_day("t.happened_at", self.policy.zone)
        column = declared.column(declared.event)
        name = f't."{column.name}"'
        return sql_local_day(name, self.policy.zone) if column.type is ColumnType.INSTANT else name

    # -- what rows are made of ---------------------------------------------------------------------

    def day(self, version: RuleVersion, node: Node) -> str:
        """SQL over h: an expression as a day."""
        return self._column(as_day(node, self._scope(version)))

    def instant(self, version: RuleVersion, node: Node) -> str:
        """SQL over h: an expression as an instant; a date is kept as a day, which many rules share."""
        if node.type is Type.INSTANT:
            return self._column(emit(node, self._scope(version)))
        return as_instant(
            ColumnOf("day", Type.DATE, node.at),
            Scope(self.policy.zone, lambda _: self.day(version, node)),
        )

    def after_stage(self, version: RuleVersion, started: str) -> Scope:
        """Where an expression with stage_start finds its names: over h, and `started`."""

        def column(name: str) -> str:
            return started if name == STAGE_START else self.own(name)

        return Scope(
            self.policy.zone,
            column,
            lambda call: self._column(f"q.{self.lookups.find(version, call).step}"),
        )

    def own(self, name: str) -> str:
        """SQL over h: a column of the trigger as it stands."""
        return self._column(f'q."{name}"')

    def person(self, name: str) -> str:
        """SQL over h: the canonical person of a column."""
        return f"h.{self._persons.setdefault(name, f'p_{name}')}"

    def _column(self, text: str) -> str:
        if text == "q.event_on":
            return "h.event_on"
        name, _ = self._columns.setdefault(text, (f"b{len(self._columns)}", text))
        return f"h.{name}"

    def _scope(self, version: RuleVersion) -> Scope:
        return Scope(
            self.policy.zone,
            lambda name: f'q."{name}"',
            lambda call: f"q.{self.lookups.find(version, call).step}",
        )

    # -- steps -------------------------------------------------------------------------------------

    def steps(self) -> list[SqlStep]:
        """`hits_<fact>` and, for each of its masks, `masks_<fact>_<n>`: the distinct masks."""
        return [
            SqlStep(self.name, self._sql(), f"which rule versions catch which rows of {self.fact}"),
            *(
                SqlStep(
                    f"masks_{self.fact}_{word}",
                    f"SELECT DISTINCT m{word} AS mask FROM {self.name} WHERE m{word} <> 0",
                    f"the distinct answers for {self.fact}",
                )
                for word in self.words()
            ),
        ]

    def _sql(self) -> str:
        whens: dict[str, str] = {}
        # Versions that ask the same share a condition, which is then asked once for each trigger.
        caught: list[dict[str, int]] = [{} for _ in self.words()]
        unknown: list[dict[str, int]] = [{} for _ in self.words()]

        def ask(bits: dict[str, int], condition: str, bit: int) -> None:
            bits[condition] = bits.get(condition, 0) | bit

        for version in self.versions:
            word, bit = self.mask(version)
            dates = f"event_on >= {literal(version.catches_from)}"
            if version.when is None:
                ask(caught[word], dates, bit)
                continue
            text = emit(version.when, self.lookups.scope(version, lambda name: f't."{name}"'))
            name = whens.setdefault(text, f"w{len(whens)}")
            ask(caught[word], f"{name} AND {dates}", bit)
            before = (
                "" if version.in_force_until is None else f" AND event_on < {literal(version.in_force_until)}"
            )
            ask(unknown[word], f"{name} IS NULL AND {dates}{before}", bit)
        masks = ",\n       ".join(
            f"CAST({_mask_sql(bits)} AS BIGINT) AS {letter}{word}"
            for letter, words in (("m", caught), ("u", unknown))
            for word, bits in enumerate(words)
        )
        found = self.lookups.of(self.fact)
        answers = "".join(f",\n         {one.step}.value AS {one.step}" for one in found)
        asked = "".join(f",\n         {text} AS {name}" for text, name in whens.items())
        kept = " OR ".join(f"{letter}{word} <> 0" for word in self.words() for letter in "mu")
        return f"""
SELECT q.k_hi, q.k_lo, q.known_at, q.event_on, q.area,
       CAST(CASE WHEN q.derived THEN 2 ELSE 0 END + CASE WHEN q.history THEN 4 ELSE 0 END AS TINYINT)
         AS marks,
       {self._imprecise()} AS imprecise,
         {", ".join(f"q.m{word}, q.u{word}" for word in self.words())}{self._carried()}
FROM (
  SELECT *,
       {masks}
  FROM (
    SELECT t.*, {self.event_on()} AS event_on{answers}{asked}
    FROM trig_{self.fact} AS t{self.lookups.joins(found)}) AS asked) AS q{self._canonical()}
WHERE {kept}"""

    def _carried(self) -> str:
        persons = [
            f'coalesce(c_{column}.canonical, q."{column}") AS {name}'
            for column, name in self._persons.items()
        ]
        columns = [f"{text} AS {name}" for name, text in self._columns.values()]
        return "".join(f",\n       {text}" for text in (*columns, *persons))

    def _canonical(self) -> str:
        return "".join(
            f'\nLEFT JOIN canonical AS c_{column} ON c_{column}.person = q."{column}"'
            for column in self._persons
        )

    def imprecise_columns(self) -> tuple[Column, ...]:
        """The imprecise dates of the fact; the bit of each is its place."""
        return tuple(
            column
            for column in fact_or_reading(self.fact).columns
            if column.type is ColumnType.IMPRECISE_DATE
        )

    def imprecise_bits(self, nodes: list[Node]) -> int:
        """The bits of the imprecise dates that the expressions use."""
        used = {name for node in nodes for name in columns_in(node)}
        return sum(1 << place for place, one in enumerate(self.imprecise_columns()) if one.name in used)

    def _imprecise(self) -> str:
        bits = [
            f'CASE WHEN q."{one.name}_latest" - q."{one.name}_earliest" > 1 THEN {1 << place} ELSE 0 END'
            for place, one in enumerate(self.imprecise_columns())
        ]
        return f"CAST({' + '.join(bits) or '0'} AS TINYINT)"


def _mask_sql(bits: dict[str, int]) -> str:
    """The bits of all conditions that hold; no bit belongs to two of them."""
    parts = [f"CASE WHEN {condition} THEN {some} ELSE 0 END" for condition, some in bits.items()]
    return " + ".join(parts) or "0"


def unknown_sql(hits: list[Hits], rule_versions: dict[str, tuple[RuleVersion, ...]]) -> str:
    """Rows of the result `unknown`: triggers of which no text whose dates fit can say whether it catches."""
    parts: list[str] = []
    for one in hits:
        subject = one.own(fact_or_reading(one.fact).subjects[0])
        asked = [
            versions
            for versions in rule_versions.values()
            if versions[0].for_each == one.fact and any(version.when is not None for version in versions)
        ]
        sole = [versions[0] for versions in asked if len(versions) == 1]
        for word in one.words():
            there = [version for version in sole if one.mask(version)[0] == word]
            if there:
                parts.append(_unknown_sole(one, word, there, subject))
        parts += [_unknown_of(one, versions, subject) for versions in asked if len(versions) > 1]
    return "\nUNION ALL\n".join(parts) or _NOTHING_UNKNOWN


_NOTHING_UNKNOWN = """
SELECT '' AS rule, CAST(0 AS INTEGER) AS version, '' AS trigger_fact, '' AS trigger_key, '' AS about,
  '' AS area,
       DATE '2000-01-01' AS event_on, TIMESTAMP '2000-01-01 00:00:00' AS first_known_at
WHERE FALSE"""


def _unknown_sole(hits: Hits, word: int, versions: list[RuleVersion], subject: str) -> str:
    values = ", ".join(
        f"(CAST({hits.mask(version)[1]} AS BIGINT), {literal(version.rule)}, {version.number})"
        for version in versions
    )
    return f"""
SELECT c.rule, CAST(c.version AS INTEGER) AS version, {_unknown_columns(hits, subject)}
FROM {hits.name} AS h JOIN (VALUES {values}) AS c (bit, rule, version) ON (h.u{word} & c.bit) <> 0
WHERE h.u{word} <> 0"""


def _unknown_of(hits: Hits, versions: tuple[RuleVersion, ...], subject: str) -> str:
    asked = [version for version in versions if version.when is not None]
    first = " ".join(f"WHEN {_bit('u', hits, version)} <> 0 THEN {version.number}" for version in asked)
    some = " OR ".join(f"{_bit('u', hits, version)} <> 0" for version in asked)
    every = "".join(
        f"\n  AND (NOT ({dates_fit(version)}) OR {_bit('u', hits, version)} <> 0)" for version in versions
    )
    return f"""
SELECT {literal(versions[0].rule)} AS rule, CAST(CASE {first} END AS INTEGER) AS version,
       {_unknown_columns(hits, subject)}
FROM {hits.name} AS h
WHERE ({some}){every}"""


def _unknown_columns(hits: Hits, subject: str) -> str:
    return f"""{literal(key_fact(hits.fact))} AS trigger_fact, {hex_sql("h.k_hi", "h.k_lo")} AS trigger_key,
       {subject} AS about, h.area, h.event_on, h.known_at AS first_known_at"""


def _bit(letter: str, hits: Hits, version: RuleVersion) -> str:
    word, bit = hits.mask(version)
    return f"(h.{letter}{word} & {bit})"


def dates_fit(version: RuleVersion) -> str:
    """SQL over h: the version may be the base text by its dates."""
    until = version.in_force_until
    before = "" if until is None else f" AND h.event_on < {literal(until)}"
    return f"h.event_on >= {literal(version.catches_from)}{before}"


def hex_sql(hi: str, lo: str) -> str:
    """SQL: the 32 hex digits of a key."""
    return f"(printf('%016x', {hi}) || printf('%016x', {lo}))"


def uses_stage(node: Node) -> bool:
    """Whether an expression uses stage_start."""
    return STAGE_START in columns_in(node)
