"""One text of one rule, read as it stands on a day: required keys, dates, condition, steps, endings."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from hashlib import sha256

from sizao.facts.declaration import Words
from sizao.facts.dictionary import FACTS
from sizao.policy.context import MARKS, UNITS, Context, elements, entries, in_force, literal
from sizao.policy.expressions.parse import Known, Scope
from sizao.policy.expressions.tree import Literal, Node, Position, Type
from sizao.policy.fields import Fields, one_word, replaced, words_of
from sizao.policy.model import Ending, LegalBasis, Named, Number, RuleVersion, Running, StepText
from sizao.policy.orders import HIGHEST
from sizao.policy.problems import Fix
from sizao.policy.steps import StepPlace, read_step
from sizao.policy.texts import Entry, Item, Map, Scalar
from sizao.policy.verbs import read_ending

REQUIRED = (
    "label",
    "basis",
    "source",
    "legal_basis",
    "authority",
    "sector",
    "in_force",
    "for_each",
    "must",
    "burden",
)
KEYS = (
    *REQUIRED,
    "catches_from",
    "running",
    "let",
    "when",
    "ends_when",
    "appeal",
    "waivable",
    "grade_reach_back",
)
RUNNING = tuple(one.value for one in Running)
_BURDENS = ("person_days", "tests", "forms", "visits")
_PER = ("per_standing", "per_step")


@dataclass(frozen=True)
class SubjectEnd:
    """An ending that the pack lays down for every rule about such a subject."""

    about: str
    excepted: frozenset[str]
    ending: Ending


@dataclass(frozen=True)
class Window:
    """The dates of one text, read before anything else of it."""

    since: date
    until: date | None
    catches_from: date
    running: Running | None


@dataclass(frozen=True)
class Draft:
    """One text of a rule before the cross checks: its version, its place, and the parameters it used."""

    version: RuleVersion
    where: Item
    used: frozenset[str]


def read_window(text: Map, key: Item, context: Context) -> Window | None:
    """in_force, catches_from and running of one text."""
    whole = Fields(text, Words("规则", "the rule"), context.problems, text.entries)
    item = whole.sub("in_force")
    running = whole.choice("running", RUNNING, "running")
    catches = whole.date("catches_from")
    if item is None:
        return None
    dates = Fields(
        item,
        Words("“in_force”", '"in_force"'),
        context.problems,
        ("from", "until"),
        ("from",),
        at=whole.key("in_force"),
    )
    since, until = dates.date("from"), dates.date("until")
    if since is None:
        return None
    if until is not None and until <= since:
        _tell_backwards(dates, since, until, context)
        return None
    return Window(since, until, catches or since, None if running is None else Running(running))


def _tell_backwards(dates: Fields, since: date, until: date, context: Context) -> None:
    first, last = dates.item("from"), dates.item("until")
    assert first is not None
    assert last is not None
    fix = None
    if until < since:
        low, high = sorted((first, last), key=lambda item: item.start)
        between = low.source.text[low.end : high.start]
        text = f"{high.source.text[high.start : high.end]}{between}{low.source.text[low.start : low.end]}"
        fix = Fix(low.source.file, low.start, high.end, text)
    else:
        fix = replaced(last, (since + timedelta(days=1)).isoformat())
    context.problems.add(
        "window",
        last,
        Words("终止日不晚于起始日", '"until" is not after "from"'),
        found=until.isoformat(),
        expected=(f"> {since.isoformat()}",),
        also=(first,),
        fix=fix,
    )


def read_text(
    rule: str, key: Item, text: Map, window: Window, at: date, ends: tuple[SubjectEnd, ...], context: Context
) -> Draft | None:
    """The text with the parameter values of the day `at`; None when it cannot stand."""
    context.used = set()
    what = Words(f"规则“{rule}”", f'the rule "{rule}"')
    whole = Fields(text, what, context.problems, KEYS, REQUIRED, at=key)
    label, legal_basis = whole.words("label"), legal_basis_of(whole, what, context)
    source = context.source(whole, what)
    basis = tuple(order_of(item, context) for item in whole.many("basis"))
    authority, sector = whole.text("authority"), whole.text("sector")
    burden = _burden(whole, context)
    trigger = whole.choice("for_each", FACTS, "fact")
    appeal = whole.text("appeal")
    waivable, reach_back = whole.flag("waivable", True), whole.flag("grade_reach_back", False)
    if trigger is None:
        return None
    scope = _with_names(whole, context.scope(trigger), at, context)
    when = context.expression(whole.item("when"), "when", scope, (Type.BOOL,))
    steps = _steps(whole, trigger, scope, at, context)
    endings = _endings(whole, trigger, context)
    if label is None or legal_basis is None or source is None or authority is None or sector is None:
        return None
    version = RuleVersion(
        rule=rule,
        number=0,
        digest="",
        label=label,
        basis=tuple(order for order in basis if order),
        source=source,
        legal_basis=legal_basis,
        authority=authority,
        sector=sector,
        in_force_from=at,
        in_force_until=window.until,
        catches_from=window.catches_from,
        running=window.running,
        for_each=trigger,
        when=None if when is None else when.node,
        steps=steps,
        ends_when=endings,
        subject_ends=_subject_ends(rule, steps, ends),
        appeal=appeal,
        burden=burden,
        waivable=waivable,
        grade_reach_back=reach_back,
        numbers=_numbers(at, context),
        file=key.source.file,
        line=key.place().line,
        stated_until=window.until,
    )
    if version.bears and appeal is None and "appeal" not in whole:
        _tell_appeal(whole, authority, context)
    return Draft(replace(version, digest=digest_of(version)), key, frozenset(context.used))


def _numbers(at: date, context: Context) -> tuple[Number, ...]:
    """The values of the parameters that the text now being read has used."""
    used = ((name, in_force(context.parameters[name], at)) for name in sorted(context.used))
    return tuple(
        Number(name, dated.value, dated.unit, dated.source) for name, dated in used if dated is not None
    )


def _tell_appeal(whole: Fields, authority: str, context: Context) -> None:
    assert whole.map is not None
    context.problems.add(
        "appeal",
        whole.where,
        Words(
            "限制人的规则要写明向谁申诉（appeal）",
            'a rule that restricts a person says where to appeal ("appeal")',
        ),
        expected=("appeal",),
        fix=whole.map.insertion(f"appeal: {authority}"),
    )


def legal_basis_of(whole: Fields, what: Words, context: Context) -> LegalBasis | None:
    """The words of `legal_basis` with their mark; M gives a warning that names what it is about."""
    item = whole.item("legal_basis")
    if item is None:
        return None
    words = words_of(item, "legal_basis", context.problems)
    if not isinstance(item, Map):
        return None
    mark = Fields(
        item,
        Words("“legal_basis”", '"legal_basis"'),
        context.problems,
        ("zh", "en", "mark"),
        ("mark",),
        {"mark": "M"},
        whole.key("legal_basis"),
    ).choice("mark", MARKS, "mark")
    if mark == "M":
        context.warn(
            f"{what.zh}的法律依据为 M（凭记忆，未核对）",
            f"{what.en}: its legal basis is marked M (from memory, to be checked)",
            Words("法律依据为 M（凭记忆，未核对）", "legal bases marked M (from memory, to be checked)"),
        )
    return None if words is None or mark is None else LegalBasis(words, mark)


def order_of(item: Item, context: Context) -> str | None:
    """An order as D1-17, checked against how many orders the directive has; of other documents the form."""
    scalar = one_word(item, "basis", context.problems)
    if scalar is None:
        return None
    word = scalar.text.strip()
    found = re.fullmatch(r"([A-Za-z]\w*?)[-_ ]?(\d{1,3})", word)
    near, known = None, True
    if found:
        known = found.group(1).upper() in HIGHEST
        near = f"{found.group(1).upper()}-{int(found.group(2)):02d}"
        highest = HIGHEST.get(found.group(1).upper())
        if near == word and (highest is None or 1 <= int(found.group(2)) <= highest):
            return word
        if highest is not None and not 1 <= int(found.group(2)) <= highest:
            near = None
    context.problems.add(
        "basis",
        scalar,
        Words(f"“{word}”不是指令条目编号", f'"{word}" is not the id of an order'),
        found=word,
        expected=(
            *(f"{name}-01 ... {name}-{last}" for name, last in HIGHEST.items()),
            *(() if found and known else ("C-01",)),  # the form, for a document that is none of these
        ),
        near=near,
        fix=None if near is None else replaced(scalar, near),
    )
    return None


def _burden(whole: Fields, context: Context) -> dict[str, str]:
    item = whole.sub("burden")
    if item is None:
        return {}
    burden = Fields(item, Words("“burden”", '"burden"'), context.problems, _BURDENS, at=whole.key("burden"))
    found = {kind: burden.choice(kind, _PER) for kind in _BURDENS}
    return {kind: per for kind, per in found.items() if per is not None}


def _with_names(whole: Fields, scope: Scope, at: date, context: Context) -> Scope:
    """The scope with the names of `let`, each of which may use those before it."""
    item = whole.sub("let")
    if item is None:
        return scope
    for name, entry in item.entries.items():
        known = _named(name, entry, scope, at, context)
        if known is None:
            # Already told. A stand-in that fits anything keeps one mistake from being told as many.
            known = Known(Literal(None, Type.TEXT, Position(1, 1)), None)
        scope = scope.with_names({name: known})
    return scope


def _named(name: str, entry: Entry, scope: Scope, at: date, context: Context) -> Known | None:
    if not isinstance(entry.value, Map):
        return context.expression(entry.value, name, scope, ())
    holder = Fields(
        replace(entry.value, entries={name: entry}), Words("“let”", '"let"'), context.problems, (name,)
    )
    uses = _uses(entry.value, context)
    value = context.quantity(
        holder, name, next((use for use in ("names", "number") if use in uses), "days"), at
    )
    if isinstance(value, tuple):
        # Ids hold no space, so that they stand in one word.
        return literal(" ".join(one.id for one in value if isinstance(one, Named)), Type.TEXT)
    return None if not isinstance(value, int | float) else Known(literal(value, Type.NUMBER).node, None)


def _uses(item: Map, context: Context) -> tuple[str, ...]:
    """For what the parameter can be used; nothing when there is none."""
    named = item.get("parameter")
    values = context.parameters.get(named.text.strip(), ()) if isinstance(named, Scalar) else ()
    return UNITS[values[0].unit] if values else ()


def _steps(whole: Fields, trigger: str, scope: Scope, at: date, context: Context) -> tuple[StepText, ...]:
    item = whole.sub("must")
    if item is None:
        return ()
    if not item.entries:
        context.problems.add(
            "empty", whole.key("must"), Words("规则没有步骤", "the rule has no step"), expected=("a step",)
        )
    names = tuple(item.entries)
    steps = [
        read_step(StepPlace(name, entry, trigger, scope, at, names), context)
        for name, entry in item.entries.items()
    ]
    _tell_loops(item, context)
    return tuple(step for step in steps if step is not None)


def _tell_loops(steps: Map, context: Context) -> None:
    """A step that waits for itself through `after`; both lines are named."""
    links: dict[str, tuple[str, Scalar]] = {}
    for name, entry in steps.entries.items():
        step = (
            entries(entries(entry.value)["after"].value).get("step")
            if "after" in entries(entry.value)
            else None
        )
        if step is not None and isinstance(step.value, Scalar):
            links[name] = (step.value.text.strip(), step.value)
    told: set[str] = set()
    for name in links:
        path = [name]
        while path[-1] in links and links[path[-1]][0] not in path:
            path.append(links[path[-1]][0])
        if path[-1] not in links or name in told or links[path[-1]][0] != name:
            continue
        told.update(path)
        _tell_loop(path, links, context)


def _tell_loop(path: list[str], links: dict[str, tuple[str, Scalar]], context: Context) -> None:
    where = links[path[-1]][1]
    round_trip = " → ".join((*path, path[0]))
    context.problems.add(
        "loop",
        where,
        Words(f"步骤互相等待：{round_trip}", f"the steps wait for each other: {round_trip}"),
        found=where.text,
        also=tuple(links[name][1] for name in path[:-1]),
    )


def _endings(whole: Fields, trigger: str, context: Context) -> tuple[Ending, ...]:
    names = tuple(entries(whole.item("must")))
    found = [read_ending(item, trigger, names, context) for item in elements(whole.item("ends_when"))]
    return tuple(ending for ending in found if ending is not None)


def _subject_ends(rule: str, steps: tuple[StepText, ...], ends: tuple[SubjectEnd, ...]) -> tuple[Ending, ...]:
    found = []
    for end in ends:
        named = tuple(step.name for step in steps if step.verb.about_kind == end.about)
        if named and rule not in end.excepted:
            found.append(replace(end.ending, steps=() if len(named) == len(steps) else named))
    return tuple(found)


# What a text is, whatever line it stands on

_NOT_CONTENT = ("at", "number", "digest", "in_force_until", "numbers", "file", "line")


def digest_of(version: RuleVersion) -> str:
    """First 12 hex digits of SHA-256 of the resolved text.

    Places in files, the number and the cap by a later version are no part of it: an adopted text keeps its
    digest when a later one is added.
    """
    return sha256(_canonical(version).encode()).hexdigest()[:12]


def _canonical(value: object) -> str:
    if is_dataclass(value):
        node = isinstance(value, Node)
        parts = [
            f"{one.name}={_canonical(getattr(value, one.name))}"
            for one in fields(value)
            if not (one.name in _NOT_CONTENT and (node or isinstance(value, RuleVersion)))
        ]
        return f"{type(value).__name__}({','.join(parts)})"
    if isinstance(value, tuple):
        return f"({','.join(_canonical(one) for one in value)})"
    if isinstance(value, dict):
        return f"{{{','.join(f'{key}:{_canonical(one)}' for key, one in sorted(value.items()))}}}"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.6f}s"
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return repr(value)
