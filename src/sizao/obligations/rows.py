"""Rows as planned: which occurrences each trigger gets, after transitions, before late knowledge and endings.

Statement: docs/explanation/semantics.md, sections 2 and 3. Steps of rules with one text that wait for nothing
share one SELECT for each shape of their timing: constants come from a small table joined on the mask, and
no text is made per row. Everything else has a SELECT of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sizao.obligations.hits import Hits
from sizao.obligations.items import Item
from sizao.obligations.windows import (
    RECURRING,
    Moments,
    Window,
    expressions_of,
    instant,
    is_late_sql,
    literally,
    number,
    planned_closes,
    single_occurrences,
    step_of,
    windows,
)
from sizao.policy.model import RuleVersion, Running, Span, StepText
from sizao.terms.identifiers import Key, text_key
from sizao.terms.queries import literal
from sizao.terms.time import midnight, sql_local_day

COLUMNS = (
    ("item", "INTEGER"),
    ("id_hi", "BIGINT"),
    ("id_lo", "BIGINT"),
    ("k_hi", "BIGINT"),
    ("k_lo", "BIGINT"),
    ("about", "VARCHAR"),
    ("person", "VARCHAR"),
    ("rel_hi", "BIGINT"),
    ("rel_lo", "BIGINT"),
    ("occ", "VARCHAR"),
    ("anc_hi", "BIGINT"),
    ("anc_lo", "BIGINT"),
    ("opens_at", "TIMESTAMP"),
    ("due_at", "TIMESTAMP"),
    ("closes_at", "TIMESTAMP"),
    ("known_at", "TIMESTAMP"),
    ("event_on", "DATE"),
    ("area", "VARCHAR"),
    ("marks", "TINYINT"),
    ("par_hi", "BIGINT"),
    ("par_lo", "BIGINT"),
    ("ends_at", "TIMESTAMP"),
)
"""The columns of narrow rows, and their types."""

PLAIN = tuple(name for name, _ in COLUMNS if name[:4] not in ("rel_", "anc_", "par_") and name != "ends_at")
"""Those that rows of plain rules fill."""

NOTHING = {name: f"CAST(NULL AS {type_}) AS {name}" for name, type_ in COLUMNS if name not in PLAIN}


def mixed(*keys: Key) -> Key:
    """Bitwise xor by halves."""
    high = low = 0
    for key in keys:
        high, low = high ^ key[0], low ^ key[1]
    return high, low


@dataclass(frozen=True)
class Rule:
    """One rule that counts: its versions in order, and the hits of its triggers."""

    versions: tuple[RuleVersion, ...]
    hits: Hits

    def depth(self, name: str) -> int:
        """How many steps come before a step, in any of the versions."""
        return max((_depth(version, name) for version in self.versions), default=0)


def _depth(version: RuleVersion, name: str) -> int:
    step = step_of(version, name)
    if step is None or step.after is None:
        return 0
    return 1 + _depth(version, step.after.step)


@dataclass(frozen=True)
class Planned:
    """One item and the rule it belongs to."""

    item: Item
    rule: Rule

    @property
    def step(self) -> StepText:
        """The text of the step."""
        return self.item.step


@dataclass
class Branch:
    """Rows of one shape: the items (with their constants) that share the SQL of opens, due and closes."""

    hits: Hits
    planned: Planned
    window: Window
    constants: list[dict[str, str]] = field(default_factory=list)


def about_columns(hits: Hits, item: Item) -> tuple[str, str]:
    """SQL over h: the about as recorded and the canonical one; for related rows who they are related to."""
    name = "person" if item.step.related else item.step.about
    about = hits.own(name)
    of_a_person = item.step.related or item.step.verb.about_kind == "person"
    return about, hits.person(name) if of_a_person else about


def constants_of(planned: Planned, window: Window) -> dict[str, str]:
    """What every row of an item and an occurrence shares."""
    item, hits = planned.item, planned.rule.hits
    version = item.version
    key = mixed(item.key, text_key(window.occurrence))
    until = version.in_force_until
    return {
        "item": f"CAST({item.number} AS INTEGER)",
        "bit": number(hits.mask(version)[1]),
        "c_hi": number(key[0]),
        "c_lo": number(key[1]),
        "occ": literal(window.occurrence),
        "in_force": literal(midnight(version.in_force_from, hits.policy.zone)),
        "until_on": "CAST(NULL AS DATE)" if until is None else literal(until),
        "imprecise_bits": str(hits.imprecise_bits(expressions_of(version, item.step))),
    }


def plain_selects(
    planned: Iterable[Planned], columns: Iterable[str], *, keep_from: datetime, kept: frozenset[int]
) -> list[str]:
    """SELECTs of these (of PLAIN) columns, late and is_span, for items of rules with one text that wait for
    nothing.

    keep_from: rows that closed before it are left out, except for items in `kept` (others still need them).
    """
    columns = tuple(columns)
    branches: dict[tuple[str, ...], Branch] = {}
    for one in planned:
        for step in single_occurrences(one.step):
            constants: dict[str, str] = {}

            def named(name: str, text: str, constants: dict[str, str] = constants) -> str:
                constants[name] = text
                return f"c.{name}"

            window = windows(Moments(one.rule.hits, one.item.version), step, named)[0]
            key = (
                one.rule.hits.fact,
                str(one.rule.hits.mask(one.item.version)[0]),
                *about_columns(one.rule.hits, one.item),
                window.opens,
                window.due or "",
                window.closes or "",
                is_late_sql(one.step, "due", "closes"),
                str(one.item.number in kept),
            )
            branch = branches.setdefault(key, Branch(one.rule.hits, one, window))
            branch.constants.append(constants_of(one, window) | constants)
    return [_plain_select(branch, columns, keep_from=keep_from, kept=kept) for branch in branches.values()]


def _plain_select(
    branch: Branch, columns: Iterable[str], *, keep_from: datetime, kept: frozenset[int]
) -> str:
    one, hits, window = branch.planned, branch.hits, branch.window
    word, _ = hits.mask(one.item.version)
    about, person = about_columns(hits, one.item)
    until = (
        ""
        if all(c["until_on"].startswith("CAST") for c in branch.constants)
        else ("\n    AND (c.until_on IS NULL OR h.event_on < c.until_on)")
    )
    names = list(branch.constants[0])
    values = ",\n      ".join(f"({', '.join(c[name] for name in names)})" for c in branch.constants)
    table = f"""(
    SELECT m.mask, v.*
    FROM masks_{hits.fact}_{word} AS m
    JOIN (VALUES
      {values}) AS v ({", ".join(names)}) ON (m.mask & v.bit) <> 0)"""
    inner = f"""
  SELECT c.item, c.c_hi, c.c_lo, c.occ, c.in_force, c.imprecise_bits, {window.within or "NULL"} AS within,
         h.k_hi, h.k_lo, {about} AS about, {person} AS person, h.known_at, h.event_on, h.area, h.marks,
           h.imprecise,
         {window.opens} AS opens0, {instant(window.due)} AS due0, {instant(window.closes)} AS closes
  FROM {hits.name} AS h JOIN {table} AS c ON c.mask = h.m{word}
  WHERE {about} IS NOT NULL{until}"""
    kept_closes = (
        "" if one.item.number in kept else f" AND (closes IS NULL OR closes >= {literal(keep_from)})"
    )
    # A filter would compute every instant twice: rows that are no rows are marked instead.
    opened, exists = _opened(inner, one.step, clamp="in_force")
    return _final(opened, one.step, columns, "TRUE" + kept_closes, marked=exists)


NO_ROW = 3
"""`late` of what turned out to be no row at all."""


def _opened(inner: str, step: StepText, clamp: str | None) -> tuple[str, str]:
    """Adds opens and due; and a condition that fails for what was due before its text was in force."""
    opens = "opens0" if clamp is None else f"greatest(opens0, {clamp})"
    if isinstance(step.timing, Span):
        due, exists = f"greatest({opens}, known_at) + within", "opens < closes"
    else:
        due = "due0"
        exists = "opens0 IS NOT NULL AND due0 IS NOT NULL"
        if clamp is not None:
            exists += f" AND NOT (opens0 < {clamp} AND due0 <= {clamp})"
    return f"SELECT *, {opens} AS opens, {due} AS due\nFROM ({inner}) AS w0", exists


def _final(
    opened: str,
    step: StepText,
    columns: Iterable[str],
    keep: str,
    closes: str = "closes",
    marked: str | None = None,
) -> str:
    """The narrow columns of rows whose opens, due, closes are settled, with late and is_span.

    keep: which rows are written; marked: which of them count, the others get NO_ROW.
    """
    texts = {
        "item": "item",
        "id_hi": "xor(k_hi, c_hi)",
        "id_lo": "xor(k_lo, c_lo)",
        "opens_at": "opens",
        "due_at": f"least(due, {closes})",
        "closes_at": closes,
        "marks": "CAST(marks + CASE WHEN imprecise & imprecise_bits <> 0 THEN 1 ELSE 0 END AS TINYINT)",
    } | {name: NOTHING[name].removesuffix(f" AS {name}") for name in NOTHING}
    named = ", ".join(
        name if texts.get(name, name) == name else f"{texts[name]} AS {name}" for name in columns
    )
    late = is_late_sql(step, f"least(due, {closes})", closes)
    if marked is not None:
        late = f"CASE WHEN {marked} THEN {late} ELSE {NO_ROW} END"
    is_span = literal(isinstance(step.timing, Span))
    return f"""
