"""Verbs, what proves them, and which facts end a step early."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from sizao.facts.declaration import ColumnType, Words
from sizao.facts.readings import READINGS
from sizao.policy.context import READABLE, Context, VerbText, elements
from sizao.policy.expressions.emit import lookups_in
from sizao.policy.expressions.parse import Known, Scope
from sizao.policy.expressions.tree import Type
from sizao.policy.fields import Fields, chosen, one_word, replaced
from sizao.policy.model import Ending, Proof, Verb
from sizao.policy.texts import Entry, Item, Map

ABOUT_KINDS = ("person", "place", "office")
_VERB_KEYS = ("label", "kind", "about", "restricts", "gap_tolerance", "proof")
_PROOF_KEYS = (
    "reading",
    "subject",
    "at",
    "until",
    "match",
    "where",
    "sharing",
    "look_back",
    "count",
    "min_gap",
)
OVERRIDES = ("where", "count", "min_gap", "look_back")
_ENDING_KEYS = ("reading", "match", "at", "where", "count", "from_event", "steps")
_WHEN = (ColumnType.INSTANT, ColumnType.DATE)


def read_verb(name: str, entry: Entry, context: Context) -> VerbText | None:
    """One verb of verbs.yaml; its proof is checked as far as it can be without a step."""
    what = Words(f"动词“{name}”", f'the verb "{name}"')
    fields = Fields(
        entry.value,
        what,
        context.problems,
        _VERB_KEYS,
        ("label", "kind", "about", "proof"),
        {"kind": "point"},
        at=entry.key,
    )
    label = fields.words("label")
    kind = fields.choice("kind", ("point", "span"))
    about = fields.choice("about", ABOUT_KINDS)
    restricts = fields.flag("restricts", False)
    tolerance = fields.duration("gap_tolerance")
    proof = fields.sub("proof")
    if restricts and about not in (None, "person"):
        _tell_restricts(fields, context)
        restricts = False
    if label is None or kind is None or about is None:
        return None
    verb = Verb(name, label, kind == "span", about, restricts, tolerance or timedelta(0))
    if proof is not None:
        _check_proof(verb, proof, fields.key("proof"), context)
    return VerbText(verb, proof, entry.key)


def _tell_restricts(fields: Fields, context: Context) -> None:
    value = fields.item("restricts")
    assert value is not None
    context.problems.add(
        "restricts",
        value,
        Words("只有关于人的动词才能限制人", "only a verb about a person can restrict one"),
        found="true",
        expected=("false",),
        fix=replaced(value, "false"),
    )


def _check_proof(verb: Verb, proof: Map, at: Item, context: Context) -> None:
    """What does not depend on a step: keys, columns, numbers."""
    required = ("reading", "subject", "at", *(("until",) if verb.span else ()))
    fields = Fields(
        proof, Words("“proof”", '"proof"'), context.problems, _PROOF_KEYS, required, {"until": "until_at"}, at
    )
    if not verb.span and "until" in fields:
        context.problems.add(
            "proof_until",
            fields.key("until"),
            Words("只有时段类动词的证明才有“until”", '"until" belongs to the proof of a span'),
            found="until",
        )
    if verb.span and "match" in fields:
        context.problems.add(
            "proof_match",
            fields.key("match"),
            Words("时段类动词的证明不能有“match”", 'the proof of a span takes no "match"'),
            found="match",
        )
    where = proof.get("where")
    if where is None or not re.search(r"\bstep\s*\.", getattr(where, "text", "")):
        read_proof(verb, proof, {}, {}, date.max, context, None)


def read_proof(
    verb: Verb,
    proof: Map | None,
    overrides: Mapping[str, Entry],
    constants: Mapping[str, str | int | float | None],
    at_day: date,
    context: Context,
    trigger: str | None,
) -> Proof | None:
    """The proof of a verb with what a step says otherwise, the step's constants, and values of a day.

    trigger: the fact of the rule, whose column the proof may have to match; None where no rule is asked.
    """
    if proof is None:
        return None
    merged = replace(proof, entries={**proof.entries, **overrides})
    fields = Fields(merged, Words("“proof”", '"proof"'), context.problems, merged.entries)
    reading = fields.choice("reading", READABLE, "reading")
    if reading is None:
        return None
    subject = context.column(fields.item("subject"), "subject", reading, (ColumnType.ID,), verb.about_kind)
    at = context.column(fields.item("at"), "at", reading, _WHEN, without=_not_joined(reading))
    until = context.column(fields.item("until"), "until", reading, _WHEN) if verb.span else None
    where = _condition(fields, replace(_proving(reading, context), constants=constants), context)
    sharing = fields.choice("sharing", ("shared", "exclusive"))
    look_back, min_gap = (
        context.length(fields, "look_back", at_day),
        context.length(fields, "min_gap", at_day),
    )
    count = context.quantity(fields, "count", "count", at_day, least=1)
    pair = fields.sub("match") if "match" in fields and not verb.span else None
    match = None if pair is None else _match_of_proof(pair, reading, trigger, context)
    if subject is None or at is None or (verb.span and until is None) or (pair is not None and match is None):
        return None
    return Proof(
        reading,
        subject.name,
        at.name,
        None if until is None else until.name,
        None if where is None else where.node,
        sharing == "exclusive",
        look_back or timedelta(0),
        count if isinstance(count, int) else 1,
        min_gap or timedelta(0),
        match,
    )


def _match_of_proof(pair: Map, reading: str, trigger: str | None, context: Context) -> tuple[str, str] | None:
    """Which column of the proof's record must equal which of the trigger."""
    if trigger is not None:
        return _match(pair, reading, trigger, context, of_proof=True)
    # Of a verb by itself only the proof's own column can be told: what the trigger has depends on the rule.
    ((_, entry),) = pair.entries.items() if len(pair.entries) == 1 else ((None, None),)
    if entry is None:
        return _match(pair, reading, trigger, context, of_proof=True)
    column = context.column(entry.key, "match", reading, (ColumnType.ID,))
    return None if column is None else (column.name, column.name)


