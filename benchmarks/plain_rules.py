"""Thirty plain rules, once as a pack and once as the UNION that a good analyst would write by hand.

Plain: one text per rule, no recurrence, no stage, no waiver, no early end. Eight rules ask for a test on a
day after an arrival from graded areas, sixteen for a test by a day after work began, six after an event.
All numbers are invented for the measurement.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.city import FIRST_DAY

OCCUPATIONS = (
    "cold_chain",
    "port_worker",
    "medical",
    "fever_clinic_staff",
    "custody_staff",
    "care_home_staff",
    "quarantine_staff",
    "teacher",
)


@dataclass(frozen=True)
class PlainRule:
    """One obligation per trigger: a plan day counted from a date, or a last day after a date."""

    name: str
    fact: str
    when: str  # as in the pack
    when_sql: str  # as the analyst writes it, over the peer's tables
    anchor: str  # a date column of the fact
    day: int  # plan: which day; last day: how many days after
    plan: bool


def plain_rules() -> tuple[PlainRule, ...]:
    """The thirty rules in order of their names."""
    rules = [
        PlainRule(
            name=f"arrival-{'high' if high else 'graded'}-day-{day}",
            fact="arrivals",
            when="worst_grade(stays_of(person), add_days(arrived_on, -14), arrived_on) "
            + ("= 'high'" if high else "in ('medium', 'high')"),
            when_sql="worst = 'high'" if high else "worst IN ('medium', 'high')",
            anchor="arrived_on",
            day=day,
            plan=True,
        )
        for high in (False, True)
        for day in (1, 3, 5, 7)
    ]
    rules += [
        PlainRule(
            name=f"{occupation.replace('_', '-')}-by-day-{day}",
            fact="occupations",
            when=f"occupation = '{occupation}'",
            when_sql=f"occupation = '{occupation}'",
            anchor="from_on",
            day=day,
            plan=False,
        )
        for occupation in OCCUPATIONS
        for day in (7, 30)
    ]
    rules += [
        PlainRule(
            name=f"close-contact-day-{day}",
            fact="designations",
            when="class = 'close'",
            when_sql="class = 'close'",
            anchor="last_exposed_on",
            day=day,
            plan=True,
        )
        for day in (4, 7, 10, 14)
    ]
    rules += [
        PlainRule(
            name=f"recovered-by-day-{day}",
            fact="discharges",
            when="outcome = 'recovered'",
            when_sql="outcome = 'recovered'",
            anchor="day_of(discharged_at)",
            day=day,
            plan=False,
        )
        for day in (14, 28)
    ]
    return tuple(sorted(rules, key=lambda rule: rule.name))


_PACK = """\
pack: benchmark
label: {zh: 基准测试（虚构）, en: Benchmark (invented)}
zone: Asia/Shanghai
horizon_days: 400
look_ahead_days: 14
strictness: [monitoring, home, central, hospital]
grades: [low, medium, high]
grounds: {}
sources: {invented: {zh: 虚构, en: Invented}}
"""
_VERBS = """\
test:
  label: {zh: 核酸检测, en: test}
  kind: point
  about: person
  proof: {reading: tests, subject: person, at: taken_at, sharing: shared}
"""
_RULE = """\
{name}:
  label: {{zh: 虚构规定 {name}, en: Invented rule {name}}}
  basis: [D1-48]
  source: {{document: invented, article: "1", mark: D}}
  legal_basis: {{zh: 虚构, en: Invented, mark: D}}
  authority: city-command
  sector: health
  in_force: {{from: {first}}}
  for_each: {fact}
  when: {when}
  must:
    test: {{about: person, done_by: sampling_team(residence), answers_to: [community(residence)], {timing}}}
  burden: {{tests: per_step}}
"""


def pack_texts() -> dict[str, str]:
    """The thirty rules as the files of a pack."""
    texts = []
    for rule in plain_rules():
        if rule.plan:
            timing = f"counted_from: {rule.anchor}, on_days: [{rule.day}], grace_days: 2"
        else:
            timing = f'by: "add_days({rule.anchor}, {rule.day})"'
        texts.append(
            _RULE.format(name=rule.name, first=FIRST_DAY, fact=rule.fact, when=rule.when, timing=timing)
        )
    return {"pack.yaml": _PACK, "verbs.yaml": _VERBS, "rules/rules.yaml": "\n".join(texts)}