SELECT {named}, CAST({late} AS TINYINT) AS late, {is_span} AS is_span
FROM ({opened}) AS w
WHERE {keep}"""


# -- rules with several texts, steps that wait, related rows ---------------------------------------


def own_selects(planned: Planned, source: str, started: dict[str, str]) -> list[str]:
    """SELECTs of COLUMNS, late, is_span for one item that does not recur.

    source: FROM text with the hits as h and the stages it waits for.
    started: `step.event` -> SQL of stage_start.
    """
    rule, item, step = planned.rule, planned.item, planned.step
    moments = Moments(rule.hits, item.version, _start_of(step, started))
    found = windows(moments, step, literally)
    about, person = about_columns(rule.hits, item)
    selects: list[str] = []
    place = rule.versions.index(item.version)
    for window in found:
        constants = constants_of(planned, window)
        named = ", ".join(
            f"{constants[name]} AS {name}"
            for name in ("item", "c_hi", "c_lo", "occ", "in_force", "imprecise_bits")
        )
        later = _later_texts(rule, planned, started, place)
        inner = f"""
  SELECT {named}, {window.within or "NULL"} AS within, h.k_hi, h.k_lo, {about} AS about, {person} AS person,
         h.known_at, h.event_on, h.area, h.marks, h.imprecise,
         {window.opens} AS opens0, {instant(window.due)} AS due0,
           {instant(window.closes)} AS closes{later.columns}
  FROM {source}
  WHERE """
        for base in (True, False):
            condition = _is_base(rule, place) if base else _is_replacing(rule, place)
            if condition is None:
                continue
            waits = "" if moments.started is None else f" AND {moments.started} IS NOT NULL"
            clamp = "in_force" if base else None
            text, exists = _opened(inner + condition + waits, step, clamp)
            text = f"SELECT * FROM ({text}) AS w1\nWHERE {exists}"
            keep = "about IS NOT NULL" + ("" if base else " AND opens >= in_force")
            text, closes = later.apply(text)
            select = _final(text, step, (name for name, _ in COLUMNS), keep, closes)
            selects.append(related_rows(select, rule.hits) if step.related else select)
    return selects


def _start_of(step: StepText, started: dict[str, str]) -> str | None:
    return None if step.after is None else started[f"{step.after.step}.{step.after.event}"]


def _is_base(rule: Rule, place: int) -> str:
    """SQL over h: the text at that place is the base text."""

    def fits(version: RuleVersion) -> str:
        until = version.in_force_until
        before = "" if until is None else f" AND h.event_on < {literal(until)}"
        return f"{rule.hits.caught(version)}{before}"

    earlier = "".join(f" AND NOT ({fits(version)})" for version in rule.versions[:place])
    return fits(rule.versions[place]) + earlier


def _is_replacing(rule: Rule, place: int) -> str | None:
    """SQL over h: the text at that place catches the trigger of an earlier base text and replaces it."""
    version = rule.versions[place]
    if version.running is not Running.REPLACE or place == 0:
        return None
    bases = " OR ".join(f"({_is_base(rule, earlier)})" for earlier in range(place))
    return f"{rule.hits.caught(version)} AND ({bases})"


@dataclass
class _Later:
    """What later texts do to rows of one text: columns over h, then layers over (opens, closes)."""

    span: bool
    columns: str = ""
    layers: list[tuple[str, str]] = field(default_factory=list)  # (new closes, condition to stay)

    def apply(self, text: str) -> tuple[str, str]:
        """The rows left, and the name of the column in which they close."""
        closes = "closes"
        for place, (new, stays) in enumerate(self.layers):
            before = closes
            added = ""
            if self.span:
                closes = f"closes_{place}"
                added = f", {new.format(before)} AS {closes}"
            text = f"SELECT *{added} FROM ({text}) AS t{place}\nWHERE {stays}"
        return text, closes


def _later_texts(rule: Rule, planned: Planned, started: dict[str, str], place: int) -> _Later:
    later = _Later(isinstance(planned.step.timing, Span))
    for version in rule.versions[place + 1 :]:
        effect = literal(midnight(version.in_force_from, rule.hits.policy.zone))
        caught = rule.hits.caught(version)
        if version.running is Running.LIGHTEN:
            limit = _limit(rule, version, effect)
            name = f"limit_{version.number}"
            otherwise = "CAST(NULL AS TIMESTAMP)" if limit is None else limit
            later.columns += f",\n         CASE WHEN {caught} THEN {otherwise} ELSE {effect} END AS {name}"
            later.layers.append((f"least({{0}}, {name})", f"({name} IS NULL OR opens < {name})"))
        elif version.running is Running.REPLACE:
            name = f"ends_{version.number}"
            ends = _end_under(rule, version, planned.step.name, started)
            stated = effect if ends is None else f"greatest({ends}, {effect})"
            later.columns += f",\n         CASE WHEN {caught} THEN {stated} ELSE {effect} END AS {name}"
            closes = f"CASE WHEN {{0}} > {effect} THEN {name} ELSE {{0}} END"
            later.layers.append((closes, f"opens < {effect}"))
    return later


def _limit(rule: Rule, version: RuleVersion, effect: str) -> str | None:
    spans = [step for step in version.steps if isinstance(step.timing, Span)]
    if not spans:
        return None
    moments = Moments(rule.hits, version)
    ends = [
        f"CASE WHEN {found[0]} < {found[1]} THEN {found[1]} END"
        for found in (planned_closes(moments, step) for step in spans)
        if found is not None
    ]
    return f"greatest({', '.join([effect, *ends])})"


def _end_under(rule: Rule, version: RuleVersion, name: str, started: dict[str, str]) -> str | None:
    step = step_of(version, name)
    if step is None or not isinstance(step.timing, Span):
        return None
    moments = Moments(rule.hits, version, _start_of(step, started))
    return windows(moments, step, literally)[0].closes


def related_rows(select: str, hits: Hits) -> str:
    """One row for each dependant of the trigger's person who is one on the opening day."""
    kept = ", ".join(
        f"p.{name}"
        for name, _ in COLUMNS
        if name not in ("id_hi", "id_lo", "about", "person", "rel_hi", "rel_lo")
    )
    day = sql_local_day("p.opens_at", hits.policy.zone)
    named = ", ".join(name for name, _ in COLUMNS)
    return f"""
SELECT {named}, late, is_span
FROM (
  SELECT {kept}, xor(p.id_hi, r.k_lo) AS id_hi, xor(p.id_lo, r.k_hi) AS id_lo, r.dependant AS about,
         r.canonical_dependant AS person, r.k_hi AS rel_hi, r.k_lo AS rel_lo, p.late, p.is_span
  FROM ({select}) AS p
  JOIN related_dependants AS r
    ON r.person = p.person AND r.from_on <= {day} AND (r.until_on IS NULL OR r.until_on > {day})) AS found"""


def is_plain(planned: Planned) -> bool:
    """Whether the step can share a SELECT: one text, waiting for nothing, about the trigger's own."""
    step = planned.step
    return (
        len(planned.rule.versions) == 1
        and step.after is None
        and step.related is None
        and not isinstance(step.timing, RECURRING)
    )


RELATED = """
SELECT coalesce(c.canonical, d.person) AS person, d.dependant,
       coalesce(e.canonical, d.dependant) AS canonical_dependant,
       d.from_on, d.until_on, d.k_hi, d.k_lo
FROM eff_dependants AS d
LEFT JOIN canonical AS c ON c.person = d.person
LEFT JOIN canonical AS e ON e.person = d.dependant
WHERE d.kind <> 'none' AND d.dependant IS NOT NULL"""


def whole_days(days: int) -> timedelta:
    """Days of the horizon and of looking ahead are 24 hours each."""
    return timedelta(days=days)
