"""One step of a rule: about whom, who does it, when, and what proves it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sizao.facts.declaration import ColumnType, Words
from sizao.facts.dictionary import FACTS
from sizao.policy.context import Context, VerbText, entries
from sizao.policy.expressions.parse import Scope
from sizao.policy.fields import Fields, chosen, one_word, replaced
from sizao.policy.model import (
    After,
    Escalation,
    OfficeOf,
    Proof,
    Rolling,
    StepText,
    Timing,
)
from sizao.policy.problems import Fix, nearest
from sizao.policy.texts import Entry, Item, Map, Scalar, without
from sizao.policy.timings import ALL_TIMING_KEYS, TIMING_KEYS, form_of, read_timing, with_stage
from sizao.policy.verbs import OVERRIDES, read_proof
from sizao.terms.codes import CODE_LISTS

SELECTORS = ("residence", "place_of_stay", "recorded_area", "place", "itself")
_SELECTORS_OF = {
    "person": ("residence", "place_of_stay", "recorded_area"),
    "place": ("place", "recorded_area", "itself"),
    "office": ("recorded_area", "itself"),
}
_COMMON_KEYS = (
    "verb",
    "about",
    "done_by",
    "answers_to",
    "place",
    "after",
    "for_each_of",
    "if_overdue",
    "proof",
)

# What a proof may name as step.<key>; None: told to be missing or wrong.
Constants = dict[str, str | int | float | None]


@dataclass(frozen=True)
class StepPlace:
    """Where a step stands in its rule, and what its expressions may name."""

    name: str
    entry: Entry
    trigger: str
    scope: Scope
    at: date  # the day whose parameter values count
    siblings: tuple[str, ...]


def read_step(place: StepPlace, context: Context) -> StepText | None:
    """The step, or None after its problems have been told."""
    whole = place.entry.value
    verb_text = _verb(place, context)
    constants = _constant_names(whole, verb_text)
    what = Words(f"步骤“{place.name}”", f'the step "{place.name}"')
    form = form_of(whole, verb_text, place.entry.key, _COMMON_KEYS, context)
    keys = (*_COMMON_KEYS, *(TIMING_KEYS[form] if form else ALL_TIMING_KEYS), *constants)
    fields = Fields(
        whole,
        what,
        context.problems,
        keys,
        ("about", "done_by", "answers_to"),
        _obvious(whole),
        place.entry.key,
    )
    if fields.map is None or verb_text is None:
        return None
    scope = with_stage(place.scope, fields)
    timing = read_timing(form, fields, scope, place.at, context)
    return _assembled(place, fields, verb_text, timing, constants, context)


def _assembled(
    place: StepPlace,
    fields: Fields,
    verb_text: VerbText,
    timing: Timing | None,
    constants: tuple[str, ...],
    context: Context,
) -> StepText | None:
    verb = verb_text.verb
    values = _constants(fields, constants, place.at, context)
    restriction = _restriction(fields, verb_text, context)
    if restriction is None and verb_text.verb.restricts:
        values["place"] = None
    related = fields.choice("for_each_of", ("dependants",))
    if related is not None and isinstance(timing, Rolling):
        _tell_rolling_related(fields, context)
    about = _about(fields, place.trigger, verb.about_kind, related, context)
    done_by = _office(fields.item("done_by"), verb.about_kind, context)
    answers_to = tuple(_office(item, verb.about_kind, context) for item in fields.many("answers_to"))
    overrides = Fields(
        fields.item("proof") or _nothing(fields), Words("“proof”", '"proof"'), context.problems, OVERRIDES
    )
    proof = read_proof(
        verb, verb_text.proof, entries(overrides.map), values, place.at, context, place.trigger
    )
    late = fields.choice("late_start", ("skip", "at_once"))
    closes_after = context.length(fields, "closes_after", place.at)
    after = _after(fields, place, context)
    escalation = _escalation(fields, verb_text, values, place, context)
    if about is None or done_by is None or timing is None or proof is None:
        return None
    if proof.match is not None and isinstance(timing, Rolling):
        _tell_rolling_match(fields, context)
        return None
    return StepText(
        place.name,
        verb,
        about,
        proof,
        done_by,
        tuple(office for office in answers_to if office is not None),
        timing,
        restriction,
        after,
        late == "at_once",
        closes_after,
        related,
        escalation,
    )


def _tell_rolling_match(fields: Fields, context: Context) -> None:
    context.problems.add(
        "proof_match",
        fields.key("every_days"),
        Words(
            "滚动时限（every_days）从同一对象的证明起算，不能与带“match”的证明同用：请改用 on_days 或 every",
            '"every_days" counts from the proofs of one subject and cannot go with a proof that has a'
            ' "match": use on_days or every',
        ),
        found="every_days",
    )


def _tell_rolling_related(fields: Fields, context: Context) -> None:
    context.problems.add(
        "related",
        fields.key("for_each_of"),
        Words(
            "滚动时限（every_days）不能用于“for_each_of”：请改用 on_days 或 every",
            '"every_days" counts from the proofs of one subject and cannot go with "for_each_of": '
            "use on_days or every",
        ),
        found="for_each_of",
        expected=("on_days", "every"),
        also=(fields.key("every_days"),),
    )


def _nothing(fields: Fields) -> Map:
    assert fields.map is not None
    return replace(fields.map, entries={})


def _obvious(whole: Item) -> dict[str, str]:
    return {"about": "person"} if "place" in entries(whole) else {}


# Verb and constants


def _verb(place: StepPlace, context: Context) -> VerbText | None:
    given = entries(place.entry.value).get("verb")
    scalar = one_word(given.value, "verb", context.problems) if given else place.entry.key
    if scalar is None:
        return None
    name = scalar.text.strip()
    if name in context.verbs:
        context.used_verbs.add(name)
        return context.verbs[name]
    near = nearest(name, context.verbs)
    context.problems.add(
        "verb",
        scalar,
        Words(f"没有动词“{name}”", f'there is no verb "{name}"'),
        found=name,
        expected=tuple(context.verbs),
        near=near,
        fix=None if near is None else _named_verb(given, scalar, near, place),
    )
    return None


def _named_verb(given: Entry | None, scalar: Scalar, near: str, place: StepPlace) -> Fix | None:
    if given is not None:
        return replaced(scalar, near)
    whole = place.entry.value
    return whole.insertion(f"verb: {near}") if isinstance(whole, Map) else None


def _constant_names(whole: Item, verb_text: VerbText | None) -> tuple[str, ...]:
    """The keys of a step that its proof names as step.<key>."""
    names: dict[str, None] = {}
    wheres = [] if verb_text is None or verb_text.proof is None else [verb_text.proof.get("where")]
    own = entries(whole).get("proof")
    wheres.append(None if own is None else getattr(own.value, "get", lambda _: None)("where"))
    for where in wheres:
        if isinstance(where, Scalar):
            names.update(dict.fromkeys(re.findall(r"\bstep\s*\.\s*(\w+)", where.text)))
    return tuple(name for name in names if name not in _COMMON_KEYS)


def _constants(fields: Fields, names: tuple[str, ...], at: date, context: Context) -> Constants:
    values: Constants = {}
    for name in (*names, "place"):
        item = fields.item(name)
        if item is None:
            if name != "place":
                _tell_constant(fields, name, context)
            values[name] = None
            continue
        if isinstance(item, Scalar) and not re.fullmatch(r"-?\d+", item.text.strip()):
            values[name] = item.text.strip()
            continue
        number = context.quantity(fields, name, "number", at)
        values[name] = number if isinstance(number, int | float) else None
    return values


def _tell_constant(fields: Fields, name: str, context: Context) -> None:
    context.problems.add(
        "step_constant",
        fields.where,
        Words(
            f"证明条件要用步骤的“{name}”，步骤没有写",
            f"the proof asks for step.{name}, the step does not say it",
        ),
        expected=(name,),
        fix=None if fields.map is None else fields.map.insertion(f"{name}: 1"),
    )


# About whom and by whom


def _about(fields: Fields, trigger: str, kind: str, related: str | None, context: Context) -> str | None:
    if related is not None and not any(column.name == "person" for column in FACTS[trigger].columns):
        context.problems.add(
            "related",
            fields.key("for_each_of"),
            Words("触发事实没有“person”列", f'the fact {trigger} has no column "person"'),
            found=trigger,
        )
        return None
    column = context.column(fields.item("about"), "about", related or trigger, (ColumnType.ID,), kind)
    return None if column is None else column.name


def _office(item: Item | None, about_kind: str, context: Context) -> OfficeOf | None:
    if item is None:
        return None
    scalar = one_word(item, "done_by", context.problems)
    if scalar is None:
        return None
    word = scalar.text.strip()
    if word == "itself":
        return _itself(scalar, about_kind, context)
    found = re.fullmatch(r"(\w+)\s*\(\s*(\w+)\s*\)", word)
    if found is None:
        _tell_office(scalar, word, about_kind, context)
        return None
    task = _office_word(scalar, found.group(1), 0, CODE_LISTS["office_tasks"].names(), "office", context)
    start = scalar.text.index(found.group(2), len(found.group(1)))
    fitting = tuple(name for name in _SELECTORS_OF[about_kind] if name != "itself")
    selector = _office_word(scalar, found.group(2), start, fitting, "selector", context)
    return None if task is None or selector is None else OfficeOf(task, selector)


def _itself(scalar: Scalar, about_kind: str, context: Context) -> OfficeOf | None:
    if about_kind != "person":
        return OfficeOf(None, "itself")
    context.problems.add(
        "selector",
        scalar,
        Words("人不能是责任单位", "a person is no office; name a task"),
        found="itself",
        expected=("community(residence)",),
        fix=replaced(scalar, "community(residence)"),
    )
    return None


def _tell_office(scalar: Scalar, word: str, about_kind: str, context: Context) -> None:
    tasks = CODE_LISTS["office_tasks"].names()
    near = nearest(word.split("(")[0], tasks)
    first = _SELECTORS_OF[about_kind][0]
    context.problems.add(
        "office",
        scalar,
        Words("责任单位写作 任务(选择)", "an office is written task(selector)"),
        found=word,
        expected=tuple(f"{task}({first})" for task in tasks),
        near=near,
        fix=None if near is None else replaced(scalar, f"{near}({first})"),
    )


def _office_word(
    scalar: Scalar, word: str, start: int, known: tuple[str, ...], kind: str, context: Context
) -> str | None:
    begin = scalar.index(start)
    part = Scalar(scalar.source, begin, begin + len(word), word, True)
    return chosen(part, known, context.problems, kind)


def _restriction(fields: Fields, verb_text: VerbText, context: Context) -> str | None:
    scalar = fields.scalar("place")
    if scalar is None:
        if verb_text.verb.restricts and "place" not in fields:
            context.problems.add(
                "missing_place",
                fields.where,
                Words("限制人的步骤要写明“place”", 'a step that restricts a person says its "place"'),
                expected=context.strictness,
            )
        return None
    if not verb_text.verb.restricts:
        return scalar.text.strip()
    return chosen(scalar, context.strictness, context.problems, "place")


# Links to other steps


def _after(fields: Fields, place: StepPlace, context: Context) -> After | None:
    item = fields.sub("after")
    if item is None:
        return None
    link = Fields(
        item,
        Words("“after”", '"after"'),
        context.problems,
        ("step", "event"),
        ("step", "event"),
        {"event": "end"},
        fields.key("after"),
    )
    step = link.choice("step", place.siblings, "step")
    event = link.choice("event", ("end", "met"))
    return None if step is None or event is None else After(step, event)


def _escalation(
    fields: Fields, verb_text: VerbText, values: Constants, place: StepPlace, context: Context
) -> Escalation | None:
    at = place.at
    item = fields.sub("if_overdue")
    if item is None:
        return None
    deeper = item.entries.get("if_overdue")
    if deeper is not None:
        context.problems.add(
            "escalation",
            deeper.key,
            Words("升级督办不能再升级", "an escalation cannot itself escalate"),
            found="if_overdue",
            also=(fields.key("if_overdue"),),
            fix=without(deeper.key, deeper.value),
        )
    link = Fields(
        item,
        Words("“if_overdue”", '"if_overdue"'),
        context.problems,
        ("after", "verb", "done_by", "within", *(("if_overdue",) if deeper else ())),
        ("after", "verb", "done_by"),
        {"after": "0h"},
        fields.key("if_overdue"),
    )
    name = link.choice("verb", context.verbs, "verb")
    wait, within = context.length(link, "after", at), context.length(link, "within", at)
    done_by = _office(link.item("done_by"), verb_text.verb.about_kind, context)
    if name is None:
        return None
    context.used_verbs.add(name)
    verb = context.verbs[name]
    proof = _escalation_proof(link, verb, verb_text, values, place, context)
    if wait is None or done_by is None or proof is None:
        return None
    return Escalation(verb.verb, proof, wait, within or timedelta(0), done_by)


def _escalation_proof(
    link: Fields,
    verb: VerbText,
    parent: VerbText,
    values: Constants,
    place: StepPlace,
    context: Context,
) -> Proof | None:
    if verb.verb.span or verb.verb.restricts or verb.verb.about_kind != parent.verb.about_kind:
        fitting = tuple(
            name
            for name, other in context.verbs.items()
            if not other.verb.span and other.verb.about_kind == parent.verb.about_kind
        )
        item = link.item("verb")
        assert item is not None
        context.problems.add(
            "escalation_verb",
            item,
            Words(
                "升级督办的动词应为时点类、不限制人，且与本步骤对象相同",
                "an escalation takes a point verb that restricts nobody and is about the same subject",
            ),
            found=verb.verb.name,
            expected=fitting,
            fix=replaced(item, fitting[0]) if fitting else None,
        )
        return None
    return read_proof(verb.verb, verb.proof, {}, values, place.at, context, place.trigger)
