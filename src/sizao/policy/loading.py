"""From the texts of a pack to its policy, or to every problem in them at once. Opens no file.

The folder of a pack is read by `sizao.store.packs`; the format is in docs/reference/pack-format.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo, available_timezones

from sizao.facts.declaration import Words
from sizao.policy.codes import read_code_set
from sizao.policy.context import Context, elements, entries
from sizao.policy.fields import Fields, chosen, one_word, words_of
from sizao.policy.gathering import PACK_REQUIRED, Pack, digest_of_texts, gathered
from sizao.policy.grades import read_grade_set
from sizao.policy.levels import read_level_plan
from sizao.policy.model import Policy
from sizao.policy.parameters import read_parameter, stated
from sizao.policy.problems import PackProblems, Problem
from sizao.policy.rules import SubjectEnd
from sizao.policy.texts import Item, Problems, Scalar
from sizao.policy.verbs import ABOUT_KINDS, read_ending, read_verb
from sizao.policy.versions import read_rule

PACK_KEYS = (
    "pack",
    "label",
    "zone",
    "horizon_days",
    "look_ahead_days",
    "strictness",
    "grades",
    "grounds",
    "sources",
    "extends",
    "follows",
    "gaps",
    "exercise",
    "subject_ends",
)
# Keys that a pack of grade rules, response levels or colours alone has no use for.
_OF_RULES = ("strictness", "grounds")
_DEFAULTS = {"zone": "Asia/Shanghai", "grades": "[low, medium, high]"}


def load_pack(files: Mapping[str, str], others: Mapping[str, Mapping[str, str]] | None = None) -> Policy:
    """The policy that the texts of a pack state (relative path -> text).

    others: the texts of the packs that it may extend, by name. PackProblems tells every problem.
    """
    context = Context()
    pack = gathered(files, "", others or {}, context.problems, ())
    policy = None if pack is None else _understood(pack, digest_of_texts(files, others or {}), context)
    found = _without_echoes(tuple(context.problems))
    if found or policy is None:
        raise PackProblems(found)
    return policy


def _without_echoes(found: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Of a pack with a file that cannot be read, no complaint that something of that file is unknown."""
    if all(problem.kind != "yaml" for problem in found):
        return found
    return tuple(problem for problem in found if problem.kind not in ("rule", "verb", "parameter", "source"))


def _understood(pack: Pack, digest: str, context: Context) -> Policy | None:
    problems = context.problems
    required = tuple(key for key in PACK_REQUIRED if pack.rules or key not in _OF_RULES)
    whole = Fields(pack.pack, Words("pack.yaml", "pack.yaml"), problems, PACK_KEYS, required, _DEFAULTS)
    name, label = whole.text("pack"), whole.words("label")
    zone = _zone(whole, problems)
    context.strictness = _codes_of(whole, "strictness", problems)
    context.grades = _codes_of(whole, "grades", problems)
    context.grounds = _labelled(whole, "grounds", problems)
    context.sources = _labelled(whole, "sources", problems)
    context.begin_codes()
    horizon, ahead = whole.integer("horizon_days", 1), whole.integer("look_ahead_days")
    exercise = whole.flag("exercise", False)
    context.parameters = {key: read_parameter(key, found, context) for key, found in pack.parameters.items()}
    for verb, entry in pack.verbs.items():
        read_one = read_verb(verb, entry, context)
        if read_one is not None:
            context.verbs[verb] = read_one
    ends = tuple(
        _subject_end(item, tuple(pack.rules), context) for item in elements(whole.item("subject_ends"))
    )
    real_ends = tuple(end for end in ends if end is not None)
    rules = {rule: read_rule(rule, found, real_ends, context) for rule, found in pack.rules.items()}
    _warn_of_idle_verbs(context)
    sets = {one: read_grade_set(one, found, context) for one, found in pack.grades.items()}
    plans = {one: read_level_plan(one, found, tuple(rules), context) for one, found in pack.levels.items()}
    codes = {one: read_code_set(one, found, context) for one, found in pack.codes.items()}
    if name is None or label is None or zone is None:
        return None
    return Policy(
        pack=name,
        digest=digest,
        label=label,
        zone=zone,
        horizon_days=horizon or 400,
        look_ahead_days=14 if ahead is None else ahead,
        rules={rule: rules[rule] for rule in sorted(rules)},
        verbs={verb: text.verb for verb, text in context.verbs.items()},
        grounds=context.grounds,
        sources=context.sources,
        strictness=context.strictness,
        grades=context.grades,
        gaps=tuple(_gap(item, problems) for item in elements(whole.item("gaps"))),
        warnings=tuple(context.warnings),
        exercise=exercise,
        parameters={name: stated(dated) for name, dated in sorted(context.parameters.items())},
        grade_sets={name: one for name, one in sorted(sets.items()) if one is not None},
        level_plans={name: one for name, one in sorted(plans.items()) if one is not None},
        code_sets={name: one for name, one in sorted(codes.items()) if one is not None},
    )


def _warn_of_idle_verbs(context: Context) -> None:
    """Of the pack's own verbs: those of a base are there for whoever needs them."""
    for verb, text in context.verbs.items():
        if verb not in context.used_verbs and not text.where.source.file.startswith("../"):
            context.warn(
                f"动词“{verb}”没有任何步骤使用",
                f'no step uses the verb "{verb}"',
                Words("没有步骤使用的动词", "verbs that no step uses"),
            )


def _gap(item: Item, problems: Problems) -> Words:
    if isinstance(item, Scalar):
        return Words(item.text.strip(), item.text.strip())
    return words_of(item, "gaps", problems) or Words("", "")


def _zone(whole: Fields, problems: Problems) -> str | None:
    scalar = whole.scalar("zone")
    if scalar is None:
        return None
    try:
        return ZoneInfo(scalar.text.strip()).key
    except (ValueError, OSError, KeyError):
        return chosen(scalar, sorted(available_timezones()), problems, "zone")


def _codes_of(whole: Fields, key: str, problems: Problems) -> tuple[str, ...]:
    found = [one_word(item, key, problems) for item in whole.many(key)]
    return tuple(scalar.text.strip() for scalar in found if scalar is not None)


def _labelled(whole: Fields, key: str, problems: Problems) -> dict[str, Words]:
    found = {name: words_of(entry.value, name, problems) for name, entry in entries(whole.sub(key)).items()}
    return {name: words or Words(name, name) for name, words in found.items()}


def _subject_end(item: Item, rules: tuple[str, ...], context: Context) -> SubjectEnd | None:
    ending = read_ending(item, None, (), context, ("applies_to",))
    whole = Fields(
        item, Words("“subject_ends”", '"subject_ends"'), context.problems, entries(item), ("applies_to",)
    )
    target = whole.sub("applies_to")
    if ending is None or target is None:
        return None
    fields = Fields(
        target,
        Words("“applies_to”", '"applies_to"'),
        context.problems,
        ("about", "except"),
        ("about",),
        {"about": "person"},
        whole.key("applies_to"),
    )
    about = fields.choice("about", ABOUT_KINDS)
    excepted = set()
    for one in fields.many("except"):
        scalar = one_word(one, "except", context.problems)
        rule = None if scalar is None else chosen(scalar, rules, context.problems, "rule")
        excepted.add(rule or "")
    return None if about is None else SubjectEnd(about, frozenset(excepted), ending)
