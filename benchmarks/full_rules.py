"""Thirty rules with what plain ones lack: stages, recurrence, two texts, waivers, early ends.

Twelve of the plain rules stay; eight rolling ones, four staged restrictions, two calendar ones and four that
change their text in the middle come to them. All numbers are invented for the measurement.
"""

from __future__ import annotations

from datetime import timedelta

from benchmarks.city import FIRST_DAY
from benchmarks.plain_rules import OCCUPATIONS, pack_texts

_CHANGE = FIRST_DAY + timedelta(days=60)
_VERBS = """\
quarantine:
  label: {zh: 集中隔离, en: central quarantine}
  kind: span
  about: person
  restricts: true
  gap_tolerance: 12h
  proof: {reading: room_stays, subject: person, at: from_at, until: until_at, sharing: shared}
monitoring:
  label: {zh: 健康监测, en: health monitoring}
  kind: span
  about: person
  restricts: true
  gap_tolerance: 24h
  proof: {reading: room_stays, subject: person, at: from_at, until: until_at, sharing: shared}
report:
  label: {zh: 报告, en: report}
  kind: point
  about: place
  proof: {reading: institution_reports, subject: place, at: reported_at, sharing: exclusive}
"""
_HEAD = """\
  label: {{zh: 虚构规定, en: Invented rule}}
  basis: [D1-48]
  source: {{document: invented, article: "1", mark: D}}
  legal_basis: {{zh: 虚构, en: Invented, mark: D}}
  authority: city-command
  sector: health
  in_force: {{from: {first}}}
  burden: {{tests: per_step}}
"""
_WHO = "done_by: sampling_team(residence), answers_to: [community(residence)]"


def _rule(name: str, *lines: str) -> str:
    return f"{name}:\n" + _HEAD.format(first=FIRST_DAY) + "".join(f"  {line}\n" for line in lines)


def _two_texts(name: str, running: str, first: tuple[str, ...], second: tuple[str, ...]) -> str:
    def text(start: object, lines: tuple[str, ...]) -> str:
        body = _HEAD.format(first=start) + "".join(f"  {line}\n" for line in lines)
        return "- " + body[2:]

    return f"{name}:\n" + text(FIRST_DAY, first) + text(_CHANGE, (f"running: {running}", *second))


def full_texts() -> dict[str, str]:
    """The thirty rules as the files of a pack."""
    texts = pack_texts()
    plain = texts["rules/rules.yaml"].split("\n\n")
    kept = [text for number, text in enumerate(plain) if number % 5 < 2][:12]
    rolling = [
        _rule(
            f"{occupation.replace('_', '-')}-every-7-days",
            "for_each: occupations",
            f"when: occupation = '{occupation}'",
            f"must: {{test: {{about: person, {_WHO}, every_days: 7, min_gap: 48h, from: from_on}}}}",
        )
        for occupation in OCCUPATIONS
    ]
    staged = [
        _rule(
            f"stages-{number}",
            "for_each: designations",
            "when: class = 'close'",
            "appeal: district-command",
            "must:",
            f"  quarantine: {{about: person, place: central, {_WHO}, from: designated_on, days: {7 + number},"
            " day_zero: last_exposed_on, first_day: 1, within: 12h}",
            f"  monitoring: {{about: person, place: home, {_WHO}, after: {{step: quarantine, event: end}},"
            " from: stage_start, days: 7, counted_from: stage_start}",
            f"  test: {{about: person, {_WHO}, counted_from: last_exposed_on, on_days: [{7 + number}]}}",
            "ends_when: [{reading: classifications, match: {person: person}, at: classified_on}]",
        )
        for number in range(4)
    ]
    calendar = [
        _rule(
            f"school-report-{every}",
            "for_each: enrolments",
            "when: duty = 'daily_report'",
            "must: {report: {about: place, done_by: itself, answers_to: [community(place)], "
            f"every: {every},"
            ' at: "10:00", from: from_on, closes_after: 12h}}',
        )
        for every in ("day", "week")
    ]
    changed = [
        _two_texts(
            f"changed-{running}-{number}",
            running,
            (
                "for_each: designations",
                "when: class = 'secondary'",
                f"must: {{test: {{about: person, {_WHO}, counted_from: last_exposed_on, on_days: [7, 14]}}}}",
            ),
            (
                "for_each: designations",
                "when: class = 'secondary'",
                f"must: {{test: {{about: person, {_WHO}, counted_from: last_exposed_on, on_days: [7, 10]}}}}",
            ),
        )
        for running, number in (("keep", 1), ("lighten", 1), ("replace", 1), ("replace", 2))
    ]
    rules = [*kept, *rolling, *staged, *calendar, *changed]
    return {
        "pack.yaml": texts["pack.yaml"].replace("grounds: {}", "grounds: {medical: {zh: 就医, en: Medical}}"),
        "verbs.yaml": texts["verbs.yaml"] + _VERBS,
        "rules/rules.yaml": "\n".join(text.strip("\n") + "\n" for text in rules),
    }
