"""Number every step of every rule version, so that rows carry a number instead of texts.

An item is one step of one rule version, or the escalation of such a step. What all rows of an item share
stands once, in the step `plan_items`; item numbers are those of one policy text and never leave a run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from sizao.facts.dictionary import FACTS
from sizao.facts.readings import key_fact
from sizao.policy.expressions.emit import interval, signature
from sizao.policy.model import OfficeOf, Policy, Proof, Rolling, RuleVersion, StepText, Verb
from sizao.terms.identifiers import SEPARATOR, Key, text_key
from sizao.terms.queries import SqlStep, literal

FACT_NUMBERS = {name: number for number, name in enumerate(FACTS, start=1)}
"""Fact name -> the SMALLINT that narrow rows carry instead (dictionary order, from 1)."""

ProofText = tuple[str, str, str, str | None, str, str | None]


def fact_number(reading: str) -> int:
    """The number of a fact, or of the fact whose keys a reading carries."""
    return FACT_NUMBERS[key_fact(reading)]


@dataclass(frozen=True)
class Item:
    """One step of one rule version (or its escalation) and its number.

    key: first 128 bits of SHA-256 of `rule ␟ step`, equal for all versions. proof_number: items with the same
    reading, subject, instants and condition share one. escalation_of, escalated_by: numbers of other items.
    """

    number: int
    version: RuleVersion
    step: StepText  # of an escalation: the step that it escalates
    name: str  # of an escalation: "<step>!<verb>"
    verb: Verb
    proof: Proof
    proof_number: int
    done_by: OfficeOf
    answers_to: tuple[OfficeOf, ...]
    key: Key
    escalation_of: int | None = None
    escalated_by: int | None = None


@dataclass(frozen=True)
class Items:
    """All items of a policy, in order of number (from 1), and the distinct proofs they name."""

    items: tuple[Item, ...]
    proofs: tuple[tuple[int, Proof], ...]  # (proof number, one proof with that text)

    def steps(self) -> tuple[Item, ...]:
        """The items that are steps, without escalations."""
        return tuple(item for item in self.items if item.escalation_of is None)

    def escalations(self) -> tuple[Item, ...]:
        """The items that are escalations."""
        return tuple(item for item in self.items if item.escalation_of is not None)

    def of(self, version: RuleVersion, step: str) -> Item:
        """The item of a step of a version; KeyError when there is none."""
        for item in self.items:
            if item.version is version and item.name == step:
                return item
        raise KeyError(f"{version.rule} v{version.number} {step}")


def proof_text(proof: Proof) -> ProofText:
    """What decides which facts are evidence; how they are counted and shared is the item's."""
    where = "" if proof.where is None else signature(proof.where)
    matched = None if proof.match is None else proof.match[0]
    return proof.reading, proof.subject, proof.at, proof.until, where, matched


def step_key(rule: str, step: str) -> Key:
    """The key of a step of a rule, the same for every version."""
    return text_key(f"{rule}{SEPARATOR}{step}")


def plan_items(policy: Policy) -> Items:
    """Every (rule version, step) and every escalation of the policy, numbered from 1."""
    items: list[Item] = []
    proofs: dict[ProofText, tuple[int, Proof]] = {}
    for version in policy.versions():
        for step in version.steps:
            proof = _proof_of(step)
            number = len(items) + 1
            escalation = step.escalation
            items.append(
                Item(
                    number=number,
                    version=version,
                    step=step,
                    name=step.name,
                    verb=step.verb,
                    proof=proof,
                    proof_number=_number(proofs, proof),
                    done_by=step.done_by,
                    answers_to=step.answers_to,
                    key=step_key(version.rule, step.name),
                    escalated_by=None if escalation is None else number + 1,
                )
            )
            if escalation is not None:
                name = f"{step.name}!{escalation.verb.name}"
                items.append(
                    Item(
                        number=number + 1,
                        version=version,
                        step=step,
                        name=name,
                        verb=escalation.verb,
                        proof=escalation.proof,
                        proof_number=_number(proofs, escalation.proof),
                        done_by=escalation.done_by,
                        answers_to=(),
                        key=step_key(version.rule, name),
                        escalation_of=number,
                    )
                )
    return Items(tuple(items), tuple(proofs.values()))


