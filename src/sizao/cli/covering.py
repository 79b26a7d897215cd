"""`sizao coverage`: which order of the directives is answered by what, and what proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from sizao.cli.options import Json, Language, problems_within
from sizao.cli.policies import by_engine
from sizao.cli.screen import Heading, Screen, Wrong
from sizao.facts.dictionary import DECLARED, FACTS
from sizao.indicators.register import INDICATORS
from sizao.intake.loading import plan, preview
from sizao.obligations.disabling import without_facts, without_rules
from sizao.obligations.trying import Run, try_examples
from sizao.policy.coverage import (
    ANSWERED,
    KINDS,
    STATUSES,
    TESTS,
    UNEXPLAINED,
    Carrier,
    Covered,
    covered,
    facts_carrying,
    numbers,
    rules_carrying,
)
from sizao.policy.examples import Example, parse_examples
from sizao.policy.gathering import bases_of
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from sizao.policy.problems import PackProblems
from sizao.store.directives import marked_tests, read_orders
from sizao.store.packs import read_pack, read_packs_beside
from sizao.terms.words import Words

MAIN = Path("policies/city-2020-06")
SAMPLES = Path("docs/reference/samples")
# How an answered order is proved, the strongest first.
WAYS: Mapping[str, Words] = {
    "example": Words("停用后示例失败", "an example fails without it"),
    "sample": Words("仅样表可收入", "only a sample is taken in"),
    "test": Words("仅有测试", "only a test shows it"),
    "nothing": Words("未证明", "not proved"),
}
INTAKE_ALONE = Words("仅可录入", "by intake alone")
MISSING = Words("尚缺", "still missing")
# A moment for the receipts of samples; nothing is kept of them.
_TAKEN_IN = datetime(2020, 7, 1)

Pack = Annotated[
    Path,
    typer.Argument(help="Folder of the policy pack; without it, policies/city-2020-06.", metavar="[PACK]"),
]
Prove = Annotated[
    bool,
    typer.Option("--prove", help="Take out each rule and each fact in turn: an example must then fail."),
]
Root = Annotated[
    Path | None,
    typer.Option(
        "--root", help="Repository with tests and sample sheets; without it, the one in which the pack lies."
    ),
]


@dataclass(frozen=True)
class Chain:
    """A pack with those on which it rests: (policy, examples) of each, the pack first."""

    packs: tuple[tuple[Policy, tuple[Example, ...]], ...]

    @property
    def policy(self) -> Policy:
        return self.packs[0][0]

    @property
    def examples(self) -> tuple[Example, ...]:
        return tuple(example for _, examples in self.packs for example in examples)


@dataclass(frozen=True)
class Proofs:
    """What was noticed missing. orders: order -> how it is proved, the strongest first; failed: examples that
    do not hold to begin with; unproved: rules and facts that nobody misses."""

    orders: Mapping[str, list[str]] = field(default_factory=dict)
    failed: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()


def coverage(
    context: typer.Context,
    folder: Pack = MAIN,
    prove: Prove = False,
    root: Root = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """Which order of the two directives is answered by which rules, facts, indicators and tests."""
    screen: Screen = context.obj
    around = root or folder.resolve().parent.parent
    chain = read_chain(folder)
    found = cover(chain, around)
    proofs = None
    if prove:
        with screen.progress(screen.say("逐一停用", "taking out")):
            samples = {fact: around / sheet for fact, sheet in samples_in(around).items()}
            failed = failing(chain, by_engine)
            proofs = Proofs(failed=failed) if failed else proved(chain, by_engine, samples)
    if as_json:
        screen.json(document(chain.policy.pack, found, proofs))
    else:
        _show(screen, chain.policy.pack, found, proofs)
    open_ones = [one.order.id for one in found if one.status == UNEXPLAINED]
    if open_ones:
        raise Wrong(
            f"Nothing answers {', '.join(open_ones)}, and no remark says what is missing. Name them in the "
            "basis of a rule or write `planned` in orders.yaml.",
            f"{'、'.join(open_ones)}没有任何回应，也没有说明缺什么。请在规则的basis中写明，或在orders.yaml写planned。",
        )
    if proofs is not None and (proofs.failed or unproved_orders(found, proofs)):
        raise typer.Exit(1)


def read_chain(folder: Path) -> Chain:
    """The pack of a folder and those on which it rests, with their examples."""
    files, others = read_pack(folder), read_packs_beside(folder)
    with problems_within(folder):
        policy = load_pack(files, others)
        packs = [_with_examples(files, others, policy)]
    for name, texts in bases_of(files, others).items():
        with problems_within(folder.parent / name):
            packs.append(_with_examples(texts, others, load_pack(texts, others)))
    return Chain(tuple(packs))


def _with_examples(
    files: Mapping[str, str], others: Mapping[str, Mapping[str, str]], policy: Policy
) -> tuple[Policy, tuple[Example, ...]]:
    examples, problems = parse_examples(files, policy.zone, others)
    if problems:
        raise PackProblems(problems)
    return policy, examples


def cover(chain: Chain, root: Path) -> tuple[Covered, ...]:
    """Every order with what names it: rules of the chain, facts, indicators, tests of a repository."""
    carriers = [
        *rules_carrying(chain.policy, chain.examples),
        *facts_carrying(DECLARED.values(), samples_in(root)),
        *(Carrier("indicator", one.name, one.orders) for one in INDICATORS if one.orders),
        *(marked_tests(root / "tests") if (root / "tests").is_dir() else ()),
    ]
    return covered(read_orders(), carriers)


def samples_in(root: Path) -> dict[str, str]:
    """Fact -> its sample sheet, as a path from the root."""
    return {
        file.stem: file.relative_to(root).as_posix()
        for file in sorted((root / SAMPLES).glob("*.csv"))
        if file.stem in FACTS
    }


def failing(chain: Chain, run: Run) -> tuple[str, ...]:
    """What is not as the examples say with everything in its place, one sentence each."""
    return tuple(
        sentence
        for policy, examples in chain.packs
        for outcome in try_examples(policy, examples, run)
        for sentence in outcome.mismatches
    )


def proved(chain: Chain, run: Run, samples: Mapping[str, Path]) -> Proofs:
    """Take out each rule of the chain and each fact that serves orders, and take in each sample sheet (by
    fact). The examples must hold."""
    orders: dict[str, list[str]] = {}
    missed: set[str] = set()
    serving = {name: fact.orders for name, fact in FACTS.items() if fact.orders}
    for policy, examples in chain.packs:
        spoken = {rule for example in examples for rule in example.rules} & set(chain.policy.rules)
        found = [
            *(("rule", one) for one in without_rules(policy, examples, run, sorted(spoken))),
            *(("fact", one) for one in without_facts(policy, examples, run, serving)),
        ]
        for kind, one in found:
            if one.example is not None:
                missed.add(f"{kind} {one.name}")
                for order in one.orders:
                    orders.setdefault(order, []).append(f"{kind} {one.name}: {one.example.place}")
    for fact, sample in samples.items():
        if is_taken_in(sample, fact):
            missed.add(f"fact {fact}")
            for order in serving.get(fact, ()):
                orders.setdefault(order, []).append(f"sample {fact}: {sample.name}")
    everything = [*(f"rule {rule}" for rule in chain.policy.rules), *(f"fact {fact}" for fact in serving)]
    return Proofs(orders, (), tuple(one for one in everything if one not in missed))


def is_taken_in(sample: Path, fact: str) -> bool:
    """Whether a sample has rows and every one of them would be taken in as the fact."""
    rows = preview(plan(sample, fact=fact, area="cn"), {}, recorded_at=_TAKEN_IN).receipt.rows
    return rows.sent == rows.stored > 0


def unproved_orders(found: Sequence[Covered], proofs: Proofs) -> list[str]:
    """Orders that count as answered, and of which neither a proof nor a marked test is there."""
    return [
        one.order.id
        for one in found
        if one.status == ANSWERED
        and one.order.id not in proofs.orders
        and not (one.of("test") or one.of("journey"))
    ]


def document(pack: str, found: Sequence[Covered], proofs: Proofs | None) -> dict[str, Any]:
    """Everything as JSON values."""
    known = None if proofs is None else proofs.orders
    return {
        "pack": pack,
        "orders": len(found),
        "numbers": numbers(found),
        "by_intake_alone": sum(one.by_intake_alone for one in found),
        "proofs": None if proofs is None else proof_numbers(found, proofs),
        "failed_examples": None if proofs is None else list(proofs.failed),
        "missed_by_nobody": None if proofs is None else list(proofs.unproved),
        "coverage": [
            {
                "id": one.order.id,
                "zh": one.order.text.zh,
                "en": one.order.text.en,
                "status": one.status,
                "by_intake_alone": one.by_intake_alone,
                **{f"{kind}s": [carrier.name for carrier in one.of(kind)] for kind in KINDS},
                "examples": sorted({place for carrier in one.of("rule") for place in carrier.shown_by}),
                "planned": _both(one.order.planned),
                "context": _both(one.order.context),
                "proved_by": None if known is None else known.get(one.order.id, []),
            }
            for one in found
        ],
    }


def proof_numbers(found: Sequence[Covered], proofs: Proofs) -> dict[str, int]:
    """How many answered orders are proved in which way: the strongest of each counts; see WAYS."""
    ways = [_way(one, proofs) for one in found if one.status == ANSWERED]
    return {way: ways.count(way) for way in WAYS}


def _way(one: Covered, proofs: Proofs) -> str:
    proved_by = {proof.split(" ")[0] for proof in proofs.orders.get(one.order.id, ())}
    if proved_by & {"rule", "fact"}:
        return "example"
    if proved_by:
        return "sample"
    return "test" if one.of("test") or one.of("journey") else "nothing"


def _both(words: Words | None) -> dict[str, str] | None:
    return None if words is None else {"zh": words.zh, "en": words.en}


def _show(screen: Screen, pack: str, found: Sequence[Covered], proofs: Proofs | None) -> None:
    say, language = screen.say, screen.language
    screen.table(
        (
            Heading(say("指令", "order"), whole=True),
            say("原文", "what it orders"),
            say("状态", "status"),
            say("由何落实，或缺什么", "by what, or what is missing"),
            *((say("证明", "proved"),) if proofs is not None else ()),
        ),
        [
            (
                one.order.id,
                one.order.text.get(language),
                said_status(one, language),
                said_of(one, language),
                *((_said_proof(screen, one, proofs),) if proofs is not None else ()),
            )
            for one in found
        ],
    )
    counted = numbers(found)
    told = say("，", ", ").join(f"{STATUSES[key].get(language)} {counted[key]}" for key in STATUSES)
    alone = sum(one.by_intake_alone for one in found)
    told += say(f"；已落实者中{alone}条仅可录入", f"; of those answered {alone} by intake alone")
    screen.text(say(f"\n{pack}：{len(found)}条指令：{told}。", f"\n{pack}: {len(found)} orders: {told}."))
    if proofs is None:
        return
    for sentence in proofs.failed:
        screen.wrong(sentence)
    if proofs.failed:
        return
    ways = say("，", ", ").join(
        f"{WAYS[way].get(language)} {number}" for way, number in proof_numbers(found, proofs).items()
    )
    screen.text(say(f"已落实者的证明：{ways}。", f"Of those answered: {ways}."))
    if proofs.unproved:
        listed = say("、", ", ").join(proofs.unproved)
        screen.note(say(f"停用后无人察觉：{listed}。", f"Missed by no example and no sample: {listed}."))


def said_status(one: Covered, language: str) -> str:
    """The status in words; of what can only be recorded that it is so."""
    status = STATUSES[one.status].get(language)
    return f"{status} ({INTAKE_ALONE.get(language)})" if one.by_intake_alone else status


def said_of(one: Covered, language: str) -> str:
    """What answers an order, by kind; then, or else, the remark."""
    parts = []
    for kind, label in KINDS.items() if one.status == ANSWERED else ():
        names = [_short(carrier) for carrier in one.of(kind)]
        if names:
            parts.append(f"{label.get(language)}: {', '.join(names)}")
    remark = one.order.planned or one.order.context
    if remark is not None:
        parts.append(f"{MISSING.get(language)}: {remark.get(language)}" if parts else remark.get(language))
    return "; ".join(parts)


def _short(carrier: Carrier) -> str:
    return carrier.name.rpartition("/")[2] if carrier.kind in TESTS else carrier.name


def _said_proof(screen: Screen, one: Covered, proofs: Proofs | None) -> str:
    if proofs is None or one.status != ANSWERED:
        return ""
    return WAYS[_way(one, proofs)].get(screen.language)