def _not_joined(reading: str) -> tuple[str, ...]:
    """Common columns that a proof by this reading has not: a join has no one moment and no one area."""
    return ("happened_at", "area") if reading in READINGS else ()


def _proving(reading: str, context: Context) -> Scope:
    """What the condition of a proof may name."""
    scope = context.scope(reading)
    gone = _not_joined(reading)
    return replace(scope, columns={name: known for name, known in scope.columns.items() if name not in gone})


def _condition(fields: Fields, scope: Scope, context: Context) -> Known | None:
    """The condition of a proof or an ending: about one row, without look-ups in other facts."""
    where = context.expression(fields.item("where"), "where", scope, (Type.BOOL,))
    calls = () if where is None else lookups_in(where.node)
    item = fields.item("where")
    if not calls or item is None:
        return where
    context.problems.add(
        "condition_lookup",
        item,
        Words(
            f"证明和结束的条件只看本记录，不能用 {calls[0].function} 查其他记录",
            f"the condition of a proof or an ending is about its own record: {calls[0].function} looks into "
            "others",
        ),
        found=calls[0].function,
        expected=tuple(scope.columns),
    )
    return None


def read_ending(
    item: Item, trigger: str | None, steps: tuple[str, ...], context: Context, more: tuple[str, ...] = ()
) -> Ending | None:
    """One item of ends_when (trigger given) or of the pack's subject_ends (trigger None: only `about`)."""
    what = Words("结束条件", "an ending")
    fields = Fields(item, what, context.problems, (*_ENDING_KEYS, *more), ("reading", "match"))
    reading = fields.choice("reading", READABLE, "reading")
    count = fields.integer("count", 1) or 1
    from_event = fields.flag("from_event", False)
    named = tuple(_step(one, steps, context) for one in elements(fields.item("steps")))
    if reading is None:
        return None
    match = _match(fields.sub("match"), reading, trigger, context)
    at = _at(fields, reading, context)
    where = _condition(fields, context.scope(reading), context)
    if match is None or at is None:
        return None
    node = None if where is None else where.node
    return Ending(reading, match, at, node, count, from_event, tuple(name for name in named if name))


def _at(fields: Fields, reading: str, context: Context) -> str | None:
    if "at" not in fields:
        return READABLE[reading].event
    column = context.column(fields.item("at"), "at", reading, _WHEN)
    return None if column is None else column.name


def _step(item: Item, steps: tuple[str, ...], context: Context) -> str | None:
    scalar = one_word(item, "steps", context.problems)
    return None if scalar is None else chosen(scalar, steps, context.problems, "step")


def _match(
    pair: Map | None, reading: str, trigger: str | None, context: Context, *, of_proof: bool = False
) -> tuple[str, str] | None:
    if pair is None:
        return None
    if len(pair.entries) != 1:
        context.problems.add(
            "match",
            pair,
            Words("“match”应恰有一对列", '"match" takes exactly one pair of columns'),
            found=str(len(pair.entries)),
            expected=("{person: person}",),
        )
        return None
    ((_, entry),) = pair.entries.items()
    column = context.column(entry.key, "match", reading, (ColumnType.ID,))
    scalar = one_word(entry.value, "match", context.problems)
    if column is None or scalar is None:
        return None
    known: dict[str, None] = {} if of_proof else {"about": None}
    if trigger is not None:
        fitting = READABLE[trigger].columns
        known |= {c.name: None for c in fitting if c.type is ColumnType.ID and c.of == column.of}
    near = column.name if column.name in known else None
    name = chosen(scalar, known, context.problems, "column", near)
    return None if name is None else (column.name, name)