def items_step(items: Items) -> SqlStep:
    """The table plan_items, one row per item: what its rows share.

    rule_version is the digest; i_hi, i_lo is the key of the item, plan_hi, plan_lo that of the rule;
    durations are intervals; trigger_fact is a fact number. The names and types of all columns: `_COLUMNS`.
    """
    rows = ",\n".join(_values(item) for item in items.items)
    if not rows:
        columns = ", ".join(f"CAST(NULL AS {type_}) AS {name}" for name, type_ in _COLUMNS)
        return SqlStep("plan_items", f"SELECT {columns} WHERE FALSE", "the constants of every item")
    columns = ", ".join(f"CAST({name} AS {type_}) AS {name}" for name, type_ in _COLUMNS)
    names = ", ".join(name for name, _ in _COLUMNS)
    return SqlStep(
        "plan_items", f"SELECT {columns} FROM (VALUES {rows}) AS v ({names})", "the constants of every item"
    )


_COLUMNS = (
    ("item", "INTEGER"),
    ("rule", "VARCHAR"),
    ("version", "INTEGER"),
    ("rule_version", "VARCHAR"),
    ("step", "VARCHAR"),
    ("verb", "VARCHAR"),
    ("sector", "VARCHAR"),
    ("about_kind", "VARCHAR"),
    ("trigger_fact", "SMALLINT"),
    ("place", "VARCHAR"),
    ("restricts", "BOOLEAN"),
    ("is_span", "BOOLEAN"),
    ("waivable", "BOOLEAN"),
    ("proof", "INTEGER"),
    ("exclusive", "BOOLEAN"),
    ("proof_count", "INTEGER"),
    ("look_back", "INTERVAL"),
    ("proof_gap", "INTERVAL"),
    ("gap_tolerance", "INTERVAL"),
    ("escalated_by", "INTEGER"),
    ("escalate_after", "INTERVAL"),
    ("escalate_within", "INTERVAL"),
    ("escalation_of", "INTEGER"),
    ("i_hi", "BIGINT"),
    ("i_lo", "BIGINT"),
    ("plan_hi", "BIGINT"),
    ("plan_lo", "BIGINT"),
)


def _values(item: Item) -> str:
    version, escalation = item.version, item.step.escalation
    escalated = escalation if item.escalation_of is None else None
    plan = text_key(version.rule)
    return _tuple(
        (
            item.number,
            version.rule,
            version.number,
            version.digest,
            item.name,
            item.verb.name,
            version.sector,
            item.verb.about_kind,
            fact_number(version.for_each),
            item.step.place if item.escalation_of is None else None,
            item.verb.restricts,
            item.verb.span,
            version.waivable,
            item.proof_number,
            item.proof.exclusive,
            item.proof.count,
            item.proof.look_back,
            item.proof.min_gap,
            item.verb.gap_tolerance,
            item.escalated_by,
            None if escalated is None else escalated.after,
            None if escalated is None else escalated.within,
            item.escalation_of,
            *item.key,
            *plan,
        )
    )


def _tuple(values: Iterable[str | int | bool | timedelta | None]) -> str:
    return f"({', '.join(map(_constant, values))})"


def _constant(value: str | int | bool | timedelta | None) -> str:
    """A constant as SQL text, a duration as INTERVAL."""
    return interval(value) if isinstance(value, timedelta) else literal(value)


def _number(proofs: dict[ProofText, tuple[int, Proof]], proof: Proof) -> int:
    return proofs.setdefault(proof_text(proof), (len(proofs) + 1, proof))[0]


def _proof_of(step: StepText) -> Proof:
    """The proof of a step; a rolling row is proved by the next anchor, whatever its verb says of sets."""
    if isinstance(step.timing, Rolling):
        return replace(step.proof, exclusive=False, look_back=timedelta(0), count=1, min_gap=timedelta(0))
    return step.proof
