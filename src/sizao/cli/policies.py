"""`sizao policy`: check, show, test and prove a pack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer

from sizao.cli.options import Json, Language, pack, problems_within
from sizao.cli.screen import Screen, Wrong
from sizao.obligations.derive import derive
from sizao.obligations.trying import try_examples
from sizao.policy.aloud import say_rule
from sizao.policy.codes import say_codes
from sizao.policy.examples import Example, parse_examples
from sizao.policy.grades_aloud import say_plan, say_set
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from sizao.policy.problems import PackProblems, Warned, nearest
from sizao.policy.proving import Mutation, mutations, survivors
from sizao.policy.situations import arrow_tables
from sizao.store.packs import read_pack, read_packs_beside
from sizao.store.running import run

app = typer.Typer(
    help="Check, show, test and prove a policy pack.", no_args_is_help=True, rich_markup_mode=None
)
Pack = Annotated[Path, typer.Argument(help="Folder of the policy pack.", metavar="PACK")]
Rule = Annotated[str | None, typer.Argument(help="A rule; without it, all are listed.", metavar="[RULE]")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="List every warning; without it, one line for each kind.")
]
Only = Annotated[list[str] | None, typer.Option("--rule", help="Only this rule; may be given again.")]


@app.command()
def check(
    context: typer.Context,
    folder: Pack,
    verbose: Verbose = False,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """Say what is wrong with a pack: where, what was found and expected, the nearest word, the fix."""
    screen: Screen = context.obj
    files, others = read_pack(folder), read_packs_beside(folder)
    try:
        with problems_within(folder):
            policy = load_pack(files, others)
            _, problems = parse_examples(files, policy.zone, others)
            if problems:
                raise PackProblems(problems)
    except PackProblems as found:
        if as_json:
            screen.json({"pack": str(folder), "problems": [_problem(one) for one in found.problems]})
        else:
            screen.wrong(found.render(screen.language))
            count = len(found.problems)
            screen.note(
                screen.say(f"{folder}：{count}处有误。", f"{folder}: {count} mistake{'s' * (count != 1)}.")
            )
        raise typer.Exit(1) from found
    _accepted(screen, folder, policy, as_json, verbose)


def _accepted(screen: Screen, folder: Path, policy: Policy, as_json: bool, verbose: bool) -> None:
    gaps = [one.get(screen.language) for one in policy.gaps]
    warnings = [one.get(screen.language) for one in policy.warnings]
    if as_json:
        screen.json({"pack": str(folder), "problems": [], "gaps": gaps, "warnings": warnings})
        return
    for gap in gaps:
        screen.note(screen.say(f"缺口：{gap}", f"gap: {gap}"))
    for warning in warnings if verbose else _in_short(screen, policy.warnings):
        screen.note(screen.say(f"注意：{warning}", f"warning: {warning}"))
    texts = len(policy.versions())
    zh, en = _beside_rules(policy)
    screen.text(
        screen.say(
            f"{policy.pack}：{len(policy.rules)}条规则，{texts}个文本{zh}，没有错误，{len(gaps)}个缺口，"
            f"{len(warnings)}处提请注意。",
            f"{policy.pack}: {len(policy.rules)} rules, {texts} texts{en}, no mistakes, {len(gaps)} gaps, "
            f"{len(warnings)} warnings.",
        )
    )


def _beside_rules(policy: Policy) -> tuple[str, str]:
    """How many sets of grade rules, of colours and plans of response levels, where there are any."""
    sets, plans = len(policy.grade_sets), len(policy.level_plans)
    zh, en = "", ""
    if sets:
        zh, en = f"，{sets}套分级规则", f", {sets} set{'s' * (sets != 1)} of grade rules"
    if plans:
        zh, en = f"{zh}，{plans}套响应级别", f"{en}, {plans} plan{'s' * (plans != 1)} of response levels"
    if codes := len(policy.code_sets):
        zh, en = f"{zh}，{codes}套码规则", f"{en}, {codes} set{'s' * (codes != 1)} of colours"
    return zh, en


def _in_short(screen: Screen, warnings: Sequence[Warned]) -> list[str]:
    """One line for each kind of warning, with how many there are; the others as they stand."""
    counts = Counter(one.kind for one in warnings if one.kind is not None)
    lines = [
        screen.say(f"{kind.zh}：{count}处（逐条见 --verbose）", f"{kind.en}: {count} (--verbose lists them)")
        for kind, count in counts.items()
    ]
    return lines + [one.get(screen.language) for one in warnings if one.kind is None]


@app.command()
def show(
    context: typer.Context, folder: Pack, rule: Rule = None, as_json: Json = False, lang: Language = None
) -> None:
    """Read a rule aloud in all its texts, or list the rules of a pack."""
    screen: Screen = context.obj
    policy = pack(folder)
    beside = _notices_beside(policy, screen.language)
    if rule in beside:
        _show_beside(screen, rule, beside[rule], as_json)
        return
    if rule is not None and rule not in policy.rules:
        raise no_such_rule(policy, rule)
    chosen = [version for version in policy.versions() if rule in (None, version.rule)]
    if as_json:
        keys = (
            "rule",
            "number",
            "digest",
            "in_force_from",
            "in_force_until",
            "for_each",
            "sector",
            "authority",
        )
        screen.json(
            [
                {key: getattr(one, key) for key in keys}
                | {"label": {"zh": one.label.zh, "en": one.label.en}}
                | {"aloud": say_rule(one, screen.language, policy.sources)}
                for one in chosen
            ]
            + [_beside(name, one) for name, one in beside.items() if rule is None]
        )
    elif rule is None:
        screen.table(
            (
                screen.say("规则", "rule"),
                screen.say("版", "text"),
                screen.say("施行", "in force from"),
                screen.say("名称", "label"),
            ),
            [
                *(
                    (one.rule, one.number, str(one.in_force_from), one.label.get(screen.language))
                    for one in chosen
                ),
                *((name, 1, str(one.since), one.label) for name, one in beside.items()),
            ],
        )
    else:
        for one in chosen:
            screen.text(say_rule(one, screen.language, policy.sources) + "\n")


@dataclass(frozen=True)
class _Notice:
    """A set of grade rules, a plan of response levels or a set of colours, read aloud."""

    since: date
    label: str
    text: str


def _notices_beside(policy: Policy, language: str) -> dict[str, _Notice]:
    """What a pack states beside rules, by id."""
    sets = {
        name: _Notice(one.in_force_from, one.label.get(language), say_set(one, language, policy.sources))
        for name, one in policy.grade_sets.items()
    }
    plans = {
        name: _Notice(one.in_force_from, one.label.get(language), say_plan(one, language, policy.sources))
        for name, one in policy.level_plans.items()
    }
    colours = {
        name: _Notice(one.in_force_from, one.label.get(language), say_codes(one, language, policy.sources))
        for name, one in policy.code_sets.items()
    }
    return {**sets, **plans, **colours}


def _beside(name: str, one: _Notice) -> dict[str, Any]:
    return {"name": name, "in_force_from": one.since, "label": one.label, "aloud": one.text}


def _show_beside(screen: Screen, name: str, one: _Notice, as_json: bool) -> None:
    if as_json:
        screen.json([_beside(name, one)])
    else:
        screen.text(one.text)


@app.command("test")
def try_out(
    context: typer.Context, folder: Pack, rules: Only = None, as_json: Json = False, lang: Language = None
) -> None:
    """Run the examples of a pack: what must follow follows, and what must not does not."""
    screen: Screen = context.obj
    policy = pack(folder)
    with problems_within(folder):
        examples = _examples(read_pack(folder), read_packs_beside(folder), policy, rules or [])
    with screen.progress(screen.say("试行示例", "examples")):
        outcomes = try_examples(policy, examples, by_engine)
    failed = [one for one in outcomes if not one.holds]
    if as_json:
        listed = [{"example": one.example.place, "mismatches": list(one.mismatches)} for one in failed]
        screen.json({"pack": policy.pack, "examples": len(outcomes), "failed": listed})
    else:
        for one in failed:
            screen.wrong("\n".join(one.mismatches))
        held = len(outcomes) - len(failed)
        screen.text(
            screen.say(
                f"{policy.pack}：{len(outcomes)}个示例，{held}个相符，{len(failed)}个不符。",
                f"{policy.pack}: {len(outcomes)} examples, {held} hold, {len(failed)} do not.",
            )
        )
    if failed:
        raise typer.Exit(1)


@app.command()
def prove(
    context: typer.Context, folder: Pack, rules: Only = None, as_json: Json = False, lang: Language = None
) -> None:
    """Change each number, date and comparison of a pack by a hair: some example must notice every one."""
    screen: Screen = context.obj
    files, others = read_pack(folder), read_packs_beside(folder)
    with problems_within(folder):
        policy = load_pack(files, others)
        examples = _examples(files, others, policy, rules or [])
    changed = tuple(one for one in mutations(files, others) if not rules or set(one.rules) & set(rules))
    left: list[Mutation] = []
    with screen.progress(screen.say("改动", "mutations")):
        left = list(survivors(files, changed, _notices(examples), _companions(examples), others))
    if as_json:
        screen.json({"pack": policy.pack, "mutations": len(changed), "survivors": [str(one) for one in left]})
    else:
        for one in left:
            screen.wrong(str(one))
        screen.text(
            screen.say(
                f"{policy.pack}：{len(changed)}处改动，{len(left)}处没有示例发现。",
                f"{policy.pack}: {len(changed)} mutations, {len(left)} that no example notices.",
            )
        )
        if "subject_ends:" in files.get("pack.yaml", ""):
            screen.note(
                screen.say(
                    "pack.yaml中的subject_ends未作改动：请为每条规则写一个有人死亡的示例。",
                    "subject_ends in pack.yaml is not changed: give each rule an example with a death.",
                )
            )
    if left:
        raise typer.Exit(1)


def by_engine(
    policy: Policy, facts: Mapping[str, list[dict[str, Any]]], as_of: datetime, known_by: datetime
) -> Mapping[str, list[dict[str, Any]]]:
    """The results of derive for facts given as rows."""
    tables: Mapping[str, pa.Table] = arrow_tables(facts)
    found = run(derive(policy, as_of=as_of, known_by=known_by), tables)
    return {name: table.to_pylist() for name, table in found.items()}


def _examples(
    files: Mapping[str, str],
    others: Mapping[str, Mapping[str, str]],
    policy: Policy,
    rules: Sequence[str],
) -> list[Example]:
    if unknown := sorted(set(rules) - set(policy.rules)):
        raise no_such_rule(policy, unknown[0])
    examples, problems = parse_examples(files, policy.zone, others)
    if problems:
        raise PackProblems(problems)
    return [one for one in examples if not rules or set(one.rules) & set(rules)]


def no_such_rule(policy: Policy, rule: str) -> Wrong:
    """That a pack has no such rule, with the nearest one it has."""
    rules = sorted([*policy.rules, *policy.grade_sets, *policy.level_plans, *policy.code_sets])
    near = nearest(rule, rules)
    return Wrong(
        f"{policy.pack} has no rule {rule!r}."
        + (f" Did you mean {near!r}?" if near else f" Its rules: {', '.join(rules)}."),
        f"{policy.pack}没有规则{rule}。" + (f"是否指{near}？" if near else f"现有：{'、'.join(rules)}。"),
    )


def _companions(examples: Sequence[Example]) -> Mapping[str, frozenset[str]]:
    beside: dict[str, frozenset[str]] = {}
    for one in examples:
        for rule in one.rules:
            beside[rule] = beside.get(rule, frozenset()) | frozenset(one.rules)
    return beside


def _notices(examples: Sequence[Example]) -> Any:
    def hold(
        files: Mapping[str, str], bases: Mapping[str, Mapping[str, str]], rules: tuple[str, ...]
    ) -> bool:
        try:
            policy = load_pack(files, bases)
        except PackProblems:
            return False
        asked = [one for one in examples if set(one.rules) & set(rules)]
        return all(outcome.holds for outcome in try_examples(policy, asked, by_engine))

    return hold


def _problem(one: Any) -> dict[str, Any]:
    return {
        "file": one.file,
        "line": one.line,
        "column": one.column,
        "kind": one.kind,
        "found": one.found,
        "expected": list(one.expected),
        "nearest": one.nearest,
        "message": {"zh": one.message.zh, "en": one.message.en},
    }
