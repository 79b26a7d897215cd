"""The pack and its rules as pages show them: wording here, figures from `reading`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sizao.policy.aloud import say_burden, say_office, say_proof, say_rule, say_source, say_value
from sizao.policy.authorities import authority
from sizao.policy.codes import say_codes
from sizao.policy.grades_aloud import say_plan, say_set
from sizao.policy.model import Policy, RuleVersion, StepText
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.desks.policy import situations, wording
from sizao_web.pages.addresses import rows as rows_of
from sizao_web.pages.language import language, said
from sizao_web.pages.presenters import Status, status
from sizao_web.records.reading.pack import Pack

STATUSES = ("overdue", "open", "upcoming", "met", "met_late", "missed", "waived")
Adopted = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class ParameterRow:
    """One dated value of a parameter."""

    name: str
    first: bool  # of its parameter
    since: date
    value: str
    unit: str
    source: str
    mark: str
    running: Words | None
    current: bool
    rules: tuple[str, ...]  # that take this parameter


@dataclass(frozen=True)
class RuleRow:
    """A rule in the list: its text in force on the day, else its last one."""

    rule: str
    label: Words
    sector: str
    sector_label: Words
    verbs: tuple[Words, ...]
    verb_names: tuple[str, ...]
    restricts: bool
    basis: tuple[str, ...]
    state: Words
    since: date
    texts: int
    adopted: bool


@dataclass(frozen=True)
class StepRow:
    """One thing that a text demands."""

    verb: Words
    kind: Words
    restricts: bool
    done_by: str
    answers_to: tuple[str, ...]
    proof: str


@dataclass(frozen=True)
class TextPage:
    """One text of a rule, read aloud in both languages."""

    version: RuleVersion
    state: Words
    adopted: bool
    running: Words | None
    lines: tuple[tuple[str, bool], ...]  # a line of the notice, and whether the text before says it otherwise
    other_language: str
    other_lines: tuple[str, ...]
    steps: tuple[StepRow, ...]
    numbers: tuple[tuple[str, str, str], ...]
    source: str
    burden: str


def authorities(policy: Policy) -> list[str]:
    """Who laid the rules down, as they say themselves."""
    return sorted({said(authority(one.authority)) for one in policy.versions()})


def parameters(policy: Policy, day: date) -> list[ParameterRow]:
    """Every value of every parameter, in order of name and date."""
    used = _users(policy)
    found = []
    for name, values in policy.parameters.items():
        for place, one in enumerate(values):
            following = values[place + 1].since if place + 1 < len(values) else None
            found.append(
                ParameterRow(
                    name=name,
                    first=place == 0,
                    since=one.since,
                    value=say_value(one.value, one.unit, language()),
                    unit=one.unit,
                    source=say_source(one.source, language(), policy.sources),
                    mark=one.source.mark,
                    running=wording.RUNNING[one.running] if one.running else None,
                    current=one.since <= day and (following is None or day < following),
                    rules=used.get(name, ()),
                )
            )
    return found


def _users(policy: Policy) -> Mapping[str, tuple[str, ...]]:
    used: dict[str, dict[str, None]] = {}
    for version in policy.versions():
        for number in version.numbers:
            used.setdefault(number.parameter, {})[version.rule] = None
    return {name: tuple(rules) for name, rules in used.items()}


def rules(pack: Pack, day: date, adopted: Adopted) -> list[RuleRow]:
    """Every rule, in the order of its id."""
    return [_row(pack, rule, day, adopted) for rule in sorted(pack.policy.rules)]


def _row(pack: Pack, rule: str, day: date, adopted: Adopted) -> RuleRow:
    texts = pack.policy.rules[rule]
    one = pack.version_on(rule, day) or texts[-1]
    verbs = {verb.name: verb.label for verb in _verbs(one)}
    return RuleRow(
        rule=rule,
        label=one.label,
        sector=one.sector,
        sector_label=wording.sector(one.sector),
        verbs=tuple(verbs.values()),
        verb_names=tuple(verbs),
        restricts=one.bears,
        basis=one.basis,
        state=wording.state(one, day),
        since=one.in_force_from,
        texts=len(texts),
        adopted=(rule, one.digest) in adopted,
    )


def _verbs(version: RuleVersion) -> Iterable:
    for step in version.steps:
        yield step.verb
        if step.escalation is not None:
            yield step.escalation.verb


def chosen(rows: Iterable[RuleRow], asked: Mapping[str, str]) -> list[RuleRow]:
    """The rules that fit what was asked: words (q), sector, verb, restricts, basis, state."""
    return [row for row in rows if _fits(row, {key: value for key, value in asked.items() if value})]


def _fits(row: RuleRow, asked: Mapping[str, str]) -> bool:
    words = f"{row.rule} {row.label.zh} {row.label.en} {' '.join(row.basis)}".lower()
    words += "".join(f" {verb.zh} {verb.en}".lower() for verb in row.verbs)
    return (
        all(part in words for part in asked.get("q", "").lower().split())
        and asked.get("sector", row.sector) == row.sector
        and ("verb" not in asked or asked["verb"] in row.verb_names)
        and ("restricts" not in asked or (asked["restricts"] == "yes") == row.restricts)
        and ("basis" not in asked or asked["basis"] in row.basis)
        and ("state" not in asked or STATES.get(asked["state"]) == row.state)
    )


STATES: Mapping[str, Words] = {"now": wording.IN_FORCE, "ended": wording.ENDED, "later": wording.LATER}


def texts(pack: Pack, rule: str, day: date, adopted: Adopted) -> list[TextPage]:
    """The texts of a rule: the one in force first, then the others from the latest to the first."""
    versions = pack.policy.rules[rule]
    pages = [
        _text(pack.policy, version, versions[place - 1] if place else None, day, adopted)
        for place, version in enumerate(versions)
    ]
    pages.reverse()
    return sorted(pages, key=lambda page: page.state is not wording.IN_FORCE)


def _text(
    policy: Policy, version: RuleVersion, before: RuleVersion | None, day: date, adopted: Adopted
) -> TextPage:
    mine, other = language(), "en" if language() == "zh" else "zh"
    old = set(_lines(before, mine, policy)) if before else None
    return TextPage(
        version=version,
        state=wording.state(version, day),
        adopted=(version.rule, version.digest) in adopted,
        running=wording.RUNNING[version.running] if version.running else None,
        lines=tuple((line, old is not None and line not in old) for line in _lines(version, mine, policy)),
        other_language=other,
        other_lines=_lines(version, other, policy),
        steps=tuple(_step(step, mine) for step in version.steps),
        numbers=tuple(
            (
                number.parameter,
                say_value(number.value, number.unit, mine),
                say_source(number.source, mine, policy.sources),
            )
            for number in version.numbers
        ),
        source=say_source(version.source, mine, policy.sources),
        burden=say_burden(version, mine),
    )


def _lines(version: RuleVersion, tongue: str, policy: Policy) -> tuple[str, ...]:
    return tuple(say_rule(version, tongue, policy.sources).split("\n"))


def _step(step: StepText, tongue: str) -> StepRow:
    return StepRow(
        verb=step.verb.label,
        kind=wording.KINDS["span" if step.verb.span else "point"],
        restricts=step.verb.restricts,
        done_by=say_office(step.done_by, tongue),
        answers_to=tuple(say_office(office, tongue) for office in step.answers_to),
        proof=say_proof(step, tongue),
    )


def examples(pack: Pack, rule: str) -> list[situations.Situation]:
    """The examples that speak of a rule, in words."""
    return [situations.told(one, pack, language()) for one in pack.examples if rule in one.rules]


def appeal(version: RuleVersion) -> str | None:
    """To whom one appeals."""
    if version.appeal is None:
        return None
    tasks = CODE_LISTS["office_tasks"]
    return said(tasks.label_of(version.appeal)) if version.appeal in tasks.names() else version.appeal


def rule_page(pack: Pack, rule: str, day: date, adopted: Adopted) -> dict[str, Any]:
    """What the page of a rule shows of its texts: the same for every pack."""
    found = texts(pack, rule, day, adopted)
    first = found[0].version
    return {
        "policy": pack.policy,
        "rule": rule,
        "text": found[0],
        "texts": found,
        "sector": wording.sector(first.sector),
        "authority": authority(first.authority),
        "appeal": appeal(first),
        "mark": wording.MARKS,
        "examples": examples(pack, rule),
        "day": day,
    }


@dataclass(frozen=True)
class StatusLink:
    """How many rows of one status, and the list of exactly these."""

    status: Status
    count: int
    address: str


def by_status(counts: Mapping[str, int], rule: str) -> list[StatusLink]:
    """The rows of a rule by status, in reading order; a status without rows is left out."""
    return [
        StatusLink(status(name), counts[name], rows_of("current", rule=rule, status=name))
        for name in STATUSES
        if counts.get(name)
    ]


def notices(policy: Policy) -> list[dict[str, object]]:
    """Grade rules, response levels and colours of a pack, read aloud: id, label, lines."""
    sets = [
        (name, one.label, say_set(one, language(), policy.sources)) for name, one in policy.grade_sets.items()
    ]
    plans = [
        (name, one.label, say_plan(one, language(), policy.sources))
        for name, one in policy.level_plans.items()
    ]
    colours = [
        (name, one.label, say_codes(one, language(), policy.sources))
        for name, one in policy.code_sets.items()
    ]
    return [
        {"id": name, "label": label, "lines": text.splitlines()[1:]}
        for name, label, text in sets + plans + colours
    ]
