"""A rule as a notice to be read and put up: who, what, from when until when, what proves it, whom to ask.

Every word is made from the rule by `aloud`; nothing is written beside it. What a rule does not lay down has
no section: a rule that restricts nobody may have no appeal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from sizao.policy.aloud import (
    say_appeal,
    say_dates,
    say_duty,
    say_ending,
    say_escalation,
    say_grounds,
    say_numbers,
    say_office,
    say_proof,
    say_trigger,
)
from sizao.policy.model import RuleVersion
from sizao.terms.words import Words

WHO = Words("适用于谁", "Who is concerned")
WHAT = Words("要做什么", "What must be done")
WHEN = Words("自何时起、至何时止", "From when until when")
PROOF = Words("何以为证", "What proves it")
ASK = Words("向谁询问", "Whom to ask")
LATE = Words("逾期怎么办", "What happens when it is late")
APPEAL = Words("不服怎么办", "How to appeal")
GROUNDS = Words("依据", "On what grounds")

_PAGE = """\
<!doctype html>
<html lang="{lang}">
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 12pt/1.6 "Noto Sans CJK SC", sans-serif; max-width: 42em; margin: 2em auto; padding: 0 1em; }}
article + article {{ margin-top: 3em; break-before: page; }}
h1 {{ font-size: 1.5em; text-align: center; }}
h2 {{ font-size: 1.1em; margin-bottom: 0.2em; break-after: avoid; }}
p {{ margin: 0.2em 0; orphans: 2; widows: 2; }}
@page {{ size: A4; margin: 2cm; }}
</style>
{articles}
</html>
"""


@dataclass(frozen=True)
class Section:
    """A heading with its lines."""

    heading: Words
    lines: tuple[str, ...]


def notice(
    version: RuleVersion, language: str, sources: Mapping[str, Words] | None = None
) -> tuple[Section, ...]:
    """The sections of one text of a rule in "zh" or "en"; the title is the rule's label.

    sources: the pack's documents in words (`Policy.sources`).
    """
    labels = {step.name: step.verb.label for step in version.steps}
    duties = [say_duty(step, language, version.for_each, labels) for step in version.steps]
    proofs = [_ended(say_proof(step, language), language) for step in version.steps]
    late = [say_escalation(step, language) for step in version.steps if step.escalation is not None]
    sections = (
        Section(WHO, (say_trigger(version, language),)),
        Section(WHAT, tuple(_numbered(duties))),
        Section(
            WHEN,
            (
                say_dates(version, language),
                *(say_ending(ending, version, language) for ending in version.ends_when),
            ),
        ),
        Section(PROOF, tuple(_numbered(proofs))),
        Section(ASK, (_ask(version, language),)),
        Section(LATE, tuple(_ended(line, language) for line in late)),
        Section(APPEAL, () if version.appeal is None else (say_appeal(version.appeal, language),)),
        Section(
            GROUNDS,
            tuple(
                line
                for line in (
                    say_grounds(version, language, sources or {}),
                    say_numbers(version, language, sources),
                )
                if line
            ),
        ),
    )
    return tuple(section for section in sections if section.lines)


def notice_text(version: RuleVersion, language: str, sources: Mapping[str, Words] | None = None) -> str:
    """The notice as plain text."""
    parts = [version.label.get(language)]
    for section in notice(version, language, sources):
        parts.append("\n".join((section.heading.get(language), *(f"  {line}" for line in section.lines))))
    return "\n\n".join(parts)


def notice_page(version: RuleVersion, languages: tuple[str, ...], sources: Mapping[str, Words]) -> str:
    """The notice as one HTML page to be printed, one sheet for each language; it loads nothing."""
    articles = "\n".join(_article(version, language, sources) for language in languages)
    return _PAGE.format(
        lang=_tag(languages[0]), title=escape(version.label.get(languages[0])), articles=articles
    )


def _article(version: RuleVersion, language: str, sources: Mapping[str, Words]) -> str:
    lines = [f'<article lang="{_tag(language)}">', f"<h1>{escape(version.label.get(language))}</h1>"]
    for section in notice(version, language, sources):
        lines.append(f"<h2>{escape(section.heading.get(language))}</h2>")
        lines += [f"<p>{escape(line)}</p>" for line in section.lines]
    return "\n".join([*lines, "</article>"])


def _tag(language: str) -> str:
    return "zh-Hans" if language == "zh" else "en"


def _ask(version: RuleVersion, language: str) -> str:
    """The offices that must act and those to which they answer, each once."""
    offices = [office for step in version.steps for office in (step.done_by, *step.answers_to)]
    said = list(dict.fromkeys(say_office(office, language) for office in offices if office.task is not None))
    if not said:
        return "可向场所或机构自身询问。" if language == "zh" else "Ask the place or office itself."
    return f"可向{'、'.join(said)}询问。" if language == "zh" else f"Ask {', or '.join(said)}."


def _numbered(lines: list[str]) -> list[str]:
    return lines if len(lines) == 1 else [f"{number}. {line}" for number, line in enumerate(lines, start=1)]


def _ended(clause: str, language: str) -> str:
    return f"{clause}。" if language == "zh" else f"{clause[:1].upper()}{clause[1:]}."
